//! Names from repositories and lists inside a sentence: nothing in them may act on a terminal or a page.

use std::fmt::Write as _;

use crate::escape::is_unsafe;

/// The longest name that is shown in full, in characters.
const LONGEST: usize = 200;

/// `value` on one line: control, bidirectional and other invisible characters are written as `\u{…}`, and what is
/// longer than 200 characters is cut with `…`.
#[must_use]
pub fn visible(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for (count, character) in value.chars().enumerate() {
        if count == LONGEST {
            text.push('…');
            break;
        }
        if is_unsafe(character) {
            _ = write!(text, "\\u{{{:x}}}", u32::from(character));
        } else {
            text.push(character);
        }
    }
    text
}

/// [`visible`] as a Markdown code span, which nothing in `value` can end: a backtick becomes an apostrophe.
#[must_use]
pub fn code(value: &str) -> String {
    format!("`{}`", inside_code(value))
}

/// [`visible`] for a place that already stands between backticks.
#[must_use]
pub fn inside_code(value: &str) -> String {
    visible(value).replace('`', "'")
}
