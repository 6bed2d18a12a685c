//! Files and folders: a parallel walk, one read per file into a reused buffer.
//!
//! Hidden files are in, `.git` is out, `.gitignore` and `.git/info/exclude` hold inside a work tree and nothing else
//! hides a file. What is ignored is walked for its count alone. Links are never followed, except a PATH that the
//! user named.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use globset::GlobSet;
use rayon::prelude::*;
use rayon::{ThreadPoolBuildError, ThreadPoolBuilder};

use super::ignores::Ignores;
use super::open::{Opened, open};
use super::repository::Repository;
use super::spare::{Spare, Untouched};
use super::tally::{Outcome, Progress};
use super::window::{Buffer, Reading};
use super::{Blob, Part, Sink};
use crate::coverage::Reason;

/// How files are chosen and read.
#[derive(Clone, Debug)]
pub struct FileOptions {
    /// Scan what the repository ignores as well.
    pub no_ignore: bool,
    /// Larger files are skipped, and said so; in bytes.
    pub max_file_size: u64,
    /// Paths (relative to their root) that the configuration leaves out.
    pub exclude: GlobSet,
    /// Number of threads, at least 1.
    pub jobs: usize,
    /// Where it is kept which files were read before and hold nothing that counts.
    #[cfg(feature = "git")]
    pub cache: Option<std::sync::Arc<super::git::Cache>>,
}

/// The named files and folders, opened.
pub struct Files {
    options: FileOptions,
    roots: Vec<Root>,
    starts: Vec<Start>,
    /// Where the starts are: whoever walks past one leaves it alone, so that nothing is scanned twice.
    claimed: HashSet<PathBuf>,
    outcome: Outcome,
}

/// One PATH as typed, and what it is relative to.
struct Start {
    typed: PathBuf,
    /// What is shown of it: as typed, or as the first PATH around it was typed.
    shown: String,
    absolute: PathBuf,
    root: usize,
    is_dir: bool,
    /// In bytes; of a folder it says nothing.
    length: u64,
}

/// A folder on the way, with the rules that hold in it.
struct Folder {
    absolute: PathBuf,
    relative: String,
    shown: String,
    root: usize,
    ignores: Ignores,
    in_work_tree: bool,
}

/// The absolute path that places are relative to, and the repository that holds it.
pub(super) type Root = (PathBuf, Option<Repository>);

/// How many files were seen and how many of them scanned.
type Count = (u64, u64);

/// Fewer named files than these, and with fewer bytes than those, are scanned without another thread, whose start would
/// take longer.
const FEW: usize = 8;
const LIGHT: u64 = 1 << 20;

/// How many files one task scans.
const BATCH: usize = 64;

impl Files {
    /// Resolves each PATH. One that cannot be opened becomes a gap in the outcome; the others are still scanned.
    #[must_use]
    pub fn open(paths: &[PathBuf], options: FileOptions) -> Self {
        let mut files = Self {
            options,
            roots: Vec::new(),
            starts: Vec::new(),
            claimed: HashSet::new(),
            outcome: Outcome::default(),
        };
        let mut around = Around::default();
        for path in paths {
            if let Err(error) = files.add(path, &mut around) {
                files.outcome.skipped(Reason::Missing, &legible(path.as_os_str()), None, Some(error.to_string()));
            }
        }
        files.share_roots();
        files.share_names();
        files
    }

    fn add(&mut self, typed: &Path, around: &mut Around) -> io::Result<()> {
        let found = fs::metadata(typed)?;
        let is_dir = found.is_dir();
        // A named file keeps its own name even where it is a link; the folder around it is resolved.
        let absolute = if is_dir { fs::canonicalize(typed)? } else { around.canonical_file(typed)? };
        // With links resolved, which tells whether two starts are the same.
        let canonical = fs::canonicalize(typed).unwrap_or_else(|_| absolute.clone());
        if self.claimed.contains(&canonical) {
            return Ok(());
        }
        let folder = if is_dir { absolute.as_path() } else { absolute.parent().unwrap_or(Path::new("/")) };
        let root = around.root(folder, &mut self.roots);
        let shown = if is_dir { shown(typed) } else { legible(typed.as_os_str()).into_owned() };
        self.claimed.extend([absolute.clone(), canonical]);
        self.starts.push(Start { typed: typed.to_path_buf(), shown, absolute, root, is_dir, length: found.len() });
        Ok(())
    }

    /// A start inside another start's root is relative to that one, unless it is in a repository of its own.
    fn share_roots(&mut self) {
        let by_top: HashMap<&Path, usize> =
            self.roots.iter().enumerate().map(|(root, (top, _))| (top.as_path(), root)).collect();
        let work_tree = |root: usize| self.roots[root].1.as_ref().map(|repository| &repository.work_tree);
        let outermost = |root: usize| {
            let own = work_tree(root);
            let outer = self.roots[root].0.ancestors().filter_map(|above| by_top.get(above).copied());
            outer.filter(|outer| own.is_none() || own == work_tree(*outer)).last().unwrap_or(root)
        };
        let outer: Vec<usize> = (0..self.roots.len()).map(outermost).collect();
        let mut kept: Vec<Option<usize>> = vec![None; self.roots.len()];
        let mut roots: Vec<_> = std::mem::take(&mut self.roots).into_iter().map(Some).collect();
        for start in &mut self.starts {
            let root = outer[start.root];
            start.root = *kept[root].get_or_insert_with(|| {
                self.roots.extend(roots[root].take());
                self.roots.len() - 1
            });
        }
    }

    /// A start inside one that was typed before it is shown as a part of that one.
    fn share_names(&mut self) {
        let folders: HashMap<PathBuf, usize> = (0..)
            .zip(&self.starts)
            .filter(|(_, start)| start.is_dir)
            .map(|(at, start)| (start.absolute.clone(), at))
            .collect();
        for inner in 1..self.starts.len() {
            let (before, [start, ..]) = self.starts.split_at_mut(inner) else { return };
            let above = start.absolute.ancestors().skip(1).filter_map(|above| folders.get(above).copied());
            if let Some(outer) = above.min().and_then(|outer| before.get(outer))
                && let Ok(below) = start.absolute.strip_prefix(&outer.absolute)
            {
                start.shown = join(&outer.shown, slashed(below).as_ref());
            }
        }
    }

    /// What places are relative to: each root's absolute path and repository.
    #[must_use]
    pub fn roots(&self) -> &[Root] {
        &self.roots
    }

    /// Walks and reads everything, handing each blob to `sink`.
    #[must_use]
    pub fn scan(mut self, sink: &dyn Sink, progress: &Progress) -> Outcome {
        let jobs = self.options.jobs.max(1);
        let mut outcome = std::mem::take(&mut self.outcome);
        let walk = Walk {
            options: &self.options,
            sink,
            progress,
            claimed: &self.claimed,
            spares: Spare::all(&self.roots, &self.options, sink),
            workers: (0..=jobs).map(|_| Mutex::new(Worker::default())).collect(),
        };
        match walk.starts(&self.starts, &self.roots, jobs) {
            Ok(counts) => {
                let none = self.starts.iter().zip(&counts).filter(|(_, own)| own.1 == 0);
                for (start, own) in none.take_while(|_| !progress.is_interrupted()) {
                    // What other starts in it gave is its own as well.
                    let inside = self.starts.iter().zip(&counts).filter(|(other, _)| start.holds(other));
                    let (seen, scanned) = inside.fold(*own, |sum, (_, inner)| (sum.0 + inner.0, sum.1 + inner.1));
                    if scanned == 0 {
                        let detail = nothing_scanned(seen > 0).to_owned();
                        outcome.skipped(Reason::Empty, &legible(start.typed.as_os_str()), None, Some(detail));
                    }
                }
            }
            Err(error) => outcome.skipped(Reason::Unreadable, "(threads)", None, Some(error.to_string())),
        }
        walk.spares.into_iter().flatten().for_each(Spare::save);
        for worker in walk.workers {
            outcome.merge(worker.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).outcome);
        }
        outcome
    }
}

impl Start {
    /// Whether `other` lies within it.
    fn holds(&self, other: &Self) -> bool {
        self.is_dir && other.absolute != self.absolute && other.absolute.starts_with(&self.absolute)
    }
}

/// Why a PATH that was opened gave nothing to scan.
fn nothing_scanned(saw_files: bool) -> &'static str {
    if saw_files {
        "nothing in it was scanned: every file is ignored, excluded, too large or unreadable (see --no-ignore, --max-file-size)"
    } else {
        "no file in it; name a folder that holds files"
    }
}

/// What was found out around the starts so far, so that thousands of files of one folder ask once.
#[derive(Default)]
struct Around {
    /// The canonical path of each folder as typed.
    folders: HashMap<PathBuf, PathBuf>,
    /// The top of the root of each folder.
    tops: HashMap<PathBuf, PathBuf>,
    /// Where each root stands in the list.
    roots: HashMap<PathBuf, usize>,
}

impl Around {
    /// The canonical path of the folder, joined with the file's own name.
    fn canonical_file(&mut self, typed: &Path) -> io::Result<PathBuf> {
        let parent = match typed.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let name = typed.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "not a file name"))?;
        if let Some(known) = self.folders.get(parent) {
            return Ok(known.join(name));
        }
        let canonical = fs::canonicalize(parent)?;
        let file = canonical.join(name);
        self.folders.insert(parent.to_path_buf(), canonical);
        Ok(file)
    }

    /// The root that a folder belongs to, which is added to the list if it is new.
    fn root(&mut self, folder: &Path, roots: &mut Vec<Root>) -> usize {
        if let Some(known) = self.tops.get(folder).and_then(|top| self.roots.get(top)) {
            return *known;
        }
        let repository = Repository::around(folder);
        let top = repository.as_ref().map_or(folder, |repository| &repository.work_tree);
        let top = if folder.starts_with(top) { top } else { folder }.to_path_buf();
        self.tops.insert(folder.to_path_buf(), top.clone());
        *self.roots.entry(top.clone()).or_insert_with(|| {
            roots.push((top, repository));
            roots.len() - 1
        })
    }
}

#[derive(Default)]
struct Worker {
    buffer: Buffer,
    outcome: Outcome,
}

struct Walk<'w> {
    options: &'w FileOptions,
    sink: &'w dyn Sink,
    progress: &'w Progress,
    claimed: &'w HashSet<PathBuf>,
    /// For each root what is known of its files.
    spares: Vec<Option<Spare<'w>>>,
    workers: Vec<Mutex<Worker>>,
}

impl Walk<'_> {
    /// Files seen and files scanned so far.
    fn counts(&self) -> (u64, u64) {
        let add = |sum: (u64, u64), worker: &Mutex<Worker>| {
            let outcome = &lock(worker).outcome;
            (sum.0 + outcome.seen, sum.1 + outcome.covered())
        };
        self.workers.iter().fold((0, 0), add)
    }

    /// Scans every start in the order of the command line, files that follow each other side by side: of each the files
    /// that were seen and scanned. Few files are not worth a thread of their own.
    fn starts(&self, starts: &[Start], roots: &[Root], jobs: usize) -> Result<Vec<Count>, ThreadPoolBuildError> {
        let goes_on = || !self.progress.is_interrupted();
        let named = |start: &Start| if goes_on() { self.named(start, &roots[start.root]) } else { Count::default() };
        let bytes = starts.iter().fold(0_u64, |sum, start| sum.saturating_add(start.length));
        if starts.len() < FEW && bytes < LIGHT && !starts.iter().any(|start| start.is_dir) {
            return Ok(starts.iter().map(named).collect());
        }
        let pool = ThreadPoolBuilder::new().num_threads(jobs).build()?;
        let mut counts = Vec::with_capacity(starts.len());
        for together in starts.chunk_by(|start, next| !start.is_dir && !next.is_dir) {
            match together {
                [folder] if folder.is_dir => {
                    let before = self.counts();
                    if goes_on() {
                        pool.scope(|scope| self.start(scope, folder, &roots[folder.root]));
                    }
                    let after = self.counts();
                    counts.push((after.0 - before.0, after.1 - before.1));
                }
                files => counts.extend(pool.install(|| files.par_iter().map(named).collect::<Vec<_>>())),
            }
        }
        Ok(counts)
    }

    /// Scans a file that was named.
    fn named(&self, start: &Start, (top, _): &Root) -> Count {
        let relative = slashed(start.absolute.strip_prefix(top).unwrap_or(&start.absolute));
        self.file(&start.absolute, start.root, &relative, &start.shown, true)
    }

    fn start<'s>(&'s self, scope: &rayon::Scope<'s>, start: &Start, (top, repository): &Root) {
        let relative = slashed(start.absolute.strip_prefix(top).unwrap_or(&start.absolute));
        let shown = start.shown.clone();
        let ignores = match repository {
            Some(repository) if !self.options.no_ignore => {
                Ignores::above(&repository.work_tree, Some(&repository.exclude_file()), &start.absolute)
            }
            _ => Ignores::default(),
        };
        let in_work_tree = repository.is_some() && !self.options.no_ignore;
        let folder =
            Folder { absolute: start.absolute.clone(), relative, shown, root: start.root, ignores, in_work_tree };
        scope.spawn(move |scope| self.folder(scope, folder));
    }

    fn folder<'s>(&'s self, scope: &rayon::Scope<'s>, mut folder: Folder) {
        if self.progress.is_interrupted() {
            return;
        }
        let entries = match list(&folder.absolute) {
            Ok(entries) => entries,
            Err(error) => return self.tally(|outcome| outcome.failed(&folder.shown_or_dot(), &error)),
        };
        folder.enter(&entries, self.options.no_ignore);
        let mut files = Vec::new();
        for entry in entries {
            let Entry { name, kind } = entry;
            if name == ".git" {
                continue;
            }
            let absolute = folder.absolute.join(&name);
            if self.claimed.contains(&absolute) {
                continue;
            }
            let ignored = folder.ignores.ignores(&absolute, kind == EntryKind::Folder);
            match kind {
                EntryKind::Folder if ignored => scope.spawn(move |_| self.count_ignored(&absolute)),
                EntryKind::Folder => {
                    let below = folder.below(&name, absolute);
                    scope.spawn(move |scope| self.folder(scope, below));
                }
                EntryKind::File if ignored => self.skip_ignored(&absolute),
                EntryKind::File => files.push((absolute, join(&folder.relative, &name), join(&folder.shown, &name))),
                EntryKind::Other => {
                    self.tally(|outcome| outcome.skipped(Reason::NotAFile, &join(&folder.shown, &name), None, None));
                }
            }
        }
        let root = folder.root;
        while files.len() > BATCH {
            let batch = files.split_off(files.len() - BATCH);
            scope.spawn(move |_| self.batch(&batch, root));
        }
        self.batch(&files, root);
    }

    fn batch(&self, files: &[(PathBuf, String, String)], root: usize) {
        for (absolute, relative, shown) in files.iter().take_while(|_| !self.progress.is_interrupted()) {
            self.file(absolute, root, relative, shown, false);
        }
    }

    /// Scans a file.
    fn file(&self, absolute: &Path, root: usize, relative: &str, shown: &str, named: bool) -> Count {
        let index = self.worker();
        let worker = &mut *lock(&self.workers[index]);
        let before = (worker.outcome.seen, worker.outcome.covered());
        if !named && self.options.exclude.is_match(relative) {
            let bytes = fs::symlink_metadata(absolute).ok().map(|m| m.len());
            worker.outcome.skipped(Reason::Excluded, shown, bytes, None);
        } else {
            self.read(absolute, root, (relative, shown), (index, worker), named);
        }
        (worker.outcome.seen - before.0, worker.outcome.covered() - before.1)
    }

    fn read(
        &self,
        absolute: &Path,
        root: usize,
        (relative, shown): (&str, &str),
        (index, worker): (usize, &mut Worker),
        named: bool,
    ) {
        let Worker { buffer, outcome } = worker;
        // What the user named is read in any case.
        let spare = self.spares[root].as_ref().filter(|_| !named);
        let untouched = spare.and_then(|spare| spare.untouched(relative, absolute));
        if untouched.as_ref().is_some_and(Untouched::is_known) {
            return outcome.spared(1);
        }
        let take = |bytes: &[u8], part: Option<&Part>| {
            if part.is_none() && untouched.as_ref().is_some_and(|file| file.learn(index, bytes)) {
                return;
            }
            let blob = Blob { root: Some(root), path: relative, shown, bytes };
            part.map_or_else(|| self.sink.take(index, &blob), |part| self.sink.take_part(index, &blob, part));
        };
        let (most, overlap) = (self.options.max_file_size, self.sink.overlap());
        let read = |file: Opened| {
            let length = file.length();
            buffer.read(file, most, overlap, || length, take)
        };
        match open(absolute, named).and_then(read) {
            Ok(Reading::Done(length)) => {
                self.progress.scanned(length);
                outcome.scanned(length);
            }
            Ok(Reading::TooLong) => {
                let bytes = fs::metadata(absolute).ok().map(|m| m.len());
                let detail = format!("over {} bytes; raise --max-file-size to scan it", self.options.max_file_size);
                outcome.skipped(Reason::TooLarge, shown, bytes, Some(detail));
            }
            Err(error) => outcome.failed(shown, &error),
        }
    }

    /// Counts every file below an ignored folder, with its size.
    fn count_ignored(&self, folder: &Path) {
        let Ok(entries) = list(folder) else { return self.skip_ignored(folder) };
        for Entry { name, kind } in entries {
            let absolute = folder.join(name);
            match kind {
                _ if self.claimed.contains(&absolute) => {}
                EntryKind::Folder => self.count_ignored(&absolute),
                EntryKind::File => self.skip_ignored(&absolute),
                EntryKind::Other => {}
            }
        }
    }

    fn skip_ignored(&self, file: &Path) {
        let bytes = fs::symlink_metadata(file).ok().map(|m| m.len());
        self.tally(|outcome| outcome.skipped(Reason::Ignored, "", bytes, None));
    }

    fn tally(&self, add: impl FnOnce(&mut Outcome)) {
        add(&mut lock(&self.workers[self.worker()]).outcome);
    }

    /// Each thread of the pool has a worker of its own; the thread that is outside the pool has the last.
    fn worker(&self) -> usize {
        rayon::current_thread_index().unwrap_or(self.workers.len() - 1)
    }
}

impl Folder {
    /// Reads the folder's own ignore file; a repository inside the tree begins anew.
    fn enter(&mut self, entries: &[Entry], no_ignore: bool) {
        if no_ignore {
            return;
        }
        let has = |name: &str| entries.iter().any(|entry| entry.name == name);
        if has(".git")
            && let Some(repository) = Repository::around(&self.absolute)
            && repository.work_tree == self.absolute
        {
            self.ignores = Ignores::default().with_file(&self.absolute, &repository.exclude_file());
            self.in_work_tree = true;
        }
        if self.in_work_tree && has(".gitignore") {
            self.ignores = self.ignores.with_file(&self.absolute, &self.absolute.join(".gitignore"));
        }
    }

    fn below(&self, name: &OsStr, absolute: PathBuf) -> Self {
        Self {
            absolute,
            relative: join(&self.relative, name),
            shown: join(&self.shown, name),
            root: self.root,
            ignores: self.ignores.clone(),
            in_work_tree: self.in_work_tree,
        }
    }

    fn shown_or_dot(&self) -> String {
        if self.shown.is_empty() { ".".to_owned() } else { self.shown.clone() }
    }
}

struct Entry {
    name: std::ffi::OsString,
    kind: EntryKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum EntryKind {
    Folder,
    File,
    Other,
}

/// The entries of a folder. A name that vanishes between listing and asking for its kind counts as `Other`.
fn list(folder: &Path) -> io::Result<Vec<Entry>> {
    fs::read_dir(folder)?
        .map(|entry| {
            let entry = entry?;
            let kind = match entry.file_type() {
                Ok(kind) if kind.is_dir() => EntryKind::Folder,
                Ok(kind) if kind.is_file() => EntryKind::File,
                _ => EntryKind::Other,
            };
            Ok(Entry { name: entry.file_name(), kind })
        })
        .collect()
}

/// A name as text: bytes that are no UTF-8 stand as `\xNN`, so that different names stay different.
fn legible(name: &OsStr) -> Cow<'_, str> {
    if let Some(text) = name.to_str() {
        return Cow::Borrowed(text);
    }
    let mut text = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| _ = write!(text, "\\x{byte:02x}"));
    }
    Cow::Owned(text)
}

fn join(folder: &str, name: &OsStr) -> String {
    let name = legible(name);
    if folder.is_empty() {
        name.into_owned()
    } else if folder.ends_with('/') {
        format!("{folder}{name}")
    } else {
        format!("{folder}/{name}")
    }
}

/// A path with `/` between its names, whatever the system writes.
fn slashed(path: &Path) -> String {
    let names: Vec<_> = path.components().map(|c| legible(c.as_os_str())).collect();
    names.join("/")
}

/// A folder as typed, as the beginning of the paths in it: `.` adds nothing, `./src/` becomes `src`.
fn shown(typed: &Path) -> String {
    let text = legible(typed.as_os_str());
    let text = text.strip_prefix("./").unwrap_or(&text);
    match text.trim_end_matches('/') {
        "." => String::new(),
        "" if typed.is_absolute() => "/".to_owned(),
        trimmed => trimmed.to_owned(),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
