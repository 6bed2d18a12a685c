//! Okta's list of API tokens (Okta Management API, "List all API token metadata").
//!
//! The list tells no part of a token's text. A token is not scoped: it has the administrator roles of its user.

use super::accounts::Accounts;
use super::importer::Join;
use super::listing::{Listing, PLAIN};
use super::row::{Blank, Entry};
use super::state::active;
use super::{Format, Reader, Record};
use crate::key::{Action, Grant, KeyFacts, Power, Reported, Restriction, Subjects};

pub(super) const FORMAT: Format = Format {
    name: "okta-tokens",
    issuers: &["okta"],
    joined_by: &[Join::Name, Join::Elimination],
    export: "Okta's list of API tokens, with an OAuth access token that has okta.apiTokens.read: curl -H \"Authorization: \
             Bearer $TOKEN\" \"https://ORG.okta.com/api/v1/api-tokens\"",
    source: "Okta Management API: ApiToken, listApiTokens",
    reader: Reader::Rows { listing: LISTING, told_by: &[&["id", "name", "userId", "tokenWindow"]], record },
};

const LISTING: Listing = Listing {
    issuer: "okta",
    required: &["id", "name", "userId", "created"],
    secrets: &["token"],
    notes: &["Okta's list tells no part of a token's text and not when it was last used"],
    accounts: Some(Accounts { under: &[], told_by: &["status", "profile"], id: "id", name: "profile.login", gone }),
    ..PLAIN
};

/// Okta Management API, "User": a user of another status may sign in again without an administrator.
fn gone(entry: &mut Entry<'_>) -> Option<String> {
    let state = match entry.words("status")?.as_str() {
        "DEPROVISIONED" => "deactivated",
        "SUSPENDED" => "suspended",
        _ => return None,
    };
    Some(state.to_owned())
}

fn record(entry: &mut Entry<'_>) -> Option<Record> {
    let user = entry.id("userId");
    let mut facts = KeyFacts {
        kind: Reported::Said("API token".to_owned()),
        key_id: entry.id("id").into(),
        name: entry.words("name").into(),
        owner: user.clone().into(),
        created: entry.since("created"),
        expires: entry.until("expiresAt", Blank::NotSaid),
        restrictions: network(entry).into(),
        ..KeyFacts::default()
    };
    (facts.state, facts.state_reason) = active("the list has only active tokens");
    let action = vec![Action::new("the administrator roles of its user", Power::Everything)];
    facts.grants = Reported::Said(vec![Grant::at_most(action, Subjects::Everything)]);
    facts.notes.push("Every use moves its end forward by its window; unused for that long, it ends.".to_owned());
    let facts = entry.details(facts, &[("tokenWindow", "window"), ("clientName", "client"), ("userId", "user-id")]);
    Some(entry.row.record(facts, Vec::new()))
}

/// `connection` is `ANYWHERE` or `ZONE`, with the ids of zones.
fn network(entry: &mut Entry<'_>) -> Option<Vec<Restriction>> {
    let restriction = |name: &str, value: &str| Restriction { name: name.to_owned(), value: value.to_owned() };
    if entry.words("network.connection")? == "ANYWHERE" {
        return Some(vec![restriction("cidr", "any")]);
    }
    let zones = entry.texts("network.include").value().unwrap_or_default();
    Some(zones.iter().map(|zone| restriction("network-zone", zone)).collect())
}
