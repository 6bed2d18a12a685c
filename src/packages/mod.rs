//! Which package ids a repository publishes: read from the project files that the scan passes anyway.
//!
//! An id is only told where it stands there literally. What a build computes, what is not published, and what a
//! dependency publishes is left out: a wrong id would widen the key that is suggested.

mod cargo;
mod jsr;
mod msbuild;
mod node;
mod nuspec;
mod powershell;
mod python;
mod ruby;
mod xml;

use crate::issuer::Issuer;

/// Package ids that one project file publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publishes {
    /// Whose ids they are.
    pub issuer: Issuer,
    /// The ids, as written. Never empty; only letters, digits and `._-@/`.
    pub ids: Vec<String>,
}

/// Why a project file could not be read. Holds nothing of its text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackagesError {
    /// It is larger than any project file should be.
    #[error("the project file has {size} bytes, more than the {LARGEST} that are read; its package ids are not known")]
    TooLarge {
        /// Its size in bytes.
        size: usize,
    },
    /// It is not UTF-8.
    #[error("the project file is not UTF-8; save it as UTF-8 so that its package ids can be read")]
    NotUtf8,
    /// Its syntax is wrong.
    #[error("the project file is no valid {format}{}; its package ids are not known", at(*.line))]
    Malformed {
        /// What it should be.
        format: &'static str,
        /// Where it goes wrong, from 1.
        line: Option<usize>,
    },
}

fn at(line: Option<usize>) -> String {
    line.map(|line| format!(" (line {line})")).unwrap_or_default()
}

/// The largest project file that is read, in bytes.
pub const LARGEST: usize = 1 << 20;

/// The longest package id that any of these registries takes (npm's limit, the largest).
const LONGEST_ID: usize = 214;

/// One project file: its name's parts and its text.
struct Project<'a> {
    stem: &'a str,
    text: &'a str,
}

type Reader = fn(&Project<'_>) -> Result<Vec<String>, PackagesError>;

/// Reads what a project file publishes. `path` is relative to the root with `/` (or `\`) between names.
///
/// `None` when the path is no project file or belongs to a dependency; an empty list when the project publishes
/// nothing.
///
/// # Errors
/// When the file is too large, not UTF-8, or not valid in its format.
#[must_use]
pub fn read(path: &str, text: &[u8]) -> Option<Result<Vec<Publishes>, PackagesError>> {
    let name = path.rsplit_once(['/', '\\']).map_or(path, |(_, name)| name);
    let (issuer, read) = reader(name).filter(|_| is_read(path))?;
    Some(text_of(text).and_then(|text| read(&Project { stem: stem(name), text })).map(|ids| publishes(issuer, ids)))
}

/// Whether a file at this path is a project file.
#[must_use]
pub fn is_read(path: &str) -> bool {
    let (folders, name) = path.rsplit_once(['/', '\\']).unwrap_or(("", path));
    reader(name).is_some() && !folders.split(['/', '\\']).any(is_foreign)
}

fn reader(name: &str) -> Option<(Issuer, Reader)> {
    let exact: Option<(Issuer, Reader)> = match name {
        "package.json" => Some((Issuer::NPM, node::ids)),
        "pyproject.toml" => Some((Issuer::PYPI, python::pyproject)),
        "setup.cfg" => Some((Issuer::PYPI, |file| Ok(python::setup_cfg(file)))),
        "setup.py" => Some((Issuer::PYPI, |file| Ok(python::setup_py(file)))),
        "Cargo.toml" => Some((Issuer::CRATES_IO, cargo::ids)),
        "jsr.json" | "deno.json" => Some((Issuer::JSR, jsr::ids)),
        _ => None,
    };
    exact.or_else(|| {
        let lower = name.to_ascii_lowercase();
        if lower == "directory.build.props" {
            return Some((Issuer::NUGET, msbuild::shared));
        }
        match lower.rsplit_once('.')?.1 {
            "csproj" | "fsproj" | "vbproj" => Some((Issuer::NUGET, msbuild::project)),
            "nuspec" => Some((Issuer::NUGET, nuspec::ids)),
            "psd1" => Some((Issuer::POWERSHELL_GALLERY, |file| Ok(powershell::ids(file)))),
            "gemspec" => Some((Issuer::RUBYGEMS, |file| Ok(ruby::ids(file)))),
            _ => None,
        }
    })
}

fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Folders that hold other people's packages, copies that a build made, or samples that tests read.
const FOREIGN: &[&str] = &[
    "node_modules",
    "bower_components",
    "jspm_packages",
    "vendor",
    "vendored",
    "third_party",
    "third-party",
    "thirdparty",
    "external",
    "site-packages",
    "dist-packages",
    ".venv",
    "venv",
    ".tox",
    ".nox",
    ".cargo",
    ".bundle",
    ".nuget",
    "obj",
    "bin",
    "target",
    "fixtures",
    "__fixtures__",
    "__mocks__",
    "testdata",
];

fn is_foreign(folder: &str) -> bool {
    FOREIGN.iter().any(|name| folder.eq_ignore_ascii_case(name))
}

fn text_of(bytes: &[u8]) -> Result<&str, PackagesError> {
    if bytes.len() > LARGEST {
        return Err(PackagesError::TooLarge { size: bytes.len() });
    }
    let text = std::str::from_utf8(bytes).map_err(|_| PackagesError::NotUtf8)?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn publishes(issuer: Issuer, ids: Vec<String>) -> Vec<Publishes> {
    let mut unique: Vec<String> = Vec::new();
    for id in ids {
        let id = id.trim();
        if is_id(id) && !unique.iter().any(|known| known == id) {
            unique.push(id.to_owned());
        }
    }
    if unique.is_empty() { Vec::new() } else { vec![Publishes { issuer, ids: unique }] }
}

/// Whether it can be a package id at any of these registries. What a build fills in (`$(…)`, `$id$`, `{{…}}`) cannot.
fn is_id(id: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-@/".contains(&byte);
    (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(allowed) && id.bytes().any(|b| b.is_ascii_alphanumeric())
}

/// The line (from 1) of a byte offset.
fn line_at(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
}

/// A TOML text as a table. The parser's own message may quote the text, so only its line is kept.
fn toml_table(text: &str) -> Result<toml::Table, PackagesError> {
    text.parse::<toml::Table>().map_err(|error| PackagesError::Malformed {
        format: "TOML",
        line: error.span().map(|span| line_at(text, span.start)),
    })
}

#[cfg(test)]
mod tests;
