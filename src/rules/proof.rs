//! Proves, from a pattern alone, that every match holds an anchor and how far it reaches around it.
//!
//! The prefilter looks for anchors only, so a match without one would never be found, and a match that reaches out
//! of the window around its anchor would be cut. Both are decided exactly, by walking the pattern's automaton and
//! the anchors' automaton side by side. Look-around is taken as always true, which can only err on the strict side.

use aho_corasick::automaton::Automaton;
use aho_corasick::nfa::noncontiguous::NFA as Automata;
use aho_corasick::{Anchored, MatchKind};
use regex_automata::nfa::thompson::{Compiler, Config, NFA, State, WhichCaptures};
use regex_automata::util::primitives::StateID;
use regex_syntax::hir::Hir;

/// How far a match may reach, in bytes from the first byte of the first anchor in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reach {
    /// Backwards to the match's first byte.
    pub(super) left: usize,
    /// Forwards to one past the match's last byte.
    pub(super) right: usize,
}

/// Why there is no proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unproved {
    /// Some match may be of any length.
    Unbounded,
    /// A match of this shape holds no anchor.
    NoAnchor(String),
    /// Too many states to walk.
    TooLarge,
}

/// Pairs of states at most: some hundred megabytes and a second of work.
const MOST_PAIRS: usize = 8_000_000;

/// How far the matches of `pattern` reach around `anchors` (compared without ASCII case if `fold`).
pub(super) fn reach(pattern: &Hir, anchors: &[String], fold: bool) -> Result<Reach, Unproved> {
    let nfa = Compiler::new()
        .configure(Config::new().utf8(false).which_captures(WhichCaptures::None).nfa_size_limit(Some(32 << 20)))
        .build_from_hir(pattern)
        .map_err(|_| Unproved::TooLarge)?;
    let anchors = Anchors::new(anchors, fold).ok_or(Unproved::TooLarge)?;
    if nfa.states().len().saturating_mul(anchors.states.len()) > MOST_PAIRS {
        return Err(Unproved::TooLarge);
    }
    let tails = tails(&nfa)?;
    Walk { nfa: &nfa, anchors: &anchors, tails, right: 0 }.run()
}

/// The steps out of one state: the bytes read (an empty range for none) and the next state.
fn steps(nfa: &NFA, state: StateID) -> Vec<(Option<(u8, u8)>, StateID)> {
    match nfa.state(state) {
        State::ByteRange { trans } => vec![(Some((trans.start, trans.end)), trans.next)],
        State::Sparse(sparse) => sparse.transitions.iter().map(|t| (Some((t.start, t.end)), t.next)).collect(),
        State::Dense(dense) => (0..=u8::MAX).filter_map(|b| Some((Some((b, b)), dense.matches_byte(b)?))).collect(),
        State::Look { next, .. } | State::Capture { next, .. } => vec![(None, *next)],
        State::Union { alternates } => alternates.iter().map(|next| (None, *next)).collect(),
        State::BinaryUnion { alt1, alt2 } => vec![(None, *alt1), (None, *alt2)],
        State::Fail | State::Match { .. } => Vec::new(),
    }
}

/// The longest way from each state to a match, in bytes; `None` where there is none.
fn tails(nfa: &NFA) -> Result<Vec<Option<usize>>, Unproved> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let mut marks = vec![Mark::New; nfa.states().len()];
    let mut tails = vec![None; nfa.states().len()];
    let mut stack = vec![nfa.start_anchored()];
    // Depth first without recursion: a state stays on the stack until all that follow it are done.
    while let Some(&state) = stack.last() {
        if marks[state] == Mark::Done {
            stack.pop();
            continue;
        }
        let steps = steps(nfa, state);
        if marks[state] == Mark::New {
            marks[state] = Mark::Open;
            for (_, next) in &steps {
                match marks[*next] {
                    Mark::New => stack.push(*next),
                    Mark::Open => return Err(Unproved::Unbounded),
                    Mark::Done => {}
                }
            }
            continue;
        }
        let longest = steps.iter().filter_map(|(byte, next)| Some(tails[*next]? + usize::from(byte.is_some()))).max();
        tails[state] = if matches!(nfa.state(state), State::Match { .. }) { Some(0) } else { longest };
        marks[state] = Mark::Done;
        stack.pop();
    }
    Ok(tails)
}

/// What has been seen of the anchors, state by state; the first state has seen nothing.
struct Anchors {
    states: Vec<Seen>,
    /// Bytes that stand in an anchor: the others all lead to the first state.
    distinct: Vec<u8>,
}

struct Seen {
    /// By byte.
    next: Vec<usize>,
    /// Length of the longest anchor that ends here, 0 for none.
    completed: usize,
}

impl Anchors {
    fn new(anchors: &[String], fold: bool) -> Option<Self> {
        let automaton =
            Automata::builder().match_kind(MatchKind::Standard).ascii_case_insensitive(fold).build(anchors).ok()?;
        let mut ids = vec![automaton.start_state(Anchored::No).ok()?];
        let mut states = Vec::new();
        while let Some(&id) = ids.get(states.len()) {
            let mut number = |byte| {
                let next = automaton.next_state(Anchored::No, id, byte);
                ids.iter().position(|known| *known == next).unwrap_or_else(|| {
                    ids.push(next);
                    ids.len() - 1
                })
            };
            let next = (0..=u8::MAX).map(&mut number).collect();
            states.push(Seen { next, completed: completed(&automaton, id) });
        }
        let leads_on = |byte: &u8| states.iter().any(|seen: &Seen| seen.next[usize::from(*byte)] != 0);
        let distinct = (0..=u8::MAX).filter(leads_on).collect();
        Some(Self { states, distinct })
    }

    /// The states that bytes from `from` to `to` lead to, each once, with one such byte.
    fn after(&self, state: usize, from: u8, to: u8) -> Vec<(u8, usize)> {
        let other = |byte: &u8| (from..=to).contains(byte) && !self.distinct.contains(byte);
        // A readable byte first: it may end up in a message.
        let other = b"x0X-_ ".iter().copied().find(other).or_else(|| (from..=to).find(other));
        let mut after: Vec<(u8, usize)> = Vec::new();
        for byte in other.into_iter().chain(self.distinct.iter().copied().filter(|byte| (from..=to).contains(byte))) {
            let next = self.states[state].next[usize::from(byte)];
            if !after.iter().any(|(_, known)| *known == next) {
                after.push((byte, next));
            }
        }
        after
    }
}

fn completed(automaton: &Automata, id: aho_corasick::automaton::StateID) -> usize {
    if !automaton.is_match(id) {
        return 0;
    }
    let ends_here = |index| automaton.pattern_len(automaton.match_pattern(id, index));
    (0..automaton.match_len(id)).map(ends_here).max().unwrap_or(0)
}

/// A state of the pattern and one of the anchors.
type Pair = (StateID, usize);

/// One pair on the way, with no anchor seen so far.
struct Frame {
    pair: Pair,
    /// The byte that led here.
    byte: Option<u8>,
    /// Still to be followed.
    next: Vec<(Option<u8>, Pair)>,
    /// How far ahead the first anchor may begin at most, as far as followed. Negative: it began before this state.
    ahead: Option<isize>,
}

struct Walk<'a> {
    nfa: &'a NFA,
    anchors: &'a Anchors,
    tails: Vec<Option<usize>>,
    right: usize,
}

impl Walk<'_> {
    /// Depth first without recursion. The pattern has an end ([`tails`] saw to that), so no pair follows itself.
    fn run(mut self) -> Result<Reach, Unproved> {
        let mut done: Vec<Option<Option<isize>>> = vec![None; self.nfa.states().len() * self.anchors.states.len()];
        let index = |(state, seen): Pair| state.as_usize() * self.anchors.states.len() + seen;
        let mut stack = vec![self.frame((self.nfa.start_anchored(), 0), None)];
        let mut ahead = None;
        while let Some(frame) = stack.last_mut() {
            if matches!(self.nfa.state(frame.pair.0), State::Match { .. }) {
                return Err(Unproved::NoAnchor(witness(&stack)));
            }
            if let Some((byte, pair)) = frame.next.pop() {
                if let Some(known) = done[index(pair)] {
                    frame.follow(byte, known);
                } else {
                    let next = self.frame(pair, byte);
                    stack.push(next);
                }
                continue;
            }
            ahead = frame.ahead;
            done[index(frame.pair)] = Some(ahead);
            let byte = frame.byte;
            stack.pop();
            if let Some(before) = stack.last_mut() {
                before.follow(byte, ahead);
            }
        }
        let left = ahead.and_then(|ahead| usize::try_from(ahead).ok()).unwrap_or(0);
        Ok(Reach { left, right: self.right })
    }

    /// Opens a pair: what follows it without completing an anchor, and how far the completed ones reach.
    fn frame(&mut self, pair: Pair, byte: Option<u8>) -> Frame {
        let mut frame = Frame { pair, byte, next: Vec::new(), ahead: None };
        for (bytes, next) in steps(self.nfa, pair.0) {
            let Some(tail) = self.tails[next] else { continue };
            let Some((from, to)) = bytes else {
                frame.next.push((None, (next, pair.1)));
                continue;
            };
            for (byte, seen) in self.anchors.after(pair.1, from, to) {
                match self.anchors.states[seen].completed {
                    0 => frame.next.push((Some(byte), (next, seen))),
                    length => {
                        self.right = self.right.max(length + tail);
                        frame.note(1 - isize::try_from(length).unwrap_or(isize::MAX));
                    }
                }
            }
        }
        frame
    }
}

impl Frame {
    fn note(&mut self, ahead: isize) {
        self.ahead = Some(self.ahead.map_or(ahead, |known| known.max(ahead)));
    }

    fn follow(&mut self, byte: Option<u8>, ahead: Option<isize>) {
        if let Some(ahead) = ahead {
            self.note(ahead + isize::from(byte.is_some()));
        }
    }
}

/// The bytes on the way, for a message; long ones shortened.
fn witness(stack: &[Frame]) -> String {
    let bytes: Vec<u8> = stack.iter().filter_map(|frame| frame.byte).collect();
    let shown = bytes[..bytes.len().min(60)].escape_ascii().to_string();
    if bytes.len() > 60 { format!("{shown}…") } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::syntax;

    fn reach_of(pattern: &str, anchors: &[&str], fold: bool) -> Result<Reach, Unproved> {
        let hir = syntax::parse(pattern).unwrap();
        reach(&hir, &anchors.iter().map(|&a| a.to_owned()).collect::<Vec<_>>(), fold)
    }

    #[test]
    fn a_prefix_reaches_to_the_right_only() {
        assert_eq!(reach_of(r"\b(?P<secret>acme_[a-z]{10})\b", &["acme_"], false), Ok(Reach { left: 0, right: 15 }));
    }

    #[test]
    fn an_optional_head_reaches_to_the_left() {
        let reach = reach_of(r"[0-9]{2,7}acme_[0-9]{1,3}", &["acme_"], false);
        assert_eq!(reach, Ok(Reach { left: 7, right: 8 }));
    }

    #[test]
    fn the_first_of_several_anchors_counts() {
        // `acme_` may already stand in the head, four bytes before its end at the latest.
        let reach = reach_of(r"[a-z_]{0,10}acme_[0-9]{3}", &["acme_"], false);
        assert_eq!(reach, Ok(Reach { left: 10, right: 18 }));
    }

    #[test]
    fn every_branch_needs_an_anchor() {
        assert_eq!(reach_of("acme_[0-9]{3}|beta_[0-9]{2}", &["acme_", "beta_"], false).unwrap().right, 8);
        let Err(Unproved::NoAnchor(shape)) = reach_of("acme_[0-9]{3}|beta_[0-9]{2}", &["acme_"], false) else {
            panic!("the second branch holds no anchor");
        };
        assert!(shape.starts_with("beta_"), "{shape}");
    }

    #[test]
    fn case_counts_unless_anchors_fold() {
        assert!(matches!(reach_of("(?i)acme_x", &["acme_"], false), Err(Unproved::NoAnchor(_))));
        assert_eq!(reach_of("(?i)acme_x", &["acme_"], true), Ok(Reach { left: 0, right: 6 }));
    }

    #[test]
    fn what_has_no_end_is_not_proved() {
        assert_eq!(reach_of("acme_[a-z]+", &["acme_"], false), Err(Unproved::Unbounded));
    }
}
