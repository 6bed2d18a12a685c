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
    // A password may hold `@`: the last one before the host's end divides.
    let length = password[..end].iter().rposition(|byte| *byte == b'@')?;
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

fn is_user(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~%+!$&*=".contains(&byte)
}

/// What ends an address, as far as its host.
fn is_end(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b"/\"'`<>\\|()".contains(&byte)
}
