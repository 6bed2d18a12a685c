//! Makes names, paths and messages from scanned repositories safe to show: control and bidirectional characters
//! become visible escapes, so that a file name can neither move a cursor nor reorder a line.

use std::borrow::Cow;
use std::fmt::Write;

/// `text` with every unsafe character written as `\u{…}`.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        push_visible(&mut out, c);
    }
    Cow::Owned(out)
}

/// Appends one character, escaped if it is unsafe. A tab becomes a space: it may stand in any line of source.
pub fn push_visible(out: &mut String, c: char) {
    if c == '\t' {
        out.push(' ');
    } else if is_unsafe(c) {
        let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
    } else {
        out.push(c);
    }
}

/// Whether a character could move a cursor, or hide or reorder what stands next to it: controls, bidirectional marks and
/// overrides, zero-width and other invisible characters, tags (Unicode TR 36 and the "Trojan Source" list).
#[must_use]
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Longest word that a message may repeat. Names of fields and settings are shorter.
const WORD: usize = 24;

/// A word from a file that somebody wrote, for a message about a mistake in it. It is repeated only if it reads like a
/// name (`max-lifetime`, `nuget-api-key-v5`); anything else may be a key or a password in the wrong place and becomes `…`.
#[must_use]
pub fn word(text: &str) -> String {
    let letters = |c: char| c.is_ascii_lowercase() || matches!(c, '-' | '_' | '.' | ' ');
    let named =
        text.chars().all(letters) || text.contains('-') && text.chars().all(|c| letters(c) || c.is_ascii_digit());
    let short = text.len() <= 2 && text.is_ascii();
    if text.len() <= WORD && (named || short) { visible(text).into_owned() } else { "…".to_owned() }
}

/// A parser's message with every quoted value left out and every back-ticked part shown as [`word`] does.
#[must_use]
pub fn message(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find(['"', '`']) {
        let quote = if rest[open..].starts_with('"') { '"' } else { '`' };
        let inside = &rest[open + 1..];
        out.push_str(&rest[..=open]);
        let Some(close) = inside.find(quote) else {
            // A quote that never closes: what follows may be anything.
            out.push('…');
            return visible(&out).into_owned();
        };
        out.push_str(&if quote == '"' { "…".to_owned() } else { word(&inside[..close]) });
        out.push(quote);
        rest = &inside[close + 1..];
    }
    out.push_str(rest);
    visible(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_and_bidirectional_characters_become_visible() {
        assert_eq!(visible("a\u{1b}[2Jb\u{202e}c\r\n"), "a\\u{1b}[2Jb\\u{202e}c\\u{d}\\u{a}");
        assert_eq!(visible("plain é 日本"), "plain é 日本");
        assert_eq!(visible("a\tb\u{7}"), "a b\\u{7}");
    }

    #[test]
    fn a_message_repeats_names_but_no_value() {
        assert_eq!(
            message("unknown field `fail-om`, expected `fail-on`"),
            "unknown field `fail-om`, expected `fail-on`"
        );
        assert_eq!(message("expected `=`, rule `nuget-api-key-v5`"), "expected `=`, rule `nuget-api-key-v5`");
        assert_eq!(
            message("invalid type: string \"s3cret\", expected u32"),
            "invalid type: string \"…\", expected u32"
        );
        assert_eq!(message("unknown field `Passw0rd`"), "unknown field `…`");
        assert_eq!(message("odd: `s3cret"), "odd: `…");
    }
}
