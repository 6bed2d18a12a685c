//! What the workers bring home: one sighting per match, and the package ids of project files.

use std::collections::BTreeMap;
#[cfg(feature = "git")]
use std::sync::OnceLock;
use std::sync::{Mutex, MutexGuard, PoisonError};

#[cfg(feature = "git")]
use data_encoding::HEXLOWER;
use jiff::Timestamp;
#[cfg(feature = "git")]
use sha2::{Digest, Sha256};

#[cfg(feature = "git")]
use crate::coverage::Configuration;
#[cfg(feature = "git")]
use crate::detect::FirstLook;
use crate::detect::{Detector, Match, Scratch};
use crate::finding::FrameLine;
use crate::inventory::{Names, NearbyNames};
use crate::issuer::Issuer;
use crate::key::KeyFacts;
use crate::location::{LineIndex, Region, Span};
use crate::packages::{self, Publishes};
use crate::provenance::{Provenance, Reach};
use crate::rules::{self, Identity, Rule};
use crate::secret::{Masked, Secret};
#[cfg(feature = "git")]
use crate::severity::Confidence;
#[cfg(feature = "git")]
use crate::source::{Before, Built, GitSink, Judge, Look, Place};
use crate::source::{Blob, Part, Progress, Sink};
#[cfg(feature = "git")]
use crate::suppression::holds_comment;
use crate::suppression::{MARKER_REACH, Marker, begins_comment, markers};

use super::clues::{self, Clues};
use super::companion::{self, Joined, Part as Companion};
use super::{Settings, frame};

/// The hash of the sources that decide what is a match.
#[cfg(feature = "git")]
const ENGINE: &str = include_str!(concat!(env!("OUT_DIR"), "/engine.hash"));

/// One match at its place, with everything that must be read while its blob is at hand.
pub(super) struct Sighting {
    pub(super) root: Option<usize>,
    pub(super) path: String,
    pub(super) shown: String,
    pub(super) region: Region,
    pub(super) frame: Vec<FrameLine>,
    pub(super) nearby: NearbyNames,
    pub(super) found: Match,
    /// The other parts of the key that stand near it.
    pub(super) parts: Vec<Companion>,
    /// What the connection string says in which it stands.
    pub(super) around: Option<Box<KeyFacts>>,
    pub(super) provenance: Option<Box<Provenance>>,
    /// What comments beside it ask to set aside.
    pub(super) markers: Vec<Marker>,
}

impl Sighting {
    /// The one order of all sightings, whatever thread brought them.
    pub(super) fn order(&self) -> (Option<usize>, &str, Version<'_>, Span, usize) {
        (self.root, &self.path, self.version(), self.found.span, self.found.rule)
    }

    /// Whether the name that it is assigned to has an issuer's id in it.
    pub(super) fn is_called_after(&self, issuer: &Issuer) -> bool {
        let letters = |text: &str| -> String {
            text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
        };
        self.found.variable.as_ref().is_some_and(|name| letters(name).contains(&letters(issuer.as_str())))
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
    sightings: Vec<Sighting>,
    published: Vec<Publishes>,
    notes: Vec<String>,
    clues: Vec<clues::Placed>,
    comments: Vec<Comment>,
}

/// A `skelkey:ignore` in a file, whatever stands beside it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Comment {
    pub(super) shown: String,
    pub(super) line: usize,
}

/// Everything that the workers brought.
pub(super) struct Gathered {
    pub(super) sightings: Vec<Sighting>,
    pub(super) published: Vec<Publishes>,
    pub(super) notes: Vec<String>,
    pub(super) comments: Vec<Comment>,
    pub(super) clues: Clues,
}

/// Files about code, which show comments instead of having them.
const PROSE: [&str; 5] = [".md", ".mdx", ".markdown", ".rst", ".adoc"];

fn is_prose(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    PROSE.iter().any(|ending| path.ends_with(ending))
}

/// A text with everything that its frames need besides the matches.
#[derive(Clone, Copy)]
struct Seen<'s> {
    blob: &'s Blob<'s>,
    part: &'s Part,
    /// What losing matches cover.
    lost: &'s [Span],
    provenance: Option<&'s Provenance>,
}

/// Collects from all workers.
pub(super) struct Gatherer<'g> {
    detector: &'g Detector,
    #[cfg(feature = "git")]
    first_look: OnceLock<FirstLook<'g>>,
    /// What texts contain that tell something about keys in others.
    #[cfg(feature = "git")]
    signs: OnceLock<Option<regex::bytes::Regex>>,
    /// Least confidence of what counts.
    #[cfg(feature = "git")]
    least: Confidence,
    /// Which rules are switched off or rated otherwise.
    #[cfg(feature = "git")]
    configuration: &'g Configuration,
    names: Names,
    progress: &'g Progress,
    overlap: usize,
    /// Whether comments may set findings aside.
    reads_markers: bool,
    workers: Vec<Mutex<Worker>>,
}

impl<'g> Gatherer<'g> {
    pub(super) fn new(detector: &'g Detector, settings: &'g Settings, progress: &'g Progress, jobs: usize) -> Self {
        let workers = (0..=jobs).map(|_| Mutex::new(Worker::default())).collect();
        Self {
            detector,
            #[cfg(feature = "git")]
            first_look: OnceLock::new(),
            #[cfg(feature = "git")]
            signs: OnceLock::new(),
            #[cfg(feature = "git")]
            least: settings.confidence,
            #[cfg(feature = "git")]
            configuration: &settings.configuration,
            names: Names::of(&settings.inventories),
            progress,
            overlap: detector.rules().overlap(),
            reads_markers: settings.inline_ignore,
            workers,
        }
    }

    /// Whether the run is to end early.
    pub(super) fn is_interrupted(&self) -> bool {
        self.progress.is_interrupted()
    }

    /// Everything, in an order that does not depend on the threads.
    pub(super) fn finish(self) -> Gathered {
        let (mut sightings, mut published, mut notes) = (Vec::new(), Vec::new(), Vec::new());
        let (mut comments, mut clues) = (Vec::new(), Vec::new());
        for worker in self.workers {
            let worker = worker.into_inner().unwrap_or_else(PoisonError::into_inner);
            sightings.extend(worker.sightings);
            published.extend(worker.published);
            notes.extend(worker.notes);
            clues.extend(worker.clues);
            comments.extend(worker.comments);
        }
        sightings.sort_by(|a, b| a.order().cmp(&b.order()));
        notes.sort();
        comments.sort();
        Gathered { sightings, published, notes, comments, clues: Clues::new(clues) }
    }

    /// The `skelkey:ignore` comments of one text, or of one part of a long one, given where the words stand.
    fn comments(&self, blob: &Blob<'_>, part: &Part, marked: &[usize], into: &mut Vec<Comment>) {
        if marked.is_empty() || !self.reads_markers || is_prose(blob.path) {
            return;
        }
        let index = LineIndex::new(blob.bytes);
        let own = marked.iter().filter(|&&at| part.own.contains_start(Span::new(at, at + 1)));
        into.extend(
            own.filter(|&&at| begins_comment(blob.bytes, at))
                .map(|&at| Comment { shown: blob.shown.to_owned(), line: index.line_of(at) + part.before.lines }),
        );
    }

    /// Looks through one text, or one part of a long one.
    fn look(&self, worker: &mut Worker, blob: &Blob<'_>, part: &Part) {
        let Worker { scratch, sightings, published, notes, clues, comments } = worker;
        let matches = self.detector.scan(blob.bytes, blob.path, scratch);
        self.comments(blob, part, scratch.markers(), comments);
        clues.extend(clues::among(self.detector.rules(), &matches, blob, part));
        let counts = |found: &Match| part.own.contains_start(found.span);
        self.sight(&Seen { blob, part, lost: scratch.lost(), provenance: None }, matches, counts, sightings);
        // A project file of several parts is too large to be one, and the first part says so.
        match packages::read(blob.path, blob.bytes).filter(|_| part.offset == 0) {
            None => {}
            Some(Ok(found)) => published.extend(found),
            Some(Err(error)) => notes.push(format!("no package id read from {}: {error}", blob.shown)),
        }
    }

    /// Sights the matches that count, which `counts` tells, each with its companions; all of them, and what lost to them,
    /// are masked in every frame. Gives how many were sighted.
    fn sight(
        &self,
        seen: &Seen<'_>,
        mut matches: Vec<Match>,
        counts: impl Fn(&Match) -> bool,
        into: &mut Vec<Sighting>,
    ) -> usize {
        let Seen { blob, part, lost, provenance } = *seen;
        let joined = Joined::of(self.detector.rules(), &matches);
        let own = |at: usize, found: &Match| joined.stands_alone(at) && counts(found);
        let sighted: Vec<usize> = matches.iter().enumerate().filter(|(at, m)| own(*at, m)).map(|(at, _)| at).collect();
        if sighted.is_empty() {
            return 0;
        }
        self.progress.found(sighted.len());
        let index = LineIndex::new(blob.bytes);
        let rules = &self.detector.rules().rules;
        let secrets = matches.iter().filter(|found| !rules[found.rule].part_only);
        let mut masks: Vec<(Span, Masked)> = secrets.map(|m| (m.span, mask(&rules[m.rule], &m.secret))).collect();
        masks.extend(lost.iter().map(|&span| (span, Masked::of(b"", ""))));
        masks.sort();
        let parts: Vec<Vec<Companion>> = sighted
            .iter()
            .map(|&at| {
                let companions = &rules[matches[at].rule].companions;
                joined.parts(at).iter().map(|&(n, m)| self.part(&companions[n], &matches[m], &index, part)).collect()
            })
            .collect();
        // In the order of places: on a long line each column is counted from the one before.
        let regions: Vec<Region> = sighted.iter().map(|&at| index.region(matches[at].span)).collect();
        let mut lines = self.reads_markers.then(|| MarkedLines::new(&index, &masks, part.before.lines));
        for ((&at, parts), region) in sighted.iter().zip(parts).zip(regions).rev() {
            // From the last on, so that no place that is still to come moves.
            let mut found = matches.swap_remove(at);
            let here = found.span;
            found.span = Span::new(here.start + part.offset, here.end + part.offset);
            into.push(Sighting {
                parts,
                around: companion::around(&rules[found.rule], blob.bytes, here).map(Box::new),
                root: blob.root,
                path: blob.path.to_owned(),
                shown: blob.shown.to_owned(),
                region: region.after(&part.before),
                frame: frame::draw(&index, here, &masks, part.before.lines),
                nearby: self.names.near(blob.bytes, here, found.variable.as_deref()),
                markers: lines.as_mut().map(|lines| lines.beside(&found, here)).unwrap_or_default(),
                found,
                provenance: provenance.cloned().map(Box::new),
            });
        }
        sighted.len()
    }

    /// Sights the matches in one text of a repository. `is_new` tells whether a secret is. Gives the number of all matches.
    #[cfg(feature = "git")]
    fn sight_in_git(
        &self,
        worker: &mut Worker,
        blob: &Blob<'_>,
        provenance: &Provenance,
        matches: Vec<Match>,
        is_new: impl Fn(&[u8]) -> bool,
    ) -> usize {
        let Worker { scratch, sightings, clues, .. } = worker;
        let all = matches.len();
        let counts = |found: &Match| is_new(&blob.bytes[found.span.start..found.span.end]);
        let part = Part::whole(blob.bytes);
        clues.extend(clues::among(self.detector.rules(), &matches, blob, &part));
        let seen = Seen { blob, part: &part, lost: scratch.lost(), provenance: Some(provenance) };
        self.sight(&seen, matches, counts, sightings);
        all
    }

    /// A companion with everything that must be read while its text is at hand.
    fn part(&self, companion: &rules::Companion, found: &Match, index: &LineIndex<'_>, part: &Part) -> Companion {
        let rule = &self.detector.rules().rules[found.rule];
        let masked = || mask(rule, &found.secret).as_str().to_owned();
        Companion {
            role: companion.role.clone(),
            rule: found.rule,
            text: companion::public_text(rule, found).unwrap_or_else(masked),
            region: index.region(found.span).after(&part.before),
            facts: companion::facts(companion, rule, found),
            host: companion::host(companion, rule, found),
        }
    }
}

impl Sink for Gatherer<'_> {
    fn take(&self, worker: usize, blob: &Blob<'_>) {
        self.take_part(worker, blob, &Part::whole(blob.bytes));
    }

    fn take_part(&self, worker: usize, blob: &Blob<'_>, part: &Part) {
        let mut worker = lock(&self.workers[worker.min(self.workers.len() - 1)]);
        self.look(&mut worker, blob, part);
    }

    fn overlap(&self) -> usize {
        self.overlap
    }

    #[cfg(feature = "git")]
    fn judge(&self) -> Option<&dyn Judge> {
        Some(self)
    }
}

/// The markers on the lines of one text. A line of megabytes may hold thousands of secrets, each of which asks for them.
struct MarkedLines<'l> {
    index: &'l LineIndex<'l>,
    /// Of every match: a marker's words will be shown, so every match is masked before they are read.
    masks: &'l [(Span, Masked)],
    /// The lines of the file before this part of it.
    before: usize,
    known: BTreeMap<usize, Vec<Marker>>,
}

impl<'l> MarkedLines<'l> {
    fn new(index: &'l LineIndex<'l>, masks: &'l [(Span, Masked)], before: usize) -> Self {
        Self { index, masks, before, known: BTreeMap::new() }
    }

    /// Those on a line (from 1).
    fn on(&mut self, number: usize) -> &[Marker] {
        let Self { index, masks, before, .. } = *self;
        self.known.entry(number).or_insert_with(|| {
            let found = markers(&frame::masked(index, number, masks, MARKER_REACH));
            found.into_iter().map(|marker| Marker { line: number + before, ..marker }).collect()
        })
    }

    /// Those on the lines on which the secret at `at` begins and ends, and on the line before if it is nothing but a comment.
    /// The secret is masked in their words too, where they repeat it.
    fn beside(&mut self, found: &Match, at: Span) -> Vec<Marker> {
        let (first, last) = (self.index.line_of(at.start), self.index.line_of(at.end.max(at.start + 1) - 1));
        let mut all = self.on(first).to_vec();
        if last > first {
            all.extend_from_slice(self.on(last));
        }
        if self.index.line(first - 1).is_some_and(|(_, line)| is_comment(line)) {
            all.extend_from_slice(self.on(first - 1));
        }
        for reason in all.iter_mut().filter_map(|marker| marker.reason.as_mut()) {
            found.secret.hide_in(reason);
        }
        all
    }
}

fn is_comment(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    [&b"#"[..], b"//", b"--", b";", b"/*", b"*", b"<!--", b"%", b"'", b"REM "].iter().any(|sign| line.starts_with(sign))
}

/// The key as people may see it. Of a password not even the end is shown: in base64 the end is the password's.
pub(super) fn mask(rule: &Rule, secret: &Secret) -> Masked {
    match rule.identity {
        Identity::Value => secret.masked(&rule.public_prefix),
        Identity::Place => Masked::of(b"", ""),
    }
}

#[cfg(feature = "git")]
impl GitSink for Gatherer<'_> {
    fn take(&self, worker: usize, blob: &Blob<'_>, provenance: &Provenance, before: &dyn Before) -> usize {
        let mut worker = lock(&self.workers[worker.min(self.workers.len() - 1)]);
        let matches = self.detector.scan(blob.bytes, blob.path, &mut worker.scratch);
        self.sight_in_git(&mut worker, blob, provenance, matches, |secret| !before.holds(secret))
    }

    fn take_looked_at(&self, worker: usize, blob: &Blob<'_>, provenance: &Provenance, places: &[Place]) -> usize {
        let mut worker = lock(&self.workers[worker.min(self.workers.len() - 1)]);
        let matches = self.detector.scan_places(blob.bytes, blob.path, places, &mut worker.scratch);
        self.sight_in_git(&mut worker, blob, provenance, matches, |_| true)
    }
}

#[cfg(feature = "git")]
impl Judge for Gatherer<'_> {
    fn judgement(&self) -> String {
        let Configuration { disabled_rules, rerated_rules, .. } = self.configuration;
        let mut hash = Sha256::new();
        for part in [ENGINE, &self.detector.rules().hash, self.least.as_str()] {
            hash.update(part);
            hash.update([0]);
        }
        for list in [disabled_rules, rerated_rules] {
            hash.update((list.len() as u64).to_le_bytes());
            for word in list {
                hash.update(word);
                hash.update([0]);
            }
        }
        HEXLOWER.encode(&hash.finalize()[..16])
    }

    fn look(&self, worker: usize, bytes: &[u8], built: Option<Built<'_>>) -> Look {
        let mut worker = lock(&self.workers[worker.min(self.workers.len() - 1)]);
        self.first_look.get_or_init(|| self.detector.first_look(self.least)).at(bytes, built, &mut worker.scratch)
    }

    fn is_silent(&self, bytes: &[u8]) -> bool {
        let signs = self.signs.get_or_init(|| clues::signs(self.detector.rules()));
        !holds_comment(bytes) && signs.as_ref().is_some_and(|signs| !signs.is_match(bytes))
    }

    fn tells(&self, path: &str) -> bool {
        packages::is_read(path)
    }

    fn note(&self, sentence: String) {
        lock(&self.workers[self.workers.len() - 1]).notes.push(sentence);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
