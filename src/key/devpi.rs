//! Tokens of devpi-tokens: a macaroon whose caveats are `name=value`.

use jiff::Timestamp;

use super::facts::{Action, Expiry, Grant, KeyFacts, Power, Reported, Subjects};
use crate::format::macaroon::{Caveat, DEVPI_PREFIX, parse};
use crate::issuer::Issuer;

/// What the caveats together leave open. A later caveat of a name narrows an earlier one.
#[derive(Default)]
struct Limits {
    allowed: Option<Vec<String>>,
    indexes: Option<Vec<String>>,
    projects: Option<Vec<String>>,
    expires: Option<Expiry>,
    not_before: Option<Timestamp>,
    unknown: usize,
}

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    let macaroon = parse(DEVPI_PREFIX, key).filter(|macaroon| !macaroon.is_placed())?;
    let mut limits = Limits::default();
    macaroon.caveats.iter().for_each(|caveat| limits.add(caveat));
    let mut facts = KeyFacts::of_kind("token").issued_by(Issuer::DEVPI).grant(limits.grant());
    if let Some((user, id)) = str::from_utf8(&macaroon.identifier).ok()?.rsplit_once('-') {
        facts.owner = Reported::Said(user.to_owned());
        facts.key_id = Reported::Said(id.to_owned());
    }
    facts.expires = limits.expires.into();
    if let Some(from) = limits.not_before {
        facts = facts.restriction("not-before", from.to_string());
    }
    if let (Some(indexes), Some(_)) = (&limits.indexes, &limits.projects) {
        facts = facts.restriction("indexes", indexes.join(","));
    }
    Some(match limits.unknown {
        0 => facts,
        count => facts.note(format!("{count} of its caveats are not known here; they can only narrow it.")),
    })
}

impl Limits {
    fn add(&mut self, caveat: &Caveat) {
        let Some((name, value)) = str::from_utf8(&caveat.id).ok().and_then(|text| text.split_once('=')) else {
            self.unknown += 1;
            return;
        };
        let understood = match name {
            "allowed" => narrow(&mut self.allowed, value),
            "indexes" => narrow(&mut self.indexes, value),
            "projects" => narrow(&mut self.projects, value),
            "expires" => self.end(value),
            "not_before" => self.begin(value),
            _ => false,
        };
        self.unknown += usize::from(!understood);
    }

    fn end(&mut self, value: &str) -> bool {
        let end = match value {
            "never" => Some(Expiry::Never),
            epoch => moment(epoch).map(Expiry::At),
        };
        self.expires = match (self.expires, end) {
            (Some(Expiry::At(known)), Some(Expiry::At(at))) => Some(Expiry::At(known.min(at))),
            (Some(known @ Expiry::At(_)), _) => Some(known),
            (known, end) => end.or(known),
        };
        end.is_some()
    }

    fn begin(&mut self, value: &str) -> bool {
        let from = moment(value);
        self.not_before = self.not_before.max(from);
        from.is_some()
    }

    /// Exactly this if every caveat was understood.
    fn grant(&self) -> Grant {
        let actions = match &self.allowed {
            None => vec![Action::new("everything that the user may", Power::Everything)],
            Some(names) => names.iter().map(|name| Action::new(name.as_str(), self.power(name))).collect(),
        };
        let subjects = match self.projects.as_ref().or(self.indexes.as_ref()) {
            Some(names) if !names.is_empty() => Subjects::Named(names.clone()),
            _ => Subjects::Everything,
        };
        let grant = if self.unknown == 0 && self.allowed.is_some() { Grant::exact } else { Grant::at_most };
        grant(actions, subjects)
    }

    /// The words are devpi-server's permissions; one that is not known here may be anything that a user may manage.
    fn power(&self, name: &str) -> Power {
        match name {
            "pkg_read" => Power::Read,
            "upload" | "toxresult_upload" if self.projects.is_some() => Power::PublishUpdate,
            "upload" | "toxresult_upload" => Power::PublishNew,
            _ if name.starts_with("del_") => Power::Withdraw,
            _ => Power::Manage,
        }
    }
}

fn narrow(known: &mut Option<Vec<String>>, value: &str) -> bool {
    let names = value.split(',').filter(|name| !name.is_empty()).map(str::to_owned);
    *known = Some(match known.take() {
        None => names.collect(),
        Some(before) => names.filter(|name| before.contains(name)).collect(),
    });
    true
}

fn moment(epoch: &str) -> Option<Timestamp> {
    Timestamp::from_second(epoch.parse().ok()?).ok()
}
