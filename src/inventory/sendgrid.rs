//! SendGrid's list of API keys (Twilio SendGrid API reference, "Retrieve all API Keys" and "Retrieve an existing API Key",
//! which adds the scopes).
//!
//! The id of a key stands in its text, `SG.ID.SECRET`.

use super::actions::reading;
use super::importer::Join;
use super::listing::{Listing, PLAIN};
use super::row::Entry;
use super::state::active;
use super::{Format, Mark, Reader, Record};
use crate::key::{Action, Expiry, Grant, KeyFacts, Power, Reported, Subjects};

pub(super) const FORMAT: Format = Format {
    name: "sendgrid-keys",
    issuers: &["sendgrid"],
    joined_by: &[Join::Id, Join::Name, Join::Elimination],
    export: "SendGrid's list of API keys, or its answers about each key one after the other (they tell the scopes), with a \
             key that has api_keys.read: curl -H \"Authorization: Bearer $KEY\" \
             \"https://api.sendgrid.com/v3/api_keys?limit=100\", then …/v3/api_keys/ID",
    source: "Twilio SendGrid API reference: api-keys",
    reader: Reader::Rows { listing: LISTING, told_by: &[&["api_key_id", "name"]], record },
};

const LISTING: Listing = Listing {
    issuer: "sendgrid",
    under: &["result"],
    required: &["api_key_id", "name"],
    secrets: &["api_key"],
    notes: &[
        "SendGrid tells neither when a key was made nor when it was last used; the list alone does not tell its scopes",
    ],
    ..PLAIN
};

fn record(entry: &mut Entry<'_>) -> Option<Record> {
    let id = entry.id("api_key_id");
    let mut facts = KeyFacts {
        kind: Reported::Said("API key".to_owned()),
        key_id: id.clone().into(),
        name: entry.words("name").into(),
        // Twilio's documentation of API keys knows no end of one.
        expires: Reported::Said(Expiry::Never),
        ..KeyFacts::default()
    };
    (facts.state, facts.state_reason) = active("the list has it");
    facts.grants = entry
        .texts("scopes")
        .value()
        .map(|scopes| vec![Grant::exact(scopes.iter().map(|scope| action(scope)).collect(), Subjects::Everything)])
        .into();
    Some(entry.row.record(facts, id.map(Mark::KeyId).into_iter().collect()))
}

/// A key that may make keys can make one with any right that its account has.
fn action(scope: &str) -> Action {
    match scope {
        "api_keys.create" | "api_keys.update" => Action::new(scope, Power::Everything),
        "mail.send" => Action::new(scope, Power::PublishUpdate),
        _ => reading(scope, scope.rsplit('.').next() == Some("read")),
    }
}
