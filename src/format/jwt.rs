//! The envelope of a signed JSON Web Token (RFC 7515, RFC 7519). Signatures are not checked: the verifier's key is
//! not at hand, and a token is a leak whether or not somebody altered it since.

use serde_json::{Map, Value};

use super::base64;

/// A token's header and claims; the signature stays behind.
#[derive(Clone, PartialEq)]
pub struct Jwt {
    /// The signature's algorithm, by its registered name.
    pub algorithm: &'static str,
    /// The claims.
    pub claims: Map<String, Value>,
}

/// Algorithms that sign (RFC 7518, RFC 8037, RFC 8812, RFC 9864), and how many bytes they make: at least, at most.
/// `none` is no key.
const ALGORITHMS: &[(&str, usize, usize)] = &[
    ("HS256", 32, 32),
    ("HS384", 48, 48),
    ("HS512", 64, 64),
    ("ES256", 64, 64),
    ("ES256K", 64, 64),
    ("ES384", 96, 96),
    ("ES512", 132, 132),
    ("EdDSA", 64, 114),
    ("Ed25519", 64, 64),
    ("Ed448", 114, 114),
    ("RS256", 64, 2048),
    ("RS384", 64, 2048),
    ("RS512", 64, 2048),
    ("PS256", 64, 2048),
    ("PS384", 64, 2048),
    ("PS512", 64, 2048),
];

/// Reads a token; `None` when a part is no base64url, header or claims are no JSON object, the algorithm is not
/// known, or the signature cannot be one of it.
#[must_use]
pub fn parse(key: &[u8]) -> Option<Jwt> {
    let mut parts = key.split(|&byte| byte == b'.');
    let (header, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
    parts.next().is_none().then_some(())?;
    let header = object(header)?;
    let name = header.get("alg")?.as_str()?;
    let &(algorithm, least, most) = ALGORITHMS.iter().find(|(known, _, _)| *known == name)?;
    let length = base64::decode_url(signature)?.len();
    (least..=most).contains(&length).then_some(())?;
    Some(Jwt { algorithm, claims: object(claims)? })
}

/// A token of these claims, signed (as far as anybody can see) with RS256.
#[must_use]
pub fn compose(claims: &Map<String, Value>, signature: &[u8]) -> String {
    let header = base64::encode_url(br#"{"alg":"RS256","typ":"JWT"}"#);
    let claims = base64::encode_url(Value::Object(claims.clone()).to_string().as_bytes());
    format!("{header}.{claims}.{}", base64::encode_url(signature))
}

/// GitHub's installation tokens since April 2026: `ghs_`, the app's number, `_`, a JWT. Returns the number and the
/// token (GitHub changelog; the shape is told by trivy#10591).
#[must_use]
pub fn parse_github(key: &[u8]) -> Option<(u64, Jwt)> {
    let rest = key.strip_prefix(b"ghs_")?;
    let (app, token) = rest.split_at_checked(rest.iter().position(|&byte| byte == b'_')?)?;
    let digits = str::from_utf8(app).ok().filter(|app| app.bytes().all(|b| b.is_ascii_digit()))?;
    Some((digits.parse().ok()?, parse(token.get(1..)?)?))
}

pub(super) fn verify(key: &[u8]) -> bool {
    parse(key).is_some()
}

pub(super) fn verify_github(key: &[u8]) -> bool {
    parse_github(key).is_some()
}

fn object(part: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(&base64::decode_url(part)?).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn token(header: &Value, claims: &Value, signature: &[u8]) -> String {
        let part = |value: &Value| base64::encode_url(value.to_string().as_bytes());
        format!("{}.{}.{}", part(header), part(claims), base64::encode_url(signature))
    }

    #[test]
    fn a_token_is_read() {
        let key = token(&json!({"alg": "HS256"}), &json!({"sub": "a"}), &[1; 32]);
        let jwt = parse(key.as_bytes()).unwrap();
        assert_eq!((jwt.algorithm, jwt.claims["sub"].as_str()), ("HS256", Some("a")));
        let (app, inner) = parse_github(format!("ghs_12345_{key}").as_bytes()).unwrap();
        assert!(app == 12345 && inner == jwt);
    }

    #[test]
    fn what_is_no_signed_token_is_none() {
        for (header, claims, signature) in [
            (json!({"alg": "none"}), json!({}), vec![]),
            (json!({"alg": "HS999"}), json!({}), vec![1; 32]),
            (json!({"typ": "JWT"}), json!({}), vec![1; 32]),
            (json!({"alg": "HS256"}), json!([]), vec![1; 32]),
            (json!({"alg": "HS256"}), json!({}), vec![1; 9]),
            (json!({"alg": 1}), json!({}), vec![1; 32]),
        ] {
            assert!(parse(token(&header, &claims, &signature).as_bytes()).is_none());
        }
        assert!(parse(b"a.b").is_none() && parse(b"").is_none() && parse(b"e30.e30.e30.e30").is_none());
        assert!(parse_github(b"ghs_x_a.b.c").is_none());
    }
}
