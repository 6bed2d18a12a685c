//! Ignored by a pattern, and tracked all the same: such files are scanned.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use super::git::Tracked;

/// What one work tree keeps in spite of its ignore patterns. The index is read when the first pattern matches.
pub(super) struct Kept {
    top: PathBuf,
    tracked: OnceLock<Tracked>,
    /// Ignored folders that are entered for what is tracked in them; the rest of them stays ignored.
    entered: Mutex<HashSet<PathBuf>>,
    any: AtomicBool,
}

impl Kept {
    pub(super) fn new(top: &Path) -> Self {
        let top = top.to_path_buf();
        Self { top, tracked: OnceLock::new(), entered: Mutex::default(), any: AtomicBool::new(false) }
    }

    /// Whether something ignored is tracked, or a folder that holds something tracked.
    pub(super) fn holds(&self, path: &Path, is_dir: bool) -> bool {
        let holds = self.tracked.get_or_init(|| Tracked::of(&self.top)).holds(path, is_dir);
        if holds && is_dir {
            self.entered.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_path_buf());
            self.any.store(true, Ordering::Release);
        }
        holds
    }

    /// Whether it stands in an ignored folder, of which only what is tracked counts.
    pub(super) fn is_in_ignored(&self, path: &Path) -> bool {
        if !self.any.load(Ordering::Acquire) {
            return false;
        }
        let entered = self.entered.lock().unwrap_or_else(PoisonError::into_inner);
        let folders = path.ancestors().skip(1).take_while(|folder| *folder != self.top);
        folders.into_iter().any(|folder| entered.contains(folder))
    }
}
