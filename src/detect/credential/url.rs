//! `scheme://user:password@host`.

use super::{Found, Syntax};
use crate::location::Span;

/// Longest user name and password that are looked for.
const LONGEST: usize = 200;

/// The password in the address whose `://` is `at`.
pub(super) fn read(text: &[u8], at: Span) -> Option<Found> {
    let scheme = text[..at.start].iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte));
    if scheme.count() == 0 {
        return None;
    }
    let rest = &text[at.end..text.len().min(at.end + 2 * LONGEST)];
    let colon = rest.iter().position(|byte| !is_user(*byte)).filter(|colon| rest[*colon] == b':')?;
    let password = &rest[colon + 1..];
    let end = password.iter().position(|byte| is_end(*byte)).unwrap_or(password.len());
    // A password may hold `@`: the first that stands before nothing but a host divides.
    let is_division = |at: &usize| password[*at] == b'@' && is_host(&password[at + 1..end]);
    let length = (0..end).find(is_division).or_else(|| password[..end].iter().rposition(|byte| *byte == b'@'))?;
    let host = &password[length + 1..];
    let named = host.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(byte)).count();
    if length == 0 || length > LONGEST || named == 0 {
        return None;
    }
    let start = at.end + colon + 1;
    let host_start = start + length + 1;
    Some(Found {
        name: None,
        value: Span::new(start, start + length),
        host: Some(Span::new(host_start, host_start + named)),
        syntax: Syntax::Address,
    })
}

/// Whether a host stands here, perhaps with a port, and then the address ends or goes on to its query.
fn is_host(rest: &[u8]) -> bool {
    let named = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(byte)).count();
    let port = rest[named..]
        .strip_prefix(b":")
        .map_or(0, |port| 1 + port.iter().take_while(|byte| byte.is_ascii_digit()).count());
    named > 0 && rest.get(named + port).is_none_or(|byte| b"?#,".contains(byte))
}

fn is_user(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~%+!$&*=@".contains(&byte)
}

/// What ends an address, as far as its host.
fn is_end(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b"/\"'`<>\\|()".contains(&byte)
}
