//! Dates and times as lists write them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::Number;

/// Which end of a day a bare date stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    /// Its first moment (UTC).
    Start,
    /// Its last second (UTC).
    End,
}

/// How many characters a bare date has: `2026-12-31`.
const DATE_LENGTH: usize = 10;

/// Reads RFC 3339, the same without a zone (then UTC), or a bare date. `None` for anything else.
pub(super) fn moment(text: &str, edge: Edge) -> Option<Timestamp> {
    let text = text.trim();
    if text.len() == DATE_LENGTH {
        return day(text.parse().ok()?, edge);
    }
    text.parse().ok().or_else(|| zoneless(text)).or_else(|| spoken(text))
}

/// `2026-11-01 00:00 UTC` (Rails), `2026-11-01 00:00:00.000 -0700` (Snowflake) and `2026-11-01T00:00:00+0000` (Babel), which are no RFC 3339.
fn spoken(text: &str) -> Option<Timestamp> {
    if let Ok(zoned) = Timestamp::strptime("%Y-%m-%d %H:%M:%S%.f %z", text) {
        return Some(zoned);
    }
    let text = text.strip_suffix(" UTC").or_else(|| text.strip_suffix("+0000"))?;
    let at = DateTime::strptime("%Y-%m-%d %H:%M", text).or_else(|_| text.parse());
    Some(at.ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// A smaller number is of seconds: as milliseconds it would be before 1973, as seconds a greater one is after 5138.
const MILLISECONDS_FROM: i64 = 100_000_000_000;

/// Seconds or milliseconds since 1970, as registries answer.
pub(super) fn since_epoch(number: &Number) -> Option<Timestamp> {
    let whole = number.as_i64().or_else(|| whole_part(number.as_f64()?))?;
    let read =
        if whole < MILLISECONDS_FROM { Timestamp::from_second(whole) } else { Timestamp::from_millisecond(whole) };
    read.ok().filter(|at| *at > Timestamp::UNIX_EPOCH)
}

/// `1780000000.123`, as some tools print a moment.
fn whole_part(number: f64) -> Option<i64> {
    format!("{number:.0}").parse().ok().filter(|_| (1e9..1e14).contains(&number))
}

fn day(date: Date, edge: Edge) -> Option<Timestamp> {
    let at = match edge {
        Edge::Start => date.at(0, 0, 0, 0),
        Edge::End => date.at(23, 59, 59, 0),
    };
    Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// .NET's round-trip format ("O") leaves the zone out where the kind of a time is not set.
fn zoneless(text: &str) -> Option<Timestamp> {
    let at: DateTime = text.parse().ok()?;
    Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, edge: Edge) -> Option<String> {
        moment(text, edge).map(|at| at.to_string())
    }

    #[test]
    fn every_written_form_is_read() {
        let expected = Some("2026-11-01T00:00:00Z".to_owned());
        for text in [
            "2026-11-01",
            "2026-11-01T00:00:00Z",
            "2026-11-01T02:00:00+02:00",
            "2026-11-01T00:00:00.0000000Z",
            "2026-11-01T00:00:00.0000000",
            " 2026-11-01 ",
            "2026-11-01 00:00 UTC",
            "2026-11-01 00:00:00 UTC",
            "2026-10-31 17:00:00.000 -0700",
            "2026-11-01T00:00:00+0000",
        ] {
            assert_eq!(read(text, Edge::Start), expected, "{text}");
        }
        assert_eq!(read("2026-10-31", Edge::End), Some("2026-10-31T23:59:59Z".to_owned()));
        assert_eq!(read("2026-11-01T00:00:00Z", Edge::End), expected);
    }

    #[test]
    fn seconds_and_milliseconds_are_told_by_their_size() {
        let read = |text: &str| since_epoch(&serde_json::from_str(text).unwrap()).map(|at| at.to_string());
        for text in ["1793491200", "1793491200000", "1793491200.25"] {
            assert!(read(text).is_some_and(|at| at.starts_with("2026-11-01T00:00:00")), "{text}");
        }
        for text in ["0", "-1", "5.5", "9223372036854775807", "1e300"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in ["", "never", "01/11/2026", "2026-13-01", "2026-02-30", "1793491200", "9999-99-99", "ééééé"] {
            assert_eq!(read(text, Edge::End), None, "{text}");
        }
    }
}
