//! Which field of an answer is which fact.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::key::{Action, Expiry, Grant, KeyFacts, LastUse, Power, Reported, Restriction, Subjects};

/// One field, and what it is.
#[derive(Clone, Copy)]
pub(crate) struct Fact(pub(crate) From, pub(crate) Is);

/// Where a field stands.
#[derive(Clone, Copy)]
pub(crate) enum From {
    /// In the JSON, at this pointer; `*` is every element of an array.
    At(&'static str),
    /// In the JSON, at the second pointer of the one element of the list at the first; nowhere if there are several.
    Only(&'static str, &'static str),
    /// In this header.
    Header(&'static str),
}

/// What a field is.
#[derive(Clone, Copy)]
pub(crate) enum Is {
    Kind,
    Name,
    KeyId,
    Owner,
    Created(Time),
    LastUsed(Time),
    /// The end; and what it means that there is none.
    Expires(Time, Without),
    /// Seconds from now until the end; what it means that there are none, or none left to run out.
    EndsIn(Without),
    /// Words for what the key may do: a list, or one text with spaces or commas between them.
    Scopes,
    /// The same, where a word may hold spaces: each text is one.
    Titles,
    /// The same as scopes; `null` or an empty list means that it may do all that its owner may.
    ScopesOrAll,
    /// The same: the names of an object's members that are `true`.
    Switches,
    /// The same: the names of an object's members, of which none means that it may do all that its owner may.
    Roles,
    /// The same, as an object of levels (`{"contents": "write"}`) that may be sorted into objects.
    Levels,
    /// What the words reach; an empty list is everything.
    Reach,
    /// A restriction of this name; nothing if it is empty.
    Restriction(&'static str),
    /// A detail of this name.
    Detail(&'static str),
}

/// How a moment is written.
#[derive(Clone, Copy)]
pub(crate) enum Time {
    /// RFC 3339.
    Text,
    Seconds,
    Millis,
}

/// What it means that an end is not there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Without {
    /// Nothing: the issuer did not say.
    NotSaid,
    /// `null`, or 0 or −1 seconds: the issuer documents that the key has no end.
    NullIsNever,
    /// The same, and the field's absence as well.
    AbsentIsNever,
}

impl Fact {
    pub(crate) const fn at(pointer: &'static str, is: Is) -> Self {
        Self(From::At(pointer), is)
    }

    pub(crate) const fn only(list: &'static str, pointer: &'static str, is: Is) -> Self {
        Self(From::Only(list, pointer), is)
    }

    pub(crate) const fn header(name: &'static str, is: Is) -> Self {
        Self(From::Header(name), is)
    }

    /// Whether it is the key's end.
    pub(crate) const fn is_end(&self) -> bool {
        matches!(self.1, Is::Expires(..) | Is::EndsIn(_))
    }

    /// For people: "scopes (`/scopes`)".
    pub(crate) fn words(&self) -> String {
        let what = match self.1 {
            Is::Kind => "kind",
            Is::Name => "name",
            Is::KeyId => "id",
            Is::Owner => "owner",
            Is::Created(_) => "creation",
            Is::LastUsed(_) => "last use",
            Is::Expires(_, Without::NotSaid) | Is::EndsIn(Without::NotSaid) => "expiry",
            Is::Expires(_, Without::NullIsNever) | Is::EndsIn(Without::NullIsNever) => "expiry, which may be never",
            Is::Expires(..) | Is::EndsIn(_) => "expiry; without one never",
            Is::Scopes | Is::Titles | Is::Switches | Is::Levels => "scopes",
            Is::ScopesOrAll | Is::Roles => "scopes; without any all that its owner may",
            Is::Reach => "what they reach",
            Is::Restriction(name) | Is::Detail(name) => name,
        };
        let place = match self.0 {
            From::At("") => return what.to_owned(),
            From::At(pointer) => pointer.trim_start_matches('/').to_owned(),
            From::Only("", pointer) => format!("the one of the list's {}", &pointer[1..]),
            From::Only(list, pointer) => format!("the one of {}{pointer}", &list[1..]),
            From::Header(name) => name.to_owned(),
        };
        format!("{what} (`{place}`)")
    }
}

/// Reads every fact. A field of another sort than documented is left out: the issuer did not say.
pub(crate) fn read_all(
    table: &[Fact],
    facts: &mut KeyFacts,
    body: &Value,
    header: impl Fn(&str) -> Option<String>,
    power: fn(&str) -> Power,
    now: Timestamp,
) {
    let mut actions = None;
    // A key acts for its owner: without a list of what it reaches, that is all that the owner has.
    let mut subjects = Subjects::Everything;
    for fact in table {
        let (found, held);
        match fact.0 {
            From::At(pointer) => found = all(body, pointer),
            From::Only(list, pointer) => match body.pointer(list).and_then(Value::as_array).map(Vec::as_slice) {
                Some([only]) => found = only.pointer(pointer).into_iter().collect(),
                _ => continue,
            },
            From::Header(name) => {
                held = header(name).map(Value::String);
                found = held.iter().collect();
            }
        }
        match fact.1 {
            Is::Scopes => actions = words(&found).map(|words| named(words, power)).or(actions),
            Is::Switches => actions = switches(&found).map(|words| named(words, power)).or(actions),
            Is::Titles => actions = titles(&found).map(|words| named(words, power)).or(actions),
            Is::Levels => actions = levels(&found).map(|words| named(words, power)).or(actions),
            Is::ScopesOrAll => actions = or_all(words(&found), power),
            Is::Roles => actions = or_all(members(&found), power),
            // One of several that has no name may be all of them.
            Is::Reach if found.len() > 1 && found.iter().any(|name| name.is_null()) => subjects = Subjects::Everything,
            Is::Reach => match words(&found) {
                Some(mut names) if !names.is_empty() => {
                    // A list of rights names a resource once for each.
                    let mut seen = BTreeSet::new();
                    names.retain(|name| seen.insert(name.clone()));
                    subjects = Subjects::Named(names);
                }
                Some(_) => subjects = Subjects::Everything,
                None => {}
            },
            is => one(facts, is, &found, now),
        }
    }
    if let Some(mut actions) = actions {
        if actions.is_empty() {
            actions.push(Action::new("(no scope)", Power::Read));
        }
        facts.grants = Reported::Said(vec![Grant::exact(actions, subjects)]);
    }
}

/// One field; of several values the texts stand side by side, and the first moment counts.
fn one(facts: &mut KeyFacts, is: Is, values: &[&Value], now: Timestamp) {
    let texts: Vec<String> = values.iter().map(|value| text(value)).filter(|text| !text.is_empty()).collect();
    let said = Some(cut(texts.join(", "))).filter(|text| !text.is_empty());
    let found = values.first().copied();
    match is {
        Is::Kind => facts.kind = said.into(),
        Is::Name => facts.name = said.into(),
        Is::KeyId => facts.key_id = said.into(),
        Is::Owner => facts.owner = said.into(),
        Is::Created(time) => facts.created = found.and_then(|value| moment(value, time)).into(),
        Is::LastUsed(time) => {
            facts.last_used = found.and_then(|value| moment(value, time)).map(LastUse::At).into();
        }
        Is::Expires(time, without) => facts.expires = end(found, without, |value| moment(value, time)),
        Is::EndsIn(without) => facts.expires = end(found, without, |value| later(value, now)),
        Is::Restriction(name) => {
            if let Some(value) = said {
                let restriction = Restriction { name: name.to_owned(), value };
                match &mut facts.restrictions {
                    Reported::Said(known) => known.push(restriction),
                    silent @ Reported::NotSaid => *silent = Reported::Said(vec![restriction]),
                }
            }
        }
        Is::Detail(name) => {
            if let Some(value) = said {
                facts.details.insert(name.to_owned(), value);
            }
        }
        Is::Scopes | Is::Titles | Is::ScopesOrAll | Is::Switches | Is::Roles | Is::Levels | Is::Reach => {}
    }
}

/// The values at a pointer in which `*` is every element of an array.
pub(crate) fn all<'v>(body: &'v Value, pointer: &str) -> Vec<&'v Value> {
    match pointer.split_once("/*") {
        None => body.pointer(pointer).into_iter().collect(),
        Some((front, rest)) => {
            let elements = body.pointer(front).and_then(Value::as_array);
            elements.into_iter().flatten().flat_map(|element| all(element, rest)).collect()
        }
    }
}

/// A value as text: text, a number or a truth value; the texts of a list; nothing for anything else.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Array(list) => list.iter().map(text).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", "),
        Value::Null | Value::Object(_) => String::new(),
    }
}

/// Longer texts are cut: they are for reading.
fn cut(text: String) -> String {
    match text.char_indices().nth(200) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// The words of a list or of one text; `None` if there is neither.
fn words(found: &[&Value]) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut any = false;
    for value in found {
        match value {
            Value::Array(list) => {
                any = true;
                words.extend(list.iter().map(text).filter(|text| !text.is_empty()).map(cut));
            }
            Value::String(text) => {
                any = true;
                let parts = text.split([',', ' ']).map(str::trim).filter(|word| !word.is_empty());
                words.extend(parts.map(|word| cut(word.to_owned())));
            }
            _ => {}
        }
    }
    any.then_some(words)
}

/// The members of an object that are `true`, or that are a list with something in it.
fn switches(found: &[&Value]) -> Option<Vec<String>> {
    let object = found.first()?.as_object()?;
    let is_on = |value: &Value| value.as_bool() == Some(true) || value.as_array().is_some_and(|list| !list.is_empty());
    Some(object.iter().filter(|(_, value)| is_on(value)).map(|(name, _)| cut(name.clone())).collect())
}

/// Texts, each as it is; `None` if there is none.
fn titles(found: &[&Value]) -> Option<Vec<String>> {
    let mut all: Vec<String> = found.iter().map(|value| text(value)).filter(|text| !text.is_empty()).map(cut).collect();
    all.sort();
    all.dedup();
    (!all.is_empty()).then_some(all)
}

/// The members of an object.
fn members(found: &[&Value]) -> Option<Vec<String>> {
    Some(found.first()?.as_object()?.keys().map(|name| cut(name.clone())).collect())
}

/// Names with their levels, `contents:write`, at any depth.
fn levels(found: &[&Value]) -> Option<Vec<String>> {
    let object = found.first()?.as_object()?;
    Some(
        object
            .iter()
            .flat_map(|(name, value)| match value {
                Value::String(level) => vec![cut(format!("{name}:{level}"))],
                inner => levels(&[inner]).unwrap_or_default(),
            })
            .collect(),
    )
}

/// All that the owner may do, if no word limits the key.
#[expect(clippy::unnecessary_wraps, reason = "the form of all that read actions")]
fn or_all(words: Option<Vec<String>>, power: fn(&str) -> Power) -> Option<Vec<Action>> {
    match words {
        Some(words) if !words.is_empty() => Some(named(words, power)),
        _ => Some(vec![Action::new("all that its owner may", Power::Everything)]),
    }
}

fn named(words: Vec<String>, power: fn(&str) -> Power) -> Vec<Action> {
    words.into_iter().map(|word| Action::new(word.as_str(), power(&word))).collect()
}

pub(super) fn moment(value: &Value, time: Time) -> Option<Timestamp> {
    match time {
        Time::Text => {
            let text = value.as_str()?;
            text.parse().ok().or_else(|| {
                // A date alone: its last second, so that no key is called dead too early.
                let date: Date = text.parse().ok()?;
                Some(date.at(23, 59, 59, 0).to_zoned(TimeZone::UTC).ok()?.timestamp())
            })
        }
        Time::Seconds => whole(value).filter(|&seconds| seconds > 0).and_then(|at| Timestamp::from_second(at).ok()),
        Time::Millis => whole(value).filter(|&millis| millis > 0).and_then(|at| Timestamp::from_millisecond(at).ok()),
    }
}

fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

fn later(value: &Value, now: Timestamp) -> Option<Timestamp> {
    let seconds = whole(value).filter(|&seconds| seconds > 0)?;
    now.checked_add(SignedDuration::from_secs(seconds)).ok()
}

fn end(found: Option<&Value>, without: Without, read: impl Fn(&Value) -> Option<Timestamp>) -> Reported<Expiry> {
    let never = match found {
        None => without == Without::AbsentIsNever,
        Some(Value::Null) => without != Without::NotSaid,
        Some(value) => without != Without::NotSaid && matches!(whole(value), Some(0 | -1)),
    };
    if never { Reported::Said(Expiry::Never) } else { found.and_then(read).map(Expiry::At).into() }
}

/// Verbs that only look.
const LOOKS: &[&str] = &["read", "list", "view", "get", "search", "browse", "describe", "history", "readonly"];
/// Words that let a key do anything.
const EVERYTHING: &[&str] = &["*", "all", "global", "root", "superuser", "full", "full-access"];

/// What a word amounts to, for issuers that name their rights by verbs: it only looks if one of its parts says so and
/// no part says more; anything else counts as managing.
pub(crate) fn by_verb(word: &str) -> Power {
    let word = word.to_ascii_lowercase();
    if EVERYTHING.contains(&word.as_str()) {
        return Power::Everything;
    }
    let mut parts = word.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let more = |part: &str| ["write", "admin", "manage", "delete", "create", "update", "edit", "owner"].contains(&part);
    if parts.clone().any(more) {
        return Power::Manage;
    }
    if parts.any(|part| LOOKS.contains(&part)) { Power::Read } else { Power::Manage }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_word_only_looks_if_it_says_so() {
        for word in ["read_user", "mail.read", "read:org", "global:read", "users.list"] {
            assert_eq!(by_verb(word), Power::Read, "{word}");
        }
        for word in ["write_builds", "api", "read_write", "admin.users.read", "spread"] {
            assert_eq!(by_verb(word), Power::Manage, "{word}");
        }
        assert_eq!(by_verb("global"), Power::Everything);
    }

    #[test]
    fn no_end_is_never_only_where_the_issuer_documents_it() {
        let of = |found: Option<&Value>, without| end(found, without, |value| moment(value, Time::Millis));
        assert_eq!(of(Some(&json!(null)), Without::NotSaid), Reported::NotSaid);
        assert_eq!(of(Some(&json!(null)), Without::NullIsNever), Reported::Said(Expiry::Never));
        assert_eq!(of(Some(&json!(-1)), Without::NullIsNever), Reported::Said(Expiry::Never));
        assert_eq!(of(None, Without::NullIsNever), Reported::NotSaid);
        assert_eq!(of(None, Without::AbsentIsNever), Reported::Said(Expiry::Never));
        assert_eq!(of(Some(&json!("soon")), Without::AbsentIsNever), Reported::NotSaid);
        let at = Timestamp::from_second(1_800_000_000).unwrap();
        assert_eq!(of(Some(&json!(1_800_000_000_000_i64)), Without::NotSaid), Reported::Said(Expiry::At(at)));
    }

    #[test]
    fn a_date_alone_lasts_until_its_end() {
        let at = moment(&json!("2027-01-31"), Time::Text).unwrap();
        assert_eq!(at.to_string(), "2027-01-31T23:59:59Z");
    }

    #[test]
    fn a_star_is_every_element() {
        let body = json!({"a": [{"h": "x"}, {"h": "y"}, {}]});
        assert_eq!(all(&body, "/a/*/h"), [&json!("x"), &json!("y")]);
        assert!(all(&body, "/a/*/h/*/z").is_empty() && all(&body, "/b/*").is_empty());
    }

    proptest::proptest! {
        #[test]
        fn no_moment_is_too_odd_to_be_read(text in ".{0,40}", number in proptest::num::i64::ANY) {
            for time in [Time::Text, Time::Seconds, Time::Millis] {
                let _ = moment(&json!(text), time);
                let _ = moment(&json!(number), time);
            }
            let _ = later(&json!(number), Timestamp::UNIX_EPOCH);
        }
    }
}
