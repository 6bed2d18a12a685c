//! An issuer of which one page tells everything, as a table: which keys it takes, what each answer means, and which
//! field of the answer is which fact.

use super::client::Reply;
use super::fact::Fact;
use super::failure::Failure;
use super::issuer::{About, Line, Named, Probe, Step, Subject};
use super::post::Post;
use crate::key::{Inactive, KeyFacts, Power, State};

/// One issuer's page.
pub(crate) struct Page {
    /// What people are told. Its one request is the one that is sent.
    pub(crate) about: About,
    /// The forms of key that the page takes. A key of another form would be refused whether it lives or not.
    pub(crate) forms: &'static [Form],
    /// Prefixes of the same issuer's keys that it does not take, and why.
    pub(crate) others: &'static [(&'static str, &'static str)],
    /// What is sent in place of a GET.
    pub(crate) post: Option<Post>,
    /// What each answer means; the first that fits counts, and none means that nobody knows.
    pub(crate) rows: &'static [Row],
    /// What a success must hold (JSON pointers), or else something other than the issuer answered.
    pub(crate) proof: &'static [&'static str],
    /// Which field is which fact.
    pub(crate) facts: &'static [Fact],
    /// What a word of the issuer's amounts to.
    pub(crate) power: fn(&str) -> Power,
    /// What a reader must know.
    pub(crate) notes: &'static [&'static str],
    /// The customer's server that the key is for.
    pub(crate) host: fn(Subject<'_>) -> Option<Named>,
}

impl Page {
    /// A page without any of that yet.
    pub(crate) const fn of(about: About) -> Self {
        Self {
            about,
            forms: &[],
            others: &[],
            post: None,
            rows: &[],
            proof: &[],
            facts: &[],
            power: super::fact::by_verb,
            notes: &[],
            host: |_| None,
        }
    }
}

/// How a key looks.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    /// It begins so.
    Prefix(&'static str),
    /// It is so long and made of nothing but these.
    Of(usize, fn(u8) -> bool),
    /// Its rule alone tells its class.
    Any,
}

impl Form {
    fn fits(self, key: &str) -> bool {
        match self {
            Self::Prefix(prefix) => key.starts_with(prefix),
            Self::Of(length, is) => key.len() == length && key.bytes().all(is),
            Self::Any => true,
        }
    }
}

/// One answer and what it means.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub(crate) status: u16,
    pub(crate) when: When,
    pub(crate) verdict: Verdict,
    /// What the issuer did, after its name: "does not know the key".
    pub(crate) said: &'static str,
}

/// What else tells an answer from others of its status.
#[derive(Clone, Copy)]
pub(crate) enum When {
    Always,
    /// The body holds this text.
    Says(&'static str),
    /// The JSON has this at this pointer.
    Is(&'static str, &'static str),
    /// The JSON has anything at this pointer.
    Has(&'static str),
}

/// What an answer means for the key.
#[derive(Clone, Copy)]
pub(crate) enum Verdict {
    Active,
    Inactive(Inactive),
    Unknown,
}

impl Row {
    /// The key works.
    pub(crate) const OK: Self = Self::active(200, When::Always, "knows the key");
    /// The issuer refused a key of a class that it takes here.
    pub(crate) const REFUSED: Self = Self::rejected(401, When::Always, "does not know the key (401)");
    /// Several things.
    pub(crate) const FORBIDDEN: Self = Self::unknown(
        403,
        When::Always,
        "answered 403, which can mean rights, single sign-on, a network rule or a suspended account",
    );

    pub(crate) const fn active(status: u16, when: When, said: &'static str) -> Self {
        Self { status, when, verdict: Verdict::Active, said }
    }

    pub(crate) const fn rejected(status: u16, when: When, said: &'static str) -> Self {
        Self { status, when, verdict: Verdict::Inactive(Inactive::Rejected), said }
    }

    pub(crate) const fn expired(status: u16, when: When) -> Self {
        Self { status, when, verdict: Verdict::Inactive(Inactive::Expired), said: "says that the key has expired" }
    }

    pub(crate) const fn revoked(status: u16, when: When) -> Self {
        Self { status, when, verdict: Verdict::Inactive(Inactive::Revoked), said: "says that the key is revoked" }
    }

    pub(crate) const fn unknown(status: u16, when: When, said: &'static str) -> Self {
        Self { status, when, verdict: Verdict::Unknown, said }
    }

    fn fits(&self, reply: &Reply) -> bool {
        if reply.status != self.status {
            return false;
        }
        let at = |pointer: &str| reply.value().and_then(|value| value.pointer(pointer).cloned());
        match self.when {
            When::Always => true,
            When::Says(text) => reply.says(text),
            When::Is(pointer, wanted) => at(pointer).is_some_and(|found| super::fact::text(&found) == wanted),
            When::Has(pointer) => at(pointer).is_some_and(|found| !found.is_null()),
        }
    }

    /// For people: the answer, and what it means.
    fn words(&self) -> (String, String) {
        let answer = match self.when {
            When::Always => self.status.to_string(),
            When::Says(text) => format!("{} that says `{text}`", self.status),
            When::Is(pointer, value) => format!("{} with `{}` = `{value}`", self.status, &pointer[1..]),
            When::Has(pointer) => format!("{} with `{}`", self.status, &pointer[1..]),
        };
        let means = match self.verdict {
            Verdict::Active => "active".to_owned(),
            Verdict::Inactive(Inactive::Expired) => "inactive: expired".to_owned(),
            Verdict::Inactive(Inactive::Revoked) => "inactive: revoked".to_owned(),
            Verdict::Inactive(Inactive::Rejected) => "inactive: rejected".to_owned(),
            Verdict::Unknown => format!("unknown: {}", self.said),
        };
        (answer, means)
    }
}

impl Probe for Page {
    fn about(&self) -> &About {
        &self.about
    }

    fn post(&self) -> Option<Post> {
        self.post
    }

    fn readings(&self) -> Vec<(String, String)> {
        let mut rows: Vec<(String, String)> = self.rows.iter().map(Row::words).collect();
        let told: Vec<String> = self.facts.iter().map(Fact::words).collect();
        if let (Some((_, means)), false) = (rows.iter_mut().find(|(_, means)| means == "active"), told.is_empty()) {
            *means = format!("active; {}", told.join(", "));
        }
        rows
    }

    fn admits(&self, subject: Subject<'_>) -> Result<(), &'static str> {
        match self.others.iter().find(|(prefix, _)| subject.key.starts_with(prefix)) {
            Some((_, why)) => Err(why),
            None if self.forms.iter().any(|form| form.fits(subject.key)) => Ok(()),
            None => Err("its form is not one that the issuer's page about keys is known to take"),
        }
    }

    fn host(&self, subject: Subject<'_>) -> Option<Named> {
        (self.host)(subject)
    }

    fn steps(&self, _: Subject<'_>) -> Vec<Step> {
        let whole = self.about.requests.first().map_or("", |request| request.path);
        let (path, query) = whole.split_once('?').unwrap_or((whole, ""));
        let fixed = query.split('&').filter(|pair| !pair.ends_with(super::carrier::Carrier::PLACE));
        let query = fixed.filter_map(|pair| pair.split_once('=')).map(|(name, value)| (name, value.to_owned()));
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        vec![Step { query: query.collect(), post: self.post, ..Step::always(&segments) }]
    }

    fn ask(&self, subject: Subject<'_>, line: &mut Line<'_>) -> Result<KeyFacts, Failure> {
        let Some(step) = self.steps(subject).pop() else { return Ok(line.unreadable()) };
        let reply = line.get(&step)?;
        let Some(row) = self.rows.iter().find(|row| row.fits(&reply)) else { return Ok(line.unexpected(&reply)) };
        Ok(match row.verdict {
            Verdict::Unknown => line.unknown(row.said),
            Verdict::Inactive(_) if reply.is_page() => {
                line.unknown("answered with a page for people: something in front of the issuer speaks")
            }
            Verdict::Inactive(why) => self.read(line.inactive(why, row.said), line, &reply),
            Verdict::Active if self.is_proved(&reply) => self.read(line.active(row.said), line, &reply),
            Verdict::Active => line.unreadable(),
        })
    }
}

impl Page {
    /// Whether a success is the issuer's own: it holds what the issuer documents. A refusal that means *active* (the key
    /// lacks a right) needs no proof but its own row.
    fn is_proved(&self, reply: &Reply) -> bool {
        if !(200..300).contains(&reply.status) {
            return !reply.is_page();
        }
        if reply.status == 204 {
            return self.proof.is_empty();
        }
        let Some(value) = reply.value().filter(|value| value.is_object() || value.is_array()) else { return false };
        self.proof.iter().all(|pointer| value.pointer(pointer).is_some_and(|found| !found.is_null()))
    }

    fn read(&self, mut facts: KeyFacts, line: &Line<'_>, reply: &Reply) -> KeyFacts {
        let value = reply.value().unwrap_or_default();
        let header = |name: &str| reply.header(name).map(str::to_owned);
        super::fact::read_all(self.facts, &mut facts, &value, header, self.power, line.now);
        if facts.state == State::Active {
            facts.notes.extend(self.notes.iter().map(|&note| note.to_owned()));
        }
        facts
    }
}
