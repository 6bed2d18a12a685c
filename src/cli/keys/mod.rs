//! `skelkey keys`: key hygiene from the owner's lists, without any leak.

mod audit;
mod forecast;
mod look;
mod reconcile;
mod suggest;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use serde::Serialize;
use skelkey::report::Format;

use super::Exit;
use super::args::{Global, KeysCommand, OutputArgs};
use super::options::Surroundings;
use super::output::{Outputs, to_named_file, to_stdout};

pub(crate) use self::reconcile::read as read_report;

pub(crate) fn run(global: &Global, command: &KeysCommand, around: &Surroundings) -> Result<Exit> {
    match command {
        KeysCommand::Audit(args) => audit::run(global, args, around),
        KeysCommand::Reconcile(args) => reconcile::run(global, args, around),
        KeysCommand::Forecast(args) => forecast::run(global, args, around),
        KeysCommand::Suggest(args) => suggest::run(global, args, around),
    }
}

/// The named paths, or here.
fn or_here(paths: &[PathBuf]) -> Vec<PathBuf> {
    if paths.is_empty() { vec![PathBuf::from(".")] } else { paths.to_vec() }
}

/// The page of this command in this format, where it has one of its own.
pub(crate) fn is_own(format: Format) -> bool {
    matches!(format, Format::Human | Format::Json | Format::Markdown)
}

/// Pages of our own name keys and rows of lists: they are nothing to publish.
pub(crate) fn check_privacy(args: &OutputArgs, outputs: &Outputs) -> Result<()> {
    if args.privacy && outputs.pairs().any(|(format, _)| is_own(format)) {
        bail!("--privacy: this page is about the owner's keys and names them; choose another --format, such as sarif");
    }
    Ok(())
}

/// To the file that is named, else to standard output.
pub(crate) fn emit(file: Option<&Path>, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    match file {
        Some(file) => to_named_file(file, write),
        None => to_stdout(write),
    }
}

/// A document of our own: what it is, its version, and its fields. Every character that could harm a terminal is escaped.
pub(crate) fn json<T: Serialize>(what: &str, document: &T, complete: bool, out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Document<'d, T> {
        #[serde(rename = "document")]
        what: &'d str,
        version: u32,
        tool: Tool,
        complete: bool,
        #[serde(flatten)]
        body: &'d T,
    }
    #[derive(Serialize)]
    struct Tool {
        name: &'static str,
        version: &'static str,
    }
    let tool = Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") };
    let document = Document { what, version: 1, tool, complete, body: document };
    skelkey::report::write_json(&document, out)
}

/// `1 day`, `12 days`, `3 days ago`.
pub(crate) fn in_days(days: i64) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "in 1 day".to_owned(),
        2.. => format!("in {days} days"),
        -1 => "1 day ago".to_owned(),
        _ => format!("{} days ago", days.unsigned_abs()),
    }
}
