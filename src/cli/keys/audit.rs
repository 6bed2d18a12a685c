//! `skelkey keys audit`: every row of the owner's lists, judged.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use skelkey::finding::Report;
use skelkey::hygiene::Verdict;
use skelkey::hygiene::verdict::SEVERAL_JOBS;
use skelkey::lifecycle::forecast::{Affected, uses};
use skelkey::pipelines::System;
use skelkey::scan::Scanner;
use skelkey::severity::{Confidence, Severity};

use super::super::args::{AuditArgs, Global};
use super::super::config::Loaded;
use super::super::options::{self, Surroundings};
use super::super::output::Outputs;
use super::super::session::Session;
use super::super::{Exit, scan};
use super::look::{Look, mask_uses};

pub(super) fn run(global: &Global, args: &AuditArgs, around: &Surroundings) -> Result<Exit> {
    let AuditArgs { paths, output, .. } = args;
    let loaded = around.config(global)?;
    let outputs = Outputs::pair(output)?;
    let fail_on = options::fail_on(output.gate.fail_on, &loaded)?;
    let scanner = scanner(global, args, around, &loaded, fail_on)?;
    if scanner.settings().inventories.is_empty() {
        bail!("no list to audit: name one with --inventory FILE (docs/inventory.md says how to export each)");
    }
    let report = if paths.is_empty() { scanner.audit() } else { with_jobs(args, &loaded, &scanner)? };
    let exit = Exit::of(&report, fail_on, output.gate.exit_zero);
    let options = scan::report_options(output, exit, &report, around.now);
    let exit = outputs.write(&report, scanner.rules(), &options, global.color, exit);
    scan::say_notes(global, &loaded, &report, outputs.tells_people());
    Ok(exit)
}

fn scanner(
    global: &Global,
    args: &AuditArgs,
    around: &Surroundings,
    loaded: &Loaded,
    fail_on: Severity,
) -> Result<Scanner> {
    let (lists, confidence) = (&args.lists.inventory[..], Confidence::Low);
    let session = Session { global, around, loaded, lists, confidence, inline_ignore: false };
    session.scanner(|stated| options::state(stated, fail_on, None, None))
}

/// The audit with what the pipelines tell: which keys serve more than one job.
fn with_jobs(args: &AuditArgs, loaded: &Loaded, scanner: &Scanner) -> Result<Report> {
    let look = Look::at(&args.paths, loaded, scanner)?;
    let mut by_row = uses(&look.sources(loaded, scanner), scanner.settings().now);
    for used in by_row.values_mut() {
        mask_uses(scanner, used);
    }
    let mut report = scanner.audit_with(&|list, row| {
        let used = by_row.get(&(list, row)).map(Vec::as_slice).unwrap_or_default();
        several(used).into_iter().collect()
    });
    // Where the pipelines lie is a part of what was asked for.
    report.coverage.add_gaps(&look.seen.coverage);
    report.notes.extend(look.pipelines.notes);
    Ok(report)
}

/// The verdict about a key that more than one job uses. A use that is only possible does not count.
fn several(used: &[Affected]) -> Option<Verdict> {
    // Settings are read by whatever job runs there.
    let runs = |used: &&Affected| used.system.is_some_and(|system| system != System::Settings);
    let sure = used.iter().filter(|used| !used.because.is_doubtful()).filter(runs);
    let jobs: BTreeSet<String> = sure
        .map(|used| match &used.job {
            Some(job) => format!("{} ({job})", used.file),
            None => used.file.clone(),
        })
        .collect();
    let count = jobs.len();
    let named: Vec<String> = jobs.into_iter().take(MOST_NAMED).map(|job| skelkey::hygiene::code(&job)).collect();
    let more = if count > MOST_NAMED { " and others" } else { "" };
    (count > 1).then(|| SEVERAL_JOBS.says(format!("{count} jobs use it: {}{more}.", named.join(", "))))
}

/// How many jobs a verdict names.
const MOST_NAMED: usize = 5;
