//! The first look at a text of a history: whether any rule, whatever the path, takes anything in it for a key.
//!
//! A pack builds most texts from others, by copying. Whether a rule has to look at a place, and whether there is a key,
//! depends on a bounded number of bytes around the place. Where all of them were copied, both are as in the text that they
//! were copied from; only the rest is searched. So the outcome is that of searching all of it.

use super::credential::near::NEAR;
use super::credential::shaped::{LONGEST_JOINED, may_go_on};
use super::detector::Detector;
use super::scratch::Scratch;
use crate::location::Span;
use crate::rules::{GAP, LONGEST_VALUE};
use crate::severity::Confidence;
use crate::source::{Built, Copied, Look, Place};

/// How many bytes beyond a rule's window its filters may read: the expression that a value is cut out of, the rest of the
/// word at the window's edge.
const MARGIN: usize = 16;

/// Places in a longer text are not kept, nor more than one for so many bytes: memory stays bounded.
const KEPT_UP_TO: usize = 8 << 20;
const BYTES_PER_PLACE: usize = 16;

/// What decides whether a rule has to look at an anchor: its own bytes, a few around them, and, of a word before a value,
/// the rest of its statement.
#[derive(Clone, Copy)]
struct Reach {
    /// Bytes of the longest anchor.
    longest: usize,
    /// From the first byte of any anchor to the last that may count.
    after: usize,
    /// The same for words before values, whatever the statement.
    value: usize,
}

/// The byte that tells whether a word begins or ends, and the one behind it.
const EDGE: usize = 2;

/// A text that is looked at.
struct Looking<'l> {
    detector: &'l Detector,
    least: Confidence,
    text: &'l [u8],
    scratch: &'l mut Scratch,
    places: Vec<Place>,
    leads: bool,
}

/// A copy, and the stretch of it in which places carry over.
struct Kept {
    span: Span,
    copy: Copied,
    /// Whether the copy begins or ends where both texts do, so that nothing stands beyond.
    from_start: bool,
    to_end: bool,
}

/// A first look at many texts.
pub struct FirstLook<'d> {
    detector: &'d Detector,
    /// Least confidence of what counts.
    least: Confidence,
    reach: Reach,
}

impl Detector {
    /// Prepares first looks for what is a key with this confidence at least.
    #[must_use]
    pub fn first_look(&self, least: Confidence) -> FirstLook<'_> {
        FirstLook { detector: self, least, reach: Reach::of(self.longest_anchor()) }
    }
}

impl FirstLook<'_> {
    /// Looks at `text` for the first time, given what is known of what it is built from. The rules' path conditions are
    /// not asked.
    #[must_use]
    pub fn at(&self, text: &[u8], built: Option<Built<'_>>, scratch: &mut Scratch) -> Look {
        self.detector.begin(scratch);
        let mut looking =
            Looking { detector: self.detector, least: self.least, text, scratch, places: Vec::new(), leads: false };
        let whole = Span::new(0, text.len());
        match built.and_then(|built| Some((built, built.base.places.as_deref()?))) {
            Some(_) | None if text.len() > KEPT_UP_TO => looking.search_at_once(),
            Some((built, known)) => looking.built(&built, known, self.reach),
            None => looking.search(whole, whole),
        }
        looking.finish()
    }
}

impl Reach {
    /// An anchor is found by its own bytes and the edges of the word; a word before a value, by all of the value and what
    /// stands between the two.
    fn of(longest: usize) -> Self {
        let value = longest + GAP + LONGEST_VALUE + EDGE;
        Self { longest, after: (longest + LONGEST_JOINED + EDGE).max(NEAR), value }
    }

    /// Stretches that are shorter are searched: less would be kept than is searched around them.
    fn shortest_kept(self) -> usize {
        2 * (self.after + EDGE)
    }

    /// What to search of `text` to find all anchors that begin before `from`.
    fn end(self, text: &[u8], from: usize) -> usize {
        let most = text.len().min(from + self.value);
        let mut newlines = memchr::memchr_iter(b'\n', &text[from..most]).map(|newline| from + newline);
        let ended = newlines.find(|&newline| self.ends_statement(text, 0, newline));
        ended.map_or(most, |newline| most.min((newline + EDGE).max(from + self.after)))
    }

    /// Up to where anchors begin that are decided by no more than the bytes of `copied`.
    fn decided(self, text: &[u8], copied: Span) -> usize {
        let at_most = copied.end.saturating_sub(self.after);
        let any = copied.end.saturating_sub(self.value).max(copied.start);
        let lines = copied.end.saturating_sub(EDGE).max(any);
        let mut newlines = memchr::memrchr_iter(b'\n', &text[any..lines]).map(|newline| any + newline);
        let ended = newlines.find(|&newline| self.ends_statement(text, copied.start, newline));
        ended.map_or(any, |newline| newline + 1).min(at_most)
    }

    /// Whether the end of a line is that of a statement, whatever stands before `from`.
    fn ends_statement(self, text: &[u8], from: usize, newline: usize) -> bool {
        let line = &text[from.max(newline.saturating_sub(self.longest + GAP))..newline];
        !may_go_on(line) && !line.trim_ascii().is_empty()
    }
}

impl Looking<'_> {
    fn built(&mut self, built: &Built<'_>, known: &[Place], reach: Reach) {
        self.places.reserve(known.len());
        let mut searched = 0;
        for copy in built.copies {
            let kept = Kept::of(*copy, self.text, built.base.length, reach);
            if kept.span.len() > reach.shortest_kept() {
                self.inherit(&kept, known);
                self.hole(Span::new(searched, kept.span.start), reach);
                searched = kept.span.end;
            }
        }
        self.hole(Span::new(searched, self.text.len()), reach);
    }

    /// Takes over the places of a kept stretch, and what is known of those whose whole window was copied.
    fn inherit(&mut self, kept: &Kept, known: &[Place]) {
        let Kept { span, copy, .. } = kept;
        let source = |at: usize| at - copy.at.start + copy.from;
        let first = known.partition_point(|place| place.anchor().start < source(span.start));
        for place in known[first..].iter().take_while(|place| place.anchor().start < source(span.end)) {
            let anchor = place.anchor();
            let start = anchor.start - copy.from + copy.at.start;
            if start + anchor.len() > span.end {
                continue;
            }
            let rule = &self.detector.rules().rules[place.rule as usize];
            let leads = place.leads.filter(|_| kept.holds(start, rule.left + MARGIN, rule.reach() + MARGIN));
            self.leads |= leads == Some(true);
            self.places.extend(Place::new(place.rule as usize, Span::new(start, start + anchor.len()), leads));
        }
    }

    /// Searches what lies between two kept stretches.
    fn hole(&mut self, hole: Span, reach: Reach) {
        if !hole.is_empty() {
            let start = hole.start.saturating_sub(reach.longest + EDGE);
            self.search(hole, Span::new(start, reach.end(self.text, hole.end)));
        }
    }

    /// Finds the places that touch `hole`, given `around`, which is all that decides about them.
    fn search(&mut self, hole: Span, around: Span) {
        let Self { detector, text, places, .. } = self;
        detector.each_anchor(&text[around.start..around.end], |rule, at| {
            let at = Span::new(at.start + around.start, at.end + around.start);
            let counts = |_: &Place| at.overlaps(hole) && detector.may_lead(text, rule, at);
            places.extend(Place::new(rule, at, None).filter(counts));
        });
    }

    /// Finds the places of a text that is too long to keep them.
    fn search_at_once(&mut self) {
        let Self { detector, least, text, scratch, leads, .. } = self;
        detector.each_anchor(text, |rule, at| *leads = *leads || detector.leads(text, rule, at, *least, scratch));
    }

    /// Asks the rules, until one of them takes something for a key.
    fn finish(mut self) -> Look {
        self.places.sort_unstable();
        self.places.dedup();
        for place in self.places.iter_mut().filter(|place| place.leads.is_none()) {
            if self.leads {
                break;
            }
            self.leads = self.detector.leads(self.text, place.rule as usize, place.anchor(), self.least, self.scratch);
            place.leads = Some(self.leads);
        }
        let is_kept = self.text.len() <= KEPT_UP_TO && self.places.len() <= self.text.len() / BYTES_PER_PLACE;
        Look { length: self.text.len(), leads: self.leads, places: is_kept.then_some(self.places) }
    }
}

impl Kept {
    fn of(copy: Copied, text: &[u8], base_length: usize, reach: Reach) -> Self {
        let from_start = copy.at.start == 0 && copy.from == 0;
        let to_end = copy.at.end == text.len() && copy.from + copy.at.len() == base_length;
        let start = if from_start { 0 } else { copy.at.start + EDGE };
        let end = if to_end { text.len() } else { reach.decided(text, copy.at) };
        Self { span: Span::new(start.min(end), end), copy, from_start, to_end }
    }

    /// Whether the copy holds so many bytes before and from `start` on, as far as there are any.
    fn holds(&self, start: usize, before: usize, after: usize) -> bool {
        (self.from_start || start >= self.copy.at.start + before) && (self.to_end || start + after <= self.copy.at.end)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;
    use crate::rules::{Minter, RuleSet, load};

    /// Pieces of which texts are made: keys in their places, their anchors, and what stands between.
    static PIECES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
        let rules = &*RULES;
        let mut pieces: Vec<Vec<u8>> = ["\n", " ", "\"", "${", "}", "%", "=", ": ", "x", "padding ", "\u{e9}", "\u{0}"]
            .iter()
            .map(|piece| piece.as_bytes().to_vec())
            .collect();
        for (seed, rule) in (0..).zip(&rules.rules) {
            pieces.extend(rule.anchors.iter().map(|anchor| anchor.clone().into_bytes()));
            for example in rule.examples.iter().take(2) {
                pieces.extend(Minter::new(seed).example(rules, rule, example).map(|sample| sample.text.into_bytes()));
            }
        }
        let encodable = rules.rules.iter().filter(|rule| rule.may_be_encoded()).step_by(16);
        let keys = encodable.filter_map(|rule| Minter::new(5).mint(rule).ok());
        pieces.extend(keys.map(|key| data_encoding::BASE64.encode(key.as_bytes()).into_bytes()));
        pieces.push(vec![b'-'; 700]);
        pieces
    });

    /// A rule whose value stands behind its word, besides the built-in ones.
    const ASSIGNED: &str = r#"
[provider]
id = "zeta"
name = "Zeta"
home = "https://zeta.example"
references = ["https://zeta.example/docs"]

[provider.remedy]
where = "*Settings*, *API keys*"

[[rule]]
id = "zeta-key"
title = "Zeta key"
description = "Reads and writes everything."
kind = "contextual"
severity = "high"
confidence = "medium"
names = ["zeta"]
value = "[a-z0-9]{20}"
mint = "{alnum-lower:20}"
examples = ["ZETA_KEY={mint}", "zeta: {{\n  key: {mint}"]
counter-examples = ["ZETA_KEY=${{KEY}}"]
"#;

    static RULES: LazyLock<RuleSet> = LazyLock::new(|| load(&[("zeta.toml", ASSIGNED)]).unwrap());

    static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(RULES.clone().into()).unwrap());

    /// What a text is built of: copies of the one before (given in thousandths of it), and pieces.
    type Step = Vec<(u16, u16, prop::sample::Index)>;

    fn build(base: &[u8], step: &Step) -> (Vec<u8>, Vec<Copied>) {
        let (mut text, mut copies) = (Vec::new(), Vec::new());
        for (from, length, piece) in step {
            let from = base.len() * usize::from(*from) / 1000;
            let end = base.len().min(from + base.len() * usize::from(*length) / 1000);
            if end > from {
                copies.push(Copied { from, at: Span::new(text.len(), text.len() + end - from) });
                text.extend_from_slice(&base[from..end]);
            }
            text.extend_from_slice(piece.get::<Vec<u8>>(&PIECES));
        }
        text.truncate(60_000);
        copies.retain(|copy| copy.at.end <= text.len());
        (text, copies)
    }

    fn anchors(look: &Look) -> Option<Vec<(u32, Span)>> {
        Some(look.places.as_ref()?.iter().map(|place| (place.rule, place.anchor())).collect())
    }

    /// A prefilter that looks for the value first, and from there for the word, would need more than the word's own bytes.
    #[test]
    fn a_word_that_was_copied_is_seen_when_its_value_arrives_behind_it() {
        let (looks, mut scratch) = (DETECTOR.first_look(Confidence::Low), Scratch::default());
        let filler = "-".repeat(900);
        let base = format!("{filler}\nzeta_key = \n{filler}").into_bytes();
        for gap in [0, 1, 30, 50] {
            let at = filler.len() + 12;
            let value = format!("{}q7w2e9r4t1y6u3i8o5p0", " ".repeat(gap)).into_bytes();
            let text = [&base[..at], &value, &base[at..]].concat();
            let copies = [(0, 0, at), (at, at + value.len(), text.len())]
                .map(|(from, start, end)| Copied { from, at: Span::new(start, end) });
            let before = looks.at(&base, None, &mut scratch);
            let built = looks.at(&text, Some(Built { base: &before, copies: &copies }), &mut scratch);
            let whole = looks.at(&text, None, &mut scratch);
            assert!(whole.leads && !before.leads, "the text tries nothing");
            assert_eq!((built.leads, anchors(&built)), (true, anchors(&whole)), "gap {gap}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]
        /// Along a chain of texts, each built from the one before, a look at what is new tells the same as one at all.
        #[test]
        fn what_carries_over_is_what_is_there(
            first in prop::collection::vec(any::<prop::sample::Index>(), 1..60),
            chain in prop::collection::vec(
                prop::collection::vec((0_u16..1000, prop_oneof![0_u16..1000, Just(1000)], any::<prop::sample::Index>()), 1..5),
                1..6,
            ),
        ) {
            let (detector, looks) = (&*DETECTOR, DETECTOR.first_look(Confidence::Low));
            let (mut scratch, mut plain) = (Scratch::default(), Scratch::default());
            let mut text: Vec<u8> = first.iter().flat_map(|piece| piece.get::<Vec<u8>>(&PIECES).clone()).collect();
            let mut look = looks.at(&text, None, &mut scratch);
            for step in &chain {
                let (next, copies) = build(&text, step);
                let built = looks.at(&next, Some(Built { base: &look, copies: &copies }), &mut scratch);
                let whole = looks.at(&next, None, &mut plain);
                prop_assert_eq!(built.leads, whole.leads);
                prop_assert_eq!(anchors(&built), anchors(&whole));
                for place in built.places.iter().flatten() {
                    let alone = detector.leads(&next, place.rule as usize, place.anchor(), Confidence::Low, &mut plain);
                    prop_assert!(place.leads.is_none_or(|leads| leads == alone), "{:?}", place);
                }
                let matches = detector.scan(&next, "", &mut plain);
                prop_assert!(whole.leads || matches.iter().all(|found| RULES.rules[found.rule].part_only));
                (text, look) = (next, built);
            }
        }
    }
}
