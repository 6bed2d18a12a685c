//! Where bytes come from: files, standard input, a git repository. Each source yields blobs and says what it left out.
//!
//! `ignore` and gitoxide are named in this folder and nowhere else.

mod files;
#[cfg(feature = "git")]
mod git;
mod ignores;
#[cfg(feature = "git")]
mod kept;
mod repository;
mod tally;

pub use self::files::{FileOptions, Files};
#[cfg(feature = "git")]
pub use self::git::{Before, Git, GitOptions, GitOutcome, GitPlaces, GitSink, OpenError, RangeSpec};
pub use self::repository::{Repository, normalised_remote};
pub use self::tally::{Outcome, Progress};

/// One text to scan, read once, borrowed for the length of a call.
#[derive(Clone, Copy, Debug)]
pub struct Blob<'a> {
    /// Index of its root in the source's list; `None` for standard input.
    pub root: Option<usize>,
    /// Path relative to the root, `/` between names, invalid UTF-8 replaced. Empty for standard input.
    pub path: &'a str,
    /// The path as a user would open it from where the run started.
    pub shown: &'a str,
    /// The whole content.
    pub bytes: &'a [u8],
}

/// Something that takes blobs, from several threads at once. `worker` is below the number of jobs and never used by
/// two threads at the same time.
pub trait Sink: Sync {
    /// Takes one blob.
    fn take(&self, worker: usize, blob: &Blob<'_>);
}
