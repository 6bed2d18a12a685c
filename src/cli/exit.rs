//! The exit codes, the same for every command and format.

use std::process::ExitCode;

use skelkey::finding::Report;
use skelkey::severity::Severity;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: complete, nothing at or above `--fail-on`.
    Clean,
    /// 1: findings at or above `--fail-on`.
    Findings,
    /// 2: wrong use or bad configuration; nothing was scanned.
    Usage,
    /// 3: something that was asked for could not be scanned.
    Incomplete,
}

impl Exit {
    /// The code of a finished run.
    pub(crate) fn of(report: &Report, fail_on: Severity, exit_zero: bool) -> Self {
        let fails = report.findings.iter().any(|finding| finding.judgement.severity >= fail_on);
        if fails && !exit_zero {
            Self::Findings
        } else if report.coverage.is_complete() {
            Self::Clean
        } else {
            Self::Incomplete
        }
    }

    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Usage => 2,
            Self::Incomplete => 3,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
