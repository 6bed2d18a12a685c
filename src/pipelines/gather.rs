//! Reads the pipelines among the files of a walk.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use super::structure::Structure;
use super::{LONGEST, Mention, Pipeline, System, alias, call, read};
use crate::issuer::Issuer;
use crate::source::{Blob, Part, Sink};

/// A mention, and the file in which it stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Found {
    /// Relative to the root. Escape before showing.
    pub path: String,
    /// As the user would open it. Escape before showing.
    pub shown: String,
    /// What runs the file.
    pub system: System,
    /// The mention.
    #[serde(flatten)]
    pub mention: Mention,
}

/// Takes every file of a walk and keeps what the pipelines among them name.
#[derive(Debug, Default)]
pub struct Gatherer {
    read: Mutex<Vec<(String, String, Pipeline)>>,
    notes: Mutex<Vec<String>>,
}

/// Everything that the pipelines of a walk tell.
#[derive(Debug, Default)]
pub struct Pipelines {
    /// All mentions, by file and line, each under the name of its secret.
    pub mentions: Vec<Found>,
    /// Sentences about files that could not be read as what they are.
    pub notes: Vec<String>,
    /// By the path as shown.
    files: BTreeMap<String, (System, Option<Structure>)>,
    /// Workflow files (their names alone) and to whom they publish.
    publishing: Vec<(String, Issuer)>,
}

impl Pipelines {
    /// How many files were read.
    #[must_use]
    pub fn files(&self) -> usize {
        self.files.len()
    }

    /// The file name of the one GitHub workflow that publishes to an issuer; `None` where there is none, or several.
    #[must_use]
    pub fn workflow_that_publishes_to(&self, issuer: &Issuer) -> Option<&str> {
        let mut names = self.publishing.iter().filter(|(_, to)| to == issuer).map(|(name, _)| name.as_str());
        names.next().filter(|_| names.next().is_none())
    }

    /// What runs the file that is shown as `shown`, and the job around its line.
    #[must_use]
    pub fn job_at(&self, shown: &str, line: usize) -> Option<(System, Option<&str>)> {
        let (system, structure) = self.files.get(shown)?;
        Some((*system, structure.as_ref().and_then(|structure| structure.job(line))))
    }
}

impl Gatherer {
    /// What was told, in the order of the files' names.
    #[must_use]
    pub fn finish(self) -> Pipelines {
        let mut files = self.read.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut notes = self.notes.into_inner().unwrap_or_else(PoisonError::into_inner);
        files.sort_by(|a, b| a.0.cmp(&b.0));
        notes.sort();
        // What a pipeline sets a script may read; what two pipelines set differently is nobody's.
        let everywhere = shared(&files);
        let mut pipelines = Pipelines { notes, ..Pipelines::default() };
        let mut callers: Vec<call::Caller> = Vec::new();
        for (path, shown, pipeline) in files {
            let Pipeline { system, mentions, aliases, structure, publishes } = pipeline;
            if let Some((_, name)) = path.rsplit_once(".github/workflows/") {
                pipelines.publishing.extend(publishes.into_iter().map(|to| (name.to_owned(), to)));
            }
            let own: BTreeMap<String, String> = aliases.into_iter().collect();
            for mention in mentions {
                let mut mention = resolved(mention, &own);
                if matches!(system, System::Script | System::Settings | System::Dockerfile) {
                    mention = resolved(mention, &everywhere);
                }
                pipelines.mentions.push(Found { path: path.clone(), shown: shown.clone(), system, mention });
            }
            let mut structure = structure;
            let calls = structure.as_mut().map(|structure| std::mem::take(&mut structure.calls)).unwrap_or_default();
            if !calls.is_empty() {
                callers.push((path.clone(), shown.clone(), calls));
            }
            pipelines.files.insert(shown, (system, structure));
        }
        call::follow(&callers, &mut pipelines.mentions);
        pipelines.mentions.sort();
        pipelines.mentions.dedup();
        pipelines
    }

    fn note(&self, sentence: String) {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).push(sentence);
    }
}

fn resolved(mut mention: Mention, aliases: &BTreeMap<String, String>) -> Mention {
    let source = alias::source(aliases, &mention.name).to_owned();
    if source != mention.name {
        let through = std::mem::replace(&mut mention.name, source);
        mention.through.get_or_insert(through);
    }
    mention
}

fn shared(files: &[(String, String, Pipeline)]) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, Option<String>> = BTreeMap::new();
    for (.., pipeline) in files.iter().filter(|(.., pipeline)| pipeline.system.is_yaml()) {
        for (name, from) in &pipeline.aliases {
            let known = all.entry(name.clone()).or_insert_with(|| Some(from.clone()));
            if known.as_ref() != Some(from) {
                *known = None;
            }
        }
    }
    all.into_iter().filter_map(|(name, from)| Some((name, from?))).collect()
}

impl Sink for Gatherer {
    fn take(&self, _worker: usize, blob: &Blob<'_>) {
        if System::of(blob.path).is_none() {
            return;
        }
        if blob.bytes.len() > LONGEST {
            self.note(format!("{}: too long for a pipeline; the names in it are not known", blob.shown));
            return;
        }
        let text = String::from_utf8_lossy(blob.bytes);
        if let Some(pipeline) = read(blob.path, &text) {
            if pipeline.structure.is_none() {
                self.note(format!("{}: not valid YAML; the names in it are known, its jobs are not", blob.shown));
            }
            let entry = (blob.path.to_owned(), blob.shown.to_owned(), pipeline);
            self.read.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
        }
    }

    fn take_part(&self, _worker: usize, blob: &Blob<'_>, part: &Part) {
        if part.offset == 0 && System::of(blob.path).is_some() {
            self.note(format!("{}: too long for a pipeline; the names in it are not known", blob.shown));
        }
    }

    fn overlap(&self) -> usize {
        0
    }
}
