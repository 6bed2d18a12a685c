//! GitHub's list of credentials that were authorised for an organisation with single sign-on (GitHub REST
//! documentation, "List SAML SSO authorizations for an organization").
//!
//! It shows the last eight characters of each token.

use super::actions::github;
use super::importer::Join;
use super::listing::{Listing, PLAIN};
use super::row::{Blank, Entry};
use super::state::active;
use super::{Format, Mark, Reader, Record};
use crate::key::{Grant, KeyFacts, Subjects};

pub(super) const FORMAT: Format = Format {
    name: "github-credential-authorizations",
    issuers: &["github"],
    joined_by: &[Join::Ends, Join::Name],
    export: "GitHub's list of credentials authorised for single sign-on, with a token of an organisation's owner that \
             has read:org: gh api --paginate \"/orgs/ORG/credential-authorizations?per_page=100\"",
    source: "GitHub REST documentation: orgs/orgs, list SAML SSO authorizations",
    reader: Reader::Rows { listing: LISTING, told_by: &[&["login", "credential_id", "credential_type"]], record },
};

const LISTING: Listing = Listing {
    issuer: "github",
    required: &["login", "credential_id", "credential_type"],
    secrets: &["token"],
    partial: true,
    notes: &["this list of GitHub's has only what was authorised for the organisation, so it does not exclude that a \
              leaked token is somebody's of the organisation"],
    ..PLAIN
};

fn record(entry: &mut Entry<'_>) -> Option<Record> {
    let named = ["authorized_credential_note", "authorized_credential_title"].map(|name| entry.words(name));
    let mut facts = KeyFacts {
        kind: entry.words("credential_type").into(),
        key_id: entry.id("credential_id").into(),
        name: named.into_iter().flatten().next().into(),
        owner: entry.words("login").into(),
        expires: entry.until("authorized_credential_expires_at", Blank::Never),
        last_used: entry.used("credential_accessed_at", Blank::Never),
        ..KeyFacts::default()
    };
    (facts.state, facts.state_reason) = active("the list has it as authorised");
    facts.grants = entry
        .texts("scopes")
        .value()
        .map(|scopes| vec![Grant::at_most(scopes.iter().map(|scope| github(scope)).collect(), Subjects::Everything)])
        .into();
    let details = [("credential_authorized_at", "authorized"), ("fingerprint", "fingerprint")];
    let facts = entry.details(facts, &details);
    let last = entry.words("token_last_eight").and_then(|last| Mark::shown("", &last, 0));
    Some(entry.row.record(facts, last.into_iter().collect()))
}
