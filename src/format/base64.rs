//! Base64 as issuers read it: the URL-safe alphabet, padding optional, unused trailing bits not looked at.

use std::sync::LazyLock;

use data_encoding::{Encoding, Specification};

static URL_SAFE: LazyLock<Encoding> = LazyLock::new(|| {
    let mut form = Specification::new();
    form.symbols.push_str("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
    form.check_trailing_bits = false;
    form.encoding().expect("sixty-four different symbols make an encoding")
});

/// The bytes behind URL-safe base64, with or without its padding.
#[must_use]
pub fn decode_url(text: &[u8]) -> Option<Vec<u8>> {
    let end = text.iter().rposition(|&b| b != b'=').map_or(0, |last| last + 1);
    (text.len() - end <= 2).then_some(())?;
    URL_SAFE.decode(&text[..end]).ok()
}

/// `bytes` as URL-safe base64 without padding.
#[must_use]
pub fn encode_url(bytes: &[u8]) -> String {
    URL_SAFE.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_optional_and_trailing_bits_are_ignored() {
        assert_eq!(decode_url(b"_-8").as_deref(), Some(&[0xff, 0xef][..]));
        assert_eq!(decode_url(b"_-8=").as_deref(), Some(&[0xff, 0xef][..]));
        assert_eq!(decode_url(b"_-9").as_deref(), Some(&[0xff, 0xef][..]));
        assert_eq!(decode_url(b"_-8==="), None);
        assert_eq!(decode_url(b"+/8"), None);
    }
}
