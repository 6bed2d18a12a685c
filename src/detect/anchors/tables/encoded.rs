//! What an anchor looks like where base64 begins with it.
//!
//! The characters that depend on the anchor alone are one more anchor of its rule: a key in base64 is then found by the
//! same pass as one in clear, without looking at any other base64.

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, Encoding};

/// The first characters of every base64 whose bytes begin with `anchor`, in the plain and in the URL-safe alphabet; one text
/// where both are the same.
pub(crate) fn forms(anchor: &str) -> impl Iterator<Item = String> {
    let whole_characters = anchor.len() * 8 / 6;
    let form = |alphabet: &Encoding| alphabet.encode(anchor.as_bytes())[..whole_characters].to_owned();
    let (plain, url_safe) = (form(&BASE64_NOPAD), form(&BASE64URL_NOPAD));
    let second = Some(url_safe).filter(|url_safe| *url_safe != plain);
    std::iter::once(plain).chain(second)
}
