//! What a git repository holds besides its work tree: the index, what commits add, every object.
//!
//! Nothing in a repository is ever executed: no hook, filter, text conversion, monitor or outside program. Its
//! configuration is read with reduced trust, and no configuration besides its own is read at all.

mod attribution;
mod before;
mod changes;
mod delta;
mod forest;
mod history;
mod ids;
mod index;
mod known;
mod lfs;
mod local;
mod look;
mod memory;
mod merging;
mod pack;
mod push;
mod quarantine;
mod range;
mod staged;
mod submodules;
mod tracked;
mod unchanged;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gix::bstr::{BStr, ByteSlice};
use globset::GlobSet;

use super::repository::Repository;
use super::{Blob, Outcome};
use crate::provenance::{CommitRef, Provenance};

pub(super) use self::lfs::is_pointer;
pub use self::look::{Built, Copied, Look, Place};
pub use self::memory::Cache;
pub(super) use self::memory::Memory;
pub use self::push::{Push, PushedTo, RefUpdate};
pub use self::range::RangeSpec;
pub use self::submodules::Submodule;
pub(super) use self::tracked::Tracked;
pub(super) use self::unchanged::Unchanged;

/// How texts of a repository are chosen and read.
#[derive(Clone, Debug)]
pub struct GitOptions {
    /// Larger texts are skipped, and said so; in bytes.
    pub max_file_size: u64,
    /// Paths that the configuration leaves out.
    pub exclude: GlobSet,
    /// Number of threads, at least 1.
    pub jobs: usize,
    /// Whether a history's submodules are scanned too; they are named as left out if not.
    pub submodules: bool,
    /// Where it is kept which blobs were read before and hold nothing that counts.
    pub cache: Option<Arc<Cache>>,
}

/// Where the repository is, as the process that started the scan says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GitPlaces {
    /// The repository's folder (`GIT_DIR`), if it is given.
    pub git_dir: Option<PathBuf>,
    /// The index to read instead of the repository's own (`GIT_INDEX_FILE`), relative to the top of the work tree.
    pub index_file: Option<PathBuf>,
    /// The folder of objects to read instead of the repository's own (`GIT_OBJECT_DIRECTORY`): where git keeps what is
    /// being pushed until its hooks have accepted it.
    pub objects: Option<PathBuf>,
    /// Further folders of objects (`GIT_ALTERNATE_OBJECT_DIRECTORIES`).
    pub more_objects: Vec<PathBuf>,
}

/// What a key is compared with to tell whether a change adds it.
pub trait Before {
    /// Whether the text that was there before the change holds these bytes.
    fn holds(&self, secret: &[u8]) -> bool;
}

/// Something that tells of texts whether they hold anything, from several threads at once.
pub trait Judge: Sync {
    /// Looks at a text whose path is not known yet: whether it holds anything that is a match at some path. It is taken
    /// later, when its path is known. `built`: what is known of it already.
    fn look(&self, worker: usize, bytes: &[u8], built: Option<Built<'_>>) -> Look;

    /// Whether a text that no rule takes anything in for a key tells nothing else either: nothing about keys in other texts,
    /// nothing about findings that are set aside.
    fn is_silent(&self, bytes: &[u8]) -> bool;

    /// Whether a file at this path tells something by itself, whatever it holds: which packages the repository publishes.
    fn tells(&self, path: &str) -> bool;

    /// Names everything that decides what [`Self::look`] and [`Self::is_silent`] find in a text, in a form that a file name
    /// can have.
    fn judgement(&self) -> String;

    /// Takes a sentence about the run.
    fn note(&self, sentence: String);

    /// Whether a text holds nothing, whatever its path.
    fn finds_nothing(&self, worker: usize, bytes: &[u8]) -> bool {
        !self.look(worker, bytes, None).leads && self.is_silent(bytes)
    }
}

/// Something that takes texts of a repository, from several threads at once.
pub trait GitSink: Judge {
    /// Takes one text at its path. Matches that `before` holds already are not new. Returns the number of matches,
    /// the old ones included.
    fn take(&self, worker: usize, blob: &Blob<'_>, provenance: &Provenance, before: &dyn Before) -> usize;

    /// Takes one text of a history at its path, given all places at which a first look saw a rule look. Returns the number of
    /// matches.
    fn take_looked_at(&self, worker: usize, blob: &Blob<'_>, provenance: &Provenance, places: &[Place]) -> usize;
}

/// What a source did, and what a reader must know besides.
#[derive(Debug, Default)]
pub struct GitOutcome {
    /// What was seen, scanned and skipped.
    pub outcome: Outcome,
    /// Sentences about the run.
    pub notes: Vec<String>,
}

/// An opened repository.
pub struct Git {
    repo: gix::ThreadSafeRepository,
    places: GitPlaces,
    /// Places are relative to it: the work tree, or the folder of a bare repository.
    root: PathBuf,
    /// Only paths below it count: the folder that the user named inside the work tree, with a `/` at its end.
    below: String,
    /// Which of the repositories of a scan it is, and what stands before its paths where they are shown.
    number: usize,
    folder: String,
    /// What stands for the repository's folder of objects, where `places` name others.
    _objects: Option<quarantine::Folder>,
}

/// Why a repository cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// There is none.
    #[error("not in a git repository; name one as PATH")]
    NotARepository,
    /// There is one, which cannot be read.
    #[error("the git repository cannot be read: its configuration or its layout is broken, or of an unknown version")]
    Broken,
    /// The folders of objects that the process names cannot be read.
    #[error("GIT_OBJECT_DIRECTORY or GIT_ALTERNATE_OBJECT_DIRECTORIES names a folder that cannot be read")]
    Objects,
}

impl Git {
    /// Opens the repository around `path`, or the one that `places` names.
    ///
    /// # Errors
    /// There is no repository, or it is broken.
    pub fn open(path: &Path, places: GitPlaces) -> Result<Self, OpenError> {
        let folder = std::fs::canonicalize(path).map_err(|_| OpenError::NotARepository)?;
        let (git_dir, found) = match &places.git_dir {
            Some(git_dir) => (git_dir.clone(), None),
            None => find(&folder)?,
        };
        // Reduced trust: whoever owns the repository, its settings may not name programs.
        let options = gix::open::Options::isolated().with(gix::sec::Trust::Reduced).bail_if_untrusted(false);
        let mut repo = gix::open_opts(&git_dir, options.open_path_as_is(true)).map_err(|_| OpenError::Broken)?;
        // What stands in the repository is scanned, not what a replacement ref would show instead.
        repo.objects.ignore_replacements = true;
        // A submodule's folder says by a setting where its work tree is, which its trust may not reach.
        let work_tree = repo.workdir().map(Path::to_path_buf).or(found);
        let in_work_tree = work_tree.is_some();
        let root = match work_tree {
            Some(work_tree) => work_tree,
            None if places.git_dir.is_some() && !repo.is_bare() => folder.clone(),
            None => repo.git_dir().to_path_buf(),
        };
        let root = std::fs::canonicalize(&root).unwrap_or(root);
        let below = match folder.strip_prefix(&root) {
            Ok(inside) if in_work_tree && !inside.as_os_str().is_empty() => {
                format!("{}/", inside.to_string_lossy().replace('\\', "/"))
            }
            _ => String::new(),
        };
        let objects = quarantine::Folder::of(&places, &folder, repo.common_dir())?;
        let hash = repo.object_hash();
        let mut repo = repo.into_sync();
        if let Some(objects) = &objects {
            repo.objects = objects.store(hash)?;
        }
        Ok(Self { repo, places, root, below, number: 0, folder: String::new(), _objects: objects })
    }

    /// The same repository as one of several in a scan: with its number among their roots, and the folder, `/` at its end,
    /// that stands before its paths.
    #[must_use]
    pub fn numbered(self, number: usize, folder: String) -> Self {
        Self { number, folder, ..self }
    }

    /// What places are relative to, absolute.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The normalised address of the repository's remote.
    #[must_use]
    pub fn remote(&self) -> Option<String> {
        self.repository().remote()
    }

    /// Its folders.
    #[must_use]
    pub fn repository(&self) -> Repository {
        let repo = self.repo();
        let (git_dir, common_dir) = (repo.git_dir().to_path_buf(), repo.common_dir().to_path_buf());
        Repository { work_tree: self.root.clone(), git_dir, common_dir }
    }

    /// A handle for the calling thread.
    fn repo(&self) -> gix::Repository {
        let mut repo = self.repo.to_thread_local();
        repo.objects.ignore_replacements = true;
        repo
    }

    /// A path as it is shown.
    fn shown<'p>(&self, path: &'p str) -> Cow<'p, str> {
        if self.folder.is_empty() { Cow::Borrowed(path) } else { Cow::Owned(format!("{}{path}", self.folder)) }
    }

    /// Whether the user asked for this path.
    fn is_asked(&self, path: &str) -> bool {
        path.starts_with(&self.below)
    }
}

/// The folder of the repository around a folder, and the work tree if it is in one.
fn find(folder: &Path) -> Result<(PathBuf, Option<PathBuf>), OpenError> {
    let (found, _trust) = gix_discover::upwards(folder).map_err(|_| OpenError::NotARepository)?;
    Ok(found.into_repository_and_work_tree_directories())
}

/// A path of the repository as text, invalid UTF-8 replaced.
fn text(path: &BStr) -> String {
    path.to_str_lossy().into_owned()
}

/// What a report says of a commit, read from its object.
fn commit_ref(id: gix::ObjectId, commit: &gix::objs::CommitRef<'_>) -> CommitRef {
    let author = commit.author().ok();
    let name =
        author.as_ref().map(|author| format!("{} <{}>", author.name.to_str_lossy(), author.email.to_str_lossy()));
    let seconds = author.and_then(|author| author.time().ok()).map(|time| time.seconds);
    let authored = seconds.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    CommitRef { id: id.to_string(), author: name, authored }
}
