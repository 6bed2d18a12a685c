//! Passwords among the arguments of a command: `curl -u user:password`, `sshpass -p password`, `mysql -ppassword`.

use super::{Found, Syntax};
use crate::location::Span;

/// How an option takes a password.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// As the next argument, or joined to the option.
    Password,
    /// Only joined to the option: on its own the option asks for it.
    Joined,
    /// As `user:password`.
    UserColon,
    /// As `user%password`.
    UserPercent,
    /// As `pass:password`, where other words name a place that holds it.
    Source,
    /// The argument after so many others: `rabbitmqctl add_user user password`.
    After(usize),
}

/// A command, in small letters, and its options.
struct Command {
    name: &'static str,
    options: &'static [(&'static str, Takes)],
}

const fn command(name: &'static str, options: &'static [(&'static str, Takes)]) -> Command {
    Command { name, options }
}

/// As their manuals say.
const COMMANDS: [Command; 35] = [
    command(
        "curl",
        &[
            ("-u", Takes::UserColon),
            ("--user", Takes::UserColon),
            ("-U", Takes::UserColon),
            ("--proxy-user", Takes::UserColon),
        ],
    ),
    command("sshpass", &[("-p", Takes::Password)]),
    command("mysql", &[("-p", Takes::Joined)]),
    command("mysqldump", &[("-p", Takes::Joined)]),
    command("mysqladmin", &[("-p", Takes::Joined)]),
    command("mysqlimport", &[("-p", Takes::Joined)]),
    command("mariadb", &[("-p", Takes::Joined)]),
    command("mongo", &[("-p", Takes::Password)]),
    command("mongosh", &[("-p", Takes::Password)]),
    command("mongodump", &[("-p", Takes::Password)]),
    command("mongorestore", &[("-p", Takes::Password)]),
    command("sqlcmd", &[("-P", Takes::Password)]),
    command("redis-cli", &[("-a", Takes::Password), ("--pass", Takes::Password)]),
    command("psexec", &[("-p", Takes::Password)]),
    command("docker login", &[("-p", Takes::Password)]),
    command("podman login", &[("-p", Takes::Password)]),
    command("helm registry login", &[("-p", Takes::Password)]),
    command("oc login", &[("-p", Takes::Password)]),
    command("az login", &[("-p", Takes::Password)]),
    command("ldapsearch", &[("-w", Takes::Password)]),
    command("ldapmodify", &[("-w", Takes::Password)]),
    command("ldapadd", &[("-w", Takes::Password)]),
    command("smbclient", &[("-U", Takes::UserPercent)]),
    command("openssl", &[("-passin", Takes::Source), ("-passout", Takes::Source), ("-pass", Takes::Source)]),
    command("keytool", &[("-storepass", Takes::Password), ("-keypass", Takes::Password)]),
    command("plink", &[("-pw", Takes::Password)]),
    command("pscp", &[("-pw", Takes::Password)]),
    command("lftp", &[("-u", Takes::After(1))]),
    command("ipmitool", &[("-P", Takes::Password)]),
    command("mosquitto_pub", &[("-P", Takes::Password)]),
    command("mosquitto_sub", &[("-P", Takes::Password)]),
    command("cqlsh", &[("-p", Takes::Password)]),
    command("twine upload", &[("-p", Takes::Password)]),
    command("rabbitmqctl", &[("add_user", Takes::After(1)), ("change_password", Takes::After(1))]),
    command(
        "htpasswd",
        &[
            ("-b", Takes::After(2)),
            ("-bc", Takes::After(2)),
            ("-cb", Takes::After(2)),
            ("-nb", Takes::After(1)),
            ("-bn", Takes::After(1)),
        ],
    ),
];

/// The password among the arguments of the command `at`.
pub(super) fn read(text: &[u8], at: Span) -> Option<Found> {
    let before = at.start.checked_sub(1).map(|index| text[index]);
    if before.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"-_.$".contains(&byte)) {
        return None;
    }
    let name = &text[at.start..at.end];
    let command = COMMANDS.iter().find(|command| command.name.as_bytes().eq_ignore_ascii_case(name))?;
    let rest = text[at.end..].strip_prefix(b".exe").map_or(at.end, |_| at.end + 4);
    // `mysql-password` is another word.
    if !text.get(rest).is_some_and(|byte| byte.is_ascii_whitespace() || b"\"',".contains(byte)) {
        return None;
    }
    let mut option = None;
    for argument in (Arguments { text, at: rest }) {
        let written = &text[argument.start..argument.end];
        match option.take() {
            Some(Takes::After(others)) if others > 0 => {
                option = Some(Takes::After(others - 1));
                continue;
            }
            // `-w -` and the like read it from elsewhere.
            Some(takes) => return password(text, argument, takes),
            None => {}
        }
        for &(known, takes) in command.options {
            match written.strip_prefix(known.as_bytes()) {
                Some([]) if takes != Takes::Joined => option = Some(takes),
                Some([_, ..]) if known.len() == 2 && !matches!(takes, Takes::After(_)) => {
                    return password(text, Span::new(argument.start + 2, argument.end), takes);
                }
                Some([b'=', ..]) => {
                    return password(text, Span::new(argument.start + known.len() + 1, argument.end), takes);
                }
                _ => {}
            }
        }
    }
    None
}

/// The password in what an option takes.
fn password(text: &[u8], argument: Span, takes: Takes) -> Option<Found> {
    let written = &text[argument.start..argument.end];
    let after = |mark: u8| written.iter().position(|byte| *byte == mark).map(|at| argument.start + at + 1);
    let mut start = match takes {
        Takes::Password | Takes::Joined | Takes::After(_) => argument.start,
        Takes::Source => argument.start + written.strip_prefix(b"pass:").map(|_| 5)?,
        Takes::UserColon => after(b':')?,
        Takes::UserPercent => after(b'%')?,
    };
    // `user:'password'`: quotes divide arguments here, and join the parts of one in a shell.
    if start == argument.end && takes == Takes::UserColon {
        let quote = text.get(start).filter(|byte| b"\"'".contains(byte))?;
        let length = text[start + 1..].iter().position(|byte| byte == quote || *byte == b'\n')?;
        let value = Span::new(start + 1, start + 1 + length);
        return (!value.is_empty()).then_some(Found { name: None, value, host: None, syntax: Syntax::Argument });
    }
    let mut end = argument.end;
    while start < end && b"\"'\\".contains(&text[start]) {
        start += 1;
    }
    while start < end && b"\"'\\".contains(&text[end - 1]) {
        end -= 1;
    }
    let value = Span::new(start, end);
    (!value.is_empty()).then_some(Found { name: None, value, host: None, syntax: Syntax::Argument })
}

/// The arguments after a command, up to the end of the statement. Quotes and commas divide like spaces, so that a list
/// of arguments in code reads like a line in a shell.
struct Arguments<'t> {
    text: &'t [u8],
    at: usize,
}

impl Iterator for Arguments<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        loop {
            match *self.text.get(self.at)? {
                b' ' | b'\t' | b'\x0C' | b'"' | b'\'' | b',' => self.at += 1,
                // A line that goes on.
                b'\\' | b'`' | b'^' if matches!(self.text.get(self.at + 1), Some(b'\n' | b'\r')) => {
                    let rest = &self.text[self.at + 1..];
                    self.at += 1 + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
                }
                b'\n' | b'\r' | b'|' | b';' | b')' | b']' => return None,
                _ => break,
            }
        }
        let start = self.at;
        let ends = |byte: &u8| byte.is_ascii_whitespace() || b"\"',".contains(byte);
        let length = self.text[start..].iter().position(ends).unwrap_or(self.text.len() - start);
        self.at += length;
        Some(Span::new(start, self.at))
    }
}
