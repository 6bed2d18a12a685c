//! Files and folders: a parallel walk, one read per file into a reused buffer.
//!
//! Hidden files are in, `.git` is out, `.gitignore` and `.git/info/exclude` hold inside a work tree and nothing else
//! hides a file. What is ignored is walked for its count alone. Links are never followed, except a PATH that the
//! user named.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use globset::GlobSet;

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
    roots: Vec<(PathBuf, Option<Repository>)>,
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
    /// With links resolved, which tells whether two starts are the same.
    canonical: PathBuf,
    root: usize,
    is_dir: bool,
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
        for path in paths {
            if let Err(error) = files.add(path) {
                files.outcome.skipped(Reason::Missing, &legible(path.as_os_str()), None, Some(error.to_string()));
            }
        }
        files.share_roots();
        files.share_names();
        files
    }

    fn add(&mut self, typed: &Path) -> io::Result<()> {
        let is_dir = fs::metadata(typed)?.is_dir();
        // A named file keeps its own name even where it is a link; the folder around it is resolved.
        let absolute = if is_dir { fs::canonicalize(typed)? } else { canonical_file(typed)? };
        let canonical = fs::canonicalize(typed).unwrap_or_else(|_| absolute.clone());
        if self.starts.iter().any(|start| start.canonical == canonical) {
            return Ok(());
        }
        let folder = if is_dir { absolute.as_path() } else { absolute.parent().unwrap_or(Path::new("/")) };
        let repository = Repository::around(folder);
        let top = repository.as_ref().map_or_else(|| folder.to_path_buf(), |r| r.work_tree.clone());
        let top = if absolute.starts_with(&top) { top } else { folder.to_path_buf() };
        let root = self.roots.iter().position(|(known, _)| *known == top).unwrap_or_else(|| {
            self.roots.push((top, repository));
            self.roots.len() - 1
        });
        let shown = if is_dir { shown(typed) } else { legible(typed.as_os_str()).into_owned() };
        self.claimed.extend([absolute.clone(), canonical.clone()]);
        self.starts.push(Start { typed: typed.to_path_buf(), shown, absolute, canonical, root, is_dir });
        Ok(())
    }

    /// A start inside another start's root is relative to that one, unless it is in a repository of its own.
    fn share_roots(&mut self) {
        let shares = |(top, repository): &(PathBuf, Option<Repository>),
                      (outer, around): &(PathBuf, Option<Repository>)| {
            let own = repository.as_ref().map(|own| &own.work_tree);
            top.starts_with(outer) && (own.is_none() || own == around.as_ref().map(|around| &around.work_tree))
        };
        let outermost = |root: usize| {
            let outer = (0..self.roots.len()).filter(|outer| shares(&self.roots[root], &self.roots[*outer]));
            outer.min_by_key(|outer| self.roots[*outer].0.as_os_str().len()).unwrap_or(root)
        };
        let of: Vec<usize> = self.starts.iter().map(|start| outermost(start.root)).collect();
        let mut kept: Vec<usize> = Vec::new();
        for (start, root) in self.starts.iter_mut().zip(of) {
            start.root = kept.iter().position(|known| *known == root).unwrap_or_else(|| {
                kept.push(root);
                kept.len() - 1
            });
        }
        let mut roots: Vec<_> = std::mem::take(&mut self.roots).into_iter().map(Some).collect();
        self.roots = kept.into_iter().filter_map(|root| roots[root].take()).collect();
    }

    /// A start inside one that was typed before it is shown as a part of that one.
    fn share_names(&mut self) {
        for inner in 1..self.starts.len() {
            let (before, [start, ..]) = self.starts.split_at_mut(inner) else { return };
            if let Some(outer) = before.iter().find(|outer| outer.holds(start))
                && let Ok(below) = start.absolute.strip_prefix(&outer.absolute)
            {
                start.shown = join(&outer.shown, slashed(below).as_ref());
            }
        }
    }

    /// What places are relative to: each root's absolute path and repository.
    #[must_use]
    pub fn roots(&self) -> &[(PathBuf, Option<Repository>)] {
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
        match rayon::ThreadPoolBuilder::new().num_threads(jobs).build() {
            Ok(pool) => {
                let mut counts = Vec::new();
                for start in self.starts.iter().filter(|_| !progress.is_interrupted()) {
                    let before = walk.counts();
                    pool.scope(|scope| walk.start(scope, start, &self.roots[start.root]));
                    let after = walk.counts();
                    counts.push((start, after.0 - before.0, after.1 - before.1));
                }
                for start in &self.starts {
                    // What other starts in it gave is its own as well.
                    let inside = counts.iter().filter(|(other, ..)| std::ptr::eq(*other, start) || start.holds(other));
                    let (seen, scanned) =
                        inside.fold((0, 0), |sum, (_, seen, scanned)| (sum.0 + seen, sum.1 + scanned));
                    if scanned == 0 && !progress.is_interrupted() {
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

/// The canonical path of the folder, joined with the file's own name.
fn canonical_file(typed: &Path) -> io::Result<PathBuf> {
    let parent = match typed.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let name = typed.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "not a file name"))?;
    Ok(fs::canonicalize(parent)?.join(name))
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

    fn start<'s>(&'s self, scope: &rayon::Scope<'s>, start: &Start, root: &(PathBuf, Option<Repository>)) {
        let (top, repository) = root;
        let relative = slashed(start.absolute.strip_prefix(top).unwrap_or(&start.absolute));
        let shown = start.shown.clone();
        if !start.is_dir {
            self.file(&start.absolute, start.root, &relative, &shown, true);
            return;
        }
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

    fn file(&self, absolute: &Path, root: usize, relative: &str, shown: &str, named: bool) {
        if !named && self.options.exclude.is_match(relative) {
            let bytes = fs::symlink_metadata(absolute).ok().map(|m| m.len());
            return self.tally(|outcome| outcome.skipped(Reason::Excluded, shown, bytes, None));
        }
        let index = self.worker();
        let mut worker = lock(&self.workers[index]);
        let Worker { buffer, outcome } = &mut *worker;
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
