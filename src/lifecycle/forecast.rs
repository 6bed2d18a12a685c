//! What ends within the coming days, and which jobs then fail.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::listed::{Places, RowId};
use super::{Named, folded, rows};
use crate::finding::{Finding, Report, Subject};
use crate::hygiene::{self, Case, Exposure, Policy};
use crate::inventory::{Inventory, Record};
use crate::issuer::Issuer;
use crate::key::{Dossier, Evidence, Expiry, JoinStrength, State};
use crate::pipelines::{Found, Pipelines, System, names_a_key, speaks_of};
use crate::secret::FingerprintKey;
use crate::severity::Severity;

/// What a forecast is made from.
pub struct Sources<'a> {
    /// The owner's lists.
    pub lists: &'a [Inventory],
    /// What the pipelines name.
    pub pipelines: &'a Pipelines,
    /// A scan of the same files: keys that stand in them end as well.
    pub scan: &'a Report,
    /// Secret → name or id of the key that it holds, as the configuration says.
    pub stated: &'a BTreeMap<String, String>,
    /// The policy, for what issuers announced.
    pub policy: &'a Policy,
    /// Under which stable ids are made.
    pub fingerprint_key: &'a FingerprintKey,
}

/// The forecast.
#[derive(Clone, Debug, Serialize)]
pub struct Forecast {
    /// The moment from which is looked ahead.
    pub now: Timestamp,
    /// For how many days.
    pub days: u32,
    /// Keys that end within them, soonest first; and keys that have ended though a job still uses them.
    pub keys: Vec<Ending>,
    /// Listed keys that work and end later.
    pub later: usize,
    /// Listed keys that work and never end.
    pub never: usize,
    /// Listed keys of which no list says when they end.
    pub not_said: usize,
    /// How many pipeline files and scripts were read.
    pub pipelines: usize,
    /// Sentences that a reader must know.
    pub notes: Vec<String>,
}

/// One key that ends.
#[derive(Clone, Debug, Serialize)]
pub struct Ending {
    /// Stable identity, for calendars.
    pub id: String,
    /// Index of its list and index in it; `None` for a key that only stands in code.
    #[serde(skip)]
    pub row: Option<(usize, usize)>,
    /// The key.
    #[serde(flatten)]
    pub key: Named,
    /// When it ends.
    pub expires: Timestamp,
    /// Whole days until then; negative when it has ended.
    pub days_left: i64,
    /// Medium where a job uses it, else low.
    pub severity: Severity,
    /// What fails then, by file and line.
    pub breaks: Vec<Affected>,
    /// What its issuer announced about such keys.
    pub notes: Vec<String>,
}

impl Ending {
    /// Whether it has ended already.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.days_left < 0
    }
}

/// One job, script or line that uses a key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Affected {
    /// As the user would open it. Escape before showing.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What runs the file; `None` for other code.
    pub system: Option<System>,
    /// The job, stage or step.
    pub job: Option<String>,
    /// The secret's name; `None` where the key itself stands there.
    pub secret: Option<String>,
    /// The variable through which it is read.
    pub through: Option<String>,
    /// How it is known that the secret holds this key.
    pub because: Link,
}

/// How a use is tied to a key, the surest first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case", tag = "by", content = "detail")]
pub enum Link {
    /// The key itself stands there; how it was joined to the list.
    Key(String),
    /// The configuration says so.
    Configuration,
    /// The secret and the key have the same name.
    Name,
    /// It is the only living key of its issuer in the lists.
    OnlyKey,
    /// It is one of so many living keys of its issuer.
    OneOf(usize),
}

impl Link {
    /// In a few words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Key(how) => how.clone(),
            Self::Configuration => "told by the configuration".to_owned(),
            Self::Name => "secret and key have the same name".to_owned(),
            Self::OnlyKey => "the only living key of its issuer in the lists".to_owned(),
            Self::OneOf(count) => format!("may be: one of {count} living keys of its issuer"),
        }
    }

    /// Whether the use is only possible.
    #[must_use]
    pub fn is_doubtful(&self) -> bool {
        matches!(self, Self::OneOf(_))
    }
}

/// Looks `days` ahead of `now`.
#[must_use]
pub fn forecast(sources: &Sources<'_>, now: Timestamp, days: u32) -> Forecast {
    let end = now.checked_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX);
    let links = Links::of(sources, now);
    let mut forecast = Forecast {
        now,
        days,
        keys: Vec::new(),
        later: 0,
        never: 0,
        not_said: 0,
        pipelines: sources.pipelines.files(),
        notes: sources.pipelines.notes.iter().cloned().chain(links.notes()).collect(),
    };
    let mut ids = Ids::default();
    for (id, list, record, issuer) in rows(sources.lists) {
        let key = Named::of_row(list, record, issuer);
        let stable = ids.next(sources.fingerprint_key, &key);
        let expires = match record.facts.expires.said() {
            _ if is_closed(&record.facts.state) => continue,
            None => {
                forecast.not_said += 1;
                continue;
            }
            Some(Expiry::Never) => {
                forecast.never += 1;
                continue;
            }
            Some(Expiry::At(at)) if *at > end => {
                forecast.later += 1;
                continue;
            }
            Some(Expiry::At(at)) => *at,
        };
        let breaks = links.uses(id);
        // Of a key that has ended only what still uses it is news.
        if expires > now || breaks.iter().any(|used| !used.because.is_doubtful()) {
            let notes = announced(sources.policy, record, issuer, now);
            forecast.keys.push(Ending { row: Some(id), ..ending(stable, key, expires, now, breaks, notes) });
        }
    }
    forecast.keys.extend(unlisted(sources, now, end, &mut ids));
    forecast.keys.sort_by(|a, b| (a.expires, &a.key).cmp(&(b.expires, &b.key)));
    forecast
}

/// What uses each row, by index of the list and index in it; rows that nothing uses are left out. Doubtful uses are in.
#[must_use]
pub fn uses(sources: &Sources<'_>, now: Timestamp) -> BTreeMap<(usize, usize), Vec<Affected>> {
    Links::of(sources, now).uses
}

/// Dead for another reason than its end.
fn is_closed(state: &State) -> bool {
    use crate::key::Inactive;
    matches!(state, State::Inactive(Inactive::Revoked | Inactive::Rejected))
}

fn ending(
    id: String,
    key: Named,
    expires: Timestamp,
    now: Timestamp,
    breaks: Vec<Affected>,
    notes: Vec<String>,
) -> Ending {
    let seconds = expires.as_second().saturating_sub(now.as_second());
    let severity = if breaks.is_empty() { Severity::Low } else { Severity::Medium };
    Ending { id, row: None, key, expires, days_left: seconds.div_euclid(24 * 60 * 60), severity, breaks, notes }
}

/// What issuers announced about such keys: it may end sooner than its list says.
fn announced(policy: &Policy, record: &Record, issuer: &Issuer, now: Timestamp) -> Vec<String> {
    let mut dossier = Dossier::default();
    let row = Evidence::Inventory { file: String::new(), line: record.line, join: JoinStrength::Row };
    dossier.add(row, record.facts.clone());
    let case = Case {
        dossier: &dossier,
        issuer,
        exposure: Exposure::None,
        default_severity: Severity::Note,
        known_packages: &[],
        missing_from_inventory: false,
        path: "",
    };
    hygiene::judge(&case, policy, now).notes
}

/// Keys in the code whose own text says that they end, and that no list holds.
fn unlisted(sources: &Sources<'_>, now: Timestamp, end: Timestamp, ids: &mut Ids) -> Vec<Ending> {
    let mut endings = Vec::new();
    for finding in leaks(sources.scan).filter(|finding| finding.dossier.inventory().is_none()) {
        let (Some((Expiry::At(at), _)), Some(first)) = (finding.dossier.expires(), finding.places.first()) else {
            continue;
        };
        if at > now && at <= end && !is_closed(&finding.judgement.state) {
            let key = Named {
                issuer: finding.issuer.clone(),
                name: finding.dossier.name().map(str::to_owned),
                key_id: finding.dossier.key_id().map(str::to_owned),
                owner: finding.dossier.owner().map(str::to_owned),
                file: first.shown.clone(),
                line: first.region.start_line,
            };
            let breaks = in_code(sources.pipelines, finding, "the key stands there; its own text says when it ends");
            let stable = ids.next(sources.fingerprint_key, &key);
            endings.push(ending(stable, key, at, now, breaks, Vec::new()));
        }
    }
    endings
}

fn leaks(scan: &Report) -> impl Iterator<Item = &Finding> {
    scan.findings.iter().filter(|finding| finding.subject == Subject::LeakedKey)
}

/// Every place of a key in the code.
fn in_code(pipelines: &Pipelines, finding: &Finding, how: &str) -> Vec<Affected> {
    let places = finding.places.iter().map(|place| {
        let line = place.region.start_line;
        let (system, job) = pipelines.job_at(&place.shown, line).unzip();
        Affected {
            file: place.shown.clone(),
            line,
            system,
            job: job.flatten().map(str::to_owned),
            secret: None,
            through: None,
            because: Link::Key(how.to_owned()),
        }
    });
    places.collect()
}

/// Which rows each mention may mean.
struct Links {
    uses: BTreeMap<RowId, Vec<Affected>>,
    /// Of each issuer how many mentions may mean any of more keys than anybody would look through.
    vague: BTreeMap<Issuer, usize>,
}

/// A secret that may be any of more keys than these is told once, and not with every one of them.
const MOST_CANDIDATES: usize = 20;

impl Links {
    fn of(sources: &Sources<'_>, now: Timestamp) -> Self {
        let mut uses: BTreeMap<RowId, Vec<Affected>> = BTreeMap::new();
        let mut vague: BTreeMap<Issuer, usize> = BTreeMap::new();
        let index = Index::of(sources, now);
        for found in &sources.pipelines.mentions {
            match index.meant(found) {
                Meant::Rows(rows) => {
                    for (row, because) in rows {
                        uses.entry(row).or_default().push(affected(found, because));
                    }
                }
                Meant::AnyOf(issuer) => *vague.entry(issuer.clone()).or_default() += 1,
            }
        }
        let places = Places::of(sources.lists);
        for finding in leaks(sources.scan) {
            let Some(row) = joined(&places, finding) else { continue };
            let how = finding.dossier.inventory().map(|statement| match &statement.evidence {
                Evidence::Inventory { join, .. } => {
                    format!("the key stands there, joined to the list {}", join.words())
                }
                Evidence::Decoded | Evidence::Probed { .. } => "the key stands there".to_owned(),
            });
            uses.entry(row).or_default().extend(in_code(sources.pipelines, finding, &how.unwrap_or_default()));
        }
        for used in uses.values_mut() {
            used.sort();
            // A job that names its secret on several lines is one job.
            let same = |a: &Affected, b: &Affected| (&a.file, &a.job, &a.secret) == (&b.file, &b.job, &b.secret);
            used.dedup_by(|later, first| later.job.is_some() && same(later, first) || later == first);
        }
        Self { uses, vague }
    }

    fn uses(&self, row: RowId) -> Vec<Affected> {
        self.uses.get(&row).cloned().unwrap_or_default()
    }

    /// What is not told with the keys themselves.
    fn notes(&self) -> impl Iterator<Item = String> {
        self.vague.iter().map(|(issuer, count)| {
            let uses = if *count == 1 { "1 use of a secret".to_owned() } else { format!("{count} uses of secrets") };
            format!(
                "{uses} may be of any of more than {MOST_CANDIDATES} keys of {issuer}, so no key is told with them; say \
                 which secret holds which key under [secrets] in the configuration"
            )
        })
    }
}

fn affected(found: &Found, because: Link) -> Affected {
    Affected {
        file: found.shown.clone(),
        line: found.mention.line,
        system: Some(found.system),
        job: found.mention.job.clone(),
        secret: Some(found.mention.name.clone()),
        through: found.mention.through.clone(),
        because,
    }
}

/// What a mention may mean.
enum Meant<'i> {
    /// These rows, and why.
    Rows(Vec<(RowId, Link)>),
    /// Any key of this issuer, of which there are too many to tell.
    AnyOf(&'i Issuer),
}

/// The rows by what a mention may say of them.
struct Index {
    /// Folded name or id → rows.
    by_name: BTreeMap<String, Vec<RowId>>,
    /// Issuer → rows that work, or ended lately enough that nobody may have noticed.
    living: BTreeMap<Issuer, Vec<RowId>>,
    /// Folded secret → folded name or id of its key.
    stated: BTreeMap<String, String>,
}

/// A key that ended longer ago is no candidate for a secret that is merely its issuer's.
const LATELY: i64 = 30 * 24 * 60 * 60;

impl Index {
    fn of(sources: &Sources<'_>, now: Timestamp) -> Self {
        let mut by_name: BTreeMap<String, Vec<RowId>> = BTreeMap::new();
        let mut living: BTreeMap<Issuer, Vec<RowId>> = BTreeMap::new();
        for (id, _, record, issuer) in rows(sources.lists) {
            let names = [record.facts.name.said(), record.facts.key_id.said()].into_iter().flatten();
            for name in names.map(|name| folded(name)).filter(|name| !name.is_empty()).collect::<BTreeSet<_>>() {
                by_name.entry(name).or_default().push(id);
            }
            let ended = match record.facts.expires.said() {
                Some(Expiry::At(at)) => now.as_second().saturating_sub(at.as_second()) > LATELY,
                _ => false,
            };
            if !ended && !is_closed(&record.facts.state) {
                living.entry(issuer.clone()).or_default().push(id);
            }
        }
        let stated = sources.stated.iter().map(|(secret, key)| (folded(secret), folded(key))).collect();
        Self { by_name, living, stated }
    }

    /// The rows that a mention may mean, and why.
    fn meant(&self, found: &Found) -> Meant<'_> {
        let name = folded(&found.mention.name);
        let of = |name: &String, link: Link| -> Vec<(RowId, Link)> {
            let rows = self.by_name.get(name).map(Vec::as_slice).unwrap_or_default();
            rows.iter().map(|row| (*row, link.clone())).collect()
        };
        if let Some(key) = self.stated.get(&name) {
            return Meant::Rows(of(key, Link::Configuration));
        }
        let named = of(&name, Link::Name);
        if !named.is_empty() {
            return Meant::Rows(named);
        }
        match self.issuer(found) {
            None => Meant::Rows(Vec::new()),
            Some((issuer, rows)) if rows.len() > MOST_CANDIDATES => Meant::AnyOf(issuer),
            Some((_, rows)) => {
                let link = if rows.len() == 1 { Link::OnlyKey } else { Link::OneOf(rows.len()) };
                Meant::Rows(rows.iter().map(|row| (*row, link.clone())).collect())
            }
        }
    }

    /// Whose key a secret is by its name, or else by the command beside it, and the living keys of that issuer.
    fn issuer(&self, found: &Found) -> Option<(&Issuer, &[RowId])> {
        let named = || self.living.keys().find(|issuer| speaks_of(&found.mention.name, issuer));
        let beside = || {
            // A set is called by what it is for, and holds the key of whoever its job publishes to.
            let is_key =
                found.mention.is_set || names_a_key(&found.mention.name) && !is_of_another(&found.mention.name);
            found.mention.beside.as_ref().filter(|_| is_key)
        };
        let (issuer, rows) = self.living.get_key_value(named().or_else(beside)?)?;
        Some((issuer, rows))
    }
}

/// The row to which a scan joined a key.
fn joined(places: &Places<'_>, finding: &Finding) -> Option<RowId> {
    let statement = finding.dossier.inventory()?;
    let Evidence::Inventory { file, line, .. } = &statement.evidence else { return None };
    let [id, name] = [&statement.facts.key_id, &statement.facts.name].map(|said| said.said().map(String::as_str));
    places.row(file, *line, id, name)
}

/// A name that says whose key it is, and not of whom the command beside it speaks: each run's own token.
fn is_of_another(name: &str) -> bool {
    name.eq_ignore_ascii_case("GITHUB_TOKEN") || Issuer::KNOWN.iter().any(|issuer| speaks_of(name, issuer))
}

/// Stable ids: rows that nothing else tells apart are told apart by their order.
#[derive(Default)]
struct Ids(BTreeMap<(Issuer, String), usize>);

impl Ids {
    fn next(&mut self, key: &FingerprintKey, named: &Named) -> String {
        let identity = named.key_id.as_ref().or(named.name.as_ref()).cloned().unwrap_or_default();
        let slot = (named.issuer.clone(), identity.clone());
        let nth = self.0.entry(slot).and_modify(|n| *n += 1).or_insert(0);
        key.of_secret(&format!("inventory/{}/{nth}", named.issuer), identity.as_bytes()).hex()
    }
}
