//! Values of a Kubernetes Secret: whatever stands under `data:` or `stringData:` of a document of this kind.

use super::{Found, Syntax};
use crate::location::Span;
use crate::rules::LONGEST_READ;

/// Names of values that are no secret.
const PUBLIC: [&str; 4] = ["ca.crt", "ca.pem", "tls.crt", "cert.pem"];

/// Words with which such names end, if nothing in them speaks of a secret.
const PUBLIC_WORDS: [&str; 27] = [
    "username",
    "user",
    "login",
    "email",
    "host",
    "hostname",
    "server",
    "port",
    "url",
    "uri",
    "endpoint",
    "database",
    "dbname",
    "region",
    "type",
    "name",
    "id",
    "issuer",
    "env",
    "environment",
    "mode",
    "debug",
    "driver",
    "connection",
    "version",
    "locale",
    "timezone",
];

/// Calls `found` with each value under the word `data` at `at`, if the document is a Secret.
pub(super) fn read(text: &[u8], at: Span, mut found: impl FnMut(Found)) {
    let line_start = text[..at.start].iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    let key = &text[line_start..at.end];
    let indent = key.iter().take_while(|byte| **byte == b' ').count();
    let encoded = key[indent..].eq_ignore_ascii_case(b"data:");
    if !encoded && key[indent..] != *b"stringData:" {
        return;
    }
    let line_end = at.end + text[at.end..].iter().position(|byte| *byte == b'\n').unwrap_or(0);
    if !text[at.end..line_end].iter().all(u8::is_ascii_whitespace) || !is_secret(text, line_start, indent) {
        return;
    }
    let mut lines = Lines { text, at: line_end + 1 };
    let mut depth = None;
    while let Some(line) = lines.next() {
        let content = text[line.start..line.end].trim_ascii();
        if content.is_empty() || content.starts_with(b"#") {
            continue;
        }
        let own = indent_of(text, line);
        if own <= indent {
            return;
        }
        // What stands deeper is the text of a value.
        if own > *depth.get_or_insert(own) {
            continue;
        }
        if let Some(value) = value(text, line, &mut lines) {
            let syntax = if encoded { Syntax::Encoded } else { Syntax::Setting };
            found(Found { syntax, ..value });
        }
    }
}

/// Whether the document around the line that begins at `start` says, as deep as it stands itself, that it is a Secret.
fn is_secret(text: &[u8], start: usize, indent: usize) -> bool {
    let separator = b"\n---";
    let of = |part: &[u8]| {
        part.split(|byte| *byte == b'\n').any(|line| {
            let depth = line.iter().take_while(|byte| **byte == b' ').count();
            depth == indent && line[depth..].trim_ascii_end() == b"kind: Secret"
        })
    };
    let before = &text[..start];
    let begins = before.windows(separator.len()).rposition(|window| window == separator).map_or(0, |at| at + 1);
    let after = &text[start..];
    let ends = after.windows(separator.len()).position(|window| window == separator).unwrap_or(after.len());
    of(&before[begins..]) || of(&after[..ends])
}

/// `name: value` of one line; of a value in a block (`|`, `>`) its first line, if it has no other.
fn value(text: &[u8], line: Span, lines: &mut Lines<'_>) -> Option<Found> {
    let content = &text[line.start..line.end];
    let colon = content.iter().position(|byte| *byte == b':')?;
    let name = trimmed(text, Span::new(line.start, line.start + colon));
    let mut value = trimmed(text, Span::new(line.start + colon + 1, line.end));
    if matches!(&text[value.start..value.end], b"|" | b"|-" | b">" | b">-" | b"|+") {
        let depth = indent_of(text, line);
        let first = lines.next().filter(|next| indent_of(text, *next) > depth)?;
        let mut rest = Lines { text, at: lines.at };
        if rest.next().is_some_and(|next| indent_of(text, next) > depth) {
            return None;
        }
        value = trimmed(text, first);
    }
    let named = is_public(&text[name.start..name.end]);
    let short = value.is_empty() || value.len() > LONGEST_READ;
    (!named && !short).then_some(Found { name: Some(name), value, host: None, syntax: Syntax::Setting })
}

/// Words that make a secret of what such a name is for: `user-password`.
const SECRET_WORDS: [&str; 6] = ["pass", "pwd", "secret", "token", "key", "cred"];

/// Whether a value of this name is no secret: `tls.crt`, `apiUsername`, `auth.username_in`.
fn is_public(name: &[u8]) -> bool {
    let is = |known: &str, word: &[u8]| known.as_bytes().eq_ignore_ascii_case(word);
    let words = || name.split(|byte| !byte.is_ascii_alphanumeric());
    let ends = |word: &[u8], known: &str| {
        let front = word.len().saturating_sub(known.len());
        // `apiUsername`, `accountname`
        is(known, &word[front..]) && (front == 0 || known.len() > 3)
    };
    PUBLIC.iter().any(|known| is(known, name))
        || !SECRET_WORDS.iter().any(|word| name.windows(word.len()).any(|here| is(word, here)))
            && (words().any(|word| is("username", word))
                || words().next_back().is_some_and(|last| PUBLIC_WORDS.iter().any(|known| ends(last, known))))
}

/// Without space and quotes around it.
fn trimmed(text: &[u8], span: Span) -> Span {
    let is_edge = |byte: &&u8| byte.is_ascii_whitespace() || b"\"'".contains(byte);
    let front = text[span.start..span.end].iter().take_while(is_edge).count();
    let back = text[span.start + front..span.end].iter().rev().take_while(is_edge).count();
    Span::new(span.start + front, span.end - back)
}

fn indent_of(text: &[u8], line: Span) -> usize {
    text[line.start..line.end].iter().take_while(|byte| **byte == b' ').count()
}

/// The lines of a text from a place on, whole ones alone.
struct Lines<'t> {
    text: &'t [u8],
    at: usize,
}

impl Iterator for Lines<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        let line = Span::new(self.at, self.at + length);
        self.at = line.end + 1;
        Some(line)
    }
}
