//! What stood there before a change: the same path in the parents, or what the same change removes.

use gix::ObjectId;
use memchr::memmem;

use super::Before;
use super::changes::{Entries, Removed};
use crate::decode::readable;

/// How many removed files are looked through for a file that may have been moved. Beyond it every key counts as new.
const MOVES_MOST: usize = 1_000;

/// Nothing was there.
pub(super) struct Nothing;

impl Before for Nothing {
    fn holds(&self, _: &[u8]) -> bool {
        false
    }
}

/// The texts that a changed file is compared with.
pub(super) struct Earlier<'c> {
    pub(super) repo: &'c gix::Repository,
    /// The same path in each parent that has it.
    pub(super) same_path: &'c [ObjectId],
    /// What the change takes away; looked through when no parent has the path, for then the file may have been moved.
    pub(super) removed: &'c [Removed],
}

impl Before for Earlier<'_> {
    fn holds(&self, secret: &[u8]) -> bool {
        if !self.same_path.is_empty() {
            return self.same_path.iter().any(|&id| self.blob_holds(id, secret));
        }
        let mut left = MOVES_MOST;
        self.removed.iter().any(|removed| self.removed_holds(*removed, secret, &mut left))
    }
}

impl Earlier<'_> {
    /// A text that cannot be read holds nothing: the key is then reported.
    fn blob_holds(&self, id: ObjectId, secret: &[u8]) -> bool {
        self.repo.find_object(id).is_ok_and(|object| memmem::find(&readable(&object.data), secret).is_some())
    }

    fn removed_holds(&self, removed: Removed, secret: &[u8], left: &mut usize) -> bool {
        let mut waiting = vec![removed];
        while let Some(next) = waiting.pop() {
            if *left == 0 {
                return false;
            }
            *left -= 1;
            match next {
                Removed::Blob(id) if self.blob_holds(id, secret) => return true,
                Removed::Blob(_) => {}
                Removed::Tree(id) => waiting.extend(Entries::read(self.repo, id).unwrap_or_default().as_removed()),
            }
        }
        false
    }
}
