//! `skelkey man`: a manual page for every command.

use std::path::Path;

use anyhow::{Context, Result};
use clap::CommandFactory;

use super::args::Cli;
use super::{Exit, tell};

pub(crate) fn run(folder: &Path) -> Result<Exit> {
    let context = || format!("write manual pages to {}", folder.display());
    std::fs::create_dir_all(folder).with_context(context)?;
    clap_mangen::generate_to(Cli::command(), folder).with_context(context)?;
    tell(format_args!("Wrote the manual pages to {}; see `man -l {}/skelkey.1`.", folder.display(), folder.display()));
    Ok(Exit::Clean)
}
