//! 1Password's service account tokens: who signs in, and where.

use super::claims;
use super::facts::{KeyFacts, Reported};
use crate::format::onepassword;
use crate::issuer::Issuer;

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    let object = onepassword::parse(key)?;
    let facts = KeyFacts::of_kind("service account token").issued_by(Issuer::new("onepassword"));
    let mut facts = claims::details(facts, &object, &["signInAddress"]);
    facts.owner = claims::text(&object, "email").map(str::to_owned).into();
    facts.expires = Reported::NotSaid;
    Some(facts.note("It carries the account's secret key in clear: whoever holds it reads every vault that the service account may."))
}
