//! Holds rules to their own word: examples, counter-examples, checksums, and what they cost at worst.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::anchors::expected;
use super::{Detector, Match, Scratch};
use crate::format::OnMismatch;
use crate::location::Span;
use crate::rules::{Example, Kind, MintError, Minter, Mistake, Rule, RuleSet, Sample};
use crate::severity::Confidence;

/// Samples that are minted per rule at least, spread over its examples.
const SAMPLES: usize = 20;

/// Samples per counter-example.
const COUNTER_SAMPLES: u64 = 4;

/// Tries every rule on its own examples and on texts made to be expensive:
///
/// - in each example, filled with freshly minted keys, the whole set finds exactly those keys, each once, by this rule;
/// - in a counter-example this rule finds nothing;
/// - a key with one character changed is not found if the rule's checksum is proved, and found with low confidence, or
///   unproved, if not;
/// - a text of nothing but anchors costs a bounded amount of work per byte;
/// - no anchor is so common that the rule would look everywhere.
///
/// The same rules give the same answer: keys are minted from fixed seeds.
#[must_use]
pub fn check_rules(rules: &RuleSet) -> Vec<Mistake> {
    check(rules, |_| true)
}

/// The same for the rules of one file; of all others only whether each of their examples still holds beside them.
#[must_use]
pub fn check_rules_of(rules: &RuleSet, file: &str) -> Vec<Mistake> {
    check(rules, |rule| rule.origin.0 == file)
}

fn check(rules: &RuleSet, is_new: impl Fn(&Rule) -> bool + Sync) -> Vec<Mistake> {
    let together = match Detector::new(Arc::new(rules.clone())) {
        Ok(detector) => detector,
        Err(message) => return vec![Mistake { file: String::new(), line: 1, message }],
    };
    let trials = |index: usize| {
        let run = if is_new(&rules.rules[index]) { Trial::run } else { Trial::run_examples };
        Trial::new(&together, index).map(run).unwrap_or_default()
    };
    let found: BTreeSet<Mistake> = (0..rules.rules.len()).into_par_iter().flat_map_iter(trials).collect();
    found.into_iter().collect()
}

/// One rule on trial.
struct Trial<'a> {
    /// All rules.
    together: &'a Detector,
    /// This rule only.
    alone: Detector,
    index: usize,
    rule: &'a Rule,
    scratch: Scratch,
    mistakes: BTreeSet<Mistake>,
}

impl<'a> Trial<'a> {
    fn new(together: &'a Detector, index: usize) -> Result<Self, String> {
        let rules = together.rules();
        let (only, off) = (vec![Arc::clone(&rules.rules[index])].into(), BTreeSet::new());
        let only = RuleSet { rules: only, off, ..RuleSet::clone(rules) };
        let alone = Detector::new(Arc::new(only))?;
        let rule = &*rules.rules[index];
        Ok(Self { together, alone, index, rule, scratch: Scratch::default(), mistakes: BTreeSet::new() })
    }

    fn run(mut self) -> BTreeSet<Mistake> {
        for seed in 0..SAMPLES.max(2 * self.rule.examples.len()) {
            let Some(example) = self.rule.examples.get(seed % self.rule.examples.len().max(1)) else { break };
            if let Some(sample) = self.sample(seed as u64, example) {
                self.try_example(example, &sample);
                self.try_flipped(seed as u64, example, &sample);
            }
        }
        for example in &self.rule.counter_examples {
            (0..COUNTER_SAMPLES).for_each(|seed| self.try_counter_example(seed, example));
        }
        self.try_cost();
        self.try_frequency();
        self.mistakes
    }

    /// Tries each example once.
    fn run_examples(mut self) -> BTreeSet<Mistake> {
        for (seed, example) in (0..).zip(&self.rule.examples) {
            if let Some(sample) = self.sample(seed, example) {
                self.try_example(example, &sample);
            }
        }
        self.mistakes
    }

    fn mistake(&mut self, line: usize, message: &str) {
        let message = format!("rule `{}`: {message}", self.rule.id);
        self.mistakes.insert(Mistake { file: self.rule.origin.0.clone(), line, message });
    }

    fn sample(&mut self, seed: u64, example: &Example) -> Option<Sample> {
        let sample = Minter::new(seed).example(self.together.rules(), self.rule, example);
        sample.map_err(|MintError(message)| self.mistake(example.line, &message)).ok()
    }

    fn try_example(&mut self, example: &Example, sample: &Sample) {
        let matches = self.together.scan(sample.text.as_bytes(), &sample.path, &mut self.scratch);
        for span in &sample.spans {
            if !self.rule.public_prefix.is_empty() && !sample.text[span.start..].starts_with(&self.rule.public_prefix) {
                self.mistake(example.line, "a minted key does not begin with `public-prefix`");
            }
            if let Err(why) = self.found_once(&matches, *span) {
                self.mistake(example.line, &why);
            }
        }
        let expected = |span: Span| sample.spans.iter().chain(&sample.others).any(|place| place.overlaps(span));
        // What stands beside the key in a realistic example may be a part of it, or a secret of no known form.
        let excused = |rule: &Rule| rule.part_only || rule.kind == Kind::Generic && self.rule.kind != Kind::Generic;
        for stray in matches.iter().filter(|found| !expected(found.span)) {
            let by = &self.together.rules().rules[stray.rule];
            if excused(by) {
                continue;
            }
            let by = &by.id;
            let message = format!("in this example `{by}` finds something that is not `{{mint}}`");
            self.mistake(example.line, &message);
        }
    }

    /// Whether `span`, and nothing else that overlaps it, is found by this rule, and if not, what happens instead.
    fn found_once(&mut self, matches: &[Match], span: Span) -> Result<(), String> {
        let here: Vec<&Match> = matches.iter().filter(|found| found.span.overlaps(span)).collect();
        match here.as_slice() {
            [] => Err(self.why_not_found()),
            [only] if only.rule != self.index => {
                let by = &self.together.rules().rules[only.rule].id;
                Err(format!("in this example the key is found by `{by}` instead"))
            }
            [only] if only.span == span => Ok(()),
            [only] => Err(format!(
                "in this example the group `secret` is not `{{mint}}`: it begins {} and ends {} bytes after it",
                signed(only.span.start, span.start),
                signed(only.span.end, span.end)
            )),
            _ => Err("in this example the key is found in several pieces".to_owned()),
        }
    }

    fn why_not_found(&self) -> String {
        let why = match self.rule.check {
            Some(check) if check.on_mismatch == OnMismatch::Drop => {
                "the pattern does not match, or the checksum fails, or `paths` does not admit its path"
            }
            _ => "the pattern does not match, or a filter (entropy, placeholder, `paths`) drops it",
        };
        format!("in this example the key is not found: {why}")
    }

    fn try_flipped(&mut self, seed: u64, example: &Example, sample: &Sample) {
        let ([span], Some(check)) = (sample.spans.as_slice(), self.rule.check) else { return };
        if check.on_mismatch == OnMismatch::Exclude {
            return;
        }
        let Some(flipped) = Minter::new(seed).flip(self.rule, &sample.text[span.start..span.end]) else {
            return self.mistake(example.line, "no change of one character makes the checksum fail");
        };
        let mut text = sample.text.clone();
        text.replace_range(span.start..span.end, &flipped);
        // Alone where a mismatch only lowers: the place may raise it again, by another rule.
        let detector = if check.on_mismatch == OnMismatch::Drop { self.together } else { &self.alone };
        let matches = detector.scan(text.as_bytes(), &sample.path, &mut self.scratch);
        let here: Vec<&Match> = matches.iter().filter(|found| found.span.overlaps(*span)).collect();
        let index = if check.on_mismatch == OnMismatch::Drop { self.index } else { 0 };
        let wrong = match check.on_mismatch {
            OnMismatch::Drop => here.iter().any(|found| found.rule == index),
            OnMismatch::Lower => here.iter().any(|found| found.rule == index && found.confidence != Confidence::Low),
            OnMismatch::Exclude => false,
            OnMismatch::Keep => here.iter().any(|found| found.rule == index && found.proved == Some(true)),
        };
        if wrong {
            self.mistake(example.line, "a key with one character changed is found as if its checksum were right");
        }
    }

    fn try_counter_example(&mut self, seed: u64, example: &Example) {
        let Some(sample) = self.sample(seed, example) else { return };
        if !self.alone.scan(sample.text.as_bytes(), &sample.path, &mut self.scratch).is_empty() {
            self.mistake(example.line, "in this counter-example the rule finds a key");
        }
    }

    fn try_cost(&mut self) {
        let at_anchor = self.rule.left == 0;
        let most = if at_anchor { COST_AT_ANCHOR } else { COST_AROUND_ANCHOR };
        // The whole window is read around every anchor, so this cost is known before anything is tried.
        if let Some(anchor) = self.rule.anchors.iter().min_by_key(|anchor| anchor.len()).filter(|_| !at_anchor) {
            let per_byte = (self.rule.window() / anchor.len().max(1)) as u64;
            if per_byte > most {
                return self.too_expensive(&format!("nothing but `{anchor}`"), per_byte, most);
            }
        }
        let path = self.rule.examples.first().map_or("", |example| &example.path);
        for (what, text) in self.expensive_texts() {
            let mut scratch = Scratch::with_budget(most * text.len() as u64);
            self.alone.scan(text.as_bytes(), path, &mut scratch);
            let per_byte = scratch.work().bytes / text.len().max(1) as u64;
            if per_byte >= most {
                self.too_expensive(&what, per_byte, most);
            }
        }
    }

    fn try_frequency(&mut self) {
        let most = if self.rule.reading.is_some() { MOST_READINGS } else { MOST_PLACES };
        for (anchor, rate) in expected(self.rule).filter(|(_, rate)| *rate >= most) {
            let message = format!(
                "the anchor `{anchor}` stands about {rate:.0} times in a million bytes of source; fewer than {most} are allowed: choose \
                 a longer or rarer one, or begin the pattern with `\\b` and this anchor"
            );
            self.mistake(self.rule.origin.1, &message);
        }
    }

    fn too_expensive(&mut self, what: &str, per_byte: u64, most: u64) {
        let message = format!(
            "a text of {what} costs {per_byte} bytes of matching or more for each of its own, {most} is the most; make the \
             window smaller, the anchors longer, or begin the pattern with `\\b`"
        );
        self.mistake(self.rule.origin.1, &message);
    }

    /// Texts of which every part makes the rule look, and nothing is a key.
    fn expensive_texts(&self) -> Vec<(String, String)> {
        let mut texts = Vec::new();
        for anchor in &self.rule.anchors {
            texts.push((format!("nothing but `{anchor}`"), self.repeated(anchor)));
            texts.push((format!("`{anchor}` in words"), self.repeated(&format!("{anchor} "))));
            let filler = "aB3".repeat(self.rule.window().min(3000) / 6 + 1);
            texts.push((format!("`{anchor}` and a half of a key"), self.repeated(&format!("{anchor}{filler}"))));
        }
        let example = self.rule.examples.first();
        let sample = example.and_then(|example| Minter::new(0).example(self.together.rules(), self.rule, example).ok());
        if let Some(mut text) = sample.map(|sample| sample.text).filter(|text| text.is_ascii()) {
            text.truncate(text.len().saturating_sub(4).max(1));
            texts.push(("its own examples cut short".to_owned(), self.repeated(&text)));
        }
        texts
    }

    /// A text of several windows, so that its ends do not count.
    fn repeated(&self, piece: &str) -> String {
        let length = (4 * self.rule.window()).clamp(16 << 10, 64 << 10);
        piece.repeat(length / piece.len().max(1) + 1)
    }
}

/// Places in a million bytes of source at which an anchor may make its rule look: one in a hundred lines or so. A search there costs
/// as much as passing over a kilobyte.
const MOST_PLACES: f32 = 256.0;

/// The same for a reading, which is over after a few bytes at most places.
const MOST_READINGS: f32 = 1024.0;

/// Bytes of matching per byte of text at most, where a match begins with its anchor: most searches end at once, but
/// nobody counts how soon.
const COST_AT_ANCHOR: u64 = 8192;

/// The same where the window before the anchor is searched too, which is read in full.
const COST_AROUND_ANCHOR: u64 = 1024;

fn signed(found: usize, wanted: usize) -> String {
    if found >= wanted { format!("{}", found - wanted) } else { format!("-{}", wanted - found) }
}
