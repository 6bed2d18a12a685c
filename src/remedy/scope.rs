//! The narrowest scope that covers what a repository publishes.

use crate::issuer::Issuer;
use crate::key::glob;

/// Up to so many ids a plain list is narrower than any pattern and short enough to type.
const A_FEW: usize = 5;
/// A shorter literal beginning would itself be found too loose (SK2004).
const PREFIX_AT_LEAST: usize = 4;

/// The scope to give to a new key: a comma-separated list of `published`, or, for many of them and where the issuer
/// knows patterns, the one pattern that covers them all and nothing else in `known` (all package ids that the owner
/// is known to have). Empty when nothing is published.
#[must_use]
pub fn suggested_scope(issuer: &Issuer, published: &[String], known: &[String]) -> String {
    let mut ids: Vec<&str> = published.iter().map(String::as_str).collect();
    ids.sort_unstable();
    ids.dedup();
    let pattern = (ids.len() > A_FEW).then(|| pattern(issuer, &ids, known)).flatten();
    pattern.unwrap_or_else(|| ids.join(", "))
}

/// Patterns end at a boundary: `Contoso.*`, never `Contoso*`.
fn pattern(issuer: &Issuer, ids: &[&str], known: &[String]) -> Option<String> {
    let boundaries = boundaries(issuer)?;
    let common = common_prefix(ids);
    let prefix = &common[..=common.rfind(boundaries)?];
    let pattern = format!("{prefix}*");
    let is_published = |id: &&String| ids.iter().any(|own| own.eq_ignore_ascii_case(id));
    let covers_more = known.iter().filter(|id| !is_published(id)).any(|id| glob::matches(issuer, &pattern, id));
    let covers_all = ids.iter().all(|id| glob::matches(issuer, &pattern, id));
    (prefix.len() > PREFIX_AT_LEAST && covers_all && !covers_more).then_some(pattern)
}

/// Where names of an issuer that knows patterns are divided: NuGet's at dots, those of crates.io at dashes.
fn boundaries(issuer: &Issuer) -> Option<&'static [char]> {
    if [Issuer::NUGET, Issuer::POWERSHELL_GALLERY].contains(issuer) {
        return Some(&['.']);
    }
    (*issuer == Issuer::CRATES_IO).then_some(&['-', '_'])
}

fn common_prefix<'a>(ids: &[&'a str]) -> &'a str {
    let Some((first, rest)) = ids.split_first() else { return "" };
    let shared = |id: &&str| first.chars().zip(id.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let length = rest.iter().map(shared).min().unwrap_or(first.len());
    &first[..length]
}
