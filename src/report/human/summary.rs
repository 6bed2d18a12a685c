//! The end of the page: how many, how complete, what the repository publishes, who was asked, what next.

use std::io;

use anstyle::{AnsiColor, Style};

use super::super::Options;
use super::super::words::{self, Tally};
use super::page::{Page, style_of};
use crate::coverage::Coverage;
use crate::finding::{Report, Subject};

pub(super) fn write(report: &Report, options: &Options, page: &mut Page<'_>) -> io::Result<()> {
    write_tally(report, page)?;
    let aside = words::set_aside(report);
    if !aside.is_empty() {
        page.line(Style::new(), "set aside: ", &aside)?;
    }
    let answers = words::answer_summary(report);
    if !answers.is_empty() {
        page.line(Style::new(), "to be seen to by: ", &answers)?;
    }
    page.line(Style::new(), "", &scanned(&report.coverage))?;
    if let Some(words) = report.coverage.configuration.words() {
        page.line(Style::new().bold(), "configuration: ", &words)?;
    }
    write_gaps(&report.coverage, options, page)?;
    for published in &report.published {
        page.line(Style::new(), "publishes ", &words::published(published))?;
    }
    page.line(Style::new(), "", &asked(report))?;
    report.notes.iter().try_for_each(|note| page.line(Style::new().bold(), "note: ", note))?;
    write_next(report, page)
}

fn write_tally(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let tally = Tally::of(report);
    let hidden = match report.below_confidence {
        0 => String::new(),
        n => format!(" ({} more below the asked confidence)", words::grouped(n as u64)),
    };
    let Some((worst, _)) = tally.by_severity.first() else {
        return page.line(AnsiColor::BrightGreen.on_default().bold(), "no findings", &hidden);
    };
    let head = format!("{} in {}", words::count(tally.findings, "finding"), words::count(tally.keys, "key"));
    page.line(style_of(*worst), &head, &format!(": {}{hidden}", tally.severities()))
}

fn scanned(coverage: &Coverage) -> String {
    let files = words::count(coverage.blobs_scanned, "file");
    let rules = words::count(coverage.rules as u64, "rule");
    let scanned = format!("scanned {files}, {}, with {rules}", words::size(coverage.bytes_scanned));
    let skips: Vec<_> = coverage.skipped.iter().filter(|count| count.files > 0).collect();
    // A report that was read back may hold any number.
    let all = skips.iter().fold(0_u64, |all, count| all.saturating_add(count.files));
    if all == 0 {
        return scanned;
    }
    let reasons: Vec<_> = skips.iter().map(|c| format!("{} {}", words::grouped(c.files), c.reason.words())).collect();
    format!("{scanned}; skipped {}: {}", words::grouped(all), reasons.join(", "))
}

/// How many gaps are named without `verbose`.
const GAPS_SHOWN: usize = 10;

fn write_gaps(coverage: &Coverage, options: &Options, page: &mut Page<'_>) -> io::Result<()> {
    let loud = AnsiColor::BrightRed.on_default().bold();
    if coverage.had_nothing_to_scan() {
        page.line(Style::new().bold(), "nothing to scan", ": what was asked for adds nothing")?;
    } else if coverage.nothing_scanned() {
        page.line(loud, "NOTHING WAS SCANNED", ": this is no proof that nothing leaks")?;
    }
    if coverage.is_complete() {
        return Ok(());
    }
    page.line(loud, "INCOMPLETE", ": something asked for could not be scanned; this is no proof that nothing leaks")?;
    let gaps: Vec<_> = coverage.skips.iter().filter(|skip| skip.reason.is_gap()).collect();
    let shown = if options.verbose { gaps.len() } else { GAPS_SHOWN };
    for skip in gaps.iter().take(shown) {
        let detail = skip.detail.as_deref().map(|detail| format!(" ({detail})")).unwrap_or_default();
        page.line(Style::new(), "  ", &format!("{}: {}{detail}", skip.path, skip.reason.words()))?;
    }
    match gaps.len().saturating_sub(shown) {
        0 => Ok(()),
        more => page.line(Style::new(), "  ", &format!("and {} more", words::grouped(more as u64))),
    }
}

pub(super) fn asked(report: &Report) -> String {
    if report.asked.is_empty() {
        return "asked no issuer (offline; --probe asks)".to_owned();
    }
    let each = report.asked.iter().map(|asked| {
        let whom = words::issuer(&asked.issuer, Some(&asked.host));
        format!("{whom}, {}", words::count(asked.requests as u64, "request"))
    });
    format!("asked {}", each.collect::<Vec<_>>().join("; "))
}

/// What to look at next: all that is known of the worst finding's rule. A command never holds a key.
fn write_next(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let leak = report.findings.iter().find(|finding| finding.subject == Subject::LeakedKey);
    leak.map_or(Ok(()), |worst| page.line(Style::new().bold(), "next: ", &format!("skelkey rules show {}", worst.rule)))
}
