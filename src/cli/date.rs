//! A day or a moment, as typed.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A day (from its beginning, in UTC) or a moment (RFC 3339).
pub(crate) fn parse(text: &str) -> Result<Timestamp, String> {
    let midnight = |day: Date| day.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp());
    let day = || text.parse().ok().and_then(midnight);
    text.parse()
        .ok()
        .or_else(day)
        .ok_or_else(|| format!("`{}` is not a date; write for instance 2026-01-31", skelkey::escape::word(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_at_midnight_and_moments_stand_for_themselves() {
        assert_eq!(parse("2026-01-31").map(|at| at.to_string()), Ok("2026-01-31T00:00:00Z".to_owned()));
        assert_eq!(parse("2026-01-31T10:00:00+02:00").map(|at| at.to_string()), Ok("2026-01-31T08:00:00Z".to_owned()));
        assert!(parse("yesterday").is_err() && parse("").is_err());
    }
}
