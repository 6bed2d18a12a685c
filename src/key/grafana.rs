//! Grafana's tokens: the sort by the prefix, and what the two JSON forms say.

use super::claims;
use super::facts::{KeyFacts, Reported};
use crate::format::grafana;
use crate::issuer::Issuer;

fn of_kind(kind: &str) -> KeyFacts {
    KeyFacts::of_kind(kind).issued_by(Issuer::new("grafana"))
}

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    if key.starts_with(b"gl") && key.get(4) == Some(&b'_') {
        return Some(of_kind("service account token").note("Its role, its end and its state stand with the server."));
    }
    if let Some(object) = grafana::parse_cloud(key) {
        let mut facts = of_kind("cloud access policy token").detail("organization-id", plain(object.get("o")?));
        facts.name = claims::text(&object, "n").map(str::to_owned).into();
        facts.owner = Reported::Said(format!("organisation {}", plain(object.get("o")?)));
        let region = object.get("m").and_then(|more| more.get("r")).and_then(serde_json::Value::as_str);
        return Some(match region {
            Some(region) => facts.detail("region", region),
            None => facts,
        });
    }
    let object = grafana::parse_legacy(key)?;
    let mut facts = of_kind("API key (legacy)").detail("organization-id", plain(object.get("id")?));
    facts.name = claims::text(&object, "n").map(str::to_owned).into();
    Some(facts)
}

/// A text without its quotes, or a number.
fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
