//! Every object of a repository, reachable or not: packs, loose objects, alternates; and the names around them.
//!
//! Each unique object is decoded once. A first look tells which texts hold anything that looks like a key wherever it
//! stands; only those are then given their place in history and scanned at their path. Commits are read first, then texts,
//! then trees: it is known by then which texts they have to be searched for.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use gix::ObjectId;
use gix::hashtable::HashMap;
use gix::objs::Kind;
use gix::odb::pack::cache::lru::MemoryCappedHashmap;

use super::attribution::{self, Commit};
use super::before::Nothing;
use super::forest::{Below, Forest, Forests};
use super::ids::Numbers;
use super::lfs;
use super::local;
use super::look::{Built, Look, Packed, Place};
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
const TEXTS_KEPT: usize = 8 << 20;

/// How many places of texts with a match are kept until these are scanned at their path, of eight bytes each; the other texts
/// are searched anew.
const PLACES_KEPT: usize = 5 << 19;

/// What is read one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Commits,
    Texts,
    Trees,
}

/// A text that a first look took for one with a match.
pub(super) struct Hit {
    pub(super) id: ObjectId,
    pub(super) kind: Kind,
    /// Every place at which a rule has to look, if they were kept.
    places: Option<Box<[Packed]>>,
}

/// The texts with a match, each after what it is built on, and the numbers of the blobs among them.
struct Hits {
    list: Vec<Hit>,
    blobs: HashMap<ObjectId, u32>,
}

/// What a walk tells of where in history texts stand.
struct Noted {
    commits: Vec<Commit>,
    hits: Hits,
    numbers: Numbers,
    forests: Vec<Forest>,
}

/// What is remembered of an object for those that are built on it.
#[derive(Clone)]
enum Kept {
    Text(Look),
    Tree(Vec<Held>),
}

/// A blob with a match in a tree: where its entry begins, and its number.
#[derive(Clone, Copy)]
struct Held {
    at: usize,
    number: u32,
}

/// Where objects are.
struct Stores {
    packs: Vec<Pack>,
    loose: Vec<gix::odb::loose::Store>,
    /// Loose objects that no pack has, each with its store.
    loose_ids: Vec<(ObjectId, usize)>,
    loose_set: HashSet<ObjectId>,
    numbers: Numbers,
    /// Whether some pack came from a server that keeps part of the objects to itself.
    is_partial: bool,
}

/// What one thread brings home.
#[derive(Default)]
struct Found {
    done: GitOutcome,
    counts: Counts,
    hits: Vec<Hit>,
    forests: Forests,
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
    /// How many places of hits are kept.
    places: AtomicUsize,
    /// Known when all texts were read.
    hits: OnceLock<Hits>,
    found: Vec<Mutex<Found>>,
    buffers: Vec<Mutex<Buffers<Kept>>>,
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
            places: AtomicUsize::new(0),
            hits: OnceLock::new(),
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
        scan.read(&repo);
        let spared = scan.spared.load(Relaxed);
        let hits = scan.hits.into_inner().unwrap_or_else(|| Hits::new(Vec::new(), &stores));
        let mut each: Vec<Found> = scan.found.into_iter().map(unlocked).collect();
        let forests = each.iter_mut().flat_map(|found| std::mem::take(&mut found.forests).into_parts()).collect();
        let mut found = each.into_iter().fold(Found::default(), Found::merge);
        drop(scan.buffers);
        done.outcome.spared(spared);
        done.notes.extend(memory.and_then(Memory::save));
        done.notes.push(found.counts.words(&stores));
        name_shallow(&shallow, &mut done);
        found.missing.extend(local::ref_targets(&repo).into_iter().filter(|id| !stores.contains(id)));
        name_broken(&stores, &found, &mut done);
        done.outcome.merge(std::mem::take(&mut found.done.outcome));
        let numbers = stores.numbers.clone();
        // The packs are mapped once more by whoever reads single objects from now on.
        drop(stores);
        let noted = Noted { commits: found.commits, hits, numbers, forests };
        self.attribute(&repo, &noted, options, sink, &mut done);
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
        noted: &Noted,
        options: &GitOptions,
        sink: &dyn GitSink,
        done: &mut GitOutcome,
    ) {
        use rayon::prelude::*;
        let Noted { commits, hits, numbers, forests } = noted;
        if hits.list.is_empty() {
            return;
        }
        let below = Below::of(forests, numbers.count());
        let attributed = attribution::attribute(repo, commits, &hits.list, &hits.blobs, numbers, below);
        let skipped = Mutex::new(Vec::new());
        attributed.par_iter().zip(&hits.list).for_each_init(
            || {
                let mut repo = self.repo();
                repo.objects.set_pack_cache(|| Box::new(MemoryCappedHashmap::new(TEXTS_KEPT)));
                repo
            },
            |repo, ((path, provenance), hit)| {
                if !self.is_asked(path) {
                } else if options.exclude.is_match(path) {
                    lock(&skipped).push(path.clone());
                } else {
                    take(self, repo, hit, path, provenance, sink);
                }
            },
        );
        for path in unlocked(skipped) {
            done.outcome.skipped(Reason::Excluded, &path, None, None);
        }
    }
}

/// Scans one text at its place. It was read before, so it can be read.
fn take(git: &Git, repo: &gix::Repository, hit: &Hit, path: &str, provenance: &Provenance, sink: &dyn GitSink) {
    let worker = rayon::current_thread_index().unwrap_or(0);
    if let Ok(object) = repo.find_object(hit.id) {
        let bytes = readable(&object.data);
        let blob = Blob { root: Some(git.number), path, shown: &git.shown(path), bytes: &bytes };
        match &hit.places {
            Some(places) => {
                let places: Vec<Place> = places.iter().copied().map(Place::from).collect();
                sink.take_looked_at(worker, &blob, provenance, &places)
            }
            None => sink.take(worker, &blob, provenance, &Nothing),
        };
    }
}

impl Turn {
    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Commit => Self::Commits,
            Kind::Tree => Self::Trees,
            Kind::Blob | Kind::Tag => Self::Texts,
        }
    }
}

impl Hits {
    fn new(mut list: Vec<Hit>, stores: &Stores) -> Self {
        list.sort_unstable_by_key(|hit| (stores.place(&hit.id), hit.id));
        let blobs = list.iter().filter(|hit| hit.kind == Kind::Blob).map(|hit| hit.id).zip(0..).collect();
        Self { list, blobs }
    }
}

impl Kept {
    fn text(&self) -> Option<&Look> {
        match self {
            Self::Text(look) => Some(look),
            Self::Tree(_) => None,
        }
    }

    fn tree(&self) -> Option<&[Held]> {
        match self {
            Self::Tree(held) => Some(held),
            Self::Text(_) => None,
        }
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
            numbers: Numbers::default(),
            is_partial: false,
        };
        for folder in object_folders(repo, done) {
            stores.add_packs(&folder.join("pack"), hash, done);
            stores.loose.push(gix::odb::loose::Store::at(folder, hash));
        }
        stores.list_loose(done);
        let loose = stores.loose_ids.iter().map(|(id, _)| *id).collect();
        stores.numbers = Numbers::new(stores.packs.iter().map(|pack| Arc::clone(&pack.ids)).collect(), loose);
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

    /// Reads everything. The commits come first, and all of them, even if the run is to end early, and so do the trees if any
    /// text has a match: without them nobody can say where in history a text stands that was found before the end.
    fn read(&'s self, repo: &gix::Repository) {
        let loose = self.loose_kinds();
        for turn in [Turn::Commits, Turn::Texts, Turn::Trees] {
            if turn == Turn::Trees {
                let hits = self.found.iter().flat_map(|found| std::mem::take(&mut lock(found).hits)).collect();
                self.hits.get_or_init(|| Hits::new(hits, self.stores));
            }
            self.packs(turn);
            self.stores.packs.iter().for_each(|pack| self.thin(turn, pack, repo));
            self.loose(turn, &loose);
            // Texts need the most room, and what is noted of trees is the most that is kept.
            self.buffers.iter().for_each(|buffers| *lock(buffers) = Buffers::default());
        }
    }

    /// Whether to stop: nobody wants the rest of this turn any more.
    fn is_over(&self, turn: Turn) -> bool {
        let is_wanted = match turn {
            Turn::Commits => true,
            Turn::Texts => false,
            Turn::Trees => self.hits.get().is_some_and(|hits| !hits.blobs.is_empty()),
        };
        !is_wanted && self.progress.is_interrupted()
    }

    fn packs(&'s self, turn: Turn) {
        for (at, pack) in self.stores.packs.iter().enumerate() {
            rayon::scope_fifo(|scope| {
                let now = |(root, kind): &&(Node, Kind)| Turn::of(*kind) == turn && self.wants(at, *root);
                for &(root, kind) in pack.roots.iter().filter(now) {
                    scope.spawn_fifo(move |scope| self.task(scope, at, kind, Task::tree(root)));
                }
            });
            if turn == Turn::Texts {
                lock(&self.found[self.worker()]).corrupt.extend(pack.broken.iter().map(|&node| pack.id(node)));
            }
        }
    }

    fn task(&'s self, scope: &rayon::ScopeFifo<'s>, at: usize, kind: Kind, task: Task<Kept>) {
        let worker = self.worker();
        let mut visit = Visit { scan: self, scope, at, kind, found: lock(&self.found[worker]), worker };
        let most = usize::try_from(self.options.max_file_size.max(DECODED_MOST)).unwrap_or(usize::MAX);
        self.stores.packs[at].walk(task, most, &mut lock(&self.buffers[worker]), &mut visit);
    }

    /// Deltas against objects of other packs, and everything built on them, one by one through the general reader.
    fn thin(&self, turn: Turn, pack: &Pack, repo: &gix::Repository) {
        let worker = self.worker();
        let mut found = lock(&self.found[worker]);
        let ids = pack.thin.iter().flat_map(|&root| pack.family(root)).map(|node| pack.id(node));
        for id in ids.take_while(|_| !self.is_over(turn)) {
            match repo.find_header(id) {
                Ok(header) if Turn::of(header.kind()) != turn => {}
                Ok(_) if self.is_known(&id) => self.spare(0),
                Ok(_) => match repo.find_object(id) {
                    Ok(object) => drop(self.object(object.kind, id, &object.data, None, worker, &mut found)),
                    Err(_) => drop(found.corrupt.insert(id)),
                },
                Err(_) => drop(found.corrupt.insert(id)),
            }
        }
    }

    /// The loose objects that can be read, each with the turn in which it is.
    fn loose_kinds(&self) -> Vec<(Turn, ObjectId, usize)> {
        use rayon::prelude::*;
        let kinds = self.stores.loose_ids.par_iter().filter_map(|&(id, at)| {
            let Ok(Some((_, kind))) = self.stores.loose[at].try_header(&id) else {
                lock(&self.found[self.worker()]).corrupt.insert(id);
                return None;
            };
            Some((Turn::of(kind), id, at))
        });
        kinds.collect()
    }

    fn loose(&self, turn: Turn, all: &[(Turn, ObjectId, usize)]) {
        use rayon::prelude::*;
        all.par_iter().filter(|(its_turn, ..)| *its_turn == turn).for_each_init(Vec::new, |buffer, &(_, id, at)| {
            if self.is_known(&id) {
                return self.spare(0);
            }
            if self.is_over(turn) {
                return;
            }
            let worker = self.worker();
            let mut found = lock(&self.found[worker]);
            match self.stores.loose[at].try_find(&id, buffer) {
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
        base: Option<Base<'_, Kept>>,
        worker: usize,
        found: &mut Found,
    ) -> Option<Kept> {
        let mut is_plain = false;
        match kind {
            Kind::Tree => {
                found.counts.trees += 1;
                return Some(Kept::Tree(self.tree(id, bytes, base.as_ref(), found)));
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
                let built = base.and_then(|base| Some(Built { base: base.memory?.text()?, copies: base.copies }));
                self.sink.look(worker, bytes, built)
            }
            // Deltas copy what it was before it was made readable.
            Cow::Owned(text) => Look { places: None, ..self.sink.look(worker, text, None) },
        };
        if look.leads {
            found.hits.push(Hit { id, kind, places: self.kept(&look) });
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
        Some(Kept::Text(look))
    }

    /// The places of a text with a match, as long as there is room for them.
    fn kept(&self, look: &Look) -> Option<Box<[Packed]>> {
        let places = look.places.as_ref()?;
        let before = self.places.fetch_add(places.len(), Relaxed);
        if before + places.len() > PLACES_KEPT {
            return None;
        }
        places.iter().map(Packed::of).collect()
    }

    /// Looks for what a tree names and nobody has, and notes what it holds of the texts with a match. What its base names is
    /// looked for there, and known from there.
    fn tree(&self, id: ObjectId, bytes: &[u8], base: Option<&Base<'_, Kept>>, found: &mut Found) -> Vec<Held> {
        let wanted = self.hits.get().map(|hits| &hits.blobs).filter(|blobs| !blobs.is_empty());
        let known = base.and_then(|base| base.memory?.tree());
        let mut copies = base.map_or(&[][..], |base| base.copies);
        let (mut below, mut held) = (Vec::new(), Vec::new());
        for entry in TreeEntries::new(bytes, self.hash.len_in_bytes()) {
            while copies.first().is_some_and(|copy| copy.at.end < entry.end) {
                copies = &copies[1..];
            }
            let copy = copies.first().filter(|copy| copy.at.start <= entry.at);
            // A submodule's commit is another repository's.
            if copy.is_none() && !entry.is_submodule() && !self.stores.contains(entry.id) {
                found.missing.insert(entry.id.to_owned());
            }
            let Some(wanted) = wanted else { continue };
            let number = match (copy, known) {
                _ if entry.is_tree() => {
                    below.extend(self.stores.numbers.of(entry.id));
                    continue;
                }
                (Some(copy), Some(known)) => {
                    let there = entry.at - copy.at.start + copy.from;
                    known.binary_search_by_key(&there, |held| held.at).ok().map(|found| known[found].number)
                }
                _ => wanted.get(entry.id).copied(),
            };
            held.extend(number.map(|number| Held { at: entry.at, number }));
        }
        if wanted.is_some()
            && let Some(tree) = self.stores.numbers.of(&id)
        {
            found.forests.note(tree, below.into_iter(), held.iter().map(|held| held.number));
        }
        held
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

/// The entries of a tree, one after the other, as far as they make sense.
struct TreeEntries<'t> {
    bytes: &'t [u8],
    at: usize,
    id_length: usize,
}

/// One of them: where it begins and ends, how its mode begins, and whom it names.
struct TreeEntry<'t> {
    at: usize,
    end: usize,
    mode: &'t [u8],
    id: &'t gix::oid,
}

impl<'t> TreeEntries<'t> {
    fn new(bytes: &'t [u8], id_length: usize) -> Self {
        Self { bytes, at: 0, id_length }
    }
}

impl<'t> Iterator for TreeEntries<'t> {
    type Item = TreeEntry<'t>;

    fn next(&mut self) -> Option<TreeEntry<'t>> {
        let at = self.at;
        let rest = &self.bytes[at..];
        let name = memchr::memchr(0, rest)?;
        let id = rest.get(name + 1..name + 1 + self.id_length)?;
        self.at = at + name + 1 + self.id_length;
        Some(TreeEntry { at, end: self.at, mode: rest, id: gix::oid::from_bytes_unchecked(id) })
    }
}

impl TreeEntry<'_> {
    /// Five digits of which the first is 4; some old trees write a zero before them.
    fn is_tree(&self) -> bool {
        let digits = self.mode.strip_prefix(b"0").unwrap_or(self.mode);
        digits.first() == Some(&b'4') && digits.get(5) == Some(&b' ')
    }

    fn is_submodule(&self) -> bool {
        self.mode.starts_with(b"160000 ")
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
    type Memory = Kept;

    fn object(&mut self, object: Decoded<'_, Kept>) -> Option<Kept> {
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

    fn hand_over(&mut self, task: Task<Kept>) {
        let (scan, at, kind) = (self.scan, self.at, self.kind);
        self.scope.spawn_fifo(move |scope| scan.task(scope, at, kind, task));
    }

    fn is_over(&self) -> bool {
        self.scan.is_over(Turn::of(self.kind))
    }
}

impl Found {
    fn merge(mut self, other: Self) -> Self {
        self.done.outcome.merge(other.done.outcome);
        self.counts.add(other.counts);
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
