//! Private keys as they stand in texts: PEM blocks of every label, OpenPGP armour, PuTTY's files. Read as far as the key's
//! sort, its size, its encryption and its public half; a block that does not parse is no key.

mod asn1;
mod certificate;
mod openssh;
mod pem;
mod pgp;
mod product;
mod putty;
mod samples;

use data_encoding::BASE64_NOPAD;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

pub use self::certificate::{Certificate, certificate};
pub use self::samples::{openssh as sample_openssh, pgp as sample_pgp, putty as sample_putty, rsa as sample_rsa};

/// How a private key is encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encryption {
    /// The cipher or scheme, in the format's own word.
    pub cipher: String,
    /// What makes the cipher's key of the password.
    pub kdf: Option<String>,
    /// How many rounds that takes.
    pub rounds: Option<u64>,
}

/// A private key without its secret half.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateKey {
    /// The form: `PKCS#8`, `OpenSSH` …
    pub form: &'static str,
    /// The algorithm, if it can be read without the password.
    pub algorithm: Option<String>,
    /// Bits of the modulus or the field.
    pub bits: Option<usize>,
    /// `None` for a key in clear.
    pub encryption: Option<Encryption>,
    /// The public key as SSH writes it, where it is known.
    pub ssh_public: Option<Vec<u8>>,
    /// An id that is made of the public key (OpenPGP).
    pub key_id: Option<String>,
    /// When it was made (OpenPGP).
    pub created: Option<Timestamp>,
}

impl PrivateKey {
    fn new(form: &'static str) -> Self {
        Self { form, algorithm: None, bits: None, encryption: None, ssh_public: None, key_id: None, created: None }
    }

    /// The fingerprint as `ssh-keygen -l` prints it.
    #[must_use]
    pub fn fingerprint(&self) -> Option<String> {
        self.ssh_public.as_ref().map(|blob| format!("SHA256:{}", BASE64_NOPAD.encode(&Sha256::digest(blob))))
    }

    /// The well-known key that it is, if it is one that everybody has.
    #[must_use]
    pub fn known_as(&self) -> Option<&'static str> {
        let fingerprint = self.fingerprint()?;
        known().find(|(known, _)| *known == fingerprint).map(|(_, name)| name)
    }
}

/// Fingerprints of keys that are published as test keys, and their names; `known.txt` says where each is published.
fn known() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = include_str!("known.txt").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(' '))
}

/// Reads the first private key in `text`, whatever stands before and between its lines (indentation, quotes, `\n`).
#[must_use]
pub fn parse(text: &[u8]) -> Option<PrivateKey> {
    if text.starts_with(putty::MARK) {
        return putty::parse(text);
    }
    let block = pem::read(text)?;
    if block.label == "PGP PRIVATE KEY BLOCK" {
        return pgp::parse(&block.bytes);
    }
    if !block.label.ends_with("PRIVATE KEY") {
        return None;
    }
    // Tools write the wrong label at times; what the bytes are is what counts.
    asn1::old_encryption(&block)
        .or_else(|| openssh::parse(&block.bytes))
        .or_else(|| asn1::pkcs8(&block.bytes))
        .or_else(|| asn1::rsa(&block.bytes, "PKCS#1"))
        .or_else(|| asn1::ec(&block.bytes, None, "SEC1"))
        .or_else(|| asn1::encrypted_pkcs8(&block.bytes))
        .or_else(|| asn1::dsa(&block.bytes))
}

/// The one form in which a key is compared, however it is written: the bytes behind its text.
#[must_use]
pub fn canonical(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    pem::read(text).map(|block| block.bytes)
}

/// A key in clear that is nobody's known test key.
pub(super) fn verify_clear(text: &[u8]) -> bool {
    parse(text).is_some_and(|key| key.encryption.is_none() && key.known_as().is_none())
}

/// A key behind a password.
pub(super) fn verify_encrypted(text: &[u8]) -> bool {
    parse(text).is_some_and(|key| key.encryption.is_some() && key.known_as().is_none())
}

/// A key that everybody has.
pub(super) fn verify_known(text: &[u8]) -> bool {
    parse(text).is_some_and(|key| key.known_as().is_some())
}

#[cfg(test)]
mod tests;
