//! `skelkey report`: earlier reports in other formats, and several as one.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context, Result, bail};
use skelkey::report::{self, Read};
use skelkey::severity::Severity;

use super::args::{ConvertArgs, Global, MergeArgs, OutputArgs, ReportCommand};
use super::options::{self, Surroundings};
use super::output::Outputs;
use super::scan::say_notes;
use super::{Exit, tell};

pub(crate) fn run(global: &Global, command: &ReportCommand, around: &Surroundings) -> Result<Exit> {
    if global.now.is_some() {
        bail!("--now: an earlier report keeps its own moment; `skelkey scan --now` judges anew");
    }
    match command {
        ReportCommand::Convert(args) => convert(global, args, around),
        ReportCommand::Merge(args) => merge(global, args, around),
    }
}

fn convert(global: &Global, args: &ConvertArgs, around: &Surroundings) -> Result<Exit> {
    let mut all = read(&args.file)?;
    match (all.pop(), all.is_empty()) {
        (Some((_, one)), true) => write(global, &args.output, around, one),
        _ => bail!("{}: several runs; `skelkey report merge` makes one report of them", args.file.display()),
    }
}

fn merge(global: &Global, args: &MergeArgs, around: &Surroundings) -> Result<Exit> {
    let mut all = Vec::new();
    for file in &args.files {
        all.extend(read(file)?);
    }
    let shards = all.len();
    let merged = report::merge(all)?;
    if !global.quiet {
        tell(format_args!("note: merged {}", options::count(shards, "report")));
    }
    write(global, &args.output, around, merged)
}

/// The reports of one file, each with the name that messages call it by.
fn read(file: &Path) -> Result<Vec<(String, Read)>> {
    let name = if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() };
    let bytes = if file == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).context("read standard input")?;
        bytes
    } else {
        std::fs::read(file).with_context(|| format!("read the report {name}"))?
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let read = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]);
        anyhow::anyhow!("{name}:{}: not UTF-8", read.matches('\n').count() + 1)
    })?;
    let reads = report::read(&text).map_err(|error| anyhow::anyhow!("{name}:{error}"))?;
    Ok(reads.into_iter().map(|read| (name.clone(), read)).collect())
}

fn write(global: &Global, args: &OutputArgs, around: &Surroundings, read: Read) -> Result<Exit> {
    let loaded = around.config(global)?;
    let outputs = Outputs::pair(args)?.adding_to_summary(around);
    let Read { report, options: written, version } = read;
    if version != env!("CARGO_PKG_VERSION") {
        tell(format_args!(
            "warning: written by skelkey {version}, and this is {}: what this one does not know is left out",
            env!("CARGO_PKG_VERSION")
        ));
    }
    let rules = options::rule_set(global, &loaded)?;
    if rules.hash != report.coverage.rules_hash {
        tell(format_args!("warning: made with another rule set: what formats say of rules is today's"));
    }
    let exit = Exit::of(&report, fail_on(args, &report)?, args.gate.exit_zero);
    let judged_anew = args.gate.fail_on.is_some() || args.gate.exit_zero;
    let options = report::Options {
        privacy: written.privacy || args.privacy,
        verbose: args.verbose,
        exit_code: written.exit_code.filter(|_| !judged_anew).or(Some(exit.code())),
        sarif_profile: args.sarif_profile.unwrap_or_default(),
        azure: around.azure.clone(),
        ..written
    };
    let exit = outputs.write(&report, &rules, &options, global.color, exit);
    say_notes(global, &loaded, &report, outputs.tells_people());
    Ok(exit)
}

/// As the flag says, else as the scan did.
fn fail_on(args: &OutputArgs, report: &skelkey::finding::Report) -> Result<Severity> {
    match (args.gate.fail_on, &report.coverage.configuration.fail_on) {
        (Some(severity), _) => Ok(severity),
        (None, Some(word)) => word.parse().context("the report's coverage.configuration.fail_on"),
        (None, None) => Ok(Severity::Medium),
    }
}
