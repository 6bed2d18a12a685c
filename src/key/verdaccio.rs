//! Verdaccio's two sorts of token (`@verdaccio/signature`). What they open stands in the server's configuration.

use super::facts::{Expiry, KeyFacts, Reported};
use super::{claims, jwt as any_jwt};
use crate::format::{jwt, verdaccio};
use crate::issuer::Issuer;

pub(super) fn decode_jwt(key: &[u8]) -> Option<KeyFacts> {
    let jwt = jwt::parse(key)?;
    let name = claims::text(&jwt.claims, "name")?;
    let mut facts = any_jwt::facts("API token (JWT)", &jwt).issued_by(Issuer::VERDACCIO);
    facts.owner = Reported::Said(name.to_owned());
    facts.key_id = jwt.claims.get("token").and_then(|token| token.get("key")?.as_str()).map(str::to_owned).into();
    Some(claims::details(facts, &jwt.claims, &["real_groups", "groups"]))
}

pub(super) fn decode_legacy(key: &[u8]) -> Option<KeyFacts> {
    verdaccio::parse(key)?;
    let facts = KeyFacts::of_kind("legacy token").issued_by(Issuer::VERDACCIO);
    let facts = facts.note(
        "It holds the user's password, encrypted with the server's secret; only a new password or a new secret ends \
         it.",
    );
    Some(KeyFacts { expires: Reported::Said(Expiry::Never), ..facts })
}
