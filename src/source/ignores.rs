//! The ignore rules that hold in one folder of a work tree: its own `.gitignore`, its parents', and
//! `.git/info/exclude`. No global ignore file: a run must not depend on whose machine it is on.

use std::path::Path;
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// A chain of ignore files, the nearest first. Outside a work tree it is empty and ignores nothing.
#[derive(Clone, Default)]
pub(super) struct Ignores(Option<Arc<Link>>);

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
    /// pattern that git would not accept is passed over, as git does.
    pub(super) fn with_file(&self, folder: &Path, file: &Path) -> Self {
        let mut builder = GitignoreBuilder::new(folder);
        let _ = builder.add(file);
        match builder.build() {
            Ok(rules) if !rules.is_empty() => Self(Some(Arc::new(Link { rules, parent: self.clone() }))),
            _ => self.clone(),
        }
    }

    /// Whether the nearest pattern that speaks about `path` ignores it.
    pub(super) fn ignores(&self, path: &Path, is_dir: bool) -> bool {
        let mut at = self;
        while let Some(link) = &at.0 {
            match link.rules.matched(path, is_dir) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => at = &link.parent,
            }
        }
        false
    }
}
