//! Keys that are a number and nothing else: JSON Web Keys (RFC 7518), WireGuard's and age's (RFC 7748), and stores that say
//! no more than that there is a password.

#![allow(
    clippy::unnecessary_wraps,
    reason = "a decoder may find that a text is no key; some forms leave nothing to find out"
)]

use super::facts::KeyFacts;
use crate::format::base64::decode_url;

/// Above this a private exponent is one of RSA: no elliptic curve has more.
const LONGEST_SCALAR: usize = 66;

fn in_clear(algorithm: &str, bits: usize, form: &str) -> KeyFacts {
    KeyFacts::of_kind(format!("private key, {algorithm}, {bits} bits")).detail("form", form).detail("encrypted", "no")
}

/// The member `d`: a scalar is as long as the field of its curve, an exponent as the modulus or a byte shorter.
pub(super) fn decode_jwk(text: &[u8]) -> Option<KeyFacts> {
    let length = decode_url(text)?.len();
    let (algorithm, bits) = match length {
        66 => ("elliptic curve", 521),
        57 => ("Ed448", 456),
        56 => ("X448", 448),
        32 | 48 => ("elliptic curve", length * 8),
        0..=LONGEST_SCALAR => return None,
        _ => ("RSA", length.next_multiple_of(8) * 8),
    };
    Some(in_clear(algorithm, bits, "JSON Web Key"))
}

/// The member `k`.
pub(super) fn decode_jwk_symmetric(text: &[u8]) -> Option<KeyFacts> {
    let bits = decode_url(text)?.len() * 8;
    let facts = KeyFacts::of_kind(format!("symmetric key, {bits} bits"));
    Some(facts.detail("form", "JSON Web Key").detail("encrypted", "no"))
}

pub(super) fn decode_wireguard(_: &[u8]) -> Option<KeyFacts> {
    Some(in_clear("X25519", 256, "WireGuard"))
}

pub(super) fn decode_age(text: &[u8]) -> Option<KeyFacts> {
    let is_hybrid = text.starts_with(b"AGE-SECRET-KEY-PQ-");
    Some(in_clear(if is_hybrid { "ML-KEM-768 with X25519" } else { "X25519" }, 256, "age"))
}

/// Tink's keysets in clear; its encrypted ones have another member.
pub(super) fn decode_tink(_: &[u8]) -> Option<KeyFacts> {
    Some(KeyFacts::of_kind("keyset".to_owned()).detail("form", "Tink").detail("encrypted", "no"))
}

/// PKCS#12 and Java's stores, whose keys stand behind the store's password.
pub(super) fn decode_store(_: &[u8]) -> Option<KeyFacts> {
    let facts = KeyFacts::of_kind("key store".to_owned()).detail("encrypted", "behind the password of the store");
    Some(facts.note("It is as safe as its password is long; many stores have `changeit`, or none."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::base64::encode_url;

    fn kind(length: usize) -> Option<String> {
        decode_jwk(encode_url(&vec![7; length]).as_bytes())?.kind.said().cloned()
    }

    #[test]
    fn the_length_of_a_private_member_tells_its_sort() {
        assert_eq!(kind(32).as_deref(), Some("private key, elliptic curve, 256 bits"));
        assert_eq!(kind(66).as_deref(), Some("private key, elliptic curve, 521 bits"));
        assert_eq!(kind(255).as_deref(), Some("private key, RSA, 2048 bits"));
        assert_eq!(kind(256).as_deref(), Some("private key, RSA, 2048 bits"));
        assert_eq!(kind(20), None);
        assert!(decode_jwk(b"?").is_none());
    }
}
