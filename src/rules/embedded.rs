//! The rule files that are part of the binary. Nothing of them is read before it is asked for.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use super::document::{Entry, Item, List, Value};
use super::file;
use super::list::{self, BuiltIn};
use super::{Provider, Rule, RuleSet};

/// Every embedded rule file, sorted by name: name (`rules/nuget.toml`) and text.
#[must_use]
pub fn embedded() -> &'static [(&'static str, &'static str)] {
    &FILES
}

/// The documents of [`embedded`], in the same order, parsed when the library was built.
pub(super) fn documents() -> &'static [&'static [Entry<'static>]] {
    &DOCUMENTS
}

/// The built-in set. Making it costs the same whatever the number of rules.
pub(super) fn rule_set() -> RuleSet {
    RuleSet {
        providers: list::List::built_in(BuiltIn { cells: &PROVIDER_CELLS, read: provider }),
        rules: list::List::built_in(BuiltIn { cells: &RULE_CELLS, read: |index| Arc::new(rule(index)) }),
        hash: HASH.to_owned(),
    }
}

/// The index of the built-in rule that has this id or had it once.
pub(super) fn find(id: &str) -> Option<usize> {
    let is_id = |text: &Item| text.value.as_str() == Some(id);
    let named = |entry: &Entry| match &*entry.key {
        "id" => is_id(&entry.item),
        "aliases" => entry.item.value.as_list().is_some_and(|aliases| aliases.iter().any(is_id)),
        _ => false,
    };
    (0..RULES.len()).find(|&index| item(index).value.as_table().is_some_and(|table| table.iter().any(named)))
}

static PROVIDER_CELLS: [OnceLock<Provider>; FILES.len()] = [const { OnceLock::new() }; FILES.len()];
static RULE_CELLS: [OnceLock<Arc<Rule>>; RULES.len()] = [const { OnceLock::new() }; RULES.len()];

fn provider(index: usize) -> Provider {
    let (name, text) = FILES[index];
    file::provider_of(name, text, DOCUMENTS[index])
}

fn rule(index: usize) -> Rule {
    let (file, _) = RULES[index];
    let (name, text) = FILES[file];
    let provider = PROVIDER_CELLS[file].get_or_init(|| provider(file));
    Rule { provider: file, ..file::rule_of(name, text, item(index), provider) }
}

/// Where a rule is written.
fn item(index: usize) -> &'static Item<'static> {
    let (file, place) = RULES[index];
    let rules = DOCUMENTS[file].iter().find(|entry| entry.key == "rule").and_then(|entry| entry.item.value.as_list());
    &rules.expect("a file with a rule has a list of them")[place]
}

include!(concat!(env!("OUT_DIR"), "/embedded_rules.rs"));

#[cfg(test)]
mod tests {
    use super::super::{load, parse};
    use super::*;

    #[test]
    fn the_constants_say_what_the_texts_say() {
        let (constants, texts) = (load(&[]).unwrap(), parse(embedded()).unwrap());
        assert_eq!(format!("{constants:?}"), format!("{texts:?}"));
        assert_eq!(constants.hash, texts.hash);
        assert_eq!(constants.max_window(), texts.max_window());
    }

    #[test]
    fn a_rule_is_found_by_each_of_its_names_before_it_is_read() {
        for (index, rule) in parse(embedded()).unwrap().rules.iter().enumerate() {
            for name in rule.aliases.iter().chain([&rule.id]) {
                assert_eq!(find(name), Some(index), "{name}");
            }
        }
        assert_eq!(find("no-such-rule"), None);
    }
}
