//! AWS' credential report: one row for each user, with up to two access keys (AWS documentation, "Getting credential
//! reports for your AWS account").
//!
//! It does not name the keys' ids; beside `aws-access-keys` a row of the same user is taken as the same key.

use serde_json::Value;

use super::document::{Document, Shape};
use super::importer::Join;
use super::mistake::Mistakes;
use super::row::{Blank, Entry, Row};
use super::state::{active, revoked};
use super::table::{Table, heading, unknown_column};
use super::{Format, List, Reader, Record};
use crate::issuer::Issuer;
use crate::key::{Action, Expiry, Grant, KeyFacts, LastUse, Power, Reported, Subjects};

pub(super) const FORMAT: Format = Format {
    name: "aws-credential-report",
    issuers: &["aws"],
    joined_by: &[Join::Name, Join::Owner, Join::Elimination],
    export: "AWS' credential report, with iam:GenerateCredentialReport and iam:GetCredentialReport: aws iam \
             generate-credential-report, then aws iam get-credential-report --query Content --output text | base64 -d",
    source: "AWS documentation: IAM user guide, getting credential reports",
    reader: Reader::File { recognise, import },
};

/// The report's columns; the last is there only where a user has more keys than two.
const COLUMNS: &[&str] = &[
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    "mfa_active",
    "access_key_1_active",
    "access_key_1_last_rotated",
    "access_key_1_last_used_date",
    "access_key_1_last_used_region",
    "access_key_1_last_used_service",
    "access_key_2_active",
    "access_key_2_last_rotated",
    "access_key_2_last_used_date",
    "access_key_2_last_used_region",
    "access_key_2_last_used_service",
    "cert_1_active",
    "cert_1_last_rotated",
    "cert_2_active",
    "cert_2_last_rotated",
    "additional_credentials_info",
];

/// What the report calls the account's own user.
const ROOT: &str = "<root_account>";

fn recognise(document: &Document<'_>) -> bool {
    let is = |heading: &csv::StringRecord| {
        heading.get(0).is_some_and(|name| name.trim() == "user")
            && heading.iter().any(|name| name.trim() == "access_key_1_active")
    };
    matches!(document.shape, Shape::Plain) && heading(document.text).as_ref().is_some_and(is)
}

fn import(document: &Document<'_>, mistakes: &mut Mistakes) -> List {
    let mut records = Vec::new();
    let mut complete = true;
    if let Some(table) = Table::open(document, mistakes) {
        table.check(COLUMNS, mistakes, unknown_column);
        table.require(&COLUMNS[..COLUMNS.len() - 1], mistakes);
        for row in table.rows(mistakes, |_, text| Some(Value::String(text.trim().to_owned()))) {
            complete &= row.get("additional_credentials_info").is_none_or(|found| said(found.value).is_none());
            records.extend(["1", "2"].into_iter().filter_map(|slot| record(&row, slot, mistakes)));
        }
    }
    let notes = vec!["AWS' credential report names neither the ids of access keys nor what they may do".to_owned()];
    List { issuers: vec![Issuer::new("aws")], complete, records, notes }
}

/// A cell that says something: not `N/A`, `no_information` or `not_supported`.
fn said(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !["", "N/A", "no_information", "not_supported"].contains(text))
}

/// One of a user's two keys, if the user has it: it is active, or the report says when it was made.
fn record(row: &Row, slot: &str, mistakes: &mut Mistakes) -> Option<Record> {
    let column = |name: &str| format!("access_key_{slot}_{name}");
    let cell = |name: &str| row.get(name).and_then(|found| said(found.value));
    let mut entry = Entry { row, mistakes };
    let is_active = entry.one_of(&column("active"), &["true", "false"]) == Some("true");
    if !is_active && cell(&column("last_rotated")).is_none() {
        return None;
    }
    let Some(user) = entry.words("user") else {
        entry.wrong("user", "is empty, and the row has a key");
        return None;
    };
    let mut facts = KeyFacts {
        issuer: Some(Issuer::new("aws")),
        kind: Reported::Said("long-term access key".to_owned()),
        name: Reported::Said(user.clone()),
        expires: Reported::Said(Expiry::Never),
        ..KeyFacts::default()
    };
    if cell(&column("last_rotated")).is_some() {
        facts.created = entry.since(&column("last_rotated"));
    }
    facts.last_used = match cell(&column("last_used_date")) {
        Some(_) => entry.used(&column("last_used_date"), Blank::NotSaid),
        None => Reported::Said(LastUse::Never),
    };
    (facts.state, facts.state_reason) = if is_active {
        active("the report says that it is active")
    } else {
        revoked("the report says that it is not active")
    };
    if user == ROOT {
        let everything = vec![Action::new("root of the account", Power::Everything)];
        facts.grants = Reported::Said(vec![Grant::exact(everything, Subjects::Everything)]);
    }
    facts = facts.detail("key", format!("access key {slot}"));
    // `arn:aws:iam::ACCOUNT:user/NAME`.
    if let Some(account) = cell("arn").and_then(|arn| arn.split(':').nth(4)) {
        facts.owner = Reported::Said(account.to_owned());
        facts = facts.detail("account-id", account);
    }
    Some(row.record(facts, Vec::new()))
}
