//! Microsoft's common annotated keys of the second version (microsoft/security-utilities `IdentifiableSecrets.cs`):
//! Azure's newer keys, Azure DevOps tokens, NuGet v5.
//!
//! 84 characters: 52 random, the signature `JQQJ99` (`9D` derived, `9H` hashed), year and month of issue, 12 for the
//! platform, 4 for the provider, the provider's 4-character signature, and 4 of checksum. A long form ends in two
//! more characters and `==`.

use data_encoding::BASE64;
use zeroize::Zeroizing;

use super::{base62, marvin};

/// How many characters the checksum covers.
pub const COVERED: usize = 80;
const CHECKSUM: usize = 4;
const SIGNATURE: std::ops::Range<usize> = 52..58;
const YEAR: usize = 58;
const MONTH: usize = 59;
const PROVIDER: std::ops::Range<usize> = 76..80;
const FIRST_YEAR: i16 = 2024;

/// A common annotated key whose checksum holds.
#[derive(Clone, PartialEq, Eq)]
pub struct Annotated {
    /// Year of issue.
    pub year: i16,
    /// Month of issue, 1 to 12.
    pub month: i8,
    /// The provider's signature, for instance `AZDO`; lower case where Microsoft manages the key.
    pub provider: String,
    /// How it was made: `9` generated, `D` derived from another key, `H` hashed.
    pub made: char,
}

/// Reads a common annotated key; `None` when it is none or its checksum is wrong.
#[must_use]
pub fn parse(key: &[u8]) -> Option<Annotated> {
    let covered = key.get(..COVERED)?;
    let made = match &covered[SIGNATURE] {
        [b'J', b'Q', b'Q', b'J', b'9', made @ (b'9' | b'D' | b'H')] => char::from(*made),
        _ => return None,
    };
    (has_length(key) && holds(covered, key.get(COVERED..COVERED + CHECKSUM)?)).then_some(())?;
    let year = i16::from(base62::digit(base62::LETTERS_FIRST, covered[YEAR])?);
    let month = covered[MONTH].checked_sub(b'A').filter(|month| *month < 12)?;
    Some(Annotated {
        year: FIRST_YEAR + year,
        month: i8::try_from(month).ok()? + 1,
        provider: String::from_utf8(covered[PROVIDER].to_vec()).ok()?,
        made,
    })
}

pub(super) fn verify(key: &[u8]) -> bool {
    parse(key).is_some()
}

/// Adds the checksum to the 80 characters that it covers; anything else is left as it is.
pub(super) fn seal(unsealed: &str) -> String {
    let tail = (unsealed.len() == COVERED).then(|| checksum(unsealed.as_bytes())).flatten().unwrap_or_default();
    format!("{unsealed}{tail}")
}

/// The character for a year of issue, if the format can write it (2024 to 2085).
pub(super) fn year_symbol(year: i16) -> Option<char> {
    let since = u8::try_from(year.checked_sub(FIRST_YEAR)?).ok().filter(|since| *since < 62)?;
    Some(base62::symbol(base62::LETTERS_FIRST, since))
}

/// The character for a month, 1 to 12.
pub(super) fn month_symbol(month: i8) -> Option<char> {
    let since = u8::try_from(month).ok().filter(|month| (1..=12).contains(month))? - 1;
    Some(base62::symbol(base62::LETTERS_FIRST, since))
}

fn has_length(key: &[u8]) -> bool {
    match key.get(COVERED + CHECKSUM..) {
        Some([]) => true,
        Some([a, b, b'=', b'=']) => [a, b].iter().all(|c| c.is_ascii_alphanumeric() || b"+/".contains(c)),
        _ => false,
    }
}

/// Both forms that Microsoft's own validator accepts: base62, and base64 in older keys.
fn holds(covered: &[u8], tail: &[u8]) -> bool {
    hash(covered).is_some_and(|hash| {
        in_base62(hash).as_bytes() == tail || BASE64.encode(&hash.to_le_bytes()[..3]).as_bytes() == tail
    })
}

fn checksum(covered: &[u8]) -> Option<String> {
    hash(covered).map(in_base62)
}

fn hash(covered: &[u8]) -> Option<u32> {
    covered.iter().all(u8::is_ascii_alphanumeric).then_some(())?;
    let bytes = Zeroizing::new(BASE64.decode(covered).ok()?);
    Some(marvin::marvin32(&bytes, marvin::DEFAULT_SEED))
}

/// The hash's little-endian bytes, read as a big-endian number, in base62: a leading zero byte is a leading `0`, the
/// right is filled with `0` to six characters, and the first four are kept.
fn in_base62(hash: u32) -> String {
    let bytes = hash.to_le_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let digits = base62::padded(u64::from(u32::from_be_bytes(bytes)), 0);
    let mut text = format!("{}{digits}0000", "0".repeat(zeros));
    text.truncate(CHECKSUM);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unsealed() -> String {
        format!("{}JQQJ99CH{}AAASAZDO", "b".repeat(52), "c".repeat(12))
    }

    #[test]
    fn it_reads_month_and_provider() {
        let key = parse(seal(&unsealed()).as_bytes()).expect("the checksum holds");
        assert_eq!((key.year, key.month, key.provider.as_str(), key.made), (2026, 8, "AZDO", '9'));
    }

    #[test]
    fn the_base64_form_and_the_long_form_pass() {
        let hash = hash(unsealed().as_bytes()).unwrap().to_le_bytes();
        let older = format!("{}{}", unsealed(), BASE64.encode(&hash[..3]));
        assert!(verify(older.as_bytes()));
        assert!(verify(format!("{}{}", unsealed(), BASE64.encode(&hash)).as_bytes()));
        assert!(verify(format!("{}ab==", seal(&unsealed())).as_bytes()));
        assert!(!verify(format!("{}ab=", seal(&unsealed())).as_bytes()));
    }

    #[test]
    fn leading_zero_bytes_are_leading_zeros() {
        assert_eq!(in_base62(0), "0000");
        assert_eq!(in_base62(u32::from_le_bytes([0, 0, 0, 1])), "0001");
        assert_eq!(in_base62(u32::from_le_bytes([0, 0, 1, 0])), "0048");
    }

    #[test]
    fn months_and_years_out_of_range_have_no_symbol() {
        assert_eq!((year_symbol(2023), year_symbol(2024), year_symbol(2086)), (None, Some('A'), None));
        assert_eq!((month_symbol(0), month_symbol(12), month_symbol(13)), (None, Some('L'), None));
    }
}
