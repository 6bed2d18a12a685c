//! JFrog's three sorts of key: reference tokens, access tokens (JWT), and the deprecated API keys.

use jiff::Timestamp;

use super::facts::{Action, Expiry, Grant, KeyFacts, Power, Reported, Subjects};
use super::{claims, jwt as any_jwt};
use crate::format::{jfrog, jwt};
use crate::issuer::Issuer;

pub(super) fn decode_reference(key: &[u8]) -> Option<KeyFacts> {
    let epoch = jfrog::parse(key)?;
    let mut facts = KeyFacts::of_kind("reference token").issued_by(Issuer::JFROG);
    if epoch == 0 {
        return Some(facts.note("It carries no end; by convention such a token never expires."));
    }
    facts.expires = Timestamp::from_second(epoch).ok().map(Expiry::At).into();
    Some(facts)
}

/// JFrog's REST documentation: a token without `exp` never expires, and `scp` says what it may do.
pub(super) fn decode_jwt(key: &[u8]) -> Option<KeyFacts> {
    let jwt = jwt::parse(key)?;
    let mut facts = any_jwt::facts("access token", &jwt).issued_by(Issuer::JFROG);
    let subject = claims::text(&jwt.claims, "sub").unwrap_or_default();
    if let Some((_, name)) = subject.rsplit_once("/users/") {
        facts.owner = Reported::Said(name.to_owned());
    }
    if claims::words(&jwt.claims, "aud").iter().any(|audience| audience == "*@*") {
        facts = facts.note("Every JFrog service of the platform takes it (audience `*@*`).");
    }
    Some(claims::words(&jwt.claims, "scp").iter().fold(facts, |facts, scope| facts.grant(grant(scope))))
}

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

pub(super) fn decode_api_key(key: &[u8]) -> Option<KeyFacts> {
    (key.starts_with(b"AKC") && key.len() >= 64 && key.iter().all(u8::is_ascii_alphanumeric)).then(|| {
        let user = vec![Action::new("user", Power::Everything)];
        let facts = KeyFacts::of_kind("API key (deprecated)").issued_by(Issuer::JFROG);
        let facts = facts.grant(Grant::exact(user, Subjects::Everything));
        KeyFacts { expires: Reported::Said(Expiry::Never), ..facts }
            .note("An API key has all rights of its user and no end.")
    })
}
