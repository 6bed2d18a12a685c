//! Anthropic's list of an organisation's API keys (Anthropic Admin API documentation, "List API Keys").
//!
//! It shows what each key begins and ends with, as `sk-ant-api03-R2D...igAA`.

use super::importer::Join;
use super::listing::{Listing, PLAIN};
use super::row::{Blank, Entry};
use super::state::{Word, active, by_word, expired, revoked};
use super::{Format, Mark, Reader, Record};
use crate::key::{Grant, KeyFacts, Reported, Subjects};

pub(super) const FORMAT: Format = Format {
    name: "anthropic-api-keys",
    issuers: &["anthropic"],
    joined_by: &[Join::Hint, Join::Name, Join::Elimination],
    export: "Anthropic's list of API keys, with an admin key: curl -H \"x-api-key: $ADMIN_KEY\" -H \
             \"anthropic-version: 2023-06-01\" \"https://api.anthropic.com/v1/organizations/api_keys?limit=1000\"",
    source: "Anthropic documentation: Admin API, List API Keys",
    reader: Reader::Rows { listing: LISTING, told_by: &[&["id", "partial_key_hint", "status"]], record },
};

const LISTING: Listing = Listing {
    issuer: "anthropic",
    under: &["data"],
    required: &["id", "name", "status"],
    secrets: &["key", "value"],
    notes: &["Anthropic's list does not tell when a key was last used, and admin keys are not in it"],
    ..PLAIN
};

fn record(entry: &mut Entry<'_>) -> Option<Record> {
    let mut facts = KeyFacts {
        kind: Reported::Said("API key".to_owned()),
        key_id: entry.id("id").into(),
        name: entry.words("name").into(),
        owner: entry.id("created_by.id").into(),
        created: entry.since("created_at"),
        expires: entry.until("expires_at", Blank::Never),
        ..KeyFacts::default()
    };
    let words: &[Word] = &[("active", active), ("inactive", revoked), ("archived", revoked), ("expired", expired)];
    (facts.state, facts.state_reason) = by_word(entry.words("status").as_deref(), words);
    let workspace = entry.id("workspace_id").or_else(|| entry.id("scope.workspace_id"));
    // `null` is the default workspace.
    let workspace = workspace.unwrap_or_else(|| "default".to_owned());
    facts.grants =
        Reported::Said(vec![Grant::exact(Vec::new(), Subjects::Named(vec![format!("workspace:{workspace}")]))]);
    let shown = entry.words("partial_key_hint").and_then(|hint| shown(&hint));
    Some(entry.row.record(facts, shown.into_iter().collect()))
}

/// Every API key begins with `sk-ant-api03-` and ends with `AA`, which tells nothing.
fn shown(hint: &str) -> Option<Mark> {
    let (prefix, suffix) = hint.split_once("...").or_else(|| hint.split_once('…'))?;
    let fixed =
        prefix.match_indices('-').nth(2).map_or(0, |(at, _)| at + 1) + if suffix.ends_with("AA") { 2 } else { 0 };
    Mark::shown(prefix, suffix, fixed)
}
