//! What is asked about a key, and what comes back.

use std::fmt;

use jiff::Timestamp;

use super::base::Base;
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
    /// The key holds bytes that no header can carry.
    NotText,
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
            Self::NotText => f.write_str("it holds bytes that no request header can carry"),
            Self::Closed(why) => f.write_str(why),
        }
    }
}

/// One request that asking would send, for a dry run. It holds no key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedRequest {
    /// Always `GET`.
    pub method: &'static str,
    /// Where to.
    pub url: String,
    /// The names of the headers that are set, lower case; the first carries the key.
    pub headers: Vec<&'static str>,
    /// When it is sent.
    pub when: &'static str,
}

impl PlannedRequest {
    pub(crate) fn new(base: &Base, segments: &[String], headers: Vec<&'static str>, when: &'static str) -> Self {
        Self { method: "GET", url: base.join(segments).into(), headers, when }
    }
}
