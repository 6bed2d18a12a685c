//! Blobs that were read before and hold nothing that counts, by their names: what a scan need not read again.
//!
//! A file for each kind of judgement (which rules, which confidence, which engine): sorted names, nothing else. It holds
//! no key and no path, is safe to delete, and may be shared by repositories: a name is written only after the text was
//! hashed, so that a repository whose index lies about its texts cannot hide those of another.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use gix::ObjectId;

/// Stands at the beginning of a file.
const MAGIC: &[u8; 16] = b"skelkey known 1\n";

/// Names of blobs.
pub(super) struct Known {
    file: PathBuf,
    /// Bytes of a name.
    width: usize,
    /// The names, sorted, one after the other.
    names: Vec<u8>,
}

impl Known {
    /// Reads the names that `folder` has for a kind of judgement. With it, what is wrong with a file that is not used.
    pub(super) fn open(folder: &Path, judgement: &str, hash: gix::hash::Kind) -> (Self, Option<String>) {
        let file = folder.join("known").join(format!("{judgement}.{hash}"));
        let mut known = Self { file, width: hash.len_in_bytes(), names: Vec::new() };
        let why = match fs::read(&known.file) {
            Ok(bytes) => known.take(&bytes).err(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => Some(error.to_string()),
        };
        let why = why.map(|why| format!("the cache {} is not used: {why}", known.file.display()));
        (known, why)
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), String> {
        let names = bytes.strip_prefix(MAGIC).ok_or("it is no list of names of this version")?;
        let mut each = names.chunks_exact(self.width);
        let sorted = each.by_ref().zip(names.chunks_exact(self.width).skip(1)).all(|(a, b)| a < b);
        if !sorted || names.len() % self.width != 0 {
            return Err("it is damaged; delete it".to_owned());
        }
        self.names = names.to_vec();
        Ok(())
    }

    /// Whether it is one of them.
    pub(super) fn holds(&self, id: &gix::oid) -> bool {
        let (id, width) = (id.as_bytes(), self.width);
        let (mut low, mut high) = (0, self.names.len() / width);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.names[middle * width..(middle + 1) * width].cmp(id) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return true,
            }
        }
        false
    }

    /// Writes what was known and what is new, as one file that takes the place of the one before.
    pub(super) fn save(&self, mut fresh: Vec<ObjectId>) -> io::Result<()> {
        if fresh.is_empty() {
            return Ok(());
        }
        fresh.sort_unstable();
        fresh.dedup();
        let folder = self.file.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        let mut out = io::BufWriter::new(file.as_file_mut());
        out.write_all(MAGIC)?;
        let mut known = self.names.chunks_exact(self.width).peekable();
        for id in &fresh {
            while let Some(name) = known.next_if(|name| *name < id.as_bytes()) {
                out.write_all(name)?;
            }
            known.next_if(|name| *name == id.as_bytes());
            out.write_all(id.as_bytes())?;
        }
        known.try_for_each(|name| out.write_all(name))?;
        out.flush()?;
        drop(out);
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
        Known::open(folder, "j", gix::hash::Kind::Sha1)
    }

    #[test]
    fn names_are_kept_sorted_and_once() {
        let folder = tempfile::tempdir().unwrap();
        let (none, why) = open(folder.path());
        assert!(why.is_none() && !none.holds(&id(3)));
        none.save(vec![id(9), id(3), id(9)]).unwrap();
        let (some, why) = open(folder.path());
        assert!(why.is_none() && some.holds(&id(3)) && some.holds(&id(9)) && !some.holds(&id(5)));
        some.save(vec![id(5), id(1), id(3), id(200)]).unwrap();
        let (all, why) = open(folder.path());
        assert!(why.is_none());
        let held: Vec<u8> = (0..=255).filter(|&byte| all.holds(&id(byte))).collect();
        assert_eq!(held, [1, 3, 5, 9, 200]);
        assert_eq!(all.names.len(), 5 * 20);
    }

    #[test]
    fn a_damaged_file_is_told_and_not_used() {
        let folder = tempfile::tempdir().unwrap();
        open(folder.path()).0.save(vec![id(9), id(3)]).unwrap();
        let file = folder.path().join("known/j.sha1");
        let whole = fs::read(&file).unwrap();
        let swapped = [&whole[..16], &whole[36..], &whole[16..36]].concat();
        for bad in [&whole[..whole.len() - 1], &whole[1..], b"", &swapped] {
            fs::write(&file, bad).unwrap();
            let (known, why) = open(folder.path());
            assert!(why.is_some() && !known.holds(&id(3)), "{bad:?}");
        }
    }
}
