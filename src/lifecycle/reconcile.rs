//! The owner's lists beside what scans saw: which listed keys stand in code, which were never seen, which seen keys
//! are in no list, and which are closed and still lie there.
//!
//! A report holds no secret and no hash of one, so a key of it is joined to a row by what is safe to keep: the join that
//! the scan itself made, the issuer's public id, the last four characters where both sides show them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use super::earlier::{Earlier, EarlierKey};
use super::listed::{self, Doubtful, Listed, Open, RowId};
use super::{Named, rows};
use crate::hygiene::verdict::SHADOW_KEY;
use crate::inventory::{AMBIGUOUS, Inventory, Record};
use crate::issuer::Issuer;
use crate::key::{Expiry, Inactive, JoinStrength, State};
use crate::location::Region;
use crate::severity::Severity;

/// The outcome.
#[derive(Clone, Debug, Serialize)]
pub struct Reconciliation {
    /// The moment of judgement.
    pub now: Timestamp,
    /// The id of the fingerprint key of all reports.
    pub fingerprint_key: String,
    /// The reports, as they were named.
    pub reports: Vec<String>,
    /// Listed keys that work and stand in code.
    pub used: Vec<Pair>,
    /// Listed keys that are revoked or have ended, and still stand in code.
    pub closed_in_code: Vec<Pair>,
    /// Keys in code that no list holds.
    pub shadow: Vec<Seen>,
    /// Keys in code of which the lists do not tell whether they hold them.
    pub unclear: Vec<Seen>,
    /// Keys in code of issuers of which no list was given.
    pub without_list: Vec<Seen>,
    /// Listed keys that work and that no report has seen.
    pub unseen: Vec<Unseen>,
    /// Sentences that a reader must know.
    pub notes: Vec<String>,
}

/// A listed key and where it was seen.
#[derive(Clone, Debug, Serialize)]
pub struct Pair {
    /// Index of its list and index in it.
    #[serde(skip)]
    pub row: (usize, usize),
    /// The row.
    pub key: Named,
    /// How the two were joined, in a few words.
    pub joined: String,
    /// Why it is closed.
    pub closed: Option<String>,
    /// What was seen.
    pub seen: Seen,
}

/// A listed key that no report has seen.
#[derive(Clone, Debug, Serialize)]
pub struct Unseen {
    /// Index of its list and index in it.
    #[serde(skip)]
    pub row: (usize, usize),
    /// The row.
    #[serde(flatten)]
    pub key: Named,
    /// Whether it may be one of the keys of which the lists do not tell.
    pub perhaps_seen: bool,
}

/// A key that scans saw.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    /// `kid:hex`.
    pub fingerprint: String,
    /// The rule.
    pub rule: String,
    /// Its title.
    pub title: String,
    /// The key as people may see it.
    pub masked: String,
    /// Who issued it.
    pub issuer: Issuer,
    /// As the worst report judged it.
    pub severity: Severity,
    /// Where, by repository and path. Escape before showing.
    pub places: Vec<String>,
    /// The same for a report: path as it was shown, and region.
    #[serde(skip)]
    pub regions: Vec<(String, Region)>,
    /// Why it stands in its list here, in a sentence.
    pub reason: String,
}

/// Compares lists and reports. The reports were made under one fingerprint key ([`super::earlier::same_key`]).
#[must_use]
pub fn reconcile(lists: &[Inventory], reports: &[Earlier], now: Timestamp) -> Reconciliation {
    let mut outcome = Reconciliation {
        now,
        fingerprint_key: reports.first().map(|report| report.fingerprint_key.clone()).unwrap_or_default(),
        reports: reports.iter().map(|report| report.file.clone()).collect(),
        used: Vec::new(),
        closed_in_code: Vec::new(),
        shadow: Vec::new(),
        unclear: Vec::new(),
        without_list: Vec::new(),
        unseen: Vec::new(),
        notes: notes(lists, reports),
    };
    let listed = Listed::of(lists);
    let mut found = BTreeSet::new();
    let mut doubtful = Doubtful::default();
    for (key, mut seen) in leaks(reports) {
        let placed = place(&listed, lists, &key);
        if let Placed::Row(id, how) = &placed {
            found.insert(*id);
            let (list, record) = (&lists[id.0], &lists[id.0].records[id.1]);
            let closed = why_closed(record, &key, now);
            let key = Named::of_row(list, record, record.facts.issuer.as_ref().unwrap_or(&seen.issuer));
            let pair = Pair { row: *id, key, joined: how.clone(), closed, seen };
            if pair.closed.is_some() { &mut outcome.closed_in_code } else { &mut outcome.used }.push(pair);
            continue;
        }
        seen.reason = placed.reason(&key, lists);
        let state = &key.judgement.state;
        if state.is == "inactive" {
            let because = state.because.as_deref().unwrap_or("dead");
            seen.reason = format!("dead already ({because}, as the scan found); {}", seen.reason);
        }
        match placed {
            Placed::Row(..) | Placed::Shadow(_) => outcome.shadow.push(seen),
            Placed::Unclear(open) => {
                doubtful.add(&open);
                outcome.unclear.push(seen);
            }
            Placed::NoList => outcome.without_list.push(seen),
        }
    }
    for (id, list, record, issuer) in rows(lists) {
        if !found.contains(&id) && !is_dead(record, now) {
            let key = Named::of_row(list, record, issuer);
            outcome.unseen.push(Unseen { row: id, key, perhaps_seen: doubtful.has(id) });
        }
    }
    outcome
}

impl Reconciliation {
    /// The worst of everything that is told, if anything is: a closed key in code is low, a listed key that was never
    /// seen a note.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        let open = self.used.iter().map(|pair| &pair.seen);
        let open = open.chain(&self.shadow).chain(&self.unclear).chain(&self.without_list).map(|seen| seen.severity);
        let closed = self.closed_in_code.iter().map(|_| Severity::Low);
        open.chain(closed).chain(self.unseen.iter().map(|_| Severity::Note)).max()
    }
}

fn notes(lists: &[Inventory], reports: &[Earlier]) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    for report in reports {
        if report.privacy {
            notes.push(format!(
                "{}: made with --privacy, so it names no rows; only what keys say themselves is compared",
                report.file
            ));
        }
        if !report.complete {
            notes.push(format!("{}: that scan was not complete; a key may be where it did not look", report.file));
        }
    }
    for list in lists.iter().filter(|list| !list.complete) {
        notes.push(format!("{}: one part of a longer list; it proves no key to be missing", list.path.display()));
    }
    notes
}

/// Each leaked key once, with all that the reports saw of it, in the order of fingerprints.
fn leaks(reports: &[Earlier]) -> Vec<(EarlierKey, Seen)> {
    let mut all: BTreeMap<&str, (EarlierKey, Seen)> = BTreeMap::new();
    for report in reports {
        for key in report.leaks() {
            let places = key.places.iter().map(|place| report.place(place));
            let (known, seen) = all.entry(&key.fingerprint).or_insert_with(|| (key.clone(), seen(key)));
            seen.places.extend(places);
            seen.regions.extend(key.places.iter().map(|place| (place.shown.clone(), place.region)));
            seen.severity = seen.severity.max(key.judgement.severity);
            known.dossier.extend(key.dossier.iter().cloned());
            known.judgement.verdicts.extend(key.judgement.verdicts.iter().cloned());
        }
    }
    let mut all: Vec<(EarlierKey, Seen)> = all.into_values().collect();
    for (_, seen) in &mut all {
        seen.places.sort();
        seen.places.dedup();
        seen.regions.sort();
        seen.regions.dedup();
    }
    all.sort_by(|(_, a), (_, b)| {
        b.severity
            .cmp(&a.severity)
            .then_with(|| a.places.cmp(&b.places))
            .then_with(|| a.fingerprint.cmp(&b.fingerprint))
    });
    all
}

fn seen(key: &EarlierKey) -> Seen {
    Seen {
        fingerprint: key.fingerprint.clone(),
        rule: key.rule.clone(),
        title: key.title.clone(),
        masked: key.masked.clone(),
        issuer: key.issuer.clone(),
        severity: key.judgement.severity,
        places: Vec::new(),
        regions: Vec::new(),
        reason: String::new(),
    }
}

/// Where a key of a report belongs.
enum Placed<'l> {
    /// It is this row; how that is known.
    Row((usize, usize), String),
    /// It is in no list; who says so.
    Shadow(&'static str),
    /// It may be one of these rows.
    Unclear(Open<'l>),
    /// No list of its issuer was given.
    NoList,
}

/// Rows that a sentence names.
const MOST_NAMED: usize = 3;

impl Placed<'_> {
    fn reason(&self, key: &EarlierKey, lists: &[Inventory]) -> String {
        match self {
            Self::Row(_, how) => how.clone(),
            Self::Shadow(why) => (*why).to_owned(),
            Self::Unclear(open) => unclear(open, key, lists),
            Self::NoList => format!("no list of {} was given", key.issuer),
        }
    }
}

fn unclear(open: &Open<'_>, key: &EarlierKey, lists: &[Inventory]) -> String {
    let named = |(list, row): RowId| {
        let list = &lists[list];
        let key = Named::of_row(list, &list.records[row], &key.issuer);
        if key.name.is_some() { format!("`{}` ({}:{})", key.label(), key.file, key.line) } else { key.label() }
    };
    let rows: Vec<String> = open.rows().take(MOST_NAMED).map(named).collect();
    // The scan that compared the key itself could not tell either.
    let compared = key.join.as_ref().is_some_and(|join| join.starts_with(AMBIGUOUS));
    let cure = if compared { "" } else { "scan with --inventory, or " };
    let which = match (rows.as_slice(), open.count()) {
        ([], _) => return format!("the list of {} is only a part of a longer one", key.issuer),
        ([one], _) => format!("it may be {one}, and nothing proves it"),
        (_, count) if count > rows.len() => {
            format!("it may be any of {} and {} more", rows.join(", "), count - rows.len())
        }
        _ => format!("it may be any of {}", rows.join(", ")),
    };
    format!("{which}; {cure}note each key's sha256 in a list of your own")
}

fn place<'l>(listed: &'l Listed<'_>, lists: &[Inventory], key: &EarlierKey) -> Placed<'l> {
    if let Some((id, how)) = joined(listed, key) {
        return Placed::Row(id, how);
    }
    let mut of_issuer = lists.iter().filter(|list| list.issuers.contains(&key.issuer)).peekable();
    if of_issuer.peek().is_none() {
        return Placed::NoList;
    }
    if key.has_verdict(SHADOW_KEY.0) {
        return Placed::Shadow("the scan compared the key itself with the owner's list, and it was not in it");
    }
    let open = listed.open(key);
    if open.count() == 0 && of_issuer.all(|list| list.complete) {
        return Placed::Shadow("every key in the list shows an id or an end that is not this key's");
    }
    Placed::Unclear(open)
}

/// The row of a key, and how it was found: as the scan itself joined it, else by what the report and the lists both show.
fn joined(listed: &Listed<'_>, key: &EarlierKey) -> Option<(RowId, String)> {
    let by_scan = listed::joins(key).find_map(|(file, line, join, facts)| {
        let row = listed.as_joined(&key.issuer, file, line, facts)?;
        // A later version may know further ways.
        let way = serde_json::from_value::<JoinStrength>(join.into());
        let way = way.map_or_else(|_| format!("by {join}"), |way| way.words().to_owned());
        Some((row, format!("as the scan joined it, {way}")))
    });
    let by_id = || listed.by_id(key).map(|row| (row, "by the issuer's public id".to_owned()));
    let by_end = || listed.by_end(key).map(|row| (row, "by its last four characters".to_owned()));
    by_scan.or_else(by_id).or_else(by_end)
}

fn is_dead(record: &Record, now: Timestamp) -> bool {
    matches!(record.facts.state, State::Inactive(_))
        || matches!(record.facts.expires.said(), Some(Expiry::At(at)) if *at <= now)
}

/// Why a key is closed: its row says so, its end has passed, or the scan proved it.
fn why_closed(record: &Record, key: &EarlierKey, now: Timestamp) -> Option<String> {
    match (&record.facts.state, record.facts.expires.said()) {
        (State::Inactive(Inactive::Revoked | Inactive::Rejected), _) => Some("revoked, as the list says".to_owned()),
        (_, Some(Expiry::At(at))) if *at <= now => Some(format!("ended on {}, as the list says", day(*at))),
        (State::Inactive(Inactive::Expired), _) => Some("ended, as the list says".to_owned()),
        _ => {
            let state = &key.judgement.state;
            let because = state.because.as_deref().unwrap_or("dead");
            (state.is == "inactive").then(|| format!("{because}, as the scan found"))
        }
    }
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}
