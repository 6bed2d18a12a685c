//! Our own JSON reports, read back as far as a key's later life needs them.

use jiff::Timestamp;
use serde::Deserialize;

use crate::issuer::Issuer;
use crate::location::Region;
use crate::severity::Severity;

/// The version of `docs/json.md` that is read.
const SCHEMA_VERSION: u64 = 1;

/// Why a file is no report that can be used. Says nothing of its text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EarlierError {
    /// It is something else.
    #[error("{file}: not a JSON report of skelkey{}; make one with `skelkey scan --format json --output FILE`", at(*.line))]
    NotAReport {
        /// As the user named it.
        file: String,
        /// Where it stops being one, from 1; 0 where that is not known.
        line: usize,
    },
    /// It is a report of another version.
    #[error("{file}: a report of version {version}, and this skelkey reads {SCHEMA_VERSION}")]
    OtherVersion {
        /// As the user named it.
        file: String,
        /// The version.
        version: u64,
    },
    /// Reports that were made under different fingerprint keys.
    #[error(
        "{file} was made under the fingerprint key {kid}, and {first_file} under {first_kid}: their fingerprints cannot \
         be compared. Make both with the same SKELKEY_FINGERPRINT_KEY (without one, each repository has a key of its own)"
    )]
    OtherKey {
        /// The report that differs.
        file: String,
        /// Its key's id.
        kid: String,
        /// The report or run that it differs from.
        first_file: String,
        /// That one's key's id.
        first_kid: String,
    },
}

fn at(line: usize) -> String {
    if line == 0 { String::new() } else { format!(" (line {line})") }
}

/// One report.
#[derive(Clone, Debug, Deserialize)]
pub struct Earlier {
    /// As the user named it.
    #[serde(skip)]
    pub file: String,
    /// Whether personal fields were left out of it.
    pub privacy: bool,
    /// Whether everything that was asked for was scanned.
    pub complete: bool,
    /// The moment of its judgement.
    pub now: Timestamp,
    /// The id of its fingerprint key.
    pub fingerprint_key: String,
    /// What its places are relative to.
    pub roots: Vec<EarlierRoot>,
    /// Its keys.
    pub findings: Vec<EarlierKey>,
}

/// A root.
#[derive(Clone, Debug, Deserialize)]
pub struct EarlierRoot {
    /// Its remote, if it has one.
    pub repository: Option<String>,
}

/// One key of it.
#[derive(Clone, Debug, Deserialize)]
pub struct EarlierKey {
    /// `leaked-key` or `inventory-key`.
    pub subject: String,
    /// `kid:hex`.
    pub fingerprint: String,
    /// The rule that found it.
    pub rule: String,
    /// Its title.
    pub title: String,
    /// The key as people may see it.
    pub masked: String,
    /// Who issued it.
    #[serde(deserialize_with = "issuer")]
    pub issuer: Issuer,
    /// How it was judged.
    pub judgement: EarlierJudgement,
    /// Who said what about it.
    pub dossier: Vec<EarlierStatement>,
    /// How the join to the lists went, in a sentence.
    pub join: Option<String>,
    /// Where it stood.
    pub places: Vec<EarlierPlace>,
}

/// A judgement.
#[derive(Clone, Debug, Deserialize)]
pub struct EarlierJudgement {
    /// How bad.
    #[serde(deserialize_with = "severity")]
    pub severity: Severity,
    /// Whether it worked.
    pub state: EarlierState,
    /// What was wrong.
    pub verdicts: Vec<EarlierVerdict>,
}

/// A state.
#[derive(Clone, Debug, Deserialize)]
pub struct EarlierState {
    /// `active`, `inactive` or `unknown`.
    pub is: String,
    /// Why it was inactive.
    pub because: Option<String>,
}

/// A verdict.
#[derive(Clone, Debug, Deserialize)]
pub struct EarlierVerdict {
    /// `SK1004`.
    pub id: String,
}

/// What one witness said.
#[derive(Clone, Debug, Deserialize)]
pub struct EarlierStatement {
    /// Who.
    pub evidence: EarlierEvidence,
    /// What.
    pub facts: EarlierFacts,
}

/// A witness.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "tier")]
pub enum EarlierEvidence {
    /// The key's own text.
    Decoded,
    /// A row of a list.
    Inventory {
        /// The list.
        file: String,
        /// The row's line.
        line: usize,
        /// How it was found.
        join: String,
    },
    /// The issuer.
    Probed {
        /// When it answered.
        at: Timestamp,
        /// Whom.
        host: String,
    },
}

/// Facts, as far as they are of use here.
#[derive(Clone, Debug, Deserialize)]
pub struct EarlierFacts {
    /// The issuer's public id.
    pub key_id: Option<String>,
    /// The owner's name for it.
    pub name: Option<String>,
    /// When it ends.
    pub expires: Option<EarlierExpiry>,
}

/// An end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EarlierExpiry {
    /// None.
    Never,
    /// At this moment.
    At(Timestamp),
}

/// A place.
#[derive(Clone, Debug, Deserialize)]
pub struct EarlierPlace {
    /// Index of its root.
    pub root: Option<usize>,
    /// Relative to the root.
    pub path: String,
    /// As it was shown.
    pub shown: String,
    /// Where in the file.
    pub region: Region,
}

fn issuer<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Issuer, D::Error> {
    String::deserialize(from).map(Issuer::new)
}

fn severity<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Severity, D::Error> {
    String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
}

/// The part of a report that says what it is.
#[derive(Deserialize)]
struct Head {
    schema_version: u64,
    tool: Tool,
}

#[derive(Deserialize)]
struct Tool {
    name: String,
}

/// Reads a report. `file` is for messages.
///
/// # Errors
/// When the text is no report of ours, or one of another version.
pub fn read(file: &str, text: &[u8]) -> Result<Earlier, EarlierError> {
    let wrong = |error: serde_json::Error| EarlierError::NotAReport { file: file.to_owned(), line: error.line() };
    // Some shells put a byte order mark before what they redirect.
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let head: Head = serde_json::from_slice(text).map_err(wrong)?;
    if head.tool.name != env!("CARGO_PKG_NAME") {
        return Err(EarlierError::NotAReport { file: file.to_owned(), line: 0 });
    }
    if head.schema_version != SCHEMA_VERSION {
        return Err(EarlierError::OtherVersion { file: file.to_owned(), version: head.schema_version });
    }
    let report: Earlier = serde_json::from_slice(text).map_err(wrong)?;
    if !is_key_id(&report.fingerprint_key) {
        return Err(EarlierError::NotAReport { file: file.to_owned(), line: 0 });
    }
    Ok(Earlier { file: file.to_owned(), ..report })
}

/// Whether a text may be the id of a fingerprint key: anything else is not repeated in a message.
fn is_key_id(text: &str) -> bool {
    (1..=16).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// Refuses reports that were made under different fingerprint keys.
///
/// # Errors
/// Names the first report that differs, both keys, and the report that it differs from.
pub fn same_key(reports: &[Earlier]) -> Result<(), EarlierError> {
    let Some((first, others)) = reports.split_first() else { return Ok(()) };
    match others.iter().find(|other| other.fingerprint_key != first.fingerprint_key) {
        Some(other) => Err(other.differs_from(&first.file, &first.fingerprint_key)),
        None => Ok(()),
    }
}

impl Earlier {
    /// The error for a report that was made under another fingerprint key than what `first` names.
    #[must_use]
    pub fn differs_from(&self, first: &str, first_kid: &str) -> EarlierError {
        EarlierError::OtherKey {
            file: self.file.clone(),
            kid: self.fingerprint_key.clone(),
            first_file: first.to_owned(),
            first_kid: first_kid.to_owned(),
        }
    }

    /// Its leaked keys.
    pub fn leaks(&self) -> impl Iterator<Item = &EarlierKey> {
        self.findings.iter().filter(|key| key.subject == "leaked-key")
    }

    /// Where a place is: the repository and the path, or what was shown.
    #[must_use]
    pub fn place(&self, place: &EarlierPlace) -> String {
        let root = place.root.and_then(|root| self.roots.get(root));
        let within = root.and_then(|root| root.repository.as_ref());
        let line = place.region.start_line;
        match within {
            Some(repository) => format!("{repository}: {}:{line}", place.path),
            None => format!("{}:{line}", place.shown),
        }
    }
}

impl EarlierKey {
    /// The strongest witness's end of it.
    #[must_use]
    pub fn expires(&self) -> Option<EarlierExpiry> {
        self.dossier.iter().find_map(|statement| statement.facts.expires)
    }

    /// The end that stands in its own text: nobody can move it.
    #[must_use]
    pub fn own_end(&self) -> Option<Timestamp> {
        let mut own = self.dossier.iter().filter(|statement| matches!(statement.evidence, EarlierEvidence::Decoded));
        own.find_map(|statement| match statement.facts.expires {
            Some(EarlierExpiry::At(at)) => Some(at),
            _ => None,
        })
    }

    /// The ids by which its text and its issuer know it.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.dossier.iter().filter_map(|statement| statement.facts.key_id.as_deref())
    }

    /// Whether a verdict of this id was given.
    #[must_use]
    pub fn has_verdict(&self, id: &str) -> bool {
        self.judgement.verdicts.iter().any(|verdict| verdict.id == id)
    }
}
