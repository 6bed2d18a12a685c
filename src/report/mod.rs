//! One file per format, all from the same [`crate::finding::Report`]. A reporter never gets a secret.
//!
//! The same report and options give the same bytes in every format.

pub mod escape;
mod human;
mod json;
mod privacy;
mod sarif;
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
    /// SARIF 2.1.0, for code scanning.
    Sarif,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 3] = [Self::Human, Self::Json, Self::Sarif];

    /// The word that chooses it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Sarif => "sarif",
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
#[error("`{}` is not a format; choose one of human, json, sarif", escape::terminal(.0))]
pub struct UnknownFormat(String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(word: &str) -> Result<Self, UnknownFormat> {
        Self::ALL.into_iter().find(|format| format.as_str() == word).ok_or_else(|| UnknownFormat(word.to_owned()))
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
        Format::Sarif => sarif::write(report, rules, options, &mut out),
    }?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_chosen_by_its_own_word() {
        for format in Format::ALL {
            assert_eq!(format.as_str().parse(), Ok(format));
        }
        let error = "x\u{202e}ml".parse::<Format>().unwrap_err();
        assert_eq!(error.to_string(), "`x\\u{202e}ml` is not a format; choose one of human, json, sarif");
    }
}
