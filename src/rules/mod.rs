//! Rule files → rules. Data, not code: one TOML file per provider in `rules/`, embedded in the binary and
//! extended by `--rules PATH` and the configuration.

mod assigned;
mod companion;
mod document;
#[allow(clippy::unreadable_literal, reason = "`build.rs` wrote most of it")]
mod embedded;
mod entry;
mod file;
mod hash;
mod import;
mod list;
mod mint;
#[allow(dead_code, reason = "`build.rs` packs, the library unpacks")]
mod packed;
mod paths;
mod proof;
mod provider;
mod reader;
mod reading;
mod remedy;
mod shape;
mod syntax;
mod template;

use std::collections::BTreeSet;
use std::sync::Arc;

use regex_automata::meta::Regex;
use regex_syntax::hir::Hir;

pub use self::assigned::Assigned;
pub(crate) use self::assigned::{GAP, LONGEST_VALUE, NAME_REACH};
pub use self::embedded::embedded;
pub use self::file::{load, parse};
pub use self::import::{Import, Imported, Note, import, rule_file};
pub use self::list::{Iter, List};
pub use self::mint::{MintError, Minter, Sample};
pub use self::paths::PathCondition;
pub(crate) use self::reading::LONGEST_READ;
pub use self::reading::Reading;
pub use self::remedy::{Keyless, RemedyTemplate};
pub(crate) use self::shape::{SHORTEST_RUN, Seek, Shape, Start, holds_run, kinds, least_run};
pub(crate) use self::syntax::{begins_at_line, begins_at_word_edge, parse as pattern_syntax};
use crate::format::Check;
use crate::issuer::Issuer;
pub use crate::mistake::Mistake;
use crate::severity::{Confidence, Severity};

/// A provider: one rule file.
#[derive(Clone, Debug, Default)]
pub struct Provider {
    /// Lower-case id, the file's stem (`nuget`).
    pub id: String,
    /// The name that people know (`NuGet.org`).
    pub name: String,
    /// The provider's own page about its keys.
    pub home: String,
    /// Where its keys are documented: for rules that give no reference of their own.
    pub references: Vec<String>,
    /// How a key of this provider is closed, unless the rule says otherwise.
    pub remedy: RemedyTemplate,
}

/// What a match rests on. The order is the rank: one finding per span, the higher kind wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A keyword and a random-looking value.
    Generic,
    /// A place that holds nothing but keys (`_authToken=`, `--api-key`), whatever the value looks like.
    Contextual,
    /// The key's own format.
    Structured,
}

/// Whether the key's format alone tells which server it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssuerProof {
    /// Yes: only this issuer's one public host makes such keys.
    Format,
    /// No: several hosts make them; words near the match or the configuration must tell.
    Context,
}

/// Words that, standing near a match, tell whose key it is.
#[derive(Clone, Debug)]
pub struct IssuerContext {
    /// The issuer that they tell of.
    pub issuer: Issuer,
    /// Compared without case, within [`CONTEXT_REACH`] bytes of the secret.
    pub near: Vec<String>,
}

/// Another half of a key that is made of several: what another rule finds nearby.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Companion {
    /// The id of the rule that finds it.
    pub rule: String,
    /// What it is to the key, in a few words (`access key id`).
    pub role: String,
    /// How many bytes may lie between the two.
    pub reach: usize,
    /// What its text says of the key, if it is no secret itself.
    pub fact: Option<PartFact>,
}

/// A fact of the key that a companion's own text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartFact {
    /// The issuer's public id of the key.
    KeyId,
    /// For whom it acts.
    Owner,
    /// The server that it is for.
    Host,
}

/// How far from a secret its context is read, in bytes to either side.
pub const CONTEXT_REACH: usize = 2048;

/// What a key's identity is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// Its value, which is too random to be guessed.
    Value,
    /// Its place: a password's hash could be guessed.
    Place,
}

/// One rule. All lengths are in bytes.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Kebab-case, provider first, stable.
    pub id: String,
    /// Earlier ids.
    pub aliases: Vec<String>,
    /// Index of its provider in [`RuleSet::providers`].
    pub provider: usize,
    /// What it finds, in a few words, without an article.
    pub title: String,
    /// One or two sentences: what the key is for and what it opens when nothing else is known.
    pub description: String,
    /// What a match rests on.
    pub kind: Kind,
    /// Who issues it, as far as the rule alone can say.
    pub issuer: Issuer,
    /// Whether that is proved by the format.
    pub issuer_proof: IssuerProof,
    /// Words that prove the issuer, the first that is near wins.
    pub contexts: Vec<IssuerContext>,
    /// Rules of one family give the same secret the same fingerprint.
    pub family: String,
    /// How bad it is when nothing is known of the key.
    pub severity: Severity,
    /// How sure a match is before its checksum is looked at.
    pub confidence: Confidence,
    /// For a rule in the short form (`names` and `value`): what else its names must hold. Its anchors are the words, its
    /// pattern is that of a whole value.
    pub assigned: Option<Assigned>,
    /// For a rule that reads credentials without a pattern: how. Its anchors are the words, and its pattern is empty.
    pub reading: Option<Reading>,
    /// Literals of which every match contains at least one. Compared without case if `anchors_fold`.
    pub anchors: Vec<String>,
    /// Whether anchors are compared without (ASCII) case.
    pub anchors_fold: bool,
    /// How far a match may begin before its anchor.
    pub left: usize,
    /// How far a match may end after its anchor's first byte.
    pub right: usize,
    /// The pattern, with one group `secret`, and at times `name` (the variable) or `host`. Unicode is off.
    pub pattern: String,
    /// Whether the issuer ignores the key's case.
    pub folds: bool,
    /// What every key begins with and may be shown.
    pub public_prefix: String,
    /// What a key's identity is made from.
    pub identity: Identity,
    /// What its own text proves.
    pub check: Option<&'static Check>,
    /// Name of the decoder in [`crate::key`].
    pub decoder: Option<String>,
    /// How a sample is minted.
    pub mint: Option<String>,
    /// Least Shannon entropy of the secret in bits per byte; 0.0 for none.
    pub min_entropy: f32,
    /// Whether a match is no secret and only counts as a half of another key.
    pub part_only: bool,
    /// What stands near a match of this rule and belongs to the same key.
    pub companions: Vec<Companion>,
    /// Where it holds.
    pub paths: PathCondition,
    /// How such a key is closed.
    pub remedy: RemedyTemplate,
    /// Where the format is documented.
    pub references: Vec<String>,
    /// Texts in which exactly this rule finds exactly `{mint}`.
    pub examples: Vec<Example>,
    /// Texts in which this rule finds nothing.
    pub counter_examples: Vec<Example>,
    /// SHA-256 of keys that documentation shows as samples: never findings.
    pub samples: Vec<[u8; 32]>,
    /// The file and line (from 1) where it is written.
    pub origin: (String, usize),
}

/// A minting template and the path at which it stands.
#[derive(Clone, Debug)]
pub struct Example {
    /// Path, for rules with a path condition; else empty.
    pub path: String,
    /// Text with minting fields.
    pub text: String,
    /// The line (from 1) where it is written.
    pub line: usize,
}

impl Rule {
    /// The pattern as the engine reads it: bytes, no Unicode.
    ///
    /// # Errors
    /// The parser's message, on one line.
    pub fn syntax(&self) -> Result<Hir, String> {
        syntax::parse(&self.pattern)
    }

    /// Compiles the pattern, bounded in size.
    ///
    /// # Errors
    /// The regex engine's message.
    pub fn compile(&self) -> Result<Regex, String> {
        compile(&self.syntax()?)
    }

    /// How the prefilter looks for it.
    pub(crate) fn seek(&self) -> Seek {
        let pattern = self.syntax().ok();
        shape::seek(pattern.as_ref(), self.left, self.assigned.is_some())
    }

    /// The most text that decides about one match in clear: `left` + `right`.
    #[must_use]
    pub fn window(&self) -> usize {
        self.left + self.right
    }

    /// Whether its keys are looked for in base64 as well.
    pub(crate) fn may_be_encoded(&self) -> bool {
        let is_pattern = self.reading.is_none() && self.assigned.is_none();
        let is_structured = self.kind == Kind::Structured && !self.part_only;
        is_pattern && shape::may_be_encoded(is_structured, self.anchors_fold, self.left)
    }

    /// How far from the first byte of its anchor a match ends at most, in clear or in base64.
    pub(crate) fn reach(&self) -> usize {
        if self.may_be_encoded() { shape::encoded_reach(self.right) } else { self.right }
    }
}

fn compile(pattern: &Hir) -> Result<Regex, String> {
    Regex::builder()
        .configure(Regex::config().nfa_size_limit(Some(2 << 20)).hybrid_cache_capacity(1 << 20).utf8_empty(false))
        .build_from_hir(pattern)
        .map_err(|error| error.to_string())
}

/// All rules of a run.
#[derive(Clone, Debug, Default)]
pub struct RuleSet {
    /// Providers, by file.
    pub providers: List<Provider>,
    /// Rules, in the order of files and lines.
    pub rules: List<Arc<Rule>>,
    /// SHA-256 over all rule files' bytes, lower-case hex; names the rule set in the coverage statement.
    pub hash: String,
    /// Rules that a later file replaced, by id, sorted.
    pub replaced: Vec<String>,
    /// Indices of rules that are switched off. They match all the same, so that what they find comes back through no
    /// weaker rule, and report nothing.
    pub off: BTreeSet<usize>,
}

impl RuleSet {
    /// How many rules report what they find.
    #[must_use]
    pub fn in_force(&self) -> usize {
        self.rules.len() - self.off.len()
    }

    /// A rule by its id or an earlier one.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Arc<Rule>> {
        if self.rules.is_built_in() {
            return embedded::find(id).and_then(|index| self.rules.get(index));
        }
        self.rules.iter().find(|rule| rule.id == id || rule.aliases.iter().any(|alias| alias == id))
    }

    /// The longest window of any rule, in bytes, for matches in clear and in base64.
    #[must_use]
    pub fn max_window(&self) -> usize {
        if self.rules.is_built_in() {
            return embedded::WINDOW;
        }
        self.rules.iter().map(|rule| rule.left + rule.reach()).max().unwrap_or(0)
    }

    /// How much text to either side of a place decides about the matches there, in bytes. Whoever scans a text in
    /// chunks gives each chunk this much of its neighbours and keeps the matches that begin in the chunk itself.
    ///
    /// A match depends on its own window, on the windows of what overlaps it (it may lose against them, and they
    /// against others), and on the words and companions near it.
    #[must_use]
    pub fn overlap(&self) -> usize {
        3 * (self.max_window() + 1) + CONTEXT_REACH
    }

    /// Every rule that names a decoder which is none of `known`.
    #[must_use]
    pub fn check_decoders(&self, known: &[&str]) -> Vec<Mistake> {
        let unknown = |rule: &Rule| {
            let name = rule.decoder.as_deref().filter(|name| !known.contains(name))?;
            let (file, line) = rule.origin.clone();
            let help = crate::suggest::did_you_mean(name, known);
            Some(Mistake { file, line, message: format!("rule `{}`: unknown decoder `{name}`{help}", rule.id) })
        };
        self.rules.iter().filter_map(|rule| unknown(rule)).collect()
    }

    /// The provider of a rule.
    #[must_use]
    pub fn provider(&self, rule: &Rule) -> &Provider {
        &self.providers[rule.provider]
    }
}
