//! What the rules make of one line: which anchors stand there, what was tried, and what decided, without any of the text.

use super::detector::{Detector, Judged, judge};
use super::entropy::shannon;
use super::placeholder::{is_filler, is_placeholder, is_reference};
use super::scratch::Scratch;
use super::{Match, credential, encoded};
use crate::format::OnMismatch;
use crate::location::Span;
use crate::rules::{Kind, Rule};
use crate::severity::Confidence;

/// What one rule made of one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// Index into [`crate::rules::RuleSet::rules`].
    pub rule: usize,
    /// Where the anchor stands that made it look.
    pub anchor: Span,
    /// Where the value stands, if one was read.
    pub value: Option<Span>,
    /// How it ended.
    pub end: End,
    /// What was found out on the way, in words, without any of the text. The last decided.
    pub steps: Vec<String>,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The rule does not hold at this path.
    Elsewhere,
    /// Nothing of the rule's form stands there.
    NoValue,
    /// A value was read and dropped.
    Dropped,
    /// A better match overlaps it: the index of its rule.
    Lost(usize),
    /// It is reported.
    Found(Confidence),
}

impl Attempt {
    /// How near it came to a match, among those that are none: more is nearer.
    fn nearness(&self) -> (bool, usize) {
        (self.end == End::Dropped, self.anchor.len())
    }
}

/// Of attempts that found nothing, the one that came nearest.
#[must_use]
pub fn nearest_miss(attempts: &[Attempt]) -> Option<&Attempt> {
    let missed = attempts.iter().filter(|attempt| matches!(attempt.end, End::NoValue | End::Dropped));
    missed.max_by_key(|attempt| attempt.nearness())
}

impl Detector {
    /// Everything that the rules tried on `line` (its bytes in `text`, which stands at `path`): each anchor that stands on
    /// it, and each value on it that an anchor elsewhere led to. In the order of rules and places.
    #[must_use]
    pub fn explain(&self, text: &[u8], path: &str, line: Span) -> Vec<Attempt> {
        let mut scratch = Scratch::default();
        let matches = self.scan(text, path, &mut scratch);
        self.begin(&mut scratch);
        let mut attempts = Vec::new();
        self.each_anchor(text, |index, at| {
            let rule = &*self.rules().rules[index];
            if at.start + rule.reach() >= line.start && at.start <= line.end + rule.left {
                attempts.extend(self.attempts(text, path, index, at, &mut scratch));
            }
        });
        attempts
            .retain(|attempt| attempt.anchor.overlaps(line) || attempt.value.is_some_and(|value| value.overlaps(line)));
        for attempt in &mut attempts {
            attempt.settle(&matches, self);
        }
        attempts.sort_by_key(|attempt| (attempt.rule, attempt.value, attempt.anchor));
        attempts.dedup_by(|next, first| {
            next.rule == first.rule && next.value == first.value && (next.value.is_some() || next.steps == first.steps)
        });
        attempts
    }

    fn attempts(&self, text: &[u8], path: &str, index: usize, at: Span, scratch: &mut Scratch) -> Vec<Attempt> {
        let rule = &*self.rules().rules[index];
        let attempt = |value, end, steps| Attempt { rule: index, anchor: at, value, end, steps };
        if !rule.paths.admits(path) {
            let step = "the rule holds at other paths alone".to_owned();
            return vec![attempt(None, End::Elsewhere, vec![step])];
        }
        if let Some(reading) = rule.reading {
            let traces = credential::trace(reading, text, path, at);
            return traces
                .into_iter()
                .map(|trace| {
                    let end = match (trace.value, trace.confidence) {
                        (None, _) => End::NoValue,
                        (Some(_), None) => End::Dropped,
                        (Some(_), Some(sure)) => End::Found(sure.min(rule.confidence)),
                    };
                    attempt(trace.value, end, trace.steps.into_iter().map(str::to_owned).collect())
                })
                .collect();
        }
        if encoded::is_encoded(rule, text, at) {
            let Some(found) = self.search_encoded(text, index, at, scratch) else {
                let step = "base64 that begins like a key and is none".to_owned();
                return vec![attempt(None, End::NoValue, vec![step])];
            };
            let (inner, core) = (found.text(), found.groups.core.unwrap_or(found.groups.secret));
            let steps = filters(rule, inner, found.groups.secret, core);
            return vec![attempt(Some(found.span()), end(&judge(rule, inner, found.groups.secret, core)), steps)];
        }
        let Some(groups) = self.search(text, index, at, scratch) else {
            let step = "nothing of the rule's form stands around the anchor".to_owned();
            return vec![attempt(None, End::NoValue, vec![step])];
        };
        let core = groups.core.unwrap_or(groups.secret);
        let end = end(&judge(rule, text, groups.secret, core));
        vec![attempt(Some(groups.secret), end, filters(rule, text, groups.secret, core))]
    }
}

impl Attempt {
    /// Says what became of it among the matches of the whole text.
    fn settle(&mut self, matches: &[Match], detector: &Detector) {
        let (End::Found(_), Some(value)) = (self.end, self.value) else { return };
        let own = matches.iter().find(|found| found.rule == self.rule && found.span == value);
        let Some(best) = own.or_else(|| matches.iter().find(|found| found.span.overlaps(value))) else {
            self.end = End::Dropped;
            return self.steps.push("what its own text disproves does not come back through a weaker rule".to_owned());
        };
        if best.rule == self.rule && best.span == value {
            self.end = End::Found(best.confidence);
        } else {
            self.end = End::Lost(best.rule);
            let winner = &detector.rules().rules[best.rule].id;
            self.steps.push(format!("a better match of `{winner}` overlaps it"));
        }
    }
}

fn end(judged: &Judged) -> End {
    match judged {
        Judged::Key { confidence, .. } => End::Found(*confidence),
        Judged::Disproved | Judged::NoKey => End::Dropped,
    }
}

/// What each filter says of a value that has the rule's form.
fn filters(rule: &Rule, text: &[u8], span: Span, core: Span) -> Vec<String> {
    let mut steps = Vec::new();
    let secret = &text[span.start..span.end];
    if super::detector::is_sample(rule, secret) {
        steps.push("known: documentation shows this very value".to_owned());
        return steps;
    }
    if let Some(check) = rule.check {
        let holds = (check.verify)(secret);
        let means = match (holds, check.on_mismatch) {
            (true, OnMismatch::Exclude) => "holds, and proves nothing",
            (true, _) => "holds, which proves it",
            (false, OnMismatch::Drop) => "fails: its issuer makes no such key, so it is dropped",
            (false, OnMismatch::Lower) => "fails, which lowers the confidence",
            (false, OnMismatch::Exclude) => "fails: it is something else",
            (false, OnMismatch::Keep) => "fails, which says nothing",
        };
        steps.push(format!("checksum `{}` {means}", check.name));
        if holds && check.on_mismatch != OnMismatch::Exclude || !holds && check.on_mismatch == OnMismatch::Drop {
            return steps;
        }
    }
    let body = &text[core.start..core.end];
    let by_form = match rule.kind {
        Kind::Structured => is_filler(body.strip_prefix(rule.public_prefix.as_bytes()).unwrap_or(body)),
        Kind::Contextual | Kind::Generic => is_placeholder(body),
    };
    if rule.kind != Kind::Structured && is_reference(text, core) {
        steps.push("dropped: it refers to another place that holds the secret".to_owned());
    } else if by_form {
        steps.push("dropped: it is a placeholder or filler".to_owned());
    } else if shannon(body) < rule.min_entropy {
        steps.push(format!("dropped: {:.1} bits per byte, {:.1} at least", shannon(body), rule.min_entropy));
    } else {
        steps.push("it has the rule's form, and no filter drops it".to_owned());
    }
    steps
}
