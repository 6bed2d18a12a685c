//! What a range of commits adds: content that no parent has, merges included, and the commits' own texts.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use gix::ObjectId;
use gix::bstr::{BString, ByteSlice};
use gix::revision::plumbing::Spec;
use jiff::Timestamp;
use rayon::prelude::*;

use super::before::{Earlier, Nothing};
use super::changes::{Added, Changes};
use super::lfs;
use super::local;
use super::memory::Memory;
use super::staged::too_large;
use super::submodules::left_out;
use super::{Git, GitOptions, GitOutcome, GitSink, commit_ref, text};
use crate::coverage::Reason;
use crate::decode::readable;
use crate::provenance::{CommitRef, Holder, Provenance, Reach};
use crate::source::{Blob, Progress};

/// Which commits.
#[derive(Clone, Debug, Default)]
pub struct RangeSpec {
    /// `A..B`, `A...B` or one commit, as typed. `None` for everything that `HEAD` reaches.
    pub range: Option<String>,
    /// Only commits whose committer's clock says this or later.
    pub since: Option<Timestamp>,
}

/// What all threads of one scan share.
pub(super) struct Walk<'w> {
    git: &'w Git,
    options: &'w GitOptions,
    sink: &'w dyn GitSink,
    progress: &'w Progress,
    memory: Option<Memory>,
    shallow: HashSet<ObjectId>,
    /// Contents at paths that hold no match at all, so that they are not looked at again.
    clean: Mutex<HashSet<(ObjectId, BString)>>,
    /// Commits that were looked through to their end.
    finished: AtomicUsize,
    done: Mutex<GitOutcome>,
}

impl Git {
    /// Scans what the commits of a range add to their parents. A range that cannot be resolved is a gap.
    #[must_use]
    pub fn range(&self, spec: &RangeSpec, options: &GitOptions, sink: &dyn GitSink, progress: &Progress) -> GitOutcome {
        let repo = self.repo();
        let name = spec.range.as_deref().unwrap_or("HEAD");
        let mut done = GitOutcome::default();
        let commits = match commits(&repo, spec, self.places.objects.is_some()) {
            Ok(commits) => commits,
            Err(why) => {
                done.outcome.skipped(Reason::Missing, name, None, Some(why));
                return done;
            }
        };
        Walk::new(self, &repo, options, sink, progress, done).all(&commits)
    }
}

impl<'w> Walk<'w> {
    pub(super) fn new(
        git: &'w Git,
        repo: &gix::Repository,
        options: &'w GitOptions,
        sink: &'w dyn GitSink,
        progress: &'w Progress,
        mut done: GitOutcome,
    ) -> Self {
        let memory = Memory::open(options.cache.as_ref(), sink, repo.object_hash(), |note| done.notes.push(note));
        let shallow = repo.shallow_commits().ok().flatten();
        Self {
            git,
            options,
            sink,
            progress,
            memory,
            shallow: shallow.map(|ids| ids.iter().copied().collect()).unwrap_or_default(),
            clean: Mutex::default(),
            finished: AtomicUsize::new(0),
            done: Mutex::new(done),
        }
    }

    /// Scans what each of the commits adds, by all threads.
    pub(super) fn all(self, commits: &[ObjectId]) -> GitOutcome {
        match rayon::ThreadPoolBuilder::new().num_threads(self.options.jobs.max(1)).build() {
            Ok(pool) => pool.install(|| {
                commits.par_iter().for_each_init(|| self.git.repo(), |repo, &commit| self.commit(repo, commit));
            }),
            Err(error) => self.skip(Reason::Unreadable, "(threads)", None, Some(error.to_string())),
        }
        let finished = self.finished.into_inner();
        let mut done = self.done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.notes.extend(self.memory.and_then(Memory::save));
        done.notes.push(match commits.len() {
            1 if finished == 1 => "1 commit".to_owned(),
            all if finished == all => format!("{all} commits"),
            all => format!("{finished} of {all} commits"),
        });
        done.notes.sort();
        done.notes.dedup();
        done
    }
}

/// The commits of a range, each once. `arriving`: they are being pushed to this repository.
fn commits(repo: &gix::Repository, spec: &RangeSpec, arriving: bool) -> Result<Vec<ObjectId>, String> {
    let (tips, hidden, alone) = ends(repo, spec.range.as_deref(), arriving)?;
    if alone && spec.since.is_none() {
        return Ok(tips);
    }
    let broken = || "a commit of the range is missing or corrupt (a shallow clone? `git fetch --unshallow`)".to_owned();
    let walk = repo.rev_walk(tips).with_hidden(hidden).all().map_err(|_| broken())?;
    let mut commits = Vec::new();
    for commit in walk {
        let id = commit.map_err(|_| broken())?.id;
        if spec.since.is_none_or(|since| committed(repo, id).is_none_or(|at| at >= since)) {
            commits.push(id);
        }
    }
    Ok(commits)
}

/// When a commit was made, by its committer's clock.
fn committed(repo: &gix::Repository, id: ObjectId) -> Option<Timestamp> {
    let seconds = repo.find_commit(id).ok()?.time().ok()?.seconds;
    Timestamp::from_second(seconds).ok()
}

/// Tips, what they do not count, and whether the one tip stands for itself alone.
type Ends = (Vec<ObjectId>, Vec<ObjectId>, bool);

/// The ends of a range as typed.
fn ends(repo: &gix::Repository, range: Option<&str>, arriving: bool) -> Result<Ends, String> {
    let Some(range) = range else {
        let head = repo.head_id().map_err(|_| "HEAD names no commit yet, or none that can be read".to_owned())?;
        return Ok((vec![head.detach()], Vec::new(), false));
    };
    if let Some((from, to)) = range.split_once("..")
        && (is_nothing(from) || is_nothing(to))
    {
        return pushed(repo, from, to, arriving);
    }
    let bad = || "no such range of commits here; write A..B, A...B or one commit, and fetch both ends".to_owned();
    let spec = repo.rev_parse(range).map_err(|_| bad())?.detach();
    let commit = |id: ObjectId| peel(repo, id).ok_or_else(bad);
    match spec {
        Spec::Include(id) => Ok((vec![commit(id)?], Vec::new(), true)),
        Spec::Range { from, to } => Ok((vec![commit(to)?], vec![commit(from)?], false)),
        Spec::Merge { theirs, ours } => {
            let (theirs, ours) = (commit(theirs)?, commit(ours)?);
            let bases = repo.merge_bases_many(ours, &[theirs]).map_err(|_| bad())?;
            Ok((vec![theirs, ours], bases.into_iter().map(gix::Id::detach).collect(), false))
        }
        _ => Err("only A..B, A...B and one commit are ranges here".to_owned()),
    }
}

/// Whether it is the id that git's hooks write for a ref that does not exist.
fn is_nothing(id: &str) -> bool {
    matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte == b'0')
}

/// The ends of a push as a hook is told them, one of which is nothing. A ref that is new brings what no ref has on the side
/// that receives it, and what no remote is known to have on the side that sends it; one that is deleted brings nothing.
fn pushed(repo: &gix::Repository, from: &str, to: &str, arriving: bool) -> Result<Ends, String> {
    if is_nothing(to) {
        return Ok((Vec::new(), Vec::new(), false));
    }
    let bad = || format!("after {from}.. stands no commit that is here");
    let tip = repo.rev_parse_single(to).ok().and_then(|id| peel(repo, id.detach())).ok_or_else(bad)?;
    let known = local::refs(repo).into_iter().filter(|(name, _)| arriving || name.starts_with(b"refs/remotes/"));
    Ok((vec![tip], known.filter_map(|(_, id)| peel(repo, id)).collect(), false))
}

/// The commit that a name stands for, through tags.
pub(super) fn peel(repo: &gix::Repository, id: ObjectId) -> Option<ObjectId> {
    repo.find_object(id).ok()?.peel_to_kind(gix::objs::Kind::Commit).ok().map(|commit| commit.id)
}

impl Walk<'_> {
    fn commit(&self, repo: &gix::Repository, id: ObjectId) {
        if self.progress.is_interrupted() {
            return;
        }
        let Ok(object) = repo.find_object(id) else { return self.lost(id, "commit") };
        let Ok(commit) = gix::objs::CommitRef::from_bytes(&object.data, repo.object_hash()) else {
            return self.lost(id, "commit");
        };
        let about = commit_ref(id, &commit);
        self.message(&object.data, &about);
        self.finished.fetch_add(usize::from(self.changes(repo, id, &commit, &about)), Ordering::Relaxed);
    }

    /// Scans what a commit adds to its parents; whether all of it was looked through.
    fn changes(
        &self,
        repo: &gix::Repository,
        id: ObjectId,
        commit: &gix::objs::CommitRef<'_>,
        about: &CommitRef,
    ) -> bool {
        if self.shallow.contains(&id) {
            let why = "what this commit adds cannot be told in a shallow clone; `git fetch --unshallow`".to_owned();
            self.skip(Reason::Missing, &id.to_string(), None, Some(why));
            return true;
        }
        let mut parents = Vec::new();
        for parent in commit.parents() {
            match repo.find_commit(parent).ok().and_then(|parent| parent.tree_id().ok()) {
                Some(tree) => parents.push(tree.detach()),
                None => self.lost(parent, "commit"),
            }
        }
        self.tree(repo, commit.tree(), &parents, Some(about))
    }

    /// Scans what a tree adds to its parents' trees. `false` when the run was to end early.
    pub(super) fn tree(
        &self,
        repo: &gix::Repository,
        tree: ObjectId,
        parents: &[ObjectId],
        about: Option<&CommitRef>,
    ) -> bool {
        let changes = Changes::of(repo, tree, parents);
        for (path, id) in &changes.lost {
            self.lost(*id, &format!("tree of {}/", text(path.as_bstr())));
        }
        lock(&self.done).notes.extend(changes.submodules.iter().map(|path| left_out(&text(path.as_bstr()))));
        for added in &changes.added {
            if self.progress.is_interrupted() {
                return false;
            }
            let before = Earlier { repo, same_path: &added.before, removed: &changes.removed };
            self.added(repo, added, &before, about);
        }
        true
    }

    /// The commit's own text: message, author, committer.
    fn message(&self, data: &[u8], about: &CommitRef) {
        if !self.git.below.is_empty() {
            return;
        }
        let mut provenance = Provenance::new(Holder::Commit, Reach::Refs);
        (provenance.object, provenance.commit) = (Some(about.id.clone()), Some(about.clone()));
        let path = format!(".git/objects/{}", about.id);
        self.scan(&path, data, &provenance, &Nothing);
    }

    fn added(&self, repo: &gix::Repository, added: &Added, before: &Earlier<'_>, about: Option<&CommitRef>) {
        let path = text(added.path.as_bstr());
        let key = (added.id, added.path.clone());
        if !self.git.is_asked(&path) || lock(&self.clean).contains(&key) {
            return;
        }
        if self.options.exclude.is_match(&path) {
            return self.skip(Reason::Excluded, &path, None, None);
        }
        if self.memory.as_ref().is_some_and(|memory| memory.knows(&added.id)) {
            lock(&self.clean).insert(key);
            return lock(&self.done).outcome.spared(1);
        }
        let Some(object) = repo.find_object(added.id).ok().filter(|object| object.kind == gix::objs::Kind::Blob) else {
            return self.lost(added.id, &path);
        };
        let length = object.data.len() as u64;
        if length > self.options.max_file_size {
            return self.skip(Reason::TooLarge, &path, Some(length), Some(too_large(self.options)));
        }
        lfs::note(&path, &object.data, &mut lock(&self.done).outcome);
        let mut provenance = Provenance::new(Holder::File, Reach::Refs);
        (provenance.object, provenance.commit) = (Some(added.id.to_string()), about.cloned());
        if self.scan(&path, &object.data, &provenance, before) == 0 {
            lock(&self.clean).insert(key);
            if !self.remembers(added.id, &object.data) {
                self.lost(added.id, &path);
            }
        }
    }

    /// Remembers a text in which nothing was found, if it holds nothing at any path. `false` when it is not what its name says.
    fn remembers(&self, id: ObjectId, bytes: &[u8]) -> bool {
        let Some(memory) = &self.memory else { return true };
        let worker = rayon::current_thread_index().unwrap_or(0);
        let is_something = || lfs::is_pointer(bytes) || !self.sink.finds_nothing(worker, &readable(bytes));
        is_something() || memory.learn(id, bytes)
    }

    pub(super) fn scan(&self, path: &str, bytes: &[u8], provenance: &Provenance, before: &dyn super::Before) -> usize {
        let worker = rayon::current_thread_index().unwrap_or(0);
        let blob = Blob { root: Some(0), path, shown: path, bytes: &readable(bytes) };
        let matches = self.sink.take(worker, &blob, provenance, before);
        self.progress.scanned(bytes.len() as u64);
        lock(&self.done).outcome.scanned(bytes.len() as u64);
        matches
    }

    pub(super) fn lost(&self, id: ObjectId, what: &str) {
        let why = format!("missing or corrupt ({what}); `git fsck` says more");
        self.skip(Reason::Unreadable, &id.to_string(), None, Some(why));
    }

    pub(super) fn skip(&self, reason: Reason, path: &str, bytes: Option<u64>, why: Option<String>) {
        lock(&self.done).outcome.skipped(reason, path, bytes, why);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
