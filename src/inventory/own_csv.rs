//! Our own list as CSV: a heading with our fields' names, one key to a row, several values separated by `;`.

use csv::{ReaderBuilder, StringRecord};

use super::document::{Document, Shape};
use super::mistake::Mistakes;
use super::own;
use super::plaintext::text_holds_key;
use super::row::{Field, Row, USE_A_HASH};
use super::{Format, List};

pub(super) const FORMAT: Format = Format {
    name: "skelkey-csv",
    export: "our own list as CSV with the heading name,issuer,created,expires,… (docs/inventory.md)",
    recognise,
    import,
};

fn recognise(document: &Document<'_>) -> bool {
    matches!(document.shape, Shape::Plain)
        && heading(document.text).is_some_and(|heading| {
            own::is_heading(heading.iter())
                || heading.get(0).is_some_and(|cell| own::is_heading(cell.split([';', '\t'])))
        })
}

fn import(document: &Document<'_>, mistakes: &mut Mistakes) -> List {
    let mut records = reader(document.text).into_records();
    let Some(Ok(heading)) = records.next() else { return own::list(Vec::new(), mistakes) };
    let heading_line = place(document, &heading).0;
    if heading.len() == 1 {
        mistakes.add(heading_line, "the columns must be separated by commas");
        return own::list(Vec::new(), mistakes);
    }
    check_heading(&heading, heading_line, mistakes);
    let mut rows = Vec::new();
    // The text is UTF-8 already and rows of any length are taken, so no row can fail here.
    for (index, record) in records.flatten().enumerate() {
        rows.extend(row(document, &heading, index + 1, &record, mistakes));
    }
    own::list(rows, mistakes)
}

fn reader(text: &str) -> csv::Reader<&[u8]> {
    ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes())
}

fn heading(text: &str) -> Option<StringRecord> {
    reader(text).into_records().next()?.ok()
}

fn check_heading(heading: &StringRecord, line: usize, mistakes: &mut Mistakes) {
    for (index, name) in heading.iter().map(str::trim).enumerate() {
        if !own::FIELDS.contains(&name) {
            mistakes.add(line, format!("column {}: {}", index + 1, own::unknown_field(name, index + 1)));
        } else if heading.iter().take(index).any(|earlier| earlier.trim() == name) {
            mistakes.add(line, format!("column {}: `{name}` is given twice", index + 1));
        }
    }
    if !heading.iter().any(|name| name.trim() == "issuer") {
        mistakes.add(line, "the column `issuer` is missing");
    }
}

fn row(
    document: &Document<'_>,
    heading: &StringRecord,
    number: usize,
    record: &StringRecord,
    mistakes: &mut Mistakes,
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
    for (name, text) in heading.iter().map(str::trim).zip(record) {
        if let (true, Some(value)) = (own::FIELDS.contains(&name) && row.get(name).is_none(), own::value(name, text)) {
            row.push(Field { name: name.to_owned(), line, value }, mistakes);
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
