//! What is asked about a key, and what comes back.

use std::fmt;

use jiff::Timestamp;

use super::base::Base;
use super::carrier::Carrier;
use super::issuer::{About, Step};
use crate::issuer::Issuer;
use crate::key::KeyFacts;
use crate::secret::{Fingerprint, Secret};

/// A question about one key.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Who issued it.
    pub issuer: &'a Issuer,
    /// Whether the key's format, the words near it or the configuration prove that. A key of which that is only
    /// guessed is never sent anywhere.
    pub issuer_proved: bool,
    /// The key.
    pub secret: &'a Secret,
    /// Its fingerprint: a key is asked about once in a run, and later questions get the first answer.
    pub fingerprint: &'a Fingerprint,
    /// What its own text says, if it was decoded. A key whose own expiry has passed is not sent.
    pub decoded: Option<&'a KeyFacts>,
    /// The server that it is for, as it stands near the key (`host` or `host:port`).
    pub host: Option<&'a str>,
    /// The package ids that this repository publishes at that issuer. All of them belong in the first question.
    pub packages: &'a [String],
}

/// What an issuer said.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What it said of the key. The state is active, inactive or unknown, always with a reason.
    pub facts: KeyFacts,
    /// Whom.
    pub host: String,
    /// When it was asked.
    pub at: Timestamp,
    /// How many requests that took, repetitions included.
    pub requests: usize,
}

/// What came of a question.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// At least one request was sent, or failed on its way.
    Answered(Box<Answer>),
    /// Nothing was sent.
    NotAsked(NotAsked),
}

/// Why nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAsked {
    /// There is no harmless way to ask this issuer.
    NoProbe(Issuer),
    /// That the key is this issuer's is only guessed.
    IssuerNotProved(Issuer),
    /// Nothing tells which server the key is for.
    HostNotKnown(Issuer),
    /// The server near the key is none that may be asked; `None` when what stands there is no host name.
    HostNotConfirmed(Issuer, Option<String>),
    /// The endpoint does not accept this class of key, or asking would use it up.
    OtherClass(&'static str),
    /// The key's own text says that it ended then.
    Ended(Timestamp),
    /// The key holds bytes that no request can carry.
    NotText,
    /// The issuer is asked only if the user names it; the sentence says why.
    OnlyByName(Issuer, &'static str),
    /// The other half of the key, with which it is used, is not known.
    HalfMissing,
    /// The owner's credential is not in this environment variable, or not in a form that a header can carry.
    NoCredential(&'static str),
    /// The host may not be asked (any more) in this run; the sentence says why.
    Closed(String),
}

impl fmt::Display for NotAsked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoProbe(issuer) => write!(f, "there is no read-only way to ask {issuer} about a key"),
            Self::IssuerNotProved(issuer) => {
                write!(f, "nothing proves that the key is one of {issuer}, and it is sent to nobody else")
            }
            Self::HostNotKnown(issuer) => {
                write!(f, "nothing tells which server the key is for; name your {issuer} server in the configuration")
            }
            Self::HostNotConfirmed(issuer, Some(host)) => write!(
                f,
                "the key seems to be for {host}, which the configuration does not name as a {issuer} server of yours"
            ),
            Self::HostNotConfirmed(issuer, None) => {
                write!(
                    f,
                    "what stands for the server near the key is no host name; it may be asked at no {issuer} server"
                )
            }
            Self::OtherClass(why) => f.write_str(why),
            Self::Ended(at) => write!(f, "its own text says that it ended at {at}"),
            Self::NotText => f.write_str("it holds bytes that no request can carry"),
            Self::OnlyByName(issuer, why) => write!(f, "{why}; --probe={issuer} asks all the same"),
            Self::HalfMissing => f.write_str("it is one half of a pair, and nothing near it tells the other"),
            Self::NoCredential(variable) => {
                write!(f, "{variable} holds no credential of the owner's that could be sent")
            }
            Self::Closed(why) => f.write_str(why),
        }
    }
}

/// One request that asking would send, for a dry run. It holds no key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedRequest {
    /// `GET`, or `POST` for the few pages that only answer one.
    pub method: &'static str,
    /// Where to; `{key}` where the key stands, and other braces where an earlier answer is filled in.
    pub url: String,
    /// Where the key stands, for people.
    pub carries: String,
    /// The names of the headers that are set, lower case.
    pub headers: Vec<&'static str>,
    /// When it is sent.
    pub when: &'static str,
}

impl PlannedRequest {
    pub(crate) fn new(base: &Base, step: &Step, about: &About) -> Self {
        let mut url = step.post.map_or_else(|| base.join(&step.segments), |post| base.page(post.path()));
        if !step.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&step.query);
        }
        if let Some(name) = about.carrier.parameter().filter(|_| step.carries_key) {
            url.query_pairs_mut().append_pair(name, Carrier::PLACE);
        }
        let headers = about.carrier.header_names().into_iter().chain(["accept", "user-agent"]);
        Self {
            method: step.method(),
            url: url.as_str().replace("%7B", "{").replace("%7D", "}"),
            carries: about.carrier.words(),
            headers: headers.chain(about.extra.iter().map(|(name, _)| *name)).collect(),
            when: step.when,
        }
    }
}
