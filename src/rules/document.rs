//! A rule file after parsing. The files that are part of the binary are parsed when it is built (`build.rs` writes
//! them down as constants of these types); a user's file is parsed when it is read. One reader reads both.

use std::borrow::Cow;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value and where it stands in its file, in bytes.
#[derive(Debug)]
pub(super) struct Item<'a> {
    pub(super) at: Range<usize>,
    pub(super) value: Value<'a>,
}

/// A value of a TOML document.
#[derive(Debug)]
pub(super) enum Value<'a> {
    Text(Cow<'a, str>),
    /// Digits and what they count in (2, 8, 10 or 16).
    Integer(Cow<'a, str>, u32),
    Float(Cow<'a, str>),
    Boolean(bool),
    Time,
    List(List<'a, Item<'a>>),
    Table(List<'a, Entry<'a>>),
}

/// A key and its value.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) key: Cow<'a, str>,
    pub(super) at: Range<usize>,
    pub(super) item: Item<'a>,
}

/// The elements of a list or table.
#[derive(Debug)]
pub(super) enum List<'a, T> {
    Constant(&'a [T]),
    Read(Vec<T>),
}

impl<T> List<'_, T> {
    pub(super) fn elements(&self) -> &[T] {
        match self {
            Self::Constant(elements) => elements,
            Self::Read(elements) => elements,
        }
    }
}

/// The document of a text, or what is wrong with it and where.
pub(super) fn parse(text: &str) -> Result<Vec<Entry<'static>>, Vec<(Range<usize>, String)>> {
    let (document, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(table(document.get_ref()));
    }
    Err(errors.iter().map(|error| (error.span().unwrap_or(0..0), error.message().to_owned())).collect())
}

fn table(table: &DeTable<'_>) -> Vec<Entry<'static>> {
    let entry = |(key, value): (&Spanned<Cow<'_, str>>, &Spanned<DeValue<'_>>)| Entry {
        key: Cow::Owned(key.get_ref().to_string()),
        at: key.span(),
        item: item(value),
    };
    table.iter().map(entry).collect()
}

fn item(item: &Spanned<DeValue<'_>>) -> Item<'static> {
    Item { at: item.span(), value: value(item.get_ref()) }
}

fn value(value: &DeValue<'_>) -> Value<'static> {
    match value {
        DeValue::String(text) => Value::Text(Cow::Owned(text.to_string())),
        DeValue::Integer(number) => Value::Integer(Cow::Owned(number.as_str().to_owned()), number.radix()),
        DeValue::Float(number) => Value::Float(Cow::Owned(number.as_str().to_owned())),
        DeValue::Boolean(truth) => Value::Boolean(*truth),
        DeValue::Datetime(_) => Value::Time,
        DeValue::Array(list) => Value::List(List::Read(list.iter().map(item).collect())),
        DeValue::Table(inner) => Value::Table(List::Read(self::table(inner))),
    }
}

impl<'a> Value<'a> {
    pub(super) fn as_str(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(super) fn as_bool(&self) -> Option<bool> {
        if let Self::Boolean(truth) = self { Some(*truth) } else { None }
    }

    pub(super) fn as_list(&self) -> Option<&[Item<'a>]> {
        if let Self::List(list) = self { Some(list.elements()) } else { None }
    }

    pub(super) fn as_table(&self) -> Option<&[Entry<'a>]> {
        if let Self::Table(table) = self { Some(table.elements()) } else { None }
    }

    /// What it is, for messages.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Text(_) => "a string",
            Self::Integer(..) => "an integer",
            Self::Float(_) => "a float",
            Self::Boolean(_) => "a boolean",
            Self::Time => "a date or time",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}
