//! Google Cloud: the public certificate of a service account's key, which anybody may read. The key stays here.

use data_encoding::BASE64;
use serde_json::Value;

use super::carrier::Carrier;
use super::failure::Failure;
use super::issuer::{About, Line, Probe, Reading, Step, Subject, Template};
use crate::format::certificate::Certificate;
use crate::format::private_key;
use crate::issuer::Issuer;
use crate::key::{Expiry, Inactive, KeyFacts, Reported};

pub(crate) struct ServiceAccount;

pub(crate) static GCP: Issuer = Issuer::known("gcp");

static ABOUT: About = About {
    carrier: Carrier::Nothing,
    accepts: "service account key files, which name their account and the key's id",
    asks: "for the certificates of the account's living keys, which are public",
    requests: &[Template::get("/robot/v1/metadata/x509/{owner}")],
    readings: &[
        Reading::new("200 with the key's id and its public key", "active; expiry and creation (the certificate's)"),
        Reading::new("200 with the id and another public key", "unknown: the file was put together from two"),
        Reading::new("200 without the id", "inactive: revoked (deleted or disabled)"),
        Reading::new("404", "unknown: the account is gone, or never was"),
        Reading::new("other", "unknown"),
    ],
    side_effects: "none: the page is public, and the key is not sent",
    source: "cloud.google.com, \"verify a service account's signature\"; trufflesecurity/trufflehog, pkg/detectors/gcp; \
             google/osv-scalibr, veles gcpsak",
    ..About::of(&GCP, "https://www.googleapis.com")
};

impl Probe for ServiceAccount {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn admits(&self, subject: Subject<'_>) -> Result<(), &'static str> {
        // One kind of account is published there, and its address holds nothing that a path could be made of.
        let address = |text: &str| {
            text.ends_with(".gserviceaccount.com")
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"@.-_".contains(&byte))
        };
        match (subject.key_id(), subject.owner()) {
            (Some(_), Some(owner)) if address(owner) && subject.key.contains("private_key") => Ok(()),
            _ => Err("it is no service account's key file; Google publishes nothing about other keys"),
        }
    }

    fn steps(&self, subject: Subject<'_>) -> Vec<Step> {
        vec![certificates(subject.owner().unwrap_or_default())]
    }

    fn ask(&self, subject: Subject<'_>, line: &mut Line<'_>) -> Result<KeyFacts, Failure> {
        let reply = line.get(&certificates(subject.owner().unwrap_or_default()))?;
        Ok(match reply.status {
            200 => match reply.value() {
                Some(Value::Object(list)) if is_list(&list) => {
                    read(line, subject, list.get(subject.key_id().unwrap_or_default()))
                }
                _ => line.unreadable(),
            },
            404 => line.unknown("has no such account: it is gone, or never was"),
            _ => line.unexpected(&reply),
        })
    }
}

fn certificates(owner: &str) -> Step {
    Step::always(&["robot", "v1", "metadata", "x509", owner])
}

/// Ids and certificates, and nothing else: an account without keys has an empty list.
fn is_list(list: &serde_json::Map<String, Value>) -> bool {
    list.values().all(|value| value.as_str().is_some_and(|text| text.contains("BEGIN CERTIFICATE")))
}

fn read(line: &Line<'_>, subject: Subject<'_>, listed: Option<&Value>) -> KeyFacts {
    let Some(listed) = listed else {
        return line.inactive(Inactive::Revoked, "does not list the key any more: it is deleted or disabled");
    };
    let Some(certificate) = listed.as_str().and_then(of_pem) else { return line.unreadable() };
    let Some(modulus) = modulus(subject.key) else {
        return line.unknown("lists a key of this id, but the file's own private key cannot be read");
    };
    if !certificate.holds(&modulus) {
        return line.unknown("lists a key of this id with another public key: the file was put together from two");
    }
    let mut facts = line.active("lists the key with its certificate");
    facts.created = Reported::Said(certificate.not_before);
    facts.expires = Reported::Said(Expiry::At(certificate.not_after));
    facts.notes.push("What the account may do stands in the policies of its project.".into());
    facts
}

fn of_pem(text: &str) -> Option<Certificate> {
    let body = text.split("-----BEGIN CERTIFICATE-----").nth(1)?.split("-----END").next()?;
    let bytes = BASE64.decode(body.split_ascii_whitespace().collect::<String>().as_bytes()).ok()?;
    Certificate::parse(&bytes)
}

/// The modulus of the file's private key, as it also stands in the certificate.
fn modulus(key: &str) -> Option<Vec<u8>> {
    let start = key.find("-----BEGIN")?;
    let key = private_key::parse(key.as_bytes().get(start..)?)?;
    let blob = key.ssh_public?;
    let mut rest = blob.as_slice();
    let mut parts = std::iter::from_fn(|| {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (part, after) = after.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        rest = after;
        Some(part)
    });
    (parts.next()? == b"ssh-rsa").then_some(())?;
    parts.nth(1).map(<[u8]>::to_vec)
}
