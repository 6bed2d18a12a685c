//! All that is known of one key: every witness's statement, side by side, and the preferred reading of each field.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::conflict::{self, Conflict};
use super::facts::{Evidence, Expiry, Grant, Inactive, JoinStrength, KeyFacts, LastUse, Restriction, State, Statement};
use crate::issuer::Issuer;

/// Every statement about one key. They may disagree; all are kept.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Dossier {
    statements: Vec<Statement>,
}

impl Dossier {
    /// Adds a witness. Of two probes the later is the stronger, of two rows of lists the more surely joined.
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

    /// Whether it works at `now`, who says so, and why. An expiry that has passed makes a key inactive, the one in its
    /// own text whatever a list says (a list can be old, the text cannot change); only the issuer's own answer that the
    /// key works is stronger. A row that was joined by its name or by elimination alone proves no key dead.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> (State, Option<&Evidence>, Option<String>) {
        for Statement { evidence, facts } in &self.statements {
            if is_weak(evidence) && (ended(facts, now) || matches!(facts.state, State::Inactive(_))) {
                continue;
            }
            match &facts.state {
                State::Active if !matches!(evidence, Evidence::Probed { .. }) && self.text_ended(now, facts) => {}
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

    /// Whether an end has passed that these facts or the key's own text state.
    fn text_ended(&self, now: Timestamp, facts: &KeyFacts) -> bool {
        let mut texts = self.statements.iter().filter(|s| s.evidence == Evidence::Decoded);
        ended(facts, now) || texts.any(|s| ended(&s.facts, now))
    }

    /// Every field about which two witnesses contradict each other.
    #[must_use]
    pub fn conflicts(&self) -> Vec<Conflict> {
        conflict::among(&self.statements, self.issuer())
    }
}

/// Whether the witness may be speaking of another key.
fn is_weak(evidence: &Evidence) -> bool {
    matches!(evidence, Evidence::Inventory { join, .. } if *join < JoinStrength::Ends)
}

fn ended(facts: &KeyFacts, now: Timestamp) -> bool {
    matches!(facts.expires.said(), Some(Expiry::At(at)) if *at <= now)
}

/// Stronger witnesses have a higher rank.
fn rank(evidence: &Evidence) -> (u8, Option<Timestamp>, Option<JoinStrength>) {
    match evidence {
        Evidence::Probed { at, .. } => (2, Some(*at), None),
        Evidence::Inventory { join, .. } => (1, None, Some(*join)),
        Evidence::Decoded => (0, None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn facts(state: State, expires: Option<i64>) -> KeyFacts {
        let expires = expires.map(|second| Expiry::At(at(second))).into();
        KeyFacts { expires, state, ..KeyFacts::default() }
    }

    fn probed(second: i64) -> Evidence {
        Evidence::Probed { at: at(second), host: "registry.example".to_owned() }
    }

    fn listed(join: JoinStrength) -> Evidence {
        Evidence::Inventory { file: "keys.json".to_owned(), line: 1, join }
    }

    fn dossier(said: Vec<(Evidence, KeyFacts)>) -> Dossier {
        let mut dossier = Dossier::default();
        for (evidence, facts) in said {
            dossier.add(evidence, facts);
        }
        dossier
    }

    const NOW: i64 = 1_000_000;

    #[test]
    fn the_stronger_and_the_later_witness_stands_first() {
        let order = dossier(vec![
            (Evidence::Decoded, KeyFacts::default()),
            (listed(JoinStrength::Name), KeyFacts::default()),
            (probed(5), KeyFacts::default()),
            (listed(JoinStrength::Hash), KeyFacts::default()),
            (probed(9), KeyFacts::default()),
        ]);
        let order: Vec<_> = order.statements().iter().map(|s| s.evidence.clone()).collect();
        let (name, hash) = (listed(JoinStrength::Name), listed(JoinStrength::Hash));
        assert_eq!(order, [probed(9), probed(5), hash, name, Evidence::Decoded]);
    }

    #[test]
    fn an_embedded_end_that_has_passed_is_proof_unless_the_issuer_found_it_alive() {
        let ended = || (Evidence::Decoded, facts(State::Unknown, Some(NOW)));
        let alone = dossier(vec![ended()]);
        let (state, evidence, reason) = alone.state(at(NOW));
        assert_eq!((state, evidence), (State::Inactive(Inactive::Expired), Some(&Evidence::Decoded)));
        assert!(reason.is_some_and(|reason| reason.contains("1970-01-12")));
        let alive = dossier(vec![ended(), (probed(NOW), facts(State::Active, None))]);
        assert_eq!(alive.state(at(NOW)).0, State::Active);
        let silent = dossier(vec![ended(), (probed(NOW), facts(State::Unknown, None))]);
        assert_eq!(silent.state(at(NOW)).0, State::Inactive(Inactive::Expired));
        assert_eq!(dossier(vec![ended()]).state(at(NOW - 1)).0, State::Unknown);
    }

    #[test]
    fn a_list_that_says_active_of_an_ended_key_is_out_of_date() {
        let dossier = dossier(vec![(listed(JoinStrength::Id), facts(State::Active, Some(NOW - 1)))]);
        assert_eq!(dossier.state(at(NOW)).0, State::Inactive(Inactive::Expired));
        assert_eq!(dossier.state(at(NOW - 2)).0, State::Active);
    }

    #[test]
    fn the_reason_why_nobody_knows_is_the_strongest_witnesss() {
        let unknown = |reason: &str| KeyFacts { state_reason: Some(reason.to_owned()), ..KeyFacts::default() };
        let dossier = dossier(vec![(listed(JoinStrength::Id), unknown("list")), (probed(1), unknown("probe"))]);
        assert_eq!(dossier.state(at(NOW)), (State::Unknown, None, Some("probe".to_owned())));
    }
}
