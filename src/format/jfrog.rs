//! JFrog's reference tokens: 64 characters of base64 of `reftkn:01:` `EPOCH` `:` and 27 random characters.
//!
//! The 64 characters are JFrog's own pattern; the text behind them is read as CredSweeper's `ValueJfrogTokenCheck`
//! and trufflehog#4684 do.

use data_encoding::BASE64;
use zeroize::Zeroizing;

const LENGTH: usize = 64;
const RANDOM: usize = 27;

/// The epoch second that a reference token carries; 0 means that it carries no end.
#[must_use]
pub fn parse(key: &[u8]) -> Option<i64> {
    (key.len() == LENGTH).then_some(())?;
    let text = Zeroizing::new(BASE64.decode(key).ok()?);
    let mut parts = str::from_utf8(&text).ok()?.splitn(4, ':');
    (parts.next()? == "reftkn").then_some(())?;
    digits(parts.next()?, 2)?;
    let epoch = digits(parts.next()?, 10)?;
    let random = parts.next()?;
    (random.len() == RANDOM && random.bytes().all(is_random)).then_some(epoch)
}

/// A reference token that ends at `epoch` (0 for no end), of 27 random characters. `None` for more than ten digits.
#[must_use]
pub fn compose(epoch: u64, random: &str) -> Option<String> {
    let text = format!("reftkn:01:{epoch:010}:{random}");
    let key = BASE64.encode(text.as_bytes());
    parse(key.as_bytes()).map(|_| key)
}

pub(super) fn verify(key: &[u8]) -> bool {
    parse(key).is_some()
}

fn digits(text: &str, width: usize) -> Option<i64> {
    (text.len() == width && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

fn is_random(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_/+-".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_decode() {
        let never = concat!("cmVmdGtuOjAxOjAwMDAwMDAwMDA6", "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB");
        let until = concat!("cmVmdGtuOjAxOjE4OTM0NTYwMDA6", "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB");
        assert_eq!(parse(never.as_bytes()), Some(0));
        assert_eq!(parse(until.as_bytes()), Some(1_893_456_000));
        assert_eq!(compose(1_893_456_000, &"A".repeat(27)).as_deref(), Some(until));
    }

    #[test]
    fn other_base64_is_none() {
        assert_eq!(parse(BASE64.encode(format!("reftkn:0x:{}", "1".repeat(38)).as_bytes()).as_bytes()), None);
        assert_eq!(compose(99_999_999_999, &"A".repeat(27)), None);
        assert_eq!(compose(1, "short"), None);
    }
}
