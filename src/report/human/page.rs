//! Where the lines go: labels at the left, wrapped text beside them, colours if they are wanted.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use super::super::Options;
use super::super::escape;
use crate::severity::Severity;

/// Columns before a label, and of a label with the gap after it.
const INDENT: usize = 2;
const LABEL: usize = 10;
/// A narrower terminal gets lines of this width, which it wraps itself.
pub(super) const NARROWEST: usize = 60;

/// A terminal page of a known width.
pub(super) struct Page<'a> {
    out: &'a mut dyn Write,
    width: usize,
    color: bool,
}

impl<'a> Page<'a> {
    pub(super) fn new(out: &'a mut dyn Write, options: &Options) -> Self {
        Self { out, width: options.width.max(NARROWEST), color: options.color }
    }

    /// Text that is laid out already, such as a code frame. It must be safe.
    pub(super) fn ready(&mut self, text: &str) -> io::Result<()> {
        text.lines().try_for_each(|line| writeln!(self.out, "{}", line.trim_end()))
    }

    pub(super) fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// A line over the whole width, wrapped, its first words in `style`.
    pub(super) fn line(&mut self, style: Style, head: &str, rest: &str) -> io::Result<()> {
        let text = format!("{head}{rest}");
        for (at, line) in wrap(&text, self.width).iter().enumerate() {
            let indent = if at == 0 { 0 } else { INDENT };
            let painted = match line.strip_prefix(head) {
                Some(rest) if at == 0 => format!("{}{}", self.paint(style, head), escape::terminal(rest)),
                _ => escape::terminal(line).into_owned(),
            };
            writeln!(self.out, "{:indent$}{painted}", "")?;
        }
        Ok(())
    }

    /// A label and its text, wrapped beside it. Nothing if the text is empty.
    pub(super) fn field(&mut self, label: &str, text: &str) -> io::Result<()> {
        self.hanging(label, "", text)
    }

    /// Several texts under one label, each with its own mark (`1. `, `- `).
    pub(super) fn list(&mut self, label: &str, items: &[(String, String)]) -> io::Result<()> {
        let mut label = label;
        for (mark, text) in items {
            self.hanging(label, mark, text)?;
            label = "";
        }
        Ok(())
    }

    fn hanging(&mut self, label: &str, mark: &str, text: &str) -> io::Result<()> {
        let text = escape::terminal(text);
        let room = self.width.saturating_sub(INDENT + LABEL + mark.width());
        for (at, line) in wrap(&text, room).iter().enumerate() {
            let (label, mark) = if at == 0 { (label, mark.to_owned()) } else { ("", " ".repeat(mark.width())) };
            self.labelled(label, &mark, line)?;
        }
        Ok(())
    }

    fn labelled(&mut self, label: &str, mark: &str, line: &str) -> io::Result<()> {
        let gap = LABEL.saturating_sub(label.width());
        let label = self.paint(Style::new().bold(), label);
        writeln!(self.out, "{:INDENT$}{label}{:gap$}{mark}{line}", "", "")
    }

    /// A text of several lines (a snippet), indented under its label and never wrapped.
    pub(super) fn snippet(&mut self, text: &str) -> io::Result<()> {
        let indent = INDENT + LABEL;
        escape::lines(text).trim_end().lines().try_for_each(|line| {
            let line = self.paint(Style::new().dimmed(), line);
            writeln!(self.out, "{:indent$}{line}", "")
        })
    }

    pub(super) fn paint(&self, style: Style, text: &str) -> String {
        if self.color && !text.is_empty() && style != Style::new() {
            format!("{}{text}{}", style.render(), style.render_reset())
        } else {
            text.to_owned()
        }
    }
}

/// The colour of a severity, the same as the one of its code frame.
pub(super) fn style_of(severity: Severity) -> Style {
    let color = match severity {
        Severity::Critical | Severity::High => AnsiColor::BrightRed,
        Severity::Medium => AnsiColor::Yellow,
        Severity::Low => AnsiColor::BrightBlue,
        Severity::Note => AnsiColor::BrightGreen,
    };
    color.on_default().bold()
}

/// Lines of at most `room` columns, broken at spaces. A word that is longer stands alone: addresses, commands and
/// fingerprints must stay in one piece to be copied.
fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').take_while(|_| !text.is_empty()) {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_at_the_width_and_long_words_stay_whole() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("see https://example.test/long now", 10), ["see", "https://example.test/long", "now"]);
        assert_eq!(wrap("鍵鍵 鍵鍵", 7), ["鍵鍵", "鍵鍵"]);
        assert!(wrap("", 7).is_empty());
    }
}
