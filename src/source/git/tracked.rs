//! What a work tree has under version control: an ignore pattern does not hide it, as it does not hide it from git.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use gix::bstr::ByteSlice;

use super::{Git, GitPlaces, index};

/// The files in the index of one work tree, and the folders above them.
pub(in crate::source) enum Tracked {
    /// By absolute path.
    These { files: HashSet<PathBuf>, folders: HashSet<PathBuf> },
    /// The index cannot be read. Anything may be in it, so nothing is passed over.
    Anything,
}

impl Tracked {
    /// Reads the index of the work tree at `top`.
    pub(in crate::source) fn of(top: &Path) -> Self {
        let Ok(git) = Git::open(top, GitPlaces::default()) else { return Self::Anything };
        let repo = git.repo();
        let path = repo.index_path();
        let (mut files, mut folders) = (HashSet::new(), HashSet::new());
        let Ok(index) = index::read(&path, repo.object_hash()) else { return Self::Anything };
        for entry in index.entries() {
            let file = top.join(entry.path(&index).to_path_lossy());
            for folder in file.ancestors().skip(1).take_while(|folder| *folder != top) {
                if !folders.insert(folder.to_path_buf()) {
                    break;
                }
            }
            files.insert(file);
        }
        Self::These { files, folders }
    }

    /// Whether it is tracked, or a folder that holds something tracked.
    pub(in crate::source) fn holds(&self, path: &Path, is_dir: bool) -> bool {
        match self {
            Self::These { folders, .. } if is_dir => folders.contains(path),
            Self::These { files, .. } => files.contains(path),
            Self::Anything => true,
        }
    }
}
