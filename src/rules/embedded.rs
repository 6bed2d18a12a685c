//! The rule files that are part of the binary. Nothing of them is read before it is asked for.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use super::document::{Entry, Value};
use super::list::{BuiltIn, List};
use super::packed::unpack;
use super::{Provider, Rule, RuleSet, file};

/// Every embedded rule file, sorted by name: name (`rules/nuget.toml`) and text.
#[must_use]
pub fn embedded() -> Vec<(&'static str, &'static str)> {
    (0..FILES.len()).map(source).collect()
}

/// The documents of [`embedded`], in the same order, parsed when the library was built.
pub(super) fn documents() -> impl Iterator<Item = Vec<Entry<'static>>> {
    FILES.iter().map(|file| match unpack(PACKED, file.document).value {
        Value::Table(document) => document,
        _ => Vec::new(),
    })
}

/// The built-in set. Making it costs the same whatever the number of rules.
pub(super) fn rule_set() -> RuleSet {
    RuleSet {
        providers: List::built_in(BuiltIn { cells: &PROVIDER_CELLS, read: provider }),
        rules: List::built_in(BuiltIn { cells: &RULE_CELLS, read: |index| Arc::new(rule(index)) }),
        hash: HASH.to_owned(),
        replaced: Vec::new(),
        off: BTreeSet::new(),
    }
}

/// The index of the built-in rule that has this id or had it once.
pub(super) fn find(id: &str) -> Option<usize> {
    let place = NAMES.find(&format!("\n{id}\t"))?;
    NAMES[place..].trim_start().split(['\t', '\n']).nth(1)?.parse().ok()
}

static PROVIDER_CELLS: [OnceLock<Provider>; FILES.len()] = [const { OnceLock::new() }; FILES.len()];
static RULE_CELLS: [OnceLock<Arc<Rule>>; RULES.len()] = [const { OnceLock::new() }; RULES.len()];

/// Where a file is in [`TEXTS`] and [`PACKED`].
struct File {
    /// Its name.
    begins: usize,
    text: usize,
    ends: usize,
    document: usize,
    provider: usize,
}

/// A file's name and text.
fn source(index: usize) -> (&'static str, &'static str) {
    let File { begins, text, ends, .. } = FILES[index];
    (&TEXTS[begins..text], &TEXTS[text..ends])
}

fn provider(index: usize) -> Provider {
    let (name, text) = source(index);
    file::provider_of(name, text, &unpack(PACKED, FILES[index].provider))
}

fn rule(index: usize) -> Rule {
    let (file, place) = RULES[index];
    let (name, text) = source(file);
    let provider = PROVIDER_CELLS[file].get_or_init(|| provider(file));
    Rule { provider: file, ..file::rule_of(name, text, &unpack(PACKED, place), provider) }
}

static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules.packed"));
static TEXTS: &str = include_str!(concat!(env!("OUT_DIR"), "/rules.texts"));
include!(concat!(env!("OUT_DIR"), "/embedded_rules.rs"));

#[cfg(test)]
mod tests {
    use super::super::{load, parse};
    use super::*;

    #[test]
    fn the_constants_say_what_the_texts_say() {
        let (constants, texts) = (load(&[]).unwrap(), parse(&embedded()).unwrap());
        assert_eq!(format!("{constants:?}"), format!("{texts:?}"));
        assert_eq!(constants.hash, texts.hash);
        assert_eq!(constants.max_window(), texts.max_window());
    }

    #[test]
    fn a_rule_is_found_by_each_of_its_names_before_it_is_read() {
        for (index, rule) in parse(&embedded()).unwrap().rules.iter().enumerate() {
            for name in rule.aliases.iter().chain([&rule.id]) {
                assert_eq!(find(name), Some(index), "{name}");
            }
        }
        assert_eq!(find("no-such-rule"), None);
    }
}
