//! Our own format: the whole report, versioned. Documented in `docs/json.md`, described by
//! `docs/schema/skelkey-report-v1.schema.json`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use jiff::Timestamp;
use serde::Serialize;

use super::Options;
use super::escape::SafeJson;
use super::words::Tally;
use crate::coverage::Coverage;
use crate::finding::{Asked, Finding, Published, Report, Root, SetAside};
use crate::severity::Severity;

/// Grows when a field changes its meaning or goes. New fields do not raise it.
const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    findings: &'a [Finding],
    suppressed: &'a [SetAside],
    coverage: &'a Coverage,
}

/// What a report says of its run.
#[derive(Serialize)]
pub(super) struct Head<'a> {
    schema_version: u32,
    tool: Tool,
    /// Whether personal fields were left out.
    privacy: bool,
    /// Whether everything that was asked for was scanned or skipped by stated policy.
    complete: bool,
    summary: Summary,
    now: Timestamp,
    now_is_given: bool,
    roots: &'a [Root],
    fingerprint_key: &'a str,
    below_confidence: usize,
    published: &'a [Published],
    asked: &'a [Asked],
    notes: &'a [String],
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Summary {
    findings: u64,
    keys: u64,
    by_severity: BTreeMap<&'static str, u64>,
}

impl Summary {
    fn of(report: &Report) -> Self {
        let Tally { findings, keys, by_severity } = Tally::of(report);
        let mut all: BTreeMap<_, _> = Severity::ALL.iter().map(|severity| (severity.as_str(), 0)).collect();
        all.extend(by_severity.iter().map(|(severity, n)| (severity.as_str(), *n)));
        Self { findings, keys, by_severity: all }
    }
}

impl<'a> Head<'a> {
    pub(super) fn of(report: &'a Report, options: &Options) -> Self {
        // Named one by one: a new field of the report is not forgotten here.
        let Report {
            now,
            now_is_given,
            roots,
            fingerprint_key,
            findings: _,
            suppressed: _,
            below_confidence,
            published,
            asked,
            notes,
            coverage,
        } = report;
        Self {
            schema_version: SCHEMA_VERSION,
            tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            privacy: options.privacy,
            complete: coverage.is_complete(),
            summary: Summary::of(report),
            now: *now,
            now_is_given: *now_is_given,
            roots,
            fingerprint_key,
            below_confidence: *below_confidence,
            published,
            asked,
            notes,
        }
    }
}

pub(super) fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let Report { findings, suppressed, coverage, .. } = report;
    let document = Document { head: Head::of(report, options), findings, suppressed, coverage };
    document.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, SafeJson::new()))?;
    writeln!(out)
}
