//! Scans of what a repository holds besides its work tree.

use crate::coverage::Reason;
use crate::finding::{Mode, Report, Root};
use crate::source::{Git, GitOptions, GitOutcome, Progress, Push, RangeSpec};

use super::sighting::Gatherer;
use super::{Asker, Scanner};

/// What of a repository is scanned.
#[derive(Clone, Debug)]
pub enum GitScan {
    /// What is staged for the next commit.
    Staged,
    /// What a range of commits adds.
    Range(RangeSpec),
    /// What a push brings to the other side.
    Push(Push),
    /// Every object, reachable or not.
    History,
}

impl GitScan {
    fn mode(&self) -> Mode {
        match self {
            Self::Staged => Mode::Staged,
            Self::Range(_) | Self::Push(_) => Mode::Range,
            Self::History => Mode::History,
        }
    }
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
        let mut done = match what {
            GitScan::Staged => git.staged(options, &gatherer, progress),
            GitScan::Range(spec) => git.range(spec, options, &gatherer, progress),
            GitScan::Push(push) => git.push(push, options, &gatherer, progress),
            GitScan::History => git.history(options, &gatherer, progress),
        };
        let mut roots = vec![root(git)];
        if options.submodules {
            submodules(git, "", options, &gatherer, progress, &mut roots, &mut done);
        }
        let GitOutcome { mut outcome, notes } = done;
        super::say_interrupted(progress, &[input.to_owned()], &mut outcome);
        let mut report = self.report(gatherer, &roots, vec![input.to_owned()], outcome, ask);
        report.mode = what.mode();
        report.notes.splice(0..0, notes);
        report
    }

    /// The report of a run whose repository could not be opened: nothing was scanned, and it says so.
    #[must_use]
    pub fn git_failed(&self, what: &GitScan, path: &str, why: String, input: &str) -> Report {
        let mut outcome = crate::source::Outcome::default();
        outcome.skipped(Reason::Missing, path, None, Some(why));
        let progress = Progress::default();
        let gatherer = Gatherer::new(&self.detector, &self.settings, &progress, 1);
        Report { mode: what.mode(), ..self.report(gatherer, &[], vec![input.to_owned()], outcome, None) }
    }
}

fn root(git: &Git) -> Root {
    super::root_of(git.root(), Some(&git.repository()))
}

/// Scans the histories of a repository's submodules, and of theirs. `folder` is where the repository itself stands.
fn submodules(
    git: &Git,
    folder: &str,
    options: &GitOptions,
    gatherer: &Gatherer<'_>,
    progress: &Progress,
    roots: &mut Vec<Root>,
    done: &mut GitOutcome,
) {
    for one in git.submodules() {
        let path = format!("{folder}{}", one.path);
        let Some(inner) = one.repository else {
            let why = "the submodule is not checked out; `git submodule update --init` brings it".to_owned();
            done.outcome.skipped(Reason::Missing, &path, None, Some(why));
            continue;
        };
        // A submodule that is its own submodule, by a link, ends here.
        if progress.is_interrupted() || roots.iter().any(|known| *known.path == *inner.root().to_string_lossy()) {
            continue;
        }
        let inside = format!("{path}/");
        let inner = inner.numbered(roots.len(), inside.clone());
        roots.push(root(&inner));
        let GitOutcome { outcome, notes } = inner.history(options, gatherer, progress);
        done.outcome.merge(outcome.inside(&inside));
        done.notes.extend(notes.into_iter().map(|note| format!("{path}: {note}")));
        submodules(&inner, &inside, options, gatherer, progress, roots, done);
    }
}
