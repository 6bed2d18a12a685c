//! Every object of a repository, reachable or not: packs, loose objects, alternates; and the names around them.
//!
//! Each unique object is decoded once. A first look tells which texts hold anything that looks like a key wherever it
//! stands; only those are then given their place in history and scanned at their path.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use gix::ObjectId;
use gix::objs::Kind;
use gix::odb::pack::cache::lru::MemoryCappedHashmap;

use super::attribution::{self, Commit};
use super::before::Nothing;
use super::lfs;
use super::local;
use super::look::{Built, Copied, Look};
use super::memory::Memory;
use super::pack::{Base, Buffers, Decoded, Node, Pack, Task, Visitor};
use super::staged::too_large;
use super::submodules::left_out;
use super::{Git, GitOptions, GitOutcome, GitSink};
use crate::coverage::Reason;
use crate::decode::readable;
use crate::provenance::Provenance;
use crate::source::{Blob, Progress};

/// How many missing or corrupt objects are named; more are counted.
const NAMED: usize = 1_000;
/// An object over this is not even decoded where the size limit is lower: others may be built on it.
const DECODED_MOST: u64 = 1 << 30;

/// Bytes of texts that one thread keeps decoded when it reads single ones: others are built on them.
const TEXTS_KEPT: usize = 16 << 20;

/// Where objects are.
struct Stores {
    packs: Vec<Pack>,
    loose: Vec<gix::odb::loose::Store>,
    /// Loose objects that no pack has, each with its store.
    loose_ids: Vec<(ObjectId, usize)>,
    loose_set: HashSet<ObjectId>,
    /// Whether some pack came from a server that keeps part of the objects to itself.
    is_partial: bool,
}

/// What one thread brings home.
#[derive(Default)]
struct Found {
    done: GitOutcome,
    counts: Counts,
    hits: Vec<(ObjectId, Kind)>,
    commits: Vec<Commit>,
    missing: BTreeSet<ObjectId>,
    corrupt: BTreeSet<ObjectId>,
}

/// Unique objects by kind.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    blobs: u64,
    trees: u64,
    commits: u64,
    tags: u64,
}

/// What all threads of one scan share.
struct Scan<'s> {
    stores: &'s Stores,
    hash: gix::hash::Kind,
    options: &'s GitOptions,
    sink: &'s dyn GitSink,
    progress: &'s Progress,
    shallow: &'s HashSet<ObjectId>,
    memory: Option<&'s Memory>,
    /// Where something is known: what of each pack has to be decoded.
    wanted: Vec<Vec<bool>>,
    /// How many known blobs were not read.
    spared: AtomicU64,
    found: Vec<Mutex<Found>>,
    buffers: Vec<Mutex<Buffers<Look>>>,
}

impl Git {
    /// Scans every object of the repository, and its refs' names, reflogs and configuration.
    #[must_use]
    pub fn history(&self, options: &GitOptions, sink: &dyn GitSink, progress: &Progress) -> GitOutcome {
        let jobs = options.jobs.max(1);
        let Ok(pool) = rayon::ThreadPoolBuilder::new().num_threads(jobs).build() else {
            let mut done = GitOutcome::default();
            done.outcome.skipped(Reason::Unreadable, "(threads)", None, Some("no thread can be started".to_owned()));
            return done;
        };
        pool.install(|| self.scan_history(jobs, options, sink, progress))
    }

    fn scan_history(&self, jobs: usize, options: &GitOptions, sink: &dyn GitSink, progress: &Progress) -> GitOutcome {
        let repo = self.repo();
        let mut done = GitOutcome::default();
        let stores = Stores::open(&repo, &mut done);
        let shallow: HashSet<ObjectId> =
            repo.shallow_commits().ok().flatten().map(|ids| ids.iter().copied().collect()).unwrap_or_default();
        let memory = Memory::open(options.cache.as_ref(), sink, repo.object_hash(), |note| done.notes.push(note));
        let scan = Scan {
            memory: memory.as_ref(),
            wanted: memory.iter().flat_map(|memory| stores.wanted(memory)).collect(),
            spared: AtomicU64::new(0),
            stores: &stores,
            hash: repo.object_hash(),
            options,
            sink,
            progress,
            shallow: &shallow,
            found: (0..=jobs).map(|_| Mutex::default()).collect(),
            buffers: (0..=jobs).map(|_| Mutex::default()).collect(),
        };
        scan.announce();
        scan.packs(&repo);
        scan.loose();
        let spared = scan.spared.load(Relaxed);
        let mut found = scan.found.into_iter().fold(Found::default(), |all, one| all.merge(unlocked(one)));
        drop(scan.buffers);
        done.outcome.spared(spared);
        done.notes.extend(memory.and_then(Memory::save));
        done.notes.push(found.counts.words(&stores));
        name_shallow(&shallow, &mut done);
        found.missing.extend(local::ref_targets(&repo).into_iter().filter(|id| !stores.contains(id)));
        name_broken(&stores, &found, &mut done);
        done.outcome.merge(std::mem::take(&mut found.done.outcome));
        // Each after what it is built on.
        found.hits.sort_unstable_by_key(|(id, _)| (stores.place(id), *id));
        // The packs are mapped once more by whoever reads single objects from now on.
        drop(stores);
        self.attribute(&repo, &found, options, sink, &mut done);
        local::scan(self, &repo, options, sink, progress, &mut done);
        if !options.submodules {
            done.notes.extend(self.submodule_paths().iter().map(|path| left_out(path) + "; --submodules scans it too"));
        }
        done
    }

    /// Gives each text with a match its place in history, and scans it there.
    fn attribute(
        &self,
        repo: &gix::Repository,
        found: &Found,
        options: &GitOptions,
        sink: &dyn GitSink,
        done: &mut GitOutcome,
    ) {
        use rayon::prelude::*;
        if found.hits.is_empty() {
            return;
        }
        let attributed = attribution::attribute(repo, &found.commits, &found.hits);
        let skipped = Mutex::new(Vec::new());
        attributed.par_iter().for_each_init(
            || {
                let mut repo = self.repo();
                repo.objects.set_pack_cache(|| Box::new(MemoryCappedHashmap::new(TEXTS_KEPT)));
                repo
            },
            |repo, (id, path, provenance)| {
                if !self.is_asked(path) {
                } else if options.exclude.is_match(path) {
                    lock(&skipped).push(path.clone());
                } else {
                    take(self, repo, *id, path, provenance, sink);
                }
            },
        );
        for path in unlocked(skipped) {
            done.outcome.skipped(Reason::Excluded, &path, None, None);
        }
    }
}

/// Scans one text at its place. It was read before, so it can be read.
fn take(git: &Git, repo: &gix::Repository, id: ObjectId, path: &str, provenance: &Provenance, sink: &dyn GitSink) {
    let worker = rayon::current_thread_index().unwrap_or(0);
    if let Ok(object) = repo.find_object(id) {
        let bytes = readable(&object.data);
        let blob = Blob { root: Some(git.number), path, shown: &git.shown(path), bytes: &bytes };
        sink.take(worker, &blob, provenance, &Nothing);
    }
}

fn name_shallow(shallow: &HashSet<ObjectId>, done: &mut GitOutcome) {
    let mut ids: Vec<_> = shallow.iter().collect();
    ids.sort();
    for id in ids {
        let why = "the clone is shallow: what came before this commit is not here; `git fetch --unshallow`".to_owned();
        done.outcome.skipped(Reason::Missing, &id.to_string(), None, Some(why));
    }
}

fn name_broken(stores: &Stores, found: &Found, done: &mut GitOutcome) {
    let missing = if stores.is_partial {
        "missing: the clone is partial; `git fetch --refetch --no-filter` brings it"
    } else {
        "missing, though another object names it; see `git fsck`"
    };
    let corrupt = "corrupt, or built on an object that is, or over 1 GiB; see `git fsck`";
    for (ids, why) in [(&found.missing, missing), (&found.corrupt, corrupt)] {
        for id in ids.iter().take(NAMED) {
            done.outcome.skipped(Reason::Unreadable, &id.to_string(), None, Some(why.to_owned()));
        }
        if let Some(more) = ids.len().checked_sub(NAMED + 1) {
            let path = format!("({} more objects)", more + 1);
            done.outcome.skipped(Reason::Unreadable, &path, None, Some(why.to_owned()));
        }
    }
}

impl Stores {
    fn open(repo: &gix::Repository, done: &mut GitOutcome) -> Self {
        let hash = repo.object_hash();
        let mut stores = Self {
            packs: Vec::new(),
            loose: Vec::new(),
            loose_ids: Vec::new(),
            loose_set: HashSet::new(),
            is_partial: false,
        };
        for folder in object_folders(repo, done) {
            stores.add_packs(&folder.join("pack"), hash, done);
            stores.loose.push(gix::odb::loose::Store::at(folder, hash));
        }
        stores.list_loose(done);
        stores
    }

    fn add_packs(&mut self, folder: &Path, hash: gix::hash::Kind, done: &mut GitOutcome) {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        let mut files: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
        files.sort();
        let with = |ending: &str| -> BTreeSet<PathBuf> {
            let files = files.iter().filter(|file| file.extension().is_some_and(|found| found == ending));
            files.map(|file| file.with_extension("pack")).collect()
        };
        let (packs, indexes) = (with("pack"), with("idx"));
        self.is_partial |= !with("promisor").is_empty();
        for pack in packs.union(&indexes) {
            let opened = match (packs.contains(pack), indexes.contains(pack)) {
                (true, true) => Pack::open(&pack.with_extension("idx"), hash),
                (true, false) => Err("the pack has no index; `git index-pack` makes one"),
                _ => Err("the pack is missing; only its index is there"),
            };
            match opened {
                Ok(pack) => self.packs.push(pack),
                Err(why) => {
                    let bytes = std::fs::metadata(pack).ok().map(|file| file.len());
                    done.outcome.skipped(Reason::Unreadable, &pack.to_string_lossy(), bytes, Some(why.to_owned()));
                }
            }
        }
    }

    fn list_loose(&mut self, done: &mut GitOutcome) {
        for (at, store) in self.loose.iter().enumerate() {
            for id in store.iter() {
                match id {
                    Ok(id) if self.packs.iter().any(|pack| pack.contains(&id)) => {}
                    Ok(id) if self.loose_set.insert(id) => self.loose_ids.push((id, at)),
                    Ok(_) => {}
                    Err(_) => {
                        let why = Some("a folder of loose objects cannot be listed".to_owned());
                        done.outcome.skipped(Reason::Unreadable, &store.path().to_string_lossy(), None, why);
                    }
                }
            }
        }
        self.loose_ids.sort_unstable();
    }

    /// What of each pack has to be decoded where some blobs are known.
    fn wanted(&self, memory: &Memory) -> Vec<Vec<bool>> {
        self.packs.iter().map(|pack| pack.wanted(|id| memory.knows(&id))).collect()
    }

    /// The first pack that has the object, and where in it.
    fn place(&self, id: &gix::oid) -> (usize, u64) {
        let places = self.packs.iter().enumerate();
        let mut places = places.filter_map(|(at, pack)| pack.offset(id).map(|offset| (at, offset)));
        places.next().unwrap_or((self.packs.len(), 0))
    }

    fn contains(&self, id: &gix::oid) -> bool {
        // The tree of nothing is never stored.
        self.packs.iter().any(|pack| pack.contains(id)) || self.loose_set.contains(id) || id.is_empty_tree()
    }
}

/// The repository's own folder of objects, and those that it borrows from.
fn object_folders(repo: &gix::Repository, done: &mut GitOutcome) -> Vec<PathBuf> {
    let own = repo.objects.store_ref().path().to_path_buf();
    let here = repo.current_dir().to_path_buf();
    let mut folders = vec![own.clone()];
    if let Ok(more) = gix::odb::alternate::resolve(own.clone(), &here) {
        folders.extend(more);
    } else {
        let why = Some("a folder of objects that the repository borrows from cannot be resolved".to_owned());
        done.outcome.skipped(Reason::Missing, &own.join("info/alternates").to_string_lossy(), None, why);
    }
    for folder in folders.iter().skip(1).filter(|folder| !folder.is_dir()) {
        let why = Some("the repository borrows objects from this folder, which is not there".to_owned());
        done.outcome.skipped(Reason::Missing, &folder.to_string_lossy(), None, why);
    }
    folders
}

impl<'s> Scan<'s> {
    /// Says how much there is to read.
    fn announce(&self) {
        let (packs, loose) = (&self.stores.packs, self.stores.loose_ids.len() as u64);
        let history = &self.progress.history;
        history.all_objects.fetch_add(loose + packs.iter().map(|pack| u64::from(pack.count())).sum::<u64>(), Relaxed);
        history.all_stored.fetch_add(packs.iter().map(Pack::stored).sum(), Relaxed);
        for (pack, wanted) in packs.iter().zip(&self.wanted) {
            (0..).zip(wanted).filter(|(_, wanted)| !**wanted).for_each(|(node, _)| self.spare(pack.taken(node)));
        }
    }

    /// Whether an object of a pack has to be decoded.
    fn wants(&self, pack: usize, node: Node) -> bool {
        self.wanted.get(pack).is_none_or(|wanted| wanted[node as usize])
    }

    fn is_known(&self, id: &gix::oid) -> bool {
        self.memory.is_some_and(|memory| memory.knows(id))
    }

    /// Counts a blob that is known and not read. `stored`: the bytes that it takes in its pack.
    fn spare(&self, stored: u64) {
        self.spared.fetch_add(1, Relaxed);
        self.progress.history.read(stored);
    }

    /// The commits come first, and all of them, even if the run is to end early: without them nobody can say where in
    /// history a text stands that was found before the end.
    fn packs(&'s self, repo: &gix::Repository) {
        for commits in [true, false] {
            for (at, pack) in self.stores.packs.iter().enumerate() {
                rayon::scope_fifo(|scope| {
                    let now =
                        |(root, kind): &&(Node, Kind)| (*kind == Kind::Commit) == commits && self.wants(at, *root);
                    for &(root, kind) in pack.roots.iter().filter(now) {
                        scope.spawn_fifo(move |scope| self.task(scope, at, kind, Task::tree(root)));
                    }
                });
            }
        }
        for pack in &self.stores.packs {
            lock(&self.found[self.worker()]).corrupt.extend(pack.broken.iter().map(|&node| pack.id(node)));
            self.thin(pack, repo);
        }
    }

    fn task(&'s self, scope: &rayon::ScopeFifo<'s>, at: usize, kind: Kind, task: Task<Look>) {
        let worker = self.worker();
        let mut visit = Visit { scan: self, scope, at, kind, found: lock(&self.found[worker]), worker };
        let most = usize::try_from(self.options.max_file_size.max(DECODED_MOST)).unwrap_or(usize::MAX);
        self.stores.packs[at].walk(task, most, &mut lock(&self.buffers[worker]), &mut visit);
    }

    /// Deltas against objects of other packs, and everything built on them, one by one through the general reader.
    fn thin(&self, pack: &Pack, repo: &gix::Repository) {
        let worker = self.worker();
        let mut found = lock(&self.found[worker]);
        let ids = pack.thin.iter().flat_map(|&root| pack.family(root)).map(|node| pack.id(node));
        for id in ids {
            if self.is_known(&id) {
                self.spare(0);
                continue;
            }
            let is_commit = || repo.find_header(id).is_ok_and(|header| header.kind() == Kind::Commit);
            if self.progress.is_interrupted() && !is_commit() {
                continue;
            }
            match repo.find_object(id) {
                Ok(object) => drop(self.object(object.kind, id, &object.data, None, worker, &mut found)),
                Err(_) => drop(found.corrupt.insert(id)),
            }
        }
    }

    fn loose(&self) {
        use rayon::prelude::*;
        self.stores.loose_ids.par_iter().for_each_init(Vec::new, |buffer, &(id, at)| {
            if self.is_known(&id) {
                return self.spare(0);
            }
            let store = &self.stores.loose[at];
            let is_commit = || matches!(store.try_header(&id), Ok(Some((_, Kind::Commit))));
            if self.progress.is_interrupted() && !is_commit() {
                return;
            }
            let worker = self.worker();
            let mut found = lock(&self.found[worker]);
            match store.try_find(&id, buffer) {
                Ok(Some(object)) => {
                    self.progress.history.read(0);
                    self.object(object.kind, id, object.data, None, worker, &mut found);
                }
                _ => drop(found.corrupt.insert(id)),
            }
        });
    }

    /// Takes one object; what is remembered of it for those that are built on it.
    fn object(
        &self,
        kind: Kind,
        id: ObjectId,
        bytes: &[u8],
        base: Option<Base<'_, Look>>,
        worker: usize,
        found: &mut Found,
    ) -> Option<Look> {
        let mut is_plain = false;
        match kind {
            Kind::Tree => {
                found.counts.trees += 1;
                self.tree(bytes, base.map(|base| base.copies), found);
                return None;
            }
            Kind::Blob => {
                found.counts.blobs += 1;
                is_plain = !lfs::note(&id.to_string(), bytes, &mut found.done.outcome);
            }
            Kind::Tag => found.counts.tags += 1,
            Kind::Commit => {
                found.counts.commits += 1;
                self.commit(id, bytes, found);
            }
        }
        let length = bytes.len() as u64;
        if length > self.options.max_file_size {
            let why = Some(too_large(self.options));
            found.done.outcome.skipped(Reason::TooLarge, &id.to_string(), Some(length), why);
            return None;
        }
        let text = readable(bytes);
        let look = match &text {
            Cow::Borrowed(bytes) => {
                let built = base.and_then(|base| Some(Built { base: base.memory?, copies: base.copies }));
                self.sink.look(worker, bytes, built)
            }
            // Deltas copy what it was before it was made readable.
            Cow::Owned(text) => Look { places: None, ..self.sink.look(worker, text, None) },
        };
        if look.leads {
            found.hits.push((id, kind));
            self.progress.history.texts.fetch_add(1, Relaxed);
        } else if let Some(memory) = self.memory.filter(|_| is_plain)
            && !memory.knows(&id)
            && self.sink.is_silent(&text)
            && !memory.learn(id, bytes)
        {
            found.corrupt.insert(id);
        }
        self.progress.scanned(length);
        found.done.outcome.scanned(length);
        Some(look)
    }

    /// Looks for what a tree names and nobody has. What its base names is looked for there.
    fn tree(&self, bytes: &[u8], copies: Option<&[Copied]>, found: &mut Found) {
        let id_length = self.hash.len_in_bytes();
        let mut copies = copies.unwrap_or_default();
        let mut at = 0;
        while let Some(name) = memchr::memchr(0, &bytes[at..]) {
            let end = at + name + 1 + id_length;
            let Some(id) = bytes.get(end - id_length..end) else { return };
            while copies.first().is_some_and(|copy| copy.at.end < end) {
                copies = &copies[1..];
            }
            let is_new = copies.first().is_none_or(|copy| copy.at.start > at);
            // A submodule's commit is another repository's.
            if is_new
                && !bytes[at..].starts_with(b"160000 ")
                && !self.stores.contains(gix::oid::from_bytes_unchecked(id))
            {
                found.missing.insert(ObjectId::from_bytes_or_panic(id));
            }
            at = end;
        }
    }

    fn commit(&self, id: ObjectId, bytes: &[u8], found: &mut Found) {
        let Ok(commit) = gix::objs::CommitRef::from_bytes(bytes, self.hash) else {
            found.corrupt.insert(id);
            return;
        };
        let parents: Box<[ObjectId]> = commit.parents().collect();
        let tree = commit.tree();
        let named = parents.iter().filter(|_| !self.shallow.contains(&id)).chain([&tree]);
        for &id in named {
            if !self.stores.contains(&id) {
                found.missing.insert(id);
            }
        }
        let at = commit.time().map_or(0, |time| time.seconds);
        found.commits.push(Commit { id, tree, parents, at });
    }

    fn worker(&self) -> usize {
        rayon::current_thread_index().unwrap_or(self.found.len() - 1)
    }
}

/// One task on one thread.
struct Visit<'v, 's> {
    scan: &'s Scan<'s>,
    scope: &'v rayon::ScopeFifo<'s>,
    at: usize,
    kind: Kind,
    found: MutexGuard<'v, Found>,
    worker: usize,
}

impl Visitor for Visit<'_, '_> {
    type Memory = Look;

    fn object(&mut self, object: Decoded<'_, Look>) -> Option<Look> {
        self.scan.progress.history.read(object.stored);
        // Packs may share objects; the first pack has it.
        if self.scan.stores.packs[..self.at].iter().any(|pack| pack.contains(&object.id)) {
            return None;
        }
        self.scan.object(self.kind, object.id, object.bytes, object.base, self.worker, &mut self.found)
    }

    fn wants(&self, node: Node) -> bool {
        self.scan.wants(self.at, node)
    }

    fn lost(&mut self, id: ObjectId) {
        self.found.corrupt.insert(id);
    }

    fn hand_over(&mut self, task: Task<Look>) {
        let (scan, at, kind) = (self.scan, self.at, self.kind);
        self.scope.spawn_fifo(move |scope| scan.task(scope, at, kind, task));
    }

    fn is_over(&self) -> bool {
        self.kind != Kind::Commit && self.scan.progress.is_interrupted()
    }
}

impl Found {
    fn merge(mut self, other: Self) -> Self {
        self.done.outcome.merge(other.done.outcome);
        self.counts.add(other.counts);
        self.hits.extend(other.hits);
        self.commits.extend(other.commits);
        self.missing.extend(other.missing);
        self.corrupt.extend(other.corrupt);
        self
    }
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.blobs += other.blobs;
        self.trees += other.trees;
        self.commits += other.commits;
        self.tags += other.tags;
    }

    fn words(self, stores: &Stores) -> String {
        let Self { blobs, trees, commits, tags } = self;
        let (packs, loose) = (stores.packs.len(), stores.loose_ids.len());
        let objects = blobs + trees + commits + tags;
        format!(
            "{objects} objects read ({blobs} blobs, {trees} trees, {commits} commits, {tags} tags) \
             from packs: {packs}, loose: {loose}"
        )
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn unlocked<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(PoisonError::into_inner)
}
