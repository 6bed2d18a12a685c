//! Where two witnesses contradict each other. Silence contradicts nothing, and neither does a bound that leaves room
//! for what the other says.

use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::facts::{Action, Bound, Evidence, Expiry, Grant, Inactive, KeyFacts, Power, State, Statement, Subjects};
use super::{glob, pypi};
use crate::issuer::Issuer;

/// Two witnesses that contradict each other about one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// The field's name: `state`, `expires`, `owner` or `grants`.
    pub field: &'static str,
    /// What each witness says, strongest witness first, as text.
    pub said: Vec<(String, String)>,
}

impl<'de> Deserialize<'de> for Conflict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Read {
            field: String,
            said: Vec<(String, String)>,
        }
        let Read { field, said } = Read::deserialize(deserializer)?;
        let known = FIELDS.into_iter().find(|known| *known == field);
        let field = known.ok_or_else(|| D::Error::custom("`field` is none of state, expires, owner and grants"))?;
        Ok(Self { field, said })
    }
}

/// The fields about which witnesses are compared.
const FIELDS: [&str; 4] = ["state", "expires", "owner", "grants"];

/// Issuers' pages round to the minute.
const SAME_MOMENT_SECONDS: i64 = 60;

/// Every field about which two of the statements contradict each other. The issuer tells how its globs are read.
pub(super) fn among(statements: &[Statement], issuer: Option<&Issuer>) -> Vec<Conflict> {
    let unknown = Issuer::new("");
    let issuer = issuer.unwrap_or(&unknown);
    [
        about("state", statements, state, states_differ, state_text),
        about("expires", statements, |facts| facts.expires.said(), expiries_differ, expiry_text),
        about("owner", statements, |facts| facts.owner.said(), |a, b| owners_differ(a, b), Clone::clone),
        about(
            "grants",
            statements,
            |facts| facts.grants.said(),
            |a, b| grants_differ(issuer, a, b),
            |grants| grants_text(grants),
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn about<'a, T: 'a>(
    field: &'static str,
    statements: &'a [Statement],
    read: impl Fn(&'a KeyFacts) -> Option<&'a T>,
    differ: impl Fn(&T, &T) -> bool,
    text: impl Fn(&T) -> String,
) -> Option<Conflict> {
    let said: Vec<(&Evidence, &T)> =
        statements.iter().filter_map(|s| read(&s.facts).map(|value| (&s.evidence, value))).collect();
    let contradicted = said.iter().enumerate().any(|(at, (_, a))| said[at + 1..].iter().any(|(_, b)| differ(a, b)));
    contradicted.then(|| Conflict {
        field,
        said: said.into_iter().map(|(evidence, value)| (witness(evidence), text(value))).collect(),
    })
}

fn witness(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Decoded => "the key's own text".to_owned(),
        Evidence::Inventory { file, line, .. } => format!("{file}:{line}"),
        Evidence::Probed { host, .. } => host.clone(),
    }
}

fn state(facts: &KeyFacts) -> Option<&State> {
    Some(&facts.state).filter(|state| **state != State::Unknown)
}

/// Two reasons to be dead do not contradict each other.
fn states_differ(a: &State, b: &State) -> bool {
    (*a == State::Active) != (*b == State::Active)
}

fn state_text(state: &State) -> String {
    match state {
        State::Active => "active",
        State::Inactive(Inactive::Expired) => "expired",
        State::Inactive(Inactive::Revoked) => "revoked",
        State::Inactive(Inactive::Rejected) => "rejected",
        State::Unknown => "unknown",
    }
    .to_owned()
}

fn expiries_differ(a: &Expiry, b: &Expiry) -> bool {
    match (a, b) {
        (Expiry::Never, Expiry::Never) => false,
        (Expiry::At(a), Expiry::At(b)) => !same_moment(*a, *b),
        _ => true,
    }
}

fn same_moment(a: Timestamp, b: Timestamp) -> bool {
    a.duration_since(b).abs().as_secs() < SAME_MOMENT_SECONDS
}

fn expiry_text(expiry: &Expiry) -> String {
    match expiry {
        Expiry::Never => "never".to_owned(),
        Expiry::At(at) => at.to_string(),
    }
}

/// No issuer tells two accounts apart by case.
fn owners_differ(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() != b.trim().to_lowercase()
}

/// Two bounds never contradict each other; a bound contradicts what reaches beyond it; exact words must be the same.
fn grants_differ(issuer: &Issuer, a: &[Grant], b: &[Grant]) -> bool {
    match (is_bound(a), is_bound(b)) {
        (true, true) => false,
        (true, false) => !contains(issuer, a, b, Power::ge),
        (false, true) => !contains(issuer, b, a, Power::ge),
        (false, false) => !contains(issuer, a, b, Power::eq) || !contains(issuer, b, a, Power::eq),
    }
}

fn is_bound(grants: &[Grant]) -> bool {
    grants.iter().any(|grant| grant.bound == Bound::AtMost)
}

/// Whether everything that `inner` opens may be opened by `outer`; `suffices` compares an outer power with an inner one.
/// Powers are compared, not words: two witnesses may call one action differently.
fn contains(issuer: &Issuer, outer: &[Grant], inner: &[Grant], suffices: fn(&Power, &Power) -> bool) -> bool {
    inner.iter().all(|inner| {
        reaches_of(&inner.subjects).iter().all(|subject| {
            let reaching: Vec<&Grant> = outer.iter().filter(|outer| covers(issuer, &outer.subjects, subject)).collect();
            let allowed = |action: &Action| reaching.iter().any(|outer| allows(outer, action, suffices));
            !reaching.is_empty() && inner.actions.iter().all(allowed)
        })
    })
}

fn allows(outer: &Grant, action: &Action, suffices: fn(&Power, &Power) -> bool) -> bool {
    outer.actions.is_empty() || outer.actions.iter().any(|other| suffices(&other.power, &action.power))
}

/// One reach of a grant: a name or glob, everything, or unknown.
enum Reach<'a> {
    Everything,
    Named(&'a str),
    NotSaid,
}

fn reaches_of(subjects: &Subjects) -> Vec<Reach<'_>> {
    match subjects {
        Subjects::Everything => vec![Reach::Everything],
        Subjects::NotSaid => vec![Reach::NotSaid],
        Subjects::Named(names) => names.iter().map(|name| Reach::Named(name)).collect(),
    }
}

/// Names that are the issuer's ids cannot be compared with names.
fn covers(issuer: &Issuer, outer: &Subjects, inner: &Reach<'_>) -> bool {
    match (outer, inner) {
        (Subjects::Everything | Subjects::NotSaid, _) | (_, Reach::NotSaid) => true,
        (Subjects::Named(names), Reach::Everything) => names.iter().any(|name| glob::is_everything(issuer, name)),
        (Subjects::Named(names), Reach::Named(inner)) => {
            names.iter().any(|name| is_id(name) != is_id(inner) || glob::matches(issuer, name, inner))
        }
    }
}

fn is_id(name: &str) -> bool {
    name.starts_with(pypi::ID_MARK)
}

fn grants_text(grants: &[Grant]) -> String {
    match grants[..] {
        [] => "nothing".to_owned(),
        _ => grants.iter().map(grant_text).collect::<Vec<_>>().join("; "),
    }
}

fn grant_text(grant: &Grant) -> String {
    let bound = if grant.bound == Bound::AtMost { "at most " } else { "" };
    let actions = match grant.actions[..] {
        [] => "unsaid actions".to_owned(),
        _ => grant.actions.iter().map(|action| action.name.as_str()).collect::<Vec<_>>().join(", "),
    };
    let subjects = match &grant.subjects {
        Subjects::Everything => "everything".to_owned(),
        Subjects::Named(names) => names.join(", "),
        Subjects::NotSaid => "unsaid subjects".to_owned(),
    };
    format!("{bound}{actions} on {subjects}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{Dossier, JoinStrength, Reported};

    fn list() -> Evidence {
        Evidence::Inventory { file: "keys.json".to_owned(), line: 3, join: JoinStrength::Hash }
    }

    fn probe() -> Evidence {
        Evidence::Probed { at: Timestamp::UNIX_EPOCH, host: "registry.example".to_owned() }
    }

    fn fields(said: &[(Evidence, KeyFacts)]) -> Vec<&'static str> {
        let mut dossier = Dossier::default();
        for (evidence, facts) in said {
            dossier.add(evidence.clone(), facts.clone());
        }
        dossier.conflicts().iter().map(|conflict| conflict.field).collect()
    }

    fn until(second: i64) -> KeyFacts {
        let at = Timestamp::from_second(second).unwrap();
        KeyFacts { expires: Reported::Said(Expiry::At(at)), ..KeyFacts::default() }
    }

    fn granted(grants: Vec<Grant>) -> KeyFacts {
        let issuer = Some(Issuer::NUGET);
        KeyFacts { issuer, grants: Reported::Said(grants), ..KeyFacts::default() }
    }

    fn push(names: &[&str]) -> Grant {
        let names = names.iter().map(|&name| name.to_owned()).collect();
        Grant::exact(vec![Action::new("package:push", Power::PublishNew)], Subjects::Named(names))
    }

    fn everything() -> Grant {
        Grant::exact(vec![Action::new("all", Power::Everything)], Subjects::Everything)
    }

    fn at_most(grant: Grant) -> Grant {
        Grant { bound: Bound::AtMost, ..grant }
    }

    #[test]
    fn states_contradict_only_when_one_is_active() {
        let with = |state| KeyFacts { state, ..KeyFacts::default() };
        let revoked = || with(State::Inactive(Inactive::Revoked));
        assert_eq!(fields(&[(list(), with(State::Active)), (probe(), revoked())]), ["state"]);
        assert!(fields(&[(list(), with(State::Inactive(Inactive::Expired))), (probe(), revoked())]).is_empty());
        assert!(fields(&[(list(), with(State::Active)), (probe(), with(State::Unknown))]).is_empty());
    }

    #[test]
    fn a_minute_is_no_contradiction() {
        assert!(fields(&[(list(), until(1000)), (Evidence::Decoded, until(1059))]).is_empty());
        assert_eq!(fields(&[(list(), until(1000)), (Evidence::Decoded, until(1060))]), ["expires"]);
        let never = KeyFacts { expires: Reported::Said(Expiry::Never), ..KeyFacts::default() };
        assert_eq!(fields(&[(list(), never.clone()), (Evidence::Decoded, until(5))]), ["expires"]);
        assert!(fields(&[(list(), never), (Evidence::Decoded, KeyFacts::default())]).is_empty());
    }

    #[test]
    fn owners_are_compared_without_case() {
        let of = |owner: &str| KeyFacts { owner: Reported::Said(owner.to_owned()), ..KeyFacts::default() };
        assert!(fields(&[(list(), of("Ann")), (probe(), of("ann "))]).is_empty());
        assert_eq!(fields(&[(list(), of("ann")), (probe(), of("bob"))]), ["owner"]);
    }

    #[test]
    fn a_bound_leaves_room_for_less() {
        let differ = |a: Grant, b: Grant| {
            !fields(&[(list(), granted(vec![a])), (Evidence::Decoded, granted(vec![b]))]).is_empty()
        };
        assert!(!differ(push(&["A"]), at_most(everything())));
        assert!(!differ(push(&["A"]), at_most(push(&["a*"]))));
        assert!(differ(push(&["B"]), at_most(push(&["A*"]))));
        assert!(differ(everything(), at_most(push(&["A*"]))));
        assert!(!differ(push(&["A"]), Grant::at_most(Vec::new(), Subjects::NotSaid)));
        assert!(!differ(at_most(push(&["A"])), at_most(push(&["B"]))));
    }

    #[test]
    fn exact_grants_must_be_the_same() {
        let differ = |a: Vec<Grant>, b: Vec<Grant>| !fields(&[(list(), granted(a)), (probe(), granted(b))]).is_empty();
        let unlist = Grant::exact(vec![Action::new("package:unlist", Power::Withdraw)], push(&["A"]).subjects);
        assert!(!differ(vec![push(&["A", "B"])], vec![push(&["b"]), push(&["a"])]));
        assert!(differ(vec![push(&["A"])], vec![push(&["A", "B"])]));
        assert!(differ(vec![push(&["A"])], vec![push(&["A"]), unlist]));
        assert!(differ(vec![push(&["A"])], vec![]));
        assert!(differ(vec![everything()], vec![push(&["A"])]));
    }

    #[test]
    fn every_witness_is_quoted_strongest_first() {
        let mut dossier = Dossier::default();
        dossier.add(Evidence::Decoded, granted(vec![at_most(push(&["A"]))]));
        dossier.add(probe(), granted(vec![everything()]));
        let said = [("registry.example", "all on everything"), ("the key's own text", "at most package:push on A")];
        let said = said.map(|(who, what)| (who.to_owned(), what.to_owned())).to_vec();
        assert_eq!(dossier.conflicts(), [Conflict { field: "grants", said }]);
    }
}
