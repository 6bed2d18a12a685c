//! Look-ups in the lists of keys that an issuer keeps for their owner. The owner's own credential asks, and the key is
//! found in the list by what may be known of it: the few characters that the list shows. It is not sent.

use serde_json::Value;

use super::fact::{self, Fact, by_verb};
use super::failure::Failure;
use super::issuer::{About, Line, Probe, Step, Subject};
use crate::key::{Inactive, KeyFacts, Power};

/// One list.
pub(crate) struct Roll {
    /// What people are told. Its one request is the one that is sent; `{…}` in its path is a variable's text, or a field
    /// of the key.
    pub(crate) about: About,
    /// Whether the list holds keys of this form.
    pub(crate) takes: fn(&str) -> bool,
    /// The list in the answer, as a JSON pointer.
    pub(crate) items: &'static str,
    /// How the next part of the list is asked for.
    pub(crate) next: Next,
    /// Whether an element is the key, as far as the list tells.
    pub(crate) is: fn(&Value, &str) -> bool,
    /// How sure that is, for people: "by its first three and last four characters".
    pub(crate) by: &'static str,
    /// A field of the element, its value, and what that says of the key. Without any, being in the list says active.
    pub(crate) states: &'static [(&'static str, &'static str, Option<Inactive>)],
    /// Which field of the element is which fact.
    pub(crate) facts: &'static [Fact],
    /// What a word of the issuer's amounts to.
    pub(crate) power: fn(&str) -> Power,
}

/// How a list goes on.
#[derive(Clone, Copy)]
pub(crate) enum Next {
    /// It is whole.
    Never,
    /// `page=2`, until a page holds fewer than this.
    Page(usize),
    /// This parameter takes the id at the second pointer, as long as the first says so.
    After(&'static str, &'static str, &'static str),
}

/// Parts of a list that are asked for, at most.
const PARTS: usize = 50;

impl Roll {
    pub(crate) const fn of(about: About) -> Self {
        Self {
            about,
            takes: |_| false,
            items: "",
            next: Next::Never,
            is: |_, _| false,
            by: "",
            states: &[],
            facts: &[],
            power: by_verb,
        }
    }

    /// The one element that is the key; a sentence if there is none, or more than one.
    fn find(&self, subject: Subject<'_>, line: &mut Line<'_>) -> Result<Result<Value, String>, Failure> {
        let mut found: Vec<Value> = Vec::new();
        let mut step = self.steps(subject).remove(0);
        let fixed = step.query.len();
        for part in 1..=PARTS {
            let reply = line.get(&step)?;
            if reply.status != 200 {
                let status = reply.status;
                return Ok(Err(format!("answered {status} to the owner's credential, so the list tells nothing")));
            }
            let Some(body) = reply.value() else { return Ok(Err(UNREADABLE.to_owned())) };
            let Some(items) = body.pointer(self.items).and_then(Value::as_array) else {
                return Ok(Err(UNREADABLE.to_owned()));
            };
            found.extend(items.iter().filter(|item| (self.is)(item, subject.key)).cloned());
            step.query.truncate(fixed);
            match self.next {
                Next::Page(full) if items.len() >= full => step.query.push(("page", (part + 1).to_string())),
                Next::After(name, more, last) if body.pointer(more).and_then(Value::as_bool) == Some(true) => {
                    let Some(last) = body.pointer(last).map(fact::text) else { return Ok(Err(UNREADABLE.to_owned())) };
                    step.query.push((name, last));
                }
                _ => return Ok(self.one(found)),
            }
        }
        Ok(Err(format!("has a longer list than the {PARTS} parts that are asked for")))
    }

    fn one(&self, mut found: Vec<Value>) -> Result<Value, String> {
        match (found.pop(), found.len()) {
            (Some(only), 0) => Ok(only),
            (Some(_), others) => Err(format!("lists {} keys that could be this one {}", others + 1, self.by)),
            (None, _) => Err("does not list the key among those that the owner's credential may see".to_owned()),
        }
    }
}

const UNREADABLE: &str = "answered 200 with a text that is not what it documents";

impl Probe for Roll {
    fn about(&self) -> &About {
        &self.about
    }

    fn readings(&self) -> Vec<(String, String)> {
        let told: Vec<String> = self.facts.iter().map(Fact::words).collect();
        let mut rows =
            vec![(format!("200 with the key in the list, {}", self.by), format!("active; {}", told.join(", ")))];
        rows.extend(self.states.iter().filter_map(|(pointer, value, why)| {
            let why = match (*why)? {
                Inactive::Expired => "expired",
                Inactive::Revoked => "revoked",
                Inactive::Rejected => "rejected",
            };
            Some((format!("the same with `{}` = `{value}`", &pointer[1..]), format!("inactive: {why}")))
        }));
        rows.push(("200 without it, or with several that could be it".to_owned(), "unknown".to_owned()));
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
        let whole = self.about.requests.first().map_or("", |request| request.path);
        let (path, query) = whole.split_once('?').unwrap_or((whole, ""));
        let query = query.split('&').filter_map(|pair| pair.split_once('='));
        let segments = path.split('/').filter(|segment| !segment.is_empty());
        let filled: Vec<String> = segments.map(|segment| fill(segment, subject).unwrap_or_default()).collect();
        vec![Step {
            segments: filled,
            query: query.map(|(name, value)| (name, value.to_owned())).collect(),
            post: None,
            when: "always, and again for each further part of the list",
        }]
    }

    fn ask(&self, subject: Subject<'_>, line: &mut Line<'_>) -> Result<KeyFacts, Failure> {
        let item = match self.find(subject, line)? {
            Ok(item) => item,
            Err(why) => return Ok(line.unknown(&why)),
        };
        let state = self
            .states
            .iter()
            .find(|(pointer, value, _)| item.pointer(pointer).is_some_and(|found| fact::text(found) == *value));
        let mut facts = match state {
            Some((_, value, Some(why))) => line.inactive(*why, &format!("lists the key as {value}")),
            Some((_, value, None)) => line.active(&format!("lists the key as {value}")),
            None if self.states.is_empty() => line.active("lists the key"),
            None => line.unknown("lists the key in a state that is not known here"),
        };
        fact::read_all(self.facts, &mut facts, &item, |_| None, self.power, line.now);
        facts.notes.push(format!("Found in the owner's list at {} {}.", line.host(), self.by));
        Ok(facts)
    }
}

/// A path with what its braces stand for: the key's public id, or the text of a variable. `None` if that is not known, or
/// is nothing that a name could be.
fn fill(path: &str, subject: Subject<'_>) -> Option<String> {
    let Some((front, rest)) = path.split_once('{') else { return Some(path.to_owned()) };
    let (name, rest) = rest.split_once('}')?;
    let text = if name == "key_id" { subject.key_id() } else { subject.variable(name) }?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (!text.is_empty() && text.bytes().all(is_name)).then_some(())?;
    Some(format!("{front}{text}{}", fill(rest, subject)?))
}
