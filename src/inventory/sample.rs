//! The first rows of a list, by which its format is told without reading the whole of it once for each format.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::document::{Members, Shape};

/// How many rows of each list are looked at.
const ROWS: usize = 8;

/// The first rows of every list in a document.
#[derive(Debug, Default)]
pub(super) struct Sample {
    pub(super) rows: Vec<SampleRow>,
}

/// One row, by the names of its fields.
#[derive(Debug)]
pub(super) struct SampleRow {
    /// The member of a page under which its list stands; empty for the outermost list.
    pub(super) under: String,
    names: BTreeSet<String>,
    texts: Vec<(String, String)>,
}

impl SampleRow {
    /// Whether it has that field.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// The text of that field, if it is text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.texts.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str())
    }

    fn of(under: &str, members: &Members<'_>) -> Self {
        // Another value may be the whole list: it is not read here.
        let texts = members.0.iter().filter(|(_, raw)| raw.get().starts_with('"'));
        let texts = texts.filter_map(|(name, raw)| Some((name.clone(), serde_json::from_str(raw.get()).ok()?)));
        Self {
            under: under.to_owned(),
            names: members.0.iter().map(|(name, _)| name.clone()).collect(),
            texts: texts.collect(),
        }
    }
}

impl Sample {
    pub(super) fn of(shape: &Shape<'_>) -> Self {
        let mut sample = Self::default();
        match shape {
            Shape::Object(members) => sample.page(members),
            Shape::Array(values) | Shape::Stream(values) => {
                values.iter().take(ROWS).for_each(|value| sample.value(value));
            }
            Shape::Markup | Shape::Plain => {}
        }
        sample
    }

    /// A page, a list of rows or a row, whichever it is.
    fn value(&mut self, raw: &RawValue) {
        if let Ok(members) = serde_json::from_str::<Members<'_>>(raw.get()) {
            self.page(&members);
        } else if let Ok(First(rows)) = serde_json::from_str(raw.get()) {
            self.list("", &rows);
        }
    }

    fn page(&mut self, members: &Members<'_>) {
        self.rows.push(SampleRow::of("", members));
        for (name, raw) in &members.0 {
            if let Ok(First(rows)) = serde_json::from_str(raw.get()) {
                self.list(name, &rows);
            }
        }
    }

    fn list(&mut self, under: &str, rows: &[&RawValue]) {
        let rows = rows.iter().filter_map(|raw| serde_json::from_str::<Members<'_>>(raw.get()).ok());
        self.rows.extend(rows.map(|members| SampleRow::of(under, &members)));
    }
}

/// The first elements of an array.
struct First<'t>(Vec<&'t RawValue>);

impl<'de> Deserialize<'de> for First<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Few)
    }
}

struct Few;

impl<'de> Visitor<'de> for Few {
    type Value = First<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut first = Vec::new();
        while first.len() < ROWS {
            match list.next_element()? {
                Some(raw) => first.push(raw),
                None => return Ok(First(first)),
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(First(first))
    }
}
