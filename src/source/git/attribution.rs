//! Which commit brought a text, at which path, and whether anything still reaches it.
//!
//! Only trees count, never differences: which wanted blobs stand below each was noted when the trees were walked. A commit
//! introduces what its tree holds and no parent's tree does.

use std::sync::Arc;

use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice};
use gix::hash::oid;
use gix::hashtable::{HashMap, HashSet};
use gix::objs::Kind;
use gix::objs::tree::EntryKind;
use gix::odb::pack::cache::lru::MemoryCappedHashmap;

use super::changes::join;
use super::forest::{Below, Wanted};
use super::history::Hit;
use super::ids::Numbers;
use super::index;
use super::local;
use super::range::peel;
use super::{commit_ref, text};
use crate::provenance::{CommitRef, Holder, Provenance, Reach};

/// A commit, as far as a walk needs it.
pub(super) struct Commit {
    pub(super) id: ObjectId,
    pub(super) tree: ObjectId,
    pub(super) parents: Box<[ObjectId]>,
    /// Its committer's clock, seconds of the Unix epoch.
    pub(super) at: i64,
}

struct Attribution<'r> {
    trees: Trees<'r>,
    commits: Vec<&'r Commit>,
    by_id: HashMap<ObjectId, usize>,
    tips: Tips,
    reach: Vec<Reach>,
}

/// The trees, with what is wanted of them.
struct Trees<'r> {
    repo: gix::Repository,
    wanted: &'r HashMap<ObjectId, u32>,
    numbers: &'r Numbers,
    /// The wanted blobs below each tree.
    below: Below,
    nothing: Wanted,
}

/// Bytes of trees that are kept decoded while paths are looked for: others are built on them.
const TREES_KEPT: usize = 8 << 20;

/// Where walks begin.
struct Tips {
    head: Option<ObjectId>,
    /// What each ref stands for, through tags, and the tags on the way.
    refs: Vec<ObjectId>,
    reflogs: Vec<ObjectId>,
    /// What is staged, with its path.
    index: HashMap<ObjectId, BString>,
}

/// What is known of one wanted blob.
#[derive(Clone, Default)]
struct Life {
    /// Index of the first commit.
    first: Option<usize>,
    /// Index of the last commit that took it out, among those that refs reach.
    last: Option<usize>,
    in_head: bool,
    refs: u64,
}

/// For each text its path and its history, in the order of `hits`. `wanted` numbers the blobs among them, and `below` tells
/// which of these stand below each tree, by the tree's number.
pub(super) fn attribute(
    repo: &gix::Repository,
    commits: &[Commit],
    hits: &[Hit],
    wanted: &HashMap<ObjectId, u32>,
    numbers: &Numbers,
    below: Below,
) -> Vec<(String, Provenance)> {
    let attribution = Attribution::new(repo, commits, Trees::new(repo.clone(), wanted, numbers, below));
    let lives = attribution.lives(wanted.len());
    hits.iter()
        .map(|hit| match hit.kind {
            Kind::Blob => attribution.of_blob(hit.id, &lives),
            Kind::Commit => attribution.of_commit(hit.id),
            _ => attribution.of_tag(hit.id),
        })
        .collect()
}

impl<'r> Attribution<'r> {
    fn new(repo: &gix::Repository, commits: &'r [Commit], trees: Trees<'r>) -> Self {
        let mut commits: Vec<&Commit> = commits.iter().collect();
        commits.sort_unstable_by_key(|commit| (commit.at, commit.id));
        let by_id = commits.iter().enumerate().map(|(at, commit)| (commit.id, at)).collect();
        let mut new =
            Self { trees, reach: vec![Reach::Unreachable; commits.len()], commits, by_id, tips: Tips::of(repo) };
        let tips = [(Reach::Reflog, new.tips.reflogs.clone()), (Reach::Refs, new.tips.refs.clone())];
        for (reach, tips) in tips {
            new.mark(reach, tips);
        }
        new
    }

    fn mark(&mut self, reach: Reach, tips: Vec<ObjectId>) {
        let mut waiting = tips;
        while let Some(id) = waiting.pop() {
            let Some(&at) = self.by_id.get(&id) else { continue };
            if self.reach[at] > reach {
                self.reach[at] = reach;
                waiting.extend(self.commits[at].parents.iter());
            }
        }
    }

    /// Goes through all commits, the oldest first.
    fn lives(&self, count: usize) -> Vec<Life> {
        let mut lives = vec![Life::default(); count];
        if count == 0 {
            return lives;
        }
        for at in 0..self.commits.len() {
            let commit = self.commits[at];
            let here = self.trees.below(&commit.tree);
            let parents: Vec<Wanted> = commit.parents.iter().filter_map(|id| self.of_commit_tree(*id)).collect();
            // Most commits change no text with a match.
            if !parents.contains(&here) {
                for &blob in here.iter().filter(|blob| parents.iter().all(|parent| parent.binary_search(blob).is_err()))
                {
                    let life = &mut lives[blob as usize];
                    let is_better = life.first.is_none_or(|first| self.reach[at] < self.reach[first]);
                    if is_better {
                        life.first = Some(at);
                    }
                }
            }
            if self.reach[at] == Reach::Refs {
                for blob in parents.iter().filter(|parent| **parent != here).flat_map(|parent| parent.iter()) {
                    if here.binary_search(blob).is_err() {
                        lives[*blob as usize].last = Some(at);
                    }
                }
            }
        }
        self.present(&mut lives);
        lives
    }

    /// What `HEAD` and the refs hold now.
    fn present(&self, lives: &mut [Life]) {
        if let Some(tree) = self.tips.head.and_then(|head| self.of_commit_tree(head)) {
            tree.iter().for_each(|&blob| lives[blob as usize].in_head = true);
        }
        for tip in self.tips.refs.clone() {
            let held = self.of_commit_tree(tip);
            held.iter().flat_map(|held| held.iter()).for_each(|&blob| lives[blob as usize].refs += 1);
        }
    }

    fn of_commit_tree(&self, commit: ObjectId) -> Option<Wanted> {
        let at = *self.by_id.get(&commit)?;
        Some(self.trees.below(&self.commits[at].tree))
    }

    fn of_blob(&self, id: ObjectId, lives: &[Life]) -> (String, Provenance) {
        let life = self.trees.wanted.get(&id).map(|&at| lives[at as usize].clone()).unwrap_or_default();
        let mut provenance = Provenance::new(Holder::File, Reach::Unreachable);
        provenance.object = Some(id.to_string());
        let mut path = None;
        if let Some(at) = life.first {
            let commit = self.commits[at];
            path = self.trees.path(commit.tree, id);
            provenance.reach = self.reach[at];
            provenance.commit = self.commit_ref(commit.id);
            (provenance.in_head, provenance.refs) = (Some(life.in_head), Some(life.refs));
            if !life.in_head {
                provenance.removed = life.last.and_then(|at| self.commit_ref(self.commits[at].id));
            }
        } else if self.tips.refs.contains(&id) {
            provenance.reach = Reach::Refs;
        }
        if provenance.reach > Reach::Index
            && let Some(staged) = self.tips.index.get(&id)
        {
            provenance.reach = Reach::Index;
            path = Some(staged.clone());
        }
        let path = path.map_or_else(|| local::object_path(id), |path| text(path.as_bstr()));
        (path, provenance)
    }

    fn of_commit(&self, id: ObjectId) -> (String, Provenance) {
        let reach = self.by_id.get(&id).map_or(Reach::Unreachable, |&at| self.reach[at]);
        let mut provenance = Provenance::new(Holder::Commit, reach);
        provenance.object = Some(id.to_string());
        provenance.commit = self.commit_ref(id);
        (local::object_path(id), provenance)
    }

    fn of_tag(&self, id: ObjectId) -> (String, Provenance) {
        let reach = if self.tips.refs.contains(&id) { Reach::Refs } else { Reach::Unreachable };
        let mut provenance = Provenance::new(Holder::Tag, reach);
        provenance.object = Some(id.to_string());
        (local::object_path(id), provenance)
    }

    fn commit_ref(&self, id: ObjectId) -> Option<CommitRef> {
        let repo = &self.trees.repo;
        let object = repo.find_object(id).ok()?;
        let commit = gix::objs::CommitRef::from_bytes(&object.data, repo.object_hash()).ok()?;
        Some(commit_ref(id, &commit))
    }
}

impl<'r> Trees<'r> {
    fn new(mut repo: gix::Repository, wanted: &'r HashMap<ObjectId, u32>, numbers: &'r Numbers, below: Below) -> Self {
        repo.objects.set_pack_cache(|| Box::new(MemoryCappedHashmap::new(TREES_KEPT)));
        Self { repo, wanted, numbers, below, nothing: Arc::from([]) }
    }

    /// The wanted blobs below a tree. What could not be read holds nothing, and was named as a gap before.
    fn below(&self, tree: &oid) -> Wanted {
        let held = self.numbers.of(tree).and_then(|number| self.below.tree(number));
        Arc::clone(held.unwrap_or(&self.nothing))
    }

    fn entries(&self, tree: ObjectId, mut visit: impl FnMut(&BStr, EntryKind, &oid)) {
        let Ok(object) = self.repo.find_object(tree) else { return };
        if object.kind != Kind::Tree {
            return;
        }
        for entry in gix::objs::TreeRefIter::from_bytes(&object.data, self.repo.object_hash()).flatten() {
            visit(entry.filename, entry.mode.kind(), entry.oid);
        }
    }

    /// A path at which a commit's tree holds a blob, the first in the order of names.
    fn path(&self, tree: ObjectId, blob: ObjectId) -> Option<BString> {
        let number = *self.wanted.get(&blob)?;
        let (mut folder, mut tree) = (BString::default(), tree);
        loop {
            let mut next = None;
            self.entries(tree, |name, kind, id| {
                let is_it = match kind {
                    EntryKind::Tree => self.below(id).binary_search(&number).is_ok(),
                    _ => id == blob,
                };
                if is_it && next.is_none() {
                    next = Some((join(folder.as_bstr(), name), kind, id.to_owned()));
                }
            });
            match next? {
                (path, EntryKind::Tree, id) => (folder, tree) = (path, id),
                (path, ..) => return Some(path),
            }
        }
    }
}

impl Tips {
    fn of(repo: &gix::Repository) -> Self {
        let mut refs = Vec::new();
        for id in local::ref_targets(repo) {
            refs.extend(through_tags(repo, id));
        }
        let head = repo.head_id().ok().map(gix::Id::detach);
        let in_refs: HashSet<ObjectId> = refs.iter().copied().collect();
        // A branch that HEAD is on is a ref already; a detached HEAD is not.
        refs.extend(head.filter(|head| !in_refs.contains(head)));
        refs.extend(local::work_tree_heads(repo).into_iter().filter(|id| !in_refs.contains(id)));
        Self { head, refs, reflogs: local::reflog_ids(repo), index: staged(repo) }
    }
}

/// An object, and what stands behind it if it is a tag.
fn through_tags(repo: &gix::Repository, id: ObjectId) -> Vec<ObjectId> {
    let (mut chain, mut at) = (vec![id], id);
    while let Some(target) = tag_target(repo, at).filter(|target| !chain.contains(target)) {
        chain.push(target);
        at = target;
    }
    chain.extend(peel(repo, id).filter(|commit| !chain.contains(commit)));
    chain
}

fn tag_target(repo: &gix::Repository, id: ObjectId) -> Option<ObjectId> {
    let object = repo.find_object(id).ok().filter(|object| object.kind == Kind::Tag)?;
    gix::objs::TagRefIter::from_bytes(&object.data, repo.object_hash()).target_id().ok()
}

/// What the index names, if there is one that can be read.
fn staged(repo: &gix::Repository) -> HashMap<ObjectId, BString> {
    let Ok(index) = index::read(&repo.index_path(), repo.object_hash()) else { return HashMap::default() };
    index.entries().iter().map(|entry| (entry.id, entry.path(&index).to_owned())).collect()
}
