//! Reading the claims of a JSON Web Token into facts (RFC 7519, section 4.1).

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::facts::{Expiry, KeyFacts, Reported};

/// The text of a claim.
pub(super) fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims.get(name)?.as_str().filter(|text| !text.is_empty())
}

/// The words of a claim that is a text with spaces between them or a list of texts.
pub(super) fn words(claims: &Map<String, Value>, name: &str) -> Vec<String> {
    match claims.get(name) {
        Some(Value::String(text)) => text.split_whitespace().map(str::to_owned).collect(),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// A claim that is seconds since 1970, whole or not; `None` for what is no date.
pub(super) fn time(claims: &Map<String, Value>, name: &str) -> Option<Timestamp> {
    let value = claims.get(name)?;
    match value.as_i64() {
        Some(second) => Timestamp::from_second(second).ok(),
        None => Timestamp::from_duration(SignedDuration::try_from_secs_f64(value.as_f64()?).ok()?).ok(),
    }
}

/// When the token was issued and when it ends, and from when on it holds. A token without `exp` never ends by its own
/// text.
pub(super) fn lifetime(facts: KeyFacts, claims: &Map<String, Value>) -> KeyFacts {
    let mut facts = match time(claims, "nbf") {
        Some(from) => facts.restriction("not-before", from.to_string()),
        None => facts,
    };
    facts.created = time(claims, "iat").into();
    facts.expires = match (claims.get("exp"), time(claims, "exp")) {
        (None | Some(Value::Null), _) => Reported::Said(Expiry::Never),
        (_, Some(at)) => Reported::Said(Expiry::At(at)),
        (Some(_), None) => Reported::NotSaid,
    };
    match facts.expires {
        Reported::Said(Expiry::Never) => {
            facts.note("It carries no `exp`: by its own text it never ends, though a server may set an end of its own.")
        }
        Reported::NotSaid => facts.note("Its `exp` is no date."),
        Reported::Said(Expiry::At(_)) => facts,
    }
}

/// Adds claims of these names, where they are text, numbers or lists of text, as details of the same names.
pub(super) fn details(facts: KeyFacts, claims: &Map<String, Value>, names: &[&str]) -> KeyFacts {
    names.iter().fold(facts, |facts, name| match claims.get(*name) {
        Some(Value::String(text)) if !text.is_empty() => facts.detail(*name, text.as_str()),
        Some(Value::Number(number)) => facts.detail(*name, number.to_string()),
        Some(Value::Array(_)) => match words(claims, name) {
            words if words.is_empty() => facts,
            words => facts.detail(*name, words.join(" ")),
        },
        _ => facts,
    })
}
