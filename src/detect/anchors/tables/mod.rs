//! The tables of the prefilter. `build.rs` makes those of the built-in rules with this very code and writes them down
//! as constants; those of any other rules are made when they are loaded.

pub(crate) mod buckets;
mod common;
pub(crate) mod encoded;
pub(crate) mod gram;
pub(crate) mod lookup;
pub(crate) mod sieve;
pub(crate) mod words;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use self::buckets::Buckets;
use self::gram::{Frequencies, Gram};
use self::lookup::Lookup;
use self::sieve::{Begins, Sieve};
use self::words::{Asked, Seeker, Words};
use crate::rules::{Seek, Start};

/// What begins a comment that sets a finding aside, which is looked for in the same pass as the anchors:
/// `suppression::MARKER`, which `build.rs` cannot name.
pub(crate) const MARKER: &str = "skelkey:ignore";

/// Who asks for [`MARKER`]: no rule.
pub(crate) const OF_MARKER: u32 = u32::MAX;

/// What a rule asks for.
pub(crate) struct Wanted<'a> {
    pub(crate) anchors: Vec<&'a str>,
    /// Whether their case does not count.
    pub(crate) fold: bool,
    pub(crate) seek: Seek,
    /// Whether base64 that begins with an anchor is looked for too.
    pub(crate) encoded: bool,
}

/// All anchors, and what finds their places. Texts are ranges of a pool: constants that point to each other would have
/// to be set right by the loader, all of them at every start.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tables {
    pub(crate) pool: Cow<'static, [u8]>,
    pub(crate) anchors: Cow<'static, [Anchor]>,
    /// Who asked for the anchors, those of one anchor side by side.
    pub(crate) users: Cow<'static, [User]>,
    /// What the anchors' grams and the words begin with.
    pub(crate) sieve: Cow<'static, Sieve>,
    pub(crate) lookup: Lookup,
    pub(crate) buckets: Cow<'static, Buckets>,
    /// Anchors that count only where a word begins.
    pub(crate) words: Words,
    /// Bytes of the longest anchor.
    pub(crate) longest: usize,
}

/// From the first index to the one behind the last.
pub(crate) type Indices = (u32, u32);

/// An anchor, and who asked for it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Anchor {
    /// Its text in small letters, in the pool.
    pub(crate) folded: Indices,
    /// In [`Tables::users`].
    pub(crate) users: Indices,
}

/// A rule that wants to see an anchor.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct User {
    pub(crate) rule: u32,
    /// Where it wants to see it: anywhere, at the beginning of a word as `\b` sees it, or of a word of a name.
    pub(crate) start: Start,
    /// The anchor's exact bytes, in the pool, where its case counts: the search itself ignores case.
    pub(crate) exact: Option<Indices>,
}

impl Tables {
    /// The tables of the rules that ask for this, in their order.
    pub(crate) fn of(wanted: &[Wanted<'_>]) -> Self {
        let (mut pool, frequencies) = (Vec::new(), Frequencies::get());
        let Collected { anchors, users, words } = collect(wanted, &mut pool);
        let longest = words.keys().map(String::len).chain(anchors.iter().map(|anchor| length(anchor.folded))).max();
        let mut sieve = Sieve::default();
        for (text, asked) in &words {
            if !asked.users.is_empty() {
                sieve.add(Begins::Standing, text.as_bytes());
            }
            if !asked.seekers.is_empty() {
                sieve.add(Begins::Before, text.as_bytes());
            }
        }
        let words = Words::of(words, &mut pool);
        let texts: Vec<&[u8]> = anchors.iter().map(|anchor| range(&pool, anchor.folded)).collect();
        let grams: Vec<Gram> = texts.iter().map(|text| Gram::of(text, frequencies)).collect();
        grams.iter().zip(texts).for_each(|(gram, text)| sieve.add(Begins::Gram, &text[gram.offset..]));
        let (lookup, buckets) = (Lookup::new(&grams), Cow::Owned(Buckets::of(&grams)));
        Self {
            pool: pool.into(),
            sieve: Cow::Owned(sieve),
            lookup,
            buckets,
            anchors: anchors.into(),
            users: users.into(),
            words,
            longest: longest.unwrap_or(0),
        }
    }

    /// A text of the pool.
    #[inline]
    pub(crate) fn text(&self, indices: Indices) -> &[u8] {
        range(&self.pool, indices)
    }

    pub(crate) fn users(&self, anchor: &Anchor) -> &[User] {
        range(&self.users, anchor.users)
    }
}

#[inline]
fn range<T>(all: &[T], (from, to): Indices) -> &[T] {
    &all[from as usize..to as usize]
}

fn length((from, to): Indices) -> usize {
    (to - from) as usize
}

/// Adds to a list; gives the indices of what was added.
fn push<T>(list: &mut Vec<T>, added: impl IntoIterator<Item = T>) -> Indices {
    let from = number(list.len());
    list.extend(added);
    (from, number(list.len()))
}

struct Collected {
    /// The different anchors that may stand anywhere.
    anchors: Vec<Anchor>,
    /// Who asked for them, side by side.
    users: Vec<User>,
    /// Those that count only where a word begins.
    words: BTreeMap<String, Asked>,
}

fn collect(wanted: &[Wanted<'_>], pool: &mut Vec<u8>) -> Collected {
    let mut keys = Vec::new();
    let mut by_key: HashMap<String, Vec<User>> = HashMap::new();
    let mut anywhere = |key: String, user: User| {
        let users = by_key.entry(key.clone()).or_insert_with(|| {
            keys.push(key);
            Vec::new()
        });
        users.push(user);
    };
    let mut words: BTreeMap<String, Asked> = BTreeMap::new();
    for (rule, wanted) in (0..).zip(wanted) {
        // All anchors of one rule are looked for in one way, so that the order in which they are found depends on nothing but
        // the text.
        let are_words =
            wanted.seek != Seek::Anchors(Start::Anywhere) && wanted.anchors.iter().all(|text| begins_plainly(text));
        for text in wanted.anchors.iter().filter(|text| text.len() >= gram::SHORTEST) {
            let key = text.to_ascii_lowercase();
            let start = match wanted.seek {
                Seek::Value(shape) if are_words => {
                    words.entry(key).or_default().seekers.push(Seeker { rule, shape });
                    continue;
                }
                // The word must stand for itself there too.
                Seek::Value(_) => Start::Part,
                Seek::Anchors(start) => start,
            };
            let user = User { rule, start, exact: (!wanted.fold).then(|| push(pool, text.bytes())) };
            if are_words {
                words.entry(key).or_default().users.push(user);
            } else {
                anywhere(key, user);
            }
        }
        for form in encoded_anchors(wanted) {
            let (key, user) =
                (form.to_ascii_lowercase(), User { rule, start: Start::Edge, exact: Some(push(pool, form.bytes())) });
            if are_words {
                words.entry(key).or_default().users.push(user);
            } else {
                anywhere(key, user);
            }
        }
    }
    let exact = Some(push(pool, MARKER.bytes()));
    anywhere(MARKER.to_owned(), User { rule: OF_MARKER, start: Start::Anywhere, exact });
    let (mut anchors, mut users) = (Vec::new(), Vec::new());
    for key in keys {
        let users = push(&mut users, by_key.remove(&key).unwrap_or_default());
        anchors.push(Anchor { folded: push(pool, key.bytes()), users });
    }
    Collected { anchors, users, words }
}

/// What base64 begins with that begins with the rule's anchors. It counts where a word begins, so only what begins as words
/// are looked for is taken: nearly all of them.
fn encoded_anchors(wanted: &Wanted<'_>) -> impl Iterator<Item = String> {
    let anchors = wanted.anchors.iter().filter(|anchor| wanted.encoded && anchor.len() >= gram::SHORTEST);
    anchors.flat_map(|anchor| encoded::forms(anchor)).filter(|form| begins_plainly(form))
}

/// Whether an anchor begins as words are looked for: with a letter, and two bytes that go on a word.
pub(crate) fn begins_plainly(anchor: &str) -> bool {
    let bytes = anchor.as_bytes();
    bytes[0].is_ascii_alphabetic() && bytes[1..gram::SHORTEST].iter().all(|&byte| goes_on(byte))
}

/// Whether a byte behind a letter may belong to the same word that is looked for.
pub(crate) const fn goes_on(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

fn number(count: usize) -> u32 {
    u32::try_from(count).expect("fewer anchors than four thousand million")
}
