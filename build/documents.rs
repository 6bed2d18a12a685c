//! The documents of rule files as constants, in the types of `src/rules/document.rs`.

use std::fmt::{Error, Write as _};
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A constant for every list and table.
#[derive(Default)]
pub(crate) struct Constants {
    pub(crate) text: String,
    number: usize,
}

impl Constants {
    /// The name of a new constant that holds these elements.
    fn add(&mut self, of: &str, elements: &[String]) -> Result<String, Error> {
        self.number += 1;
        let name = format!("LIST_{}", self.number);
        writeln!(self.text, "static {name}: [{of}<'static>; {}] = [{}];", elements.len(), elements.join(", "))?;
        Ok(name)
    }

    /// The name of the constant of this table.
    pub(crate) fn table(&mut self, table: &DeTable<'_>) -> Result<String, Error> {
        let mut entries = Vec::new();
        for (key, value) in table {
            let item = self.item(value)?;
            let (name, at) = (borrowed(key.get_ref()), range(&key.span()));
            entries.push(format!("Entry {{ key: {name}, at: {at}, item: {item} }}"));
        }
        self.add("Entry", &entries)
    }

    fn item(&mut self, item: &Spanned<DeValue<'_>>) -> Result<String, Error> {
        let value = match item.get_ref() {
            DeValue::String(text) => format!("Text({})", borrowed(text)),
            DeValue::Integer(number) => format!("Integer({}, {})", borrowed(number.as_str()), number.radix()),
            DeValue::Float(number) => format!("Float({})", borrowed(number.as_str())),
            DeValue::Boolean(truth) => format!("Boolean({truth})"),
            DeValue::Datetime(_) => "Time".to_owned(),
            DeValue::Array(list) => {
                let items = list.iter().map(|item| self.item(item)).collect::<Result<Vec<_>, _>>()?;
                format!("List(List::Constant(&{}))", self.add("Item", &items)?)
            }
            DeValue::Table(table) => format!("Table(List::Constant(&{}))", self.table(table)?),
        };
        Ok(format!("Item {{ at: {}, value: Value::{value} }}", range(&item.span())))
    }
}

fn borrowed(text: &str) -> String {
    format!("Cow::Borrowed({text:?})")
}

fn range(range: &Range<usize>) -> String {
    format!("{}..{}", range.start, range.end)
}
