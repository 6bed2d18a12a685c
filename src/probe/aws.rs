//! AWS: `GetCallerIdentity` with the pair, which no policy can forbid and which tells whose it is.
//!
//! A key of an account that is known for canary tokens is never asked about: asking is the alarm.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use zeroize::Zeroizing;

use super::carrier::{Carrier, Credential, CredentialHeader};
use super::client::Reply;
use super::failure::Failure;
use super::issuer::{About, Line, Probe, Reading, Step, Subject, Template};
use crate::issuer::Issuer;
use crate::key::{Action, Grant, Inactive, KeyFacts, Power, Reported, Subjects};

pub(crate) struct Aws;

static AWS: Issuer = Issuer::known("aws");

static ABOUT: About = About {
    hosts: &["sts.amazonaws.com"],
    carrier: Carrier::Signature(CredentialHeader { name: "authorization", scheme: "" }),
    accepts: "secret access keys with their id beside them; never one of an account that is known for canary tokens, nor \
              a temporary one without its session token",
    asks: "whose the pair is",
    requests: &[Template::get("/?Action=GetCallerIdentity&Version=2011-06-15")],
    readings: &[
        Reading::new(
            "200 with an ARN",
            "active; account and user or role. An ARN that ends in `:root` opens everything",
        ),
        Reading::new("403 `InvalidClientTokenId`", "inactive: rejected (the id is deleted or switched off)"),
        Reading::new("403 `SignatureDoesNotMatch`", "unknown: the id lives, and this is not its secret"),
        Reading::new("403 `ExpiredToken`", "inactive: expired"),
        Reading::new("403 `RequestExpired` or another 403, other", "unknown"),
    ],
    side_effects: "sets the key's last use; stands in the account's CloudTrail",
    source: "docs.aws.amazon.com, STS GetCallerIdentity and common errors, \"Signature Version 4 signing process\"; \
             trufflesecurity/trufflehog, pkg/detectors/aws, for the canary accounts",
    ..About::of(&AWS, "https://sts.amazonaws.com")
};

impl Probe for Aws {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn admits(&self, subject: Subject<'_>) -> Result<(), &'static str> {
        if subject.detail("canary").is_some() {
            return Err(
                "its account is known for canary tokens: asking about it is the alarm that its owner waits for",
            );
        }
        let Some(id) = subject.key_id() else {
            return Err("a secret access key works only with its id, which nothing near it tells");
        };
        if id.starts_with("ASIA") {
            return Err("a temporary key works only with its session token, which is not sent along");
        }
        if !id.starts_with("AKIA") || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err("its id is not one of a long-term access key");
        }
        if subject.key.len() == 40 { Ok(()) } else { Err("it is no secret access key (40 characters)") }
    }

    fn steps(&self, _: Subject<'_>) -> Vec<Step> {
        vec![caller()]
    }

    fn ask(&self, subject: Subject<'_>, line: &mut Line<'_>) -> Result<KeyFacts, Failure> {
        let id = subject.key_id().unwrap_or_default();
        let date = line.now.strftime("%Y%m%dT%H%M%SZ").to_string();
        let signed = signature(id, subject.key, &line.host(), line.now);
        let header = CredentialHeader { name: "authorization", scheme: "" };
        let Some(credential) = Credential::in_signed_header(header, &signed) else { return Ok(line.unreadable()) };
        let reply = line.get_with(&caller(), &credential, &[("x-amz-date", date)])?;
        Ok(match reply.status {
            200 => field(&reply, "Arn").map_or_else(|| line.unreadable(), |arn| read(line, &reply, &arn)),
            403 => refused(line, &reply),
            _ => line.unexpected(&reply),
        })
    }
}

/// The parameters stand in the order in which they are signed.
fn caller() -> Step {
    let query = vec![("Action", "GetCallerIdentity".to_owned()), ("Version", "2011-06-15".to_owned())];
    Step { query, ..Step::always(&[""]) }
}

fn read(line: &Line<'_>, reply: &Reply, arn: &str) -> KeyFacts {
    let mut facts = line.active("says whose the pair is");
    facts.owner = field(reply, "Account").into();
    facts.details.insert("arn".into(), arn.to_owned());
    if arn.ends_with(":root") {
        let everything = vec![Action::new("root", Power::Everything)];
        facts.grants = Reported::Said(vec![Grant::exact(everything, Subjects::Everything)]);
    }
    facts.notes.push("What the pair may do stands in the account's policies.".into());
    facts
}

fn refused(line: &Line<'_>, reply: &Reply) -> KeyFacts {
    match field(reply, "Code").as_deref() {
        Some("InvalidClientTokenId") => {
            line.inactive(Inactive::Rejected, "does not know the id, or it is switched off")
        }
        Some("ExpiredToken") => line.inactive(Inactive::Expired, "says that the pair has expired"),
        Some("SignatureDoesNotMatch") => {
            line.unknown("knows the id, and says that this is not its secret: the two only stand near each other")
        }
        Some("RequestExpired") => line.unknown("takes this machine's clock to be wrong"),
        _ => line.unknown("answered 403 for another reason"),
    }
}

/// A field anywhere in the answer, which is XML, or JSON for whoever prefers that.
fn field(reply: &Reply, name: &str) -> Option<String> {
    fn within(value: &serde_json::Value, name: &str) -> Option<String> {
        let object = value.as_object()?;
        let own = object.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
        own.or_else(|| object.values().find_map(|inner| within(inner, name)))
    }
    if let Some(value) = reply.value() {
        return within(&value, name);
    }
    let text = reply.text()?;
    let document = roxmltree::Document::parse(text).ok()?;
    let mut elements = document.descendants().filter(|node| node.tag_name().name() == name);
    elements.next()?.text().map(str::to_owned)
}

const REGION: &str = "us-east-1";
const SERVICE: &str = "sts";

/// Signature version 4 of the one request that is ever signed (docs.aws.amazon.com, "create a signed request").
fn signature(id: &str, secret: &str, host: &str, now: Timestamp) -> Zeroizing<String> {
    let (moment, day) = (now.strftime("%Y%m%dT%H%M%SZ").to_string(), now.strftime("%Y%m%d").to_string());
    let nothing = HEXLOWER.encode(&Sha256::digest(b""));
    let request = format!(
        "GET\n/\nAction=GetCallerIdentity&Version=2011-06-15\nhost:{host}\nx-amz-date:{moment}\n\nhost;x-amz-date\n{nothing}"
    );
    let scope = format!("{day}/{REGION}/{SERVICE}/aws4_request");
    let hash = HEXLOWER.encode(&Sha256::digest(request.as_bytes()));
    let to_sign = format!("AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hash}");
    let first = Zeroizing::new(format!("AWS4{secret}"));
    let mut key = Zeroizing::new(first.as_bytes().to_vec());
    for part in [day.as_str(), REGION, SERVICE, "aws4_request"] {
        key = mac(&key, part.as_bytes());
    }
    let signature = HEXLOWER.encode(&mac(&key, to_sign.as_bytes()));
    Zeroizing::new(format!(
        "AWS4-HMAC-SHA256 Credential={id}/{scope}, SignedHeaders=host;x-amz-date, Signature={signature}"
    ))
}

fn mac(key: &[u8], text: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(text);
    Zeroizing::new(mac.finalize().into_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_signed_as_the_client_of_the_issuer_signs_it() {
        let id = ["AKIA", "IOSFODNN7EXAMPLE"].concat();
        let secret = ["wJalrXUtnFEMI/K7MDENG", "/bPxRfiCYEXAMPLEKEY"].concat();
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        let signed = signature(&id, &secret, "sts.amazonaws.com", now);
        let (front, signature) = signed.split_once("Signature=").unwrap();
        let expected = format!(
            "AWS4-HMAC-SHA256 Credential={id}/20261122/us-east-1/sts/aws4_request, SignedHeaders=host;x-amz-date, "
        );
        assert_eq!(front, expected);
        assert_eq!(signature, "c022b4cde22a80744ba5e24b412eccb8a0a034dcd3b2fcdd2e396161728a4cad");
    }
}
