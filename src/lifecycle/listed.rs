//! The rows of the owner's lists by what a report keeps of a key, so that a report of many keys beside a list of many
//! rows is compared in the time of both together.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::earlier::{EarlierEvidence, EarlierFacts, EarlierKey};
use super::rows;
use crate::inventory::{Inventory, Mark, Record};
use crate::issuer::Issuer;

/// A row: index of its list, index in it.
pub(super) type RowId = (usize, usize);

/// Every row whose issuer is told.
pub(super) struct Listed<'l> {
    lists: &'l [Inventory],
    of_issuer: HashMap<&'l Issuer, OfIssuer<'l>>,
    places: Places<'l>,
}

/// List, line, id and name.
type Place<'l> = (usize, usize, Option<&'l str>, Option<&'l str>);

/// Where rows stand. Many rows may stand on one line, so their ids and names tell them apart.
pub(super) struct Places<'l> {
    /// Lists by their paths, as reports write them.
    lists: HashMap<String, Vec<usize>>,
    rows: HashMap<Place<'l>, RowId>,
    lines: HashMap<(usize, usize), Vec<RowId>>,
}

impl<'l> Places<'l> {
    pub(super) fn of(lists: &'l [Inventory]) -> Self {
        let mut places = Self { lists: HashMap::new(), rows: HashMap::new(), lines: HashMap::new() };
        for (at, list) in lists.iter().enumerate() {
            places.lists.entry(list.path.to_string_lossy().into_owned()).or_default().push(at);
        }
        for (row, _, record, _) in rows(lists) {
            let [id, name] = [&record.facts.key_id, &record.facts.name].map(|said| said.said().map(String::as_str));
            places.rows.entry((row.0, record.line, id, name)).or_insert(row);
            places.lines.entry((row.0, record.line)).or_default().push(row);
        }
        places
    }

    /// The row on that line of that list with this id and this name.
    pub(super) fn row(&self, file: &str, line: usize, id: Option<&str>, name: Option<&str>) -> Option<RowId> {
        self.lists.get(file)?.iter().find_map(|list| self.rows.get(&(*list, line, id, name))).copied()
    }

    /// Every row on that line of that list.
    fn line(&self, file: &str, line: usize) -> impl Iterator<Item = RowId> {
        let lists = self.lists.get(file).into_iter().flatten();
        lists.filter_map(move |list| self.lines.get(&(*list, line))).flatten().copied()
    }
}

/// The rows of one issuer.
#[derive(Default)]
struct OfIssuer<'l> {
    /// By every id that a row shows, in small letters.
    ids: HashMap<String, BTreeSet<RowId>>,
    names: HashMap<&'l str, BTreeSet<RowId>>,
    /// By every end of the last characters that a row shows.
    ends: HashMap<&'l str, BTreeSet<RowId>>,
    /// By whether they show an id that stands in the key's text, and last characters.
    alike: BTreeMap<Shows, Vec<RowId>>,
}

/// What a row shows by which it can be told from a key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Shows {
    id: bool,
    end: bool,
}

impl Shows {
    fn of(record: &Record) -> Self {
        let id = record.marks.iter().any(|mark| matches!(mark, Mark::KeyId(_)));
        Self { id, end: shown(record).is_some_and(|(_, suffix)| !suffix.is_empty()) }
    }
}

impl<'l> Listed<'l> {
    pub(super) fn of(lists: &'l [Inventory]) -> Self {
        let mut of_issuer: HashMap<&Issuer, OfIssuer<'l>> = HashMap::new();
        for (row, _, record, issuer) in rows(lists) {
            of_issuer.entry(issuer).or_default().add(row, record);
        }
        Self { lists, of_issuer, places: Places::of(lists) }
    }

    fn record(&self, (list, row): RowId) -> &'l Record {
        &self.lists[list].records[row]
    }

    /// The row on that line of that list which is of the same issuer and neither id nor name of which is another; else the
    /// one row anywhere of which one of them is the same. The list may have grown since.
    pub(super) fn as_joined(&self, issuer: &Issuer, file: &str, line: usize, facts: &EarlierFacts) -> Option<RowId> {
        let named = self.of_issuer.get(issuer)?.named(facts);
        let is_of_issuer = |row: &RowId| self.record(*row).facts.issuer.as_ref() == Some(issuer);
        let same = |row: &RowId| same(self.record(*row), facts);
        let itself = self.places.row(file, line, facts.key_id.as_deref(), facts.name.as_deref());
        let here = || self.places.line(file, line).find(|row| is_of_issuer(row) && same(row) != Some(false));
        let anywhere = || only(named.into_iter().filter(|row| same(row) == Some(true)));
        itself.filter(is_of_issuer).or_else(here).or_else(anywhere)
    }

    /// The one row of the key's issuer that shows one of its ids.
    pub(super) fn by_id(&self, key: &EarlierKey) -> Option<RowId> {
        only(self.of_issuer.get(&key.issuer)?.with_ids(key))
    }

    /// The one row of the key's issuer that shows its last characters.
    pub(super) fn by_end(&self, key: &EarlierKey) -> Option<RowId> {
        let rows = self.of_issuer.get(&key.issuer)?.with_end(key);
        only(rows.into_iter().filter(|row| ends_alike(self.record(*row), key) == Some(true)))
    }

    /// The rows of the key's issuer that show nothing which proves them another key.
    pub(super) fn open(&self, key: &EarlierKey) -> Open<'_> {
        let Some(rows) = self.of_issuer.get(&key.issuer) else { return Open::default() };
        // Of the rows that show something comparable, only those that agree in it can be open.
        let told = |shows: &Shows| {
            shows.id && key.ids().next().is_some() || shows.end && !tail(key).unwrap_or_default().is_empty()
        };
        let hits: BTreeSet<RowId> = rows.with_ids(key).into_iter().chain(rows.with_end(key)).collect();
        let agrees = |row: &RowId| told(&Shows::of(self.record(*row))) && !differs(self.record(*row), key);
        Open {
            silent: rows.alike.iter().filter(|(shows, _)| !told(shows)).map(|(_, rows)| rows.as_slice()).collect(),
            agreeing: hits.into_iter().filter(agrees).collect(),
        }
    }
}

/// Rows that may be a key.
#[derive(Default)]
pub(super) struct Open<'a> {
    /// Those that show nothing comparable, in the groups that are the same for every key that they are told of.
    silent: Vec<&'a [RowId]>,
    /// Those that agree in what they show.
    agreeing: Vec<RowId>,
}

impl Open<'_> {
    pub(super) fn count(&self) -> usize {
        self.silent.iter().map(|rows| rows.len()).sum::<usize>() + self.agreeing.len()
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = RowId> {
        self.agreeing.iter().chain(self.silent.iter().copied().flatten()).copied()
    }
}

/// Every row that may be one of several keys. A group is added once, so that many keys beside many rows take the time of
/// both together.
#[derive(Default)]
pub(super) struct Doubtful {
    rows: BTreeSet<RowId>,
    /// The first row of each group that was added.
    groups: BTreeSet<RowId>,
}

impl Doubtful {
    pub(super) fn add(&mut self, open: &Open<'_>) {
        self.rows.extend(&open.agreeing);
        for group in &open.silent {
            if group.first().is_some_and(|first| self.groups.insert(*first)) {
                self.rows.extend(*group);
            }
        }
    }

    pub(super) fn has(&self, row: RowId) -> bool {
        self.rows.contains(&row)
    }
}

impl<'l> OfIssuer<'l> {
    fn add(&mut self, row: RowId, record: &'l Record) {
        for id in ids(record) {
            self.ids.entry(id.to_ascii_lowercase()).or_default().insert(row);
        }
        if let Some(name) = record.facts.name.said() {
            self.names.entry(name).or_default().insert(row);
        }
        if let Some((_, suffix)) = shown(record) {
            for (at, _) in suffix.char_indices() {
                self.ends.entry(&suffix[at..]).or_default().insert(row);
            }
        }
        self.alike.entry(Shows::of(record)).or_default().push(row);
    }

    fn named(&self, facts: &EarlierFacts) -> BTreeSet<RowId> {
        let by_id = facts.key_id.as_ref().and_then(|id| self.ids.get(&id.to_ascii_lowercase()));
        let by_name = facts.name.as_ref().and_then(|name| self.names.get(name.as_str()));
        by_id.into_iter().chain(by_name).flatten().copied().collect()
    }

    fn with_ids(&self, key: &EarlierKey) -> BTreeSet<RowId> {
        key.ids().filter_map(|id| self.ids.get(&id.to_ascii_lowercase())).flatten().copied().collect()
    }

    /// Rows whose last characters end as the mask's, or the other way about.
    fn with_end(&self, key: &EarlierKey) -> BTreeSet<RowId> {
        let tail = tail(key).unwrap_or_default();
        let parts = tail.char_indices().map(|(at, _)| &tail[at..]);
        parts.filter_map(|part| self.ends.get(part)).flatten().copied().collect()
    }
}

/// The one row; none where there are more.
fn only(rows: impl IntoIterator<Item = RowId>) -> Option<RowId> {
    let mut rows = rows.into_iter();
    rows.next().filter(|_| rows.next().is_none())
}

/// Whether a row is what a scan read in it: by its id, or where one of them tells none by its name.
fn same(record: &Record, facts: &EarlierFacts) -> Option<bool> {
    let id = record.facts.key_id.said().zip(facts.key_id.as_ref()).map(|(a, b)| a == b);
    id.or_else(|| record.facts.name.said().zip(facts.name.as_ref()).map(|(a, b)| a == b))
}

fn ids(record: &Record) -> impl Iterator<Item = &str> {
    let marks = record.marks.iter().filter_map(|mark| match mark {
        Mark::KeyId(id) => Some(id.as_str()),
        Mark::Sha256(_) | Mark::Sha512(_) | Mark::Ends { .. } | Mark::Hint { .. } => None,
    });
    marks.chain(record.facts.key_id.said().map(String::as_str))
}

/// First and last characters that a row shows.
fn shown(record: &Record) -> Option<(&String, &String)> {
    record.marks.iter().find_map(|mark| match mark {
        Mark::Ends { prefix, suffix } | Mark::Hint { prefix, suffix } => Some((prefix, suffix)),
        Mark::Sha256(_) | Mark::Sha512(_) | Mark::KeyId(_) => None,
    })
}

fn tail(key: &EarlierKey) -> Option<&str> {
    key.masked.split_once('…').map(|(_, tail)| tail)
}

/// Whether a row and a mask end alike; `None` where one of them shows no end.
fn ends_alike(record: &Record, key: &EarlierKey) -> Option<bool> {
    let (head, tail) = key.masked.split_once('…')?;
    let (prefix, suffix) = shown(record)?;
    (!suffix.is_empty() && !tail.is_empty()).then(|| {
        let ends = suffix.ends_with(tail) || tail.ends_with(suffix.as_str());
        ends && (prefix.starts_with(head) || head.starts_with(prefix.as_str()))
    })
}

/// Whether what a row shows proves that it is another key.
fn differs(record: &Record, key: &EarlierKey) -> bool {
    let embedded = record.marks.iter().any(|mark| matches!(mark, Mark::KeyId(_)));
    // Only an id that is told of both in the same manner can differ: npm's ids stand in no token.
    let by_id = embedded
        && key.ids().next().is_some()
        && !ids(record).any(|id| key.ids().any(|own| own.eq_ignore_ascii_case(id)));
    by_id || ends_alike(record, key) == Some(false)
}

/// The join of the scan itself, surely enough: by elimination alone is no join.
pub(super) fn joins(key: &EarlierKey) -> impl Iterator<Item = (&str, usize, &str, &EarlierFacts)> {
    key.dossier.iter().filter_map(|statement| match &statement.evidence {
        EarlierEvidence::Inventory { file, line, join } if join != "elimination" => {
            Some((file.as_str(), *line, join.as_str(), &statement.facts))
        }
        _ => None,
    })
}
