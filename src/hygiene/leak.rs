//! The verdicts about a leak: does the key work, is it in anybody's list, does it open every door.

use super::escape::visible;
use super::reading::Reading;
use super::verdict::{DEAD_LEAK, LEAK_STATE_UNKNOWN, LIVE_LEAK, SHADOW_KEY, SKELETON_KEY, Verdict};
use super::words::until;
use super::{Breadth, Case};
use crate::key::{Inactive, Power, State};
use crate::severity::Severity;

pub(super) fn verdicts(
    case: &Case<'_>,
    reading: &Reading<'_>,
    breadth: &Breadth,
    power: Option<Power>,
    severity: Severity,
) -> Vec<Verdict> {
    let shadow = (case.missing_from_inventory && !reading.is_dead()).then(|| {
        SHADOW_KEY.says(format!("The owner's list for {} was read, and this key is not in it.", reading.issuer))
    });
    [Some(leak(reading, severity)), skeleton(reading, breadth, power, severity), shadow].into_iter().flatten().collect()
}

fn leak(reading: &Reading<'_>, severity: Severity) -> Verdict {
    match &reading.state {
        State::Active => LIVE_LEAK.says_at(severity, format!("The key works and has leaked; {}.", end(reading))),
        State::Unknown => LEAK_STATE_UNKNOWN.says_at(
            severity,
            format!("The key has leaked and counts as working; {}{}.", end(reading), because(reading)),
        ),
        State::Inactive(why) => {
            DEAD_LEAK.says_at(severity, format!("The key {}; it opens nothing now.", dead(*why, reading)))
        }
    }
}

fn end(reading: &Reading<'_>) -> String {
    match until(reading.dossier, reading.now).as_str() {
        "not known" => "its end is not known".to_owned(),
        "never expires" => "it never expires".to_owned(),
        until if until.starts_with("until") => format!("it works {until}"),
        until => format!("its stated end has passed ({until})"),
    }
}

fn because(reading: &Reading<'_>) -> String {
    let reason = reading.state_reason.as_deref().unwrap_or("nobody was asked");
    format!("; its state is not known: {}", visible(reason.trim_end_matches('.')))
}

fn dead(why: Inactive, reading: &Reading<'_>) -> String {
    match why {
        Inactive::Expired => match until(reading.dossier, reading.now) {
            until if until.starts_with("expired") => until,
            _ => "has expired".to_owned(),
        },
        Inactive::Revoked => "was revoked".to_owned(),
        Inactive::Rejected => "was refused by its issuer as unknown".to_owned(),
    }
}

/// It reaches everything, and it may publish or more, or nobody said what it may.
fn skeleton(reading: &Reading<'_>, breadth: &Breadth, power: Option<Power>, severity: Severity) -> Option<Verdict> {
    let writes = power.is_none_or(|power| power >= Power::PublishUpdate);
    (writes && *breadth == Breadth::Everything && !reading.is_dead()).then(|| {
        let reach = match reading.up_to(power) {
            "" => "It opens every door: it reaches everything",
            _ => "It may open every door: it reaches up to everything",
        };
        let message = format!("{reach} that its owner has, and {}.", end(reading));
        SKELETON_KEY.says_at(severity, message)
    })
}
