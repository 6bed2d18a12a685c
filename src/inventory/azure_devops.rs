//! Azure DevOps' list of personal access tokens (Microsoft's documentation, "Pats, List", and "Token Admin, Personal
//! Access Tokens" for administrators).
//!
//! The list tells no part of a token's text; a new token tells the month in which it was made.

use super::actions::reading;
use super::document::Document;
use super::importer::Join;
use super::listing::{Listing, PLAIN};
use super::row::{Blank, Entry};
use super::state::{active, revoked};
use super::{Format, Reader, Record};
use crate::key::{Action, Grant, KeyFacts, Power, Reported, Subjects};

pub(super) const FORMAT: Format = Format {
    name: "azure-devops-tokens",
    issuers: &["azure-devops"],
    joined_by: &[Join::Name, Join::Elimination],
    export: "Azure DevOps' list of your personal access tokens: az rest --resource \
             499b84ac-1321-427f-aa17-267ca6975798 --url \
             \"https://vssps.dev.azure.com/ORG/_apis/tokens/pats?api-version=7.1-preview.1\" -o json",
    source: "Microsoft documentation: rest/api/azure/devops/tokens/pats/list",
    reader: Reader::File { recognise, import: |document, mistakes| LISTING.import(document, mistakes, record) },
};

const LISTING: Listing = Listing {
    issuer: "azure-devops",
    under: &["patTokens", "value"],
    required: &["displayName", "validTo", "scope", "authorizationId"],
    secrets: &["token"],
    notes: &["Azure DevOps tells no part of a token's text and not when a token was last used"],
    ..PLAIN
};

fn recognise(document: &Document<'_>) -> bool {
    LISTING.has(document, &["displayName", "validTo", "scope", "authorizationId"])
        || document.members().is_some_and(|members| members.get("patTokens").is_some())
}

fn record(entry: &mut Entry<'_>) -> Option<Record> {
    let mut facts = KeyFacts {
        kind: Reported::Said("personal access token".to_owned()),
        key_id: entry.id("authorizationId").into(),
        name: entry.words("displayName").into(),
        created: entry.since("validFrom"),
        expires: entry.until("validTo", Blank::NotSaid),
        ..KeyFacts::default()
    };
    (facts.state, facts.state_reason) = match entry.flag("isValid").value() {
        Some(false) => revoked("the list says that it is not valid"),
        _ => active("the list has it"),
    };
    // Microsoft's documentation: without target accounts it is for every organisation that its user may reach.
    let accounts = entry.texts("targetAccounts").value().filter(|accounts| !accounts.is_empty());
    if accounts.is_none() {
        facts
            .notes
            .push("It works in every organisation that its user can reach; such tokens end on 2026-12-01.".into());
    }
    let subjects = accounts.map_or(Subjects::Everything, |accounts| {
        Subjects::Named(accounts.into_iter().map(|id| format!("organization:{id}")).collect())
    });
    let scopes = entry.word_list("scope").unwrap_or_default();
    facts.grants = Reported::Said(vec![Grant::at_most(scopes.iter().map(|scope| action(scope)).collect(), subjects)]);
    let facts = entry.details(facts, &[("userId", "user-id")]);
    Some(entry.row.record(facts, Vec::new()))
}

/// `app_token` is every scope; `vso.NAME` reads, `vso.NAME_write` and the like do more (Microsoft's documentation, "OAuth
/// scopes").
fn action(scope: &str) -> Action {
    match scope {
        "app_token" => Action::new(scope, Power::Everything),
        "vso.packaging_write" | "vso.gallery_publish" => Action::new(scope, Power::PublishNew),
        "vso.code_write" => Action::new(scope, Power::PublishUpdate),
        _ => reading(scope, scope.strip_prefix("vso.").is_some_and(|name| !name.contains('_'))),
    }
}
