//! Of all matches that overlap, one stays.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::candidate::Candidate;
use crate::location::Span;
use crate::rules::Kind;
use crate::severity::Confidence;

/// Removes what a better candidate overlaps, and contextual and generic candidates that overlap a `rejected` span: a
/// value that its own text disproves does not come back through a weaker rule. Sorts the rest by span.
///
/// A weaker candidate of the same span may first raise a better one. Better is: a secret over what is only a half of one, the structured over the contextual over the generic rule, then confidence, then the longer secret, then
/// the one whose name was read too, then the order of rules, then the earlier place. The best of all stays, then the best of those that it does not
/// overlap, and so on. `lost` becomes what the losers cover beyond the winners: it may hold the rest of a secret, and
/// whoever shows the text must hide it.
pub(super) fn settle(candidates: &mut Vec<Candidate>, rejected: &[Span], lost: &mut Vec<Span>) {
    lost.clear();
    let mut disproved = Disjoint::default();
    for &span in rejected {
        disproved.merge(span);
    }
    candidates.retain(|candidate| candidate.kind == Kind::Structured || disproved.is_free(candidate.span));
    raise(candidates);
    candidates.sort_unstable_by_key(|candidate| {
        let length = candidate.span.len();
        let rank = (candidate.kind, candidate.confidence, length, candidate.name.is_some());
        (candidate.part_only, Reverse(rank), candidate.rule, candidate.span)
    });
    let mut taken = Disjoint::default();
    candidates.retain(|candidate| {
        let free = taken.is_free(candidate.span);
        if free {
            taken.merge(candidate.span);
        } else {
            lost.push(candidate.span);
        }
        free
    });
    candidates.sort_unstable_by_key(|candidate| candidate.span);
    let mut uncovered = Disjoint::default();
    lost.iter().flat_map(|&span| beyond(span, candidates)).for_each(|span| uncovered.merge(span));
    lost.clear();
    lost.extend(uncovered.0.iter().map(|(&start, &end)| Span::new(start, end)));
}

/// The parts of `span` that no winner covers. `winners` are sorted and do not overlap.
fn beyond(span: Span, winners: &[Candidate]) -> Vec<Span> {
    let mut parts = Vec::new();
    let mut from = span.start;
    let first = winners.partition_point(|winner| winner.span.end <= span.start);
    for winner in winners[first..].iter().map(|winner| winner.span).take_while(|winner| winner.start < span.end) {
        if from < winner.start {
            parts.push(Span::new(from, winner.start));
        }
        from = from.max(winner.end);
    }
    if from < span.end {
        parts.push(Span::new(from, span.end));
    }
    parts
}

/// Raises candidates by what a weaker rule says of the same span, so that knowing more of a value never hides it: one that
/// its unproved checksum lowered by a contextual one, since a place that holds nothing but keys speaks for it all the same;
/// one without a checksum also by a generic one, which judged the value by its name and its look.
fn raise(candidates: &mut [Candidate]) {
    let mut told: BTreeMap<(Span, bool), Confidence> = BTreeMap::new();
    for weaker in candidates.iter().filter(|candidate| candidate.kind != Kind::Structured) {
        let highest = told.entry((weaker.span, weaker.kind == Kind::Generic)).or_insert(weaker.confidence);
        *highest = weaker.confidence.max(*highest);
    }
    for candidate in candidates.iter_mut().filter(|candidate| !candidate.part_only && candidate.kind != Kind::Generic) {
        let by_place = candidate.kind == Kind::Structured && candidate.proved == Some(false);
        let by_reading = candidate.proved.is_none();
        for (holds, generic) in [(by_place, false), (by_reading, true)] {
            if let Some(&confidence) = told.get(&(candidate.span, generic)).filter(|_| holds) {
                candidate.confidence = candidate.confidence.max(confidence);
            }
        }
    }
}

/// Spans that do not overlap each other: start → end.
#[derive(Default)]
struct Disjoint(BTreeMap<usize, usize>);

impl Disjoint {
    fn is_free(&self, span: Span) -> bool {
        self.last_before(span.end).is_none_or(|last| !last.overlaps(span))
    }

    /// Adds the span; those that it overlaps become one with it.
    fn merge(&mut self, mut span: Span) {
        while let Some(last) = self.last_before(span.end).filter(|last| last.overlaps(span)) {
            self.0.remove(&last.start);
            span = Span::new(span.start.min(last.start), span.end.max(last.end));
        }
        self.0.insert(span.start, span.end);
    }

    fn last_before(&self, end: usize) -> Option<Span> {
        self.0.range(..end).next_back().map(|(&start, &end)| Span::new(start, end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(rule: usize, kind: Kind, start: usize, end: usize) -> Candidate {
        let confidence = Confidence::Medium;
        Candidate {
            rule,
            kind,
            part_only: false,
            span: Span::new(start, end),
            name: None,
            host: None,
            confidence,
            proved: None,
            encoded: None,
        }
    }

    fn settled(mut candidates: Vec<Candidate>, rejected: &[Span]) -> Vec<(usize, usize)> {
        settle(&mut candidates, rejected, &mut Vec::new());
        candidates.iter().map(|candidate| (candidate.rule, candidate.span.start)).collect()
    }

    #[test]
    fn structure_wins_over_length_and_length_over_order() {
        let all = vec![
            candidate(0, Kind::Generic, 0, 50),
            candidate(1, Kind::Structured, 10, 20),
            candidate(2, Kind::Contextual, 15, 40),
            candidate(3, Kind::Contextual, 60, 70),
            candidate(4, Kind::Contextual, 60, 80),
        ];
        assert_eq!(settled(all, &[]), [(1, 10), (4, 60)]);
    }

    #[test]
    fn what_a_loser_covers_beyond_the_winners_is_told() {
        let mut all = vec![candidate(0, Kind::Contextual, 0, 50), candidate(1, Kind::Structured, 10, 20)];
        let mut lost = Vec::new();
        settle(&mut all, &[], &mut lost);
        assert_eq!(lost, [Span::new(0, 10), Span::new(20, 50)]);
    }

    #[test]
    fn what_only_a_loser_overlaps_stays() {
        let all = vec![
            candidate(0, Kind::Structured, 0, 10),
            candidate(1, Kind::Contextual, 5, 25),
            candidate(2, Kind::Generic, 20, 30),
        ];
        assert_eq!(settled(all, &[]), [(0, 0), (2, 20)]);
    }

    #[test]
    fn a_lowered_candidate_takes_the_confidence_of_a_contextual_one_of_its_span() {
        let lowered =
            Candidate { proved: Some(false), confidence: Confidence::Low, ..candidate(0, Kind::Structured, 0, 10) };
        for (kind, end, confidence) in [
            (Kind::Contextual, 10, Confidence::Medium),
            (Kind::Contextual, 11, Confidence::Low),
            (Kind::Generic, 10, Confidence::Low),
        ] {
            let mut all = vec![Candidate { ..lowered }, candidate(1, kind, 0, end)];
            settle(&mut all, &[], &mut Vec::new());
            assert_eq!((all.len(), all[0].confidence), (1, confidence), "{kind:?}");
        }
    }

    #[test]
    fn a_reading_raises_what_has_no_checksum_and_not_what_fails_one() {
        for (proved, raised) in [(None, Confidence::Medium), (Some(false), Confidence::Low)] {
            let low = Candidate { confidence: Confidence::Low, proved, ..candidate(0, Kind::Structured, 0, 10) };
            let read = Candidate { confidence: Confidence::Medium, ..candidate(1, Kind::Generic, 0, 10) };
            let mut all = vec![low, read];
            settle(&mut all, &[], &mut Vec::new());
            assert_eq!((all.len(), all[0].rule, all[0].confidence), (1, 0, raised));
        }
    }

    #[test]
    fn a_disproved_value_comes_back_through_no_weaker_rule() {
        let all = vec![candidate(0, Kind::Structured, 0, 10), candidate(1, Kind::Generic, 20, 30)];
        assert_eq!(settled(all, &[Span::new(2, 4), Span::new(3, 25)]), [(0, 0)]);
    }
}
