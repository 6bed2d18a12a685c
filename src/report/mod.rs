//! One file per format, all from the same [`crate::finding::Report`]. A reporter never gets a secret.
//!
//! The same report and options give the same bytes in every format.

mod codeclimate;
mod csv;
pub mod escape;
mod github;
mod gitlab;
#[cfg(feature = "html")]
mod html;
mod human;
mod json;
mod jsonl;
mod junit;
mod markdown;
mod occurrence;
mod privacy;
mod rdjson;
mod sarif;
mod uuid;
mod verdicts;
pub mod words;

use std::fmt;
use std::io::{self, BufWriter, Write};
use std::str::FromStr;

use jiff::Timestamp;

use crate::finding::Report;
use crate::rules::RuleSet;

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// For a person at a terminal.
    Human,
    /// Our own, versioned: `docs/schema/skelkey-report-v1.schema.json`.
    Json,
    /// The same in pieces: a line for the run, for each key, and for the coverage.
    Jsonl,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// One page for a browser, for people who like to look at it.
    #[cfg(feature = "html")]
    Html,
    /// GitLab's secret detection report.
    Gitlab,
    /// Code Climate issues, as GitLab's Code Quality reads them.
    Codeclimate,
    /// JUnit's XML.
    Junit,
    /// Annotations of GitHub Actions.
    Github,
    /// Reviewdog's diagnostics.
    Rdjson,
    /// A row for each place.
    Csv,
    /// For a job's summary or an issue.
    Markdown,
}

impl Format {
    /// All formats of this build.
    pub const ALL: &[Self] = &[
        Self::Human,
        Self::Json,
        Self::Jsonl,
        Self::Sarif,
        #[cfg(feature = "html")]
        Self::Html,
        Self::Gitlab,
        Self::Codeclimate,
        Self::Junit,
        Self::Github,
        Self::Rdjson,
        Self::Csv,
        Self::Markdown,
    ];

    /// The word that chooses it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Sarif => "sarif",
            #[cfg(feature = "html")]
            Self::Html => "html",
            Self::Gitlab => "gitlab",
            Self::Codeclimate => "codeclimate",
            Self::Junit => "junit",
            Self::Github => "github",
            Self::Rdjson => "rdjson",
            Self::Csv => "csv",
            Self::Markdown => "markdown",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A word that names no format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a format; choose one of {}", escape::terminal(.0), all_words())]
pub struct UnknownFormat(String);

fn all_words() -> String {
    Format::ALL.iter().map(|format| format.as_str()).collect::<Vec<_>>().join(", ")
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(word: &str) -> Result<Self, UnknownFormat> {
        Self::ALL.iter().copied().find(|format| format.as_str() == word).ok_or_else(|| UnknownFormat(word.to_owned()))
    }
}

/// How a report is written, beside its format. What a format has no use for it ignores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Leaves out owners, names of keys, and the names and rows of the owner's lists.
    pub privacy: bool,
    /// Human: also the keyless snippet, every place and every skipped file.
    pub verbose: bool,
    /// Human: ANSI colours. The library does not look at the terminal; the caller decides.
    pub color: bool,
    /// Human: columns to lay out for. Values under 60 count as 60.
    pub width: usize,
    /// SARIF: the exit code that the run is going to have.
    pub exit_code: Option<u8>,
    /// SARIF: when the run began and ended. Left out where the user gave `now`, so that bytes repeat.
    pub times: Option<(Timestamp, Timestamp)>,
    /// SARIF: `automationDetails.id`. Scans of different things need different ones, because a new upload closes the
    /// alerts of its category that it does not hold.
    pub automation_id: String,
    /// GitLab: the commit whose files were scanned, where the pipeline names it.
    pub commit: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            privacy: false,
            verbose: false,
            color: false,
            width: 100,
            exit_code: None,
            times: None,
            automation_id: "skelkey/head/".to_owned(),
            commit: None,
        }
    }
}

/// Writes `report` in `format`. `rules` gives what a rule says of itself; a finding whose rule is not in it is
/// written all the same.
///
/// # Errors
/// Whatever `out` answers.
pub fn write(
    format: Format,
    report: &Report,
    rules: &RuleSet,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let private;
    let report = if options.privacy {
        private = privacy::without_owners(report);
        &private
    } else {
        report
    };
    // All formats write in small pieces.
    let mut out = BufWriter::new(out);
    match format {
        Format::Human => human::write(report, options, &mut out),
        Format::Json => json::write(report, options, &mut out),
        Format::Jsonl => jsonl::write(report, options, &mut out),
        Format::Sarif => sarif::write(report, rules, options, &mut out),
        #[cfg(feature = "html")]
        Format::Html => html::write(report, options, &mut out),
        Format::Gitlab => gitlab::write(report, options, &mut out),
        Format::Codeclimate => codeclimate::write(report, &mut out),
        Format::Junit => junit::write(report, &mut out),
        Format::Github => github::write(report, &mut out),
        Format::Rdjson => rdjson::write(report, &mut out),
        Format::Csv => csv::write(report, &mut out),
        Format::Markdown => markdown::write(report, options, &mut out),
    }?;
    out.flush()
}

/// Writes the short answer about each key of a report, for a terminal: what it is, what it opens, until when, what to do.
///
/// # Errors
/// Whatever `out` answers.
pub fn write_answers(report: &Report, rules: &RuleSet, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    human::write_answers(report, rules, options, &mut out)?;
    out.flush()
}

/// Writes any document as JSON, as our own format does: indented, and safe to print to a terminal.
///
/// # Errors
/// Whatever `out` answers.
pub fn write_json(document: &impl serde::Serialize, out: &mut dyn Write) -> io::Result<()> {
    document.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, escape::SafeJson::new()))?;
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_chosen_by_its_own_word() {
        for &format in Format::ALL {
            assert_eq!(format.as_str().parse(), Ok(format));
        }
        let error = "x\u{202e}ml".parse::<Format>().unwrap_err();
        assert!(
            error.to_string().starts_with("`x\\u{202e}ml` is not a format; choose one of human, json, jsonl, sarif")
        );
    }
}
