//! The baseline: places of keys that were there before the gate was, one a line.
//!
//! A file of JSON Lines: a head that names the version and the fingerprint key, then one entry for each place, sorted.
//! There are no lines or columns in it, so that it does not change when the text around a key does, and no secret: an
//! entry is a keyed hash. Entries stand for themselves, so two branches merge entry by entry ([`merge()`]).

pub mod import;
mod merge;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::escape::message;
use crate::finding::{Finding, Fingerprint, Gone, Place, Report, is_key_id};
use crate::suppression::{By, Suppression};

pub use self::merge::{Merged, merge};

/// The version that is written.
const VERSION: u32 = 1;

/// The first line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    #[serde(rename = "skelkey-baseline")]
    version: u32,
    /// Id of the key under which the fingerprints were made.
    fingerprint_key: String,
}

/// One place of one key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Where it stands, relative to its root. For people, and to see that a file has moved.
    pub path: String,
    /// The rule's id.
    pub rule: String,
    /// The place's fingerprint, lower-case hex.
    pub place: String,
    /// The key's fingerprint, lower-case hex.
    pub key: String,
    /// The variable that it is assigned to, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variable: Option<String>,
    /// Why it may stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The last day on which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// All entries of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// Id of the key under which the fingerprints were made.
    pub fingerprint_key: String,
    /// Sorted, unique.
    pub entries: Vec<Entry>,
}

/// Why a baseline cannot be read or used. The text says how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A line that is none of a baseline.
    #[error("{line}: {message}")]
    Line {
        /// From 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// Made under another fingerprint key.
    #[error(
        "made under the fingerprint key `{theirs}`, but this run's is `{ours}`: set SKELKEY_FINGERPRINT_KEY as it was then, or \
         make the baseline anew with `skelkey baseline create`"
    )]
    OtherKey {
        /// This run's.
        ours: String,
        /// The file's.
        theirs: String,
    },
}

/// What a baseline did to a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Entries that cover a place of the report.
    pub used: usize,
    /// Entries that cover none. They are no mistake in a run that looks at a part only.
    pub unused: Vec<Entry>,
    /// Entries whose day has passed: what they covered counts again.
    pub expired: Vec<Entry>,
    /// Entries without a reason, where one is demanded.
    pub unreasoned: Vec<Entry>,
    /// Entries whose file moved, and where to.
    pub moved: Vec<(Entry, String)>,
}

impl Baseline {
    /// Reads a file.
    ///
    /// # Errors
    /// The first line that is wrong.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
        let head =
            lines.next().ok_or_else(|| wrong(1, "the file is empty; make one with `skelkey baseline create`"))?;
        let head = read_head(head)?;
        let mut entries = Vec::new();
        for (line, number) in lines {
            // A union merge of two new files keeps both heads.
            if line.contains("\"skelkey-baseline\"") {
                let again = read_head((line, number))?;
                if again.fingerprint_key != head.fingerprint_key {
                    return Err(wrong(number, "a second head with another fingerprint key: two baselines were merged"));
                }
                continue;
            }
            entries.push(serde_json::from_str(line).map_err(|error| wrong(number, &message(&error.to_string())))?);
        }
        Ok(Self { fingerprint_key: head.fingerprint_key, entries: one_each(entries) })
    }

    /// Every place of every key of a report, with this reason.
    #[must_use]
    pub fn of(report: &Report, reason: Option<&str>) -> Self {
        let places =
            report.findings.iter().flat_map(|finding| finding.places.iter().map(move |place| (finding, place)));
        let mut entries: Vec<Entry> = places
            .map(|(finding, place)| Entry { reason: reason.map(str::to_owned), ..entry(finding, place) })
            .collect();
        entries.sort();
        Self { fingerprint_key: report.fingerprint_key.clone(), entries }
    }

    /// Takes entries in, unless their places have entries already. Gives how many are new.
    pub fn add(&mut self, entries: Vec<Entry>) -> usize {
        let known: BTreeSet<String> = self.entries.iter().map(|entry| entry.place.clone()).collect();
        let before = self.entries.len();
        self.entries.extend(entries.into_iter().filter(|entry| !known.contains(&entry.place)));
        self.entries.sort();
        self.entries.len() - before
    }

    /// Lets `mask` change the words of every entry that people wrote.
    pub fn each_word(&mut self, mask: impl Fn(&mut String)) {
        for entry in &mut self.entries {
            [&mut entry.reason, &mut entry.owner].into_iter().flatten().for_each(&mask);
        }
    }

    /// The file's text.
    ///
    /// # Errors
    /// None that is known of: what is written is text alone.
    pub fn to_text(&self) -> Result<String, serde_json::Error> {
        let head = Head { version: VERSION, fingerprint_key: self.fingerprint_key.clone() };
        let mut text = serde_json::to_string(&head)? + "\n";
        for entry in &self.entries {
            _ = writeln!(text, "{}", serde_json::to_string(entry)?);
        }
        Ok(text)
    }

    /// Sets aside the places that an entry covers.
    ///
    /// An entry covers its own place. If that place is not in the report and `exists` says that its file is gone, the
    /// file has moved: the entry then covers the one place that has the same key, or, for a password, whose hash is made
    /// from its place, the one place of the same rule, variable and file name.
    ///
    /// `strict`: an entry without a reason covers nothing. `looked_at`: whether the run looked for keys of a rule in the
    /// file at a path, or would have, were it still there; an entry that covers nothing then names a key that is gone.
    ///
    /// # Errors
    /// A baseline made under another fingerprint key.
    pub fn apply(
        &self,
        report: &mut Report,
        strict: bool,
        exists: impl Fn(&str) -> bool,
        looked_at: impl Fn(&Entry) -> bool,
    ) -> Result<Applied, Error> {
        if self.fingerprint_key != report.fingerprint_key {
            let (ours, theirs) = (report.fingerprint_key.clone(), self.fingerprint_key.clone());
            return Err(Error::OtherKey { ours, theirs });
        }
        let today = report.now.to_zoned(TimeZone::UTC).date();
        let mut applied = Applied::default();
        let mut places: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for (f, finding) in report.findings.iter().enumerate() {
            places.extend(finding.places.iter().enumerate().map(|(p, place)| (place.fingerprint.hex(), (f, p))));
        }
        for entry in &self.entries {
            if entry.until.is_some_and(|until| until < today) {
                applied.expired.push(entry.clone());
                continue;
            }
            if strict && entry.reason.is_none() {
                applied.unreasoned.push(entry.clone());
                continue;
            }
            let found = places.get(&entry.place).copied();
            let moved = || moved_to(entry, report).filter(|_| !exists(&entry.path));
            let Some((f, p)) = found.or_else(moved) else {
                applied.unused.push(entry.clone());
                continue;
            };
            let place = &mut report.findings[f].places[p];
            let moved_from = found.is_none().then(|| entry.path.clone());
            if found.is_none() {
                applied.moved.push((entry.clone(), place.path.clone()));
            }
            place.suppressed = Some(Suppression { moved_from, ..entry.suppression() });
            applied.used += 1;
        }
        report.set_aside();
        report.compared = true;
        report.gone = gone(&applied, report, looked_at);
        Ok(applied)
    }

    /// The entries of `fresh`, with the reasons, owners and days that this one gives the same places.
    #[must_use]
    pub fn updated(&self, fresh: Self, applied: &Applied) -> Self {
        let moved = applied.moved.iter().map(|(entry, to)| ((to.as_str(), entry.key.as_str()), entry));
        let by_place: BTreeMap<&str, &Entry> = self.entries.iter().map(|entry| (entry.place.as_str(), entry)).collect();
        let by_move: BTreeMap<(&str, &str), &Entry> = moved.collect();
        let known = |entry: &Entry| {
            by_place
                .get(entry.place.as_str())
                .or_else(|| by_move.get(&(entry.path.as_str(), entry.key.as_str())))
                .copied()
        };
        let entries = fresh.entries.into_iter().map(|entry| match known(&entry) {
            Some(old) => Entry { reason: old.reason.clone(), owner: old.owner.clone(), until: old.until, ..entry },
            None => entry,
        });
        let mut entries: Vec<Entry> = entries.collect();
        entries.sort();
        Self { fingerprint_key: fresh.fingerprint_key, entries }
    }
}

impl Entry {
    fn suppression(&self) -> Suppression {
        let Self { reason, owner, until, .. } = self.clone();
        Suppression { by: By::Baseline, reason, owner, until, moved_from: None }
    }
}

fn entry(finding: &Finding, place: &Place) -> Entry {
    Entry {
        path: place.path.clone(),
        rule: finding.rule.clone(),
        place: place.fingerprint.hex(),
        key: finding.fingerprint.hex(),
        variable: place.variable.clone(),
        reason: None,
        owner: None,
        until: None,
    }
}

/// The entries whose keys the run did not find again, and does not count otherwise.
fn gone(applied: &Applied, report: &Report, looked_at: impl Fn(&Entry) -> bool) -> Vec<Gone> {
    let counts = report.findings.iter().flat_map(|finding| &finding.places).map(|place| &place.fingerprint);
    let aside = report.suppressed.iter().map(|aside| &aside.place);
    let seen: BTreeSet<&Fingerprint> = counts.chain(aside).chain(&report.unseen).collect();
    let print = |hex: &str| Fingerprint::parse(&format!("{}:{hex}", report.fingerprint_key));
    let entries = applied.unused.iter().chain(&applied.expired).chain(&applied.unreasoned);
    let of = |entry: &Entry| {
        let (key, place) = (print(&entry.key)?, print(&entry.place)?);
        let is_seen = seen.contains(&place) || seen.contains(&key);
        (!is_seen).then(|| Gone { path: entry.path.clone(), rule: entry.rule.clone(), key, place })
    };
    let mut gone: Vec<Gone> = entries.filter(|entry| looked_at(entry)).filter_map(of).collect();
    gone.sort();
    gone
}

/// One entry for each place, sorted. A merge that keeps the lines of both sides may have left two: then the earlier end holds,
/// and the first of the reasons and owners.
fn one_each(entries: Vec<Entry>) -> Vec<Entry> {
    let mut by_place: BTreeMap<String, Entry> = BTreeMap::new();
    for entry in entries {
        match by_place.entry(entry.place.clone()) {
            std::collections::btree_map::Entry::Vacant(free) => _ = free.insert(entry),
            std::collections::btree_map::Entry::Occupied(mut there) => {
                let known = there.get_mut();
                known.until = [known.until, entry.until].into_iter().flatten().min();
                known.reason = known.reason.take().or(entry.reason);
                known.owner = known.owner.take().or(entry.owner);
            }
        }
    }
    let mut entries: Vec<Entry> = by_place.into_values().collect();
    entries.sort();
    entries
}

/// The one place that the entry's key moved to; `None` if there is none, or more than one.
fn moved_to(entry: &Entry, report: &Report) -> Option<(usize, usize)> {
    let mut candidates = report.findings.iter().enumerate().flat_map(|(f, finding)| {
        let same = move |place: &Place| {
            let same_key = finding.fingerprint.hex() == entry.key;
            let same_slot = file_name(&place.path) == file_name(&entry.path) && place.variable == entry.variable;
            finding.rule == entry.rule && place.suppressed.is_none() && (same_key || same_slot && finding.by_place)
        };
        finding.places.iter().enumerate().filter(move |(_, place)| same(place)).map(move |(p, _)| (f, p))
    });
    candidates.next().filter(|_| candidates.next().is_none())
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn read_head((line, number): (&str, usize)) -> Result<Head, Error> {
    let head: Head = serde_json::from_str(line).map_err(|error| {
        let error = message(&error.to_string());
        wrong(number, &format!("no head of a baseline ({error}); make one with `skelkey baseline create`"))
    })?;
    if head.version != VERSION {
        return Err(wrong(
            number,
            &format!("version {} of the format; this skelkey reads version {VERSION}", head.version),
        ));
    }
    if !is_key_id(&head.fingerprint_key) {
        return Err(wrong(number, "`fingerprint_key` is no id of a fingerprint key"));
    }
    Ok(head)
}

fn wrong(line: usize, message: &str) -> Error {
    Error::Line { line, message: message.to_owned() }
}
