//! Where in a repository's history a text stands, and since when: the exposure window of a key.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a text is to its repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holder {
    /// A file.
    File,
    /// A commit object: its message, its author's and committer's names.
    Commit,
    /// A tag object: its message and its tagger's name.
    Tag,
    /// The names of branches, tags and other refs.
    RefNames,
    /// The reflog of one ref.
    Reflog,
    /// The configuration of the repository, with the addresses of its remotes.
    Config,
}

/// From where an object can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// From `HEAD` or a ref: a clone brings it along.
    Refs,
    /// Staged for the next commit, and in no commit.
    Index,
    /// From a reflog alone: in this clone until the reflog expires.
    Reflog,
    /// From nothing: in this clone, and possibly on the server, until it is pruned.
    Unreachable,
    /// It is no object: a file of the repository's own folder.
    Local,
}

/// One commit, as far as a report names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub struct CommitRef {
    /// Its id in hex.
    pub id: String,
    /// `Name <address>` of its author; escape before showing. `None` where it is left out or cannot be read.
    pub author: Option<String>,
    /// When it was written, by its author's clock.
    pub authored: Option<Timestamp>,
}

/// Where one text of a repository stands in its history.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Provenance {
    /// What it is.
    pub holder: Holder,
    /// The id of the blob, commit or tag that holds it, in hex.
    pub object: Option<String>,
    /// The first commit that has it at this path, the reachable before the unreachable.
    pub commit: Option<CommitRef>,
    /// From where it can be reached.
    pub reach: Reach,
    /// Whether the tree of `HEAD` holds it. `None` when nobody looked.
    pub in_head: Option<bool>,
    /// How many refs have it in their trees now. `None` when nobody looked.
    pub refs: Option<u64>,
    /// The last commit that took it out, if `HEAD` has it no more.
    pub removed: Option<CommitRef>,
    /// How many versions of the file hold the key.
    pub versions: u64,
}

impl Provenance {
    /// A text of which only its holder and its place are known.
    #[must_use]
    pub fn new(holder: Holder, reach: Reach) -> Self {
        Self { holder, object: None, commit: None, reach, in_head: None, refs: None, removed: None, versions: 1 }
    }

    /// Takes in another version of the same file that holds the same key: the earlier beginning, the later end.
    pub fn absorb(&mut self, other: &Self) {
        self.versions += other.versions;
        self.refs = self.refs.max(other.refs);
        self.in_head = self.in_head.max(other.in_head);
        let when = |commit: &Option<CommitRef>| commit.as_ref().map(|c| (c.authored, c.id.clone()));
        if when(&other.removed) > when(&self.removed) {
            self.removed.clone_from(&other.removed);
        }
        if self.in_head == Some(true) {
            self.removed = None;
        }
        self.reach = self.reach.min(other.reach);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commit(id: &str, day: i64) -> CommitRef {
        let authored = Timestamp::from_second(day * 86_400).ok();
        CommitRef { id: id.to_owned(), author: None, authored }
    }

    #[test]
    fn versions_of_a_file_join_to_one_window() {
        let base = Provenance::new(Holder::File, Reach::Unreachable);
        let mut first =
            Provenance { removed: Some(commit("a", 3)), in_head: Some(false), refs: Some(0), ..base.clone() };
        first.absorb(&Provenance {
            removed: Some(commit("b", 5)),
            in_head: Some(false),
            reach: Reach::Refs,
            ..base.clone()
        });
        assert_eq!((first.versions, first.reach), (2, Reach::Refs));
        assert_eq!(first.removed, Some(commit("b", 5)));
        first.absorb(&Provenance { in_head: Some(true), refs: Some(2), ..base });
        assert_eq!((first.removed, first.in_head, first.refs), (None, Some(true), Some(2)));
    }
}
