//! What one issuer's file says: whom it asks, what, and how an answer is read.

use std::cell::Cell;
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::base::Base;
use super::carrier::{Carrier, Credential};
use super::client::{Call, Client, Reply};
use super::failure::Failure;
use super::post::Post;
use crate::issuer::Issuer;
use crate::key::{Inactive, KeyFacts, State};
use crate::secret::Secret;

/// What people are told about one way of asking an issuer, and what the asking itself goes by.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// The issuer.
    pub issuer: &'static Issuer,
    /// Other issuers whose software answers in the same way.
    pub also: &'static [Issuer],
    /// The issuer's own public address; `None` when there are only servers of the user's own, or one per customer.
    pub public: Option<&'static str>,
    /// Host names that mean the public server when they stand near a key.
    pub hosts: &'static [&'static str],
    /// The endings of host names under which the issuer gives each customer a server (`.okta.com`). One label stands
    /// before it. The issuer answers there, nobody else.
    pub tenants: &'static [&'static str],
    /// Whether a key without a host near it is one of the public server's.
    pub public_by_default: bool,
    /// What proves to the server who asks: the key itself, as a rule.
    pub carrier: Carrier,
    /// Further headers, none of them secret; `{owner}` is the owner that a part beside the key names.
    pub extra: &'static [(&'static str, &'static str)],
    /// Which keys may be asked about.
    pub accepts: &'static str,
    /// What is asked, in the order of sending.
    pub asks: &'static str,
    /// Every request, in the order of sending; what stands in braces is filled in.
    pub requests: &'static [Template],
    /// What each answer means, in the order in which they are tried. Any other answer means that nobody knows.
    pub readings: &'static [Reading],
    /// Why this is asked only of an issuer that the user names; `None` for what `--probe` alone asks.
    pub only_by_name: Option<&'static str>,
    /// What asking changes at the issuer.
    pub side_effects: &'static str,
    /// Where the meaning of the answers comes from.
    pub source: &'static str,
}

impl About {
    /// What most issuers have in common: one public host, the key as a bearer token, nothing else.
    pub(crate) const fn of(issuer: &'static Issuer, public: &'static str) -> Self {
        Self {
            issuer,
            also: &[],
            public: Some(public),
            hosts: &[],
            tenants: &[],
            public_by_default: true,
            carrier: Carrier::BEARER,
            extra: &[],
            accepts: "",
            asks: "",
            requests: &[],
            readings: &[],
            only_by_name: None,
            side_effects: "none known",
            source: "",
        }
    }

    /// Servers of the user's own alone.
    pub(crate) const fn own_servers(issuer: &'static Issuer) -> Self {
        Self { public: None, public_by_default: false, ..Self::of(issuer, "") }
    }

    /// One server for each customer, under these endings.
    pub(crate) const fn tenants(issuer: &'static Issuer, endings: &'static [&'static str]) -> Self {
        Self { tenants: endings, ..Self::own_servers(issuer) }
    }
}

/// A request as people are told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    /// `GET`; for the few requests in `post.rs` `POST`.
    pub method: &'static str,
    /// Path and query; `{key}` is where the key stands, if it stands in the address.
    pub path: &'static str,
    /// When it is sent.
    pub when: &'static str,
}

impl Template {
    /// A request that is always sent.
    pub(crate) const fn get(path: &'static str) -> Self {
        Self { method: "GET", path, when: "always" }
    }

    /// A request that is sent under a condition.
    pub(crate) const fn get_if(path: &'static str, when: &'static str) -> Self {
        Self { method: "GET", path, when }
    }
}

/// What one answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The answer: the status, and what else tells it from others.
    pub answer: &'static str,
    /// What it means: *active*, *inactive: …* or *unknown*, and what it tells.
    pub means: &'static str,
}

impl Reading {
    pub(crate) const fn new(answer: &'static str, means: &'static str) -> Self {
        Self { answer, means }
    }
}

/// One request that asking may send.
pub(crate) struct Step {
    /// Path segments after the base; [`Carrier::PLACE`] where the key stands, if it stands in one.
    pub(crate) segments: Vec<String>,
    /// Parameters after them, none of them secret.
    pub(crate) query: Vec<(&'static str, String)>,
    /// What is sent in place of a GET.
    pub(crate) post: Option<Post>,
    /// Whether the key stands in its address, if its issuer takes it there.
    pub(crate) carries_key: bool,
    /// When it is sent.
    pub(crate) when: &'static str,
}

impl Step {
    /// A request that is always sent.
    pub(crate) fn always(segments: &[&str]) -> Self {
        let segments = segments.iter().map(|&s| s.to_owned()).collect();
        Self { segments, query: Vec::new(), post: None, carries_key: true, when: "always" }
    }

    /// The request of a declared path, whose segments and parameters `fill` completes.
    pub(crate) fn of(template: &Template, fill: impl Fn(&str) -> String) -> Self {
        let (path, query) = template.path.split_once('?').unwrap_or((template.path, ""));
        let fixed = query.split('&').filter(|pair| !pair.ends_with(Carrier::PLACE));
        let query = fixed.filter_map(|pair| pair.split_once('='));
        Self {
            segments: path.split('/').filter(|segment| !segment.is_empty()).map(&fill).collect(),
            query: query.map(|(name, value)| (name, fill(value))).collect(),
            post: None,
            carries_key: true,
            when: template.when,
        }
    }

    /// The same with a text in the place of another in its path.
    pub(crate) fn with(&self, place: &str, text: &str) -> Self {
        let segments = self.segments.iter().map(|segment| segment.replace(place, text)).collect();
        Self { segments, query: self.query.clone(), ..*self }
    }

    /// Its method.
    pub(crate) fn method(&self) -> &'static str {
        if self.post.is_some() { "POST" } else { "GET" }
    }
}

/// What an issuer's file reads of a question.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    /// The key as text.
    pub(crate) key: &'a str,
    /// Whose key it is said to be: one of the issuers of the probe.
    pub(crate) issuer: &'a Issuer,
    /// Package ids to ask about, as many as the limits allow.
    pub(crate) packages: &'a [String],
    /// Whether the server is one of the user's own.
    pub(crate) own_server: bool,
    /// What the key's own text and the parts beside it say.
    pub(crate) decoded: Option<&'a KeyFacts>,
    /// The server that stands near the key.
    pub(crate) host: Option<&'a str>,
    /// The owner's own credentials and what belongs to them, by the variables that held them.
    pub(crate) variables: &'a BTreeMap<&'static str, Secret>,
}

impl<'a> Subject<'a> {
    /// The public id of the key, from its own text or the part beside it.
    pub(crate) fn key_id(&self) -> Option<&'a str> {
        self.decoded?.key_id.said().map(String::as_str)
    }

    /// Its owner, from the same.
    pub(crate) fn owner(&self) -> Option<&'a str> {
        self.decoded?.owner.said().map(String::as_str)
    }

    /// What a variable held, for a request.
    pub(crate) fn variable(&self, name: &str) -> Option<&'a str> {
        std::str::from_utf8(self.variables.get(name)?.expose_for_request()).ok()
    }

    /// A further field of the same.
    pub(crate) fn detail(&self, name: &str) -> Option<&'a str> {
        self.decoded?.details.get(name).map(String::as_str)
    }
}

/// A host that the key's own text or a part beside it names.
pub(crate) struct Named {
    pub(crate) host: String,
    /// The key's own text says so, and not merely a part beside it.
    pub(crate) by_key: bool,
}

/// One issuer.
pub(crate) trait Probe: Sync {
    /// What people are told about it.
    fn about(&self) -> &About;

    /// What is posted, for the few pages that only answer a POST.
    fn post(&self) -> Option<Post> {
        None
    }

    /// What each answer means, for people.
    fn readings(&self) -> Vec<(String, String)> {
        self.about().readings.iter().map(|row| (row.answer.to_owned(), row.means.to_owned())).collect()
    }

    /// Whether the endpoint accepts this class of key; in a sentence, why not. A key of another class would be
    /// refused whether it lives or not.
    fn admits(&self, subject: Subject<'_>) -> Result<(), &'static str>;

    /// The host under one of [`About::tenants`] that the key is for, if its text or a part beside it tells.
    fn host(&self, _: Subject<'_>) -> Option<Named> {
        None
    }

    /// Every request that [`Self::ask`] may send, in its order.
    fn steps(&self, subject: Subject<'_>) -> Vec<Step>;

    /// Asks, and reads the answers.
    fn ask(&self, subject: Subject<'_>, line: &mut Line<'_>) -> Result<KeyFacts, Failure>;
}

/// The way to one host with one key.
pub(crate) struct Line<'a> {
    pub(crate) client: &'a Client,
    pub(crate) base: &'a Base,
    pub(crate) credential: Credential,
    /// Further headers, filled in.
    pub(crate) extra: Vec<(&'static str, String)>,
    /// Whether the key is known to be for this host. If not, its refusal proves nothing.
    pub(crate) host_proved: bool,
    /// Requests sent so far.
    pub(crate) sent: Cell<usize>,
    /// The moment of the question.
    pub(crate) now: Timestamp,
}

impl Line<'_> {
    /// Sends one step.
    pub(crate) fn get(&self, step: &Step) -> Result<Reply, Failure> {
        self.get_with(step, &self.credential, &[])
    }

    /// The same, with another proof of who asks and further headers.
    pub(crate) fn get_with(
        &self,
        step: &Step,
        credential: &Credential,
        further: &[(&'static str, String)],
    ) -> Result<Reply, Failure> {
        let call = Call {
            base: self.base,
            segments: &step.segments,
            query: &step.query,
            post: step.post,
            credential,
            extra: &self.extra,
            further,
        };
        self.client.send(&call, &self.sent)
    }

    /// The host that is asked.
    pub(crate) fn host(&self) -> String {
        self.base.host()
    }

    /// The key works.
    pub(crate) fn active(&self, said: &str) -> KeyFacts {
        facts(State::Active, format!("{} {said}", self.host()))
    }

    /// Nobody can say.
    pub(crate) fn unknown(&self, said: &str) -> KeyFacts {
        facts(State::Unknown, format!("{} {said}", self.host()))
    }

    /// The host refused the key, which accepts this class of key: proof, if the key is for this host at all.
    pub(crate) fn inactive(&self, why: Inactive, said: &str) -> KeyFacts {
        if self.host_proved {
            return facts(State::Inactive(why), format!("{} {said}", self.host()));
        }
        self.unknown(&format!("{said}, but nothing tells that the key is for this server"))
    }

    /// A status that the issuer does not document for this request.
    pub(crate) fn unexpected(&self, reply: &Reply) -> KeyFacts {
        self.unknown(&format!("answered {}, which tells nothing about the key", reply.status))
    }

    /// A success whose body is not what the issuer documents.
    pub(crate) fn unreadable(&self) -> KeyFacts {
        self.unknown("answered 200 with a text that is not what it documents")
    }
}

fn facts(state: State, because: String) -> KeyFacts {
    KeyFacts { state, state_reason: Some(because), ..KeyFacts::default() }
}
