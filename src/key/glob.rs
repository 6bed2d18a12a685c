//! Package globs with each issuer's own semantics; never a generic glob library's. All matching is linear.

use std::borrow::Cow;

use serde::Serialize;

use crate::issuer::Issuer;

/// How an issuer writes a set of subjects.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Syntax {
    /// `*` anywhere, letters without case, no other special sign, no boundary (NuGet/NuGetGallery
    /// `ScopeExtensions.cs`; its comment claims `?`, its code does not know it).
    StarAnywhere,
    /// A name, or what it begins with and one `*` at the end; exact in case, `-` and `_` (rust-lang/crates.io).
    TrailingStar,
    /// A name, `@scope/*`, or a scope's name alone (npm's access token pages).
    NpmScope,
    /// Names that are the same after PEP 503; no patterns.
    NormalisedNames,
    /// Names as in [`Self::NormalisedNames`], or an index `user/name` with all that is in it (devpi-tokens).
    IndexOrName,
    /// A resource with all that is below it, `/project/1/repository` (goharbor/harbor).
    Path,
    /// `*` anywhere, exact in case (Algolia's documentation of API keys, `indexes`; `user/*` is all that a user or an
    /// organisation of Hugging Face has).
    Stars,
    /// Names, letter by letter.
    Names,
}

fn syntax(issuer: &Issuer) -> Syntax {
    const TABLE: &[(Issuer, Syntax)] = &[
        (Issuer::NUGET, Syntax::StarAnywhere),
        (Issuer::POWERSHELL_GALLERY, Syntax::StarAnywhere),
        (Issuer::CRATES_IO, Syntax::TrailingStar),
        (Issuer::NPM, Syntax::NpmScope),
        (Issuer::PYPI, Syntax::NormalisedNames),
        (Issuer::TESTPYPI, Syntax::NormalisedNames),
        (Issuer::DEVPI, Syntax::IndexOrName),
        (Issuer::HARBOR, Syntax::Path),
        (Issuer::HUGGING_FACE, Syntax::Stars),
    ];
    if issuer.as_str() == "algolia" {
        return Syntax::Stars;
    }
    TABLE.iter().find(|(known, _)| known == issuer).map_or(Syntax::Names, |(_, syntax)| *syntax)
}

/// Whether `pattern` covers the package `id`.
#[must_use]
pub fn matches(issuer: &Issuer, pattern: &str, id: &str) -> bool {
    if is_everything(issuer, pattern) {
        return true;
    }
    match syntax(issuer) {
        Syntax::StarAnywhere => star_anywhere(&pattern.to_lowercase(), &id.to_lowercase()),
        Syntax::TrailingStar => match pattern.strip_suffix('*') {
            Some(prefix) => id.starts_with(prefix),
            None => id == pattern,
        },
        Syntax::NpmScope => match npm_scope(pattern) {
            Some(scope) => id.strip_prefix(scope).is_some_and(|rest| rest.starts_with('/')),
            None => id == pattern,
        },
        Syntax::NormalisedNames => normalised(pattern) == normalised(id),
        Syntax::IndexOrName if !pattern.contains('/') => normalised(pattern) == normalised(id),
        Syntax::IndexOrName | Syntax::Path => is_below(pattern, id),
        Syntax::Stars => star_anywhere(pattern, id),
        Syntax::Names => id == pattern,
    }
}

/// Whether `pattern` is all subjects in the issuer's syntax. `*` alone is, for every issuer: none has a package of
/// that name.
#[must_use]
pub fn is_everything(issuer: &Issuer, pattern: &str) -> bool {
    pattern == "*"
        || syntax(issuer) == Syntax::StarAnywhere && !pattern.is_empty() && pattern.bytes().all(|byte| byte == b'*')
}

/// Whether `pattern` may cover more than one subject, and with that what does not exist yet.
#[must_use]
pub fn is_pattern(issuer: &Issuer, pattern: &str) -> bool {
    is_everything(issuer, pattern)
        || match syntax(issuer) {
            Syntax::StarAnywhere | Syntax::Stars => pattern.contains('*'),
            Syntax::TrailingStar => pattern.ends_with('*'),
            Syntax::NpmScope => npm_scope(pattern).is_some(),
            Syntax::IndexOrName => pattern.contains('/'),
            Syntax::Path => pattern.ends_with("/repository"),
            Syntax::NormalisedNames | Syntax::Names => false,
        }
}

/// What `pattern` says before its first `*`.
#[must_use]
pub fn literal_prefix(pattern: &str) -> &str {
    pattern.split_once('*').map_or(pattern, |(prefix, _)| prefix)
}

/// What a key should be narrowed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Suggestion {
    /// One glob, which covers the wanted packages and no other known one.
    Pattern(String),
    /// The packages by name, sorted.
    Listed(Vec<String>),
}

/// A glob with fewer letters before its `*` than this opens too much to be suggested.
const LEAST_PREFIX: usize = 4;

/// The smallest glob of the issuer that covers `ids` and nothing else in `known`, else the list of the ids. One id is
/// named as it is, and a glob ends only where a part of a name ends, so that `Contoso.*` does not let `ContosoEvil` in.
#[must_use]
pub fn narrowest(issuer: &Issuer, ids: &[String], known: &[String]) -> Suggestion {
    let covers = |pattern: &str, id: &String| matches(issuer, pattern, id);
    let wanted = |id: &String| ids.iter().any(|wanted| same(issuer, wanted, id));
    let fits = |pattern: &String| {
        ids.iter().all(|id| covers(pattern, id)) && known.iter().all(|id| wanted(id) || !covers(pattern, id))
    };
    let mut list = ids.to_vec();
    list.sort_unstable();
    list.dedup_by(|a, b| same(issuer, a, b));
    match (&list[..], candidate(issuer, &list).filter(fits)) {
        ([_, _, ..], Some(pattern)) => Suggestion::Pattern(pattern),
        _ => Suggestion::Listed(list),
    }
}

/// The longest pattern that the issuer can write for what all ids begin with.
fn candidate(issuer: &Issuer, ids: &[String]) -> Option<String> {
    let ends: &[char] = match syntax(issuer) {
        Syntax::StarAnywhere => &['.'],
        Syntax::TrailingStar => &['-', '_'],
        Syntax::NpmScope => &['/'],
        _ => return None,
    };
    let common = ids.iter().skip(1).fold(ids.first()?.as_str(), |common, id| shared(issuer, common, id));
    let prefix = &common[..=common.rfind(ends)?];
    let scope = npm_scope(prefix.trim_end_matches('/')).is_some();
    (prefix.len() >= LEAST_PREFIX || scope).then(|| format!("{prefix}*"))
}

/// What both begin with, in the letters of the first.
fn shared<'a>(issuer: &Issuer, first: &'a str, second: &str) -> &'a str {
    let fold = syntax(issuer) == Syntax::StarAnywhere;
    let equal = |a: char, b: char| a == b || fold && a.to_lowercase().eq(b.to_lowercase());
    let mut others = second.chars();
    let end = first.char_indices().find(|(_, a)| !others.next().is_some_and(|b| equal(*a, b)));
    end.map_or(first, |(at, _)| &first[..at])
}

/// Whether two ids are one package.
fn same(issuer: &Issuer, a: &str, b: &str) -> bool {
    let fold = |id| -> Cow<'_, str> {
        match syntax(issuer) {
            Syntax::StarAnywhere => Cow::Owned(str::to_lowercase(id)),
            Syntax::NormalisedNames | Syntax::IndexOrName => Cow::Owned(normalised(id)),
            _ => Cow::Borrowed(id),
        }
    };
    fold(a) == fold(b)
}

/// A Python project's name as PEP 503 compares it: lower case, runs of `-`, `_` and `.` as one `-`.
pub(super) fn normalised(name: &str) -> String {
    let parts: Vec<String> = name.split(['-', '_', '.']).map(str::to_lowercase).collect();
    let last = parts.len().saturating_sub(1);
    let kept = parts.iter().enumerate().filter(|(at, part)| !part.is_empty() || *at == 0 || *at == last);
    kept.map(|(_, part)| part.as_str()).collect::<Vec<_>>().join("-")
}

/// The scope, with its `@`, of a pattern that is a whole scope.
fn npm_scope(pattern: &str) -> Option<&str> {
    let scope = pattern.strip_suffix("/*").unwrap_or(pattern);
    (scope.starts_with('@') && scope.len() > 1 && !scope.contains(['/', '*'])).then_some(scope)
}

fn is_below(parent: &str, id: &str) -> bool {
    let parent = parent.trim_end_matches('/');
    id.strip_prefix(parent).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Each piece between stars is taken where it first fits, which is enough: a later place leaves less behind it.
fn star_anywhere(pattern: &str, id: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return id == pattern };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    let Some(mut id) = id.strip_prefix(first).and_then(|id| id.strip_suffix(last)) else { return false };
    for piece in middle.split('*').filter(|piece| !piece.is_empty()) {
        match memchr::memmem::find(id.as_bytes(), piece.as_bytes()) {
            Some(at) => id = &id[at + piece.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn algolia_knows_stars_and_case() {
        let algolia = Issuer::new("algolia");
        assert!(matches(&algolia, "dev_*", "dev_brands") && !matches(&algolia, "dev_*", "DEV_brands"));
        assert!(is_pattern(&algolia, "*_dev") && !is_pattern(&algolia, "prod_brands"));
    }

    #[test]
    fn nuget_knows_one_sign_anywhere_and_no_case() {
        for (pattern, id, covered) in [
            ("*", "Anything", true),
            ("**", "Anything", true),
            ("contoso.*", "Contoso.Core", true),
            ("Contoso.*", "Contoso", false),
            ("Contoso*", "ContosoEvil", true),
            ("*.Core", "Contoso.core", true),
            ("A*B*C", "axxbyyc", true),
            ("A*B*C", "acb", false),
            ("aba*aba", "aba", false),
            ("A?C", "ABC", false),
            ("A?C", "A?C", true),
            ("A.C", "ABC", false),
            ("", "a", false),
        ] {
            for issuer in [Issuer::NUGET, Issuer::POWERSHELL_GALLERY] {
                assert_eq!(matches(&issuer, pattern, id), covered, "{pattern} {id}");
            }
        }
    }

    #[test]
    fn crates_io_knows_a_star_at_the_end_alone() {
        for (pattern, id, covered) in [
            ("serde*", "serde_json", true),
            ("serde-*", "serde_json", false),
            ("Serde*", "serde", false),
            ("serde", "serde", true),
            ("te*st", "teXst", false),
            ("*", "x", true),
        ] {
            assert_eq!(matches(&Issuer::CRATES_IO, pattern, id), covered, "{pattern} {id}");
        }
        assert!(!is_pattern(&Issuer::CRATES_IO, "te*st"));
        assert!(!is_everything(&Issuer::CRATES_IO, "**"));
    }

    #[test]
    fn npm_knows_scopes() {
        for (pattern, id, covered) in [
            ("*", "left-pad", true),
            ("@acme/*", "@acme/ui", true),
            ("@acme", "@acme/ui", true),
            ("@acme", "@acme-evil/ui", false),
            ("@acme/ui", "@acme/ui", true),
            ("@acme/ui", "@acme/ui2", false),
            ("left-*", "left-pad", false),
        ] {
            assert_eq!(matches(&Issuer::NPM, pattern, id), covered, "{pattern} {id}");
        }
        assert!(is_pattern(&Issuer::NPM, "@acme") && !is_pattern(&Issuer::NPM, "@acme/ui"));
    }

    #[test]
    fn pypi_compares_normalised_names() {
        assert!(matches(&Issuer::PYPI, "Foo.Bar", "foo-_bar"));
        assert!(!matches(&Issuer::PYPI, "foo*", "foobar"));
        assert!(!matches(&Issuer::PYPI, "foo", "foo-"));
        assert!(!is_pattern(&Issuer::TESTPYPI, "foo"));
    }

    #[test]
    fn the_rest_is_exact_or_a_path() {
        assert!(matches(&Issuer::RUBYGEMS, "rails", "rails") && !matches(&Issuer::RUBYGEMS, "rail*", "rails"));
        assert!(matches(&Issuer::HARBOR, "/project/1/repository", "/project/1/repository/x"));
        assert!(!matches(&Issuer::HARBOR, "/project/1/repository", "/project/1/repository2"));
        assert!(is_pattern(&Issuer::DEVPI, "root/dev") && matches(&Issuer::DEVPI, "root/dev", "root/dev/foo"));
    }

    #[test]
    fn the_prefix_ends_at_the_first_star() {
        assert_eq!(literal_prefix("A.*.B*"), "A.");
        assert_eq!(literal_prefix("A.B"), "A.B");
        assert_eq!(literal_prefix("*"), "");
    }

    fn suggest(issuer: &Issuer, ids: &[&str], known: &[&str]) -> Suggestion {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        narrowest(issuer, &owned(ids), &owned(known))
    }

    #[test]
    fn a_suggestion_covers_the_wanted_and_nothing_else_known() {
        let pattern = |text: &str| Suggestion::Pattern(text.to_owned());
        let list = |names: &[&str]| Suggestion::Listed(names.iter().map(|&name| name.to_owned()).collect());
        let nuget = Issuer::NUGET;
        let two = ["Contoso.Core", "contoso.Web"];
        assert_eq!(suggest(&nuget, &two, &["CONTOSO.CORE", "Other"]), pattern("Contoso.*"));
        assert_eq!(suggest(&nuget, &two, &["Contoso.Secret"]), list(&two));
        assert_eq!(suggest(&nuget, &["Contoso", "Contoso.Web"], &[]), list(&["Contoso", "Contoso.Web"]));
        assert_eq!(suggest(&nuget, &["A.B", "A.C"], &[]), list(&["A.B", "A.C"]));
        assert_eq!(suggest(&nuget, &["Contoso.Core"], &[]), list(&["Contoso.Core"]));
        assert_eq!(suggest(&nuget, &["Contoso.Core", "contoso.core"], &[]), list(&["Contoso.Core"]));
        assert_eq!(suggest(&Issuer::CRATES_IO, &["acme-a", "acme-b"], &["acme_c"]), pattern("acme-*"));
        assert_eq!(suggest(&Issuer::NPM, &["@ac/a", "@ac/b"], &["c"]), pattern("@ac/*"));
        assert_eq!(suggest(&Issuer::PYPI, &["b", "a", "A"], &[]), list(&["A", "b"]));
        assert_eq!(suggest(&nuget, &[], &["x"]), list(&[]));
    }

    proptest! {
        #[test]
        fn star_matching_agrees_with_the_issuers_regex(pattern in "[aAb.*?]{0,8}", id in "[aAb.?]{0,10}") {
            let regex = format!("(?is)^{}$", regex::escape(&pattern).replace(r"\*", ".*"));
            let expected = regex::Regex::new(&regex).unwrap().is_match(&id);
            prop_assert_eq!(matches(&Issuer::NUGET, &pattern, &id), expected);
        }

        #[test]
        fn a_suggestion_is_sound(ids in proptest::collection::vec("[ab]{1,3}[.][ab]{1,2}", 0..5),
                                 known in proptest::collection::vec("[ab]{1,3}[.][ab]{1,2}", 0..5)) {
            if let Suggestion::Pattern(pattern) = narrowest(&Issuer::NUGET, &ids, &known) {
                prop_assert!(ids.iter().all(|id| matches(&Issuer::NUGET, &pattern, id)));
                let wanted = |id: &String| ids.iter().any(|other| other.eq_ignore_ascii_case(id));
                prop_assert!(known.iter().all(|id| wanted(id) || !matches(&Issuer::NUGET, &pattern, id)));
            }
        }
    }
}
