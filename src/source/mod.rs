//! Where bytes come from: files, standard input, a git repository. Each source yields blobs and says what it left out.
//!
//! `ignore` and gitoxide are named in this folder and nowhere else.

mod files;
#[cfg(feature = "git")]
mod git;
mod ignores;
#[cfg(feature = "git")]
mod kept;
mod open;
mod repository;
#[cfg(feature = "git")]
mod spare;
#[cfg(not(feature = "git"))]
#[path = "spare_nothing.rs"]
mod spare;
mod standing;
mod tally;
mod window;

pub use self::files::{FileOptions, Files};
#[cfg(feature = "git")]
pub use self::git::{
    Before, Built, Cache, Copied, Git, GitOptions, GitOutcome, GitPlaces, GitSink, Judge, Look, OpenError, Place, Push,
    PushedTo, RangeSpec, RefUpdate, Submodule,
};
pub use self::repository::{CheckedOut, Repository, code_owners, normalised_remote};
pub use self::standing::Standing;
pub use self::tally::{HistoryProgress, Outcome, Progress};

use crate::location::{Position, Span};

/// One text to scan, read once, borrowed for the length of a call.
#[derive(Clone, Copy, Debug)]
pub struct Blob<'a> {
    /// Index of its root in the source's list; `None` for standard input.
    pub root: Option<usize>,
    /// Path relative to the root, `/` between names, bytes that are no UTF-8 as `\xNN`. Empty for standard input.
    pub path: &'a str,
    /// The path as a user would open it from where the run started.
    pub shown: &'a str,
    /// The content, of a file in UTF-16 as UTF-8.
    pub bytes: &'a [u8],
}

/// Which part of a long text a blob's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Offset of the blob's first byte in the text.
    pub offset: usize,
    /// What stands before that byte.
    pub before: Position,
    /// The bytes (counted in the blob) whose matches count: those that begin here. The others are there to be seen,
    /// and belong to the parts before and after.
    pub own: Span,
}

impl Part {
    /// All of a text.
    #[must_use]
    pub fn whole(text: &[u8]) -> Self {
        Self { offset: 0, before: Position::default(), own: Span::new(0, text.len()) }
    }
}

/// Something that takes blobs, from several threads at once. `worker` is below the number of jobs and never used by
/// two threads at the same time.
pub trait Sink: Sync {
    /// Takes one blob.
    fn take(&self, worker: usize, blob: &Blob<'_>);

    /// Takes a part of a text that is too long to be held in memory. The parts come in order.
    fn take_part(&self, worker: usize, blob: &Blob<'_>, part: &Part);

    /// How many bytes around its own a part has to hold, unless the text begins or ends there.
    fn overlap(&self) -> usize;

    /// Who tells of whole texts whether they hold anything; `None` if nobody does, and every file is read.
    #[cfg(feature = "git")]
    fn judge(&self) -> Option<&dyn Judge> {
        None
    }
}
