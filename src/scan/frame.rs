//! The lines that a reader sees of a place: every match on them masked, everything unsafe made visible.

use crate::escape::push_visible;
use crate::finding::FrameLine;
use crate::location::{LineIndex, Span};
use crate::secret::Masked;

/// How many bytes of a long line are shown to either side of the secret.
const REACH: usize = 72;

/// Draws the line on which `at` begins. `masks` are all matches of the blob, at any confidence, sorted by start and
/// none inside another; `lines_before` is the number of lines before the blob.
pub(super) fn draw(index: &LineIndex<'_>, at: Span, masks: &[(Span, Masked)], lines_before: usize) -> Vec<FrameLine> {
    let number = index.line_of(at.start);
    let Some((start, line)) = index.line(number) else { return Vec::new() };
    let shown =
        Span::new(at.start.saturating_sub(REACH).max(start), (at.end + REACH).min(start + line.len()).max(at.start));
    vec![Draw { line, start, shown, text: String::new(), mark: None }.all(
        number + lines_before,
        at,
        near(masks, shown),
    )]
}

/// A line (from 1) with an ellipsis for every match on it; empty past the end of the text. Of a long line its first and its
/// last `reach` bytes: on one of megabytes there may be thousands of matches, and each asks.
pub(super) fn masked(index: &LineIndex<'_>, number: usize, masks: &[(Span, Masked)], reach: usize) -> Vec<u8> {
    let Some((start, line)) = index.line(number) else { return Vec::new() };
    let end = start + line.len();
    if line.len() <= 2 * reach {
        return masked_piece(line, start, Span::new(start, end), masks);
    }
    let ends = [Span::new(start, start + reach), Span::new(end - reach, end)];
    ends.map(|piece| masked_piece(line, start, piece, masks)).concat()
}

/// A piece of the line that begins at `start`, masked.
fn masked_piece(line: &[u8], start: usize, piece: Span, masks: &[(Span, Masked)]) -> Vec<u8> {
    let (mut shown, mut from) = (Vec::with_capacity(piece.len()), piece.start);
    for (span, _) in near(masks, piece) {
        shown.extend_from_slice(&line[from - start..span.start.clamp(from, piece.end) - start]);
        shown.extend_from_slice("…".as_bytes());
        from = span.end.clamp(from, piece.end);
    }
    shown.extend_from_slice(&line[from - start..piece.end - start]);
    shown
}

/// The masks that overlap `shown`: found by halving, since a text may hold very many.
fn near(masks: &[(Span, Masked)], shown: Span) -> &[(Span, Masked)] {
    let first = masks.partition_point(|(span, _)| span.end <= shown.start);
    let last = masks.partition_point(|(span, _)| span.start < shown.end);
    masks.get(first..last).unwrap_or_default()
}

struct Draw<'l> {
    line: &'l [u8],
    start: usize,
    shown: Span,
    text: String,
    mark: Option<(usize, usize)>,
}

impl Draw<'_> {
    fn all(mut self, number: usize, at: Span, masks: &[(Span, Masked)]) -> FrameLine {
        if self.shown.start > self.start {
            self.text.push('…');
        }
        let mut from = self.shown.start;
        for (span, masked) in masks {
            // One that began before the cut, or inside another, hides what is left of it.
            self.plain(from, span.start);
            let before = self.text.len();
            masked.as_str().chars().for_each(|c| push_visible(&mut self.text, c));
            if *span == at {
                self.mark = Some((before, self.text.len()));
            }
            from = from.max(span.end);
        }
        self.plain(from.min(self.shown.end), self.shown.end);
        if self.shown.end < self.start + self.line.len() {
            self.text.push('…');
        }
        FrameLine { number, text: self.text, mark: self.mark }
    }

    /// Text outside every match. A cut through a character shows as a replacement character.
    fn plain(&mut self, from: usize, to: usize) {
        if from < to {
            let bytes = &self.line[from - self.start..to - self.start];
            String::from_utf8_lossy(bytes).chars().for_each(|c| push_visible(&mut self.text, c));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masks(spans: &[(usize, usize)]) -> Vec<(Span, Masked)> {
        spans.iter().map(|&(a, b)| (Span::new(a, b), Masked::of(b"", ""))).collect()
    }

    #[test]
    fn every_match_on_the_line_is_masked() {
        let text = b"one\na=SECRET1 b=SECRET2\x07\n";
        let lines = draw(&LineIndex::new(text), Span::new(6, 13), &masks(&[(6, 13), (16, 23)]), 0);
        assert_eq!(lines[0].number, 2);
        assert_eq!(lines[0].text, "a=… b=…\\u{7}");
        assert_eq!(lines[0].mark, Some((2, 5)));
    }

    #[test]
    fn a_long_line_is_cut_to_both_sides_and_a_match_across_the_cut_stays_hidden() {
        let mut text = vec![b'x'; 1000];
        text[400..500].fill(b'S');
        text[560..600].fill(b'T');
        let lines = draw(&LineIndex::new(&text), Span::new(400, 500), &masks(&[(400, 500), (560, 600)]), 0);
        assert!(lines[0].text.starts_with('…') && lines[0].text.ends_with('…'), "{}", lines[0].text);
        assert!(!lines[0].text.contains(['S', 'T']), "{}", lines[0].text);
    }

    #[test]
    fn a_match_that_began_before_the_cut_stays_hidden() {
        let mut text = vec![b'x'; 1000];
        text[300..380].fill(b'S');
        text[400..500].fill(b'T');
        let lines = draw(&LineIndex::new(&text), Span::new(400, 500), &masks(&[(300, 380), (400, 500)]), 0);
        assert!(!lines[0].text.contains(['S', 'T']), "{}", lines[0].text);
    }

    #[test]
    fn a_match_that_began_on_an_earlier_line_stays_hidden() {
        let text = b"k=AAA\nBBB j=CCC";
        let lines = draw(&LineIndex::new(text), Span::new(12, 15), &masks(&[(2, 9), (12, 15)]), 0);
        assert_eq!(lines[0].text, "… j=…");
    }

    #[test]
    fn of_a_long_line_both_ends_are_masked() {
        let mut text = vec![b'x'; 1000];
        for secret in [5..15, 95..105, 480..500, 895..903, 990..1000] {
            text[secret].fill(b'S');
        }
        let spans = masks(&[(5, 15), (95, 105), (480, 500), (895, 903), (990, 1000)]);
        let shown = String::from_utf8(masked(&LineIndex::new(&text), 1, &spans, 100)).unwrap();
        let x = |n: usize| "x".repeat(n);
        assert_eq!(shown, format!("{}…{}……{}…", x(5), x(80), x(87)));
    }

    #[test]
    fn a_secret_over_several_lines_is_shown_as_its_mask_on_the_first() {
        let text = b"k=AAA\nBBB\nend";
        let lines = draw(&LineIndex::new(text), Span::new(2, 9), &masks(&[(2, 9)]), 0);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].text, "k=…");
    }
}
