//! The text of a list and what it looks like from outside: JSON, a page, or a table.

use std::borrow::Cow;
use std::fmt;

use memchr::{memchr, memmem};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::mistake::{Mistakes, ReadError};
use super::sample::{Sample, SampleRow};
use crate::decode::Utf16;
use crate::location::{LineIndex, Span};

/// One file, opened: its text without a byte order mark, its lines, and its outermost structure.
pub(super) struct Document<'t> {
    /// The file as the user named it.
    pub(super) file: &'t str,
    /// The text.
    pub(super) text: &'t str,
    /// What it is.
    pub(super) shape: Shape<'t>,
    sample: Sample,
    lines: LineIndex<'t>,
}

/// The outermost structure of a text.
pub(super) enum Shape<'t> {
    /// A JSON object.
    Object(Members<'t>),
    /// A JSON array.
    Array(Vec<&'t RawValue>),
    /// Several JSON values one after the other: JSON Lines, or the pages of an export put into one file.
    Stream(Vec<&'t RawValue>),
    /// Something that begins like a page.
    Markup,
    /// Any other text.
    Plain,
}

/// The members of a JSON object in their order, values unread. Names may repeat.
#[derive(Debug)]
pub(super) struct Members<'t>(pub(super) Vec<(String, &'t RawValue)>);

impl<'t> Members<'t> {
    /// The last value of that name.
    pub(super) fn get(&self, name: &str) -> Option<&'t RawValue> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|&(_, raw)| raw)
    }

    /// Whether all of `names` are there.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.get(name).is_some())
    }
}

impl<'t> Document<'t> {
    /// Opens `text`.
    ///
    /// # Errors
    /// JSON that is broken, with the line where it breaks; an empty file.
    pub(super) fn open(file: &'t str, text: &'t str) -> Result<Self, ReadError> {
        let lines = LineIndex::new(text.as_bytes());
        let shape = shape(text).map_err(|(line, message)| Mistakes::only(file, line, message))?;
        let sample = Sample::of(&shape);
        Ok(Self { file, text, shape, sample, lines })
    }

    /// Offset of `part`, a slice of the text.
    pub(super) fn offset_of(&self, part: &str) -> usize {
        part.as_ptr().addr().saturating_sub(self.text.as_ptr().addr()).min(self.text.len())
    }

    /// The line (from 1) on which `part`, a slice of the text, begins.
    pub(super) fn line_of(&self, part: &str) -> usize {
        self.lines.line_of(self.offset_of(part))
    }

    /// Line, first column and one past the last column on that line, all from 1, of `start..end`.
    pub(super) fn place(&self, start: usize, end: usize) -> Place {
        let region = self.lines.region(Span::new(start, end.max(start)));
        let end_column = if region.start_line == region.end_line {
            region.end_column
        } else {
            self.lines.line(region.start_line).map_or(region.start_column, |(_, line)| line.len() + 1)
        };
        Place { line: region.start_line, column: region.start_column, end_column }
    }

    /// The place of `part`, a slice of the text.
    pub(super) fn place_of(&self, part: &str) -> Place {
        let start = self.offset_of(part);
        self.place(start, start + part.len())
    }

    /// The elements of the JSON array that is this document or, in an object, its member `name`.
    pub(super) fn elements(&self, name: &str, mistakes: &mut Mistakes) -> Vec<&'t RawValue> {
        match &self.shape {
            Shape::Array(elements) => elements.clone(),
            Shape::Object(members) => members.get(name).map_or_else(Vec::new, |raw| self.array(name, raw, mistakes)),
            Shape::Stream(_) | Shape::Markup | Shape::Plain => Vec::new(),
        }
    }

    /// The elements of `raw`, which must be an array.
    pub(super) fn array(&self, name: &str, raw: &'t RawValue, mistakes: &mut Mistakes) -> Vec<&'t RawValue> {
        serde_json::from_str(raw.get()).unwrap_or_else(|_| {
            mistakes.add(self.line_of(raw.get()), format!("`{name}` is not a list"));
            Vec::new()
        })
    }

    /// Whether one of the first rows has all of `fields`: a row of the outermost list where `under` holds `""`, or of a
    /// list that a page has under one of the other names.
    pub(super) fn has_rows(&self, under: &[&str], fields: &[&str]) -> bool {
        self.any_row(|name| under.contains(&name), |row| fields.iter().all(|field| row.has(field)))
    }

    /// Whether one of the first rows, of a list whose name `is_under` accepts, is accepted by `tells`.
    pub(super) fn any_row(&self, is_under: impl Fn(&str) -> bool, tells: impl Fn(&SampleRow) -> bool) -> bool {
        self.sample.rows.iter().any(|row| is_under(&row.under) && tells(row))
    }

    /// Whether it is JSON of lists without any row in them.
    pub(super) fn is_empty_list(&self) -> bool {
        let is_empty = |raw: &&RawValue| raw.get().bytes().filter(|b| !b.is_ascii_whitespace()).eq(*b"[]");
        match &self.shape {
            Shape::Array(elements) => elements.is_empty(),
            Shape::Stream(values) => values.iter().all(is_empty),
            Shape::Object(members) => members.0.iter().any(|(_, raw)| is_empty(raw)) && self.sample.rows.len() == 1,
            Shape::Markup | Shape::Plain => false,
        }
    }

    /// The JSON value that the whole document is.
    pub(super) fn whole(&self) -> Option<&'t RawValue> {
        serde_json::from_str(self.text).ok()
    }

    /// The members, if this document is a JSON object.
    pub(super) fn members(&self) -> Option<&Members<'t>> {
        match &self.shape {
            Shape::Object(members) => Some(members),
            _ => None,
        }
    }
}

/// Where a row stands. All counts are from 1, columns in UTF-8 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) end_column: usize,
}

/// The text of a file: UTF-8 with or without a byte order mark, or UTF-16 with one (what some shells write on `>`).
/// An error is a line and a message.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, (usize, String)> {
    match Utf16::behind_mark(bytes) {
        Some((order, text)) => utf16(order, text).map(Cow::Owned),
        None => utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)),
    }
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, (usize, String)> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = LineIndex::new(&bytes[..error.valid_up_to()]).lines();
        (line, "is not UTF-8 text; save the list as UTF-8".to_owned())
    })?;
    match memchr(0, bytes) {
        None => Ok(Cow::Borrowed(text)),
        Some(at) => Err((LineIndex::new(&bytes[..at]).lines(), "holds a zero byte; save the list as UTF-8".to_owned())),
    }
}

fn utf16(order: Utf16, text: &[u8]) -> Result<String, (usize, String)> {
    match char::decode_utf16(order.units(text)).collect() {
        Ok(decoded) if text.len().is_multiple_of(2) => Ok(decoded),
        _ => Err((1, "begins like UTF-16 but is not; save the list as UTF-8".to_owned())),
    }
}

fn shape(text: &str) -> Result<Shape<'_>, (usize, String)> {
    let first = text.trim_start().chars().next();
    let json = |error: &serde_json::Error| (error.line().max(1), json_message(error));
    match first {
        None => Err((1, "is empty".to_owned())),
        Some('{' | '[') => values(text).map_err(|error| json(&error)),
        Some('<') => Ok(Shape::Markup),
        Some(_) => Ok(Shape::Plain),
    }
}

/// One JSON value, or several in a row.
fn values(text: &str) -> Result<Shape<'_>, serde_json::Error> {
    let values: Vec<&RawValue> = serde_json::Deserializer::from_str(text).into_iter().collect::<Result<_, _>>()?;
    match *values.as_slice() {
        [only] if only.get().starts_with('{') => serde_json::from_str(only.get()).map(Shape::Object),
        [only] => serde_json::from_str(only.get()).map(Shape::Array),
        _ => Ok(Shape::Stream(values)),
    }
}

/// A JSON error in words. Only the reader's own fixed phrases are passed on: its messages about values quote them.
pub(super) fn json_message(error: &serde_json::Error) -> String {
    match error.classify() {
        Category::Syntax => {
            let message = error.to_string();
            let phrase = message.rfind(" at line ").map_or("", |at| &message[..at]);
            format!("is not valid JSON: {phrase} (column {})", error.column())
        }
        Category::Eof => "is not valid JSON: it ends too early; is the file complete?".to_owned(),
        Category::Data | Category::Io => "is not the JSON that was expected".to_owned(),
    }
}

/// Whether `text` is a page archive in quoted-printable (`.mhtml`), in which a script is not readable as it stands.
pub(super) fn is_page_archive(text: &str) -> bool {
    let head = text.as_bytes().get(..4096).unwrap_or(text.as_bytes());
    memmem::find(head, b"MIME-Version:").is_some() && memmem::find(head, b"multipart/related").is_some()
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder)
    }
}

struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_order_marks_and_utf16_are_read_alike() {
        let little: Vec<u8> = "\u{feff}é[]".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "\u{feff}é[]".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in ["é[]".as_bytes(), "\u{feff}é[]".as_bytes(), &little, &big] {
            assert_eq!(decode(bytes).unwrap(), "é[]");
        }
        assert_eq!(decode(b"a\nb\xff").unwrap_err().0, 2);
        assert_eq!(decode(b"a\nb\n\0").unwrap_err().0, 3);
        assert!(decode(b"\xff\xfea").is_err());
    }

    #[test]
    fn a_place_of_many_lines_ends_with_its_first() {
        let text = "[\r\n  {\"a\": 1,\r\n   \"b\": 2}, {\"c\": 3}\r\n]";
        let document = Document::open("f", text).unwrap();
        let Shape::Array(elements) = &document.shape else { panic!("an array") };
        assert_eq!(document.place_of(elements[0].get()), Place { line: 2, column: 3, end_column: 11 });
        assert_eq!(document.place_of(elements[1].get()), Place { line: 3, column: 13, end_column: 21 });
    }

    #[test]
    fn deep_nesting_is_no_danger() {
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        assert!(Document::open("f", &deep).is_ok());
        assert!(Document::open("f", &deep[..300_000]).is_err());
    }
}
