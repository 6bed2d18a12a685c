//! `skelkey baseline`, and what a baseline does to a scan.

mod driver;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use skelkey::baseline::{Applied, Baseline, Entry, import};
use skelkey::finding::Report;
use skelkey::scan::Scanner;
use skelkey::severity::Severity;

use super::args::{BaselineArgs, BaselineCommand, BaselineImportArgs, BaselineWriteArgs, Global};
use super::config::Loaded;
use super::options::Surroundings;
use super::scan::{Look, configuration, say_notes};
use super::{Exit, output, tell};

/// A baseline and the file that it was read from.
pub(crate) struct Read {
    file: PathBuf,
    baseline: Baseline,
}

/// Reads a baseline that the command line or the configuration names.
pub(crate) fn read(file: &Path, loaded: &Loaded) -> Result<Read> {
    let text = loaded.named.read(file).with_context(|| format!("read the baseline {}", file.display()))?;
    let text = std::str::from_utf8(&text).with_context(|| format!("read the baseline {}", file.display()))?;
    let baseline = Baseline::parse(text).map_err(|error| anyhow::anyhow!("{}:{error}", file.display()))?;
    Ok(Read { file: file.to_path_buf(), baseline })
}

impl Read {
    /// The file that it was read from.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// Sets aside what the baseline covers, and notes in the report what a reader must know of it. Keys in the words of
    /// entries are masked first: they are shown, and written again.
    /// `looked_at`: see [`Baseline::apply`].
    pub(crate) fn apply(
        &mut self,
        scanner: &Scanner,
        report: &mut Report,
        looked_at: impl Fn(&Entry) -> bool,
    ) -> Result<Applied> {
        self.baseline.each_word(|words| scanner.mask(words));
        let folders: Vec<PathBuf> = report.roots.iter().map(|root| PathBuf::from(&root.path)).collect();
        let exists = |path: &str| folders.iter().any(|folder| folder.join(path).symlink_metadata().is_ok());
        let applied = self
            .baseline
            .apply(report, scanner.settings().strict, exists, looked_at)
            .with_context(|| self.file.display().to_string())?;
        let file = self.file.display();
        for entry in &applied.expired {
            let until = entry.until.map(|day| day.to_string()).unwrap_or_default();
            report
                .notes
                .push(format!("{file}: the entry for {} ended on {until}: what it covered counts again", entry.path));
        }
        for entry in &applied.unreasoned {
            report
                .notes
                .push(format!("{file}: the entry for {} has no reason, so it covers nothing (--strict)", entry.path));
        }
        for (entry, to) in &applied.moved {
            report
                .notes
                .push(format!("{file}: {} has moved to {to}; `skelkey baseline update` writes that down", entry.path));
        }
        report.notes.sort();
        report.notes.dedup();
        Ok(applied)
    }
}

pub(crate) fn run(global: &Global, command: &BaselineCommand, around: &Surroundings) -> Result<Exit> {
    match command {
        BaselineCommand::Create(args) => create(global, args, around),
        BaselineCommand::Update(args) => update(global, args, around),
        BaselineCommand::Prune(args) => prune(global, args, around),
        BaselineCommand::Explain(args) => explain(global, args, around),
        BaselineCommand::Import(args) => import(global, args, around),
        BaselineCommand::Merge(args) => driver::merge(args),
        BaselineCommand::InstallDriver { file } => driver::install(file, around),
    }
}

fn create(global: &Global, args: &BaselineWriteArgs, around: &Surroundings) -> Result<Exit> {
    let file = &args.baseline.file;
    if file.symlink_metadata().is_ok() {
        bail!("{} is there already; `skelkey baseline update` brings it up to date", file.display());
    }
    let Some((scanner, report)) = whole_scan(global, &args.baseline, around)? else { return Ok(Exit::Incomplete) };
    let baseline = Baseline::of(&report, masked(args.reason.clone(), &scanner).as_deref());
    save(&baseline, file)?;
    tell(format_args!("Wrote {} to {}.", entries(baseline.entries.len()), file.display()));
    tell(format_args!("To let git merge the entries of two branches: skelkey baseline install-driver"));
    Ok(Exit::Clean)
}

fn update(global: &Global, args: &BaselineWriteArgs, around: &Surroundings) -> Result<Exit> {
    let (file, loaded) = (&args.baseline.file, around.config(global)?);
    let mut old = read(file, &loaded)?;
    let Some((scanner, mut report)) = whole_scan(global, &args.baseline, around)? else { return Ok(Exit::Incomplete) };
    let fresh = Baseline::of(&report, masked(args.reason.clone(), &scanner).as_deref());
    let applied = old.apply(&scanner, &mut report, |_| false)?;
    let new = old.baseline.updated(fresh, &applied);
    save(&new, file)?;
    let added = new.entries.len().saturating_sub(applied.used + applied.expired.len() + applied.unreasoned.len());
    let dropped = applied.unused.len();
    tell(format_args!("{}: {}, {added} of them new; {dropped} dropped.", file.display(), entries(new.entries.len())));
    Ok(Exit::Clean)
}

fn prune(global: &Global, args: &BaselineArgs, around: &Surroundings) -> Result<Exit> {
    let loaded = around.config(global)?;
    let mut old = read(&args.file, &loaded)?;
    let Some((scanner, mut report)) = whole_scan(global, args, around)? else { return Ok(Exit::Incomplete) };
    let applied = old.apply(&scanner, &mut report, |_| false)?;
    let gone = |entry: &Entry| applied.unused.contains(entry);
    let kept: Vec<Entry> = old.baseline.entries.iter().filter(|entry| !gone(entry)).cloned().collect();
    let new = Baseline { entries: kept, ..old.baseline.clone() };
    save(&new, &args.file)?;
    tell(format_args!(
        "{}: {} left, {} dropped.",
        args.file.display(),
        entries(new.entries.len()),
        applied.unused.len()
    ));
    Ok(Exit::Clean)
}

fn explain(global: &Global, args: &BaselineArgs, around: &Surroundings) -> Result<Exit> {
    let loaded = around.config(global)?;
    let mut old = read(&args.file, &loaded)?;
    let Some((scanner, mut report)) = whole_scan(global, args, around)? else { return Ok(Exit::Incomplete) };
    let applied = old.apply(&scanner, &mut report, |_| false)?;
    output::to_stdout(|out| {
        for entry in &old.baseline.entries {
            let line = format!("{}  {}  {}{}", entry.path, entry.rule, does(entry, &applied), because(entry));
            writeln!(out, "{}", skelkey::escape::visible(&line))?;
        }
        Ok(())
    })?;
    Ok(Exit::Clean)
}

/// Entries of another scanner that are named when they could not be carried over.
const LEFT_SHOWN: usize = 20;

fn import(global: &Global, args: &BaselineImportArgs, around: &Surroundings) -> Result<Exit> {
    let (from, file) = (&args.import, &args.write.baseline.file);
    let text = std::fs::read_to_string(from).with_context(|| format!("read {}", from.display()))?;
    let imported = import::read(&text).map_err(|error| anyhow::anyhow!("{}:{error}", from.display()))?;
    let loaded = around.config(global)?;
    let there = if file.symlink_metadata().is_ok() { Some(read(file, &loaded)?) } else { None };
    let Some((scanner, report)) = whole_scan(global, &args.write.baseline, around)? else {
        return Ok(Exit::Incomplete);
    };
    let ours = report.fingerprint_key.clone();
    let mut baseline = match there {
        Some(there) if there.baseline.fingerprint_key == ours => there.baseline,
        Some(there) => {
            let theirs = there.baseline.fingerprint_key;
            return Err(skelkey::baseline::Error::OtherKey { ours, theirs }).context(file.display().to_string());
        }
        None => Baseline { fingerprint_key: ours, entries: Vec::new() },
    };
    let carried = imported.carry(&report, args.write.reason.as_deref());
    let (all, left) = (imported.entries.len(), carried.left.len());
    let added = baseline.add(carried.entries);
    baseline.each_word(|words| scanner.mask(words));
    save(&baseline, file)?;
    tell(format_args!(
        "{}: {} of {} ({}), {added} of them new.",
        file.display(),
        entries(baseline.entries.len()),
        from.display(),
        imported.tool.words()
    ));
    tell(format_args!("note: {}", imported.tool.lost()));
    if left > 0 {
        tell(format_args!("note: {left} of {all} could not be carried over: no key is found there"));
        for foreign in carried.left.iter().take(LEFT_SHOWN) {
            let mut left = left_out(foreign);
            scanner.mask(&mut left);
            tell(format_args!("note:   {}", skelkey::escape::visible(&left)));
        }
        if left > LEFT_SHOWN {
            tell(format_args!("note:   and {} more", left - LEFT_SHOWN));
        }
    }
    Ok(Exit::Clean)
}

fn left_out(foreign: &import::Foreign) -> String {
    let rule = foreign.rule.as_ref().map(|rule| format!(" ({rule})")).unwrap_or_default();
    let commit = foreign.commit.as_ref().map(|commit| format!(" in commit {commit}; scan with --history"));
    format!("{}:{}{rule}{}", foreign.path, foreign.line, commit.unwrap_or_default())
}

/// What an entry does in this scan.
fn does(entry: &Entry, applied: &Applied) -> String {
    if applied.expired.contains(entry) {
        return format!("ended on {}", entry.until.map(|day| day.to_string()).unwrap_or_default());
    }
    if applied.unreasoned.contains(entry) {
        return "covers nothing without a reason".to_owned();
    }
    if applied.unused.contains(entry) {
        return "covers nothing".to_owned();
    }
    match applied.moved.iter().find(|(moved, _)| moved == entry) {
        Some((_, to)) => format!("covers {to}, where it moved"),
        None => "covers its place".to_owned(),
    }
}

fn because(entry: &Entry) -> String {
    let parts = [
        entry.reason.as_ref().map(|reason| format!("  {reason}")),
        entry.owner.as_ref().map(|owner| format!("  ({owner})")),
        entry.until.map(|day| format!("  until {day}")),
    ];
    parts.into_iter().flatten().collect()
}

/// A scan of everything that is asked for. One with a gap makes no baseline: what it did not see would be dropped.
fn whole_scan(global: &Global, args: &BaselineArgs, around: &Surroundings) -> Result<Option<(Scanner, Report)>> {
    let loaded = configuration(global, &args.source, around)?;
    let fail_on = Severity::Medium;
    let look = Look { global, around, loaded: &loaded, source: &args.source, lists: &[], fail_on };
    let (scanner, report) = look.scan(None)?;
    say_notes(global, &loaded, &report, false);
    if report.coverage.is_complete() {
        return Ok(Some((scanner, report)));
    }
    tell(format_args!("error: the scan is incomplete, so {} is left as it is", args.file.display()));
    Ok(None)
}

/// Somebody's words without any key in them.
fn masked(mut words: Option<String>, scanner: &Scanner) -> Option<String> {
    if let Some(words) = &mut words {
        scanner.mask(words);
    }
    words
}

fn save(baseline: &Baseline, file: &Path) -> Result<()> {
    let text = baseline.to_text().with_context(|| format!("write {}", file.display()))?;
    output::to_file(file, |out| out.write_all(text.as_bytes()))
}

fn entries(count: usize) -> String {
    format!("{count} {}", if count == 1 { "entry" } else { "entries" })
}
