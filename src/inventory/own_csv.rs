//! Our own list as CSV: a heading with our fields' names, one key to a row, several values separated by `;`.

use super::document::{Document, Shape};
use super::importer::{ANY, Join};
use super::mistake::Mistakes;
use super::table::{Table, heading};
use super::{Format, List, Reader, own};

pub(super) const FORMAT: Format = Format {
    name: "skelkey-csv",
    issuers: &[ANY],
    joined_by: &[Join::Hash, Join::Id, Join::Ends, Join::Moment, Join::Name],
    export: "our own list as CSV with the heading name,issuer,created,expires,… (docs/inventory.md)",
    source: "docs/inventory.md",
    reader: Reader::File { recognise, import },
};

fn recognise(document: &Document<'_>) -> bool {
    matches!(document.shape, Shape::Plain)
        && heading(document.text).is_some_and(|heading| {
            own::is_heading(heading.iter())
                || heading.get(0).is_some_and(|cell| own::is_heading(cell.split([';', '\t'])))
        })
}

fn import(document: &Document<'_>, mistakes: &mut Mistakes) -> List {
    let Some(table) = Table::open(document, mistakes) else { return own::list(Vec::new(), mistakes) };
    table.check(own::FIELDS, mistakes, own::unknown_field);
    table.require(&["issuer"], mistakes);
    let known = |name: &str, text: &str| own::FIELDS.contains(&name).then(|| own::value(name, text))?;
    let rows = table.rows(mistakes, known);
    own::list(rows, mistakes)
}
