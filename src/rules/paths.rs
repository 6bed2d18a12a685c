//! Where a rule holds.

use std::sync::OnceLock;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Paths for which a rule holds, tested at the finding, never in matching. Globs in `globset` syntax; case is ignored,
/// and `*` stays within one name.
#[derive(Clone, Debug, Default)]
pub struct PathCondition {
    /// At least one must match, unless there is none.
    pub(super) only: Globs,
    /// None may match.
    pub(super) not: Globs,
}

impl PathCondition {
    /// Whether the rule holds everywhere.
    #[must_use]
    pub fn is_everywhere(&self) -> bool {
        self.only.is_empty() && self.not.is_empty()
    }

    /// Whether the rule holds for `path` (relative to the root, `/` between names).
    #[must_use]
    pub fn admits(&self, path: &str) -> bool {
        (self.only.is_empty() || self.only.is_match(path)) && !self.not.is_match(path)
    }
}

/// Globs that are compiled when the first path is tested that holds a word of theirs: most runs see no such path, and a
/// small scan would take longer to compile them than to read its files.
#[derive(Clone, Debug, Default)]
pub(super) struct Globs {
    patterns: Vec<String>,
    compiled: OnceLock<GlobSet>,
}

impl Globs {
    /// Globs that [`check`] finds no fault with.
    pub(super) fn new(patterns: Vec<String>) -> Self {
        Self { patterns, compiled: OnceLock::new() }
    }

    fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Whether a path in lower case holds what one of the globs needs.
    fn may_match(&self, path: &str) -> bool {
        self.patterns.iter().any(|pattern| holds(path, needed(pattern)))
    }

    fn is_match(&self, path: &str) -> bool {
        let compile = || compile(&self.patterns).expect("globs are checked when rules are read, ours by the tests");
        !self.is_empty()
            && in_lower_case(path, |path| match self.compiled.get() {
                Some(compiled) => compiled.is_match(path),
                None => self.may_match(path) && self.compiled.get_or_init(compile).is_match(path),
            })
    }
}

/// The longest piece of a glob that every path holds which it matches, written as the glob is; empty if it has none.
///
/// A piece ends where a wildcard, a class, alternatives or an escaped character begin. What comes after a class or
/// alternatives is left out, and so are slashes at its ends: `**/` and `/**/` match nothing as well.
fn needed(pattern: &str) -> &str {
    let plain = pattern.find(['{', '[', '\\']).map_or(pattern, |end| &pattern[..end]);
    let pieces = plain.split(['*', '?']).map(|piece| piece.trim_matches('/'));
    pieces.max_by_key(|piece| piece.len()).unwrap_or_default()
}

/// Whether `text`, which is in lower case, holds `word` in any case.
fn holds(text: &str, word: &str) -> bool {
    let (text, word) = (text.as_bytes(), word.as_bytes());
    word.is_empty() || text.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word))
}

/// Longest path that is written in lower case without an allocation.
const SHORT: usize = 256;

fn in_lower_case<T>(path: &str, test: impl Fn(&str) -> T) -> T {
    let mut short = [0; SHORT];
    match short.get_mut(..path.len()) {
        Some(lower) => {
            lower.copy_from_slice(path.as_bytes());
            lower.make_ascii_lowercase();
            test(std::str::from_utf8(lower).unwrap_or(path))
        }
        None => test(&path.to_ascii_lowercase()),
    }
}

/// Compiles one glob, to see whether it is one.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check(pattern: &str) -> Result<(), globset::Error> {
    compile(std::slice::from_ref(&pattern)).map(drop)
}

fn compile(patterns: &[impl AsRef<str>]) -> Result<GlobSet, globset::Error> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        // The same on every system: file names that tools look up without case (NuGet.Config) are written in any. In one
        // case, most globs are a name or an ending, for which `globset` needs no regex.
        let pattern = pattern.as_ref().to_ascii_lowercase();
        set.add(GlobBuilder::new(&pattern).literal_separator(true).backslash_escape(true).build()?);
    }
    set.build()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn a_path_that_matches_holds_what_the_glob_needs(
            glob in r"(\*\*/)?([aAb./]|\*|\*\*/|\?|\{a,bb\}|\[ab\]|\\\*){0,8}",
            path in "[ab./]{1,10}",
        ) {
            if let Ok(set) = compile(std::slice::from_ref(&glob)) {
                prop_assert!(!set.is_match(&path) || Globs::new(vec![glob]).may_match(&path));
            }
        }
    }

    #[test]
    fn what_a_glob_needs_is_its_longest_piece() {
        for (glob, piece) in [
            ("**/.npmrc", ".npmrc"),
            ("**/.gradle/*.properties", ".properties"),
            ("a/**/bb", "bb"),
            ("**/{a,b}.toml", ""),
            ("conf[ig]*.toml", "conf"),
            ("*", ""),
        ] {
            assert_eq!(needed(glob), piece, "{glob}");
        }
    }
}
