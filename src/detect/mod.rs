//! Prefilter, confirm, filters: blob → matches.

mod anchors;
mod candidate;
mod check;
mod compiled;
mod context;
mod credential;
mod detector;
mod encoded;
mod entropy;
mod explain;
#[cfg(feature = "git")]
mod look;
mod placeholder;
mod program;
mod scratch;
mod settle;
mod stats;

pub use self::check::{check_rules, check_rules_of};
pub use self::detector::Detector;
pub use self::explain::{Attempt, End, nearest_miss};
#[cfg(feature = "git")]
pub use self::look::FirstLook;
pub use self::scratch::{Scratch, Work};
pub use self::stats::AnchorCounts;
use crate::issuer::Issuer;
use crate::location::Span;
use crate::secret::Secret;
use crate::severity::Confidence;

/// One key in one blob. Spans are bytes of the blob.
#[derive(Debug)]
pub struct Match {
    /// Index into [`crate::rules::RuleSet::rules`].
    pub rule: usize,
    /// The secret.
    pub span: Span,
    /// Its bytes.
    pub secret: Secret,
    /// How sure it is, after its checksum.
    pub confidence: Confidence,
    /// Whether its own text proves it (checksum or structure); `None` when the rule has no check.
    pub proved: Option<bool>,
    /// The variable or field that it is assigned to.
    pub variable: Option<String>,
    /// The host that the match itself names (lower case).
    pub host: Option<String>,
    /// The issuer, after looking at the words near it.
    pub issuer: Issuer,
    /// Whether the issuer was told by words near it (`Some(true)`), or the rule needs such words and none were
    /// there (`Some(false)`); `None` when the format alone proves it.
    pub issuer_in_context: Option<bool>,
    /// Whether a server stands near it that nothing says is the issuer's. `issuer_in_context` is then not `Some(true)`.
    pub foreign_server: bool,
}
