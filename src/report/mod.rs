//! One file per format, all from the same [`crate::finding::Report`]. A reporter never gets a secret.
//!
//! The same report and options give the same bytes in every format.

mod brief;
mod codeclimate;
mod csv;
pub mod escape;
mod fix;
mod github;
mod gitlab;
#[cfg(feature = "html")]
mod html;
mod human;
mod json;
mod jsonl;
mod junit;
mod markdown;
mod merge;
mod occurrence;
mod privacy;
mod rdjson;
mod read;
mod sarif;
mod uuid;
mod verdicts;
pub mod words;

pub use self::merge::{MergeError, merge};
pub use self::read::{Read, ReadError, read};

use std::fmt;
use std::io::{self, BufWriter, Write};
use std::str::FromStr;

use jiff::Timestamp;

use crate::finding::{Finding, Report};
use crate::rules::RuleSet;

pub use self::brief::{Advice, brief};
pub use self::fix::{Fix, by_environment};

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
    /// Markdown: bytes that there is room for. A job's summary takes 1 MiB and refuses the whole of a longer one.
    pub markdown_room: usize,
    /// SARIF: whom the log is for.
    pub sarif_profile: SarifProfile,
    /// The commit whose files were scanned, where the pipeline names it.
    pub commit: Option<String>,
    /// The branch, where the pipeline names it.
    pub branch: Option<String>,
    /// SARIF for Azure: the pipeline that runs this.
    pub azure: AzurePipeline,
}

/// Bytes that GitHub takes of a step's summary (docs.github.com, "Workflow commands": 1 MiB for each step).
pub const STEP_SUMMARY: usize = 1 << 20;

/// Whom a SARIF log is for. Each consumer reads other fields, and has other limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SarifProfile {
    /// GitHub code scanning: within its limits, without what was set aside (it would show that as open).
    #[default]
    Github,
    /// GitHub Advanced Security for Azure DevOps: as for GitHub, under the names of the pipeline.
    Azure,
    /// Everything that SARIF can say, whatever the size: what is new, what was set aside, ready fixes, the way through
    /// history.
    Full,
}

impl SarifProfile {
    /// All profiles.
    pub const ALL: [Self; 3] = [Self::Github, Self::Azure, Self::Full];

    /// The word that chooses it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Azure => "azure",
            Self::Full => "full",
        }
    }
}

impl FromStr for SarifProfile {
    type Err = UnknownProfile;

    fn from_str(word: &str) -> Result<Self, UnknownProfile> {
        Self::ALL.into_iter().find(|profile| profile.as_str() == word).ok_or_else(|| UnknownProfile(word.to_owned()))
    }
}

/// A word that names no profile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a profile; choose github, azure or full", escape::terminal(.0))]
pub struct UnknownProfile(String);

/// What Azure Pipelines says of the running pipeline; what it does not say is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AzurePipeline {
    /// The organisation's name.
    pub organisation: Option<String>,
    /// The project's name.
    pub project: Option<String>,
    /// Number of the pipeline's definition.
    pub definition_id: Option<u64>,
    /// Its name.
    pub definition_name: Option<String>,
    /// GUID of the running phase.
    pub phase_id: Option<String>,
    /// Its name.
    pub phase_name: Option<String>,
    /// Number of the running build.
    pub build_id: Option<u64>,
}

impl Options {
    /// The branch, unless people are not to be named: branches often are.
    fn branch_shown(&self) -> Option<&str> {
        self.branch.as_deref().filter(|_| !self.privacy)
    }

    /// When the run began and ended, unless the user gave `now`.
    fn run_times(&self, report: &Report) -> Option<(Timestamp, Timestamp)> {
        self.times.filter(|_| !report.now_is_given)
    }
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
            markdown_room: STEP_SUMMARY,
            sarif_profile: SarifProfile::default(),
            commit: None,
            branch: None,
            azure: AzurePipeline::default(),
        }
    }
}

/// What `format` leaves out of this report, because whoever reads it takes no more, or lacks: a sentence each, for whoever
/// runs the command. The format says so itself as well, where it has a place for it.
#[must_use]
pub fn left_out(format: Format, report: &Report, options: &Options) -> Vec<String> {
    match format {
        Format::Sarif => sarif::left_out(report, options),
        #[cfg(feature = "html")]
        Format::Html => html::left_out(report),
        Format::Github => github::left_out(report),
        Format::Markdown => markdown::left_out(report, options),
        Format::Gitlab => gitlab::left_out(report),
        Format::Junit => junit::left_out(report),
        Format::Human | Format::Json | Format::Jsonl | Format::Codeclimate | Format::Rdjson | Format::Csv => Vec::new(),
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

/// One key in Markdown, for a hover: what it opens, until when, what is wrong with it, and the steps that close it.
#[must_use]
pub fn key_in_markdown(finding: &Finding, report: &Report) -> String {
    let mut text = Vec::new();
    // A vector takes everything.
    let _ = markdown::key(finding, report, &mut text);
    String::from_utf8_lossy(&text).into_owned()
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
