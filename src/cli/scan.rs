//! `skelkey scan`.

use std::io::Read;
use std::path::PathBuf;

use anyhow::{Context, Result};
use skelkey::finding::Report;
use skelkey::report;
use skelkey::scan::{Asker, Scanner};
use skelkey::severity::Severity;
use skelkey::source::FileOptions;
#[cfg(feature = "git")]
use skelkey::source::{Git, GitPlaces, OpenError};

#[cfg(feature = "git")]
use super::args::GitArgs;
use super::args::{Global, OutputArgs, ProbeArgs, ScanArgs, SourceArgs};
use super::config::Loaded;
use super::options::{self, Surroundings};
use super::output::{Outputs, is_watched};
use super::session::Session;
use super::sight::Sight;
use super::timing::Timing;
use super::{Exit, baseline, progress, tell};

pub(crate) fn run(global: &Global, args: &ScanArgs, around: &Surroundings) -> Result<Exit> {
    let mut timing = Timing::start(args.timing);
    let loaded = configuration(global, &args.source, around)?;
    let outputs = Outputs::pair(&args.output)?.adding_to_summary(around);
    let fail_on = options::fail_on(args.output.gate.fail_on, &loaded)?;
    let baseline = args.baseline.as_ref().or(loaded.config.scan.baseline.as_ref());
    let mut baseline = baseline.map(|file| baseline::read(file, &loaded)).transpose()?;
    let look = Look { global, around, loaded: &loaded, source: &args.source, lists: &args.lists.inventory, fail_on };
    timing.phase("configuration");
    let (scanner, files) = look.scanner()?;
    timing.phase("rules and lists");
    let mut report = look.report(&scanner, &files, Some(&args.probe))?;
    timing.phase("scan and judgement");
    if let Some(baseline) = &mut baseline {
        let sight = Sight::of(&report, &args.source, &files, scanner.rules(), around, baseline.file());
        baseline.apply(&scanner, &mut report, |entry| sight.holds(entry))?;
    }
    let exit = Exit::of(&report, fail_on, args.output.gate.exit_zero);
    let mut branch = around.branch.clone();
    // Whoever may push may name a branch.
    if let Some(branch) = &mut branch {
        scanner.mask(branch);
    }
    let options = report::Options {
        commit: around.commit.clone(),
        branch,
        azure: around.azure.clone(),
        ..report_options(&args.output, exit, &report, around.now)
    };
    let exit = outputs.write(&report, scanner.rules(), &options, global.color, exit);
    say_notes(global, &loaded, &report, outputs.tells_people());
    timing.phase("reports");
    timing.say(&report, files.jobs);
    Ok(exit)
}

/// The configuration in force for a scan: the command line may be stricter.
pub(crate) fn configuration(global: &Global, source: &SourceArgs, around: &Surroundings) -> Result<Loaded> {
    let mut loaded = around.config(global)?;
    if source.strict {
        loaded.config.scan.strict = Some(true);
    }
    Ok(loaded)
}

/// A scan as the command line and the configuration want it.
pub(crate) struct Look<'a> {
    pub(crate) global: &'a Global,
    pub(crate) around: &'a Surroundings,
    pub(crate) loaded: &'a Loaded,
    pub(crate) source: &'a SourceArgs,
    /// The owner's lists that are named besides the configuration's.
    pub(crate) lists: &'a [PathBuf],
    pub(crate) fail_on: Severity,
}

impl Look<'_> {
    /// What scans, and how files are chosen.
    pub(crate) fn scanner(&self) -> Result<(Scanner, FileOptions)> {
        let Self { global, around, loaded, source, lists, fail_on } = *self;
        let files = options::file_options(source, loaded)?;
        #[cfg(feature = "git")]
        let files = FileOptions { cache: super::cache::asked(source.git.cache.as_deref(), around)?, ..files };
        let confidence = options::confidence(source.confidence, loaded)?;
        let inline_ignore = !source.no_inline_ignore && loaded.config.scan.inline_ignore.unwrap_or(true);
        let session = Session { global, around, loaded, lists, confidence, inline_ignore };
        let scanner = session
            .scanner(|stated| options::state(stated, fail_on, Some(confidence), Some((&files, &loaded.config))))?;
        Ok((scanner, files))
    }

    /// Scans. `probe`: whom to ask, if anybody may be asked.
    pub(crate) fn scan(&self, probe: Option<&ProbeArgs>) -> Result<(Scanner, Report)> {
        let (scanner, files) = self.scanner()?;
        let report = self.report(&scanner, &files, probe)?;
        Ok((scanner, report))
    }

    /// The same with what is made already.
    fn report(&self, scanner: &Scanner, files: &FileOptions, probe: Option<&ProbeArgs>) -> Result<Report> {
        let Self { global, around, loaded, source, .. } = *self;
        let scan = |ask: Asker<'_>| scan(global, source, around, scanner, files, ask);
        match probe {
            Some(probe) => super::probe::asking(probe, around, global, &loaded.config, scan),
            None => scan(None),
        }
    }
}

/// Scans what the arguments name.
pub(crate) fn scan(
    global: &Global,
    args: &SourceArgs,
    around: &Surroundings,
    scanner: &Scanner,
    files: &FileOptions,
    ask: Asker<'_>,
) -> Result<Report> {
    if args.stdin {
        let text = read_stdin(files.max_file_size, "raise --max-file-size")?;
        return Ok(progress::during(is_watched(global), |progress| scanner.text(&text, "<stdin>", progress, ask)));
    }
    if let Some(report) = git(global, args, around, scanner, files, ask)? {
        return Ok(report);
    }
    let paths = if args.paths.is_empty() { vec![PathBuf::from(".")] } else { args.paths.clone() };
    Ok(progress::during(is_watched(global), |progress| scanner.files(&paths, files.clone(), progress, ask)))
}

/// Scans the repository, if that is what is asked for.
#[cfg(feature = "git")]
fn git(
    global: &Global,
    args: &SourceArgs,
    around: &Surroundings,
    scanner: &Scanner,
    files: &FileOptions,
    ask: Asker<'_>,
) -> Result<Option<Report>> {
    use skelkey::scan::GitScan;
    use skelkey::source::{GitOptions, RangeSpec};
    let GitArgs { staged, history, submodules, range, since, .. } = &args.git;
    let (what, asked) = match (staged, range, since) {
        _ if *history => (GitScan::History, "history".to_owned()),
        (false, None, None) => return Ok(None),
        (true, _, _) => (GitScan::Staged, "staged".to_owned()),
        (false, range, since) => {
            let spec = RangeSpec { range: range.clone(), since: *since };
            (GitScan::Range(spec), range.clone().unwrap_or_else(|| "HEAD".to_owned()))
        }
    };
    anyhow::ensure!(args.paths.len() < 2, "one repository at a time; name one PATH");
    let path = args.paths.first().cloned().unwrap_or_else(|| PathBuf::from("."));
    let shown = path.display().to_string();
    let input = format!("{shown} ({asked})");
    let options = GitOptions {
        max_file_size: files.max_file_size,
        exclude: files.exclude.clone(),
        jobs: files.jobs.max(1),
        submodules: *submodules,
        cache: files.cache.clone(),
    };
    Ok(Some(match open(&path, args.paths.is_empty(), around) {
        Ok(git) => {
            progress::during(is_watched(global), |progress| scanner.git(&git, &what, &options, &input, progress, ask))
        }
        Err(why) => scanner.git_failed(&what, &shown, why.to_string(), &input),
    }))
}

/// Opens the repository. A PATH names its own; the variables of the process speak of the one around it.
#[cfg(feature = "git")]
fn open(path: &std::path::Path, is_default: bool, around: &Surroundings) -> Result<Git, OpenError> {
    if around.git == GitPlaces::default() {
        return Git::open(path, GitPlaces::default());
    }
    let here = Git::open(std::path::Path::new("."), around.git.clone());
    if is_default {
        return here;
    }
    let named = Git::open(path, GitPlaces::default())?;
    match here {
        Ok(here) if here.root() == named.root() => Git::open(path, GitPlaces { git_dir: None, ..around.git.clone() }),
        _ => Ok(named),
    }
}

/// Built without git.
#[cfg(not(feature = "git"))]
#[expect(clippy::unnecessary_wraps, reason = "the shape of the version with git")]
fn git(
    _: &Global,
    _: &SourceArgs,
    _: &Surroundings,
    _: &Scanner,
    _: &FileOptions,
    _: Asker<'_>,
) -> Result<Option<Report>> {
    Ok(None)
}

/// Reads all of standard input, up to a limit; `help` is what to do about a longer one.
pub(crate) fn read_stdin(most: u64, help: &str) -> Result<zeroize::Zeroizing<Vec<u8>>> {
    let mut text = zeroize::Zeroizing::new(Vec::new());
    std::io::stdin().lock().take(most.saturating_add(1)).read_to_end(&mut text).context("read standard input")?;
    anyhow::ensure!(text.len() as u64 <= most, "standard input is over {most} bytes; {help}");
    Ok(text)
}

#[expect(clippy::disallowed_methods, reason = "the end of the run is now, and only the binary may say so")]
pub(crate) fn report_options(
    args: &OutputArgs,
    exit: Exit,
    report: &Report,
    started: jiff::Timestamp,
) -> report::Options {
    report::Options {
        privacy: args.privacy,
        verbose: args.verbose,
        exit_code: Some(exit.code()),
        times: (!report.now_is_given).then(|| (started, jiff::Timestamp::now())),
        sarif_profile: args.sarif_profile.unwrap_or_default(),
        ..report::Options::default()
    }
}

/// What a reader must know about the run besides its findings, on standard error. `told`: the page for people, which
/// has the report's own notes, goes to standard output.
pub(crate) fn say_notes(global: &Global, loaded: &Loaded, report: &Report, told: bool) {
    say_gaps(report);
    if !global.quiet {
        let notes = if told { &[][..] } else { &report.notes[..] };
        let configuration = report.coverage.configuration.words().filter(|_| !told);
        let configuration = configuration.map(|words| format!("configuration in force: {words}"));
        for note in loaded.notes.iter().chain(&configuration).chain(notes) {
            tell(format_args!("note: {}", skelkey::escape::visible(note)));
        }
    }
}

/// What could not be scanned, on standard error.
pub(crate) fn say_gaps(report: &Report) {
    for skip in report.coverage.skips.iter().filter(|skip| skip.reason.is_gap()) {
        let detail = skip.detail.as_deref().map(|detail| format!(": {detail}")).unwrap_or_default();
        let line = format!("{}: {}{detail}", skip.path, skip.reason.words());
        tell(format_args!("error: {}", skelkey::escape::visible(&line)));
    }
}
