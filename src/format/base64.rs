//! Base64 as issuers read it: the URL-safe alphabet, padding optional, unused trailing bits not looked at. What is
//! decoded is wiped after use: it is as secret as the text that it stands in.

use std::sync::LazyLock;

use data_encoding::{Encoding, Specification};
use zeroize::Zeroizing;

static URL_SAFE: LazyLock<Encoding> = LazyLock::new(|| {
    let mut form = Specification::new();
    form.symbols.push_str("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
    form.check_trailing_bits = false;
    form.encoding().expect("sixty-four different symbols make an encoding")
});

/// The bytes behind URL-safe base64, with or without its padding.
#[must_use]
pub fn decode_url(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let end = text.iter().rposition(|&b| b != b'=').map_or(0, |last| last + 1);
    (text.len() - end <= 2).then_some(())?;
    URL_SAFE.decode(&text[..end]).ok().map(Zeroizing::new)
}

/// `bytes` as URL-safe base64 without padding.
#[must_use]
pub fn encode_url(bytes: &[u8]) -> String {
    URL_SAFE.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &[u8]) -> Option<Vec<u8>> {
        decode_url(text).map(|bytes| bytes.to_vec())
    }

    #[test]
    fn padding_is_optional_and_trailing_bits_are_ignored() {
        assert_eq!(decoded(b"_-8"), Some(vec![0xff, 0xef]));
        assert_eq!(decoded(b"_-8="), Some(vec![0xff, 0xef]));
        assert_eq!(decoded(b"_-9"), Some(vec![0xff, 0xef]));
        assert_eq!(decoded(b"_-8==="), None);
        assert_eq!(decoded(b"+/8"), None);
    }
}
