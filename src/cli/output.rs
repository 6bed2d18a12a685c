//! Writing reports: to standard output, or to files that are new, private and whole.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use skelkey::finding::Report;
use skelkey::report::{self, Format};
use skelkey::rules::RuleSet;

use super::args::{Colour, Global, OutputArgs};

/// Where each format goes.
pub(crate) struct Outputs {
    pairs: Vec<(Format, Option<PathBuf>)>,
}

impl Outputs {
    /// Pairs the n-th format with the n-th file. Only one format may go to standard output.
    pub(crate) fn pair(args: &OutputArgs) -> Result<Self> {
        let formats = if args.format.is_empty() { vec![Format::Human] } else { args.format.clone() };
        if args.output.len() > formats.len() {
            bail!("{} --output files but {} formats: name a --format for each", args.output.len(), formats.len());
        }
        if formats.len() - args.output.len() > 1 {
            bail!("only one format can go to standard output: give each other --format its own --output FILE");
        }
        let files = args.output.iter().cloned().map(Some).chain(std::iter::repeat(None));
        Ok(Self { pairs: formats.into_iter().zip(files).collect() })
    }

    /// One format on standard output.
    pub(crate) fn only(format: Format) -> Self {
        Self { pairs: vec![(format, None)] }
    }

    /// Whether the page for people goes to standard output.
    pub(crate) fn tells_people(&self) -> bool {
        self.pairs.iter().any(|(format, file)| *format == Format::Human && file.is_none())
    }

    /// Writes every format.
    pub(crate) fn write(
        &self,
        report: &Report,
        rules: &RuleSet,
        options: &report::Options,
        colour: Colour,
    ) -> Result<()> {
        for (format, file) in &self.pairs {
            if let Some(file) = file {
                let options = report::Options { color: false, ..options.clone() };
                to_file(file, |out| report::write(*format, report, rules, &options, out))?;
            } else {
                let options = report::Options { color: colours(colour), width: width(), ..options.clone() };
                to_stdout(|out| report::write(*format, report, rules, &options, out))?;
            }
        }
        Ok(())
    }
}

/// Whether standard output is to be coloured. `NO_COLOR` and `CLICOLOR_FORCE` are honoured.
fn colours(when: Colour) -> bool {
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
    let mut out = BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.context("write to standard output"),
    }
}

/// Writes a file readable by its owner alone, in one step, through no link: it is written beside its place and then
/// renamed onto it.
fn to_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let context = || format!("write {}", path.display());
    if let Ok(there) = std::fs::symlink_metadata(path)
        && !there.is_file()
        && !there.is_symlink()
    {
        bail!("{}: not a regular file; leave --output out to print to standard output", path.display());
    }
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).with_context(context)?;
    let mut out = BufWriter::new(file.as_file_mut());
    write(&mut out).and_then(|()| out.flush()).with_context(context)?;
    drop(out);
    file.persist(path).map_err(|error| error.error).with_context(context)?;
    Ok(())
}
