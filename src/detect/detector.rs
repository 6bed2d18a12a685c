//! One pass for all anchors, then a lazily compiled regex on a bounded window, then what the rule knows.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};

use super::anchors::{Anchors, OF_MARKER};
use super::candidate::Candidate;
use super::compiled::{Compiled, Groups};
use super::context::issuer;
use super::credential;
use super::encoded::{self, Encoded};
use super::entropy::shannon;
use super::placeholder::{is_filler, is_placeholder, is_reference};
use super::settle::settle;
use super::{Match, Scratch};
use crate::format::OnMismatch;
use crate::location::Span;
use crate::rules::{Kind, Rule, RuleSet};
use crate::secret::Secret;
use crate::severity::Confidence;
#[cfg(feature = "git")]
use crate::source::Place;

/// All rules, ready to scan. Shared between threads.
pub struct Detector {
    /// Tells a [`Scratch`] whether its slots are for these rules.
    id: u64,
    rules: Arc<RuleSet>,
    anchors: Arc<Anchors>,
    compiled: Arc<[OnceLock<Box<Compiled>>]>,
    /// Whether rules hold at every path, whatever their conditions.
    anywhere: bool,
}

impl Detector {
    /// Makes ready to scan. The prefilter of the built-in rules is a constant; that of any others is built here. No rule
    /// is read and no regex compiled before its anchor is seen.
    ///
    /// # Errors
    /// An automaton that cannot be built.
    pub fn new(rules: Arc<RuleSet>) -> Result<Self, String> {
        let anchors = Anchors::new(&rules);
        Ok(Self::with(rules, anchors))
    }

    /// The same with the kernel that every processor has: to be compared with the fastest, which finds the same.
    ///
    /// # Errors
    /// As [`Detector::new`].
    pub fn portable(rules: Arc<RuleSet>) -> Result<Self, String> {
        let anchors = Anchors::portable(&rules);
        Ok(Self::with(rules, anchors))
    }

    fn with(rules: Arc<RuleSet>, anchors: Anchors) -> Self {
        let compiled = (0..rules.rules.len()).map(|_| OnceLock::new()).collect();
        Self { id: next_id(), rules, anchors: Arc::new(anchors), compiled, anywhere: false }
    }

    /// The same rules without their path conditions, for a first look at texts whose path is not known yet.
    #[must_use]
    pub fn anywhere(&self) -> Self {
        let (rules, anchors) = (Arc::clone(&self.rules), Arc::clone(&self.anchors));
        Self { id: next_id(), rules, anchors, compiled: Arc::clone(&self.compiled), anywhere: true }
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &Arc<RuleSet> {
        &self.rules
    }

    /// Every key in `text`, which stands at `path` (relative to its root), sorted by span: one match per span, the
    /// structured over the contextual over the generic, none that a proved checksum rejects.
    ///
    /// A match depends on no more of the text than [`RuleSet::overlap`] bytes to either side.
    pub fn scan(&self, text: &[u8], path: &str, scratch: &mut Scratch) -> Vec<Match> {
        self.begin(scratch);
        self.anchors.find(text, |rule, at| match rule {
            OF_MARKER => scratch.markers.push(at.start),
            _ => self.confirm(text, path, rule, at, scratch),
        });
        self.settled(text, scratch)
    }

    /// The same for a text of which a first look told all places at which a rule has to look.
    #[cfg(feature = "git")]
    pub fn scan_places(&self, text: &[u8], path: &str, places: &[Place], scratch: &mut Scratch) -> Vec<Match> {
        self.begin(scratch);
        for place in places {
            self.confirm(text, path, place.rule as usize, place.anchor(), scratch);
        }
        self.settled(text, scratch)
    }

    /// Of everything that was noted in this text, what stays.
    fn settled(&self, text: &[u8], scratch: &mut Scratch) -> Vec<Match> {
        settle(&mut scratch.candidates, &scratch.rejected, &mut scratch.lost);
        let off = &self.rules.off;
        let Scratch { candidates, lost, .. } = scratch;
        lost.extend(
            candidates.iter().filter(|candidate| off.contains(&candidate.rule)).map(|candidate| candidate.span),
        );
        lost.sort_unstable();
        candidates.retain(|candidate| !off.contains(&candidate.rule));
        candidates.iter().map(|candidate| self.describe(text, candidate)).collect()
    }

    /// Bytes of the longest anchor.
    #[cfg(feature = "git")]
    pub(super) fn longest_anchor(&self) -> usize {
        self.anchors.longest()
    }

    /// Makes ready for a text.
    pub(super) fn begin(&self, scratch: &mut Scratch) {
        scratch.begin(self.id, self.rules.rules.len());
    }

    /// Calls `found` with every rule and the place of one of its anchors.
    pub(super) fn each_anchor(&self, text: &[u8], mut found: impl FnMut(usize, Span)) {
        self.anchors.find(text, |rule, at| {
            if rule != OF_MARKER {
                found(rule, at);
            }
        });
    }

    pub(super) fn compiled(&self, rule: usize) -> &Compiled {
        let compile = || {
            Compiled::new(&self.rules.rules[rule]).map(Box::new).expect("a rule set holds only patterns that compile")
        };
        self.compiled[rule].get_or_init(compile)
    }

    /// Looks for the rule's match around one anchor, and notes it if it passes all filters.
    fn confirm(&self, text: &[u8], path: &str, index: usize, at: Span, scratch: &mut Scratch) {
        if scratch.refuses(index) || scratch.is_spent() {
            return;
        }
        let rule = &*self.rules.rules[index];
        let (slot, work) = scratch.slot(index, || self.anywhere || rule.paths.admits(path));
        // An anchor inside a key that is found already tells nothing new; without this a key full of anchors would
        // cost one search for each.
        if !slot.admitted || slot.last.is_some_and(|last| last.contains(at)) {
            return;
        }
        if let Some(reading) = rule.reading {
            work.count(rule.window().min(text.len()));
            let mut last = slot.last;
            credential::search(reading, text, path, at, |found| {
                if last.replace(found.value) != Some(found.value) {
                    self.note(index, text, &found, scratch);
                }
            });
            scratch.slot(index, || true).0.last = last;
            return;
        }
        if encoded::is_encoded(rule, text, at) {
            if let Some(found) = self.search_encoded(text, index, at, scratch) {
                self.note_encoded(index, &found, scratch);
            }
            return;
        }
        let Some(groups) = self.compiled(index).search(rule, text, at, slot, work) else { return };
        if slot.last == Some(groups.secret) {
            return;
        }
        match judge(rule, text, groups.secret, groups.core.unwrap_or(groups.secret)) {
            Judged::Key { confidence, proved } => {
                slot.last = Some(groups.secret);
                scratch.candidates.push(candidate(index, rule, &groups, confidence, proved));
            }
            Judged::Disproved => scratch.rejected.push(groups.secret),
            Judged::NoKey => {}
        }
    }

    /// The match of a rule's pattern around one anchor.
    pub(super) fn search(&self, text: &[u8], index: usize, at: Span, scratch: &mut Scratch) -> Option<Groups> {
        let (slot, work) = scratch.slot(index, || true);
        self.compiled(index).search(&self.rules.rules[index], text, at, slot, work)
    }

    /// Whether the rule may take anything around one anchor for a key, as far as the next few bytes tell.
    #[cfg(feature = "git")]
    pub(super) fn may_lead(&self, text: &[u8], index: usize, at: Span) -> bool {
        self.rules.rules[index].reading.is_none_or(|reading| credential::near::may_lead(reading, text, at))
    }

    /// Whether the rule takes anything around one anchor for a key, at least so surely, whatever the path. A part of a key
    /// is none.
    #[cfg(feature = "git")]
    pub(super) fn leads(&self, text: &[u8], index: usize, at: Span, least: Confidence, scratch: &mut Scratch) -> bool {
        let rule = &*self.rules.rules[index];
        if rule.part_only || self.rules.off.contains(&index) {
            return false;
        }
        if let Some(reading) = rule.reading {
            let mut leads = false;
            for path in credential::SUREST_PATHS {
                credential::search(reading, text, path, at, |found| {
                    leads = leads || found.confidence.min(rule.confidence) >= least;
                });
            }
            return leads;
        }
        if encoded::is_encoded(rule, text, at) {
            let found = self.search_encoded(text, index, at, scratch);
            return found.is_some_and(
                |found| matches!(found.judge(rule), Judged::Key { confidence, .. } if confidence >= least),
            );
        }
        let found = self.search(text, index, at, scratch);
        let judged = |groups: Groups| judge(rule, text, groups.secret, groups.core.unwrap_or(groups.secret));
        found.is_some_and(|groups| matches!(judged(groups), Judged::Key { confidence, .. } if confidence >= least))
    }

    /// Notes what was read without a pattern, unless documentation shows it as a sample.
    fn note(&self, index: usize, text: &[u8], found: &credential::Credential, scratch: &mut Scratch) {
        let rule = &*self.rules.rules[index];
        if is_sample(rule, &text[found.value.start..found.value.end]) {
            return scratch.rejected.push(found.value);
        }
        let groups = Groups { secret: found.value, name: found.name, host: found.host, core: None };
        let confidence = found.confidence.min(rule.confidence);
        scratch.candidates.push(candidate(index, rule, &groups, confidence, None));
    }

    /// Notes a key in base64, or that it is none.
    fn note_encoded(&self, index: usize, found: &Encoded, scratch: &mut Scratch) {
        let (rule, span) = (&*self.rules.rules[index], found.span());
        match found.judge(rule) {
            Judged::Key { confidence, proved } => {
                scratch.slot(index, || true).0.last = Some(span);
                let inner = candidate(index, rule, &found.groups, confidence, proved);
                let encoded = Some((found.from, inner.span));
                scratch.candidates.push(Candidate { span, encoded, ..inner });
            }
            Judged::Disproved => scratch.rejected.push(span),
            Judged::NoKey => {}
        }
    }

    fn describe(&self, text: &[u8], candidate: &Candidate) -> Match {
        let rule = &self.rules.rules[candidate.rule];
        let told = issuer(rule, text, candidate.span);
        let decoded = candidate.encoded.and_then(|(from, key)| Some((encoded::decode(rule, text, from)?, key)));
        let (text, key) = decoded.as_ref().map_or((text, candidate.span), |(run, key)| (run.bytes(), *key));
        let string = |span: Span| String::from_utf8_lossy(&text[span.start..span.end]).into_owned();
        Match {
            rule: candidate.rule,
            span: candidate.span,
            secret: Secret::new(&text[key.start..key.end]),
            confidence: candidate.confidence,
            proved: candidate.proved,
            variable: candidate.name.map(string),
            host: candidate.host.map(|host| string(host).to_ascii_lowercase()),
            issuer: told.issuer,
            issuer_in_context: told.in_context,
            foreign_server: told.foreign_server,
        }
    }
}

/// Tells detectors apart.
fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn candidate(index: usize, rule: &Rule, groups: &Groups, confidence: Confidence, proved: Option<bool>) -> Candidate {
    let Groups { secret, name, host, .. } = *groups;
    Candidate {
        rule: index,
        kind: rule.kind,
        part_only: rule.part_only,
        span: secret,
        name,
        host,
        confidence,
        proved,
        encoded: None,
    }
}

/// What a rule makes of a value that has its form.
pub(super) enum Judged {
    Key {
        confidence: Confidence,
        proved: Option<bool>,
    },
    /// Known not to be a key: no other rule may take it for one either.
    Disproved,
    /// Not taken for a key by this rule.
    NoKey,
}

/// `core` is the part of the secret at `span` that must not be written by hand.
pub(super) fn judge(rule: &Rule, text: &[u8], span: Span, core: Span) -> Judged {
    let secret = &text[span.start..span.end];
    if is_sample(rule, secret) {
        return Judged::Disproved;
    }
    let proved = rule.check.map(|check| (check.verify)(secret));
    let confidence = match (rule.check.map(|check| check.on_mismatch), proved) {
        (Some(OnMismatch::Exclude), Some(false)) => return Judged::NoKey,
        (Some(OnMismatch::Exclude), _) => rule.confidence,
        (_, Some(true)) => return Judged::Key { confidence: Confidence::High, proved },
        (Some(OnMismatch::Drop), _) => return Judged::Disproved,
        (Some(OnMismatch::Lower), _) => Confidence::Low,
        (Some(OnMismatch::Keep) | None, _) => rule.confidence,
    };
    let proved = proved.filter(|_| !excludes(rule));
    if looks_like_no_key(rule, text, core) { Judged::NoKey } else { Judged::Key { confidence, proved } }
}

/// Whether the rule's check tells what is no leak, and proves nothing.
fn excludes(rule: &Rule) -> bool {
    rule.check.is_some_and(|check| check.on_mismatch == OnMismatch::Exclude)
}

pub(super) fn is_sample(rule: &Rule, secret: &[u8]) -> bool {
    !rule.samples.is_empty() && rule.samples.contains(&Sha256::digest(secret).into())
}

fn looks_like_no_key(rule: &Rule, text: &[u8], span: Span) -> bool {
    let secret = &text[span.start..span.end];
    let by_form = match rule.kind {
        Kind::Structured => is_filler(secret.strip_prefix(rule.public_prefix.as_bytes()).unwrap_or(secret)),
        Kind::Contextual | Kind::Generic => is_reference(text, span) || is_placeholder(secret),
    };
    by_form || shannon(secret) < rule.min_entropy
}
