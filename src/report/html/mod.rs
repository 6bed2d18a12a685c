//! One self-contained page for a browser: keys first, then where they stand and how to close them.
//!
//! Nothing is fetched: style, script and pictures stand in the page, and its content security policy lets nothing else
//! run. Every text is escaped by the template engine; unsafe characters were made visible before.

mod chart;
mod key;
mod window;

use std::collections::BTreeSet;
use std::io::{self, Write};

use askama::Template;
use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use self::chart::Chart;
use self::key::Key;
use super::Options;
use super::escape::terminal;
use super::words::{self, Tally};
use crate::finding::{Finding, Report};
use crate::key::State;

/// Keys on one page. Beyond this a browser is slow to search.
const KEYS_MAX: usize = 5_000;

/// Gaps that are named.
const GAPS_SHOWN: usize = 20;

#[derive(Template)]
#[template(path = "page.html", config = "src/report/html/askama.toml")]
struct Page {
    head: String,
    about: String,
    /// What a manager asks first, each with its number.
    numbers: Vec<(u64, &'static str)>,
    /// Whether nothing was found and nothing left open.
    clean: bool,
    style: Part,
    script: Part,
    nothing: bool,
    gaps: Vec<Gap>,
    gaps_left_out: usize,
    charts: Vec<Chart>,
    severities: Vec<Chip>,
    states: BTreeSet<&'static str>,
    issuers: BTreeSet<String>,
    /// Who is to see to how many; empty if nobody is named.
    owners: Vec<(String, u64)>,
    keys: Vec<Key>,
    keys_left_out: usize,
    coverage: Vec<Fact>,
    notes: Vec<String>,
}

/// A style or script, and the hash by which the page's policy lets it be.
struct Part {
    text: &'static str,
    hash: String,
}

struct Gap {
    path: String,
    why: String,
}

/// A severity that can be filtered by.
struct Chip {
    word: &'static str,
    count: u64,
}

/// A name and what is said of it.
struct Fact {
    name: &'static str,
    value: String,
}

pub(super) fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    page(report, options).write_into(&mut Adapter(out)).map_err(io::Error::other)
}

/// What the page leaves out.
pub(super) fn left_out(report: &Report) -> Vec<String> {
    let more = report.findings.len().saturating_sub(KEYS_MAX);
    let said = || format!("The page leaves {} out; a browser takes no more.", words::count(more as u64, "further key"));
    (more > 0).then(said).into_iter().collect()
}

/// The template engine writes bytes; a failed write keeps its own error.
struct Adapter<'a>(&'a mut dyn Write);

impl Write for Adapter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn page(report: &Report, options: &Options) -> Page {
    let span = window::Span::of(report);
    let keys = report.findings.iter().take(KEYS_MAX);
    let keys: Vec<Key> = keys.map(|finding| Key::of(finding, report, &span)).collect();
    let gaps: Vec<_> = report.coverage.skips.iter().filter(|skip| skip.reason.is_gap()).collect();
    let chips = |(severity, count): &(crate::severity::Severity, u64)| Chip { word: severity.as_str(), count: *count };
    let tally = Tally::of(report);
    Page {
        head: head(&tally),
        numbers: numbers(report),
        clean: tally.keys == 0 && report.coverage.is_complete() && report.coverage.blobs_scanned > 0,
        about: about(report, options),
        style: Part::new(include_str!("page.css")),
        script: Part::new(include_str!("page.js")),
        nothing: report.coverage.nothing_scanned(),
        gaps: gaps.iter().take(GAPS_SHOWN).map(|skip| gap(skip)).collect(),
        gaps_left_out: gaps.len().saturating_sub(GAPS_SHOWN),
        charts: vec![chart::ends(&report.findings, report.now), chart::reach(&report.findings)],
        severities: tally.by_severity.iter().map(chips).collect(),
        states: keys.iter().map(|key| key.state).collect(),
        issuers: keys.iter().map(|key| key.issuer.clone()).collect(),
        owners: owners(report),
        keys_left_out: report.findings.len() - keys.len(),
        keys,
        coverage: coverage(report),
        notes: report.notes.iter().map(|note| terminal(note).into_owned()).collect(),
    }
}

fn owners(report: &Report) -> Vec<(String, u64)> {
    let named = words::by_answer(report).into_iter();
    named.filter_map(|(name, count)| Some((terminal(name?).into_owned(), count))).collect()
}

impl Part {
    fn new(text: &'static str) -> Self {
        Self { text, hash: format!("sha256-{}", BASE64.encode(&Sha256::digest(text))) }
    }
}

fn head(tally: &Tally) -> String {
    match tally.keys {
        0 => "no leaked keys".to_owned(),
        keys => format!("{}: {}", words::count(keys, "key"), tally.severities()),
    }
}

/// How many keys work, open everything, or have no end; what is none is left out.
fn numbers(report: &Report) -> Vec<(u64, &'static str)> {
    let count = |is: &dyn Fn(&Finding) -> bool| report.findings.iter().filter(|finding| is(finding)).count() as u64;
    let all = [
        (count(&|finding| finding.judgement.state == State::Active), ["works now", "work now"]),
        (count(&|finding| chart::reach_of(finding) == "everything"), ["opens everything", "open everything"]),
        (count(&|finding| chart::ends_in(finding, report.now) == "never"), ["never ends", "never end"]),
    ];
    let said = |(count, [one, many]): (u64, [&'static str; 2])| (count, if count == 1 { one } else { many });
    all.into_iter().filter(|(count, _)| *count > 0).map(said).collect()
}

fn about(report: &Report, options: &Options) -> String {
    let what = match report.roots.as_slice() {
        [root] if !options.privacy => root.repository.as_ref().unwrap_or(&root.path).clone(),
        [root] => root.repository.clone().unwrap_or_else(|| "1 folder".to_owned()),
        roots => words::count(roots.len() as u64, "folder"),
    };
    format!("{}; judged on {}", terminal(&what), words::minute(report.now))
}

fn gap(skip: &crate::coverage::Skip) -> Gap {
    let detail = skip.detail.as_deref().map(|detail| format!(" ({detail})")).unwrap_or_default();
    Gap {
        path: terminal(&skip.path).into_owned(),
        why: terminal(&format!("{}{detail}", skip.reason.words())).into_owned(),
    }
}

fn coverage(report: &Report) -> Vec<Fact> {
    let coverage = &report.coverage;
    let mut facts = vec![
        Fact { name: "inputs", value: terminal(&coverage.inputs.join(", ")).into_owned() },
        Fact {
            name: "scanned",
            value: format!(
                "{}, {}, with {}",
                words::count(coverage.blobs_scanned, "file"),
                words::size(coverage.bytes_scanned),
                words::count(coverage.rules as u64, "rule")
            ),
        },
    ];
    for count in coverage.skipped.iter().filter(|count| count.files > 0) {
        let value = format!("{}, {}", words::count(count.files, "file"), words::size(count.bytes));
        facts.push(Fact { name: count.reason.words(), value });
    }
    let aside = words::set_aside(report);
    if !aside.is_empty() {
        facts.push(Fact { name: "set aside", value: aside });
    }
    let asked = report.asked.iter().map(|asked| words::issuer(&asked.issuer, Some(&asked.host)));
    let asked = asked.collect::<Vec<_>>().join(", ");
    let asked = if asked.is_empty() { "nobody (offline)".to_owned() } else { asked };
    facts.push(Fact { name: "issuers asked", value: terminal(&asked).into_owned() });
    if let Some(words) = coverage.configuration.words() {
        facts.push(Fact { name: "configuration", value: terminal(&words).into_owned() });
    }
    facts.push(Fact { name: "rules", value: coverage.rules_hash.clone() });
    facts
}
