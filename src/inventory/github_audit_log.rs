//! GitHub's audit log as it is exported or answered: the events that a token did, each with the token's hash (GitHub
//! documentation, "Identifying audit log events performed by an access token"). All events of one token are one row.
//!
//! A log is no list of keys: it tells that a token was used, not that it works, and a token that is not in it may exist.

use std::collections::BTreeMap;

use data_encoding::BASE64;

use super::actions::github;
use super::document::Document;
use super::importer::Join;
use super::listing::{Listing, PLAIN};
use super::mistake::Mistakes;
use super::row::{Blank, Entry, Row};
use super::state::unknown;
use super::{Format, List, Mark, Reader, Record};
use crate::issuer::Issuer;
use crate::key::{Grant, KeyFacts, LastUse, Subjects};

pub(super) const FORMAT: Format = Format {
    name: "github-audit-log",
    issuers: &["github"],
    joined_by: &[Join::Hash],
    export: "GitHub's audit log as JSON, exported on the organisation's page (Settings, Audit log) or, with a token \
             that has read:audit_log: gh api --paginate \"/orgs/ORG/audit-log?include=all&per_page=100\"",
    source: "GitHub documentation: identifying audit log events performed by an access token",
    reader: Reader::File { recognise, import },
};

const LISTING: Listing = Listing {
    issuer: "github",
    required: &["action"],
    partial: true,
    notes: &["an audit log tells which tokens were used, not which exist; it excludes nothing"],
    ..PLAIN
};

fn recognise(document: &Document<'_>) -> bool {
    LISTING.has(document, &["_document_id", "action"]) || LISTING.has(document, &["hashed_token", "action"])
}

fn import(document: &Document<'_>, mistakes: &mut Mistakes) -> List {
    let found = LISTING.find(document, mistakes);
    let mut tokens: BTreeMap<Vec<u8>, Record> = BTreeMap::new();
    for row in Row::all_from_json(document, &found.rows, mistakes) {
        LISTING.check(&row, mistakes);
        let Some((hash, record)) = event(&row, mistakes) else { continue };
        match tokens.get_mut(&hash) {
            Some(known) => merge(known, record),
            None => drop(tokens.insert(hash, record)),
        }
    }
    let mut records: Vec<Record> = tokens.into_values().collect();
    records.sort_by_key(|record| (record.line, record.column));
    LISTING.list(&found, records)
}

/// The token of one event; none for what was done on the site.
fn event(row: &Row, mistakes: &mut Mistakes) -> Option<(Vec<u8>, Record)> {
    let mut entry = Entry { row, mistakes };
    let text = entry.words("hashed_token")?;
    let hash: Option<[u8; 32]> = BASE64.decode(text.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    let Some(hash) = hash else {
        entry.wrong("hashed_token", "is not a SHA-256 in base64");
        return None;
    };
    let mut facts = KeyFacts {
        issuer: Some(Issuer::GITHUB),
        kind: entry.words("programmatic_access_type").into(),
        key_id: entry.id("token_id").filter(|id| id != "0").into(),
        owner: entry.words("actor").into(),
        last_used: entry
            .used(if row.get("@timestamp").is_some() { "@timestamp" } else { "created_at" }, Blank::NotSaid),
        ..KeyFacts::default()
    };
    (facts.state, facts.state_reason) = unknown("the log tells that it was used, not that it still works");
    let scopes = entry.word_list("token_scopes").filter(|scopes| !scopes.is_empty());
    facts.grants = scopes
        .map(|scopes| vec![Grant::at_most(scopes.iter().map(|scope| github(scope)).collect(), Subjects::Everything)])
        .into();
    let facts = entry.details(facts, &[("org", "organization"), ("actor_id", "user-id")]);
    Some((hash.to_vec(), row.record(facts, vec![Mark::Sha256(hash)])))
}

/// The latest use counts; what one event leaves out, another may tell.
fn merge(known: &mut Record, other: Record) {
    let (mine, others) = (known.facts.last_used.said().copied(), other.facts.last_used.said().copied());
    let latest = [mine, others].into_iter().flatten().max_by_key(|used| match used {
        LastUse::Never => None,
        LastUse::At(at) => Some(*at),
    });
    let facts = std::mem::take(&mut known.facts);
    let (state, reason) = (facts.state.clone(), facts.state_reason.clone());
    known.facts = KeyFacts { last_used: latest.into(), state, state_reason: reason, ..facts.completed_by(other.facts) };
}
