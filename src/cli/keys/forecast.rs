//! `skelkey keys forecast`: what ends when, and which jobs break.

use std::collections::HashMap;
use std::io::{self, Write};

use anyhow::Result;
use skelkey::escape::visible;
use skelkey::finding::{Finding, Mode, Report};
use skelkey::hygiene::Verdict;
use skelkey::hygiene::verdict::EXPIRES_SOON;
use skelkey::lifecycle::calendar;
use skelkey::lifecycle::forecast::{Affected, Ending, Forecast, forecast};
use skelkey::report::{self, Format, escape, words};
use skelkey::scan::Scanner;
use skelkey::severity::Confidence;

use super::super::args::{ForecastArgs, ForecastFormat, Global};
use super::super::options::{self, Surroundings};
use super::super::session::Session;
use super::super::{Exit, scan};
use super::look::{Look, mask_uses};
use super::{emit, in_days, json, or_here};

pub(super) fn run(global: &Global, args: &ForecastArgs, around: &Surroundings) -> Result<Exit> {
    let loaded = around.config(global)?;
    let fail_on = options::fail_on(args.page.gate.fail_on, &loaded)?;
    let (lists, confidence) = (&args.lists.inventory[..], Confidence::Medium);
    let session = Session { global, around, loaded: &loaded, lists, confidence, inline_ignore: false };
    let scanner = session.scanner(|stated| options::state(stated, fail_on, None, None))?;
    let look = Look::at(&or_here(&args.paths), &loaded, &scanner)?;
    let (settings, seen) = (scanner.settings(), &look.seen);
    let mut told = forecast(&look.sources(&loaded, &scanner), settings.now, args.days);
    for ending in &mut told.keys {
        mask_uses(&scanner, &mut ending.breaks);
    }
    if settings.inventories.is_empty() {
        told.notes
            .push("no list was given: only keys in the code whose own text says when they end are told".to_owned());
    }
    let complete = seen.coverage.is_complete();
    write(args, &told, complete, &scanner, seen)?;
    let worst = told.keys.iter().map(|ending| ending.severity).max();
    scan::say_gaps(seen);
    Ok(match worst {
        Some(worst) if worst >= fail_on && !args.page.gate.exit_zero => Exit::Findings,
        _ if complete => Exit::Clean,
        _ => Exit::Incomplete,
    })
}

fn write(args: &ForecastArgs, told: &Forecast, complete: bool, scanner: &Scanner, seen: &Report) -> Result<()> {
    emit(args.page.output.as_deref(), |out| match args.format {
        ForecastFormat::Human => human(told, complete, out),
        ForecastFormat::Json => json("skelkey-forecast", told, complete, out),
        ForecastFormat::Markdown => markdown(told, complete, out),
        ForecastFormat::Ics => out.write_all(calendar(told).as_bytes()),
        ForecastFormat::Sarif => {
            let ending: HashMap<(usize, usize), &Ending> =
                told.keys.iter().filter_map(|ending| Some((ending.row?, ending))).collect();
            let of_row = |list, row| ending.get(&(list, row)).map(|ending| verdict(ending)).into_iter().collect();
            let mut rows = scanner.told_of_rows(&of_row);
            rows.findings.extend(told.keys.iter().filter_map(|ending| in_code(ending, seen)));
            rows.roots.clone_from(&seen.roots);
            rows.coverage = seen.coverage.clone();
            rows.mode = Mode::Forecast;
            report::write(Format::Sarif, &rows, scanner.rules(), &report::Options::default(), out)
        }
    })
}

/// A key that no list has, where it stands.
fn in_code(ending: &Ending, seen: &Report) -> Option<Finding> {
    ending.row.is_none().then_some(())?;
    let here = |finding: &&Finding| {
        let first = finding.places.first();
        first.is_some_and(|at| at.shown == ending.key.file && at.region.start_line == ending.key.line)
    };
    let finding = seen.findings.iter().find(here)?.clone();
    let judgement = finding.judgement.clone().of_these(vec![verdict(ending)]);
    let title = EXPIRES_SOON.info().map_or("", |info| info.title).to_owned();
    Some(Finding { rule: EXPIRES_SOON.0.to_owned(), title, judgement, ..finding })
}

/// The forecast of one row as a verdict on its line.
fn verdict(ending: &Ending) -> Verdict {
    let when = if ending.has_ended() { "It ended" } else { "It ends" };
    let breaks: Vec<String> = ending.breaks.iter().map(|used| skelkey::hygiene::code(&place(used))).collect();
    let breaks = match breaks.len() {
        0 => "No job that uses it was found".to_owned(),
        _ => format!("Then fail: {}", breaks.join(", ")),
    };
    let message = format!("{when} on {} ({}). {breaks}.", words::date(ending.expires), in_days(ending.days_left));
    EXPIRES_SOON.says_at(ending.severity, message)
}

fn place(used: &Affected) -> String {
    match &used.job {
        Some(job) => format!("{}:{} ({job})", used.file, used.line),
        None => format!("{}:{}", used.file, used.line),
    }
}

/// Whose key, its name, for whom it acts.
fn key(ending: &Ending) -> String {
    let owner = ending.key.owner.as_ref().map(|owner| format!(" of {owner}")).unwrap_or_default();
    format!("{} {}{owner}", ending.key.issuer, ending.key.label())
}

/// What runs it, through which secret, and how that is known.
fn how(used: &Affected) -> String {
    let mut parts: Vec<String> = used.system.iter().map(|system| system.words().to_owned()).collect();
    match (&used.secret, &used.through) {
        (Some(secret), Some(through)) => parts.push(format!("{secret} as {through}")),
        (Some(secret), None) => parts.push(secret.clone()),
        (None, _) => {}
    }
    parts.push(used.because.words());
    parts.join(", ")
}

fn human(told: &Forecast, complete: bool, out: &mut dyn Write) -> io::Result<()> {
    for ending in &told.keys {
        let when = format!("{}  {:<12}", words::date(ending.expires), in_days(ending.days_left));
        writeln!(out, "{when}  {}", visible(&key(ending)))?;
        let from = format!("{}:{}", ending.key.file, ending.key.line);
        writeln!(out, "            listed in    {}", visible(&from))?;
        if ending.breaks.is_empty() {
            writeln!(out, "            breaks       nothing that was found")?;
        }
        for (at, used) in ending.breaks.iter().enumerate() {
            let label = if at == 0 { "breaks" } else { "" };
            writeln!(out, "            {label:<12} {}", visible(&place(used)))?;
            writeln!(out, "                           {}", visible(&how(used)))?;
        }
        for note in &ending.notes {
            writeln!(out, "            note         {}", visible(note))?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{}", summary(told))?;
    if !complete {
        writeln!(out, "INCOMPLETE: something asked for could not be read; a job may be missing here")?;
    }
    told.notes.iter().try_for_each(|note| writeln!(out, "note: {}", visible(note)))
}

fn summary(told: &Forecast) -> String {
    let jobs: usize = told.keys.iter().map(|ending| ending.breaks.len()).sum();
    let keys = match told.keys.len() {
        0 => format!("no known key ends within {} days", told.days),
        1 => format!("1 key ends within {} days", told.days),
        n => format!("{n} keys end within {} days", told.days),
    };
    let uses = match jobs {
        0 => "no use of them was found".to_owned(),
        1 => "1 use of them was found".to_owned(),
        n => format!("{n} uses of them were found"),
    };
    format!(
        "{keys}, {uses} in {} pipeline files and scripts; {} end later, {} never, {} of unknown end",
        told.pipelines, told.later, told.never, told.not_said
    )
}

/// The body of an issue: a table, and a box to tick for each job.
fn markdown(told: &Forecast, complete: bool, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Keys that end within {} days of {}\n", told.days, words::date(told.now))?;
    if told.keys.is_empty() {
        writeln!(out, "None.\n")?;
    } else {
        writeln!(out, "| ends | | key | listed in | breaks |\n|---|---|---|---|---|")?;
    }
    for ending in &told.keys {
        let from = format!("{}:{}", ending.key.file, ending.key.line);
        let breaks = match ending.breaks.len() {
            0 => "nothing that was found".to_owned(),
            1 => "1 use".to_owned(),
            n => format!("{n} uses"),
        };
        writeln!(
            out,
            "| {} | {} | {} | {} | {breaks} |",
            words::date(ending.expires),
            in_days(ending.days_left),
            escape::markdown(&key(ending)),
            escape::markdown(&from),
        )?;
    }
    for ending in told.keys.iter().filter(|ending| !ending.breaks.is_empty()) {
        writeln!(out, "\n### {}\n", escape::markdown(&key(ending)))?;
        for used in &ending.breaks {
            writeln!(out, "- [ ] {} ({})", escape::markdown(&place(used)), escape::markdown(&how(used)))?;
        }
        for note in &ending.notes {
            writeln!(out, "\n{}", escape::step_markdown(note))?;
        }
    }
    writeln!(out, "\n{}.", summary(told))?;
    if !complete {
        writeln!(out, "\n**Incomplete**: something asked for could not be read; a job may be missing here.")?;
    }
    told.notes.iter().try_for_each(|note| writeln!(out, "\n{}", escape::markdown(note)))
}
