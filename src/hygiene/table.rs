//! The one severity table. `docs/severity.md` is [`severity_page`], word for word; a test compares them.
//!
//! All weights are in tenths of a point, so that no rounding moves a key over the border of a band.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::Breadth;
use super::verdict::VERDICTS;
use crate::key::{Expiry, Inactive, Power, State};
use crate::severity::{Score, Severity};

/// Rows of the table, narrowest first.
const REACHES: [(&str, [i32; 6]); 5] = [
    //                 Read Withdraw Update  New Manage Everything
    ("one thing", [40, 50, 70, 72, 80, 85]),
    ("a list of things", [44, 54, 74, 76, 82, 86]),
    ("not said", [50, 60, 78, 82, 85, 88]),
    ("a pattern", [54, 64, 82, 86, 88, 91]),
    ("everything", [60, 72, 88, 95, 96, 97]),
];

/// Columns of the table, weakest first.
const POWERS: [(Power, &str); 6] = [
    (Power::Read, "read"),
    (Power::Withdraw, "withdraw"),
    (Power::PublishUpdate, "new versions"),
    (Power::PublishNew, "new names"),
    (Power::Manage, "manage"),
    (Power::Everything, "everything"),
];

/// What is added to the rule's own weight where it is said what a key reaches but not what it may do.
const REACH_ALONE: [i32; 5] = [-10, -5, 0, 4, 10];
/// A key that reaches everything weighs at least as much as one that may publish new versions of everything.
const EVERYTHING_AT_LEAST: i32 = 88;

const ACTIVE: i32 = 3;
const NEVER_ENDS: i32 = 5;
const END_NOT_SAID: i32 = 2;
const ENDS_IN_A_MONTH: i32 = -2;
const ENDS_IN_A_DAY: i32 = -5;

const EXPIRED: i32 = 25;
const REVOKED: i32 = 20;
const REJECTED: i32 = 30;

const DAY: i64 = 24 * 60 * 60;

/// How bad a key is taken to be while nothing is known of it: the default severity of its rule.
#[derive(Clone, Copy)]
pub(super) struct Presumed(pub(super) Severity);

/// The weight of a word by itself, in the middle of its band.
pub(super) fn word_weight(severity: Severity) -> i32 {
    match severity {
        Severity::Note => 0,
        Severity::Low => 25,
        Severity::Medium => 55,
        Severity::High => 80,
        Severity::Critical => 95,
    }
}

pub(super) fn score(tenths: i32) -> Score {
    // Exact: the weights are between −10 and 110.
    Score::new(f32::from(i16::try_from(tenths).unwrap_or(i16::MAX)) / 10.0)
}

/// The cell for what a key reaches and may do.
pub(super) fn weight(breadth: &Breadth, power: Option<Power>, presumed: Presumed) -> i32 {
    let row = row_of(breadth);
    match power.and_then(|power| POWERS.iter().position(|(column, _)| *column == power)) {
        Some(column) => REACHES[row].1[column],
        None => weight_of_reach(row, word_weight(presumed.0)),
    }
}

fn weight_of_reach(row: usize, presumed: i32) -> i32 {
    match (row, presumed) {
        (4, presumed) => (presumed + REACH_ALONE[4]).max(EVERYTHING_AT_LEAST),
        (_, 0) => 0, // a rule whose matches open nothing says so for every reach but this widest one
        (row, presumed) => presumed + REACH_ALONE[row],
    }
}

fn row_of(breadth: &Breadth) -> usize {
    match breadth {
        Breadth::One => 0,
        Breadth::Listed { .. } => 1,
        Breadth::Unknown => 2,
        Breadth::Pattern { .. } => 3,
        Breadth::Everything => 4,
    }
}

/// What a leaked key weighs by its state, its cell and its end. `days_count` is false for the stable word, which
/// knows whether there is an end but not when.
pub(super) fn leaked(state: &State, cell: i32, expires: Option<Expiry>, now: Timestamp, days_count: bool) -> i32 {
    let state = match state {
        State::Inactive(Inactive::Expired) => return EXPIRED,
        State::Inactive(Inactive::Revoked) => return REVOKED,
        State::Inactive(Inactive::Rejected) => return REJECTED,
        State::Active => ACTIVE,
        State::Unknown => 0,
    };
    if cell == 0 { 0 } else { (cell + state + end(expires, now, days_count)).max(1) }
}

fn end(expires: Option<Expiry>, now: Timestamp, days_count: bool) -> i32 {
    match expires {
        None => END_NOT_SAID,
        Some(Expiry::Never) => NEVER_ENDS,
        Some(Expiry::At(at)) if days_count => match at.as_second().saturating_sub(now.as_second()) {
            left if left <= DAY => ENDS_IN_A_DAY,
            left if left <= 30 * DAY => ENDS_IN_A_MONTH,
            _ => 0,
        },
        Some(Expiry::At(_)) => 0,
    }
}

/// The documentation page of the severity table and of every verdict, as Markdown.
#[must_use]
pub fn severity_page() -> String {
    let mut page = String::from(INTRODUCTION);
    page.push_str(&cells());
    page.push_str(&adjustments());
    page.push_str(&verdicts());
    page
}

const INTRODUCTION: &str = "# Severity

This page is made from the code, and a test compares the two.

A key's score is a number from 0.0 to 10.0. SARIF carries it as `security-severity`. The bands are: critical from 9.0,
high from 7.0, medium from 4.0, low from 0.1, and note at 0.0.

## A leaked key that works, or of which nobody knows

The row is what the key reaches, the column is what it may do there. Where a key has several grants, the one that
weighs most counts.

";

fn cells() -> String {
    let mut text = String::from("| reaches |");
    for (_, column) in POWERS {
        _ = write!(text, " {column} |");
    }
    text.push_str("\n|---|---|---|---|---|---|---|\n");
    for (reach, weights) in REACHES {
        _ = write!(text, "| {reach} |");
        for weight in weights {
            _ = write!(text, " {} |", score(weight));
        }
        text.push('\n');
    }
    text
}

fn signed(tenths: i32) -> String {
    let sign = if tenths < 0 { '−' } else { '+' };
    format!("{sign}{}", score(tenths.abs()))
}

fn adjustments() -> String {
    let mut text = String::from(
        "
Where nobody said what the key may do, its rule's default severity counts: ",
    );
    let words: Vec<String> = Severity::ALL
        .into_iter()
        .rev()
        .map(|severity| format!("{severity} is {}", score(word_weight(severity))))
        .collect();
    _ = write!(text, "{}. What it reaches is added: ", words.join(", "));
    let reaches: Vec<String> = REACHES
        .iter()
        .zip(REACH_ALONE)
        .filter(|(_, tenths)| *tenths != 0)
        .map(|((reach, _), tenths)| format!("{reach} {}", signed(tenths)))
        .collect();
    _ = writeln!(text, "{}.", reaches.join(", "));
    _ = writeln!(text, "A key that reaches everything weighs at least {}.", score(EVERYTHING_AT_LEAST));
    text.push_str("A rule whose default is a note stays at 0.0 for anything less than everything.\n\n");
    text.push_str("| then | |\n|---|---|\n");
    for (what, tenths) in [
        ("an issuer or a list says that it works", ACTIVE),
        ("it never expires", NEVER_ENDS),
        ("nobody said when it expires", END_NOT_SAID),
        ("it expires within 30 days", ENDS_IN_A_MONTH),
        ("it expires within 24 hours", ENDS_IN_A_DAY),
    ] {
        _ = writeln!(text, "| {what} | {} |", signed(tenths));
    }
    text.push_str(DEAD);
    for (what, tenths) in
        [("it was revoked", REVOKED), ("it has expired", EXPIRED), ("its issuer refused it as unknown", REJECTED)]
    {
        _ = writeln!(text, "| {what} | {} |", score(tenths));
    }
    text.push_str(STABLE);
    text
}

const DEAD: &str = "
Of the last two only one counts. *Unknown* never counts as dead.

## A leaked key that is proved dead

Always low, never nothing: it shows how keys get into the text.

| state | score |
|---|---|
";

const STABLE: &str = "
## The word in a SARIF rule id

It is the same table without the two lines about days. It depends on the state, on what the key reaches and may do, and
on having an end. It does not change from day to day, so an alert does not come and go.

## A key in an owner's list

It has not leaked. Its score is that of its worst hygiene verdict: ";

fn verdicts() -> String {
    let mut text = String::new();
    let words: Vec<String> =
        Severity::ALL.into_iter().rev().map(|word| format!("{word} {}", score(word_weight(word)))).collect();
    _ = writeln!(text, "{}.", words.join(", "));
    text.push_str(
        "An issuer's announced ceiling is a note. It never changes a state or a severity.

## Verdicts

The severity is the default one. A policy that forbids what is found, or a key that can only read, changes it.

| id | title | severity | CWE |
|---|---|---|---|
",
    );
    let mut sorted: Vec<_> = VERDICTS.iter().collect();
    sorted.sort_by_key(|info| info.id);
    for info in &sorted {
        let cwe: Vec<String> = info.cwe.iter().map(|number| format!("CWE-{number}")).collect();
        _ = writeln!(text, "| {} | {} | {} | {} |", info.id.0, info.title, info.severity, cwe.join(", "));
    }
    for info in sorted {
        _ = write!(text, "\n**{} {}.** {}\n", info.id.0, info.title, info.why);
    }
    text
}
