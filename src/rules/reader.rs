//! Typed reading of a TOML document that keeps going: every mistake is noted with its line, none stops the reading.

use std::cell::RefCell;
use std::ops::Range;

use super::Mistake;
use super::document::{Entry, Item, Value};
use crate::escape::word;
use crate::location::LineIndex;
use crate::suggest::did_you_mean;

/// One rule file and the mistakes found in it so far.
pub(super) struct Source<'a> {
    pub(super) file: &'a str,
    /// Whether the file is part of the binary: then the tests have looked for its mistakes, and starting is quicker
    /// without looking again for those that take long to find.
    pub(super) trusted: bool,
    lines: LineIndex<'a>,
    mistakes: RefCell<Vec<Mistake>>,
}

impl<'a> Source<'a> {
    pub(super) fn new(file: &'a str, text: &'a str, trusted: bool) -> Self {
        Self { file, trusted, lines: LineIndex::new(text.as_bytes()), mistakes: RefCell::default() }
    }

    pub(super) fn line(&self, at: &Range<usize>) -> usize {
        self.lines.line_of(at.start)
    }

    pub(super) fn mistake(&self, at: &Range<usize>, message: impl Into<String>) {
        let mistake = Mistake { file: self.file.to_owned(), line: self.line(at), message: message.into() };
        self.mistakes.borrow_mut().push(mistake);
    }

    pub(super) fn into_mistakes(self) -> Vec<Mistake> {
        self.mistakes.into_inner()
    }
}

/// A string and where it stands.
#[derive(Clone)]
pub(super) struct Text<'a> {
    pub(super) value: &'a str,
    pub(super) at: Range<usize>,
}

/// A table whose keys are known.
pub(super) struct Fields<'a> {
    pub(super) source: &'a Source<'a>,
    /// Where the table begins.
    pub(super) at: Range<usize>,
    table: &'a [Entry<'a>],
    /// For messages: `rule`, `provider.remedy`.
    what: &'static str,
}

impl<'a> Fields<'a> {
    /// Takes a table and notes every key in it that is none of `known`.
    pub(super) fn new(
        source: &'a Source<'a>,
        table: &'a [Entry<'a>],
        at: Range<usize>,
        what: &'static str,
        known: &[&str],
    ) -> Self {
        for entry in table.iter().filter(|_| !source.trusted) {
            let name: &str = &entry.key;
            if !known.contains(&name) {
                source.mistake(
                    &entry.at,
                    format!("unknown key `{}` in `{what}`{}", word(name), did_you_mean(name, known)),
                );
            }
        }
        Self { source, at, table, what }
    }

    /// Notes a mistake at this table.
    pub(super) fn mistake(&self, message: impl Into<String>) {
        self.source.mistake(&self.at, message);
    }

    fn get(&self, key: &str) -> Option<&'a Item<'a>> {
        self.table.iter().find(|entry| entry.key == key).map(|entry| &entry.item)
    }

    /// Where the value of `key` stands, or the table if it has none.
    pub(super) fn at(&self, key: &str) -> Range<usize> {
        self.get(key).map_or_else(|| self.at.clone(), |item| item.at.clone())
    }

    fn wrong_type(&self, key: &str, item: &Item<'_>, wanted: &str) {
        let message = format!("`{key}` must be {wanted}, not {}", item.value.type_name());
        self.source.mistake(&item.at, message);
    }

    fn typed<T>(&self, key: &str, wanted: &str, read: impl Fn(&'a Value<'a>) -> Option<T>) -> Option<T> {
        let item = self.get(key)?;
        let value = read(&item.value);
        if value.is_none() {
            self.wrong_type(key, item, wanted);
        }
        value
    }

    /// A string that may be missing. An empty one is a mistake.
    pub(super) fn text(&self, key: &str) -> Option<Text<'a>> {
        let value = self.typed(key, "a string", Value::as_str)?;
        let at = self.at(key);
        if value.trim().is_empty() {
            self.source.mistake(&at, format!("`{key}` is empty; leave it out or fill it in"));
            return None;
        }
        Some(Text { value, at })
    }

    /// A string that must be there; empty (and noted) if it is not.
    pub(super) fn required(&self, key: &str) -> Text<'a> {
        self.require(key, "\"…\"");
        self.text(key).unwrap_or_else(|| Text { value: "", at: self.at(key) })
    }

    /// Notes it when there is no `key`; `form` shows what one looks like.
    pub(super) fn require(&self, key: &str, form: &str) {
        if self.get(key).is_none() {
            self.mistake(format!("`{}` has no `{key}`; add `{key} = {form}`", self.what));
        }
    }

    /// A list of strings; none if it is missing.
    pub(super) fn texts(&self, key: &str) -> Vec<Text<'a>> {
        self.items(key).into_iter().filter_map(|item| self.element(key, item)).collect()
    }

    fn element(&self, key: &str, item: &'a Item<'a>) -> Option<Text<'a>> {
        match item.value.as_str() {
            Some(value) if !value.trim().is_empty() => return Some(Text { value, at: item.at.clone() }),
            Some(_) => self.source.mistake(&item.at, format!("an element of `{key}` is empty; remove it")),
            None => self.wrong_type(key, item, "a list of strings"),
        }
        None
    }

    /// The elements of a list, whatever they are.
    pub(super) fn items(&self, key: &str) -> Vec<&'a Item<'a>> {
        self.typed(key, "a list", Value::as_list).map(|list| list.iter().collect()).unwrap_or_default()
    }

    /// A whole number of bytes that may be missing.
    pub(super) fn size(&self, key: &str) -> Option<usize> {
        self.typed(key, "a whole number, 0 or more", |value| {
            let Value::Integer(digits, radix) = value else { return None };
            usize::from_str_radix(digits, *radix).ok()
        })
    }

    /// A finite number, 0 or more, that may be missing.
    pub(super) fn number(&self, key: &str) -> Option<f32> {
        self.typed(key, "a number, 0 or more", |value| {
            let (Value::Float(digits) | Value::Integer(digits, _)) = value else { return None };
            digits.parse::<f32>().ok().filter(|number| number.is_finite() && *number >= 0.0)
        })
    }

    /// Whether there is a `key`, whatever its value.
    pub(super) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// `true` or `false`; `missing` if it is missing.
    pub(super) fn flag_or(&self, key: &str, missing: bool) -> bool {
        self.typed(key, "true or false", Value::as_bool).unwrap_or(missing)
    }

    /// One of the given words; `None` if it is missing or none of them (which is noted).
    pub(super) fn word<T: Copy>(&self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(key)?;
        let found = words.iter().find(|(word, _)| *word == text.value).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let help = did_you_mean(text.value, &known);
            self.source.mistake(&text.at, format!("`{key}` cannot be `{}`{help}", word(text.value)));
        }
        found
    }

    /// A table inside this one.
    pub(super) fn table(&self, key: &str, what: &'static str, known: &[&str]) -> Option<Self> {
        let table = self.typed(key, "a table", Value::as_table)?;
        Some(Self::new(self.source, table, self.at(key), what, known))
    }

    /// The tables of a list inside this one.
    pub(super) fn tables(&self, key: &str, what: &'static str, known: &[&str]) -> Vec<Self> {
        let mut tables = Vec::new();
        for item in self.items(key) {
            match item.value.as_table() {
                Some(table) => tables.push(Self::new(self.source, table, item.at.clone(), what, known)),
                None => self.wrong_type(key, item, "a list of tables"),
            }
        }
        tables
    }
}
