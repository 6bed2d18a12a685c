//! GitHub's list of the fine-grained tokens that may reach an organisation (GitHub REST documentation, "List
//! fine-grained personal access tokens with access to organization resources"). Only a GitHub App may ask for it.
//!
//! The list tells no part of a token's text; a leaked token is joined by name or by elimination.

use serde_json::Value;

use super::actions::reading;
use super::importer::Join;
use super::listing::{Listing, PLAIN};
use super::row::{Blank, Entry};
use super::state::{active, expired};
use super::{Format, Reader, Record};
use crate::key::{Action, Grant, KeyFacts, Power, Reported, Subjects};

pub(super) const FORMAT: Format = Format {
    name: "github-fine-grained-tokens",
    issuers: &["github"],
    joined_by: &[Join::Name, Join::Elimination],
    export: "GitHub's list of an organisation's fine-grained tokens, with the token of a GitHub App that has the \
             organisation permission \"Personal access tokens\" (read): \
             gh api --paginate \"/orgs/ORG/personal-access-tokens?per_page=100\"",
    source: "GitHub REST documentation: orgs/personal-access-tokens",
    reader: Reader::Rows {
        listing: LISTING,
        told_by: &[&["repository_selection", "token_expired", "permissions"]],
        record,
    },
};

const LISTING: Listing = Listing {
    issuer: "github",
    required: &["id", "owner", "permissions", "repository_selection", "token_expired"],
    secrets: &["token"],
    full_pages: &[30, 100],
    notes: &[
        "GitHub's list of fine-grained tokens tells no part of a token's text, and not which repositories a token \
              reaches that was made for some",
    ],
    ..PLAIN
};

fn record(entry: &mut Entry<'_>) -> Option<Record> {
    let mut facts = KeyFacts {
        kind: Reported::Said("fine-grained personal access token".to_owned()),
        key_id: entry.id("token_id").or_else(|| entry.id("id")).into(),
        name: entry.words("token_name").into(),
        owner: entry.words("owner.login").into(),
        expires: entry.until("token_expires_at", Blank::Never),
        last_used: entry.used("token_last_used_at", Blank::Never),
        ..KeyFacts::default()
    };
    (facts.state, facts.state_reason) = match entry.flag("token_expired").value() {
        Some(true) => expired("the list says that it has expired"),
        _ => active("the list has it and does not say that it has expired"),
    };
    facts.grants = Reported::Said(grants(entry));
    let facts = entry.details(facts, &[("access_granted_at", "access-granted"), ("owner.id", "user-id")]);
    Some(entry.row.record(facts, Vec::new()))
}

/// `permissions` has `organization`, `repository` and `other`, each with names and `read`, `write` or `admin`.
fn grants(entry: &mut Entry<'_>) -> Vec<Grant> {
    let selection = entry.one_of("repository_selection", &["none", "all", "subset"]);
    let sorts = entry.object("permissions").unwrap_or_default();
    let mut grants = Vec::new();
    for (sort, permissions) in &sorts {
        let subjects = match (sort.as_str(), selection) {
            ("repository", Some("none")) => continue,
            ("repository", Some("all")) => Subjects::Everything,
            _ => Subjects::NotSaid,
        };
        let named = permissions.as_object().into_iter().flatten();
        let actions: Vec<Action> = named.filter_map(|(name, level)| action(sort, name, level)).collect();
        if !actions.is_empty() {
            grants.push(Grant::exact(actions, subjects));
        }
    }
    grants
}

fn action(sort: &str, name: &str, level: &Value) -> Option<Action> {
    let level = level.as_str()?;
    let word = format!("{sort} {name}:{level}");
    Some(match (sort, name, level) {
        ("repository", "contents", "write") => Action::new(word, Power::PublishUpdate),
        ("repository", "packages", "write") => Action::new(word, Power::PublishNew),
        _ => reading(&word, level == "read"),
    })
}
