//! Files of a work tree that an earlier run has read and that hold nothing: they are not read again.

use std::path::{Path, PathBuf};

use gix::ObjectId;

use super::git::{Judge, Memory, Unchanged, is_pointer};
use super::{FileOptions, Repository, Sink};

/// What is known of the files of one work tree.
pub(super) struct Spare<'s> {
    judge: &'s dyn Judge,
    memory: Memory,
    unchanged: Unchanged,
}

/// A file that is the blob which the index names.
pub(super) struct Untouched<'s> {
    spare: &'s Spare<'s>,
    id: ObjectId,
    length: u64,
}

impl<'s> Spare<'s> {
    /// For each root what is known of it; `None` where every file has to be read.
    pub(super) fn all(
        roots: &[(PathBuf, Option<Repository>)],
        options: &FileOptions,
        sink: &'s dyn Sink,
    ) -> Vec<Option<Self>> {
        let one = |repository: &Repository| {
            let (cache, judge) = (options.cache.as_ref()?, sink.judge()?);
            let unchanged = Unchanged::of(&repository.work_tree)?;
            let memory = Memory::open(Some(cache), judge, unchanged.hash, |note| judge.note(note))?;
            Some(Self { judge, memory, unchanged })
        };
        roots.iter().map(|(_, repository)| one(repository.as_ref()?)).collect()
    }

    /// The file as a blob, if it is one. A file that tells something by itself is read in any case.
    pub(super) fn untouched(&'s self, relative: &str, absolute: &Path) -> Option<Untouched<'s>> {
        let (id, length) = self.unchanged.blob(relative, absolute).filter(|_| !self.judge.tells(relative))?;
        Some(Untouched { spare: self, id, length })
    }

    /// Keeps what is new.
    pub(super) fn save(self) {
        self.memory.save().into_iter().for_each(|why| self.judge.note(why));
    }
}

impl Untouched<'_> {
    /// Whether it was read before and holds nothing.
    pub(super) fn is_known(&self) -> bool {
        self.spare.memory.knows_file(&self.id, self.length)
    }

    /// Whether its text, now that it is read, holds nothing; it is remembered then.
    pub(super) fn learn(&self, worker: usize, text: &[u8]) -> bool {
        let Spare { judge, memory, .. } = self.spare;
        !is_pointer(text) && judge.finds_nothing(worker, text) && memory.learn(self.id, text)
    }
}
