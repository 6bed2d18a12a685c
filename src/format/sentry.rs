//! Sentry's organisation tokens: `sntrys_`, base64 of a JSON object, `_`, base64 of 32 random bytes
//! (getsentry/sentry-cli `org_auth_token.rs`).

use data_encoding::{BASE64, BASE64_NOPAD};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

/// What every organisation token begins with.
pub const PREFIX: &str = "sntrys_";
const SECRET: usize = 32;

/// The JSON object, which has a text `org`.
#[must_use]
pub fn parse(key: &[u8]) -> Option<Map<String, Value>> {
    let mut parts = key.strip_prefix(PREFIX.as_bytes())?.split(|&byte| byte == b'_');
    let (payload, secret) = (parts.next()?, parts.next()?);
    parts.next().is_none().then_some(())?;
    (decode(secret)?.len() == SECRET).then_some(())?;
    let payload: Map<String, Value> = serde_json::from_slice(&decode(payload)?).ok()?;
    payload.get("org")?.as_str().is_some_and(|org| !org.is_empty()).then_some(payload)
}

fn decode(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let end = text.iter().rposition(|&byte| byte != b'=').map_or(0, |last| last + 1);
    (text.len() - end <= 2).then_some(())?;
    BASE64_NOPAD.decode(&text[..end]).ok().map(Zeroizing::new)
}

/// The token of this payload and secret.
#[must_use]
pub fn compose(payload: &Map<String, Value>, secret: &[u8; SECRET]) -> String {
    let payload = BASE64.encode(Value::Object(payload.clone()).to_string().as_bytes());
    format!("{PREFIX}{payload}_{}", BASE64_NOPAD.encode(secret))
}

pub(super) fn verify(key: &[u8]) -> bool {
    parse(key).is_some()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_payload_is_read() {
        let payload = json!({"iat": 1.5, "url": "https://sentry.example", "region_url": null, "org": "acme"});
        let key = compose(payload.as_object().unwrap(), &[7; 32]);
        assert_eq!(parse(key.as_bytes()).as_ref(), payload.as_object());
        assert!(!verify(format!("{key}_x").as_bytes()) && !verify(&key.as_bytes()[..key.len() - 1]));
        assert!(!verify(compose(json!({"url": "x"}).as_object().unwrap(), &[7; 32]).as_bytes()));
    }
}
