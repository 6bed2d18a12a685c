//! What a configuration builds upon: a file beside it, or one from elsewhere that is pinned by its hash.
//!
//! A scan never fetches. `skelkey config fetch` does, and keeps the text under its hash ([`super::Store`]).

use std::fmt;
use std::path::{Component, Path, PathBuf};

use serde::Deserialize;

/// One entry of `extends`.
#[derive(Clone, Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "a path, { url = \"https://…\", sha256 = \"…\" } or { git = \"https://…\", commit = \"…\", path = \
                 \"…\", sha256 = \"…\" }"
)]
pub(crate) enum Extends {
    /// A file, relative to the one that names it.
    File(PathBuf),
    /// A file on a web server.
    Web(WebFile),
    /// A file in a commit of a git repository.
    Git(GitFile),
}

/// A file on a web server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebFile {
    pub(crate) url: String,
    /// SHA-256 of the file in lower-case hex.
    pub(crate) sha256: String,
}

/// A file in a commit of a git repository.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GitFile {
    /// The repository: `https://…`, `ssh://…` or `file://…`.
    pub(crate) git: String,
    /// The commit's whole name.
    pub(crate) commit: String,
    /// The file in that commit.
    pub(crate) path: PathBuf,
    /// SHA-256 of the file in lower-case hex.
    pub(crate) sha256: String,
}

impl Extends {
    /// What is wrong with it, and how to write it.
    pub(crate) fn mistake(&self) -> Option<&'static str> {
        match self {
            Self::File(_) => None,
            Self::Web(WebFile { url, sha256 }) => first([
                (!is_web(url), "`url` must be an https address"),
                (holds_credential(url), CREDENTIAL),
                (!is_hash(sha256), HASH),
            ]),
            Self::Git(GitFile { git, commit, path, sha256 }) => first([
                (
                    !is_repository(git),
                    "`git` must be an address like https://host/repository.git, or ssh:// or file://",
                ),
                (holds_credential(git), CREDENTIAL),
                (
                    !is_hex(commit, 40) && !is_hex(commit, 64),
                    "`commit` must be a commit's whole name: 40 or 64 characters of lower-case hex, not a branch or a tag",
                ),
                (!is_inside(path), "`path` must name a file inside the repository, like skelkey.toml"),
                (!is_hash(sha256), HASH),
            ]),
        }
    }

    /// The hash that pins it, if it comes from elsewhere.
    pub(crate) fn sha256(&self) -> Option<&str> {
        match self {
            Self::File(_) => None,
            Self::Web(WebFile { sha256, .. }) | Self::Git(GitFile { sha256, .. }) => Some(sha256),
        }
    }
}

/// As messages and reports name it.
impl fmt::Display for Extends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Web(web) => f.write_str(&web.url),
            Self::Git(GitFile { git, commit, path, .. }) => {
                write!(f, "{git}@{}:{}", commit.get(..12).unwrap_or(commit), path.display())
            }
        }
    }
}

const CREDENTIAL: &str =
    "leave user name, password and what follows `?` or `#` out of an address: messages and reports name it";
const HASH: &str = "`sha256` must be the file's SHA-256: 64 characters of lower-case hex (`sha256sum FILE`)";

fn first<const N: usize>(mistakes: [(bool, &'static str); N]) -> Option<&'static str> {
    mistakes.into_iter().find_map(|(is_one, words)| is_one.then_some(words))
}

/// Plain http is for loopback alone, where nobody listens in.
fn is_web(url: &str) -> bool {
    url.starts_with("https://") || is_loopback(url)
}

/// `http://127.0.0.1:8080/…`.
fn is_loopback(url: &str) -> bool {
    let host = url.strip_prefix("http://").map(|rest| rest.split([':', '/']).next().unwrap_or_default());
    matches!(host, Some("127.0.0.1" | "localhost"))
}

fn is_repository(url: &str) -> bool {
    ["https://", "ssh://", "file://"].iter().any(|scheme| url.starts_with(scheme))
}

/// A user name is part of an `ssh` address; anything else that stands before an `@` is a credential. So may be what stands
/// in a query, as in the addresses that servers sign.
fn holds_credential(url: &str) -> bool {
    if url.contains(['?', '#']) {
        return true;
    }
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest.split('/').next().unwrap_or_default());
    match authority.rsplit_once('@') {
        None => false,
        Some((user, _)) => !url.starts_with("ssh://") || user.contains(':'),
    }
}

fn is_hash(text: &str) -> bool {
    is_hex(text, 64)
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_inside(path: &Path) -> bool {
    let mut parts = path.components().peekable();
    parts.peek().is_some() && parts.all(|part| matches!(part, Component::Normal(_)))
}
