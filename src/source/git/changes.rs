//! What a tree has that none of its parents has.

use std::collections::BTreeMap;

use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice};
use gix::objs::tree::EntryKind;

/// The entries of one tree, by name.
#[derive(Default)]
pub(super) struct Entries(pub(super) BTreeMap<BString, (EntryKind, ObjectId)>);

/// Something that a change takes away.
#[derive(Clone, Copy, Debug)]
pub(super) enum Removed {
    Blob(ObjectId),
    Tree(ObjectId),
}

/// A file whose content no parent has at its path.
#[derive(Debug)]
pub(super) struct Added {
    pub(super) path: BString,
    pub(super) id: ObjectId,
    /// The same path in each parent that has it.
    pub(super) before: Vec<ObjectId>,
}

/// What one tree adds to its parents' trees.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) added: Vec<Added>,
    pub(super) removed: Vec<Removed>,
    /// Repositories inside, whose content is not in this one.
    pub(super) submodules: Vec<BString>,
    /// Trees that cannot be read, with their paths.
    pub(super) lost: Vec<(BString, ObjectId)>,
}

impl Entries {
    /// Reads one tree. `None` when it is missing or corrupt.
    pub(super) fn read(repo: &gix::Repository, id: ObjectId) -> Option<Self> {
        if id.is_empty_tree() {
            return Some(Self::default());
        }
        let object = repo.find_object(id).ok().filter(|object| object.kind == gix::objs::Kind::Tree)?;
        let mut entries = BTreeMap::new();
        for entry in gix::objs::TreeRefIter::from_bytes(&object.data, repo.object_hash()) {
            let entry = entry.ok()?;
            entries.insert(entry.filename.to_owned(), (entry.mode.kind(), entry.oid.to_owned()));
        }
        Some(Self(entries))
    }

    /// All of it, as something taken away.
    pub(super) fn as_removed(&self) -> impl Iterator<Item = Removed> + '_ {
        self.0.values().filter_map(|&(kind, id)| match kind {
            EntryKind::Tree => Some(Removed::Tree(id)),
            EntryKind::Commit => None,
            _ => Some(Removed::Blob(id)),
        })
    }
}

/// A folder on the way, with the same folder in each parent that has it.
struct Pair {
    path: BString,
    tree: ObjectId,
    parents: Vec<ObjectId>,
}

impl Changes {
    /// Compares a tree with its parents' trees. A folder that equals any parent's is not looked into.
    pub(super) fn of(repo: &gix::Repository, tree: ObjectId, parents: &[ObjectId]) -> Self {
        let mut changes = Self::default();
        if parents.contains(&tree) {
            return changes;
        }
        let mut waiting = vec![Pair { path: BString::default(), tree, parents: parents.to_vec() }];
        while let Some(pair) = waiting.pop() {
            changes.folder(repo, &pair, &mut waiting);
        }
        changes.added.sort_by(|a, b| a.path.cmp(&b.path));
        changes
    }

    fn folder(&mut self, repo: &gix::Repository, pair: &Pair, waiting: &mut Vec<Pair>) {
        let Some(entries) = Entries::read(repo, pair.tree) else {
            return self.lost.push((pair.path.clone(), pair.tree));
        };
        // A parent that cannot be read is as if it had nothing: everything then counts as new.
        let parents: Vec<Entries> = pair.parents.iter().filter_map(|&id| Entries::read(repo, id)).collect();
        for (name, &(kind, id)) in &entries.0 {
            let before: Vec<_> = parents.iter().filter_map(|parent| parent.0.get(name)).collect();
            if before.iter().any(|(_, known)| *known == id) {
                continue;
            }
            let of_kind = |tree: bool| {
                let same = before.iter().filter(move |(kind, _)| (*kind == EntryKind::Tree) == tree);
                same.filter(|(kind, _)| *kind != EntryKind::Commit).map(|&&(_, id)| id).collect()
            };
            let path = join(pair.path.as_bstr(), name.as_bstr());
            match kind {
                EntryKind::Tree => waiting.push(Pair { path, tree: id, parents: of_kind(true) }),
                EntryKind::Commit => self.submodules.push(path),
                _ => self.added.push(Added { path, id, before: of_kind(false) }),
            }
        }
        for parent in &parents {
            let gone = parent.0.iter().filter(|(name, _)| !entries.0.contains_key(*name));
            let gone = Entries(gone.map(|(name, entry)| (name.clone(), *entry)).collect());
            self.removed.extend(gone.as_removed());
        }
    }
}

/// A path below a folder; the top is empty.
pub(super) fn join(folder: &BStr, name: &BStr) -> BString {
    if folder.is_empty() {
        return name.to_owned();
    }
    let mut path = folder.to_owned();
    path.push(b'/');
    path.extend_from_slice(name);
    path
}
