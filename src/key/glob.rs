//! Package globs with each issuer's own semantics; never a generic glob library's.

use crate::issuer::Issuer;

/// Whether `pattern` is all subjects in the issuer's syntax.
#[must_use]
pub fn is_everything(_issuer: &Issuer, pattern: &str) -> bool {
    !pattern.is_empty() && pattern.bytes().all(|b| b == b'*')
}
