//! One rule made ready when its first anchor is seen, and its search around an anchor.

use std::sync::OnceLock;

use regex_automata::meta::Regex;
use regex_automata::util::captures::Captures;
use regex_automata::{Anchored, Input, PatternID};

use super::credential::shaped;
use super::program::{GROUPS, Outcome, Program};
use super::scratch::{Slot, Work};
use crate::location::Span;
use crate::rules::Rule;

pub(super) struct Compiled {
    /// For a pattern that is tried at single places, if it is simple enough.
    program: Option<Program>,
    /// Compiled when it is first needed.
    engine: OnceLock<Engine>,
    /// Whether a match begins with its anchor (`left` is 0).
    begins_with_anchor: bool,
    /// Whether a match begins at the edge of a word.
    begins_at_word: bool,
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
        let tried_at_places = begins_with_anchor || rule.assigned.is_some();
        let program = if tried_at_places { Program::new(&pattern) } else { None };
        let begins_at_word = crate::rules::begins_at_word_edge(&pattern);
        let longest = pattern.properties().maximum_len().unwrap_or(usize::MAX);
        Ok(Self { program, engine: OnceLock::new(), begins_with_anchor, begins_at_word, longest })
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
        if let Some(wanted) = rule.assigned {
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
        let end = text.len().min(at.start + rule.right);
        if self.begins_with_anchor {
            let (match_end, groups) = self.match_at(rule, text, Span::new(at.start, end), slot, work)?;
            return groups.filter(|_| match_end >= at.end);
        }
        let engine = self.engine(rule);
        let (cache, captures) = slot.room(&engine.regex);
        let mut from = at.start.saturating_sub(rule.left);
        while from <= at.start {
            work.count(end - from);
            engine.regex.search_captures_with(cache, &Input::new(text).span(from..end), captures);
            let found = captures.get_match()?;
            if found.start() > at.start {
                return None;
            }
            if found.end() >= at.end {
                return engine.groups(captures);
            }
            // On from its secret, not from its end: what it read after the secret (the end of a line) may be what the
            // next match begins with.
            let secret_end = engine.group(captures, 0).map_or(found.start(), |secret| secret.end);
            from = if secret_end <= at.start { secret_end.max(found.start() + 1) } else { found.start() + 1 };
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
        let engine = self.engine(rule);
        let (cache, captures) = slot.room(&engine.regex);
        let input = Input::new(text).span(window.start..window.end).anchored(Anchored::Yes);
        engine.regex.search_captures_with(cache, &input, captures);
        Some((captures.get_match()?.end(), engine.groups(captures)))
    }
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
