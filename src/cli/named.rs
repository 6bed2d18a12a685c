//! The files that a configuration or the command line names. Those of a configuration that was merely found are read
//! when they are checked and never again: what was checked is what is used.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use zeroize::Zeroizing;

/// The longest configuration or key file that is read because a repository says so.
pub(crate) const MOST_FOUND: u64 = 64 << 10;
/// The longest list or rule file that is read because a repository says so.
pub(crate) const MOST_LISTED: u64 = 16 << 20;

/// The longest file that is read because the user says so.
const MOST: u64 = 256 << 20;

/// What was read already.
#[derive(Debug, Default)]
pub(crate) struct Named {
    files: BTreeMap<PathBuf, Zeroizing<Vec<u8>>>,
    folders: BTreeMap<PathBuf, Vec<PathBuf>>,
    /// Where configurations name them.
    written: BTreeMap<PathBuf, String>,
}

impl Named {
    /// The bytes of a file.
    pub(crate) fn read(&self, file: &Path) -> Result<Zeroizing<Vec<u8>>> {
        if let Some(bytes) = self.files.get(file) {
            return Ok(bytes.clone());
        }
        let read = read_at_most(file, MOST);
        match self.written.get(file) {
            Some(at) => read.with_context(|| format!("{at} names it, relative to that file")),
            None => read,
        }
    }

    /// Remembers that a configuration names the file at this place.
    pub(crate) fn written(&mut self, file: &Path, at: String) {
        self.written.insert(file.to_path_buf(), at);
    }

    /// The rule files behind a path: itself, or every `.toml` file of a folder, in order.
    pub(crate) fn rule_files(&self, path: &Path) -> Result<Vec<PathBuf>> {
        let inside = match self.folders.get(path) {
            Some(inside) => inside.clone(),
            None if !self.files.contains_key(path) && path.is_dir() => {
                rules_in(path).with_context(|| format!("list the rules in {}", path.display()))?
            }
            None => return Ok(vec![path.to_path_buf()]),
        };
        if inside.is_empty() {
            bail!("{}: no .toml file in it", path.display());
        }
        Ok(inside)
    }

    /// Reads a file for a configuration that was found in the repository at `top`, and keeps it. Refuses what is no
    /// regular file of that repository, or too long.
    pub(crate) fn keep(&mut self, top: &Path, file: &Path, most: u64) -> Result<&[u8]> {
        let bytes = read_inside(top, file, most)?;
        let kept = self.files.entry(file.to_path_buf()).or_default();
        *kept = bytes;
        Ok(kept)
    }

    /// The same with a rule file or a folder of them.
    pub(crate) fn keep_rules(&mut self, top: &Path, path: &Path) -> Result<()> {
        if !path.is_dir() {
            return self.keep(top, path, MOST_LISTED).map(|_| ());
        }
        inside(top, path)?;
        let files = rules_in(path)?;
        for file in &files {
            self.keep(top, file, MOST_LISTED).with_context(|| file.display().to_string())?;
        }
        self.folders.insert(path.to_path_buf(), files);
        Ok(())
    }
}

/// The rule files of a folder.
fn rules_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let files: io::Result<Vec<PathBuf>> = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect();
    let mut files = files?;
    files.retain(|file| file.extension().is_some_and(|ending| ending == "toml"));
    files.sort();
    Ok(files)
}

/// The real path of something in the repository.
fn inside(top: &Path, path: &Path) -> Result<PathBuf> {
    let real = path.canonicalize()?;
    ensure!(
        real.starts_with(top.canonicalize()?),
        "a configuration that was found in a repository may name files of that repository only; name it with --config \
         to use them"
    );
    Ok(real)
}

fn read_inside(top: &Path, file: &Path, most: u64) -> Result<Zeroizing<Vec<u8>>> {
    let opened = open(&inside(top, file)?)?;
    ensure!(opened.metadata()?.is_file(), "not a regular file; to use it, name the configuration with --config");
    let bytes = bytes_of(opened, most)?;
    bytes.with_context(|| format!("longer than {most} bytes; to use it, name the configuration with --config"))
}

/// Reads any file that the user names, a device or a pipe as well.
fn read_at_most(file: &Path, most: u64) -> Result<Zeroizing<Vec<u8>>> {
    let bytes = bytes_of(File::open(file)?, most)?;
    bytes.with_context(|| format!("longer than {} MiB, the most that is read; give it in parts", most >> 20))
}

/// All bytes; `None` if there are more than `most`.
fn bytes_of(opened: File, most: u64) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    opened.take(most + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}

/// Opens without waiting for a writer: it may be a pipe.
fn open(file: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    options.open(file)
}
