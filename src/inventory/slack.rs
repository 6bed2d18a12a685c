//! Slack's list of the apps that an organisation has approved (Slack documentation, `admin.apps.approved.list`). Slack has
//! no list of tokens: a row is an app, with the scopes that its tokens may have.
//!
//! An app-level token names its app in its text; other tokens do not.

use super::actions::reading;
use super::document::Document;
use super::importer::Join;
use super::listing::{Listing, PLAIN};
use super::row::Entry;
use super::state::unknown;
use super::{Format, Mark, Reader, Record};
use crate::key::{Action, Grant, KeyFacts, Power, Reported, Subjects};

pub(super) const FORMAT: Format = Format {
    name: "slack-approved-apps",
    issuers: &["slack"],
    joined_by: &[Join::Id, Join::Name],
    export: "Slack's list of approved apps (Enterprise plans; there is no list of tokens), with a user token that has \
             admin.apps:read: curl -H \"Authorization: Bearer $TOKEN\" \
             \"https://slack.com/api/admin.apps.approved.list?limit=1000\"",
    source: "Slack documentation: admin.apps.approved.list",
    reader: Reader::File { recognise, import: |document, mistakes| LISTING.import(document, mistakes, record) },
};

const LISTING: Listing = Listing {
    issuer: "slack",
    under: &["approved_apps"],
    required: &["app", "scopes"],
    secrets: &["token"],
    notes: &["Slack's list is of apps, not of their tokens: it tells neither which tokens exist nor whether one works"],
    partial: true,
    ..PLAIN
};

fn recognise(document: &Document<'_>) -> bool {
    LISTING.has(document, &["app", "scopes", "date_updated"]) || document.has_rows(&[""], &["ok", "approved_apps"])
}

fn record(entry: &mut Entry<'_>) -> Option<Record> {
    entry.require("app.id");
    let id = entry.id("app.id");
    let mut facts = KeyFacts {
        kind: Reported::Said("app with its tokens".to_owned()),
        key_id: id.clone().into(),
        name: entry.words("app.name").into(),
        ..KeyFacts::default()
    };
    (facts.state, facts.state_reason) = unknown("the list tells of the app, not of its tokens");
    let scopes = entry.objects("scopes").value().unwrap_or_default();
    let actions = scopes.iter().filter_map(|scope| Some(action(scope.get("name")?.as_str()?))).collect();
    facts.grants = Reported::Said(vec![Grant::at_most(actions, Subjects::Everything)]);
    if let Some(id) = &id {
        facts = facts.detail("app-id", id.clone());
    }
    let facts = entry.details(facts, &[("app.is_internal", "internal"), ("date_updated", "approved")]);
    Some(entry.row.record(facts, id.map(Mark::KeyId).into_iter().collect()))
}

fn action(scope: &str) -> Action {
    match scope {
        "chat:write" | "chat:write.public" | "incoming-webhook" => Action::new(scope, Power::PublishUpdate),
        "admin" => Action::new(scope, Power::Everything),
        _ => reading(scope, [":read", ":history", ":read.email"].iter().any(|end| scope.ends_with(end))),
    }
}
