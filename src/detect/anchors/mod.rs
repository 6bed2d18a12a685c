//! The prefilter: every place of every anchor of all rules.
//!
//! One pass over blocks of 64 bytes. A kernel tells of each block where words begin, where long runs of letters and digits
//! end, and where an anchor may be that may stand anywhere: of each of these the rarest four bytes (its *gram*) are looked
//! for, spread over a few buckets. A sieve of first bytes passes few of those places, and tables and a full comparison
//! decide ([`words`]). Anchors that count only where a word begins, nearly all of them, are looked for only there, and
//! rules for assigned values only before values of their shape. So what is found does not depend on the kernel: the
//! portable one and the vector ones may let through different places and find the same anchors.
//!
//! Two ways lead through a text: block by block, and for processors that list places and look up many at once, in batches of
//! blocks ([`batch`]). Both look up with the same code.

mod batch;
mod block;
#[allow(clippy::unreadable_literal, reason = "`build.rs` wrote most of it")]
mod embedded;
mod folded;
mod portable;
mod tables;
#[cfg(target_arch = "x86_64")]
mod vector;
mod words;

use std::borrow::Cow;

use self::tables::gram::{Frequencies, is_word};
use self::tables::{Tables, Wanted};
use super::credential::shaped::is_whole_word;
use crate::location::Span;
use crate::rules::{Rule, RuleSet, Seek, Start};

/// The number that stands for the marker among those of the rules.
pub(super) const OF_MARKER: usize = tables::OF_MARKER as usize;

/// Every place of every anchor, in one pass over a text.
pub(super) struct Anchors {
    tables: Cow<'static, Tables>,
    kernel: Kernel,
}

/// What lets places through to the look-up.
enum Kernel {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Vector(vector::Avx2),
    #[cfg(target_arch = "x86_64")]
    Wide(vector::Avx512),
}

impl Anchors {
    /// The anchors of these rules, for the fastest kernel of this processor.
    pub(super) fn new(rules: &RuleSet) -> Self {
        let tables = tables(rules);
        let kernel = Kernel::all(&tables).next().unwrap_or(Kernel::Portable);
        Self { tables, kernel }
    }

    /// The same places, by each kernel that this processor can run, the fastest first.
    #[cfg(test)]
    pub(super) fn of_each_kernel(rules: &RuleSet) -> Vec<Self> {
        let tables = tables(rules);
        Kernel::all(&tables).map(|kernel| Self { tables: tables.clone(), kernel }).collect()
    }

    /// The same places, found by the kernel that every processor has.
    pub(super) fn portable(rules: &RuleSet) -> Self {
        Self { tables: tables(rules), kernel: Kernel::Portable }
    }

    /// Bytes of the longest anchor.
    #[cfg(feature = "git")]
    pub(super) fn longest(&self) -> usize {
        self.tables.longest
    }

    /// Calls `found` with every rule and place, and with [`OF_MARKER`] and each of its places. The order in which those of
    /// one rule come depends on the text alone.
    pub(super) fn find(&self, text: &[u8], mut found: impl FnMut(usize, Span)) {
        let tables: &Tables = &self.tables;
        match &self.kernel {
            Kernel::Portable => words::find(tables, text, |block| portable::see(&tables.buckets, block), &mut found),
            #[cfg(target_arch = "x86_64")]
            Kernel::Vector(avx2) => avx2.find(tables, text, &mut found),
            #[cfg(target_arch = "x86_64")]
            Kernel::Wide(avx512) => avx512.find(tables, text, &mut found),
        }
    }
}

fn compare(tables: &Tables, anchor: usize, text: &[u8], start: usize, found: &mut impl FnMut(usize, Span)) {
    let anchor = &tables.anchors[anchor];
    let folded = tables.text(anchor.folded);
    let span = Span::new(start, start + folded.len());
    let Some(here) = text.get(start..span.end).filter(|here| folded::is_folded(here, folded)) else {
        return;
    };
    for user in tables.users(anchor) {
        let counts = match user.start {
            Start::Anywhere => true,
            Start::Edge => start == 0 || !is_word(text[start - 1]) || !is_word(here[0]),
            Start::Part => !here[0].is_ascii_alphanumeric() || is_whole_word(text, span),
        };
        if counts && user.exact.is_none_or(|exact| tables.text(exact) == here) {
            found(user.rule as usize, span);
        }
    }
}

impl Kernel {
    /// Those that this processor can run, the fastest first.
    fn all(tables: &Tables) -> impl Iterator<Item = Self> {
        #[cfg(target_arch = "x86_64")]
        let vectors = {
            let wide = std::iter::once_with(|| vector::Avx512::detect(&tables.buckets)).flatten().map(Self::Wide);
            wide.chain(vector::Avx2::detect().map(Self::Vector))
        };
        #[cfg(not(target_arch = "x86_64"))]
        let vectors = std::iter::empty();
        vectors.chain(std::iter::once(Self::Portable))
    }
}

/// How often each anchor of a rule makes it look in a million bytes of source text, as frequencies of four bytes tell.
/// Words before values do so only where a value of the rule's shape stands behind them: of those nothing is told.
pub(super) fn expected(rule: &Rule) -> impl Iterator<Item = (&str, f32)> {
    let Wanted { anchors, fold, seek, .. } = wanted(rule);
    let start = match seek {
        Seek::Anchors(start) => Some(start),
        Seek::Value(_) => None,
    };
    let rate = move |anchor: &str, start| {
        let of_starts = if start == Start::Anywhere { 1.0 } else { WORD_BEGINNINGS };
        let has_capitals = !fold && anchor.bytes().any(|byte| byte.is_ascii_uppercase());
        let of_case = if has_capitals { CAPITALS } else { 1.0 };
        Frequencies::get().of_anchor(anchor.as_bytes()) * of_starts * of_case
    };
    anchors.into_iter().filter_map(move |anchor| Some((anchor, rate(anchor, start?))))
}

/// Which share of the places of four letters begins a word, and which share has a certain mix of capitals; roughly.
const WORD_BEGINNINGS: f32 = 0.25;
const CAPITALS: f32 = 0.125;

/// Those of the built-in rules are constants.
fn tables(rules: &RuleSet) -> Cow<'static, Tables> {
    if rules.rules.is_built_in() {
        return Cow::Borrowed(&embedded::TABLES);
    }
    Cow::Owned(Tables::of(&rules.rules.iter().map(|rule| wanted(rule)).collect::<Vec<_>>()))
}

fn wanted(rule: &Rule) -> Wanted<'_> {
    let (anchors, seek) = (rule.anchors.iter().map(String::as_str).collect(), rule.seek());
    Wanted { anchors, fold: rule.anchors_fold, seek, encoded: rule.may_be_encoded() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use aho_corasick::AhoCorasick;
    use proptest::prelude::*;

    use super::*;
    use crate::rules::load;

    /// A set whose anchors are these; a capital in an anchor makes its case count, and one that begins with `b` is wanted
    /// at the beginning of a word only.
    fn set_of(anchors: &[String]) -> RuleSet {
        let model = load(&[]).unwrap().rules[0].clone();
        let rule = |anchor: &String| {
            let fold = !anchor.bytes().any(|byte| byte.is_ascii_uppercase());
            let pattern = if anchor.starts_with('b') { r"\b(?P<secret>.)" } else { "(?P<secret>.)" };
            let pattern = pattern.to_owned();
            let anchors = vec![anchor.clone()];
            Arc::new(Rule {
                anchors,
                anchors_fold: fold,
                pattern,
                left: 0,
                assigned: None,
                reading: None,
                ..(*model).clone()
            })
        };
        RuleSet { rules: anchors.iter().map(rule).collect(), ..RuleSet::default() }
    }

    /// Those of each rule in the order in which they are found, which alone is promised.
    fn places(anchors: &Anchors, text: &[u8]) -> Vec<(usize, usize, usize)> {
        let mut places = Vec::new();
        anchors.find(text, |rule, span| places.push((rule, span.start, span.end)));
        places.sort_by_key(|place| place.0);
        places
    }

    /// What automata of another make find of some rules, in their own way.
    struct Oracle(Vec<(usize, Start, AhoCorasick)>);

    impl Oracle {
        fn of(rules: &RuleSet, those: &[usize]) -> Self {
            let of_rule = |&index: &usize| {
                let rule = &rules.rules[index];
                // Words before values are told without one only where some of the rule's do not begin as words are looked for.
                let are_words = rule.anchors.iter().all(|anchor| tables::begins_plainly(anchor));
                let (start, anchors) = match rule.seek() {
                    Seek::Anchors(start) => (start, &rule.anchors[..]),
                    Seek::Value(_) => (Start::Part, if are_words { &[] } else { &rule.anchors[..] }),
                };
                let automaton = AhoCorasick::builder().ascii_case_insensitive(rule.anchors_fold).build(anchors);
                (index, start, automaton.unwrap())
            };
            Self(those.iter().map(of_rule).collect())
        }

        fn places(&self, text: &[u8]) -> Vec<(usize, usize, usize)> {
            let mut places = Vec::new();
            for (index, start, automaton) in &self.0 {
                let inside = |at: usize| at > 0 && is_word(text[at - 1]) && is_word(text[at]);
                for found in automaton.find_overlapping_iter(text) {
                    let place = Span::new(found.start(), found.end());
                    let counts = match start {
                        Start::Anywhere => true,
                        Start::Edge => !inside(place.start),
                        Start::Part => !text[place.start].is_ascii_alphanumeric() || is_whole_word(text, place),
                    };
                    places.extend(counts.then_some((*index, place.start, place.end)));
                }
            }
            places.sort_unstable();
            places
        }
    }

    fn assert_same(rules: &RuleSet, text: &[u8]) {
        let those: Vec<usize> = (0..rules.rules.len()).collect();
        assert_same_of(&Anchors::of_each_kernel(rules), &Oracle::of(rules, &those), text);
    }

    /// Of the oracle's rules all kernels find what it finds.
    fn assert_same_of(kernels: &[Anchors], oracle: &Oracle, text: &[u8]) {
        let mut found = places(&kernels[0], text);
        for other in &kernels[1..] {
            assert_eq!(found, places(other, text), "the kernels differ, or their order");
        }
        found.retain(|place| oracle.0.iter().any(|(rule, ..)| *rule == place.0));
        found.sort_unstable();
        assert_eq!(found, oracle.places(text));
    }

    #[test]
    fn the_built_in_anchors_are_found_wherever_they_stand() {
        let rules = load(&[]).unwrap();
        let anchors: BTreeSet<&String> = rules.rules.iter().flat_map(|rule| &rule.anchors).collect();
        let kernels = Anchors::of_each_kernel(&rules);
        for anchor in anchors {
            let those: Vec<usize> =
                (0..rules.rules.len()).filter(|index| rules.rules[*index].anchors.contains(anchor)).collect();
            let oracle = Oracle::of(&rules, &those);
            for (lead, tail) in
                [0, 1, 28, 29, 30, 31, 32, 33, 63, 64].into_iter().flat_map(|lead| [0, 1, 40].map(|tail| (lead, tail)))
            {
                let text = format!("{}{anchor}{}", "x".repeat(lead), " ".repeat(tail));
                assert_same_of(&kernels, &oracle, text.as_bytes());
            }
        }
    }

    #[test]
    fn the_constants_are_the_tables_of_the_built_in_rules() {
        let rules = crate::rules::parse(&crate::rules::embedded()).unwrap();
        let wanted: Vec<Wanted<'_>> = rules.rules.iter().map(|rule| wanted(rule)).collect();
        assert!(embedded::TABLES == Tables::of(&wanted), "build with the same rules");
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
    fn the_marker_is_found_in_the_same_pass() {
        let (marker, rules) = (crate::suppression::MARKER, load(&[]).unwrap());
        let kernels = Anchors::of_each_kernel(&rules);
        for text in [format!("# {marker}"), format!("{}{marker}[x]", "-".repeat(40)), marker.to_ascii_uppercase()] {
            let at: Vec<usize> = text.match_indices(marker).map(|(at, _)| at).collect();
            for anchors in &kernels {
                let of_marker = places(anchors, text.as_bytes()).into_iter().filter(|place| place.0 == OF_MARKER);
                assert_eq!(of_marker.map(|place| place.1).collect::<Vec<_>>(), at, "{text}");
            }
        }
    }

    #[test]
    fn no_anchor_finds_nothing() {
        assert_same(&RuleSet::default(), b"anything at all, and more of it than one vector holds");
    }

    proptest! {
        #[test]
        fn kernels_and_oracle_agree(
            anchors in prop::collection::vec("[abAB_:0/\\-@]{3,7}", 1..40),
            text in prop::collection::vec(prop::sample::select(b"aabbABAB_:0/-@\x00\x1f\x7f\xc1\xe1\n".to_vec()), 0..1500),
        ) {
            assert_same(&set_of(&anchors), &text);
        }
    }
}
