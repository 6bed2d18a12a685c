//! Reading: a file that fits is read whole into a reused buffer, a longer one in windows that overlap.

use std::io::{self, Read};

use super::Part;
use crate::location::{Position, Span, character_start};

/// Size of a worker's buffer to begin with; grown for larger files and shrunk again after them.
const BUFFER: usize = 1 << 18;

/// The longest text that is held as a whole, and the size of a window on longer ones.
const WINDOW: usize = 8 << 20;

/// A worker's buffer.
pub(super) struct Buffer {
    bytes: Vec<u8>,
    window: usize,
}

impl Default for Buffer {
    fn default() -> Self {
        Self { bytes: Vec::new(), window: WINDOW }
    }
}

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
        let whole = self.window.max(4 * overlap);
        let mut filled = self.fill(&mut file, 0, whole)?;
        if filled < whole {
            if filled as u64 > most {
                return Ok(Reading::TooLong);
            }
            take(&self.bytes[..filled], None);
            return Ok(Reading::Done(filled as u64));
        }
        if whole as u64 > most || length().is_some_and(|length| length > most) {
            return Ok(Reading::TooLong);
        }
        let (mut part, mut total) = (Part { offset: 0, before: Position::default(), own: Span::new(0, 0) }, filled);
        loop {
            let ended = filled < whole;
            part.own = Span::new(part.own.end, if ended { filled } else { filled - overlap });
            take(&self.bytes[..filled], Some(&part));
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
        if self.bytes.len() != BUFFER {
            self.bytes.resize(BUFFER, 0);
            self.bytes.shrink_to(BUFFER);
        }
    }

    /// Reads behind the first `filled` bytes until there are `whole` or the file ends; the number of bytes that are
    /// then there.
    fn fill(&mut self, file: &mut impl Read, mut filled: usize, whole: usize) -> io::Result<usize> {
        while filled < whole {
            if filled == self.bytes.len() {
                self.bytes.resize((self.bytes.len() * 2).min(whole), 0);
            }
            match file.read(&mut self.bytes[filled..]) {
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
        let cut = character_start(&self.bytes[..filled], part.own.end.saturating_sub(overlap));
        part.before.pass(&self.bytes[..cut]);
        part.offset += cut;
        part.own.end -= cut;
        self.bytes.copy_within(cut..filled, 0);
        filled - cut
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Gives at most so many bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = buffer.len().min(self.1);
            self.0.read(&mut buffer[..most])
        }
    }

    fn parts(text: &[u8], window: usize, overlap: usize, at_once: usize) -> Vec<(Vec<u8>, Option<Part>)> {
        let (mut seen, mut buffer) = (Vec::new(), Buffer { window, ..Buffer::default() });
        let take = |bytes: &[u8], part: Option<&Part>| seen.push((bytes.to_vec(), part.copied()));
        let reading = buffer.read(Slow(text, at_once), u64::MAX, overlap, || None, take).unwrap();
        assert_eq!(reading, Reading::Done(text.len() as u64));
        seen
    }

    proptest! {
        /// Each byte is some part's own, once and in order; each part sees `overlap` bytes around its own, and knows
        /// where it stands.
        #[test]
        fn parts_make_the_whole(
            text in prop::collection::vec(prop::sample::select("a\n\r€𝄞 \u{e9}".as_bytes().to_vec()), 0..600),
            window in 16_usize..200, overlap in 0_usize..20, at_once in 1_usize..100,
        ) {
            let mut own_until = 0;
            for (bytes, part) in parts(&text, window, overlap, at_once) {
                let part = part.unwrap_or(Part {
                    offset: 0, before: Position::default(), own: Span::new(0, bytes.len()),
                });
                prop_assert_eq!(&bytes[..], &text[part.offset..part.offset + bytes.len()]);
                prop_assert_eq!(part.offset + part.own.start, own_until);
                own_until = part.offset + part.own.end;
                prop_assert!(part.own.start >= overlap || part.offset == 0);
                prop_assert!(bytes.len() - part.own.end >= overlap || part.offset + bytes.len() == text.len());
                let mut before = Position::default();
                before.pass(&text[..part.offset]);
                prop_assert_eq!(part.before, before);
            }
            prop_assert_eq!(own_until, text.len());
        }
    }

    #[test]
    fn a_cut_inside_a_broken_character_changes_no_column() {
        let text =
            [&b"aaaaaaaaaaaaaaaaaaaa"[..], &[0xf0, 0x9d, 0x9d, 0x84, 0x9d, 0xf0, 0x84, 0x9d].repeat(12)].concat();
        for (_, part) in parts(&text, 16, 3, 7) {
            let part = part.unwrap();
            let mut before = Position::default();
            before.pass(&text[..part.offset]);
            assert_eq!(part.before, before);
        }
    }

    #[test]
    fn what_is_too_long_is_refused_before_it_is_read() {
        let mut buffer = Buffer { window: 16, ..Buffer::default() };
        let refused = buffer.read(&b"12345678"[..], 7, 0, || None, |_, _| panic!("nothing may be handed on"));
        assert_eq!(refused.unwrap(), Reading::TooLong);
        let refused = buffer.read(&[0; 40][..], 39, 0, || Some(40), |_, _| panic!("nothing may be handed on"));
        assert_eq!(refused.unwrap(), Reading::TooLong);
    }
}
