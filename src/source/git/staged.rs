//! The index: exactly what the next commit would hold, against `HEAD`. Never the work tree's bytes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::bstr::{BString, ByteSlice};
use gix::index::entry::{Flags, Mode, Stage};
use gix::index::extension::Tree;
use gix::objs::tree::EntryKind;
use rayon::prelude::*;

use super::before::Earlier;
use super::changes::{Added, Entries, Removed, join};
use super::index::{self, Entry, Stream};
use super::lfs;
use super::memory::Memory;
use super::merging::Merging;
use super::submodules::left_out;
use super::{Git, GitOptions, GitOutcome, GitSink, text};
use crate::coverage::Reason;
use crate::decode::readable;
use crate::provenance::{Holder, Provenance, Reach};
use crate::source::{Blob, Outcome, Progress};

/// How many files make another thread worth its start.
const FILES_PER_THREAD: usize = 4;

/// What the index adds to `HEAD`.
#[derive(Default)]
struct Staged {
    added: Vec<Added>,
    removed: Vec<Removed>,
    submodules: Vec<BString>,
}

impl Git {
    /// Scans what is staged and not in `HEAD`: the content of each added or changed file as the index names it.
    #[must_use]
    pub fn staged(&self, options: &GitOptions, sink: &dyn GitSink, progress: &Progress) -> GitOutcome {
        let mut done = GitOutcome::default();
        let repo = self.repo();
        let path = self.index_path(&repo);
        let staged = match self.all_staged(&repo, &path) {
            Ok(staged) => staged,
            Err(why) => {
                done.outcome.skipped(Reason::Missing, &path.to_string_lossy(), None, Some(why.to_owned()));
                return done;
            }
        };
        let memory = Memory::open(options.cache.as_ref(), sink, repo.object_hash(), |note| done.notes.push(note));
        let asked: Vec<&Added> =
            staged.added.iter().filter(|added| self.is_asked(&text(added.path.as_bstr()))).collect();
        let task = |repo: &gix::Repository, added: &Added| {
            let before = Earlier { repo, same_path: &added.before, removed: &staged.removed };
            Task { repo, options, sink, progress, memory: memory.as_ref() }.scan(added, &before)
        };
        let (files, outcome) = self.each(&repo, options.jobs, &asked, &task);
        done.outcome.merge(outcome);
        done.notes.extend(memory.and_then(Memory::save));
        done.notes.push(if files == 1 { "1 file staged".to_owned() } else { format!("{files} files staged") });
        done.notes.extend(staged.submodules.iter().map(|path| left_out(&text(path.as_bstr()))));
        done
    }

    /// Scans the files by all threads; how many, and what became of them. Few files are not worth a second thread.
    fn each(
        &self,
        repo: &gix::Repository,
        jobs: usize,
        asked: &[&Added],
        task: &(impl Fn(&gix::Repository, &Added) -> Option<Outcome> + Sync),
    ) -> (u64, Outcome) {
        let both = |(files, mut all): (u64, Outcome), (more, one): (u64, Outcome)| {
            all.merge(one);
            (files + more, all)
        };
        let alone =
            || asked.iter().filter_map(|added| task(repo, added)).map(|one| (1, one)).fold(Default::default(), both);
        let jobs = jobs.min(asked.len() / FILES_PER_THREAD);
        if jobs < 2 {
            return alone();
        }
        let Ok(pool) = rayon::ThreadPoolBuilder::new().num_threads(jobs).build() else { return alone() };
        pool.install(|| {
            let each = asked.par_iter().map_init(|| self.repo(), |repo, added| task(repo, added));
            each.flatten().map(|one| (1, one)).reduce(Default::default, both)
        })
    }

    /// The paths of the files that are staged and differ from `HEAD`.
    ///
    /// # Errors
    /// The index or `HEAD` cannot be read; why.
    pub fn staged_paths(&self) -> Result<BTreeSet<String>, String> {
        let repo = self.repo();
        let staged = self.all_staged(&repo, &self.index_path(&repo))?;
        Ok(staged.added.iter().map(|added| text(added.path.as_bstr())).collect())
    }

    fn index_path(&self, repo: &gix::Repository) -> PathBuf {
        match &self.places.index_file {
            // Relative to the top of the work tree, for that is where git runs its hooks.
            Some(file) => self.root.join(file),
            None => repo.index_path(),
        }
    }

    fn all_staged(&self, repo: &gix::Repository, path: &Path) -> Result<Staged, &'static str> {
        if repo.is_bare() && self.places.index_file.is_none() {
            return Err("a bare repository has no index");
        }
        if self.places.index_file.is_some() && !path.exists() {
            return Err("GIT_INDEX_FILE names no file");
        }
        Staged::of(repo, path)
    }
}

/// What scans one staged file after the other.
struct Task<'t> {
    repo: &'t gix::Repository,
    options: &'t GitOptions,
    sink: &'t dyn GitSink,
    progress: &'t Progress,
    memory: Option<&'t Memory>,
}

impl Task<'_> {
    /// What became of one file; `None` when the run ends before it.
    fn scan(&self, added: &Added, before: &Earlier<'_>) -> Option<Outcome> {
        let Self { repo, options, sink, progress, memory } = *self;
        if progress.is_interrupted() {
            return None;
        }
        let path = text(added.path.as_bstr());
        let mut done = Outcome::default();
        let skip = |reason, length, why| {
            let mut skipped = Outcome::default();
            skipped.skipped(reason, &path, length, why);
            Some(skipped)
        };
        if options.exclude.is_match(&path) {
            return skip(Reason::Excluded, None, None);
        }
        if memory.is_some_and(|memory| memory.knows(&added.id)) {
            done.spared(1);
            return Some(done);
        }
        let Some(object) = repo.find_object(added.id).ok().filter(|object| object.kind == gix::objs::Kind::Blob) else {
            return skip(Reason::Unreadable, None, Some(lost(added.id)));
        };
        let length = object.data.len() as u64;
        if length > options.max_file_size {
            return skip(Reason::TooLarge, Some(length), Some(too_large(options)));
        }
        let mut provenance = Provenance::new(Holder::File, Reach::Index);
        provenance.object = Some(added.id.to_string());
        let is_pointer = lfs::note(&path, &object.data, &mut done);
        let bytes = &readable(&object.data);
        let worker = rayon::current_thread_index().unwrap_or(0);
        let matches = sink.take(worker, &Blob { root: Some(0), path: &path, shown: &path, bytes }, &provenance, before);
        if let Some(memory) = memory
            && matches == 0
            && !is_pointer
            && sink.finds_nothing(worker, bytes)
            && !memory.learn(added.id, &object.data)
        {
            done.skipped(Reason::Unreadable, &path, None, Some(lost(added.id)));
        }
        progress.scanned(length);
        done.scanned(length);
        Some(done)
    }
}

fn lost(id: ObjectId) -> String {
    format!("the object {id} is missing or corrupt")
}

/// What is said of a text over the limit.
pub(super) fn too_large(options: &GitOptions) -> String {
    format!("over {} bytes; raise --max-file-size to scan it", options.max_file_size)
}

impl Staged {
    fn of(repo: &gix::Repository, path: &Path) -> Result<Self, &'static str> {
        if let Some(stream) = Stream::open(path, repo.object_hash()) {
            let head = Head::of(repo, Some(stream.tree()))?;
            if let Some(entries) = stream.outside(&head.same) {
                return Self::against(repo, head.files, entries);
            }
        }
        let index = index::read(path, repo.object_hash())?;
        let head = Head::of(repo, index.tree())?;
        let entries = index::outside(&index, &head.same);
        Self::against(repo, head.files, entries)
    }

    /// What these entries have that `head` has not.
    fn against(
        repo: &gix::Repository,
        mut head: BTreeMap<BString, ObjectId>,
        entries: Vec<Entry>,
    ) -> Result<Self, &'static str> {
        let mut staged = Self::default();
        for Entry { path, id, mode, flags } in entries {
            let known = head.remove(&path);
            // What is only announced has no content yet. The base of a conflict is nobody's new text.
            if flags.contains(Flags::INTENT_TO_ADD) || flags.stage() == Stage::Base {
                continue;
            }
            match mode {
                Mode::COMMIT if known != Some(id) => staged.submodules.push(path),
                Mode::COMMIT => {}
                // A sparse index names a whole folder by its tree.
                Mode::DIR => staged.folder(repo, &path, id, &mut head)?,
                _ if known == Some(id) => {}
                _ => staged.added.push(Added { path, id, before: known.into_iter().collect() }),
            }
        }
        staged.removed = head.into_values().map(Removed::Blob).collect();
        Merging::of(repo)?.leave_out(&mut staged.added);
        Ok(staged)
    }

    fn folder(
        &mut self,
        repo: &gix::Repository,
        path: &BString,
        tree: ObjectId,
        head: &mut BTreeMap<BString, ObjectId>,
    ) -> Result<(), &'static str> {
        let path = BString::from(path.trim_end_with(|c| c == '/'));
        for (path, id) in files(repo, path, tree).ok_or("a folder of the sparse index cannot be read")? {
            let known = head.remove(&path);
            if known != Some(id) {
                self.added.push(Added { path, id, before: known.into_iter().collect() });
            }
        }
        Ok(())
    }
}

/// What `HEAD` has.
#[derive(Default)]
struct Head {
    /// Every file and the commits of its submodules, but for what is in the folders of `same`.
    files: BTreeMap<BString, ObjectId>,
    /// Folders, a `/` at their ends and sorted as the index is, that are in the index as in `HEAD`. The index keeps the
    /// trees of the folders that nobody has touched since; git commits those trees without another look as well.
    same: Vec<BString>,
}

impl Head {
    /// Nothing before the first commit.
    fn of(repo: &gix::Repository, kept: Option<&Tree>) -> Result<Self, &'static str> {
        let tree = repo.head_tree_id_or_empty().map_err(|_| "HEAD names a commit that is missing or corrupt")?.detach();
        let (mut head, mut waiting) = (Self::default(), vec![(BString::default(), tree, kept)]);
        while let Some((folder, tree, kept)) = waiting.pop() {
            if kept.is_some_and(|kept| kept.num_entries.is_some() && kept.id == tree) {
                head.same.push(if folder.is_empty() { folder } else { with_slash(folder) });
                continue;
            }
            let entries = Entries::read(repo, tree).ok_or("a tree of HEAD is missing or corrupt; see `git fsck`")?;
            let below = kept.map(|kept| kept.children.iter()).into_iter().flatten();
            let below: HashMap<&[u8], _> = below.map(|child| (&child.name[..], child)).collect();
            for (name, (kind, id)) in entries.0 {
                let path = join(folder.as_bstr(), name.as_bstr());
                if kind == EntryKind::Tree {
                    waiting.push((path, id, below.get(&name[..]).copied()));
                } else {
                    head.files.insert(path, id);
                }
            }
        }
        head.same.sort();
        Ok(head)
    }
}

fn with_slash(mut folder: BString) -> BString {
    folder.push(b'/');
    folder
}

/// Every file below a tree. `None` when a tree cannot be read.
pub(super) fn files(repo: &gix::Repository, top: BString, tree: ObjectId) -> Option<BTreeMap<BString, ObjectId>> {
    Some(entries(repo, top, tree)?.into_iter().map(|(path, (_, id))| (path, id)).collect())
}

/// Every file and submodule below a tree, by path. `None` when a tree cannot be read.
pub(super) fn entries(
    repo: &gix::Repository,
    top: BString,
    tree: ObjectId,
) -> Option<BTreeMap<BString, (EntryKind, ObjectId)>> {
    let mut files = BTreeMap::new();
    let mut waiting = vec![(top, tree)];
    while let Some((folder, tree)) = waiting.pop() {
        for (name, (kind, id)) in Entries::read(repo, tree)?.0 {
            let path = join(folder.as_bstr(), name.as_bstr());
            match kind {
                EntryKind::Tree => waiting.push((path, id)),
                _ => drop(files.insert(path, (kind, id))),
            }
        }
    }
    Some(files)
}
