//! Matches a pattern at one place without a regex engine.
//!
//! Most rules say how a key begins, and a match is tried at that place alone, or at the few places of a small window. Then
//! the engine's tables cost more to build than all its searches: so such a pattern is walked as it is written,
//! backtracking, which finds the very match that the engine would (the first in the order of preference). What that
//! takes more than a few steps for, and what has no bound, is left to the engine.

use regex_automata::util::look::{Look, LookMatcher};
use regex_syntax::hir::{Class, Hir, HirKind, Repetition};

use super::compiled::Groups;
use crate::location::Span;

/// Steps of a pattern at most.
const LONGEST: usize = 400;

/// Steps of one search at most, before it is left to the engine.
const BUDGET: usize = 4000;

/// The groups that rules have, in the order of the marks.
pub(super) const GROUPS: [&str; 4] = ["secret", "name", "host", "core"];

pub(super) struct Program {
    steps: Vec<Step>,
    /// The bytes that a match may begin with; `None` if it may be empty.
    first: Option<Box<Set>>,
}

enum Step {
    Literal(Box<[u8]>),
    /// So many bytes of a set.
    Run {
        set: Box<Set>,
        least: usize,
        most: usize,
        greedy: bool,
    },
    Look(Look),
    /// A group begins or ends here.
    Mark(usize),
    /// Go on at the first; should that fail, at the second.
    Either(usize, usize),
    Jump(usize),
}

/// A set of bytes.
#[derive(Default)]
struct Set([u64; 4]);

impl Set {
    fn add(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }

    fn join(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(all, more)| *all |= more);
    }

    #[inline]
    fn holds(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1
    }
}

/// Where each group begins and ends.
type Marks = [Option<usize>; 2 * GROUPS.len()];

/// What is left to try.
#[derive(Clone, Copy)]
pub(super) enum Branch {
    /// Go on there.
    At {
        step: usize,
        at: usize,
        marks: Marks,
    },
    /// Go on after a run, of which so many bytes were taken, with one byte less or more.
    Shorter {
        step: usize,
        start: usize,
        taken: usize,
        marks: Marks,
    },
    Longer {
        step: usize,
        start: usize,
        taken: usize,
        marks: Marks,
    },
}

/// What came of a search.
pub(super) enum Outcome {
    Match {
        end: usize,
        groups: Option<Groups>,
    },
    NoMatch,
    /// The engine has to tell.
    TooLong,
}

impl Program {
    /// `None` for a pattern that is left to the engine.
    pub(super) fn new(pattern: &Hir) -> Option<Self> {
        let mut program = Self { steps: Vec::new(), first: None };
        program.add(pattern)?;
        let mut first = Box::<Set>::default();
        let mut seen = vec![false; program.steps.len()];
        program.first = program.collect_first(0, &mut seen, &mut first).then_some(first);
        Some(program)
    }

    /// Adds the bytes that may follow at a step; `false` if nothing need follow. Steps lead only forward.
    fn collect_first(&self, mut step: usize, seen: &mut [bool], first: &mut Set) -> bool {
        loop {
            if seen.get_mut(step).is_some_and(|seen| std::mem::replace(seen, true)) {
                return true;
            }
            match self.steps.get(step) {
                None => return false,
                Some(Step::Literal(literal)) => {
                    if let Some(&byte) = literal.first() {
                        first.add(byte);
                        return true;
                    }
                }
                Some(Step::Run { set, least, .. }) => {
                    first.join(set);
                    if *least > 0 {
                        return true;
                    }
                }
                Some(Step::Look(_) | Step::Mark(_)) => {}
                Some(Step::Either(one, other)) => {
                    if !self.collect_first(*one, seen, first) {
                        return false;
                    }
                    step = *other;
                    continue;
                }
                Some(Step::Jump(to)) => {
                    step = *to;
                    continue;
                }
            }
            step += 1;
        }
    }

    /// Whether a match may begin at `at`. Most places are told apart by this alone.
    #[inline]
    pub(super) fn may_begin(&self, text: &[u8], at: usize) -> bool {
        self.first.as_ref().is_none_or(|first| text.get(at).is_some_and(|&byte| first.holds(byte)))
    }

    fn push(&mut self, step: Step) -> Option<usize> {
        self.steps.push(step);
        (self.steps.len() <= LONGEST).then_some(self.steps.len() - 1)
    }

    fn add(&mut self, pattern: &Hir) -> Option<()> {
        match pattern.kind() {
            HirKind::Empty => {}
            HirKind::Literal(literal) => {
                self.push(Step::Literal(literal.0.clone()))?;
            }
            HirKind::Class(class) => self.add_run(set_of(class)?, 1, 1, true)?,
            HirKind::Look(look) => {
                self.push(Step::Look(Look::from_repr(look.as_repr())?))?;
            }
            HirKind::Repetition(repetition) => self.add_repetition(repetition)?,
            HirKind::Capture(capture) => {
                let group = GROUPS.iter().position(|name| capture.name.as_deref() == Some(name));
                if let Some(group) = group {
                    self.push(Step::Mark(2 * group))?;
                }
                self.add(&capture.sub)?;
                if let Some(group) = group {
                    self.push(Step::Mark(2 * group + 1))?;
                }
            }
            HirKind::Concat(parts) => parts.iter().try_for_each(|part| self.add(part))?,
            HirKind::Alternation(parts) => self.add_alternatives(parts)?,
        }
        Some(())
    }

    fn add_run(&mut self, set: Set, least: usize, most: usize, greedy: bool) -> Option<()> {
        self.push(Step::Run { set: Box::new(set), least, most, greedy }).map(drop)
    }

    fn add_repetition(&mut self, repetition: &Repetition) -> Option<()> {
        let (least, most) = (repetition.min as usize, repetition.max? as usize);
        let single = match repetition.sub.kind() {
            HirKind::Class(class) => Some(set_of(class)?),
            HirKind::Literal(literal) if literal.0.len() == 1 => Some(set([literal.0[0]].into_iter())),
            _ => None,
        };
        if let Some(set) = single {
            return self.add_run(set, least, most, repetition.greedy);
        }
        for _ in 0..least {
            self.add(&repetition.sub)?;
        }
        let mut ends = Vec::new();
        for _ in least..most {
            ends.push(self.push(Step::Either(0, 0))?);
            self.add(&repetition.sub)?;
        }
        let end = self.steps.len();
        for fork in ends {
            let (within, beyond) = (fork + 1, end);
            let order = if repetition.greedy { (within, beyond) } else { (beyond, within) };
            self.steps[fork] = Step::Either(order.0, order.1);
        }
        Some(())
    }

    fn add_alternatives(&mut self, parts: &[Hir]) -> Option<()> {
        let mut jumps = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            if index + 1 == parts.len() {
                self.add(part)?;
                break;
            }
            let fork = self.push(Step::Either(0, 0))?;
            self.add(part)?;
            jumps.push(self.push(Step::Jump(0))?);
            self.steps[fork] = Step::Either(fork + 1, self.steps.len());
        }
        let end = self.steps.len();
        for jump in jumps {
            self.steps[jump] = Step::Jump(end);
        }
        Some(())
    }

    /// The match that begins at `from` and ends at `end` or before. Look-around sees all of `text`.
    pub(super) fn run(&self, text: &[u8], from: usize, end: usize, branches: &mut Vec<Branch>) -> Outcome {
        self.run_within(text, from, end, branches, &mut { BUDGET })
    }

    /// The same; what is left of the budget is for further walks.
    pub(super) fn run_within(
        &self,
        text: &[u8],
        from: usize,
        end: usize,
        branches: &mut Vec<Branch>,
        budget: &mut usize,
    ) -> Outcome {
        branches.clear();
        branches.push(Branch::At { step: 0, at: from, marks: Marks::default() });
        while let Some(branch) = branches.pop() {
            match self.follow(branch, &text[..end], text, branches, budget) {
                Outcome::NoMatch => {}
                outcome => return outcome,
            }
        }
        Outcome::NoMatch
    }

    /// Goes on from one branch until it fails.
    fn follow(
        &self,
        branch: Branch,
        window: &[u8],
        text: &[u8],
        branches: &mut Vec<Branch>,
        budget: &mut usize,
    ) -> Outcome {
        let (mut step, mut at, mut marks) = match branch {
            Branch::At { step, at, marks } => (step, at, marks),
            Branch::Shorter { step, start, taken, marks } => {
                self.leave(step, start, taken - 1, marks, window, branches);
                (step + 1, start + taken - 1, marks)
            }
            Branch::Longer { step, start, taken, marks } => {
                self.leave(step, start, taken + 1, marks, window, branches);
                (step + 1, start + taken + 1, marks)
            }
        };
        loop {
            if *budget == 0 {
                return Outcome::TooLong;
            }
            *budget -= 1;
            match self.steps.get(step) {
                None => return Outcome::Match { end: at, groups: groups(&marks) },
                Some(Step::Literal(literal)) => {
                    if !window[at..].starts_with(literal) {
                        return Outcome::NoMatch;
                    }
                    at += literal.len();
                }
                Some(Step::Run { set, least, most, greedy }) => {
                    let wanted = if *greedy { *most } else { *least };
                    let taken = window[at..].iter().take(wanted).take_while(|&&byte| set.holds(byte)).count();
                    if taken < *least {
                        return Outcome::NoMatch;
                    }
                    self.leave(step, at, taken, marks, window, branches);
                    at += taken;
                }
                Some(Step::Look(look)) => {
                    if !LookMatcher::new().matches(*look, text, at) {
                        return Outcome::NoMatch;
                    }
                }
                Some(Step::Mark(mark)) => marks[*mark] = Some(at),
                Some(Step::Either(first, second)) => {
                    branches.push(Branch::At { step: *second, at, marks });
                    step = *first;
                    continue;
                }
                Some(Step::Jump(to)) => {
                    step = *to;
                    continue;
                }
            }
            step += 1;
        }
    }

    /// Notes what else a run may be after so many bytes of it were taken.
    fn leave(&self, step: usize, start: usize, taken: usize, marks: Marks, window: &[u8], branches: &mut Vec<Branch>) {
        let Step::Run { set, least, most, greedy } = &self.steps[step] else { return };
        if *greedy && taken > *least {
            branches.push(Branch::Shorter { step, start, taken, marks });
        }
        let may_grow = || window.get(start + taken).is_some_and(|&byte| set.holds(byte));
        if !greedy && taken < *most && may_grow() {
            branches.push(Branch::Longer { step, start, taken, marks });
        }
    }
}

fn groups(marks: &Marks) -> Option<Groups> {
    let group = |index: usize| Some(Span::new(marks[2 * index]?, marks[2 * index + 1]?));
    let secret = group(0).filter(|secret| !secret.is_empty())?;
    Some(Groups { secret, name: group(1), host: group(2), core: group(3) })
}

fn set_of(class: &Class) -> Option<Set> {
    let Class::Bytes(class) = class else { return None };
    Some(set(class.iter().flat_map(|range| range.start()..=range.end())))
}

fn set(bytes: impl Iterator<Item = u8>) -> Set {
    bytes.fold(Set::default(), |mut set, byte| {
        set.add(byte);
        set
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex_automata::meta::Regex;
    use regex_automata::{Anchored, Input, PatternID};

    use super::*;
    use crate::rules::{Minter, Rule, load};

    type Found = Option<(usize, Vec<Option<(usize, usize)>>)>;

    fn by_engine(regex: &Regex, text: &[u8], from: usize, end: usize) -> Found {
        let mut captures = regex.create_captures();
        regex.captures(Input::new(text).span(from..end).anchored(Anchored::Yes), &mut captures);
        let group = |name: &&str| {
            let index = regex.group_info().to_index(PatternID::ZERO, name)?;
            captures.get_group(index).map(|group| (group.start, group.end))
        };
        Some((captures.get_match()?.end(), GROUPS.iter().map(group).collect()))
    }

    fn assert_same(program: &Program, regex: &Regex, text: &[u8], from: usize, end: usize) -> bool {
        let by_engine = by_engine(regex, text, from, end);
        match program.run(text, from, end, &mut Vec::new()) {
            Outcome::TooLong => return false,
            Outcome::NoMatch => assert_eq!(by_engine, None),
            Outcome::Match { end, groups } => {
                let (engine_end, engine_groups) = by_engine.expect("the engine finds what the program finds");
                assert_eq!(end, engine_end);
                let pair = |span: Span| (span.start, span.end);
                let secret = engine_groups[0].filter(|(start, end)| start < end);
                assert_eq!(groups.as_ref().map(|groups| pair(groups.secret)), secret);
                if let Some(groups) = groups {
                    assert_eq!(
                        [groups.name, groups.host, groups.core].map(|group| group.map(pair)),
                        engine_groups[1..]
                    );
                }
            }
        }
        true
    }

    fn program_of(rule: &Rule) -> Option<Program> {
        Program::new(&rule.syntax().unwrap())
    }

    #[test]
    fn built_in_rules_are_walked_as_the_engine_searches() {
        let rules = load(&[]).unwrap();
        let mut random = fastrand::Rng::with_seed(7);
        let mut walked = 0;
        for rule in &rules.rules {
            let Some(program) = program_of(rule) else { continue };
            let regex = rule.compile().unwrap();
            walked += 1;
            for seed in 0..2 {
                for example in rule.examples.iter().chain(&rule.counter_examples) {
                    let mut text = Minter::new(seed).example(&rules, rule, example).unwrap().text.into_bytes();
                    for round in 0..8 {
                        let from = random.usize(0..=text.len());
                        assert_same(&program, &regex, &text, from, random.usize(from..=text.len()));
                        // A step that shares no factor with the eight rounds meets every place.
                        for from in (round..text.len()).step_by(7) {
                            assert_same(&program, &regex, &text, from, text.len());
                        }
                        let at = random.usize(0..text.len());
                        match random.u8(0..3) {
                            0 => text[at] = random.choice(*b"aZ0_-.=\"' \n\\/:\xc3").unwrap_or(b' '),
                            1 if text.len() > 1 => drop(text.remove(at)),
                            _ => text.insert(at, random.alphanumeric() as u8),
                        }
                    }
                }
            }
        }
        assert!(walked > 30, "only {walked} rules have a program");
    }

    #[test]
    fn patterns_of_every_kind_are_walked_as_the_engine_searches() {
        let patterns = [
            r"\b(?P<secret>ab_[a-c]{2,4})\b",
            r"(?P<secret>a{0,3}?b{1,2}?)(?:c|$)",
            r"(?:(?P<name>a|ab)(?P<secret>c|bcd)|x)(?P<host>d{0,9})",
            r"(?i)(?P<secret>(?:a[bc]){1,3}?a?)",
            r"(?P<secret>(?:a|aa|){0,4})b",
            r"(?m)^(?P<secret>[^c\n]{1,5})(?:\z|$)",
            r"(?P<secret>(?:(?P<name>a)|b){1,4})\B",
            r"(?P<secret>[ab]{0,3}(?:c{0,2}){0,2})",
        ];
        let mut random = fastrand::Rng::with_seed(11);
        for pattern in patterns {
            let rule = Rule { pattern: pattern.to_owned(), ..Rule::clone(&load(&[]).unwrap().rules[0]) };
            let (program, regex) = (program_of(&rule).unwrap(), rule.compile().unwrap());
            for _ in 0..3000 {
                let length = random.usize(0..12);
                let text: Vec<u8> = (0..length).map(|_| random.choice(*b"abcdABx_ \n").unwrap_or(b'a')).collect();
                let from = random.usize(0..=length);
                assert!(assert_same(&program, &regex, &text, from, random.usize(from..=length)), "{pattern}");
            }
        }
    }

    #[test]
    fn what_takes_too_long_is_left_to_the_engine() {
        let pattern = format!("(?P<secret>{}c)", "[ab]{0,30}".repeat(8));
        let rule = Rule { pattern, ..Rule::clone(&load(&[]).unwrap().rules[0]) };
        let text = "ab".repeat(200);
        let outcome = program_of(&rule).unwrap().run(text.as_bytes(), 0, text.len(), &mut Vec::new());
        assert!(matches!(outcome, Outcome::TooLong));
    }

    proptest! {
        #[test]
        fn no_text_is_trouble(text in prop::collection::vec(prop::num::u8::ANY, 0..60), index in 0_usize..2000) {
            let rules = load(&[]).unwrap();
            let rule = &rules.rules[index % rules.rules.len()];
            if let Some(program) = program_of(rule) {
                let regex = rule.compile().unwrap();
                for from in 0..=text.len() {
                    assert_same(&program, &regex, &text, from, text.len());
                }
            }
        }
    }
}
