//! Reviewdog's diagnostic format (`proto/rdf/reviewdog.proto` of reviewdog): remarks on a change, whatever the code host.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use super::escape::{SafeJson, terminal};
use super::occurrence::{self, Occurrence};
use super::words;
use crate::finding::Report;
use crate::severity::Severity;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let diagnostics: Vec<Value> = occurrence::all(report).map(|at| diagnostic(at, report)).collect();
    let document = json!({ "source": { "name": env!("CARGO_PKG_NAME") }, "diagnostics": diagnostics });
    document.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, SafeJson::new()))?;
    writeln!(out)
}

fn diagnostic(at: Occurrence<'_>, report: &Report) -> Value {
    let (first, last) = at.lines();
    // Columns of this format are bytes of UTF-8, from 1.
    let (start, end) = (at.place.region.start_column.max(1), at.place.region.end_column.max(1));
    let end = if first == last { end.max(start) } else { end };
    let code = match &at.finding.remedy.page {
        Some(page) => json!({ "value": at.finding.rule, "url": page }),
        None => json!({ "value": at.finding.rule }),
    };
    json!({
        "message": terminal(&words::headline(at.finding, report)),
        "location": {
            "path": at.path(),
            "range": { "start": { "line": first, "column": start }, "end": { "line": last, "column": end } },
        },
        "severity": severity(at.finding.judgement.severity),
        "code": code,
    })
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "ERROR",
        Severity::Medium => "WARNING",
        Severity::Low | Severity::Note => "INFO",
    }
}
