//! The rows of [`crate::hygiene`]'s table of verdicts, by id.

pub(super) use crate::hygiene::{VERDICTS, VerdictInfo};

/// The table's row for an id.
pub(super) fn info(id: &str) -> Option<&'static VerdictInfo> {
    VERDICTS.iter().find(|info| info.id.0 == id)
}
