//! Which comments beside a key set it aside.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Settings;
use super::sighting::{Comment, Sighting};
use crate::hygiene::Judgement;
use crate::rules::Rule;
use crate::suppression::{By, Marker, Suppression};

/// A finding that the configuration sets aside wherever it stands.
#[derive(Clone, Debug)]
pub struct Allow {
    /// Globs of paths, relative to the root; empty for all.
    pub paths: globset::GlobSet,
    /// Ids of rules; empty for all.
    pub rules: Vec<String>,
    /// Why.
    pub reason: Option<String>,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// Where it is written: `skelkey.toml:14`.
    pub written: String,
}

/// What comments and `[[allow]]` did in a run.
#[derive(Default)]
pub(super) struct Used {
    /// Comments that stand beside a match that they name, by path as shown and line.
    pub(super) comments: BTreeSet<(String, usize)>,
    /// Which of the settings' `allow` cover something.
    pub(super) allows: BTreeSet<usize>,
    /// What a reader must know.
    pub(super) notes: Vec<String>,
}

/// Which markers cover a key.
pub(super) struct Covers<'a> {
    rule: &'a Rule,
    /// `None` for a match of which nobody is told.
    judgement: Option<&'a Judgement>,
    settings: &'a Settings,
    today: Date,
}

impl<'a> Covers<'a> {
    pub(super) fn of(rule: &'a Rule, judgement: Option<&'a Judgement>, settings: &'a Settings) -> Self {
        Self { rule, judgement, settings, today: settings.now.to_zoned(TimeZone::UTC).date() }
    }

    /// What sets this place aside. A marker that covers it and is wrong, has no reason where one is demanded, or whose day
    /// has passed, is told of.
    pub(super) fn by(&self, sighting: &Sighting, found_by: &str, used: &mut Used) -> Option<Suppression> {
        let covering = sighting.markers.iter().filter(|marker| self.names(marker, found_by));
        for marker in covering {
            used.comments.insert((sighting.shown.clone(), marker.line));
            let at = format!("{}:{}", sighting.shown, sighting.region.start_line);
            match (&marker.mistake, marker.until) {
                (Some(mistake), _) => used.notes.push(format!("{at}: skelkey:ignore sets nothing aside: {mistake}")),
                (None, _) if self.settings.strict && marker.reason.is_none() => {
                    used.notes.push(format!("{at}: a comment without a reason sets nothing aside (--strict)"));
                }
                (None, Some(until)) if until < self.today => {
                    used.notes.push(format!("{at}: skelkey:ignore ended on {until}, so the finding counts again"));
                }
                (None, until) => {
                    return Some(Suppression {
                        by: By::Comment,
                        reason: marker.reason.clone(),
                        owner: None,
                        until,
                        moved_from: None,
                    });
                }
            }
        }
        self.allowed(sighting, found_by, used)
    }

    /// What the configuration says of it.
    fn allowed(&self, sighting: &Sighting, found_by: &str, used: &mut Used) -> Option<Suppression> {
        let covers = |allow: &Allow| {
            let path = allow.paths.is_empty() || allow.paths.is_match(&sighting.path);
            path && (allow.rules.is_empty() || allow.rules.iter().any(|id| self.is_rule(id, found_by)))
        };
        for (at, allow) in self.settings.allow.iter().enumerate().filter(|(_, allow)| covers(allow)) {
            used.allows.insert(at);
            match allow.until {
                _ if self.settings.strict && allow.reason.is_none() => {
                    used.notes
                        .push(format!("{}: [[allow]] without a reason sets nothing aside (--strict)", allow.written));
                }
                Some(until) if until < self.today => {
                    used.notes
                        .push(format!("{}: [[allow]] ended on {until}: what it covered counts again", allow.written));
                }
                until => {
                    let reason = allow.reason.clone();
                    return Some(Suppression { by: By::Configuration, reason, owner: None, until, moved_from: None });
                }
            }
        }
        None
    }

    fn is_rule(&self, id: &str, found_by: &str) -> bool {
        id == self.rule.id || id == found_by || self.rule.aliases.iter().any(|old| old == id)
    }

    fn names(&self, marker: &Marker, found_by: &str) -> bool {
        // Of a match of which nobody is told, no verdict is known: it may be the one that is meant.
        let is_verdict = |id: &str| match self.judgement {
            Some(judgement) => judgement.verdicts.iter().any(|verdict| verdict.id.0 == id),
            None => id.starts_with("SK"),
        };
        marker.ids.is_empty() || marker.ids.iter().any(|id| self.is_rule(id, found_by) || is_verdict(id))
    }
}

/// Comments that are named.
const UNUSED_SHOWN: usize = 20;

impl Used {
    /// The notes of a whole run, with one for each comment and each `[[allow]]` that covers nothing.
    pub(super) fn told(self, comments: &[Comment], settings: &Settings) -> Vec<String> {
        let Self { comments: used, allows, mut notes } = self;
        let unused = comments.iter().filter(|comment| !used.contains(&(comment.shown.clone(), comment.line)));
        let unused: Vec<String> = unused.map(|comment| format!("{}:{}", comment.shown, comment.line)).collect();
        notes.extend(unused.iter().take(UNUSED_SHOWN).map(|at| format!("{at}: skelkey:ignore covers nothing")));
        if let Some(more) = unused.len().checked_sub(UNUSED_SHOWN).filter(|more| *more > 0) {
            notes.push(format!("{more} more comments with skelkey:ignore cover nothing"));
        }
        let idle = settings.allow.iter().enumerate().filter(|(at, _)| !allows.contains(at));
        notes.extend(idle.map(|(_, allow)| format!("{}: [[allow]] covers nothing", allow.written)));
        notes
    }
}
