//! The prefilter of rules for assigned values: from a value back to the word before it.
//!
//! Words of providers are ordinary (`box`, `monday`), and hundreds of them stand in any text; long runs of letters and
//! digits that begin after a separator and end where a value may end are rare. So runs are found first, by masks of 64
//! bytes, and only before a run are words looked for. What is found is every pair of a word and a rule of whose shape
//! the run is: [`crate::detect::credential::shaped`] decides.

use super::tables::Tables;
use super::tables::words::Seeker;
use crate::detect::credential::shaped::{begins_word, ends_at, is_separator, may_go_on};
use crate::location::Span;
use crate::rules::{GAP, LONGEST_VALUE, SHORTEST_RUN, kinds};

/// Places of one mask.
pub(super) const BLOCK: usize = 64;

/// Calls `found` with each rule and the place of the word before a value of its shape. `mask` tells, for 64 bytes, which of
/// them belong to runs.
#[inline(always)]
#[expect(clippy::inline_always, reason = "a caller for a certain processor needs it compiled for that processor too")]
pub(super) fn find(
    tables: &Tables,
    text: &[u8],
    mask: impl Fn(&[u8; BLOCK]) -> u64,
    found: &mut impl FnMut(usize, Span),
) {
    if tables.words.list.is_empty() {
        return;
    }
    let mut before = 0;
    let (blocks, rest) = text.as_chunks::<BLOCK>();
    for (index, block) in blocks.iter().enumerate() {
        before = visit(before, mask(block), |at, shown| look(tables, text, index * BLOCK + at, shown, found));
    }
    // Behind the text stands no run: a zero ends the last one.
    let mut padded = [0; BLOCK];
    padded[..rest.len()].copy_from_slice(rest);
    visit(before, mask(&padded), |at, shown| look(tables, text, blocks.len() * BLOCK + at, shown, found));
}

/// Calls `look` with each place right behind a run that is long enough, and with the run's length as far as the block
/// before and this one show it; gives what the next block needs to know.
#[inline(always)]
#[expect(clippy::inline_always, reason = "as above")]
fn visit(before: u64, mask: u64, mut look: impl FnMut(usize, usize)) -> u64 {
    let runs = u128::from(mask) << 64 | u128::from(before);
    let mut long = runs;
    let mut length = 1;
    while length < SHORTEST_RUN {
        long &= long << length;
        length *= 2;
    }
    let mut ends = ((long << 1 & !runs) >> 64) as u64;
    while ends != 0 {
        let end = ends.trailing_zeros();
        let shown = (runs << (64 - end)).leading_ones();
        look(end as usize, shown as usize);
        ends &= ends - 1;
    }
    mask
}

/// A run of which so many bytes are shown may be longer.
const SHOWN: usize = BLOCK;

/// Looks back from the end of a run.
fn look(tables: &Tables, text: &[u8], end: usize, shown: usize, found: &mut impl FnMut(usize, Span)) {
    let words = &tables.words;
    if shown < SHOWN && !words.admit_length(shown) || !ends_at(&text[end..]) {
        return;
    }
    let mut all = 0;
    let mut start = end;
    while start > 0 && end - start <= LONGEST_VALUE && kinds(text[start - 1]) != 0 {
        start -= 1;
        all |= kinds(text[start]);
    }
    let length = end - start;
    if start == 0 || !is_separator(text[start - 1]) || !words.admit(length, all) {
        return;
    }
    let reach = start.saturating_sub(GAP + words.longest);
    for at in (reach..start).rev() {
        if text[at] == b'\n' && !may_go_on(&text[reach..at]) {
            return;
        }
        if !begins_word(text, at) {
            continue;
        }
        for word in words.at(&text[at..start]) {
            let word_text = tables.text(word.text);
            let place = Span::new(at, at + word_text.len());
            let in_reach = place.end < start && start <= place.end + GAP;
            if !in_reach || !text[at..place.end].eq_ignore_ascii_case(word_text) {
                continue;
            }
            for Seeker { rule, shape } in words.seekers(word) {
                let fits = usize::from(shape.least) <= length && length <= usize::from(shape.most);
                if fits && all & !shape.kinds == 0 {
                    found(*rule as usize, place);
                }
            }
        }
    }
}

/// The mask of 64 bytes, one after the other.
pub(super) fn portable_mask(block: &[u8; BLOCK]) -> u64 {
    block.iter().rev().fold(0, |mask, &byte| mask << 1 | u64::from(kinds(byte) != 0))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use aho_corasick::AhoCorasick;
    use proptest::prelude::*;

    use super::super::Anchors;
    use crate::detect::compiled::Compiled;
    use crate::detect::scratch::{Slot, Work};
    use crate::location::Span;
    use crate::rules::{Assigned, Rule, RuleSet, Seek, load};

    /// Rules of the short form: words and the shape of a value.
    fn rules() -> RuleSet {
        let model = load(&[]).unwrap().rules[0].clone();
        let rule = |(words, value): &(&[&str], &str)| {
            let anchors: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
            let pattern = format!("(?P<secret>{value})");
            let assigned = Some(Assigned { secret_word: false });
            let (left, right) = (41, 480);
            let rule = Rule { anchors, anchors_fold: true, pattern, assigned, left, right, ..(*model).clone() };
            assert!(matches!(rule.seek(), Seek::Value(_)), "{value}");
            Arc::new(rule)
        };
        let all: [(&[&str], &str); 5] = [
            (&["box", "acme"], "[0-9a-f]{32}"),
            (&["air", "sky_box", "1key"], "[a-z0-9]{16,18}"),
            (&["box"], "[A-Z][A-Za-z0-9_-]{19}"),
            (&["acme"], "(?i)[a-f]{16}|[0-9_]{20}"),
            (&["acme"], "[a-f]{16,400}"),
        ];
        RuleSet { rules: all.iter().map(rule).collect(), ..RuleSet::default() }
    }

    fn found(anchors: &Anchors, text: &[u8]) -> Vec<(usize, Span)> {
        let mut places = Vec::new();
        anchors.find(text, |rule, span| places.push((rule, span)));
        places
    }

    /// The secrets behind these words.
    fn secrets(rules: &RuleSet, text: &[u8], words: &[(usize, Span)]) -> BTreeSet<(usize, Span, Span)> {
        let compiled: Vec<Compiled> = rules.rules.iter().map(|rule| Compiled::new(rule).unwrap()).collect();
        let secret = |&(rule, at): &(usize, Span)| {
            let (mut slot, mut work) = (Slot::default(), Work::default());
            let groups = compiled[rule].search(&rules.rules[rule], text, at, &mut slot, &mut work)?;
            Some((rule, at, groups.secret))
        };
        words.iter().filter_map(secret).collect()
    }

    /// Every place of every word.
    fn words(rules: &RuleSet, text: &[u8]) -> Vec<(usize, Span)> {
        let mut places = Vec::new();
        for (index, rule) in rules.rules.iter().enumerate() {
            let automaton = AhoCorasick::builder().ascii_case_insensitive(true).build(&rule.anchors).unwrap();
            let found = automaton.find_overlapping_iter(text);
            places.extend(found.map(|found| (index, Span::new(found.start(), found.end()))));
        }
        places
    }

    fn assert_complete(rules: &RuleSet, text: &[u8]) -> usize {
        let fast = found(&Anchors::new(rules), text);
        assert_eq!(fast, found(&Anchors::portable(rules), text), "the kernels differ, or their order");
        let all = secrets(rules, text, &words(rules, text));
        assert_eq!(secrets(rules, text, &fast), all);
        all.len()
    }

    #[test]
    fn a_value_is_found_wherever_it_stands() {
        let rules = rules();
        let value = "0123456789abcdef".repeat(2);
        for lead in 0..130 {
            for text in [
                format!("{} box_key = '{value}'", "-".repeat(lead)),
                format!("BOX:{}{value}", " ".repeat(lead)),
                format!("{}acmeToken => [\n  \"{value}\"]", "x ".repeat(lead)),
            ] {
                let most = usize::from(!text.starts_with("BOX:") || lead <= 63);
                assert_eq!(assert_complete(&rules, text.as_bytes()), most, "{text}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn no_value_is_missed(pieces in prop::collection::vec(
            prop_oneof![
                prop::sample::select(vec![
                    "box", "Box", "acme", "ACME", "sky_box", "skyBox", "1key", "air", "key", "token", "=", ": ", "\"", "'", " ",
                    "\n", "{\n", "(", ")", ",", ".", "..", "_", "-", "+", "/", "a", "F", "Z", "=>", "\\", "\t",
                ]).prop_map(str::to_owned),
                "[0-9a-f]{32}", "[a-z0-9]{15,19}", "[A-Z][A-Za-z0-9_-]{19}", "[0-9_]{20}", "[a-f]{16}", "[a-f]{1,60}", " {1,70}",
                prop::num::u8::ANY.prop_map(|byte| char::from(byte).to_string()),
            ],
            0..24,
        )) {
            assert_complete(&rules(), pieces.concat().as_bytes());
        }

        #[test]
        fn a_run_as_long_as_any_is_no_trouble(length in 380_usize..420, lead in 0_usize..70) {
            assert_complete(&rules(), format!("{}acme={}", " ".repeat(lead), "f".repeat(length)).as_bytes());
        }
    }
}
