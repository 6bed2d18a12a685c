//! What a scan looked at: whether it would have found a key that once stood at a place.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use skelkey::baseline::Entry;
use skelkey::finding::{Mode, Report};
use skelkey::rules::RuleSet;
use skelkey::source::{FileOptions, Repository, Standing};

use super::args::SourceArgs;
use super::options::Surroundings;

/// What one scan looked at. One that is incomplete, or that looks at changes alone, looked at nothing for sure.
pub(crate) struct Sight<'a> {
    rules: &'a RuleSet,
    /// Ids of rules that report nothing.
    off: BTreeSet<String>,
    files: &'a FileOptions,
    mode: Mode,
    /// Those that the baseline's paths are relative to.
    roots: Vec<PathBuf>,
    /// The files and folders that were named.
    named: Vec<PathBuf>,
    /// Files that were skipped one by one.
    skipped: BTreeSet<PathBuf>,
}

impl<'a> Sight<'a> {
    pub(crate) fn of(
        report: &Report,
        source: &SourceArgs,
        files: &'a FileOptions,
        rules: &'a RuleSet,
        around: &Surroundings,
        baseline: &Path,
    ) -> Self {
        let is_whole = report.coverage.is_complete() && matches!(report.mode, Mode::Files | Mode::History);
        let off = report.coverage.configuration.disabled_rules.iter();
        let beside = baseline.parent().map(|folder| around.here.join(folder)).and_then(|f| f.canonicalize().ok());
        // Outside a repository paths are relative to the folder that was named: the baseline's own, if it lies in there.
        let is_known = |root: &PathBuf| {
            report.mode == Mode::History
                || Repository::around(root).is_some_and(|around| around.work_tree == *root)
                || beside.as_ref().is_some_and(|folder| folder.starts_with(root))
        };
        let typed = if source.paths.is_empty() { vec![PathBuf::from(".")] } else { source.paths.clone() };
        let named = typed.iter().filter(|_| is_whole).filter_map(|path| around.here.join(path).canonicalize().ok());
        Self {
            rules,
            off: off.filter_map(|id| rules.get(id)).map(|rule| rule.id.clone()).collect(),
            files,
            mode: report.mode,
            roots: report.roots.iter().map(|root| PathBuf::from(&root.path)).filter(is_known).collect(),
            named: named.collect(),
            skipped: report.coverage.skips.iter().map(|skip| around.here.join(&skip.path)).collect(),
        }
    }

    /// Whether it looked for keys of the entry's rule where the entry says that one stands.
    pub(crate) fn holds(&self, entry: &Entry) -> bool {
        let is_in_force = self.rules.get(&entry.rule).is_some_and(|rule| !self.off.contains(&rule.id));
        is_in_force
            && !self.files.exclude.is_match(&entry.path)
            && self.roots.iter().any(|root| self.holds_file(&root.join(&entry.path)))
    }

    fn holds_file(&self, file: &Path) -> bool {
        let is_named = self.named.iter().any(|named| file.starts_with(named));
        is_named && (self.mode == Mode::History || self.is_read(file))
    }

    /// Whether a walk reads the file, were it there.
    fn is_read(&self, file: &Path) -> bool {
        !self.skipped.contains(file) && (self.files.no_ignore || !Standing::of(file).is_ignored)
    }
}
