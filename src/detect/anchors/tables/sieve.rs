//! Which bytes may begin something, at a glance: most places of a text end here.

use super::gram::SHORT;

/// Marks of heads of four bytes, and bits of those of three, as powers of two. Small enough to stay in the nearest cache.
const LONG_BITS: u32 = 14;
const SHORT_BITS: u32 = 12;

/// Sets of heads, by hash: what is not in them begins nothing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sieve {
    /// By head of four bytes: one bit for each of eight classes of the two bytes behind it.
    pub(crate) marks: [u8; 1 << LONG_BITS],
    pub(crate) short: [u64; 1 << (SHORT_BITS - 6)],
}

impl Default for Sieve {
    fn default() -> Self {
        Self { marks: [0; 1 << LONG_BITS], short: [0; 1 << (SHORT_BITS - 6)] }
    }
}

/// Whether something with a head of four bytes may stand at a place, and something with one of three.
#[derive(Clone, Copy)]
pub(crate) struct Admits {
    pub(super) long: bool,
    pub(super) short: bool,
}

impl Admits {
    #[inline]
    pub(crate) fn any(self) -> bool {
        self.long || self.short
    }
}

impl Sieve {
    /// Adds what begins with these bytes (folded): four and perhaps more of them, or three.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        let head = u64::from_le_bytes(std::array::from_fn(|index| bytes.get(index).copied().unwrap_or(0)));
        if bytes.len() < 4 {
            let bit = slot(first(head), false, SHORT_BITS);
            self.short[bit >> 6] |= 1 << (bit & 63);
        } else {
            let mark = if bytes.len() < 6 { u8::MAX } else { 1 << class(head) };
            self.marks[slot(first(head), true, LONG_BITS)] |= mark;
        }
    }

    /// What may begin with these eight bytes.
    #[inline]
    pub(crate) fn admits(&self, head: u64) -> Admits {
        let (long, short) = (slot(first(head), true, LONG_BITS), slot(first(head), false, SHORT_BITS));
        Admits {
            long: self.marks[long] >> class(head) & 1 != 0,
            short: self.short[short >> 6] >> (short & 63) & 1 != 0,
        }
    }
}

/// The first four bytes.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the other four are cut off")]
pub(super) const fn first(head: u64) -> u32 {
    head as u32
}

/// The class of the fifth and the sixth byte.
#[inline]
const fn class(head: u64) -> u32 {
    (first(head >> 32) & 0xffff).wrapping_mul(FACTOR) >> 29
}

const FACTOR: u32 = 0x9e37_79b1;

/// Multiplicative hashing to so many bits: the high bits of a product depend on all bits of the key. Of a head that is
/// not whole three bytes count.
#[inline]
pub(super) const fn slot(head: u32, whole: bool, bits: u32) -> usize {
    let key = if whole { head } else { head & SHORT };
    (key.wrapping_mul(FACTOR) >> (32 - bits)) as usize
}
