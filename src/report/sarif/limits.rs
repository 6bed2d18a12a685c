//! How many results a log has, and what each stands for: within the limits of whoever reads it.
//!
//! Code scanning takes 25,000 results of a run and shows the 5,000 worst (GitHub, "SARIF support for code scanning", and
//! Azure DevOps takes the same). So up to 5,000 places get a result each. Beyond that one result stands for each key, in
//! short form, for the whole file must also stay under 10 MB when it is compressed.

use super::super::SarifProfile;
use super::super::words::{self, Tally};
use crate::finding::Report;

/// Most results that code scanning takes in one run.
const TAKEN: usize = 25_000;

/// Most results that it shows.
const SHOWN: usize = 5_000;

/// How the results are cut to fit.
pub(super) struct Shape {
    /// Places of keys.
    places: usize,
    keys: usize,
    /// Whether the reader has limits at all.
    limited: bool,
}

impl Shape {
    pub(super) fn of(report: &Report, profile: SarifProfile) -> Self {
        let tally = Tally::of(report);
        let number = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        Self { places: number(tally.findings), keys: number(tally.keys), limited: profile != SarifProfile::Full }
    }

    /// Whether one result stands for all places of a key, in short form.
    pub(super) fn is_grouped(&self) -> bool {
        self.limited && self.places > SHOWN
    }

    /// Most keys that have results.
    pub(super) fn keys_max(&self) -> usize {
        if self.limited { TAKEN } else { usize::MAX }
    }

    /// What was grouped or left out, each with its level as a notification.
    pub(super) fn sentences(&self) -> Vec<(&'static str, String)> {
        let mut all = Vec::new();
        let count = |n: usize| words::grouped(n as u64);
        if self.is_grouped() && self.keys < self.places {
            let (places, keys) = (count(self.places), count(self.keys));
            all.push((
                "warning",
                format!(
                    "{places} places are more than code scanning shows, so one result stands for each of {keys} keys; \
                     it names the other places."
                ),
            ));
        }
        if self.is_grouped() && self.keys > SHOWN {
            let results = count(self.keys.min(self.keys_max()));
            all.push(("warning", format!("Code scanning shows the worst {} of {results} results.", count(SHOWN))));
        }
        if let Some(more) = self.keys.checked_sub(self.keys_max()).filter(|more| *more > 0) {
            all.push((
                "error",
                format!("{} results are left out: code scanning takes no more. The worst are kept.", count(more)),
            ));
        }
        all
    }
}
