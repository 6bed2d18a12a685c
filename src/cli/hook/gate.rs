//! The hooks of git: what is about to be committed, sent or received, let through or not.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use skelkey::finding::Report;
use skelkey::report::{self, Advice};
use skelkey::scan::{GitScan, Scanner};
use skelkey::severity::Severity;
use skelkey::source::{Git, GitOptions, Progress, Push, PushedTo, RefUpdate};

use super::super::args::{GitArgs, Global, SourceArgs};
use super::super::config::Loaded;
use super::super::options::{self, PreCommit, Surroundings};
use super::super::output::is_watched;
use super::super::scan::{Look, read_stdin, say_notes};
use super::super::{Exit, baseline, progress, tell};
use super::args::{GitHook, RunArgs};
use super::limit::{self, End};
use super::lines;

/// GitHub Enterprise Server ends a pre-receive hook after five seconds.
const RECEIVE_WITHIN: Duration = Duration::from_millis(4_500);

/// Lines of a push that is larger than any real one.
const MOST_LINES: u64 = 64 << 20;

pub(super) fn run(global: &Global, hook: GitHook, args: &RunArgs, around: &Surroundings) -> Result<Exit> {
    let limit = args.time_limit.or((hook == GitHook::Receive).then_some(RECEIVE_WITHIN));
    let limit = limit.filter(|limit| !limit.is_zero());
    let (global, args, around) = (global.clone(), args.clone(), around.clone());
    limit::within(limit, move |end| decide(&global, hook, &args, &around, end))
}

fn decide(global: &Global, hook: GitHook, args: &RunArgs, around: &Surroundings, end: Option<End>) -> Result<Exit> {
    let Some(what) = what(hook, args, around)? else {
        say(global, "nothing is pushed that could hold a key");
        return Ok(Exit::Clean);
    };
    let loaded = around.config(global)?;
    let fail_on = options::fail_on(args.fail_on, &loaded)?;
    let baseline = args.baseline.as_ref().or(loaded.config.scan.baseline.as_ref());
    let baseline = baseline.map(|file| baseline::read(file, &loaded)).transpose()?;
    let git = GitArgs { cache: args.cache.clone(), ..GitArgs::default() };
    let source = SourceArgs { no_inline_ignore: args.no_inline_ignore, git, ..SourceArgs::default() };
    let look = Look { global, around, loaded: &loaded, source: &source, lists: &[], fail_on };
    let (scanner, files) = look.scanner()?;
    let options = GitOptions {
        max_file_size: files.max_file_size,
        exclude: files.exclude.clone(),
        jobs: files.jobs.max(1),
        submodules: false,
        cache: files.cache.clone(),
    };
    let git = Git::open(Path::new("."), around.git.clone());
    let input = if hook == GitHook::Commit { ". (staged)" } else { ". (push)" };
    let report = watched(global, end, |progress| match &git {
        Ok(git) => scanner.git(git, &what, &options, input, progress, None),
        Err(why) => scanner.git_failed(&what, ".", why.to_string(), input),
    });
    let mut verdict = Verdict { global, loaded: &loaded, scanner: &scanner, baseline, fail_on, end };
    let exit = verdict.on(report, &advice(hook))?;
    let (GitHook::Commit, Ok(git)) = (hook, git) else { return Ok(exit) };
    let named = unstaged(&args.arguments, &git)?;
    if named.is_empty() {
        return Ok(exit);
    }
    let report = watched(global, end, |progress| scanner.files(&named, files, progress, None));
    Ok(worse(exit, verdict.on(report, &NAMED)?))
}

/// Scans, until the time is up or Ctrl-C ends it.
fn watched<T>(global: &Global, end: Option<End>, scan: impl FnOnce(&Progress) -> T) -> T {
    progress::during(is_watched(global), |progress| {
        if let Some(end) = end {
            end.watch(progress);
        }
        scan(progress)
    })
}

/// The files of the command line that are not staged. The pre-commit framework names every file for `--all-files`, when
/// nothing need be staged at all; they are then scanned whole.
fn unstaged(named: &[String], git: &Git) -> Result<Vec<PathBuf>> {
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let staged = git.staged_paths().map_err(anyhow::Error::msg)?;
    Ok(named.iter().filter(|file| !staged.contains(*file)).map(PathBuf::from).collect())
}

fn worse(one: Exit, other: Exit) -> Exit {
    [Exit::Findings, Exit::Incomplete].into_iter().find(|exit| [one, other].contains(exit)).unwrap_or(one)
}

/// What decides on a report.
struct Verdict<'v> {
    global: &'v Global,
    loaded: &'v Loaded,
    scanner: &'v Scanner,
    baseline: Option<baseline::Read>,
    fail_on: Severity,
    end: Option<End>,
}

impl Verdict<'_> {
    /// Decides, and says why.
    fn on(&mut self, mut report: Report, advice: &Advice<'_>) -> Result<Exit> {
        if let Some(baseline) = &mut self.baseline {
            baseline.apply(self.scanner, &mut report, |_| false)?;
        }
        let exit = Exit::of(&report, self.fail_on, false);
        let mut words = Vec::new();
        report::brief(&report, self.scanner.rules(), self.fail_on, advice, &mut words)?;
        // To standard error: the standard output of `git push` is for programs.
        if !words.is_empty() {
            tell(format_args!("{}", String::from_utf8_lossy(words.trim_ascii_end())));
        }
        say_notes(self.global, self.loaded, &report, true);
        match (exit, self.end) {
            (Exit::Clean, _) => say(self.global, &format!("{}, no key", extent(&report))),
            (Exit::Incomplete, Some(end)) if was_ended(&report) => {
                tell(format_args!("error: skelkey: {}: {}", extent(&report), limit::too_long(end.limit)));
            }
            (Exit::Incomplete, _) => tell(format_args!("error: skelkey: what could not be scanned is not let through")),
            _ => {}
        }
        Ok(exit)
    }
}

/// What is to be scanned; `None` for a push of nothing.
fn what(hook: GitHook, args: &RunArgs, around: &Surroundings) -> Result<Option<GitScan>> {
    Ok(match hook {
        GitHook::Receive => {
            Some(lines::pre_receive(&told()?)?).map(|updates| GitScan::Push(Push { updates, to: PushedTo::Here }))
        }
        GitHook::Push => {
            let updates = lines::pre_push(&told()?)?;
            let remote = args.arguments.first().or(around.pre_commit.remote.as_ref());
            let to = PushedTo::Remote(remote.cloned().unwrap_or_default());
            let updates = if updates.is_empty() { untold(&around.pre_commit) } else { updates };
            let is_empty = updates.iter().all(|update| update.new.is_none());
            (!is_empty).then_some(GitScan::Push(Push { updates, to }))
        }
        GitHook::Commit => Some(GitScan::Staged),
    })
}

/// Git's lines.
fn told() -> Result<String> {
    let text = read_stdin(MOST_LINES, "push in smaller parts")?;
    String::from_utf8(text.to_vec()).context("standard input is not as git writes it; nothing is let through")
}

/// What is pushed when no line says so: the pre-commit framework keeps the lines and hands on the ends of the first by
/// variables, and other managers of hooks forget them. `HEAD` then stands for it; what of it the remote has already is not
/// scanned again, so that a push of nothing stays nothing.
fn untold(framework: &PreCommit) -> Vec<RefUpdate> {
    let new = framework.to.as_ref().or(framework.branch.as_ref()).cloned().unwrap_or_else(|| "HEAD".to_owned());
    let name = framework.remote_branch.clone().unwrap_or_else(|| "HEAD".to_owned());
    vec![RefUpdate { name, old: framework.from.clone(), new: Some(new) }]
}

/// How much there was: "3 files staged", "12 of 40 commits".
fn extent(report: &Report) -> String {
    let tells = |note: &&String| [" staged", " commit", " commits"].iter().any(|end| note.ends_with(end));
    let files = || options::count(usize::try_from(report.coverage.blobs_scanned).unwrap_or(usize::MAX), "file");
    report.notes.iter().find(tells).cloned().unwrap_or_else(files)
}

fn was_ended(report: &Report) -> bool {
    report.coverage.skips.iter().any(|skip| skip.reason == skelkey::coverage::Reason::Interrupted)
}

/// What is right where files are named that nobody is about to commit.
const NAMED: Advice<'static> = Advice {
    looked_at: "the files",
    first: "Take it out of the file.",
    is_out: true,
    all: Some("skelkey scan"),
    bypass: None,
};

fn advice(hook: GitHook) -> Advice<'static> {
    match hook {
        GitHook::Commit => Advice {
            looked_at: "what is staged; nothing is committed",
            first: "Take it out of the file and `git add` that.",
            is_out: false,
            all: Some("skelkey scan --staged"),
            bypass: Some("git commit --no-verify"),
        },
        GitHook::Push => Advice {
            looked_at: "what is pushed; nothing is sent",
            first: "Take it out of the commits that have it (git rebase -i); a further commit would not do.",
            is_out: false,
            all: Some("skelkey scan --range COMMIT"),
            bypass: Some("git push --no-verify"),
        },
        GitHook::Receive => Advice {
            looked_at: "what is pushed; nothing is accepted",
            first: "Take it out of the commits that have it (git rebase -i), and push again.",
            is_out: true,
            all: None,
            bypass: None,
        },
    }
}

fn say(global: &Global, words: &str) {
    if !global.quiet {
        tell(format_args!("skelkey: {words}"));
    }
}
