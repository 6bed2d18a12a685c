//! Private keys: what they are, how they are protected, and the fingerprint by which their public half is known.

use data_encoding::BASE64;
use zeroize::Zeroizing;

use super::facts::{KeyFacts, Reported};
use crate::format::private_key::{Encryption, parse};

pub(super) fn decode(text: &[u8]) -> Option<KeyFacts> {
    let key = parse(text)?;
    let bits = key.bits.map(|bits| format!(", {bits} bits")).unwrap_or_default();
    let algorithm = key.algorithm.clone().unwrap_or_else(|| "algorithm not readable".to_owned());
    let mut facts = KeyFacts::of_kind(format!("private key, {algorithm}{bits}"));
    facts = facts.detail("form", key.form).detail("encrypted", encrypted(key.encryption.as_ref()));
    facts.key_id = key.key_id.clone().or_else(|| key.fingerprint()).into();
    facts.created = key.created.into();
    if let Some(fingerprint) = key.fingerprint() {
        facts = facts.detail("public-key", fingerprint);
    }
    if let Some(name) = key.known_as() {
        facts.name = Reported::Said(name.to_owned());
        facts = facts.note("It is published as a test key: everybody has it. It protects nothing.");
    }
    Some(match &key.encryption {
        Some(Encryption { kdf: Some(kdf), .. }) if kdf == "MD5" => {
            facts.note("Its password is guarded by one round of MD5 alone: it can be guessed fast.")
        }
        Some(_) => facts.note("It is encrypted; how long it holds depends on its password."),
        None => facts,
    })
}

/// A PEM file in base64, as a kubeconfig holds it.
pub(super) fn decode_base64(text: &[u8]) -> Option<KeyFacts> {
    decode(&Zeroizing::new(BASE64.decode(text).ok()?))
}

fn encrypted(encryption: Option<&Encryption>) -> String {
    let Some(Encryption { cipher, kdf, rounds }) = encryption else { return "no".to_owned() };
    let kdf = kdf.as_ref().map(|kdf| format!(", {kdf}")).unwrap_or_default();
    let rounds = rounds.map(|rounds| format!(", {rounds} rounds")).unwrap_or_default();
    format!("{cipher}{kdf}{rounds}")
}
