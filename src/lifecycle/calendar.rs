//! A forecast as an iCalendar file (RFC 5545), for whoever plans in a calendar.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::forecast::{Affected, Ending, Forecast};
use crate::escape::visible;

/// One event for each key that has not ended, at the moment when it ends, with an alarm a week before.
///
/// The same forecast gives the same bytes: the time stamp is the forecast's own moment, and an event's id stays the
/// same when its key's end moves, so that a calendar takes a newer file as news about the same event.
#[must_use]
pub fn calendar(forecast: &Forecast) -> String {
    let mut lines = Lines::default();
    lines.put("BEGIN", "VCALENDAR");
    lines.put("VERSION", "2.0");
    lines.put("PRODID", "-//skelkey//keys forecast//EN");
    lines.put("CALSCALE", "GREGORIAN");
    lines.put("METHOD", "PUBLISH");
    for ending in forecast.keys.iter().filter(|ending| !ending.has_ended()) {
        event(ending, forecast.now, &mut lines);
    }
    lines.put("END", "VCALENDAR");
    lines.0
}

fn event(ending: &Ending, now: Timestamp, lines: &mut Lines) {
    let summary = format!("{} key {} expires", ending.key.issuer, ending.key.label());
    lines.put("BEGIN", "VEVENT");
    lines.put("UID", &format!("{}@skelkey.invalid", ending.id));
    lines.put("DTSTAMP", &moment(now));
    lines.put("DTSTART", &moment(ending.expires));
    lines.text("SUMMARY", &summary);
    lines.text("DESCRIPTION", &description(ending));
    lines.put("CATEGORIES", "KEYS");
    lines.put("TRANSP", "TRANSPARENT");
    lines.put("BEGIN", "VALARM");
    lines.put("ACTION", "DISPLAY");
    lines.put("TRIGGER", "-P7D");
    lines.text("DESCRIPTION", &summary);
    lines.put("END", "VALARM");
    lines.put("END", "VEVENT");
}

fn description(ending: &Ending) -> String {
    let mut text = format!("Listed in {}, line {}.", ending.key.file, ending.key.line);
    if let Some(owner) = &ending.key.owner {
        _ = write!(text, "\nIt acts for {owner}.");
    }
    text.push_str(if ending.breaks.is_empty() { "\nNo job that uses it was found." } else { "\nThen fail:" });
    for used in &ending.breaks {
        _ = write!(text, "\n- {}", one_line(used));
    }
    for note in &ending.notes {
        _ = write!(text, "\n{note}");
    }
    text
}

/// Where, which job, through which secret, and how that is known.
fn one_line(used: &Affected) -> String {
    let mut text = format!("{}:{}", used.file, used.line);
    if let Some(job) = &used.job {
        _ = write!(text, ", {job}");
    }
    if let Some(secret) = &used.secret {
        _ = write!(text, ", by {secret}");
    }
    format!("{text} ({})", used.because.words())
}

/// RFC 5545, 3.3.5, form 2: UTC.
fn moment(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Content lines as they are written.
#[derive(Default)]
struct Lines(String);

/// RFC 5545, 3.1: a line has at most 75 octets, without its break.
const LONGEST: usize = 75;

impl Lines {
    fn put(&mut self, name: &str, value: &str) {
        self.fold(&format!("{name}:{value}"));
    }

    /// RFC 5545, 3.3.11: a value of type TEXT.
    fn text(&mut self, name: &str, value: &str) {
        // Control characters are no TEXT, and bidirectional ones would reorder what a calendar shows. What makes them
        // visible holds a backslash of its own, which is escaped like any other.
        let lines: Vec<String> = value.split('\n').map(|line| visible(line).replace('\\', "\\\\")).collect();
        let escaped = lines.join("\\n").replace(';', "\\;").replace(',', "\\,");
        self.put(name, &escaped);
    }

    /// A longer line goes on after a break and a space, never inside a character.
    fn fold(&mut self, line: &str) {
        let mut room = LONGEST;
        let mut used = 0;
        for c in line.chars() {
            if used + c.len_utf8() > room {
                self.0.push_str("\r\n ");
                (used, room) = (0, LONGEST - 1);
            }
            self.0.push(c);
            used += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_at_75_octets_between_characters() {
        let mut lines = Lines::default();
        lines.text("SUMMARY", &"é".repeat(80));
        let physical: Vec<&str> = lines.0.split_terminator("\r\n").collect();
        assert!(physical.len() > 1 && physical.iter().all(|line| line.len() <= 75), "{physical:?}");
        assert!(physical[1..].iter().all(|line| line.starts_with(' ')));
        let unfolded = lines.0.replace("\r\n ", "");
        assert_eq!(unfolded, format!("SUMMARY:{}\r\n", "é".repeat(80)));
    }

    #[test]
    fn text_is_escaped() {
        let mut lines = Lines::default();
        lines.text("X", "a,b;c\\d\ne\u{202e}\r");
        assert_eq!(lines.0, "X:a\\,b\\;c\\\\d\\ne\\\\u{202e}\\\\u{d}\r\n");
    }
}
