//! The structure of a NuGet v4 key (NuGet/NuGetGallery `ApiKeyV4.cs`): base32 without a checksum.
//!
//! The bytes `v4` and ten random bytes, none of them zero, make 20 characters; sixteen bytes of a GUID make 26.

use data_encoding::BASE32_NOPAD;
use zeroize::Zeroizing;

/// Length of a key in characters.
pub const LENGTH: usize = 46;
/// How many characters are the public lookup id; the rest is the secret.
pub const ID_LENGTH: usize = 20;

/// How much a text is like a v4 key, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// What Microsoft's own detector takes (SEC101/031): `oy2` and 43 characters of base32 in one case.
    Loose,
    /// What the server parses as a v4 key.
    Parsed,
    /// Parsed, no zero byte in the id, and a secret that is a random GUID, as today's code makes it.
    Guid,
}

/// The shape of `key`, if it has one. The case of the key does not matter to its issuer, but a mixed one is base64 by
/// chance and no key.
#[must_use]
pub fn shape(key: &[u8]) -> Option<Shape> {
    (key.len() == LENGTH && in_one_case(key)).then_some(())?;
    let upper = Zeroizing::new(key.to_ascii_uppercase());
    let in_alphabet = upper.iter().all(|b| b.is_ascii_uppercase() || (b'2'..=b'7').contains(b));
    (in_alphabet && upper.starts_with(b"OY2")).then_some(())?;
    let (id, secret) = upper.split_at(ID_LENGTH);
    Some(match (id_bytes(id), BASE32_NOPAD.decode(secret).map(Zeroizing::new)) {
        (Some(id), Ok(guid)) if id.iter().all(|byte| *byte != 0) && is_random_guid(&guid) => Shape::Guid,
        (Some(_), _) => Shape::Parsed,
        (None, _) => Shape::Loose,
    })
}

/// What the server parses: its decoder looks at the id alone and leaves unused bits of the secret unread.
pub(super) fn verify(key: &[u8]) -> bool {
    shape(key) >= Some(Shape::Parsed)
}

/// A key of twelve and sixteen bytes as the issuer builds it.
#[must_use]
pub fn compose(random: &[u8; 10], guid: &[u8; 16]) -> String {
    let id: Vec<u8> = b"v4".iter().chain(random).copied().collect();
    format!("{}{}", BASE32_NOPAD.encode(&id), BASE32_NOPAD.encode(guid)).to_ascii_lowercase()
}

fn in_one_case(key: &[u8]) -> bool {
    !(key.iter().any(u8::is_ascii_uppercase) && key.iter().any(u8::is_ascii_lowercase))
}

/// The id's ten random bytes, if it begins with `v4` and its last character wastes no bits.
fn id_bytes(id: &[u8]) -> Option<Vec<u8>> {
    BASE32_NOPAD.decode(id).ok()?.strip_prefix(b"v4").map(<[u8]>::to_vec)
}

/// Version 4 and the RFC 9562 variant, in .NET's byte order (the version's byte is the eighth).
fn is_random_guid(guid: &[u8]) -> bool {
    guid.get(7).is_some_and(|byte| byte >> 4 == 4) && guid.get(8).is_some_and(|byte| byte >> 6 == 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANDOM: [u8; 10] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

    const GUID: [u8; 16] = *b"\x00\x11\x22\x33\x44\x55\x66\x47\x88\x99\xaa\xbb\xcc\xdd\xee\xff";

    #[test]
    fn the_vector_repeats() {
        let key = compose(&RANDOM, &GUID);
        assert_eq!(key, concat!("oy2acaqdaqcqmbyibefa", "aaisem2ekvtepcezvk54zxpo74"));
        assert_eq!(shape(key.as_bytes()), Some(Shape::Guid));
        assert_eq!(shape(key.to_ascii_uppercase().as_bytes()), Some(Shape::Guid));
    }

    #[test]
    fn shapes_are_told_apart() {
        let (id, secret) = (&compose(&RANDOM, &GUID)[..ID_LENGTH], "a".repeat(26));
        assert_eq!(shape(format!("{id}{secret}").as_bytes()), Some(Shape::Parsed));
        assert_eq!(shape(format!("{id}{}7", &secret[1..]).as_bytes()), Some(Shape::Parsed));
        assert_eq!(shape(format!("oy2z{}{secret}", "b".repeat(16)).as_bytes()), Some(Shape::Loose));
        assert_eq!(shape(compose(&[0; 10], &GUID).as_bytes()), Some(Shape::Parsed));
    }

    #[test]
    fn a_mixed_case_and_digits_outside_base32_are_no_key() {
        let key = compose(&RANDOM, &GUID);
        assert_eq!(shape(key.replacen("oy2", "Oy2", 1).as_bytes()), None);
        assert_eq!(shape(format!("{}8", &key[..45]).as_bytes()), None);
        assert_eq!(shape(&key.as_bytes()[..45]), None);
    }
}
