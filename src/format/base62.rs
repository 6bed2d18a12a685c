//! The two base62 alphabets that issuers use, and numbers written in them.

/// `0-9A-Za-z`: GitHub, npm, JSR, and the numbers of NuGet v5 ("alphabet II" there).
pub const DIGITS_FIRST: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// `A-Za-z0-9`: crates.io, and the calendar fields of Microsoft's common annotated keys ("alphabet I" there).
pub const LETTERS_FIRST: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The value of one digit, 0 to 61, in `alphabet`.
#[must_use]
pub fn digit(alphabet: &[u8; 62], byte: u8) -> Option<u8> {
    alphabet.iter().position(|&symbol| symbol == byte).and_then(|at| u8::try_from(at).ok())
}

/// The symbol of `value` modulo 62 in `alphabet`.
#[must_use]
pub fn symbol(alphabet: &[u8; 62], value: u8) -> char {
    char::from(alphabet[usize::from(value % 62)])
}

/// The number that `digits` write in `alphabet`, most significant digit first; `None` for none or on overflow.
#[must_use]
pub fn number(alphabet: &[u8; 62], digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |value, &byte| value.checked_mul(62)?.checked_add(u64::from(digit(alphabet, byte)?)))
}

/// `value` in [`DIGITS_FIRST`], most significant digit first, filled with `0` on the left to `width` digits.
#[must_use]
pub fn padded(value: u64, width: usize) -> String {
    let mut digits = Vec::new();
    let mut rest = value;
    while rest > 0 {
        let last = u8::try_from(rest % 62).unwrap_or(0);
        digits.push(symbol(DIGITS_FIRST, last));
        rest /= 62;
    }
    digits.resize(digits.len().max(width), '0');
    digits.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_round_trip() {
        for value in [0, 1, 61, 62, 1337, u64::from(u32::MAX)] {
            assert_eq!(number(DIGITS_FIRST, padded(value, 6).as_bytes()), Some(value));
        }
        assert_eq!(padded(1337, 6), "0000LZ");
    }

    #[test]
    fn the_alphabets_differ() {
        assert_eq!(digit(LETTERS_FIRST, b'A'), Some(0));
        assert_eq!(digit(DIGITS_FIRST, b'A'), Some(10));
        assert_eq!(digit(DIGITS_FIRST, b'-'), None);
    }

    #[test]
    fn overflow_and_nothing_are_no_numbers() {
        assert_eq!(number(DIGITS_FIRST, b"zzzzzzzzzzzz"), None);
        assert_eq!(number(DIGITS_FIRST, b""), None);
    }
}
