//! Reading: a file that fits is read whole into a reused buffer, a longer one in windows that overlap.

use std::io::{self, Read};

use super::Part;
use crate::location::{Position, Span, character_start};

/// Size of a worker's buffer to begin with; grown for larger files and shrunk again after them.
const BUFFER: usize = 1 << 18;

/// The longest text that is held as a whole, and the size of a window on longer ones.
const WINDOW: usize = 8 << 20;

/// A worker's buffer.
#[derive(Default)]
pub(super) struct Buffer(Vec<u8>);

/// How a file was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// To its end, so many bytes.
    Done(u64),
    /// It is longer than it may be; nothing, or only its beginning, was handed on.
    TooLong,
}

impl Buffer {
    /// Reads `file` from its start to its end and hands it to `take`: whole, or in parts that hold `overlap` bytes
    /// around their own. `length` tells how long the file says it is, and is asked only if it does not fit.
    pub(super) fn read(
        &mut self,
        mut file: impl Read,
        most: u64,
        overlap: usize,
        length: impl FnOnce() -> Option<u64>,
        mut take: impl FnMut(&[u8], Option<&Part>),
    ) -> io::Result<Reading> {
        self.begin();
        let whole = WINDOW.max(4 * overlap);
        let mut filled = self.fill(&mut file, 0, whole)?;
        if filled < whole {
            if filled as u64 > most {
                return Ok(Reading::TooLong);
            }
            take(&self.0[..filled], None);
            return Ok(Reading::Done(filled as u64));
        }
        if whole as u64 > most || length().is_some_and(|length| length > most) {
            return Ok(Reading::TooLong);
        }
        let (mut part, mut total) = (Part { offset: 0, before: Position::default(), own: Span::new(0, 0) }, filled);
        loop {
            let ended = filled < whole;
            part.own = Span::new(part.own.end, if ended { filled } else { filled - overlap });
            take(&self.0[..filled], Some(&part));
            if ended {
                return Ok(Reading::Done(total as u64));
            }
            let kept = self.slide(&mut part, filled, overlap);
            filled = self.fill(&mut file, kept, whole)?;
            total += filled - kept;
            if total as u64 > most {
                return Ok(Reading::TooLong);
            }
        }
    }

    fn begin(&mut self) {
        if self.0.len() != BUFFER {
            self.0.resize(BUFFER, 0);
            self.0.shrink_to(BUFFER);
        }
    }

    /// Reads behind the first `filled` bytes until there are `whole` or the file ends; the number of bytes that are
    /// then there.
    fn fill(&mut self, file: &mut impl Read, mut filled: usize, whole: usize) -> io::Result<usize> {
        while filled < whole {
            if filled == self.0.len() {
                self.0.resize((self.0.len() * 2).min(whole), 0);
            }
            match file.read(&mut self.0[filled..]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    /// Drops what the next part need not see; the number of bytes kept. The own bytes of the next part begin where
    /// those of this one end.
    fn slide(&mut self, part: &mut Part, filled: usize, overlap: usize) -> usize {
        let cut = character_start(&self.0[..filled], part.own.end.saturating_sub(overlap));
        part.before.pass(&self.0[..cut]);
        part.offset += cut;
        part.own.end -= cut;
        self.0.copy_within(cut..filled, 0);
        filled - cut
    }
}
