//! The ignore rules that hold in one folder of a work tree: its own `.gitignore`, its parents', and
//! `.git/info/exclude`. No global ignore file: a run must not depend on whose machine it is on.

use std::path::Path;
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

#[cfg(feature = "git")]
use super::kept::Kept;

/// A chain of ignore files, the nearest first. Outside a work tree it is empty and ignores nothing.
#[derive(Clone, Default)]
pub(super) struct Ignores {
    link: Option<Arc<Link>>,
    /// What the work tree tracks all the same.
    #[cfg(feature = "git")]
    kept: Option<Arc<Kept>>,
}

struct Link {
    rules: Gitignore,
    parent: Ignores,
}

impl Ignores {
    /// The rules that hold in `folder` of the work tree at `top`, before its own `.gitignore` is read.
    pub(super) fn above(top: &Path, exclude: Option<&Path>, folder: &Path) -> Self {
        let mut chain = Self::default();
        if let Some(exclude) = exclude {
            chain = chain.with_file(top, exclude);
        }
        let Ok(below) = folder.strip_prefix(top) else { return chain };
        let mut at = top.to_path_buf();
        for name in below.components() {
            chain = chain.with_file(&at, &at.join(".gitignore"));
            at.push(name);
        }
        chain
    }

    /// The same with one more file, whose patterns are relative to `folder`. A file that is not there adds nothing; a
    /// pattern that git would not accept is passed over, as git does. A chain begins with a file that holds for a whole
    /// work tree, whose top `folder` then is.
    pub(super) fn with_file(&self, folder: &Path, file: &Path) -> Self {
        #[cfg(feature = "git")]
        let kept = self.kept.clone().or_else(|| Some(Arc::new(Kept::new(folder))));
        let mut builder = GitignoreBuilder::new(folder);
        let _ = builder.add(file);
        match builder.build() {
            Ok(rules) if !rules.is_empty() => Self {
                link: Some(Arc::new(Link { rules, parent: self.clone() })),
                #[cfg(feature = "git")]
                kept,
            },
            _ => Self {
                link: self.link.clone(),
                #[cfg(feature = "git")]
                kept,
            },
        }
    }

    /// Whether `path` is ignored: a pattern says so, and it is not tracked.
    #[cfg(feature = "git")]
    pub(super) fn ignores(&self, path: &Path, is_dir: bool) -> bool {
        let by_pattern = self.matches(path, is_dir);
        match &self.kept {
            Some(kept) => (by_pattern || kept.is_in_ignored(path)) && !kept.holds(path, is_dir),
            None => by_pattern,
        }
    }

    /// Whether `path` is ignored. Built without git, what is tracked is not known.
    #[cfg(not(feature = "git"))]
    pub(super) fn ignores(&self, path: &Path, is_dir: bool) -> bool {
        self.matches(path, is_dir)
    }

    /// Whether the nearest pattern that speaks about `path` ignores it.
    fn matches(&self, path: &Path, is_dir: bool) -> bool {
        let mut at = self;
        while let Some(link) = &at.link {
            match link.rules.matched(path, is_dir) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => at = &link.parent,
            }
        }
        false
    }
}
