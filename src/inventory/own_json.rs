//! Our own list as JSON: `{"skelkey-inventory": 1, "keys": […]}`; schema in `docs/schema`.

use super::document::{Document, Members};
use super::importer::Join;
use super::mistake::{Mistakes, shown_name, suggest};
use super::row::Row;
use super::{Format, List, Reader, own};

pub(super) const FORMAT: Format = Format {
    name: "skelkey-json",
    issuers: &[super::importer::ANY],
    joined_by: &[Join::Hash, Join::Id, Join::Ends, Join::Moment, Join::Name],
    export: "our own list: {\"skelkey-inventory\": 1, \"keys\": [{\"name\": …, \"issuer\": …, \"sha256\": …}]} \
             (docs/inventory.md)",
    source: "docs/inventory.md, docs/schema/skelkey-inventory-v1.schema.json",
    reader: Reader::File { recognise, import },
};

const MARK: &str = "skelkey-inventory";
const VERSION: &str = "1";
const MEMBERS: &[&str] = &["$schema", MARK, "keys"];

fn recognise(document: &Document<'_>) -> bool {
    document.members().is_some_and(|members| members.get(MARK).is_some())
}

fn import(document: &Document<'_>, mistakes: &mut Mistakes) -> List {
    if let Some(members) = document.members() {
        check(document, members, mistakes);
    }
    let elements = document.elements("keys", mistakes);
    let rows = Row::all_from_json(document, &elements, mistakes);
    for row in &rows {
        own::check_names(row, mistakes);
    }
    own::list(rows, mistakes)
}

fn check(document: &Document<'_>, members: &Members<'_>, mistakes: &mut Mistakes) {
    for (index, (name, raw)) in members.0.iter().enumerate() {
        let line = document.line_of(raw.get());
        if name == MARK && raw.get() != VERSION {
            mistakes.add(line, format!("`{MARK}` must be {VERSION}: no other version is known here"));
        } else if !MEMBERS.contains(&name.as_str()) {
            let meant = suggest(name, MEMBERS.iter().copied());
            let hint = meant.map_or_else(String::new, |meant| format!("; was `{meant}` meant?"));
            mistakes.add(line, format!("field {} beside `keys` is not known{hint}", shown_name(name, index + 1)));
        } else if members.0[..index].iter().any(|(earlier, _)| earlier == name) {
            mistakes.add(line, format!("`{name}` is given twice"));
        }
    }
    if members.get("keys").is_none() {
        mistakes.add(1, "`keys` is missing");
    }
}
