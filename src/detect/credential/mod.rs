//! Credentials without a form of their own: read where they stand, judged by name, value, syntax and file together.
//!
//! Each rule of this kind names a *reading*. From the place of one of its words a reading finds the name, the value and
//! how the value is written, within a bounded window and in one pass, without a grammar of any language; then the judge
//! says how sure it is that the value opens something. The short form of a provider's rule, which knows its value's
//! shape, reads names the same way ([`shaped`]).

mod arguments;
mod assignment;
mod code;
mod command;
mod header;
mod judge;
mod manifest;
mod meaning;
mod name;
mod otp;
mod place;
mod shape;
pub(super) mod shaped;
mod surprise;
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
        if let Some(confidence) = judge::judge(reading, window, at, &read, path) {
            let Found { name, value, host, .. } = read;
            found(Credential { name: name.map(back), value: back(value), host: host.map(back), confidence });
        }
    });
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
