//! GitLab's lists of tokens: personal, project and group access tokens, and deploy tokens, as its API answers
//! (GitLab's documentation: `api/personal_access_tokens`, `api/deploy_tokens`).
//!
//! The lists tell no part of a token's text and not for which project they are; a leaked key is joined by name or by
//! elimination.

use serde_json::Value;

use super::accounts::Accounts;
use super::actions::{GITLAB, action};
use super::importer::Join;
use super::listing::{Listing, PLAIN};
use super::moment::Edge;
use super::row::{Entry, Row};
use super::{Format, Reader, Record};
use crate::key::{Bound, Expiry, Grant, Inactive, KeyFacts, LastUse, Reported, Restriction, State, Subjects};

pub(super) const FORMAT: Format = Format {
    name: "gitlab-tokens",
    issuers: &["gitlab"],
    joined_by: &[Join::Name, Join::Owner, Join::Elimination],
    export: "GitLab's list of tokens: the JSON of /api/v4/personal_access_tokens, \
             /api/v4/projects/:id/access_tokens, /api/v4/groups/:id/access_tokens or …/deploy_tokens, all pages in one \
             list (?per_page=100)",
    source: "GitLab documentation: api/personal_access_tokens, api/project_access_tokens, api/group_access_tokens, api/deploy_tokens",
    reader: Reader::Rows { listing: LISTING, told_by: &[LISTING.required], record },
};

const LISTING: Listing = Listing {
    issuer: "gitlab",
    required: &["id", "name", "scopes", "expires_at", "revoked"],
    secrets: &["token"],
    // The API gives 20 rows at a time unless asked, and at most 100.
    full_pages: &[20, 100],
    notes: &["GitLab's lists tell no part of a token's text and not which project they are of"],
    accounts: Some(Accounts {
        under: &[],
        told_by: &["username", "state"],
        id: "id",
        name: "username",
        gone: |entry| entry.words("state").filter(|state| state != "active"),
    }),
    ..PLAIN
};

/// What a row is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Personal,
    ProjectOrGroup,
    Deploy,
}

impl Sort {
    /// Deploy tokens have a `username`, project and group tokens an `access_level`.
    fn of(row: &Row) -> Self {
        if row.get("access_level").is_some() {
            Self::ProjectOrGroup
        } else if row.get("username").is_some() && row.get("user_id").is_none() {
            Self::Deploy
        } else {
            Self::Personal
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Personal => "personal access token",
            Self::ProjectOrGroup => "project or group access token",
            Self::Deploy => "deploy token",
        }
    }
}

fn record(entry: &mut Entry<'_>) -> Option<Record> {
    let sort = Sort::of(entry.row);
    let mut facts = KeyFacts {
        kind: Reported::Said(sort.words().to_owned()),
        key_id: entry.id("id").into(),
        name: entry.words("name").into(),
        owner: entry.words("username").into(),
        created: entry.moment("created_at", Edge::Start, "").value().into(),
        // Most of these lists give a date: its end is taken, so that no token is called dead too early.
        expires: entry.moment("expires_at", Edge::End, "").or_null(Expiry::Never, Expiry::At).into(),
        last_used: entry.moment("last_used_at", Edge::Start, "").or_null(LastUse::Never, LastUse::At).into(),
        restrictions: access_level(entry).into(),
        ..KeyFacts::default()
    };
    (facts.state, facts.state_reason) = state(entry);
    for name in ["user_id", "description"] {
        let text = if name == "user_id" { entry.id(name) } else { entry.words(name) };
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            facts.details.insert(name.replace('_', "-"), text);
        }
    }
    let scopes = entry.texts("scopes").value().unwrap_or_default();
    let actions = scopes.iter().map(|word| action(GITLAB, word, &mut facts.notes)).collect();
    facts.grants = Reported::Said(vec![Grant { actions, subjects: subjects(sort), bound: Bound::AtMost }]);
    Some(entry.row.record(facts, Vec::new()))
}

/// A personal token acts for its user everywhere; the other lists do not say of which project or group they are.
fn subjects(sort: Sort) -> Subjects {
    match sort {
        Sort::Personal => Subjects::Everything,
        Sort::ProjectOrGroup | Sort::Deploy => Subjects::NotSaid,
    }
}

fn state(entry: &mut Entry<'_>) -> (State, Option<String>) {
    let [revoked, expired, active] = ["revoked", "expired", "active"].map(|name| entry.flag(name).value());
    let says = |what: &str| Some(format!("the list says that it {what}"));
    match (revoked, expired, active) {
        (Some(true), ..) => (State::Inactive(Inactive::Revoked), says("was revoked")),
        (_, Some(true), _) => (State::Inactive(Inactive::Expired), says("has expired")),
        (_, _, Some(false)) => (State::Unknown, says("is not active, but not why")),
        (_, _, Some(true)) => (State::Active, says("is active")),
        (Some(false), Some(false), None) => (State::Active, says("is neither revoked nor expired")),
        _ => (State::Unknown, Some("the list does not say whether it is active".to_owned())),
    }
}

/// The role that a project or group token has, as GitLab numbers roles.
fn access_level(entry: &mut Entry<'_>) -> Option<Vec<Restriction>> {
    let Value::Number(level) = entry.row.get("access_level")?.value else {
        entry.wrong("access_level", "is not a number");
        return None;
    };
    Some(vec![Restriction { name: "access-level".to_owned(), value: level.to_string() }])
}
