//! For a terminal and a tired person: one block per key, what to do first, then the summary.

mod answer;
mod block;
mod frame;
mod page;
mod summary;

use std::io::{self, Write};

use anstyle::Style;

use self::page::Page;
use super::{Options, words};
use crate::finding::Report;
use crate::rules::RuleSet;

pub(super) fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, options);
    let whole = if options.verbose { usize::MAX } else { WHOLE };
    let (told, rest) = report.findings.split_at(report.findings.len().min(whole));
    for finding in told {
        block::write(finding, report, options, &mut page)?;
        page.blank()?;
    }
    if !rest.is_empty() {
        let count = words::count(rest.len() as u64, "more key");
        page.line(Style::new().bold(), &count, ", in short; --verbose tells all of each")?;
        rest.iter().try_for_each(|finding| block::write_short(finding, report, &mut page))?;
        page.blank()?;
    }
    summary::write(report, options, &mut page)
}

/// Keys that are told of in full without `verbose`. They are the worst; nobody reads more in a terminal.
const WHOLE: usize = 30;

/// The short answer about each key, for whoever holds one and asks.
pub(super) fn write_answers(
    report: &Report,
    rules: &RuleSet,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page::new(out, options);
    for finding in &report.findings {
        answer::write(finding, report, rules, options, &mut page)?;
        page.blank()?;
    }
    answer::write_end(report, &mut page)
}
