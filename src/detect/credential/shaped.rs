//! Values assigned to a name, in whatever syntax: from the place of a word in a name to the value that stands after it.
//!
//! No grammar is read. After the word, within a bounded gap and on the same statement, the first value of the rule's
//! shape counts that stands between separators, if the name (or what stands between it and the value) speaks of a secret
//! and not of a digest or something public.

use super::name::{self, continues, speaks_of_other, speaks_of_secret};
use crate::location::Span;
use crate::rules::{Assigned, GAP};

/// Where a value stands, and the name that it is assigned to.
pub(in crate::detect) struct Assignment {
    pub(in crate::detect) value: Span,
    pub(in crate::detect) name: Span,
}

/// Words that may be written together with the rule's own, all in small letters: `acmetoken`, `acmeapikey`.
const JOINED: [&str; 12] =
    ["key", "token", "secret", "pass", "pwd", "auth", "api", "access", "client", "app", "private", "admin"];

/// Bytes of the longest of them.
#[cfg(feature = "git")]
pub(in crate::detect) const LONGEST_JOINED: usize = 7;

/// Looks for the value of the name in which the word `at` stands. `value` tells where a value that begins at the first
/// place ends, at the second at most.
pub(in crate::detect) fn search(
    mut value: impl FnMut(usize, usize) -> Option<usize>,
    wanted: Assigned,
    text: &[u8],
    at: Span,
) -> Option<Assignment> {
    if !is_whole_word(text, at) {
        return None;
    }
    let name = name::around(text, at);
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
pub(in crate::detect) fn is_whole_word(text: &[u8], at: Span) -> bool {
    let last = text[at.end - 1];
    let rest = &text[at.end..];
    let ends = rest.first().is_none_or(|&after| !continues(last, after));
    begins_word(text, at.start) && (ends || JOINED.iter().any(|word| starts_with_folded(rest, word)))
}

/// Whether no word goes on at `at`.
#[inline]
fn begins_word(text: &[u8], at: usize) -> bool {
    at == 0 || !continues(text[at - 1], text[at]) || defines_property(&text[..at])
}

/// Whether a text ends in the option by which a command defines a property whose name follows: `-Dacme.token=…` of Java
/// and CMake, `-PacmeToken=…` of Gradle.
fn defines_property(before: &[u8]) -> bool {
    match before {
        [rest @ .., b'-', b'D' | b'P'] => rest.last().is_none_or(|&byte| !byte.is_ascii_alphanumeric() && byte != b'_'),
        _ => false,
    }
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
    matches!(last, b'{' | b'(' | b'[' | b':' | b'=' | b'>' | b'\\' | b'|')
}

/// Whether a statement in `line`, whose beginning may be missing, may go on in the next line.
#[inline]
pub(in crate::detect) fn may_go_on(line: &[u8]) -> bool {
    line.iter().rev().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).is_some_and(|&last| goes_on(last))
}

/// The next place at or after `from` where a value may begin: after a separator.
fn next_start(text: &[u8], from: usize, end: usize) -> Option<usize> {
    (from..end).find(|&at| is_separator(text[at - 1]) && !is_separator(text[at]))
}

#[inline]
pub(in crate::detect) const fn is_separator(byte: u8) -> bool {
    SEPARATORS[byte as usize]
}

/// After these bytes a value may begin.
static SEPARATORS: [bool; 256] = among(b"=:>,(\"'`|[{ \t\r\n");

/// These go on a value: it does not end before them.
static GOING_ON: [bool; 256] = among(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+/=(");

/// By byte, whether it is one of these. What is asked wherever a value may stand is asked without a branch.
const fn among(bytes: &[u8]) -> [bool; 256] {
    let mut among = [false; 256];
    let mut index = 0;
    while index < bytes.len() {
        among[bytes[index] as usize] = true;
        index += 1;
    }
    among
}

/// The value that begins at `start`, if it has the rule's shape and ends where it should.
fn value_at(value: &mut impl FnMut(usize, usize) -> Option<usize>, text: &[u8], start: usize) -> Option<Span> {
    let end = value(start, text.len().min(start + crate::rules::LONGEST_VALUE))?;
    (end > start && ends_at(&text[end..])).then(|| Span::new(start, end))
}

/// Whether a value may end before `rest`: not within a longer token, a call or the path of a member.
#[inline]
pub(in crate::detect) fn ends_at(rest: &[u8]) -> bool {
    let goes_on = rest.first().is_some_and(|&byte| GOING_ON[usize::from(byte)]);
    let is_path = matches!(rest, [b'.', after, ..] if after.is_ascii_alphanumeric());
    !(goes_on | is_path)
}

fn starts_with_folded(text: &[u8], word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
}
