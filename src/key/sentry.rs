//! Sentry's tokens: the organisation in the text of an organisation token, the sort of the others.

use super::claims;
use super::facts::{KeyFacts, Reported};
use crate::format::sentry;
use crate::issuer::Issuer;

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    if key.starts_with(b"sntryu_") {
        let facts = KeyFacts::of_kind("user authentication token").issued_by(Issuer::new("sentry"));
        return Some(facts.note("Its scopes stand with the issuer."));
    }
    let payload = sentry::parse(key)?;
    let mut facts = KeyFacts::of_kind("organisation token").issued_by(Issuer::new("sentry"));
    facts.owner = claims::text(&payload, "org").map(str::to_owned).into();
    facts.created = claims::time(&payload, "iat").into();
    facts.expires = Reported::NotSaid;
    let facts = claims::details(facts, &payload, &["url", "region_url"]);
    Some(facts.note("Organisation tokens are for pipelines: they upload releases and source maps."))
}
