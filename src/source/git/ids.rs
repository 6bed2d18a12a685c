//! Names of objects, and numbers instead of them: a number is a tenth of a name, and finds its place without a hash.

use std::cmp::Ordering;
use std::sync::Arc;

use gix::ObjectId;
use gix::odb::pack::index;

/// The ids of one pack's objects, sorted.
pub(super) struct Ids {
    pub(super) index: index::File,
    /// Where the ids begin whose first two bytes are at least these.
    fan: Vec<u32>,
}

/// Numbers all objects: those of the packs one after the other, then the loose ones.
#[derive(Clone, Default)]
pub(super) struct Numbers {
    packs: Vec<Arc<Ids>>,
    /// Sorted.
    loose: Vec<ObjectId>,
}

impl Ids {
    pub(super) fn new(index: index::File) -> Self {
        Self { fan: fan(&index), index }
    }

    /// Where an id stands. Most that are asked for are there: among so few a search touches one page or two.
    pub(super) fn position(&self, id: &gix::oid) -> Option<u32> {
        let first = first_bytes(id);
        let (mut low, mut high) = (self.fan[first], self.fan[first + 1]);
        while low < high {
            let middle = low.midpoint(high);
            match self.index.oid_at_index(middle).cmp(id) {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return Some(middle),
                Ordering::Greater => high = middle,
            }
        }
        None
    }
}

impl Numbers {
    pub(super) fn new(packs: Vec<Arc<Ids>>, loose: Vec<ObjectId>) -> Self {
        Self { packs, loose }
    }

    /// How many numbers there are.
    pub(super) fn count(&self) -> usize {
        self.packs.iter().map(|pack| pack.index.num_objects() as usize).sum::<usize>() + self.loose.len()
    }

    /// The number of an object, that of its first pack; `None` if nobody has it.
    pub(super) fn of(&self, id: &gix::oid) -> Option<u32> {
        let mut before = 0_u32;
        for pack in &self.packs {
            if let Some(position) = pack.position(id) {
                return before.checked_add(position);
            }
            before = before.checked_add(pack.index.num_objects())?;
        }
        let loose = self.loose.binary_search_by(|known| known.as_ref().cmp(id)).ok()?;
        before.checked_add(u32::try_from(loose).ok()?)
    }
}

fn first_bytes(id: &gix::oid) -> usize {
    let bytes = id.as_bytes();
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

/// For each pair of bytes how many ids of the index begin with a lesser one; the index is sorted by id.
fn fan(index: &index::File) -> Vec<u32> {
    let mut counts = vec![0; (1 << 16) + 1];
    for at in 0..index.num_objects() {
        counts[first_bytes(index.oid_at_index(at)) + 1] += 1;
    }
    for at in 1..counts.len() {
        counts[at] += counts[at - 1];
    }
    counts
}
