//! Databricks' lists of tokens: one's own, or a workspace's (Databricks SDK, `PublicTokenInfo` and `TokenInfo`: times are
//! milliseconds since 1970, an `expiry_time` of -1 is none).
//!
//! The list tells no part of a token's text.

use super::accounts::Accounts;
use super::actions::reading;
use super::importer::Join;
use super::listing::{Listing, PLAIN};
use super::row::{Blank, Entry};
use super::state::active;
use super::{Format, Reader, Record};
use crate::key::{Action, Grant, KeyFacts, Power, Reported, Subjects};

pub(super) const FORMAT: Format = Format {
    name: "databricks-tokens",
    issuers: &["databricks"],
    joined_by: &[Join::Name, Join::Elimination],
    export: "Databricks' list of your tokens: databricks tokens list -o json; of all tokens of a workspace, as its \
             administrator: databricks token-management list -o json",
    source: "databricks/databricks-sdk-go: service/settings, PublicTokenInfo and TokenInfo",
    reader: Reader::Rows { listing: LISTING, told_by: &[&["token_id", "creation_time"]], record },
};

const LISTING: Listing = Listing {
    issuer: "databricks",
    under: &["token_infos"],
    required: &["token_id", "creation_time"],
    secrets: &["token_value"],
    notes: &["Databricks' list tells no part of a token's text"],
    accounts: Some(Accounts {
        under: &["Resources"],
        told_by: &["userName", "active"],
        id: "id",
        name: "userName",
        gone: |entry| (entry.flag("active").value() == Some(false)).then(|| "deactivated".to_owned()),
    }),
    ..PLAIN
};

fn record(entry: &mut Entry<'_>) -> Option<Record> {
    let mut facts = KeyFacts {
        kind: Reported::Said("access token".to_owned()),
        key_id: entry.id("token_id").into(),
        name: entry.words("comment").into(),
        owner: entry.words("created_by_username").into(),
        created: entry.since("creation_time"),
        expires: entry.until("expiry_time", Blank::Never),
        last_used: entry.used("last_used_day", Blank::Never),
        ..KeyFacts::default()
    };
    (facts.state, facts.state_reason) = active("the list has only valid tokens");
    let scopes = entry.texts("scopes").value().filter(|scopes| !scopes.is_empty());
    let grant = match scopes {
        None => Grant::at_most(vec![Action::new("act as its owner", Power::Everything)], Subjects::Everything),
        Some(scopes) => Grant::at_most(scopes.iter().map(|scope| action(scope)).collect(), Subjects::Everything),
    };
    facts.grants = Reported::Said(vec![grant]);
    let facts = entry.details(facts, &[("owner_id", "user-id"), ("workspace_id", "workspace-id")]);
    Some(entry.row.record(facts, Vec::new()))
}

fn action(scope: &str) -> Action {
    match scope {
        "all-apis" => Action::new(scope, Power::Everything),
        _ => reading(scope, scope.rsplit('.').next() == Some("read")),
    }
}
