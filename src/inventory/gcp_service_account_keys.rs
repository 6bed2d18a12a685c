//! Google Cloud's list of a service account's keys (Google Cloud documentation, `projects.serviceAccounts.keys`).
//!
//! The last part of a key's name is the `private_key_id` in the key's file.

use super::accounts::Accounts;
use super::importer::Join;
use super::listing::{Listing, PLAIN};
use super::row::{Blank, Entry};
use super::state::{active, revoked};
use super::{Format, Mark, Reader, Record};
use crate::key::{KeyFacts, Reported};

pub(super) const FORMAT: Format = Format {
    name: "gcp-service-account-keys",
    issuers: &["gcp"],
    joined_by: &[Join::Id, Join::Elimination],
    export: "Google Cloud's list of a service account's keys, with iam.serviceAccountKeys.list (role \"View Service \
             Accounts\"): gcloud iam service-accounts keys list --iam-account=EMAIL --managed-by=user --format=json",
    source: "Google Cloud documentation: iam/docs/reference/rest/v1/projects.serviceAccounts.keys",
    reader: Reader::Rows { listing: LISTING, told_by: &[&["name", "validAfterTime", "keyType"]], record },
};

const LISTING: Listing = Listing {
    issuer: "gcp",
    under: &["keys"],
    required: &["name", "validAfterTime", "keyType"],
    secrets: &["privateKeyData"],
    notes: &[
        "Google Cloud's list of keys does not tell what a key may do (its account's roles do) nor when it was last \
              used",
    ],
    accounts: Some(Accounts {
        under: &[],
        told_by: &["email", "uniqueId"],
        id: "email",
        name: "email",
        gone: |entry| (entry.flag("disabled").value() == Some(true)).then(|| "disabled".to_owned()),
    }),
    ..PLAIN
};

/// Google keeps system-managed keys to itself and rotates them: nobody can leak one.
fn record(entry: &mut Entry<'_>) -> Option<Record> {
    let name = entry.words("name").unwrap_or_default();
    let parts = name.rsplit_once("/keys/").zip(name.rsplit_once("/serviceAccounts/"));
    if parts.is_none() {
        entry.wrong("name", "is not the name of a service account's key (projects/…/serviceAccounts/…/keys/…)");
    }
    let id = parts.map(|((_, id), _)| id.to_owned());
    let account = parts.and_then(|(_, (_, rest))| rest.split('/').next()).map(str::to_owned);
    if entry.words("keyType").as_deref() == Some("SYSTEM_MANAGED") {
        return None;
    }
    let mut facts = KeyFacts {
        kind: Reported::Said("service account key".to_owned()),
        key_id: id.clone().into(),
        name: account.clone().into(),
        owner: account.into(),
        created: entry.since("validAfterTime"),
        expires: entry.until("validBeforeTime", Blank::Never),
        ..KeyFacts::default()
    };
    (facts.state, facts.state_reason) = match entry.flag("disabled").value() {
        Some(true) => revoked("the list says that it is disabled"),
        _ => active("the list has it and does not say that it is disabled"),
    };
    let facts = entry.details(
        facts,
        &[("keyOrigin", "origin"), ("keyAlgorithm", "algorithm"), ("disableReason", "disabled-because")],
    );
    Some(entry.row.record(facts, id.map(Mark::KeyId).into_iter().collect()))
}
