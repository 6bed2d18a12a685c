//! From a place in a text to the words that may begin there, and to the rules that look for values after them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::gram::fold;
use super::{Indices, number, push, range};
use crate::rules::{LONGEST_VALUE, Shape};

/// Slots of the table, as a power of two.
const BITS: u32 = 12;

/// Bytes that choose a slot; no word is shorter.
pub(crate) const HEAD: usize = 3;

/// The words of rules that are found by their values. Slot s holds `list[slots[s]..slots[s + 1]]`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Words {
    pub(crate) slots: Cow<'static, [u32]>,
    pub(crate) list: Cow<'static, [Word]>,
    /// Who asked for the words, those of one word side by side.
    pub(crate) seekers: Cow<'static, [Seeker]>,
    /// Bytes of the longest word.
    pub(crate) longest: usize,
    /// By length of a value: the kinds of bytes that some rule admits in it, as alternatives. 0 is none.
    pub(crate) admitted: Cow<'static, [[u8; ALTERNATIVES]]>,
}

/// Alternatives of one length at most; more are joined.
const ALTERNATIVES: usize = 4;

/// A word in small letters.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Word {
    /// In the pool.
    pub(crate) text: Indices,
    /// In [`Words::seekers`].
    pub(crate) seekers: Indices,
}

/// A rule that looks for values of a shape after a word.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Seeker {
    pub(crate) rule: u32,
    pub(crate) shape: Shape,
}

impl Words {
    /// The table of these words (in small letters); their texts go to the pool.
    pub(super) fn of(wanted: &[(&str, Seeker)], pool: &mut Vec<u8>) -> Self {
        let mut by_text: BTreeMap<(usize, &str), Vec<Seeker>> = BTreeMap::new();
        for (text, seeker) in wanted.iter().filter(|(text, _)| text.len() >= HEAD) {
            by_text.entry((slot(text.as_bytes()).unwrap_or(0), text)).or_default().push(*seeker);
        }
        let mut slots = vec![0; (1 << BITS) + 1];
        let (mut words, mut seekers) = (Vec::new(), Vec::new());
        for ((slot, text), of_text) in by_text {
            words.push(Word { text: push(pool, text.bytes()), seekers: push(&mut seekers, of_text) });
            slots[slot + 1] = number(words.len());
        }
        let mut filled = 0;
        for end in &mut slots {
            filled = filled.max(*end);
            *end = filled;
        }
        let longest = wanted.iter().map(|(text, _)| text.len()).max().unwrap_or(0);
        let admitted = admitted(&seekers).into();
        Self { slots: slots.into(), list: words.into(), seekers: seekers.into(), longest, admitted }
    }

    /// Whether a rule may want a value of so many bytes.
    #[inline]
    pub(crate) fn admit_length(&self, length: usize) -> bool {
        self.admitted.get(length).is_some_and(|admitted| admitted[0] != 0)
    }

    /// Whether a rule may want a value of so many bytes of these kinds.
    #[inline]
    pub(crate) fn admit(&self, length: usize, kinds: u8) -> bool {
        self.admitted.get(length).is_some_and(|admitted| admitted.iter().any(|admitted| kinds & !admitted == 0))
    }

    /// The words that may begin `text`: those with its first bytes.
    #[inline]
    pub(crate) fn at(&self, text: &[u8]) -> &[Word] {
        let Some(slot) = slot(text) else { return &[] };
        range(&self.list, (self.slots[slot], self.slots[slot + 1]))
    }

    pub(crate) fn seekers(&self, word: &Word) -> &[Seeker] {
        range(&self.seekers, word.seekers)
    }
}

fn admitted(seekers: &[Seeker]) -> Vec<[u8; ALTERNATIVES]> {
    let mut admitted = vec![[0; ALTERNATIVES]; LONGEST_VALUE + 1];
    for Shape { least, most, kinds } in seekers.iter().map(|seeker| seeker.shape) {
        let lengths = admitted.iter_mut().skip(usize::from(least)).take(usize::from(most - least) + 1);
        lengths.for_each(|alternatives| add(alternatives, kinds));
    }
    admitted
}

fn add(alternatives: &mut [u8; ALTERNATIVES], kinds: u8) {
    let place = alternatives.iter().position(|&known| known == 0 || known & !kinds == 0 || kinds & !known == 0);
    alternatives[place.unwrap_or(ALTERNATIVES - 1)] |= kinds;
}

/// The slot of a text by its first bytes, whatever their case.
#[inline]
fn slot(text: &[u8]) -> Option<usize> {
    let &[a, b, c] = text.first_chunk::<HEAD>()?;
    let key = u32::from_le_bytes([fold(a), fold(b), fold(c), 0]);
    Some((key.wrapping_mul(0x9e37_79b1) >> (32 - BITS)) as usize)
}
