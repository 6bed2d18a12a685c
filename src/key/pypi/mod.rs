//! Tokens of PyPI, TestPyPI and other Warehouses: a macaroon whose caveats say what it may do
//! (pypi/warehouse `warehouse/macaroons/caveats`).
//!
//! The server may hold further caveats, so whatever the text says is a bound: at most this.

mod caveat;

use std::collections::BTreeSet;

use self::caveat::Caveat;
use super::facts::{Action, Expiry, Grant, KeyFacts, Power, Reported, Subjects};
use crate::format::macaroon::{Macaroon, PYPI_PREFIX, parse};
use crate::issuer::Issuer;
use jiff::Timestamp;

/// How a project is named of which only the issuer's id is known.
pub(super) const ID_MARK: &str = "id:";

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    let macaroon = parse(PYPI_PREFIX, key).filter(Macaroon::is_placed)?;
    let host = macaroon.location.clone()?;
    let caveats = Caveats::of(&macaroon);
    let mut facts = KeyFacts::of_kind(caveats.kind()).issued_by(issuer(&host)).detail("host", host);
    facts.key_id = String::from_utf8(macaroon.identifier).ok().into();
    facts.expires = caveats.end();
    // A Trusted Publishing token holds from the moment in which it was minted.
    facts.created = caveats.publisher().and(caveats.not_before).into();
    facts.grants = Reported::Said(caveats.grants());
    Some(caveats.tell(facts))
}

/// Another host runs the same software, but is nobody's key of PyPI.
fn issuer(host: &str) -> Issuer {
    match host {
        "pypi.org" => Issuer::PYPI,
        "test.pypi.org" => Issuer::TESTPYPI,
        _ => Issuer::WAREHOUSE,
    }
}

/// All caveats of a token together: every one of them holds.
#[derive(Default)]
struct Caveats {
    /// Whether one names a whole account.
    account: bool,
    users: BTreeSet<String>,
    publishers: BTreeSet<String>,
    projects: Option<BTreeSet<String>>,
    ids: Option<BTreeSet<String>>,
    expires: Option<i64>,
    not_before: Option<Timestamp>,
    unknown: Vec<String>,
}

impl Caveats {
    fn of(macaroon: &Macaroon) -> Self {
        let mut all = Self::default();
        for caveat in &macaroon.caveats {
            all.add(caveat::read(caveat));
        }
        all
    }

    fn add(&mut self, caveat: Caveat) {
        match caveat {
            Caveat::Window { expires, not_before } => {
                self.expires = Some(self.expires.map_or(expires, |known| known.min(expires)));
                self.not_before = self.not_before.max(Timestamp::from_second(not_before).ok());
            }
            Caveat::Projects(names) => narrow(&mut self.projects, names),
            Caveat::Ids(ids) => narrow(&mut self.ids, ids),
            Caveat::Account(user) => {
                self.account = true;
                self.users.extend(user);
            }
            Caveat::Publisher(publisher) => {
                self.publishers.insert(publisher);
            }
            Caveat::Unknown(name) => self.unknown.push(name),
        }
    }

    fn publisher(&self) -> Option<&String> {
        self.publishers.first()
    }

    fn kind(&self) -> &'static str {
        match (self.publishers.is_empty(), self.projects.is_some() || self.ids.is_some()) {
            (false, _) => "Trusted Publishing token",
            (true, true) => "API token for projects",
            (true, false) => "API token for a whole account",
        }
    }

    /// The issuer's page makes tokens for an account or for a project and gives them no end; of other shapes without
    /// an end nobody knows.
    fn end(&self) -> Reported<Expiry> {
        match self.expires {
            Some(at) => Timestamp::from_second(at).ok().map(Expiry::At).into(),
            None if self.publishers.is_empty() && !self.is_bare() => Reported::Said(Expiry::Never),
            None => Reported::NotSaid,
        }
    }

    fn is_bare(&self) -> bool {
        !self.account && self.projects.is_none() && self.ids.is_none()
    }

    fn opens_nothing(&self) -> bool {
        let empty = |names: &Option<BTreeSet<String>>| names.as_ref().is_some_and(BTreeSet::is_empty);
        self.users.len() > 1 || self.publishers.len() > 1 || empty(&self.projects) || empty(&self.ids)
    }

    fn grants(&self) -> Vec<Grant> {
        if self.opens_nothing() {
            return Vec::new();
        }
        let only = |names: Vec<String>| (Power::PublishUpdate, Subjects::Named(names));
        let (power, subjects) = match (&self.projects, &self.ids) {
            (Some(names), _) => only(names.iter().cloned().collect()),
            (None, Some(ids)) => only(ids.iter().map(|id| format!("{ID_MARK}{id}")).collect()),
            (None, None) if self.publishers.is_empty() => (Power::PublishNew, Subjects::Everything),
            (None, None) => (Power::PublishNew, Subjects::NotSaid),
        };
        vec![Grant::at_most(vec![Action::new("upload", power)], subjects)]
    }

    /// What stands beside the judged fields.
    fn tell(self, facts: KeyFacts) -> KeyFacts {
        let mut facts = facts.note("The issuer may hold further caveats: it opens at most this.");
        let joined = |names: BTreeSet<String>| names.into_iter().collect::<Vec<_>>().join(" ");
        let lists =
            [("user-id", self.users), ("publisher-id", self.publishers), ("project-ids", self.ids.unwrap_or_default())];
        for (name, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
            facts = facts.detail(name, joined(list));
        }
        if let Some(from) = self.not_before {
            facts = facts.restriction("not-before", from.to_string());
        }
        if facts.grants == Reported::Said(Vec::new()) {
            facts = facts.note("Its caveats contradict each other: together they let nothing through.");
        }
        for name in self.unknown {
            let note = format!("It carries a caveat that is not known here ({name}); it can only narrow the token.");
            facts = facts.restriction("caveat", name).note(note);
        }
        facts
    }
}

/// Keeps what both say.
fn narrow(known: &mut Option<BTreeSet<String>>, names: BTreeSet<String>) {
    *known = Some(match known.take() {
        None => names,
        Some(before) => before.intersection(&names).cloned().collect(),
    });
}
