//! crates.io's list of tokens: the JSON that the site's own page of tokens loads from `/api/v1/me/tokens`
//! (rust-lang/crates.io). It is given to a signed-in browser only, never to a token.
//!
//! The list tells no part of a token's text; a leaked key is joined to it by name or by elimination.

use super::actions::{CRATES_IO, action};
use super::document::Document;
use super::importer::Join;
use super::listing::each;
use super::mistake::Mistakes;
use super::moment::Edge;
use super::row::{Entry, Given, Row};
use super::{Format, List, Reader, Record};
use crate::issuer::Issuer;
use crate::key::{Action, Bound, Expiry, Grant, KeyFacts, LastUse, Power, Reported, State, Subjects};

pub(super) const FORMAT: Format = Format {
    name: "crates-io-tokens",
    issuers: &["crates-io"],
    joined_by: &[Join::Name, Join::Elimination],
    export: "crates.io's list of tokens: signed in, open /api/v1/me/tokens?expired_days=3650 in the browser and save \
             the JSON",
    source: "rust-lang/crates.io: src/controllers/token.rs",
    reader: Reader::File { recognise, import },
};

fn recognise(document: &Document<'_>) -> bool {
    document.members().is_some_and(|members| members.get("api_tokens").is_some())
}

fn import(document: &Document<'_>, mistakes: &mut Mistakes) -> List {
    let elements = document.elements("api_tokens", mistakes);
    let rows = Row::all_from_json(document, &elements, mistakes);
    let records = each(rows, mistakes, record);
    let notes = vec![
        "crates.io tells no part of a token's text, and leaves out revoked tokens and those of trusted publishing"
            .to_owned(),
    ];
    List { issuers: vec![Issuer::CRATES_IO], complete: true, records, notes }
}

fn record(row: &Row, mistakes: &mut Mistakes) -> Record {
    let mut entry = Entry { row, mistakes };
    entry.refuse_key("token");
    for name in ["id", "name", "created_at"] {
        entry.require(name);
    }
    let mut facts = KeyFacts {
        issuer: Some(Issuer::CRATES_IO),
        key_id: entry.id("id").into(),
        name: entry.words("name").into(),
        created: entry.moment("created_at", Edge::Start, "").value().into(),
        expires: entry.moment("expired_at", Edge::Start, "").or_null(Expiry::Never, Expiry::At).into(),
        last_used: entry.moment("last_used_at", Edge::Start, "").or_null(LastUse::Never, LastUse::At).into(),
        state: State::Active,
        state_reason: Some("the list leaves out revoked tokens".to_owned()),
        ..KeyFacts::default()
    };
    let (actions, kind) = actions(&mut entry, &mut facts.notes);
    facts.kind = kind.map(str::to_owned).into();
    let subjects = subjects(&mut entry);
    if !(actions.is_empty() && subjects == Subjects::NotSaid) {
        facts.grants = Reported::Said(vec![Grant { actions, subjects, bound: Bound::Exact }]);
    }
    row.record(facts, Vec::new())
}

/// `endpoint_scopes: null` is a token from before scopes: it may do everything.
fn actions(entry: &mut Entry<'_>, notes: &mut Vec<String>) -> (Vec<Action>, Option<&'static str>) {
    match entry.texts("endpoint_scopes") {
        Given::Absent => (Vec::new(), None),
        Given::Null => {
            (vec![Action::new("legacy full access", Power::Everything)], Some("API token, full access (legacy)"))
        }
        Given::Value(words) => {
            (words.iter().map(|word| action(CRATES_IO, word, notes)).collect(), Some("API token, scoped"))
        }
    }
}

/// `crate_scopes` that are `null`, empty or `*` are all crates.
fn subjects(entry: &mut Entry<'_>) -> Subjects {
    match entry.texts("crate_scopes") {
        Given::Absent => Subjects::NotSaid,
        Given::Value(named) if !named.is_empty() && named.iter().all(|name| name != "*") => Subjects::Named(named),
        Given::Null | Given::Value(_) => Subjects::Everything,
    }
}
