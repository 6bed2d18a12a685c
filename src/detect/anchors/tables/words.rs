//! From a place in a text where a word begins to the anchors that stand there, and to the rules that look for values
//! after them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::gram::{LENGTH, SHORTEST, fold, head};
use super::sieve::first;
use super::{Indices, User, number, push, range};
use crate::rules::{LONGEST_VALUE, Shape};

/// By how many first bytes words are looked up: each by as many as it has, so that `license_key` is not compared
/// wherever `License` stands.
const LENGTHS: [usize; 4] = [8, 6, 4, SHORTEST];

/// Slots of the table, as a power of two.
const BITS: u32 = 13;

/// Bits that tell which beginnings there are, as a power of two: enough that hardly one in ten is set.
const KNOWN_BITS: u32 = 16;

/// Sets of kinds of bytes.
const KINDS: u8 = 128;

/// Anchors that count only where a word begins, and the words of rules that are found by their values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Words {
    /// Those that count where they stand.
    pub(crate) standing: Table,
    /// Those that a value has to stand after.
    pub(crate) before: Table,
    /// Who asked for the words where they stand, those of one word side by side.
    pub(crate) users: Cow<'static, [User]>,
    /// Who asked for values after the words, those of one word side by side.
    pub(crate) seekers: Cow<'static, [Seeker]>,
    /// Bytes of the longest word before a value.
    pub(crate) longest: usize,
    /// By length of a value: of which sets of kinds of bytes some rule wants one, a bit each.
    pub(crate) wanted: Cow<'static, [u128]>,
}

/// From the first bytes at a place to the words that may stand there. A slot is chosen by as many as [`LENGTHS`] say: slot s
/// holds `list[slots[s]..slots[s + 1]]`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Table {
    /// Which beginnings there are, by hash.
    pub(crate) known: Cow<'static, [u64]>,
    pub(crate) slots: Cow<'static, [u32]>,
    pub(crate) list: Cow<'static, [Word]>,
}

/// A word in small letters.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Word {
    /// Its last four bytes, folded; 0 of a shorter one. Most words that share a head differ in them.
    pub(crate) tail: u32,
    /// In the pool.
    pub(crate) text: Indices,
    /// Who asked for it: in [`Words::users`] or in [`Words::seekers`].
    pub(crate) asked: Indices,
}

/// A rule that looks for values of a shape after a word.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Seeker {
    pub(crate) rule: u32,
    pub(crate) shape: Shape,
}

/// What is asked of one word.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) users: Vec<User>,
    pub(super) seekers: Vec<Seeker>,
}

impl Words {
    /// The table of these words (in small letters); their texts go to the pool.
    pub(super) fn of(asked: BTreeMap<String, Asked>, pool: &mut Vec<u8>) -> Self {
        let (mut standing, mut before) = (Vec::new(), Vec::new());
        let (mut users, mut seekers) = (Vec::new(), Vec::new());
        for (text, asked) in asked {
            let indices = push(pool, text.bytes());
            let word = |asked| Word { tail: tail(text.as_bytes()), text: indices, asked };
            if !asked.users.is_empty() {
                standing.push((text.clone(), word(push(&mut users, asked.users))));
            }
            if !asked.seekers.is_empty() {
                before.push((text.clone(), word(push(&mut seekers, asked.seekers))));
            }
        }
        Self {
            longest: before.iter().map(|(text, _)| text.len()).max().unwrap_or(0),
            standing: Table::of(standing),
            before: Table::of(before),
            users: users.into(),
            wanted: wanted(&seekers).into(),
            seekers: seekers.into(),
        }
    }

    /// Whether a rule wants a value of so many bytes of all these kinds.
    #[inline]
    pub(crate) fn want(&self, length: usize, kinds: u8) -> bool {
        self.wanted.get(length).is_some_and(|wanted| wanted >> (kinds % KINDS) & 1 != 0)
    }

    /// Who asked for one of [`Words::standing`].
    pub(crate) fn users(&self, word: &Word) -> &[User] {
        range(&self.users, word.asked)
    }

    /// Who asked for one of [`Words::before`].
    pub(crate) fn seekers(&self, word: &Word) -> &[Seeker] {
        range(&self.seekers, word.asked)
    }
}

/// Which beginnings of words there are, by hash.
#[derive(Clone, Copy)]
pub(crate) struct Known<'t>(&'t [u64; 1 << (KNOWN_BITS - 6)]);

impl Known<'_> {
    /// Whether a word may stand where this head does.
    #[inline]
    pub(crate) fn knows(self, head: u64) -> bool {
        let [eight, six, four, three] = self.by_length(head);
        // One question, for the answer to each of them cannot be foreseen.
        eight | six | four | three
    }

    /// The same for words that are looked up by each of [`LENGTHS`].
    #[inline]
    fn by_length(self, head: u64) -> [bool; LENGTHS.len()] {
        LENGTHS.map(|length| {
            let bit = place(hash(head, length), KNOWN_BITS);
            self.0[bit >> 6] >> (bit & 63) & 1 != 0
        })
    }
}

impl Table {
    fn of(words: Vec<(String, Word)>) -> Self {
        let mut known = vec![0; 1 << (KNOWN_BITS - 6)];
        let mut by_slot: BTreeMap<(usize, String), Word> = BTreeMap::new();
        for (text, word) in words {
            let folded: Vec<u8> = text.bytes().map(fold).collect();
            let hash = hash(head(&folded, 0), looked_up_by(text.len()));
            let bit = place(hash, KNOWN_BITS);
            known[bit >> 6] |= 1 << (bit & 63);
            by_slot.insert((place(hash, BITS), text), word);
        }
        let mut slots = vec![0; (1 << BITS) + 1];
        let mut list = Vec::with_capacity(by_slot.len());
        for ((slot, _), word) in by_slot {
            list.push(word);
            slots[slot + 1] = number(list.len());
        }
        let mut filled = 0;
        for end in &mut slots {
            filled = filled.max(*end);
            *end = filled;
        }
        Self { known: known.into(), slots: slots.into(), list: list.into() }
    }

    /// Which beginnings there are.
    pub(crate) fn known(&self) -> Known<'_> {
        Known(self.known.first_chunk().unwrap_or(&[0; 1 << (KNOWN_BITS - 6)]))
    }

    /// Calls `look` with the index of each word that may stand where this head does, once a sieve admits it.
    #[inline]
    pub(crate) fn each(&self, head: u64, mut look: impl FnMut(usize)) {
        let known = self.known();
        if !known.knows(head) {
            return;
        }
        let (slots, list): (&[u32], &[Word]) = (&self.slots, &self.list);
        for (length, is_known) in LENGTHS.into_iter().zip(known.by_length(head)) {
            if !is_known {
                continue;
            }
            let slot = place(hash(head, length), BITS);
            let (from, to) = (slots[slot] as usize, slots[slot + 1] as usize);
            for (index, word) in (from..to).zip(&list[from..to]) {
                // Words of another length may share the slot.
                if looked_up_by(word.len()) == length {
                    look(index);
                }
            }
        }
    }
}

impl Word {
    #[inline]
    fn len(&self) -> usize {
        (self.text.1 - self.text.0) as usize
    }

    /// Whether its last bytes stand where they would if it stood at `at`.
    #[inline]
    pub(crate) fn may_stand(&self, text: &[u8], at: usize) -> bool {
        let end = at + self.len();
        self.tail == 0 || self.tail == first(head(text, end - LENGTH))
    }
}

/// By how many bytes a word of so many is looked up.
#[inline]
const fn looked_up_by(length: usize) -> usize {
    match length {
        8.. => 8,
        6.. => 6,
        4.. => 4,
        _ => SHORTEST,
    }
}

/// Multiplicative hashing of so many first bytes.
#[inline]
const fn hash(head: u64, bytes: usize) -> u64 {
    (head & (u64::MAX >> (64 - 8 * bytes))).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// So many bits of a hash.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "a few bits are left")]
const fn place(hash: u64, bits: u32) -> usize {
    (hash >> (64 - bits)) as usize
}

fn tail(text: &[u8]) -> u32 {
    text.len().checked_sub(LENGTH).map_or(0, |from| first(head(text, from)))
}

fn wanted(seekers: &[Seeker]) -> Vec<u128> {
    let mut wanted = vec![0_u128; LONGEST_VALUE + 1];
    for Seeker { shape, .. } in seekers {
        let held = (0..KINDS).filter(|kinds| kinds & !shape.kinds == 0).fold(0, |held, kinds| held | 1 << kinds);
        for wanted in wanted.iter_mut().take(usize::from(shape.most) + 1).skip(usize::from(shape.least)) {
            *wanted |= held;
        }
    }
    wanted
}
