//! Elastic Cloud's API keys: `essu_` and base64 of the text `base64(ID:SECRET)`, four zero bytes and that text's CRC-32,
//! big-endian. Undocumented; found on one pair of samples.

use data_encoding::BASE64;
use zeroize::Zeroizing;

/// What every such key begins with.
pub const PREFIX: &str = "essu_";
const TAIL: usize = 8;

/// The key's public id, and whether the checksum fits.
#[must_use]
pub fn parse(key: &[u8]) -> Option<(String, bool)> {
    let bytes = Zeroizing::new(BASE64.decode(key.strip_prefix(PREFIX.as_bytes())?).ok()?);
    let (text, tail) = bytes.split_at_checked(bytes.len().checked_sub(TAIL)?)?;
    Some((encoded_id(text)?, tail == self::tail(text)))
}

/// The id in base64 of `ID:SECRET`, the form in which Elasticsearch itself gives out API keys ("encoded").
#[must_use]
pub fn encoded_id(text: &[u8]) -> Option<String> {
    let pair = Zeroizing::new(BASE64.decode(text).ok()?);
    let (id, secret) = str::from_utf8(&pair).ok()?.split_once(':')?;
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
    (id.len() == 20 && secret.len() == 22 && plain(id) && plain(secret)).then(|| id.to_owned())
}

fn tail(text: &[u8]) -> [u8; TAIL] {
    let [a, b, c, d] = crc32fast::hash(text).to_be_bytes();
    [0, 0, 0, 0, a, b, c, d]
}

/// The key of this id and secret.
#[must_use]
pub fn compose(id: &str, secret: &str) -> String {
    let text = Zeroizing::new(BASE64.encode(format!("{id}:{secret}").as_bytes()));
    let tail = tail(text.as_bytes());
    format!("{PREFIX}{}", BASE64.encode(&[text.as_bytes(), &tail].concat()))
}

pub(super) fn verify(key: &[u8]) -> bool {
    parse(key).is_some_and(|(_, fits)| fits)
}

pub(super) fn verify_encoded(key: &[u8]) -> bool {
    encoded_id(key).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_and_checksum_are_read() {
        let key = compose(&"i".repeat(20), &"s".repeat(22));
        assert_eq!(key.len(), PREFIX.len() + 92);
        assert_eq!(parse(key.as_bytes()), Some(("i".repeat(20), true)));
        let bytes = BASE64.decode(&key.as_bytes()[PREFIX.len()..]).unwrap();
        let wrong = format!("{PREFIX}{}", BASE64.encode(&[&bytes[..bytes.len() - 1], b"!"].concat()));
        assert_eq!(parse(wrong.as_bytes()), Some(("i".repeat(20), false)));
        assert!(!verify(wrong.as_bytes()) && parse(b"essu_AAAA").is_none());
    }
}
