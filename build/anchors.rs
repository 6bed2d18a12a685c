//! The prefilter's tables as constants, in the types of `src/detect/anchors/tables`.

use std::fmt::{Debug, Error, Write as _};

use crate::tables::Tables;
use crate::tables::words::Table;

/// Rust code that defines `TABLES`.
pub(crate) fn module(tables: &Tables) -> Result<String, Error> {
    let mut code = String::new();
    list(&mut code, "ANCHORS", "Anchor", &tables.anchors)?;
    list(&mut code, "USERS", "User", &tables.users)?;
    list(&mut code, "ENTRIES", "Entry", &tables.lookup.entries)?;
    list(&mut code, "STARTS", "u32", &tables.lookup.starts)?;
    writeln!(code, "static SIEVE: Sieve = {:?};", tables.sieve)?;
    table(&mut code, "STANDING", &tables.words.standing)?;
    table(&mut code, "BEFORE", &tables.words.before)?;
    list(&mut code, "WORD_USERS", "User", &tables.words.users)?;
    list(&mut code, "SEEKERS", "Seeker", &tables.words.seekers)?;
    list(&mut code, "WANTED", "u128", &tables.words.wanted)?;
    writeln!(code, "static BUCKETS: Buckets = {:?};", tables.buckets)?;
    writeln!(code, "static POOL: &[u8] = b\"{}\";", tables.pool.escape_ascii())?;
    write!(
        code,
        "pub(super) static TABLES: Tables = Tables {{\n    pool: Cow::Borrowed(POOL),\n    \
         anchors: Cow::Borrowed(&ANCHORS),\n    users: Cow::Borrowed(&USERS),\n    \
         sieve: Cow::Borrowed(&SIEVE),\n    lookup: Lookup {{ starts: Cow::Borrowed(&STARTS), entries: Cow::Borrowed(&ENTRIES) }},\n    \
         buckets: Cow::Borrowed(&BUCKETS),\n    \
         words: Words {{\n        standing: {},\n        before: {},\n        \
         users: Cow::Borrowed(&WORD_USERS),\n        seekers: Cow::Borrowed(&SEEKERS),\n        longest: {},\n        \
         wanted: Cow::Borrowed(&WANTED),\n    }},\n    longest: {},\n}};\n",
        named("STANDING"),
        named("BEFORE"),
        tables.words.longest,
        tables.longest
    )?;
    Ok(code)
}

/// The lists of a table.
fn table(code: &mut String, name: &str, table: &Table) -> Result<(), Error> {
    list(code, &format!("{name}_KNOWN"), "u64", &table.known)?;
    list(code, &format!("{name}_SLOTS"), "u32", &table.slots)?;
    list(code, &format!("{name}_WORDS"), "Word", &table.list)
}

/// The table of these lists.
fn named(name: &str) -> String {
    let list = |part| format!("Cow::Borrowed(&{name}_{part})");
    format!("Table {{ known: {}, slots: {}, list: {} }}", list("KNOWN"), list("SLOTS"), list("WORDS"))
}

/// A constant list. What its elements look like when they are debugged is the code that makes them.
fn list<T: Debug>(code: &mut String, name: &str, of: &str, elements: &[T]) -> Result<(), Error> {
    writeln!(code, "static {name}: [{of}; {}] = [", elements.len())?;
    for element in elements {
        writeln!(code, "    {element:?},")?;
    }
    writeln!(code, "];")
}
