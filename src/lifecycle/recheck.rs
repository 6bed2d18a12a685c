//! What the keys of an earlier report are now.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::earlier::{Earlier, EarlierEvidence, EarlierExpiry, EarlierKey};
use crate::finding::{Finding, Report};
use crate::issuer::Issuer;
use crate::key::{Evidence, Inactive, State};
use crate::secret::FingerprintKey;
use crate::severity::Severity;

/// The outcome.
#[derive(Clone, Debug, Serialize)]
pub struct Recheck {
    /// The moment of judgement.
    pub now: Timestamp,
    /// The earlier report.
    pub report: String,
    /// Its moment.
    pub reported: Timestamp,
    /// The id of the fingerprint key of both.
    pub fingerprint_key: String,
    /// Within how many days the policy wants a leaked key to be closed.
    pub rotate_within_days: Option<u32>,
    /// Its keys: the open ones first, the worst of them first.
    pub keys: Vec<Checked>,
}

/// One key, then and now.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
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
    /// How bad it is now.
    pub severity: Severity,
    /// What it is now.
    pub status: Status,
    /// Who says so, when, in a sentence.
    pub because: String,
    /// Where it still stands; empty when it is gone from what was scanned. Escape before showing.
    pub places: Vec<String>,
    /// By when the policy wanted it closed.
    pub due: Option<Timestamp>,
    /// How many whole days it has been open beyond that.
    pub overdue_days: Option<i64>,
}

/// What a key is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It is proved to work.
    Alive,
    /// Nobody said; it counts as working.
    Unknown,
    /// It was dead in the earlier report.
    WasDead,
    /// It is proved dead since.
    Dead,
}

impl Status {
    /// For a page.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Alive => "still works",
            Self::Unknown => "not known",
            Self::WasDead => "was dead already",
            Self::Dead => "dead now",
        }
    }

    /// Whether somebody has to do something.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Alive | Self::Unknown)
    }
}

/// The fingerprint key under which a report was made: the owner's, or the published one of a repository that the report
/// names. `None` when it is neither.
#[must_use]
pub fn key_of(report: &Earlier, own: Option<FingerprintKey>) -> Option<FingerprintKey> {
    let repositories = report.roots.iter().map(|root| root.repository.as_deref()).chain([None]);
    let published = repositories.map(FingerprintKey::published);
    own.into_iter().chain(published).find(|key| key.kid() == report.fingerprint_key)
}

/// Compares a report with a scan that was made under the same fingerprint key and keeps its keys alone.
#[must_use]
pub fn recheck(earlier: &Earlier, scan: &Report, rotate_within_days: Option<u32>) -> Recheck {
    let now = scan.now;
    let found: BTreeMap<String, &Finding> =
        scan.findings.iter().map(|finding| (finding.fingerprint.to_string(), finding)).collect();
    let due = rotate_within_days
        .and_then(|days| earlier.now.checked_add(SignedDuration::from_hours(24 * i64::from(days))).ok());
    let mut keys: Vec<Checked> =
        earlier.leaks().map(|key| checked(key, found.get(&key.fingerprint).copied(), earlier, now, due)).collect();
    keys.sort_by(|a, b| {
        let order = |key: &Checked| (!key.status.is_open(), std::cmp::Reverse(key.severity), key.status);
        order(a).cmp(&order(b)).then_with(|| a.fingerprint.cmp(&b.fingerprint))
    });
    Recheck {
        now,
        report: earlier.file.clone(),
        reported: earlier.now,
        fingerprint_key: earlier.fingerprint_key.clone(),
        rotate_within_days,
        keys,
    }
}

impl Recheck {
    /// The worst key that is still open.
    #[must_use]
    pub fn worst_open(&self) -> Option<Severity> {
        self.keys.iter().filter(|key| key.status.is_open()).map(|key| key.severity).max()
    }
}

fn checked(
    key: &EarlierKey,
    found: Option<&Finding>,
    earlier: &Earlier,
    now: Timestamp,
    due: Option<Timestamp>,
) -> Checked {
    let (status, because) = status(key, found, earlier, now);
    let severity = match (status.is_open(), found) {
        (false, _) => Severity::Low,
        (true, Some(finding)) => finding.judgement.severity,
        (true, None) => key.judgement.severity,
    };
    let overdue = due.filter(|due| status.is_open() && *due < now);
    let place = |shown: &str, line: usize| format!("{shown}:{line}");
    let places = found.iter().flat_map(|finding| &finding.places);
    Checked {
        fingerprint: key.fingerprint.clone(),
        rule: key.rule.clone(),
        title: key.title.clone(),
        masked: key.masked.clone(),
        issuer: key.issuer.clone(),
        severity,
        status,
        because,
        places: places.map(|at| place(&at.shown, at.region.start_line)).collect(),
        due,
        overdue_days: overdue.map(|due| (now.as_second() - due.as_second()).div_euclid(24 * 60 * 60)),
    }
}

fn status(key: &EarlierKey, found: Option<&Finding>, earlier: &Earlier, now: Timestamp) -> (Status, String) {
    let was_dead = key.judgement.state.is == "inactive";
    if let Some(finding) = found {
        let (state, evidence, reason) = finding.dossier.state(now);
        let said = evidence.map(said_by).unwrap_or_default();
        return match state {
            State::Active => (Status::Alive, said),
            State::Inactive(why) => {
                let status = if was_dead { Status::WasDead } else { Status::Dead };
                (status, format!("{}{}", why_words(why), and(&when_dead(finding, evidence).unwrap_or(said))))
            }
            State::Unknown => {
                let end = listed_end(key, now).filter(|_| finding.join.is_none()).unwrap_or_default();
                (Status::Unknown, format!("{}{end}", reason.unwrap_or_else(|| nobody_said(finding))))
            }
        };
    }
    if was_dead {
        let because = key.judgement.state.because.as_deref().unwrap_or("dead");
        return (Status::WasDead, format!("{because}, as the earlier report found; it is gone from what was scanned"));
    }
    match key.own_end().filter(|end| *end <= now) {
        Some(end) => {
            (Status::Dead, format!("its own text says that it ended at {end}; it is gone from what was scanned"))
        }
        None => (
            Status::Unknown,
            format!(
                "gone from what was scanned, which closes nothing; pipe the key in with --stdin to ask about it \
                 (reported {}){}",
                earlier.now,
                listed_end(key, now).unwrap_or_default()
            ),
        ),
    }
}

/// An end in the list of then that has passed. It proves nothing now: its owner may have moved it.
fn listed_end(key: &EarlierKey, now: Timestamp) -> Option<String> {
    key.dossier.iter().find_map(|statement| match (&statement.evidence, statement.facts.expires) {
        (EarlierEvidence::Inventory { file, line, .. }, Some(EarlierExpiry::At(at))) if at <= now => {
            let day = at.strftime("%Y-%m-%d");
            Some(format!("; {file}:{line} said then that it ends {day}: give the list anew with --inventory"))
        }
        _ => None,
    })
}

/// Where lists were compared, what they tell of the key stands before what else could tell.
fn nobody_said(finding: &Finding) -> String {
    match &finding.join {
        Some(join) => format!("nobody said: {join}; --probe asks its issuer"),
        None => "nobody said: --probe asks its issuer, --inventory reads the owner's list".to_owned(),
    }
}

fn and(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!(", {words}") }
}

/// The moment that proves it: the end itself, where it is one.
fn when_dead(finding: &Finding, evidence: Option<&Evidence>) -> Option<String> {
    let ended = matches!(finding.judgement.state, State::Inactive(Inactive::Expired));
    match (evidence?, finding.dossier.expires()) {
        (Evidence::Decoded, Some((crate::key::Expiry::At(at), _))) if ended => {
            Some(format!("at {at}, as its own text says"))
        }
        (evidence, _) => Some(said_by(evidence)),
    }
}

fn why_words(why: Inactive) -> &'static str {
    match why {
        Inactive::Expired => "expired",
        Inactive::Revoked => "revoked",
        Inactive::Rejected => "refused as unknown",
    }
}

fn said_by(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Decoded => "as its own text says".to_owned(),
        Evidence::Inventory { file, line, join } => {
            format!("as {file}:{line} says, joined {}", join.words())
        }
        Evidence::Probed { at, host } => format!("as {host} answered at {at}"),
    }
}
