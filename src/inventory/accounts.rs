//! Accounts that stand beside the keys in one file: of a key's account they tell the name, and whether it is still there.
//!
//! The lists of keys themselves hardly ever say that an owner has left; the issuer's list of users, or of service accounts,
//! does. Put behind the list of keys it tells both.

use std::collections::HashMap;

use super::Record;
use super::mistake::Mistakes;
use super::row::{Entry, Row};

/// How an issuer's accounts are written.
#[derive(Clone, Copy)]
pub(super) struct Accounts {
    /// The members of a page under which they stand.
    pub(super) under: &'static [&'static str],
    /// Fields that an account has together, and a key has not.
    pub(super) told_by: &'static [&'static str],
    /// By what a key names its account, as its detail `user-id` or else as its owner.
    pub(super) id: &'static str,
    /// What people call it.
    pub(super) name: &'static str,
    /// What it is where it can no longer sign in: `blocked`, `deactivated`, `disabled`, `suspended`.
    pub(super) gone: fn(&mut Entry<'_>) -> Option<String>,
}

/// One account: its name, and what it is where it is gone.
pub(super) type Account = (Option<String>, Option<String>);

impl Accounts {
    /// The account that a row is, under the id by which keys name it; `None` for a row that is none.
    pub(super) fn read(&self, row: &Row, mistakes: &mut Mistakes) -> Option<(String, Account)> {
        self.told_by.iter().all(|field| row.get(field).is_some()).then_some(())?;
        let mut entry = Entry { row, mistakes };
        let (id, name) = (entry.id(self.id), entry.words(self.name));
        let gone = (self.gone)(&mut entry);
        Some((id?, (name, gone)))
    }

    /// Says what is missing of a row that stands where accounts do and is none.
    pub(super) fn complain(&self, row: &Row, mistakes: &mut Mistakes) {
        let mut entry = Entry { row, mistakes };
        self.told_by.iter().for_each(|field| entry.require(field));
        if entry.id(self.id).is_none() {
            entry.wrong(self.id, "names no account");
        }
    }
}

/// Adds to each key what is told of its account.
pub(super) fn add_owners(records: &mut [Record], accounts: &HashMap<String, Account>) {
    for facts in records.iter_mut().map(|record| &mut record.facts) {
        let id = facts.details.get("user-id").or_else(|| facts.owner.said());
        let Some((name, gone)) = id.and_then(|id| accounts.get(id)) else { continue };
        if let Some(name) = name {
            facts.owner = Some(name.clone()).into();
        }
        if let Some(gone) = gone {
            facts.details.insert("owner-state".to_owned(), gone.clone());
        }
    }
}
