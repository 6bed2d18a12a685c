//! Passwords among the arguments of calls that take a user and a password by place: `NetworkCredential("u", "p")`.

use super::{Found, Syntax};
use crate::location::Span;

/// A call, in small letters, and which of its quoted arguments is the password. As their documentation says.
const CALLS: [(&str, usize); 19] = [
    ("networkcredential", 1),
    ("pscredential", 1),
    ("sqlcredential", 1),
    ("directoryentry", 2),
    ("httpbasicauth", 1),
    ("basicauthentication", 1),
    ("usernamepasswordcredentials", 1),
    ("setbasicauth", 1),
    ("basic_auth", 1),
    ("http_basic_authenticate_with", 1),
    ("drivermanager.getconnection", 2),
    ("mysql_connect", 2),
    ("mysqli_connect", 2),
    ("new mysqli", 2),
    ("ftp_login", 1),
    ("ldap_bind", 1),
    ("smtp.login", 1),
    ("server.login", 1),
    ("convertto-securestring", 0),
];

/// How many arguments are read at most.
const MOST: usize = 4;

/// The password among the arguments of the call `at`.
pub(super) fn read(text: &[u8], at: Span) -> Option<Found> {
    let name = &text[at.start..at.end];
    let &(_, wanted) = CALLS.iter().find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(name))?;
    let mut from = at.end + text[at.end..].iter().take(4).take_while(|byte| b" (".contains(byte)).count();
    if wanted == 0 {
        from += text[from..].strip_prefix(b"-String ").map_or(0, |_| 8);
    } else if !text[at.end..from].contains(&b'(') {
        return None;
    }
    for index in 0..MOST {
        let (value, next) = argument(text, from)?;
        if index == wanted {
            let value = value?;
            return Some(Found { name: None, value, host: None, syntax: Syntax::Quoted });
        }
        from = next;
    }
    None
}

/// One argument: its text if it is quoted, and where the next begins.
fn argument(text: &[u8], from: usize) -> Option<(Option<Span>, usize)> {
    let quote = *text.get(from)?;
    let (value, end) = if b"\"'".contains(&quote) {
        let length = text[from + 1..].iter().take(LONGEST).position(|byte| *byte == quote || *byte == b'\n')?;
        let end = from + 1 + length;
        ((text[end] == quote && length > 0).then(|| Span::new(from + 1, end)), end + 1)
    } else {
        let length = text[from..].iter().take(LONGEST).position(|byte| b",()\n;\"'".contains(byte))?;
        (None, from + length)
    };
    let gap = text[end..].iter().take(40).take_while(|byte| byte.is_ascii_whitespace()).count();
    match text.get(end + gap) {
        Some(b',') => {
            let next = end + gap + 1;
            Some((value, next + text[next..].iter().take(40).take_while(|byte| byte.is_ascii_whitespace()).count()))
        }
        // Put together from parts: not the whole password.
        Some(b'+' | b'.') => Some((None, end)),
        _ => Some((value, end)),
    }
}

/// Longest argument.
const LONGEST: usize = 160;
