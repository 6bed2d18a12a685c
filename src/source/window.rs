//! Reading: a file that fits is read whole into a reused buffer, a longer one in windows that overlap.

use std::cell::Cell;
use std::io::{self, Read};

use zeroize::Zeroizing;

use super::Part;
use crate::decode::Utf16;
use crate::location::{Position, Span, character_start};

/// Size of a worker's buffer to begin with; grown for larger files, and shrunk again after so many files that fit. Large files
/// stand side by side: a buffer that is given back after each of them has to be made anew for the next.
const BUFFER: usize = 1 << 18;
const KEPT_FOR: u32 = 32;

/// The longest text that is held as a whole, and the size of a window on longer ones.
const WINDOW: usize = 8 << 20;

/// A worker's buffer.
pub(super) struct Buffer {
    bytes: Vec<u8>,
    window: usize,
    /// Files in a row that were no longer than [`BUFFER`].
    fitted: u32,
}

impl Default for Buffer {
    fn default() -> Self {
        Self { bytes: Vec::new(), window: WINDOW, fitted: 0 }
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

/// How long a file and its parts may be, and how much of it was read.
struct Limits<'r> {
    most: u64,
    whole: usize,
    overlap: usize,
    read: &'r Cell<u64>,
}

/// Counts what is read of a file.
struct Counted<'r, R> {
    file: R,
    read: &'r Cell<u64>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.read.set(self.read.get() + read as u64);
        Ok(read)
    }
}

impl Buffer {
    /// Reads `file` from its start to its end and hands it to `take`: whole, or in parts that hold `overlap` bytes
    /// around their own. UTF-16 is handed on as UTF-8; sizes are the file's own. `length` tells how long the file says it is, and is asked only if it does not fit.
    pub(super) fn read(
        &mut self,
        file: impl Read,
        most: u64,
        overlap: usize,
        length: impl FnOnce() -> Option<u64>,
        take: impl FnMut(&[u8], Option<&Part>),
    ) -> io::Result<Reading> {
        self.begin();
        let whole = self.window.max(4 * overlap);
        let read = Cell::new(0);
        let limits = Limits { most, whole, overlap, read: &read };
        let mut file = Counted { file, read: &read };
        let filled = self.fill(&mut file, 0, whole)?;
        match Utf16::behind_mark(&self.bytes[..filled]) {
            None => self.parts(file, filled, &limits, length, take),
            Some((order, start)) => {
                let start = Zeroizing::new(start.to_vec());
                let mut text = order.reader(start.chain(file));
                let filled = self.fill(&mut text, 0, whole)?;
                self.parts(text, filled, &limits, length, take)
            }
        }
    }

    /// Hands on a text of which `filled` bytes stand in the buffer already.
    fn parts(
        &mut self,
        mut text: impl Read,
        mut filled: usize,
        limits: &Limits<'_>,
        length: impl FnOnce() -> Option<u64>,
        mut take: impl FnMut(&[u8], Option<&Part>),
    ) -> io::Result<Reading> {
        let Limits { most, whole, overlap, read } = *limits;
        if read.get() > most || filled == whole && length().is_some_and(|length| length > most) {
            return Ok(Reading::TooLong);
        }
        if filled < whole {
            take(&self.bytes[..filled], None);
            return Ok(Reading::Done(read.get()));
        }
        let mut part = Part { offset: 0, before: Position::default(), own: Span::new(0, 0) };
        loop {
            let ended = filled < whole;
            part.own = Span::new(part.own.end, if ended { filled } else { filled - overlap });
            take(&self.bytes[..filled], Some(&part));
            if ended {
                return Ok(Reading::Done(read.get()));
            }
            let kept = self.slide(&mut part, filled, overlap);
            filled = self.fill(&mut text, kept, whole)?;
            if read.get() > most {
                return Ok(Reading::TooLong);
            }
        }
    }

    fn begin(&mut self) {
        if self.bytes.len() < BUFFER || self.bytes.len() > BUFFER && self.fitted >= KEPT_FOR {
            self.bytes.resize(BUFFER, 0);
            self.bytes.shrink_to(BUFFER);
        }
        self.fitted = self.fitted.saturating_add(1);
    }

    /// Reads behind the first `filled` bytes until there are `whole` or the file ends; the number of bytes that are
    /// then there.
    fn fill(&mut self, file: &mut impl Read, mut filled: usize, whole: usize) -> io::Result<usize> {
        while filled < whole {
            if filled == self.bytes.len() {
                self.bytes.resize((self.bytes.len() * 2).min(whole), 0);
            }
            let end = self.bytes.len().min(whole);
            match file.read(&mut self.bytes[filled..end]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        if filled > BUFFER {
            self.fitted = 0;
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

        /// UTF-16 comes in the same parts as the same text in UTF-8.
        #[test]
        fn utf_16_makes_the_same_parts(
            text in "[a\n\r€𝄞é]{0,200}", window in 16_usize..200, overlap in 0_usize..20, at_once in 1_usize..100,
        ) {
            let wide: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
            prop_assert_eq!(
                parts(&wide, window, overlap, at_once), parts(text.as_bytes(), window, overlap, at_once)
            );
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
