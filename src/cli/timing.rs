//! `--timing`: how long each phase of a run took, and over how much.

use std::time::{Duration, Instant};

use skelkey::finding::Report;
use skelkey::report::words;

use super::tell;

/// A stop watch over the phases of one run.
pub(crate) struct Timing {
    is_asked: bool,
    begun: Instant,
    since: Instant,
    phases: Vec<(&'static str, Duration)>,
}

impl Timing {
    pub(crate) fn start(is_asked: bool) -> Self {
        let now = Instant::now();
        Self { is_asked, begun: now, since: now, phases: Vec::new() }
    }

    /// Ends a phase; the next begins.
    pub(crate) fn phase(&mut self, name: &'static str) {
        let now = Instant::now();
        self.phases.push((name, now - self.since));
        self.since = now;
    }

    /// Says it all on standard error, if anybody asked.
    pub(crate) fn say(&self, report: &Report, jobs: usize) {
        if !self.is_asked {
            return;
        }
        for (name, took) in &self.phases {
            tell(format_args!("timing: {:>9.1} ms  {name}", took.as_secs_f64() * 1e3));
        }
        let coverage = &report.coverage;
        tell(format_args!(
            "timing: {:>9.1} ms  in all: {} ({}), {}, {}, {}",
            self.begun.elapsed().as_secs_f64() * 1e3,
            words::count(coverage.blobs_scanned, "text"),
            words::size(coverage.bytes_scanned),
            words::count(coverage.rules as u64, "rule"),
            words::count(report.findings.len() as u64, "finding"),
            words::count(jobs as u64, "thread"),
        ));
    }
}
