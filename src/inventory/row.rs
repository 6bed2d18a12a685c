//! One row of a list as named values, and typed access that gathers mistakes instead of stopping at the first.

use jiff::Timestamp;
use serde_json::Value;
use serde_json::value::RawValue;

use super::document::{Document, Members, Place};
use super::mistake::{Mistakes, shown, shown_name};
use super::moment::{Edge, moment, since_epoch};
use super::plaintext::{holds_key, text_holds_key};
use super::{Mark, Record};
use crate::key::{Expiry, KeyFacts, LastUse, Reported};

/// How to name a key without writing it down.
pub(super) const USE_A_HASH: &str = "a list must not carry keys: remove it and give the key's `sha256` instead (`printf %s \"$KEY\" | sha256sum`); \
     a key that lay in a file should be replaced";

/// No issuer's row has a tenth of this; each field is looked up among all others.
const FIELDS_AT_MOST: usize = 1000;

/// One row.
pub(super) struct Row {
    /// Number of the row in its file, from 1.
    pub(super) number: usize,
    /// Where it stands.
    pub(super) place: Place,
    /// Its fields in their order.
    pub(super) fields: Vec<Field>,
}

/// One field.
pub(super) struct Field {
    /// Its name as written.
    pub(super) name: String,
    /// Line of its value, from 1.
    pub(super) line: usize,
    /// Its value.
    pub(super) value: Value,
}

/// A value that a row has, at the line of the field that holds it.
#[derive(Clone, Copy)]
pub(super) struct Found<'r> {
    pub(super) line: usize,
    pub(super) value: &'r Value,
}

/// What an issuer means by a date that is `null`, empty, 0 or -1.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Blank {
    Never,
    NotSaid,
}

/// What a row says in one field. *Absent* and *null* differ: some issuers write `null` for "never".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Given<T> {
    Absent,
    Null,
    Value(T),
}

impl<T> Given<T> {
    /// The value, if there is one.
    pub(super) fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// The value, or `null` as this; nothing if the field is absent.
    pub(super) fn or_null<U>(self, null: U, value: impl FnOnce(T) -> U) -> Option<U> {
        match self {
            Self::Absent => None,
            Self::Null => Some(null),
            Self::Value(given) => Some(value(given)),
        }
    }
}

/// Rows of one list at most: each takes some kilobytes while it is judged.
pub(super) const ROWS_AT_MOST: usize = 500_000;

/// Complains of a list with more rows than are read.
pub(super) fn are_few(rows: usize, line: usize, mistakes: &mut Mistakes) -> bool {
    let few = rows <= ROWS_AT_MOST;
    if !few {
        let message = format!("holds {rows} rows; {ROWS_AT_MOST} are read at most: export it in parts and give each");
        mistakes.add(line, message);
    }
    few
}

impl Row {
    /// Reads JSON objects, numbered from 1. What is none is a mistake, and so are more than [`ROWS_AT_MOST`].
    pub(super) fn all_from_json(document: &Document<'_>, elements: &[&RawValue], mistakes: &mut Mistakes) -> Vec<Self> {
        if !are_few(elements.len(), 1, mistakes) {
            return Vec::new();
        }
        let rows = elements.iter().enumerate();
        rows.filter_map(|(index, raw)| Self::from_json(document, index + 1, raw, mistakes)).collect()
    }

    /// Reads a JSON object. `None`, and a mistake, for anything else.
    fn from_json(document: &Document<'_>, number: usize, raw: &RawValue, mistakes: &mut Mistakes) -> Option<Self> {
        Self::around(document, number, raw, &[], mistakes)
    }

    /// The same without some of its fields: lists of rows of their own.
    pub(super) fn around(
        document: &Document<'_>,
        number: usize,
        raw: &RawValue,
        lists: &[&str],
        mistakes: &mut Mistakes,
    ) -> Option<Self> {
        let place = document.place_of(raw.get());
        let Ok(members) = serde_json::from_str::<Members<'_>>(raw.get()) else {
            mistakes.add(place.line, format!("record {number} is not an object with named fields"));
            return None;
        };
        if members.0.len() > FIELDS_AT_MOST {
            mistakes.add(place.line, format!("record {number} has {} fields; no list has so many", members.0.len()));
            return None;
        }
        let mut row = Self { number, place, fields: Vec::with_capacity(members.0.len()) };
        for (name, raw) in members.0.into_iter().filter(|(name, _)| !lists.contains(&&**name)) {
            let line = document.line_of(raw.get());
            match serde_json::from_str(raw.get()) {
                Ok(value) => row.push(Field { name, line, value }, mistakes),
                Err(_) => row.complain(line, &name, "is nested too deeply or holds no valid text or number", mistakes),
            }
        }
        Some(row)
    }

    /// The same row under another number: one that stands inside a row is told by that one's.
    pub(super) fn numbered(self, number: usize) -> Self {
        Self { number, ..self }
    }

    /// Adds a field. A second one of the same name and a value that is a key are mistakes.
    pub(super) fn push(&mut self, field: Field, mistakes: &mut Mistakes) {
        if self.fields.iter().any(|known| known.name == field.name) {
            self.complain(field.line, &field.name, "is given twice", mistakes);
        }
        if holds_key(&field.value) || text_holds_key(&field.name) {
            let message = format!("holds what looks like a key itself; {USE_A_HASH}");
            self.complain(field.line, &field.name, &message, mistakes);
        }
        self.fields.push(field);
    }

    /// The value of that name; `owner.login` is the member `login` of the object `owner`.
    pub(super) fn get(&self, name: &str) -> Option<Found<'_>> {
        if let Some(field) = self.fields.iter().find(|field| field.name == name) {
            return Some(Found { line: field.line, value: &field.value });
        }
        let (outer, inner) = name.split_once('.')?;
        let field = self.fields.iter().find(|field| field.name == outer)?;
        let value = inner.split('.').try_fold(&field.value, |value, name| value.get(name))?;
        Some(Found { line: field.line, value })
    }

    /// A mistake about one field.
    pub(super) fn complain(&self, line: usize, name: &str, message: &str, mistakes: &mut Mistakes) {
        let outer = name.split('.').next().unwrap_or(name);
        let position = self.fields.iter().position(|field| field.name == outer).unwrap_or(self.fields.len()) + 1;
        let name = shown_name(name, position);
        mistakes.add(line, format!("record {}: field {name}: {message}", self.number));
    }

    /// The row as a record.
    pub(super) fn record(&self, facts: KeyFacts, marks: Vec<Mark>) -> Record {
        let Place { line, column, end_column } = self.place;
        Record { line, column, end_column, facts, marks }
    }
}

/// A row being read, with the mistakes of its file.
pub(super) struct Entry<'r> {
    pub(super) row: &'r Row,
    pub(super) mistakes: &'r mut Mistakes,
}

impl Entry<'_> {
    /// A mistake about a field of this row, at the field's line if it is there.
    pub(super) fn wrong(&mut self, name: &str, message: &str) {
        let line = self.row.get(name).map_or(self.row.place.line, |field| field.line);
        self.row.complain(line, name, message, self.mistakes);
    }

    /// Text.
    pub(super) fn text(&mut self, name: &str) -> Given<String> {
        self.read(name, "is not text", |value| value.as_str().map(str::to_owned))
    }

    /// Text that is not blank, trimmed.
    pub(super) fn words(&mut self, name: &str) -> Option<String> {
        self.text(name).value().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// A number or text, as text: registries write ids either way.
    pub(super) fn id(&mut self, name: &str) -> Option<String> {
        self.read(name, "is neither text nor a whole number", |value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) if !number.is_f64() => Some(number.to_string()),
            _ => None,
        })
        .value()
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, name: &str) -> Given<bool> {
        self.read(name, "is neither true nor false", Value::as_bool)
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, name: &str) -> Given<Vec<String>> {
        self.read(name, "is not a list of texts", |value| {
            value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
        })
    }

    /// The texts of a list, of a text with blanks or commas between its words, or of nothing.
    pub(super) fn word_list(&mut self, name: &str) -> Option<Vec<String>> {
        let split = |text: &str| text.split([' ', ',']).filter(|word| !word.is_empty()).map(str::to_owned).collect();
        match self.row.get(name)?.value {
            Value::String(text) => Some(split(text)),
            _ => self.texts(name).value(),
        }
    }

    /// A list of objects.
    pub(super) fn objects(&mut self, name: &str) -> Given<Vec<serde_json::Map<String, Value>>> {
        self.read(name, "is not a list of objects", |value| {
            value.as_array()?.iter().map(|item| item.as_object().cloned()).collect()
        })
    }

    /// When the key was made.
    pub(super) fn since(&mut self, name: &str) -> Reported<Timestamp> {
        self.dated(name, Edge::Start).value().into()
    }

    /// When the key ends. `blank` is what the issuer means by a date that is `null`, empty, 0 or -1; a field that is not
    /// there says nothing.
    pub(super) fn until(&mut self, name: &str, blank: Blank) -> Reported<Expiry> {
        match (self.dated(name, Edge::End), blank) {
            (Given::Value(at), _) => Reported::Said(Expiry::At(at)),
            (Given::Null, Blank::Never) => Reported::Said(Expiry::Never),
            _ => Reported::NotSaid,
        }
    }

    /// The same, of an issuer that leaves the field out of keys without an end.
    pub(super) fn until_if_any(&mut self, name: &str) -> Reported<Expiry> {
        match self.row.get(name) {
            Some(_) => self.until(name, Blank::Never),
            None => Reported::Said(Expiry::Never),
        }
    }

    /// When the key was last used.
    pub(super) fn used(&mut self, name: &str, blank: Blank) -> Reported<LastUse> {
        match (self.dated(name, Edge::Start), blank) {
            (Given::Value(at), _) => Reported::Said(LastUse::At(at)),
            (Given::Null, Blank::Never) => Reported::Said(LastUse::Never),
            _ => Reported::NotSaid,
        }
    }

    /// A moment; a date that is empty, 0 or -1 is as good as `null`.
    fn dated(&mut self, name: &str, edge: Edge) -> Given<Timestamp> {
        let blank = |found: Found<'_>| match found.value {
            // Google and Microsoft write the end of their calendar where there is no end.
            Value::String(text) => text.trim().is_empty() || text.starts_with("9999-"),
            Value::Number(number) => matches!(number.as_i64(), Some(-1 | 0)),
            _ => false,
        };
        if self.row.get(name).is_some_and(blank) { Given::Null } else { self.moment(name, edge, "") }
    }

    /// A moment: text, or seconds or milliseconds since 1970. `hint` says what else the field takes.
    pub(super) fn moment(&mut self, name: &str, edge: Edge, hint: &str) -> Given<Timestamp> {
        let read = match self.row.get(name).map(|field| field.value) {
            None => return Given::Absent,
            Some(Value::Null) => return Given::Null,
            Some(Value::String(text)) => moment(text, edge).ok_or_else(|| shown(text)),
            Some(Value::Number(number)) => since_epoch(number).ok_or_else(|| "it".to_owned()),
            Some(_) => Err("it".to_owned()),
        };
        read.map_or_else(
            |shown| {
                self.wrong(name, &format!("{shown} is not a date (write RFC 3339 or a date{hint})"));
                Given::Absent
            },
            Given::Value,
        )
    }

    /// What a list says of a key besides what is judged: text, number or flag, under the second name. Nothing for what
    /// is not there, `null` or empty.
    pub(super) fn details(&mut self, mut facts: KeyFacts, fields: &[(&str, &str)]) -> KeyFacts {
        for (field, name) in fields {
            let text = match self.row.get(field).map(|found| found.value) {
                Some(Value::String(text)) => text.trim().to_owned(),
                Some(Value::Number(number)) => number.to_string(),
                Some(Value::Bool(flag)) => flag.to_string(),
                _ => continue,
            };
            if !text.is_empty() {
                facts = facts.detail(*name, text);
            }
        }
        facts
    }

    /// A member that is an object, by its members.
    pub(super) fn object(&mut self, name: &str) -> Option<serde_json::Map<String, Value>> {
        self.read(name, "is not an object with named members", |value| value.as_object().cloned()).value()
    }

    /// Says that `name` is missing if it is.
    pub(super) fn require(&mut self, name: &str) {
        if self.row.get(name).is_none() {
            let message = format!("record {}: field `{name}` is missing", self.row.number);
            self.mistakes.add(self.row.place.line, message);
        }
    }

    /// Refuses a field that holds the key.
    pub(super) fn refuse_key(&mut self, name: &str) {
        let hidden = |text: &str| text.bytes().all(|b| b == b'*');
        let holds = |found: Found<'_>| !found.value.is_null() && !found.value.as_str().is_some_and(hidden);
        if self.row.get(name).is_some_and(holds) {
            self.wrong(name, &format!("holds the key itself; {USE_A_HASH}"));
        }
    }

    /// A text that must be one of these; `None`, and a mistake, if it is another.
    pub(super) fn one_of<'w>(&mut self, name: &str, words: &[&'w str]) -> Option<&'w str> {
        let text = self.words(name)?;
        let known = words.iter().find(|word| word.eq_ignore_ascii_case(&text)).copied();
        if known.is_none() {
            let message = format!("{} is none of {}", shown(&text), words.join(", "));
            self.wrong(name, &message);
        }
        known
    }

    fn read<T>(&mut self, name: &str, wrong: &str, reader: impl Fn(&Value) -> Option<T>) -> Given<T> {
        match self.row.get(name).map(|field| field.value) {
            None => Given::Absent,
            Some(Value::Null) => Given::Null,
            Some(value) => reader(value).map_or_else(
                || {
                    self.wrong(name, wrong);
                    Given::Absent
                },
                Given::Value,
            ),
        }
    }
}
