//! Our own format: the whole report, versioned. Documented in `docs/json.md`, described by
//! `docs/schema/skelkey-report-v1.schema.json`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Options;
use super::escape::SafeJson;
use super::words::{self, Tally};
use crate::coverage::Coverage;
use crate::finding::{Asked, Finding, Gone, Mode, Published, Report, Root, SetAside};
use crate::severity::Severity;

/// Grows when a field changes its meaning or goes. New fields do not raise it.
pub(super) const SCHEMA_VERSION: u32 = 1;

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
#[expect(clippy::struct_excessive_bools, reason = "each is a field of the document")]
pub(super) struct Head<'a> {
    schema_version: u32,
    tool: Tool,
    /// Whether personal fields were left out.
    privacy: bool,
    /// Whether everything that was asked for was scanned or skipped by stated policy.
    complete: bool,
    summary: Summary,
    mode: Mode,
    /// Whether a baseline was laid over the run.
    compared: bool,
    /// The exit code of the run.
    exit_code: Option<u8>,
    /// When the run began and ended; `None` where the user gave `now`.
    times: Option<Times>,
    /// The commit whose files were scanned, where a pipeline named it.
    commit: Option<&'a str>,
    /// Its branch, where a pipeline named it.
    branch: Option<&'a str>,
    now: Timestamp,
    now_is_given: bool,
    roots: &'a [Root],
    fingerprint_key: &'a str,
    /// What the baseline knows and the run did not find again.
    gone: &'a [Gone],
    below_confidence: usize,
    published: &'a [Published],
    asked: &'a [Asked],
    notes: &'a [String],
}

/// When a run began and ended.
#[derive(Deserialize, Serialize)]
pub(super) struct Times {
    pub(super) started: Timestamp,
    pub(super) ended: Timestamp,
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
    /// Keys by who is to see to them.
    by_owner: BTreeMap<String, u64>,
}

impl Summary {
    fn of(report: &Report) -> Self {
        let Tally { findings, keys, by_severity } = Tally::of(report);
        let mut all: BTreeMap<_, _> = Severity::ALL.iter().map(|severity| (severity.as_str(), 0)).collect();
        all.extend(by_severity.iter().map(|(severity, n)| (severity.as_str(), *n)));
        let by_owner = words::by_answer(report).into_iter();
        let by_owner = by_owner.filter_map(|(name, count)| Some((name?.to_owned(), count))).collect();
        Self { findings, keys, by_severity: all, by_owner }
    }
}

impl<'a> Head<'a> {
    pub(super) fn of(report: &'a Report, options: &'a Options) -> Self {
        // Named one by one: a new field of the report is not forgotten here.
        let Report {
            mode,
            compared,
            now,
            now_is_given,
            roots,
            fingerprint_key,
            findings: _,
            suppressed: _,
            gone,
            below_confidence,
            unseen: _,
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
            mode: *mode,
            compared: *compared,
            exit_code: options.exit_code,
            times: options.run_times(report).map(|(started, ended)| Times { started, ended }),
            commit: options.commit.as_deref(),
            branch: options.branch_shown(),
            now: *now,
            now_is_given: *now_is_given,
            roots,
            fingerprint_key,
            gone,
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
