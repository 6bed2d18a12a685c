//! Markdown for a job's summary, a merge request or an issue: a table of keys, then each key with its steps.

use std::io::{self, Write};

use super::Options;
use super::escape::{code, code_block, markdown, step_markdown};
use super::words::{self, Tally};
use crate::finding::{Finding, Remedy, Report};

/// Keys that anybody reads in a summary.
const KEYS_SHOWN: usize = 200;

/// Places that are named for each key.
const PLACES_SHOWN: usize = 10;

/// Notes that are named, and bytes of each.
const NOTES_SHOWN: usize = 50;
const NOTE_MAX: usize = 1_000;

pub(super) fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let Parts { head, rows, details, tail } = Parts::of(report, options)?;
    out.write_all(head.as_bytes())?;
    if !rows.is_empty() {
        writeln!(out, "{TABLE}{}", rows.concat())?;
    }
    out.write_all(details.concat().as_bytes())?;
    out.write_all(tail.as_bytes())
}

/// What the summary leaves out.
pub(super) fn left_out(report: &Report, options: &Options) -> Vec<String> {
    let shown = Parts::of(report, options).map_or(0, |parts| parts.rows.len());
    let more = report.findings.len() - shown;
    let said = || format!("The summary leaves {} out.", words::count(more as u64, "further key"));
    (more > 0).then(said).into_iter().collect()
}

const TABLE: &str = "| severity | key | state | until | where |\n|---|---|---|---|---|\n";

/// Bytes that are kept free for the sentence on what is left out.
const SPARE: usize = 512;

/// The summary in pieces: as many keys as there is room for.
struct Parts {
    head: String,
    rows: Vec<String>,
    details: Vec<String>,
    tail: String,
}

impl Parts {
    fn of(report: &Report, options: &Options) -> io::Result<Self> {
        let head = written(|out| head(report, out))?;
        let mut tail = written(|out| coverage(report, out))?;
        let mut room = options.markdown_room.saturating_sub(head.len() + tail.len() + TABLE.len() + SPARE);
        let (mut rows, mut details) = (Vec::new(), Vec::new());
        for finding in report.findings.iter().take(KEYS_SHOWN) {
            let row = written(|out| row(finding, report, out))?;
            let detail = written(|out| detail(finding, report, options, out))?;
            let Some(left) = room.checked_sub(row.len() + detail.len()) else { break };
            room = left;
            rows.push(row);
            details.push(detail);
        }
        if report.findings.len() > rows.len() {
            let more = words::count((report.findings.len() - rows.len()) as u64, "further key");
            tail.insert_str(0, &format!("**{more}** are left out here; the other formats hold them.\n\n"));
        }
        Ok(Self { head, rows, details, tail })
    }
}

/// What `write` writes, as a text: our own words are UTF-8.
fn written(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> io::Result<String> {
    let mut out = Vec::new();
    write(&mut out)?;
    String::from_utf8(out).map_err(io::Error::other)
}

fn head(report: &Report, out: &mut Vec<u8>) -> io::Result<()> {
    let tally = Tally::of(report);
    let head = if report.findings.is_empty() {
        "No leaked keys".to_owned()
    } else {
        format!("{} ({})", words::count(tally.keys, "key"), tally.severities())
    };
    writeln!(out, "## skelkey: {head}\n")?;
    let answers = words::answer_summary(report);
    if !answers.is_empty() {
        writeln!(out, "To be seen to by: {}\n", markdown(&answers.chars().take(NOTE_MAX).collect::<String>()))?;
    }
    gaps(report, out)
}

fn gaps(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.coverage.is_complete() && !report.coverage.nothing_scanned() {
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

fn row(finding: &Finding, report: &Report, out: &mut dyn Write) -> io::Result<()> {
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
    )
}

fn detail(finding: &Finding, report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
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
    let answers = words::answers(finding);
    if !answers.is_empty() {
        writeln!(out, "- **Answers for it:** {}", markdown(&answers.join(", ")))?;
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
        "Scanned {}, {}, with {}{}.",
        words::count(coverage.blobs_scanned, "file"),
        words::size(coverage.bytes_scanned),
        words::count(coverage.rules as u64, "rule"),
        words::known(coverage)
    )?;
    let aside = words::set_aside(report);
    if !aside.is_empty() {
        writeln!(out, "\nSet aside: {aside}.")?;
    }
    for note in report.notes.iter().take(NOTES_SHOWN) {
        writeln!(out, "\n{}", markdown(&note.chars().take(NOTE_MAX).collect::<String>()))?;
    }
    match report.notes.len().saturating_sub(NOTES_SHOWN) {
        0 => Ok(()),
        more => writeln!(out, "\nand {}", words::count(more as u64, "further note")),
    }
}

/// Text between HTML tags, which Markdown leaves as they are.
fn html(text: &str) -> String {
    super::escape::terminal(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
