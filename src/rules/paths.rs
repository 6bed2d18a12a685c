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

/// Globs that are compiled when the first path is tested: most runs see no candidate of most rules.
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

    fn is_match(&self, path: &str) -> bool {
        let compile = || compile(&self.patterns).expect("globs are checked when rules are read, ours by the tests");
        !self.is_empty() && in_lower_case(path, |path| self.compiled.get_or_init(compile).is_match(path))
    }
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
