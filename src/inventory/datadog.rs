//! Datadog's lists of API keys and of application keys (Datadog API documentation, "Key Management", version 2).
//!
//! They show the last four characters of each key.

use super::accounts::Accounts;
use super::actions::reading;
use super::document::Document;
use super::importer::Join;
use super::listing::{Listing, PLAIN};
use super::row::{Blank, Entry};
use super::state::active;
use super::{Format, Mark, Reader, Record};
use crate::key::{Action, Expiry, Grant, KeyFacts, Power, Reported, Subjects};

pub(super) const FORMAT: Format = Format {
    name: "datadog-keys",
    issuers: &["datadog"],
    joined_by: &[Join::Hint, Join::Name, Join::Elimination],
    export: "Datadog's list of API keys or application keys, with the permission api_keys_read or org_app_keys_read: curl \
             -H \"DD-API-KEY: $API\" -H \"DD-APPLICATION-KEY: $APP\" \
             \"https://api.SITE/api/v2/application_keys?page[size]=100\"",
    source: "Datadog API documentation: key-management (v2)",
    reader: Reader::File { recognise, import: |document, mistakes| LISTING.import(document, mistakes, record) },
};

const LISTING: Listing = Listing {
    issuer: "datadog",
    under: &["data"],
    required: &["id", "type", "attributes"],
    secrets: &["attributes.key"],
    notes: &["Datadog shows four characters of a key, of which two keys may have the same"],
    accounts: Some(Accounts {
        under: &["included"],
        told_by: &["attributes.disabled", "attributes.handle"],
        id: "id",
        name: "attributes.handle",
        gone: |entry| (entry.flag("attributes.disabled").value() == Some(true)).then(|| "disabled".to_owned()),
    }),
    ..PLAIN
};

const API: &str = "api_keys";
const APPLICATION: &str = "application_keys";

fn recognise(document: &Document<'_>) -> bool {
    document.any_row(
        |under| under.is_empty() || under == "data",
        |row| row.has("attributes") && row.text("type").is_some_and(|sort| [API, APPLICATION].contains(&sort)),
    )
}

fn record(entry: &mut Entry<'_>) -> Option<Record> {
    let is_application = entry.one_of("type", &[API, APPLICATION]) == Some(APPLICATION);
    let used = if entry.row.get("attributes.last_used_at").is_some() {
        "attributes.last_used_at"
    } else {
        "attributes.date_last_used"
    };
    let mut facts = KeyFacts {
        kind: Reported::Said(if is_application { "application key" } else { "API key" }.to_owned()),
        key_id: entry.id("id").into(),
        name: entry.words("attributes.name").into(),
        owner: entry.id("relationships.owned_by.data.id").into(),
        created: entry.since("attributes.created_at"),
        // Datadog's documentation of keys knows no end of one.
        expires: Reported::Said(Expiry::Never),
        last_used: entry.used(used, Blank::Never),
        ..KeyFacts::default()
    };
    (facts.state, facts.state_reason) = active("the list has it");
    let grant = if is_application {
        application(entry)
    } else {
        Grant::exact(vec![Action::new("submit data", Power::PublishUpdate)], Subjects::Everything)
    };
    facts.grants = Reported::Said(vec![grant]);
    let last = entry.words("attributes.last4").and_then(|last| Mark::shown("", &last, 0));
    Some(entry.row.record(facts, last.into_iter().collect()))
}

/// Datadog's documentation: an application key without scopes has all rights of its user.
fn application(entry: &mut Entry<'_>) -> Grant {
    match entry.texts("attributes.scopes").value().filter(|scopes| !scopes.is_empty()) {
        None => Grant::at_most(vec![Action::new("all rights of its user", Power::Everything)], Subjects::Everything),
        Some(scopes) => {
            let actions = scopes.iter().map(|scope| reading(scope, scope.ends_with("_read"))).collect();
            Grant::at_most(actions, Subjects::Everything)
        }
    }
}
