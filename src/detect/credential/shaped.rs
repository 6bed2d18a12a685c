//! Values assigned to a name, in whatever syntax: from the place of a word in a name to the value that stands after it.
//!
//! No grammar is read. After the word, within a bounded gap and on the same statement, the first value of the rule's
//! shape counts that stands between separators, if the name (or what stands between it and the value) speaks of a secret
//! and not of a digest or something public.

use regex_automata::meta::{Cache, Regex};
use regex_automata::util::captures::Captures;
use regex_automata::{Anchored, Input};

use super::name::{self, continues, speaks_of_other, speaks_of_secret};
use crate::detect::scratch::Work;
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

/// Looks for the value of the name in which the word `at` stands.
pub(in crate::detect) fn search(
    regex: &Regex,
    (cache, captures): &mut (Cache, Captures),
    wanted: Assigned,
    text: &[u8],
    at: Span,
    work: &mut Work,
) -> Option<Assignment> {
    if !is_whole_word(text, at) {
        return None;
    }
    let name = name::around(text, at);
    let end = statement_end(text, at.end);
    let mut from = at.end + 1;
    while let Some(start) = next_start(text, from, end) {
        if let Some(value) = value_at(regex, (cache, captures), text, start, work) {
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
    let (first, last) = (text[at.start], text[at.end - 1]);
    let before = at.start.checked_sub(1).map(|index| text[index]);
    let begins = before.is_none_or(|before| !continues(before, first));
    let rest = &text[at.end..];
    let ends = rest.first().is_none_or(|&after| !continues(last, after));
    begins && (ends || JOINED.iter().any(|word| starts_with_folded(rest, word)))
}

/// Where the last value of this statement may begin: at the end of the gap, or of the line, unless the line goes on (`{`,
/// `:`, a backslash …).
fn statement_end(text: &[u8], from: usize) -> usize {
    let most = text.len().min(from + GAP + 1);
    let mut last = 0;
    for (index, &byte) in text[from..most].iter().enumerate() {
        match byte {
            b'\n' if !b"{([:=>\\|".contains(&last) => return from + index,
            b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => last = byte,
        }
    }
    most
}

/// The next place at or after `from` where a value may begin: after a separator.
fn next_start(text: &[u8], from: usize, end: usize) -> Option<usize> {
    (from..end).find(|&at| is_separator(text[at - 1]) && !is_separator(text[at]))
}

fn is_separator(byte: u8) -> bool {
    b"=:>,(\"'`|[{ \t\r\n".contains(&byte)
}

/// The value that begins at `start`, if it has the rule's shape and ends where it should.
fn value_at(
    regex: &Regex,
    (cache, captures): (&mut Cache, &mut Captures),
    text: &[u8],
    start: usize,
    work: &mut Work,
) -> Option<Span> {
    let end = text.len().min(start + crate::rules::LONGEST_VALUE + 1);
    work.count(end - start);
    let input = Input::new(text).span(start..end).anchored(Anchored::Yes);
    regex.search_captures_with(cache, &input, captures);
    let found = captures.get_match().filter(|found| !found.is_empty())?;
    ends_at(&text[found.end()..]).then(|| Span::new(found.start(), found.end()))
}

/// Whether a value may end before `rest`: not within a longer token, a call or the path of a member.
fn ends_at(rest: &[u8]) -> bool {
    match rest {
        [byte, ..] if byte.is_ascii_alphanumeric() || b"_-+/=(".contains(byte) => false,
        [b'.', after, ..] => !after.is_ascii_alphanumeric(),
        _ => true,
    }
}

fn starts_with_folded(text: &[u8], word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
}
