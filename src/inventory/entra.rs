//! Microsoft Entra's applications with their secrets and certificates, as Microsoft Graph answers and as `az ad app list`
//! and `az ad app credential list` print (Microsoft Graph documentation, resource types `passwordCredential` and
//! `keyCredential`).
//!
//! Of each secret it shows the first three characters, as `hint`.

use std::collections::BTreeMap;

use super::document::{Document, Members};
use super::importer::Join;
use super::listing::{Listing, PLAIN, complain_of_same_id};
use super::mistake::Mistakes;
use super::row::{Blank, Entry, Row};
use super::state::active;
use super::{Format, List, Mark, Reader, Record};
use crate::issuer::Issuer;
use crate::key::{KeyFacts, Reported};

pub(super) const FORMAT: Format = Format {
    name: "entra-credentials",
    issuers: &["azure"],
    joined_by: &[Join::Hint, Join::Name, Join::Elimination],
    export: "Entra's applications with their credentials, with the right Application.Read.All (or as the owner of the \
             application): az ad app list --all -o json (az ad sp list --all -o json tells the secrets of service principals and whether they are \
             disabled), or az ad app credential list --id APP -o json",
    source: "Microsoft Graph documentation: resources/passwordcredential, resources/keycredential, resources/application",
    reader: Reader::File { recognise, import },
};

const LISTING: Listing = Listing {
    issuer: "azure",
    under: &["value"],
    notes: &[
        "Entra's list tells the first three characters of a secret, and neither its rights nor when it was last used",
    ],
    ..PLAIN
};

const SECRETS: &str = "passwordCredentials";
const CERTIFICATES: &str = "keyCredentials";
const LISTS: [&str; 2] = [SECRETS, CERTIFICATES];

fn recognise(document: &Document<'_>) -> bool {
    let app = |list: &str| LISTING.has(document, &["appId", list]);
    let alone = |field: &str| LISTING.has(document, &["keyId", "endDateTime", field]);
    app(SECRETS) || app(CERTIFICATES) || alone("hint") || alone("usage")
}

fn import(document: &Document<'_>, mistakes: &mut Mistakes) -> List {
    let found = LISTING.find(document, mistakes);
    let mut rows: Vec<(Row, App)> = Vec::new();
    for (index, raw) in found.rows.iter().enumerate() {
        let members = serde_json::from_str::<Members<'_>>(raw.get());
        let lists = |members: &Members<'_>| LISTS.iter().any(|name| members.get(name).is_some());
        let Some(members) = members.ok().filter(lists) else {
            let row = Row::all_from_json(document, &[raw], mistakes).into_iter().next();
            rows.extend(row.map(|row| (row.numbered(index + 1), App::default())));
            continue;
        };
        // What is told of the application is told with each of its credentials.
        Row::around(document, index + 1, raw, &LISTS, mistakes);
        let app = App::of(&members);
        for name in LISTS {
            let Some(list) = members.get(name).filter(|raw| raw.get() != "null") else { continue };
            let credentials = document.array(name, list, mistakes);
            let credentials = Row::all_from_json(document, &credentials, mistakes);
            rows.extend(credentials.into_iter().map(|row| (row.numbered(index + 1), app.clone())));
        }
    }
    let mut seen = BTreeMap::new();
    let mut records = Vec::with_capacity(rows.len());
    for (row, app) in &rows {
        let record = record(row, app, mistakes);
        complain_of_same_id(&record, row.number, &mut seen, mistakes);
        records.push(record);
    }
    records.sort_by_key(|record| (record.line, record.column));
    LISTING.list(&found, records)
}

/// The application whose credentials they are.
#[derive(Clone, Default)]
struct App {
    id: Option<String>,
    name: Option<String>,
    /// Whether it is a service principal that may not sign in.
    is_disabled: bool,
}

impl App {
    fn of(members: &Members<'_>) -> Self {
        let text = |name: &str| serde_json::from_str(members.get(name)?.get()).ok();
        // Microsoft Graph documentation, resource type `servicePrincipal`.
        let is_disabled = members.get("accountEnabled").is_some_and(|raw| raw.get() == "false");
        Self { id: text("appId"), name: text("displayName"), is_disabled }
    }
}

fn record(row: &Row, app: &App, mistakes: &mut Mistakes) -> Record {
    let mut entry = Entry { row, mistakes };
    for field in ["keyId", "endDateTime"] {
        entry.require(field);
    }
    for field in ["secretText", "key"] {
        entry.refuse_key(field);
    }
    let is_certificate = row.get("usage").is_some() || row.get("type").is_some();
    let mut facts = KeyFacts {
        issuer: Some(Issuer::new(LISTING.issuer)),
        kind: Reported::Said(if is_certificate { "certificate" } else { "client secret" }.to_owned()),
        key_id: entry.id("keyId").into(),
        name: entry.words("displayName").or_else(|| app.name.clone()).into(),
        owner: app.name.clone().or_else(|| app.id.clone()).into(),
        created: entry.since("startDateTime"),
        expires: entry.until("endDateTime", Blank::NotSaid),
        ..KeyFacts::default()
    };
    (facts.state, facts.state_reason) = active("the application has it");
    if let Some(id) = &app.id {
        facts = facts.detail("application-id", id.clone());
    }
    if app.is_disabled {
        facts = facts.detail("owner-state", "disabled");
    }
    let facts = entry.details(facts, &[("usage", "usage"), ("customKeyIdentifier", "thumbprint")]);
    let hint = entry.words("hint").and_then(|hint| Mark::shown(&hint, "", 0));
    row.record(facts, hint.into_iter().collect())
}
