//! One key → many places; identity; everything that a report may say. Holds no secret by construction.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::coverage::Coverage;
use crate::hygiene::Judgement;
use crate::issuer::Issuer;
use crate::key::{Conflict, Dossier};
use crate::location::Region;
use crate::provenance::Provenance;
use crate::secret::Masked;
pub use crate::secret::{Fingerprint, is_kid as is_key_id};
use crate::severity::{Confidence, Severity};
use crate::suppression::Suppression;

/// One folder or repository that places are relative to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Root {
    /// Absolute path.
    pub path: String,
    /// The repository's normalised remote (`host/path`, no scheme, no credentials), if it has one.
    pub repository: Option<String>,
    /// The id of the commit that the repository has checked out, in hex. The files of a work tree may be newer.
    #[serde(default)]
    pub revision: Option<String>,
    /// Its branch, unless `HEAD` stands at a commit of its own. Escape before showing.
    #[serde(default)]
    pub branch: Option<String>,
}

/// One line of source, every match on it masked, control and bidirectional characters escaped.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct FrameLine {
    /// Line number, from 1.
    pub number: usize,
    /// Safe text.
    pub text: String,
    /// Byte range in `text` that stands for this finding's secret, on the line where it begins.
    pub mark: Option<(usize, usize)>,
}

/// One place of a key.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Place {
    /// Index into [`Report::roots`]; `None` for standard input and inventory rows outside any root.
    pub root: Option<usize>,
    /// Relative to the root, `/` between names; the raw file name with invalid UTF-8 replaced. Escape before showing.
    pub path: String,
    /// The path as the user would open it from where the run started. Escape before showing.
    pub shown: String,
    /// Lines and columns of the secret.
    pub region: Region,
    /// Stable identity of this place.
    pub fingerprint: Fingerprint,
    /// The variable or field that the secret is assigned to, where the rule knows it.
    pub variable: Option<String>,
    /// The rule that found it here, if it is not the finding's own.
    pub rule: Option<String>,
    /// The lines around it.
    pub frame: Vec<FrameLine>,
    /// Where it stands in the repository's history; `None` for what was read from the work tree.
    pub provenance: Option<Box<Provenance>>,
    /// Who answers for the file, as the repository's `CODEOWNERS` says. Escape before showing.
    #[serde(default)]
    pub owners: Vec<String>,
    /// What sets it aside. Such places are in [`Report::suppressed`] in the end.
    #[serde(skip)]
    pub suppressed: Option<Suppression>,
}

/// Another part of a key that is made of several: an id, a session token, a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Part {
    /// What it is to the key (`access key id`).
    pub role: String,
    /// The rule that found it.
    pub rule: String,
    /// The text of an id, the mask of a secret. Escape before showing.
    pub text: String,
    /// As the key's own place has it.
    pub root: Option<usize>,
    /// As the key's own place has it. Escape before showing.
    pub path: String,
    /// As the key's own place has it. Escape before showing.
    pub shown: String,
    /// Lines and columns of it.
    pub region: Region,
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// A key that stands in a scanned text.
    LeakedKey,
    /// A key in the owner's list.
    InventoryKey,
}

/// Whether it is known which server the key is for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", tag = "by", content = "because")]
pub enum IssuerBasis {
    /// The format proves it.
    Format,
    /// Words near the key prove it.
    Context,
    /// The configuration says so.
    Configuration,
    /// It is in the list of this issuer's keys, joined by hash, id or both ends.
    Inventory,
    /// Nobody knows; the key is sent nowhere. The text says what would tell.
    Unproved(String),
}

/// The steps that close one key, every field filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize)]
pub struct Remedy {
    /// The issuer's exact page for this class of key.
    pub page: Option<String>,
    /// How to revoke it, in order.
    pub revoke: Vec<String>,
    /// The issuer's own command or API call.
    pub command: Option<String>,
    /// How to create its successor with the least it needs.
    pub recreate: Vec<String>,
    /// How to need no key: title, steps, snippet, its language, reference.
    pub keyless: Option<crate::rules::Keyless>,
}

/// One key, leaked or listed.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Finding {
    /// What it is about.
    pub subject: Subject,
    /// Stable identity of the key.
    pub fingerprint: Fingerprint,
    /// Whether that identity is made from the key's place, because its value could be guessed.
    #[serde(default)]
    pub by_place: bool,
    /// The rule's id; for a list row the id of its worst verdict.
    pub rule: String,
    /// The rule's or the verdict's title.
    pub title: String,
    /// The key as people may see it.
    pub masked: Masked,
    /// Who issued it.
    pub issuer: Issuer,
    /// Whether that is known.
    pub issuer_basis: IssuerBasis,
    /// The issuer's host, where it is known.
    pub host: Option<String>,
    /// How sure the match is.
    pub confidence: Confidence,
    /// Everything known of the key, witness by witness.
    pub dossier: Dossier,
    /// Where witnesses disagree.
    pub conflicts: Vec<Conflict>,
    /// How the join to the owner's list went, in a sentence; `None` when no list for this issuer was read.
    pub join: Option<String>,
    /// How bad, and why.
    pub judgement: Judgement,
    /// How to close it. Keys that are closed alike share it: there may be 100,000 of them.
    pub remedy: Arc<Remedy>,
    /// The other parts of the key that stand near it.
    pub parts: Vec<Part>,
    /// Where it stands, sorted. Never empty.
    pub places: Vec<Place>,
}

/// One issuer that was asked, or not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub struct Asked {
    /// The issuer.
    pub issuer: Issuer,
    /// The host.
    pub host: String,
    /// How many requests were sent.
    pub requests: usize,
}

/// Package ids that the scanned files publish, by issuer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub struct Published {
    /// Whose package ids they are.
    pub issuer: Issuer,
    /// Sorted, unique.
    pub ids: Vec<String>,
}

/// One place that somebody set aside.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct SetAside {
    /// The finding's rule.
    pub rule: String,
    /// The finding's severity.
    pub severity: Severity,
    /// The key.
    pub key: Fingerprint,
    /// The place.
    pub place: Fingerprint,
    /// As in [`Place::path`].
    pub path: String,
    /// Line of the secret, from 1.
    pub line: usize,
    /// By what, why, and until when.
    #[serde(flatten)]
    pub suppression: Suppression,
}

/// A place that the baseline knows, where the run looked and found its key no more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub struct Gone {
    /// As in [`Place::path`].
    pub path: String,
    /// The finding's rule.
    pub rule: String,
    /// The key.
    pub key: Fingerprint,
    /// The place.
    pub place: Fingerprint,
}

/// What a run looked at. Reports of one mode follow each other; those of different modes must not replace each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Files and folders as they lie there.
    #[default]
    Files,
    /// One text without a file.
    Text,
    /// What is staged for the next commit.
    Staged,
    /// What commits add.
    Range,
    /// Every object of a repository.
    History,
    /// The owner's lists alone.
    Keys,
    /// The owner's lists, for what ends soon.
    Forecast,
    /// The owner's lists beside earlier reports.
    Reconcile,
    /// The keys of an earlier report again.
    Recheck,
    /// Runs of several modes, merged.
    Mixed,
}

/// The outcome of one run: the one thing that every format is made from.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Report {
    /// What was looked at.
    #[serde(default)]
    pub mode: Mode,
    /// Whether a baseline was laid over it: what it covers is set aside, so whatever is left is new.
    #[serde(default)]
    pub compared: bool,
    /// The moment of judgement.
    pub now: Timestamp,
    /// Whether `now` was given by the user (then no run times are reported).
    pub now_is_given: bool,
    /// What places are relative to.
    pub roots: Vec<Root>,
    /// The id of the fingerprint key.
    pub fingerprint_key: String,
    /// Worst first, then by place.
    pub findings: Vec<Finding>,
    /// What comments and the baseline set aside: it counts nowhere else.
    pub suppressed: Vec<SetAside>,
    /// What the baseline knows and the run did not find again where it looked, sorted.
    #[serde(default)]
    pub gone: Vec<Gone>,
    /// Below the confidence that was asked for: counted, not shown.
    pub below_confidence: usize,
    /// Those keys. Only the run itself knows them.
    #[serde(skip)]
    pub unseen: Vec<Fingerprint>,
    /// The packages that the repository publishes.
    pub published: Vec<Published>,
    /// Whom we asked.
    pub asked: Vec<Asked>,
    /// Sentences about the run itself (a join that could not be made, an issuer that was not asked).
    pub notes: Vec<String>,
    /// What was seen, scanned and skipped.
    pub coverage: Coverage,
}

/// By place.
pub fn sort_aside(suppressed: &mut [SetAside]) {
    suppressed.sort_by(|a, b| (&a.path, a.line, &a.rule).cmp(&(&b.path, b.line, &b.rule)));
}

/// Worst first; equals by rule and first place, so that the order is the input's own.
pub fn worst_first(findings: &mut [Finding]) {
    fn place(finding: &Finding) -> Option<(Option<usize>, &str, Region)> {
        finding.places.first().map(|place| (place.root, place.path.as_str(), place.region))
    }
    findings.sort_by(|a, b| {
        let score = b.judgement.score.value().total_cmp(&a.judgement.score.value());
        score.then_with(|| place(a).cmp(&place(b))).then_with(|| a.rule.cmp(&b.rule))
    });
}

impl Report {
    /// Moves the places that are suppressed out of the findings, and the findings with them that have no other.
    pub fn set_aside(&mut self) {
        for finding in &mut self.findings {
            let Finding { rule, fingerprint, judgement, places, .. } = finding;
            places.retain_mut(|place| {
                let Some(suppression) = place.suppressed.take() else { return true };
                self.suppressed.push(SetAside {
                    rule: rule.clone(),
                    severity: judgement.severity,
                    key: fingerprint.clone(),
                    place: place.fingerprint.clone(),
                    path: place.path.clone(),
                    line: place.region.start_line,
                    suppression,
                });
                false
            });
        }
        self.findings.retain(|finding| !finding.places.is_empty());
        sort_aside(&mut self.suppressed);
    }
}
