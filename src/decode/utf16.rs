//! UTF-16, as a shell writes it that redirects a key into a file.

use std::io::{self, Read};

/// Which byte of a unit comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Utf16 {
    /// The low one.
    Little,
    /// The high one.
    Big,
}

/// Length of the byte order mark.
const MARK: usize = 2;

impl Utf16 {
    /// What the byte order mark at the start of a text says, and the text behind it.
    #[must_use]
    pub fn behind_mark(bytes: &[u8]) -> Option<(Self, &[u8])> {
        match bytes.split_first_chunk::<MARK>()? {
            ([0xff, 0xfe], rest) => Some((Self::Little, rest)),
            ([0xfe, 0xff], rest) => Some((Self::Big, rest)),
            _ => None,
        }
    }

    /// `text` (without its mark) as UTF-8. A unit that stands for no character becomes `U+FFFD`; an odd last byte is
    /// left out.
    #[must_use]
    pub fn decode(self, text: &[u8]) -> Vec<u8> {
        let characters = char::decode_utf16(self.units(text));
        let text: String = characters.map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        text.into_bytes()
    }

    /// The units of `text` (without its mark), all but an odd last byte.
    pub fn units(self, text: &[u8]) -> impl Iterator<Item = u16> {
        text.as_chunks::<2>().0.iter().map(move |pair| self.unit(*pair))
    }

    /// The same, read as it is needed.
    pub fn reader<R: Read>(self, text: R) -> Utf16Reader<R> {
        Utf16Reader { text, order: self, raw: Vec::new(), ready: Vec::new(), given: 0 }
    }

    fn unit(self, pair: [u8; 2]) -> u16 {
        match self {
            Self::Little => u16::from_le_bytes(pair),
            Self::Big => u16::from_be_bytes(pair),
        }
    }
}

/// Reads UTF-16 and gives UTF-8.
pub struct Utf16Reader<R> {
    text: R,
    order: Utf16,
    /// Read and not decoded yet: half of a unit or of a pair of them.
    raw: Vec<u8>,
    ready: Vec<u8>,
    given: usize,
}

/// How much is decoded at once.
const CHUNK: usize = 64 << 10;

impl<R: Read> Utf16Reader<R> {
    /// Decodes the next piece; nothing is ready after it only at the end.
    fn refill(&mut self) -> io::Result<()> {
        (self.given, self.ready) = (0, Vec::new());
        while self.ready.is_empty() {
            let kept = self.raw.len();
            self.raw.resize(CHUNK, 0);
            let read = self.text.read(&mut self.raw[kept..]);
            self.raw.truncate(kept + *read.as_ref().unwrap_or(&0));
            let ended = read? == 0;
            let whole = if ended { self.raw.len() } else { self.whole() };
            self.ready = self.order.decode(&self.raw[..whole]);
            self.raw.drain(..whole);
            if ended {
                break;
            }
        }
        Ok(())
    }

    /// How many bytes are whole units and no half of a pair of units.
    fn whole(&self) -> usize {
        const FIRST_OF_A_PAIR: std::ops::RangeInclusive<u16> = 0xd800..=0xdbff;
        let pairs = self.raw.as_chunks::<2>().0;
        let halved = pairs.last().is_some_and(|pair| FIRST_OF_A_PAIR.contains(&self.order.unit(*pair)));
        2 * (pairs.len() - usize::from(halved))
    }
}

impl<R: Read> Read for Utf16Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.ready.len() {
            self.refill()?;
        }
        let read = (&self.ready[self.given..]).read(buffer)?;
        self.given += read;
        Ok(read)
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

    proptest! {
        #[test]
        fn what_is_read_in_pieces_is_what_the_whole_gives(
            units in prop::collection::vec(prop::sample::select(vec![0x61, 0xe9, 0x20ac, 0xd834, 0xdd1e, 0xd800]), 0..90),
            odd in any::<bool>(), at_once in 1_usize..9, big in any::<bool>(),
        ) {
            let order = if big { Utf16::Big } else { Utf16::Little };
            let bytes = |unit: &u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
            let mut text: Vec<u8> = units.iter().flat_map(bytes).collect();
            text.extend(odd.then_some(0x41));
            let mut read = Vec::new();
            order.reader(Slow(&text, at_once)).read_to_end(&mut read).unwrap();
            prop_assert_eq!(read, order.decode(&text));
        }
    }
}
