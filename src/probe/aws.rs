//! AWS: `GetCallerIdentity` with the pair, which no policy can forbid and which tells whose it is.
//!
//! A key of an account that is known for canary tokens is never asked about: asking is the alarm.

use super::carrier::{Carrier, CredentialHeader, OwnerKey};
use super::client::Reply;
use super::failure::Failure;
use super::issuer::{About, Line, Probe, Reading, Step, Subject, Template};
use super::sigv4::{self, Service, Signer};
use crate::issuer::Issuer;
use crate::key::{Action, Grant, Inactive, KeyFacts, Power, Reported, Subjects};

pub(crate) struct Aws;

pub(super) static AWS: Issuer = Issuer::known("aws");

/// Where the owner's own access key stands, with which keys are looked up.
pub(super) const OWNER: OwnerKey = OwnerKey {
    id: "SKELKEY_ADMIN_AWS_KEY_ID",
    secret: "SKELKEY_ADMIN_AWS_SECRET",
    session: "SKELKEY_ADMIN_AWS_SESSION_TOKEN",
};

/// STS by its oldest name, which is in one region.
pub(super) const STS: Service = Service { name: "sts", region: "us-east-1" };

/// Why a key of such an account is left alone.
pub(super) const CANARY: &str =
    "its account is known for canary tokens: asking about it is the alarm that its owner waits for";

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
            return Err(CANARY);
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
        let (step, signer) = (caller(), Signer { id, secret: subject.key, session: None });
        let proof = signer.credential(STS, &line.host(), &step.query, line.now);
        let Some(credential) = proof else { return Ok(line.unknown("could not be asked: the pair signs nothing")) };
        let reply = line.get_with(&step, &credential, &[sigv4::date(line.now)])?;
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
pub(super) fn field(reply: &Reply, name: &str) -> Option<String> {
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
