//! A document as the editor has it: its text, kept up to date by the editor's changes.

use tower_lsp_server::ls_types::{Position, PositionEncodingKind, Range, TextDocumentContentChangeEvent};

/// How columns are counted: in UTF-16 code units unless the editor can count bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Columns {
    Utf8,
    Utf16,
}

impl Columns {
    /// The best of what the editor offers.
    pub(super) fn of(offered: Option<&[PositionEncodingKind]>) -> Self {
        let bytes = offered.is_some_and(|offered| offered.contains(&PositionEncodingKind::UTF8));
        if bytes { Self::Utf8 } else { Self::Utf16 }
    }

    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
        }
    }
}

/// An open document.
#[derive(Clone, Debug)]
pub(super) struct Document {
    pub(super) version: i32,
    pub(super) language: String,
    pub(super) text: String,
}

impl Document {
    /// Makes one change. A position beyond a line, or beyond the text, is its end, as the protocol says.
    pub(super) fn change(&mut self, change: TextDocumentContentChangeEvent, columns: Columns) {
        match change.range {
            None => self.text = change.text,
            Some(Range { start, end }) => {
                let (start, end) = (offset(&self.text, start, columns), offset(&self.text, end, columns));
                self.text.replace_range(start.min(end)..end.max(start), &change.text);
            }
        }
    }
}

/// The byte at a position.
pub(super) fn offset(text: &str, position: Position, columns: Columns) -> usize {
    let mut start = 0;
    for _ in 0..position.line {
        match memchr::memchr(b'\n', &text.as_bytes()[start..]) {
            Some(at) => start += at + 1,
            None => return text.len(),
        }
    }
    let end = memchr::memchr(b'\n', &text.as_bytes()[start..]).map_or(text.len(), |at| start + at);
    let line = text[start..end].strip_suffix('\r').unwrap_or(&text[start..end]);
    start + column(line, position.character as usize, columns)
}

/// The byte of a line at a column; one inside a character is where the character begins.
fn column(line: &str, column: usize, columns: Columns) -> usize {
    let mut passed = 0;
    for (at, character) in line.char_indices() {
        passed += match columns {
            Columns::Utf8 => character.len_utf8(),
            Columns::Utf16 => character.len_utf16(),
        };
        if passed > column {
            return at;
        }
    }
    line.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    fn document(text: &str) -> Document {
        Document { version: 1, language: String::new(), text: text.to_owned() }
    }

    fn change(range: Option<(Position, Position)>, text: &str) -> TextDocumentContentChangeEvent {
        let range = range.map(|(start, end)| Range { start, end });
        TextDocumentContentChangeEvent { range, range_length: None, text: text.to_owned() }
    }

    #[test]
    fn columns_are_units_of_utf16_or_bytes() {
        let text = "a\r\n€𝄞key=x\n";
        let key = text.find("key").unwrap();
        assert_eq!(offset(text, at(1, 3), Columns::Utf16), key);
        assert_eq!(offset(text, at(1, 7), Columns::Utf8), key);
        assert_eq!(offset(text, at(1, 2), Columns::Utf16), text.find('𝄞').unwrap(), "inside a character");
        assert_eq!(offset(text, at(0, 99), Columns::Utf16), 1, "not past the end of a line");
        assert_eq!(offset(text, at(9, 0), Columns::Utf16), text.len());
    }

    #[test]
    fn changes_are_made_where_they_say() {
        let mut one = document("first\nsecond\n");
        one.change(change(Some((at(1, 0), at(1, 6))), "2nd"), Columns::Utf16);
        one.change(change(Some((at(0, 5), at(0, 5))), " of"), Columns::Utf16);
        assert_eq!(one.text, "first of\n2nd\n");
        one.change(change(Some((at(7, 0), at(9, 9))), "end"), Columns::Utf16);
        assert_eq!(one.text, "first of\n2nd\nend");
        one.change(change(None, "all new"), Columns::Utf16);
        assert_eq!(one.text, "all new");
    }

    proptest::proptest! {
        #[test]
        fn no_change_panics(text in ".{0,30}", a in (0_u32..4, 0_u32..40), b in (0_u32..4, 0_u32..40), new in ".{0,8}") {
            for columns in [Columns::Utf8, Columns::Utf16] {
                document(&text).change(change(Some((at(a.0, a.1), at(b.0, b.1))), &new), columns);
            }
        }
    }
}
