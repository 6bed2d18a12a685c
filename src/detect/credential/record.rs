//! Lines of accounts, whose fields stand between colons: `/etc/shadow`, htpasswd, `.pgpass`, and what `chpasswd` is given.

use super::{Found, Syntax};
use crate::location::Span;
use crate::rules::LONGEST_READ;

/// A way to hash passwords: how its hashes begin, and how many characters its last part has. As crypt(5), the module
/// documentation of `htpasswd` and RFC 2307 have them.
const SCHEMES: [(&[u8], usize); 10] = [
    (b"$1$", 22),
    (b"$apr1$", 22),
    (b"$5$", 43),
    (b"$6$", 86),
    (b"$y$", 43),
    (b"$2a$", 53),
    (b"$2b$", 53),
    (b"$2y$", 53),
    (b"{SHA}", 28),
    (b"{SSHA}", 32),
];

/// Longest name of a user, a database or a host in such a line.
const LONGEST_FIELD: usize = 80;

/// The password, or its hash, in the line of which the mark `at` is a part.
pub(super) fn read(text: &[u8], at: Span) -> Option<Found> {
    match &text[at.start..at.end] {
        [b':', b'$' | b'{', ..] => hashed(text, at),
        [b':', ..] => of_postgres(text, at),
        _ => piped(text, at),
    }
}

/// `name:$6$salt$hash`, with every `$` twice where a compose file holds it.
fn hashed(text: &[u8], at: Span) -> Option<Found> {
    field_before(text, at.start)?;
    let start = at.start + 1;
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"./$={}+,".contains(byte);
    let length = text[start..].iter().take(LONGEST_READ).take_while(is_part).count();
    let written = &text[start..start + length];
    let mut plain = written.to_vec();
    if written.starts_with(b"$$") {
        plain.dedup_by(|after, before| *after == b'$' && *before == b'$');
    }
    let (scheme, hash) = SCHEMES.iter().find(|(scheme, _)| plain.starts_with(scheme))?;
    let last = plain[scheme.len()..].rsplit(|byte| *byte == b'$').next()?;
    let ends = text.get(start + length).is_none_or(|byte| byte.is_ascii_whitespace() || b":\"'`\\".contains(byte));
    (last.len() == *hash && ends).then_some(Found {
        name: None,
        value: Span::new(start, start + length),
        host: None,
        syntax: Syntax::Hashed,
    })
}

/// `host:port:database:user:password`, of which `at` is the port.
fn of_postgres(text: &[u8], at: Span) -> Option<Found> {
    let host = field_before(text, at.start)?;
    let mut start = at.end;
    for _ in ["database", "user"] {
        let length = text[start..].iter().take(LONGEST_FIELD).take_while(|byte| is_field(**byte)).count();
        if length == 0 || text.get(start + length) != Some(&b':') {
            return None;
        }
        start += length + 1;
    }
    let value = password(text, start)?;
    let host = (text[host.start] != b'*').then_some(host);
    Some(Found { name: None, value, host, syntax: Syntax::Address })
}

/// `echo "user:password" | chpasswd`: what stands before the command.
fn piped(text: &[u8], at: Span) -> Option<Found> {
    let line = text[..at.start].iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    let pipe = line + text[line..at.start].iter().rposition(|byte| *byte == b'|')?;
    let given = text[line..pipe].trim_ascii_end();
    let end = line + given.len();
    let length = given.iter().rev().take_while(|byte| !byte.is_ascii_whitespace()).count();
    let is_quote = |byte: Option<&u8>| usize::from(byte.is_some_and(|byte| b"\"'".contains(byte)));
    let start = end - length;
    let start = start + is_quote(text[start..end].first());
    let end = end - is_quote(text[start..end].last());
    let colon = text[start..end].iter().position(|byte| !is_field(*byte)).filter(|at| text[start + at] == b':')?;
    let value = Span::new(start + colon + 1, end);
    let echoes = [&b"echo "[..], b"printf "].iter().any(|word| given.windows(word.len()).any(|here| here == *word));
    (colon > 0 && echoes && !value.is_empty()).then_some(Found {
        name: None,
        value,
        host: None,
        syntax: Syntax::Argument,
    })
}

/// The field that ends before `end` and begins its line, a literal or a word.
fn field_before(text: &[u8], end: usize) -> Option<Span> {
    let length = text[..end].iter().rev().take(LONGEST_FIELD).take_while(|byte| is_field(**byte)).count();
    let start = end - length;
    let begins = start.checked_sub(1).is_none_or(|at| text[at].is_ascii_whitespace() || b"\"'`=,".contains(&text[at]));
    (length > 0 && begins).then(|| Span::new(start, end))
}

fn is_field(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._-@*+".contains(&byte)
}

/// Up to the end of the line, or to the quote that ends the text in which the line stands.
fn password(text: &[u8], start: usize) -> Option<Span> {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`:\\".contains(byte);
    let length = text[start..].iter().take(LONGEST_READ).position(ends).unwrap_or(text.len() - start);
    (length > 0 && text.get(start + length) != Some(&b':')).then(|| Span::new(start, start + length))
}
