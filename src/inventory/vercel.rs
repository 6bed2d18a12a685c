//! Vercel's list of a user's tokens (Vercel REST documentation, "List Auth Tokens").
//!
//! It shows what each token begins and ends with.

use serde_json::{Map, Value};

use super::importer::Join;
use super::listing::{Listing, PLAIN};
use super::row::{Blank, Entry};
use super::state::{active, revoked};
use super::{Format, Mark, Reader, Record};
use crate::key::{Action, Grant, KeyFacts, Power, Subjects};

pub(super) const FORMAT: Format = Format {
    name: "vercel-tokens",
    issuers: &["vercel"],
    joined_by: &[Join::Ends, Join::Hint, Join::Name, Join::Elimination],
    export: "Vercel's list of your tokens: vercel tokens ls --format json, or curl -H \"Authorization: Bearer $TOKEN\" \
             https://api.vercel.com/v6/user/tokens",
    source: "Vercel REST documentation: authentication/list-auth-tokens",
    reader: Reader::Rows { listing: LISTING, told_by: &[&["id", "name", "type", "activeAt", "createdAt"]], record },
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

fn record(entry: &mut Entry<'_>) -> Option<Record> {
    let mut facts = KeyFacts {
        kind: entry.words("type").into(),
        key_id: entry.id("id").into(),
        name: entry.words("name").into(),
        created: entry.since("createdAt"),
        expires: entry.until_if_any("expiresAt"),
        last_used: entry.used("activeAt", Blank::NotSaid),
        ..KeyFacts::default()
    };
    let is_set = |name: &str| entry.row.get(name).is_some_and(|found| !found.value.is_null());
    (facts.state, facts.state_reason) = if is_set("revokedAt") {
        revoked("the list says that it was revoked")
    } else {
        active("the list has it and does not say that it was revoked")
    };
    if is_set("leakedAt") {
        facts.notes.push("Vercel itself says that it has leaked.".to_owned());
    }
    facts.grants = entry.objects("scopes").value().map(|scopes| scopes.iter().map(grant).collect()).into();
    let facts = entry.details(facts, &[("origin", "origin")]);
    let [prefix, suffix] = ["prefix", "suffix"].map(|name| entry.words(name).unwrap_or_default());
    let fixed = if prefix.starts_with("vc") { FIXED } else { 0 };
    Some(entry.row.record(facts, Mark::shown(&prefix, &suffix, fixed).into_iter().collect()))
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
