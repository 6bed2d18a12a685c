//! Docker Hub's list of a user's personal access tokens or of an organisation's access tokens (Docker Hub API
//! documentation, `accessToken` and `orgAccessToken`).
//!
//! The list tells no part of a token's text.

use serde_json::{Map, Value};

use super::actions::{DOCKER_HUB, action};
use super::importer::Join;
use super::listing::{Listing, PLAIN};
use super::row::{Blank, Entry};
use super::state::{active, revoked, unknown};
use super::{Format, Reader, Record};
use crate::key::{Grant, KeyFacts, Reported, Subjects};

pub(super) const FORMAT: Format = Format {
    name: "docker-hub-tokens",
    issuers: &["docker-hub"],
    joined_by: &[Join::Name, Join::Elimination],
    export: "Docker Hub's list of access tokens, signed in as their user (or as an organisation's owner for \
             /v2/orgs/ORG/access-tokens): curl -H \"Authorization: Bearer $JWT\" \
             \"https://hub.docker.com/v2/access-tokens?page_size=100\"",
    source: "Docker Hub API documentation: getV2AccessTokens, getV2OrgsByNameAccessTokens",
    reader: Reader::Rows {
        listing: LISTING,
        told_by: &[&["uuid", "token_label", "is_active"], &["id", "label", "is_active", "created_by"]],
        record,
    },
};

const LISTING: Listing = Listing {
    issuer: "docker-hub",
    under: &["results"],
    required: &["is_active", "created_at"],
    secrets: &["token"],
    notes: &["Docker Hub's list tells no part of a token's text"],
    ..PLAIN
};

fn record(entry: &mut Entry<'_>) -> Option<Record> {
    let is_personal = entry.row.get("uuid").is_some() || entry.row.get("token_label").is_some();
    let [id, name, used] =
        if is_personal { ["uuid", "token_label", "last_used"] } else { ["id", "label", "last_used_at"] };
    entry.require(id);
    let mut facts = KeyFacts {
        kind: Reported::Said(
            if is_personal { "personal access token" } else { "organization access token" }.to_owned(),
        ),
        key_id: entry.id(id).into(),
        name: entry.words(name).into(),
        created: entry.since("created_at"),
        expires: entry.until("expires_at", Blank::Never),
        last_used: entry.used(used, Blank::Never),
        ..KeyFacts::default()
    };
    (facts.state, facts.state_reason) = match entry.flag("is_active").value() {
        Some(true) => active("the list says that it is active"),
        Some(false) => revoked("the list says that it is not active"),
        None => unknown("the list does not say whether it is active"),
    };
    if let Some(scopes) = entry.texts("scopes").value() {
        let actions = scopes.iter().map(|scope| action(DOCKER_HUB, scope, &mut facts.notes)).collect();
        facts.grants = Reported::Said(vec![Grant::exact(actions, Subjects::Everything)]);
    } else if let Some(resources) = entry.objects("resources").value() {
        facts.grants = Reported::Said(resources.iter().map(|one| grant(one, &mut facts.notes)).collect());
    }
    let facts = entry.details(facts, &[("created_by", "created-by"), ("generated_by", "generated-by")]);
    Some(entry.row.record(facts, Vec::new()))
}

/// `{"type": "TYPE_REPO", "path": "org/repo", "scopes": ["scope-image-pull"]}`
fn grant(resource: &Map<String, Value>, notes: &mut Vec<String>) -> Grant {
    let scopes = resource.get("scopes").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let actions = scopes.map(|scope| action(DOCKER_HUB, scope, notes)).collect();
    let path = resource.get("path").and_then(Value::as_str).map(str::to_owned);
    Grant::exact(actions, Subjects::of_names(path.into_iter().collect(), |path| path.ends_with("/*")))
}
