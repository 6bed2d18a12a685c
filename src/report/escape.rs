//! Text from a scanned repository, made safe for where it is shown: a terminal, Markdown, a JSON file.
//!
//! A file name or a key's name is whatever its author typed. Control characters move a terminal's cursor,
//! bidirectional ones reorder a line, Markdown ones open links. Nothing of that may reach a reader.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

use serde_json::ser::{Formatter, PrettyFormatter};

pub use crate::escape::is_unsafe;

/// One line for a terminal: every unsafe character becomes visible, as `\n`, `\t` or `\u{202e}`.
#[must_use]
pub fn terminal(text: &str) -> Cow<'_, str> {
    escape_where(text, is_unsafe)
}

/// As [`terminal`], for a line of source: tabs stay, because they are its layout.
#[must_use]
pub fn source_line(text: &str) -> Cow<'_, str> {
    escape_where(text, |c| c != '\t' && is_unsafe(c))
}

/// As [`terminal`], for a text of several lines that is part of the product (a snippet): line feeds stay.
#[must_use]
pub fn lines(text: &str) -> Cow<'_, str> {
    escape_where(text, |c| c != '\n' && is_unsafe(c))
}

fn escape_where(text: &str, is_unsafe: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            c if !is_unsafe(c) => out.push(c),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => _ = write!(out, "\\u{{{:x}}}", u32::from(c)),
        }
    }
    Cow::Owned(out)
}

/// Plain text for a SARIF `message.text`. SARIF reads `[words](target)` there as a link, so that form is broken up.
#[must_use]
pub fn message(text: &str) -> String {
    terminal(text).replace("](", "] (")
}

/// Text that Markdown shows exactly as it is: no emphasis, code, table, link, image, HTML or automatic link.
#[must_use]
pub fn markdown(text: &str) -> String {
    let safe = terminal(text);
    let mut out = String::with_capacity(safe.len() + 8);
    for (at, c) in safe.char_indices() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '!' | '$' => out.extend(['\\', c]),
            // GitHub makes links of bare addresses: `https://…` and `www.…`.
            ':' if safe[at..].starts_with("://") => out.push_str("\\:"),
            '.' if ends_with_www(&safe.as_bytes()[..at]) => out.push_str("\\."),
            c => out.push(c),
        }
    }
    out
}

fn ends_with_www(before: &[u8]) -> bool {
    before.last_chunk::<3>().is_some_and(|last| last.eq_ignore_ascii_case(b"www"))
}

/// A Markdown code span that holds exactly `text`, whatever backticks it has. Pipes are safe outside tables, where
/// we never put one.
#[must_use]
pub fn code(text: &str) -> String {
    let safe = terminal(text);
    let fence = "`".repeat(longest_run(&safe) + 1);
    let pad = if safe.starts_with('`') || safe.ends_with('`') || safe.is_empty() { " " } else { "" };
    format!("{fence}{pad}{safe}{pad}{fence}")
}

/// A Markdown code block that holds exactly `text`, whatever backticks it has. Ends with a line feed.
#[must_use]
pub fn code_block(language: &str, text: &str) -> String {
    let safe = lines(text);
    let fence = "`".repeat(longest_run(&safe).max(2) + 1);
    let language: String = language.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{fence}{language}\n{}\n{fence}\n", safe.trim_end())
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// A step of a remedy as Markdown. Rule files write steps with `*emphasis*`, `` `code` `` and bare addresses; the
/// rest (HTML, links, images, tables) is shown as it is, so that a value filled in cannot become markup.
#[must_use]
pub fn step_markdown(step: &str) -> String {
    each_piece(step, |piece, out| match piece {
        Piece::Code(code) => out.push_str(code),
        Piece::Emphasis => out.push('*'),
        Piece::Text('<') => out.push_str("&lt;"),
        Piece::Text('>') => out.push_str("&gt;"),
        Piece::Escaped(c) | Piece::Text(c @ ('[' | ']' | '!' | '|' | '*' | '`')) => out.extend(['\\', c]),
        Piece::Text(c) => out.push(c),
    })
}

/// A step of a remedy as plain words: emphasis marks fall away, code keeps its backticks, escapes are resolved.
#[must_use]
pub fn step_plain(step: &str) -> String {
    each_piece(step, |piece, out| match piece {
        Piece::Code(code) => out.push_str(code),
        Piece::Escaped(c) | Piece::Text(c) => out.push(c),
        Piece::Emphasis => {}
    })
}

/// A step of a remedy in pieces: whether each is code, and its text without marks.
#[must_use]
pub fn step_pieces(step: &str) -> Vec<(bool, String)> {
    let (mut all, mut text) = (Vec::new(), String::new());
    let _ = each_piece(step, |piece, _| match piece {
        Piece::Code(code) => {
            let inside = code.trim_matches('`').trim();
            all.extend([(false, std::mem::take(&mut text)), (true, inside.to_owned())]);
        }
        Piece::Escaped(c) | Piece::Text(c) => text.push(c),
        Piece::Emphasis => {}
    });
    all.push((false, text));
    all.retain(|(_, text)| !text.is_empty());
    all
}

enum Piece<'a> {
    /// A whole code span with its backticks.
    Code(&'a str),
    /// A character after a backslash.
    Escaped(char),
    /// A `*` that begins or ends emphasis.
    Emphasis,
    /// Any other character.
    Text(char),
}

fn each_piece(step: &str, mut emit: impl FnMut(Piece<'_>, &mut String)) -> String {
    let safe = terminal(step);
    let (mut out, mut rest, mut before) = (String::with_capacity(safe.len()), &*safe, ' ');
    while let Some(c) = rest.chars().next() {
        let (piece, len) = next_piece(rest, c, before);
        emit(piece, &mut out);
        before = rest[..len].chars().next_back().unwrap_or(' ');
        rest = &rest[len..];
    }
    out
}

fn next_piece(rest: &str, c: char, before: char) -> (Piece<'_>, usize) {
    let after = &rest[c.len_utf8()..];
    match c {
        '`' => code_span(rest).map_or((Piece::Text(c), 1), |len| (Piece::Code(&rest[..len]), len)),
        '\\' => match after.chars().next().filter(char::is_ascii_punctuation) {
            Some(escaped) => (Piece::Escaped(escaped), 2),
            None => (Piece::Escaped('\\'), 1),
        },
        '*' => {
            let opens = !before.is_alphanumeric() && after.starts_with(char::is_alphanumeric);
            let closes = !before.is_whitespace() && !after.starts_with(char::is_alphanumeric);
            (if opens == closes { Piece::Text('*') } else { Piece::Emphasis }, 1)
        }
        c => (Piece::Text(c), c.len_utf8()),
    }
}

/// Length of the code span that `rest` begins with, if its backticks are closed.
fn code_span(rest: &str) -> Option<usize> {
    let fence = rest.bytes().take_while(|b| *b == b'`').count();
    let mut at = fence;
    while let Some(found) = rest[at..].find('`') {
        let from = at + found;
        let run = rest[from..].bytes().take_while(|b| *b == b'`').count();
        if run == fence {
            return Some(from + run);
        }
        at = from + run;
    }
    None
}

/// A relative or absolute path as a URI reference (RFC 3986): forward slashes, everything unusual as `%XX`.
/// Absolute paths become `file:` URIs. A path that climbs or begins with `./` keeps its dots.
#[must_use]
pub fn path_uri(path: &str) -> String {
    let bytes = path.as_bytes();
    let is_drive = bytes.len() > 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' && is_slash(bytes[2]);
    let mut out = String::with_capacity(path.len() + 8);
    if is_drive {
        _ = write!(out, "file:///{}:", char::from(bytes[0]));
        percent_encode(&path[2..].replace('\\', "/"), &mut out);
    } else {
        // `//x` would name a host, so all but one leading slash fall away.
        let relative = path.trim_start_matches('/');
        out.push_str(if relative.len() < path.len() { "file:///" } else { "" });
        percent_encode(relative, &mut out);
    }
    out
}

fn is_slash(byte: u8) -> bool {
    byte == b'/' || byte == b'\\'
}

fn percent_encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            other => _ = write!(out, "%{other:02X}"),
        }
    }
}

/// Pretty JSON in which every unsafe character stands as `\uXXXX`: the same value to a parser, harmless to whoever
/// prints the file to a terminal.
pub(super) struct SafeJson(PrettyFormatter<'static>);

impl SafeJson {
    pub(super) fn new() -> Self {
        Self(PrettyFormatter::new())
    }
}

/// As [`SafeJson`], on one line.
pub(super) struct SafeLine;

impl Formatter for SafeLine {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        write_fragment(out, fragment)
    }
}

fn write_fragment<W: ?Sized + io::Write>(out: &mut W, fragment: &str) -> io::Result<()> {
    if fragment.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return out.write_all(fragment.as_bytes());
    }
    let mut from = 0;
    for (at, c) in fragment.char_indices().filter(|(_, c)| is_unsafe(*c)) {
        out.write_all(&fragment.as_bytes()[from..at])?;
        for unit in c.encode_utf16(&mut [0; 2]) {
            write!(out, "\\u{unit:04x}")?;
        }
        from = at + c.len_utf8();
    }
    out.write_all(&fragment.as_bytes()[from..])
}

impl Formatter for SafeJson {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        write_fragment(out, fragment)
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bidi_and_control_characters_become_visible() {
        assert_eq!(terminal("a\u{202e}b\x1b[2J\n"), "a\\u{202e}b\\u{1b}[2J\\n");
        assert_eq!(source_line("\tkey\u{2066}"), "\tkey\\u{2066}");
        assert!(matches!(terminal("größe…"), Cow::Borrowed(_)));
    }

    #[test]
    fn markdown_shows_a_hostile_name_as_it_is() {
        assert_eq!(markdown("b|c`.md"), "b\\|c\\`.md");
        assert_eq!(markdown("<img src=x>"), "&lt;img src=x&gt;");
        assert_eq!(markdown("[a](https://x)"), "\\[a\\](https\\://x)");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code_block("yaml", "a\n```\nb"), "````yaml\na\n```\nb\n````\n");
    }

    #[test]
    fn steps_keep_emphasis_and_code_alone() {
        let step = "Find `a*b`, choose *Revoke* for <b>\\*x\\*</b> [y](z), glob * stays.";
        assert_eq!(step_plain(step), "Find `a*b`, choose Revoke for <b>*x*</b> [y](z), glob * stays.");
        let pieces = step_pieces("Find `a*b`, *then* `` c`d ``");
        let texts: Vec<(bool, &str)> = pieces.iter().map(|(code, text)| (*code, text.as_str())).collect();
        assert_eq!(texts, [(false, "Find "), (true, "a*b"), (false, ", then "), (true, "c`d")]);
        assert_eq!(
            step_markdown(step),
            "Find `a*b`, choose *Revoke* for &lt;b&gt;\\*x\\*&lt;/b&gt; \\[y\\](z), glob \\* stays."
        );
    }

    #[test]
    fn paths_become_uri_references() {
        assert_eq!(path_uri("a b/c#d.yml"), "a%20b/c%23d.yml");
        assert_eq!(path_uri("a:b"), "a%3Ab");
        assert_eq!(path_uri("/srv/x"), "file:///srv/x");
        assert_eq!(path_uri("C:\\x\\y"), "file:///C:/x/y");
        assert_eq!(path_uri("a\\b"), "a%5Cb");
    }

    proptest! {
        #[test]
        fn nothing_unsafe_passes(text in "\\PC*|.*") {
            prop_assert!(!terminal(&text).contains(is_unsafe));
            prop_assert!(!step_plain(&text).contains(is_unsafe));
            prop_assert!(!step_markdown(&text).contains(is_unsafe));
            prop_assert!(!markdown(&text).contains(['<', '\n']));
            prop_assert!(path_uri(&text).is_ascii());
        }

        #[test]
        fn safe_json_is_the_same_value(text in ".*") {
            let mut out = Vec::new();
            let mut to = serde_json::Serializer::with_formatter(&mut out, SafeJson::new());
            serde::Serialize::serialize(&text, &mut to).unwrap();
            prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
            prop_assert!(!String::from_utf8(out).unwrap().contains(is_unsafe));
        }
    }
}
