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

/// Anchors that count only where a word begins, and the words of rules that are found by their values. A slot is chosen
/// by the first bytes, as many as [`LENGTHS`] say: slot s holds `list[slots[s]..slots[s + 1]]`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Words {
    /// Which heads there are.
    pub(crate) sieve: Cow<'static, Sieve>,
    /// Which beginnings there are, by hash.
    pub(crate) known: Cow<'static, [u64]>,
    pub(crate) slots: Cow<'static, [u32]>,
    pub(crate) list: Cow<'static, [Word]>,
    /// Who asked for the words where they stand, those of one word side by side.
    pub(crate) users: Cow<'static, [User]>,
    /// Who asked for values after the words, those of one word side by side.
    pub(crate) seekers: Cow<'static, [Seeker]>,
    /// Bytes of the longest word before a value.
    pub(crate) longest: usize,
    /// By length of a value: the kinds of bytes that some rule admits in it, as alternatives. 0 is none.
    pub(crate) admitted: Cow<'static, [[u8; ALTERNATIVES]]>,
}

/// Alternatives of one length at most; more are joined.
const ALTERNATIVES: usize = 4;

/// A word in small letters.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Word {
    /// Its last four bytes, folded; 0 of a shorter one. Most words that share a head differ in them.
    pub(crate) tail: u32,
    /// In the pool.
    pub(crate) text: Indices,
    /// In [`Words::users`].
    pub(crate) users: Indices,
    /// In [`Words::seekers`].
    pub(crate) seekers: Indices,
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
        let longest = asked.iter().filter(|(_, asked)| !asked.seekers.is_empty()).map(|(text, _)| text.len()).max();
        let mut sieve = Sieve::default();
        let mut known = vec![0; 1 << (KNOWN_BITS - 6)];
        let mut by_slot: BTreeMap<(usize, String), Asked> = BTreeMap::new();
        for (text, asked) in asked {
            let folded: Vec<u8> = text.bytes().map(fold).collect();
            sieve.add(&folded);
            let hash = hash(head(&folded, 0), looked_up_by(text.len()));
            let bit = place(hash, KNOWN_BITS);
            known[bit >> 6] |= 1 << (bit & 63);
            by_slot.insert((place(hash, BITS), text), asked);
        }
        let mut slots = vec![0; (1 << BITS) + 1];
        let (mut list, mut users, mut seekers) = (Vec::new(), Vec::new(), Vec::new());
        for ((slot, text), asked) in by_slot {
            list.push(Word {
                tail: tail(text.as_bytes()),
                text: push(pool, text.bytes()),
                users: push(&mut users, asked.users),
                seekers: push(&mut seekers, asked.seekers),
            });
            slots[slot + 1] = number(list.len());
        }
        let mut filled = 0;
        for end in &mut slots {
            filled = filled.max(*end);
            *end = filled;
        }
        Self {
            sieve: Cow::Owned(sieve),
            known: known.into(),
            slots: slots.into(),
            list: list.into(),
            users: users.into(),
            admitted: admitted(&seekers).into(),
            seekers: seekers.into(),
            longest: longest.unwrap_or(0),
        }
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

    /// Calls `look` with the index of each word that may stand where this head does, once the sieve admits it.
    #[inline]
    pub(crate) fn each(&self, head: u64, mut look: impl FnMut(usize)) {
        let (known, slots, list): (&[u64], &[u32], &[Word]) = (&self.known, &self.slots, &self.list);
        for length in LENGTHS {
            let hash = hash(head, length);
            let bit = place(hash, KNOWN_BITS);
            if known[bit >> 6] >> (bit & 63) & 1 == 0 {
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

    pub(crate) fn users(&self, word: &Word) -> &[User] {
        range(&self.users, word.users)
    }

    pub(crate) fn seekers(&self, word: &Word) -> &[Seeker] {
        range(&self.seekers, word.seekers)
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
