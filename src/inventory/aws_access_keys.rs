//! AWS' list of a user's access keys, and when each was last used (AWS CLI reference, `iam list-access-keys` and
//! `iam get-access-key-last-used`; the answer to the second does not name the key, so its id is added to it).
//!
//! The id of an access key stands beside its secret wherever it is used.

use std::collections::BTreeMap;

use super::document::Document;
use super::importer::Join;
use super::listing::{Listing, PLAIN, complain_of_same_id};
use super::mistake::Mistakes;
use super::row::{Blank, Entry, Row};
use super::state::{Word, active, by_word, expired, revoked};
use super::{Format, List, Mark, Reader, Record};
use crate::issuer::Issuer;
use crate::key::{Expiry, KeyFacts, LastUse, Reported};

pub(super) const FORMAT: Format = Format {
    name: "aws-access-keys",
    issuers: &["aws"],
    joined_by: &[Join::Id, Join::Name, Join::Elimination],
    export: "AWS' list of access keys, with iam:ListUsers, iam:ListAccessKeys (and iam:GetAccessKeyLastUsed), one answer \
             after the other: for u in $(aws iam list-users --query 'Users[].UserName' --output text); do aws iam \
             list-access-keys --user-name \"$u\" --output json; done",
    source: "AWS CLI reference: iam list-access-keys, iam get-access-key-last-used",
    reader: Reader::File { recognise, import },
};

const LISTING: Listing = Listing {
    issuer: "aws",
    under: &["AccessKeyMetadata"],
    required: &["AccessKeyId"],
    secrets: &["SecretAccessKey"],
    notes: &["AWS' list of access keys does not tell what a key may do; its user's policies do"],
    ..PLAIN
};

const USE: &str = "AccessKeyLastUsed";

fn recognise(document: &Document<'_>) -> bool {
    LISTING.has(document, &["AccessKeyId", "Status"])
        || LISTING.has(document, &["AccessKeyId", "SecretAccessKey"])
        || document.has_rows(&[""], &["AccessKeyMetadata"])
}

fn import(document: &Document<'_>, mistakes: &mut Mistakes) -> List {
    let found = LISTING.find(document, mistakes);
    let mut seen = BTreeMap::new();
    let mut uses: BTreeMap<String, Reported<LastUse>> = BTreeMap::new();
    let mut records = Vec::with_capacity(found.rows.len());
    for row in Row::all_from_json(document, &found.rows, mistakes) {
        LISTING.check(&row, mistakes);
        if row.get(USE).is_some() && row.get("Status").is_none() {
            let mut entry = Entry { row: &row, mistakes };
            uses.extend(entry.id("AccessKeyId").map(|id| (id, last_use(&mut entry))));
            continue;
        }
        let record = record(&row, mistakes);
        complain_of_same_id(&record, row.number, &mut seen, mistakes);
        records.push(record);
    }
    for record in &mut records {
        if let Some(used) = record.facts.key_id.said().and_then(|id| uses.get(id)) {
            record.facts.last_used = used.clone();
        }
    }
    LISTING.list(&found, records)
}

fn record(row: &Row, mistakes: &mut Mistakes) -> Record {
    let mut entry = Entry { row, mistakes };
    for field in ["UserName", "Status", "CreateDate"] {
        entry.require(field);
    }
    let id = entry.id("AccessKeyId");
    let mut facts = KeyFacts {
        issuer: Some(Issuer::new(LISTING.issuer)),
        kind: Reported::Said("long-term access key".to_owned()),
        key_id: id.clone().into(),
        // The owner of a key is its account, which the list does not tell.
        name: entry.words("UserName").into(),
        created: entry.since("CreateDate"),
        expires: Reported::Said(Expiry::Never),
        ..KeyFacts::default()
    };
    let words: &[Word] = &[("Active", active), ("Inactive", revoked), ("Expired", expired)];
    (facts.state, facts.state_reason) = by_word(entry.words("Status").as_deref(), words);
    if row.get(USE).is_some() {
        facts.last_used = last_use(&mut entry);
    }
    row.record(facts, id.map(Mark::KeyId).into_iter().collect())
}

/// A key that was never used has no date, and `N/A` as its service.
fn last_use(entry: &mut Entry<'_>) -> Reported<LastUse> {
    match entry.row.get("AccessKeyLastUsed.LastUsedDate") {
        Some(_) => entry.used("AccessKeyLastUsed.LastUsedDate", Blank::Never),
        None => Reported::Said(LastUse::Never),
    }
}
