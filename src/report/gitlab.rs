//! GitLab's secret detection report, schema 15.0.7 (`secret-detection-report-format.json` of GitLab).

use std::fmt::Write as _;
use std::io::{self, Write};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::{Value, json};

use super::Options;
use super::escape::{SafeJson, step_plain, terminal};
use super::occurrence::{self, Occurrence};
use super::uuid::of_fingerprint;
use super::words;
use crate::coverage::Reason;
use crate::finding::{Finding, Remedy, Report};
use crate::severity::{Confidence, Severity};

const SCHEMA: &str = "15.0.7";

/// Most characters that GitLab takes of each text.
const NAME_MAX: usize = 255;
const SOLUTION_MAX: usize = 7_000;

/// With more than these the steps are left out, so that the file stays under the 100 MB that GitLab takes of a job's
/// artifacts unless its administrator says otherwise (docs.gitlab.com, "Maximum artifacts size").
const WITH_STEPS: usize = 10_000;

/// Where no commit is known; GitLab's own analyzers write the same.
const NO_COMMIT: &str = "0000000";

/// What the report leaves out.
pub(super) fn left_out(report: &Report) -> Vec<String> {
    let said = || "The steps that close each key are left out: GitLab takes 100 MB.".to_owned();
    (occurrence::all(report).count() > WITH_STEPS).then(said).into_iter().collect()
}

pub(super) fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut vulnerabilities: Vec<Value> =
        occurrence::all(report).map(|at| vulnerability(at, report, options)).collect();
    if !left_out(report).is_empty() {
        vulnerabilities.iter_mut().filter_map(Value::as_object_mut).for_each(|one| drop(one.remove("solution")));
    }
    let document = json!({ "version": SCHEMA, "scan": scan(report, options), "vulnerabilities": vulnerabilities });
    document.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, SafeJson::new()))?;
    writeln!(out)
}

fn scan(report: &Report, options: &Options) -> Value {
    let tool = json!({
        "id": env!("CARGO_PKG_NAME"),
        "name": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "vendor": { "name": env!("CARGO_PKG_NAME") },
    });
    let (start, end) = options.run_times(report).unwrap_or((report.now, report.now));
    let complete = report.coverage.is_complete();
    let mut messages: Vec<Value> = report.coverage.skips.iter().filter(|skip| skip.reason.is_gap()).map(gap).collect();
    let known = report.coverage.blobs_known();
    messages.extend((known > 0).then(|| {
        let value = format!("{} {}", words::count(known, "file"), Reason::Known.words());
        json!({ "level": "info", "value": value })
    }));
    messages.extend(left_out(report).iter().map(|said| json!({ "level": "warn", "value": said })));
    json!({
        "type": "secret_detection",
        "status": if complete { "success" } else { "failure" },
        "start_time": time(start),
        "end_time": time(end),
        "scanner": tool,
        "analyzer": tool,
        "messages": messages,
    })
}

fn gap(skip: &crate::coverage::Skip) -> Value {
    json!({ "level": "fatal", "value": terminal(&format!("{}: {}", skip.path, skip.reason.words())) })
}

/// Without a zone and a fraction, as the schema's pattern wants it.
fn time(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

fn vulnerability(at: Occurrence<'_>, report: &Report, options: &Options) -> Value {
    let finding = at.finding;
    let (first, last) = at.lines();
    let root = at.place.root.and_then(|root| report.roots.get(root));
    let checked_out = root.and_then(|root| root.revision.as_deref());
    let commit = at.commit().or(options.commit.as_deref()).or(checked_out).unwrap_or(NO_COMMIT);
    let mut location = json!({
        "file": at.path(),
        "start_line": first,
        "end_line": last,
        "commit": { "sha": commit },
    });
    let introduced = at.place.provenance.as_ref().and_then(|provenance| provenance.commit.as_ref());
    if let (Some(author), Some(commit)) = (introduced.and_then(|commit| commit.author.as_ref()), introduced) {
        location["commit"]["author"] = json!(terminal(author));
        if let Some(day) = commit.authored {
            location["commit"]["date"] = json!(day.to_string());
        }
    }
    json!({
        "id": of_fingerprint(at.place.fingerprint.bytes()),
        // Names must not speak of the single finding.
        "name": cut(&terminal(&finding.title), NAME_MAX),
        "description": description(finding, report),
        "severity": severity(finding.judgement.severity),
        "confidence": confidence(finding.confidence),
        "solution": cut(&solution(&finding.remedy), SOLUTION_MAX),
        "identifiers": identifiers(finding),
        "links": finding.remedy.page.iter().map(|page| json!({ "url": page })).collect::<Vec<_>>(),
        "location": location,
    })
}

fn identifiers(finding: &Finding) -> Vec<Value> {
    vec![
        json!({
            "type": "skelkey_rule",
            "name": format!("skelkey rule {}", terminal(&finding.rule)),
            "value": terminal(&finding.rule),
        }),
        json!({ "type": "cwe", "name": "CWE-798", "value": "798", "url": "https://cwe.mitre.org/data/definitions/798.html" }),
    ]
}

fn description(finding: &Finding, report: &Report) -> String {
    let mut out = terminal(&words::headline(finding, report)).into_owned();
    let answers = words::answers(finding);
    if !answers.is_empty() {
        _ = write!(out, "\nAnswers for it: {}", terminal(&answers.join(", ")));
    }
    for verdict in &finding.judgement.verdicts {
        _ = write!(out, "\n{} {}: {}", verdict.id.0, verdict.severity, step_plain(&verdict.message));
    }
    out
}

fn solution(remedy: &Remedy) -> String {
    let steps = remedy.revoke.iter().chain(&remedy.recreate).zip(1..);
    steps.map(|(step, n)| format!("{n}. {}", step_plain(step))).collect::<Vec<_>>().join("\n")
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
        Severity::Note => "Info",
    }
}

fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "High",
        Confidence::Medium => "Medium",
        Confidence::Low => "Low",
    }
}
