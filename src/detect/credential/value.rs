//! Where a value ends.

use crate::location::Span;
use crate::rules::LONGEST_READ;

/// A value as written.
pub(super) struct Value {
    pub(super) span: Span,
    pub(super) quoted: bool,
}

/// The value that begins at `from`; that of an element ends before the next tag.
pub(super) fn read(text: &[u8], from: usize, element: bool) -> Option<Value> {
    if element {
        return of_element(text, from);
    }
    let from = from + around(&text[from..]);
    let first = *text.get(from)?;
    let marks = text[from..].iter().take(2).take_while(|byte| b"brRuUfFLN@$".contains(byte)).count();
    let quote = *text.get(from + marks)?;
    if b"\"'`".contains(&quote) {
        let formats = text[from..from + marks].iter().any(|byte| b"fF$".contains(byte));
        return quoted(text, from + marks, quote, formats);
    }
    if first == b'\\' && text.get(from + 1).is_some_and(|byte| b"\"'".contains(byte)) {
        return escaped(text, from + 1);
    }
    if text[from..].starts_with(b"&quot;") {
        let start = from + 6;
        let length = text[start..].iter().take(LONGEST_READ).position(|byte| *byte == b'&' || *byte == b'\n')?;
        return some(start, start + length, true);
    }
    bare(text, block(text, from).unwrap_or(from))
}

/// What makes another type of a literal that stands in it: `[]byte("…")`.
const AROUND: [&[u8]; 7] = [b"<<", b"[]byte(", b"String::from(", b"new String(", b"Some(", b"bytes(", b"str("];

/// How many bytes stand around a literal, before its quote.
fn around(rest: &[u8]) -> usize {
    if !matches!(rest.first(), Some(b'<' | b'[' | b'S' | b'n' | b'b' | b's')) {
        return 0;
    }
    let known = AROUND.iter().find(|around| rest.starts_with(around)).map_or(0, |around| around.len());
    if rest.get(known).is_some_and(|byte| b"\"'".contains(byte)) { known } else { 0 }
}

/// Where the first line of a block of YAML begins: after `|` or `>` alone on the line of the name.
fn block(text: &[u8], from: usize) -> Option<usize> {
    let rest = text[from..].strip_prefix(b"|").or_else(|| text[from..].strip_prefix(b">"))?;
    let rest = rest.strip_prefix(b"-").or_else(|| rest.strip_prefix(b"+")).unwrap_or(rest);
    let at = text.len() - rest.len();
    let gap = rest.iter().take(80).take_while(|byte| byte.is_ascii_whitespace()).count();
    rest[..gap].contains(&b'\n').then_some(at + gap)
}

fn some(start: usize, end: usize, quoted: bool) -> Option<Value> {
    (start < end).then(|| Value { span: Span::new(start, end), quoted })
}

/// Text up to the next tag, without the space around it.
fn of_element(text: &[u8], from: usize) -> Option<Value> {
    let length = text[from..].iter().take(LONGEST_READ).position(|byte| *byte == b'<')?;
    let inner = text[from..from + length].trim_ascii_end();
    let start = inner.len() - inner.trim_ascii_start().len();
    // `{AES kq…}`: the last word in braces.
    let braced = inner[start..].starts_with(b"{") && inner.ends_with(b"}");
    let end = inner.len() - usize::from(braced);
    match inner[start..end].iter().rposition(u8::is_ascii_whitespace) {
        Some(space) if braced => some(from + start + space + 1, from + end, false),
        Some(_) => None,
        None => some(from + start, from + inner.len(), false),
    }
}

/// Up to the quote that closes it, on one line; nothing if it is put together from parts.
fn quoted(text: &[u8], at: usize, quote: u8, formats: bool) -> Option<Value> {
    // Three quotes open one text.
    let opening = if text[at..].starts_with(&[quote; 3]) { 3 } else { 1 };
    let start = at + opening;
    let mut end = start;
    loop {
        match *text.get(end)? {
            b'\n' | b'\r' => return None,
            b'\\' => end += 2,
            byte if byte == quote => break,
            _ => end += 1,
        }
        if end > start + LONGEST_READ {
            return None;
        }
    }
    if formats && text[start..end].contains(&b'{') {
        return None;
    }
    if goes_on(&text[(end + opening).min(text.len())..]) {
        return None;
    }
    let inner = &text[start..end];
    some(start + inner.len() - inner.trim_ascii_start().len(), start + inner.trim_ascii_end().len(), true)
}

/// Whether what follows a literal makes it a part of something else.
fn goes_on(rest: &[u8]) -> bool {
    let gap = rest.iter().take(4).take_while(|byte| **byte == b' ').count();
    match &rest[gap..] {
        // In parts that are literals too: the first of them tells enough.
        [b'+' | b'.', after @ ..] if is_literal(after) => false,
        [b'+', ..] | [b'%', b' ' | b'(', ..] | [b'.', b' ' | b'$', ..] => true,
        after => after.starts_with(b".format(") || after.starts_with(b".join("),
    }
}

/// Whether a literal begins here, perhaps on the next line.
fn is_literal(rest: &[u8]) -> bool {
    rest.iter().take(80).find(|byte| !byte.is_ascii_whitespace()).is_some_and(|byte| b"\"'".contains(byte))
}

/// Between quotes that are escaped, as in JSON within JSON.
fn escaped(text: &[u8], at: usize) -> Option<Value> {
    let start = at + 1;
    let inner = &text[start..text.len().min(start + LONGEST_READ)];
    let length = inner.iter().position(|byte| b"\\\"\n".contains(byte)).filter(|length| inner[*length] == b'\\')?;
    some(start, start + length, true)
}

/// Up to a space or to what cannot belong to a value without quotes.
fn bare(text: &[u8], from: usize) -> Option<Value> {
    let rest = &text[from..text.len().min(from + LONGEST_READ + 1)];
    let length = rest.iter().position(|byte| {
        byte.is_ascii_whitespace()
            || matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>' | b',' | b';' | b'|' | b'&' | b'\\')
    });
    let length = match length {
        Some(length) => length,
        None if rest.len() <= LONGEST_READ => rest.len(),
        None => return None,
    };
    let mut value = &rest[..length];
    // A bracket that nothing in the value opens belongs to what is around it.
    for (open, close) in [(b'(', b')'), (b'[', b']'), (b'{', b'}')] {
        if let Some(at) = value.iter().position(|byte| *byte == close)
            && !value[..at].contains(&open)
        {
            value = &value[..at];
        }
    }
    // `eyJraWQiOiJJ...`: cut short.
    if value.ends_with(b"...") {
        return None;
    }
    while let Some((b'.' | b':' | b'?', front)) = value.split_last().map(|(last, front)| (*last, front)) {
        value = front;
    }
    some(from, from + value.len(), false)
}
