//! judge(facts, policy, now) → verdicts. Pure: no I/O, no clock, nothing but its arguments.

mod policy;
mod verdict;

use jiff::Timestamp;
use serde::Serialize;

pub use self::policy::{Ceiling, Policy};
pub use self::verdict::{Verdict, VerdictId};
use crate::issuer::Issuer;
use crate::key::{Dossier, Power, State};
use crate::severity::{Score, Severity};

/// How much of its owner's things a key reaches. The order is the rank.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case", tag = "reach")]
pub enum Breadth {
    /// Exactly one named thing.
    One,
    /// So many named things.
    Listed {
        /// How many.
        count: usize,
    },
    /// Nobody said.
    Unknown,
    /// Whatever matches a pattern.
    Pattern {
        /// Whether it also covers things that do not exist yet.
        covers_future: bool,
    },
    /// Everything that the owner has or will have.
    Everything,
}

/// Where and how openly the key lies, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exposure {
    /// Only in the owner's list: a key's hygiene, not a leak.
    None,
    /// In a scanned text.
    Leaked,
}

/// What is to be judged.
pub struct Case<'a> {
    /// What is known of the key.
    pub dossier: &'a Dossier,
    /// Who issued it, as the rule or the list says, where no witness in the dossier does.
    pub issuer: &'a Issuer,
    /// Whether it leaked.
    pub exposure: Exposure,
    /// How bad it is when nothing is known.
    pub default_severity: Severity,
    /// Package ids of that issuer that the owner is known to have (from the repository and the lists), sorted.
    pub known_packages: &'a [String],
    /// Whether an owner's list for this issuer was read in which the key is not (a shadow key).
    pub missing_from_inventory: bool,
    /// Path of the first place, for policies that hold by path; empty for a list row.
    pub path: &'a str,
}

/// The outcome for one key.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Judgement {
    /// How bad, by the one table.
    pub score: Score,
    /// The score as a word.
    pub severity: Severity,
    /// The word that enters a SARIF rule id: it depends on state, breadth and having an end, not on the days
    /// left, so that alerts do not flap.
    pub stable_severity: Severity,
    /// Whether the key works.
    pub state: State,
    /// What it reaches.
    pub breadth: Breadth,
    /// The strongest thing that it may do, if anybody said.
    pub power: Option<Power>,
    /// How many of the known packages its subjects cover, if both are known.
    pub covers: Option<usize>,
    /// Everything that was found wrong, worst first.
    pub verdicts: Vec<Verdict>,
    /// Sentences that never change the state or the severity (announced lifetime ceilings).
    pub notes: Vec<String>,
}

/// Judges one key.
#[must_use]
pub fn judge(_case: &Case<'_>, _policy: &Policy, _now: Timestamp) -> Judgement {
    todo!("judge")
}
