//! Scans of what a repository holds besides its work tree.

use crate::finding::{Report, Root};
use crate::source::{Git, GitOptions, GitOutcome, Progress, RangeSpec};

use super::sighting::Gatherer;
use super::{Asker, Scanner};

/// What of a repository is scanned.
#[derive(Clone, Debug)]
pub enum GitScan {
    /// What is staged for the next commit.
    Staged,
    /// What a range of commits adds.
    Range(RangeSpec),
    /// Every object, reachable or not.
    History,
}

impl Scanner {
    /// Scans a repository. `input` is what the user asked for, as typed.
    #[must_use]
    pub fn git(
        &self,
        git: &Git,
        what: &GitScan,
        options: &GitOptions,
        input: &str,
        progress: &Progress,
        ask: Asker<'_>,
    ) -> Report {
        let gatherer = Gatherer::new(&self.detector, &self.settings.inventories, progress, options.jobs.max(1));
        let GitOutcome { mut outcome, notes } = match what {
            GitScan::Staged => git.staged(options, &gatherer, progress),
            GitScan::Range(spec) => git.range(spec, options, &gatherer, progress),
            GitScan::History => git.history(options, &gatherer, progress),
        };
        super::say_interrupted(progress, &[input.to_owned()], &mut outcome);
        let roots = [Root { path: git.root().to_string_lossy().into_owned(), repository: git.remote() }];
        let mut report = self.report(gatherer, &roots, vec![input.to_owned()], outcome, ask);
        report.notes.splice(0..0, notes);
        report
    }

    /// The report of a run whose repository could not be opened: nothing was scanned, and it says so.
    #[must_use]
    pub fn git_failed(&self, path: &str, why: String, input: &str) -> Report {
        let mut outcome = crate::source::Outcome::default();
        outcome.skipped(crate::coverage::Reason::Missing, path, None, Some(why));
        let progress = Progress::default();
        let gatherer = Gatherer::new(&self.detector, &self.settings.inventories, &progress, 1);
        self.report(gatherer, &[], vec![input.to_owned()], outcome, None)
    }
}
