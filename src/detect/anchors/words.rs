//! The one pass for all anchors: what may stand anywhere, what begins words, and the prefilter of rules for assigned values.
//!
//! Names of providers are ordinary words (`box`, `monday`), and thousands of them are looked for. Masks of 64 bytes tell
//! where words of three letters and more begin, in names too (`acme` in `myAcmeKey`); a sieve of their first bytes passes
//! few of these places, and a table and a full comparison decide.
//!
//! Rules for assigned values ask for more than their word. Hundreds of such words stand in any text; long runs of letters
//! and digits that begin after a separator and end where a value may end are rarer. So these words are looked for only
//! before such a run, in its statement. What is found is every pair of a word and a rule of whose shape the run is:
//! [`crate::detect::credential::shaped`] decides.

use super::batch::BATCH;
use super::block::{AHEAD, BLOCK, Masks, Seen, each};
use super::folded::is_folded;
use super::tables::Tables;
use super::tables::gram::{head, is_word};
use super::tables::sieve::{Begins, Sieve, first};
use super::tables::words::{Seeker, Word};
use crate::detect::credential::shaped::{ends_at, is_separator, is_whole_word, may_go_on};
use crate::location::Span;
use crate::rules::{GAP, LONGEST_VALUE, SHORTEST_RUN, Start, kinds};

/// Calls `found` with each rule and the place of its anchor: where the anchor alone counts, or before a value of the
/// rule's shape. `see` is the kernel. Block by block; [`super::batch::find`] takes many at once.
#[inline(always)]
#[expect(clippy::inline_always, reason = "a caller for a certain processor needs it compiled for that processor too")]
pub(super) fn find(
    tables: &Tables,
    text: &[u8],
    see: impl Fn(&[u8; AHEAD]) -> Seen,
    found: &mut impl FnMut(usize, Span),
) {
    let (mut pass, mut from) = (Pass::new(tables, text, found), 0);
    while let Some(block) = text[from..].first_chunk() {
        pass.block(from, block, see(block));
        from += BLOCK;
    }
    let rest = &text[from..];
    let padded = padded(rest);
    let blocks = padded.first_chunk().into_iter().chain(padded.last_chunk());
    for block in blocks.take(blocks_of(rest)) {
        pass.block(from, block, see(block));
        from += BLOCK;
    }
}

/// What is left of a text when no further block is whole, and zeros: behind a text stand no run and no anchor, a zero ends
/// the last run, and what begins with zeros is refused by the comparison.
#[inline]
pub(super) fn padded(rest: &[u8]) -> [u8; BLOCK + AHEAD] {
    let mut padded = [0; BLOCK + AHEAD];
    let length = rest.len().min(AHEAD - 1);
    padded[..length].copy_from_slice(&rest[..length]);
    padded
}

/// Blocks in which such a rest and the place behind it stand.
#[inline]
pub(super) const fn blocks_of(rest: &[u8]) -> usize {
    rest.len() / BLOCK + 1
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

/// Blocks of which is kept where words begin: a batch, and before it as far back as a value's word may stand.
const SEEN: usize = BATCH + 16;

/// What has to be looked up in a block.
#[derive(Clone, Copy)]
pub(super) struct Marked {
    /// Where grams may begin.
    pub(super) grams: u64,
    /// Where words begin.
    pub(super) beginnings: u64,
    /// The runs of the block before and of this one.
    pub(super) runs: u128,
}

impl Marked {
    /// The places right behind a run that is long enough.
    #[inline]
    pub(super) fn ends(self) -> u64 {
        long_ends(self.runs)
    }
}

/// A word that a value may stand after.
#[derive(Clone, Copy)]
struct Noted {
    at: usize,
    /// In the list of words.
    word: usize,
}

pub(super) struct Pass<'p, F> {
    tables: &'p Tables,
    text: &'p [u8],
    /// What the last block is.
    before: Masks,
    /// Whether its last byte is an option that is written together with a name.
    defined: bool,
    /// Where words may begin in the last blocks that values may stand after: that of the block with this number is at its
    /// remainder.
    begun: [u64; SEEN],
    /// The same of line feeds. All that stands before the text is taken for such.
    newlines: [u64; SEEN],
    /// Words before the values so far, in the order of places.
    noted: Vec<Noted>,
    /// Up to where words before values were looked for.
    looked: usize,
    found: &'p mut F,
}

impl<'p, F: FnMut(usize, Span)> Pass<'p, F> {
    pub(super) fn new(tables: &'p Tables, text: &'p [u8], found: &'p mut F) -> Self {
        Self {
            tables,
            text,
            before: Masks::default(),
            defined: false,
            begun: [0; SEEN],
            newlines: [u64::MAX; SEEN],
            noted: Vec::new(),
            looked: 0,
            found,
        }
    }

    /// Looks up what begins and ends in the block at `from`.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as above")]
    fn block(&mut self, from: usize, block: &[u8; AHEAD], seen: Seen) {
        let marked = self.mark(from, seen);
        let admitted = sift(marked.grams | marked.beginnings, block, &self.tables.sieve);
        self.begin(from, marked.beginnings);
        each(admitted & marked.grams, |at| self.gram(from + at));
        each(admitted & marked.beginnings, |at| self.words(from + at));
        each(marked.ends(), |end| self.value(from + end, marked.runs << (BLOCK - end)));
    }

    /// Takes in the next block, which begins at `from`, and tells what has to be looked up.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as above")]
    pub(super) fn mark(&mut self, from: usize, seen: Seen) -> Marked {
        let (before, here) = (self.before, seen.masks);
        self.newlines[from / BLOCK % SEEN] = here.newlines;
        self.before = here;
        Marked {
            grams: seen.grams,
            beginnings: here.beginnings(before) | self.named(from, here.options(before)),
            runs: u128::from(here.run) << BLOCK | u128::from(before.run),
        }
    }

    /// Keeps where words may begin that values may stand after, in the block at `from`.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as above")]
    pub(super) fn begin(&mut self, from: usize, beginnings: u64) {
        self.begun[from / BLOCK % SEEN] = beginnings;
    }

    /// Looks up the anchors of which a gram begins at `at`.
    pub(super) fn gram(&mut self, at: usize) {
        let tables = self.tables;
        tables.lookup.each(head(self.text, at), |entry| {
            if let Some(start) = at.checked_sub(entry.offset as usize) {
                super::compare(tables, entry.anchor as usize, self.text, start, self.found);
            }
        });
    }

    /// Where a name begins behind one of these places or behind the last block, each behind a dash, at which an option stands
    /// that is written together with a name (`-Dacme.token=…`): what follows begins a word though a letter stands before
    /// it, as [`is_whole_word`] says of it.
    fn named(&mut self, from: usize, options: u64) -> u64 {
        if options == 0 && !self.defined {
            return 0;
        }
        let mut defined = 0;
        each(options, |at| {
            let rest = self.text.get(from + at..);
            let is_option = matches!(rest, Some([b'D' | b'P', next, ..]) if next.is_ascii_alphabetic());
            defined |= u64::from(is_option) << at;
        });
        let named = defined << 1 | u64::from(self.defined);
        self.defined = defined >> 63 != 0;
        named
    }

    /// Looks up the words that count where they stand, of those that begin at `at`.
    pub(super) fn words(&mut self, at: usize) {
        let (tables, words, text) = (self.tables, &self.tables.words, self.text);
        words.standing.each(head(text, at), |index| {
            let word = &words.standing.list[index];
            let Some(place) = place_of(tables, word, text, at) else { return };
            let is_whole = is_whole_word(text, place);
            let at_edge = at == 0 || !is_word(text[at - 1]);
            for user in words.users(word) {
                let counts = if user.start == Start::Edge { at_edge } else { is_whole };
                let is_exact = |exact| tables.text(exact) == &text[place.start..place.end];
                if counts && user.exact.is_none_or(is_exact) {
                    (self.found)(user.rule as usize, place);
                }
            }
        });
    }

    /// Holds the run that ends at `end`, whose last places these are from the highest bit on, against the words before it.
    /// What costs most is asked last.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as above")]
    pub(super) fn value(&mut self, end: usize, run: u128) {
        let (text, shown) = (self.text, run.leading_ones() as usize);
        // What stands before the last block is not shown.
        let start = if shown < BLOCK + end % BLOCK { end - shown } else { run_start(text, end) };
        if start == 0 {
            return;
        }
        let stands_free = is_separator(text[start - 1]) & ends_at(&text[end..]);
        if stands_free && end - start <= LONGEST_VALUE && self.may_name(start) {
            self.held(Span::new(start, end));
        }
    }

    /// Whether a word may begin in the statement before `start` that a value may stand after: certainly in the same line,
    /// or perhaps further before.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as above")]
    fn may_name(&self, start: usize) -> bool {
        let (block, at) = (start / BLOCK, start % BLOCK);
        let before = |ring: &[u64; SEEN]| {
            let (here, before) = (ring[block % SEEN], ring[block.wrapping_sub(1) % SEEN]);
            (u128::from(here) << BLOCK | u128::from(before)) << (BLOCK - at)
        };
        let in_line = before(&self.newlines).leading_zeros();
        let of_line = !u128::MAX.checked_shr(in_line).unwrap_or(0);
        let mut begun = before(&self.begun) & of_line;
        while begun != 0 {
            let back = begun.leading_zeros();
            if self.may_begin(start - 1 - back as usize) {
                return true;
            }
            begun &= !(1 << (127 - back));
        }
        match start.checked_sub(in_line as usize + 1) {
            // Before the text nothing stands.
            None => in_line == u128::BITS,
            Some(newline) => {
                let first = start.saturating_sub(GAP + self.tables.words.longest);
                in_line == u128::BITS || newline > first && may_go_on(&self.text[first..newline])
            }
        }
    }

    /// Whether the sieve lets a word begin at `at` that a value may stand after.
    #[inline]
    fn may_begin(&self, at: usize) -> bool {
        self.tables.sieve.admits(Begins::Before, first(head(self.text, at)))
    }

    /// Where in this block and within the span a word may begin that may stand before values.
    #[inline]
    fn begun_within(&self, block: usize, here: Span) -> u64 {
        let first = block * BLOCK;
        let within =
            u64::MAX << here.start.saturating_sub(first) & u64::MAX >> (first + BLOCK).saturating_sub(here.end);
        self.begun[block % SEEN] & within
    }

    /// Holds a value against the words that begin before it.
    #[inline(never)]
    fn held(&mut self, value: Span) {
        let (tables, words, text) = (self.tables, &self.tables.words, self.text);
        let all = text[value.start..value.end].iter().fold(0, |all, byte| all | kinds(*byte));
        if !words.want(value.len(), all) {
            return;
        }
        let before = Span::new(value.start.saturating_sub(GAP + words.longest), value.start);
        self.note(Span::new(statement_start(text, before), value.start));
        for noted in self.noted.iter().rev() {
            let word = &words.before.list[noted.word];
            let place = Span::new(noted.at, noted.at + tables.text(word.text).len());
            if place.end >= value.start || value.start > place.end + GAP {
                continue;
            }
            for Seeker { rule, shape } in words.seekers(word) {
                let fits = usize::from(shape.least) <= value.len() && value.len() <= usize::from(shape.most);
                if fits && all & !shape.kinds == 0 {
                    (self.found)(*rule as usize, place);
                }
            }
        }
    }

    /// Notes the words that begin there and may stand before values, but for those that are noted.
    fn note(&mut self, here: Span) {
        if !self.noted.is_empty() {
            self.noted.drain(..self.noted.partition_point(|noted| noted.at < here.start));
        }
        let new = Span::new(here.start.max(self.looked).min(here.end), here.end);
        self.looked = here.end;
        for block in new.start / BLOCK..new.end.div_ceil(BLOCK) {
            each(self.begun_within(block, new), |at| {
                if self.may_begin(block * BLOCK + at) {
                    self.note_words(block * BLOCK + at);
                }
            });
        }
    }

    fn note_words(&mut self, at: usize) {
        let (tables, table, text) = (self.tables, &self.tables.words.before, self.text);
        table.each(head(text, at), |word| {
            let place = place_of(tables, &table.list[word], text, at);
            if place.is_some_and(|place| is_whole_word(text, place)) {
                self.noted.push(Noted { at, word });
            }
        });
    }
}

/// Those of these places of a block at which the sieve lets something begin. Without a branch: which they are cannot be
/// foreseen.
#[inline(always)]
#[expect(clippy::inline_always, reason = "as above")]
fn sift(mut places: u64, block: &[u8; AHEAD], sieve: &Sieve) -> u64 {
    let mut admitted = 0;
    while places != 0 {
        let at = places.trailing_zeros() as usize % BLOCK;
        let first = block[at..].first_chunk().map_or(0, |first| u32::from_le_bytes(*first));
        admitted |= u64::from(sieve.admits_here(first)) << at;
        places &= places - 1;
    }
    admitted
}

/// Where the word stands, if it does at `at`.
#[inline]
fn place_of(tables: &Tables, word: &Word, text: &[u8], at: usize) -> Option<Span> {
    if !word.may_stand(text, at) {
        return None;
    }
    let folded = tables.text(word.text);
    let place = Span::new(at, at + folded.len());
    text.get(at..place.end).is_some_and(|here| is_folded(here, folded)).then_some(place)
}

/// Where the run that ends at `end` begins, if it is no longer than any value; otherwise further back than any begins.
fn run_start(text: &[u8], end: usize) -> usize {
    let within = end.saturating_sub(LONGEST_VALUE + 1);
    end - text[within..end].iter().rev().take_while(|byte| kinds(**byte) != 0).count()
}

/// Where the statement begins that goes on at the end of this span, or the span if it begins before that.
fn statement_start(text: &[u8], span: Span) -> usize {
    let here = &text[span.start..span.end];
    let mut newlines = memchr::memrchr_iter(b'\n', here);
    newlines.find(|newline| !may_go_on(&here[..*newline])).map_or(span.start, |newline| span.start + newline + 1)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use aho_corasick::AhoCorasick;
    use proptest::prelude::*;

    use super::super::Anchors;
    use super::super::batch::BATCH;
    use super::super::block::BLOCK;
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

    /// Those of each rule in the order in which they are found, which alone is promised.
    fn found(anchors: &Anchors, text: &[u8]) -> Vec<(usize, Span)> {
        let mut places = Vec::new();
        anchors.find(text, |rule, span| places.push((rule, span)));
        places.sort_by_key(|place| place.0);
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
        let kernels = Anchors::of_each_kernel(rules);
        let fast = found(&kernels[0], text);
        for other in &kernels[1..] {
            assert_eq!(fast, found(other, text), "the kernels differ, or their order");
        }
        let all = secrets(rules, text, &words(rules, text));
        assert_eq!(secrets(rules, text, &fast), all);
        all.len()
    }

    #[test]
    fn a_value_is_found_wherever_it_stands() {
        let rules = rules();
        let value = "0123456789abcdef".repeat(2);
        let across_batches = BATCH * BLOCK - 80..BATCH * BLOCK + 10;
        for lead in (0..130).chain(across_batches) {
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
            0..72,
        )) {
            assert_complete(&rules(), pieces.concat().as_bytes());
        }

        #[test]
        fn a_run_as_long_as_any_is_no_trouble(length in 380_usize..420, lead in 0_usize..70) {
            assert_complete(&rules(), format!("{}acme={}", " ".repeat(lead), "f".repeat(length)).as_bytes());
        }
    }
}
