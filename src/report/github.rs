//! Workflow commands that GitHub Actions turns into annotations of a change.
//!
//! A step shows ten errors and ten warnings and drops the rest, so the worst come first and the last line says how many
//! there are.

use std::io::{self, Write};

use super::escape::terminal;
use super::occurrence::{self, Occurrence};
use super::words::{self, Tally};
use crate::finding::Report;
use crate::severity::Severity;

/// Annotations of one level that a step shows.
const SHOWN: usize = 10;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut written = [("error", 0), ("warning", 0), ("notice", 0)];
    for at in occurrence::all(report) {
        let level = level(at.finding.judgement.severity);
        if let Some((_, count)) = written.iter_mut().find(|(known, count)| *known == level && *count < SHOWN) {
            *count += 1;
            annotation(level, at, report, out)?;
        }
    }
    for skip in report.coverage.skips.iter().filter(|skip| skip.reason.is_gap()).take(SHOWN) {
        let text = format!("{}: {}", skip.path, skip.reason.words());
        writeln!(out, "::error title=skelkey%3A not scanned::{}", data(&text))?;
    }
    let tally = Tally::of(report);
    let shown: u64 = written.iter().map(|(_, count)| *count as u64).sum();
    match tally.findings - shown {
        0 => Ok(()),
        more => writeln!(out, "{}, of which GitHub shows {shown}; the others are in the other formats", {
            words::count(shown + more, "finding")
        }),
    }
}

fn annotation(level: &str, at: Occurrence<'_>, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let (first, last) = at.lines();
    write!(out, "::{level} file={},line={first},endLine={last}", property(at.path()))?;
    // Columns are taken only within one line.
    if first == last {
        let (start, end) = (at.place.region.start_column_utf16.max(1), at.place.region.end_column_utf16);
        write!(out, ",col={start},endColumn={}", end.max(start))?;
    }
    writeln!(out, ",title={}::{}", property(&at.finding.rule), data(&words::headline(at.finding, report)))
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Note => "notice",
    }
}

/// Text of a command. Line breaks are made visible before, so that no text can begin a command of its own.
fn data(text: &str) -> String {
    terminal(text).replace('%', "%25")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
