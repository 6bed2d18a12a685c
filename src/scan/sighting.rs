//! What the workers bring home: one sighting per match, and the package ids of project files.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::detect::{Detector, Match, Scratch};
use crate::finding::FrameLine;
use crate::inventory::{Inventory, NearbyNames};
use crate::location::{LineIndex, Region, Span};
use crate::packages::{self, Publishes};
use crate::provenance::{Provenance, Reach};
use crate::secret::Masked;
#[cfg(feature = "git")]
use crate::source::{Before, GitSink};
use crate::source::{Blob, Progress, Sink};

use super::frame;

/// One match at its place, with everything that must be read while its blob is at hand.
pub(super) struct Sighting {
    pub(super) root: Option<usize>,
    pub(super) path: String,
    pub(super) shown: String,
    pub(super) region: Region,
    pub(super) frame: Vec<FrameLine>,
    pub(super) nearby: NearbyNames,
    pub(super) found: Match,
    pub(super) provenance: Option<Box<Provenance>>,
}

impl Sighting {
    /// The one order of all sightings, whatever thread brought them.
    pub(super) fn order(&self) -> (Option<usize>, &str, Version<'_>, Span, usize) {
        (self.root, &self.path, self.version(), self.found.span, self.found.rule)
    }

    /// Which version of its file holds it: those that can be reached before the others, the earliest first.
    fn version(&self) -> Version<'_> {
        let provenance = self.provenance.as_deref()?;
        let commit = provenance.commit.as_ref();
        let at = commit.map(|commit| (commit.authored, commit.id.as_str()));
        Some((provenance.reach, at.is_none(), at, provenance.object.as_deref()))
    }
}

/// What tells the versions of a file apart; `None` outside history.
pub(super) type Version<'s> = Option<(Reach, bool, Option<(Option<Timestamp>, &'s str)>, Option<&'s str>)>;

#[derive(Default)]
struct Worker {
    scratch: Scratch,
    /// For the rules without their paths.
    #[cfg(feature = "git")]
    anywhere: Scratch,
    sightings: Vec<Sighting>,
    published: Vec<Publishes>,
    notes: Vec<String>,
}

/// Collects from all workers.
pub(super) struct Gatherer<'g> {
    detector: &'g Detector,
    /// The same rules, whatever the path: for texts whose path is not known yet.
    #[cfg(feature = "git")]
    anywhere: Option<&'g Detector>,
    inventories: &'g [Inventory],
    progress: &'g Progress,
    workers: Vec<Mutex<Worker>>,
}

impl<'g> Gatherer<'g> {
    pub(super) fn new(
        detector: &'g Detector,
        inventories: &'g [Inventory],
        progress: &'g Progress,
        jobs: usize,
    ) -> Self {
        let workers = (0..=jobs).map(|_| Mutex::new(Worker::default())).collect();
        Self {
            detector,
            #[cfg(feature = "git")]
            anywhere: None,
            inventories,
            progress,
            workers,
        }
    }

    /// With the same rules, whatever the path.
    #[cfg(feature = "git")]
    pub(super) fn with_anywhere(mut self, anywhere: &'g Detector) -> Self {
        self.anywhere = Some(anywhere);
        self
    }

    /// Everything, in an order that does not depend on the threads.
    pub(super) fn finish(self) -> (Vec<Sighting>, Vec<Publishes>, Vec<String>) {
        let (mut sightings, mut published, mut notes) = (Vec::new(), Vec::new(), Vec::new());
        for worker in self.workers {
            let worker = worker.into_inner().unwrap_or_else(PoisonError::into_inner);
            sightings.extend(worker.sightings);
            published.extend(worker.published);
            notes.extend(worker.notes);
        }
        sightings.sort_by(|a, b| a.order().cmp(&b.order()));
        notes.sort();
        (sightings, published, notes)
    }

    fn sight(&self, blob: &Blob<'_>, matches: Vec<Match>, from: Option<&Provenance>, into: &mut Vec<Sighting>) {
        let index = LineIndex::new(blob.bytes);
        let rules = &self.detector.rules().rules;
        let masks: Vec<(Span, Masked)> =
            matches.iter().map(|m| (m.span, m.secret.masked(&rules[m.rule].public_prefix))).collect();
        for found in matches {
            into.push(Sighting {
                root: blob.root,
                path: blob.path.to_owned(),
                shown: blob.shown.to_owned(),
                region: index.region(found.span),
                frame: frame::draw(&index, found.span, &masks),
                nearby: NearbyNames::find(blob.bytes, found.span, found.variable.as_deref(), self.inventories),
                found,
                provenance: from.cloned().map(Box::new),
            });
        }
    }
}

impl Sink for Gatherer<'_> {
    fn take(&self, worker: usize, blob: &Blob<'_>) {
        let mut worker = lock(&self.workers[worker.min(self.workers.len() - 1)]);
        let Worker { scratch, sightings, published, notes, .. } = &mut *worker;
        let matches = self.detector.scan(blob.bytes, blob.path, scratch);
        if !matches.is_empty() {
            self.progress.found(matches.len());
            self.sight(blob, matches, None, sightings);
        }
        match packages::read(blob.path, blob.bytes) {
            None => {}
            Some(Ok(found)) => published.extend(found),
            Some(Err(error)) => notes.push(format!("no package id read from {}: {error}", blob.shown)),
        }
    }
}

#[cfg(feature = "git")]
impl GitSink for Gatherer<'_> {
    fn take(&self, worker: usize, blob: &Blob<'_>, provenance: &Provenance, before: &dyn Before) -> usize {
        let mut worker = lock(&self.workers[worker.min(self.workers.len() - 1)]);
        let Worker { scratch, sightings, .. } = &mut *worker;
        let mut matches = self.detector.scan(blob.bytes, blob.path, scratch);
        let all = matches.len();
        matches.retain(|found| !before.holds(&blob.bytes[found.span.start..found.span.end]));
        if !matches.is_empty() {
            self.progress.found(matches.len());
            self.sight(blob, matches, Some(provenance), sightings);
        }
        all
    }

    fn suspects(&self, worker: usize, bytes: &[u8]) -> bool {
        let mut worker = lock(&self.workers[worker.min(self.workers.len() - 1)]);
        let anywhere = self.anywhere.unwrap_or(self.detector);
        !anywhere.scan(bytes, "", &mut worker.anywhere).is_empty()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
