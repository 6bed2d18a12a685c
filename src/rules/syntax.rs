//! How a pattern is read: bytes, no Unicode. `build.rs` reads the built-in patterns with this very code.

use regex_syntax::hir::{Hir, Look};

/// The pattern's parsed form, or the parser's message on one line.
pub(crate) fn parse(pattern: &str) -> Result<Hir, String> {
    let parsed = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern);
    parsed.map_err(|error| match error {
        regex_syntax::Error::Parse(error) => format!("{} (at byte {})", error.kind(), error.span().start.offset),
        regex_syntax::Error::Translate(error) => format!("{} (at byte {})", error.kind(), error.span().start.offset),
        other => other.to_string(),
    })
}

/// Whether every match begins at the edge of a word.
pub(crate) fn begins_at_word_edge(pattern: &Hir) -> bool {
    let begins = pattern.properties().look_set_prefix();
    begins.contains(Look::WordAscii) || begins.contains(Look::WordStartAscii)
}

/// Whether every match begins where a line does.
pub(crate) fn begins_at_line(pattern: &Hir) -> bool {
    pattern.properties().look_set_prefix().contains(Look::StartLF)
}
