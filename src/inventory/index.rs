//! The rows of all lists by that by which a leaked key may be one of them, so that a join looks at the rows that it may
//! be about and at no others: a hundred thousand rows and ten thousand leaks are no thousand million comparisons.
//!
//! A row with a mark that may agree is a *hit* and is compared. Of all other rows nothing agrees, and what that means is
//! the same for every row that has marks of the same sorts and lengths: either one of them can be compared, and the row
//! is another key, or none can, and the row is open. Rows alike in this make a [`Class`].

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::RangeInclusive;

use super::marks::{Leak, OWNERS, Shape};
use super::sort::Sort;
use super::{Inventory, Mark, Record};
use crate::issuer::Issuer;
use crate::key::{Expiry, KeyFacts};

/// A row: index of its list, index in the list.
pub(super) type RowId = (usize, usize);

/// All rows, by their marks and in classes.
pub(super) struct Index {
    hashes: HashMap<Vec<u8>, Vec<RowId>>,
    /// In small letters; whether case counts the comparison tells.
    ids: HashMap<String, Vec<RowId>>,
    /// By how many first and last characters are shown, and by these in small letters.
    shown: HashMap<(usize, usize), HashMap<Vec<u8>, Vec<RowId>>>,
    /// By every second of creation and of an end.
    seconds: HashMap<i64, Vec<RowId>>,
    classes: HashMap<Issuer, Vec<Class>>,
}

/// Rows of one list, issuer and sort, with marks of the same sorts and lengths.
pub(super) struct Class {
    pub(super) list: usize,
    pub(super) sort: Option<Sort>,
    /// What marks its rows have.
    pub(super) shape: Shape,
    /// What marks the same keys have in other lists.
    pub(super) twins: BTreeSet<Shape>,
    rows: Vec<RowId>,
    /// By the value of each of [`OWNERS`].
    owners: Vec<Told<String>>,
    ends: Told<i64>,
    created: Told<i64>,
}

/// The rows of a class by one thing that a key's text may state as well; those that do not tell it may be the key too.
struct Told<K> {
    by: BTreeMap<K, Vec<RowId>>,
    silent: Vec<RowId>,
}

/// What rows of one class have in common: list, issuer, sort, shape, and the shapes of their twins.
type Kin = (usize, Issuer, Option<Sort>, Shape, BTreeSet<Shape>);

impl<K> Default for Told<K> {
    fn default() -> Self {
        Self { by: BTreeMap::new(), silent: Vec::new() }
    }
}

impl<K: Ord> Told<K> {
    fn add(&mut self, value: Option<K>, row: RowId) {
        match value {
            Some(value) => self.by.entry(value).or_default().push(row),
            None => self.silent.push(row),
        }
    }

    /// The rows that tell a value in `range`, and those that tell none; `None` where no row tells any.
    fn within(&self, range: RangeInclusive<K>) -> Option<Vec<RowId>> {
        let told = || self.by.range(range).flat_map(|(_, rows)| rows);
        (!self.by.is_empty()).then(|| told().chain(&self.silent).copied().collect())
    }
}

/// What a leaked key's text states that rows may state otherwise.
pub(super) struct Stated<'a> {
    /// The owners that it names, by their place in [`OWNERS`].
    pub(super) owners: Vec<(usize, &'a str)>,
    /// The seconds between which a row's end must lie.
    pub(super) ends: Option<RangeInclusive<i64>>,
    /// The seconds between which a row's creation must lie.
    pub(super) created: Option<RangeInclusive<i64>>,
}

impl Stated<'_> {
    /// Whether rows of one class differ in nothing that it states.
    pub(super) fn is_nothing(&self) -> bool {
        self.owners.is_empty() && self.ends.is_none() && self.created.is_none()
    }
}

impl Class {
    /// The rows that may agree with what is stated, by the one statement that leaves the fewest. More than these never
    /// do; whether one does is not told here.
    pub(super) fn rows(&self, stated: &Stated<'_>) -> Vec<RowId> {
        let by_owner = || {
            let mut owners = stated.owners.iter();
            owners.find_map(|(at, value)| self.owners.get(*at)?.within((*value).to_owned()..=(*value).to_owned()))
        };
        let by_end = || self.ends.within(stated.ends.clone()?);
        let by_creation = || self.created.within(stated.created.clone()?);
        by_owner().or_else(by_end).or_else(by_creation).unwrap_or_else(|| self.rows.clone())
    }

    /// How many rows it has.
    pub(super) fn count(&self) -> usize {
        self.rows.len()
    }

    fn add(&mut self, id: RowId, record: &Record) {
        self.rows.push(id);
        self.ends.add(end_second(&record.facts), id);
        self.created.add(created_second(&record.facts), id);
        for (owner, told) in OWNERS.iter().zip(&mut self.owners) {
            told.add(record.facts.details.get(*owner).cloned(), id);
        }
    }
}

fn end_second(facts: &KeyFacts) -> Option<i64> {
    match facts.expires.said() {
        Some(Expiry::At(at)) => Some(at.as_second()),
        _ => None,
    }
}

fn created_second(facts: &KeyFacts) -> Option<i64> {
    facts.created.said().map(|at| at.as_second())
}

impl Index {
    /// Reads every row once. `sorts` is what each row tells of its sort, `twins` names the rows of other lists that are
    /// the same key.
    pub(super) fn of<T: Iterator<Item = RowId>>(
        inventories: &[Inventory],
        sorts: &[Vec<Option<Sort>>],
        twins: impl Fn(RowId) -> T,
    ) -> Self {
        let mut index = Self {
            hashes: HashMap::new(),
            ids: HashMap::new(),
            shown: HashMap::new(),
            seconds: HashMap::new(),
            classes: HashMap::new(),
        };
        let mut places: HashMap<Kin, usize> = HashMap::new();
        for (list, inventory) in inventories.iter().enumerate() {
            for (row, record) in inventory.records.iter().enumerate() {
                let id = (list, row);
                index.add_marks(id, record);
                let Some(issuer) = &record.facts.issuer else { continue };
                let shape = Shape::of(record);
                let twins: BTreeSet<Shape> =
                    twins(id).map(|(list, row)| Shape::of(&inventories[list].records[row])).collect();
                let sort = sorts[list][row];
                let classes = index.classes.entry(issuer.clone()).or_default();
                let at =
                    *places.entry((list, issuer.clone(), sort, shape.clone(), twins.clone())).or_insert_with(|| {
                        let owners = OWNERS.iter().map(|_| Told::default()).collect();
                        let (rows, ends, created) = (Vec::new(), Told::default(), Told::default());
                        classes.push(Class { list, sort, shape, twins, rows, owners, ends, created });
                        classes.len() - 1
                    });
                classes[at].add(id, record);
            }
        }
        index
    }

    fn add_marks(&mut self, id: RowId, record: &Record) {
        for mark in &record.marks {
            match mark {
                Mark::Sha256(hash) => self.hashes.entry(hash.to_vec()).or_default().push(id),
                Mark::Sha512(hash) => self.hashes.entry(hash.to_vec()).or_default().push(id),
                Mark::KeyId(text) => self.ids.entry(text.to_ascii_lowercase()).or_default().push(id),
                Mark::Ends { prefix, suffix } | Mark::Hint { prefix, suffix } => {
                    let of_lengths = self.shown.entry((prefix.len(), suffix.len())).or_default();
                    let ends = [prefix.as_bytes(), suffix.as_bytes()].concat().to_ascii_lowercase();
                    of_lengths.entry(ends).or_default().push(id);
                }
            }
        }
        let moments = [created_second(&record.facts), end_second(&record.facts)];
        for second in moments.into_iter().flatten() {
            self.seconds.entry(second).or_default().push(id);
        }
    }

    /// Every row with a mark that may agree with the key's, in their order. A row that is not among them agrees in none.
    pub(super) fn hits(&self, leak: &Leak<'_>) -> BTreeSet<RowId> {
        let hashes = leak.hashes().filter_map(|hash| self.hashes.get(hash));
        let ids = leak.ids().filter_map(|id| self.ids.get(&id.to_ascii_lowercase()));
        let shown = self.shown.iter().filter_map(|(lengths, rows)| rows.get(&leak.ends_of(*lengths)?));
        let seconds = leak.seconds().filter_map(|second| self.seconds.get(&second));
        hashes.chain(ids).chain(shown).chain(seconds).flatten().copied().collect()
    }

    /// The classes of an issuer's rows.
    pub(super) fn classes(&self, issuer: &Issuer) -> &[Class] {
        self.classes.get(issuer).map_or(&[][..], Vec::as_slice)
    }
}
