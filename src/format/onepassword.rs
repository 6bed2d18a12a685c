//! 1Password's service account tokens: `ops_` and base64url of a JSON object that holds all that is needed to sign in.

use serde_json::{Map, Value};

use super::base64;

/// What every such token begins with.
pub const PREFIX: &str = "ops_";
/// Fields without which nobody could sign in.
const FIELDS: [&str; 6] = ["email", "signInAddress", "secretKey", "muk", "srpX", "userAuth"];

/// The JSON object.
#[must_use]
pub fn parse(key: &[u8]) -> Option<Map<String, Value>> {
    let object: Map<String, Value> =
        serde_json::from_slice(&base64::decode_url(key.strip_prefix(PREFIX.as_bytes())?)?).ok()?;
    FIELDS.iter().all(|field| object.contains_key(*field)).then_some(object)
}

/// The token of this object.
#[must_use]
pub fn compose(object: &Map<String, Value>) -> String {
    format!("{PREFIX}{}", base64::encode_url(Value::Object(object.clone()).to_string().as_bytes()))
}

pub(super) fn verify(key: &[u8]) -> bool {
    parse(key).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_must_be_there() {
        let mut object: Map<String, Value> =
            FIELDS.iter().map(|field| ((*field).to_owned(), Value::from("x"))).collect();
        assert!(verify(compose(&object).as_bytes()));
        object.remove("muk");
        assert!(!verify(compose(&object).as_bytes()));
        assert!(!verify(b"ops_e30") && !verify(b"ops_!"));
    }
}
