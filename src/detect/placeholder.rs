//! Values that stand where a key would and are none: references to another place, placeholders, filler.
//!
//! A false alarm costs trust, a dropped key costs the key: each test here is one that a random key fails with
//! practical certainty, and none is asked about a key whose checksum proves it.

use super::credential::surprise::{WORDY, surprise};
use crate::location::Span;

/// Whether `secret` in `text` names another place that holds the key: a variable, an expression, a vault path. For
/// contextual and generic rules, whose patterns take any value.
pub(super) fn is_reference(text: &[u8], secret: Span) -> bool {
    let value = &text[secret.start..secret.end];
    is_expression(value) || stands_in_expression(&text[..secret.start], &text[secret.end..])
}

/// Whether the value is made of words that people write in place of a key, is cut short, or is filler. For contextual
/// and generic rules.
pub(super) fn is_placeholder(value: &[u8]) -> bool {
    is_unfinished(value)
        || is_all_words(value)
        || is_said_to_reader(value)
        || is_name_in_code(value)
        || is_member(value)
}

/// Whether the value is filler or is cut short: a password that somebody chose may be made of such words as well.
pub(super) fn is_unfinished(value: &[u8]) -> bool {
    is_filler(value) || contains_any(value, &CUT_SHORT) || starts_with_folded(value, "sample-")
}

/// Whether the part of a key that should be random is written by hand. For structured rules without a proof. Only what
/// is too long to stand in a random text by chance counts: `test` alone does not.
pub(super) fn is_filler(body: &[u8]) -> bool {
    contains_any(body, &LONG_WORDS) || has_masked_run(body) || is_regular(body)
}

/// How values begin that refer to another place.
const REFERENCE_PREFIXES: [&str; 26] = [
    "${",
    "$(",
    "$[",
    "{{",
    "{%",
    "<%",
    "#{",
    "@{",
    "%(",
    "env:",
    "env.",
    "env[",
    "$env:",
    "secrets.",
    "secrets[",
    "vars.",
    "process.env",
    "os.environ",
    "os.getenv",
    "system.getenv",
    "getenv(",
    "vault:",
    "op://",
    "enc(",
    "enc[",
    "ref+",
];

fn is_expression(value: &[u8]) -> bool {
    REFERENCE_PREFIXES.iter().any(|prefix| starts_with_folded(value, prefix))
        || value.strip_prefix(b"$").is_some_and(is_identifier)
        || enclosed(value, b"%", b"%").is_some_and(is_identifier)
        || enclosed(value, b"<", b">").is_some()
        || enclosed(value, b"[", b"]").is_some()
        || enclosed(value, b"{", b"}").is_some_and(is_identifier)
        || enclosed(value, b"__", b"__").is_some_and(is_identifier)
        || enclosed(value, b"@", b"@").is_some_and(is_identifier)
}

/// Whether the pattern cut the value out of a reference: `${`value`}`, `{{ `value` }}`, `%`value`%`, `<`value`>`.
fn stands_in_expression(before: &[u8], after: &[u8]) -> bool {
    let spaces = before.iter().rev().take(2).take_while(|byte| **byte == b' ').count();
    let opening = &before[..before.len() - spaces];
    before.ends_with(b"$")
        || ["${", "$(", "{{", "#{", "@{", "%{"].iter().any(|open| opening.ends_with(open.as_bytes()))
        || (before.ends_with(b"%") && after.starts_with(b"%"))
        || (before.ends_with(b"<") && after.starts_with(b">"))
}

fn starts_with_folded(value: &[u8], prefix: &str) -> bool {
    value.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
}

fn enclosed<'v>(value: &'v [u8], open: &[u8], close: &[u8]) -> Option<&'v [u8]> {
    value.strip_prefix(open)?.strip_suffix(close)
}

fn is_identifier(name: &[u8]) -> bool {
    name.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(byte))
}

/// Marks of a value that is cut short.
const CUT_SHORT: [&str; 2] = ["...", "…"];

/// Words too long to stand in a random text by chance: at least seven letters, case ignored.
const LONG_WORDS: [&str; 17] = [
    "example",
    "changeme",
    "change_me",
    "change-me",
    "placeholder",
    "redacted",
    "replaceme",
    "replace_me",
    "replace-me",
    "replace_with",
    "replace-with",
    "your_token",
    "your-token",
    "yourtoken",
    "your_api",
    "your-api",
    "yourapi",
];

fn contains_any(value: &[u8], words: &[&str]) -> bool {
    words.iter().any(|word| value.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes())))
}

/// Words of which placeholders are made. A value counts only if it is made of nothing else.
const WORDS: [&str; 105] = [
    "a",
    "abc",
    "access",
    "account",
    "actual",
    "admin",
    "an",
    "and",
    "any",
    "api",
    "apikey",
    "asdf",
    "auth",
    "azure",
    "bar",
    "bearer",
    "bot",
    "cargo",
    "change",
    "changeme",
    "client",
    "code",
    "crates",
    "credential",
    "credentials",
    "default",
    "demo",
    "deploy",
    "docker",
    "dummy",
    "empty",
    "enter",
    "env",
    "example",
    "fake",
    "false",
    "feed",
    "fill",
    "foo",
    "from",
    "generated",
    "git",
    "github",
    "gitlab",
    "go",
    "goes",
    "here",
    "hidden",
    "id",
    "in",
    "insert",
    "is",
    "it",
    "key",
    "login",
    "me",
    "mock",
    "my",
    "name",
    "new",
    "nil",
    "no",
    "none",
    "not",
    "npm",
    "nuget",
    "null",
    "of",
    "on",
    "or",
    "org",
    "pass",
    "passphrase",
    "passwd",
    "password",
    "paste",
    "pat",
    "personal",
    "placeholder",
    "please",
    "provided",
    "publish",
    "put",
    "pypi",
    "qwerty",
    "redacted",
    "registry",
    "replace",
    "repo",
    "sample",
    "secret",
    "some",
    "string",
    "strong",
    "super",
    "test",
    "the",
    "this",
    "to",
    "token",
    "undefined",
    "user",
    "username",
    "value",
    "your",
];

fn is_all_words(value: &[u8]) -> bool {
    let mut words = 0;
    for word in value.split(|byte| !byte.is_ascii_alphanumeric()).flat_map(split_humps) {
        if !is_word(word) {
            return false;
        }
        words += usize::from(word[0].is_ascii_alphabetic());
    }
    words > 0
}

/// Whether it begins with `your` and goes on in words of letters alone: `your-apache-passwd`.
fn is_said_to_reader(value: &[u8]) -> bool {
    let mut words = value.split(|byte| b"-_. ".contains(byte));
    words.next().is_some_and(|first| first.eq_ignore_ascii_case(b"your"))
        && value.len() > "your-".len()
        && words.all(|word| word.iter().all(u8::is_ascii_alphabetic))
}

/// Random letters that are fewer look like three words now and then, unless they are words by their letters too.
const SHORTEST_NAME: usize = 18;
const SHORTEST_WORDY_NAME: usize = 16;

/// Whether it is what code calls something, `ApiTokenValidationError`: three words or more of letters alone, each with a
/// capital and then two small letters at least, and a vowel. Random letters have their capitals anywhere.
fn is_name_in_code(value: &[u8]) -> bool {
    let mut words = 0;
    let are_words = split_humps(value).all(|word| {
        words += 1;
        let (first, rest) = word.split_first().unwrap_or((&b' ', &[]));
        let is_spoken = word.iter().any(|byte| b"aeiouyAEIOUY".contains(byte));
        let is_hump = (first.is_ascii_uppercase() || words == 1) && rest.iter().all(u8::is_ascii_lowercase);
        is_hump && rest.len() >= 2 && is_spoken
    });
    let is_long = value.len() >= SHORTEST_NAME || value.len() >= SHORTEST_WORDY_NAME && surprise(value) < WORDY;
    are_words && words >= 3 && is_long && value.iter().all(u8::is_ascii_alphabetic)
}

/// Whether it is the path of a member, `config.azure.clientSecret`: names between dots that read as words.
fn is_member(value: &[u8]) -> bool {
    let is_name = |part: &[u8]| is_identifier(part) && !part.contains(&b'-');
    let last = value.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    last.len() > 2
        && last.len() < value.len()
        && value.split(|byte| *byte == b'.').all(is_name)
        && surprise(value) < WORDY
}

/// A word of the list, a run of `x`, or a number of up to four digits (`token1`, `test2024`).
fn is_word(word: &[u8]) -> bool {
    let listed = || WORDS.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(word));
    let number = word.len() <= 4 && word.iter().all(u8::is_ascii_digit);
    number || word.iter().all(|byte| byte.eq_ignore_ascii_case(&b'x')) || listed() || is_written_together(word)
}

/// Fewest letters of words that are written together, and of one of them at least.
const SHORTEST_TOGETHER: usize = 6;
const SHORTEST_OF_THEM: usize = 4;

/// Longest that is looked at.
const LONGEST_TOGETHER: usize = 40;

/// Words of the list without anything between them: `changethis`, `yoursecretkey`.
fn is_written_together(text: &[u8]) -> bool {
    if !(SHORTEST_TOGETHER..=LONGEST_TOGETHER).contains(&text.len()) || !text.iter().all(u8::is_ascii_alphabetic) {
        return false;
    }
    // For each end, whether words lead to it, and whether one of them is long.
    let mut leads = [(false, false); LONGEST_TOGETHER + 1];
    leads[0].0 = true;
    for end in 1..=text.len() {
        for known in WORDS.iter().map(|known| known.as_bytes()).filter(|known| known.len() > 1 && known.len() <= end) {
            let (leads_here, is_long) = leads[end - known.len()];
            if leads_here && text[end - known.len()..end].eq_ignore_ascii_case(known) {
                leads[end] = (true, leads[end].1 || is_long || known.len() >= SHORTEST_OF_THEM);
            }
        }
    }
    leads[text.len()] == (true, true)
}

/// Splits `myApiKey1` before capitals that follow small letters, and between letters and digits.
fn split_humps(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.chunk_by(|before, after| {
        before.is_ascii_digit() == after.is_ascii_digit()
            && !(before.is_ascii_lowercase() && after.is_ascii_uppercase())
    })
}

/// Eight or more of a character that people mask with.
fn has_masked_run(value: &[u8]) -> bool {
    value.chunk_by(|before, after| before == after).any(|run| run.len() >= 8 && b"xX*.#?_-".contains(&run[0]))
}

/// Whether the letters and digits follow a rule that a random text does not: one or two characters only, the same
/// piece over and over, or counting up or down.
fn is_regular(value: &[u8]) -> bool {
    let mut symbols = [0; LONGEST_LOOKED_AT];
    let mut length = 0;
    for &byte in value.iter().filter(|byte| byte.is_ascii_alphanumeric()).take(LONGEST_LOOKED_AT) {
        symbols[length] = byte.to_ascii_lowercase();
        length += 1;
    }
    let symbols = &symbols[..length];
    // A value of nothing but punctuation is a mask: `********`.
    if length == 0 {
        return true;
    }
    length >= 8
        && (has_few_symbols(symbols)
            || has_short_period(symbols)
            || counts(symbols)
            || counts_in_bytes(symbols)
            || stands_still(symbols)
            || says_one_word(symbols))
}

/// Of longer values the beginning tells.
const LONGEST_LOOKED_AT: usize = 128;

fn has_few_symbols(symbols: &[u8]) -> bool {
    let second = symbols.iter().find(|symbol| **symbol != symbols[0]).copied().unwrap_or(symbols[0]);
    symbols.iter().all(|symbol| *symbol == symbols[0] || *symbol == second)
}

fn has_short_period(symbols: &[u8]) -> bool {
    (1..=symbols.len() / 2).any(|period| symbols[period..] == symbols[..symbols.len() - period])
}

/// Fewest letters and digits in which runs and repeated words tell: fewer may hold them by chance.
const SHORTEST_TOLD: usize = 20;

/// Whether half of the steps lead to the same character again: `5555555aaaaa7777777cccc`.
fn stands_still(symbols: &[u8]) -> bool {
    let still = symbols.windows(2).filter(|pair| pair[0] == pair[1]).count();
    symbols.len() >= SHORTEST_TOLD && still * 2 >= symbols.len() - 1
}

/// Whether one piece of four makes up half of it, wherever it stands: `xtest1testtest9test`.
fn says_one_word(symbols: &[u8]) -> bool {
    const PIECE: usize = 4;
    if symbols.len() < SHORTEST_TOLD {
        return false;
    }
    let mut pieces = [[0; PIECE]; LONGEST_LOOKED_AT];
    let pieces = &mut pieces[..=symbols.len() - PIECE];
    for (piece, window) in pieces.iter_mut().zip(symbols.windows(PIECE)) {
        piece.copy_from_slice(window);
    }
    pieces.sort_unstable();
    let Some(most) = pieces.chunk_by(|a, b| a == b).max_by_key(|same| same.len()) else { return false };
    let (mut count, mut rest) = (0, symbols);
    // Most texts are told by this alone: no piece stands often enough, even if it overlapped itself.
    while most.len() * PIECE * 2 >= symbols.len() {
        let Some(at) = rest.windows(PIECE).position(|window| window == most[0]) else { break };
        count += 1;
        rest = &rest[at + PIECE..];
    }
    count * PIECE * 2 >= symbols.len()
}

/// Whether it is the digits of bytes that go up or down by the same step: `00010203…`, `ffeeddcc…`.
fn counts_in_bytes(symbols: &[u8]) -> bool {
    const FEWEST: usize = 16;
    let digit = |symbol: u8| char::from(symbol).to_digit(16);
    if symbols.len() < FEWEST || !symbols.len().is_multiple_of(2) || !symbols.iter().all(u8::is_ascii_hexdigit) {
        return false;
    }
    let byte = |pair: &[u8]| digit(pair[0]).zip(digit(pair[1])).map_or(0, |(high, low)| high * 16 + low);
    let step = |pairs: &[u8]| byte(&pairs[2..]).wrapping_sub(byte(pairs)) % 256;
    symbols.windows(4).step_by(2).all(|pairs| step(pairs) == step(symbols))
}

/// Whether six of ten steps go one up, or six of ten one down: `abc123def456`, `9876543210`.
fn counts(symbols: &[u8]) -> bool {
    let follows = |a: u8, b: u8| a + 1 == b || matches!((a, b), (b'9', b'0' | b'a') | (b'z' | b'f', b'0'));
    let steps = symbols.len() - 1;
    let up = symbols.windows(2).filter(|pair| follows(pair[0], pair[1])).count();
    let down = symbols.windows(2).filter(|pair| follows(pair[1], pair[0])).count();
    up.max(down) * 10 >= steps * 6
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(text: &str, value: &str) -> bool {
        let start = text.find(value).unwrap();
        is_reference(text.as_bytes(), Span::new(start, start + value.len()))
    }

    #[test]
    fn references_in_every_notation() {
        let notations = [
            "${VAR}",
            "$VAR",
            "$(VAR)",
            "%VAR%",
            "{{ x }}",
            "<token>",
            "env:VAR",
            "$env:VAR",
            "secrets.X",
            "process.env.X",
            "__TOKEN__",
            "#{Token}#",
            "{token}",
            "[REDACTED]",
            "op://vault/item",
            "ENC(abc)",
        ];
        for value in notations {
            assert!(reference(&format!("key = {value}"), value), "{value}");
        }
        for (text, value) in
            [("a=${VAR}", "VAR"), ("a={{ VAR }}", "VAR"), ("a=%VAR%", "VAR"), ("a=<VAR>", "VAR"), ("$VAR", "VAR")]
        {
            assert!(reference(text, value), "{text}");
        }
    }

    #[test]
    fn values_are_no_references() {
        for text in ["p=hunter2!", "p=100%sure", "<a>hunter2!</a>", "p=$2b$10$abc", "f(hunter2!)"] {
            let value = text.trim_start_matches("p=").trim_start_matches("<a>").trim_end_matches("</a>");
            assert!(!reference(text, value), "{text}");
        }
    }

    #[test]
    fn words_in_place_of_a_key() {
        let words = [
            "your-api-key",
            "YOUR_NUGET_API_KEY",
            "changeme",
            "<your token here>",
            "myApiKey1",
            "test1234",
            "xxxx-xxxx",
            "********",
            "insert token here",
            "oy2abc...",
            "null",
            "PlaceHolder",
            "replace_with_your_key",
            "your-apache-passwd",
            "BitbucketApiTokenValidationError",
            "getApiKeyFromVault",
            "changethis",
            "deleteLicenseKey",
            "settings.azure.clientSecret",
            "e.password",
            "yoursecretkey",
        ];
        for value in words {
            assert!(is_placeholder(value.as_bytes()), "{value}");
        }
        for value in
            ["hunter2!", "mytestQ7fk2p", "your-Q7fk2p9x", "Tr0ub4dor&3", "correcthorsebattery", "qWertzuiopasdfgh"]
        {
            assert!(!is_placeholder(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn filler_follows_a_rule_that_chance_does_not() {
        let filler = [
            "aaaaaaaaaaaaaaaa",
            "000102030405060708090a0b0c0d0e0f",
            "ffeeddccbbaa99887766554433221100",
            "abcabcabcabcabc",
            "deadbeefdeadbeef",
            "0123456789abcdef0123",
            "abc123def456ghi789",
            "00000000-0000-0000-0000-000000000000",
            "k7xxxxxxxxxxxxx",
            "AKIAIOSFODNN7EXAMPLE",
            "9876543210",
            "AAAAAAAAAAAAAAAAAAAAAAAA0b9c",
            "5555555dAAAAA7777777CcccCFaaaaaaaaaaaaaa",
            "EtestTESTt3s7te-_testtesttesttest",
        ];
        for body in filler {
            assert!(is_filler(body.as_bytes()), "{body}");
        }
    }

    #[test]
    fn random_keys_are_no_filler_and_no_placeholder() {
        let mut minter = crate::rules::Minter::new(1);
        for _ in 0..2000 {
            for template in ["{base62:20}", "{hex:32}", "{digits:16}", "{uuid}", "{lower:16}", "test{base62:12}"] {
                let key = minter.fill(template).unwrap();
                assert!(!is_placeholder(key.as_bytes()), "{template}");
            }
        }
    }
}
