//! The index file: what the next commit holds.

mod stream;

use std::path::Path;

use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice};
use gix::index::entry::{Flags, Mode};
use gix::index::{File, State, decode};

pub(super) use stream::Stream;

/// One entry.
#[derive(Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) path: BString,
    pub(super) id: ObjectId,
    pub(super) mode: Mode,
    pub(super) flags: Flags,
}

/// Folders that nobody needs the entries of, beside the entries of an index in their order.
struct Same<'f>(&'f [BString]);

impl<'f> Same<'f> {
    /// `folders`, each with a `/` at its end or empty for the top, sorted as the index is.
    fn new(folders: &'f [BString]) -> Self {
        Self(folders)
    }

    /// Whether one of them holds this path, which comes after those asked about before.
    #[inline]
    fn hold(&mut self, path: &BStr) -> bool {
        while let [folder, rest @ ..] = self.0 {
            if path.starts_with(folder) {
                return true;
            }
            if path < folder.as_bstr() {
                return false;
            }
            self.0 = rest;
        }
        false
    }
}

/// The entries outside these folders, which are sorted as the index is.
pub(super) fn outside(index: &File, same: &[BString]) -> Vec<Entry> {
    let mut same = Same::new(same);
    let outside = index.entries().iter().filter(|entry| !same.hold(entry.path(index)));
    let kept = |entry: &gix::index::Entry| {
        let path = entry.path(index).to_owned();
        Entry { path, id: entry.id, mode: entry.mode, flags: entry.flags }
    };
    outside.map(kept).collect()
}

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
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::*;

    const SHA1: gix::hash::Kind = gix::hash::Kind::Sha1;

    /// What an entry is made of here: its path, the flags beside its path's length, and the extended ones.
    type Made = (String, u16, Option<u16>);

    /// An index as git writes it (gitformat-index), without the checksum that nobody asks for.
    fn written(version: u32, id_length: usize, entries: &[Made], extensions: &[u8]) -> Vec<u8> {
        let mut bytes = b"DIRC".to_vec();
        bytes.extend(version.to_be_bytes());
        bytes.extend(u32::try_from(entries.len()).unwrap().to_be_bytes());
        for (number, (path, flags, extended)) in entries.iter().enumerate() {
            let start = bytes.len();
            bytes.extend([0; 24]);
            bytes.extend(0o100_644_u32.to_be_bytes());
            bytes.extend([0; 12]);
            bytes.extend(vec![u8::try_from(number % 251).unwrap(); id_length]);
            let extended_bit = if extended.is_some() { 1 << 14 } else { 0 };
            let flags = flags | extended_bit | u16::try_from(path.len()).unwrap().min(0x0fff);
            bytes.extend(flags.to_be_bytes());
            bytes.extend(extended.iter().flat_map(|extended| extended.to_be_bytes()));
            bytes.extend(path.as_bytes());
            bytes.resize(start + ((bytes.len() - start + 8) & !7), 0);
        }
        bytes.extend(extensions);
        bytes.extend(vec![0; id_length]);
        bytes
    }

    fn extension(signature: [u8; 4], data: &[u8]) -> Vec<u8> {
        let size = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&signature[..], &size, data].concat()
    }

    /// A tree of the top and one folder.
    fn tree(id_length: usize) -> Vec<u8> {
        let id = vec![9; id_length];
        extension(*b"TREE", &[&b"\0-1 1\nlib\x001 0\n"[..], &id].concat())
    }

    /// One file `a`.
    fn small() -> Vec<u8> {
        written(2, 20, &[("a".to_owned(), 0, None)], &[])
    }

    fn saved(bytes: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("index");
        std::fs::write(&file, bytes).unwrap();
        (folder, file)
    }

    fn streamed(bytes: &[u8], hash: gix::hash::Kind, same: &[BString]) -> Option<Vec<Entry>> {
        Stream::open(&saved(bytes).1, hash)?.outside(same)
    }

    fn kept_by_gix(bytes: &[u8], hash: gix::hash::Kind, same: &[BString]) -> Option<Vec<Entry>> {
        Some(outside(&read(&saved(bytes).1, hash).ok()?, same))
    }

    fn made() -> impl Strategy<Value = Vec<Made>> {
        let extended = prop::option::of(prop::sample::select(vec![1 << 13, 1 << 14, (1 << 13) | (1 << 14)]));
        let path = prop_oneof![20 => "(lib/|lib|a/)?[a-z]{1,12}", 1 => "lib/[a-z]{200,4000}"];
        let one = (path, prop::sample::select(vec![0, 1 << 12, 2 << 12, 3 << 12, 1 << 15]), extended);
        prop::collection::vec(one, 0..300).prop_map(|mut made| {
            made.sort();
            made
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn a_stream_keeps_what_gix_keeps(made in made(), wide in any::<bool>(), lib in any::<bool>()) {
            let (hash, length) = if wide { (gix::hash::Kind::Sha256, 32) } else { (SHA1, 20) };
            let version = if made.iter().any(|(_, _, extended)| extended.is_some()) { 3 } else { 2 };
            let extensions = [tree(length), extension(*b"UNTR", b"TREE\0\0\0\0 anything")].concat();
            let bytes = written(version, length, &made, &tree(length));
            let same = if lib { vec![BString::from("lib/")] } else { Vec::new() };
            let expected = kept_by_gix(&bytes, hash, &same);
            prop_assert!(expected.is_some());
            prop_assert_eq!(streamed(&bytes, hash, &same), expected);
            let more = written(version, length, &made, &extensions);
            prop_assert_eq!(streamed(&more, hash, &same), streamed(&bytes, hash, &same));
        }

        #[test]
        fn a_damaged_index_is_never_read_otherwise_than_by_gix(
            made in made(),
            cut in prop::option::of(any::<Index>()),
            damage in prop::collection::vec((any::<Index>(), any::<u8>()), 0..4),
        ) {
            let mut bytes = written(3, 20, &made, &tree(20));
            for (at, byte) in damage {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            if let Some(kept) = streamed(&bytes, SHA1, &[]) {
                prop_assert_eq!(Some(kept), kept_by_gix(&bytes, SHA1, &[]));
            }
        }
    }

    #[test]
    fn a_path_that_no_count_can_tell_ends_with_its_nul() {
        let made = [("lib/".to_owned() + &"x".repeat(5000), 0, None), ("z".to_owned(), 0, None)];
        let kept = streamed(&written(2, 20, &made, &tree(20)), SHA1, &[]).unwrap();
        assert_eq!(kept.iter().map(|entry| entry.path.len()).collect::<Vec<_>>(), [5004, 1]);
    }

    #[test]
    fn what_is_not_plain_is_left_to_gix() {
        let made = [("a".to_owned(), 0, None)];
        let fake = extension(*b"FSMN", &tree(20));
        for (what, version, extensions) in [
            ("no tree", 2, Vec::new()),
            ("paths that name their beginnings", 4, tree(20)),
            ("shared", 2, [extension(*b"link", &[0; 20]), tree(20)].concat()),
            ("sparse", 2, [tree(20), extension(*b"sdir", b"")].concat()),
            ("a tree within another extension", 2, fake),
            ("more entries than are told of", 2, [vec![0; 72], tree(20)].concat()),
        ] {
            assert!(streamed(&written(version, 20, &made, &extensions), SHA1, &[]).is_none(), "{what}");
        }
        assert!(streamed(b"", SHA1, &[]).is_none());
        assert!(Stream::open(&std::env::temp_dir(), SHA1).is_none());
    }

    #[test]
    fn what_is_damaged_is_refused_or_read_and_never_a_panic() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("index");
        let read = |bytes: &[u8]| {
            std::fs::write(&file, bytes).unwrap();
            read(&file, SHA1)
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
