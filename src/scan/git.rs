//! Scans of what a repository holds besides its work tree.

use std::sync::Arc;

use crate::detect::Detector;
use crate::finding::{Report, Root};
use crate::rules::PathCondition;
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
        let gatherer = Gatherer::new(&self.detector, &self.settings, progress, options.jobs.max(1));
        let anywhere = match what {
            GitScan::History => self.anywhere(),
            _ => None,
        };
        let gatherer = match &anywhere {
            Some(anywhere) => gatherer.with_anywhere(anywhere),
            None => gatherer,
        };
        let GitOutcome { outcome, notes } = match what {
            GitScan::Staged => git.staged(options, &gatherer, progress),
            GitScan::Range(spec) => git.range(spec, options, &gatherer, progress),
            GitScan::History => git.history(options, &gatherer, progress),
        };
        let roots = [Root { path: git.root().to_string_lossy().into_owned(), repository: git.remote() }];
        let mut report = self.report(gatherer, &roots, vec![input.to_owned()], outcome, ask);
        report.notes.splice(0..0, notes);
        report
    }

    /// The same rules without their path conditions, for a first look at texts whose path is not known yet.
    fn anywhere(&self) -> Option<Detector> {
        let mut rules = self.rules().clone();
        if rules.rules.iter().all(|rule| rule.paths.is_everywhere()) {
            return None;
        }
        for rule in &mut rules.rules {
            Arc::make_mut(rule).paths = PathCondition::default();
        }
        Detector::new(Arc::new(rules)).ok()
    }

    /// The report of a run whose repository could not be opened: nothing was scanned, and it says so.
    #[must_use]
    pub fn git_failed(&self, path: &str, why: String, input: &str) -> Report {
        let mut outcome = crate::source::Outcome::default();
        outcome.skipped(crate::coverage::Reason::Missing, path, None, Some(why));
        let progress = Progress::default();
        let gatherer = Gatherer::new(&self.detector, &self.settings, &progress, 1);
        self.report(gatherer, &[], vec![input.to_owned()], outcome, None)
    }
}
