//! Which bytes may begin something, at a glance: most places of a text end here.

use super::gram::SHORT;

/// Marks of what may begin here, as a power of two. They are few enough to stay in the nearest cache.
const HERE: u32 = 17;

/// Marks of each kind, as a power of two.
pub(crate) const LANES: u32 = 16;

/// Marks of each kind in a word.
pub(crate) const LANE: u32 = 8;

/// First four bytes, by hash: what is not in them begins nothing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sieve {
    /// Marks of grams and of words that count where they stand.
    pub(crate) here: [u32; 1 << (HERE - u32::BITS.ilog2())],
    /// In each word eight marks of each kind, in the order of [`Begins`].
    pub(crate) lanes: [u32; 1 << (LANES - LANE.ilog2())],
}

/// What may begin with four bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begins {
    Gram,
    /// A word that counts where it stands.
    Standing,
    /// A word that a value may stand after.
    Before,
}

#[expect(clippy::large_stack_arrays, reason = "made once for a set of rules, and small enough for any stack")]
impl Default for Sieve {
    fn default() -> Self {
        Self { here: [0; 1 << (HERE - u32::BITS.ilog2())], lanes: [0; 1 << (LANES - LANE.ilog2())] }
    }
}

impl Sieve {
    /// Adds what begins with these bytes, three at least.
    pub(crate) fn add(&mut self, what: Begins, bytes: &[u8]) {
        let first = |fourth| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], fourth]);
        match bytes.get(3) {
            Some(fourth) => self.mark(what, first(*fourth)),
            None => (0..=SEEN).for_each(|any| self.mark(what, first(any))),
        }
    }

    fn mark(&mut self, what: Begins, first: u32) {
        let (word, bit) = place(first, LANES, LANE);
        self.lanes[word] |= 1 << (bit + what.lane());
        if what != Begins::Before {
            let (word, bit) = place(first, HERE, u32::BITS);
            self.here[word] |= 1 << bit;
        }
    }

    /// Whether a gram or a word that counts where it stands may begin with these four bytes, in either case.
    #[inline]
    pub(crate) fn admits_here(&self, first: u32) -> bool {
        let (word, bit) = place(first, HERE, u32::BITS);
        self.here[word] >> bit & 1 != 0
    }

    /// Whether it may.
    #[inline]
    pub(crate) fn admits(&self, what: Begins, first: u32) -> bool {
        let (word, bit) = place(first, LANES, LANE);
        self.lanes[word] >> (bit + what.lane()) & 1 != 0
    }
}

impl Begins {
    /// In the order of their lanes.
    pub(crate) const ALL: [Self; 3] = [Self::Gram, Self::Standing, Self::Before];

    /// The bit of the first mark in a word.
    pub(crate) const fn lane(self) -> u32 {
        LANE * self as u32
    }
}

/// Of each byte only the bits count that tell letters apart: that makes small letters of capitals, and lets a few more
/// places through.
pub(crate) const SEEN: u8 = 0x1f;

/// The place of a mark, given how many there are (as a power of two) and how many in a word: the word, and the bit in it.
#[inline]
const fn place(first: u32, bits: u32, of_word: u32) -> (usize, u32) {
    let hash = (first & u32::from_le_bytes([SEEN; 4])).wrapping_mul(FACTOR) >> (u32::BITS - bits);
    ((hash / of_word) as usize, hash % of_word)
}

/// The first four bytes.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the other four are cut off")]
pub(crate) const fn first(head: u64) -> u32 {
    head as u32
}

/// An odd number near the golden section of all of 32 bits.
pub(crate) const FACTOR: u32 = 0x9e37_79b1;

/// Multiplicative hashing to so many bits: the high bits of a product depend on all bits of the key. Of a head that is
/// not whole three bytes count.
#[inline]
pub(super) const fn slot(head: u32, whole: bool, bits: u32) -> usize {
    let key = if whole { head } else { head & SHORT };
    (key.wrapping_mul(FACTOR) >> (32 - bits)) as usize
}
