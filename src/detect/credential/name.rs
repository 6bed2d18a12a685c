//! Names: where one stands, of which words it is made, and what they say about its value.

use crate::location::Span;
use crate::rules::{GAP, NAME_REACH};

/// Words that say of a random-looking value what it is instead, wherever they stand in a name.
const OTHER_WORDS: [&str; 13] = [
    "salted",
    "sha1",
    "sha2",
    "sha512",
    "sha-",
    "md5",
    "hash",
    "digest",
    "checksum",
    "integrity",
    "fingerprint",
    "public",
    "publishable",
];

/// Words for secrets, wherever they stand in a name. Compared without case, like all words here.
const SECRET_WORDS: [&str; 14] = [
    "key",
    "token",
    "secret",
    "passw",
    "passphrase",
    "authorization",
    "pwd",
    "bearer",
    "private",
    "signature",
    "signing",
    "credential",
    "webhook",
    "jwt",
];

/// Words for secrets that stand in other words too (`path`, `author`, `rapid`): only as a part of their own.
const SECRET_PARTS: [&str; 7] = ["api", "auth", "pass", "pat", "cred", "creds", "dsn"];

/// Whether two neighbours belong to one word: letters of one case, or a capital and what follows it.
pub(super) fn continues(before: u8, after: u8) -> bool {
    match (before.is_ascii_alphabetic(), after.is_ascii_alphabetic()) {
        (true, true) => !(before.is_ascii_lowercase() && after.is_ascii_uppercase()),
        _ => false,
    }
}

/// The identifier around the word, as far as a name reaches.
pub(super) fn around(text: &[u8], at: Span) -> Span {
    let is_part = |byte: &&u8| matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'.');
    let before = text[..at.start].iter().rev().take(NAME_REACH).take_while(is_part).count();
    let after = text[at.end..].iter().take(GAP).take_while(is_part).count();
    Span::new(at.start - before, at.end + after)
}

/// `DB_PASSWORD`: as environments and constants have it.
pub(super) fn is_constant(name: &[u8]) -> bool {
    name.len() > 3 && name.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
}

/// How methods begin that take a value to keep it.
const TAKING: [&[u8]; 5] = [b"set", b"with", b"add", b"put", b"use"];

/// What calls do with a password besides taking it.
const DOING: [&[u8]; 22] = [
    b"assert",
    b"ask",
    b"check",
    b"compare",
    b"confirm",
    b"create",
    b"decode",
    b"decrypt",
    b"encode",
    b"encrypt",
    b"expect",
    b"find",
    b"generate",
    b"get",
    b"hash",
    b"has",
    b"is",
    b"match",
    b"prompt",
    b"read",
    b"validate",
    b"verify",
];

/// Whether a call of this name takes a secret to keep it: `setPassword`, `builder.password`, but neither `hash_password`
/// nor `page.openPasswordDialog`. `word` is where the word for the secret stands in the name.
pub(super) fn takes(name: &[u8], word: usize) -> bool {
    let Some(dot) = name.iter().rposition(|byte| *byte == b'.') else {
        let name = name.trim_ascii_start();
        return !DOING.iter().any(|verb| begins_with_word(name, verb));
    };
    let method = &name[dot + 1..];
    let begins = method.iter().position(u8::is_ascii_alphabetic).unwrap_or(0);
    let first = method[begins..].chunk_by(|&before, &after| continues(before, after)).next().unwrap_or_default();
    word > dot && (TAKING.iter().any(|verb| begins_with_word(method, verb)) || first.len() == method.len())
}

/// What calls do with a password and something else that is no password.
const COMPARING: [&[u8]; 9] =
    [b"check", b"compare", b"decode", b"encode", b"hash", b"match", b"matches", b"validate", b"verify"];

/// Whether a call of this name compares or hashes what it is given: `encoder.matches`.
pub(super) fn compares(name: &[u8]) -> bool {
    let method = name.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    COMPARING.iter().any(|verb| begins_with_word(method, verb))
}

fn begins_with_word(name: &[u8], word: &[u8]) -> bool {
    let start = name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    start && name.get(word.len()).is_none_or(|&after| !continues(name[word.len() - 1], after))
}

/// Whether a text speaks of a secret.
pub(super) fn speaks_of_secret(before: &[u8]) -> bool {
    SECRET_WORDS.iter().any(|word| holds(before, word)) || SECRET_PARTS.iter().any(|word| holds_part(before, word))
}

/// Whether the name speaks of a digest or of something public, other than by the rule's own word. What the path of an
/// address says (`/v1/public/search?key=…`) is not said of the value.
pub(super) fn speaks_of_other(before: &[u8], own: &[u8]) -> bool {
    let says = |word: &&str| places(before, word).any(|at| !is_in_path(&before[..at]));
    OTHER_WORDS.iter().filter(|word| !holds(own, word)).any(says)
}

/// Whether a path goes on where this text ends: no white space, quote or sign of an assignment after its last `/`.
fn is_in_path(text: &[u8]) -> bool {
    let goes_on = |byte: &&u8| byte.is_ascii_alphanumeric() || b"-._~%".contains(byte);
    text.iter().rev().find(|byte| !goes_on(byte)) == Some(&b'/')
}

fn holds(text: &[u8], word: &str) -> bool {
    places(text, word).next().is_some()
}

/// Where a word stands in a text.
fn places<'t>(text: &'t [u8], word: &'t str) -> impl Iterator<Item = usize> + 't {
    let windows = text.windows(word.len()).enumerate();
    windows.filter(move |(_, window)| window.eq_ignore_ascii_case(word.as_bytes())).map(|(start, _)| start)
}

fn holds_part(text: &[u8], word: &str) -> bool {
    places(text, word).any(|start| {
        let end = start + word.len();
        let begins = start == 0 || !continues(text[start - 1], text[start]);
        begins && text.get(end).is_none_or(|&after| !continues(text[end - 1], after))
    })
}
