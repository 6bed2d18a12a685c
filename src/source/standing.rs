//! Where one file stands: what its path is relative to, and whether the repository ignores it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::ignores::Ignores;
use super::repository::Repository;

/// Where one file stands, whether or not it is there yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The top of its repository, or else its folder; `None` for a text without a file.
    pub root: Option<PathBuf>,
    /// The repository around it.
    pub repository: Option<Repository>,
    /// Relative to the root, `/` between names; empty for a text without a file.
    pub path: String,
    /// Whether an ignore file of its repository hides it, and it is not tracked.
    pub is_ignored: bool,
}

impl Standing {
    /// Where `file` (absolute) stands.
    #[must_use]
    pub fn of(file: &Path) -> Self {
        let folder = file.parent().unwrap_or(Path::new("/"));
        // A file that is written for the first time may stand in folders that are not there yet.
        let there = folder.ancestors().find(|folder| folder.is_dir());
        let repository = there.and_then(Repository::around);
        let around = repository.as_ref().filter(|repository| file.starts_with(&repository.work_tree));
        let root = around.map_or_else(|| folder.to_path_buf(), |repository| repository.work_tree.clone());
        let is_ignored = around.is_some_and(|repository| is_ignored(repository, file));
        let below = file.strip_prefix(&root).unwrap_or(file);
        let path = below.iter().map(OsStr::to_string_lossy).collect::<Vec<_>>().join("/");
        Self { path, is_ignored, repository, root: Some(root) }
    }
}

/// Whether the file or a folder on the way to it is ignored.
fn is_ignored(repository: &Repository, file: &Path) -> bool {
    let top = &repository.work_tree;
    let mut rules = Ignores::above(top, Some(&repository.exclude_file()), top);
    let mut at = top.clone();
    for name in file.strip_prefix(top).unwrap_or(file) {
        rules = rules.with_file(&at, &at.join(".gitignore"));
        at.push(name);
        if rules.ignores(&at, at != *file) {
            return true;
        }
    }
    false
}
