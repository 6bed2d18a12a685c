//! `skelkey explain`: why a line is a finding or none; what a rule or a verdict is about and how to fix it.
//!
//! Nothing of the explained file is printed: places, rules and what decided.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use skelkey::coverage::Reason;
use skelkey::detect::{Attempt, Detector, End, nearest_miss};
use skelkey::escape::{visible, word};
use skelkey::hygiene::{self, VerdictInfo};
use skelkey::location::{LineIndex, Span};
use skelkey::rules::RuleSet;
use skelkey::severity::Confidence;
use skelkey::suppression::markers;

use super::args::Global;
use super::options::{self, Surroundings};
use super::output::to_stdout;
use super::{Exit, rules, tell};

/// The longest file that is explained.
const MOST: u64 = 64 << 20;

pub(crate) fn run(global: &Global, what: &str, around: &Surroundings) -> Result<Exit> {
    let loaded = around.config(global)?;
    let set = options::rule_set(global, &loaded)?;
    if let Some(rule) = set.get(what) {
        to_stdout(|out| rules::show(&set, rule, out))?;
    } else if let Some(info) = hygiene::verdict::info(what) {
        to_stdout(|out| verdict(info, out))?;
    } else if let Some(reason) = Reason::ALL.into_iter().find(|reason| reason.id() == what) {
        to_stdout(|out| gap(reason, out))?;
    } else {
        let Some((file, line)) = place(what) else {
            bail!("`{}` is no rule, no verdict and no line; write FILE:LINE, or see `skelkey rules list`", word(what));
        };
        return explain_line(set, &file, line);
    }
    Ok(Exit::Clean)
}

/// `FILE:LINE`, with a column behind it or not.
fn place(what: &str) -> Option<(PathBuf, usize)> {
    let (front, last) = what.rsplit_once(':')?;
    let number = last.parse().ok()?;
    if let Some((file, line)) = front.rsplit_once(':')
        && let Ok(line) = line.parse()
        && !file.is_empty()
    {
        return Some((file.into(), line));
    }
    (!front.is_empty()).then(|| (front.into(), number))
}

fn explain_line(set: std::sync::Arc<RuleSet>, file: &Path, line: usize) -> Result<Exit> {
    let bytes = match read(file) {
        Ok(bytes) => bytes,
        Err(error) => {
            tell(format_args!("error: {}", visible(&format!("{error:#}"))));
            return Ok(Exit::Incomplete);
        }
    };
    let text = skelkey::decode::readable(&bytes);
    let index = LineIndex::new(&text);
    let shown = visible(&file.display().to_string()).into_owned();
    let Some((start, content)) = index.line(line) else {
        bail!("{shown} has {}; there is no line {line}", options::count(index.lines(), "line"));
    };
    let span = Span::new(start, start + content.len());
    let detector = Detector::new(set).map_err(anyhow::Error::msg)?;
    let attempts = detector.explain(&text, &relative(file), span);
    to_stdout(|out| {
        writeln!(out, "{shown}:{line}")?;
        Page { set: detector.rules(), index: &index, attempts: &attempts }.write(out)?;
        set_aside(content, out)
    })?;
    Ok(Exit::Clean)
}

fn read(file: &Path) -> Result<zeroize::Zeroizing<Vec<u8>>> {
    let context = || format!("{}: cannot be opened", file.display());
    let about = std::fs::metadata(file).with_context(context)?;
    ensure!(about.is_file(), "{}: not a regular file", file.display());
    ensure!(about.len() <= MOST, "{}: longer than {MOST} bytes", file.display());
    Ok(zeroize::Zeroizing::new(std::fs::read(file).with_context(context)?))
}

/// The path as a scan of this folder sees it.
fn relative(file: &Path) -> String {
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    let inside = here
        .ok()
        .zip(file.canonicalize().ok())
        .and_then(|(here, file)| file.strip_prefix(here).map(Path::to_path_buf).ok());
    let path = inside.unwrap_or_else(|| file.to_path_buf());
    let names = path.components().filter_map(|part| match part {
        std::path::Component::Normal(name) => Some(name.to_string_lossy()),
        _ => None,
    });
    names.collect::<Vec<_>>().join("/")
}

/// What is printed about a line.
struct Page<'a> {
    set: &'a RuleSet,
    index: &'a LineIndex<'a>,
    attempts: &'a [Attempt],
}

impl Page<'_> {
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.attempts.is_empty() {
            return writeln!(out, "  no word that any rule looks for stands here, and none elsewhere leads here");
        }
        let told = |attempt: &&Attempt| attempt.value.is_some();
        for attempt in self.attempts.iter().filter(told) {
            self.attempt(attempt, out)?;
        }
        let mut tried: Vec<&str> =
            self.attempts.iter().filter(|attempt| !told(attempt)).map(|attempt| self.id(attempt)).collect();
        tried.dedup();
        if !tried.is_empty() {
            writeln!(out, "  tried, nothing of their form here: {}", tried.join(", "))?;
        }
        let is_found = |attempt: &Attempt| matches!(attempt.end, End::Found(_));
        match nearest_miss(self.attempts).filter(|_| !self.attempts.iter().any(is_found)) {
            Some(miss) => {
                let why = miss.steps.last().map(String::as_str).unwrap_or_default();
                writeln!(out, "  nearest miss: {} ({why})", self.id(miss))
            }
            None => Ok(()),
        }
    }

    fn id(&self, attempt: &Attempt) -> &str {
        &self.set.rules[attempt.rule].id
    }

    fn attempt(&self, attempt: &Attempt, out: &mut dyn Write) -> io::Result<()> {
        let end = match attempt.end {
            End::Found(Confidence::Low) => "found, low confidence: shown with `--confidence low` alone".to_owned(),
            End::Found(confidence) => format!("found, {confidence} confidence"),
            End::Lost(winner) => format!("found, but `{}` is better", self.set.rules[winner].id),
            End::Dropped => "dropped".to_owned(),
            End::Elsewhere | End::NoValue => "nothing".to_owned(),
        };
        writeln!(out, "  {}: {end}", self.id(attempt))?;
        let anchor = self.index.region(attempt.anchor);
        writeln!(out, "    anchor at line {}, column {}", anchor.start_line, anchor.start_column)?;
        if let Some(value) = attempt.value {
            let region = self.index.region(value);
            let length = options::count(value.len(), "byte");
            writeln!(out, "    value at line {}, column {}: {length}", region.start_line, region.start_column)?;
        }
        attempt.steps.iter().try_for_each(|step| writeln!(out, "    {step}"))
    }
}

/// The markers on the line.
fn set_aside(line: &[u8], out: &mut dyn Write) -> io::Result<()> {
    for marker in markers(line) {
        let what = match (&marker.mistake, marker.ids.is_empty()) {
            (Some(_), _) => "a marker that is wrong and sets nothing aside".to_owned(),
            (None, true) => "a marker that sets every finding aside".to_owned(),
            (None, false) => format!("a marker that sets aside: {}", visible(&marker.ids.join(", "))),
        };
        let until = marker.until.map(|day| format!(", until {day}")).unwrap_or_default();
        writeln!(out, "  on this line: {what}{until}")?;
    }
    Ok(())
}

fn verdict(info: &VerdictInfo, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}  ({} by default)\n{}\n\n{}\n", info.id.0, info.severity, info.title, info.why)?;
    for step in fix(info.id.0) {
        writeln!(out, "  - {step}")?;
    }
    info.cwe.iter().try_for_each(|cwe| writeln!(out, "see:      https://cwe.mitre.org/data/definitions/{cwe}.html"))
}

/// What is done about a verdict, whatever the key. Each finding and each rule says more about its own.
fn fix(id: &str) -> [&'static str; 2] {
    if id.starts_with("SK1") {
        [
            "Revoke the key at its issuer; `skelkey explain RULE` names the page and the command for it.",
            "Make a new one with the least it needs, outside the repository. Deleting the line alone changes nothing: the history has it.",
        ]
    } else {
        [
            "Make a new key that may do less, or for a shorter time, as the finding says; then revoke the old one.",
            "If it has to stay so, allow it in the policy of skelkey.toml, with the reason.",
        ]
    }
}

fn gap(reason: Reason, out: &mut dyn Write) -> io::Result<()> {
    let meaning = if reason.is_gap() {
        "Something that was asked for was not scanned: the run is incomplete (exit 3), and its silence says nothing about it."
    } else {
        "Left out by a stated rule and counted in the coverage statement: the run is complete."
    };
    writeln!(out, "{}  (coverage)\n{}\n\n{meaning}", reason.id(), reason.words())
}
