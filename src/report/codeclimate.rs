//! Code Climate issues, in the part that GitLab's Code Quality reads: a JSON array without a byte order mark.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use super::escape::{SafeJson, terminal};
use super::occurrence::{self, Occurrence};
use super::words;
use crate::finding::Report;
use crate::severity::Severity;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let issues: Vec<Value> = occurrence::all(report).map(|at| issue(at, report)).collect();
    issues.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, SafeJson::new()))?;
    writeln!(out)
}

fn issue(at: Occurrence<'_>, report: &Report) -> Value {
    let (first, last) = at.lines();
    json!({
        "type": "issue",
        "check_name": at.finding.rule,
        "description": terminal(&words::headline(at.finding, report)),
        "categories": ["Security"],
        "severity": severity(at.finding.judgement.severity),
        "fingerprint": at.place.fingerprint.hex(),
        "location": { "path": at.path(), "lines": { "begin": first, "end": last } },
    })
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "blocker",
        Severity::High => "critical",
        Severity::Medium => "major",
        Severity::Low => "minor",
        Severity::Note => "info",
    }
}
