//! How often each anchor stands in a text: what a rule costs before its pattern is even looked at.

use std::collections::BTreeMap;

use super::Detector;

/// How often anchors stand in what was counted.
#[derive(Clone, Debug, Default)]
pub struct AnchorCounts {
    /// Bytes counted.
    pub bytes: u64,
    /// By rule (an index into [`crate::rules::RuleSet::rules`]) and anchor (in small letters): places at which the
    /// rule is asked for a match.
    pub places: BTreeMap<(usize, String), u64>,
}

impl AnchorCounts {
    /// Adds another count.
    pub fn merge(&mut self, other: Self) {
        self.bytes += other.bytes;
        for (key, places) in other.places {
            *self.places.entry(key).or_default() += places;
        }
    }

    /// Places in each million bytes; 0.0 if nothing was counted.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
    pub fn per_megabyte(&self, places: u64) -> f64 {
        if self.bytes == 0 { 0.0 } else { places as f64 * 1e6 / self.bytes as f64 }
    }
}

impl Detector {
    /// Counts the places in `text` at which each anchor makes its rule look.
    pub fn count_anchors(&self, text: &[u8], counts: &mut AnchorCounts) {
        counts.bytes += text.len() as u64;
        self.each_anchor(text, |rule, span| {
            let anchor = String::from_utf8_lossy(&text[span.start..span.end]).to_ascii_lowercase();
            *counts.places.entry((rule, anchor)).or_default() += 1;
        });
    }
}
