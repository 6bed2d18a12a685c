//! From a name to the value that is assigned to it, in whatever syntax.

use super::meaning::Meaning;
use super::value::{self, Value};
use super::{Found, Syntax, name};
use crate::location::Span;

/// What stands between a name and its value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    /// `=`, `:=`, `=>` and their like, tight if nothing stands around it.
    Equals { tight: bool },
    /// `:`.
    Colon,
    /// `==`: what follows is compared, and only a literal tells.
    Compares,
    /// `(`, or `,` after a quoted name: only a literal counts.
    Passes,
    /// `>` of an element.
    Opens,
    /// `or`, `||` or `??` after a look-up of the name, and then a literal.
    Defaults,
    /// A space after an option or in a statement that sets passwords.
    Space { option: bool },
    /// A dash, `is` or a space between words.
    Tells,
}

/// The value of the name in which the word `at` stands. What tells most places of a word from an assignment comes first:
/// the byte after the name, then the first bytes of the value, and only then the words of the name.
pub(super) fn read(text: &[u8], at: Span, meaning: impl FnOnce() -> Option<Meaning>) -> Option<Found> {
    let name = identifier(text, at);
    let (operator, from) = operator(text, name)?;
    let Value { span, quoted } = value::read(text, from, operator == Operator::Opens)?;
    let tells = operator == Operator::Tells;
    let literal_only = matches!(operator, Operator::Compares | Operator::Passes | Operator::Defaults);
    if span.len() < SHORTEST || !quoted && literal_only {
        return None;
    }
    let setting = matches!(operator, Operator::Equals { .. }) || name::is_constant(&text[name.start..name.end]);
    if !quoted && !setting && is_word(&text[span.start..span.end]) || tells && span.len() < SHORTEST_TOLD && !quoted {
        return None;
    }
    if is_elsewhere(text, at, name, operator, span, quoted) || meaning().is_none() {
        return None;
    }
    let syntax = match operator {
        Operator::Opens => Syntax::Element,
        Operator::Space { option: true } => Syntax::Argument,
        Operator::Tells => Syntax::Told,
        _ if quoted => Syntax::Quoted,
        Operator::Space { .. } | Operator::Equals { tight: true } => Syntax::Setting,
        _ if stands_alone(text, name, span) => Syntax::Setting,
        _ => Syntax::Bare,
    };
    Some(Found { name: Some(name), value: span, host: None, syntax })
}

/// Shortest value that is looked at.
const SHORTEST: usize = 4;

/// Shortest one that counts after words without a quote.
const SHORTEST_TOLD: usize = 16;

/// A value without quotes that is nothing but letters and what joins them: a variable, a type, a word.
fn is_word(value: &[u8]) -> bool {
    value.iter().all(|byte| byte.is_ascii_alphabetic() || b"_.-".contains(byte)) && value.len() < SHORTEST_WORDLESS
}

/// From here on even letters alone may be a key.
const SHORTEST_WORDLESS: usize = 16;

/// Whether what was read is no value of this name after all.
fn is_elsewhere(text: &[u8], at: Span, name: Span, operator: Operator, value: Span, quoted: bool) -> bool {
    let is_call = operator == Operator::Passes && closers(&text[name.end..]) == 0;
    is_call && (text[value.start - 1] == b'`' || !name::takes(&text[name.start..name.end], at.start - name.start))
        || operator == Operator::Passes && !is_call && (is_compared(text, name) || is_listed(text, name, value))
        || quoted && is_behind(text, name, value)
        // `arn:aws:secretsmanager:eu-1:123:secret:a`: one part of a longer name.
        || operator == Operator::Colon && !quoted && matches!(&text[..name.start], [.., part, b':'] if part.is_ascii_alphanumeric())
        // `msauth://…`: the name is the scheme of an address.
        || operator == Operator::Colon && !quoted && text[value.start..value.end].starts_with(b"//")
        || matches!(operator, Operator::Space { .. } | Operator::Tells) && text[value.start] == b'-'
}

/// Whether what looks like a name is the password itself, and is compared with what follows or hashed with it:
/// `matches("password", "…")`.
fn is_compared(text: &[u8], name: Span) -> bool {
    let before = text[..name.start].strip_suffix(b"\"").or_else(|| text[..name.start].strip_suffix(b"'"));
    let Some(before) = before.and_then(|before| before.strip_suffix(b"(")) else { return false };
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_.".contains(byte);
    let length = before.iter().rev().take_while(is_part).count();
    name::compares(&before[before.len() - length..])
}

/// Whether the name and the value are two of several texts in a list: another follows, and the name is not the first that
/// a call is given; or one stands before, and the list ends.
fn is_listed(text: &[u8], name: Span, value: Span) -> bool {
    let before = text[..name.start].trim_ascii_end();
    let before = before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"'")).unwrap_or(before).trim_ascii_end();
    let after = text[value.end..].get(1..).unwrap_or_default().trim_ascii_start();
    let is_option = text[name.start] == b'-';
    !is_option
        && (after.starts_with(b",") && !before.ends_with(b"(") || after.starts_with(b"]") && before.ends_with(b","))
}

/// The name without what belongs to the statement: `password.value` is its own, `--password` too.
fn identifier(text: &[u8], at: Span) -> Span {
    let name = name::around(text, at);
    let trailing = text[at.end..name.end].iter().rev().take_while(|byte| matches!(byte, b'-' | b'.')).count();
    Span::new(name.start, (name.end - trailing).max(at.end))
}

/// The operator after the name, and where the value begins.
fn operator(text: &[u8], name: Span) -> Option<(Operator, usize)> {
    let rest = &text[name.end..];
    let closing = closers(rest);
    let closed = closing > 0;
    let gap = spaces(&rest[closing..]);
    let at = name.end + closing + gap;
    let after = |skip: usize| at + skip + spaces_and_break(&text[(at + skip).min(text.len())..]);
    let next = text.get(at..text.len().min(at + 3))?;
    if let Some(skip) = default_after(&text[at..]) {
        return Some((Operator::Defaults, at + skip));
    }
    let operator = match next {
        [b'=' | b'!', b'=', b'='] => (Operator::Compares, after(3)),
        [b'=' | b'!', b'=', ..] => (Operator::Compares, after(2)),
        [b'=', b'~', ..] => return None,
        [b':', b':', ..] => (Operator::Equals { tight: false }, after(colons_and_equals(&text[at..])?)),
        [b'=', b'>', ..] | [b':' | b'?' | b'+' | b'.', b'=', ..] => (Operator::Equals { tight: false }, after(2)),
        [b'|', b'|', b'='] | [b'?', b'?', b'='] => (Operator::Equals { tight: false }, after(3)),
        [b'=', first, ..] => (Operator::Equals { tight: gap == 0 && !first.is_ascii_whitespace() }, after(1)),
        [b':', b'-', ..] => (Operator::Equals { tight: true }, at + 2),
        [b':', ..] => object(text, at).unwrap_or_else(|| colon(text, at)),
        [b'(', ..] if !closed && !is_macro(&text[name.start..name.end]) => (Operator::Passes, after(1)),
        [b',', ..] if closed => listed(text, at + 1).unwrap_or((Operator::Passes, after(1))),
        // A constant among the arguments of a call: `curl_setopt($c, CURLOPT_PASSWORD, "…")`.
        [b',', ..] if name::is_constant(&text[name.start..name.end]) => (Operator::Passes, after(1)),
        // A pair of Erlang or Elixir: `{password, "…"}`.
        [b',', ..] if text[..name.start].ends_with(b"{") => (Operator::Compares, after(1)),
        [b'<', b'/', ..] => sibling(text, at)?,
        [b'>', ..] if is_type_argument(text, name) => return None,
        [b'>', ..] => (Operator::Opens, at + 1),
        [b'-', b' ', b'"' | b'\''] if gap > 0 => (Operator::Tells, at + 2),
        [b'\n' | b'\r', ..] if !is_item(text, name) => return None,
        [b'\n' | b'\r' | b'}', ..] => listed(text, at)?,
        [byte, ..] if gap > 0 => spaced(text, name, at, *byte, closed)?,
        _ => return None,
    };
    Some(operator)
}

/// Whether a name that is called is that of a macro whose two letters stand for something else (`I915_PW("AUX_TC1")`, a power
/// well): passwords are passed to functions and to `PASSWORD`.
fn is_macro(name: &[u8]) -> bool {
    name::is_constant(name) && name.ends_with(b"_PW")
}

/// Whether the name stands between the brackets of a type: `List<Password>`.
fn is_type_argument(text: &[u8], name: Span) -> bool {
    let before = text[..name.start].strip_suffix(b"<").and_then(<[u8]>::last);
    before.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// `::=` and `:::=`, as some languages of make and of grammars have them.
fn colons_and_equals(rest: &[u8]) -> Option<usize> {
    let colons = rest.iter().take(3).take_while(|byte| **byte == b':').count();
    (rest.get(colons) == Some(&b'=')).then_some(colons + 1)
}

/// Where the literal begins that stands for a value that is not set: `") or "`, `'] || '`, ` ?? "`.
fn default_after(rest: &[u8]) -> Option<usize> {
    if !matches!(rest.first(), Some(b')' | b']' | b'o' | b'|' | b'?')) {
        return None;
    }
    let closing = rest.iter().take(3).take_while(|byte| matches!(byte, b')' | b']')).count();
    let gap = spaces(&rest[closing..]);
    let at = closing + gap;
    let word = after_words(&rest[at..], &[b"or ", b"|| ", b"?? ", b"?: "])?;
    let from = at + word + spaces(&rest[at + word..]);
    rest.get(from).filter(|byte| is_quote(**byte)).map(|_| from)
}

/// The text of the element after the one that the name is the text of: `<name>password</name> <value>…`, `<key>…</key>
/// <string>…`.
fn sibling(text: &[u8], at: usize) -> Option<(Operator, usize)> {
    let rest = &text[at..text.len().min(at + LONGEST_SIBLING)];
    let closed = rest.iter().position(|byte| *byte == b'>')? + 1;
    let gap = rest[closed..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let opened = closed + gap;
    let tag = after_words(&rest[opened..], &[b"<value>", b"<string>", b"<val>", b"<Value>"])?;
    Some((Operator::Opens, at + opened + tag))
}

/// Longest end of an element, with what stands before the next.
const LONGEST_SIBLING: usize = 80;

/// `: {` and then `"value": …`, as outputs stand in the state of Terraform.
fn object(text: &[u8], at: usize) -> Option<(Operator, usize)> {
    let from = at + 1 + spaces(&text[at + 1..]);
    (text.get(from) == Some(&b'{')).then(|| listed(text, from + 1)).flatten()
}

/// After a colon the value, or a type and then the value.
fn colon(text: &[u8], at: usize) -> (Operator, usize) {
    let from = at + 1 + spaces_and_break(&text[at + 1..]);
    let kind = text[from.min(text.len())..].iter().take(LONGEST_TYPE);
    let length = kind.take_while(|byte| byte.is_ascii_alphanumeric() || b"_&<>[]?|.' ".contains(byte)).count();
    let typed = &text[from.min(text.len())..(from + length).min(text.len())];
    let is_type =
        typed.ends_with(b" ") && typed.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'&');
    match text.get(from + length..from + length + 2) {
        Some([b'=', next]) if is_type && *next != b'=' && *next != b'>' => {
            let value = from + length + 1;
            (Operator::Equals { tight: false }, value + spaces_and_break(&text[value..]))
        }
        _ => (Operator::Colon, from),
    }
}

/// Longest type between a name and its value.
const LONGEST_TYPE: usize = 40;

/// What follows a name and a space: a type and `=`, `value=`, a value.
fn spaced(text: &[u8], name: Span, at: usize, byte: u8, closed: bool) -> Option<(Operator, usize)> {
    let rest = &text[at..text.len().min(at + LONGEST_TYPE)];
    if closed {
        let value = after_word(rest, b"value").or_else(|| after_word(rest, b"Value"))?;
        return Some((Operator::Equals { tight: false }, at + value));
    }
    if is_option(text, name) {
        return Some((Operator::Space { option: true }, at));
    }
    let word = word_length(rest);
    if byte.is_ascii_alphabetic() && word < SHORTEST_TOLD {
        if let Some(skip) = after_words(rest, &[b"is ", b"is: ", b"to "]) {
            return Some((Operator::Tells, at + skip));
        }
        let words = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"_<>[]. ".contains(byte)).count();
        if rest.get(words) == Some(&b'=') && rest.get(words + 1).is_some_and(|next| !b"=>~".contains(next)) {
            let value = at + words + 1;
            return Some((Operator::Equals { tight: false }, value + spaces(&text[value..])));
        }
    }
    let line = text[..name.start].rsplit(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii_start();
    let is_by = text[name.start..name.end].eq_ignore_ascii_case(b"by");
    if byte.is_ascii_alphanumeric() && (is_by || text[name.end - 1].is_ascii_uppercase() && sets_passwords(line)) {
        return Some((Operator::Space { option: false }, at));
    }
    if is_quote(byte) || after_words(rest, &[b"by '", b"BY '", b"by \"", b"BY \""]).is_some() {
        let by = after_words(rest, &[b"by ", b"BY "]).unwrap_or(0);
        let operator = if is_by || line.is_empty() || sets_passwords(line) {
            Operator::Space { option: false }
        } else {
            Operator::Tells
        };
        return Some((operator, at + by));
    }
    let of_machine = || line.is_empty() && after_words(line_before(text, name.start), &LOGINS).is_some();
    if after_words(line, &[b"ENV ", b"ARG ", b"setenv "]).or_else(|| after_words(line, &LOGINS)).is_some()
        || of_machine()
    {
        return Some((Operator::Space { option: false }, at));
    }
    if line.is_empty() && is_line_of_two(text, at) {
        return Some((Operator::Space { option: false }, at));
    }
    (word >= SHORTEST_TOLD).then_some((Operator::Tells, at))
}

/// Whether nothing but a value with a digit follows on the line, as `requirepass …` stands in settings.
fn is_line_of_two(text: &[u8], at: usize) -> bool {
    let rest = text[at..].split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii_end();
    rest.len() < SHORTEST_TOLD
        && !rest.ends_with(b";")
        && rest.iter().all(u8::is_ascii_graphic)
        && rest.iter().any(u8::is_ascii_digit)
}

/// Words that begin a line of a netrc file (or its end) before the password.
const LOGINS: [&[u8]; 3] = [b"machine ", b"login ", b"default login "];

/// The line before the one that `at` stands in, without what indents it.
fn line_before(text: &[u8], at: usize) -> &[u8] {
    let mut lines = text[..at].rsplit(|byte| *byte == b'\n');
    lines.nth(1).unwrap_or_default().trim_ascii()
}

fn word_length(rest: &[u8]) -> usize {
    rest.iter().take(SHORTEST_TOLD).take_while(|byte| !byte.is_ascii_whitespace()).count()
}

/// Whether the name is an option of a command: `--password`, `-Password`.
fn is_option(text: &[u8], name: Span) -> bool {
    text[name.start] == b'-'
        && name.start.checked_sub(1).is_none_or(|at| text[at].is_ascii_whitespace() || b"\"'`([".contains(&text[at]))
}

/// Words of statements that set a password.
const SETTING: [&[u8]; 8] = [
    b"identified",
    b"create user ",
    b"alter user ",
    b"create role ",
    b"alter role ",
    b"set ",
    b"with encrypted ",
    b"grant ",
];

/// Whether the statement before a name is one that sets a password: `CREATE USER x WITH`.
fn sets_passwords(line: &[u8]) -> bool {
    let statement = line.rsplit(|byte| *byte == b';').next().unwrap_or_default();
    SETTING.iter().any(|word| {
        statement.windows(word.len()).enumerate().any(|(start, here)| {
            here.eq_ignore_ascii_case(word) && (start == 0 || !statement[start - 1].is_ascii_alphanumeric())
        })
    })
}

/// A list of names and values: `name: X` and then `value: …`.
fn listed(text: &[u8], at: usize) -> Option<(Operator, usize)> {
    let rest = &text[at..text.len().min(at + 120)];
    let skip = rest.iter().take_while(|byte| byte.is_ascii_whitespace() || b",\"'".contains(byte)).count();
    let value = after_word(&rest[skip..], b"value").or_else(|| after_word(&rest[skip..], b"Value"))?;
    Some((Operator::Colon, at + skip + value))
}

/// Whether the name is itself a value, `name: PASSWORD`, and not the last word of a sentence.
fn is_item(text: &[u8], name: Span) -> bool {
    let before = text[..name.start].trim_ascii_end();
    let before = before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"'")).unwrap_or(before).trim_ascii_end();
    before.last().is_some_and(|byte| b":=-".contains(byte))
}

/// Where a value begins after `word` and its operator.
fn after_word(rest: &[u8], word: &[u8]) -> Option<usize> {
    let after = rest.strip_prefix(word)?;
    let closing = closers(after);
    let gap = spaces(&after[closing..]);
    let operator = after.get(closing + gap).filter(|byte| b"=:".contains(byte)).map(|_| closing + gap + 1)?;
    Some(word.len() + operator + spaces(&after[operator..]))
}

fn after_words(rest: &[u8], words: &[&[u8]]) -> Option<usize> {
    words.iter().find(|word| rest.starts_with(word)).map(|word| word.len())
}

/// How many bytes close a name: quotes, escaped ones too, and brackets.
fn closers(rest: &[u8]) -> usize {
    if rest.starts_with(b"&quot;") {
        return 6;
    }
    // A text of Erlang: `<<"password">>`.
    if rest.starts_with(b"\">>") {
        return 3;
    }
    rest.iter().take(4).take_while(|byte| matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b']')).count()
}

fn spaces(rest: &[u8]) -> usize {
    rest.iter().take(24).take_while(|byte| **byte == b' ' || **byte == b'\t').count()
}

/// Spaces, and one end of a line with what indents the next if a quote follows it.
fn spaces_and_break(rest: &[u8]) -> usize {
    let first = spaces(rest);
    let line = rest[first..].iter().take(2).take_while(|byte| b"\r\n".contains(byte)).count();
    let indent = rest[first + line..].iter().take(64).take_while(|byte| **byte == b' ' || **byte == b'\t').count();
    match rest.get(first + line + indent) {
        Some(byte) if line > 0 && is_quote(*byte) => first + line + indent,
        _ => first,
    }
}

fn is_quote(byte: u8) -> bool {
    b"\"'`".contains(&byte)
}

/// Whether the quote before the value closes the text that the name stands in: `'--password=' . $x['y']`,
/// `"&password=".escape(x)`.
fn is_behind(text: &[u8], name: Span, value: Span) -> bool {
    let before = name.start.checked_sub(1).map(|at| text[at]);
    let quote = text[value.start - 1];
    let escaped = value.start > 1 && text[value.start - 2] == b'\\';
    let is_joined = || {
        let line = text[..value.start - 1].rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        b".+".contains(&text[value.start]) && memchr::memchr_iter(quote, line).count() % 2 == 1
    };
    !escaped && closers(&text[name.end..]) == 0 && (before == Some(quote) || is_joined())
}

/// Whether the name begins its line and the value ends it.
fn stands_alone(text: &[u8], name: Span, value: Span) -> bool {
    let line = text[..name.start].rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    let begins = line.iter().all(|byte| byte.is_ascii_whitespace() || b"-\"'#/*".contains(byte))
        || line.trim_ascii_start().starts_with(b"export ");
    let rest = text[value.end..].split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii();
    begins && (rest.is_empty() || rest.starts_with(b"#") || rest.starts_with(b"//"))
}
