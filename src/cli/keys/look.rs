//! What is looked at before keys are told together with the jobs that use them: the pipelines, and a scan of the same
//! files.

use std::path::PathBuf;

use anyhow::Result;
use skelkey::finding::Report;
use skelkey::lifecycle::forecast::{Affected, Sources};
use skelkey::pipelines::{Gatherer, Pipelines};
use skelkey::scan::Scanner;
use skelkey::secret::FingerprintKey;
use skelkey::source::{FileOptions, Files, Progress};

use super::super::args::SourceArgs;
use super::super::config::Loaded;
use super::super::options;

pub(super) struct Look {
    /// The scan.
    pub(super) seen: Report,
    pub(super) pipelines: Pipelines,
    /// Under which ids are made where the owner has no key.
    published: FingerprintKey,
}

impl Look {
    pub(super) fn at(paths: &[PathBuf], loaded: &Loaded, scanner: &Scanner) -> Result<Self> {
        let files = options::file_options(&SourceArgs::default(), loaded)?;
        let seen = scanner.files(paths, files.clone(), &Progress::default(), None);
        let mut pipelines = pipelines(paths, files);
        pipelines.notes.iter_mut().for_each(|note| scanner.mask(note));
        Ok(Self { seen, pipelines, published: FingerprintKey::published(None) })
    }

    /// The same beside the owner's lists.
    pub(super) fn sources<'a>(&'a self, loaded: &'a Loaded, scanner: &'a Scanner) -> Sources<'a> {
        let settings = scanner.settings();
        Sources {
            lists: &settings.inventories,
            pipelines: &self.pipelines,
            scan: &self.seen,
            stated: &loaded.config.secrets,
            policy: &settings.policy,
            fingerprint_key: settings.fingerprint_key.as_ref().unwrap_or(&self.published),
        }
    }
}

/// What the pipelines below `paths` name.
fn pipelines(paths: &[PathBuf], files: FileOptions) -> Pipelines {
    let gatherer = Gatherer::default();
    // What cannot be read is a gap of the scan over the same files, and told there.
    let _ = Files::open(paths, files).scan(&gatherer, &Progress::default());
    gatherer.finish()
}

/// Masks every key in what pipelines call their files, jobs and variables.
pub(super) fn mask_uses(scanner: &Scanner, used: &mut [Affected]) {
    for one in used {
        scanner.mask(&mut one.file);
        for name in [&mut one.job, &mut one.secret, &mut one.through].into_iter().flatten() {
            scanner.mask(name);
        }
    }
}
