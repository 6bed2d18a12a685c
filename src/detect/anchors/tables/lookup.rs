//! From four bytes of a text to the anchors that they may belong to.

use std::borrow::Cow;

use super::gram::{Gram, SHORT};
use super::sieve::{first, slot};

/// Slots of the table, as a power of two.
const BITS: u32 = 12;

/// A hash table of all grams that is built once. Slot s holds `entries[starts[s]..starts[s + 1]]`; a slot is chosen by
/// four bytes, that of a three-byte gram by all three.
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

impl Lookup {
    /// The table of these grams, one of each anchor.
    pub(crate) fn new(grams: &[Gram]) -> Self {
        let mut entries: Vec<Entry> = (0_u32..).zip(grams).map(|(anchor, gram)| Entry::new(anchor, gram)).collect();
        // Of one slot in the order of anchors: the order of what is found must not depend on chance.
        entries.sort_by_key(|entry| (entry.slot(), entry.anchor));
        let mut starts = vec![0_u32; (1 << BITS) + 1];
        for entry in &entries {
            starts[entry.slot() + 1] += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        Self { starts: starts.into(), entries: entries.into() }
    }

    /// Calls `look` with each entry whose gram stands where this head does.
    #[inline]
    pub(crate) fn each(&self, head: u64, mut look: impl FnMut(&Entry)) {
        let (starts, entries): (&[u32], &[Entry]) = (&self.starts, &self.entries);
        let head = first(head);
        for whole in [true, false] {
            let slot = slot(head, whole, BITS);
            for entry in &entries[starts[slot] as usize..starts[slot + 1] as usize] {
                if entry.key == head & entry.mask && entry.is_whole() == whole {
                    look(entry);
                }
            }
        }
    }
}

impl Entry {
    fn new(anchor: u32, gram: &Gram) -> Self {
        let mask = if gram.whole { u32::MAX } else { SHORT };
        let offset = u32::try_from(gram.offset).unwrap_or(u32::MAX);
        Self { key: gram.head() & mask, mask, anchor, offset }
    }

    fn is_whole(&self) -> bool {
        self.mask == u32::MAX
    }

    fn slot(&self) -> usize {
        slot(self.key, self.is_whole(), BITS)
    }
}
