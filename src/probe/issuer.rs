//! What one issuer's file says: whom it asks, what, and how an answer is read.

use jiff::Timestamp;

use super::base::Base;
use super::client::{Client, Credential, CredentialHeader, Reply};
use super::failure::Failure;
use crate::issuer::Issuer;
use crate::key::{Inactive, KeyFacts, State};

/// What people are told about the asking of one issuer, and what the asking itself goes by.
#[derive(Debug)]
pub struct About {
    /// The issuer.
    pub issuer: Issuer,
    /// Other issuers whose software answers in the same way.
    pub also: &'static [Issuer],
    /// The issuer's own public address; `None` when there are only servers of the user's own.
    pub public: Option<&'static str>,
    /// Host names that mean the public server when they stand near a key.
    pub hosts: &'static [&'static str],
    /// Whether a key without a host near it is one of the public server's.
    pub public_by_default: bool,
    /// The header that carries the key.
    pub header: CredentialHeader,
    /// Further headers, none of them secret.
    pub extra: &'static [(&'static str, &'static str)],
    /// Which keys may be asked about.
    pub accepts: &'static str,
    /// What is asked, in the order of sending.
    pub asks: &'static str,
    /// What asking changes at the issuer.
    pub side_effects: &'static str,
    /// Where the meaning of the answers comes from.
    pub source: &'static str,
}

/// One request that asking may send.
pub(crate) struct Step {
    /// Path segments after the base.
    pub(crate) segments: Vec<String>,
    /// When it is sent.
    pub(crate) when: &'static str,
}

impl Step {
    /// A request that is always sent.
    pub(crate) fn always(segments: &[&str]) -> Self {
        Self { segments: segments.iter().map(|&s| s.to_owned()).collect(), when: "always" }
    }
}

/// What an issuer's file reads of a question.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    /// The key as text.
    pub(crate) key: &'a str,
    /// Package ids to ask about, as many as the limits allow.
    pub(crate) packages: &'a [String],
    /// Whether the server is one of the user's own.
    pub(crate) own_server: bool,
}

/// One issuer.
pub(crate) trait Probe: Sync {
    /// What people are told about it.
    fn about(&self) -> &'static About;

    /// Whether the endpoint accepts this class of key; in a sentence, why not. A key of another class would be
    /// refused whether it lives or not.
    fn admits(&self, subject: Subject<'_>) -> Result<(), &'static str>;

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
    pub(crate) extra: &'static [(&'static str, &'static str)],
    /// Whether the key is known to be for this host. If not, its refusal proves nothing.
    pub(crate) host_proved: bool,
    /// Requests sent so far.
    pub(crate) sent: usize,
    /// The moment of the question.
    pub(crate) now: Timestamp,
}

impl Line<'_> {
    /// Sends one step.
    pub(crate) fn get(&mut self, step: &Step) -> Result<Reply, Failure> {
        self.client.get(self.base, &step.segments, &self.credential, self.extra, &mut self.sent)
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
