//! The prefilter's tables as constants, in the types of `src/detect/anchors/tables`.

use std::fmt::{Debug, Display, Error, Write as _};

use crate::tables::Tables;
use crate::tables::buckets::Halves;
use crate::tables::gram::LENGTH;

/// Rust code that defines `TABLES`.
pub(crate) fn module(tables: &Tables) -> Result<String, Error> {
    let mut code = String::new();
    let anchors = tables.anchors.iter().map(|anchor| {
        let (folded, begins_word, users) = (bytes(&anchor.folded), anchor.begins_word, anchor.users);
        format!("Anchor {{ folded: {folded}, begins_word: {begins_word}, users: {users:?} }}")
    });
    list(&mut code, "ANCHORS", "Anchor", anchors)?;
    let users = tables.users.iter().map(|user| {
        let exact = user.exact.as_ref().map_or("None".to_owned(), |exact| format!("Some({})", bytes(exact)));
        format!("User {{ rule: {}, exact: {exact} }}", user.rule)
    });
    list(&mut code, "USERS", "User", users)?;
    let entries = tables.lookup.entries.iter().map(|entry| {
        let (key, mask) = (entry.key, entry.mask);
        format!("Entry {{ key: {key}, mask: {mask}, anchor: {}, offset: {} }}", entry.anchor, entry.offset)
    });
    list(&mut code, "ENTRIES", "Entry", entries)?;
    list(&mut code, "STARTS", "u32", tables.lookup.starts.iter())?;
    let words = tables.words.words.iter();
    let words = words.map(|word| format!("Word {{ text: {}, seekers: {:?} }}", bytes(&word.text), word.seekers));
    list(&mut code, "WORDS", "Word", words)?;
    let seekers = tables.words.seekers.iter();
    let seekers = seekers.map(|one| format!("Seeker {{ rule: {}, shape: crate::rules::{:?} }}", one.rule, one.shape));
    list(&mut code, "SEEKERS", "Seeker", seekers)?;
    list(&mut code, "SLOTS", "u32", tables.words.slots.iter())?;
    let buckets = &tables.buckets;
    let halves = buckets.halves.iter().map(group).collect::<Vec<_>>().join(", ");
    let (sets, groups, word_groups) = (buckets.sets, buckets.groups, buckets.word_groups);
    writeln!(
        code,
        "static BUCKETS: Buckets = Buckets {{ sets: {sets:?}, halves: [{halves}], groups: {groups}, word_groups: {word_groups} }};"
    )?;
    write!(
        code,
        "pub(super) static TABLES: Tables = Tables {{\n    anchors: Cow::Borrowed(&ANCHORS),\n    users: Cow::Borrowed(&USERS),\n    \
         lookup: Lookup {{ starts: Cow::Borrowed(&STARTS), entries: Cow::Borrowed(&ENTRIES) }},\n    \
         buckets: Cow::Borrowed(&BUCKETS),\n    \
         words: Words {{\n        slots: Cow::Borrowed(&SLOTS),\n        words: Cow::Borrowed(&WORDS),\n        \
         seekers: Cow::Borrowed(&SEEKERS),\n        longest: {},\n    }},\n}};\n",
        tables.words.longest
    )?;
    Ok(code)
}

/// A constant list.
fn list<T: Display>(code: &mut String, name: &str, of: &str, elements: impl ExactSizeIterator<Item = T>) -> Result<(), Error> {
    writeln!(code, "static {name}: [{of}; {}] = [", elements.len())?;
    for element in elements {
        writeln!(code, "    {element},")?;
    }
    writeln!(code, "];")
}

fn group(halves: &[Halves; LENGTH]) -> String {
    let of_place = |halves: &Halves| format!("Halves {{ low: {:?}, high: {:?} }}", halves.low, halves.high);
    format!("[{}]", halves.iter().map(of_place).collect::<Vec<_>>().join(", "))
}

fn bytes(bytes: &(impl Debug + AsRef<[u8]> + ?Sized)) -> String {
    format!("Cow::Borrowed(b\"{}\")", bytes.as_ref().escape_ascii())
}
