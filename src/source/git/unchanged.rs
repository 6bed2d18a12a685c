//! Which files of a work tree are the blobs that the index names, without reading them: as git itself decides it, by what
//! the file system says of a file. What a filter may have written into a file is not known from its blob.

use std::fs;
use std::path::Path;

use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice};
use gix::index::File;
use gix::index::entry::stat::Options;
use gix::index::entry::{Flags, Mode, Stage, Stat};
use gix::index::fs::Metadata;

use super::{Git, GitPlaces, index};

/// How stats are compared: everything counts, whatever the repository's configuration says.
const STRICT: Options = Options { trust_ctime: true, check_stat: true, use_nsec: true, use_stdev: false };

/// The index of one work tree.
pub(in crate::source) struct Unchanged {
    index: File,
    pub(in crate::source) hash: gix::hash::Kind,
}

impl Unchanged {
    /// `None` where nothing can be told: there is no index that can be read, or the repository sends files through a filter.
    pub(in crate::source) fn of(top: &Path) -> Option<Self> {
        let git = Git::open(top, GitPlaces::default()).ok()?;
        let repo = git.repo();
        let hash = repo.object_hash();
        let index = index::read(&repo.index_path(), hash).ok()?;
        let mut attributes = vec![repo.common_dir().join("info/attributes")];
        let own = index.entries().iter().map(|entry| entry.path(&index)).filter(|path| is_attributes(path));
        attributes.extend(own.map(|path| top.join(path.to_path_lossy())));
        let filters = |file: &Path| fs::read(file).is_ok_and(|text| names_filter(&text));
        (!attributes.iter().any(|file| filters(file))).then_some(Self { index, hash })
    }

    /// The blob that a file is, and its length. `path` is relative to the work tree.
    pub(in crate::source) fn blob(&self, path: &str, file: &Path) -> Option<(ObjectId, u64)> {
        let entry = self.index.entry_by_path_and_stage(BStr::new(path), Stage::Unconflicted)?;
        let is_file = matches!(entry.mode, Mode::FILE | Mode::FILE_EXECUTABLE);
        if !is_file || entry.flags.contains(Flags::INTENT_TO_ADD) {
            return None;
        }
        let about = Metadata::from_path_no_follow(file).ok().filter(Metadata::is_file)?;
        let now = Stat::from_fs(&about).ok()?;
        let length = u32::try_from(about.len()).ok()?;
        let is_same = now.matches(&entry.stat, STRICT) && !entry.stat.is_racy(self.index.timestamp(), STRICT);
        is_same.then(|| (entry.id, u64::from(length)))
    }
}

fn is_attributes(path: &BStr) -> bool {
    path.strip_suffix(b".gitattributes").is_some_and(|folder| folder.is_empty() || folder.ends_with(b"/"))
}

/// Whether attributes send a file through a program. Git LFS is none that matters: of its pointers nothing is remembered.
fn names_filter(attributes: &[u8]) -> bool {
    let lines = attributes.lines().map(<[u8]>::trim_ascii).filter(|line| !line.starts_with(b"#"));
    let mut words = lines.flat_map(|line| line.split(u8::is_ascii_whitespace).skip(1));
    words.any(|word| word == b"filter" || word.strip_prefix(b"filter=").is_some_and(|name| name != b"lfs"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_seen_in_attributes() {
        for (text, is_one) in [
            ("*.c diff=cpp\n", false),
            ("*.bin filter=lfs diff=lfs merge=lfs -text\n", false),
            ("secrets/** filter=git-crypt diff=git-crypt\n", true),
            ("[attr]sealed filter=vault\n", true),
            ("  # * filter=off\nfilter=x text\n", false),
            ("* -filter\n*.key filter\n", true),
        ] {
            assert_eq!(names_filter(text.as_bytes()), is_one, "{text}");
        }
        assert!(is_attributes(BStr::new(".gitattributes")) && is_attributes(BStr::new("a/.gitattributes")));
        assert!(!is_attributes(BStr::new("a/x.gitattributes")));
    }
}
