//! The owner's lists beside what scans saw: which listed keys stand in code, which were never seen, which seen keys
//! are in no list, and which are closed and still lie there.
//!
//! A report holds no secret and no hash of one, so a key of it is joined to a row by what is safe to keep: the join that
//! the scan itself made, the issuer's public id, the last four characters where both sides show them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use super::earlier::{Earlier, EarlierEvidence, EarlierKey};
use super::{Named, rows};
use crate::hygiene::verdict::SHADOW_KEY;
use crate::inventory::{Inventory, Mark, Record};
use crate::issuer::Issuer;
use crate::key::{Expiry, Inactive, State};
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
    let mut found = BTreeSet::new();
    for (key, mut seen) in leaks(reports) {
        let placed = place(lists, &key);
        if let Placed::Row(id, how) = &placed {
            found.insert(*id);
            let (list, record) = (&lists[id.0], &lists[id.0].records[id.1]);
            let closed = why_closed(record, &key, now);
            let key = Named::of_row(list, record, record.facts.issuer.as_ref().unwrap_or(&seen.issuer));
            let pair = Pair { row: *id, key, joined: how.clone(), closed, seen };
            if pair.closed.is_some() { &mut outcome.closed_in_code } else { &mut outcome.used }.push(pair);
            continue;
        }
        seen.reason = placed.reason(&seen.issuer);
        match placed {
            Placed::Row(..) | Placed::Shadow(_) => outcome.shadow.push(seen),
            Placed::Unclear(_) => outcome.unclear.push(seen),
            Placed::NoList => outcome.without_list.push(seen),
        }
    }
    for (id, list, record, issuer) in rows(lists) {
        if !found.contains(&id) && !is_dead(record, now) {
            outcome.unseen.push(Unseen { row: id, key: Named::of_row(list, record, issuer) });
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
enum Placed {
    /// It is this row; how that is known.
    Row((usize, usize), String),
    /// It is in no list; who says so.
    Shadow(&'static str),
    /// It may be one of so many rows.
    Unclear(usize),
    /// No list of its issuer was given.
    NoList,
}

impl Placed {
    fn reason(&self, issuer: &Issuer) -> String {
        match self {
            Self::Row(_, how) => how.clone(),
            Self::Shadow(why) => (*why).to_owned(),
            Self::Unclear(0) => format!("the list of {issuer} is only a part of a longer one"),
            Self::Unclear(count) => format!(
                "it may be any of {count} keys of {issuer} of which the list shows no part; scan with --inventory, \
                 or note each key's sha256 in a list of your own"
            ),
            Self::NoList => format!("no list of {issuer} was given"),
        }
    }
}

fn place(lists: &[Inventory], key: &EarlierKey) -> Placed {
    if let Some((id, how)) = by_scan(lists, key).or_else(|| by_id(lists, key)).or_else(|| by_tail(lists, key)) {
        return Placed::Row(id, how);
    }
    let of_issuer: Vec<&Inventory> = lists.iter().filter(|list| list.issuers.contains(&key.issuer)).collect();
    if of_issuer.is_empty() {
        return Placed::NoList;
    }
    if key.has_verdict(SHADOW_KEY.0) {
        return Placed::Shadow("the scan compared the key itself with the owner's list, and it was not in it");
    }
    let open = rows(lists).filter(|(_, _, record, issuer)| **issuer == key.issuer && !differs(record, key)).count();
    match open {
        0 if of_issuer.iter().all(|list| list.complete) => {
            Placed::Shadow("every key in the list shows an id or an end that is not this key's")
        }
        open => Placed::Unclear(open),
    }
}

/// The row that the scan itself joined, surely enough: by elimination alone is no join. Its list may have grown since,
/// so that the row is found by what it says before where it stood.
fn by_scan(lists: &[Inventory], key: &EarlierKey) -> Option<((usize, usize), String)> {
    key.dossier.iter().find_map(|statement| {
        let EarlierEvidence::Inventory { file, line, join } = &statement.evidence else { return None };
        (join != "elimination").then_some(())?;
        let facts = &statement.facts;
        let same = |record: &Record| {
            let id = record.facts.key_id.said().zip(facts.key_id.as_ref()).map(|(a, b)| a == b);
            let name = record.facts.name.said().zip(facts.name.as_ref()).map(|(a, b)| a == b);
            id.or(name)
        };
        let here = |list: &Inventory, record: &Record| {
            list.path.to_string_lossy() == *file && record.line == *line && same(record) != Some(false)
        };
        let of_issuer = || rows(lists).filter(|(_, _, _, issuer)| **issuer == key.issuer);
        let exact = of_issuer().find(|(_, list, record, _)| here(list, record)).map(|(id, ..)| id);
        let alike: Vec<(usize, usize)> =
            of_issuer().filter(|(_, _, record, _)| same(record) == Some(true)).map(|(id, ..)| id).collect();
        let id = exact.or_else(|| <[_; 1]>::try_from(alike).ok().map(|[id]| id))?;
        Some((id, format!("as the scan joined it, by {join}")))
    })
}

fn by_id(lists: &[Inventory], key: &EarlierKey) -> Option<((usize, usize), String)> {
    let is_it = |record: &Record| ids(record).any(|id| key.ids().any(|own| own.eq_ignore_ascii_case(id)));
    only(lists, key, is_it).map(|id| (id, "by the issuer's public id".to_owned()))
}

fn by_tail(lists: &[Inventory], key: &EarlierKey) -> Option<((usize, usize), String)> {
    only(lists, key, |record| ends_alike(record, key) == Some(true))
        .map(|id| (id, "by its last four characters".to_owned()))
}

/// The one row of the key's issuer of which this holds.
fn only(lists: &[Inventory], key: &EarlierKey, is_it: impl Fn(&Record) -> bool) -> Option<(usize, usize)> {
    let all = rows(lists).filter(|(_, _, record, issuer)| **issuer == key.issuer && is_it(record));
    let all: Vec<(usize, usize)> = all.map(|(id, ..)| id).collect();
    <[_; 1]>::try_from(all).ok().map(|[id]| id)
}

fn ids(record: &Record) -> impl Iterator<Item = &str> {
    let marks = record.marks.iter().filter_map(|mark| match mark {
        Mark::KeyId(id) => Some(id.as_str()),
        Mark::Sha256(_) | Mark::Sha512(_) | Mark::Ends { .. } | Mark::Hint { .. } => None,
    });
    marks.chain(record.facts.key_id.said().map(String::as_str))
}

/// Whether a row and a mask end alike; `None` where one of them shows no end.
fn ends_alike(record: &Record, key: &EarlierKey) -> Option<bool> {
    let (head, tail) = key.masked.split_once('…')?;
    let shown = |suffix: &&String| !suffix.is_empty() && !tail.is_empty();
    let (prefix, suffix) = record.marks.iter().find_map(|mark| match mark {
        Mark::Ends { prefix, suffix } | Mark::Hint { prefix, suffix } => Some((prefix, suffix)),
        Mark::Sha256(_) | Mark::Sha512(_) | Mark::KeyId(_) => None,
    })?;
    shown(&suffix).then(|| {
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
