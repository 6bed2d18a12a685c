//! Why a request brought no answer. Nothing here quotes the request, its header or the server's text.

use super::address::NotPublic;

/// Why there is no answer. Every one of these leaves the key's state unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The host is not one that this run may ask.
    NotAllowed,
    /// The name leads to an address that is not public.
    NotPublic,
    /// No connection.
    Connect,
    /// Too slow.
    Timeout,
    /// A redirect, which is never followed.
    Redirected(u16),
    /// A longer answer than the limit in bytes.
    TooLarge(usize),
    /// The answer, or the connection, broke off.
    Broken,
    /// Refused with 429 or 5xx as often as it was tried.
    Busy(u16),
    /// The server asked for a longer pause than allowed, now or earlier in this run.
    ToldToWait,
    /// The run's requests for this host are used up.
    Spent(usize),
}

impl Failure {
    /// What went wrong with a request, from the HTTP library's error, whose own text is dropped: it quotes URLs.
    pub(crate) fn of(error: &reqwest::Error) -> Self {
        if leads_to_not_public(error) {
            Self::NotPublic
        } else if error.is_timeout() {
            Self::Timeout
        } else if error.is_connect() {
            Self::Connect
        } else {
            Self::Broken
        }
    }

    /// As a sentence about `host`.
    pub(crate) fn sentence(self, host: &str) -> String {
        match self {
            Self::NotAllowed => format!("{host} is not one of the hosts that may be asked"),
            Self::NotPublic => format!(
                "{host} leads to an address that is not public, so nothing was sent; allow private addresses for it if \
                 the server is yours"
            ),
            Self::Connect => format!("{host} could not be reached"),
            Self::Timeout => format!("{host} did not answer in time"),
            Self::Redirected(status) => format!("{host} answered {status}, a redirect, which is never followed"),
            Self::TooLarge(limit) => format!("{host} answered with more than {limit} bytes"),
            Self::Broken => format!("{host} broke off before its answer was complete"),
            Self::Busy(status) => format!("{host} answered {status} as often as it was asked"),
            Self::ToldToWait => format!("{host} asks to be left alone for longer than this run may wait"),
            Self::Spent(limit) => format!("the {limit} requests that one run may send to {host} are used up"),
        }
    }
}

fn leads_to_not_public(error: &reqwest::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        if error.is::<NotPublic>() {
            return true;
        }
        source = error.source();
    }
    false
}
