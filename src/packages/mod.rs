//! Which package ids a repository publishes: read from the project files that the scan passes anyway.

use crate::issuer::Issuer;

/// Package ids that one project file publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publishes {
    /// Whose ids they are.
    pub issuer: Issuer,
    /// The ids, as written.
    pub ids: Vec<String>,
}
