//! Bar charts as inline SVG, stacked by severity.

use jiff::Timestamp;

use crate::finding::Finding;
use crate::hygiene::Breadth;
use crate::key::{Expiry, State};
use crate::severity::Severity;

/// One chart. Lengths are in the units of its own `viewBox`.
pub(super) struct Chart {
    pub(super) title: &'static str,
    /// What a click on a bar filters by: an attribute of the keys.
    pub(super) field: &'static str,
    pub(super) width: usize,
    pub(super) height: usize,
    /// Where the labels stand.
    pub(super) base: usize,
    pub(super) bars: Vec<Bar>,
    /// The chart in words.
    pub(super) said: String,
}

pub(super) struct Bar {
    pub(super) value: &'static str,
    pub(super) label: &'static str,
    pub(super) count: usize,
    /// The count, or nothing over an empty place.
    pub(super) shown: String,
    pub(super) x: usize,
    pub(super) middle: usize,
    pub(super) width: usize,
    /// Where the count stands.
    pub(super) top: usize,
    pub(super) parts: Vec<Part>,
}

pub(super) struct Part {
    pub(super) severity: &'static str,
    pub(super) y: usize,
    pub(super) height: usize,
}

/// When keys end: a bucket's id and label, from the past to never.
const ENDS: [(&str, &str); 8] = [
    ("ended", "ended"),
    ("week", "in 7 days"),
    ("month", "in 30 days"),
    ("quarter", "in 90 days"),
    ("year", "in a year"),
    ("later", "later"),
    ("never", "never"),
    ("unknown", "not known"),
];

/// How much keys reach.
const REACH: [(&str, &str); 5] = [
    ("everything", "everything"),
    ("pattern", "a pattern"),
    ("listed", "a list"),
    ("one", "one thing"),
    ("unknown", "not known"),
];

pub(super) fn ends(findings: &[Finding], now: Timestamp) -> Chart {
    draw("When they end", "until", &ENDS, findings, |finding| ends_in(finding, now))
}

pub(super) fn reach(findings: &[Finding]) -> Chart {
    draw("What they reach", "reach", &REACH, findings, reach_of)
}

/// The bucket of [`ENDS`] that a key belongs to.
pub(super) fn ends_in(finding: &Finding, now: Timestamp) -> &'static str {
    if matches!(finding.judgement.state, State::Inactive(_)) {
        return "ended";
    }
    let at = match finding.dossier.expires() {
        None => return "unknown",
        Some((Expiry::Never, _)) => return "never",
        Some((Expiry::At(at), _)) => at,
    };
    match (at.as_second() - now.as_second()).div_euclid(86_400) {
        ..0 => "ended",
        0..=7 => "week",
        8..=30 => "month",
        31..=90 => "quarter",
        91..=366 => "year",
        _ => "later",
    }
}

/// The bucket of [`REACH`] that a key belongs to.
pub(super) fn reach_of(finding: &Finding) -> &'static str {
    match finding.judgement.breadth {
        Breadth::Everything => "everything",
        Breadth::Pattern { .. } => "pattern",
        Breadth::Listed { .. } => "listed",
        Breadth::One => "one",
        Breadth::Unknown => "unknown",
    }
}

const STEP: usize = 72;
const GAP: usize = 12;
const HEIGHT: usize = 130;
const BASE: usize = 124;
/// The tallest bar, and where bars stand.
const TALLEST: usize = 84;
const FLOOR: usize = 108;

fn draw(
    title: &'static str,
    field: &'static str,
    buckets: &[(&'static str, &'static str)],
    findings: &[Finding],
    bucket: impl Fn(&Finding) -> &'static str,
) -> Chart {
    let in_bucket = |value: &str| -> Vec<&Finding> { findings.iter().filter(|f| bucket(f) == value).collect() };
    let tallest = buckets.iter().map(|(value, _)| in_bucket(value).len()).max().unwrap_or(0).max(1);
    let bars: Vec<Bar> = buckets
        .iter()
        .enumerate()
        .map(|(at, &(value, label))| bar(at, value, label, &in_bucket(value), tallest))
        .collect();
    let said: Vec<String> = bars.iter().map(|bar| format!("{}: {}", bar.label, bar.count)).collect();
    let said = format!("{title}. {}", said.join(", "));
    Chart { title, field, width: STEP * bars.len(), height: HEIGHT, base: BASE, bars, said }
}

fn bar(at: usize, value: &'static str, label: &'static str, keys: &[&Finding], tallest: usize) -> Bar {
    let (x, width) = (at * STEP + GAP / 2, STEP - GAP);
    let mut parts = Vec::new();
    let mut top = FLOOR;
    // The worst stands at the bottom, where bars are compared most easily.
    for severity in Severity::ALL.into_iter().rev() {
        let count = keys.iter().filter(|finding| finding.judgement.severity == severity).count();
        if count > 0 {
            let height = (count * TALLEST / tallest).max(2);
            top = top.saturating_sub(height);
            parts.push(Part { severity: severity.as_str(), y: top, height });
        }
    }
    let shown = if keys.is_empty() { String::new() } else { keys.len().to_string() };
    Bar { value, label, count: keys.len(), shown, x, middle: x + width / 2, width, top: top.saturating_sub(4), parts }
}
