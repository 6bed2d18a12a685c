//! A merge that is being concluded: what its other parents have is theirs, not new.

use std::collections::HashMap;
use std::fs;
use std::io;

use gix::ObjectId;
use gix::bstr::{BString, ByteSlice};

use super::changes::Added;
use super::range::peel;
use super::staged::files;

/// The files of each commit that is being merged into `HEAD`.
pub(super) struct Merging(Vec<HashMap<BString, ObjectId>>);

impl Merging {
    /// None, unless git keeps the name of a merge's other parents (`MERGE_HEAD`).
    pub(super) fn of(repo: &gix::Repository) -> Result<Self, &'static str> {
        let names = match fs::read(repo.git_dir().join("MERGE_HEAD")) {
            Ok(names) => names,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self(Vec::new())),
            Err(_) => return Err("MERGE_HEAD cannot be read"),
        };
        let broken = "MERGE_HEAD names a commit that is missing or corrupt";
        let mut parents = Vec::new();
        for name in names.lines() {
            let id = ObjectId::from_hex(name.trim()).map_err(|_| broken)?;
            let tree = peel(repo, id).and_then(|id| repo.find_commit(id).ok()?.tree_id().ok()).ok_or(broken)?;
            let files = files(repo, BString::default(), tree.detach()).ok_or(broken)?;
            parents.push(files.into_iter().collect());
        }
        Ok(Self(parents))
    }

    /// Leaves out what a parent has as it is staged, and lets the others be compared with what the parents have.
    pub(super) fn leave_out(&self, added: &mut Vec<Added>) {
        added.retain_mut(|added| {
            let theirs = || self.0.iter().filter_map(|parent| parent.get(&added.path)).copied();
            if theirs().any(|id| id == added.id) {
                return false;
            }
            let theirs: Vec<ObjectId> = theirs().collect();
            added.before.extend(theirs);
            true
        });
    }
}
