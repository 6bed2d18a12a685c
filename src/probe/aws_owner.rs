//! AWS: whose an access key is, and since when, by its public id and with an access key of the owner's own. The secret
//! stays here, and neither call uses the key or touches its last use.
//!
//! A key of an account that is known for canary tokens is not looked up either.
//!
//! Long-term keys of Bedrock are found in the account's list of service-specific credentials, by their public half.

use roxmltree::{Document, Node};

use super::aws::{AWS, CANARY, OWNER, STS, field};
use super::carrier::{Carrier, CredentialHeader};
use super::client::Reply;
use super::fact::Time;
use super::failure::Failure;
use super::issuer::{About, Line, Probe, Reading, Step, Subject, Template};
use super::sigv4::{self, Service, Signer};
use crate::key::{Expiry, Inactive, KeyFacts, LastUse, Reported};

/// The account behind an id, which ids of the older generation do not tell.
pub(crate) struct AccountOfKey;

/// The user behind an id, and the state of the key.
pub(crate) struct UserOfKey;

/// The state and the end of a long-term key of Bedrock.
pub(crate) struct BedrockKey;

const CARRIER: Carrier = Carrier::OwnerSignature(OWNER, CredentialHeader { name: "authorization", scheme: "" });
const ACCEPTS: &str =
    "access keys (AKIA…), by their public id; never one of an account that is known for canary tokens";
const QUIET: &str = "none known; stands in the CloudTrail of the account that asks, and the secret is not sent";

static ACCOUNT: About = About {
    carrier: CARRIER,
    accepts: ACCEPTS,
    asks: "whose account the id is of",
    requests: &[Template::get("/?AccessKeyId={key_id}&Action=GetAccessKeyInfo&Version=2011-06-15")],
    readings: &[
        Reading::new("200 with an account", "unknown: the page does not tell whether the key works; the account"),
        Reading::new("403, 400, other", "unknown"),
    ],
    side_effects: QUIET,
    source: "docs.aws.amazon.com, STS GetAccessKeyInfo, and \"Signature Version 4 signing process\"",
    ..About::of(&AWS, "https://sts.amazonaws.com")
};

static USER: About = About {
    carrier: CARRIER,
    accepts: ACCEPTS,
    asks: "for the user whose key it is and its last use, then for the user's keys",
    requests: &[
        Template::get("/?AccessKeyId={key_id}&Action=GetAccessKeyLastUsed&Version=2010-05-08"),
        Template::get_if(
            "/?Action=ListAccessKeys&UserName={user}&Version=2010-05-08",
            "when the first answer names a user",
        ),
    ],
    readings: &[
        Reading::new(
            "200, then 200 with the id and `Active`",
            "active; user, creation, last use with service and region",
        ),
        Reading::new("the same with `Inactive`", "inactive: revoked (switched off)"),
        Reading::new("the same with another state, or without the id", "unknown"),
        Reading::new("200 without a user, or the second page refused", "unknown; last use"),
        Reading::new("403 `AccessDenied`", "unknown: a key of another account, or the owner's own may not look"),
        Reading::new("403 `RequestExpired`, another refusal, other", "unknown"),
    ],
    side_effects: QUIET,
    source: "docs.aws.amazon.com, IAM GetAccessKeyLastUsed and ListAccessKeys, and \"Signature Version 4 signing process\"",
    ..About::of(&AWS, "https://iam.amazonaws.com")
};

static BEDROCK: About = About {
    carrier: CARRIER,
    accepts: "long-term API keys of Bedrock (ABSK…), by the name in their text",
    asks: "for the Bedrock keys of all users of the owner's account, among which it is found by its public half",
    requests: &[
        Template::get(
            "/?Action=ListServiceSpecificCredentials&AllUsers=true&ServiceName=bedrock.amazonaws.com&Version=2010-05-08",
        ),
        Template::get_if(
            "/?Action=ListServiceSpecificCredentials&AllUsers=true&Marker={marker}&ServiceName=bedrock.amazonaws.com&Version=2010-05-08",
            "for each further part of the list, 50 at most",
        ),
    ],
    readings: &[
        Reading::new("200 with the name and `Active`", "active; user, id, creation, expiry; without one never"),
        Reading::new("the same with `Inactive`", "inactive: revoked (switched off)"),
        Reading::new("the same with `Expired`", "inactive: expired"),
        Reading::new("the same with another state, twice, or without the name", "unknown"),
        Reading::new("403 `AccessDenied`", "unknown: the owner's own key may not look"),
        Reading::new("403 `RequestExpired`, another refusal, other", "unknown"),
    ],
    side_effects: QUIET,
    source: "docs.aws.amazon.com, IAM ListServiceSpecificCredentials and ServiceSpecificCredentialMetadata, and \
             \"Signature Version 4 signing process\"",
    ..About::of(&AWS, "https://iam.amazonaws.com")
};

/// IAM is one service for the whole world, and signs for this region.
const IAM: Service = Service { name: "iam", region: "us-east-1" };

fn admits(subject: Subject<'_>) -> Result<(), &'static str> {
    if subject.detail("canary").is_some() {
        return Err(CANARY);
    }
    match subject.key_id() {
        Some(id) if id.len() == 20 && id.starts_with("AKIA") && id.bytes().all(|b| b.is_ascii_alphanumeric()) => Ok(()),
        _ => Err("nothing tells the id of a long-term access key"),
    }
}

/// The parameters stand in the order of their names.
fn step(query: &[(&'static str, &str)], when: &'static str) -> Step {
    let query = query.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Step { query, when, ..Step::always(&[""]) }
}

fn info(id: &str) -> Step {
    step(&[("AccessKeyId", id), ("Action", "GetAccessKeyInfo"), ("Version", "2011-06-15")], "always")
}

fn last_used(id: &str) -> Step {
    step(&[("AccessKeyId", id), ("Action", "GetAccessKeyLastUsed"), ("Version", "2010-05-08")], "always")
}

fn keys_of(user: &str) -> Step {
    let query = [("Action", "ListAccessKeys"), ("UserName", user), ("Version", "2010-05-08")];
    step(&query, "when the first answer names a user")
}

/// Sends a step, signed by the owner's own key; `None` if that cannot sign.
fn get(subject: Subject<'_>, line: &Line<'_>, service: Service, step: &Step) -> Result<Option<Reply>, Failure> {
    let (Some(id), Some(secret)) = (subject.variable(OWNER.id), subject.variable(OWNER.secret)) else {
        return Ok(None);
    };
    let signer = Signer { id, secret, session: subject.variable(OWNER.session) };
    match signer.credential(service, &line.host(), &step.query, line.now) {
        Some(credential) => line.get_with(step, &credential, &[sigv4::date(line.now)]).map(Some),
        None => Ok(None),
    }
}

/// Parts of the list of credentials that are asked for, at most.
const PARTS: usize = 50;

fn bedrock_keys(marker: Option<&str>) -> Step {
    let further = marker.map(|marker| ("Marker", marker));
    let query = [("Action", "ListServiceSpecificCredentials"), ("AllUsers", "true")].into_iter().chain(further);
    let query: Vec<_> = query.chain([("ServiceName", "bedrock.amazonaws.com"), ("Version", "2010-05-08")]).collect();
    step(&query, if marker.is_some() { BEDROCK.requests[1].when } else { "always" })
}

const UNSIGNED: &str = "was not asked: the owner's own access key signs nothing";

fn refused(line: &Line<'_>, reply: &Reply) -> KeyFacts {
    match (reply.status, field(reply, "Code").as_deref()) {
        (403, Some("AccessDenied")) => line.unknown(
            "does not let the owner's own key look at it: it is a key of another account, or that key lacks the right",
        ),
        (403, Some("RequestExpired" | "SignatureDoesNotMatch")) => {
            line.unknown("does not take the owner's own key: its secret or this machine's clock is wrong")
        }
        (status, _) => line.unknown(&format!("answered {status} to the owner's own key, which tells nothing")),
    }
}

impl Probe for AccountOfKey {
    fn about(&self) -> &About {
        &ACCOUNT
    }

    fn admits(&self, subject: Subject<'_>) -> Result<(), &'static str> {
        admits(subject)
    }

    fn steps(&self, subject: Subject<'_>) -> Vec<Step> {
        vec![info(subject.key_id().unwrap_or_default())]
    }

    fn ask(&self, subject: Subject<'_>, line: &mut Line<'_>) -> Result<KeyFacts, Failure> {
        let Some(reply) = get(subject, line, STS, &info(subject.key_id().unwrap_or_default()))? else {
            return Ok(line.unknown(UNSIGNED));
        };
        let account = field(&reply, "Account").filter(|text| text.len() == 12);
        Ok(match (reply.status, account) {
            (200, Some(account)) => {
                let facts = line.unknown("names the account, and does not tell whether the key works");
                KeyFacts { owner: Reported::Said(account.clone()), ..facts }.detail("account-id", account)
            }
            (200, None) => line.unreadable(),
            _ => refused(line, &reply),
        })
    }
}

impl Probe for UserOfKey {
    fn about(&self) -> &About {
        &USER
    }

    fn admits(&self, subject: Subject<'_>) -> Result<(), &'static str> {
        admits(subject)
    }

    fn steps(&self, subject: Subject<'_>) -> Vec<Step> {
        vec![last_used(subject.key_id().unwrap_or_default()), keys_of("{user}")]
    }

    fn ask(&self, subject: Subject<'_>, line: &mut Line<'_>) -> Result<KeyFacts, Failure> {
        let id = subject.key_id().unwrap_or_default();
        let Some(reply) = get(subject, line, IAM, &last_used(id))? else { return Ok(line.unknown(UNSIGNED)) };
        if reply.status != 200 {
            return Ok(refused(line, &reply));
        }
        let text = reply.text().unwrap_or_default();
        let Ok(document) = Document::parse(text) else { return Ok(line.unreadable()) };
        if element(document.root(), "AccessKeyLastUsed").is_none() {
            return Ok(line.unreadable());
        }
        let last_used = moment(document.root(), "LastUsedDate").map(LastUse::At).into();
        let mut known = KeyFacts { last_used, ..KeyFacts::default() };
        for (name, detail) in [("ServiceName", "last-used-service"), ("Region", "last-used-region")] {
            if let Some(value) = words(document.root(), name).filter(|value| value != "N/A") {
                known = known.detail(detail, value);
            }
        }
        let Some(user) = words(document.root(), "UserName") else {
            return Ok(line.unknown("names no user of the key").completed_by(known));
        };
        known.owner = Reported::Said(user.clone());
        let listed = match get(subject, line, IAM, &keys_of(&user)) {
            Ok(Some(list)) if list.status == 200 => state(line, &list, id),
            Ok(_) | Err(_) => {
                line.unknown("names the user of the key, and does not let the owner's own key list its keys")
            }
        };
        Ok(listed.completed_by(known))
    }
}

impl Probe for BedrockKey {
    fn about(&self) -> &About {
        &BEDROCK
    }

    fn admits(&self, subject: Subject<'_>) -> Result<(), &'static str> {
        let named = subject.key_id().is_some_and(|id| id.starts_with("BedrockAPIKey-"));
        if subject.key.starts_with("ABSK") && named { Ok(()) } else { Err("it is no long-term key of Bedrock") }
    }

    fn steps(&self, _: Subject<'_>) -> Vec<Step> {
        vec![bedrock_keys(None), bedrock_keys(Some("{marker}"))]
    }

    fn ask(&self, subject: Subject<'_>, line: &mut Line<'_>) -> Result<KeyFacts, Failure> {
        let name = subject.key_id().unwrap_or_default();
        let (mut found, mut marker) = (Vec::new(), None::<String>);
        for _ in 0..PARTS {
            let step = bedrock_keys(marker.as_deref());
            let Some(reply) = get(subject, line, IAM, &step)? else { return Ok(line.unknown(UNSIGNED)) };
            if reply.status != 200 {
                return Ok(refused(line, &reply));
            }
            let Ok(document) = Document::parse(reply.text().unwrap_or_default()) else { return Ok(line.unreadable()) };
            if element(document.root(), "ServiceSpecificCredentials").is_none() {
                return Ok(line.unreadable());
            }
            let rows = document.descendants().filter(|node| node.tag_name().name() == "member");
            found.extend(
                rows.filter(|row| words(*row, "ServiceCredentialAlias").as_deref() == Some(name))
                    .map(|row| bedrock_state(line, row)),
            );
            let more = words(document.root(), "IsTruncated").is_some_and(|word| word == "true");
            marker = words(document.root(), "Marker").filter(|_| more);
            if marker.is_none() {
                return Ok(match (found.pop(), found.is_empty()) {
                    (Some(facts), true) => facts,
                    (Some(_), false) => line.unknown("lists two keys of that name, and nothing tells them apart"),
                    (None, _) => line.unknown("does not list the key in this account; it may be another account's"),
                });
            }
        }
        Ok(line.unknown("has a longer list of keys than is read here"))
    }
}

/// What the account's list says of a key of Bedrock.
fn bedrock_state(line: &Line<'_>, row: Node<'_, '_>) -> KeyFacts {
    let mut facts = match words(row, "Status").as_deref() {
        Some("Active") => line.active("lists the key as active"),
        Some("Inactive") => line.inactive(Inactive::Revoked, "lists the key as switched off"),
        Some("Expired") => line.inactive(Inactive::Expired, "lists the key as expired"),
        _ => line.unknown("lists the key in a state that is not known here"),
    };
    facts.owner = words(row, "UserName").into();
    facts.created = moment(row, "CreateDate").into();
    // The field "is only present for keys that were created with an expiration period".
    facts.expires = match words(row, "ExpirationDate") {
        None => Reported::Said(Expiry::Never),
        Some(_) => moment(row, "ExpirationDate").map(Expiry::At).into(),
    };
    match words(row, "ServiceSpecificCredentialId") {
        Some(id) => facts.detail("credential-id", id),
        None => facts,
    }
}

/// What the user's list says of the key.
fn state(line: &Line<'_>, list: &Reply, id: &str) -> KeyFacts {
    let Ok(document) = Document::parse(list.text().unwrap_or_default()) else { return line.unreadable() };
    let mut rows = document.descendants().filter(|node| node.tag_name().name() == "member");
    let Some(row) = rows.find(|row| words(*row, "AccessKeyId").as_deref() == Some(id)) else {
        return line.unknown("names the user of the key, and does not list the key among those of that user");
    };
    let mut facts = match words(row, "Status").as_deref() {
        Some("Active") => line.active("lists the key as active"),
        Some("Inactive") => line.inactive(Inactive::Revoked, "lists the key as switched off"),
        _ => line.unknown("lists the key in a state that is not known here"),
    };
    facts.created = moment(row, "CreateDate").into();
    facts
}

fn element<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.descendants().find(|node| node.tag_name().name() == name)
}

fn words(node: Node<'_, '_>, name: &str) -> Option<String> {
    element(node, name)?.text().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn moment(node: Node<'_, '_>, name: &str) -> Option<jiff::Timestamp> {
    super::fact::moment(&serde_json::Value::String(words(node, name)?), Time::Text)
}
