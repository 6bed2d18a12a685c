//! AWS: the account behind an access key id, presigned URLs, Bedrock's API keys.

use data_encoding::{BASE32_NOPAD, BASE64, BASE64_NOPAD};
use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use zeroize::Zeroizing;

use super::facts::{Action, Expiry, Grant, KeyFacts, Power, Reported, Subjects};
use super::query::Query;
use crate::issuer::Issuer;

/// Prefixes of ids that belong to a secret (docs.aws.amazon.com, "IAM identifiers: unique ID prefixes").
const CLASSES: &[(&str, &str)] = &[
    ("AKIA", "long-term access key"),
    ("ASIA", "temporary access key (STS)"),
    ("ABIA", "STS bearer token"),
    ("ACCA", "context-specific credential"),
    ("A3T", "access key of an old form"),
];

/// Accounts of canary tokens: whoever asks AWS about such a key tells its owner (trufflesecurity/trufflehog
/// `pkg/detectors/aws/access_keys/canary.go`).
const CANARIES: &[&str] = &[
    "052310077262",
    "171436882533",
    "266735846894",
    "534261010715",
    "595918472158",
    "717712589309",
    "730335385048",
    "819147034852",
    "893192397702",
    "992382622183",
];
/// The same file: accounts of canaries made in Thinkst's manner by others.
const IMITATIONS: &[&str] = &[
    "044858866125",
    "251535659677",
    "344043088457",
    "351906852752",
    "390477818340",
    "426127672474",
    "427150556519",
    "439872796651",
    "445142720921",
    "465867158099",
    "637958123769",
    "693412236332",
    "732624840810",
    "735421457923",
    "959235150393",
    "982842642351",
];

fn issuer() -> Issuer {
    Issuer::new("aws")
}

pub(super) fn decode_key_id(key: &[u8]) -> Option<KeyFacts> {
    let id = str::from_utf8(key).ok()?;
    (id.len() == 20 && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())).then_some(())?;
    let (_, class) = CLASSES.iter().find(|(prefix, _)| id.starts_with(prefix))?;
    let facts = KeyFacts::of_kind(*class).issued_by(issuer());
    let facts = KeyFacts { key_id: Reported::Said(id.to_owned()), ..facts };
    let facts =
        if id.starts_with("AKIA") { KeyFacts { expires: Reported::Said(Expiry::Never), ..facts } } else { facts };
    Some(match account(id) {
        Some(account) => of_account(facts, &account),
        None => facts.note("An id of the generation before the account was written into it."),
    })
}

fn of_account(facts: KeyFacts, account: &str) -> KeyFacts {
    let facts = facts.detail("account-id", account);
    let facts = KeyFacts { owner: Reported::Said(account.to_owned()), ..facts };
    if CANARIES.contains(&account) {
        facts.detail("canary", "Thinkst").note("Its account belongs to Thinkst's canary tokens: it opens nothing, and any use of it tells its owner. Do not try it.")
    } else if IMITATIONS.contains(&account) {
        facts
            .detail("canary", "other")
            .note("Its account is known for canary tokens: any use of it tells its owner. Do not try it.")
    } else {
        facts
    }
}

/// The account's twelve digits: bits 1 to 40 of the id's base32 part (awsteele.com 2020-09-26; medium.com/@TalBeerySec).
/// Ids of the older generation, whose first base32 digit is in its lower half, hold no account (labs.withsecure.com).
fn account(id: &str) -> Option<String> {
    let rest = id.get(4..)?;
    matches!(rest.as_bytes().first()?, b'Q'..=b'Z' | b'2'..=b'7').then_some(())?;
    let bytes = BASE32_NOPAD.decode(rest.as_bytes()).ok()?;
    let first = bytes.first_chunk::<6>()?;
    let number = first.iter().fold(0_u64, |all, &byte| all << 8 | u64::from(byte));
    let account = (number & 0x7fff_ffff_ff80) >> 7;
    // Forty bits hold more than twelve digits: then it was no id that AWS made.
    (account <= 999_999_999_999).then(|| format!("{account:012}"))
}

/// Signature version 4 in a query string (docs.aws.amazon.com, "authenticating requests: using query parameters").
pub(super) fn decode_presigned(key: &[u8]) -> Option<KeyFacts> {
    presigned("presigned URL", &Query::of(key)?)
}

fn presigned(kind: &str, query: &Query) -> Option<KeyFacts> {
    let credential = query.get("X-Amz-Credential")?;
    let mut scope = credential.split('/');
    let id = scope.next()?.to_owned();
    let facts = match decode_key_id(id.as_bytes()) {
        Some(facts) => facts,
        None => KeyFacts { key_id: Reported::Said(id), ..KeyFacts::default() },
    };
    let _day = scope.next()?;
    let mut facts = facts.detail("region", scope.next()?).detail("service", scope.next()?);
    facts.kind = Reported::Said(kind.to_owned());
    facts.issuer = Some(issuer());
    facts.created = query.get("X-Amz-Date").as_deref().and_then(date).into();
    let life = query.get("X-Amz-Expires").and_then(|seconds| seconds.parse::<u32>().ok());
    let end = facts
        .created
        .said()
        .zip(life)
        .and_then(|(from, life)| from.checked_add(SignedDuration::from_secs(i64::from(life))).ok());
    facts.expires = end.map(Expiry::At).into();
    if query.get("X-Amz-Security-Token").is_some() {
        facts = facts.note("It was signed with temporary credentials and ends with them, if that is sooner.");
    }
    let what = query.path().filter(|path| path.len() > 1).map(|path| path.trim_start_matches('/').to_owned());
    Some(match what {
        Some(path) => {
            facts.grant(Grant::exact(vec![Action::new("this request", Power::Read)], Subjects::Named(vec![path])))
        }
        None => facts,
    })
}

/// `20260820T091500Z`.
fn date(text: &str) -> Option<Timestamp> {
    let moment = DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    Offset::UTC.to_timestamp(moment).ok()
}

const SHORT: &[u8] = b"bedrock-api-key-";
const LONG: &[u8] = b"ABSK";

/// Short-term keys are a presigned URL in base64; long-term keys hold the name of the service-specific credential
/// (docs.aws.amazon.com, "Amazon Bedrock API keys").
pub(super) fn decode_bedrock(key: &[u8]) -> Option<KeyFacts> {
    if let Some(rest) = key.strip_prefix(SHORT) {
        let end = rest.iter().rposition(|&byte| byte != b'=').map_or(0, |last| last + 1);
        let text = Zeroizing::new(BASE64_NOPAD.decode(&rest[..end]).ok()?);
        let text = str::from_utf8(&text).ok().filter(|text| text.starts_with("bedrock.amazonaws.com"))?;
        let url = Zeroizing::new(format!("https://{text}"));
        return presigned("Bedrock API key, short-term", &Query::of(url.as_bytes())?);
    }
    let text = Zeroizing::new(BASE64.decode(key.strip_prefix(LONG)?).ok()?);
    let name = str::from_utf8(&text).ok()?.split_once(':')?.0;
    name.starts_with("BedrockAPIKey-").then_some(())?;
    let facts = KeyFacts::of_kind("Bedrock API key, long-term").issued_by(issuer());
    let facts = facts.note("Its end, if any, stands with IAM (service-specific credentials).");
    Some(KeyFacts { key_id: Reported::Said(name.to_owned()), ..facts })
}
