//! Keys in base64: a value of a Kubernetes manifest, what somebody hid from a hook. The prefilter knows what base64 begins
//! with if it holds a rule's key (`anchors/tables/encoded`); there the run is decoded, no further than the rule's window
//! reaches, and the rule is asked about what comes out. The key's place is that of the characters that hold it.

use super::compiled::Groups;
use super::detector::{Detector, Judged, judge};
use super::scratch::Scratch;
use crate::decode::Base64;
use crate::location::Span;
use crate::rules::Rule;

/// What a rule's pattern matches in decoded base64.
pub(super) struct Encoded {
    /// Where the base64 begins.
    pub(super) from: usize,
    run: Base64,
    /// Spans of the decoded bytes.
    pub(super) groups: Groups,
}

/// Whether the prefilter saw base64 of an anchor at `at`, not the anchor itself.
pub(super) fn is_encoded(rule: &Rule, text: &[u8], at: Span) -> bool {
    let here = &text[at.start..at.end];
    rule.may_be_encoded() && rule.anchors.iter().all(|anchor| anchor.as_bytes() != here)
}

/// The base64 that begins at `from`, as far as the rule looks.
pub(super) fn decode(rule: &Rule, text: &[u8], from: usize) -> Option<Base64> {
    Base64::at(text, from, rule.reach())
}

impl Detector {
    /// The match of a rule's pattern in base64 that begins like one.
    pub(super) fn search_encoded(&self, text: &[u8], index: usize, at: Span, scratch: &mut Scratch) -> Option<Encoded> {
        let rule = &*self.rules().rules[index];
        let run = decode(rule, text, at.start)?;
        let anchor = rule.anchors.iter().find(|anchor| run.bytes().starts_with(anchor.as_bytes()))?;
        let groups = self.search(run.bytes(), index, Span::new(0, anchor.len()), scratch)?;
        Some(Encoded { from: at.start, run, groups })
    }
}

impl Encoded {
    /// What is decoded.
    pub(super) fn text(&self) -> &[u8] {
        self.run.bytes()
    }

    /// What the rule makes of it.
    pub(super) fn judge(&self, rule: &Rule) -> Judged {
        judge(rule, self.text(), self.groups.secret, self.groups.core.unwrap_or(self.groups.secret))
    }

    /// The characters that hold the key.
    pub(super) fn span(&self) -> Span {
        self.run.characters(self.groups.secret)
    }
}
