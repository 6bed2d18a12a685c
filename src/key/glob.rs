//! Package globs with each issuer's own semantics; never a generic glob library's.

use crate::issuer::Issuer;

/// Whether `pattern` is all subjects in the issuer's syntax.
#[must_use]
pub fn is_everything(_issuer: &Issuer, pattern: &str) -> bool {
    !pattern.is_empty() && pattern.bytes().all(|b| b == b'*')
}

/// Whether `pattern` stands for more than the one name that it spells.
#[must_use]
pub fn is_pattern(issuer: &Issuer, pattern: &str) -> bool {
    if stars_anywhere(issuer) { pattern.contains('*') } else { pattern.ends_with('*') }
}

/// What every name that matches `pattern` begins with.
#[must_use]
pub fn literal_prefix<'a>(_issuer: &Issuer, pattern: &'a str) -> &'a str {
    pattern.split('*').next().unwrap_or(pattern)
}

/// Whether `id` is one of the names that `pattern` stands for.
#[must_use]
pub fn matches(issuer: &Issuer, pattern: &str, id: &str) -> bool {
    if stars_anywhere(issuer) {
        return stars(&pattern.to_lowercase(), &id.to_lowercase());
    }
    match pattern.strip_suffix('*') {
        Some(prefix) => id.starts_with(prefix),
        None => id == pattern,
    }
}

/// NuGetGallery turns every `*` into `.*`, ignoring case (`ScopeExtensions.cs`); crates.io takes a trailing one only.
fn stars_anywhere(issuer: &Issuer) -> bool {
    [Issuer::NUGET, Issuer::POWERSHELL_GALLERY].contains(issuer)
}

fn stars(pattern: &str, id: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == id };
    let Some(mut left) = id.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some(at) = left.find(part) else { return false };
        left = &left[at + part.len()..];
    }
    left.ends_with(last)
}
