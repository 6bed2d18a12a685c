//! Which row of the owner's lists a leaked key is, and how sure that is.
//!
//! # How a row is found
//! A row *relates* to a leak if it is of the leak's issuer. NuGet.org and the PowerShell Gallery make keys of the same
//! form, so a row of the PowerShell Gallery's also relates to a leak that is said to be NuGet's. A row *can be* the key
//! if it relates, is of the same sort (NuGet v4, GUID, …) as far as both tell, was not created after `now`, and was not
//! created at another time than the key's own text says, and if its list can hold such a key at all (NuGet's page never
//! has short-lived keys).
//!
//! The marks of a row are compared by strength: the strongest sort of mark that both the row and the leak have decides.
//! If it agrees the row *is* the key; if it differs the row *is not*; if there is none the row is *open*. A row is also
//! not the key if another list has the same key by name (once in either list) and that row's marks differ.
//!
//! | # | found | outcome |
//! |---|---|---|
//! | 1 | a row of any issuer has the key's hash | found, by hash |
//! | 2 | a row that can be the key has its id (NuGet v4: the first 20 characters, case ignored) | found, by id |
//! | 3 | one row of each list that has any, has its first and last characters (at least four each) | found, by ends |
//! | 4 | several rows of one list have | ambiguous, by ends |
//! | 5 | the names of open rows, at most one of each list and all the same, stand beside the leak | found, by name |
//! | 6 | several names of open rows do | ambiguous, by name |
//! | 7 | of the open rows one is alive, is of the issuer itself, and every list is complete | found, by elimination |
//! | 8 | several open rows are alive; or none is and some are dead; or the only one is of the other gallery; or a list is not complete | ambiguous, by elimination |
//! | 9 | no row is open, and there is a list of the issuer that could hold such a key | shadow |
//! | 10 | there is no such list | no list |
//!
//! In 7 and 8 a key that two lists have by the same name counts once. In 1, 2, 3 and 5 the same key may stand in several lists; the first row that is alive is taken, else the first.
//! Elimination never says that a key is dead: a dead row is not joined by it, and dead rows beside one that is alive do
//! not keep it from being joined, since a key that is dead after all was only taken too seriously.
//!
//! A join looks at one leak. [`settle`] takes back weak joins of two leaks to one row.

use std::collections::HashMap;

use jiff::Timestamp;

use super::marks::{Leak, Likeness};
use super::sort::{Sort, compatible};
use super::{Inventory, NearbyNames, Record};
use crate::issuer::Issuer;
use crate::key::{Expiry, JoinStrength, KeyFacts, State};
use crate::secret::Secret;

/// A row: index of its list, index in the list.
type RowId = (usize, usize);

/// How far the creation that a key's text states may be from the one in a list: some keys state the month only, and
/// people write dates by hand.
const CREATED_BEFORE_SECONDS: i64 = 2 * 86_400;
const CREATED_AFTER_SECONDS: i64 = 33 * 86_400;

/// What the owner's lists say about which of their keys a leaked key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JoinOutcome {
    /// No list was given that could hold such a key of this issuer.
    NoList,
    /// It is this row.
    Found {
        /// Index of the list.
        inventory: usize,
        /// Index of the row in [`Inventory::records`].
        record: usize,
        /// How sure that is.
        strength: JoinStrength,
    },
    /// It may be one of these rows, or none.
    Ambiguous {
        /// Index of the list and of the row, in their order. Empty if a list that is not complete has no such row.
        candidates: Vec<(usize, usize)>,
        /// What they have in common with the key.
        strength: JoinStrength,
    },
    /// There are lists that could hold it, they are complete, and every row of theirs is another key.
    Shadow,
}

/// Finds the row of a leaked key. `issuer` is the leak's issuer after its context was looked at, `decoded` what the key's
/// own text says. The module's documentation has the rules as a table.
#[must_use]
pub fn join(
    secret: &Secret,
    issuer: &Issuer,
    decoded: Option<&KeyFacts>,
    nearby: &NearbyNames,
    inventories: &[Inventory],
    now: Timestamp,
) -> JoinOutcome {
    let leak = Leak::of(secret, issuer, decoded);
    let search = Search { leak, issuer, decoded, nearby, inventories, now };
    if let Some(found) = search.by_hash().or_else(|| search.by_marks()) {
        return found;
    }
    let open = search.open();
    search.by_name(&open).unwrap_or_else(|| search.by_elimination(open))
}

/// Takes back what two leaked keys cannot both be: of several *different* keys that were joined to the same row, those
/// that were joined most strongly keep it, and all others become ambiguous; beside another of the same strength only a
/// hash or an id keeps it. `outcomes` has one entry for each key.
pub fn settle(outcomes: &mut [JoinOutcome]) {
    let claims: Vec<Option<(RowId, JoinStrength)>> = outcomes.iter().map(claim).collect();
    for (index, outcome) in outcomes.iter_mut().enumerate() {
        let Some((row, strength)) = claims[index] else { continue };
        let rivals = claims.iter().enumerate().filter(|&(other, _)| other != index).filter_map(|(_, claim)| *claim);
        let strongest = rivals.filter(|&(other, _)| other == row).map(|(_, strength)| strength).max();
        if strongest.is_some_and(|rival| rival > strength || (rival == strength && strength < JoinStrength::Id)) {
            *outcome = JoinOutcome::Ambiguous { candidates: vec![row], strength };
        }
    }
}

/// Rows of other lists that are the same key as this row: of the same issuer and the same name, which is that of one row
/// only in either list. What they say may be added to what is known of the key, as joined by name.
#[must_use]
pub fn twins(inventories: &[Inventory], inventory: usize, record: usize) -> Vec<(usize, usize)> {
    Namesakes::of(inventories).twins(inventories, (inventory, record))
}

/// Rows by issuer and name, case ignored.
struct Namesakes(HashMap<(Issuer, String), Vec<RowId>>);

impl Namesakes {
    fn of(inventories: &[Inventory]) -> Self {
        let mut rows: HashMap<_, Vec<RowId>> = HashMap::new();
        for (list, inventory) in inventories.iter().enumerate() {
            for (row, record) in inventory.records.iter().enumerate() {
                if let Some(name) = full_name(record) {
                    rows.entry(name).or_default().push((list, row));
                }
            }
        }
        Self(rows)
    }

    fn twins(&self, inventories: &[Inventory], (list, row): RowId) -> Vec<RowId> {
        let record = inventories.get(list).and_then(|inventory| inventory.records.get(row));
        let Some(same) = record.and_then(full_name).and_then(|name| self.0.get(&name)) else { return Vec::new() };
        let alone = |id: &RowId| same.iter().filter(|other| other.0 == id.0).count() == 1;
        if !alone(&(list, row)) {
            return Vec::new();
        }
        same.iter().copied().filter(|id| id.0 != list && alone(id)).collect()
    }
}

/// Issuer and name of a row, case ignored.
fn full_name(record: &Record) -> Option<(Issuer, String)> {
    Some((record.facts.issuer.clone()?, record.facts.name.said()?.to_lowercase()))
}

fn claim(outcome: &JoinOutcome) -> Option<(RowId, JoinStrength)> {
    match outcome {
        JoinOutcome::Found { inventory, record, strength } => Some(((*inventory, *record), *strength)),
        _ => None,
    }
}

/// How a row's issuer relates to the leak's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// It is the same.
    Same,
    /// It makes keys of the same form, and may be meant.
    Alike,
}

/// One leak and all that it is compared with.
struct Search<'a> {
    leak: Leak<'a>,
    issuer: &'a Issuer,
    decoded: Option<&'a KeyFacts>,
    nearby: &'a NearbyNames,
    inventories: &'a [Inventory],
    now: Timestamp,
}

impl<'a> Search<'a> {
    /// Row 1 of the table.
    fn by_hash(&self) -> Option<JoinOutcome> {
        let rows: Vec<RowId> =
            self.rows().filter(|(_, record)| self.leak.has_hash_of(record)).map(|(id, _)| id).collect();
        self.best(&rows, JoinStrength::Hash)
    }

    /// Rows 2 to 4 of the table.
    fn by_marks(&self) -> Option<JoinOutcome> {
        let alike = |strength| -> Vec<RowId> {
            let likeness = Likeness::Is(strength);
            self.possible().filter(|(_, record)| self.leak.compare(record) == likeness).map(|(id, _)| id).collect()
        };
        let by_id = self.best(&alike(JoinStrength::Id), JoinStrength::Id);
        by_id.or_else(|| self.best_of_each(&alike(JoinStrength::Ends), JoinStrength::Ends))
    }

    /// Rows 5 and 6 of the table.
    fn by_name(&self, open: &[RowId]) -> Option<JoinOutcome> {
        let named: Vec<RowId> = open.iter().copied().filter(|&(list, row)| self.nearby.holds(list, row)).collect();
        let first = full_name(self.record(*named.first()?));
        if named.iter().all(|&id| full_name(self.record(id)) == first) {
            return self.best_of_each(&named, JoinStrength::Name);
        }
        Some(JoinOutcome::Ambiguous { candidates: named, strength: JoinStrength::Name })
    }

    /// Rows 7 to 10 of the table.
    fn by_elimination(&self, open: Vec<RowId>) -> JoinOutcome {
        let strength = JoinStrength::Elimination;
        let alive: Vec<RowId> = open.iter().copied().filter(|&id| self.is_alive(id)).collect();
        let alive = self.distinct(&alive);
        let lists: Vec<&Inventory> = self.inventories.iter().filter(|list| self.could_hold(list)).collect();
        let complete = lists.iter().all(|list| list.complete);
        match *alive.as_slice() {
            [(inventory, record)] if complete && self.is_of_issuer((inventory, record)) => {
                JoinOutcome::Found { inventory, record, strength }
            }
            [] if open.is_empty() && lists.is_empty() => JoinOutcome::NoList,
            [] if open.is_empty() && complete => JoinOutcome::Shadow,
            [] => JoinOutcome::Ambiguous { candidates: open, strength },
            _ => JoinOutcome::Ambiguous { candidates: alive, strength },
        }
    }

    fn rows(&self) -> impl Iterator<Item = (RowId, &'a Record)> {
        self.inventories.iter().enumerate().flat_map(|(list, inventory)| {
            inventory.records.iter().enumerate().map(move |(row, record)| ((list, row), record))
        })
    }

    /// Rows that can be the key, marks aside.
    fn possible(&self) -> impl Iterator<Item = (RowId, &'a Record)> {
        self.rows().filter(|((list, _), record)| {
            self.fits_list(&self.inventories[*list]) && self.relation(record).is_some() && self.fits(record)
        })
    }

    /// Possible rows of which no mark tells, and no mark of the same key in another list.
    fn open(&self) -> Vec<RowId> {
        let open = self.possible().filter(|(_, record)| self.leak.compare(record) == Likeness::Open).map(|(id, _)| id);
        let namesakes = Namesakes::of(self.inventories);
        let is_not = |id| self.leak.compare(self.record(id)) == Likeness::IsNot;
        open.filter(|&id| !namesakes.twins(self.inventories, id).into_iter().any(is_not)).collect()
    }

    /// The rows without those that are the same key as an earlier one, in another list.
    fn distinct(&self, rows: &[RowId]) -> Vec<RowId> {
        let namesakes = Namesakes::of(self.inventories);
        let is_first =
            |&id: &RowId| namesakes.twins(self.inventories, id).iter().all(|twin| *twin > id || !rows.contains(twin));
        rows.iter().copied().filter(is_first).collect()
    }

    fn relation(&self, record: &Record) -> Option<Relation> {
        let issuer = record.facts.issuer.as_ref()?;
        if issuer == self.issuer {
            return Some(Relation::Same);
        }
        (*self.issuer == Issuer::NUGET && *issuer == Issuer::POWERSHELL_GALLERY).then_some(Relation::Alike)
    }

    fn is_of_issuer(&self, id: RowId) -> bool {
        self.relation(self.record(id)) == Some(Relation::Same)
    }

    /// Whether the list is one of the issuer's and could hold a key of this sort.
    fn could_hold(&self, list: &Inventory) -> bool {
        list.issuers.contains(self.issuer) && self.fits_list(list)
    }

    fn fits_list(&self, list: &Inventory) -> bool {
        self.leak.sort.is_none_or(|sort| sort.fits_list(list))
    }

    fn fits(&self, record: &Record) -> bool {
        let created = record.facts.created.said();
        compatible(self.leak.sort, Sort::of_record(record))
            && created.is_none_or(|created| *created <= self.now)
            && created.zip(self.decoded.and_then(|facts| facts.created.said())).is_none_or(|(listed, stated)| {
                let after = listed.as_second() - stated.as_second();
                (-CREATED_BEFORE_SECONDS..=CREATED_AFTER_SECONDS).contains(&after)
            })
    }

    fn is_alive(&self, id: RowId) -> bool {
        let facts = &self.record(id).facts;
        let ended = matches!(facts.expires.said(), Some(Expiry::At(at)) if *at <= self.now);
        !ended && !matches!(facts.state, State::Inactive(_))
    }

    fn record(&self, (list, row): RowId) -> &'a Record {
        &self.inventories[list].records[row]
    }

    /// All rows are the same key: the first that is alive, else the first.
    fn best(&self, rows: &[RowId], strength: JoinStrength) -> Option<JoinOutcome> {
        let alive = rows.iter().copied().find(|&id| self.is_alive(id));
        let (inventory, record) = alive.or_else(|| rows.first().copied())?;
        Some(JoinOutcome::Found { inventory, record, strength })
    }

    /// Rows of different lists are the same key, rows of one list are not.
    fn best_of_each(&self, rows: &[RowId], strength: JoinStrength) -> Option<JoinOutcome> {
        let crowded = rows.iter().zip(rows.iter().skip(1)).any(|(one, next)| one.0 == next.0);
        if crowded {
            return Some(JoinOutcome::Ambiguous { candidates: rows.to_vec(), strength });
        }
        self.best(rows, strength)
    }
}

impl JoinOutcome {
    /// In a sentence, for people. `inventories` are those of the join. Names and paths stand in it as the lists have
    /// them: escape before showing.
    #[must_use]
    pub fn words(&self, issuer: &Issuer, inventories: &[Inventory]) -> String {
        match self {
            Self::NoList => format!("no list was given that could hold this key of {issuer}"),
            Self::Found { inventory, record, strength } => found((*inventory, *record), *strength, inventories),
            Self::Ambiguous { candidates, strength } => ambiguous(candidates, *strength, issuer, inventories),
            Self::Shadow => shadow(issuer, inventories),
        }
    }
}

fn found(id: RowId, strength: JoinStrength, inventories: &[Inventory]) -> String {
    let caution = match strength {
        JoinStrength::Elimination => {
            "; this is weak: it is only the one live key in the list that it can be, and nothing of the key itself was compared"
        }
        JoinStrength::Name => "; its name stands beside the leak, but nothing of the key itself was compared",
        JoinStrength::Ends | JoinStrength::Id | JoinStrength::Hash | JoinStrength::Row => "",
    };
    format!("it is {}, joined {}{caution}", row(id, inventories), strength.words())
}

fn ambiguous(candidates: &[RowId], strength: JoinStrength, issuer: &Issuer, inventories: &[Inventory]) -> String {
    const SHOWN: usize = 3;
    let rows: Vec<String> = candidates.iter().take(SHOWN).map(|&id| row(id, inventories)).collect();
    let more = match candidates.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let cure = "record the `sha256` of each key to tell";
    match candidates.len() {
        0 => format!("the lists of {issuer} are not complete, and no row in them is this key"),
        1 => format!("it may be {}, but that is not certain ({}); {cure}", rows.concat(), strength.words()),
        _ => format!("it may be any of {}{more} ({}); {cure}", rows.join(", "), strength.words()),
    }
}

fn shadow(issuer: &Issuer, inventories: &[Inventory]) -> String {
    let lists = inventories.iter().filter(|list| list.issuers.contains(issuer));
    let (files, counts): (Vec<String>, Vec<usize>) =
        lists.map(|list| (list.path.display().to_string(), of_issuer(list, issuer))).unzip();
    let count: usize = counts.iter().sum();
    let keys = if count == 1 { "key" } else { "keys" };
    format!("it is none of the {count} {keys} of {issuer} in {}: a key that the list does not know", files.join(", "))
}

fn of_issuer(list: &Inventory, issuer: &Issuer) -> usize {
    list.records.iter().filter(|record| record.facts.issuer.as_ref() == Some(issuer)).count()
}

fn row((list, row): RowId, inventories: &[Inventory]) -> String {
    let Some(list) = inventories.get(list) else { return "an unknown row".to_owned() };
    let file = list.path.display();
    match list.records.get(row) {
        None => format!("an unknown row of {file}"),
        Some(record) => match record.facts.name.said() {
            Some(name) => format!("`{name}` ({file}:{})", record.line),
            None => format!("{file}:{}", record.line),
        },
    }
}
