//! What an editor's folder is scanned with: its configuration, rules and baseline, read once.

use std::path::{Path, PathBuf};

use anyhow::Result;
use skelkey::finding::Report;
use skelkey::scan::Scanner;
use skelkey::severity::Severity;
use skelkey::source::{FileOptions, Progress, Standing};

use super::super::args::{Global, SourceArgs};
use super::super::baseline;
use super::super::config::Loaded;
use super::super::options::{self, Surroundings};
use super::super::session::Session;

/// A folder that is worked in.
pub(super) struct Workspace {
    scanner: Scanner,
    loaded: Loaded,
    files: FileOptions,
    /// From which severity on a finding would fail the gate.
    pub(super) fail_on: Severity,
}

impl Workspace {
    /// Reads what is in force in `folder`.
    pub(super) fn open(global: &Global, folder: &Path) -> Result<Self> {
        let around = Surroundings { here: folder.to_path_buf(), ..Surroundings::read()? };
        let loaded = around.config(global)?;
        let fail_on = options::fail_on(None, &loaded)?;
        let confidence = options::confidence(None, &loaded)?;
        let files = options::file_options(&SourceArgs::default(), &loaded)?;
        let inline_ignore = loaded.config.scan.inline_ignore.unwrap_or(true);
        let session = Session { global, around: &around, loaded: &loaded, lists: &[], confidence, inline_ignore };
        let scanner = session.scanner(|_| {})?;
        // A mistake in the baseline is told now and not at the first key.
        if let Some(file) = &loaded.config.scan.baseline {
            baseline::read(file, &loaded)?;
        }
        Ok(Self { scanner, loaded, files, fail_on })
    }

    /// Whether it was made of this file.
    pub(super) fn is_made_of(&self, file: &Path) -> bool {
        let same = |known: &Path| known == file || known.canonicalize().is_ok_and(|known| known == file);
        self.loaded.files.iter().chain(&self.loaded.config.scan.baseline).any(|known| same(known))
    }

    /// The findings of a document that count, or `None` where the folder's scans leave the file out.
    pub(super) fn scan(&self, file: Option<&Path>, text: &str) -> Result<Option<Report>> {
        let place = file.map(Standing::of).unwrap_or_default();
        if (place.is_ignored && !self.files.no_ignore) || self.files.exclude.is_match(&place.path) {
            return Ok(None);
        }
        let mut report = self.scanner.document(text.as_bytes(), &place, &Progress::default());
        if let Some(file) = &self.loaded.config.scan.baseline {
            baseline::read(file, &self.loaded)?.apply(&self.scanner, &mut report, |_| false)?;
        }
        Ok(Some(report))
    }
}

/// The folder that the editor works in: the one that it names, or else this process's own.
pub(super) fn folder(named: Option<PathBuf>) -> Result<PathBuf> {
    Ok(named.map_or_else(std::env::current_dir, Ok)?)
}
