//! The verdicts, each with a stable id: `SK1xxx` leak, `SK2xxx` hygiene, `SK3xxx` coverage.

use serde::Serialize;

use crate::severity::Severity;

/// A stable id such as `SK2001`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct VerdictId(pub &'static str);

/// One thing that is wrong with one key.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// Which.
    pub id: VerdictId,
    /// How bad it is by itself.
    pub severity: Severity,
    /// What is wrong with this key, in a sentence.
    pub message: String,
}
