//! Google Cloud: the project and the limits of an API key. Google finds a key by its whole text alone, so this sends the key
//! to Google, with the owner's own credential, and only if the user names the issuer.

use serde_json::Value;

use super::carrier::{Carrier, Credential, CredentialHeader};
use super::client::Reply;
use super::fact::{self, Fact, Is, Time};
use super::failure::Failure;
use super::gcp::GCP;
use super::issuer::{About, Line, Probe, Reading, Step, Subject, Template};
use crate::key::{Action, Expiry, Grant, Inactive, KeyFacts, Power, Reported, Subjects};

pub(crate) struct OwnersKey;

const OWNER: &str = "SKELKEY_ADMIN_GOOGLE";
const HEADER: CredentialHeader = CredentialHeader { name: "authorization", scheme: "Bearer " };

static ABOUT: About = About {
    carrier: Carrier::OwnerAndQuery(OWNER, HEADER, "keyString"),
    accepts: "API keys (AIza…, AQ.…) of projects in which the owner's credential may look keys up",
    asks: "for the project of the key, then for the key's own record",
    requests: &[
        Template::get("/v2/keys:lookupKey?keyString={key}"),
        Template::get_if("/v2/{name}", "when the first answer names the key"),
    ],
    readings: &[
        Reading::new(
            "200 with a name, then 200",
            "active; project, name, creation, the APIs that it opens, its limits",
        ),
        Reading::new("the same with `deleteTime`", "inactive: revoked (deleted; it can be brought back for 30 days)"),
        Reading::new("200 with a name, then a refusal", "active; project"),
        Reading::new("200 with a project and without a name", "inactive: revoked (deleted for good)"),
        Reading::new("400, 401, 403, 404", "unknown: a key of another project, or the owner's credential may not look"),
        Reading::new("other", "unknown"),
    ],
    only_by_name: Some("Google finds a key by its whole text alone, in the address, which servers keep in their logs"),
    side_effects: "none known; stands in the audit log of the key's project",
    source: "cloud.google.com, API Keys API, keys.lookupKey and projects.locations.keys",
    ..About::of(&GCP, "https://apikeys.googleapis.com")
};

impl Probe for OwnersKey {
    fn about(&self) -> &About {
        &ABOUT
    }

    fn admits(&self, subject: Subject<'_>) -> Result<(), &'static str> {
        let is_key = subject.key.starts_with("AIza") || subject.key.starts_with("AQ.");
        let fits = subject.key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        if is_key && fits { Ok(()) } else { Err("it is no API key of Google's") }
    }

    fn steps(&self, _: Subject<'_>) -> Vec<Step> {
        let record = Step { carries_key: false, when: "when the first answer names the key", ..named("{name}") };
        vec![find(), record]
    }

    fn ask(&self, subject: Subject<'_>, line: &mut Line<'_>) -> Result<KeyFacts, Failure> {
        let reply = line.get(&find())?;
        let body = reply.value().unwrap_or_default();
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
        match reply.status {
            200 if text("parent").starts_with("projects/") => {}
            200 => return Ok(line.unreadable()),
            400..=404 => {
                let why = "the key is unknown or of another project, or the owner's credential may not look keys up";
                return Ok(line.unknown(&format!("answered {}: {why}", reply.status)));
            }
            _ => return Ok(line.unexpected(&reply)),
        }
        let project = text("parent").trim_start_matches("projects/").split('/').next().unwrap_or_default().to_owned();
        let known = KeyFacts { owner: Reported::Said(project), ..KeyFacts::of_kind("API key") };
        let Some(name) = Some(text("name")).filter(|name| is_name(name)) else {
            let gone = line.inactive(Inactive::Revoked, "says that the key was deleted for good");
            return Ok(if text("name").is_empty() { gone.completed_by(known) } else { line.unreadable() });
        };
        let found = line.active("names the key's project");
        let Ok((header, value)) = Credential::owners(subject, OWNER, HEADER) else {
            return Ok(found.completed_by(known));
        };
        Ok(match line.get_with(&named(name), &Credential::Header(header, value), &[]) {
            Ok(record) if record.status == 200 => read(line, &record).unwrap_or(found),
            Ok(_) | Err(_) => found.note("The key's own record could not be read: its limits are not known."),
        }
        .completed_by(known))
    }
}

fn find() -> Step {
    Step::always(&["v2", "keys:lookupKey"])
}

/// `projects/123/locations/global/keys/ID`.
fn named(name: &str) -> Step {
    let segments: Vec<&str> = std::iter::once("v2").chain(name.split('/')).collect();
    Step::always(&segments)
}

fn is_name(name: &str) -> bool {
    let parts: Vec<&str> = name.split('/').collect();
    let plain = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    parts.len() == 6 && parts.iter().all(plain) && (parts[0], parts[2], parts[4]) == ("projects", "locations", "keys")
}

const RECORD: &[Fact] = &[
    Fact::at("/uid", Is::KeyId),
    Fact::at("/displayName", Is::Name),
    Fact::at("/createTime", Is::Created(Time::Text)),
    Fact::at("/serviceAccountEmail", Is::Detail("service-account")),
    Fact::at("/restrictions/browserKeyRestrictions/allowedReferrers", Is::Restriction("referrer")),
    Fact::at("/restrictions/serverKeyRestrictions/allowedIps", Is::Restriction("cidr")),
    Fact::at("/restrictions/iosKeyRestrictions/allowedBundleIds", Is::Restriction("ios-bundle")),
    Fact::at(
        "/restrictions/androidKeyRestrictions/allowedApplications/*/packageName",
        Is::Restriction("android-package"),
    ),
];

fn read(line: &Line<'_>, reply: &Reply) -> Option<KeyFacts> {
    let record = reply.value().filter(|record| record.get("name").is_some())?;
    let mut facts = match record.get("deleteTime") {
        Some(_) => line.inactive(Inactive::Revoked, "says that the key is deleted"),
        None => line.active("lists the key"),
    };
    fact::read_all(RECORD, &mut facts, &record, |_| None, fact::by_verb, line.now);
    // Google's documentation of API keys knows no end of one.
    facts.expires = Reported::Said(Expiry::Never);
    if facts.restrictions.said().is_none() {
        facts = facts.restriction("cidr", "none");
    }
    let targets: Vec<String> =
        fact::all(&record, "/restrictions/apiTargets/*/service").into_iter().map(fact::text).collect();
    let call = |power| vec![Action::new("call", power)];
    Some(if targets.is_empty() {
        facts
            .grant(Grant::exact(call(Power::Everything), Subjects::Everything))
            .note("It is limited to no API: it opens every API that is switched on in its project.")
    } else {
        facts.grant(Grant::exact(call(Power::Manage), Subjects::Named(targets)))
    })
}
