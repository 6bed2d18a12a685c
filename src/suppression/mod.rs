//! Findings that somebody looked at and set aside: by a comment beside the key, by a baseline, or by the configuration.
//!
//! Nothing is set aside in silence: what was is counted in every report, and one whose day has passed counts again.

mod comment;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use self::comment::{MARKER, MARKER_REACH, Marker, begins_comment, holds_comment, markers};

/// What set a place aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// A comment on the line of the key.
    Comment,
    /// An entry of the baseline.
    Baseline,
    /// An `[[allow]]` of the configuration.
    Configuration,
}

/// Why and until when a place is set aside.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Suppression {
    /// What did it.
    pub by: By,
    /// In somebody's own words. Escape before showing.
    pub reason: Option<String>,
    /// Who answers for it. Escape before showing.
    pub owner: Option<String>,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// The path under which the baseline knows the place, where its file has moved since. Escape before showing.
    #[serde(default)]
    pub moved_from: Option<String>,
}
