//! The pipeline: parallel producers, one reducer, deterministic order.
//!
//! A [`Scanner`] is built once from rules and [`Settings`]. Its workers turn blobs into sightings (a secret, its place, a
//! masked frame); the reducer sorts them, groups them by key, lets every witness speak about each key, judges it,
//! and fills in its remedy. The secrets live in the reducer's side table until the last look-up and are wiped with it.

#[cfg(feature = "probe")]
mod ask;
#[cfg(not(feature = "probe"))]
#[path = "ask_nobody.rs"]
mod ask;
mod assemble;
mod audit;
mod clues;
mod companion;
mod covers;
mod frame;
#[cfg(feature = "git")]
mod git;
mod scrub;
mod sighting;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use crate::coverage::{Configuration, Coverage, Reason};
use crate::decode::readable;
use crate::detect::Detector;
use crate::finding::{Mode, Report, Root};
use crate::hygiene::{Policy, Verdict};
use crate::inventory::Inventory;
use crate::issuer::Issuer;
use crate::rules::RuleSet;
use crate::secret::FingerprintKey;
use crate::severity::Confidence;
use crate::source::{Blob, CheckedOut, FileOptions, Files, Outcome, Progress, Repository, Sink, Standing};

use self::assemble::Assembly;
use self::scrub::Scrub;
use self::sighting::{Gathered, Gatherer};

/// Everything that a run depends on besides its input. The library reads no clock and no environment: it is all here.
#[derive(Debug)]
pub struct Settings {
    /// The moment of judgement.
    pub now: Timestamp,
    /// Whether the user gave `now`.
    pub now_is_given: bool,
    /// Least confidence that is shown and counts.
    pub confidence: Confidence,
    /// What the owner tolerates.
    pub policy: Policy,
    /// The owner's lists.
    pub inventories: Vec<Inventory>,
    /// The owner's fingerprint key; `None` for the published one.
    pub fingerprint_key: Option<FingerprintKey>,
    /// Issuers of which the configuration says that keys of their format belong to their public host.
    pub assumed_issuers: BTreeSet<Issuer>,
    /// Packages that the owner is known to have, besides those that the files publish.
    pub known_packages: BTreeMap<Issuer, Vec<String>>,
    /// SHA-256 of the configuration in force, for the coverage statement.
    pub config_hash: String,
    /// What of it decides what is seen and when the run fails, for the same statement.
    pub configuration: Configuration,
    /// Whether comments (`skelkey:ignore`) may set findings aside.
    pub inline_ignore: bool,
    /// Only keys of these fingerprints (`kid:hex`) are reported and asked about; all, where it is `None`.
    pub only: Option<BTreeSet<String>>,
    /// What the configuration sets aside.
    pub allow: Vec<Allow>,
    /// Whether nothing is set aside without a reason.
    pub strict: bool,
}

pub use self::ask::Asking;
pub use self::covers::Allow;
#[cfg(feature = "git")]
pub use self::git::GitScan;

/// A text that is not on disk, or not as it is there.
#[derive(Clone, Copy, Debug)]
pub struct Text<'t> {
    /// The file that it belongs to, as the rules' conditions see it; empty if it belongs to none.
    pub path: &'t str,
    /// How a report calls its place.
    pub shown: &'t str,
    /// The text.
    pub bytes: &'t [u8],
}

/// Who asks issuers in a run, if anybody may.
pub type Asker<'a> = Option<&'a Asking<'a>>;

impl Settings {
    /// The usual settings at a moment: medium confidence, the default policy, no list, the published fingerprint key.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self {
            now,
            now_is_given: true,
            confidence: Confidence::Medium,
            policy: Policy::default(),
            inventories: Vec::new(),
            fingerprint_key: None,
            assumed_issuers: BTreeSet::new(),
            known_packages: BTreeMap::new(),
            config_hash: String::new(),
            configuration: Configuration::default(),
            inline_ignore: true,
            only: None,
            allow: Vec::new(),
            strict: false,
        }
    }
}

/// Rules and settings, ready to scan.
pub struct Scanner {
    detector: Detector,
    settings: Settings,
}

impl Scanner {
    /// Prepares a scan.
    ///
    /// # Errors
    /// Rules from which no prefilter can be built.
    pub fn new(rules: Arc<RuleSet>, settings: Settings) -> Result<Self, String> {
        Ok(Self { detector: Detector::new(rules)?, settings })
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &RuleSet {
        self.detector.rules()
    }

    fn detector(&self) -> &Detector {
        &self.detector
    }

    /// Masks every key in words that did not come from a scan and are going to be shown.
    pub fn mask(&self, words: &mut String) {
        Scrub::new(&self.detector).name(words);
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Scans files and folders.
    #[must_use]
    pub fn files(&self, paths: &[PathBuf], options: FileOptions, progress: &Progress, ask: Asker<'_>) -> Report {
        let jobs = options.jobs.max(1);
        let files = Files::open(paths, options);
        let roots: Vec<Root> = files.roots().iter().map(|(path, around)| root_of(path, around.as_ref())).collect();
        let gatherer = Gatherer::new(&self.detector, &self.settings, progress, jobs);
        let mut outcome = files.scan(&gatherer, progress);
        let inputs: Vec<String> = paths.iter().map(|path| path.to_string_lossy().into_owned()).collect();
        say_interrupted(progress, &inputs, &mut outcome);
        self.report(gatherer, &roots, inputs, outcome, ask)
    }

    /// Scans one text that has no file.
    #[must_use]
    pub fn text(&self, text: &[u8], input: &str, progress: &Progress, ask: Asker<'_>) -> Report {
        self.one(text, input, &Standing::default(), progress, ask)
    }

    /// Scans the text that a file is going to have.
    #[must_use]
    pub fn document(&self, text: &[u8], file: &Standing, progress: &Progress) -> Report {
        self.one(text, &file.path, file, progress, None)
    }

    fn one(&self, text: &[u8], input: &str, file: &Standing, progress: &Progress, ask: Asker<'_>) -> Report {
        let gatherer = Gatherer::new(&self.detector, &self.settings, progress, 0);
        let roots: Vec<Root> = file.root.iter().map(|root| root_of(root, file.repository.as_ref())).collect();
        let mut outcome = Outcome::default();
        if text.is_empty() {
            outcome.skipped(Reason::Empty, input, None, Some("no byte arrived; pipe a text into it".to_owned()));
        } else {
            let readable = readable(text);
            let root = file.root.as_ref().map(|_| 0);
            gatherer.take(0, &Blob { root, path: &file.path, shown: input, bytes: &readable });
            outcome.scanned(text.len() as u64);
        }
        Report { mode: Mode::Text, ..self.report(gatherer, &roots, vec![input.to_owned()], outcome, ask) }
    }

    /// Scans several texts that are not on disk, each as if it were the file at its path.
    #[must_use]
    pub fn texts(&self, texts: &[Text<'_>], input: &str, progress: &Progress) -> Report {
        let gatherer = Gatherer::new(&self.detector, &self.settings, progress, 0);
        let mut outcome = Outcome::default();
        for text in texts {
            let readable = readable(text.bytes);
            gatherer.take(0, &Blob { root: None, path: text.path, shown: text.shown, bytes: &readable });
            outcome.scanned(text.bytes.len() as u64);
        }
        if texts.is_empty() {
            outcome.skipped(Reason::Empty, input, None, Some("no text arrived".to_owned()));
        }
        self.report(gatherer, &[], vec![input.to_owned()], outcome, None)
    }

    /// Judges the owner's lists alone, without any scan.
    #[must_use]
    pub fn audit(&self) -> Report {
        audit::audit(self, audit::Asked::Everything, &|_, _| Vec::new())
    }

    /// The same with what is told of each row besides: index of its list, index in the list.
    #[must_use]
    pub fn audit_with(&self, told: &dyn Fn(usize, usize) -> Vec<Verdict>) -> Report {
        audit::audit(self, audit::Asked::Everything, told)
    }

    /// The rows of which something is told, judged by that alone.
    #[must_use]
    pub fn told_of_rows(&self, told: &dyn Fn(usize, usize) -> Vec<Verdict>) -> Report {
        audit::audit(self, audit::Asked::ToldAlone, told)
    }

    fn report(
        &self,
        gatherer: Gatherer<'_>,
        roots: &[Root],
        inputs: Vec<String>,
        outcome: Outcome,
        ask: Asker<'_>,
    ) -> Report {
        // Who wants the run to end does not want to wait for anybody's answer.
        let ask = ask.filter(|_| !gatherer.is_interrupted());
        let mut scrub = Scrub::new(&self.detector);
        let mut coverage = self.coverage(inputs, outcome);
        scrub.coverage(&mut coverage);
        let Gathered { sightings, mut published, mut notes, comments, clues } = gatherer.finish();
        for one in &mut published {
            scrub.names(&mut one.ids);
        }
        scrub.names(&mut notes);
        Assembly::new(self, roots, published, clues).report(sightings, notes, &comments, coverage, ask)
    }

    fn coverage(&self, inputs: Vec<String>, outcome: Outcome) -> Coverage {
        let (blobs_seen, blobs_scanned, bytes_scanned) = (outcome.seen, outcome.scanned, outcome.bytes);
        let (skipped, skips) = outcome.into_parts();
        Coverage {
            inputs,
            blobs_seen,
            blobs_scanned,
            bytes_scanned,
            skipped,
            skips,
            rules: self.rules().in_force(),
            rules_hash: self.rules().hash.clone(),
            config_hash: self.settings.config_hash.clone(),
            configuration: self.settings.configuration.clone(),
        }
    }
}

fn root_of(path: &Path, repository: Option<&Repository>) -> Root {
    let CheckedOut { commit, branch } = repository.map(Repository::checked_out).unwrap_or_default();
    Root {
        path: path.to_string_lossy().into_owned(),
        repository: repository.and_then(Repository::remote),
        revision: commit,
        branch,
    }
}

/// Names a run's early end as a gap of each input: what was not scanned is not known.
fn say_interrupted(progress: &Progress, inputs: &[String], outcome: &mut Outcome) {
    for input in inputs.iter().filter(|_| progress.is_interrupted()) {
        let why = "ended before all of it was scanned; what was found until then is reported".to_owned();
        outcome.skipped(Reason::Interrupted, input, None, Some(why));
    }
}
