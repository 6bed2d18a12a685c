//! The tables of the prefilter. `build.rs` makes those of the built-in rules with this very code and writes them down
//! as constants; those of any other rules are made when they are loaded.

pub(crate) mod buckets;
pub(crate) mod gram;
pub(crate) mod lookup;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use self::buckets::Buckets;
use self::gram::Gram;
use self::lookup::Lookup;

/// An anchor that a rule asks for.
pub(crate) struct Wanted<'a> {
    pub(crate) rule: u32,
    pub(crate) text: &'a str,
    /// Whether its case does not count.
    pub(crate) fold: bool,
    /// Whether the rule looks at it only where a word begins: then what is inside a word need not be shown.
    pub(crate) begins_word: bool,
}

/// All anchors, and what finds their places.
pub(crate) struct Tables {
    pub(crate) anchors: Cow<'static, [Anchor]>,
    /// Who asked for the anchors, those of one anchor side by side.
    pub(crate) users: Cow<'static, [User]>,
    pub(crate) lookup: Lookup,
    pub(crate) buckets: Cow<'static, Buckets>,
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
    pub(crate) fn of(wanted: &[Wanted<'_>]) -> Self {
        let (anchors, users) = collect(wanted);
        let grams: Vec<Gram> = anchors.iter().map(|anchor| Gram::of(&anchor.folded, anchor.begins_word)).collect();
        Self {
            lookup: Lookup::new(&grams),
            buckets: Cow::Owned(Buckets::of(&grams)),
            anchors: anchors.into(),
            users: users.into(),
        }
    }

    pub(crate) fn users(&self, anchor: &Anchor) -> &[User] {
        let (from, to) = anchor.users;
        &self.users[Range { start: from as usize, end: to as usize }]
    }
}

/// The different anchors, and their users side by side.
fn collect(wanted: &[Wanted<'_>]) -> (Vec<Anchor>, Vec<User>) {
    let mut keys = Vec::new();
    let mut by_key: HashMap<(String, bool), Vec<User>> = HashMap::new();
    for anchor in wanted.iter().filter(|anchor| anchor.text.len() >= gram::SHORTEST) {
        let key = (anchor.text.to_ascii_lowercase(), anchor.begins_word);
        let exact = (!anchor.fold).then(|| anchor.text.as_bytes().to_vec().into());
        let users = by_key.entry(key.clone()).or_insert_with(|| {
            keys.push(key);
            Vec::new()
        });
        users.push(User { rule: anchor.rule, exact });
    }
    let (mut anchors, mut users) = (Vec::new(), Vec::new());
    for key in keys {
        let from = number(users.len());
        users.extend(by_key.remove(&key).unwrap_or_default());
        let (folded, begins_word) = key;
        anchors.push(Anchor {
            folded: folded.into_bytes().into(),
            begins_word,
            users: (from, number(users.len())),
        });
    }
    (anchors, users)
}

fn number(count: usize) -> u32 {
    u32::try_from(count).expect("fewer anchors than four thousand million")
}
