//! Issuers' announced lifetime ceilings: a note with a date and a source, never a state, never a severity.

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;

use super::reading::Reading;
use super::verdict::{LIFE_OVER_CEILING, Verdict};
use super::words::{date_of, days_between, days_in_words};
use crate::issuer::Issuer;
use crate::key::{Expiry, Power};

/// A lifetime ceiling that an issuer announced. A note with a date and a source; never a state.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Row")]
pub struct Ceiling {
    /// Whose.
    pub issuer: Issuer,
    /// For which keys, in words ("API tokens").
    pub applies_to: String,
    /// The key's kind must be said and hold one of these words, without case; empty for any kind.
    pub kinds: Vec<String>,
    /// The key's kind must not hold one of these words, without case.
    pub not_kinds: Vec<String>,
    /// Only keys that are known to take back, publish or change something.
    pub writes_only: bool,
    /// Whether no longer life is given, or only none unless asked for.
    pub basis: CeilingBasis,
    /// Longest life, in days; `None` where only an end was announced.
    pub days: Option<u32>,
    /// From which creation date; `None` where the issuer names none.
    pub from: Option<Date>,
    /// When keys that are older end, if announced; all such keys, if there is no `from`.
    pub older_end: Option<Date>,
    /// Where it was announced.
    pub source: String,
    /// How it is known.
    pub evidence: CeilingEvidence,
    /// What is not known about it, as a sentence.
    pub doubt: Option<String>,
}

/// What a ceiling limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CeilingBasis {
    /// No key gets a longer life.
    Maximum,
    /// A key gets this life unless its owner asks for more.
    Default,
}

/// How a ceiling is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CeilingEvidence {
    /// Read in the issuer's source code.
    Source,
    /// From the issuer's documentation or announcement.
    Documentation,
    /// Told by others; the issuer's own text was not read.
    Reported,
}

impl CeilingEvidence {
    fn words(self) -> &'static str {
        match self {
            Self::Source => "the issuer's source code",
            Self::Documentation => "the issuer's documentation",
            Self::Reported => "as others report",
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Row {
    issuer: String,
    applies_to: String,
    #[serde(default)]
    kinds: Vec<String>,
    #[serde(default)]
    not_kinds: Vec<String>,
    #[serde(default)]
    writes_only: bool,
    basis: CeilingBasis,
    days: Option<u32>,
    from: Option<Date>,
    older_end: Option<Date>,
    source: String,
    evidence: CeilingEvidence,
    doubt: Option<String>,
}

impl TryFrom<Row> for Ceiling {
    type Error = &'static str;

    fn try_from(row: Row) -> Result<Self, Self::Error> {
        if row.days.is_none() && row.older_end.is_none() {
            return Err("a ceiling names `days`, `older-end`, or both");
        }
        Ok(Self {
            issuer: Issuer::new(row.issuer),
            applies_to: row.applies_to,
            kinds: row.kinds,
            not_kinds: row.not_kinds,
            writes_only: row.writes_only,
            basis: row.basis,
            days: row.days,
            from: row.from,
            older_end: row.older_end,
            source: row.source,
            evidence: row.evidence,
            doubt: row.doubt,
        })
    }
}

#[derive(Deserialize)]
struct File {
    ceiling: Vec<Ceiling>,
}

/// The embedded ceilings, in the order of `rules/policy/ceilings.toml`.
pub fn ceilings() -> &'static [Ceiling] {
    static EMBEDDED: LazyLock<Vec<Ceiling>> = LazyLock::new(|| {
        let text = include_str!("../../rules/policy/ceilings.toml");
        toml::from_str::<File>(text).expect("the embedded ceilings are valid: a test reads them").ceiling
    });
    &EMBEDDED
}

/// What the ceilings say of one key: verdicts of the weight of a note, and the notes themselves.
pub(super) fn told_by(ceilings: &[Ceiling], reading: &Reading<'_>) -> (Vec<Verdict>, Vec<String>) {
    let (mut verdicts, mut notes) = (Vec::new(), Vec::new());
    for ceiling in ceilings.iter().filter(|ceiling| ceiling.is_about(reading)) {
        let relation = ceiling.relation(reading);
        if let (Some(excess), CeilingBasis::Maximum) = (relation.excess(ceiling), ceiling.basis) {
            verdicts.push(LIFE_OVER_CEILING.says(excess));
        }
        if relation != Relation::Within {
            notes.push(ceiling.note(reading));
        }
    }
    (verdicts, notes)
}

/// How a key's life stands to a ceiling.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Relation {
    /// Nothing to tell.
    Within,
    /// The dates of the key do not tell; the reader should know of the ceiling all the same.
    CannotTell,
    /// A key under the ceiling that lives longer: so many days, or for ever.
    Longer(Option<i64>),
    /// An older key whose stored end is later than the announced one.
    PastOlderEnd(Date),
}

impl Relation {
    fn excess(&self, ceiling: &Ceiling) -> Option<String> {
        match self {
            Self::Within | Self::CannotTell => None,
            Self::Longer(Some(life)) => Some(format!(
                "It lives {}, and {} allows {} for {}.",
                days_in_words(*life),
                ceiling.issuer,
                days_in_words(i64::from(ceiling.days.unwrap_or_default())),
                ceiling.applies_to
            )),
            Self::Longer(None) => Some(format!(
                "It never expires, and {} allows {} for {}.",
                ceiling.issuer,
                days_in_words(i64::from(ceiling.days.unwrap_or_default())),
                ceiling.applies_to
            )),
            Self::PastOlderEnd(end) => Some(format!(
                "Its stored end is later than {end}, when {} ends {}.",
                ceiling.issuer,
                ceiling.older_ones()
            )),
        }
    }
}

impl Ceiling {
    fn is_about(&self, reading: &Reading<'_>) -> bool {
        let kind = reading.dossier.kind().map(str::to_lowercase);
        let holds = |words: &[String]| {
            kind.as_ref().is_some_and(|kind| words.iter().any(|word| kind.contains(&word.to_lowercase())))
        };
        self.issuer == *reading.issuer
            && (self.kinds.is_empty() || holds(&self.kinds))
            && !holds(&self.not_kinds)
            && (!self.writes_only || reading.most_power() >= Some(Power::Withdraw))
    }

    fn relation(&self, reading: &Reading<'_>) -> Relation {
        let Some(expires) = reading.expires else {
            let tells = self.basis == CeilingBasis::Maximum;
            return if tells { Relation::CannotTell } else { Relation::Within };
        };
        match (self.from, reading.created.map(date_of)) {
            (Some(from), Some(created)) if created < from => self.older(expires),
            (Some(_), None) => match self.longer(reading, expires) {
                Relation::Within => Relation::Within,
                _ => Relation::CannotTell,
            },
            (None, _) if self.days.is_none() => self.older(expires),
            _ => self.longer(reading, expires),
        }
    }

    /// Without a creation date, what is left of the life is a lower bound of it.
    fn longer(&self, reading: &Reading<'_>, expires: Expiry) -> Relation {
        let Some(most) = self.days.map(i64::from) else { return Relation::Within };
        match expires {
            Expiry::Never => Relation::Longer(None),
            Expiry::At(end) => {
                let life = days_between(reading.created.unwrap_or(reading.now), end);
                if life > most { Relation::Longer(Some(life)) } else { Relation::Within }
            }
        }
    }

    fn older(&self, expires: Expiry) -> Relation {
        let Some(end) = self.older_end else { return Relation::Within };
        match expires {
            Expiry::At(at) if date_of(at) <= end => Relation::Within,
            _ => Relation::PastOlderEnd(end),
        }
    }

    fn older_ones(&self) -> String {
        match self.from {
            Some(from) => format!("keys created before {from}"),
            None => self.applies_to.clone(),
        }
    }

    /// The whole announcement, its source, and that it proves nothing.
    fn note(&self, reading: &Reading<'_>) -> String {
        let mut told = Vec::new();
        if let Some(days) = self.days {
            let days = days_in_words(i64::from(days));
            let from = self.from.map(|from| format!(" created from {from} on")).unwrap_or_default();
            told.push(match self.basis {
                CeilingBasis::Maximum => format!("a life of at most {days} for {}{from}", self.applies_to),
                CeilingBasis::Default => format!("a life of {days} by default for {}{from}", self.applies_to),
            });
        }
        if let Some(end) = self.older_end {
            told.push(format!("the end of {} on {end}", self.older_ones()));
        }
        let doubt = self.doubt.as_ref().map(|doubt| format!(" {doubt}")).unwrap_or_default();
        format!(
            "{} states {} ({}: {}).{doubt} This does not change the key's state or severity.",
            reading.issuer,
            told.join(", and "),
            self.evidence.words(),
            self.source
        )
    }
}
