//! HashiCorp Vault's service tokens: `hvs.` and either 24 random characters (a root token, or one of a server that does not
//! sign) or base64url of a signed message (hashicorp/vault `vault/token_store.go`, `vault/tokens/token.proto`): field 1 the
//! version, field 2 an HMAC of 32 bytes, field 3 the token itself. `.` and a namespace's id may follow.

use super::base64;

const PREFIX: &[u8] = b"hvs.";
const RANDOM: usize = 24;
const NAMESPACE: usize = 5;
const HMAC: usize = 32;

/// The two forms of a service token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// 24 random characters.
    Unsigned,
    /// A signed message.
    Signed,
}

/// The form, and the id of the namespace if it is not the root one.
#[must_use]
pub fn parse(key: &[u8]) -> Option<(Form, Option<&str>)> {
    let rest = key.strip_prefix(PREFIX)?;
    let (body, namespace) = match rest.iter().position(|&byte| byte == b'.') {
        Some(at) => (&rest[..at], Some(str::from_utf8(&rest[at + 1..]).ok()?)),
        None => (rest, None),
    };
    namespace.is_none_or(|id| id.len() == NAMESPACE && id.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(())?;
    if body.len() == RANDOM && body.iter().all(u8::is_ascii_alphanumeric) {
        return Some((Form::Unsigned, namespace));
    }
    let bytes = base64::decode_url(body)?;
    // Tag and value of field 1, tag and length of field 2.
    let rest = bytes.strip_prefix(&[0x08, 0x01, 0x12, 0x20])?.get(HMAC..)?;
    let (&length, token) = rest.strip_prefix(&[0x1a])?.split_first()?;
    (usize::from(length) == token.len()).then_some((Form::Signed, namespace))
}

/// A signed token.
#[must_use]
pub fn compose(hmac: &[u8; HMAC], random: &str) -> Option<String> {
    let inner_length = u8::try_from(random.len()).ok()?;
    let token = [&[0x0a, inner_length], random.as_bytes()].concat();
    let length = u8::try_from(token.len()).ok()?;
    let bytes = [&[0x08, 0x01, 0x12, 0x20], &hmac[..], &[0x1a, length], &token[..]].concat();
    Some(format!("hvs.{}", base64::encode_url(&bytes)))
}

pub(super) fn verify(key: &[u8]) -> bool {
    parse(key).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        let root = format!("hvs.{}", "R".repeat(24));
        assert_eq!(parse(root.as_bytes()), Some((Form::Unsigned, None)));
        assert_eq!(parse(format!("{root}.abc12").as_bytes()), Some((Form::Unsigned, Some("abc12"))));
        let signed = compose(&[3; 32], &"r".repeat(24)).unwrap();
        assert_eq!(signed.len(), 4 + 86);
        assert_eq!(parse(signed.as_bytes()), Some((Form::Signed, None)));
        for wrong in [&signed[..signed.len() - 4], "hvs.", "hvs.short", "hvs.AAAA.abc12"] {
            assert_eq!(parse(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
