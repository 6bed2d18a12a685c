//! How random a value looks, and of which characters it is made.

use super::surprise::{WORDY, surprise};

/// What random letters and digits cost at least, nearly always, in half bits per character.
const RANDOM: u32 = 11;

/// A machine's token has so many characters at least to be told from a word by its look.
pub(super) const SHORTEST_TOKEN: usize = 16;

/// Letters, digits and what URL-safe and plain base64 and the separators of tokens add.
pub(super) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_+/=.~|:%".contains(&byte)
}

/// Shortest word among the parts of a name.
const SHORTEST_WORD: usize = 3;

/// From so many characters on, four letters of ten in words are enough to be told from random ones; of fewer, one half.
const LONG_NAME: usize = 16;

/// Whether many of the letters stand in words: what code calls something, also with digits and abbreviations among them
/// (`k8sNodeCpuLimit`, `Ipv6CidrBlock`). Of random texts one in 200 looks so, of those with 24 characters one in 1,000.
fn is_named(value: &[u8]) -> bool {
    let is_part = |before: &u8, after: &u8| {
        before.is_ascii_alphabetic()
            && after.is_ascii_alphabetic()
            && !(before.is_ascii_lowercase() && after.is_ascii_uppercase())
    };
    let is_word = |part: &[u8]| {
        part.len() >= SHORTEST_WORD
            && part[1..].iter().all(|byte| byte.is_ascii_uppercase() == part[1].is_ascii_uppercase())
            && part.iter().any(|byte| b"aeiouyAEIOUY".contains(byte))
            && surprise(part) < RANDOM
    };
    let words: usize = value.chunk_by(is_part).filter(|part| is_word(part)).map(<[u8]>::len).sum();
    let all = value.iter().filter(|byte| byte.is_ascii_alphanumeric()).count();
    if value.len() >= LONG_NAME { words * 5 >= all * 2 } else { words * 2 >= all }
}

/// A token that is random all over: no word costs as much.
pub(super) fn is_random_token(value: &[u8]) -> bool {
    let cost = surprise(value);
    let distinct = distinct(value);
    if has_run(value) || value.len() >= 24 && distinct < 10 {
        return false;
    }
    if is_hexadecimal(value) {
        return value.len() >= SHORTEST_TOKEN && distinct >= 8;
    }
    if is_spelled(value) && cost < RANDOM + 2 {
        return false;
    }
    if is_named(value) {
        return false;
    }
    let many_digits = has_digits(value, 8) && has_digits(value, value.len() / 3);
    let cost = if many_digits { cost + 3 } else { cost };
    let (digits, letters) = (value.iter().any(u8::is_ascii_digit), value.iter().any(u8::is_ascii_alphabetic));
    match value.len() {
        0..=9 => false,
        10..SHORTEST_TOKEN => cost > RANDOM && digits && letters && distinct >= 7,
        16..24 => cost >= RANDOM - 1 && distinct >= 8 && (digits || cost > RANDOM),
        _ => cost >= WORDY && distinct >= 8 && (has_digits(value, 2) || cost >= RANDOM),
    }
}

/// A password that no word comes close to.
pub(super) fn is_random_password(value: &[u8]) -> bool {
    value.len() >= 8 && surprise(value) >= RANDOM && distinct(value) >= 6 && is_mixed(value)
        || value.len() >= SHORTEST_TOKEN && is_random_token(value)
}

/// Digits of base 16 alone, of which some are letters and some are not.
pub(super) fn is_hexadecimal(value: &[u8]) -> bool {
    let value = value.strip_prefix(b"0x").unwrap_or(value);
    value.iter().all(u8::is_ascii_hexdigit) && has_digits(value, 3) && value.iter().any(u8::is_ascii_alphabetic)
}

/// Whether one character stands six times in a row.
fn has_run(value: &[u8]) -> bool {
    value.chunk_by(|before, after| before == after).any(|run| run.len() >= 6)
}

pub(super) fn distinct(value: &[u8]) -> usize {
    let mut seen = [false; 256];
    value.iter().filter(|byte| !std::mem::replace(&mut seen[usize::from(**byte)], true)).count()
}

pub(super) fn has_digits(value: &[u8], least: usize) -> bool {
    value.iter().filter(|byte| byte.is_ascii_digit()).count() >= least
}

/// Letters, and digits or signs that are no separators of words.
pub(super) fn is_mixed(value: &[u8]) -> bool {
    let other = |byte: &u8| byte.is_ascii_digit() || !byte.is_ascii_alphanumeric() && !b"-_. /:?".contains(byte);
    value.iter().any(u8::is_ascii_alphabetic) && value.iter().any(other)
}

pub(super) fn is_mixed_case(value: &[u8]) -> bool {
    value.iter().any(u8::is_ascii_uppercase)
        && value.iter().any(u8::is_ascii_lowercase)
        && value.iter().any(u8::is_ascii_digit)
}

/// `user-password-2`, `DB_PASSWORD_1`: words of one case with separators, and a number at most; also a whole sentence.
pub(super) fn is_dashed_words(value: &[u8]) -> bool {
    let one_case = !(value.iter().any(u8::is_ascii_uppercase) && value.iter().any(u8::is_ascii_lowercase));
    let separators = value.iter().filter(|byte| b"-_.:/".contains(byte)).count();
    (one_case && separators > 0 || separators >= SENTENCE)
        && value.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:/".contains(byte))
        && surprise(value) < WORDY
}

/// So many separators are those of a sentence.
const SENTENCE: usize = 4;

/// Words of one case with two separators or more, and few digits: `_aj_ruby2_keywords`.
fn is_spelled(value: &[u8]) -> bool {
    let one_case = !(value.iter().any(u8::is_ascii_uppercase) && value.iter().any(u8::is_ascii_lowercase));
    one_case && value.iter().filter(|byte| b"-_".contains(byte)).count() >= 2 && !has_digits(value, value.len() / 8 + 1)
}
