//! Passwords among the arguments of calls that take a user and a password by place: `NetworkCredential("u", "p")`.

use super::{Found, Syntax};
use crate::location::Span;

/// A call, in small letters, and which of its quoted arguments is the password. As their documentation says.
const CALLS: [(&str, usize); 43] = [
    ("networkcredential", 1),
    ("pscredential", 1),
    ("sqlcredential", 1),
    ("directoryentry", 2),
    ("httpbasicauth", 1),
    ("httpdigestauth", 1),
    ("basicauthentication", 1),
    ("usernamepasswordcredentials", 1),
    ("usernamepasswordauthenticationtoken", 1),
    ("passwordauthentication", 1),
    ("setbasicauth", 1),
    ("withbasicauth", 1),
    ("basic_auth", 1),
    ("http_basic_authenticate_with", 1),
    ("credentials.basic", 1),
    ("drivermanager.getconnection", 2),
    ("mysql_connect", 2),
    ("mysqli_connect", 2),
    ("new mysqli", 2),
    ("pymysql.connect", 2),
    ("mysqldb.connect", 2),
    ("ftp_login", 2),
    ("ldap_bind", 2),
    ("simple_bind_s", 1),
    (".login(", 1),
    (".auth(", 1),
    ("auth=(", 1),
    ("auth = (", 1),
    ("smtp.plainauth", 2),
    ("ssh.password", 0),
    ("basicawscredentials", 1),
    ("signinwithemailandpassword", 1),
    ("createuserwithemailandpassword", 1),
    ("convertto-securestring", 0),
    ("jwt.sign", 1),
    ("jwt.verify", 1),
    ("jwt.encode", 1),
    ("jwt.decode", 1),
    ("createhmac", 1),
    ("secretkeyspec", 0),
    ("cookieparser", 0),
    ("aes.new", 0),
    ("fernet", 0),
];

/// How many arguments are read at most.
const MOST: usize = 4;

/// The password among the arguments of the call `at`.
pub(super) fn read(text: &[u8], at: Span) -> Option<Found> {
    let name = &text[at.start..at.end];
    let &(_, wanted) = CALLS.iter().find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(name))?;
    let mut from = at.end + text[at.end..].iter().take(4).take_while(|byte| b" (\n".contains(byte)).count();
    if name.eq_ignore_ascii_case(b"convertto-securestring") {
        from = after_switches(text, from);
    } else if !name.ends_with(b"(") && !text[at.end..from].contains(&b'(') {
        return None;
    }
    for index in 0..MOST {
        let (value, next) = argument(text, from)?;
        if index == wanted {
            let value = value?;
            return Some(Found { name: None, value, host: None, syntax: Syntax::Argument });
        }
        from = next?;
    }
    None
}

/// Past the switches of a command of PowerShell that take no value, and the one that the text follows.
fn after_switches(text: &[u8], mut from: usize) -> usize {
    while let Some(switch) =
        [&b"-String "[..], b"-Force ", b"-AsPlainText "].iter().find(|switch| text[from..].starts_with(switch))
    {
        from += switch.len();
    }
    from
}

/// What some languages put around a literal.
const AROUND: [&[u8]; 4] = [b"Some(", b"String::from(", b"new String(", b"b"];

/// One argument: its text if it is quoted, and where the next begins, if one does.
fn argument(text: &[u8], from: usize) -> Option<(Option<Span>, Option<usize>)> {
    let around = AROUND.iter().find(|around| text[from.min(text.len())..].starts_with(around));
    let around = around.filter(|around| text.get(from + around.len()).is_some_and(|byte| b"\"'".contains(byte)));
    let from = from + around.map_or(0, |around| around.len());
    let quote = *text.get(from)?;
    let (value, mut end) = if b"\"'".contains(&quote) {
        let length = text[from + 1..].iter().take(LONGEST).position(|byte| *byte == quote || *byte == b'\n')?;
        let end = from + 1 + length;
        ((text[end] == quote && length > 0).then(|| Span::new(from + 1, end)), end + 1)
    } else {
        let length = text[from..].iter().take(LONGEST).position(|byte| b",()\n;\"'".contains(byte))?;
        (None, from + length)
    };
    for after in [&b".toCharArray()"[..], b".to_string()", b".into()", b".to_owned()"] {
        end += text[end..].strip_prefix(after).map_or(0, |_| after.len());
    }
    end += usize::from(around.is_some_and(|around| around.ends_with(b"(")) && text.get(end) == Some(&b')'));
    let gap = text[end..].iter().take(40).take_while(|byte| byte.is_ascii_whitespace()).count();
    match text.get(end + gap) {
        Some(b',') => {
            let next = end + gap + 1;
            let gap = text[next..].iter().take(40).take_while(|byte| byte.is_ascii_whitespace()).count();
            Some((value, Some(next + gap)))
        }
        // Put together from parts: not the whole password.
        Some(b'+' | b'.') => Some((None, None)),
        _ => Some((value, None)),
    }
}

/// Longest argument.
const LONGEST: usize = 160;
