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
mod meaning;
mod name;
mod otp;
mod place;
mod shape;
pub(super) mod shaped;
mod surprise;
mod url;
mod value;

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
}

/// What a reading finds, before it is judged.
struct Found {
    name: Option<Span>,
    value: Span,
    host: Option<Span>,
    syntax: Syntax,
}

/// Looks for the credential of which the word `at` tells, and judges it. Only the window that the reading's rule states
/// is looked at.
pub(super) fn search(reading: Reading, text: &[u8], path: &str, at: Span) -> Option<Credential> {
    let (left, right) = reading.window(at.len());
    let start = at.start.saturating_sub(left);
    let window = &text[start..text.len().min(at.start + right)];
    let at = Span::new(at.start - start, at.end - start);
    let found = match reading {
        Reading::Password => assignment::read(window, at, || meaning::of_password(window, at)),
        Reading::Secret => assignment::read(window, at, || meaning::of_secret(window, at)),
        Reading::Token => assignment::read(window, at, || meaning::of_token(window, at)),
        Reading::Key => assignment::read(window, at, || meaning::of_key(window, at)),
        Reading::Address => url::read(window, at),
        Reading::Command => command::read(window, at),
        Reading::Arguments => arguments::read(window, at),
        Reading::Bearer => header::read_bearer(window, at),
        Reading::Basic => header::read_basic(window, at),
        Reading::Otp => otp::read(window, at),
    }?;
    let confidence = judge::judge(reading, window, at, &found, path)?;
    let back = |span: Span| Span::new(span.start + start, span.end + start);
    Some(Credential { name: found.name.map(back), value: back(found.value), host: found.host.map(back), confidence })
}
