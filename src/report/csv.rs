//! Comma-separated values, a row for each place: for spreadsheets.

use std::io::{self, Write};

use super::escape::terminal;
use super::occurrence::{self, Occurrence};
use super::words;
use crate::finding::Report;

const HEAD: [&str; 17] = [
    "severity",
    "score",
    "rule",
    "title",
    "key",
    "state",
    "opens",
    "until",
    "issuer",
    "path",
    "line",
    "column",
    "confidence",
    "page",
    "key_fingerprint",
    "place_fingerprint",
    "owners",
];

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = ::csv::Writer::from_writer(out);
    rows.write_record(HEAD)?;
    occurrence::all(report).try_for_each(|at| rows.write_record(row(at, report).map(|cell| harmless(&cell))))?;
    rows.flush()
}

fn row(at: Occurrence<'_>, report: &Report) -> [String; 17] {
    let finding = at.finding;
    [
        finding.judgement.severity.to_string(),
        finding.judgement.score.to_string(),
        finding.rule.clone(),
        finding.title.clone(),
        finding.masked.to_string(),
        words::state(&finding.judgement.state).to_owned(),
        super::escape::step_plain(&words::opens(&finding.dossier, &finding.judgement)),
        words::until(&finding.dossier, report.now),
        words::issuer(&finding.issuer, finding.host.as_deref()),
        at.path().to_owned(),
        at.lines().0.to_string(),
        at.place.region.start_column.max(1).to_string(),
        finding.confidence.to_string(),
        finding.remedy.page.clone().unwrap_or_default(),
        finding.fingerprint.to_string(),
        at.place.fingerprint.to_string(),
        words::answers(finding).join(" "),
    ]
}

/// A spreadsheet takes a cell that begins so for a formula; an apostrophe before it makes it text.
fn harmless(cell: &str) -> String {
    let safe = terminal(cell);
    if safe.starts_with(['=', '+', '-', '@']) { format!("'{safe}") } else { safe.into_owned() }
}
