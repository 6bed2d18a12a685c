//! Google Cloud's list of a project's API keys (Google Cloud documentation, API Keys API, `projects.locations.keys`).
//!
//! The list leaves out the key's text; a leaked key is joined by name or by elimination.

use serde_json::Value;

use super::importer::Join;
use super::listing::{Listing, PLAIN};
use super::row::Entry;
use super::state::{active, revoked};
use super::{Format, Reader, Record};
use crate::key::{Expiry, Grant, KeyFacts, Reported, Restriction, Subjects};

pub(super) const FORMAT: Format = Format {
    name: "gcp-api-keys",
    issuers: &["gcp"],
    joined_by: &[Join::Name, Join::Elimination],
    export: "Google Cloud's list of a project's API keys, with apikeys.keys.list (role \"API Keys Viewer\"): gcloud \
             services api-keys list --project=PROJECT --format=json",
    source: "Google Cloud documentation: api-keys/docs/reference/rest/v2/projects.locations.keys",
    reader: Reader::Rows { listing: LISTING, told_by: &[&["name", "uid", "createTime", "updateTime"]], record },
};

const LISTING: Listing = Listing {
    issuer: "gcp",
    under: &["keys"],
    required: &["name", "uid", "createTime"],
    secrets: &["keyString"],
    notes: &["Google Cloud's list of API keys tells no part of a key's text and not when it was last used"],
    ..PLAIN
};

fn record(entry: &mut Entry<'_>) -> Option<Record> {
    let resource = entry.words("name").unwrap_or_default();
    let project = resource.strip_prefix("projects/").and_then(|rest| rest.split('/').next()).map(str::to_owned);
    let mut facts = KeyFacts {
        kind: Reported::Said("API key".to_owned()),
        key_id: entry.id("uid").into(),
        name: entry.words("displayName").into(),
        owner: project.into(),
        created: entry.since("createTime"),
        // Google's documentation of API keys knows no end of one.
        expires: Reported::Said(Expiry::Never),
        restrictions: Reported::Said(restrictions(entry)),
        ..KeyFacts::default()
    };
    (facts.state, facts.state_reason) = match entry.words("deleteTime") {
        Some(_) => revoked("the list says that it was deleted"),
        None => active("the list has it and does not say that it was deleted"),
    };
    let targets: Vec<String> =
        entry.objects("restrictions.apiTargets").value().unwrap_or_default().iter().filter_map(service).collect();
    let subjects = if targets.is_empty() { Subjects::Everything } else { Subjects::Named(targets) };
    facts.grants = Reported::Said(vec![Grant::exact(Vec::new(), subjects)]);
    let facts = entry.details(facts, &[("serviceAccountEmail", "service-account")]);
    Some(entry.row.record(facts, Vec::new()))
}

fn service(target: &serde_json::Map<String, Value>) -> Option<String> {
    target.get("service")?.as_str().map(str::to_owned)
}

/// A key has at most one sort of application restriction; one without any works from everywhere.
fn restrictions(entry: &mut Entry<'_>) -> Vec<Restriction> {
    let mut found = Vec::new();
    for (field, name) in [
        ("restrictions.browserKeyRestrictions.allowedReferrers", "referrer"),
        ("restrictions.serverKeyRestrictions.allowedIps", "cidr"),
        ("restrictions.iosKeyRestrictions.allowedBundleIds", "ios-bundle"),
    ] {
        let values = entry.texts(field).value().unwrap_or_default();
        found.extend(values.into_iter().map(|value| Restriction { name: name.to_owned(), value }));
    }
    let apps = entry.objects("restrictions.androidKeyRestrictions.allowedApplications").value().unwrap_or_default();
    let packages = apps.iter().filter_map(|app| app.get("packageName")?.as_str());
    found.extend(packages.map(|value| Restriction { name: "android-package".to_owned(), value: value.to_owned() }));
    if found.is_empty() {
        found.push(Restriction { name: "cidr".to_owned(), value: "none".to_owned() });
    }
    found
}
