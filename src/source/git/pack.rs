//! One pack, read by its delta trees: each object is inflated once and each delta applied once.
//!
//! The objects of a pack form trees: a whole object, the deltas against it, the deltas against those. Walking each tree
//! from its root keeps only the objects between the root and the present one in memory.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use gix::ObjectId;
use gix::objs::Kind;
use gix::odb::pack::data::entry::Header;
use gix::odb::pack::{data, index};

use super::delta;
use super::ids::Ids;
use super::look::Copied;

/// Number of an object in its pack, in the order of offsets.
pub(super) type Node = u32;
const NONE: Node = Node::MAX;

/// A pack with its index, and the shape of its delta trees.
pub(super) struct Pack {
    data: data::File,
    /// Its objects' names.
    pub(super) ids: Arc<Ids>,
    /// Where each object begins.
    offsets: Vec<u64>,
    /// Its position in the index, which is sorted by id.
    positions: Vec<u32>,
    first_child: Vec<Node>,
    next_sibling: Vec<Node>,
    /// Objects that are no delta, with their kinds. The largest trees come first, so that threads end together.
    pub(super) roots: Vec<(Node, Kind)>,
    /// Deltas whose base is in another pack or loose.
    pub(super) thin: Vec<Node>,
    /// Objects whose header makes no sense.
    pub(super) broken: Vec<Node>,
}

/// What one thread reuses.
pub(super) struct Buffers<M> {
    inflate: gix::zlib::Inflate,
    delta: Vec<u8>,
    copies: Vec<Copied>,
    /// The objects from the root to the present one.
    levels: Vec<Level<M>>,
}

impl<M> Default for Buffers<M> {
    fn default() -> Self {
        Self { inflate: gix::zlib::Inflate::default(), delta: Vec::new(), copies: Vec::new(), levels: Vec::new() }
    }
}

/// One object on the way from its root, and what its visitor remembers of it.
#[derive(Clone)]
pub(super) struct Level<M> {
    bytes: Vec<u8>,
    memory: Option<M>,
}

/// One decoded object.
pub(super) struct Decoded<'d, M> {
    pub(super) id: ObjectId,
    pub(super) bytes: &'d [u8],
    /// Bytes that it takes in the pack.
    pub(super) stored: u64,
    /// What it is built on; `None` for a whole object.
    pub(super) base: Option<Base<'d, M>>,
}

/// What an object is built on.
pub(super) struct Base<'d, M> {
    /// What the visitor remembers of it.
    pub(super) memory: Option<&'d M>,
    /// What of it is copied.
    pub(super) copies: &'d [Copied],
}

/// Some siblings with their base, or a root without.
pub(super) struct Task<M> {
    nodes: Vec<Node>,
    base: Option<Level<M>>,
}

impl<M> Task<M> {
    /// A whole delta tree.
    pub(super) fn tree(root: Node) -> Self {
        Self { nodes: vec![root], base: None }
    }
}

/// Who is told what a walk comes upon.
pub(super) trait Visitor {
    /// What it remembers of an object for those that are built on it.
    type Memory: Clone;

    fn object(&mut self, object: Decoded<'_, Self::Memory>) -> Option<Self::Memory>;
    /// An object that cannot be decoded, and with it what is built on it.
    fn lost(&mut self, id: ObjectId);
    /// Whether an object has to be decoded, for itself or for what is built on it.
    fn wants(&self, node: Node) -> bool;
    /// Work that another thread may take over.
    fn hand_over(&mut self, task: Task<Self::Memory>);
    /// Whether to stop: nobody wants the rest any more.
    fn is_over(&self) -> bool;
}

/// How many objects a thread decodes before it offers a part of its tree to the others.
const HAND_OVER_AFTER: usize = 512;
/// Buffers above this are given back after a tree.
const KEEP: usize = 8 << 20;

impl Pack {
    /// Opens a pack by its index and lays out its delta trees.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub(super) fn open(index: &Path, hash: gix::hash::Kind) -> Result<Self, &'static str> {
        let data = data::File::at(index.with_extension("pack"), hash)
            .map_err(|_| "the pack is missing, truncated or of an unknown version")?;
        let index =
            index::File::at(index, hash).map_err(|_| "the pack's index is corrupt; `git index-pack` rebuilds it")?;
        // The reader of the index trusts its inner tables; a hostile one must not end the run.
        catch_unwind(AssertUnwindSafe(|| Self::lay_out(data, index)))
            .unwrap_or(Err("the pack's index is corrupt; `git index-pack` rebuilds it"))
    }

    fn lay_out(data: data::File, index: index::File) -> Result<Self, &'static str> {
        let all = index.num_objects();
        if all != data.num_objects() {
            return Err("the pack and its index differ in the number of objects");
        }
        // Without a list of both, which would be the largest of all: what is large and given back raises what the allocator
        // keeps to itself.
        let offset = |at: u32| index.pack_offset_at_index(at);
        let mut positions: Vec<u32> = (0..all).collect();
        positions.sort_unstable_by_key(|&at| (offset(at), at));
        let offsets: Vec<u64> = positions.iter().map(|&at| offset(at)).collect();
        let length = positions.len();
        let mut pack = Self {
            data,
            ids: Arc::new(Ids::new(index)),
            offsets,
            positions,
            first_child: vec![NONE; length],
            next_sibling: vec![NONE; length],
            roots: Vec::new(),
            thin: Vec::new(),
            broken: Vec::new(),
        };
        pack.link();
        Ok(pack)
    }

    /// Ties each delta to its base.
    fn link(&mut self) {
        let mut nodes_at = vec![0; self.positions.len()];
        for (node, &position) in (0..).zip(&self.positions) {
            nodes_at[position as usize] = node;
        }
        let mut parents = vec![NONE; self.offsets.len()];
        for node in 0..self.count() {
            match self.entry(node).map(|entry| (entry.header, entry)) {
                None => self.broken.push(node),
                Some((Header::OfsDelta { base_distance }, entry)) => {
                    let base = entry.checked_base_pack_offset(base_distance);
                    match base.and_then(|base| self.offsets.binary_search(&base).ok()) {
                        Some(base) => parents[node as usize] = u32::try_from(base).unwrap_or(NONE),
                        None => self.broken.push(node),
                    }
                }
                Some((Header::RefDelta { base_id }, _)) => match self.ids.position(&base_id) {
                    Some(position) => parents[node as usize] = nodes_at[position as usize],
                    None => self.thin.push(node),
                },
                Some((header, _)) => self.roots.extend(header.as_kind().map(|kind| (node, kind))),
            }
        }
        for (node, &parent) in (0..).zip(&parents) {
            if parent != NONE {
                self.next_sibling[node as usize] = self.first_child[parent as usize];
                self.first_child[parent as usize] = node;
            }
        }
        self.find_cycles(&parents);
    }

    /// Deltas that hang on no root (a ring of them) are broken. Orders the roots by the size of their trees.
    fn find_cycles(&mut self, parents: &[Node]) {
        let mut reached = vec![false; parents.len()];
        let mut weights: Vec<(u32, Node, Kind)> = Vec::with_capacity(self.roots.len());
        for &(root, kind) in &self.roots {
            weights.push((self.mark(root, &mut reached), root, kind));
        }
        for &root in self.thin.iter().chain(&self.broken) {
            self.mark(root, &mut reached);
        }
        weights.sort_unstable_by_key(|&(weight, node, _)| (std::cmp::Reverse(weight), node));
        self.roots = weights.into_iter().map(|(_, node, kind)| (node, kind)).collect();
        self.broken.extend((0..).zip(reached).filter(|(_, reached)| !reached).map(|(node, _): (Node, _)| node));
    }

    fn mark(&self, root: Node, reached: &mut [bool]) -> u32 {
        let (mut count, mut waiting) = (0, vec![root]);
        while let Some(node) = waiting.pop() {
            reached[node as usize] = true;
            count += 1;
            waiting.extend(self.children(node));
        }
        count
    }

    /// Which objects have to be decoded where some are known: the others, and what these are built on.
    pub(super) fn wanted(&self, is_known: impl Fn(ObjectId) -> bool) -> Vec<bool> {
        let mut wanted = vec![false; self.offsets.len()];
        for &(root, _) in &self.roots {
            let (mut order, mut waiting) = (Vec::new(), vec![(root, NONE)]);
            while let Some((node, base)) = waiting.pop() {
                order.push((node, base));
                waiting.extend(self.children(node).map(|child| (child, node)));
            }
            // What is built on an object comes behind it.
            for (node, base) in order.into_iter().rev() {
                wanted[node as usize] = wanted[node as usize] || !is_known(self.id(node));
                if base != NONE {
                    wanted[base as usize] |= wanted[node as usize];
                }
            }
        }
        wanted
    }

    /// Bytes that an object takes in the pack.
    pub(super) fn taken(&self, node: Node) -> u64 {
        self.end(node) - self.offsets[node as usize]
    }

    /// Number of objects.
    pub(super) fn count(&self) -> Node {
        Node::try_from(self.offsets.len()).unwrap_or(NONE)
    }

    pub(super) fn id(&self, node: Node) -> ObjectId {
        self.ids.index.oid_at_index(self.positions[node as usize]).to_owned()
    }

    /// Where the object begins. What it is built on by a distance begins before it.
    pub(super) fn offset(&self, id: &gix::oid) -> Option<u64> {
        self.ids.position(id).map(|position| self.ids.index.pack_offset_at_index(position))
    }

    pub(super) fn contains(&self, id: &gix::oid) -> bool {
        self.ids.position(id).is_some()
    }

    /// A node with everything built on it.
    pub(super) fn family(&self, root: Node) -> Vec<Node> {
        let (mut all, mut waiting) = (Vec::new(), vec![root]);
        while let Some(node) = waiting.pop() {
            all.push(node);
            // A ring ends where it began.
            if all.len() > self.offsets.len() {
                break;
            }
            waiting.extend(self.children(node));
        }
        all
    }

    fn children(&self, node: Node) -> impl Iterator<Item = Node> + '_ {
        let some = |node: Node| (node != NONE).then_some(node);
        std::iter::successors(some(self.first_child[node as usize]), move |&at| some(self.next_sibling[at as usize]))
    }

    /// Where the next object begins, or the pack ends.
    fn end(&self, node: Node) -> u64 {
        let start = self.offsets[node as usize];
        self.offsets.get(node as usize + 1).copied().unwrap_or(self.stored()).max(start)
    }

    /// Bytes of the whole pack.
    pub(super) fn stored(&self) -> u64 {
        self.data.data_len() as u64
    }

    fn entry(&self, node: Node) -> Option<data::Entry> {
        self.data.entry(self.offsets[node as usize]).ok()
    }

    /// Decodes a task's objects and everything built on them. Objects over `most` bytes are lost.
    pub(super) fn walk<V: Visitor>(
        &self,
        task: Task<V::Memory>,
        most: usize,
        buffers: &mut Buffers<V::Memory>,
        visitor: &mut V,
    ) {
        let first = usize::from(task.base.is_some());
        if let Some(base) = task.base {
            buffers.levels.resize_with(1.max(buffers.levels.len()), Level::default);
            buffers.levels[0] = base;
        }
        let mut stack: Vec<(Node, usize)> = task.nodes.into_iter().map(|node| (node, first)).collect();
        let mut decoded = 0;
        while let Some((node, depth)) = stack.pop() {
            if visitor.is_over() {
                break;
            }
            if !self.decode(node, depth, most, buffers) {
                self.family(node).into_iter().for_each(|node| visitor.lost(self.id(node)));
                continue;
            }
            self.show(node, depth, buffers, visitor);
            stack.extend(self.children(node).filter(|&child| visitor.wants(child)).map(|child| (child, depth + 1)));
            decoded += 1;
            if decoded % HAND_OVER_AFTER == 0 {
                offer(&mut stack, &buffers.levels, visitor);
            }
        }
        if buffers.levels.iter().map(|level| level.bytes.capacity()).sum::<usize>() > KEEP {
            buffers.levels.clear();
        }
    }

    /// Shows an object that stands in its level to the visitor.
    fn show<V: Visitor>(&self, node: Node, depth: usize, buffers: &mut Buffers<V::Memory>, visitor: &mut V) {
        let (above, below) = buffers.levels.split_at_mut(depth);
        let base = above.last().map(|base| Base { memory: base.memory.as_ref(), copies: &buffers.copies });
        let stored = self.taken(node);
        below[0].memory = visitor.object(Decoded { id: self.id(node), bytes: &below[0].bytes, stored, base });
    }

    /// Decodes one object into its level, its base standing in the level above.
    fn decode<M>(&self, node: Node, depth: usize, most: usize, buffers: &mut Buffers<M>) -> bool {
        let Buffers { inflate, delta, copies, levels } = buffers;
        if levels.len() <= depth {
            levels.resize_with(depth + 1, Level::default);
        }
        let (above, below) = levels.split_at_mut(depth);
        let into = &mut below[0].bytes;
        match above.last() {
            None => self.inflate(node, most, inflate, into),
            Some(base) => {
                self.inflate(node, most, inflate, delta) && delta::apply(&base.bytes, delta, most, into, copies).is_ok()
            }
        }
    }

    fn inflate(&self, node: Node, most: usize, inflate: &mut gix::zlib::Inflate, into: &mut Vec<u8>) -> bool {
        let Some(entry) = self.entry(node) else { return false };
        let Ok(size) = usize::try_from(entry.decompressed_size) else { return false };
        // Deflate never grows a text more than 1,032 times: a larger size is a lie that would only take memory.
        let bound = self.end(node).saturating_sub(entry.data_offset).saturating_mul(1_032).saturating_add(1_024);
        if size > most || entry.decompressed_size > bound {
            return false;
        }
        // Of what stood there before nothing may stay, should a stream end before the size that it states.
        into.clear();
        into.resize(size, 0);
        self.data.decompress_entry(&entry, inflate, into).is_ok()
    }
}

impl<M> Default for Level<M> {
    fn default() -> Self {
        Self { bytes: Vec::new(), memory: None }
    }
}

/// Gives the siblings nearest to the root away, with a copy of their base.
fn offer<V: Visitor>(stack: &mut Vec<(Node, usize)>, levels: &[Level<V::Memory>], visitor: &mut V) {
    let Some(&(_, depth)) = stack.first() else { return };
    let siblings = stack.iter().take_while(|(_, at)| *at == depth).count();
    let base = depth.checked_sub(1).map(|above| levels[above].clone());
    // The last siblings may be this thread's own next step; give half, at least one.
    let given = siblings.div_ceil(2);
    let nodes = stack.drain(..given).map(|(node, _)| node).collect();
    visitor.hand_over(Task { nodes, base });
}
