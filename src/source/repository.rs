//! The repository around a path: where its work tree begins, the remote that names it, and what it has checked out.

use std::path::{Path, PathBuf};

use gix_discover::repository::Path as Found;
use gix_ref::Target;
use gix_ref::file::{ReferenceExt as _, Store};

use crate::codeowners;

/// A git repository, as far as a scan of files needs to know it. Nothing in it is ever executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// Top of the work tree, absolute.
    pub work_tree: PathBuf,
    /// The folder with `HEAD` (its own, for a linked work tree).
    pub git_dir: PathBuf,
    /// The folder with `config` and `info` (the main repository's, for a linked work tree).
    pub common_dir: PathBuf,
}

/// What a repository has checked out, as far as its `HEAD` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckedOut {
    /// The commit's id in hex.
    pub commit: Option<String>,
    /// The branch's short name; `None` where `HEAD` is at a commit of its own. Escape before showing.
    pub branch: Option<String>,
}

impl Repository {
    /// The repository whose work tree holds `folder` (absolute), if any.
    #[must_use]
    pub fn around(folder: &Path) -> Option<Self> {
        let (found, _trust) = gix_discover::upwards(folder).ok()?;
        match found {
            Found::WorkTree(work_tree) => {
                let git_dir = work_tree.join(".git");
                Some(Self { common_dir: common_dir(&git_dir), git_dir, work_tree })
            }
            Found::LinkedWorkTree { work_dir, git_dir } => {
                Some(Self { work_tree: work_dir, common_dir: common_dir(&git_dir), git_dir })
            }
            Found::Repository(_) => None,
        }
        .map(|found| Self { work_tree: std::path::absolute(&found.work_tree).unwrap_or(found.work_tree), ..found })
    }

    /// The file with ignore patterns that belong to this clone alone.
    #[must_use]
    pub fn exclude_file(&self) -> PathBuf {
        self.common_dir.join("info").join("exclude")
    }

    fn config(&self) -> Option<gix_config::File> {
        gix_config::File::from_path_no_includes(self.common_dir.join("config"), gix_config::Source::Local).ok()
    }

    /// The commit and the branch at `HEAD`.
    #[must_use]
    pub fn checked_out(&self) -> CheckedOut {
        let is_sha256 = |config: gix_config::File| {
            config.string("extensions.objectFormat").is_some_and(|format| format.eq_ignore_ascii_case(b"sha256"))
        };
        let hash = if self.config().is_some_and(is_sha256) { gix_hash::Kind::Sha256 } else { gix_hash::Kind::Sha1 };
        let (git_dir, common_dir) = (self.git_dir.clone(), self.common_dir.clone());
        let store = if git_dir == common_dir {
            Store::at(git_dir, hash)
        } else {
            Store::for_linked_worktree(git_dir, common_dir, hash)
        };
        let Ok(Some(mut head)) = store.try_find("HEAD") else { return CheckedOut::default() };
        let branch = match &head.target {
            Target::Symbolic(name) => name.as_bstr().strip_prefix(b"refs/heads/").map(String::from_utf8_lossy),
            Target::Object(_) => None,
        };
        // Where refs are kept in tables, the file names a branch that no repository can have.
        let branch = branch.filter(|branch| branch != ".invalid").map(std::borrow::Cow::into_owned);
        let packed = store.open_packed_buffer().ok().flatten();
        let commit = head.follow_to_object_packed(&store, packed.as_ref()).ok().map(|id| id.to_string());
        CheckedOut { commit, branch }
    }

    /// The normalised address (`host/path`) of `origin`, or else of the first remote by name.
    #[must_use]
    pub fn remote(&self) -> Option<String> {
        let config = self.config()?;
        let mut remotes: Vec<(String, String)> = config
            .sections_by_name("remote")?
            .filter_map(|section| {
                Some((section.header().subsection_name()?.to_string(), section.value("url")?.to_string()))
            })
            .collect();
        remotes.sort_by_key(|(name, _)| (name != "origin", name.clone()));
        remotes.into_iter().find_map(|(_, address)| normalised_remote(&address))
    }
}

/// The `CODEOWNERS` of a folder, and its place in it: the first there is, as a code host looks for it. Not a link, and not
/// longer than a host reads.
#[must_use]
pub fn code_owners(root: &Path) -> Option<(&'static str, String)> {
    codeowners::PLACES.into_iter().find_map(|place| {
        let file = root.join(place);
        let is_read = file.symlink_metadata().is_ok_and(|there| there.is_file() && there.len() <= codeowners::MOST);
        let text = is_read.then(|| std::fs::read(&file).ok()).flatten()?;
        Some((place, String::from_utf8_lossy(&text).into_owned()))
    })
}

/// Follows a `commondir` file, as a linked work tree's git folder has one.
fn common_dir(git_dir: &Path) -> PathBuf {
    match std::fs::read_to_string(git_dir.join("commondir")) {
        Ok(to) => git_dir.join(to.trim_end()),
        Err(_) => git_dir.to_path_buf(),
    }
}

/// `host/path` of a remote's address: no scheme, no credentials, no port, no `.git`, the host in lower case. `None` for a
/// path on this machine, which would differ from clone to clone.
#[must_use]
pub fn normalised_remote(address: &str) -> Option<String> {
    let (host, path) = match address.split_once("://") {
        Some(("file", _)) => return None,
        Some(_) => {
            let url = url::Url::parse(address).ok()?;
            (url.host_str()?.to_owned(), url.path().to_owned())
        }
        None => scp_like(address)?,
    };
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    Some(format!("{}/{path}", host.to_ascii_lowercase()))
}

/// `user@host:path`, git's own short form of ssh. A Windows drive letter is not a host.
fn scp_like(address: &str) -> Option<(String, String)> {
    let (before, path) = address.split_once(':')?;
    let host = before.rsplit_once('@').map_or(before, |(_, host)| host);
    let is_host = host.len() > 1 && !host.contains(['/', '\\']);
    is_host.then(|| (host.to_owned(), path.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remotes_lose_scheme_credentials_port_and_suffix() {
        for address in [
            "https://github.test/Owner/Repo.git",
            "https://user:secret@GitHub.test/Owner/Repo",
            "ssh://git@github.test:2222/Owner/Repo.git",
            "git@github.test:Owner/Repo.git",
        ] {
            assert_eq!(normalised_remote(address).as_deref(), Some("github.test/Owner/Repo"), "{address}");
        }
        for address in ["/srv/git/repo.git", "../other", "C:/repos/x", "file:///srv/x"] {
            assert_eq!(normalised_remote(address), None, "{address}");
        }
    }
}
