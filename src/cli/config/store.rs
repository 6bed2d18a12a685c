//! Configurations from elsewhere that were fetched before, each under its hash. Safe to delete: fetching brings them back.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

/// A folder of configurations.
#[derive(Debug)]
pub(crate) struct Store {
    folder: PathBuf,
}

impl Store {
    /// In the user's cache folder.
    pub(crate) fn under(cache: &Path) -> Self {
        Self { folder: cache.join("skelkey").join("configurations") }
    }

    /// The text with this hash. `None` when it is not here, or no longer what the hash says.
    pub(crate) fn get(&self, sha256: &str) -> Option<Vec<u8>> {
        std::fs::read(self.file(sha256)).ok().filter(|text| hash(text) == sha256)
    }

    /// Keeps a text under its hash.
    pub(crate) fn put(&self, sha256: &str, text: &[u8]) -> Result<()> {
        let got = hash(text);
        ensure!(got == sha256, "it has the SHA-256 {got}, not the {sha256} that it is pinned to; nothing was kept");
        let keep = || -> std::io::Result<()> {
            std::fs::create_dir_all(&self.folder)?;
            let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
            file.write_all(text)?;
            file.persist(self.file(sha256))?;
            Ok(())
        };
        keep().with_context(|| format!("keep it in {}", self.folder.display()))
    }

    fn file(&self, sha256: &str) -> PathBuf {
        self.folder.join(format!("{sha256}.toml"))
    }
}

fn hash(text: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(text))
}
