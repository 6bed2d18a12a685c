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

/// All anchors, and what finds their places.
#[derive(Clone)]
pub(crate) struct Tables {
    pub(crate) anchors: Cow<'static, [Anchor]>,
    /// Who asked for the anchors, those of one anchor side by side.
    pub(crate) users: Cow<'static, [User]>,
    pub(crate) lookup: Lookup,
    pub(crate) buckets: Cow<'static, Buckets>,
    /// The words of rules that are found by their values.
    pub(crate) words: Words,
}

/// An anchor, written in small letters, and who asked for it.
#[derive(Clone)]
pub(crate) struct Anchor {
    pub(crate) folded: Cow<'static, [u8]>,
    pub(crate) begins_word: bool,
    /// Indices into [`Tables::users`].
    pub(crate) users: (u32, u32),
}

/// A rule that wants to see an anchor.
#[derive(Clone)]
pub(crate) struct User {
    pub(crate) rule: u32,
    /// The anchor's exact bytes, where its case counts: the search itself ignores case.
    pub(crate) exact: Option<Cow<'static, [u8]>>,
}

impl Tables {
    /// The tables of the rules that ask for this, in their order.
    pub(crate) fn of(wanted: &[Wanted<'_>]) -> Self {
        let (anchors, users) = collect(wanted);
        let grams: Vec<Gram> = anchors.iter().map(|anchor| Gram::of(&anchor.folded, anchor.begins_word)).collect();
        Self {
            lookup: Lookup::new(&grams),
            buckets: Cow::Owned(Buckets::of(&grams)),
            anchors: anchors.into(),
            users: users.into(),
            words: words(wanted),
        }
    }

    pub(crate) fn users(&self, anchor: &Anchor) -> &[User] {
        &self.users[anchor.users.0 as usize..anchor.users.1 as usize]
    }
}

fn words(wanted: &[Wanted<'_>]) -> Words {
    let mut words = Vec::new();
    for (rule, wanted) in (0..).zip(wanted) {
        if let Seek::Value(shape) = wanted.seek {
            words.extend(wanted.anchors.iter().map(|word| (*word, Seeker { rule, shape })));
        }
    }
    Words::of(&words)
}

/// The different anchors, and their users side by side.
fn collect(wanted: &[Wanted<'_>]) -> (Vec<Anchor>, Vec<User>) {
    let mut keys = Vec::new();
    let mut by_key: HashMap<(String, bool), Vec<User>> = HashMap::new();
    for (rule, wanted) in (0..).zip(wanted) {
        let Seek::Anchors { at_word } = wanted.seek else { continue };
        for text in wanted.anchors.iter().filter(|text| text.len() >= gram::SHORTEST) {
            let key = (text.to_ascii_lowercase(), at_word && is_word(text.as_bytes()[0]));
            let exact = (!wanted.fold).then(|| text.as_bytes().to_vec().into());
            let users = by_key.entry(key.clone()).or_insert_with(|| {
                keys.push(key);
                Vec::new()
            });
            users.push(User { rule, exact });
        }
    }
    let (mut anchors, mut users) = (Vec::new(), Vec::new());
    for key in keys {
        let from = number(users.len());
        users.extend(by_key.remove(&key).unwrap_or_default());
        let (folded, begins_word) = key;
        let folded = folded.into_bytes().into();
        anchors.push(Anchor { folded, begins_word, users: (from, number(users.len())) });
    }
    (anchors, users)
}

fn number(count: usize) -> u32 {
    u32::try_from(count).expect("fewer anchors than four thousand million")
}
