//! Dates and times as lists write them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

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
    text.parse().ok().or_else(|| zoneless(text))
}

/// Milliseconds since 1970, as some registries answer.
pub(super) fn milliseconds(since_epoch: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(since_epoch).ok()
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
        ] {
            assert_eq!(read(text, Edge::Start), expected, "{text}");
        }
        assert_eq!(read("2026-10-31", Edge::End), Some("2026-10-31T23:59:59Z".to_owned()));
        assert_eq!(read("2026-11-01T00:00:00Z", Edge::End), expected);
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in ["", "never", "01/11/2026", "2026-13-01", "2026-02-30", "1793491200", "9999-99-99", "ééééé"] {
            assert_eq!(read(text, Edge::End), None, "{text}");
        }
    }
}
