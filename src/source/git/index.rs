//! The index file: what the next commit holds.

use std::path::Path;

use gix::index::{File, State, decode};

/// Reads an index; one that is not there has no entries. The checksum at its end is not computed, as git does not compute it
/// either (read-cache.c, `verify_hdr`: `git fsck` alone does): a commit holds what git reads, so that is what counts, and
/// for an index of 78,000 files the checksum costs more than all the rest of a hook.
///
/// # Errors
/// It cannot be read as one.
pub(super) fn read(path: &Path, hash: gix::hash::Kind) -> Result<File, &'static str> {
    match path.try_exists() {
        Ok(true) => {}
        Ok(false) => return Ok(File::from_state(State::new(hash), path)),
        Err(_) => return Err("the index cannot be looked for; give this user the right to read its folder"),
    }
    File::at(path, hash, true, decode::Options::default())
        .map_err(|_| "the index is corrupt or of an unknown version; `git status` says more")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One file `a`, as git 2 writes it, without the checksum that nobody asks for.
    fn small() -> Vec<u8> {
        let mut bytes = b"DIRC\0\0\0\x02\0\0\0\x01".to_vec();
        bytes.extend([0; 24]);
        bytes.extend(0o100_644_u32.to_be_bytes());
        bytes.extend([0; 8]);
        bytes.extend(5_u32.to_be_bytes());
        bytes.extend([7; 20]);
        bytes.extend(b"\0\x01a\0\0\0\0\0\0\0\0\0");
        bytes.extend([0; 20]);
        bytes
    }

    #[test]
    fn what_is_damaged_is_refused_or_read_and_never_a_panic() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("index");
        let hash = gix::hash::Kind::Sha1;
        let read = |bytes: &[u8]| {
            std::fs::write(&file, bytes).unwrap();
            read(&file, hash)
        };
        let whole = small();
        let index = read(&whole).unwrap();
        assert_eq!(index.entries()[0].path(&index), "a");
        for length in 0..72 {
            assert!(read(&whole[..length]).is_err(), "{length}");
        }
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut bytes = whole.clone();
                bytes[at] ^= 1 << bit;
                if let Ok(index) = read(&bytes) {
                    index.entries().iter().for_each(|entry| drop(entry.path(&index).to_owned()));
                }
            }
        }
    }
}
