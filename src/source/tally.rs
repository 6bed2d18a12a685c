//! Counting what was seen, scanned and skipped.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::coverage::{Count, Reason, Skip};

/// How far a run has come, read by whoever shows progress; and the way to end it early.
#[derive(Debug, Default)]
pub struct Progress {
    /// Blobs scanned so far.
    pub blobs: AtomicU64,
    /// Bytes scanned so far.
    pub bytes: AtomicU64,
    /// Matches so far.
    pub matches: AtomicU64,
    /// The walk through a history; all zero in other scans.
    pub history: HistoryProgress,
    interrupted: Arc<AtomicBool>,
}

/// How far the walk through a history has come.
#[derive(Debug, Default)]
pub struct HistoryProgress {
    /// Objects read so far.
    pub objects: AtomicU64,
    /// Objects that there are.
    pub all_objects: AtomicU64,
    /// Bytes read so far, as they are stored.
    pub stored: AtomicU64,
    /// Bytes that are stored.
    pub all_stored: AtomicU64,
    /// Texts so far that hold a match at some path. What is found in them is known when their paths are.
    pub texts: AtomicU64,
}

#[cfg(feature = "git")]
impl HistoryProgress {
    pub(crate) fn read(&self, stored: u64) {
        self.objects.fetch_add(1, Ordering::Relaxed);
        self.stored.fetch_add(stored, Ordering::Relaxed);
    }
}

impl Progress {
    /// Ends the run early: what is being scanned is finished, nothing new is begun, and the report says that it is not
    /// complete. May be called from any thread, at any time.
    pub fn interrupt(&self) {
        self.interrupted.store(true, Ordering::Relaxed);
    }

    /// Whether the run is to end early.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// The flag behind [`Progress::interrupt`], for a handler of signals.
    #[must_use]
    pub fn interruption(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.interrupted)
    }

    pub(crate) fn found(&self, matches: usize) {
        self.matches.fetch_add(matches as u64, Ordering::Relaxed);
    }

    pub(crate) fn scanned(&self, bytes: u64) {
        self.blobs.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// What a source did: the raw material of the coverage statement.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Blobs seen.
    pub seen: u64,
    /// Blobs scanned.
    pub scanned: u64,
    /// Bytes scanned.
    pub bytes: u64,
    counts: BTreeMap<Reason, (u64, u64)>,
    skips: Vec<Skip>,
}

impl Outcome {
    /// Counts one scanned blob.
    pub fn scanned(&mut self, bytes: u64) {
        self.seen += 1;
        self.scanned += 1;
        self.bytes += bytes;
    }

    /// Counts blobs that are known to hold nothing.
    pub fn spared(&mut self, blobs: u64) {
        if blobs > 0 {
            self.seen += blobs;
            self.counts.entry(Reason::Known).or_default().0 += blobs;
        }
    }

    /// Blobs that were scanned, now or by a run of which the cache knows.
    #[must_use]
    pub fn covered(&self) -> u64 {
        self.scanned + self.counts.get(&Reason::Known).map_or(0, |count| count.0)
    }

    /// Counts something that was left out; what a reader must be able to look up is kept by name.
    pub fn skipped(&mut self, reason: Reason, path: &str, bytes: Option<u64>, detail: Option<String>) {
        let is_blob = !matches!(reason, Reason::Missing | Reason::Empty | Reason::Interrupted | Reason::Elsewhere);
        self.seen += u64::from(is_blob);
        let count = self.counts.entry(reason).or_default();
        count.0 += 1;
        count.1 += bytes.unwrap_or(0);
        if reason.is_gap() || matches!(reason, Reason::TooLarge | Reason::Elsewhere) {
            self.skips.push(Skip { path: path.to_owned(), reason, detail, bytes });
        }
    }

    /// Counts an input that could not be opened or read.
    pub fn failed(&mut self, path: &str, error: &io::Error) {
        let reason = if error.kind() == io::ErrorKind::NotFound { Reason::Vanished } else { Reason::Unreadable };
        self.skipped(reason, path, None, Some(error.to_string()));
    }

    /// Names everything that was skipped as something in a folder; `folder` ends with a `/`.
    #[must_use]
    pub fn inside(mut self, folder: &str) -> Self {
        self.skips.iter_mut().for_each(|skip| skip.path.insert_str(0, folder));
        self
    }

    /// Adds another outcome's counts.
    pub fn merge(&mut self, other: Self) {
        self.seen += other.seen;
        self.scanned += other.scanned;
        self.bytes += other.bytes;
        for (reason, (files, bytes)) in other.counts {
            let count = self.counts.entry(reason).or_default();
            count.0 += files;
            count.1 += bytes;
        }
        self.skips.extend(other.skips);
    }

    /// The counts by reason, and the named skips sorted by path.
    #[must_use]
    pub fn into_parts(mut self) -> (Vec<Count>, Vec<Skip>) {
        self.skips.sort();
        let counts = self.counts.into_iter().map(|(reason, (files, bytes))| Count { reason, files, bytes }).collect();
        (counts, self.skips)
    }
}
