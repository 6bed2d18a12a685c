//! Seeds of one-time passwords: `otpauth://totp/…?secret=…`.

use super::{Found, Syntax};
use crate::location::Span;

/// Shortest seed: 80 bits, as RFC 4226 calls too few already (section 4: 128 at least).
const SHORTEST: usize = 16;

/// The seed in the address that begins `at`.
pub(super) fn read(text: &[u8], at: Span) -> Option<Found> {
    let rest = &text[at.end..];
    let address = rest.iter().position(|byte| byte.is_ascii_whitespace() || b"\"'`<>".contains(byte));
    let address = &rest[..address.unwrap_or(rest.len())];
    let name = address.windows(NAME.len()).position(|window| window.eq_ignore_ascii_case(NAME))?;
    let start = at.end + name + NAME.len();
    let is_base32 = |byte: &&u8| byte.is_ascii_alphabetic() || (b'2'..=b'7').contains(byte);
    let length = text[start..].iter().take_while(is_base32).count();
    (length >= SHORTEST).then(|| Found {
        name: None,
        value: Span::new(start, start + length),
        host: None,
        syntax: Syntax::Argument,
    })
}

const NAME: &[u8] = b"secret=";
