//! What Snowflake shows of a user's programmatic access tokens, as JSON or CSV (Snowflake SQL reference, "SHOW USER
//! PROGRAMMATIC ACCESS TOKENS").
//!
//! It tells no part of a token's text.

use serde_json::Value;

use super::accounts::Accounts;
use super::document::{Document, Shape};
use super::importer::Join;
use super::listing::{Listing, PLAIN};
use super::mistake::Mistakes;
use super::row::{Blank, Entry};
use super::state::{Word, active, by_word, expired, revoked};
use super::table::{Table, heading, unknown_column};
use super::{Format, List, Reader, Record};
use crate::issuer::Issuer;
use crate::key::{Action, Grant, KeyFacts, Power, Reported, Restriction, Subjects};

pub(super) const FORMAT: Format = Format {
    name: "snowflake-tokens",
    issuers: &["snowflake"],
    joined_by: &[Join::Name, Join::Elimination],
    export: "what Snowflake shows of a user's tokens (for another user's it needs MODIFY on that user): snow sql --format \
             json -q \"SHOW USER PROGRAMMATIC ACCESS TOKENS FOR USER NAME\"",
    source: "Snowflake SQL reference: SHOW USER PROGRAMMATIC ACCESS TOKENS",
    reader: Reader::File { recognise, import },
};

const LISTING: Listing = Listing {
    issuer: "snowflake",
    required: &["name", "user_name", "status"],
    secrets: &["token_secret"],
    notes: &["Snowflake tells no part of a token's text, not when it was last used, and only the tokens of one user"],
    partial: true,
    accounts: Some(Accounts { under: &[], told_by: &["login_name", "disabled"], id: "name", name: "name", gone }),
    ..PLAIN
};

/// The columns; the name of the last has changed between versions.
const COLUMNS: &[&str] = &[
    "name",
    "user_name",
    "role_restriction",
    "expires_at",
    "status",
    "comment",
    "created_on",
    "created_by",
    "rotated_to",
    BYPASSES[0],
    BYPASSES[1],
    BYPASSES[2],
];
const BYPASSES: [&str; 3] = [
    "mins_to_bypass_network_policy_requirement",
    "mins_to_bypass_required_network_policy",
    "mins_to_bypass_network_policy",
];

fn recognise(document: &Document<'_>) -> bool {
    let is = |heading: csv::StringRecord| {
        ["user_name", "role_restriction"].iter().all(|name| heading.iter().any(|column| column.trim() == *name))
    };
    match &document.shape {
        Shape::Plain => heading(document.text).is_some_and(is),
        _ => LISTING.has(document, &["name", "user_name", "role_restriction", "status"]),
    }
}

fn import(document: &Document<'_>, mistakes: &mut Mistakes) -> List {
    if !matches!(document.shape, Shape::Plain) {
        return LISTING.import(document, mistakes, |entry| Some(record(entry)));
    }
    let mut records = Vec::new();
    if let Some(table) = Table::open(document, mistakes) {
        table.check(COLUMNS, mistakes, unknown_column);
        table.require(&["name", "user_name", "role_restriction", "expires_at", "status"], mistakes);
        let text = |_: &str, text: &str| Some(Value::String(text.trim().to_owned()));
        records.extend(table.rows(mistakes, text).iter().map(|row| record(&mut Entry { row, mistakes })));
    }
    List {
        issuers: vec![Issuer::new(LISTING.issuer)],
        complete: false,
        records,
        notes: LISTING.notes.iter().map(|&note| note.to_owned()).collect(),
    }
}

/// Snowflake SQL reference, "SHOW USERS": `disabled` is text.
fn gone(entry: &mut Entry<'_>) -> Option<String> {
    let is_disabled = match entry.row.get("disabled")?.value {
        Value::Bool(flag) => *flag,
        value => value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true")),
    };
    is_disabled.then(|| "disabled".to_owned())
}

fn record(entry: &mut Entry<'_>) -> Record {
    let mut facts = KeyFacts {
        issuer: Some(Issuer::new(LISTING.issuer)),
        kind: Reported::Said("programmatic access token".to_owned()),
        name: entry.words("name").into(),
        owner: entry.words("user_name").into(),
        created: entry.since("created_on"),
        expires: entry.until("expires_at", Blank::NotSaid),
        restrictions: bypass(entry).into(),
        ..KeyFacts::default()
    };
    let words: &[Word] = &[("ACTIVE", active), ("EXPIRED", expired), ("DISABLED", revoked)];
    (facts.state, facts.state_reason) = by_word(entry.words("status").as_deref(), words);
    facts.grants = Reported::Said(vec![grant(entry.words("role_restriction").as_deref())]);
    let facts =
        entry.details(facts, &[("comment", "comment"), ("created_by", "created-by"), ("rotated_to", "rotated-to")]);
    entry.row.record(facts, Vec::new())
}

/// Without a role it has all primary and secondary roles of its user.
fn grant(role: Option<&str>) -> Grant {
    match role {
        None => Grant::at_most(vec![Action::new("every role of its user", Power::Everything)], Subjects::Everything),
        Some(role @ "ACCOUNTADMIN") => Grant::exact(vec![Action::new(role, Power::Everything)], Subjects::Everything),
        Some(role) => Grant::exact(Vec::new(), Subjects::Named(vec![format!("role:{role}")])),
    }
}

/// Minutes for which it works without the network policy that such tokens need.
fn bypass(entry: &mut Entry<'_>) -> Option<Vec<Restriction>> {
    let minutes = BYPASSES.iter().find_map(|name| entry.id(name)).filter(|text| !text.is_empty() && text != "0")?;
    Some(vec![Restriction { name: "bypass-network-policy-minutes".to_owned(), value: minutes }])
}
