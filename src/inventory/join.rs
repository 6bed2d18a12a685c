//! Which row of the owner's lists a leaked key is, and how sure that is.
//!
//! # How a row is found
//! A row *relates* to a leak if it is of the leak's issuer. NuGet.org and the PowerShell Gallery make keys of the same
//! form, so a row of the PowerShell Gallery's also relates to a leak that is said to be NuGet's. A row *can be* the key
//! if it relates, is of the same sort (NuGet v4, GUID, …) as far as both tell, was not created after `now`, was not
//! created and does not end at another time than the key's own text says, and is not of another owner than the one
//! whom the key's own text names (a GitLab token's user, an AWS key's account), and if its list can hold such a key at
//! all (NuGet's page never has short-lived keys).
//!
//! The marks of a row are compared by strength: the strongest sort of mark that both the row and the leak have decides.
//! If it agrees the row *is* the key; if it differs the row *is not*; if there is none the row is *open*. A row is also
//! not the key if another list has the same key by name (once in either list) and that row's marks differ.
//!
//! | # | found | outcome |
//! |---|---|---|
//! | 1 | a row of any issuer has the key's hash | found, by hash |
//! | 2 | a row that relates has its id (NuGet v4: the first 20 characters, case ignored) | found, by id |
//! | 3 | one row of each list that has any, has its first and last characters (six random ones at least); else a hint of three to five; else its second of creation or of the end | found, by ends, by hint, by moment |
//! | 4 | several rows of one list have | ambiguous, by ends, by hint, by moment |
//! | 5 | the names of open rows, at most one of each list and all the same, stand beside the leak | found, by name |
//! | 6 | several names of open rows do | ambiguous, by name |
//! | 7 | of the open rows one is alive, is of the issuer itself, and every list is complete | found, by elimination |
//! | 8 | several open rows are alive; or none is and some are dead; or the only one is of the other gallery; or a list is not complete | ambiguous, by elimination |
//! | 9 | no row is open, and there is a list of the issuer that could hold such a key | shadow |
//! | 10 | there is no such list | no list |
//!
//! If some open rows are of the very owner whom the key's text names, 7 and 8 are of these alone, and it is found by
//! owner instead. In 7 and 8 a key that two lists have by the same name counts once. In 1, 2, 3 and 5 the same key may stand in several lists; the first row that is alive is taken, else the first.
//! Elimination never says that a key is dead: a dead row is not joined by it, and dead rows beside one that is alive do
//! not keep it from being joined, since a key that is dead after all was only taken too seriously.
//!
//! A join looks at one leak. [`settle`] takes back weak joins of two leaks to one row.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::RangeInclusive;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use super::index::{Class, Index, RowId, Stated};
use super::marks::{Leak, Likeness, OWNERS};
use super::sort::{Sort, compatible};
use super::{Inventory, NearbyNames, Record};
use crate::issuer::Issuer;
use crate::key::{Expiry, JoinStrength, KeyFacts, State};
use crate::secret::Secret;

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
        /// Index of the list and of the row, in their order: the first of them, sixteen at most. Empty if a list that is
        /// not complete has no such row.
        candidates: Vec<(usize, usize)>,
        /// How many more there are.
        more: usize,
        /// What they have in common with the key.
        strength: JoinStrength,
    },
    /// There are lists that could hold it, they are complete, and every row of theirs is another key.
    Shadow,
}

/// The owner's lists, made ready for many joins: what is the same for every leak is found once.
pub struct Lists<'i> {
    inventories: &'i [Inventory],
    namesakes: Namesakes,
    /// Of each list and row, what it tells of the key's sort.
    sorts: Vec<Vec<Option<Sort>>>,
    /// Of each list, what sorts its rows tell.
    told: Vec<Vec<Option<Sort>>>,
    index: Index,
    /// What was found by elimination, for leaks of which everything that matters to it is the same.
    eliminated: Mutex<HashMap<View, JoinOutcome>>,
}

/// All of a leak that matters to what rows remain where none of its marks agrees and its text states nothing.
#[derive(PartialEq, Eq, Hash)]
struct View {
    issuer: Issuer,
    sort: Option<Sort>,
    lengths: (usize, Vec<usize>),
    now: Timestamp,
}

impl<'i> Lists<'i> {
    /// Reads the names and the marks of all rows once.
    #[must_use]
    pub fn of(inventories: &'i [Inventory]) -> Self {
        let sorts = |list: &Inventory| list.records.iter().map(Sort::of_record).collect();
        let sorts: Vec<Vec<Option<Sort>>> = inventories.iter().map(sorts).collect();
        let namesakes = Namesakes::of(inventories);
        let index = Index::of(inventories, &sorts, |row| namesakes.twins(inventories, row));
        let distinct = |rows: &Vec<Option<Sort>>| rows.iter().copied().collect::<HashSet<_>>().into_iter().collect();
        let told = sorts.iter().map(distinct).collect();
        Self { inventories, namesakes, sorts, told, index, eliminated: Mutex::default() }
    }

    /// Finds the row of a leaked key. `issuer` is the leak's issuer after its context was looked at, `decoded` what the
    /// key's own text says. The module's documentation has the rules as a table.
    #[must_use]
    pub fn join(
        &self,
        secret: &Secret,
        issuer: &Issuer,
        decoded: Option<&KeyFacts>,
        nearby: &NearbyNames,
        now: Timestamp,
    ) -> JoinOutcome {
        let search = self.search(secret, issuer, decoded, nearby, now);
        let hits = self.index.hits(&search.leak);
        if let Some(found) = search.by_hash(&hits).or_else(|| search.by_marks(&hits)).or_else(|| search.by_name()) {
            return found;
        }
        // Rows whose marks may agree and do not, or agree with a row that cannot be the key, are looked at one by one.
        let apart = search.apart(hits);
        let stated = search.stated();
        if !apart.is_empty() || !stated.is_nothing() {
            return search.by_elimination(search.open(&apart, &stated));
        }
        let view = View { issuer: issuer.clone(), sort: search.leak.sort, lengths: search.leak.lengths(), now };
        let mut known = self.eliminated.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(view).or_insert_with(|| search.by_elimination(search.open(&apart, &stated))).clone()
    }

    /// The lists, as they were given.
    pub(super) fn inventories(&self) -> &'i [Inventory] {
        self.inventories
    }

    /// How many keys of an issuer one of the lists has.
    pub(super) fn keys_of(&self, issuer: &Issuer, list: usize) -> usize {
        let classes = self.index.classes(issuer).iter().filter(|class| class.list == list);
        classes.map(Class::count).sum()
    }

    fn search<'a>(
        &'a self,
        secret: &'a Secret,
        issuer: &'a Issuer,
        decoded: Option<&'a KeyFacts>,
        nearby: &'a NearbyNames,
        now: Timestamp,
    ) -> Search<'a> {
        let leak = Leak::of(secret, issuer, decoded);
        let fits = |(list, rows): (&Inventory, &Vec<_>)| leak.sort.is_none_or(|sort| sort.fits_list(list.format, rows));
        let fitting = self.inventories.iter().zip(&self.told).map(fits).collect();
        Search { leak, issuer, decoded, nearby, lists: self, fitting, now }
    }

    /// Rows of other lists that are the same key as this row: of the same issuer and the same name, which is that of one
    /// row only in either list. What they say may be added to what is known of the key, as joined by name.
    #[must_use]
    pub fn twins(&self, inventory: usize, record: usize) -> Vec<(usize, usize)> {
        self.namesakes.twins(self.inventories, (inventory, record)).collect()
    }
}

/// [`Lists::join`] for one key alone.
#[must_use]
pub fn join(
    secret: &Secret,
    issuer: &Issuer,
    decoded: Option<&KeyFacts>,
    nearby: &NearbyNames,
    inventories: &[Inventory],
    now: Timestamp,
) -> JoinOutcome {
    Lists::of(inventories).join(secret, issuer, decoded, nearby, now)
}

/// Takes back what two leaked keys cannot both be: of several *different* keys that were joined to the same row, those
/// that were joined most strongly keep it, and all others become ambiguous; beside another of the same strength only a
/// hash or an id keeps it. `outcomes` has one entry for each key.
pub fn settle(outcomes: &mut [JoinOutcome]) {
    // Of each row the strongest claim, and how many are as strong.
    let mut claims: HashMap<RowId, (JoinStrength, usize)> = HashMap::new();
    for (row, strength) in outcomes.iter().filter_map(claim) {
        let (strongest, count) = claims.entry(row).or_insert((strength, 0));
        match strength.cmp(strongest) {
            Ordering::Greater => (*strongest, *count) = (strength, 1),
            Ordering::Equal => *count += 1,
            Ordering::Less => {}
        }
    }
    for outcome in outcomes {
        let Some((row, strength)) = claim(outcome) else { continue };
        let Some(&(strongest, count)) = claims.get(&row) else { continue };
        if strongest > strength || (count > 1 && strength < JoinStrength::Id) {
            *outcome = JoinOutcome::ambiguous(&[row], strength);
        }
    }
}

/// [`Lists::twins`] of one row alone.
#[must_use]
pub fn twins(inventories: &[Inventory], inventory: usize, record: usize) -> Vec<(usize, usize)> {
    Lists::of(inventories).twins(inventory, record)
}

/// Of each issuer and name, case ignored, and each list that has it: the first row, and whether it is the only one.
struct Namesakes(HashMap<(Issuer, String), Vec<(RowId, bool)>>);

impl Namesakes {
    fn of(inventories: &[Inventory]) -> Self {
        let mut rows: HashMap<_, Vec<(RowId, bool)>> = HashMap::new();
        for (list, inventory) in inventories.iter().enumerate() {
            for (row, record) in inventory.records.iter().enumerate() {
                let Some(name) = full_name(record) else { continue };
                let same = rows.entry(name).or_default();
                match same.last_mut() {
                    Some(((last, _), alone)) if *last == list => *alone = false,
                    _ => same.push(((list, row), true)),
                }
            }
        }
        Self(rows)
    }

    fn twins(&self, inventories: &[Inventory], id: RowId) -> impl Iterator<Item = RowId> {
        // One list has no twins in another, and looking up a name costs more than all the rest of a row.
        let others = if inventories.len() > 1 { inventories } else { &[] };
        let record = others.get(id.0).and_then(|inventory| inventory.records.get(id.1));
        let same = record.and_then(full_name).and_then(|name| self.0.get(&name)).map_or(&[][..], Vec::as_slice);
        let same = if same.contains(&(id, true)) { same } else { &[] };
        same.iter().filter(move |((list, _), alone)| *list != id.0 && *alone).map(|&(twin, _)| twin)
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
    lists: &'a Lists<'a>,
    /// Of each list, whether it can hold a key of this sort.
    fitting: Vec<bool>,
    now: Timestamp,
}

impl<'a> Search<'a> {
    /// Row 1 of the table. `hits` holds at least every row with a mark that agrees, here and below.
    fn by_hash(&self, hits: &BTreeSet<RowId>) -> Option<JoinOutcome> {
        let has_hash = |id: &RowId| self.leak.has_hash_of(self.record(*id));
        let rows: Vec<RowId> = hits.iter().copied().filter(has_hash).collect();
        self.best(&rows, JoinStrength::Hash)
    }

    /// Rows 2 to 4 of the table.
    fn by_marks(&self, hits: &BTreeSet<RowId>) -> Option<JoinOutcome> {
        let mut alike: Vec<(JoinStrength, RowId)> = Vec::new();
        for &id in hits.iter().filter(|id| self.relation(self.record(**id)).is_some()) {
            match self.leak.compare(self.record(id)) {
                // An id is proof whatever else is told of the row.
                Likeness::Is(JoinStrength::Id) => alike.push((JoinStrength::Id, id)),
                Likeness::Is(strength) if self.can_be(id) => alike.push((strength, id)),
                Likeness::Is(_) | Likeness::IsNot | Likeness::Open => {}
            }
        }
        let strength = alike.iter().map(|(strength, _)| *strength).max()?;
        let rows: Vec<RowId> = alike.into_iter().filter(|(one, _)| *one == strength).map(|(_, id)| id).collect();
        if strength == JoinStrength::Id { self.best(&rows, strength) } else { self.best_of_each(&rows, strength) }
    }

    /// Rows 5 and 6 of the table.
    fn by_name(&self) -> Option<JoinOutcome> {
        let named: Vec<RowId> = self.nearby.rows().filter(|id| self.is_open(*id)).collect();
        let first = full_name(self.record(*named.first()?));
        if named.iter().all(|&id| full_name(self.record(id)) == first) {
            return self.best_of_each(&named, JoinStrength::Name);
        }
        Some(JoinOutcome::ambiguous(&named, JoinStrength::Name))
    }

    /// Rows 7 to 10 of the table.
    fn by_elimination(&self, open: Vec<RowId>) -> JoinOutcome {
        let owned: Vec<RowId> =
            open.iter().copied().filter(|&id| self.leak.same_owner(self.record(id)) == Some(true)).collect();
        let (open, strength) =
            if owned.is_empty() { (open, JoinStrength::Elimination) } else { (owned, JoinStrength::Owner) };
        let alive: Vec<RowId> = open.iter().copied().filter(|&id| self.is_alive(id)).collect();
        let alive = self.distinct(&alive);
        let mut lists = self.inventories().iter().enumerate().filter(|(index, list)| self.could_hold(*index, list));
        let none = lists.clone().next().is_none();
        let complete = lists.all(|(_, list)| list.complete);
        match *alive.as_slice() {
            [(inventory, record)] if complete && self.is_of_issuer((inventory, record)) => {
                JoinOutcome::Found { inventory, record, strength }
            }
            [] if open.is_empty() && none => JoinOutcome::NoList,
            [] if open.is_empty() && complete => JoinOutcome::Shadow,
            [] => JoinOutcome::ambiguous(&open, strength),
            _ => JoinOutcome::ambiguous(&alive, strength),
        }
    }

    fn inventories(&self) -> &'a [Inventory] {
        self.lists.inventories
    }

    /// Whether the row can be the key, marks aside.
    fn can_be(&self, (list, row): RowId) -> bool {
        let record = self.record((list, row));
        self.fitting[list]
            && self.relation(record).is_some()
            && compatible(self.leak.sort, self.lists.sorts[list][row])
            && self.fits(record)
    }

    /// Whether it is a possible row of which no mark tells, and no mark of the same key in another list.
    fn is_open(&self, id: RowId) -> bool {
        let is_not = |id| self.leak.compare(self.record(id)) == Likeness::IsNot;
        self.can_be(id)
            && self.leak.compare(self.record(id)) == Likeness::Open
            && !self.lists.namesakes.twins(self.inventories(), id).any(is_not)
    }

    /// The hits that could be open, and the rows of other lists that are the same keys: of them more is to be told than
    /// of the rest of their class.
    fn apart(&self, hits: BTreeSet<RowId>) -> BTreeSet<RowId> {
        let relate = hits.into_iter().filter(|id| self.relation(self.record(*id)).is_some());
        relate.flat_map(|id| self.lists.namesakes.twins(self.inventories(), id).chain([id])).collect()
    }

    /// What the key's text states that a row may state otherwise.
    fn stated(&self) -> Stated<'a> {
        let own = self.decoded;
        let owner = |(at, name): (usize, &&str)| Some((at, own?.details.get(*name)?.as_str()));
        let around = |at: &Timestamp, after| -> RangeInclusive<i64> {
            let at = at.as_second();
            at.saturating_sub(CREATED_BEFORE_SECONDS)..=at.saturating_add(after)
        };
        Stated {
            owners: OWNERS.iter().enumerate().filter_map(owner).collect(),
            ends: own.and_then(end).map(|at| around(at, CREATED_BEFORE_SECONDS)),
            created: own.and_then(|own| own.created.said()).map(|at| around(at, CREATED_AFTER_SECONDS)),
        }
    }

    /// Every open row, in their order: of `apart` those that are, of the others those of classes of which no mark can be
    /// compared.
    fn open(&self, apart: &BTreeSet<RowId>, stated: &Stated<'_>) -> Vec<RowId> {
        let alike = (*self.issuer == Issuer::NUGET).then_some(Issuer::POWERSHELL_GALLERY);
        let classes = [Some(self.issuer), alike.as_ref()].into_iter().flatten();
        let classes =
            classes.flat_map(|issuer| self.lists.index.classes(issuer)).filter(|class| self.is_open_class(class));
        let rows = classes.flat_map(|class| class.rows(stated));
        let rows = rows.filter(|id| !apart.contains(id) && self.fits(self.record(*id)));
        let mut open: Vec<RowId> = rows.chain(apart.iter().copied().filter(|id| self.is_open(*id))).collect();
        open.sort_unstable();
        open
    }

    fn is_open_class(&self, class: &Class) -> bool {
        self.fitting[class.list]
            && compatible(self.leak.sort, class.sort)
            && !self.leak.compares(&class.shape)
            && !class.twins.iter().any(|shape| self.leak.compares(shape))
    }

    /// The rows without those that are the same key as an earlier one, in another list.
    fn distinct(&self, rows: &[RowId]) -> Vec<RowId> {
        let known: HashSet<RowId> = rows.iter().copied().collect();
        let is_first = |&id: &RowId| {
            self.lists.namesakes.twins(self.inventories(), id).all(|twin| twin > id || !known.contains(&twin))
        };
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
    fn could_hold(&self, index: usize, list: &Inventory) -> bool {
        list.issuers.contains(self.issuer) && self.fitting[index]
    }

    fn fits(&self, record: &Record) -> bool {
        let facts = &record.facts;
        self.leak.same_owner(record) != Some(false)
            && facts.created.said().is_none_or(|created| *created <= self.now)
            && within(facts.created.said(), self.decoded.and_then(|own| own.created.said()), CREATED_AFTER_SECONDS)
            && within(end(facts), self.decoded.and_then(end), CREATED_BEFORE_SECONDS)
    }

    fn is_alive(&self, id: RowId) -> bool {
        let facts = &self.record(id).facts;
        let ended = matches!(facts.expires.said(), Some(Expiry::At(at)) if *at <= self.now);
        !ended && !matches!(facts.state, State::Inactive(_))
    }

    fn record(&self, (list, row): RowId) -> &'a Record {
        &self.inventories()[list].records[row]
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
            return Some(JoinOutcome::ambiguous(rows, strength));
        }
        self.best(rows, strength)
    }
}

/// Whether the list's moment is the one of the key's text, as near as lists and keys write moments; one that is not
/// told is as good as any.
fn within(listed: Option<&Timestamp>, stated: Option<&Timestamp>, after: i64) -> bool {
    listed.zip(stated).is_none_or(|(listed, stated)| {
        (-CREATED_BEFORE_SECONDS..=after).contains(&(listed.as_second() - stated.as_second()))
    })
}

fn end(facts: &KeyFacts) -> Option<&Timestamp> {
    match facts.expires.said() {
        Some(Expiry::At(at)) => Some(at),
        _ => None,
    }
}

impl JoinOutcome {
    /// Of a hundred thousand rows that a key may be, not all are kept for each key: nobody reads them.
    fn ambiguous(rows: &[RowId], strength: JoinStrength) -> Self {
        const KEPT: usize = 16;
        let (first, rest) = rows.split_at(rows.len().min(KEPT));
        Self::Ambiguous { candidates: first.to_vec(), more: rest.len(), strength }
    }
}

#[cfg(test)]
mod tests;
