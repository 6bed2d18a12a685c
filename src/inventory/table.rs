//! Lists that are a table: CSV with a heading, one key or one user to a row.

use csv::{ReaderBuilder, StringRecord};
use serde_json::Value;

use super::document::Document;
use super::mistake::{Mistakes, shown_name};
use super::plaintext::text_holds_key;
use super::row::{Field, Row, USE_A_HASH, are_few};

/// A table whose heading was read.
pub(super) struct Table<'d, 't> {
    document: &'d Document<'t>,
    /// Its columns, trimmed.
    pub(super) heading: Vec<String>,
    /// The line of the heading.
    pub(super) line: usize,
    records: csv::StringRecordsIntoIter<&'t [u8]>,
}

/// The heading of a text that may be a table.
pub(super) fn heading(text: &str) -> Option<StringRecord> {
    reader(text).into_records().next()?.ok()
}

fn reader(text: &str) -> csv::Reader<&[u8]> {
    ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes())
}

impl<'d, 't> Table<'d, 't> {
    /// Reads the heading. `None`, and a mistake, if there is no table.
    pub(super) fn open(document: &'d Document<'t>, mistakes: &mut Mistakes) -> Option<Self> {
        let mut records = reader(document.text).into_records();
        let heading = records.next()?.ok()?;
        let line = place(document, &heading).0;
        if heading.len() == 1 {
            mistakes.add(line, "the columns must be separated by commas");
            return None;
        }
        // A row is a line: none of our values has more than one.
        if !are_few(memchr::memchr_iter(b'\n', document.text.as_bytes()).count().saturating_sub(1), line, mistakes) {
            return None;
        }
        let heading = heading.iter().map(|name| name.trim().to_owned()).collect();
        Some(Self { document, heading, line, records })
    }

    /// Complains of every column that is not `known` or stands there twice; a column that nobody reads may hold what
    /// should be known. `say` words the first.
    pub(super) fn check(&self, known: &[&str], mistakes: &mut Mistakes, say: impl Fn(&str, usize) -> String) {
        for (index, name) in self.heading.iter().enumerate() {
            let number = index + 1;
            if !known.contains(&name.as_str()) {
                mistakes.add(self.line, format!("column {number}: {}", say(name, number)));
            } else if self.heading[..index].contains(name) {
                mistakes.add(self.line, format!("column {number}: `{name}` is given twice"));
            }
        }
    }

    /// Complains of every column of `needed` that is not there.
    pub(super) fn require(&self, needed: &[&str], mistakes: &mut Mistakes) {
        for name in needed.iter().filter(|name| !self.heading.iter().any(|column| column == *name)) {
            mistakes.add(self.line, format!("the column `{name}` is missing"));
        }
    }

    /// Its rows. `value` reads a cell of the named column; `None` is a cell that says nothing.
    pub(super) fn rows(self, mistakes: &mut Mistakes, value: impl Fn(&str, &str) -> Option<Value>) -> Vec<Row> {
        let Self { document, heading, records, .. } = self;
        // The text is UTF-8 already and rows of any length are taken, so no row can fail here.
        let records = records.flatten().enumerate();
        records.filter_map(|(index, record)| row(document, &heading, index + 1, &record, mistakes, &value)).collect()
    }
}

/// What to say of a column that an issuer's table is not known to have.
pub(super) fn unknown_column(name: &str, number: usize) -> String {
    format!("{} is not a column that is known here; what it says would be lost", shown_name(name, number))
}

fn row(
    document: &Document<'_>,
    heading: &[String],
    number: usize,
    record: &StringRecord,
    mistakes: &mut Mistakes,
    value: impl Fn(&str, &str) -> Option<Value>,
) -> Option<Row> {
    let (line, start) = place(document, record);
    if record.iter().any(text_holds_key) {
        mistakes.add(line, format!("record {number}: holds what looks like a key itself; {USE_A_HASH}"));
        return None;
    }
    if record.len() != heading.len() {
        let (has, wants) = (record.len(), heading.len());
        mistakes
            .add(line, format!("record {number}: has {has} values for {wants} columns; quote a value with a comma"));
        return None;
    }
    // An open quote swallows the rows behind it; none of our values has more than one line.
    if record.iter().any(|value| value.trim().contains('\n')) {
        mistakes.add(line, format!("record {number}: a value runs over several lines; is a quote not closed?"));
        return None;
    }
    let mut row = Row { number, place: document.place(start, end(document.text, start)), fields: Vec::new() };
    for (name, text) in heading.iter().zip(record) {
        if let (true, Some(value)) = (row.get(name).is_none(), value(name, text)) {
            row.push(Field { name: name.clone(), line, value }, mistakes);
        }
    }
    Some(row)
}

/// Line and offset of a row. The reader's own position may still stand on the line break before it.
fn place(document: &Document<'_>, record: &StringRecord) -> (usize, usize) {
    let at = record.position().and_then(|at| usize::try_from(at.byte()).ok()).unwrap_or(0).min(document.text.len());
    let rest = document.text.get(at..).unwrap_or("");
    let rest = rest.trim_start_matches(['\r', '\n']);
    (document.line_of(rest), document.offset_of(rest))
}

/// The end of the line that begins at `start`.
fn end(text: &str, start: usize) -> usize {
    let line = text.get(start..).unwrap_or("").lines().next().unwrap_or("");
    start + line.len()
}
