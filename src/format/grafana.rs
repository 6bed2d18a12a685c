//! Grafana's tokens that are base64 of a JSON object: `glc_` of Grafana Cloud (organisation `o`, name `n`, secret `k`, region
//! `m.r`) and the API keys before service accounts (secret `k`, name `n`, organisation `id`; grafana/grafana
//! `pkg/components/apikeygen`).

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::base64;

/// What a Grafana Cloud token begins with.
pub const CLOUD_PREFIX: &str = "glc_";

/// The object of a Grafana Cloud token.
#[must_use]
pub fn parse_cloud(key: &[u8]) -> Option<Map<String, Value>> {
    object(key.strip_prefix(CLOUD_PREFIX.as_bytes())?, &["o", "n", "k"])
}

/// The object of an old API key.
#[must_use]
pub fn parse_legacy(key: &[u8]) -> Option<Map<String, Value>> {
    object(key, &["k", "n", "id"])
}

/// Either alphabet of base64 was seen; padding is optional.
fn object(text: &[u8], fields: &[&str]) -> Option<Map<String, Value>> {
    let url_safe = text.iter().map(|byte| match byte {
        b'+' => b'-',
        b'/' => b'_',
        other => *other,
    });
    let url_safe = Zeroizing::new(url_safe.collect::<Vec<u8>>());
    let object: Map<String, Value> = serde_json::from_slice(&base64::decode_url(&url_safe)?).ok()?;
    fields.iter().all(|field| object.contains_key(*field)).then_some(object)
}

pub(super) fn verify_cloud(key: &[u8]) -> bool {
    parse_cloud(key).is_some()
}

pub(super) fn verify_legacy(key: &[u8]) -> bool {
    parse_legacy(key).is_some()
}
