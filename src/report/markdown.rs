//! Markdown for a job's summary, a merge request or an issue: a table of keys, then each key with its steps.

use std::io::{self, Write};

use super::Options;
use super::escape::{code, code_block, markdown, step_markdown};
use super::words::{self, Tally};
use crate::finding::{Finding, Remedy, Report};

/// GitHub takes 1 MiB of a step's summary and refuses the whole of a longer one; a key with its steps is about 2 KiB.
const KEYS_SHOWN: usize = 200;

/// Places that are named for each key.
const PLACES_SHOWN: usize = 10;

pub(super) fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let tally = Tally::of(report);
    let head = if report.findings.is_empty() {
        "No leaked keys".to_owned()
    } else {
        format!("{} ({})", words::count(tally.keys, "key"), tally.severities())
    };
    writeln!(out, "## skelkey: {head}\n")?;
    gaps(report, out)?;
    let shown = &report.findings[..report.findings.len().min(KEYS_SHOWN)];
    if !shown.is_empty() {
        table(shown, report, out)?;
        shown.iter().try_for_each(|finding| details(finding, report, options, out))?;
    }
    if report.findings.len() > shown.len() {
        let more = words::count((report.findings.len() - shown.len()) as u64, "further key");
        writeln!(out, "**{more}** are left out here; the other formats hold them.\n")?;
    }
    coverage(report, out)
}

fn gaps(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.coverage.is_complete() && report.coverage.blobs_scanned > 0 {
        return Ok(());
    }
    writeln!(
        out,
        "> **Incomplete.** Something asked for could not be scanned; this is no proof that nothing leaks.\n>"
    )?;
    for skip in report.coverage.skips.iter().filter(|skip| skip.reason.is_gap()).take(PLACES_SHOWN) {
        writeln!(out, "> - {}: {}", code(&skip.path), skip.reason.words())?;
    }
    writeln!(out)
}

fn table(findings: &[Finding], report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "| severity | key | state | until | where |\n|---|---|---|---|---|")?;
    for finding in findings {
        let where_ = finding.places.first().map(words::place).unwrap_or_default();
        let more = match finding.places.len() {
            0 | 1 => String::new(),
            n => format!(" and {} more", n - 1),
        };
        writeln!(
            out,
            "| {} | {} {} | {} | {} | {}{more} |",
            finding.judgement.severity,
            markdown(&finding.title),
            markdown(finding.masked.as_str()),
            words::state(&finding.judgement.state),
            markdown(&words::until(&finding.dossier, report.now)),
            markdown(&where_),
        )?;
    }
    writeln!(out)
}

fn details(finding: &Finding, report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let title = html(&format!("{}: {} {}", finding.judgement.severity, finding.title, finding.masked));
    writeln!(out, "<details><summary>{title}</summary>\n")?;
    facts(finding, report, out)?;
    for place in finding.places.iter().take(PLACES_SHOWN) {
        let history = place.provenance.as_deref().map(words::history).filter(|history| !history.is_empty());
        let history = history.map(|history| format!(" ({})", markdown(&history))).unwrap_or_default();
        writeln!(out, "- {}{history}", code(&words::place(place)))?;
    }
    if let Some(more) = finding.places.len().checked_sub(PLACES_SHOWN + 1) {
        writeln!(out, "- and {} more", words::grouped(more as u64 + 1))?;
    }
    steps(&finding.remedy, options, out)?;
    writeln!(out, "\n</details>\n")
}

/// One key without its places: what it opens, until when, what is wrong with it, and the steps that close it.
pub(super) fn key(finding: &Finding, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "**{}** {}\n", markdown(&finding.title), code(finding.masked.as_str()))?;
    facts(finding, report, out)?;
    steps(&finding.remedy, &Options::default(), out)
}

fn facts(finding: &Finding, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "- **Opens:** {}", step_markdown(&words::opens(&finding.dossier, &finding.judgement)))?;
    writeln!(out, "- **Until:** {}", markdown(&words::until(&finding.dossier, report.now)))?;
    writeln!(out, "- **State:** {}", markdown(&words::state_with_evidence(finding, report.now)))?;
    for verdict in &finding.judgement.verdicts {
        writeln!(out, "- **{} {}:** {}", verdict.id.0, verdict.severity, step_markdown(&verdict.message))?;
    }
    Ok(())
}

fn steps(remedy: &Remedy, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    for (head, steps) in [("Do now", &remedy.revoke), ("Then", &remedy.recreate)] {
        if !steps.is_empty() {
            writeln!(out, "\n**{head}**\n")?;
            for (step, n) in steps.iter().zip(1..) {
                writeln!(out, "{n}. {}", step_markdown(step))?;
            }
        }
    }
    if let Some(command) = &remedy.command {
        write!(out, "\n{}", code_block("sh", command))?;
    }
    let Some(keyless) = &remedy.keyless else { return Ok(()) };
    writeln!(out, "\n**No key at all:** {} ({})", markdown(&keyless.title), markdown(&keyless.reference))?;
    if options.verbose && !keyless.snippet.is_empty() {
        write!(out, "\n{}", code_block(&keyless.language, &keyless.snippet))?;
    }
    Ok(())
}

fn coverage(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let coverage = &report.coverage;
    writeln!(
        out,
        "Scanned {}, {}, with {}.",
        words::count(coverage.blobs_scanned, "file"),
        words::size(coverage.bytes_scanned),
        words::count(coverage.rules as u64, "rule")
    )?;
    let aside = words::set_aside(report);
    if !aside.is_empty() {
        writeln!(out, "\nSet aside: {aside}.")?;
    }
    report.notes.iter().try_for_each(|note| writeln!(out, "\n{}", markdown(note)))
}

/// Text between HTML tags, which Markdown leaves as they are.
fn html(text: &str) -> String {
    super::escape::terminal(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
