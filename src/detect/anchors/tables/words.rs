//! From a place in a text to the words that may begin there, and to the rules that look for values after them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::gram::fold;
use super::number;
use crate::rules::Shape;

/// Slots of the table, as a power of two.
const BITS: u32 = 12;

/// Bytes that choose a slot; no word is shorter.
pub(crate) const HEAD: usize = 3;

/// The words of rules that are found by their values. Slot s holds `words[slots[s]..slots[s + 1]]`.
#[derive(Clone)]
pub(crate) struct Words {
    pub(crate) slots: Cow<'static, [u32]>,
    pub(crate) words: Cow<'static, [Word]>,
    /// Who asked for the words, those of one word side by side.
    pub(crate) seekers: Cow<'static, [Seeker]>,
    /// Bytes of the longest word.
    pub(crate) longest: usize,
}

/// A word in small letters.
#[derive(Clone)]
pub(crate) struct Word {
    pub(crate) text: Cow<'static, [u8]>,
    /// Indices into [`Words::seekers`].
    pub(crate) seekers: (u32, u32),
}

/// A rule that looks for values of a shape after a word.
#[derive(Clone, Copy)]
pub(crate) struct Seeker {
    pub(crate) rule: u32,
    pub(crate) shape: Shape,
}

impl Words {
    /// The table of these words (in small letters).
    pub(crate) fn of(wanted: &[(&str, Seeker)]) -> Self {
        let mut by_text: BTreeMap<(usize, &str), Vec<Seeker>> = BTreeMap::new();
        for (text, seeker) in wanted.iter().filter(|(text, _)| text.len() >= HEAD) {
            by_text.entry((slot(text.as_bytes()).unwrap_or(0), text)).or_default().push(*seeker);
        }
        let mut slots = vec![0; (1 << BITS) + 1];
        let (mut words, mut seekers) = (Vec::new(), Vec::new());
        for ((slot, text), of_text) in by_text {
            let from = number(seekers.len());
            seekers.extend(of_text);
            words.push(Word { text: text.as_bytes().to_vec().into(), seekers: (from, number(seekers.len())) });
            slots[slot + 1] = number(words.len());
        }
        let mut filled = 0;
        for end in &mut slots {
            filled = filled.max(*end);
            *end = filled;
        }
        let longest = words.iter().map(|word: &Word| word.text.len()).max().unwrap_or(0);
        Self { slots: slots.into(), words: words.into(), seekers: seekers.into(), longest }
    }

    /// The words that begin `text`.
    #[inline]
    pub(crate) fn at<'t>(&'t self, text: &'t [u8]) -> impl Iterator<Item = &'t Word> {
        let slot = slot(text);
        let of_slot = slot.map_or(&[][..], |slot| &self.words[self.slots[slot] as usize..self.slots[slot + 1] as usize]);
        let stands = |word: &&Word| text.get(..word.text.len()).is_some_and(|here| here.eq_ignore_ascii_case(&word.text));
        of_slot.iter().filter(stands)
    }

    pub(crate) fn seekers(&self, word: &Word) -> &[Seeker] {
        &self.seekers[word.seekers.0 as usize..word.seekers.1 as usize]
    }
}

/// The slot of a text by its first bytes, whatever their case.
#[inline]
fn slot(text: &[u8]) -> Option<usize> {
    let &[a, b, c] = text.first_chunk::<HEAD>()?;
    let key = u32::from_le_bytes([fold(a), fold(b), fold(c), 0]);
    Some((key.wrapping_mul(0x9e37_79b1) >> (32 - BITS)) as usize)
}
