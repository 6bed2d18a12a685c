//! The rule files that are part of the binary.

use std::borrow::Cow;

use super::document::{Entry, Item, List, Value};

/// Every embedded rule file, sorted by name: name (`rules/nuget.toml`) and text.
#[must_use]
pub fn embedded() -> &'static [(&'static str, &'static str)] {
    FILES
}

/// The documents of [`embedded`], in the same order, parsed when the library was built.
pub(super) fn documents() -> &'static [&'static [Entry<'static>]] {
    DOCUMENTS
}

include!(concat!(env!("OUT_DIR"), "/embedded_rules.rs"));

#[cfg(test)]
mod tests {
    use super::super::{load, parse};
    use super::*;

    #[test]
    fn the_constants_say_what_the_texts_say() {
        let (constants, texts) = (load(&[]).unwrap(), parse(embedded()).unwrap());
        assert_eq!(format!("{constants:?}"), format!("{texts:?}"));
    }
}
