//! The JFrog platform's list of access tokens (JFrog REST documentation, "Get Tokens").
//!
//! The `token_id` is the `jti` in an access token's text; of a reference token the text tells the end.

use super::accounts::Accounts;
use super::importer::Join;
use super::listing::{Listing, PLAIN};
use super::row::{Blank, Entry};
use super::state::active;
use super::{Format, Mark, Reader, Record};
use crate::key::{Action, Grant, KeyFacts, Power, Reported, Subjects};

pub(super) const FORMAT: Format = Format {
    name: "jfrog-tokens",
    issuers: &["jfrog"],
    joined_by: &[Join::Id, Join::Moment, Join::Name, Join::Elimination],
    export: "JFrog's list of access tokens (an administrator sees all, others their own): curl -H \"Authorization: Bearer \
             $TOKEN\" \"https://HOST/access/api/v1/tokens\"",
    source: "JFrog REST documentation: access/api/v1/tokens, Get Tokens",
    reader: Reader::Rows { listing: LISTING, told_by: &[&["token_id", "subject", "issued_at"]], record },
};

const LISTING: Listing = Listing {
    issuer: "jfrog",
    under: &["tokens"],
    required: &["token_id", "subject", "issued_at"],
    secrets: &["access_token", "reference_token", "refresh_token"],
    notes: &["JFrog's list tells no part of a reference token's text, and the deprecated API keys are not in it"],
    accounts: Some(Accounts {
        under: &["users"],
        told_by: &["username", "status"],
        id: "username",
        name: "username",
        gone: |entry| entry.words("status").filter(|status| status == "disabled"),
    }),
    ..PLAIN
};

fn record(entry: &mut Entry<'_>) -> Option<Record> {
    let id = entry.id("token_id");
    let subject = entry.words("subject");
    let user = subject.as_deref().map(|subject| subject.rsplit_once("/users/").map_or(subject, |(_, name)| name));
    let mut facts = KeyFacts {
        kind: Reported::Said("access token".to_owned()),
        key_id: id.clone().into(),
        name: entry.words("description").into(),
        owner: user.map(str::to_owned).into(),
        created: entry.since("issued_at"),
        // JFrog's documentation: a token without an expiry never expires.
        expires: entry.until_if_any("expiry"),
        last_used: entry.used("last_used", Blank::NotSaid),
        ..KeyFacts::default()
    };
    (facts.state, facts.state_reason) = active("the list has it");
    let scopes = entry.word_list("scope");
    facts.grants = scopes.map(|scopes| scopes.iter().map(|scope| grant(scope)).collect()).into();
    let facts =
        entry.details(facts, &[("issuer", "issuer"), ("refreshable", "refreshable"), ("project_key", "project")]);
    Some(entry.row.record(facts, id.map(Mark::KeyId).into_iter().collect()))
}

/// Scopes as JFrog's documentation of access tokens writes them.
fn grant(scope: &str) -> Grant {
    let everything = || vec![Action::new(scope, Power::Everything)];
    match scope {
        "applied-permissions/admin" => Grant::exact(everything(), Subjects::Everything),
        "applied-permissions/user" | "member-of-groups:*" => Grant::at_most(everything(), Subjects::Everything),
        _ => match scope.strip_prefix("applied-permissions/roles:").and_then(|rest| rest.split_once(':')) {
            Some((project, _)) if !project.is_empty() => {
                Grant::at_most(Vec::new(), Subjects::Named(vec![project.to_owned()]))
            }
            _ => Grant::at_most(Vec::new(), Subjects::NotSaid),
        },
    }
}
