//! The only type that holds a leaked key, and the three things people may see of it:
//! its mask, its keyed fingerprint, and its length.
//!
//! A [`Secret`] cannot be printed, serialised, cloned or dereferenced. Each legitimate use has one named
//! way out (`expose_for_…`), so that `grep expose_for_` lists every place where key bytes are read.

use std::fmt;

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The bytes of one key as they stand in the scanned text. Zeroed when dropped.
pub struct Secret(Zeroizing<Box<[u8]>>);

impl Secret {
    /// Takes a copy of `bytes`; the caller's own buffer is the caller's to wipe.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no byte at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// For proving a checksum or an envelope ([`crate::format`]).
    #[must_use]
    pub fn expose_for_checksum(&self) -> &[u8] {
        &self.0
    }

    /// For reading what the key says about itself ([`crate::key`]).
    #[must_use]
    pub fn expose_for_decode(&self) -> &[u8] {
        &self.0
    }

    /// For comparing with the owner's list of keys ([`crate::inventory`]).
    #[must_use]
    pub fn expose_for_join(&self) -> &[u8] {
        &self.0
    }

    /// For the credential header of a request to the key's own issuer ([`crate::probe`]).
    #[must_use]
    pub fn expose_for_request(&self) -> &[u8] {
        &self.0
    }

    /// Puts an ellipsis where `text` repeats the secret.
    pub fn hide_in(&self, text: &mut String) {
        if let Some(secret) = std::str::from_utf8(&self.0).ok().filter(|secret| !secret.is_empty()) {
            let hidden = text.replace(secret, "…");
            zeroize::Zeroize::zeroize(text);
            *text = hidden;
        }
    }

    /// What people may see: the format's public prefix, `…`, and the last four characters, the tail only
    /// where at least twenty characters stay hidden. `public_prefix` counts only if the key begins with it.
    #[must_use]
    pub fn masked(&self, public_prefix: &str) -> Masked {
        Masked::of(&self.0, public_prefix)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.len())
    }
}

/// How many characters must stay hidden before the last four are shown.
const HIDDEN_AT_LEAST: usize = 20;
const TAIL: usize = 4;

/// A key as people may see it, for instance `npm_…x7Kd`. Safe to print.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Masked(String);

impl Masked {
    /// Masks `bytes`; see [`Secret::masked`].
    #[must_use]
    pub fn of(bytes: &[u8], public_prefix: &str) -> Self {
        let prefix = if bytes.starts_with(public_prefix.as_bytes()) { public_prefix } else { "" };
        let shown = bytes.len().saturating_sub(prefix.len());
        let tail = &bytes[bytes.len().saturating_sub(TAIL)..];
        let tail_is_text = tail.iter().all(u8::is_ascii_graphic);
        if shown >= HIDDEN_AT_LEAST + TAIL && tail_is_text {
            Self(format!("{prefix}…{}", String::from_utf8_lossy(tail)))
        } else {
            Self(format!("{prefix}…"))
        }
    }

    /// The mask as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Only what has a hidden part: whatever else stands there may be a key.
impl<'de> Deserialize<'de> for Masked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.contains('…') { Ok(Self(text)) } else { Err(D::Error::custom("a key that is not masked")) }
    }
}

impl fmt::Display for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A keyed, line-independent identity: sixteen bytes, written `kid:hex` with the id of the key that made it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint {
    kid: String,
    hash: [u8; 16],
}

impl Fingerprint {
    /// The id of the fingerprint key. Fingerprints with different ids must not be compared.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The 32 lower-case hexadecimal digits, without the key's id.
    #[must_use]
    pub fn hex(&self) -> String {
        HEXLOWER.encode(&self.hash)
    }

    /// Reads what [`fmt::Display`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kid, hex) = text.split_once(':')?;
        let hash = HEXLOWER.decode(hex.as_bytes()).ok()?.try_into().ok()?;
        is_kid(kid).then(|| Self { kid: kid.to_owned(), hash })
    }

    /// The raw sixteen bytes, for deriving ids (such as a GUID) that must not vary between runs.
    #[must_use]
    pub fn bytes(&self) -> [u8; 16] {
        self.hash
    }
}

/// Whether a text has the form of a fingerprint key's id.
#[must_use]
pub fn is_kid(text: &str) -> bool {
    let hex = text.strip_prefix(['k', 'p']);
    hex.is_some_and(|hex| hex.len() == 8 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kid, self.hex())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("no fingerprint; one is written `kid:hex`"))
    }
}

/// The key `K` under which all fingerprints of a run are made.
///
/// With a key of the owner's (`SKELKEY_FINGERPRINT_KEY` or the configuration) nobody else can recompute a
/// fingerprint. Without one, `K` is a published constant mixed with the repository's normalised remote
/// (`host/path`), never its history, so that a shallow CI clone and a full clone agree.
pub struct FingerprintKey {
    kid: String,
    key: Zeroizing<[u8; 32]>,
}

impl FingerprintKey {
    /// From the owner's own key material, at least 16 bytes. Returns `None` when it is shorter.
    #[must_use]
    pub fn from_owner(material: &[u8]) -> Option<Self> {
        (material.len() >= 16).then(|| Self::derive(b"skelkey/key/owner/v1\0", material, 'k'))
    }

    /// The published key for a repository whose normalised remote is `host/path`, or for no repository.
    #[must_use]
    pub fn published(remote: Option<&str>) -> Self {
        Self::derive(b"skelkey/key/published/v1\0", remote.unwrap_or("").as_bytes(), 'p')
    }

    fn derive(domain: &[u8], material: &[u8], class: char) -> Self {
        let mut key = Zeroizing::new([0_u8; 32]);
        key.copy_from_slice(&Sha256::new().chain_update(domain).chain_update(material).finalize());
        let id = Sha256::new().chain_update(b"skelkey/kid/v1\0").chain_update(&key[..]).finalize();
        Self { kid: format!("{class}{}", HEXLOWER.encode(&id[..4])), key }
    }

    /// The id that every fingerprint of this key carries.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The fingerprint of a high-entropy secret by its value. `canonical` is the secret in the one form that
    /// its issuer compares (case-folded where the issuer ignores case).
    #[must_use]
    pub fn of_secret(&self, family: &str, canonical: &[u8]) -> Fingerprint {
        self.mac(b"skelkey/secret/v1\0", &[family.as_bytes(), canonical])
    }

    /// The fingerprint of a low-entropy secret (a password) by its place, never by its guessable value.
    #[must_use]
    pub fn of_slot(&self, rule: &str, path: &str, variable: &str, ordinal: usize) -> Fingerprint {
        let ordinal = ordinal.to_string();
        let parts = [rule.as_bytes(), path.as_bytes(), variable.as_bytes(), ordinal.as_bytes()];
        self.mac(b"skelkey/slot/v1\0", &parts)
    }

    /// The fingerprint of one place of a key: no line, no column, no commit.
    #[must_use]
    pub fn of_place(&self, repository: &str, path: &str, key: &Fingerprint, ordinal: usize) -> Fingerprint {
        let ordinal = ordinal.to_string();
        let parts = [repository.as_bytes(), path.as_bytes(), &key.hash[..], ordinal.as_bytes()];
        self.mac(b"skelkey/place/v1\0", &parts)
    }

    /// What makes seals of one use and its circumstances.
    #[cfg(feature = "git")]
    pub(crate) fn sealer(&self, of: &str, circumstances: &str) -> Sealer {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.key[..]).expect("HMAC takes a key of any length");
        for part in ["skelkey/seal/v1", of, circumstances] {
            mac.update(part.as_bytes());
            mac.update(b"\0");
        }
        Sealer(mac)
    }

    fn mac(&self, domain: &[u8], parts: &[&[u8]]) -> Fingerprint {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.key[..]).expect("HMAC takes a key of any length");
        mac.update(domain);
        for part in parts {
            mac.update(part);
            mac.update(b"\0");
        }
        let mut hash = [0_u8; 16];
        hash.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        Fingerprint { kid: self.kid.clone(), hash }
    }
}

/// Makes seals, which nobody can make who has no key.
#[cfg(feature = "git")]
pub(crate) struct Sealer(Hmac<Sha256>);

#[cfg(feature = "git")]
impl Sealer {
    /// The seal of what the parts say. The first tells how long the others are, or in which order of lengths they come.
    pub(crate) fn seal(&self, parts: &[&[u8]]) -> [u8; 16] {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(part);
        }
        let mut seal = [0_u8; 16];
        seal.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        seal
    }
}

impl fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FingerprintKey({})", self.kid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_show_a_tail_only_when_twenty_characters_stay_hidden() {
        let long = format!("npm_{}wxyz", "q".repeat(20));
        assert_eq!(Masked::of(long.as_bytes(), "npm_").as_str(), "npm_…wxyz");
        let short = format!("npm_{}wxyz", "q".repeat(19));
        assert_eq!(Masked::of(short.as_bytes(), "npm_").as_str(), "npm_…");
        assert_eq!(Masked::of(b"hunter2", "npm_").as_str(), "…");
    }

    #[test]
    fn debug_never_shows_the_bytes() {
        assert_eq!(format!("{:?}", Secret::new(b"hunter2hunter2")), "Secret(14 bytes)");
    }

    #[test]
    fn fingerprints_depend_on_key_family_and_value_alone() {
        let k = FingerprintKey::published(Some("example.test/a/b"));
        let other = FingerprintKey::published(Some("example.test/a/c"));
        assert_eq!(k.of_secret("f", b"v"), k.of_secret("f", b"v"));
        assert_ne!(k.of_secret("f", b"v"), k.of_secret("g", b"v"));
        assert_ne!(k.of_secret("f", b"v"), other.of_secret("f", b"v"));
        assert!(FingerprintKey::from_owner(b"short").is_none());
    }
}
