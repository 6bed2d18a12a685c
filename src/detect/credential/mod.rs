//! Credentials without a form of their own: read where they stand, judged by name, value, syntax and file together.
//!
//! Each rule of this kind names a *reading*. From the place of one of its words a reading finds the name, the value and
//! how the value is written, within a bounded window and in one pass, without a grammar of any language; then the judge
//! says how sure it is that the value opens something. The short form of a provider's rule, which knows its value's
//! shape, reads names the same way ([`shaped`]).

mod arguments;
mod assignment;
mod because;
mod code;
mod command;
mod header;
mod judge;
mod manifest;
mod meaning;
mod name;
#[cfg(feature = "git")]
pub(super) mod near;
mod otp;
mod place;
mod random;
mod record;
mod shape;
pub(super) mod shaped;
pub(super) mod surprise;
mod url;
mod value;
mod weak;

use crate::location::Span;
use crate::rules::Reading;
use crate::severity::Confidence;

/// Paths of which one makes a credential as sure as any path does: of a file of settings, or of no kind at all. What
/// else a path tells, that it is a test for instance, only lowers.
#[cfg(feature = "git")]
pub(super) const SUREST_PATHS: [&str; 2] = [".env", ""];

/// A value that may be a credential.
pub(super) struct Credential {
    pub(super) name: Option<Span>,
    pub(super) value: Span,
    pub(super) host: Option<Span>,
    pub(super) confidence: Confidence,
}

/// How a value is written. What is written where only literals stand needs less of its own to be taken for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Syntax {
    /// Between quotes.
    Quoted,
    /// Between quotes, and with words around it that are no code: `the password is "…"`.
    Told,
    /// The text of an element.
    Element,
    /// Without quotes, alone on its line or in a list of settings: a literal wherever the file is no code.
    Setting,
    /// Without quotes, where code could stand as well.
    Bare,
    /// An argument of a command.
    Argument,
    /// In the address of a server.
    Address,
    /// A value of a document of which all values are in base64.
    Encoded,
    /// A field of a line of accounts that is the hash of a password.
    Hashed,
}

/// What a reading finds, before it is judged.
struct Found {
    name: Option<Span>,
    value: Span,
    host: Option<Span>,
    syntax: Syntax,
}

/// Calls `found` with each credential of which the word `at` tells, judged. Only the window that the reading's rule states
/// is looked at.
pub(super) fn search(reading: Reading, text: &[u8], path: &str, at: Span, mut found: impl FnMut(Credential)) {
    let (left, right) = reading.window(at.len());
    let start = at.start.saturating_sub(left);
    let window = &text[start..text.len().min(at.start + right)];
    let at = Span::new(at.start - start, at.end - start);
    let back = |span: Span| Span::new(span.start + start, span.end + start);
    read(reading, window, at, |read| {
        if let Some(confidence) = judge::judge(reading, window, at, &read, path).confidence {
            let Found { name, value, host, .. } = read;
            found(Credential { name: name.map(back), value: back(value), host: host.map(back), confidence });
        }
    });
}

/// What a reading makes of one word, step by step.
pub(super) struct Trace {
    /// Where the value stands, if one was read.
    pub(super) value: Option<Span>,
    /// What decided about it.
    pub(super) confidence: Option<Confidence>,
    /// In words, without any of the text.
    pub(super) steps: Vec<&'static str>,
}

/// The same as [`search`], with every step told.
pub(super) fn trace(reading: Reading, text: &[u8], path: &str, at: Span) -> Vec<Trace> {
    let (left, right) = reading.window(at.len());
    let start = at.start.saturating_sub(left);
    let window = &text[start..text.len().min(at.start + right)];
    let at = Span::new(at.start - start, at.end - start);
    let mut traces = Vec::new();
    read(reading, window, at, |read| {
        let ruling = judge::judge(reading, window, at, &read, path);
        let mut steps = vec![read.syntax.words()];
        steps.extend(place::of(path).words());
        steps.push(ruling.because.words());
        let value = Some(Span::new(read.value.start + start, read.value.end + start));
        traces.push(Trace { value, confidence: ruling.confidence, steps });
    });
    if traces.is_empty() {
        traces.push(Trace { value: None, confidence: None, steps: vec![why_nothing(reading, window, at)] });
    }
    traces
}

/// Why a reading finds no value near a word.
fn why_nothing(reading: Reading, window: &[u8], at: Span) -> &'static str {
    let meaning = match reading {
        Reading::Password => meaning::of_password(window, letters(window, at)),
        Reading::Secret => meaning::of_secret(window, at),
        Reading::Token => meaning::of_token(window, at),
        Reading::Key => meaning::of_key(window, at),
        _ => Some(meaning::Meaning::Plain),
    };
    match (reading, meaning) {
        (_, None) => "the name here tells of something about a secret, of something public, or of something else",
        (Reading::Address, _) => "no user and password stand before the host",
        (Reading::Command, _) => "no option of the command takes a literal password",
        (Reading::Arguments, _) => "the argument that is the password is no literal",
        (Reading::Bearer | Reading::Basic, _) => "nothing like a header's value follows the word",
        (Reading::Otp, _) => "the address holds no seed, or one that is too short",
        (Reading::Record, _) => "no line of accounts stands here: names and passwords, or their hashes, between colons",
        (Reading::Manifest, _) => "the document is no Secret, or holds nothing but public values",
        _ => "no literal is assigned to the name here (a word without quotes counts as code)",
    }
}

impl Syntax {
    /// In words, without any of the text.
    fn words(self) -> &'static str {
        match self {
            Self::Quoted => "read: a literal between quotes",
            Self::Told => "read: a value told in a sentence",
            Self::Element => "read: the text of an element",
            Self::Setting => "read: a setting without quotes",
            Self::Bare => "read: a value without quotes, where code could stand",
            Self::Argument => "read: an argument of a command or a call",
            Self::Address => "read: the password in an address",
            Self::Encoded => "read: a value in base64",
            Self::Hashed => "read: the hash of a password in a line of accounts",
        }
    }
}

/// Calls `found` with what stands in the window around the word `at`, before it is judged.
fn read(reading: Reading, window: &[u8], at: Span, mut found: impl FnMut(Found)) {
    let read = match reading {
        Reading::Password => {
            let at = letters(window, at);
            assignment::read(window, at, || meaning::of_password(window, at))
        }
        Reading::Secret => assignment::read(window, at, || meaning::of_secret(window, at)),
        Reading::Token => assignment::read(window, at, || meaning::of_token(window, at)),
        Reading::Key => assignment::read(window, at, || meaning::of_key(window, at)),
        Reading::Address => url::read(window, at),
        Reading::Command => command::read(window, at),
        Reading::Arguments => arguments::read(window, at),
        Reading::Bearer => header::read_bearer(window, at),
        Reading::Basic => header::read_basic(window, at),
        Reading::Otp => otp::read(window, at),
        Reading::Record => record::read(window, at),
        Reading::Manifest => return manifest::read(window, at, found),
    };
    if let Some(read) = read {
        found(read);
    }
}

/// The word itself, where the rule names it with what stands around it: `pw:`, `_pw`.
fn letters(window: &[u8], at: Span) -> Span {
    let is_edge = |byte: &&u8| !byte.is_ascii_alphanumeric();
    let front = window[at.start..at.end].iter().take_while(is_edge).count();
    let back = window[at.start + front..at.end].iter().rev().take_while(is_edge).count();
    Span::new(at.start + front, at.end - back)
}
