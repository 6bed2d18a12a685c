//! Tailscale's keys: the sort by the prefix, and the public id, which stands in the key itself and by which the tailnet's list
//! tells its rights and its end (tailscale/tailscale, `api.md`, "create a new key").

use super::facts::{Action, Grant, KeyFacts, Power, Subjects};
use crate::issuer::Issuer;

const CLASSES: &[(&str, &str)] = &[
    ("tskey-auth-", "auth key"),
    ("tskey-api-", API),
    ("tskey-client-", "OAuth client secret"),
    ("tskey-scim-", "SCIM token"),
    ("tskey-webhook-", "webhook secret"),
];
const API: &str = "API access token";

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    let text = str::from_utf8(key).ok()?;
    let (prefix, kind) = CLASSES.iter().find(|(prefix, _)| text.starts_with(prefix))?;
    let mut facts = KeyFacts::of_kind(*kind).issued_by(Issuer::new("tailscale"));
    let id = text[prefix.len()..].split_once('-').map(|(id, _)| id).filter(|id| is_id(id));
    facts.key_id = id.map(str::to_owned).into();
    Some(if *kind == API {
        facts.grant(Grant::exact(vec![Action::new("its owner", Power::Everything)], Subjects::Everything))
    } else {
        facts
    })
}

/// `k123456CNTRL`.
fn is_id(text: &str) -> bool {
    (8..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
