//! Google Cloud's list of a service account's keys (Google Cloud documentation, `projects.serviceAccounts.keys`).
//!
//! The last part of a key's name is the `private_key_id` in the key's file.

use super::document::Document;
use super::importer::Join;
use super::listing::{Listing, PLAIN};
use super::mistake::Mistakes;
use super::row::{Blank, Entry, Row};
use super::state::{active, revoked};
use super::{Format, List, Mark, Record};
use crate::issuer::Issuer;
use crate::key::{KeyFacts, Reported};

pub(super) const FORMAT: Format = Format {
    name: "gcp-service-account-keys",
    issuers: &["gcp"],
    joined_by: &[Join::Id, Join::Elimination],
    export: "Google Cloud's list of a service account's keys, with iam.serviceAccountKeys.list (role \"View Service \
             Accounts\"): gcloud iam service-accounts keys list --iam-account=EMAIL --managed-by=user --format=json",
    source: "Google Cloud documentation: iam/docs/reference/rest/v1/projects.serviceAccounts.keys",
    recognise,
    import,
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
    ..PLAIN
};

fn recognise(document: &Document<'_>) -> bool {
    LISTING.has(document, &["name", "validAfterTime", "keyType"])
}

fn import(document: &Document<'_>, mistakes: &mut Mistakes) -> List {
    LISTING.import(document, mistakes, record)
}

/// Google keeps system-managed keys to itself and rotates them: nobody can leak one.
fn record(row: &Row, mistakes: &mut Mistakes) -> Vec<Record> {
    let mut entry = Entry { row, mistakes };
    let name = entry.words("name").unwrap_or_default();
    let (account, id) = match name.rsplit_once("/keys/") {
        Some((parent, id)) => {
            (parent.rsplit_once("/serviceAccounts/").map(|(_, account)| account.to_owned()), Some(id))
        }
        None => {
            entry.wrong("name", "is not the name of a service account's key (projects/…/serviceAccounts/…/keys/…)");
            (None, None)
        }
    };
    if entry.words("keyType").as_deref() == Some("SYSTEM_MANAGED") {
        return Vec::new();
    }
    let id = id.map(str::to_owned);
    let mut facts = KeyFacts {
        issuer: Some(Issuer::new(LISTING.issuer)),
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
    vec![row.record(facts, id.map(Mark::KeyId).into_iter().collect())]
}
