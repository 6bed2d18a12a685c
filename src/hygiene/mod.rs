//! judge(facts, policy, now) → verdicts. Pure: no I/O, no clock, nothing but its arguments.

mod ceilings;
mod checks;
mod escape;
mod leak;
mod policy;
mod reading;
mod table;
pub mod verdict;
mod words;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::ceilings::{Ceiling, CeilingBasis, CeilingEvidence, ceilings};
pub use self::escape::{code, inside_code, visible};
pub use self::policy::{Limits, Policy, PolicyPart};
use self::reading::Reading;
pub use self::table::severity_page;
use self::table::{Presumed, score, word_weight};
pub use self::verdict::{VERDICTS, Verdict, VerdictId, VerdictInfo};
pub use self::words::{breadth_words, opens, power_words, until};
use crate::issuer::Issuer;
use crate::key::{Dossier, Power, State};
use crate::severity::{Score, Severity};

/// How much of its owner's things a key reaches. The order is the rank.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
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
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Judgement {
    /// How bad, by the one table.
    pub score: Score,
    /// The score as a word.
    pub severity: Severity,
    /// The word that enters a SARIF rule id: it depends on state, breadth, power and having an end, not on the days
    /// left, so that alerts do not flap. For a list row: that of its worst verdict, at least low.
    pub stable_severity: Severity,
    /// Whether the key works.
    pub state: State,
    /// What it reaches. With several grants: what the one reaches that weighs most.
    pub breadth: Breadth,
    /// The strongest thing that it may do there, if anybody said.
    pub power: Option<Power>,
    /// How many of the known packages its subjects cover, if both are known.
    pub covers: Option<usize>,
    /// How many packages of its issuer the owner is known to have.
    pub known_packages: usize,
    /// Everything that was found wrong, worst first.
    pub verdicts: Vec<Verdict>,
    /// Sentences that never change the state or the severity (announced lifetime ceilings).
    pub notes: Vec<String>,
}

/// Judges one key: pure, by the table of [`severity_page`]. The same arguments give the same judgement.
#[must_use]
pub fn judge(case: &Case<'_>, policy: &Policy, now: Timestamp) -> Judgement {
    judge_with(case, policy, now, &[])
}

/// The same with verdicts that rest on more than the key's own facts: which jobs use it, whether it stands in code.
#[must_use]
pub fn judge_with(case: &Case<'_>, policy: &Policy, now: Timestamp, told: &[Verdict]) -> Judgement {
    let reading = Reading::of(case, now);
    let presumed = Presumed(case.default_severity);
    let (breadth, power) = reading.worst(presumed);
    let cell = table::weight(&breadth, power, presumed);

    let mut found = checks::hygiene(case, &reading, &policy.for_case(reading.issuer, case.path));
    found.extend(told.iter().cloned().map(Found::lasting));
    let notes = if reading.is_dead() {
        Vec::new()
    } else {
        let (verdicts, notes) = ceilings::told_by(&policy.ceilings, &reading);
        found.extend(verdicts.into_iter().map(Found::lasting));
        notes
    };
    let weigh = |days_count| match case.exposure {
        Exposure::Leaked => table::leaked(&reading.state, cell, reading.expires, now, days_count),
        Exposure::None => worst_word(&found, days_count),
    };
    let (weight, stable) = (score(weigh(true)), score(weigh(false)).severity());
    if case.exposure == Exposure::Leaked {
        let leak = leak::verdicts(case, &reading, &breadth, power, weight.severity());
        found.extend(leak.into_iter().map(Found::lasting));
    }
    Judgement {
        score: weight,
        severity: weight.severity(),
        stable_severity: stable,
        breadth,
        power,
        covers: reading.covers(case.known_packages),
        known_packages: case.known_packages.len(),
        state: reading.state,
        verdicts: sorted(found),
        notes,
    }
}

impl Judgement {
    /// The judgement of a key of which nothing is known but these verdicts.
    #[must_use]
    pub fn of_verdicts(verdicts: Vec<Verdict>) -> Self {
        let unknown = Self {
            score: score(0),
            severity: Severity::Note,
            stable_severity: Severity::Note,
            state: State::Unknown,
            breadth: Breadth::Unknown,
            power: None,
            covers: None,
            known_packages: 0,
            verdicts: Vec::new(),
            notes: Vec::new(),
        };
        unknown.of_these(verdicts)
    }

    /// The same key, judged by these verdicts alone: for a question that is not about everything that is wrong with it.
    #[must_use]
    pub fn of_these(self, verdicts: Vec<Verdict>) -> Self {
        let worst = verdicts.iter().map(|verdict| verdict.severity).max().unwrap_or(Severity::Note);
        let weight = score(word_weight(worst));
        let stable = worst.max(Severity::Low);
        Self { score: weight, severity: worst, stable_severity: stable, verdicts, ..self }
    }
}

/// A verdict, and whether it comes and goes with the days.
struct Found {
    verdict: Verdict,
    with_the_days: bool,
}

impl Found {
    fn lasting(verdict: Verdict) -> Self {
        Self { verdict, with_the_days: false }
    }

    fn passing(verdict: Verdict) -> Self {
        Self { verdict, with_the_days: true }
    }
}

/// The weight of the worst verdict about a key that has not leaked. Without the days it is at least low, the weight
/// of the warning that an end is near, so that the warning changes nothing.
fn worst_word(found: &[Found], days_count: bool) -> i32 {
    let counted = found.iter().filter(|found| days_count || !found.with_the_days);
    let least = if days_count { Severity::Note } else { Severity::Low };
    word_weight(counted.map(|found| found.verdict.severity).max().unwrap_or(least).max(least))
}

fn sorted(found: Vec<Found>) -> Vec<Verdict> {
    let mut verdicts: Vec<Verdict> = found.into_iter().map(|found| found.verdict).collect();
    verdicts.sort_by_key(|verdict| (std::cmp::Reverse(verdict.severity), verdict.id.rank()));
    verdicts
}
