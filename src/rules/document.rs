//! A rule file after parsing. The files that are part of the binary are parsed when it is built, with this very code, and
//! packed ([`super::packed`]); a user's file is parsed when it is read. One reader reads both.

use std::borrow::Cow;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value and where it stands in its file, in bytes.
#[derive(Debug)]
pub(crate) struct Item<'a> {
    pub(crate) at: Range<usize>,
    pub(crate) value: Value<'a>,
}

/// A value of a TOML document.
#[derive(Debug)]
pub(crate) enum Value<'a> {
    Text(Cow<'a, str>),
    /// Digits and what they count in (2, 8, 10 or 16).
    Integer(Cow<'a, str>, u32),
    Float(Cow<'a, str>),
    Boolean(bool),
    Time,
    List(Vec<Item<'a>>),
    Table(Vec<Entry<'a>>),
}

/// A key and its value.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) key: Cow<'a, str>,
    pub(crate) at: Range<usize>,
    pub(crate) item: Item<'a>,
}

/// The document of a text, or what is wrong with it and where.
pub(crate) fn parse(text: &str) -> Result<Vec<Entry<'static>>, Vec<(Range<usize>, String)>> {
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
        DeValue::Array(list) => Value::List(list.iter().map(item).collect()),
        DeValue::Table(inner) => Value::Table(self::table(inner)),
    }
}

impl<'a> Value<'a> {
    pub(crate) fn as_str(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(crate) fn as_bool(&self) -> Option<bool> {
        if let Self::Boolean(truth) = self { Some(*truth) } else { None }
    }

    pub(crate) fn as_list(&self) -> Option<&[Item<'a>]> {
        if let Self::List(list) = self { Some(list) } else { None }
    }

    pub(crate) fn as_table(&self) -> Option<&[Entry<'a>]> {
        if let Self::Table(table) = self { Some(table) } else { None }
    }

    /// What it is, for messages.
    pub(crate) fn type_name(&self) -> &'static str {
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
