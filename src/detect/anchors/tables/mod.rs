//! The tables of the prefilter. `build.rs` makes those of the built-in rules with this very code and writes them down
//! as constants; those of any other rules are made when they are loaded.

pub(crate) mod buckets;
pub(crate) mod gram;
pub(crate) mod lookup;
pub(crate) mod words;

use std::borrow::Cow;
use std::collections::HashMap;

use self::buckets::Buckets;
use self::gram::{Gram, is_word};
use self::lookup::Lookup;
use self::words::{Seeker, Words};
use crate::rules::Seek;

/// What a rule asks for.
pub(crate) struct Wanted<'a> {
    pub(crate) anchors: Vec<&'a str>,
    /// Whether their case does not count.
    pub(crate) fold: bool,
    pub(crate) seek: Seek,
}

/// All anchors, and what finds their places. Texts are ranges of a pool: constants that point to each other would have
/// to be set right by the loader, all of them at every start.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tables {
    pub(crate) pool: Cow<'static, [u8]>,
    pub(crate) anchors: Cow<'static, [Anchor]>,
    /// Who asked for the anchors, those of one anchor side by side.
    pub(crate) users: Cow<'static, [User]>,
    pub(crate) lookup: Lookup,
    pub(crate) buckets: Cow<'static, Buckets>,
    /// The words of rules that are found by their values.
    pub(crate) words: Words,
}

/// From the first index to the one behind the last.
pub(crate) type Indices = (u32, u32);

/// An anchor, and who asked for it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Anchor {
    /// Its text in small letters, in the pool.
    pub(crate) folded: Indices,
    pub(crate) begins_word: bool,
    /// In [`Tables::users`].
    pub(crate) users: Indices,
}

/// A rule that wants to see an anchor.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct User {
    pub(crate) rule: u32,
    /// The anchor's exact bytes, in the pool, where its case counts: the search itself ignores case.
    pub(crate) exact: Option<Indices>,
}

impl Tables {
    /// The tables of the rules that ask for this, in their order.
    pub(crate) fn of(wanted: &[Wanted<'_>]) -> Self {
        let mut pool = Vec::new();
        let (anchors, users) = collect(wanted, &mut pool);
        let gram = |anchor: &Anchor| Gram::of(range(&pool, anchor.folded), anchor.begins_word);
        let grams: Vec<Gram> = anchors.iter().map(gram).collect();
        let words = words(wanted, &mut pool);
        Self {
            pool: pool.into(),
            lookup: Lookup::new(&grams),
            buckets: Cow::Owned(Buckets::of(&grams)),
            anchors: anchors.into(),
            users: users.into(),
            words,
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

/// Adds to a list; gives the indices of what was added.
fn push<T>(list: &mut Vec<T>, added: impl IntoIterator<Item = T>) -> Indices {
    let from = number(list.len());
    list.extend(added);
    (from, number(list.len()))
}

fn words(wanted: &[Wanted<'_>], pool: &mut Vec<u8>) -> Words {
    let mut words = Vec::new();
    for (rule, wanted) in (0..).zip(wanted) {
        if let Seek::Value(shape) = wanted.seek {
            words.extend(wanted.anchors.iter().map(|word| (*word, Seeker { rule, shape })));
        }
    }
    Words::of(&words, pool)
}

/// The different anchors, and their users side by side.
fn collect(wanted: &[Wanted<'_>], pool: &mut Vec<u8>) -> (Vec<Anchor>, Vec<User>) {
    let mut keys = Vec::new();
    let mut by_key: HashMap<(String, bool), Vec<User>> = HashMap::new();
    for (rule, wanted) in (0..).zip(wanted) {
        let Seek::Anchors { at_word } = wanted.seek else { continue };
        for text in wanted.anchors.iter().filter(|text| text.len() >= gram::SHORTEST) {
            let key = (text.to_ascii_lowercase(), at_word && is_word(text.as_bytes()[0]));
            let exact = (!wanted.fold).then(|| push(pool, text.bytes()));
            let users = by_key.entry(key.clone()).or_insert_with(|| {
                keys.push(key);
                Vec::new()
            });
            users.push(User { rule, exact });
        }
    }
    let (mut anchors, mut users) = (Vec::new(), Vec::new());
    for key in keys {
        let users = push(&mut users, by_key.remove(&key).unwrap_or_default());
        let (folded, begins_word) = key;
        anchors.push(Anchor { folded: push(pool, folded.bytes()), begins_word, users });
    }
    (anchors, users)
}

fn number(count: usize) -> u32 {
    u32::try_from(count).expect("fewer anchors than four thousand million")
}
