//! Workflow commands that GitHub Actions turns into annotations of a change.
//!
//! A step shows ten errors and ten warnings and drops the rest, so the worst come first and the last line says how many
//! there are. What could not be scanned is one error.

use std::io::{self, Write};

use super::escape::terminal;
use super::occurrence::{self, Occurrence};
use super::words::{self, Tally};
use crate::finding::Report;
use crate::severity::Severity;

/// Annotations of one level that a step shows; a job shows fifty in all, which no step can pass.
const SHOWN: usize = 10;

/// Gaps that the one annotation of an incomplete run names.
const GAPS_NAMED: usize = 5;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    gaps(report, out)?;
    for at in shown(report) {
        annotation(level(at.finding.judgement.severity), at, report, out)?;
    }
    left_out(report).iter().try_for_each(|sentence| writeln!(out, "{sentence}"))
}

/// The worst of each level, as many as are shown.
fn shown(report: &Report) -> Vec<Occurrence<'_>> {
    // An incomplete run has an error of its own.
    let errors = SHOWN - usize::from(!report.coverage.is_complete());
    let mut room = [("error", errors), ("warning", SHOWN), ("notice", SHOWN)];
    let fits = |at: &Occurrence<'_>| {
        let level = level(at.finding.judgement.severity);
        let Some((_, left)) = room.iter_mut().find(|(known, left)| *known == level && *left > 0) else { return false };
        *left -= 1;
        true
    };
    occurrence::all(report).filter(fits).collect()
}

/// What of the findings is no annotation.
pub(super) fn left_out(report: &Report) -> Vec<String> {
    let (all, shown) = (Tally::of(report).findings, shown(report).len() as u64);
    let said = || {
        format!("{}, of which GitHub shows {shown}; the others are in the other formats", words::count(all, "finding"))
    };
    (all > shown).then(said).into_iter().collect()
}

fn gaps(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let gaps: Vec<_> = report.coverage.skips.iter().filter(|skip| skip.reason.is_gap()).collect();
    if report.coverage.is_complete() {
        return Ok(());
    }
    let named: Vec<_> =
        gaps.iter().take(GAPS_NAMED).map(|skip| format!("{}: {}", skip.path, skip.reason.words())).collect();
    let more = match gaps.len().saturating_sub(GAPS_NAMED) {
        0 => String::new(),
        more => format!("; and {} more", words::grouped(more as u64)),
    };
    writeln!(out, "::error title=skelkey%3A not scanned::{}{more}", data(&named.join("; ")))
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
