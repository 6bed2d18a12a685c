//! Writing reports: to standard output, or to files that are new, private and whole.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use skelkey::finding::Report;
use skelkey::report::{self, Format};
use skelkey::rules::RuleSet;

use super::args::{Colour, Global, OutputArgs};
use super::options::Surroundings;
use super::{Exit, tell};

/// Where each format goes.
pub(crate) struct Outputs {
    pairs: Vec<(Format, Option<PathBuf>)>,
    /// The summary of the running step of GitHub Actions, to which steps add.
    summary: Option<PathBuf>,
}

impl Outputs {
    /// Pairs the n-th format with the n-th file. Only one format may go to standard output.
    pub(crate) fn pair(args: &OutputArgs) -> Result<Self> {
        let (formats, files) = (&args.format, &args.output);
        let formats = if formats.is_empty() { vec![Format::Human] } else { formats.clone() };
        if files.len() > formats.len() {
            bail!("{} --output files but {} formats: name a --format for each", files.len(), formats.len());
        }
        if formats.len() - files.len() > 1 {
            bail!("only one format can go to standard output: give each other --format its own --output FILE");
        }
        let mut places = Vec::new();
        for file in files {
            let place = check_place(file)?;
            if places.contains(&place) {
                bail!("--output {}: named twice; give each --format a file of its own", file.display());
            }
            places.push(place);
        }
        let files = files.iter().cloned().map(Some).chain(std::iter::repeat(None));
        Ok(Self { pairs: formats.into_iter().zip(files).collect(), summary: None })
    }

    /// Adds to the summary of the running step, if one of the files is that.
    pub(crate) fn adding_to_summary(self, around: &Surroundings) -> Self {
        Self { summary: around.step_summary.clone(), ..self }
    }

    /// One format on standard output.
    pub(crate) fn only(format: Format) -> Self {
        Self { pairs: vec![(format, None)], summary: None }
    }

    /// Each format and its file; without one it goes to standard output.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (Format, Option<&Path>)> {
        self.pairs.iter().map(|(format, file)| (*format, file.as_deref()))
    }

    /// The others: a command may have pages of its own in some formats.
    pub(crate) fn without(&self, own: impl Fn(Format) -> bool) -> Self {
        let pairs = self.pairs.iter().filter(|(format, _)| !own(*format)).cloned().collect();
        Self { pairs, summary: self.summary.clone() }
    }

    /// Whether the page for people goes to standard output.
    pub(crate) fn tells_people(&self) -> bool {
        self.pairs.iter().any(|(format, file)| *format == Format::Human && file.is_none())
    }

    /// Writes every format. The code is `exit`, unless a report could not be written (the run is then incomplete), or
    /// whoever reads standard output has seen enough and left (which is no failure).
    pub(crate) fn write(
        &self,
        report: &Report,
        rules: &RuleSet,
        options: &report::Options,
        colour: Colour,
        exit: Exit,
    ) -> Exit {
        let (mut failed, mut left) = (false, false);
        for (format, file) in &self.pairs {
            let mut options = options.clone();
            let written = match file {
                Some(file) if self.summary.as_ref() == Some(file) => {
                    let there = std::fs::metadata(file).map_or(0, |there| there.len());
                    let room = report::STEP_SUMMARY.saturating_sub(usize::try_from(there).unwrap_or(usize::MAX));
                    options.markdown_room = room;
                    add_to_file(file, |out| report::write(*format, report, rules, &options, out))
                }
                Some(file) => to_file(file, |out| report::write(*format, report, rules, &options, out)),
                None => {
                    (options.color, options.width) = (colours(colour), width());
                    to_pipe(|out| report::write(*format, report, rules, &options, out)).map(|whole| left = !whole)
                }
            };
            for sentence in report::left_out(*format, report, &options) {
                tell(format_args!("warning: {format}: {}", skelkey::escape::visible(&sentence)));
            }
            if let Err(error) = written {
                failed = true;
                let text = format!("{error:#}");
                tell(format_args!("error: the report is not whole: {}", skelkey::escape::visible(&text)));
            }
        }
        match (failed, left) {
            (true, _) => Exit::Incomplete,
            (false, true) => Exit::Clean,
            (false, false) => exit,
        }
    }
}

impl Outputs {
    /// The short answer about each key where people are told, and the whole report in any other format.
    pub(crate) fn write_answers(
        &self,
        report: &Report,
        rules: &RuleSet,
        options: &report::Options,
        colour: Colour,
    ) -> Result<Exit> {
        if !self.tells_people() {
            return Ok(self.write(report, rules, options, colour, Exit::Clean));
        }
        let options = report::Options { color: colours(colour), width: width(), ..options.clone() };
        to_stdout(|out| report::write_answers(report, rules, &options, out))?;
        Ok(Exit::Clean)
    }
}

/// Whether standard output is to be coloured. `NO_COLOR` and `CLICOLOR_FORCE` are honoured.
pub(crate) fn colours(when: Colour) -> bool {
    match when {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never,
    }
}

/// Columns of the terminal, within what reads well.
fn width() -> usize {
    terminal_size::terminal_size().map_or(100, |(terminal_size::Width(columns), _)| usize::from(columns)).clamp(60, 110)
}

/// Whether people watch standard error: then progress may be drawn.
pub(crate) fn is_watched(global: &Global) -> bool {
    !global.quiet && io::stderr().is_terminal()
}

/// A closed pipe ends the output quietly: the reader has seen enough.
pub(crate) fn to_stdout(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    to_pipe(write).map(drop)
}

/// The same; whether all of it was taken.
fn to_pipe(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<bool> {
    let mut out = BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error).context("write to standard output"),
    }
}

/// Finds out before the scan whether a report can be written there, and where that is.
fn check_place(path: &Path) -> Result<PathBuf> {
    let context = || format!("--output {}", path.display());
    if let Ok(there) = std::fs::symlink_metadata(path)
        && !there.is_file()
        && !there.is_symlink()
    {
        bail!("{}: not a regular file; leave --output out to print to standard output", path.display());
    }
    let folder = folder_of(path);
    tempfile::NamedTempFile::new_in(folder).with_context(context)?;
    let name = path.file_name().with_context(|| format!("--output {}: not a file name", path.display()))?;
    Ok(folder.canonicalize().with_context(context)?.join(name))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes a file readable by its owner alone, in one step, through no link: it is written beside its place and then
/// renamed onto it.
pub(crate) fn to_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let context = || format!("write {}", path.display());
    let mut file = tempfile::NamedTempFile::new_in(folder_of(path)).with_context(context)?;
    let mut out = BufWriter::new(file.as_file_mut());
    write(&mut out).and_then(|()| out.flush()).with_context(context)?;
    drop(out);
    file.persist(path).map_err(|error| error.error).with_context(context)?;
    Ok(())
}

/// Adds to a file that others write to as well.
fn add_to_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let context = || format!("write {}", path.display());
    let file = std::fs::OpenOptions::new().append(true).create(true).open(path).with_context(context)?;
    let mut out = BufWriter::new(file);
    write(&mut out).and_then(|()| out.flush()).with_context(context)
}

/// The same for a file that a command makes besides reports.
pub(crate) fn to_named_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    check_place(path)?;
    to_file(path, write)
}
