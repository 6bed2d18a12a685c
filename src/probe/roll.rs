//! Look-ups in the lists of keys that an issuer keeps for their owner. The owner's own credential asks, and the key is
//! found in the list by what may be known of it: the few characters that the list shows. It is not sent.

use data_encoding::BASE64;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::fact::{self, Fact, by_verb};
use super::failure::Failure;
use super::issuer::{About, Line, Probe, Step, Subject};
use crate::key::{Expiry, Inactive, KeyFacts, Power, Reported};

/// One list.
pub(crate) struct Roll {
    /// What people are told. Its last request is the list; `{…}` is a variable's text, a field of the key, or the key's
    /// hash. If the list is in parts, the request before it lists these.
    pub(crate) about: About,
    /// Whether the list holds keys of this form.
    pub(crate) takes: fn(&str) -> bool,
    /// Where the parts of the list are, if it is in parts.
    pub(crate) parts: Option<Parts>,
    /// The list in the answer, as a JSON pointer; an object there is a list of one.
    pub(crate) items: &'static str,
    /// How the next page of the list is asked for.
    pub(crate) next: Next,
    /// The status that says that the list holds no such key, beside an empty one.
    pub(crate) none: Option<u16>,
    /// Whether an element is the key, as far as the list tells.
    pub(crate) is: fn(&Value, Subject<'_>) -> bool,
    /// How sure that is, for people: "by its first three and last four characters".
    pub(crate) by: &'static str,
    /// Whether every element that is the key tells of the same one, the newest first: a log.
    pub(crate) log: bool,
    /// Why being found does not say that the key works, if it does not.
    pub(crate) doubt: Option<&'static str>,
    /// A field of the element, its value (`*` for any but a zero date), and what that says of the key.
    pub(crate) states: &'static [(&'static str, &'static str, Option<Inactive>)],
    /// Whether an element in none of these states is a key that works.
    pub(crate) else_active: bool,
    /// Which field of the element is which fact.
    pub(crate) facts: &'static [Fact],
    /// Which field of the answer around it is.
    pub(crate) around: &'static [Fact],
    /// What a word of the issuer's amounts to.
    pub(crate) power: fn(&str) -> Power,
}

/// Where the parts of a list are listed, and what names each.
#[derive(Clone, Copy)]
pub(crate) struct Parts {
    pub(crate) items: &'static str,
    pub(crate) id: &'static str,
    pub(crate) next: Next,
}

/// How a list goes on.
#[derive(Clone, Copy)]
pub(crate) enum Next {
    /// It is whole.
    Never,
    /// This parameter counts pages, of which the first has this number, until one holds fewer elements than this.
    Page(&'static str, usize, usize),
    /// This parameter takes the id at the second pointer, as long as the first says so.
    After(&'static str, &'static str, &'static str),
}

/// Pages of lists that are asked for, at most.
const PAGES: usize = 50;
/// Stands in a path for the name of a part.
const PART: &str = "{part}";

/// An element that is the key, and the answer around it.
struct Found {
    item: Value,
    around: KeyFacts,
}

/// What became of a walk: a sentence if the list tells nothing.
type Walked<T> = Result<Result<T, String>, Failure>;

impl Roll {
    #[expect(clippy::large_types_passed_by_value, reason = "tables are put together when the library is built")]
    pub(crate) const fn of(about: About) -> Self {
        Self {
            about,
            takes: |_| false,
            parts: None,
            items: "",
            next: Next::Never,
            none: None,
            is: |_, _| false,
            by: "",
            log: false,
            doubt: None,
            states: &[],
            else_active: false,
            facts: &[],
            around: &[],
            power: by_verb,
        }
    }

    /// The one element that is the key; a sentence if there is none, or more than one.
    fn find(&self, subject: Subject<'_>, line: &Line<'_>) -> Walked<Found> {
        let mut left = PAGES;
        let mut steps = self.steps(subject);
        let Some(list) = steps.pop() else { return Ok(Err(UNREADABLE.to_owned())) };
        let lists = match (self.parts, steps.pop()) {
            (Some(parts), Some(step)) => {
                let mut names = Vec::new();
                let mut take = |item: &Value, _: &Value| {
                    names.extend(item.pointer(parts.id).map(fact::text).filter(|name| is_name(name)));
                };
                if let Err(why) = self.walk(step, (parts.items, parts.next), line, &mut left, &mut take)? {
                    return Ok(Err(why));
                }
                names.iter().map(|name| list.with(PART, name)).collect()
            }
            _ => vec![list],
        };
        let mut found = Vec::new();
        let mut take = |item: &Value, body: &Value| {
            if (self.is)(item, subject) {
                let mut around = KeyFacts::default();
                fact::read_all(self.around, &mut around, body, |_| None, self.power, line.now);
                found.push(Found { item: item.clone(), around });
            }
        };
        for step in lists {
            if let Err(why) = self.walk(step, (self.items, self.next), line, &mut left, &mut take)? {
                return Ok(Err(why));
            }
        }
        Ok(self.one(found))
    }

    /// Goes through one list, page by page.
    fn walk(
        &self,
        mut step: Step,
        (items, next): (&'static str, Next),
        line: &Line<'_>,
        left: &mut usize,
        take: &mut dyn FnMut(&Value, &Value),
    ) -> Walked<()> {
        let fixed = step.query.len();
        for page in 1.. {
            let Some(fewer) = left.checked_sub(1) else { break };
            *left = fewer;
            let reply = line.get(&step)?;
            if Some(reply.status) == self.none && !reply.is_page() {
                return Ok(Ok(()));
            }
            if reply.status != 200 {
                let status = reply.status;
                return Ok(Err(format!("answered {status} to the owner's credential, so the list tells nothing")));
            }
            let Some(body) = reply.value() else { return Ok(Err(UNREADABLE.to_owned())) };
            let count = match body.pointer(items) {
                Some(Value::Array(all)) => {
                    for item in all {
                        take(item, &body);
                    }
                    all.len()
                }
                Some(one @ Value::Object(_)) => {
                    take(one, &body);
                    1
                }
                _ => return Ok(Err(UNREADABLE.to_owned())),
            };
            step.query.truncate(fixed);
            match next {
                Next::Page(name, first, full) if count >= full => step.query.push((name, (first + page).to_string())),
                Next::After(name, more, last) if body.pointer(more).and_then(Value::as_bool) == Some(true) => {
                    let Some(last) = body.pointer(last).map(fact::text) else { return Ok(Err(UNREADABLE.to_owned())) };
                    step.query.push((name, last));
                }
                _ => return Ok(Ok(())),
            }
        }
        Ok(Err(format!("has a longer list than the {PAGES} pages that are asked for")))
    }

    fn one(&self, mut found: Vec<Found>) -> Result<Found, String> {
        if self.log {
            found.truncate(1);
        }
        match (found.pop(), found.len()) {
            (Some(only), 0) => Ok(only),
            (Some(_), others) => Err(format!("lists {} keys that could be this one {}", others + 1, self.by)),
            (None, _) => Err("does not list the key among those that the owner's credential may see".to_owned()),
        }
    }

    fn state(&self, item: &Value, line: &Line<'_>) -> KeyFacts {
        let is = |found: &Value, value: &str| match (fact::text(found), value) {
            (text, "*") => !text.is_empty() && !text.starts_with("0001-"),
            (text, value) => text == value,
        };
        let state =
            self.states.iter().find(|(pointer, value, _)| item.pointer(pointer).is_some_and(|found| is(found, value)));
        match (state, self.doubt) {
            (Some((_, "*" | "true", Some(why))), _) => {
                line.inactive(*why, "lists the key as one that does not work any more")
            }
            (Some((_, value, Some(why))), _) => line.inactive(*why, &format!("lists the key as {value}")),
            (_, Some(doubt)) => line.unknown(doubt),
            (Some((_, "false", None)), None) => line.active("lists the key"),
            (Some((_, value, None)), None) => line.active(&format!("lists the key as {value}")),
            (None, None) if self.states.is_empty() || self.else_active => line.active("lists the key"),
            (None, None) => line.unknown("lists the key in a state that is not known here"),
        }
    }
}

impl Roll {
    /// A list that says nothing of a key's state keeps the ones that have ended; and the end of what may be another key is
    /// told, but is not this one's.
    fn read_end(&self, facts: &mut KeyFacts, line: &Line<'_>) {
        let Some(end) = facts.expires.said().copied() else { return };
        if self.doubt.is_some() {
            facts.expires = Reported::NotSaid;
            let end = if let Expiry::At(at) = end { at.to_string() } else { "never".to_owned() };
            facts.details.insert("ends".to_owned(), end);
        } else if self.states.is_empty() && matches!(end, Expiry::At(at) if at <= line.now) {
            let ended = line.inactive(Inactive::Expired, "lists the key with an end that has passed");
            (facts.state, facts.state_reason) = (ended.state, ended.state_reason);
        }
    }
}

const UNREADABLE: &str = "answered 200 with a text that is not what it documents";

impl Probe for Roll {
    fn about(&self) -> &About {
        &self.about
    }

    fn readings(&self) -> Vec<(String, String)> {
        let told: Vec<String> = self.facts.iter().chain(self.around).map(Fact::words).collect();
        let means = match self.doubt {
            Some(doubt) => format!("unknown: {doubt}; {}", told.join(", ")),
            None => format!("active; {}", told.join(", ")),
        };
        let mut rows = vec![(format!("200 with the key in the list, {}", self.by), means)];
        rows.extend(self.states.iter().filter_map(|(pointer, value, why)| {
            let why = match (*why)? {
                Inactive::Expired => "expired",
                Inactive::Revoked => "revoked",
                Inactive::Rejected => "rejected",
            };
            let name = &pointer[1..];
            let value = if *value == "*" { String::new() } else { format!(" = `{value}`") };
            Some((format!("the same with `{name}`{value}"), format!("inactive: {why}")))
        }));
        let ends = self.facts.iter().chain(self.around).any(Fact::is_end);
        if self.states.is_empty() && self.doubt.is_none() && ends {
            rows.push(("the same with an end that has passed".to_owned(), "inactive: expired".to_owned()));
        }
        let none = self.none.map_or_else(String::new, |status| format!(", {status}"));
        let several = if self.log { "" } else { ", or with several that could be it" };
        rows.push((format!("200 without it{several}{none}"), "unknown".to_owned()));
        rows.push((
            "another status".to_owned(),
            "unknown: the owner's credential may not see the list, or not from here".to_owned(),
        ));
        rows
    }

    fn admits(&self, subject: Subject<'_>) -> Result<(), &'static str> {
        if !(self.takes)(subject.key) {
            return Err("the list holds no keys of this form");
        }
        if self.about.requests.iter().any(|request| fill(request.path, subject).is_none()) {
            return Err("what the list is asked by is not known");
        }
        Ok(())
    }

    fn steps(&self, subject: Subject<'_>) -> Vec<Step> {
        let when = "always, and again for each further part of the list";
        let step = |request| Step { when, ..Step::of(request, |part| fill(part, subject).unwrap_or_default()) };
        self.about.requests.iter().map(step).collect()
    }

    fn ask(&self, subject: Subject<'_>, line: &mut Line<'_>) -> Result<KeyFacts, Failure> {
        let Found { item, around } = match self.find(subject, line)? {
            Ok(found) => found,
            Err(why) => return Ok(line.unknown(&why)),
        };
        let mut facts = self.state(&item, line);
        fact::read_all(self.facts, &mut facts, &item, |_| None, self.power, line.now);
        facts = facts.completed_by(around);
        self.read_end(&mut facts, line);
        facts.notes.push(format!("Found in the owner's list at {} {}.", line.host(), self.by));
        Ok(facts)
    }
}

/// A text with what its braces stand for: the key's public id or hash, a field of its own text, the text of a variable.
/// `None` if that is not known, or is nothing that a name could be.
fn fill(text: &str, subject: Subject<'_>) -> Option<String> {
    let Some((front, rest)) = text.split_once('{') else { return Some(text.to_owned()) };
    let (name, rest) = rest.split_once('}')?;
    let filled = match name {
        "part" => PART.to_owned(),
        // How GitHub's audit log names a token (GitHub documentation, "identifying audit log events").
        "sha256" => BASE64.encode(&Sha256::digest(subject.key.as_bytes())),
        "key_id" => subject.key_id().filter(|text| is_name(text))?.to_owned(),
        name => subject.variable(name).or_else(|| subject.detail(name)).filter(|text| is_name(text))?.to_owned(),
    };
    Some(format!("{front}{filled}{}", fill(rest, subject)?))
}

/// Whether this can stand in a path: nothing in it changes the path's meaning.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}
