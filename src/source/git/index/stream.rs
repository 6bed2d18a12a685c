//! An index read once through a small buffer, for a reader who needs few of its entries.
//!
//! gix keeps every entry in memory, which for the 78,630 files of a Linux tree are 11 MB touched for the first time: a
//! quarter of what a commit hook took there. What is staged lies outside the folders that are as in `HEAD`, and those
//! few entries alone are kept here. Only the plain form is read: version 2 or 3 with a tree extension and none that a
//! reader must understand (git's gitformat-index). All else, and whatever looks damaged, is gix' to read or to refuse.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice};
use gix::index::entry::{Flags, Mode};
use gix::index::extension::{Tree, tree};
use memchr::memmem;

use super::{Entry, Same};

/// The signature, the version and the number of entries.
const HEADER: usize = 12;
/// What an entry has before its object id: times, device, inode, mode, owner and size.
const BEFORE_ID: usize = 40;
/// Where the mode stands in it.
const MODE: usize = 24;
/// Two more bytes of flags follow (version 3).
const EXTENDED: u16 = 1 << 14;
/// The extended flags that git has given a meaning.
const EXTENDED_FLAGS: Flags = Flags::INTENT_TO_ADD.union(Flags::SKIP_WORKTREE);
/// All bits of the path's length set: it is this long or longer, and ends with its NUL.
const LONG: u16 = 0x0fff;
/// How much is read at once; small enough to stay in a processor's cache.
const BUFFER: usize = 1 << 17;
/// No path is so long that an entry does not fit into this.
const LARGEST_BUFFER: usize = 1 << 20;
/// How much of the end is searched for the tree extension, one after the other.
const TAILS: [u64; 3] = [1 << 16, 1 << 19, 1 << 23];

/// A plain index whose entries are not read yet.
pub(in super::super) struct Stream {
    file: File,
    count: u32,
    id_length: usize,
    tree: Tree,
    /// Where the entries end and the tree extension begins, if the entries agree.
    end: u64,
}

impl Stream {
    /// Opens an index; `None` when it is not a plain one.
    pub(in super::super) fn open(path: &Path, hash: gix::hash::Kind) -> Option<Self> {
        let mut file = File::open(path).ok()?;
        let length = file.metadata().ok().filter(std::fs::Metadata::is_file)?.len();
        let mut header = [0; HEADER];
        file.read_exact(&mut header).ok()?;
        let [signature, version, count] = [0, 4, 8].map(|at| word(&header, at));
        if signature? != u32::from_be_bytes(*b"DIRC") || !matches!(version?, 2 | 3) {
            return None;
        }
        let id_length = hash.len_in_bytes();
        let (end, tree) = TAILS.iter().find_map(|tail| tree_extension(&mut file, length, *tail, hash))?;
        Some(Self { file, count: count?, id_length, tree, end })
    }

    /// What the index knows of its folders' trees.
    pub(in super::super) fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The entries outside these folders; `None` when the index is not what it seemed to be.
    pub(in super::super) fn outside(mut self, same: &[BString]) -> Option<Vec<Entry>> {
        self.file.seek(SeekFrom::Start(HEADER as u64)).ok()?;
        let (mut buffer, mut filled, mut used, mut before) = (vec![0; BUFFER], 0, 0, HEADER as u64);
        let (mut same, mut outside) = (Same::new(same), Vec::new());
        for _ in 0..self.count {
            let raw = loop {
                match Raw::read(&buffer[used..filled], self.id_length) {
                    Look::Whole(raw) => break raw,
                    Look::Odd => return None,
                    Look::Short => {}
                }
                buffer.copy_within(used..filled, 0);
                (before, filled, used) = (before + used as u64, filled - used, 0);
                if filled == buffer.len() {
                    let larger = buffer.len() * 2;
                    buffer.resize(Some(larger).filter(|larger| *larger <= LARGEST_BUFFER)?, 0);
                }
                match self.file.read(&mut buffer[filled..]).ok()? {
                    0 => return None,
                    more => filled += more,
                }
            };
            used += raw.length;
            if !same.hold(raw.path) {
                outside.push(raw.kept()?);
            }
        }
        (before + used as u64 == self.end).then_some(outside)
    }
}

/// The tree extension within the last `tail` bytes, and where its header begins: the place from which every extension
/// leads to the next and the last one to the checksum at the end. That the entries end just there is for the reader of
/// the entries to see.
fn tree_extension(file: &mut File, length: u64, tail: u64, hash: gix::hash::Kind) -> Option<(u64, Tree)> {
    let start = length.saturating_sub(tail).max(HEADER as u64);
    file.seek(SeekFrom::Start(start)).ok()?;
    let mut bytes = vec![0; usize::try_from(length.checked_sub(start)?).ok()?];
    file.read_exact(&mut bytes).ok()?;
    let all = bytes.get(..bytes.len().checked_sub(hash.len_in_bytes())?)?;
    memmem::rfind_iter(all, &tree::SIGNATURE).find_map(|at| {
        let data = extensions_from(all, at)?;
        // A folder takes seven bytes or more, so no honest count asks for more than this.
        let limit = data.len().saturating_mul(size_of::<Tree>());
        Some((start + at as u64, tree::decode(data, hash, Some(limit))?))
    })
}

/// The data of the extension at `at`, when each leads to the next up to the end and none must be understood (those of a
/// shared and of a sparse index, in small letters).
fn extensions_from(all: &[u8], at: usize) -> Option<&[u8]> {
    let (mut left, mut first) = (all.get(at..)?, None);
    while !left.is_empty() {
        let size = usize::try_from(word(left, 4)?).ok()?;
        let data = left.get(8..)?.get(..size)?;
        if !left[0].is_ascii_uppercase() {
            return None;
        }
        first.get_or_insert(data);
        left = &left[8 + size..];
    }
    first
}

/// One entry as it stands in the buffer.
struct Raw<'b> {
    /// What it has before its flags.
    fixed: &'b [u8],
    flags: Flags,
    path: &'b BStr,
    /// With the NULs that fill it up.
    length: usize,
}

/// What the buffer begins with.
enum Look<'b> {
    Whole(Raw<'b>),
    /// A part of an entry.
    Short,
    /// Nothing that git writes.
    Odd,
}

impl<'b> Raw<'b> {
    fn read(bytes: &'b [u8], id_length: usize) -> Look<'b> {
        Self::whole(bytes, id_length).unwrap_or(Look::Short)
    }

    /// `None` when the buffer ends before the entry.
    #[inline]
    fn whole(bytes: &'b [u8], id_length: usize) -> Option<Look<'b>> {
        let after_id = BEFORE_ID + id_length;
        let (fixed, flags) = bytes.get(..after_id + 2)?.split_at(after_id);
        let flags = u16::from_be_bytes([flags[0], flags[1]]);
        let (extended, start) = match flags & EXTENDED {
            0 => (0, after_id + 2),
            // They stand as the flags in memory have them, but 16 bits further down.
            _ => (u32::from(u16::from_be_bytes(*bytes[after_id + 2..].first_chunk()?)) << 16, after_id + 4),
        };
        let length = match flags & LONG {
            LONG => memchr::memchr(0, bytes.get(start..)?)?,
            length => usize::from(length),
        };
        let end = start + length;
        let whole = (end + 8) & !7;
        let (path, filling) = bytes.get(start..whole)?.split_at(length);
        if filling[0] != 0 || extended & !EXTENDED_FLAGS.bits() != 0 {
            return Some(Look::Odd);
        }
        Some(Look::Whole(Raw {
            fixed,
            flags: Flags::from_bits_retain(u32::from(flags & !LONG) | extended),
            path: path.as_bstr(),
            length: whole,
        }))
    }

    fn kept(&self) -> Option<Entry> {
        Some(Entry {
            path: self.path.to_owned(),
            id: ObjectId::try_from(&self.fixed[BEFORE_ID..]).ok()?,
            mode: Mode::from_bits_truncate(word(self.fixed, MODE)?),
            flags: self.flags,
        })
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
