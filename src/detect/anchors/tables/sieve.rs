//! Which bytes may begin something, at a glance: most places of a text end here.

use super::gram::SHORT;

/// Marks, as a power of two. They are small enough to stay in the nearest cache.
const BITS: u32 = 17;

/// Marks in a word.
const WORD: u32 = u32::BITS;

/// First four bytes, by hash: what is not in them begins nothing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sieve {
    pub(crate) marks: [u32; 1 << (BITS - WORD.ilog2())],
}

impl Default for Sieve {
    fn default() -> Self {
        Self { marks: [0; 1 << (BITS - WORD.ilog2())] }
    }
}

impl Sieve {
    /// Adds what begins with these bytes, three at least.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        let first = |fourth| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], fourth]);
        match bytes.get(3) {
            Some(fourth) => self.mark(first(*fourth)),
            None => (0..=SEEN).for_each(|any| self.mark(first(any))),
        }
    }

    fn mark(&mut self, first: u32) {
        let (word, bit) = place(first);
        self.marks[word] |= 1 << bit;
    }

    /// Whether anything may begin with these four bytes, in either case.
    #[inline]
    pub(crate) fn admits(&self, first: u32) -> bool {
        let (word, bit) = place(first);
        self.marks[word] >> bit & 1 != 0
    }
}

/// Of each byte only the bits count that tell letters apart: that makes small letters of capitals, and lets a few more
/// places through.
const SEEN: u8 = 0x1f;

/// The place of a mark: the word, and the bit in it.
#[inline]
const fn place(first: u32) -> (usize, u32) {
    let hash = (first & u32::from_le_bytes([SEEN; 4])).wrapping_mul(FACTOR) >> (u32::BITS - BITS);
    ((hash / WORD) as usize, hash % WORD)
}

/// The first four bytes.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the other four are cut off")]
pub(crate) const fn first(head: u64) -> u32 {
    head as u32
}

const FACTOR: u32 = 0x9e37_79b1;

/// Multiplicative hashing to so many bits: the high bits of a product depend on all bits of the key. Of a head that is
/// not whole three bytes count.
#[inline]
pub(super) const fn slot(head: u32, whole: bool, bits: u32) -> usize {
    let key = if whole { head } else { head & SHORT };
    (key.wrapping_mul(FACTOR) >> (32 - bits)) as usize
}
