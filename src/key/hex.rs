//! Hex.pm's API keys and OAuth tokens (hexpm/hexpm).

use super::facts::{Action, Grant, KeyFacts, Power, Reported, Subjects};
use super::{claims, jwt as any_jwt};
use crate::format::jwt;
use crate::issuer::Issuer;

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    let hex = key.iter().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(b));
    (key.len() == 32 && hex).then(|| {
        KeyFacts::of_kind("API key")
            .issued_by(Issuer::HEX)
            .note("A key made without permissions opens the whole API of its account.")
    })
}

pub(super) fn decode_jwt(key: &[u8]) -> Option<KeyFacts> {
    let jwt = jwt::parse(key)?;
    (claims::text(&jwt.claims, "iss")? == "hexpm").then_some(())?;
    let mut facts = any_jwt::facts("OAuth token", &jwt).issued_by(Issuer::HEX);
    if let Some((_, name)) = claims::text(&jwt.claims, "sub").and_then(|subject| subject.split_once(':')) {
        facts.owner = Reported::Said(name.to_owned());
    }
    Some(claims::words(&jwt.claims, "scope").iter().fold(facts, |facts, scope| match grant(scope) {
        Some(grant) => facts.grant(grant),
        None => facts.note("It has a scope that is not known here; see `scope`."),
    }))
}

/// The scopes are `domain` or `domain:resource`, as a key's permissions are.
fn grant(scope: &str) -> Option<Grant> {
    let (power, subjects) = match scope.split_once(':').unwrap_or((scope, "")) {
        ("api", "") => (Power::Everything, Subjects::Everything),
        ("api", "write") => (Power::Manage, Subjects::Everything),
        ("api", "read") | ("repositories", "") => (Power::Read, Subjects::Everything),
        ("package", package) if !package.is_empty() => (Power::PublishUpdate, named(package)),
        ("repository" | "docs", organization) if !organization.is_empty() => (Power::Read, named(organization)),
        _ => return None,
    };
    Some(Grant::exact(vec![Action::new(scope, power)], subjects))
}

/// A package of the public repository is named without it.
fn named(resource: &str) -> Subjects {
    Subjects::Named(vec![resource.strip_prefix("hexpm/").unwrap_or(resource).to_owned()])
}
