//! The prefilter: every place of every anchor of all rules, in one pass over a text.
//!
//! Of each anchor the rarest four bytes (its *gram*) are looked for. The grams are spread over a few buckets; a vector
//! kernel tells for 32 places at once whether the four bytes there could belong to a gram of any bucket, and what it
//! lets through is looked up in a table of the grams and compared in full. So what is found does not depend on the
//! kernel: the portable one and the vector one let through different places and find the same anchors.

mod buckets;
mod gram;
mod lookup;
mod portable;
#[cfg(target_arch = "x86_64")]
mod vector;

use std::collections::HashMap;

use self::buckets::Buckets;
use self::gram::Gram;
use self::lookup::Lookup;
use self::portable::Portable;
use crate::location::Span;
use crate::rules::RuleSet;

/// Every place of every anchor, in one pass over a text.
pub(super) struct Anchors {
    list: Vec<Anchor>,
    lookup: Lookup,
    kernel: Kernel,
}

/// An anchor, written in small letters, and who asked for it.
struct Anchor {
    folded: Box<[u8]>,
    users: Vec<User>,
}

/// A rule that wants to see an anchor.
struct User {
    rule: usize,
    /// The anchor's exact bytes, where its case counts: the search itself ignores case.
    exact: Option<Box<[u8]>>,
}

/// What lets places through to the look-up.
enum Kernel {
    Portable(Box<Portable>),
    #[cfg(target_arch = "x86_64")]
    Vector(Box<vector::Vector>),
}

impl Anchors {
    /// Collects the anchors and builds the tables for the fastest kernel of this processor.
    pub(super) fn new(rules: &RuleSet) -> Self {
        Self::with(rules, true)
    }

    /// The same places, found by the kernel that every processor has.
    pub(super) fn portable(rules: &RuleSet) -> Self {
        Self::with(rules, false)
    }

    fn with(rules: &RuleSet, fastest: bool) -> Self {
        let anchors = collect(rules);
        let grams: Vec<Gram> = anchors.iter().map(|anchor| Gram::of(&anchor.folded)).collect();
        let buckets = Buckets::of(&grams);
        Self { lookup: Lookup::new(&grams), kernel: Kernel::new(&buckets, fastest), list: anchors }
    }

    /// Calls `found` with every rule and place. The order depends on the places alone: it is that of the grams.
    pub(super) fn find(&self, text: &[u8], mut found: impl FnMut(usize, Span)) {
        let mut look = |at: usize| {
            self.lookup.at(text, at, |index, offset| {
                if let Some(start) = at.checked_sub(offset) {
                    self.list[index].compare(text, start, &mut found);
                }
            });
        };
        match &self.kernel {
            Kernel::Portable(kernel) => kernel.run(text, &mut look),
            #[cfg(target_arch = "x86_64")]
            Kernel::Vector(kernel) => kernel.run(text, &mut look),
        }
    }
}

impl Kernel {
    fn new(buckets: &Buckets, fastest: bool) -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(vector) = vector::Vector::new(buckets).filter(|_| fastest) {
            return Self::Vector(Box::new(vector));
        }
        let _ = fastest;
        Self::Portable(Box::new(Portable::new(buckets)))
    }
}

impl Anchor {
    fn compare(&self, text: &[u8], start: usize, found: &mut impl FnMut(usize, Span)) {
        let span = Span::new(start, start + self.folded.len());
        let Some(here) = text.get(start..span.end).filter(|here| here.eq_ignore_ascii_case(&self.folded)) else {
            return;
        };
        for user in &self.users {
            if user.exact.as_deref().is_none_or(|exact| exact == here) {
                found(user.rule, span);
            }
        }
    }
}

fn collect(rules: &RuleSet) -> Vec<Anchor> {
    let mut anchors = Vec::<Anchor>::new();
    let mut known = HashMap::new();
    for (index, rule) in rules.rules.iter().enumerate() {
        for anchor in rule.anchors.iter().filter(|anchor| anchor.len() >= gram::SHORTEST) {
            let folded: Box<[u8]> = anchor.to_ascii_lowercase().into_bytes().into();
            let at = *known.entry(folded).or_insert_with_key(|folded| {
                anchors.push(Anchor { folded: folded.clone(), users: Vec::new() });
                anchors.len() - 1
            });
            let exact = (!rule.anchors_fold).then(|| anchor.as_bytes().into());
            anchors[at].users.push(User { rule: index, exact });
        }
    }
    anchors
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use aho_corasick::AhoCorasick;
    use proptest::prelude::*;

    use super::*;
    use crate::rules::{RuleSet, load};

    /// A set whose anchors are these; a capital in an anchor makes its case count.
    fn set_of(anchors: &[String]) -> RuleSet {
        let model = load(&[]).unwrap().rules[0].clone();
        let rule = |anchor: &String| {
            let fold = !anchor.bytes().any(|byte| byte.is_ascii_uppercase());
            Arc::new(crate::rules::Rule { anchors: vec![anchor.clone()], anchors_fold: fold, ..(*model).clone() })
        };
        RuleSet { rules: anchors.iter().map(rule).collect(), ..RuleSet::default() }
    }

    fn places(anchors: &Anchors, text: &[u8]) -> Vec<(usize, usize, usize)> {
        let mut places = Vec::new();
        anchors.find(text, |rule, span| places.push((rule, span.start, span.end)));
        places
    }

    /// What an automaton of another make finds, in its own way.
    fn oracle(rules: &RuleSet, text: &[u8]) -> Vec<(usize, usize, usize)> {
        let mut places = Vec::new();
        for (index, rule) in rules.rules.iter().enumerate() {
            let automaton =
                AhoCorasick::builder().ascii_case_insensitive(rule.anchors_fold).build(&rule.anchors).unwrap();
            places.extend(automaton.find_overlapping_iter(text).map(|found| (index, found.start(), found.end())));
        }
        places.sort_unstable();
        places
    }

    fn assert_same(rules: &RuleSet, text: &[u8]) {
        let fast = places(&Anchors::new(rules), text);
        assert_eq!(fast, places(&Anchors::portable(rules), text), "the kernels differ, or their order");
        let mut sorted = fast;
        sorted.sort_unstable();
        assert_eq!(sorted, oracle(rules, text));
    }

    #[test]
    fn the_built_in_anchors_are_found_wherever_they_stand() {
        let rules = load(&[]).unwrap();
        let anchors: Vec<&String> = rules.rules.iter().flat_map(|rule| &rule.anchors).collect();
        for lead in [0, 1, 28, 29, 30, 31, 32, 33, 63, 64] {
            for anchor in &anchors {
                for tail in [0, 1, 40] {
                    let text = format!("{}{anchor}{}", "x".repeat(lead), " ".repeat(tail));
                    assert_same(&rules_with(&rules, anchor), text.as_bytes());
                }
            }
        }
    }

    fn rules_with(rules: &RuleSet, anchor: &String) -> RuleSet {
        let of_it = rules.rules.iter().filter(|rule| rule.anchors.contains(anchor)).cloned().collect();
        RuleSet { rules: of_it, ..RuleSet::default() }
    }

    #[test]
    fn a_thousand_anchors_in_words_of_their_own_letters() {
        let mut random = fastrand::Rng::with_seed(3);
        let mut word = || {
            let length = random.usize(3..12);
            (0..length).map(|_| char::from(b"abcdeABC_-01"[random.usize(0..12)])).collect::<String>()
        };
        let anchors: Vec<String> = (0..1000).map(|_| word()).collect();
        let text: String = (0..2000).map(|_| word()).collect();
        assert_same(&set_of(&anchors), text.as_bytes());
    }

    #[test]
    fn no_anchor_finds_nothing() {
        assert_same(&RuleSet::default(), b"anything at all, and more of it than one vector holds");
    }

    proptest! {
        #[test]
        fn kernels_and_oracle_agree(
            anchors in prop::collection::vec("[abAB_:0/\\-@]{3,7}", 1..40),
            text in prop::collection::vec(prop::sample::select(b"aabbABAB_:0/-@\x00\x1f\x7f\xc1\xe1\n".to_vec()), 0..300),
        ) {
            assert_same(&set_of(&anchors), &text);
        }
    }
}
