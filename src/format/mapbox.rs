//! Mapbox' access tokens: `pk`, `sk` or `tk`, base64url of a JSON object (user `u`, id `a`), and a signature.

use serde_json::{Map, Value};

use super::base64;

/// The sort (`pk`, `sk`, `tk`) and the object.
#[must_use]
pub fn parse(key: &[u8]) -> Option<(&str, Map<String, Value>)> {
    let mut parts = str::from_utf8(key).ok()?.split('.');
    let (sort, object, signature) = (parts.next()?, parts.next()?, parts.next()?);
    (parts.next().is_none() && matches!(sort, "pk" | "sk" | "tk")).then_some(())?;
    base64::decode_url(signature.as_bytes()).filter(|bytes| !bytes.is_empty())?;
    let object: Map<String, Value> = serde_json::from_slice(&base64::decode_url(object.as_bytes())?).ok()?;
    object.get("u").is_some_and(Value::is_string).then_some((sort, object))
}

pub(super) fn verify(key: &[u8]) -> bool {
    parse(key).is_some()
}
