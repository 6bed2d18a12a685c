//! What `npm token list --json` prints: the registry's token objects (npm's API documentation, `token.yaml`).
//!
//! The registry shows of each token its first eight and last four characters, which is what a leak is joined by.
//! The same command against a Verdaccio registry gives fewer fields, and the user instead of the name.

use serde_json::{Map, Value};

use super::actions::{NPM, action};
use super::document::Document;
use super::importer::Join;
use super::listing::each;
use super::mistake::Mistakes;
use super::moment::Edge;
use super::row::{Entry, Given, Row, USE_A_HASH};
use super::{Format, List, Mark, Reader, Record};
use crate::issuer::Issuer;
use crate::key::{
    Action, Bound, Expiry, Grant, Inactive, KeyFacts, LastUse, Power, Reported, Restriction, State, Subjects,
};

pub(super) const FORMAT: Format = Format {
    name: "npm-token-list",
    issuers: &["npm", "verdaccio"],
    joined_by: &[Join::Id, Join::Ends, Join::Name],
    export: "npm's list of tokens: signed in with a session, `npm token list --json`",
    source: "npm/api-documentation: token.yaml",
    reader: Reader::File { recognise, import },
};

/// The longest text that can still be an old redacted token (its first characters) and not a token.
const REDACTED_AT_MOST: usize = 8;

fn recognise(document: &Document<'_>) -> bool {
    document.has_rows(&["", "objects"], &["key", "token", "created"])
        || document.has_rows(&["", "objects"], &["key", "token", "readonly"])
        || document.members().is_some_and(|members| members.has(&["objects", "urls"]))
}

fn import(document: &Document<'_>, mistakes: &mut Mistakes) -> List {
    let elements = document.elements("objects", mistakes);
    let rows = Row::all_from_json(document, &elements, mistakes);
    let issuer = if is_verdaccio(&rows) { Issuer::VERDACCIO } else { Issuer::NPM };
    let complete = is_complete(document, rows.len());
    let records = each(rows, mistakes, |row, mistakes| record(row, &issuer, mistakes));
    let mut notes = vec!["session tokens are not in npm's list of tokens".to_owned()];
    if !complete {
        notes.push("this is one page of a longer list; a key that is not in it may be on another".to_owned());
    }
    List { issuers: vec![issuer], complete, records, notes }
}

/// The API answers in pages, `{objects, total, urls}`; the command prints all objects.
fn is_complete(document: &Document<'_>, count: usize) -> bool {
    let total = document.members().and_then(|members| members.get("total"));
    total.and_then(|raw| raw.get().parse::<usize>().ok()).is_none_or(|total| total <= count)
}

/// Verdaccio gives `user, token, key, cidr, readonly, created` and nothing else.
fn is_verdaccio(rows: &[Row]) -> bool {
    const NPM_ONLY: &[&str] = &["updated", "expiry", "permissions", "scopes", "bypass_2fa", "revoked", "name"];
    !rows.is_empty()
        && rows.iter().all(|row| row.get("user").is_some() && NPM_ONLY.iter().all(|name| row.get(name).is_none()))
}

fn record(row: &Row, issuer: &Issuer, mistakes: &mut Mistakes) -> Record {
    let mut entry = Entry { row, mistakes };
    entry.require("key");
    entry.require("token");
    let key_id = entry.id("key");
    let mut facts = KeyFacts {
        issuer: Some(issuer.clone()),
        key_id: key_id.clone().into(),
        name: entry.words("name").into(),
        owner: entry.words("user").into(),
        created: entry.moment("created", Edge::Start, "").value().into(),
        expires: entry.moment("expiry", Edge::Start, "").or_null(Expiry::Never, Expiry::At).into(),
        last_used: entry.moment("accessed", Edge::Start, "").value().map(LastUse::At).into(),
        ..KeyFacts::default()
    };
    (facts.state, facts.state_reason) = state(&mut entry);
    for (field, detail) in [("description", "description"), ("updated", "updated")] {
        if let Some(text) = entry.words(field) {
            facts.details.insert(detail.to_owned(), text);
        }
    }
    facts.grants = grants(&mut entry, &mut facts.notes).into();
    facts.restrictions = restrictions(&mut entry).into();
    facts.kind = kind(&mut entry);
    let marks = ends(&mut entry).into_iter().chain(key_id.map(Mark::KeyId)).collect();
    row.record(facts, marks)
}

fn kind(entry: &mut Entry<'_>) -> Reported<String> {
    match entry.row.get("permissions") {
        Some(_) => Reported::Said("granular access token".to_owned()),
        None => Reported::NotSaid,
    }
}

/// `revoked` is a time, a flag or `null`.
fn state(entry: &mut Entry<'_>) -> (State, Option<String>) {
    match entry.row.get("revoked").map(|field| field.value) {
        None | Some(Value::Null | Value::Bool(false)) => {
            (State::Active, Some("the list does not say that it was revoked".to_owned()))
        }
        Some(_) => (State::Inactive(Inactive::Revoked), Some("the list says that it was revoked".to_owned())),
    }
}

/// The redacted form: what stands before and behind the three dots. A token that is not redacted is refused.
fn ends(entry: &mut Entry<'_>) -> Option<Mark> {
    let token = entry.words("token")?;
    if let Some((prefix, suffix)) = token.split_once("...").or_else(|| token.split_once('…')) {
        if prefix.len() + suffix.len() <= 3 * REDACTED_AT_MOST {
            return Some(Mark::Ends { prefix: prefix.to_owned(), suffix: suffix.to_owned() });
        }
    } else if token.len() <= REDACTED_AT_MOST {
        return None;
    }
    entry.wrong("token", &format!("is not redacted; {USE_A_HASH}"));
    None
}

/// Permissions name what may be done to packages and to organisations; scopes name which. A token without them is of
/// an older sort, of which only `readonly` is known.
fn grants(entry: &mut Entry<'_>, notes: &mut Vec<String>) -> Option<Vec<Grant>> {
    let scopes = entry.objects("scopes").value().unwrap_or_default();
    let Given::Value(permissions) = entry.objects("permissions") else {
        return entry.flag("readonly").value().map(|readonly| vec![plain(readonly)]);
    };
    let mut grants = Vec::new();
    for permission in &permissions {
        let (Some(name), Some(word)) = (text(permission, "name"), text(permission, "action")) else {
            entry.wrong("permissions", "has an entry without `name` or `action`");
            continue;
        };
        if word != "no-access" {
            grants.push(if is_organisation(name) {
                of_orgs(word, &scopes, notes)
            } else {
                of_packages(word, &scopes, notes)
            });
        }
    }
    Some(grants)
}

fn plain(readonly: bool) -> Grant {
    let (word, power) = if readonly { ("read-only", Power::Read) } else { ("read-write", Power::PublishNew) };
    Grant { actions: vec![Action::new(word, power)], subjects: Subjects::NotSaid, bound: Bound::AtMost }
}

fn of_packages(word: &str, scopes: &[Map<String, Value>], notes: &mut Vec<String>) -> Grant {
    let named: Vec<String> = scopes
        .iter()
        .filter(|scope| !text(scope, "type").is_some_and(is_organisation))
        .filter_map(|scope| Some(package(text(scope, "type").unwrap_or(""), text(scope, "name")?)))
        .collect();
    // `packages: ["*"]` is all packages.
    let subjects = Subjects::of_names(named, |name| name == "*");
    Grant { actions: vec![action(NPM, word, notes)], subjects, bound: Bound::Exact }
}

fn of_orgs(word: &str, scopes: &[Map<String, Value>], notes: &mut Vec<String>) -> Grant {
    let named: Vec<String> = scopes
        .iter()
        .filter(|scope| text(scope, "type").is_some_and(is_organisation))
        .filter_map(|scope| Some(format!("org:{}", text(scope, "name")?)))
        .collect();
    let actions = vec![action(NPM, &format!("orgs:{word}"), notes)];
    let subjects = if named.is_empty() { Subjects::NotSaid } else { Subjects::Named(named) };
    Grant { actions, subjects, bound: Bound::Exact }
}

/// A scope (`@acme`) is every package in it.
fn package(sort: &str, name: &str) -> String {
    if sort == "scope" && name.starts_with('@') && !name.contains('/') { format!("{name}/*") } else { name.to_owned() }
}

fn is_organisation(word: &str) -> bool {
    matches!(word, "org" | "orgs" | "organization" | "organizations")
}

fn text<'m>(map: &'m Map<String, Value>, name: &str) -> Option<&'m str> {
    map.get(name)?.as_str()
}

fn restrictions(entry: &mut Entry<'_>) -> Option<Vec<Restriction>> {
    let cidr = ["cidr", "cidr_whitelist"].map(|name| entry.texts(name));
    let bypass = entry.flag("bypass_2fa");
    if bypass == Given::Absent && cidr.iter().all(|given| *given == Given::Absent) {
        return None;
    }
    // An empty list is an answer: no range limits the token.
    let is_open = cidr.iter().any(|given| matches!(given, Given::Value(ranges) if ranges.is_empty()));
    let ranges = cidr.into_iter().filter_map(Given::value).flatten();
    let mut found: Vec<Restriction> = ranges.map(|value| Restriction { name: "cidr".to_owned(), value }).collect();
    if is_open && found.is_empty() {
        found.push(Restriction { name: "cidr".to_owned(), value: "none".to_owned() });
    }
    if let Given::Value(bypass) = bypass {
        found.push(Restriction { name: "bypass-2fa".to_owned(), value: bypass.to_string() });
    }
    Some(found)
}
