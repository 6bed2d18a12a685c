//! The prefilter's tables as constants, in the types of `src/detect/anchors/tables`.

use std::fmt::{Debug, Error, Write as _};

use crate::tables::Tables;

/// Rust code that defines `TABLES`.
pub(crate) fn module(tables: &Tables) -> Result<String, Error> {
    let mut code = String::new();
    list(&mut code, "ANCHORS", "Anchor", &tables.anchors)?;
    list(&mut code, "USERS", "User", &tables.users)?;
    list(&mut code, "ENTRIES", "Entry", &tables.lookup.entries)?;
    list(&mut code, "STARTS", "u32", &tables.lookup.starts)?;
    writeln!(code, "static GRAM_SIEVE: Sieve = {:?};", tables.lookup.sieve)?;
    writeln!(code, "static WORD_SIEVE: Sieve = {:?};", tables.words.sieve)?;
    list(&mut code, "KNOWN", "u64", &tables.words.known)?;
    list(&mut code, "WORD_USERS", "User", &tables.words.users)?;
    list(&mut code, "WORDS", "Word", &tables.words.list)?;
    list(&mut code, "SEEKERS", "Seeker", &tables.words.seekers)?;
    list(&mut code, "SLOTS", "u32", &tables.words.slots)?;
    writeln!(code, "static ADMITTED: [[u8; 4]; {}] = {:?};", tables.words.admitted.len(), tables.words.admitted)?;
    writeln!(code, "static BUCKETS: Buckets = {:?};", tables.buckets)?;
    writeln!(code, "static POOL: &[u8] = b\"{}\";", tables.pool.escape_ascii())?;
    write!(
        code,
        "pub(super) static TABLES: Tables = Tables {{\n    pool: Cow::Borrowed(POOL),\n    \
         anchors: Cow::Borrowed(&ANCHORS),\n    users: Cow::Borrowed(&USERS),\n    \
         lookup: Lookup {{ sieve: Cow::Borrowed(&GRAM_SIEVE), starts: Cow::Borrowed(&STARTS), entries: Cow::Borrowed(&ENTRIES) }},\n    \
         buckets: Cow::Borrowed(&BUCKETS),\n    \
         words: Words {{\n        sieve: Cow::Borrowed(&WORD_SIEVE),\n        known: Cow::Borrowed(&KNOWN),\n        slots: Cow::Borrowed(&SLOTS),\n        list: Cow::Borrowed(&WORDS),\n        \
         users: Cow::Borrowed(&WORD_USERS),\n        seekers: Cow::Borrowed(&SEEKERS),\n        longest: {},\n        \
         admitted: Cow::Borrowed(&ADMITTED),\n    }},\n    longest: {},\n}};\n",
        tables.words.longest, tables.longest
    )?;
    Ok(code)
}

/// A constant list. What its elements look like when they are debugged is the code that makes them.
fn list<T: Debug>(code: &mut String, name: &str, of: &str, elements: &[T]) -> Result<(), Error> {
    writeln!(code, "static {name}: [{of}; {}] = [", elements.len())?;
    for element in elements {
        writeln!(code, "    {element:?},")?;
    }
    writeln!(code, "];")
}
