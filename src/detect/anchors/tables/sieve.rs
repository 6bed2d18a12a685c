//! Which bytes may begin something, at a glance: most places of a text end here.

use super::gram::SHORT;

/// Heads of three bytes, as a power of two. The marks are small enough to stay in the nearest cache.
const BITS: u32 = 13;

/// Heads, by hash, and what may follow them: what is not in them begins nothing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sieve {
    /// By head of three bytes: one bit for each class of the two bytes behind it.
    pub(crate) marks: [u16; 1 << BITS],
}

impl Default for Sieve {
    fn default() -> Self {
        Self { marks: [0; 1 << BITS] }
    }
}

impl Sieve {
    /// Adds what begins with these bytes (folded), three at least.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        let head = u64::from_le_bytes(std::array::from_fn(|index| bytes.get(index).copied().unwrap_or(0)));
        self.marks[start(head)] |= match bytes {
            [_, _, _, _, _, ..] => 1 << class(head),
            // The fourth byte tells, and any may be the fifth.
            [_, _, _, fourth] => 0x1111 << (fourth & 3),
            _ => u16::MAX,
        };
    }

    /// Whether anything may begin with these eight bytes.
    #[inline]
    pub(crate) fn admits(&self, head: u64) -> bool {
        self.marks[start(head)] >> class(head) & 1 != 0
    }
}

/// The place of the marks of the first three bytes.
#[inline]
const fn start(head: u64) -> usize {
    slot(first(head), false, BITS)
}

/// One of four classes of the fourth byte with one of the fifth.
#[inline]
const fn class(head: u64) -> u32 {
    let next = first(head >> 24);
    next & 0b11 | next >> 6 & 0b1100
}

/// The first four bytes.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the other four are cut off")]
pub(super) const fn first(head: u64) -> u32 {
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
