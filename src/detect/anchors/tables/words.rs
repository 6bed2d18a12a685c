//! From a place in a text where a word begins to the anchors that stand there, and to the rules that look for values
//! after them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::gram::{LENGTH, SHORTEST, fold, head};
use super::sieve::{Sieve, first};
use super::{Indices, User, number, push, range};
use crate::rules::{LONGEST_VALUE, Shape};

/// By how many first bytes words are looked up: each by as many as it has, so that `license_key` is not compared
/// wherever `License` stands.
const LENGTHS: [usize; 4] = [8, 6, 4, SHORTEST];

/// Slots of the table, as a power of two.
const BITS: u32 = 13;

/// Bits that tell which beginnings there are, as a power of two: enough that hardly one in ten is set.
const KNOWN_BITS: u32 = 16;

/// Anchors that count only where a word begins, and the words of rules that are found by their values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Words {
    /// Those that count where they stand.
    pub(crate) standing: Table,
    /// Those that a value has to stand after.
    pub(crate) before: Table,
    /// What these begin with.
    pub(crate) sieve: Cow<'static, Sieve>,
    /// Who asked for the words where they stand, those of one word side by side.
    pub(crate) users: Cow<'static, [User]>,
    /// Who asked for values after the words, those of one word side by side.
    pub(crate) seekers: Cow<'static, [Seeker]>,
    /// Bytes of the longest word before a value.
    pub(crate) longest: usize,
    /// By length of a value: whether some rule wants one.
    pub(crate) wanted: Cow<'static, [bool]>,
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
        let (mut standing, mut before, mut sieve) = (Vec::new(), Vec::new(), Sieve::default());
        let (mut users, mut seekers) = (Vec::new(), Vec::new());
        for (text, asked) in asked {
            let indices = push(pool, text.bytes());
            let word = |asked| Word { tail: tail(text.as_bytes()), text: indices, asked };
            if !asked.users.is_empty() {
                standing.push((text.clone(), word(push(&mut users, asked.users))));
            }
            if !asked.seekers.is_empty() {
                sieve.add(text.as_bytes());
                before.push((text.clone(), word(push(&mut seekers, asked.seekers))));
            }
        }
        Self {
            longest: before.iter().map(|(text, _)| text.len()).max().unwrap_or(0),
            standing: Table::of(standing),
            before: Table::of(before),
            sieve: Cow::Owned(sieve),
            users: users.into(),
            wanted: wanted(&seekers).into(),
            seekers: seekers.into(),
        }
    }

    /// Whether a rule may want a value of so many bytes.
    #[inline]
    pub(crate) fn want_length(&self, length: usize) -> bool {
        self.wanted.get(length).is_some_and(|wanted| *wanted)
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

    /// Calls `look` with the index of each word that may stand where this head does, once a sieve admits it.
    #[inline]
    pub(crate) fn each(&self, head: u64, mut look: impl FnMut(usize)) {
        let (known, slots, list): (&[u64], &[u32], &[Word]) = (&self.known, &self.slots, &self.list);
        let [eight, six, four, three] = LENGTHS;
        let hashes = [hash(head, eight), hash(head, six), hash(head, four), hash(head, three)];
        let is_known = |hash| {
            let bit = place(hash, KNOWN_BITS);
            known[bit >> 6] >> (bit & 63) & 1 != 0
        };
        let known = [is_known(hashes[0]), is_known(hashes[1]), is_known(hashes[2]), is_known(hashes[3])];
        // One question, for the answer to each of them cannot be foreseen.
        if !(known[0] | known[1] | known[2] | known[3]) {
            return;
        }
        for ((length, hash), is_known) in LENGTHS.into_iter().zip(hashes).zip(known) {
            if !is_known {
                continue;
            }
            let slot = place(hash, BITS);
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

fn wanted(seekers: &[Seeker]) -> Vec<bool> {
    let is_wanted = |length: usize| {
        let fits = |shape: Shape| (usize::from(shape.least)..=usize::from(shape.most)).contains(&length);
        seekers.iter().any(|seeker| fits(seeker.shape))
    };
    (0..=LONGEST_VALUE).map(is_wanted).collect()
}
