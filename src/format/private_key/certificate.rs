//! X.509 certificates (RFC 5280) as they stand beside keys: whose public key they hold, whom they name, until when.

use data_encoding::BASE64_NOPAD;
use der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, UintRef};
use der::{Decode, Encode, Reader, SliceReader};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use x509_cert::Certificate as Parsed;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::name::Name;

use super::asn1::{CURVES, EC, OTHERS, RSA};
use super::openssh::{ecdsa, mpint, string};
use super::pem;

/// What a certificate says of its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The public key's fingerprint, as `ssh-keygen -l` prints it; `None` for a sort of key that SSH has no form for.
    pub public_key: Option<String>,
    /// The names that it is for: those of its subject alternative name, else the common name of its subject.
    pub names: Vec<String>,
    /// The organisations of its subject. Kubernetes reads them as groups.
    pub organisations: Vec<String>,
    /// Who issued it.
    pub issuer: String,
    /// From when on it holds.
    pub from: Timestamp,
    /// Until when it holds.
    pub until: Timestamp,
}

/// Reads the first certificate in `text`, whatever stands before and between its lines.
#[must_use]
pub fn certificate(text: &[u8]) -> Option<Certificate> {
    let block = pem::read(text).filter(|block| block.label == "CERTIFICATE")?;
    let parsed = Parsed::from_der(&block.bytes).ok()?;
    let tbs = parsed.tbs_certificate();
    let moment = |time: x509_cert::time::Time| {
        Timestamp::from_second(i64::try_from(time.to_unix_duration().as_secs()).ok()?).ok()
    };
    Some(Certificate {
        public_key: tbs.subject_public_key_info().to_der().ok().and_then(|der| public_key(&der)),
        names: alternative_names(&parsed)
            .filter(|names| !names.is_empty())
            .unwrap_or_else(|| common_name(tbs.subject())),
        organisations: values(tbs.subject(), ORGANISATION),
        issuer: tbs.issuer().to_string(),
        from: moment(tbs.validity().not_before)?,
        until: moment(tbs.validity().not_after)?,
    })
}

/// RFC 4519: the attributes of a name.
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const ORGANISATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");

fn common_name(subject: &Name) -> Vec<String> {
    values(subject, COMMON_NAME)
}

/// The texts of one attribute.
fn values(name: &Name, attribute: ObjectIdentifier) -> Vec<String> {
    let texts = name.iter().filter(|one| one.oid == attribute).filter_map(|one| {
        let bytes = one.value.value();
        str::from_utf8(bytes).ok().map(str::to_owned)
    });
    texts.collect()
}

/// `None` where there is no such extension.
fn alternative_names(parsed: &Parsed) -> Option<Vec<String>> {
    let (_, names) = parsed.tbs_certificate().get_extension::<SubjectAltName>().ok()??;
    let texts = names.0.iter().filter_map(|name| match name {
        GeneralName::DnsName(text) | GeneralName::Rfc822Name(text) | GeneralName::UniformResourceIdentifier(text) => {
            Some(text.as_str().to_owned())
        }
        GeneralName::IpAddress(bytes) => address(bytes.as_bytes()),
        _ => None,
    });
    Some(texts.collect())
}

fn address(bytes: &[u8]) -> Option<String> {
    match bytes.len() {
        4 => <[u8; 4]>::try_from(bytes).ok().map(|v4| std::net::Ipv4Addr::from(v4).to_string()),
        16 => <[u8; 16]>::try_from(bytes).ok().map(|v6| std::net::Ipv6Addr::from(v6).to_string()),
        _ => None,
    }
}

/// The fingerprint of a SubjectPublicKeyInfo's key in SSH's form.
fn public_key(spki: &[u8]) -> Option<String> {
    let all = AnyRef::from_der(spki).ok()?;
    let mut reader = SliceReader::new(all.value()).ok()?;
    let (algorithm, key) = (AnyRef::decode(&mut reader).ok()?, BitStringRef::decode(&mut reader).ok()?.as_bytes()?);
    let mut reader = SliceReader::new(algorithm.value()).ok()?;
    let id = ObjectIdentifier::decode(&mut reader).ok()?;
    let blob = if id == RSA {
        let numbers = AnyRef::from_der(key).ok()?;
        let mut numbers = SliceReader::new(numbers.value()).ok()?;
        let (modulus, exponent) = (UintRef::decode(&mut numbers).ok()?, UintRef::decode(&mut numbers).ok()?);
        [string(b"ssh-rsa"), mpint(exponent.as_bytes()), mpint(modulus.as_bytes())].concat()
    } else if id == EC {
        let curve = (!reader.is_finished()).then(|| ObjectIdentifier::decode(&mut reader).ok()).flatten()?;
        let (_, _, name, _) = CURVES.iter().find(|(known, ..)| *known == curve)?;
        ecdsa((*name)?, key)
    } else {
        let (_, name, _) = OTHERS.iter().find(|(known, ..)| *known == id)?;
        (*name == "Ed25519").then(|| [string(b"ssh-ed25519"), string(key)].concat())?
    };
    Some(format!("SHA256:{}", BASE64_NOPAD.encode(&Sha256::digest(blob))))
}
