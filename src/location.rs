//! Where something stands in a text: byte spans inside, lines and columns at the edge.

use std::cell::Cell;

use memchr::{memchr_iter, memrchr};
use serde::{Deserialize, Serialize};

/// A half-open range of bytes in one blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Span {
    /// First byte, counted from 0.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// A span of `start..end`.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end, "a span runs forwards");
        Self { start, end }
    }

    /// Number of bytes.
    #[must_use]
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether it covers no byte.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether both share at least one byte.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether the first byte of `other` is in this span.
    #[must_use]
    pub fn contains_start(self, other: Self) -> bool {
        (self.start..self.end).contains(&other.start)
    }

    /// Whether every byte of `other` is in this span.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// A span in lines and columns. All counts are from 1; an end column is one past the last character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
pub struct Region {
    /// Line of the first byte.
    pub start_line: usize,
    /// Column of the first byte, in UTF-8 bytes.
    pub start_column: usize,
    /// Line of the last byte.
    pub end_line: usize,
    /// One past the column of the last byte, in UTF-8 bytes.
    pub end_column: usize,
    /// `start_column` in UTF-16 code units, as SARIF and editors count.
    pub start_column_utf16: usize,
    /// `end_column` in UTF-16 code units.
    pub end_column_utf16: usize,
}

impl Region {
    /// The same region of a text that has `before` in front of it.
    #[must_use]
    pub fn after(mut self, before: &Position) -> Self {
        if self.start_line == 1 {
            self.start_column += before.column;
            self.start_column_utf16 += before.column_utf16;
        }
        if self.end_line == 1 {
            self.end_column += before.column;
            self.end_column_utf16 += before.column_utf16;
        }
        self.start_line += before.lines;
        self.end_line += before.lines;
        self
    }
}

/// How far a text has been read. All counts are from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Line ends passed.
    pub lines: usize,
    /// UTF-8 bytes passed since the last of them.
    pub column: usize,
    /// The same in UTF-16 code units.
    pub column_utf16: usize,
}

impl Position {
    /// Passes `bytes`. They end at a [`character_start`]; otherwise a character that is cut counts for two.
    pub fn pass(&mut self, bytes: &[u8]) {
        let line = line_start(bytes, bytes.len());
        if line > 0 {
            self.lines += memchr_iter(b'\n', &bytes[..line]).count();
            (self.column, self.column_utf16) = (0, 0);
        }
        self.column += bytes.len() - line;
        self.column_utf16 += utf16_len(&bytes[line..]);
    }
}

/// The last offset up to `offset` at which `text` can be cut without cutting a UTF-8 character.
#[must_use]
pub fn character_start(text: &[u8], offset: usize) -> usize {
    let continues = |at: usize| text.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    // A character has at most three bytes after its first; more of them in a row belong to none.
    let first = (offset.saturating_sub(3)..=offset).rev().find(|&at| !continues(at));
    first.unwrap_or(offset)
}

/// The offsets at which the lines of one text begin. A line ends with `\n`, `\r\n` or the end of the text.
pub struct LineIndex<'a> {
    text: &'a [u8],
    starts: Vec<usize>,
    /// Start of a line, an offset on it, and the UTF-16 code units between them: places come in order, and on a line
    /// of many megabytes counting from its start for each would take the square of its length.
    counted: Cell<(usize, usize, usize)>,
}

impl<'a> LineIndex<'a> {
    /// Reads `text` once.
    #[must_use]
    pub fn new(text: &'a [u8]) -> Self {
        let starts = std::iter::once(0).chain(memchr_iter(b'\n', text).map(|at| at + 1)).collect();
        Self { text, starts, counted: Cell::default() }
    }

    /// The line (from 1) that holds the byte at `offset`.
    #[must_use]
    pub fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset)
    }

    /// Number of lines; an empty text has one.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.starts.len()
    }

    /// The bytes of a line (from 1) without its line ending, and where they start. `None` past the end.
    #[must_use]
    pub fn line(&self, line: usize) -> Option<(usize, &'a [u8])> {
        let start = *self.starts.get(line.checked_sub(1)?)?;
        let end = self.starts.get(line).map_or(self.text.len(), |next| next - 1);
        let bytes = &self.text[start..end];
        Some((start, bytes.strip_suffix(b"\r").unwrap_or(bytes)))
    }

    /// Lines and columns of `span`.
    #[must_use]
    pub fn region(&self, span: Span) -> Region {
        let last = if span.is_empty() { span.start } else { span.end - 1 };
        let (start_line, end_line) = (self.line_of(span.start), self.line_of(last));
        let (from, to) = (self.starts[start_line - 1], self.starts[end_line - 1]);
        Region {
            start_line,
            start_column: span.start - from + 1,
            end_line,
            end_column: span.end - to + 1,
            start_column_utf16: self.utf16_column(from, span.start) + 1,
            end_column_utf16: self.utf16_column(to, span.end) + 1,
        }
    }

    /// UTF-16 code units from the start of a line to an offset on it.
    fn utf16_column(&self, line: usize, offset: usize) -> usize {
        let (counted_line, from, units) = self.counted.get();
        let goes_on = counted_line == line && (line..=offset).contains(&from);
        let (from, units) = if goes_on { (from, units) } else { (line, 0) };
        let all = units + utf16_len(&self.text[from..offset]);
        if character_start(self.text, offset) == offset {
            self.counted.set((line, offset, all));
        }
        all
    }
}

/// Length in UTF-16 code units. A character counts where its first byte stands, two units from four bytes on, and its
/// other bytes count nothing; so do stray ones in a text that is no UTF-8. That makes the length of two parts together
/// the sum of their lengths wherever the cut is, and windows agree with the whole.
fn utf16_len(bytes: &[u8]) -> usize {
    if bytes.is_ascii() {
        return bytes.len();
    }
    bytes.iter().map(|byte| usize::from(byte & 0xc0 != 0x80) + usize::from(*byte >= 0xf0)).sum()
}

/// The start of the line that holds `offset`, found without an index.
#[must_use]
pub fn line_start(text: &[u8], offset: usize) -> usize {
    memrchr(b'\n', &text[..offset]).map_or(0, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_bytes_inside_and_utf16_at_the_edge() {
        let text = "a\r\n€𝄞key=x\n".as_bytes();
        let at = text.windows(3).position(|w| w == b"key").unwrap();
        let region = LineIndex::new(text).region(Span::new(at, at + 3));
        assert_eq!((region.start_line, region.start_column, region.end_column), (2, 8, 11));
        assert_eq!((region.start_column_utf16, region.end_column_utf16), (4, 7));
    }

    #[test]
    fn a_text_in_two_pieces_has_the_columns_of_the_whole() {
        let text = "€a\n𝄞bé\u{fffd}=\x07€x\nkey€".as_bytes();
        let whole = LineIndex::new(text);
        for cut in (0..text.len()).map(|cut| character_start(text, cut)) {
            let mut before = Position::default();
            before.pass(&text[..cut]);
            let rest = LineIndex::new(&text[cut..]);
            for start in cut..text.len() {
                let span = Span::new(start, text.len());
                let here = rest.region(Span::new(start - cut, text.len() - cut)).after(&before);
                assert_eq!(here, whole.region(span), "cut at {cut}, {start}");
            }
        }
    }

    #[test]
    fn lines_have_no_endings_and_stop_at_the_last() {
        let index = LineIndex::new(b"one\r\ntwo");
        assert_eq!(index.line(1), Some((0, &b"one"[..])));
        assert_eq!(index.line(2), Some((5, &b"two"[..])));
        assert_eq!(index.line(3), None);
        assert_eq!(index.line(0), None);
    }
}
