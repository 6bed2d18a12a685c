//! For a terminal and a tired person: one block per key, what to do first, then the summary.

mod answer;
mod block;
mod frame;
mod page;
mod summary;

use std::io::{self, Write};

use self::page::Page;
use super::Options;
use crate::finding::Report;
use crate::rules::RuleSet;

pub(super) fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, options);
    for finding in &report.findings {
        block::write(finding, report, options, &mut page)?;
        page.blank()?;
    }
    summary::write(report, options, &mut page)
}

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
