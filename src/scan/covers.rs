//! Which comments beside a key set it aside.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::sighting::Sighting;
use crate::hygiene::Judgement;
use crate::rules::Rule;
use crate::suppression::{By, Marker, Suppression};

/// Which markers cover a key.
pub(super) struct Covers<'a> {
    rule: &'a Rule,
    judgement: &'a Judgement,
    today: Date,
}

impl<'a> Covers<'a> {
    pub(super) fn of(rule: &'a Rule, judgement: &'a Judgement, now: Timestamp) -> Self {
        Self { rule, judgement, today: now.to_zoned(TimeZone::UTC).date() }
    }

    /// What sets this place aside. A marker that covers it and is wrong, or whose day has passed, is told of.
    pub(super) fn by(&self, sighting: &Sighting, found_by: &str, notes: &mut Vec<String>) -> Option<Suppression> {
        let covering = sighting.markers.iter().filter(|marker| self.names(marker, found_by));
        for marker in covering {
            let at = format!("{}:{}", sighting.shown, sighting.region.start_line);
            match (&marker.mistake, marker.until) {
                (Some(mistake), _) => notes.push(format!("{at}: skelkey:ignore sets nothing aside: {mistake}")),
                (None, Some(until)) if until < self.today => {
                    notes.push(format!("{at}: skelkey:ignore ended on {until}, so the finding counts again"));
                }
                (None, until) => {
                    return Some(Suppression { by: By::Comment, reason: marker.reason.clone(), owner: None, until });
                }
            }
        }
        None
    }

    fn names(&self, marker: &Marker, found_by: &str) -> bool {
        let is_verdict = |id: &str| self.judgement.verdicts.iter().any(|verdict| verdict.id.0 == id);
        let is_rule = |id: &str| id == self.rule.id || id == found_by || self.rule.aliases.iter().any(|old| old == id);
        marker.ids.is_empty() || marker.ids.iter().any(|id| is_rule(id) || is_verdict(id))
    }
}
