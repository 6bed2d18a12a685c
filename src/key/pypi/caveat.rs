//! One caveat of a PyPI token, in today's form and in those of earlier years
//! (pypi/warehouse `warehouse/macaroons/caveats/{__init__,_legacy}.py`).

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::format::macaroon;
use crate::key::glob;

/// What one caveat demands.
pub(super) enum Caveat {
    /// It holds from the second on until the first, in seconds since 1970.
    Window { expires: i64, not_before: i64 },
    /// Only these projects, by normalised name.
    Projects(BTreeSet<String>),
    /// Only these projects, by id.
    Ids(BTreeSet<String>),
    /// A user's whole account, named by the user's id in today's form.
    Account(Option<String>),
    /// Only the projects of this Trusted Publisher.
    Publisher(String),
    /// Not known here; how it is called, without its value.
    Unknown(String),
}

pub(super) fn read(caveat: &macaroon::Caveat) -> Caveat {
    if caveat.third_party {
        return Caveat::Unknown("of a third party".to_owned());
    }
    let value = serde_json::from_slice(&caveat.id).unwrap_or(Value::Null);
    let known = match &value {
        Value::Array(parts) => tagged(parts),
        Value::Object(fields) => older(fields),
        _ => None,
    };
    known.unwrap_or_else(|| Caveat::Unknown(name(&value)))
}

/// `[tag, …]`, the form of today.
fn tagged(parts: &[Value]) -> Option<Caveat> {
    Some(match (parts.first()?.as_i64()?, &parts[1..]) {
        (0, [expires, not_before]) => window(expires, not_before)?,
        (1, [names]) => Caveat::Projects(texts(names, glob::normalised)?),
        (2, [ids]) => Caveat::Ids(texts(ids, str::to_ascii_lowercase)?),
        (3, [user]) => Caveat::Account(Some(user.as_str()?.to_owned())),
        (4, [publisher] | [publisher, _]) => Caveat::Publisher(publisher.as_str()?.to_owned()),
        _ => return None,
    })
}

/// The dictionaries of earlier years, which the server still takes.
fn older(fields: &Map<String, Value>) -> Option<Caveat> {
    match (fields.len(), fields.get("exp"), fields.get("nbf"), fields.get("project_ids")) {
        (2, Some(expires), Some(not_before), _) => return window(expires, not_before),
        (1, _, _, Some(ids)) => return Some(Caveat::Ids(texts(ids, str::to_ascii_lowercase)?)),
        _ => {}
    }
    (fields.len() == 2 && fields.get("version")?.as_i64()? == 1).then_some(())?;
    match fields.get("permissions")? {
        Value::String(word) if word == "user" => Some(Caveat::Account(None)),
        Value::Object(rights) if rights.len() == 1 => {
            Some(Caveat::Projects(texts(rights.get("projects")?, glob::normalised)?))
        }
        _ => None,
    }
}

fn window(expires: &Value, not_before: &Value) -> Option<Caveat> {
    Some(Caveat::Window { expires: expires.as_i64()?, not_before: not_before.as_i64()? })
}

/// A list of nothing but texts.
fn texts(list: &Value, form: impl Fn(&str) -> String) -> Option<BTreeSet<String>> {
    list.as_array()?.iter().map(|text| text.as_str().map(&form)).collect()
}

fn name(caveat: &Value) -> String {
    match caveat {
        Value::Array(parts) => match parts.first().and_then(Value::as_i64) {
            Some(tag) => format!("tag {tag}"),
            None => "a list without a tag".to_owned(),
        },
        Value::Object(fields) => format!("a dictionary of {} fields", fields.len()),
        _ => "no JSON list".to_owned(),
    }
}
