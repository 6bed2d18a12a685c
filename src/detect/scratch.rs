//! What one thread reuses from blob to blob, so that a candidate costs no allocation.

use regex_automata::meta::{Cache, Regex};
use regex_automata::util::captures::Captures;

use super::candidate::Candidate;
use super::program::Branch;
use crate::location::Span;

/// What one thread reuses from blob to blob. It may be handed to any detector.
#[derive(Default)]
pub struct Scratch {
    /// The detector that the slots belong to.
    owner: Option<u64>,
    /// By rule; made when its first anchor is seen.
    slots: Vec<Option<Box<Slot>>>,
    /// By rule, the last scan at whose path it did not hold: of most anchors of such rules nothing more is asked.
    refused: Vec<u64>,
    /// Number of the present scan: tells slots of this scan from those of earlier ones.
    scan: u64,
    work: Work,
    /// Bytes of work after which nothing is searched any more: only for finding out whether a rule needs them.
    budget: Option<u64>,
    pub(super) candidates: Vec<Candidate>,
    /// What a proved checksum or a known sample says is no key.
    pub(super) rejected: Vec<Span>,
    pub(super) lost: Vec<Span>,
    /// Where comments that may set findings aside begin.
    pub(super) markers: Vec<usize>,
}

/// How much regex work was done: a measure of cost that does not depend on the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Searches started.
    pub searches: u64,
    /// Bytes that they were given; each reads at most these.
    pub bytes: u64,
}

/// What one rule needs.
#[derive(Default)]
pub(super) struct Slot {
    /// Made at the rule's first search.
    room: Option<(Cache, Captures)>,
    /// What a search without a regex keeps.
    pub(super) branches: Vec<Branch>,
    /// Steps and bytes of all of them.
    pub(super) walked: usize,
    scan: u64,
    /// Whether the rule holds at the path of this scan.
    pub(super) admitted: bool,
    /// The last secret that the rule found in this scan.
    pub(super) last: Option<Span>,
}

impl Scratch {
    /// One that stops searching when so many bytes were searched: for measuring a rule, never for looking for keys.
    pub(super) fn with_budget(bytes: u64) -> Self {
        Self { budget: Some(bytes), ..Self::default() }
    }

    /// What matches that lost to better ones cover beyond them, and what rules that are switched off matched, in the last
    /// text scanned: no finding, but perhaps the rest of a secret, so whoever shows the text hides it. Sorted.
    #[must_use]
    pub fn lost(&self) -> &[Span] {
        &self.lost
    }

    /// Where `skelkey:ignore` stands in the last text scanned, in order.
    pub(crate) fn markers(&self) -> &[usize] {
        &self.markers
    }

    pub(super) fn is_spent(&self) -> bool {
        self.budget.is_some_and(|budget| self.work.bytes >= budget)
    }

    /// All regex work so far.
    #[must_use]
    pub fn work(&self) -> Work {
        self.work
    }

    /// Makes ready for one text and the detector `owner` with so many rules.
    pub(super) fn begin(&mut self, owner: u64, rules: usize) {
        if self.owner != Some(owner) {
            self.owner = Some(owner);
            self.slots.clear();
            self.slots.resize_with(rules, || None);
            self.refused.clear();
            self.refused.resize(rules, 0);
        }
        self.scan += 1;
        self.candidates.clear();
        self.rejected.clear();
        self.markers.clear();
    }

    /// Whether it is known that the rule does not hold at the path of this scan.
    pub(super) fn refuses(&self, rule: usize) -> bool {
        self.refused[rule] == self.scan
    }

    /// The slot of a rule, made ready for this scan when it is first asked for (then `admits` is asked, once per scan),
    /// and the counter of work.
    pub(super) fn slot(&mut self, rule: usize, admits: impl FnOnce() -> bool) -> (&mut Slot, &mut Work) {
        let slot = self.slots[rule].get_or_insert_default();
        if slot.scan != self.scan {
            (slot.scan, slot.admitted, slot.last) = (self.scan, admits(), None);
            if !slot.admitted {
                self.refused[rule] = self.scan;
            }
        }
        (slot, &mut self.work)
    }
}

impl Slot {
    /// The room that a search of this rule's regex needs.
    pub(super) fn room(&mut self, regex: &Regex) -> &mut (Cache, Captures) {
        self.room.get_or_insert_with(|| (regex.create_cache(), regex.create_captures()))
    }
}

impl Work {
    pub(super) fn count(&mut self, bytes: usize) {
        self.searches += 1;
        self.bytes += bytes as u64;
    }
}
