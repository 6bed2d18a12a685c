//! PKCS#1 (RFC 8017), SEC1 (RFC 5915), OpenSSL's DSA, PKCS#8 (RFC 5958) and its encrypted form (RFC 8018).

use curve25519_dalek::EdwardsPoint;
use der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, OctetStringRef, UintRef};
use der::{Decode, Reader, SliceReader, Tag, Tagged};
use sha2::{Digest, Sha512};
use zeroize::Zeroizing;

use super::openssh::{ecdsa, mpint, string};
use super::pem::Block;
use super::product::is_product;
use super::{Encryption, PrivateKey};

pub(super) const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
pub(super) const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const PBES2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.13");
const PBKDF2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.12");
const SCRYPT: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.11591.4.11");

/// Object identifier, name, bits.
pub(super) const OTHERS: &[(ObjectIdentifier, &str, Option<usize>)] = &[
    (ObjectIdentifier::new_unwrap("1.3.101.110"), "X25519", Some(256)),
    (ObjectIdentifier::new_unwrap("1.3.101.111"), "X448", Some(448)),
    (ObjectIdentifier::new_unwrap("1.3.101.112"), "Ed25519", Some(256)),
    (ObjectIdentifier::new_unwrap("1.3.101.113"), "Ed448", Some(448)),
    (ObjectIdentifier::new_unwrap("1.2.840.10040.4.1"), "DSA", None),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.3.1"), "Diffie-Hellman", None),
    (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.4.1"), "ML-KEM-512", None),
    (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.4.2"), "ML-KEM-768", None),
    (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.4.3"), "ML-KEM-1024", None),
    (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.17"), "ML-DSA-44", None),
    (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.18"), "ML-DSA-65", None),
    (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.19"), "ML-DSA-87", None),
];

/// Object identifier, name as people know it, SSH's name if it has one, bits.
pub(super) const CURVES: &[(ObjectIdentifier, &str, Option<&str>, usize)] = &[
    (ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"), "P-256", Some("nistp256"), 256),
    (ObjectIdentifier::new_unwrap("1.3.132.0.34"), "P-384", Some("nistp384"), 384),
    (ObjectIdentifier::new_unwrap("1.3.132.0.35"), "P-521", Some("nistp521"), 521),
    (ObjectIdentifier::new_unwrap("1.3.132.0.10"), "secp256k1", None, 256),
    (ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.1"), "P-192", None, 192),
    (ObjectIdentifier::new_unwrap("1.3.132.0.33"), "P-224", None, 224),
    (ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.7"), "brainpoolP256r1", None, 256),
];

/// The members of a SEQUENCE that is all of `der`.
fn members(der: &[u8]) -> Option<Vec<AnyRef<'_>>> {
    let all = AnyRef::from_der(der).ok()?;
    (all.tag() == Tag::Sequence).then_some(())?;
    let mut reader = SliceReader::new(all.value()).ok()?;
    let mut members = Vec::new();
    while !reader.is_finished() {
        members.push(AnyRef::decode(&mut reader).ok()?);
    }
    Some(members)
}

/// The members of a SEQUENCE inside another.
fn inner<'a>(any: &AnyRef<'a>) -> Option<Vec<AnyRef<'a>>> {
    (any.tag() == Tag::Sequence).then_some(())?;
    let mut reader = SliceReader::new(any.value()).ok()?;
    let mut members = Vec::new();
    while !reader.is_finished() {
        members.push(AnyRef::decode(&mut reader).ok()?);
    }
    Some(members)
}

fn uint<'a>(any: &AnyRef<'a>) -> Option<&'a [u8]> {
    any.decode_as::<UintRef<'a>>().ok().map(|number| number.as_bytes())
}

fn oid(any: &AnyRef<'_>) -> Option<ObjectIdentifier> {
    any.decode_as().ok()
}

fn bit_length(number: &[u8]) -> usize {
    let significant = &number[number.iter().take_while(|byte| **byte == 0).count()..];
    significant.first().map_or(0, |first| significant.len() * 8 - first.leading_zeros() as usize)
}

/// OpenSSL's old encryption, whose key is one round of MD5.
pub(super) fn old_encryption(block: &Block) -> Option<PrivateKey> {
    let (form, algorithm) = match block.label.as_str() {
        "RSA PRIVATE KEY" => ("PKCS#1", "RSA"),
        "EC PRIVATE KEY" => ("SEC1", "EC"),
        "DSA PRIVATE KEY" => ("OpenSSL DSA", "DSA"),
        _ => return None,
    };
    let encryption = Encryption { cipher: block.cipher.clone()?, kdf: Some("MD5".to_owned()), rounds: Some(1) };
    Some(PrivateKey { algorithm: Some(algorithm.to_owned()), encryption: Some(encryption), ..PrivateKey::new(form) })
}

/// Version, modulus, public exponent, private exponent, two primes and more.
pub(super) fn rsa(der: &[u8], form: &'static str) -> Option<PrivateKey> {
    let numbers = members(der)?.iter().take(9).map(uint).collect::<Option<Vec<_>>>()?;
    let [_, modulus, exponent, _, p, q, ..] = numbers[..] else { return None };
    is_product(modulus, p, q).then(|| PrivateKey {
        algorithm: Some("RSA".to_owned()),
        bits: Some(bit_length(modulus)),
        ssh_public: Some([string(b"ssh-rsa"), mpint(exponent), mpint(modulus)].concat()),
        ..PrivateKey::new(form)
    })
}

/// Version 1, the number, `[0]` the curve, `[1]` the public point.
pub(super) fn ec(der: &[u8], curve: Option<ObjectIdentifier>, form: &'static str) -> Option<PrivateKey> {
    let members = members(der)?;
    let [version, number, more @ ..] = &members[..] else { return None };
    (uint(version)? == [1] && number.decode_as::<&OctetStringRef>().is_ok()).then_some(())?;
    let tagged = |n: u32| more.iter().find(|any| any.tag().number().value() == n).map(|any| any.value());
    let own = tagged(0).and_then(|der| ObjectIdentifier::from_der(der).ok());
    let curve = CURVES.iter().find(|(known, ..)| Some(*known) == curve.or(own));
    let point = tagged(1).and_then(|der| BitStringRef::from_der(der).ok()?.as_bytes().map(<[u8]>::to_vec));
    let ssh = curve.and_then(|(_, _, ssh, _)| *ssh).zip(point).map(|(name, point)| ecdsa(name, &point));
    Some(PrivateKey {
        algorithm: Some(curve.map_or_else(|| "EC".to_owned(), |(_, name, ..)| format!("EC {name}"))),
        bits: curve.map(|(.., bits)| *bits),
        ssh_public: ssh,
        ..PrivateKey::new(form)
    })
}

/// Version, p, q, g, y, x.
pub(super) fn dsa(der: &[u8]) -> Option<PrivateKey> {
    let numbers = members(der)?.iter().map(uint).collect::<Option<Vec<_>>>()?;
    let [_, p, q, g, y, _] = numbers[..] else { return None };
    Some(PrivateKey {
        algorithm: Some("DSA".to_owned()),
        bits: Some(bit_length(p)),
        ssh_public: Some([string(b"ssh-dss"), mpint(p), mpint(q), mpint(g), mpint(y)].concat()),
        ..PrivateKey::new("OpenSSL DSA")
    })
}

/// Version, algorithm, the key in its own form, and perhaps attributes and the public key.
pub(super) fn pkcs8(der: &[u8]) -> Option<PrivateKey> {
    let members = members(der)?;
    let [version, algorithm, key, more @ ..] = &members[..] else { return None };
    matches!(uint(version)?, [0 | 1]).then_some(())?;
    let algorithm = inner(algorithm)?;
    let id = oid(algorithm.first()?)?;
    let key = key.decode_as::<&OctetStringRef>().ok()?.as_bytes();
    if id == RSA || id == RSA_PSS {
        return rsa(key, "PKCS#8");
    }
    if id == EC {
        return ec(key, algorithm.get(1).and_then(oid), "PKCS#8");
    }
    let (_, name, bits) = OTHERS.iter().find(|(known, ..)| *known == id)?;
    let public = more.iter().find(|any| any.tag().number().value() == 1).map(|any| any.value());
    let written = public.and_then(|public| <[u8; 32]>::try_from(public.strip_prefix(&[0])?).ok());
    let point = (*name == "Ed25519").then(|| written.or_else(|| ed25519_public(key))).flatten();
    let ssh = point.map(|point| [string(b"ssh-ed25519"), string(&point)].concat());
    Some(PrivateKey { algorithm: Some((*name).to_owned()), bits: *bits, ssh_public: ssh, ..PrivateKey::new("PKCS#8") })
}

/// The public half of an Ed25519 key, made of the private one as RFC 8032 says (section 5.1.5); most files hold that alone.
fn ed25519_public(key: &[u8]) -> Option<[u8; 32]> {
    let seed = <&OctetStringRef>::from_der(key).ok()?.as_bytes();
    (seed.len() == 32).then_some(())?;
    let hash = Zeroizing::new(<[u8; 64]>::from(Sha512::digest(seed)));
    let scalar = Zeroizing::new(*hash.first_chunk::<32>()?);
    Some(EdwardsPoint::mul_base_clamped(*scalar).compress().to_bytes())
}

/// The scheme and the encrypted key.
pub(super) fn encrypted_pkcs8(der: &[u8]) -> Option<PrivateKey> {
    let members = members(der)?;
    let [scheme, sealed] = &members[..] else { return None };
    sealed.decode_as::<&OctetStringRef>().ok()?;
    let scheme = inner(scheme)?;
    let id = oid(scheme.first()?)?;
    let encryption = if id == PBES2 {
        pbes2(scheme.get(1)?)?
    } else {
        Encryption { cipher: format!("PBE {id}"), kdf: None, rounds: None }
    };
    Some(PrivateKey { encryption: Some(encryption), ..PrivateKey::new("PKCS#8, encrypted") })
}

fn pbes2(parameters: &AnyRef<'_>) -> Option<Encryption> {
    let parameters = inner(parameters)?;
    let [kdf, cipher] = &parameters[..] else { return None };
    let (kdf, cipher) = (inner(kdf)?, inner(cipher)?);
    let id = oid(kdf.first()?)?;
    let settings = inner(kdf.get(1)?)?;
    let rounds = settings.get(1).and_then(uint).map(number);
    let name = if id == PBKDF2 {
        "PBKDF2".to_owned()
    } else if id == SCRYPT {
        "scrypt".to_owned()
    } else {
        id.to_string()
    };
    let cipher = oid(cipher.first()?)?;
    Some(Encryption { cipher: cipher_name(cipher), kdf: Some(name), rounds })
}

fn cipher_name(id: ObjectIdentifier) -> String {
    match id.to_string().as_str() {
        "2.16.840.1.101.3.4.1.2" => "AES-128-CBC".to_owned(),
        "2.16.840.1.101.3.4.1.22" => "AES-192-CBC".to_owned(),
        "2.16.840.1.101.3.4.1.42" => "AES-256-CBC".to_owned(),
        "1.2.840.113549.3.7" => "3DES-CBC".to_owned(),
        other => other.to_owned(),
    }
}

/// A number of eight bytes at most; a larger one is as large as can be.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0_u64, |all, &byte| all.saturating_mul(256).saturating_add(u64::from(byte)))
}
