//! Vercel's list of a user's tokens (Vercel REST documentation, "List Auth Tokens").
//!
//! It shows what each token begins and ends with.

use serde_json::{Map, Value};

use super::document::Document;
use super::importer::Join;
use super::listing::{Listing, PLAIN};
use super::mistake::Mistakes;
use super::row::{Blank, Entry, Row};
use super::state::{active, revoked};
use super::{Format, List, Mark, Record};
use crate::issuer::Issuer;
use crate::key::{Action, Grant, KeyFacts, Power, Subjects};

pub(super) const FORMAT: Format = Format {
    name: "vercel-tokens",
    issuers: &["vercel"],
    joined_by: &[Join::Ends, Join::Hint, Join::Name, Join::Elimination],
    export: "Vercel's list of your tokens: vercel tokens ls --format json, or curl -H \"Authorization: Bearer $TOKEN\" \
             https://api.vercel.com/v6/user/tokens",
    source: "Vercel REST documentation: authentication/list-auth-tokens",
    recognise,
    import,
};

const LISTING: Listing = Listing {
    issuer: "vercel",
    under: &["tokens"],
    required: &["id", "name", "type", "createdAt"],
    secrets: &["bearerToken", "token"],
    ..PLAIN
};

/// The first characters of every token of the same sort: `vcp_`.
const FIXED: usize = 4;

fn recognise(document: &Document<'_>) -> bool {
    LISTING.has(document, &["id", "name", "type", "activeAt", "createdAt"])
}

fn import(document: &Document<'_>, mistakes: &mut Mistakes) -> List {
    LISTING.import(document, mistakes, record)
}

fn record(row: &Row, mistakes: &mut Mistakes) -> Vec<Record> {
    let mut entry = Entry { row, mistakes };
    let mut facts = KeyFacts {
        issuer: Some(Issuer::new(LISTING.issuer)),
        kind: entry.words("type").into(),
        key_id: entry.id("id").into(),
        name: entry.words("name").into(),
        created: entry.since("createdAt"),
        expires: entry.until_if_any("expiresAt"),
        last_used: entry.used("activeAt", Blank::NotSaid),
        ..KeyFacts::default()
    };
    (facts.state, facts.state_reason) = match row.get("revokedAt").is_some_and(|found| !found.value.is_null()) {
        true => revoked("the list says that it was revoked"),
        false => active("the list has it and does not say that it was revoked"),
    };
    if row.get("leakedAt").is_some_and(|found| !found.value.is_null()) {
        facts.notes.push("Vercel itself says that it has leaked.".to_owned());
    }
    facts.grants = entry.objects("scopes").value().map(|scopes| scopes.iter().map(grant).collect()).into();
    let facts = entry.details(facts, &[("origin", "origin")]);
    let [prefix, suffix] = ["prefix", "suffix"].map(|name| entry.words(name).unwrap_or_default());
    let fixed = if prefix.starts_with("vc") { FIXED } else { 0 };
    vec![row.record(facts, Mark::shown(&prefix, &suffix, fixed).into_iter().collect())]
}

/// A token of type `user` reaches every team of its user, one of type `team` that team; within it acts as its user.
fn grant(scope: &Map<String, Value>) -> Grant {
    let text = |name: &str| scope.get(name).and_then(Value::as_str);
    let action = vec![Action::new("act as the user", Power::Everything)];
    match (text("type"), text("teamId")) {
        (Some("team"), Some(team)) => Grant::at_most(action, Subjects::Named(vec![format!("team:{team}")])),
        (Some("user"), _) => Grant::at_most(action, Subjects::Everything),
        _ => Grant::at_most(action, Subjects::NotSaid),
    }
}
