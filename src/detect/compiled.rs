//! One rule made ready when its first anchor is seen, and its search around an anchor.

use std::sync::OnceLock;

use regex_automata::meta::Regex;
use regex_automata::util::captures::Captures;
use regex_automata::{Anchored, Input, PatternID};

use super::credential::shaped;
use super::program::{Branch, GROUPS, Outcome, Program};
use super::scratch::{Slot, Work};
use crate::location::Span;
use crate::rules::{GAP, Rule};

pub(super) struct Compiled {
    /// For a pattern that is simple enough.
    program: Option<Program>,
    /// Compiled when it is first needed.
    engine: OnceLock<Engine>,
    /// Whether a match begins with its anchor (`left` is 0).
    begins_with_anchor: bool,
    /// Whether a match begins at the edge of a word.
    begins_at_word: bool,
    /// Whether a match begins where a line does.
    begins_at_line: bool,
    /// A run of letters, digits, `_` and `-` in every match has this length at least.
    least_run: usize,
    /// Bytes of the longest match; as good as none for a pattern without one.
    longest: usize,
}

/// The regex and where its groups are.
struct Engine {
    regex: Regex,
    groups: [Option<usize>; GROUPS.len()],
}

/// The groups of one match.
pub(super) struct Groups {
    pub(super) secret: Span,
    pub(super) name: Option<Span>,
    pub(super) host: Option<Span>,
    /// The part of the secret that is random, where the secret is more than that.
    pub(super) core: Option<Span>,
}

impl Compiled {
    /// Reads the rule's pattern.
    pub(super) fn new(rule: &Rule) -> Result<Self, String> {
        let pattern = rule.syntax()?;
        let begins_with_anchor = rule.left == 0;
        let program = Program::new(&pattern);
        let begins_at_word = crate::rules::begins_at_word_edge(&pattern);
        let begins_at_line = crate::rules::begins_at_line(&pattern);
        let least_run = crate::rules::least_run(&pattern);
        let longest = pattern.properties().maximum_len().unwrap_or(usize::MAX);
        Ok(Self {
            program,
            engine: OnceLock::new(),
            begins_with_anchor,
            begins_at_word,
            begins_at_line,
            least_run,
            longest,
        })
    }

    fn engine(&self, rule: &Rule) -> &Engine {
        self.engine.get_or_init(|| Engine::new(rule).expect("a rule set holds only patterns that compile"))
    }

    /// The leftmost match in the window around the anchor `at` that holds this very anchor.
    ///
    /// The window alone decides: it is the same whether a text is scanned whole or in chunks. Look-around sees past
    /// its edges. Matches that end before the anchor are passed over.
    pub(super) fn search(
        &self,
        rule: &Rule,
        text: &[u8],
        at: Span,
        slot: &mut Slot,
        work: &mut Work,
    ) -> Option<Groups> {
        let end = text.len().min(at.start + rule.right);
        if let Some(wanted) = rule.assigned {
            // A value that begins as far behind the word as it may ends there at the latest.
            let last = end.min(at.end.saturating_add(GAP + 2).saturating_add(self.longest));
            if !crate::rules::holds_run(&text[at.end..last.max(at.end)], self.least_run) {
                return None;
            }
            let value = |from: usize, end: usize| {
                let end = end.min(from.saturating_add(self.longest));
                self.match_at(rule, text, Span::new(from, end), slot, work).map(|(end, _)| end)
            };
            let found = shaped::search(value, wanted, text, at)?;
            return Some(Groups { secret: found.value, name: Some(found.name), host: None, core: None });
        }
        if self.begins_with_anchor && self.begins_at_word && is_inside_word(text, at.start) {
            return None;
        }
        if self.begins_with_anchor {
            let (match_end, groups) = self.match_at(rule, text, Span::new(at.start, end), slot, work)?;
            return groups.filter(|_| match_end >= at.end);
        }
        let window = Span::new(at.start.saturating_sub(rule.left), end);
        if self.begins_at_line {
            return self.search_lines(rule, text, window, at, slot, work);
        }
        if !crate::rules::holds_run(&text[window.start..window.end], self.least_run) {
            return None;
        }
        if slot.walked < WALKS {
            match self.walk(text, window, at, slot, work) {
                Outcome::Match { groups, .. } => return groups,
                Outcome::NoMatch => return None,
                Outcome::TooLong => {}
            }
        }
        self.search_by_engine(rule, text, window, at, slot, work)
    }

    /// What [`Self::search`] finds in the window, if matches begin only where lines do: it holds few such places, or none.
    fn search_lines(
        &self,
        rule: &Rule,
        text: &[u8],
        window: Span,
        at: Span,
        slot: &mut Slot,
        work: &mut Work,
    ) -> Option<Groups> {
        let mut from = window.start;
        while let Some(start) = line_start(text, from, at.start) {
            from = match self.match_at_line(rule, text, Span::new(start, window.end), slot, work) {
                Some((end, groups)) if end >= at.end => return groups,
                Some((_, groups)) => on_from(start, groups.as_ref(), at),
                None => start + 1,
            };
        }
        None
    }

    /// What [`Self::search`] finds in the window, by the program.
    fn walk(&self, text: &[u8], window: Span, at: Span, slot: &mut Slot, work: &mut Work) -> Outcome {
        let Some(program) = self.program.as_ref() else { return Outcome::TooLong };
        work.count(window.len());
        let mut budget = WALK;
        let outcome = Self::walk_within(program, text, window, at, &mut slot.branches, &mut budget);
        slot.walked += window.len() + WALK - budget;
        outcome
    }

    /// The same with so many steps.
    fn walk_within(
        program: &Program,
        text: &[u8],
        window: Span,
        at: Span,
        branches: &mut Vec<Branch>,
        budget: &mut usize,
    ) -> Outcome {
        let mut from = window.start;
        while from <= at.start {
            let Some(start) = (from..=at.start).find(|&start| program.may_begin(text, start)) else {
                return Outcome::NoMatch;
            };
            from = start + 1;
            match program.run_within(text, start, window.end, branches, budget) {
                found @ Outcome::Match { end, .. } if end >= at.end => return found,
                Outcome::Match { groups, .. } => from = on_from(start, groups.as_ref(), at),
                Outcome::NoMatch => {}
                Outcome::TooLong => return Outcome::TooLong,
            }
        }
        Outcome::NoMatch
    }

    /// The same, by the engine.
    fn search_by_engine(
        &self,
        rule: &Rule,
        text: &[u8],
        window: Span,
        at: Span,
        slot: &mut Slot,
        work: &mut Work,
    ) -> Option<Groups> {
        let engine = self.engine(rule);
        let (cache, captures) = slot.room(&engine.regex);
        let mut from = window.start;
        while from <= at.start {
            work.count(window.end - from);
            engine.regex.search_captures_with(cache, &Input::new(text).span(from..window.end), captures);
            let found = captures.get_match()?;
            if found.start() > at.start {
                return None;
            }
            let groups = engine.groups(captures);
            if found.end() >= at.end {
                return groups;
            }
            from = on_from(found.start(), groups.as_ref(), at);
        }
        None
    }

    /// Where the match that begins where `window` does ends, with its groups.
    fn match_at(
        &self,
        rule: &Rule,
        text: &[u8],
        window: Span,
        slot: &mut Slot,
        work: &mut Work,
    ) -> Option<(usize, Option<Groups>)> {
        work.count(window.len());
        if let Some(program) = &self.program {
            match program.run(text, window.start, window.end, &mut slot.branches) {
                Outcome::Match { end, groups } => return Some((end, groups)),
                Outcome::NoMatch => return None,
                Outcome::TooLong => {}
            }
        }
        self.match_by_engine(rule, text, window, slot)
    }

    /// The same at the beginning of a line. A pattern that takes many steps at most lines is left to its engine.
    fn match_at_line(
        &self,
        rule: &Rule,
        text: &[u8],
        window: Span,
        slot: &mut Slot,
        work: &mut Work,
    ) -> Option<(usize, Option<Groups>)> {
        if slot.walked >= WALKS {
            work.count(window.len());
            return self.match_by_engine(rule, text, window, slot);
        }
        let Some(program) = &self.program else { return self.match_at(rule, text, window, slot, work) };
        work.count(window.len());
        let mut budget = WALK;
        let outcome = program.run_within(text, window.start, window.end, &mut slot.branches, &mut budget);
        slot.walked += (WALK - budget).saturating_sub(SHORT_WALK);
        match outcome {
            Outcome::Match { end, groups } => Some((end, groups)),
            Outcome::NoMatch => None,
            Outcome::TooLong => self.match_by_engine(rule, text, window, slot),
        }
    }

    fn match_by_engine(
        &self,
        rule: &Rule,
        text: &[u8],
        window: Span,
        slot: &mut Slot,
    ) -> Option<(usize, Option<Groups>)> {
        let engine = self.engine(rule);
        let (cache, captures) = slot.room(&engine.regex);
        let input = Input::new(text).span(window.start..window.end).anchored(Anchored::Yes);
        engine.regex.search_captures_with(cache, &input, captures);
        Some((captures.get_match()?.end(), engine.groups(captures)))
    }
}

/// Steps of all walks in one window at most, before it is left to the engine.
const WALK: usize = 8_000;

/// After so many steps, and bytes of windows, of one rule its engine pays: a text full of its anchors has it built.
const WALKS: usize = 40_000;

/// Steps of a walk that no engine is faster than.
const SHORT_WALK: usize = 24;

/// The first place from `from` to `last` at which a line begins.
fn line_start(text: &[u8], from: usize, last: usize) -> Option<usize> {
    if from == 0 || from <= last && text[from - 1] == b'\n' {
        return Some(from);
    }
    let newline = memchr::memchr(b'\n', text.get(from..last)?)?;
    Some(from + newline + 1)
}

/// Where to go on after a match that ends before the anchor: from its secret, not from its end, for what it read after the
/// secret (the end of a line) may be what the next match begins with.
fn on_from(start: usize, groups: Option<&Groups>, at: Span) -> usize {
    let secret_end = groups.map_or(start, |groups| groups.secret.end);
    if secret_end <= at.start { secret_end.max(start + 1) } else { start + 1 }
}

impl Engine {
    fn new(rule: &Rule) -> Result<Self, String> {
        let regex = rule.compile()?;
        let groups = GROUPS.map(|name| regex.group_info().to_index(PatternID::ZERO, name));
        groups[0].ok_or("the pattern has no group `secret`")?;
        Ok(Self { regex, groups })
    }

    fn group(&self, captures: &Captures, index: usize) -> Option<Span> {
        self.groups[index].and_then(|group| captures.get_group(group)).map(|found| Span::new(found.start, found.end))
    }

    fn groups(&self, captures: &Captures) -> Option<Groups> {
        let secret = self.group(captures, 0).filter(|secret| !secret.is_empty())?;
        let [name, host, core] = [1, 2, 3].map(|index| self.group(captures, index));
        Some(Groups { secret, name, host, core })
    }
}

/// Whether the characters on both sides of `at` belong to one word, as `\b` sees it.
fn is_inside_word(text: &[u8], at: usize) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    at > 0 && is_word(text[at - 1]) && text.get(at).is_some_and(|&byte| is_word(byte))
}

#[cfg(test)]
mod tests {
    use aho_corasick::AhoCorasick;

    use super::*;
    use crate::rules::{Minter, load};

    /// Where the groups of what was found are.
    fn places(found: Option<Groups>) -> Option<[Option<Span>; GROUPS.len()]> {
        found.map(|groups| [Some(groups.secret), groups.name, groups.host, groups.core])
    }

    #[test]
    fn what_reaches_back_is_walked_as_the_engine_searches() {
        let rules = load(&[]).unwrap();
        let mut random = fastrand::Rng::with_seed(5);
        let (mut walked, mut found) = (0, 0);
        for rule in rules.rules.iter().filter(|rule| rule.left > 0 && rule.assigned.is_none() && rule.reading.is_none())
        {
            let compiled = Compiled::new(rule).unwrap();
            let anchors =
                AhoCorasick::builder().ascii_case_insensitive(rule.anchors_fold).build(&rule.anchors).unwrap();
            let (mut slot, mut work) = (Slot::default(), Work::default());
            for (seed, example) in (0..).zip(rule.examples.iter().chain(&rule.counter_examples)) {
                let filled = Minter::new(seed).example(&rules, rule, example).unwrap().text;
                // One example after the other, so that a match ends before an anchor.
                let mut text = format!("{filled}\n{filled}").into_bytes();
                for _ in 0..6 {
                    for place in anchors.find_overlapping_iter(&text) {
                        let at = Span::new(place.start(), place.end());
                        let end = text.len().min(at.start + rule.right);
                        let window = Span::new(at.start.saturating_sub(rule.left), end);
                        let by_walk = match compiled.walk(&text, window, at, &mut slot, &mut work) {
                            Outcome::Match { groups, .. } => groups,
                            Outcome::NoMatch => None,
                            Outcome::TooLong => continue,
                        };
                        let by_engine = compiled.search_by_engine(rule, &text, window, at, &mut slot, &mut work);
                        let by_walk = places(by_walk);
                        assert_eq!(by_walk, places(by_engine), "{}: {}", rule.id, text.escape_ascii());
                        walked += 1;
                        found += usize::from(by_walk.is_some());
                    }
                    let at = random.usize(0..text.len());
                    text[at] = random.choice(*b"aZ0_-.=\"' \n\\/:").unwrap_or(b' ');
                }
            }
        }
        assert!(walked > 500 && found > 100, "walked {walked}, found {found}");
    }
}
