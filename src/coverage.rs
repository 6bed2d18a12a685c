//! What was seen, scanned and skipped, and why: the statement that makes a pass mean something.

use serde::{Deserialize, Serialize};

/// Why something that was seen was not scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// By an ignore rule of the repository. Stated policy: the run stays complete.
    Ignored,
    /// By an exclude of the configuration. Stated policy.
    Excluded,
    /// Larger than the size limit. Stated policy.
    TooLarge,
    /// A link that leads out of the root, or not a regular file. Stated policy.
    NotAFile,
    /// Only a pointer to content that is kept elsewhere (Git LFS). Stated policy.
    Elsewhere,
    /// An earlier run read it, under the same rules, and it holds nothing: the cache knows it. No gap.
    Known,
    /// It could not be read: the run is incomplete.
    Unreadable,
    /// It was gone before it could be read: the run is incomplete.
    Vanished,
    /// A named source that cannot be opened: the run is incomplete.
    Missing,
    /// A source that yields nothing at all: the run is incomplete.
    Empty,
    /// The run was interrupted.
    Interrupted,
}

impl Reason {
    /// Every one of them.
    pub const ALL: [Self; 11] = [
        Self::Ignored,
        Self::Excluded,
        Self::TooLarge,
        Self::NotAFile,
        Self::Elsewhere,
        Self::Known,
        Self::Unreadable,
        Self::Vanished,
        Self::Missing,
        Self::Empty,
        Self::Interrupted,
    ];

    /// Whether something that was asked for could not be scanned.
    #[must_use]
    pub fn is_gap(self) -> bool {
        !matches!(
            self,
            Self::Ignored | Self::Excluded | Self::TooLarge | Self::NotAFile | Self::Elsewhere | Self::Known
        )
    }

    /// The verdict id of a gap or a skip of this sort.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Ignored => "SK3001",
            Self::Excluded => "SK3002",
            Self::TooLarge => "SK3003",
            Self::NotAFile => "SK3004",
            Self::Elsewhere => "SK3005",
            Self::Known => "SK3006",
            Self::Unreadable => "SK3101",
            Self::Vanished => "SK3102",
            Self::Missing => "SK3103",
            Self::Empty => "SK3104",
            Self::Interrupted => "SK3105",
        }
    }

    /// In a few words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Ignored => "ignored by the repository",
            Self::Excluded => "excluded by the configuration",
            Self::TooLarge => "over the size limit",
            Self::NotAFile => "not a regular file",
            Self::Elsewhere => "kept elsewhere, only a pointer to it is here",
            Self::Known => "known to hold nothing (cache)",
            Self::Unreadable => "unreadable",
            Self::Vanished => "vanished during the scan",
            Self::Missing => "cannot be opened",
            Self::Empty => "gave nothing to scan",
            Self::Interrupted => "interrupted",
        }
    }
}

/// One thing that was not scanned.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub struct Skip {
    /// Its path as people know it.
    pub path: String,
    /// Why.
    pub reason: Reason,
    /// The operating system's or the reader's message; never content.
    pub detail: Option<String>,
    /// Its size, where it is known.
    pub bytes: Option<u64>,
}

/// How much of one reason there was.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Count {
    /// Why.
    pub reason: Reason,
    /// How many files (an ignored folder counts each file in it).
    pub files: u64,
    /// Their bytes, as far as known.
    pub bytes: u64,
}

/// What of the configuration in force decides what a run sees and when it fails.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Configuration {
    /// The files it comes from, weakest first.
    pub files: Vec<String>,
    /// Rules that it switches off.
    pub disabled_rules: Vec<String>,
    /// Rules that it gives another severity or confidence: `acme-token (severity low)`.
    pub rerated_rules: Vec<String>,
    /// Rules that files of its own, or of the command line, replace.
    pub replaced_rules: Vec<String>,
    /// Globs of paths that it leaves out.
    pub exclude: Vec<String>,
    /// Findings that it sets aside: `tests/** (acme-token)`.
    #[serde(default)]
    pub allow: Vec<String>,
    /// The severity from which the run fails, where it is not the usual one.
    pub fail_on: Option<String>,
    /// The least confidence that is shown, where it is not the usual one.
    pub confidence: Option<String>,
    /// The size limit of files in bytes, where it is not the usual one.
    pub max_file_size: Option<u64>,
}

impl Configuration {
    /// In a sentence without its full stop; `None` where all is as usual.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        let mut parts = Vec::new();
        for (what, names) in [
            ("rules switched off", &self.disabled_rules),
            ("rules rated otherwise", &self.rerated_rules),
            ("rules replaced", &self.replaced_rules),
            ("paths left out", &self.exclude),
            ("findings set aside", &self.allow),
        ] {
            if !names.is_empty() {
                parts.push(format!("{what}: {}", names.join(", ")));
            }
        }
        parts.extend(self.fail_on.iter().map(|word| format!("fails only from {word}")));
        parts.extend(self.confidence.iter().map(|word| format!("shows confidence from {word}")));
        parts.extend(self.max_file_size.map(|bytes| format!("files up to {bytes} bytes")));
        let from = if self.files.is_empty() { "command line".to_owned() } else { self.files.join(", ") };
        match (self.files.is_empty(), parts.is_empty()) {
            (true, true) => None,
            (false, true) => Some(from),
            _ => Some(format!("{from} ({})", parts.join("; "))),
        }
    }
}

/// The statement of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Coverage {
    /// What was asked for, as typed.
    pub inputs: Vec<String>,
    /// Files (or other blobs) seen.
    pub blobs_seen: u64,
    /// Of those, scanned.
    pub blobs_scanned: u64,
    /// Bytes scanned.
    pub bytes_scanned: u64,
    /// Skips by reason, for every reason that occurred.
    pub skipped: Vec<Count>,
    /// Every gap, every file over the size limit and every pointer to content elsewhere, by path.
    pub skips: Vec<Skip>,
    /// Number of rules in force.
    pub rules: usize,
    /// SHA-256 of the rule set.
    pub rules_hash: String,
    /// SHA-256 of the configuration in force.
    pub config_hash: String,
    /// What of it decides what is seen and when the run fails.
    pub configuration: Configuration,
}

impl Coverage {
    /// Whether everything that was asked for was scanned or skipped by stated policy, and something was scanned.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.skipped.iter().any(|count| count.reason.is_gap() && count.files > 0)
    }

    /// Adds the gaps of another scan that belongs to the same run.
    pub fn add_gaps(&mut self, other: &Self) {
        self.skips.extend(other.skips.iter().filter(|skip| skip.reason.is_gap()).cloned());
        for count in other.skipped.iter().filter(|count| count.reason.is_gap()) {
            match self.skipped.iter_mut().find(|known| known.reason == count.reason) {
                Some(known) => {
                    known.files += count.files;
                    known.bytes += count.bytes;
                }
                None => self.skipped.push(count.clone()),
            }
        }
    }

    /// Files that an earlier run has read, and the cache knows to hold nothing.
    #[must_use]
    pub fn blobs_known(&self) -> u64 {
        self.skipped.iter().filter(|count| count.reason == Reason::Known).map(|count| count.files).sum()
    }

    /// Whether no file was read, by this run or by one of which the cache knows.
    #[must_use]
    pub fn nothing_scanned(&self) -> bool {
        self.blobs_scanned == 0 && self.blobs_known() == 0
    }

    /// Whether the source is whole and there is nothing in it, such as an index with nothing staged.
    #[must_use]
    pub fn had_nothing_to_scan(&self) -> bool {
        self.blobs_seen == 0 && self.is_complete()
    }
}
