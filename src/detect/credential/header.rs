//! `Authorization: Bearer …` and `Authorization: Basic …`, wherever the scheme and its value stand side by side.

use super::{Found, Syntax};
use crate::location::Span;
use crate::rules::LONGEST_READ;

/// The value after `Bearer`.
pub(super) fn read_bearer(text: &[u8], at: Span) -> Option<Found> {
    scheme_value(text, at, |byte| byte.is_ascii_alphanumeric() || b"-._~+/=|:".contains(&byte))
}

/// The value after `Basic`: base64 of a user and a password.
pub(super) fn read_basic(text: &[u8], at: Span) -> Option<Found> {
    scheme_value(text, at, |byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte))
}

fn scheme_value(text: &[u8], at: Span, is_part: impl Fn(u8) -> bool) -> Option<Found> {
    if at.start > 0 && text[at.start - 1].is_ascii_alphanumeric() {
        return None;
    }
    let rest = &text[at.end..];
    let gap = match rest {
        [b' ', b' ', ..] => 2,
        [b' ' | b'+', ..] => 1,
        [b'%', b'2', b'0', ..] => 3,
        _ => return None,
    };
    // `"Bearer " + "…"` and the like.
    let glue = rest[gap..].iter().take(6).take_while(|byte| b"\"'`+ ,".contains(byte)).count();
    let start = at.end + gap + glue;
    // `"Bearer " + token`: what is joined is no literal.
    let joined = &text[at.end + gap..start];
    if joined.contains(&b'+') && !joined.last().is_some_and(|byte| b"\"'`".contains(byte)) {
        return None;
    }
    let length = text[start..].iter().take(LONGEST_READ + 1).take_while(|byte| is_part(**byte)).count();
    let value = text[start..start + length].trim_ascii_end();
    let trailing = value.iter().rev().take_while(|byte| b".:".contains(byte)).count();
    // `eyJhbGciOiJIUzI1NiJ9...`: cut short.
    if trailing > 1 {
        return None;
    }
    let span = Span::new(start, start + length - trailing);
    let ends = text.get(span.end).is_none_or(|byte| !b"({[$<*".contains(byte));
    (length <= LONGEST_READ && span.len() >= SHORTEST && ends).then_some(Found {
        name: None,
        value: span,
        host: None,
        syntax: Syntax::Quoted,
    })
}

/// Shorter values stand after the words in every text.
const SHORTEST: usize = 8;
