//! `skelkey baseline merge`, git's merge driver for baselines, and how it is made known to git.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use skelkey::baseline::{self, Baseline, Merged};
use skelkey::source::Repository;

use super::super::args::BaselineMergeArgs;
use super::super::options::Surroundings;
use super::super::{Exit, tell};

/// The driver's name, in `.gitattributes` and in git's configuration.
const DRIVER: &str = "skelkey-baseline";

/// Merges into the second file. 0: whole; 1: with conflicts between markers; 2: not merged, the file is as it was.
pub(super) fn merge(args: &BaselineMergeArgs) -> Result<Exit> {
    let base = read(&args.base)?;
    let both = read(&args.ours)?.zip(read(&args.theirs)?);
    let (ours, theirs) = both.context("one of the two is empty: it is no baseline")?;
    let merged = baseline::merge(base.as_ref(), &ours, &theirs)?;
    let text = merged.to_text().context("write the merged baseline")?;
    // In its place: git reads the file that it named.
    std::fs::write(&args.ours, text).with_context(|| format!("write {}", args.ours.display()))?;
    Ok(match merged {
        Merged::Whole(_) => Exit::Clean,
        Merged::Conflict { pairs, .. } => {
            tell(format_args!(
                "error: both sides changed {} otherwise: choose one line of each between the markers",
                super::entries(pairs.len())
            ));
            Exit::Findings
        }
    })
}

/// A baseline; `None` for an empty file, as git has where there was none.
fn read(file: &Path) -> Result<Option<Baseline>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("read the baseline {}", file.display()))?;
    if text.trim().is_empty() {
        return Ok(None);
    }
    Baseline::parse(&text).map(Some).map_err(|error| anyhow::anyhow!("{}:{error}", file.display()))
}

/// Names the driver in the configuration of this clone, and the baseline in `.gitattributes`. Doing so again changes nothing.
pub(super) fn install(file: &Path, around: &Surroundings) -> Result<Exit> {
    let repository = Repository::around(&around.here).context("not in the work tree of a git repository")?;
    let program = std::env::current_exe().context("find out where skelkey is installed")?;
    let program = program.to_str().context("git cannot name this program: its path is not UTF-8")?;
    set(&repository, "name", "baselines of skelkey, entry by entry")?;
    set(&repository, "driver", &format!("{} baseline merge %O %A %B", quoted(program)))?;
    let attributes = repository.work_tree.join(".gitattributes");
    let line = format!("{} merge={DRIVER}", pattern(file, &repository, around)?);
    let added = add_line(&attributes, &line)?;
    let what = if added { "Added" } else { "There already" };
    tell(format_args!("{what}: `{}` in {}.", skelkey::escape::visible(&line), attributes.display()));
    tell(format_args!(
        "The driver is in the configuration of this clone; each other clone runs `skelkey baseline install-driver`, too."
    ));
    Ok(Exit::Clean)
}

/// The baseline as `.gitattributes` at the top of the repository names it.
fn pattern(file: &Path, repository: &Repository, around: &Surroundings) -> Result<String> {
    let folder = around.here.join(file).parent().map(Path::canonicalize).transpose().ok().flatten();
    let top = repository.work_tree.canonicalize().unwrap_or_else(|_| repository.work_tree.clone());
    let within = folder.and_then(|folder| folder.strip_prefix(&top).map(Path::to_path_buf).ok());
    let within: PathBuf = within.with_context(|| format!("{}: not in this repository", file.display()))?;
    let name = file.file_name().with_context(|| format!("{}: not a file name", file.display()))?;
    let path = within.join(name);
    let path = path.to_str().with_context(|| format!("{}: its name is not UTF-8", file.display()))?;
    ensure!(
        !path.contains(|c: char| c.is_whitespace() || c.is_control() || "*?[]\\\"!#".contains(c)),
        "{}: a name that .gitattributes takes for a pattern; give the baseline a plain one",
        file.display()
    );
    // With a slash in front it is this file and no other of its name.
    Ok(format!("/{path}"))
}

/// Adds a line to a file, unless it has it. Whether it was added.
fn add_line(file: &Path, line: &str) -> Result<bool> {
    if let Ok(there) = file.symlink_metadata() {
        ensure!(there.is_file(), "{}: not a regular file", file.display());
    }
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).with_context(|| format!("read {}", file.display())),
    };
    if text.lines().any(|there| there.trim() == line) {
        return Ok(false);
    }
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    let mut open = std::fs::OpenOptions::new();
    let write = open.append(true).create(true).open(file).and_then(|mut file| writeln!(file, "{gap}{line}"));
    write.with_context(|| format!("write {}", file.display()))?;
    Ok(true)
}

/// Sets a field of the driver by git itself, which knows where a clone has its configuration.
fn set(repository: &Repository, field: &str, value: &str) -> Result<()> {
    let output = Command::new("git")
        .arg("-C")
        .arg(&repository.work_tree)
        .args(["config", "--local", &format!("merge.{DRIVER}.{field}"), value])
        .stdin(Stdio::null())
        .output()
        .context("run git; install it")?;
    if !output.status.success() {
        bail!("git config: {}", skelkey::escape::visible(String::from_utf8_lossy(&output.stderr).trim()));
    }
    Ok(())
}

/// For the shell by which git starts the driver.
fn quoted(program: &str) -> String {
    // `%` begins git's own placeholders.
    format!("'{}'", program.replace('\'', "'\\''").replace('%', "%%"))
}
