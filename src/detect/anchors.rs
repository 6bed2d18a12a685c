//! The prefilter: one automaton over the anchors of all rules.

use std::collections::HashMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind, StartKind};

use crate::location::Span;
use crate::rules::RuleSet;

/// Every place of every anchor, in one pass over a text.
pub(super) struct Anchors {
    /// `None` when there is no anchor at all.
    automaton: Option<AhoCorasick>,
    /// By pattern of the automaton: who asked for it.
    users: Vec<Vec<User>>,
}

/// A rule that wants to see an anchor.
struct User {
    rule: usize,
    /// The anchor's exact bytes, where its case counts: the automaton itself ignores case.
    exact: Option<Box<[u8]>>,
}

impl Anchors {
    /// Builds the automaton.
    ///
    /// One automaton that ignores case serves both sorts of anchors: in a deterministic one, folding costs nothing,
    /// and comparing the few candidates exactly is cheaper than a second pass over the text.
    pub(super) fn new(rules: &RuleSet) -> Result<Self, String> {
        let (patterns, users) = collect(rules);
        let automaton = (!patterns.is_empty()).then(|| {
            AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .match_kind(MatchKind::Standard)
                .start_kind(StartKind::Unanchored)
                .kind(Some(AhoCorasickKind::DFA))
                .build(&patterns)
        });
        let automaton = automaton.transpose().map_err(|error| format!("the anchors are too many: {error}"))?;
        Ok(Self { automaton, users })
    }

    /// Calls `found` with every rule and place, in the order of the places' ends.
    pub(super) fn find(&self, text: &[u8], mut found: impl FnMut(usize, Span)) {
        let Some(automaton) = &self.automaton else { return };
        for hit in automaton.find_overlapping_iter(text) {
            for user in &self.users[hit.pattern()] {
                if user.exact.as_deref().is_none_or(|exact| *exact == text[hit.range()]) {
                    found(user.rule, Span::new(hit.start(), hit.end()));
                }
            }
        }
    }
}

fn collect(rules: &RuleSet) -> (Vec<String>, Vec<Vec<User>>) {
    let (mut patterns, mut users) = (Vec::<String>::new(), Vec::<Vec<User>>::new());
    let mut known = HashMap::new();
    for (index, rule) in rules.rules.iter().enumerate() {
        for anchor in &rule.anchors {
            let folded = anchor.to_ascii_lowercase();
            let at = *known.entry(folded).or_insert_with_key(|folded| {
                patterns.push(folded.clone());
                users.push(Vec::new());
                users.len() - 1
            });
            let exact = (!rule.anchors_fold).then(|| anchor.as_bytes().into());
            users[at].push(User { rule: index, exact });
        }
    }
    (patterns, users)
}
