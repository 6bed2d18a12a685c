//! Values assigned to a name, in whatever syntax: from the place of a word in a name to the value that stands after it.
//!
//! No grammar is read. After the word, within a bounded gap and on the same statement, the first value of the rule's
//! shape counts that stands between separators, if the name (or what stands between it and the value) speaks of a secret
//! and not of a digest or something public.

use crate::location::Span;
use crate::rules::{Assigned, GAP, NAME_REACH};

/// Where a value stands, and the name that it is assigned to.
pub(super) struct Assignment {
    pub(super) value: Span,
    pub(super) name: Span,
}

/// Words for secrets, wherever they stand in a name. Compared without case, like all words here.
const SECRET_WORDS: [&str; 12] = [
    "key",
    "token",
    "secret",
    "passw",
    "pwd",
    "bearer",
    "private",
    "signature",
    "signing",
    "credential",
    "webhook",
    "jwt",
];

/// Words for secrets that stand in other words too (`path`, `author`, `rapid`): only as a part of their own.
const SECRET_PARTS: [&str; 7] = ["api", "auth", "pass", "pat", "cred", "creds", "dsn"];

/// Words that say of a random-looking value what it is instead.
const OTHER_WORDS: [&str; 12] = [
    "sha1",
    "sha256",
    "sha512",
    "sha-",
    "md5",
    "hash",
    "digest",
    "checksum",
    "integrity",
    "fingerprint",
    "public",
    "publishable",
];

/// Words that may be written together with the rule's own, all in small letters: `acmetoken`, `acmeapikey`.
const JOINED: [&str; 12] =
    ["key", "token", "secret", "pass", "pwd", "auth", "api", "access", "client", "app", "private", "admin"];

/// Looks for the value of the name in which the word `at` stands. `value` tells where a value that begins at the first
/// place ends, at the second at most.
pub(super) fn search(
    mut value: impl FnMut(usize, usize) -> Option<usize>,
    wanted: Assigned,
    text: &[u8],
    at: Span,
) -> Option<Assignment> {
    if !is_whole_word(text, at) {
        return None;
    }
    let name = name_around(text, at);
    let end = statement_end(text, at.end);
    let mut from = at.end + 1;
    while let Some(start) = next_start(text, from, end) {
        if let Some(value) = value_at(&mut value, text, start) {
            let before = &text[name.start..start];
            let speaks = !wanted.secret_word || speaks_of_secret(before);
            return (speaks && !speaks_of_other(before, &text[at.start..at.end])).then_some(Assignment { value, name });
        }
        from = start + 1;
    }
    None
}

/// Whether the word stands for itself: not the middle of a longer word (`square` in `squarespace` or `foursquare`).
fn is_whole_word(text: &[u8], at: Span) -> bool {
    let last = text[at.end - 1];
    let rest = &text[at.end..];
    let ends = rest.first().is_none_or(|&after| !continues(last, after));
    begins_word(text, at.start) && (ends || JOINED.iter().any(|word| starts_with_folded(rest, word)))
}

/// Whether no word goes on at `at`.
#[inline]
pub(super) fn begins_word(text: &[u8], at: usize) -> bool {
    at == 0 || !continues(text[at - 1], text[at])
}

/// Whether two neighbours belong to one word: letters of one case, or a capital and what follows it.
#[inline]
fn continues(before: u8, after: u8) -> bool {
    match (before.is_ascii_alphabetic(), after.is_ascii_alphabetic()) {
        (true, true) => !(before.is_ascii_lowercase() && after.is_ascii_uppercase()),
        _ => false,
    }
}

/// The identifier around the word, as far as a name reaches.
fn name_around(text: &[u8], at: Span) -> Span {
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
    let before = text[..at.start].iter().rev().take(NAME_REACH).take_while(is_part).count();
    let after = text[at.end..].iter().take(GAP).take_while(is_part).count();
    Span::new(at.start - before, at.end + after)
}

/// Where the last value of this statement may begin: at the end of the gap, or of the line, unless the line goes on (`{`,
/// `:`, a backslash …).
fn statement_end(text: &[u8], from: usize) -> usize {
    let most = text.len().min(from + GAP + 1);
    let mut last = 0;
    for (index, &byte) in text[from..most].iter().enumerate() {
        match byte {
            b'\n' if !goes_on(last) => return from + index,
            b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => last = byte,
        }
    }
    most
}

/// Whether a statement goes on in the next line after this byte.
fn goes_on(last: u8) -> bool {
    b"{([:=>\\|".contains(&last)
}

/// Whether a statement in `line`, whose beginning may be missing, may go on in the next line.
#[inline]
pub(super) fn may_go_on(line: &[u8]) -> bool {
    line.iter().rev().find(|byte| !b" \t\r\n".contains(byte)).is_some_and(|&last| goes_on(last))
}

/// The next place at or after `from` where a value may begin: after a separator.
fn next_start(text: &[u8], from: usize, end: usize) -> Option<usize> {
    (from..end).find(|&at| is_separator(text[at - 1]) && !is_separator(text[at]))
}

#[inline]
pub(super) fn is_separator(byte: u8) -> bool {
    b"=:>,(\"'`|[{ \t\r\n".contains(&byte)
}

/// The value that begins at `start`, if it has the rule's shape and ends where it should.
fn value_at(value: &mut impl FnMut(usize, usize) -> Option<usize>, text: &[u8], start: usize) -> Option<Span> {
    let end = value(start, text.len().min(start + crate::rules::LONGEST_VALUE + 1))?;
    (end > start && ends_at(&text[end..])).then(|| Span::new(start, end))
}

/// Whether a value may end before `rest`: not within a longer token, a call or the path of a member.
#[inline]
pub(super) fn ends_at(rest: &[u8]) -> bool {
    match rest {
        [byte, ..] if byte.is_ascii_alphanumeric() || b"_-+/=(".contains(byte) => false,
        [b'.', after, ..] => !after.is_ascii_alphanumeric(),
        _ => true,
    }
}

fn speaks_of_secret(before: &[u8]) -> bool {
    SECRET_WORDS.iter().any(|word| holds(before, word)) || SECRET_PARTS.iter().any(|word| holds_part(before, word))
}

/// Whether the name speaks of a digest or of something public, other than by the rule's own word.
fn speaks_of_other(before: &[u8], own: &[u8]) -> bool {
    OTHER_WORDS.iter().any(|word| holds(before, word) && !holds(own, word))
}

fn holds(text: &[u8], word: &str) -> bool {
    text.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}

fn holds_part(text: &[u8], word: &str) -> bool {
    let places = text.windows(word.len()).enumerate();
    places.filter(|(_, window)| window.eq_ignore_ascii_case(word.as_bytes())).any(|(start, _)| {
        let end = start + word.len();
        let begins = start == 0 || !continues(text[start - 1], text[start]);
        begins && text.get(end).is_none_or(|&after| !continues(text[end - 1], after))
    })
}

fn starts_with_folded(text: &[u8], word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
}
