//! `skelkey recheck`: what the keys of an earlier report are now.

use std::io::{self, Write};

use anyhow::{Result, anyhow};
use skelkey::escape::visible;
use skelkey::lifecycle::recheck::{Checked, Recheck, key_of, recheck};
use skelkey::report::{Format, escape, words};
use skelkey::severity::Confidence;

use super::args::{Global, RecheckArgs};
use super::keys::{check_privacy, emit, is_own, json, read_report};
use super::options::{self, Surroundings};
use super::output::Outputs;
use super::session::Session;
use super::{Exit, scan};

pub(crate) fn run(global: &Global, args: &RecheckArgs, around: &Surroundings) -> Result<Exit> {
    let loaded = around.config(global)?;
    let outputs = Outputs::pair(&args.output)?;
    check_privacy(&args.output, &outputs)?;
    let fail_on = options::fail_on(args.output.gate.fail_on, &loaded)?;
    let earlier = read_report(&args.report)?;
    let files = options::file_options(&args.source, &loaded)?;
    let (lists, confidence) = (&args.lists.inventory[..], Confidence::Low);
    let session = Session { global, around, loaded: &loaded, lists, confidence, inline_ignore: false };
    let scanner = session.scanner_with(
        |settings| {
            let own = settings.fingerprint_key.take();
            let ours = own.as_ref().map_or_else(|| "this repository's own".to_owned(), |key| key.kid().to_owned());
            let key = key_of(&earlier, own).ok_or_else(|| anyhow!(earlier.differs_from("this run", &ours)))?;
            settings.fingerprint_key = Some(key);
            settings.only = Some(earlier.leaks().map(|key| key.fingerprint.clone()).collect());
            Ok(())
        },
        |stated| options::state(stated, fail_on, None, Some((&files, &loaded.config))),
    )?;
    let look = |ask: skelkey::scan::Asker<'_>| scan::scan(global, &args.source, around, &scanner, &files, ask);
    let mut report = super::probe::asking(&args.probe, around, global, &loaded.config, look)?;
    report.mode = skelkey::finding::Mode::Recheck;
    let rotate = scanner.settings().policy.limits.rotate_within_days;
    let told = recheck(&earlier, &report, rotate);
    let complete = report.coverage.is_complete();
    let exit = match told.worst_open() {
        Some(worst) if worst >= fail_on && !args.output.gate.exit_zero => Exit::Findings,
        _ if complete => Exit::Clean,
        _ => Exit::Incomplete,
    };
    for (format, file) in outputs.pairs().filter(|(format, _)| is_own(*format)) {
        emit(file, |out| match format {
            Format::Json => json("skelkey-recheck", &told, complete, out),
            Format::Markdown => markdown(&told, complete, out),
            _ => human(&told, complete, out),
        })?;
    }
    let options = scan::report_options(&args.output, exit, &report, around.now);
    let exit = outputs.without(is_own).write(&report, scanner.rules(), &options, global.color, exit);
    scan::say_notes(global, &loaded, &report, false);
    Ok(exit)
}

fn overdue(key: &Checked) -> Option<String> {
    match (key.due, key.overdue_days) {
        (Some(due), Some(days)) => {
            Some(format!("OVERDUE: the policy wanted it closed by {}, {}", words::date(due), ago(days)))
        }
        (Some(due), None) if key.status.is_open() => Some(format!("to be closed by {}", words::date(due))),
        _ => None,
    }
}

fn ago(days: i64) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "1 day ago".to_owned(),
        days => format!("{days} days ago"),
    }
}

fn summary(told: &Recheck) -> String {
    let open = told.keys.iter().filter(|key| key.status.is_open()).count();
    let overdue = told.keys.iter().filter(|key| key.overdue_days.is_some()).count();
    let all = options::count(told.keys.len(), "key");
    let overdue = if overdue == 0 { String::new() } else { format!(", {overdue} overdue") };
    let closed = told.keys.len() - open;
    format!("{all} of {} ({}): {open} open, {closed} closed{overdue}", told.report, words::date(told.reported))
}

fn human(told: &Recheck, complete: bool, out: &mut dyn Write) -> io::Result<()> {
    for key in &told.keys {
        writeln!(out, "{}  {}  {}, {}", key.status.words(), key.severity, visible(&key.title), visible(&key.masked))?;
        writeln!(out, "  {}", visible(&key.because))?;
        if let Some(due) = overdue(key) {
            writeln!(out, "  {due}")?;
        }
        key.places.iter().try_for_each(|place| writeln!(out, "  still at {}", visible(place)))?;
        writeln!(out, "  id {}\n", visible(&key.fingerprint))?;
    }
    writeln!(out, "{}", visible(&summary(told)))?;
    if !complete {
        writeln!(out, "INCOMPLETE: something asked for could not be scanned; a key may still be where it was")?;
    }
    Ok(())
}

fn markdown(told: &Recheck, complete: bool, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## {}\n", escape::markdown(&summary(told)))?;
    for key in &told.keys {
        let tick = if key.status.is_open() { ' ' } else { 'x' };
        let head = format!("{} ({}), {}: {}", key.title, key.masked, key.status.words(), key.because);
        writeln!(out, "- [{tick}] {}", escape::markdown(&head))?;
        if let Some(due) = overdue(key) {
            writeln!(out, "  - {}", escape::markdown(&due))?;
        }
        key.places.iter().try_for_each(|place| writeln!(out, "  - still at {}", escape::markdown(place)))?;
    }
    if !complete {
        writeln!(out, "\n**Incomplete**: something asked for could not be scanned; a key may still be where it was.")?;
    }
    Ok(())
}
