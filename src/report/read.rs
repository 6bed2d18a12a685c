//! Our own JSON, read back: the document of [`super::json`] or the lines of [`super::jsonl`].
//!
//! The text may be anybody's. What cannot be is refused with its place, and no message repeats a value.

use std::fmt::{self, Write as _};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

use super::Options;
use super::json::{SCHEMA_VERSION, Times};
use crate::escape;
use crate::finding::{Finding, Report, SetAside};

/// A report that was read, and what its writer said of the run besides.
#[derive(Clone, Debug)]
pub struct Read {
    /// The report.
    pub report: Report,
    /// The options under which it was written, as far as a report says them: privacy, exit code, run times, commit, branch.
    pub options: Options,
    /// The version of skelkey that wrote it.
    pub version: String,
}

/// Why a text is no report. Shows no value of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ReadError {
    /// Line, from 1.
    pub line: usize,
    /// Column in bytes, from 1; 0 where the whole line is meant.
    pub column: usize,
    /// The field, such as `findings[3].places[0].region`; empty for the text itself.
    pub field: String,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.line)?;
        if self.column > 0 {
            write!(f, ":{}", self.column)?;
        }
        write!(f, ": ")?;
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        f.write_str(&self.message)
    }
}

/// Reads the reports of one text: one document, or the lines of one run or several after each other.
///
/// # Errors
/// The first thing that no report of this version has, and where.
pub fn read(text: &str) -> Result<Vec<Read>, ReadError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(wrong(1, "the text is empty; `skelkey scan -f json` writes a report"));
    }
    if is_lines(text) { lines(text) } else { document(text).map(|read| vec![read]) }
}

/// Whether the first line is an object of its own that says what it is.
fn is_lines(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Kind {
        #[serde(rename = "line")]
        _line: Value,
    }
    text.lines().find(|line| !line.trim().is_empty()).is_some_and(|line| serde_json::from_str::<Kind>(line).is_ok())
}

/// What stands in a report besides the [`Report`].
#[derive(Deserialize)]
struct Head {
    schema_version: u32,
    tool: Tool,
    privacy: bool,
    #[serde(default)]
    exit_code: Option<u8>,
    #[serde(default)]
    times: Option<Times>,
    #[serde(default)]
    commit: Option<String>,
    #[serde(default)]
    branch: Option<String>,
}

#[derive(Deserialize)]
struct Tool {
    name: String,
    version: String,
}

impl Head {
    fn check(&self, line: usize) -> Result<(), ReadError> {
        let at = |field: &str, message: String| ReadError { field: field.to_owned(), ..wrong(line, message) };
        if self.tool.name != env!("CARGO_PKG_NAME") {
            return Err(at("tool.name", format!("not a report of {}", env!("CARGO_PKG_NAME"))));
        }
        if self.schema_version != SCHEMA_VERSION {
            let theirs = self.schema_version;
            let message = format!("version {theirs} of the format; this skelkey reads version {SCHEMA_VERSION}");
            return Err(at("schema_version", message));
        }
        let is_id = |id: &String| id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !self.commit.as_ref().is_none_or(is_id) {
            return Err(at("commit", "no id of a commit".to_owned()));
        }
        Ok(())
    }

    fn with(self, report: Report) -> Read {
        let options = Options {
            privacy: self.privacy,
            exit_code: self.exit_code,
            times: self.times.map(|Times { started, ended }| (started, ended)),
            commit: self.commit,
            branch: self.branch,
            ..Options::default()
        };
        // It is shown in messages.
        let version = escape::visible(&self.tool.version).chars().take(32).collect();
        Read { report, options, version }
    }
}

fn document(text: &str) -> Result<Read, ReadError> {
    let head: Head = parse(text, 1)?;
    head.check(1)?;
    let report: Report = parse(text, 1)?;
    check(&report, 1)?;
    Ok(head.with(report))
}

/// What a line is.
#[derive(Deserialize)]
struct Kind {
    line: String,
}

/// The line of what was set aside.
#[derive(Deserialize)]
struct Aside {
    suppressed: SetAside,
}

/// A run whose lines are being read.
struct Run {
    head: Head,
    /// The line of the run, to which the others are added.
    report: Value,
    line: usize,
    findings: Vec<Finding>,
    suppressed: Vec<SetAside>,
}

fn lines(text: &str) -> Result<Vec<Read>, ReadError> {
    let (mut reads, mut open) = (Vec::new(), None::<Run>);
    for (line, number) in text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()) {
        let kind: Kind = parse(line, number)?;
        match (kind.line.as_str(), open.as_mut()) {
            ("run", None) => open = Some(begin(line, number)?),
            ("finding", Some(run)) => run.findings.push(parse(line, number)?),
            ("suppressed", Some(run)) => run.suppressed.push(parse::<Aside>(line, number)?.suppressed),
            ("coverage", Some(_)) => reads.extend(open.take().map(|run| end(run, line, number)).transpose()?),
            ("run", Some(run)) => return Err(unfinished(run.line)),
            ("finding" | "suppressed" | "coverage", None) => {
                return Err(wrong(number, "a line before the line of its run"));
            }
            _ => return Err(wrong(number, "`line` is none of run, finding, suppressed and coverage")),
        }
    }
    match open {
        Some(run) => Err(unfinished(run.line)),
        None => Ok(reads),
    }
}

fn unfinished(line: usize) -> ReadError {
    wrong(line, "the run that begins here has no coverage line, so its output is not whole")
}

fn begin(line: &str, number: usize) -> Result<Run, ReadError> {
    let head: Head = parse(line, number)?;
    head.check(number)?;
    Ok(Run { head, report: parse(line, number)?, line: number, findings: Vec::new(), suppressed: Vec::new() })
}

fn end(run: Run, line: &str, number: usize) -> Result<Read, ReadError> {
    let Run { head, mut report, line: first, findings, suppressed } = run;
    let coverage = parse(line, number)?;
    if let Some(fields) = report.as_object_mut() {
        fields.extend(["findings", "suppressed"].map(|name| (name.to_owned(), Value::Array(Vec::new()))));
        fields.insert("coverage".to_owned(), serde_json::json!(crate::coverage::Coverage::default()));
    }
    let report: Report = serde_path_to_error::deserialize(report).map_err(|error| located(&error, first))?;
    let report = Report { findings, suppressed, coverage, ..report };
    check(&report, first)?;
    Ok(head.with(report))
}

/// Parses a text that begins on this line of its file.
fn parse<T: DeserializeOwned>(text: &str, first: usize) -> Result<T, ReadError> {
    let mut json = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| located(&error, first))?;
    json.end().map_err(|error| of_json(&error, first))?;
    Ok(value)
}

fn located(error: &serde_path_to_error::Error<serde_json::Error>, first: usize) -> ReadError {
    ReadError { field: field(error.path()), ..of_json(error.inner(), first) }
}

fn of_json(error: &serde_json::Error, first: usize) -> ReadError {
    let text = error.to_string();
    // The place stands at the front already.
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
    ReadError {
        line: first - 1 + error.line().max(1),
        column: error.column(),
        field: String::new(),
        message: escape::message(text),
    }
}

/// A field's path. A name that is none of ours may be anything, so it is shown only if it reads like a name.
fn field(path: &serde_path_to_error::Path) -> String {
    let mut out = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => _ = write!(out, "[{index}]"),
            Segment::Map { key } => {
                out.push_str(if out.is_empty() { "" } else { "." });
                out.push_str(&escape::word(key));
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    out
}

/// What the types do not say of a report.
fn check(report: &Report, line: usize) -> Result<(), ReadError> {
    let at = |field: String, message: &str| Err(ReadError { field, ..wrong(line, message) });
    if !crate::finding::is_key_id(&report.fingerprint_key) {
        return at("fingerprint_key".to_owned(), "no id of a fingerprint key");
    }
    for (f, finding) in report.findings.iter().enumerate() {
        if finding.places.is_empty() {
            return at(format!("findings[{f}].places"), "a key without a place");
        }
        for (p, place) in finding.places.iter().enumerate() {
            if place.root.is_some_and(|root| root >= report.roots.len()) {
                return at(format!("findings[{f}].places[{p}].root"), "a root that the report does not have");
            }
        }
        for (p, part) in finding.parts.iter().enumerate() {
            if part.root.is_some_and(|root| root >= report.roots.len()) {
                return at(format!("findings[{f}].parts[{p}].root"), "a root that the report does not have");
            }
        }
        let prints = finding.places.iter().map(|place| &place.fingerprint).chain([&finding.fingerprint]);
        if prints.into_iter().any(|print| print.kid() != report.fingerprint_key) {
            return at(format!("findings[{f}]"), "a fingerprint of another key than `fingerprint_key` names");
        }
    }
    let aside = report
        .suppressed
        .iter()
        .position(|aside| [&aside.key, &aside.place].iter().any(|print| print.kid() != report.fingerprint_key));
    let gone = report
        .gone
        .iter()
        .position(|gone| [&gone.key, &gone.place].iter().any(|print| print.kid() != report.fingerprint_key));
    let named = aside.map(|at| format!("suppressed[{at}]")).or(gone.map(|at| format!("gone[{at}]")));
    named.map_or(Ok(()), |field| at(field, "a fingerprint of another key than `fingerprint_key` names"))
}

fn wrong(line: usize, message: impl Into<String>) -> ReadError {
    ReadError { line, column: 0, field: String::new(), message: message.into() }
}
