//! One automaton over all anchors, then a lazily compiled regex on a bounded window.

use std::sync::Arc;

use super::Match;
use crate::rules::RuleSet;

/// All rules, ready to scan. Shared between threads.
pub struct Detector {
    rules: Arc<RuleSet>,
}

/// What one thread reuses from blob to blob.
#[derive(Default)]
pub struct Scratch {}

impl Detector {
    /// Builds the prefilter. No regex is compiled before its anchor is seen.
    ///
    /// # Errors
    /// An automaton that cannot be built.
    pub fn new(rules: Arc<RuleSet>) -> Result<Self, String> {
        Ok(Self { rules })
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &Arc<RuleSet> {
        &self.rules
    }

    /// Every key in `text`, which stands at `path` (relative to its root), sorted by span: one match per span, the
    /// structured over the contextual over the generic, none that a proved checksum rejects.
    pub fn scan(&self, _text: &[u8], _path: &str, _scratch: &mut Scratch) -> Vec<Match> {
        Vec::new()
    }
}
