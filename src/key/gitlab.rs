//! GitLab's tokens: the class by the prefix (GitLab's token overview), ids from a routable one.

use super::claims;
use super::facts::{Expiry, KeyFacts, Reported};
use crate::format::{gitlab, jwt};
use crate::issuer::Issuer;

const CLASSES: &[(&str, &str)] = &[
    ("glpat-", "personal, project or group access token"),
    ("gldt-", "deploy token"),
    ("glcbt-", "CI/CD job token"),
    ("glptt-", "pipeline trigger token"),
    ("glrt-", "runner authentication token"),
    ("glrtr-", "runner registration token"),
    ("gloas-", "OAuth application secret"),
    (FEED, "feed token"),
    (INCOMING_MAIL, "incoming mail token"),
    ("glagent-", "Kubernetes agent token"),
    ("glwt-", "workspace token"),
    ("glsoat-", "SCIM token"),
    ("glffct-", "feature flags client token"),
];
const FEED: &str = "glft-";
const INCOMING_MAIL: &str = "glimt-";

const IDS: &[(char, &str)] = &[
    ('c', "cell-id"),
    ('g', "group-id"),
    ('o', "organization-id"),
    ('p', "project-id"),
    ('t', "token-type"),
    ('u', "user-id"),
];

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    let class = CLASSES.iter().find(|(prefix, _)| key.starts_with(prefix.as_bytes()));
    let routable = gitlab::parse(key);
    let kind = match (class, &routable) {
        (Some((_, kind)), _) => *kind,
        (None, Some(_)) => "token with a prefix of the instance's own",
        (None, None) => return None,
    };
    let mut facts = KeyFacts::of_kind(kind).issued_by(Issuer::GITLAB);
    for (letter, id) in routable.map(|token| token.fields).unwrap_or_default() {
        facts = match IDS.iter().find(|(known, _)| *known == letter) {
            Some((_, name)) => facts.detail(*name, id.to_string()),
            None => facts.detail(format!("route-{letter}"), id.to_string()),
        };
    }
    Some(match class {
        // GitLab's documentation: feed and incoming mail tokens never expire.
        Some((FEED | INCOMING_MAIL, _)) => KeyFacts { expires: Reported::Said(Expiry::Never), ..facts },
        Some((prefix @ "glcbt-", _)) => job(facts, key.get(prefix.len()..)?),
        _ => facts,
    })
}

/// A job token may be a JWT behind its prefix (gitlabhq's source).
fn job(facts: KeyFacts, rest: &[u8]) -> KeyFacts {
    match jwt::parse(rest) {
        Some(jwt) => claims::lifetime(facts, &jwt.claims),
        None => facts,
    }
}
