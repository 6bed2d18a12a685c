//! From four bytes of a text to the anchors that they may belong to.

use super::gram::{Gram, LENGTH, fold};

/// Slots of the table, as a power of two: a thousand grams leave most of them empty.
const BITS: u32 = 12;

/// A hash table of all grams that is built once. Slot s holds `entries[starts[s]..starts[s + 1]]`.
pub(super) struct Lookup {
    whole: Table,
    short: Table,
}

struct Table {
    starts: Vec<u32>,
    entries: Vec<Entry>,
    /// Which bytes count.
    mask: u32,
}

#[derive(Clone, Copy)]
struct Entry {
    key: u32,
    anchor: u32,
    offset: u32,
}

impl Lookup {
    pub(super) fn new(grams: &[Gram]) -> Self {
        Self { whole: Table::new(grams, true, u32::MAX), short: Table::new(grams, false, 0x00ff_ffff) }
    }

    /// Calls `found` with the index of each anchor whose gram stands at `at`, and with the gram's offset in it.
    #[inline]
    pub(super) fn at(&self, text: &[u8], at: usize, mut found: impl FnMut(usize, usize)) {
        let key = match text.get(at..at + LENGTH) {
            Some(&[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]) | FOLD,
            // At the very end only three bytes may be left.
            _ => match text.get(at..at + LENGTH - 1) {
                Some(&[a, b, c]) => u32::from_le_bytes([a, b, c, 0]) | FOLD,
                _ => return,
            },
        };
        if text.len() - at >= LENGTH {
            self.whole.at(key, &mut found);
        }
        self.short.at(key, &mut found);
    }
}

const FOLD: u32 = u32::from_le_bytes([fold(0); LENGTH]);

impl Table {
    fn new(grams: &[Gram], whole: bool, mask: u32) -> Self {
        let mut entries: Vec<Entry> = Vec::new();
        for (anchor, gram) in (0_u32..).zip(grams).filter(|(_, gram)| gram.whole == whole) {
            let (key, offset) = (u32::from_le_bytes(gram.bytes) & mask, u32::try_from(gram.offset).unwrap_or(u32::MAX));
            entries.push(Entry { key, anchor, offset });
        }
        // Of one slot in the order of anchors: the order of what is found must not depend on chance.
        entries.sort_by_key(|entry| (slot(entry.key), entry.anchor));
        let mut starts = vec![0_u32; (1 << BITS) + 1];
        entries.iter().for_each(|entry| starts[slot(entry.key) + 1] += 1);
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        Self { starts, entries, mask }
    }

    #[inline]
    fn at(&self, key: u32, found: &mut impl FnMut(usize, usize)) {
        let key = key & self.mask;
        let slot = slot(key);
        let here = self.starts[slot] as usize..self.starts[slot + 1] as usize;
        for entry in &self.entries[here] {
            if entry.key == key {
                found(entry.anchor as usize, entry.offset as usize);
            }
        }
    }
}

/// Multiplicative hashing: the high bits of a product depend on all bits of the key.
#[inline]
const fn slot(key: u32) -> usize {
    (key.wrapping_mul(0x9e37_79b1) >> (32 - BITS)) as usize
}
