//! The cache of a run: what earlier runs read and found nothing in, and what this one adds to that.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use gix::ObjectId;
use gix::objs::Kind;

use super::Judge;
use super::known::{Known, Seal};
use crate::secret::FingerprintKey;

/// Where it is kept which texts hold nothing that counts, and under which key.
#[derive(Debug)]
pub struct Cache {
    /// The folder. Whoever can write to it can make a run slower, and no more.
    pub folder: PathBuf,
    /// The owner's key: whoever has it can let texts pass.
    pub key: FingerprintKey,
}

/// What is known of texts, from all threads of a run.
pub(in crate::source) struct Memory {
    known: Known,
    hash: gix::hash::Kind,
    fresh: Mutex<Vec<Seal>>,
}

impl Memory {
    /// Reads what is known under the judgement of this run, if there is a cache. `note` is told what is wrong with one.
    pub(in crate::source) fn open(
        cache: Option<&Arc<Cache>>,
        judge: &(impl Judge + ?Sized),
        hash: gix::hash::Kind,
        note: impl FnMut(String),
    ) -> Option<Self> {
        let cache = cache?;
        let (known, why) = Known::open(&cache.folder, &cache.key, &judge.judgement());
        why.into_iter().for_each(note);
        Some(Self { known, hash, fresh: Mutex::default() })
    }

    /// Whether this blob holds nothing.
    pub(in crate::source) fn knows(&self, id: &gix::oid) -> bool {
        self.known.holds(&self.known.of_blob(id))
    }

    /// Whether a file of a work tree holds nothing that is this blob, with so many bytes.
    pub(in crate::source) fn knows_file(&self, id: &gix::oid, length: u64) -> bool {
        self.known.holds(&self.known.of_file(id, length))
    }

    /// Remembers a blob that holds nothing, unless its bytes are not what its name says; whether they are.
    #[must_use]
    pub(in crate::source) fn learn(&self, id: ObjectId, bytes: &[u8]) -> bool {
        let is_it = gix::objs::compute_hash(self.hash, Kind::Blob, bytes).is_ok_and(|hash| hash == id);
        if is_it {
            let mut fresh = self.fresh.lock().unwrap_or_else(PoisonError::into_inner);
            self.known.add(id, bytes.len() as u64, &mut fresh);
        }
        is_it
    }

    /// Keeps what is new; what is wrong if it cannot be kept.
    pub(in crate::source) fn save(self) -> Option<String> {
        let fresh = self.fresh.into_inner().unwrap_or_else(PoisonError::into_inner);
        let error = self.known.save(fresh).err()?;
        Some(format!("the cache cannot be written: {error}"))
    }
}
