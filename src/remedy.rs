//! From a remedy template to the steps for one key: every field filled in, nothing invented, nothing that breaks out.
//!
//! A value comes from a repository or a list, so each place takes only what is harmless there:
//!
//! - in a sentence a value is a Markdown code span (its backticks become apostrophes, invisible characters are
//!   written out); between backticks of the template's own it is the bare text;
//! - in an address a value is percent-encoded, and a host must look like one;
//! - in a command or a snippet a value must be plain (letters, digits and a few marks that neither a shell nor YAML
//!   reads); between quotes of the template's own a few more marks are allowed. Any other value counts as unknown.
//!
//! Where a value is not known, the template's own words after `|` stand. Without such words a sentence says
//! "the key's id (not known)", a command or snippet holds the field's name in capitals (`KEY_ID`), and an address is
//! left out altogether: half an address leads nowhere.

mod scope;

use std::fmt::Write as _;

pub use self::scope::suggested_scope;
use crate::finding::Remedy;
use crate::hygiene::{code, inside_code};
use crate::rules::{Keyless, RemedyTemplate};

/// What is known of the key at hand and of the repository where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// `{key}`: the key's name, id or mask; never the key.
    pub key: Option<String>,
    /// `{key_id}`: the issuer's public id of the key.
    pub key_id: Option<String>,
    /// `{owner}`: the account or organisation.
    pub owner: Option<String>,
    /// `{host}`: the issuer's host.
    pub host: Option<String>,
    /// `{packages}`: the package ids that the repository publishes; empty when none is known.
    pub packages: Vec<String>,
    /// `{scope}`: the narrowest glob or list that covers them ([`suggested_scope`]).
    pub scope: Option<String>,
    /// `{repository}`: `OWNER/NAME`.
    pub repository: Option<String>,
    /// `{workflow}`: the file name of the workflow that publishes.
    pub workflow: Option<String>,
}

/// The names of all fields that a template may hold.
pub const FIELDS: [&str; 8] = ["key", "key_id", "owner", "host", "packages", "scope", "repository", "workflow"];

/// Fills in every field of `template`.
#[must_use]
pub fn fill(template: &RemedyTemplate, fields: &Fields) -> Remedy {
    let sentences = |steps: &[String]| steps.iter().map(|step| sentence(step, fields)).collect();
    Remedy {
        page: template.page.as_ref().and_then(|page| address(page, fields)),
        revoke: sentences(&template.revoke),
        command: template.command.as_ref().map(|command| plain(command, fields, &COMMAND)),
        recreate: sentences(&template.recreate),
        keyless: template.keyless.as_ref().map(|keyless| Keyless {
            title: sentence(&keyless.title, fields),
            steps: sentences(&keyless.steps),
            snippet: plain(&keyless.snippet, fields, &SNIPPET),
            language: keyless.language.clone(),
            reference: keyless.reference.clone(),
        }),
    }
}

/// The remedy for a key that is proved dead: there is nothing to revoke, but its successor may lie as open.
#[must_use]
pub fn of_dead_key(remedy: Remedy) -> Remedy {
    let revoke = vec![
        "Nothing is left to revoke. Remove it from the text, so that nobody takes it for a live one.".to_owned(),
        "Find out how it got there, and whether its successor lies in the same place.".to_owned(),
    ];
    Remedy { page: None, revoke, command: None, recreate: Vec::new(), keyless: remedy.keyless }
}

/// The remedy for a key that somebody planted to be told who uses it: whoever revokes or tries it sets off the alarm.
#[must_use]
pub fn of_canary() -> Remedy {
    let revoke = vec![
        "Do not use the key and ask nobody about it: that is the alarm for which it was planted.".to_owned(),
        "If you or your security team planted it, leave it where it is. If nobody did, find out who put it there, and from \
         where it was copied."
            .to_owned(),
    ];
    Remedy { revoke, ..Remedy::default() }
}

/// One piece of a template.
#[derive(Debug, PartialEq)]
enum Piece<'a> {
    Text(&'a str),
    Field { name: &'a str, words: Option<&'a str> },
}

/// Cuts a template at its fields. Braces around anything but a field are text (`${{ … }}` in a workflow).
fn pieces(template: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut left) = (Vec::new(), template);
    let mut searched = 0;
    while let Some(open) = left[searched..].find('{').map(|at| at + searched) {
        let field = left[open + 1..].find('}').and_then(|close| field(&left[open + 1..open + 1 + close]));
        if let Some((piece, length)) = field {
            pieces.push(Piece::Text(&left[..open]));
            pieces.push(piece);
            left = &left[open + length + 2..];
            searched = 0;
        } else {
            searched = open + 1;
        }
    }
    pieces.push(Piece::Text(left));
    pieces
}

fn field(inside: &str) -> Option<(Piece<'_>, usize)> {
    let (name, words) = inside.split_once('|').map_or((inside, None), |(name, words)| (name, Some(words)));
    FIELDS.contains(&name).then_some((Piece::Field { name, words }, inside.len()))
}

impl Fields {
    /// The values of a field, several only for `{packages}`; empty when it is not known.
    fn values(&self, name: &str) -> Vec<&str> {
        let known = match name {
            "key" => &self.key,
            "key_id" => &self.key_id,
            "owner" => &self.owner,
            "host" => &self.host,
            "scope" => &self.scope,
            "repository" => &self.repository,
            "workflow" => &self.workflow,
            _ => return self.packages.iter().map(String::as_str).filter(|value| !value.is_empty()).collect(),
        };
        known.iter().map(String::as_str).filter(|value| !value.is_empty()).collect()
    }
}

/// How a sentence speaks of a field that is not known.
fn unknown(name: &str) -> &'static str {
    match name {
        "key" => "the key",
        "key_id" => "the key's id (not known)",
        "owner" => "the key's owner (not known)",
        "host" => "the issuer's host (not known)",
        "packages" => "the packages that it is for",
        "scope" => "only the packages that it is for",
        "repository" => "your repository",
        _ => "the workflow that publishes",
    }
}

fn sentence(template: &str, fields: &Fields) -> String {
    let mut text = String::with_capacity(template.len());
    for piece in pieces(template) {
        match piece {
            Piece::Text(literal) => text.push_str(literal),
            Piece::Field { name, words } => {
                let in_code = text.matches('`').count() % 2 == 1;
                let values: Vec<String> = fields
                    .values(name)
                    .into_iter()
                    .map(|value| if in_code { inside_code(value) } else { code(value) })
                    .collect();
                if values.is_empty() {
                    text.push_str(words.unwrap_or_else(|| unknown(name)));
                } else {
                    text.push_str(&values.join(", "));
                }
            }
        }
    }
    text
}

/// `None` when a field of it is not known and has no words, or is no part of an address.
fn address(template: &str, fields: &Fields) -> Option<String> {
    let mut text = String::with_capacity(template.len());
    for piece in pieces(template) {
        match piece {
            Piece::Text(literal) => text.push_str(literal),
            Piece::Field { name: "host", words } => {
                let host = fields.values("host").into_iter().find(|host| is_host(host));
                text.push_str(host.or(words)?);
            }
            Piece::Field { name, words } => match fields.values(name).as_slice() {
                [] => text.push_str(words?),
                values => text.push_str(&percent_encoded(&values.join(","))),
            },
        }
    }
    Some(text)
}

/// A host name and perhaps a port: harmless in an address, a command and a snippet alike.
fn is_host(host: &str) -> bool {
    let (name, port) = host.split_once(':').unwrap_or((host, "443"));
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
    (1..=5).contains(&port.len())
        && port.bytes().all(|byte| byte.is_ascii_digit())
        && name.len() <= 253
        && name.bytes().all(allowed)
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
}

/// Every byte that RFC 3986 does not call unreserved.
fn percent_encoded(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

/// What a value may hold so that a machine reads it as nothing but a value.
struct Plain {
    /// Marks that are allowed beside letters and digits, though not at the beginning.
    marks: &'static [u8],
    /// Marks that are allowed between the template's own quotes; a dash at the beginning would be an option.
    quoted_marks: &'static [u8],
}

/// No mark that a shell reads.
const COMMAND: Plain = Plain { marks: b"._-/@:+", quoted_marks: b"._-/@:+*, " };
/// No mark that YAML, TOML or JSON reads where it stands. No colon: `a: b` would be a mapping.
const SNIPPET: Plain = Plain { marks: b"._-/@+*", quoted_marks: b"._-/@:+*, " };

fn plain(template: &str, fields: &Fields, allowed: &Plain) -> String {
    let pieces = pieces(template);
    let mut text = String::with_capacity(template.len());
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Text(literal) => text.push_str(literal),
            Piece::Field { name, words } => {
                let next = pieces.get(at + 1);
                let quoted = ['"', '\''].into_iter().any(|quote| {
                    text.ends_with(quote) && matches!(next, Some(Piece::Text(after)) if after.starts_with(quote))
                });
                let values = fields.values(name);
                let takes = |value: &&str| allowed.takes(value, quoted) || *name == "host" && is_host(value);
                let fits = !values.is_empty() && values.iter().all(takes);
                match words {
                    _ if fits => text.push_str(&values.join(", ")),
                    Some(words) => text.push_str(words),
                    None => text.push_str(&name.to_ascii_uppercase()),
                }
            }
        }
    }
    text
}

impl Plain {
    fn takes(&self, value: &str, quoted: bool) -> bool {
        let marks = if quoted { self.quoted_marks } else { self.marks };
        let begins_well =
            (quoted && !value.starts_with('-')) || value.starts_with(|first: char| first.is_ascii_alphanumeric());
        begins_well && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || marks.contains(&byte))
    }
}

#[cfg(test)]
mod tests;
