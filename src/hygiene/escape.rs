//! Names from repositories and lists inside a sentence: nothing in them may act on a terminal or a page.

use std::fmt::Write as _;

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
        if acts(character) {
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

/// Characters that move, turn, join or hide text: controls, line and paragraph separators, the bidirectional and the
/// zero-width ones, tags, and the byte order mark.
fn acts(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
