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
    /// What else must be known of a key; in a sentence, why it is not asked about.
    pub(crate) only: fn(Subject<'_>) -> Result<(), &'static str>,
    /// A further page that an answer leads to.
    pub(crate) then: Option<Then>,
}

/// A further page, which tells more of a key that works: it is the second of the requests that people are told of, and `{…}`
/// in its path is a JSON pointer into the first answer, or `{key_id}` for the key's public id. A refusal there takes nothing back.
pub(crate) struct Then {
    /// The list in the answer and where in its elements the key's id is, and where that id stands in the first answer;
    /// `None` if the whole answer is about the key.
    pub(crate) pick: Option<(&'static str, &'static str, &'static str)>,
    /// Which keys it is asked about.
    pub(crate) of: fn(&str) -> bool,
    pub(crate) facts: &'static [Fact],
}

impl Page {
    /// A page without any of that yet.
    #[expect(clippy::large_types_passed_by_value, reason = "tables are put together when the library is built")]
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
            only: |_| Ok(()),
            then: None,
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
    /// The answer has this header.
    Header(&'static str),
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
            When::Header(name) => reply.header(name).is_some(),
        }
    }

    /// For people: the answer, and what it means.
    fn words(&self) -> (String, String) {
        let answer = match self.when {
            When::Always => self.status.to_string(),
            When::Says(text) => format!("{} that says `{text}`", self.status),
            When::Is(pointer, value) => format!("{} with `{}` = `{value}`", self.status, &pointer[1..]),
            When::Has(pointer) => format!("{} with `{}`", self.status, &pointer[1..]),
            When::Header(name) => format!("{} with the header `{name}`", self.status),
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
        if let Some(then) = &self.then {
            let more: Vec<String> = then.facts.iter().map(Fact::words).collect();
            rows.push(("then 200 from the second page".to_owned(), format!("active; {} too", more.join(", "))));
        }
        rows
    }

    fn admits(&self, subject: Subject<'_>) -> Result<(), &'static str> {
        match self.others.iter().find(|(prefix, _)| subject.key.starts_with(prefix)) {
            Some((_, why)) => Err(why),
            None if self.forms.iter().any(|form| form.fits(subject.key)) => (self.only)(subject),
            None => Err("its form is not one that the issuer's page about keys is known to take"),
        }
    }

    fn host(&self, subject: Subject<'_>) -> Option<Named> {
        (self.host)(subject)
    }

    fn steps(&self, subject: Subject<'_>) -> Vec<Step> {
        let mut requests = self.about.requests.iter();
        let first = requests.next().map(|request| Step { post: self.post, ..Step::of(request, str::to_owned) });
        let second = self.then.as_ref().filter(|then| (then.of)(subject.key)).and(requests.next());
        let id = subject.key_id().filter(|id| is_id(id));
        let fill = |part: &str| id.filter(|_| part == "{key_id}").unwrap_or(part).to_owned();
        first.into_iter().chain(second.map(|request| Step::of(request, fill))).collect()
    }

    fn ask(&self, subject: Subject<'_>, line: &mut Line<'_>) -> Result<KeyFacts, Failure> {
        let mut steps = self.steps(subject).into_iter();
        let Some(step) = steps.next() else { return Ok(line.unreadable()) };
        let reply = line.get(&step)?;
        let Some(row) = self.rows.iter().find(|row| row.fits(&reply)) else { return Ok(line.unexpected(&reply)) };
        Ok(match row.verdict {
            Verdict::Unknown => line.unknown(row.said),
            Verdict::Inactive(_) if reply.is_page() => {
                line.unknown("answered with a page for people: something in front of the issuer speaks")
            }
            Verdict::Inactive(why) => self.read(line.inactive(why, row.said), line, &reply),
            Verdict::Active if self.is_proved(&reply) => {
                let facts = self.read(line.active(row.said), line, &reply);
                let more = steps.next().filter(|_| reply.status == 200);
                facts.completed_by(more.and_then(|step| self.more(step, line, &reply)).unwrap_or_default())
            }
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

    /// What the second page tells; nothing if the first answer does not lead to it, or if it tells nothing.
    fn more(&self, step: Step, line: &Line<'_>, first: &Reply) -> Option<KeyFacts> {
        let (then, first) = (self.then.as_ref()?, first.value()?);
        let step =
            Step { segments: step.segments.iter().map(|part| filled(part, &first)).collect::<Option<_>>()?, ..step };
        let reply = line.get(&step).ok().filter(|reply| reply.status == 200)?;
        let mut value = reply.value()?;
        if let Some((list, id, own)) = then.pick {
            let own = super::fact::text(first.pointer(own)?);
            let is_own = |item: &&serde_json::Value| {
                !own.is_empty() && item.pointer(id).is_some_and(|id| super::fact::text(id) == own)
            };
            value = value.pointer(list)?.as_array()?.iter().find(is_own)?.clone();
        }
        let mut facts = KeyFacts::default();
        let header = |name: &str| reply.header(name).map(str::to_owned);
        super::fact::read_all(then.facts, &mut facts, &value, header, self.power, line.now);
        Some(facts)
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

/// A part of a path, with the text of the first answer in the place of its braces; `None` if that is nothing that an id
/// could be.
fn filled(part: &str, first: &serde_json::Value) -> Option<String> {
    let Some(pointer) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
        return Some(part.to_owned());
    };
    let text = super::fact::text(first.pointer(&format!("/{}", pointer.replace('.', "/")))?);
    is_id(&text).then_some(text)
}

/// Whether this can stand in a path as an id.
fn is_id(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    !text.is_empty() && text.len() <= 128 && text.bytes().all(fits)
}
