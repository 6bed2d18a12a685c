//! Hugging Face's tokens: the class by the prefix, and the times of those that are a JWT.

use super::claims;
use super::facts::{KeyFacts, Reported};
use crate::format::jwt;
use crate::issuer::Issuer;

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    let of = |kind: &str| KeyFacts::of_kind(kind).issued_by(Issuer::HUGGING_FACE);
    if let Some(token) = key.strip_prefix(b"hf_jwt_") {
        return Some(times(of("OIDC exchange token").note("The issuer lets it live for one hour."), token));
    }
    [
        (&b"hf_oauth_"[..], "OAuth access token"),
        (b"hf_", "user access token"),
        (b"api_org_", "organization token (deprecated)"),
    ]
    .into_iter()
    .find(|(prefix, _)| key.starts_with(prefix))
    .map(|(_, kind)| of(kind))
}

fn times(facts: KeyFacts, token: &[u8]) -> KeyFacts {
    match jwt::parse(token) {
        Some(jwt) if jwt.claims.contains_key("exp") => claims::lifetime(facts, &jwt.claims),
        _ => KeyFacts { expires: Reported::NotSaid, ..facts },
    }
}
