//! Our own list of keys: the fields that `docs/inventory.md` documents, shared by its JSON and its CSV form.

use std::collections::BTreeMap;

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256, Sha512};

use super::actions::{POWERS, power, words_of};
use super::mistake::{Mistakes, shown, shown_name, suggest};
use super::moment::Edge;
use super::row::{Entry, Given, Row, USE_A_HASH};
use super::{List, Mark, Record};
use crate::issuer::Issuer;
use crate::key::{Action, Bound, Expiry, Grant, Inactive, KeyFacts, LastUse, Reported, Restriction, State, Subjects};

/// Every field.
pub(super) const FIELDS: &[&str] = &[
    "name",
    "issuer",
    "owner",
    "kind",
    "created",
    "expires",
    "last_used",
    "actions",
    "subjects",
    "restrictions",
    "state",
    "sha256",
    "sha512",
    "key_id",
    "prefix",
    "suffix",
    "nuget_v4_id",
];

/// Fields that hold several values: arrays in JSON, separated by `;` in CSV.
pub(super) const LISTS: &[&str] = &["actions", "subjects", "restrictions"];

/// What people call a column that holds the key itself.
const KEYS: &[&str] = &["key", "token", "secret", "value", "api_key", "apikey", "password", "credential", "plaintext"];

const STATES: &[&str] = &["active", "revoked", "expired", "unknown"];

/// Issuers whose lists people most likely write by hand; others are taken as written.
const ISSUERS: &[Issuer] = &[
    Issuer::NUGET,
    Issuer::POWERSHELL_GALLERY,
    Issuer::NPM,
    Issuer::PYPI,
    Issuer::TESTPYPI,
    Issuer::CRATES_IO,
    Issuer::RUBYGEMS,
    Issuer::GITHUB,
    Issuer::GITLAB,
    Issuer::JFROG,
    Issuer::HEX,
    Issuer::HUGGING_FACE,
    Issuer::JSR,
    Issuer::AZURE_DEVOPS,
    Issuer::DEVPI,
    Issuer::VERDACCIO,
    Issuer::HARBOR,
];

/// The shortest end of a key that identifies anything, and the longest that leaves enough of it hidden.
const END_AT_LEAST: usize = 4;
const PREFIX_AT_MOST: usize = 16;
const SUFFIX_AT_MOST: usize = 8;

/// Reads all rows into a list.
pub(super) fn list(rows: Vec<Row>, mistakes: &mut Mistakes) -> List {
    let mut notes = Vec::new();
    let mut seen = BTreeMap::new();
    let mut records = Vec::with_capacity(rows.len());
    for row in rows {
        let (number, line) = (row.number, row.place.line);
        let record = record(row, mistakes);
        complain_of_twins(&record, number, line, &mut seen, mistakes);
        records.push(record);
    }
    let issuers: Vec<Issuer> = records.iter().filter_map(|record| record.facts.issuer.clone()).collect();
    for issuer in issuers.iter().filter(|issuer| !ISSUERS.contains(issuer)) {
        if let Some(meant) = suggest(issuer.as_str(), ISSUERS.iter().map(Issuer::as_str)) {
            notes.push(format!("`{issuer}` is no issuer that is known here; was `{meant}` meant?"));
        }
    }
    notes.sort();
    notes.dedup();
    List { issuers, complete: true, records, notes }
}

/// Complains of every field that is none of ours.
pub(super) fn check_names(row: &Row, mistakes: &mut Mistakes) {
    for (index, field) in row.fields.iter().enumerate() {
        if !FIELDS.contains(&field.name.as_str()) {
            mistakes.add(field.line, format!("record {}: {}", row.number, unknown_field(&field.name, index + 1)));
        }
    }
}

/// What to say of a field, or the heading of a column, that is none of ours.
pub(super) fn unknown_field(name: &str, position: usize) -> String {
    let plain = name.to_lowercase().replace(['-', ' '], "_");
    let shown = shown_name(name, position);
    if KEYS.contains(&plain.as_str()) {
        return format!("field {shown} holds the key itself; {USE_A_HASH}");
    }
    match suggest(name, FIELDS.iter().copied()) {
        Some(meant) => format!("field {shown} is not known; was `{meant}` meant?"),
        None => format!("field {shown} is not known; known are {}", FIELDS.join(", ")),
    }
}

fn complain_of_twins(
    record: &Record,
    number: usize,
    line: usize,
    seen: &mut BTreeMap<Vec<u8>, usize>,
    mistakes: &mut Mistakes,
) {
    for mark in &record.marks {
        let hash = match mark {
            Mark::Sha256(hash) => hash.to_vec(),
            Mark::Sha512(hash) => hash.to_vec(),
            Mark::KeyId(_) | Mark::Ends { .. } | Mark::Hint { .. } => continue,
        };
        if let Some(first) = seen.insert(hash, number) {
            mistakes.add(line, format!("record {number}: has the same hash as record {first}; one key, one record"));
        }
    }
}

fn record(row: Row, mistakes: &mut Mistakes) -> Record {
    let mut entry = Entry { row: &row, mistakes };
    refuse_nulls(&mut entry);
    let issuer = issuer(&mut entry);
    let mut facts = KeyFacts {
        kind: entry.words("kind").into(),
        name: entry.words("name").into(),
        owner: entry.words("owner").into(),
        created: entry.moment("created", Edge::Start, "").value().into(),
        expires: or_never(&mut entry, "expires", Edge::End, Expiry::Never, Expiry::At),
        last_used: or_never(&mut entry, "last_used", Edge::Start, LastUse::Never, LastUse::At),
        grants: grants(&mut entry, issuer.as_ref()).into(),
        restrictions: entry.texts("restrictions").value().map(|texts| restrictions(&texts)).into(),
        issuer,
        ..KeyFacts::default()
    };
    (facts.state, facts.state_reason) = state(&mut entry);
    let marks = marks(&mut entry);
    facts.key_id = key_id(&marks);
    let (number, line) = (row.number, row.place.line);
    if facts.name.said().is_none() && marks.is_empty() {
        let message = "has neither a `name` nor a mark (`sha256`, `sha512`, `key_id`, `nuget_v4_id`, or `prefix` \
                       with `suffix`), so no key can be recognised as it";
        mistakes.add(line, format!("record {number}: {message}"));
    }
    row.record(facts, marks)
}

fn refuse_nulls(entry: &mut Entry<'_>) {
    for field in &entry.row.fields {
        if field.value.is_null() {
            entry.wrong(&field.name, "is null; leave the field out if it is not known, or write `never`");
        }
    }
}

fn issuer(entry: &mut Entry<'_>) -> Option<Issuer> {
    entry.require("issuer");
    let id = entry.words("issuer")?;
    let kebab = id.len() <= 64 && id.split('-').all(|part| !part.is_empty() && part.bytes().all(is_id_byte));
    if kebab {
        return Some(Issuer::new(id));
    }
    let name = id.to_lowercase();
    let stem =
        name.trim_start_matches("www.").trim_end_matches(".org").trim_end_matches(".com").replace(['.', ' '], "-");
    let hint = ISSUERS
        .iter()
        .find(|issuer| issuer.as_str() == stem)
        .map_or_else(String::new, |issuer| format!(" (was `{issuer}` meant?)"));
    entry.wrong("issuer", &format!("is not an issuer's id: lower case, digits and hyphens, such as `nuget`{hint}"));
    None
}

fn is_id_byte(b: u8) -> bool {
    b.is_ascii_lowercase() || b.is_ascii_digit()
}

fn or_never<T>(entry: &mut Entry<'_>, name: &str, edge: Edge, never: T, at: fn(Timestamp) -> T) -> Reported<T> {
    if entry.row.get(name).is_some_and(|field| field.value.as_str().is_some_and(|text| text.trim() == "never")) {
        return Reported::Said(never);
    }
    entry.moment(name, edge, ", or `never`").value().map(at).into()
}

fn state(entry: &mut Entry<'_>) -> (State, Option<String>) {
    let says = |word: &str| Some(format!("the list says `{word}`"));
    match entry.words("state").as_deref() {
        None => (State::Unknown, Some("the list does not say whether it works".to_owned())),
        Some("active") => (State::Active, says("active")),
        Some("revoked") => (State::Inactive(Inactive::Revoked), says("revoked")),
        Some("expired") => (State::Inactive(Inactive::Expired), says("expired")),
        Some("unknown") => (State::Unknown, says("unknown")),
        Some(other) => {
            let message = format!("{} is none of {}", shown(other), STATES.join(", "));
            entry.wrong("state", &message);
            (State::Unknown, None)
        }
    }
}

fn grants(entry: &mut Entry<'_>, issuer: Option<&Issuer>) -> Option<Vec<Grant>> {
    let actions = entry.texts("actions").value();
    let subjects = entry.texts("subjects").value();
    if actions.is_none() && subjects.is_none() {
        return None;
    }
    let words = words_of(issuer.map_or("", Issuer::as_str));
    let actions = actions.unwrap_or_default().iter().filter_map(|text| action(entry, words, text)).collect();
    let names = subjects.unwrap_or_default().into_iter().map(|name| name.trim().to_owned());
    let subjects = Subjects::of_names(names.filter(|name| !name.is_empty()).collect(), |name| name == "*");
    Some(vec![Grant { actions, subjects, bound: Bound::Exact }])
}

/// The issuer's own word where it is known, one of our words for powers, or `word=power`.
fn action(entry: &mut Entry<'_>, words: &[(&str, crate::key::Power)], text: &str) -> Option<Action> {
    let text = text.trim();
    if let Some(power) = power(words, text).or_else(|| power(POWERS, text)) {
        return Some(Action::new(text, power));
    }
    if let Some((word, rank)) = text.rsplit_once('=')
        && let Some(power) = power(POWERS, rank.trim())
        && !word.trim().is_empty()
    {
        return Some(Action::new(word.trim(), power));
    }
    let known: Vec<&str> = words.iter().chain(POWERS).map(|&(word, _)| word).collect();
    let meant = suggest(text, known.iter().copied()).map_or_else(String::new, |word| format!(" (was `{word}` meant?)"));
    let message = format!(
        "holds an action that is not known{meant}; known are {}; any other is written `word=power`, with one of the \
         last six as its power",
        known.join(", ")
    );
    entry.wrong("actions", &message);
    None
}

fn restrictions(texts: &[String]) -> Vec<Restriction> {
    texts
        .iter()
        .map(|text| text.trim())
        .filter(|text| !text.is_empty())
        .map(|text| {
            let (name, value) = text.split_once('=').unwrap_or((text, ""));
            Restriction { name: name.trim().to_owned(), value: value.trim().to_owned() }
        })
        .collect()
}

fn marks(entry: &mut Entry<'_>) -> Vec<Mark> {
    let sha256 = hash::<32>(entry, "sha256", |text| Sha256::digest(text).into()).map(Mark::Sha256);
    let sha512 = hash::<64>(entry, "sha512", |text| Sha512::digest(text).into()).map(Mark::Sha512);
    let key_id = entry.id("key_id").map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).map(Mark::KeyId);
    let v4_id = nuget_v4_id(entry).map(Mark::KeyId);
    let ends = ends(entry);
    [sha256, sha512, v4_id, key_id, ends].into_iter().flatten().collect()
}

/// The id that the row states. NuGet's, then the issuer's.
fn key_id(marks: &[Mark]) -> Reported<String> {
    let id = marks.iter().find_map(|mark| match mark {
        Mark::KeyId(id) => Some(id.clone()),
        _ => None,
    });
    id.into()
}

/// A hash in hexadecimal or in base64, as `sha256sum` and as registries write it.
fn hash<const N: usize>(entry: &mut Entry<'_>, name: &str, of: fn(&[u8]) -> [u8; N]) -> Option<[u8; N]> {
    let text = entry.words(name)?;
    let bytes = if text.len() == 2 * N {
        HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()
    } else {
        BASE64.decode(text.as_bytes()).ok()
    };
    let Some(hash) = bytes.and_then(|bytes| <[u8; N]>::try_from(bytes).ok()) else {
        entry.wrong(name, &format!("is not a hash: {} hexadecimal digits, or {N} bytes in base64", 2 * N));
        return None;
    };
    // The usual slip of a script whose variable was not set.
    if hash == of(b"") || hash == of(b"\n") {
        entry.wrong(name, "is the hash of nothing; was the variable empty?");
        return None;
    }
    Some(hash)
}

/// NuGetGallery, `ApiKeyV4.cs`: the id is the first 20 characters of the key, base32, beginning with `oy2`.
fn nuget_v4_id(entry: &mut Entry<'_>) -> Option<String> {
    let id = entry.words("nuget_v4_id")?.to_ascii_lowercase();
    let is_base32 = id.bytes().all(|b| b.is_ascii_lowercase() || (b'2'..=b'7').contains(&b));
    if id.len() == 20 && id.starts_with("oy2") && is_base32 {
        return Some(id);
    }
    entry.wrong("nuget_v4_id", "is not the first 20 characters of a NuGet key (`oy2` and 17 more); never write more");
    None
}

fn ends(entry: &mut Entry<'_>) -> Option<Mark> {
    let (prefix, suffix) = (end(entry, "prefix", PREFIX_AT_MOST), end(entry, "suffix", SUFFIX_AT_MOST));
    match (entry.row.get("prefix").is_some(), entry.row.get("suffix").is_some()) {
        (true, false) => entry.wrong("prefix", "needs `suffix` beside it: one end alone does not identify a key"),
        (false, true) => entry.wrong("suffix", "needs `prefix` beside it: one end alone does not identify a key"),
        _ => {}
    }
    Some(Mark::Ends { prefix: prefix?, suffix: suffix? })
}

fn end(entry: &mut Entry<'_>, name: &str, at_most: usize) -> Option<String> {
    let Given::Value(text) = entry.text(name) else { return None };
    let text = text.trim();
    if (END_AT_LEAST..=at_most).contains(&text.chars().count()) {
        return Some(text.to_owned());
    }
    entry.wrong(
        name,
        &format!("must have {END_AT_LEAST} to {at_most} characters: enough to identify the key, too few to guess it"),
    );
    None
}

/// A row from named texts: empty ones are not said, lists are split at `;`.
pub(super) fn value(name: &str, text: &str) -> Option<Value> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    if !LISTS.contains(&name) {
        return Some(Value::String(text.to_owned()));
    }
    let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
    Some(Value::Array(parts.map(|part| Value::String(part.to_owned())).collect()))
}

/// Whether a text names enough of our fields to be one of our lists.
pub(super) fn is_heading<'n>(names: impl Iterator<Item = &'n str>) -> bool {
    let known: Vec<String> =
        names.map(|name| name.trim().to_lowercase()).filter(|name| FIELDS.contains(&name.as_str())).collect();
    known.len() >= 2 || known.iter().any(|name| name == "issuer")
}
