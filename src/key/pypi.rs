//! Tokens of PyPI, TestPyPI and other Warehouses: a macaroon whose caveats say what it may do
//! (pypi/warehouse `warehouse/macaroons/caveats`).
//!
//! The server may hold further caveats, so whatever the text says is a bound: at most this.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;

use super::facts::{Action, Expiry, Grant, KeyFacts, Power, Reported, Subjects};
use super::glob;
use crate::format::macaroon::{Macaroon, PYPI_PREFIX, parse};
use crate::issuer::Issuer;

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
    caveats.tell(facts)
}

/// Another host runs the same software, but is nobody's key of PyPI.
fn issuer(host: &str) -> Issuer {
    match host {
        "pypi.org" => Issuer::PYPI,
        "test.pypi.org" => Issuer::TESTPYPI,
        _ => Issuer::new("warehouse"),
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
            let value = serde_json::from_slice(&caveat.id).ok().filter(|_| !caveat.third_party);
            if value.as_ref().and_then(|value| all.add(value)).is_none() {
                all.unknown.push(name(caveat.third_party, value.as_ref()));
            }
        }
        all
    }

    /// `None` for a form that is not known.
    fn add(&mut self, caveat: &Value) -> Option<()> {
        match caveat {
            Value::Array(parts) => self.add_tagged(parts),
            Value::Object(_) => self.add_older(caveat),
            _ => None,
        }
    }

    /// `[tag, …]`, the form of today.
    fn add_tagged(&mut self, parts: &[Value]) -> Option<()> {
        match (parts.first()?.as_i64()?, &parts[1..]) {
            (0, [expires, not_before]) => self.add_window(expires, not_before),
            (1, [names]) => narrow(&mut self.projects, texts(names)?.map(glob::normalised)),
            (2, [ids]) => narrow(&mut self.ids, texts(ids)?.map(str::to_ascii_lowercase)),
            (3, [user]) => {
                self.users.insert(user.as_str()?.to_owned());
                self.add_account()
            }
            (4, [publisher] | [publisher, _]) => {
                self.publishers.insert(publisher.as_str()?.to_owned());
                Some(())
            }
            _ => None,
        }
    }

    /// The dictionaries of earlier years, which the server still takes (`_legacy.py`).
    fn add_older(&mut self, caveat: &Value) -> Option<()> {
        let fields = caveat.as_object()?;
        let mut names: Vec<&str> = fields.keys().map(String::as_str).collect();
        names.sort_unstable();
        match names[..] {
            ["exp", "nbf"] => self.add_window(&caveat["exp"], &caveat["nbf"]),
            ["project_ids"] => narrow(&mut self.ids, texts(&caveat["project_ids"])?.map(str::to_ascii_lowercase)),
            ["permissions", "version"] if caveat["version"] == 1 => match &caveat["permissions"] {
                Value::String(word) if word == "user" => self.add_account(),
                Value::Object(rights) if rights.len() == 1 => {
                    narrow(&mut self.projects, texts(rights.get("projects")?)?.map(glob::normalised))
                }
                _ => None,
            },
            _ => None,
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "every caveat is added alike")]
    fn add_account(&mut self) -> Option<()> {
        self.account = true;
        Some(())
    }

    fn add_window(&mut self, expires: &Value, not_before: &Value) -> Option<()> {
        let (expires, not_before) = (expires.as_i64()?, not_before.as_i64()?);
        self.expires = Some(self.expires.map_or(expires, |known| known.min(expires)));
        self.not_before = self.not_before.max(Timestamp::from_second(not_before).ok());
        Some(())
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
        let named = |power, names: Vec<String>| (power, Subjects::Named(names));
        let (power, subjects) = match (&self.projects, &self.ids) {
            (Some(names), _) => named(Power::PublishUpdate, names.iter().cloned().collect()),
            (None, Some(ids)) => named(Power::PublishUpdate, ids.iter().map(|id| format!("{ID_MARK}{id}")).collect()),
            (None, None) if self.publishers.is_empty() => (Power::PublishNew, Subjects::Everything),
            (None, None) => (Power::PublishNew, Subjects::NotSaid),
        };
        vec![Grant::at_most(vec![Action::new("upload", power)], subjects)]
    }

    /// What stands beside the judged fields.
    fn tell(self, facts: KeyFacts) -> Option<KeyFacts> {
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
        Some(facts)
    }
}

/// Keeps what both say.
fn narrow(known: &mut Option<BTreeSet<String>>, names: impl Iterator<Item = String>) -> Option<()> {
    let names: BTreeSet<String> = names.collect();
    *known = Some(match known.take() {
        None => names,
        Some(before) => before.intersection(&names).cloned().collect(),
    });
    Some(())
}

/// A list of nothing but texts.
fn texts(list: &Value) -> Option<impl Iterator<Item = &str>> {
    let texts: Option<Vec<&str>> = list.as_array()?.iter().map(Value::as_str).collect();
    texts.map(Vec::into_iter)
}

/// How a caveat that is not understood is called, without its value.
fn name(third_party: bool, caveat: Option<&Value>) -> String {
    match caveat {
        _ if third_party => "of a third party".to_owned(),
        Some(Value::Array(parts)) => match parts.first().and_then(Value::as_i64) {
            Some(tag) => format!("tag {tag}"),
            None => "a list without a tag".to_owned(),
        },
        Some(Value::Object(fields)) => format!("a dictionary of {} fields", fields.len()),
        _ => "no JSON list".to_owned(),
    }
}
