//! Any JSON Web Token (RFC 7519): who issued it, for whom, and until when.

use super::claims;
use super::facts::KeyFacts;
use crate::format::jwt::{Jwt, parse};

/// Claims that say what a token may do, by the habits of several issuers; shown, as their words mean what the
/// issuer wants them to mean.
const RIGHTS: &[&str] = &["scope", "scp", "roles", "permissions"];

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    Some(facts("JSON Web Token", &parse(key)?))
}

/// The facts that stand in every token's registered claims.
pub(super) fn facts(kind: &str, jwt: &Jwt) -> KeyFacts {
    let facts = KeyFacts::of_kind(kind).detail("algorithm", jwt.algorithm);
    let facts = claims::details(facts, &jwt.claims, &["iss", "sub", "aud"]);
    let mut facts = claims::lifetime(claims::details(facts, &jwt.claims, RIGHTS), &jwt.claims);
    facts.key_id = claims::text(&jwt.claims, "jti").map(str::to_owned).into();
    facts.owner = claims::text(&jwt.claims, "sub").map(str::to_owned).into();
    facts
}
