//! The code frame: severity, title, place and the masked lines, in the layout that compilers use.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use anstyle::{AnsiColor, Style};

use super::super::Options;
use super::super::escape;
use super::super::words;
use super::page::NARROWEST;
use crate::finding::{Finding, FrameLine, Place};
use crate::severity::Severity;

/// The frame of a finding's first place, `label` under its mark, several lines.
pub(super) fn render(finding: &Finding, label: &str, options: &Options) -> String {
    let title = escape::terminal(&finding.title);
    let frame = finding.places.first().and_then(|place| Frame::of(&place.frame));
    let gutter = frame.as_ref().map_or(1, Frame::gutter);
    let group = Group::with_title(
        level(finding.judgement.severity).primary_title(&*title).id(escape::terminal(&finding.rule).into_owned()),
    );
    let group = match frame {
        Some(frame) => group.element(frame.snippet(label)),
        None => group,
    };
    let renderer = if options.color { Renderer::styled() } else { Renderer::plain() };
    let text = renderer.term_width(options.width.max(NARROWEST)).render(&[group]);
    match finding.places.first() {
        Some(place) => with_place(&text, place, gutter, options.color),
        None => text,
    }
}

/// Puts the place under the title. It is not read off the snippet: columns of masked text are not columns of the file.
fn with_place(rendered: &str, place: &Place, gutter: usize, color: bool) -> String {
    let (title, rest) = rendered.split_once('\n').unwrap_or((rendered, ""));
    let arrow = if color { format!("{ARROW}-->{ARROW:#}") } else { "-->".to_owned() };
    format!("{title}\n{:gutter$}{arrow} {}\n{rest}", "", escape::terminal(&words::place(place)))
}

/// The colour in which the renderer paints line numbers.
const ARROW: Style = AnsiColor::BrightBlue.on_default().bold();

fn level(severity: Severity) -> Level<'static> {
    let level = match severity {
        Severity::Critical | Severity::High => Level::ERROR,
        Severity::Medium => Level::WARNING,
        Severity::Low => Level::INFO,
        Severity::Note => Level::NOTE,
    };
    level.with_name(severity.as_str())
}

/// Frame lines without a gap between them, and the byte range of the mark in their joined text.
struct Frame {
    first: usize,
    text: String,
    mark: Option<(usize, usize)>,
}

impl Frame {
    /// The run of lines around the marked one; without a mark the first run. `None` when there is no line.
    fn of(lines: &[FrameLine]) -> Option<Self> {
        let runs = || lines.chunk_by(|a, b| a.number + 1 == b.number);
        let run = runs().find(|run| run.iter().any(|line| line.mark.is_some())).or_else(|| runs().next())?;
        let mut frame = Self { first: run.first()?.number, text: String::new(), mark: None };
        for line in run {
            frame.push(line);
        }
        Some(frame)
    }

    /// Columns of the widest line number.
    fn gutter(&self) -> usize {
        (self.first + self.text.matches('\n').count()).to_string().len()
    }

    fn push(&mut self, line: &FrameLine) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        match line.mark.and_then(|(start, end)| three_pieces(&line.text, start, end)) {
            Some([before, marked, after]) => {
                self.text.push_str(&escape::source_line(before));
                let start = self.text.len();
                self.text.push_str(&escape::source_line(marked));
                self.mark = Some((start, self.text.len()));
                self.text.push_str(&escape::source_line(after));
            }
            // A line must not vanish for being empty.
            None if line.text.is_empty() => self.text.push(' '),
            None => self.text.push_str(&escape::source_line(&line.text)),
        }
    }

    fn snippet<'a>(self, label: &str) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
        let snippet = Snippet::source(self.text).line_start(self.first).fold(false);
        match self.mark {
            Some((start, end)) => snippet.annotation(AnnotationKind::Primary.span(start..end).label(label.to_owned())),
            None => snippet,
        }
    }
}

fn three_pieces(text: &str, start: usize, end: usize) -> Option<[&str; 3]> {
    Some([text.get(..start)?, text.get(start..end)?, text.get(end..)?])
}
