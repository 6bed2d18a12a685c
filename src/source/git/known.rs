//! Texts that were read before and hold nothing that counts, each by a seal: what a scan need not read again.
//!
//! A file for each kind of judgement (which rules, which confidence, which engine) and each key: sorted seals, nothing
//! else. A seal is made of a text's name in git under a key that only the owner has, so that whoever can write the file,
//! but has no key, cannot let a text pass: what is forged, damaged, foreign or from another version is no seal of anything.
//! Neither a secret nor a path nor a name can be read from it, and it is safe to delete.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use gix::ObjectId;

use crate::secret::{FingerprintKey, Sealer};

/// Stands at the beginning of a file.
const MAGIC: &[u8; 16] = b"skelkey known 2\n";

/// Stands for one text under one judgement.
pub(super) type Seal = [u8; 16];

/// What is known of texts.
pub(super) struct Known {
    file: PathBuf,
    sealer: Sealer,
    /// Sorted.
    seals: Vec<Seal>,
}

impl Known {
    /// Reads what `folder` has for a kind of judgement under a key. With it, what is wrong with a file that is not used.
    pub(super) fn open(folder: &Path, key: &FingerprintKey, judgement: &str) -> (Self, Option<String>) {
        let file = folder.join("known").join(format!("{judgement}.{}", key.kid()));
        let mut known = Self { file, sealer: key.sealer("known", judgement), seals: Vec::new() };
        let why = match fs::read(&known.file) {
            Ok(bytes) => known.take(&bytes).err().map(str::to_owned),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => Some(error.to_string()),
        };
        let why = why.map(|why| format!("the cache {} is not used: {why}", known.file.display()));
        (known, why)
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), &'static str> {
        let bytes = bytes.strip_prefix(MAGIC).ok_or("it is no list of seals of this version")?;
        let (seals, rest) = bytes.as_chunks();
        if !rest.is_empty() || !seals.is_sorted_by(|a, b| a < b) {
            return Err("it is damaged; delete it");
        }
        self.seals = seals.to_vec();
        Ok(())
    }

    /// The seal of a blob.
    pub(super) fn of_blob(&self, id: &gix::oid) -> Seal {
        self.sealer.seal(&[b"blob", id.as_bytes()])
    }

    /// The seal of a file in a work tree that is a blob as it stands there, of so many bytes.
    pub(super) fn of_file(&self, id: &gix::oid, length: u64) -> Seal {
        self.sealer.seal(&[b"file", id.as_bytes(), &length.to_le_bytes()])
    }

    /// Whether it is one of them.
    pub(super) fn holds(&self, seal: &Seal) -> bool {
        self.seals.binary_search(seal).is_ok()
    }

    /// The seals that a text adds which holds nothing.
    pub(super) fn add(&self, id: ObjectId, length: u64, fresh: &mut Vec<Seal>) {
        fresh.extend([self.of_blob(&id), self.of_file(&id, length)]);
    }

    /// Writes what was known and what is new, as one file that takes the place of the one before.
    pub(super) fn save(mut self, fresh: Vec<Seal>) -> io::Result<()> {
        if fresh.is_empty() {
            return Ok(());
        }
        // Another run may have written it meanwhile.
        if let Ok(bytes) = fs::read(&self.file) {
            self.take(&bytes).unwrap_or_default();
        }
        self.seals.extend(fresh);
        self.seals.sort_unstable();
        self.seals.dedup();
        let folder = self.file.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(MAGIC)?;
        file.write_all(self.seals.as_flattened())?;
        file.persist(&self.file)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(byte: u8) -> ObjectId {
        ObjectId::from_bytes_or_panic(&[byte; 20])
    }

    fn open(folder: &Path) -> (Known, Option<String>) {
        Known::open(folder, &FingerprintKey::published(None), "j")
    }

    fn save(folder: &Path, bytes: &[u8]) {
        let (known, mut fresh) = (open(folder).0, Vec::new());
        for &byte in bytes {
            known.add(id(byte), 7, &mut fresh);
        }
        known.save(fresh).unwrap();
    }

    fn held(known: &Known) -> Vec<u8> {
        (0..=255).filter(|&byte| known.holds(&known.of_blob(&id(byte)))).collect()
    }

    #[test]
    fn seals_are_kept_sorted_and_once() {
        let folder = tempfile::tempdir().unwrap();
        let (none, why) = open(folder.path());
        assert!(why.is_none() && held(&none).is_empty());
        save(folder.path(), &[9, 3, 9]);
        save(folder.path(), &[5, 1, 3, 200]);
        let (all, why) = open(folder.path());
        assert!(why.is_none());
        assert_eq!((held(&all), all.seals.len()), (vec![1, 3, 5, 9, 200], 10));
        assert!(all.holds(&all.of_file(&id(5), 7)) && !all.holds(&all.of_file(&id(5), 8)), "another length");
    }

    #[test]
    fn a_damaged_file_is_told_and_not_used() {
        let folder = tempfile::tempdir().unwrap();
        save(folder.path(), &[9]);
        let file = open(folder.path()).0.file;
        let whole = fs::read(&file).unwrap();
        let swapped = [&whole[..16], &whole[32..], &whole[16..32]].concat();
        let older = [b"skelkey known 1\n", &whole[16..]].concat();
        for bad in [&whole[..whole.len() - 1], &whole[1..], b"", &swapped, &older] {
            fs::write(&file, bad).unwrap();
            let (known, why) = open(folder.path());
            assert!(why.is_some() && held(&known).is_empty(), "{bad:?}");
        }
    }

    #[test]
    fn whoever_has_no_key_cannot_let_a_text_pass() {
        let folder = tempfile::tempdir().unwrap();
        let owner = FingerprintKey::from_owner(b"the owner's own key").unwrap();
        let forger = FingerprintKey::from_owner(b"the forger's own key").unwrap();
        let (known, mut fresh) = (Known::open(folder.path(), &forger, "j").0, Vec::new());
        known.add(id(9), 7, &mut fresh);
        let theirs = known.file.clone();
        known.save(fresh).unwrap();
        let mine = Known::open(folder.path(), &owner, "j").0.file;
        fs::copy(theirs, mine).unwrap();
        let (known, why) = Known::open(folder.path(), &owner, "j");
        assert!(why.is_none() && held(&known).is_empty());
        // Nor does what is known under one judgement hold under another.
        let (other, _) = Known::open(folder.path(), &forger, "other");
        assert!(held(&other).is_empty());
    }
}
