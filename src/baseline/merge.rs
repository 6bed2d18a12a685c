//! Two baselines with a common ancestor made into one, entry by entry: what git cannot know of lines.
//!
//! What one side adds, drops or changes holds. Where both changed one entry, each field that one side alone changed is that
//! side's, and the earlier end holds; an entry that one side dropped and the other changed is dropped, for then its key counts
//! again. What is left is a conflict, and the text of one is no baseline: nothing is covered by it until somebody decides.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Baseline, Entry, Error};

/// What became of a merge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Merged {
    /// One baseline.
    Whole(Baseline),
    /// What is agreed on, and the entries that both sides changed otherwise.
    Conflict {
        /// All other entries.
        agreed: Baseline,
        /// Ours and theirs of one place.
        pairs: Vec<(Entry, Entry)>,
    },
}

impl Merged {
    /// The file's text; with conflicts between git's own markers.
    ///
    /// # Errors
    /// None that is known of: what is written is text alone.
    pub fn to_text(&self) -> Result<String, serde_json::Error> {
        let (agreed, pairs) = match self {
            Self::Whole(baseline) => (baseline, &[][..]),
            Self::Conflict { agreed, pairs } => (agreed, &pairs[..]),
        };
        let mut text = agreed.to_text()?;
        for (ours, theirs) in pairs {
            let (ours, theirs) = (serde_json::to_string(ours)?, serde_json::to_string(theirs)?);
            _ = writeln!(text, "{MARKS_OURS}\n{ours}\n{MARKS_MIDDLE}\n{theirs}\n{MARKS_THEIRS}");
        }
        Ok(text)
    }
}

const MARKS_OURS: &str = "<<<<<<< ours";
const MARKS_MIDDLE: &str = "=======";
const MARKS_THEIRS: &str = ">>>>>>> theirs";

/// Merges two baselines. `base`: what both come from; `None` where each side made its own.
///
/// # Errors
/// Baselines of different fingerprint keys: their entries cannot be told apart.
pub fn merge(base: Option<&Baseline>, ours: &Baseline, theirs: &Baseline) -> Result<Merged, Error> {
    if ours.fingerprint_key != theirs.fingerprint_key {
        let (ours, theirs) = (ours.fingerprint_key.clone(), theirs.fingerprint_key.clone());
        return Err(Error::OtherKey { ours, theirs });
    }
    // Entries under another key are none of these.
    let base = base.filter(|base| base.fingerprint_key == ours.fingerprint_key);
    let before = base.map(by_place).unwrap_or_default();
    let sides = Sides { before: &before, ours: by_place(ours), theirs: by_place(theirs) };
    let places: BTreeSet<&str> = sides.ours.keys().chain(sides.theirs.keys()).copied().collect();
    let (mut entries, mut pairs) = (Vec::new(), Vec::new());
    for place in places {
        match sides.at(place) {
            Outcome::Gone => {}
            Outcome::One(entry) => entries.push(entry),
            Outcome::Two(ours, theirs) => pairs.push((ours, theirs)),
        }
    }
    entries.sort();
    let agreed = Baseline { fingerprint_key: ours.fingerprint_key.clone(), entries };
    Ok(if pairs.is_empty() { Merged::Whole(agreed) } else { Merged::Conflict { agreed, pairs } })
}

type ByPlace<'a> = BTreeMap<&'a str, &'a Entry>;

fn by_place(baseline: &Baseline) -> ByPlace<'_> {
    baseline.entries.iter().map(|entry| (entry.place.as_str(), entry)).collect()
}

/// The three versions.
struct Sides<'a> {
    before: &'a ByPlace<'a>,
    ours: ByPlace<'a>,
    theirs: ByPlace<'a>,
}

/// What becomes of one place.
enum Outcome {
    Gone,
    One(Entry),
    Two(Entry, Entry),
}

impl Sides<'_> {
    fn at(&self, place: &str) -> Outcome {
        let of = |side: &ByPlace<'_>| side.get(place).copied().cloned();
        match (self.before.get(place).copied(), of(&self.ours), of(&self.theirs)) {
            (None, Some(ours), None) => self.added(ours, &self.ours, &self.theirs),
            (None, None, Some(theirs)) => self.added(theirs, &self.theirs, &self.ours),
            (before, Some(ours), Some(theirs)) => both(before, ours, theirs),
            // One side dropped it.
            (Some(_), _, _) | (None, None, None) => Outcome::Gone,
        }
    }

    /// An entry that one side alone has. If it is that of a file which this side renamed, what the other side changed in the
    /// entry under the old name holds for it.
    fn added(&self, entry: Entry, here: &ByPlace<'_>, there: &ByPlace<'_>) -> Outcome {
        let same_key = |other: &&Entry| other.key == entry.key && other.rule == entry.rule;
        let mut dropped = self.before.values().copied().filter(same_key).filter(|old| !here.contains_key(&*old.place));
        let (Some(old), None) = (dropped.next(), dropped.next()) else { return Outcome::One(entry) };
        let mut fresh = here.values().copied().filter(same_key).filter(|one| !self.before.contains_key(&*one.place));
        let is_move = fresh.next().is_some() && fresh.next().is_none();
        match there.get(&*old.place).copied().filter(|_| is_move) {
            Some(theirs) => {
                let words = |of: &Entry| Entry {
                    reason: of.reason.clone(),
                    owner: of.owner.clone(),
                    until: of.until,
                    ..entry.clone()
                };
                both(Some(&words(old)), entry.clone(), words(theirs))
            }
            None => Outcome::One(entry),
        }
    }
}

/// An entry that both sides have.
fn both(before: Option<&Entry>, ours: Entry, theirs: Entry) -> Outcome {
    if ours == theirs {
        return Outcome::One(ours);
    }
    let reason = field(before.and_then(|old| old.reason.as_ref()), ours.reason.as_ref(), theirs.reason.as_ref());
    let owner = field(before.and_then(|old| old.owner.as_ref()), ours.owner.as_ref(), theirs.owner.as_ref());
    let until = field(before.and_then(|old| old.until.as_ref()), ours.until.as_ref(), theirs.until.as_ref())
        // Whoever ends it earlier has a reason to.
        .unwrap_or_else(|_| [ours.until, theirs.until].into_iter().flatten().min());
    match (reason, owner) {
        (Ok(reason), Ok(owner)) => Outcome::One(Entry { reason, owner, until, ..ours }),
        _ => Outcome::Two(Entry { until, ..ours }, Entry { until, ..theirs }),
    }
}

/// Both sides changed a field, each otherwise.
struct Conflict;

/// The value of a field that both sides may have changed.
fn field<T: Clone + PartialEq>(
    before: Option<&T>,
    ours: Option<&T>,
    theirs: Option<&T>,
) -> Result<Option<T>, Conflict> {
    // A side that says nothing of a new entry does not contradict the other.
    if ours == theirs || theirs == before {
        return Ok(ours.cloned());
    }
    if ours == before { Ok(theirs.cloned()) } else { Err(Conflict) }
}
