//! Microsoft's common annotated keys of the third version (microsoft/cask `docs/CaskSecret.md`): base64url with `QJJQ` after
//! the random part, sizes, the provider's signature and data, and the second of issue. No checksum.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

const SIGNATURE: &[u8] = b"QJJQ";
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const FIRST_YEAR: i16 = 2025;
/// Characters after the provider's data: two reserved, six of the moment.
const TAIL: usize = 8;

/// A key's annotations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotated {
    /// The provider's four characters.
    pub provider: String,
    /// The provider's own kind of key.
    pub kind: char,
    /// When it was made.
    pub created: Timestamp,
}

/// Reads a key; `None` for any length, reserved character or date that the format does not allow.
#[must_use]
pub fn parse(key: &[u8]) -> Option<Annotated> {
    key.iter().all(|byte| ALPHABET.contains(byte)).then_some(())?;
    // 256 or 512 random bits, padded to whole groups of three bytes.
    [(44, b'B', 1), (88, b'C', 2)].into_iter().find_map(|(random, size, pads)| {
        let (head, rest) = key.split_at_checked(random)?;
        let rest = rest.strip_prefix(SIGNATURE)?;
        let [b'A', given, segments, kind, rest @ ..] = rest else { return None };
        let data = usize::from(digit(*segments)?);
        let fits = *given == size && data <= 10 && head.ends_with(&b"AA"[..pads]) && rest.len() == 4 + 4 * data + TAIL;
        fits.then_some(())?;
        let (provider, rest) = rest.split_at(4);
        let created = moment(rest[4 * data..].strip_prefix(b"AA")?)?;
        Some(Annotated { provider: String::from_utf8(provider.to_vec()).ok()?, kind: char::from(*kind), created })
    })
}

fn digit(byte: u8) -> Option<u8> {
    ALPHABET.iter().position(|&symbol| symbol == byte).and_then(|at| u8::try_from(at).ok())
}

/// Year since 2025, month and day from zero, hour, minute, second: one digit each.
fn moment(text: &[u8]) -> Option<Timestamp> {
    let digits = text.iter().map(|&byte| digit(byte)).collect::<Option<Vec<u8>>>()?;
    let [year, month, day, hour, minute, second] = digits[..].try_into().ok()?;
    let small = |digit: u8| i8::try_from(digit).ok();
    let at = DateTime::new(
        FIRST_YEAR + i16::from(year),
        small(month)? + 1,
        small(day)? + 1,
        small(hour)?,
        small(minute)?,
        small(second)?,
        0,
    );
    Offset::UTC.to_timestamp(at.ok()?).ok()
}

pub(super) fn verify(key: &[u8]) -> bool {
    parse(key).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn provider_and_second_are_read() {
        let key = format!("{}A{}AAABBCDEFGHTEST", "x".repeat(43), "QJJQ");
        assert_eq!(parse(key.as_bytes()), None);
        let key = format!("{}A{}ABAKTEST{}", "x".repeat(43), "QJJQ", "AABIUJPa");
        let read = parse(key.as_bytes()).unwrap();
        assert_eq!((read.provider.as_str(), read.kind), ("TEST", 'K'));
        assert_eq!(read.created.to_string(), "2026-09-21T09:15:26Z");
    }

    #[test]
    fn long_keys_and_provider_data_are_read() {
        let key = format!("{}AA{}ACCKTESTdatadata{}", "x".repeat(86), "QJJQ", "AAAAAAAA");
        assert_eq!(parse(key.as_bytes()).unwrap().created.to_string(), "2025-01-01T00:00:00Z");
        for wrong in ["AAALAAAA", "AAAMAAAA", "AAABeAAA", "AAAAAYAA", "ABAAAAAA"] {
            let key = format!("{}A{}ABAKTEST{wrong}", "x".repeat(43), "QJJQ");
            let valid = matches!(wrong, "AAALAAAA");
            assert_eq!(parse(key.as_bytes()).is_some(), valid, "{wrong}");
        }
    }
}
