//! One key as the judge reads it: the preferred statement of each field, and what the grants amount to.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::table::{self, Presumed};
use super::{Breadth, Case};
use crate::issuer::Issuer;
use crate::key::{Action, Bound, Dossier, Evidence, Expiry, Grant, KeyFacts, LastUse, State, Subjects, glob};
use crate::key::{Inactive, Power};

/// The preferred statement of each field that is judged. What no witness said is `None`, which is never "none".
pub(super) struct Reading<'a> {
    pub(super) dossier: &'a Dossier,
    pub(super) issuer: &'a Issuer,
    pub(super) now: Timestamp,
    pub(super) state: State,
    pub(super) state_reason: Option<String>,
    pub(super) expires: Option<Expiry>,
    pub(super) created: Option<Timestamp>,
    pub(super) last_used: Option<LastUse>,
    pub(super) openings: Vec<Opening<'a>>,
}

/// Some actions on some subjects.
pub(super) struct Opening<'a> {
    /// Empty when nobody said.
    pub(super) actions: Vec<&'a Action>,
    /// Never empty where they are said.
    pub(super) subjects: Reached<'a>,
    /// Whether it may be less than this.
    pub(super) at_most: bool,
}

/// What an opening reaches.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reached<'a> {
    NotSaid,
    Everything,
    Named(&'a [String]),
}

impl<'a> Reading<'a> {
    pub(super) fn of(case: &Case<'a>, now: Timestamp) -> Self {
        let (state, _, state_reason) = case.dossier.state(now);
        let issuer = case.dossier.issuer().unwrap_or(case.issuer);
        Self {
            dossier: case.dossier,
            issuer,
            now,
            state,
            state_reason,
            expires: case.dossier.expires().map(|(expires, _)| expires),
            created: case.dossier.created(),
            last_used: case.dossier.last_used(),
            openings: openings(case.dossier, issuer),
        }
    }

    pub(super) fn is_dead(&self) -> bool {
        matches!(self.state, State::Inactive(_))
    }

    pub(super) fn has_expired(&self) -> bool {
        self.state == State::Inactive(Inactive::Expired)
    }

    /// Every action that any grant names.
    pub(super) fn actions(&self) -> impl Iterator<Item = &'a Action> {
        self.openings.iter().flat_map(|opening| opening.actions.iter().copied())
    }

    pub(super) fn most_power(&self) -> Option<Power> {
        self.actions().map(|action| action.power).max()
    }

    /// What actions of at least `power` reach, taken together. `None` stands for grants that name no action.
    pub(super) fn breadth_of(&self, power: Option<Power>) -> Breadth {
        let reached = self.openings.iter().filter(|opening| opening.has(power)).map(|opening| opening.subjects);
        breadth(self.issuer, reached)
    }

    /// "up to " where the reach of actions of at least `power` is only a bound: the key may be limited further.
    pub(super) fn up_to(&self, power: Option<Power>) -> &'static str {
        let mut reaching = self.openings.iter().filter(|opening| opening.has(power));
        if reaching.all(|opening| opening.at_most) { "up to " } else { "" }
    }

    /// All breadths and powers that stand together in a grant. Actions that stand in several grants (an issuer's
    /// list may hold one row for each action and subject) count with all their subjects.
    pub(super) fn pairs(&self) -> Vec<(Breadth, Option<Power>)> {
        let unsaid = self.openings.iter().any(|opening| opening.actions.is_empty()).then_some(None);
        let powers: BTreeSet<Option<Power>> = self.actions().map(|action| Some(action.power)).chain(unsaid).collect();
        if powers.is_empty() {
            return vec![(Breadth::Unknown, None)];
        }
        powers.into_iter().map(|power| (self.breadth_of(power), power)).collect()
    }

    /// The pair that weighs most; of two that weigh the same, the stronger power.
    pub(super) fn worst(&self, presumed: Presumed) -> (Breadth, Option<Power>) {
        self.pairs()
            .into_iter()
            .max_by_key(|(breadth, power)| (table::weight(breadth, *power, presumed), *power))
            .unwrap_or((Breadth::Unknown, None))
    }

    /// Names and patterns that actions of at least `power` reach; `None` when they reach everything or nobody said.
    pub(super) fn names(&self, power: Option<Power>) -> impl Iterator<Item = &'a str> {
        self.openings.iter().filter(move |opening| opening.has(power)).flat_map(|opening| match opening.subjects {
            Reached::Named(names) => names.iter().map(String::as_str),
            Reached::NotSaid | Reached::Everything => [].iter().map(String::as_str),
        })
    }

    /// How many of `known` the key reaches; `None` unless both are known.
    pub(super) fn covers(&self, known: &[String]) -> Option<usize> {
        let said: Vec<Reached<'_>> = self
            .openings
            .iter()
            .map(|opening| opening.subjects)
            .filter(|reached| *reached != Reached::NotSaid)
            .collect();
        (!known.is_empty() && !said.is_empty())
            .then(|| known.iter().filter(|id| said.iter().any(|reached| reached.holds(self.issuer, id))).count())
    }
}

impl<'a> Opening<'a> {
    /// Whether it lets somebody do at least `power`; with `None`, whether it names no action.
    fn has(&self, power: Option<Power>) -> bool {
        match power {
            Some(least) => self.actions.iter().any(|action| action.power >= least),
            None => self.actions.is_empty(),
        }
    }

    /// Whether `wide` lets somebody do as much to all of the same.
    fn is_within(&self, wide: &Self, issuer: &Issuer) -> bool {
        let most = |opening: &Self| opening.actions.iter().map(|action| action.power).max();
        let reached = match (self.subjects, wide.subjects) {
            (Reached::Named(names), all) => names.iter().all(|name| all.holds(issuer, name)),
            (_, all) => all == Reached::Everything,
        };
        reached && most(self) <= most(wide)
    }

    fn of(grant: &'a Grant) -> Self {
        Self {
            actions: grant.actions.iter().collect(),
            subjects: Reached::by(grant),
            at_most: grant.bound == Bound::AtMost,
        }
    }
}

impl<'a> Reached<'a> {
    fn by(grant: &'a Grant) -> Self {
        match &grant.subjects {
            Subjects::Everything => Self::Everything,
            Subjects::Named(names) if !names.is_empty() => Self::Named(names),
            Subjects::Named(_) | Subjects::NotSaid => Self::NotSaid,
        }
    }

    fn holds(self, issuer: &Issuer, id: &str) -> bool {
        match self {
            Self::NotSaid => false,
            Self::Everything => true,
            Self::Named(names) => {
                names.iter().any(|name| glob::is_everything(issuer, name) || glob::matches(issuer, name, id))
            }
        }
    }
}

/// The grants of the witness that settles what is reached, with its actions. If another one settles the actions, every
/// action is taken on every subject. What a stronger witness proved beyond that is added: it can only widen.
fn openings<'a>(dossier: &'a Dossier, issuer: &Issuer) -> Vec<Opening<'a>> {
    let subjects = settled(dossier, |grant| Reached::by(grant) != Reached::NotSaid);
    let actions = settled(dossier, |grant| !grant.actions.is_empty());
    let mut openings: Vec<Opening<'a>> = match (subjects, actions) {
        (None, None) => return Vec::new(),
        (Some((grants, _)), None) | (None, Some((grants, _))) => grants.iter().map(Opening::of).collect(),
        (Some((reach, one)), Some((_, other))) if std::ptr::eq(one, other) => reach.iter().map(Opening::of).collect(),
        (Some((reach, _)), Some((power, _))) => crossed(reach, power),
    };
    if let Some((_, witness)) = subjects {
        let beyond: Vec<Opening<'a>> = proved_before(dossier, witness)
            .filter(|one| !openings.iter().any(|wide| one.is_within(wide, issuer)))
            .collect();
        openings.extend(beyond);
    }
    openings
}

/// The strongest witness that says something of every grant, exactly; else of every grant, as a bound; else of any.
/// A probe that tells one half ("it may push, to what is not said") does not hide the list that knows the whole.
fn settled(dossier: &Dossier, says: impl Fn(&Grant) -> bool) -> Option<(&[Grant], &Evidence)> {
    let whole = |facts| grants_where(facts, |grants| grants.iter().all(&says));
    let exact = |facts| whole(facts).filter(|grants| grants.iter().all(|grant| grant.bound == Bound::Exact));
    let any = |facts| grants_where(facts, |grants| grants.iter().any(&says));
    dossier.prefer(exact).or_else(|| dossier.prefer(whole)).or_else(|| dossier.prefer(any))
}

fn grants_where(facts: &KeyFacts, holds: impl Fn(&[Grant]) -> bool) -> Option<&[Grant]> {
    facts.grants.said().map(Vec::as_slice).filter(|grants| !grants.is_empty() && holds(grants))
}

/// What witnesses stronger than `witness` say exactly and in full.
fn proved_before<'a>(dossier: &'a Dossier, witness: &Evidence) -> impl Iterator<Item = Opening<'a>> {
    let stronger =
        dossier.statements().iter().take_while(|statement| !std::ptr::eq(&raw const statement.evidence, witness));
    stronger
        .filter_map(|statement| statement.facts.grants.said())
        .flatten()
        .filter(|grant| {
            grant.bound == Bound::Exact && !grant.actions.is_empty() && Reached::by(grant) != Reached::NotSaid
        })
        .map(Opening::of)
}

/// One witness tells only what is reached and the other only what may be done: every action on every subject.
fn crossed<'a>(reach: &'a [Grant], power: &'a [Grant]) -> Vec<Opening<'a>> {
    let at_most = reach.iter().chain(power).any(|grant| grant.bound == Bound::AtMost);
    let actions: Vec<&Action> = power.iter().flat_map(|grant| &grant.actions).collect();
    reach
        .iter()
        .filter(|grant| Reached::by(grant) != Reached::NotSaid)
        .map(|grant| Opening { actions: actions.clone(), subjects: Reached::by(grant), at_most })
        .collect()
}

/// What all of `reached` amount to together.
fn breadth<'a>(issuer: &Issuer, reached: impl Iterator<Item = Reached<'a>>) -> Breadth {
    let mut names = BTreeSet::new();
    let mut told = true;
    for one in reached {
        match one {
            Reached::Everything => return Breadth::Everything,
            Reached::NotSaid => told = false,
            Reached::Named(more) => names.extend(more.iter().map(String::as_str)),
        }
    }
    let of_names = breadth_of_names(issuer, &names);
    if told { of_names } else { of_names.max(Breadth::Unknown) }
}

fn breadth_of_names(issuer: &Issuer, names: &BTreeSet<&str>) -> Breadth {
    if names.iter().any(|name| glob::is_everything(issuer, name)) {
        return Breadth::Everything;
    }
    if names.iter().any(|name| glob::is_pattern(issuer, name)) {
        return Breadth::Pattern { covers_future: true };
    }
    match names.len() {
        0 => Breadth::Unknown,
        1 => Breadth::One,
        count => Breadth::Listed { count },
    }
}
