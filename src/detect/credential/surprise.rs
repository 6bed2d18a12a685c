//! How surprising a text is to somebody who reads English words and names made of them.

/// By line the letter before and by column the letter after, the edge of a word first: half bits beyond one, as a
/// hexadecimal digit. `training/bigrams.py` makes it and tells how well it does on words that it has not seen.
const TABLE: &[u8; 27 * 28] = include_bytes!("bigrams.txt");

/// What a text that a person would read as a word costs at most, in half bits per character.
pub(in crate::detect) const WORDY: u32 = 10;

/// A change between letters and digits, in half bits, besides what the edges of words cost.
const SWITCH: u32 = 4;

/// A digit after a digit: one of ten.
const DIGIT: u32 = 7;

/// A character that is neither.
const OTHER: u32 = 4;

/// Half bits per character: some 7 for words, 12 for random letters and digits.
pub(in crate::detect) fn surprise(value: &[u8]) -> u32 {
    let (mut sum, mut before) = (0, b' ');
    for &byte in value {
        sum += step(before, byte);
        before = byte;
    }
    (sum + step(before, b' ')) / u32::try_from(value.len().max(1)).unwrap_or(u32::MAX)
}

fn step(before: u8, byte: u8) -> u32 {
    match (before.is_ascii_alphabetic(), byte.is_ascii_alphabetic()) {
        (true, true) if before.is_ascii_lowercase() && byte.is_ascii_uppercase() => {
            pair(Some(before), None) + pair(None, Some(byte))
        }
        (true, true) => pair(Some(before), Some(byte)),
        (true, false) => pair(Some(before), None) + single(byte) + if byte.is_ascii_digit() { SWITCH } else { 0 },
        (false, true) => pair(None, Some(byte)) + if before.is_ascii_digit() { SWITCH } else { 0 },
        (false, false) => single(byte),
    }
}

fn single(byte: u8) -> u32 {
    match byte {
        b' ' => 0,
        b'0'..=b'9' => DIGIT,
        _ => OTHER,
    }
}

fn pair(before: Option<u8>, after: Option<u8>) -> u32 {
    let index = |letter: Option<u8>| letter.map_or(0, |letter| usize::from(letter.to_ascii_lowercase() - b'a') + 1);
    let digit = TABLE[index(before) * 28 + index(after)];
    2 + char::from(digit).to_digit(16).unwrap_or(0)
}
