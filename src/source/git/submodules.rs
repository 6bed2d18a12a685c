//! Submodules: repositories of their own, at places in the work tree that the index or a tree names.

use std::path::Component;

use gix::bstr::{BString, ByteSlice};
use gix::index::entry::Mode;
use gix::objs::tree::EntryKind;

use super::{Git, GitPlaces, index, text};

/// A place at which another repository belongs.
pub struct Submodule {
    /// The path in the repository around it.
    pub path: String,
    /// The repository, if it is checked out there.
    pub repository: Option<Git>,
}

impl Git {
    /// The submodules that the index names, or `HEAD` where there is no index.
    #[must_use]
    pub fn submodules(&self) -> Vec<Submodule> {
        let all = self.submodule_paths();
        all.into_iter().map(|path| Submodule { repository: self.submodule(&path), path }).collect()
    }

    pub(super) fn submodule_paths(&self) -> Vec<String> {
        let repo = self.repo();
        let path = repo.index_path();
        let index = if path.exists() { index::read(&path, repo.object_hash()).ok() } else { None };
        let mut paths: Vec<BString> = match index {
            Some(index) => {
                let links = index.entries().iter().filter(|entry| entry.mode == Mode::COMMIT);
                links.map(|entry| entry.path(&index).to_owned()).collect()
            }
            None => links_of_head(&repo),
        };
        paths.sort();
        paths.dedup();
        paths.iter().map(|path| text(path.as_bstr())).collect()
    }

    /// The repository whose work tree is at this very place, which lies inside this one's.
    fn submodule(&self, path: &str) -> Option<Self> {
        let inside = std::path::Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        let place = std::fs::canonicalize(self.root.join(path)).ok()?;
        let git = Self::open(&place, GitPlaces::default()).ok()?;
        (inside && place.starts_with(&self.root) && git.root == place).then_some(git)
    }
}

/// Those that `HEAD` names.
fn links_of_head(repo: &gix::Repository) -> Vec<BString> {
    let tree = repo.head_tree_id_or_empty().ok().map(gix::Id::detach);
    let entries = tree.and_then(|tree| super::staged::entries(repo, BString::default(), tree)).unwrap_or_default();
    let links = entries.into_iter().filter(|(_, (kind, _))| *kind == EntryKind::Commit);
    links.map(|(path, _)| path).collect()
}

/// What is said of one that is not scanned.
pub(super) fn left_out(path: &str) -> String {
    format!("the submodule {path} is a repository of its own and was not scanned")
}
