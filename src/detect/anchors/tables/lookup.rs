//! From four bytes of a text to the anchors that they may belong to.

use std::borrow::Cow;

use super::gram::{Gram, LENGTH, fold};

/// Slots of the table, as a power of two: a thousand grams leave most of them empty.
const BITS: u32 = 12;

/// A hash table of all grams that is built once. Slot s holds `entries[starts[s]..starts[s + 1]]`; a slot is chosen by
/// the first three bytes, since that is all that a three-byte gram has.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lookup {
    pub(crate) starts: Cow<'static, [u32]>,
    pub(crate) entries: Cow<'static, [Entry]>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Entry {
    /// The gram's bytes.
    pub(crate) key: u32,
    /// Which of them count.
    pub(crate) mask: u32,
    pub(crate) anchor: u32,
    pub(crate) offset: u32,
}

/// A gram's first three bytes.
const SHORT: u32 = 0x00ff_ffff;

const FOLD: u32 = u32::from_le_bytes([fold(0); LENGTH]);

impl Lookup {
    pub(crate) fn new(grams: &[Gram]) -> Self {
        let mut entries: Vec<Entry> = (0_u32..).zip(grams).map(|(anchor, gram)| Entry::new(anchor, gram)).collect();
        // Of one slot in the order of anchors: the order of what is found must not depend on chance.
        entries.sort_by_key(|entry| (slot(entry.key), entry.anchor));
        let mut starts = vec![0_u32; (1 << BITS) + 1];
        for entry in &entries {
            starts[slot(entry.key) + 1] += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        Self { starts: starts.into(), entries: entries.into() }
    }

    /// Calls `found` with the index of each anchor whose gram stands at `at`, and with the gram's offset in it.
    #[inline]
    pub(crate) fn at(&self, text: &[u8], at: usize, mut found: impl FnMut(usize, usize)) {
        let key = match text.get(at..).and_then(<[u8]>::first_chunk::<LENGTH>) {
            Some(bytes) => u32::from_le_bytes(*bytes) | FOLD,
            // At the very end only three bytes are left; a zero, not folded, belongs to no gram.
            None => match text.get(at..) {
                Some(&[a, b, c]) => u32::from_le_bytes([a, b, c, 0]) | FOLD & SHORT,
                _ => return,
            },
        };
        let slot = slot(key);
        for entry in &self.entries[self.starts[slot] as usize..self.starts[slot + 1] as usize] {
            if entry.key == key & entry.mask {
                found(entry.anchor as usize, entry.offset as usize);
            }
        }
    }
}

impl Entry {
    fn new(anchor: u32, gram: &Gram) -> Self {
        let mask = if gram.whole { u32::MAX } else { SHORT };
        let offset = u32::try_from(gram.offset).unwrap_or(u32::MAX);
        Self { key: u32::from_le_bytes(gram.bytes) & mask, mask, anchor, offset }
    }
}

/// Multiplicative hashing: the high bits of a product depend on all bits of the key.
#[inline]
const fn slot(key: u32) -> usize {
    ((key & SHORT).wrapping_mul(0x9e37_79b1) >> (32 - BITS)) as usize
}
