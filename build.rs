//! Embeds the rule files (`rules/*.toml`), so that adding a provider is one file and nothing else: their texts, and
//! their documents as constants, so that starting parses none of them. What the documents mean is read by the library
//! (`src/rules`), with the same code that reads a user's files.

use std::error::Error;
use std::fmt::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::{env, fs};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let out = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR for build scripts")?;
    fs::write(Path::new(&out).join("embedded_rules.rs"), module(&rule_files(&folder)?)?)?;
    announce("rules");
    announce("build.rs");
    Ok(())
}

/// The rule files of `folder`, sorted by name so that every build embeds them in the same order.
fn rule_files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Rust code: the files' names and texts, and their documents in the types of `src/rules/document.rs`.
fn module(files: &[PathBuf]) -> Result<String, Box<dyn Error>> {
    let (mut texts, mut roots, mut constants) = (String::new(), String::new(), Constants::default());
    for path in files {
        let name = path.file_name().and_then(|name| name.to_str()).ok_or("a rule file's name is not UTF-8")?;
        let source = path.to_str().ok_or("the path to the rule files is not UTF-8")?;
        let name = format!("rules/{name}");
        let text = fs::read_to_string(path)?;
        let document = DeTable::parse(&text).map_err(|error| format!("{name}: {error}"))?;
        writeln!(texts, "    ({name:?}, include_str!({source:?})),")?;
        writeln!(roots, "    &{},", constants.table(document.get_ref())?)?;
    }
    Ok(format!(
        "static FILES: &[(&str, &str)] = &[\n{texts}];\n\nstatic DOCUMENTS: &[&[Entry<'static>]] = &[\n{roots}];\n\n{}",
        constants.text
    ))
}

/// A constant for every list and table.
#[derive(Default)]
struct Constants {
    text: String,
    number: usize,
}

impl Constants {
    /// The name of a new constant that holds these elements.
    fn add(&mut self, of: &str, elements: &[String]) -> Result<String, std::fmt::Error> {
        self.number += 1;
        let name = format!("LIST_{}", self.number);
        writeln!(self.text, "static {name}: [{of}<'static>; {}] = [{}];", elements.len(), elements.join(", "))?;
        Ok(name)
    }

    fn table(&mut self, table: &DeTable<'_>) -> Result<String, std::fmt::Error> {
        let mut entries = Vec::new();
        for (key, value) in table {
            let item = self.item(value)?;
            let (name, at) = (borrowed(key.get_ref()), range(&key.span()));
            entries.push(format!("Entry {{ key: {name}, at: {at}, item: {item} }}"));
        }
        self.add("Entry", &entries)
    }

    fn item(&mut self, item: &Spanned<DeValue<'_>>) -> Result<String, std::fmt::Error> {
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

/// Cargo reads a build script's standard output.
fn announce(path: &str) {
    println!("cargo::rerun-if-changed={path}");
}
