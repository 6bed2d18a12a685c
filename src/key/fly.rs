//! Fly.io's macaroons: every caveat is in the token's own text (superfly/macaroon `caveat.go`, `flyio/caveats.go`,
//! `resset/action.go`).

use jiff::Timestamp;
use rmpv::Value;

use super::facts::{Action, Expiry, Grant, KeyFacts, Power, Reported, Subjects};
use crate::format::fly::{pairs, parse};
use crate::issuer::Issuer;

const ORGANIZATION: u64 = 0;
const VOLUMES: u64 = 2;
const APPS: u64 = 3;
const WINDOW: u64 = 4;
const FEATURES: u64 = 5;
const MUTATIONS: u64 = 6;
const MACHINES: u64 = 7;
const CONFINE_USER: u64 = 8;
const IS_USER: u64 = 10;
const THIRD_PARTY: u64 = 11;
const IF_PRESENT: u64 = 13;
const ACTION: u64 = 26;
const COMMANDS: u64 = 27;

const RIGHTS: [(u64, &str, Power); 5] = [
    (1, "read", Power::Read),
    (2, "write", Power::PublishUpdate),
    (4, "create", Power::PublishNew),
    (8, "delete", Power::Manage),
    (16, "control", Power::PublishUpdate),
];
const ALL: u64 = 31;

#[derive(Default)]
struct Reading {
    organization: Option<u64>,
    mask: Option<u64>,
    apps: Option<Vec<String>>,
    from: Option<i64>,
    until: Option<i64>,
    details: Vec<(&'static str, String)>,
    third_party: Vec<String>,
    conditional: bool,
    unknown: Vec<u64>,
}

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    let token = parse(first(key))?;
    let mut reading = Reading::default();
    for (kind, body) in &token.caveats {
        reading.take(*kind, body)?;
    }
    Some(reading.facts(&token.location))
}

/// The first of several tokens, without `FlyV1`: the permission token; the others discharge its third-party caveats.
fn first(key: &[u8]) -> &[u8] {
    let key = key.strip_prefix(b"FlyV1 ").unwrap_or(key);
    key.split(|&byte| byte == b',').next().unwrap_or(key)
}

impl Reading {
    /// Reads one caveat; `None` when its body is not what its type asks for.
    fn take(&mut self, kind: u64, body: &Value) -> Option<()> {
        let fields = body.as_array()?;
        match kind {
            ORGANIZATION => {
                self.organization = Some(fields.first()?.as_u64()?);
                self.narrow(fields.get(1)?.as_u64()?);
            }
            APPS => {
                let (apps, mask) = set(fields.first()?)?;
                self.apps = Some(match self.apps.take() {
                    Some(before) => before.into_iter().filter(|app| apps.contains(app)).collect(),
                    None => apps,
                });
                self.narrow(mask);
            }
            WINDOW => {
                let (from, until) = (fields.first()?.as_i64()?, fields.get(1)?.as_i64()?);
                self.from = Some(self.from.map_or(from, |before| before.max(from)));
                self.until = Some(self.until.map_or(until, |before| before.min(until)));
            }
            ACTION => self.narrow(fields.first()?.as_u64()?),
            VOLUMES | FEATURES | MACHINES => {
                let name = match kind {
                    VOLUMES => "volumes",
                    FEATURES => "features",
                    _ => "machines",
                };
                self.details.push((name, set(fields.first()?)?.0.join(" ")));
            }
            MUTATIONS => {
                let names = fields.first()?.as_array()?.iter().filter_map(Value::as_str);
                self.details.push(("mutations", names.collect::<Vec<_>>().join(" ")));
            }
            CONFINE_USER | IS_USER => self.details.push(("user-id", fields.first()?.as_u64()?.to_string())),
            THIRD_PARTY => self.third_party.push(fields.first()?.as_str()?.to_owned()),
            IF_PRESENT => {
                self.conditional = true;
                pairs(fields.first()?)?;
            }
            COMMANDS => self.details.push(("commands", fields.len().to_string())),
            other => self.unknown.push(other),
        }
        Some(())
    }

    fn narrow(&mut self, mask: u64) {
        self.mask = Some(self.mask.map_or(mask, |before| before & mask));
    }

    fn facts(self, location: &str) -> KeyFacts {
        let mut facts = KeyFacts::of_kind("macaroon").issued_by(Issuer::new("fly")).detail("location", location);
        facts.owner = self.organization.map(|id| format!("organisation {id}")).into();
        facts.expires = match self.until {
            None => Reported::Said(Expiry::Never),
            Some(until) => Timestamp::from_second(until).ok().map(Expiry::At).into(),
        };
        if let Some(from) = self.from.filter(|from| *from > 0).and_then(|from| Timestamp::from_second(from).ok()) {
            facts = facts.restriction("not-before", from.to_string());
        }
        if let Some(mask) = self.mask {
            let subjects = self.apps.map_or(Subjects::Everything, |apps| {
                let named = apps.iter().map(|app| format!("app {app}"));
                if apps.is_empty() { Subjects::NotSaid } else { Subjects::Named(named.collect()) }
            });
            let bounded = !self.details.is_empty() || self.conditional || !self.unknown.is_empty();
            let grant = if bounded { Grant::at_most } else { Grant::exact };
            facts = facts.grant(grant(actions(mask), subjects));
        }
        for (name, value) in self.details {
            facts = facts.restriction(name, value);
        }
        for place in self.third_party {
            facts = facts.note(format!("It works only together with a discharge token of {place}."));
        }
        if self.conditional {
            facts = facts.note("It carries conditions (`IfPresent`) that narrow it for some resources.");
        }
        for kind in self.unknown {
            facts = facts.note(format!(
                "It carries a caveat that is not known here (type {kind}); it can only narrow the token."
            ));
        }
        facts
    }
}

fn actions(mask: u64) -> Vec<Action> {
    if mask & ALL == ALL {
        return vec![Action::new("all", Power::Everything)];
    }
    RIGHTS.iter().filter(|(bit, _, _)| mask & bit != 0).map(|(_, word, power)| Action::new(*word, *power)).collect()
}

/// A map of id to mask: the ids, and what any of them allows.
fn set(value: &Value) -> Option<(Vec<String>, u64)> {
    let mut ids = Vec::new();
    let mut mask = 0;
    for (id, allowed) in value.as_map()? {
        ids.push(id.as_u64().map(|id| id.to_string()).or_else(|| id.as_str().map(str::to_owned))?);
        mask |= allowed.as_u64()?;
    }
    Some((ids, mask))
}
