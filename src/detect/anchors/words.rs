//! One pass for what begins words: anchors that count only there, and the prefilter of rules for assigned values.
//!
//! Names of providers are ordinary words (`box`, `monday`), and thousands of them are looked for. Masks of 64 bytes tell
//! where words of three letters and more begin, in names too (`acme` in `myAcmeKey`); a sieve of their first bytes passes
//! few of these places, and a table and a full comparison decide.
//!
//! Rules for assigned values ask for more than their word. Hundreds of such words stand in any text; long runs of letters
//! and digits that begin after a separator and end where a value may end are rarer. So the words are only noted, and
//! when a run ends it is held against those that were noted before it. What is found is every pair of a word and a rule of whose
//! shape the run is: [`crate::detect::credential::shaped`] decides.

use super::tables::gram::{HEAD, folded, head, is_word};
use super::tables::words::Seeker;
use super::tables::{Tables, goes_on};
use crate::detect::credential::shaped::{ends_at, is_separator, is_whole_word, may_go_on};
use crate::location::Span;
use crate::rules::{GAP, LONGEST_VALUE, SHORTEST_RUN, Start, kinds};

/// Places of one mask.
pub(super) const BLOCK: usize = 64;

/// What 64 bytes are, one bit each.
#[derive(Clone, Copy, Default)]
pub(super) struct Masks {
    /// Letters, digits, `_` and `-`: what values are made of.
    pub(super) run: u64,
    /// The same and the dot: what goes on a word that is looked for.
    pub(super) going_on: u64,
    pub(super) dashes: u64,
    pub(super) letters: u64,
    /// Bytes whose bit of case is set: of letters, the small ones.
    pub(super) small: u64,
}

/// Calls `found` with each rule and the place of its word: where the word alone counts, or before a value of the rule's
/// shape. `masks` tells what 64 bytes are.
#[inline(always)]
#[expect(clippy::inline_always, reason = "a caller for a certain processor needs it compiled for that processor too")]
pub(super) fn find(
    tables: &Tables,
    text: &[u8],
    masks: impl Fn(&[u8; BLOCK]) -> Masks,
    found: &mut impl FnMut(usize, Span),
) {
    if tables.words.list.is_empty() {
        return;
    }
    let mut pass = Pass { tables, text, noted: Vec::new(), reach: 0, found };
    let sieve = &*tables.words.sieve;
    let mut before = Masks::default();
    let (blocks, rest) = text.as_chunks::<BLOCK>();
    // Behind the text stands no run: a zero ends the last one.
    let mut padded = [0; BLOCK];
    padded[..rest.len()].copy_from_slice(rest);
    for (index, block) in blocks.iter().chain([&padded]).enumerate() {
        let here = masks(block);
        let from = index * BLOCK;
        let (beginnings, options) = (here.beginnings(before), here.options(before));
        match text[from..].first_chunk::<{ BLOCK + HEAD }>() {
            Some(ahead) if options == 0 => each(beginnings, |at| {
                let Some(head) = ahead[at..].first_chunk::<HEAD>() else { return };
                let head = folded(*head);
                if sieve.admits(head) {
                    pass.words(from + at, head);
                }
            }),
            _ => each(beginnings | options, |at| {
                if beginnings >> at & 1 != 0 {
                    pass.look(from + at);
                }
                if options >> at & 1 != 0 {
                    pass.option(from + at);
                }
            }),
        }
        if from < pass.reach {
            let runs = u128::from(here.run) << 64 | u128::from(before.run);
            each(long_ends(runs), |end| pass.value(from + end, (runs << (64 - end)).leading_ones() as usize));
        }
        before = here;
    }
}

impl Masks {
    /// Where a word of three bytes at least begins: a letter that does not go on what stands before it. Of the last two
    /// places of the block it is not known what follows.
    #[inline]
    fn beginnings(self, before: Self) -> u64 {
        let shifted = |here: u64, before: u64| here << 1 | before >> 63;
        let after_letter = shifted(self.letters, before.letters);
        let after_small = shifted(self.letters & self.small, before.letters & before.small);
        let continues = after_letter & !(after_small & !self.small);
        let long = (self.going_on >> 1 | 1 << 63) & (self.going_on >> 2 | 3 << 62);
        self.letters & !continues & long
    }

    /// Where a capital stands behind a dash: it may be an option.
    #[inline]
    fn options(self, before: Self) -> u64 {
        self.letters & !self.small & (self.dashes << 1 | before.dashes >> 63)
    }

    /// The masks of 64 bytes, one after the other.
    pub(super) fn portable(block: &[u8; BLOCK]) -> Self {
        let mut masks = Self::default();
        for (at, &byte) in block.iter().enumerate() {
            masks.run |= u64::from(kinds(byte) != 0) << at;
            masks.going_on |= u64::from(goes_on(byte)) << at;
            masks.dashes |= u64::from(byte == b'-') << at;
            masks.letters |= u64::from(byte.is_ascii_alphabetic()) << at;
            masks.small |= u64::from(byte & 0x20 != 0) << at;
        }
        masks
    }
}

/// The places right behind a run that is long enough, as far as the block before and this one show it.
#[inline]
fn long_ends(runs: u128) -> u64 {
    let mut long = runs;
    let mut length = 1;
    while length < SHORTEST_RUN {
        long &= long << length;
        length *= 2;
    }
    ((long << 1 & !runs) >> 64) as u64
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "as above")]
fn each(mut bits: u64, mut look: impl FnMut(usize)) {
    while bits != 0 {
        look(bits.trailing_zeros() as usize);
        bits &= bits - 1;
    }
}

/// A run of which so many bytes are shown may be longer.
const SHOWN: usize = BLOCK;

/// A word that a value may stand after.
#[derive(Clone, Copy)]
struct Noted {
    at: usize,
    /// In the list of words.
    word: usize,
}

/// Notes above this many are thinned out: those stay that a value may still reach.
const THIN_OUT_AT: usize = 4096;

struct Pass<'p, F> {
    tables: &'p Tables,
    text: &'p [u8],
    /// In the order of places.
    noted: Vec<Noted>,
    /// Up to where a value may end that still reaches a noted word.
    reach: usize,
    found: &'p mut F,
}

impl<F: FnMut(usize, Span)> Pass<'_, F> {
    /// Looks for words at a place where one begins.
    fn look(&mut self, at: usize) {
        let head = head(self.text, at);
        if self.tables.words.sieve.admits(head) {
            self.words(at, head);
        }
    }

    /// Looks for a word behind the letter at `at`, which stands behind a dash, if that is an option (`-Dacme.token=…`) and
    /// what follows it begins a word though a letter stands before it: what [`is_whole_word`] says of it, as far as two
    /// bytes tell.
    fn option(&mut self, at: usize) {
        if matches!(self.text[at], b'D' | b'P') && self.text.get(at + 1).is_some_and(u8::is_ascii_alphabetic) {
            self.look(at + 1);
        }
    }

    /// Looks up the words that begin at `at`.
    fn words(&mut self, at: usize, head: u64) {
        let (tables, words, text) = (self.tables, &self.tables.words, self.text);
        words.each(head, |index| {
            let word = &words.list[index];
            if !word.may_stand(text, at) {
                return;
            }
            let folded = tables.text(word.text);
            let Some(here) = text.get(at..at + folded.len()).filter(|here| here.eq_ignore_ascii_case(folded)) else {
                return;
            };
            let place = Span::new(at, at + folded.len());
            let is_whole = is_whole_word(text, place);
            let at_edge = at == 0 || !is_word(text[at - 1]);
            if is_whole && !words.seekers(word).is_empty() {
                self.note(Noted { at, word: index });
            }
            for user in words.users(word) {
                let counts = if user.start == Start::Edge { at_edge } else { is_whole };
                if counts && user.exact.is_none_or(|exact| tables.text(exact) == here) {
                    (self.found)(user.rule as usize, place);
                }
            }
        });
    }

    fn note(&mut self, noted: Noted) {
        if self.noted.len() >= THIN_OUT_AT {
            let reach = noted.at.saturating_sub(GAP + self.tables.words.longest + LONGEST_VALUE + BLOCK);
            self.noted.retain(|noted| noted.at >= reach);
        }
        self.noted.push(noted);
        self.reach = noted.at + GAP + self.tables.words.longest + LONGEST_VALUE + 1;
    }

    /// Holds the run that ends at `end`, of which so many bytes are shown, against the words before it.
    fn value(&mut self, end: usize, shown: usize) {
        let (tables, words, text) = (self.tables, &self.tables.words, self.text);
        let within = GAP + words.longest;
        let most = if shown < SHOWN { shown } else { LONGEST_VALUE };
        let is_near = self.noted.last().is_some_and(|last| last.at + within + most >= end);
        if !is_near || shown < SHOWN && !words.admit_length(shown) || !ends_at(&text[end..]) {
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
        let reach = start.saturating_sub(within);
        let mut same_statement = start;
        for noted in self.noted.iter().rev().skip_while(|noted| noted.at >= start) {
            if noted.at < reach || !is_one_statement(text, reach, Span::new(noted.at, same_statement)) {
                return;
            }
            same_statement = noted.at;
            let word = &words.list[noted.word];
            let place = Span::new(noted.at, noted.at + tables.text(word.text).len());
            if place.end >= start || start > place.end + GAP {
                continue;
            }
            for Seeker { rule, shape } in words.seekers(word) {
                let fits = usize::from(shape.least) <= length && length <= usize::from(shape.most);
                if fits && all & !shape.kinds == 0 {
                    (self.found)(*rule as usize, place);
                }
            }
        }
    }
}

/// Whether no line of the span ends a statement. `reach` is how far back is looked for what a line ends with.
fn is_one_statement(text: &[u8], reach: usize, span: Span) -> bool {
    memchr::memrchr_iter(b'\n', &text[span.start..span.end])
        .all(|newline| may_go_on(&text[reach..span.start + newline]))
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
                    "-D", "-P", "\n", "{\n", "(", ")", ",", ".", "..", "_", "-", "+", "/", "a", "F", "Z", "=>", "\\", "\t",
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
