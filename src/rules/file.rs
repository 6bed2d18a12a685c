//! Rule files → one set of rules, or every mistake in all of them at once, each with its line.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::document;
use super::embedded::{self, documents, embedded};
use super::entry::{Entry, Shared};
use super::reader::{Fields, Source};
use super::{Provider, Rule, RuleSet, companion, entry, hash, provider};
use crate::escape::{self, word};
use crate::mistake::Mistake;
use crate::suggest::near;

/// Reads rule files (name, text) into one set. A later file may replace an earlier rule only by saying
/// `override = true` in it.
///
/// Every pattern is compiled, and it is proved that every match holds an anchor and stays in its window. Whether the
/// examples hold is for [`crate::detect::check_rules`].
///
/// # Errors
/// Every mistake in every file, sorted by file and line.
pub fn parse(files: &[(&str, &str)]) -> Result<RuleSet, Vec<Mistake>> {
    read_all(files.iter().map(given))
}

/// The embedded rules and, after them, the user's files (name, text), read as [`parse`] does. The embedded patterns
/// are not proved again: the tests do that, and starting must be quick. Without files of the user nothing is read
/// before it is asked for.
///
/// # Errors
/// Every mistake in every file, sorted by file and line.
pub fn load(user: &[(&str, &str)]) -> Result<RuleSet, Vec<Mistake>> {
    if user.is_empty() {
        return Ok(embedded::rule_set());
    }
    let files = embedded();
    let documents: Vec<_> = documents().collect();
    let ours =
        files.iter().zip(&documents).map(|(&(name, text), document)| Given { name, text, parsed: Some(document) });
    read_all(ours.chain(user.iter().map(given)))
}

/// A rule file to be read.
struct Given<'a> {
    name: &'a str,
    text: &'a str,
    /// Its document, if it is part of the binary.
    parsed: Option<&'a [document::Entry<'static>]>,
}

fn given<'a>(&(name, text): &(&'a str, &'a str)) -> Given<'a> {
    Given { name, text, parsed: None }
}

fn read_all<'a>(files: impl Iterator<Item = Given<'a>>) -> Result<RuleSet, Vec<Mistake>> {
    let mut merged = Merged::default();
    let mut texts = Vec::new();
    for given in files {
        let (read, mistakes) = read_file(&given);
        merged.mistakes.extend(mistakes);
        if let Some(read) = read {
            merged.add(given.name, read);
        }
        texts.push((given.name, given.text));
    }
    merged.finish(hash::of_files(texts.into_iter()))
}

fn file_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

/// A file as read: its provider with the provider's line, and its rules.
struct Read {
    provider: Provider,
    line: usize,
    entries: Vec<Entry>,
}

fn read_file(given: &Given) -> (Option<Read>, Vec<Mistake>) {
    let source = Source::new(given.name, given.text, given.parsed.is_some());
    let read = match given.parsed {
        Some(document) => Some(read_document(&source, document)),
        None => read_text(&source, given.text),
    };
    (read, source.into_mistakes())
}

fn read_text(source: &Source, text: &str) -> Option<Read> {
    match document::parse(text) {
        Ok(document) => Some(read_document(source, &document)),
        // A broken document is read no further: half a rule would only add mistakes that are none.
        Err(errors) => {
            for (at, message) in &errors {
                source.mistake(at, format!("not TOML: {}", escape::message(message)));
            }
            None
        }
    }
}

fn read_document(source: &Source, document: &[document::Entry]) -> Read {
    let top = Fields::new(source, document, 0..0, "the file", &["provider", "rule"]);
    let (provider, line) = read_provider(&top);
    let shared = Shared::of(&provider);
    let rules = top.tables("rule", "rule", &entry::KEYS);
    if rules.is_empty() {
        top.mistake("the file has no rule; add a `[[rule]]`");
    }
    let entries: Vec<Entry> = rules.iter().map(|fields| read_rule(fields, &shared)).collect();
    Read { provider, line, entries }
}

/// The provider, and the line where it begins.
fn read_provider(top: &Fields) -> (Provider, usize) {
    top.require("provider", "{ id = …, name = …, home = … }");
    let fields = top.table("provider", "provider", &provider::KEYS);
    let line = fields.as_ref().map_or(1, |fields| top.source.line(&fields.at));
    (fields.map(|fields| provider::read(&fields, stem(top.source.file))).unwrap_or_default(), line)
}

/// The name of a file without its ending.
fn stem(file: &str) -> &str {
    let name = file_name(file);
    name.strip_suffix(".toml").unwrap_or(name)
}

/// The provider of a built-in file, which the tests hold to have no mistake.
pub(super) fn provider_of(name: &str, text: &str, item: &document::Item) -> Provider {
    let source = Source::new(name, text, true);
    provider::read(
        &Fields::new(&source, item.value.as_table().unwrap_or_default(), item.at.clone(), "provider", &[]),
        stem(name),
    )
}

/// One rule of a built-in file, which the tests hold to have no mistake.
pub(super) fn rule_of(name: &str, text: &str, item: &document::Item, provider: &Provider) -> Rule {
    let source = Source::new(name, text, true);
    let table = item.value.as_table().unwrap_or_default();
    let shared = Shared::of(provider);
    entry::read(&Fields::new(&source, table, item.at.clone(), "rule", &[]), &shared).rule
}

fn read_rule(fields: &Fields, shared: &Shared) -> Entry {
    let entry = entry::read(fields, shared);
    if !entry.own_remedy && shared.remedy.revoke.is_empty() {
        fields.mistake("neither the rule nor its provider has a remedy; add `[provider.remedy]` or `[rule.remedy]`");
    }
    entry
}

/// The set so far, and where each name in it was given.
#[derive(Default)]
struct Merged {
    all: Vec<Provider>,
    rules: Vec<Arc<Rule>>,
    replaced: Vec<String>,
    providers: HashMap<String, String>,
    /// Ids and aliases: the rule that has it.
    names: HashMap<String, usize>,
    mints: Vec<(String, String, usize)>,
    /// Rules that others name as companions, with the file and line where they do.
    parts: Vec<(String, String, usize)>,
    mistakes: Vec<Mistake>,
}

impl Merged {
    fn mistake(&mut self, file: &str, line: usize, message: String) {
        self.mistakes.push(Mistake { file: file.to_owned(), line, message });
    }

    fn add(&mut self, file: &str, read: Read) {
        let index = self.all.len();
        let taken = self.providers.insert(read.provider.id.clone(), file.to_owned());
        if let Some(other) = taken {
            let id = &read.provider.id;
            self.mistake(
                file,
                read.line,
                format!("`{}` also is the provider of {other}; give one of them another name", word(id)),
            );
        }
        self.all.push(read.provider);
        for mut entry in read.entries {
            entry.rule.provider = index;
            self.add_rule(file, entry);
        }
    }

    fn add_rule(&mut self, file: &str, entry: Entry) {
        let (line, rule) = (entry.rule.origin.1, entry.rule);
        self.mints.extend(entry.mints.into_iter().map(|(minted, line)| (minted, file.to_owned(), line)));
        let parts = rule.companions.iter().map(|companion| companion.rule.clone()).zip(entry.part_lines);
        self.parts.extend(parts.map(|(part, line)| (part, file.to_owned(), line)));
        let earlier = self.rules.iter().position(|earlier| earlier.id == rule.id && earlier.origin.0 != file);
        let place = match earlier {
            Some(place) if entry.overrides => {
                self.names.retain(|_, named| *named != place);
                self.replaced.push(rule.id.clone());
                place
            }
            _ => self.rules.len(),
        };
        if entry.overrides && earlier.is_none() {
            let help = near(&rule.id, &self.ids());
            self.mistake(
                file,
                line,
                format!("`override = true`, but no earlier file has a rule `{}`{help}", word(&rule.id)),
            );
        }
        for name in rule.aliases.iter().chain([&rule.id]).filter(|name| !name.is_empty()) {
            self.claim(name, place, file, line);
        }
        self.put(place, Arc::new(rule));
    }

    fn put(&mut self, place: usize, rule: Arc<Rule>) {
        match self.rules.get_mut(place) {
            Some(slot) => *slot = rule,
            None => self.rules.push(rule),
        }
    }

    fn ids(&self) -> Vec<&str> {
        self.rules.iter().map(|rule| rule.id.as_str()).collect()
    }

    fn claim(&mut self, name: &str, place: usize, file: &str, line: usize) {
        let Some(&taken) = self.names.get(name) else {
            self.names.insert(name.to_owned(), place);
            return;
        };
        let by = self.rules.get(taken).map_or_else(|| (file.to_owned(), line), |rule| rule.origin.clone());
        let message = format!(
            "`{name}` already names a rule ({}:{}); choose another, or write `override = true` to replace a rule of \
             another file",
            by.0, by.1
        );
        self.mistake(file, line, message);
    }

    /// Looks at what only the whole set can tell.
    fn finish(mut self, hash: String) -> Result<RuleSet, Vec<Mistake>> {
        for (rule, file, line) in std::mem::take(&mut self.mints) {
            if !self.names.contains_key(&rule) {
                let help = near(&rule, &self.ids());
                self.mistake(&file, line, format!("`{{mint:{}}}`: there is no such rule{help}", word(&rule)));
            }
        }
        for (rule, file, line) in std::mem::take(&mut self.parts) {
            if !self.names.contains_key(&rule) {
                let message = companion::unknown(&rule, &self.ids());
                self.mistake(&file, line, message);
            }
        }
        self.replaced.sort();
        self.replaced.dedup();
        if self.mistakes.is_empty() {
            return Ok(RuleSet {
                providers: self.all.into(),
                rules: self.rules.into(),
                hash,
                replaced: self.replaced,
                off: BTreeSet::new(),
            });
        }
        self.mistakes.sort();
        self.mistakes.dedup();
        Err(self.mistakes)
    }
}
