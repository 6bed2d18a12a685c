//! A match before it is settled which of those that overlap stays.

use crate::location::Span;
use crate::rules::Kind;
use crate::severity::Confidence;

/// A confirmed match: spans only, so that one that loses never copies a key.
#[derive(Debug)]
pub(super) struct Candidate {
    /// Index of the rule.
    pub(super) rule: usize,
    pub(super) kind: Kind,
    /// Whether it is no secret, but a half of one.
    pub(super) part_only: bool,
    /// The secret.
    pub(super) span: Span,
    /// The variable that it is assigned to.
    pub(super) name: Option<Span>,
    pub(super) host: Option<Span>,
    pub(super) confidence: Confidence,
    pub(super) proved: Option<bool>,
    /// For a key in base64: where that begins, and where the key stands in what it decodes to, in which `name` and `host`
    /// are too.
    pub(super) encoded: Option<(usize, Span)>,
}
