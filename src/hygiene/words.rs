//! Plain words for people: what a key opens, and until when. Names are escaped and stand in backticks.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::escape::code;
use super::reading::{Opening, Reached, Reading};
use super::{Breadth, Case, Exposure, Judgement};
use crate::issuer::Issuer;
use crate::key::{Dossier, Expiry, Power, glob};
use crate::severity::Severity;

/// How many names are told before the rest is counted.
const NAMES_TOLD: usize = 3;

/// What a key opens, for instance "publish new packages and versions, to everything its owner has (`*`), 3 of 3
/// known packages". "up to" where it is only a bound, "not known" where nobody said.
#[must_use]
pub fn opens(dossier: &Dossier, judgement: &Judgement) -> String {
    let issuer = dossier.issuer().cloned().unwrap_or_else(|| Issuer::new(""));
    let case = Case {
        dossier,
        issuer: &issuer,
        exposure: Exposure::Leaked,
        default_severity: Severity::Medium,
        known_packages: &[],
        missing_from_inventory: false,
        path: "",
    };
    // The time matters to no opening.
    let reading = Reading::of(&case, Timestamp::UNIX_EPOCH);
    let mut told: Vec<String> = Vec::new();
    for opening in &reading.openings {
        let words = opening_words(reading.issuer, opening);
        if !told.contains(&words) {
            told.push(words);
        }
    }
    if told.is_empty() {
        return "not known".to_owned();
    }
    let covers = judgement
        .covers
        .map(|covers| format!(", {covers} of {} known packages", judgement.known_packages))
        .unwrap_or_default();
    format!("{}{covers}", told.join("; "))
}

fn opening_words(issuer: &Issuer, opening: &Opening<'_>) -> String {
    let powers: BTreeSet<Power> = opening.actions.iter().map(|action| action.power).collect();
    let up_to = if opening.at_most { "up to: " } else { "" };
    let words =
        if issuer.as_str().is_empty() || PUBLISHES.contains(&issuer.as_str()) { power_words } else { plain_words };
    format!("{up_to}{}, {}", powers_words(&powers, words), reached_words(issuer, opening.subjects))
}

/// Issuers of whom packages, images, models or code are published; of others nothing is.
const PUBLISHES: [&str; 27] = [
    "anaconda",
    "azure-devops",
    "bitbucket",
    "chocolatey",
    "cloudsmith",
    "crates-io",
    "devpi",
    "docker-hub",
    "github",
    "gitlab",
    "harbor",
    "hex",
    "hugging-face",
    "jfrog",
    "jsr",
    "maven",
    "myget",
    "npm",
    "nuget",
    "open-vsx",
    "packagist",
    "powershell-gallery",
    "pypi",
    "quay",
    "rubygems",
    "testpypi",
    "verdaccio",
];

/// What a power lets somebody do where nothing is published.
fn plain_words(power: Power) -> &'static str {
    match power {
        Power::Withdraw => "delete",
        Power::PublishUpdate => "write",
        Power::PublishNew => "create and write",
        Power::Read | Power::Manage | Power::Everything => power_words(power),
    }
}

/// The stronger of two powers of one sort stands for both.
fn powers_words(powers: &BTreeSet<Power>, words: fn(Power) -> &'static str) -> String {
    if powers.is_empty() {
        return "actions not known".to_owned();
    }
    if powers.contains(&Power::Everything) {
        return words(Power::Everything).to_owned();
    }
    let new = powers.contains(&Power::PublishNew);
    let told: Vec<&str> = powers
        .iter()
        .rev()
        .filter(|power| !(new && **power == Power::PublishUpdate))
        .map(|power| words(*power))
        .collect();
    told.join(", ")
}

/// What a power lets somebody do, as a verb.
#[must_use]
pub fn power_words(power: Power) -> &'static str {
    match power {
        Power::Read => "read",
        Power::Withdraw => "take versions back",
        Power::PublishUpdate => "publish new versions",
        Power::PublishNew => "publish new packages and versions",
        Power::Manage => "change owners, members, tokens or settings",
        Power::Everything => "do whatever its owner may",
    }
}

fn reached_words(issuer: &Issuer, reached: Reached<'_>) -> String {
    match reached {
        Reached::NotSaid => "to what is not known".to_owned(),
        Reached::Everything => "to everything its owner has".to_owned(),
        Reached::Named(names) => match names.iter().find(|name| glob::is_everything(issuer, name)) {
            Some(star) => format!("to everything its owner has ({})", code(star)),
            None => format!("to {}", list(issuer, names)),
        },
    }
}

fn list(issuer: &Issuer, names: &[String]) -> String {
    let told: Vec<String> = names
        .iter()
        .take(NAMES_TOLD)
        .map(|name| {
            let matching = if glob::is_pattern(issuer, name) { "whatever matches " } else { "" };
            format!("{matching}{}", code(name))
        })
        .collect();
    match names.len().saturating_sub(NAMES_TOLD) {
        0 => told.join(", "),
        more => format!("{} and {more} more", told.join(", ")),
    }
}

/// A breadth in a few words, for a table cell.
#[must_use]
pub fn breadth_words(breadth: &Breadth) -> String {
    match breadth {
        Breadth::One => "one thing".to_owned(),
        Breadth::Listed { count } => format!("{count} named things"),
        Breadth::Unknown => "not known".to_owned(),
        Breadth::Pattern { covers_future: true } => "a pattern, future names too".to_owned(),
        Breadth::Pattern { covers_future: false } => "a pattern".to_owned(),
        Breadth::Everything => "everything".to_owned(),
    }
}

/// Until when a key works: "until 2027-03-01 (99 days)", "expired 2026-10-02, 51 days ago", "never expires", "not
/// known". Dates are UTC; within two days the minute is told as well.
#[must_use]
pub fn until(dossier: &Dossier, now: Timestamp) -> String {
    match dossier.expires() {
        None => "not known".to_owned(),
        Some((Expiry::Never, _)) => "never expires".to_owned(),
        Some((Expiry::At(at), _)) => end_words(at, now),
    }
}

fn end_words(at: Timestamp, now: Timestamp) -> String {
    let span = span_words(at, now);
    let moment = if near(at, now) { minute_of(at) } else { date_of(at).to_string() };
    if at > now { format!("until {moment} ({span})") } else { format!("expired {moment}, {span} ago") }
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

fn seconds_apart(at: Timestamp, now: Timestamp) -> i64 {
    at.as_second().saturating_sub(now.as_second()).saturating_abs()
}

fn near(at: Timestamp, now: Timestamp) -> bool {
    seconds_apart(at, now) < 2 * DAY
}

/// Days; hours within two days; minutes within two hours.
fn span_words(at: Timestamp, now: Timestamp) -> String {
    match seconds_apart(at, now) {
        apart if apart < MINUTE => "less than a minute".to_owned(),
        apart if apart < 2 * HOUR => counted(apart / MINUTE, "minute"),
        apart if apart < 2 * DAY => counted(apart / HOUR, "hour"),
        apart => days_in_words(apart / DAY),
    }
}

fn minute_of(at: Timestamp) -> String {
    let at = at.to_zoned(TimeZone::UTC);
    format!("{} {:02}:{:02} UTC", at.date(), at.hour(), at.minute())
}

/// The day of a moment, UTC.
pub(super) fn date_of(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// Whole days from `from` to `to`, rounded down: an issuer that sets the end a moment after the beginning makes no
/// life longer.
pub(super) fn days_between(from: Timestamp, to: Timestamp) -> i64 {
    to.as_second().saturating_sub(from.as_second()).div_euclid(DAY)
}

pub(super) fn days_in_words(days: i64) -> String {
    counted(days, "day")
}

fn counted(count: i64, unit: &str) -> String {
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}
