//! The fields of a NuGet v5 key (NuGet/NuGetGallery `ApiKeyV5.cs`), a common annotated key ([`super::cask`]).
//!
//! Two base62 alphabets are in use: calendar fields have letters first, the owner and the lifetime digits first.

use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::base62::{DIGITS_FIRST, LETTERS_FIRST, digit, number, padded, symbol};
use super::cask;

/// Length of a key in characters.
pub const LENGTH: usize = 84;
const SIGNATURE: &[u8] = b"JQQJ99";
const PLATFORM_AND_VERSION: &[u8] = b"N5";
const PROVIDER: &str = "NUGT";
/// The lifetime is written in units of five minutes; the issuer refuses to mint more than 366 days.
const UNIT_MINUTES: u64 = 5;
const LONGEST_MINUTES: u64 = 366 * 24 * 60;

/// What a v5 key says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields {
    /// When it was issued, to the minute; `None` for a day that does not exist.
    pub created: Option<Timestamp>,
    /// How long it lives; `None` for more than the issuer mints.
    pub lifetime: Option<SignedDuration>,
    /// `P` production, `I` integration, `D` development, `L` local.
    pub environment: char,
    /// The issuer's number of the user or organisation that owns the scope.
    pub owner: u64,
    /// `S` short-lived, `L` long-lived.
    pub class: char,
}

/// Reads a v5 key; `None` when it is none or its checksum is wrong.
#[must_use]
pub fn parse(key: &[u8]) -> Option<Fields> {
    let key: &[u8; LENGTH] = key.try_into().ok()?;
    let head = cask::parse(key).filter(|head| head.provider.eq_ignore_ascii_case(PROVIDER))?;
    let ours = &key[52..58] == SIGNATURE && &key[60..62] == PLATFORM_AND_VERSION;
    ours.then_some(Fields {
        created: created(head.year, head.month, &key[69..72]),
        lifetime: lifetime(&key[73..76]),
        environment: char::from(key[62]),
        owner: number(DIGITS_FIRST, &key[63..69])?,
        class: char::from(key[72]),
    })
}

fn created(year: i16, month: i8, clock: &[u8]) -> Option<Timestamp> {
    let part = |at: usize| i8::try_from(digit(LETTERS_FIRST, *clock.get(at)?)?).ok();
    let moment = DateTime::new(year, month, part(0)? + 1, part(1)?, part(2)?, 0, 0).ok()?;
    Offset::UTC.to_timestamp(moment).ok()
}

fn lifetime(units: &[u8]) -> Option<SignedDuration> {
    let minutes = number(DIGITS_FIRST, units)?.checked_mul(UNIT_MINUTES).filter(|m| *m <= LONGEST_MINUTES)?;
    Some(SignedDuration::from_mins(i64::try_from(minutes).ok()?))
}

/// Writes a key of these fields after 52 random base62 characters. `None` when a field cannot be written.
#[must_use]
pub fn compose(random: &str, fields: &Fields) -> Option<String> {
    let created = Offset::UTC.to_datetime(fields.created?);
    let minutes = u64::try_from(fields.lifetime?.as_mins()).ok().filter(|m| *m <= LONGEST_MINUTES)?;
    let clock: String = [created.day() - 1, created.hour(), created.minute()]
        .into_iter()
        .map(|part| u8::try_from(part).map(|part| symbol(LETTERS_FIRST, part)))
        .collect::<Result<_, _>>()
        .ok()?;
    let unsealed = format!(
        "{random}JQQJ99{}{}N5{}{}{clock}{}{}{PROVIDER}",
        cask::year_symbol(created.year())?,
        cask::month_symbol(created.month())?,
        fields.environment,
        padded(fields.owner, 6),
        fields.class,
        padded(minutes / UNIT_MINUTES, 3),
    );
    let key = cask::seal(&unsealed);
    (parse(key.as_bytes()).as_ref() == Some(fields)).then_some(key)
}

pub(super) fn verify(key: &[u8]) -> bool {
    parse(key).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(created: &str, environment: char, owner: u64, class: char, minutes: i64) -> Fields {
        let created = Some(created.parse().unwrap());
        Fields { created, lifetime: Some(SignedDuration::from_mins(minutes)), environment, owner, class }
    }

    #[test]
    fn the_vectors_decode_and_repeat() {
        for (random, rest, expected) in [
            ("a", "JQQJ99ALN5Z0000LZENeS003NUGT3OrW", fields("2024-12-05T13:30:00Z", 'Z', 1337, 'S', 15)),
            ("b", "JQQJ99CHN5P00000gTJPS00CNUGT4VQd", fields("2026-08-20T09:15:00Z", 'P', 42, 'S', 60)),
            ("0", "JQQJ99CAN5P2LKcb1eX7LRLUNUGTitxj", fields("2026-01-31T23:59:00Z", 'P', 2_147_483_647, 'L', 525_600)),
        ] {
            let random = random.repeat(52);
            let key = format!("{random}{rest}");
            assert_eq!(parse(key.as_bytes()), Some(expected.clone()));
            assert_eq!(compose(&random, &expected), Some(key));
        }
    }

    #[test]
    fn a_day_that_does_not_exist_is_not_said() {
        let unsealed = format!("{}JQQJ99CBN5P00000geJPS00CNUGT", "b".repeat(52));
        let fields = parse(cask::seal(&unsealed).as_bytes()).expect("the checksum holds");
        assert_eq!((fields.created, fields.owner), (None, 42));
    }

    #[test]
    fn a_lifetime_beyond_what_is_minted_is_not_said() {
        let unsealed = format!("{}JQQJ99CHN5P00000gTJPSzzzNUGT", "b".repeat(52));
        assert_eq!(parse(cask::seal(&unsealed).as_bytes()).expect("the checksum holds").lifetime, None);
    }
}
