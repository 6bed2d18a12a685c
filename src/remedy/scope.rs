//! The narrowest scope that covers what a repository publishes.

use crate::issuer::Issuer;
use crate::key::glob::{Suggestion, narrowest};

/// Up to so many ids a plain list is narrower than any pattern and short enough to type.
const A_FEW: usize = 5;

/// The scope to give to a new key: a comma-separated list of `published`, or, for many of them and where the issuer
/// knows patterns, the one pattern that covers them all and nothing else in `known` (all package ids that the owner
/// is known to have). Empty when nothing is published.
#[must_use]
pub fn suggested_scope(issuer: &Issuer, published: &[String], known: &[String]) -> String {
    let mut ids = published.to_vec();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() <= A_FEW {
        return ids.join(", ");
    }
    match narrowest(issuer, &ids, known) {
        Suggestion::Pattern(pattern) => pattern,
        Suggestion::Listed(ids) => ids.join(", "),
    }
}
