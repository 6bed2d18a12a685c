//! What the workers bring home: one sighting per match, and the package ids of project files.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::detect::{Detector, Match, Scratch};
use crate::finding::FrameLine;
use crate::inventory::{Inventory, NearbyNames};
use crate::location::{LineIndex, Position, Region, Span};
use crate::packages::{self, Publishes};
use crate::rules::{Identity, Rule};
use crate::secret::{Masked, Secret};
use crate::source::{Blob, Part, Progress, Sink};

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
}

impl Sighting {
    /// The one order of all sightings, whatever thread brought them.
    pub(super) fn order(&self) -> (Option<usize>, &str, Span, usize) {
        (self.root, &self.path, self.found.span, self.found.rule)
    }
}

#[derive(Default)]
struct Worker {
    scratch: Scratch,
    sightings: Vec<Sighting>,
    published: Vec<Publishes>,
    notes: Vec<String>,
}

/// Collects from all workers.
pub(super) struct Gatherer<'g> {
    detector: &'g Detector,
    inventories: &'g [Inventory],
    progress: &'g Progress,
    overlap: usize,
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
        Self { detector, inventories, progress, overlap: detector.rules().overlap(), workers }
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

    fn sight(&self, blob: &Blob<'_>, part: &Part, matches: Vec<Match>, lost: &[Span], into: &mut Vec<Sighting>) {
        let index = LineIndex::new(blob.bytes);
        let rules = &self.detector.rules().rules;
        let mut masks: Vec<(Span, Masked)> =
            matches.iter().map(|m| (m.span, mask(&rules[m.rule], &m.secret))).collect();
        masks.extend(lost.iter().map(|&span| (span, Masked::of(b"", ""))));
        masks.sort();
        for mut found in matches.into_iter().filter(|found| part.own.contains_start(found.span)) {
            let here = found.span;
            found.span = Span::new(here.start + part.offset, here.end + part.offset);
            into.push(Sighting {
                root: blob.root,
                path: blob.path.to_owned(),
                shown: blob.shown.to_owned(),
                region: index.region(here).after(&part.before),
                frame: frame::draw(&index, here, &masks, part.before.lines),
                nearby: NearbyNames::find(blob.bytes, here, found.variable.as_deref(), self.inventories),
                found,
            });
        }
    }
}

impl Sink for Gatherer<'_> {
    fn take(&self, worker: usize, blob: &Blob<'_>) {
        let own = Span::new(0, blob.bytes.len());
        self.take_part(worker, blob, &Part { offset: 0, before: Position::default(), own });
    }

    fn take_part(&self, worker: usize, blob: &Blob<'_>, part: &Part) {
        let mut worker = lock(&self.workers[worker.min(self.workers.len() - 1)]);
        let Worker { scratch, sightings, published, notes } = &mut *worker;
        let matches = self.detector.scan(blob.bytes, blob.path, scratch);
        let own = matches.iter().filter(|found| part.own.contains_start(found.span)).count();
        if own > 0 {
            self.progress.found(own);
            self.sight(blob, part, matches, scratch.lost(), sightings);
        }
        // A project file of several parts is too large to be one, and the first part says so.
        match packages::read(blob.path, blob.bytes).filter(|_| part.offset == 0) {
            None => {}
            Some(Ok(found)) => published.extend(found),
            Some(Err(error)) => notes.push(format!("no package id read from {}: {error}", blob.shown)),
        }
    }

    fn overlap(&self) -> usize {
        self.overlap
    }
}

/// The key as people may see it. Of a password not even the end is shown: in base64 the end is the password's.
pub(super) fn mask(rule: &Rule, secret: &Secret) -> Masked {
    match rule.identity {
        Identity::Value => secret.masked(&rule.public_prefix),
        Identity::Place => Masked::of(b"", ""),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
