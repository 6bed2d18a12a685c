//! Azure's keys that say more than they seem to: identifiable keys (service and right), common annotated keys (provider,
//! month or second of issue), shared access signatures (rights, reach, end).

use jiff::Timestamp;

use super::facts::{Action, Expiry, Grant, KeyFacts, Power, Reported, Subjects};
use super::query::Query;
use crate::format::{azure, cask, cask_v3};
use crate::issuer::Issuer;

fn issuer() -> Issuer {
    Issuer::new("azure")
}

/// Microsoft's own code names the seeds by right; no document promises it.
pub(super) fn decode_identifiable(key: &[u8]) -> Option<KeyFacts> {
    let (service, right) = azure::parse(key)?;
    let facts = KeyFacts::of_kind(format!("{} key", service.name))
        .issued_by(issuer())
        .detail("service", service.name)
        .detail("right", right)
        .note(format!(
            "Its checksum is made with the seed that Microsoft's code names for *{right}*; no document promises it."
        ));
    Some(match power(right) {
        Some(power) => facts.grant(Grant::at_most(vec![Action::new(right, power)], Subjects::Everything)),
        None => facts,
    })
}

/// What a right amounts to. Rights that Microsoft's code names without saying what they open have no power here.
fn power(right: &str) -> Option<Power> {
    Some(match right {
        "account" | "manage" | "master read-write" | "admin" | "direct management" | "master (host)" | "hub" => {
            Power::Everything
        }
        "send" | "function" | "subscription" | "send and receive" => Power::PublishUpdate,
        "listen" | "query" | "master read-only" => Power::Read,
        _ => return None,
    })
}

/// Signatures of providers (microsoft/security-utilities `LegacyCaskProviderSignatures.cs`), in upper case.
const PROVIDERS: &[(&str, &str)] = &[
    ("AZDO", "Azure DevOps personal access token"),
    ("AZAC", "Azure App Configuration key"),
    ("AZEG", "Azure Event Grid key"),
    ("AZMP", "Azure Maps key"),
    ("AZCS", "Azure Communication Services key"),
    ("AZMR", "Azure Mixed Reality key"),
    ("AZFR", "Azure Fluid Relay key"),
    ("ACOG", "Azure AI services key"),
    ("MSQL", "Azure SQL key"),
];

pub(super) fn decode_cask(key: &[u8]) -> Option<KeyFacts> {
    let token = cask::parse(key)?;
    let upper = token.provider.to_ascii_uppercase();
    let kind =
        PROVIDERS.iter().find(|(signature, _)| *signature == upper).map_or("Azure common annotated key", |(_, k)| k);
    let facts = KeyFacts::of_kind(kind)
        .issued_by(issuer())
        .detail("provider", token.provider.as_str())
        .detail("created-month", format!("{}-{:02}", token.year, token.month));
    let managed = token.provider.bytes().all(|byte| byte.is_ascii_lowercase());
    let facts = if managed {
        facts.note("Its signature is in lower case: Microsoft manages it, not the customer.")
    } else {
        facts
    };
    Some(match token.made {
        'D' => facts.detail("made", "derived from another key"),
        'H' => facts.detail("made", "a hash of another key"),
        _ => facts,
    })
}

pub(super) fn decode_cask_v3(key: &[u8]) -> Option<KeyFacts> {
    let token = cask_v3::parse(key)?;
    let facts = KeyFacts::of_kind("common annotated key")
        .issued_by(issuer())
        .detail("provider", token.provider)
        .detail("provider-kind", token.kind.to_string());
    Some(KeyFacts { created: Reported::Said(token.created), ..facts })
}

const RIGHTS: &[(char, &str, Power)] = &[
    ('r', "read", Power::Read),
    ('l', "list", Power::Read),
    ('a', "add", Power::PublishUpdate),
    ('c', "create", Power::PublishNew),
    ('w', "write", Power::PublishNew),
    ('u', "update", Power::PublishUpdate),
    ('p', "process", Power::PublishUpdate),
    ('d', "delete", Power::Manage),
    ('x', "delete version", Power::Manage),
    ('y', "permanent delete", Power::Manage),
];

/// The parameters of a storage SAS (learn.microsoft.com, "create an account SAS", "create a service SAS").
pub(super) fn decode_sas(key: &[u8]) -> Option<KeyFacts> {
    let query = Query::of(key)?;
    query.get("sig")?;
    let account = query.get("srt").is_some();
    let delegated = query.get("skoid").is_some();
    let kind = match (account, delegated) {
        (true, _) => "account SAS",
        (_, true) => "user delegation SAS",
        _ => "service SAS",
    };
    let mut facts = KeyFacts::of_kind(kind).issued_by(issuer());
    facts.owner = query.host().map(str::to_owned).into();
    facts.key_id = query.get("skoid").into();
    facts.expires = moment(&query, "se").map(Expiry::At).into();
    if let Some(from) = moment(&query, "st") {
        facts = facts.restriction("not-before", from.to_string());
    }
    for (name, word) in [("sip", "ip"), ("spr", "protocol")] {
        if let Some(value) = query.get(name) {
            facts = facts.restriction(word, value);
        }
    }
    for (name, word) in [
        ("sv", "version"),
        ("sr", "resource"),
        ("ss", "services"),
        ("srt", "resource-types"),
        ("si", "policy"),
        ("sktid", "tenant-id"),
        ("ske", "delegation-key-end"),
    ] {
        if let Some(value) = query.get(name) {
            facts = facts.detail(word, value);
        }
    }
    if query.get("spr").is_some_and(|protocols| protocols.split(',').any(|protocol| protocol == "http")) {
        facts = facts.note("It may be used without TLS (`spr` allows http).");
    }
    if query.get("si").is_some() {
        facts = facts.note("It rests on a stored access policy: its rights and its end may stand there; deleting the policy revokes it.");
    }
    Some(match query.get("sp") {
        Some(letters) => facts.grant(Grant::exact(actions(&letters), reach(&query, account))),
        None => facts,
    })
}

fn actions(letters: &str) -> Vec<Action> {
    let known = |letter| RIGHTS.iter().find(|(known, _, _)| *known == letter);
    letters
        .chars()
        .map(|letter| {
            known(letter)
                .map_or_else(|| Action::new(letter, Power::Read), |(_, word, power)| Action::new(*word, *power))
        })
        .collect()
}

/// An account SAS reaches every resource of its types; a service SAS one container or one object.
fn reach(query: &Query, account: bool) -> Subjects {
    match query.path().filter(|path| path.len() > 1) {
        _ if account => Subjects::Everything,
        Some(path) => Subjects::Named(vec![path.trim_start_matches('/').to_owned()]),
        None => Subjects::NotSaid,
    }
}

/// ISO 8601 in UTC, with or without a time of day.
fn moment(query: &Query, name: &str) -> Option<Timestamp> {
    let text = query.get(name)?;
    let full = match text.len() {
        10 => format!("{text}T00:00:00Z"),
        17 => format!("{}:00Z", text.strip_suffix('Z')?),
        _ => text,
    };
    full.parse().ok()
}
