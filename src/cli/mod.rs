//! The command line: arguments as typed → resolved options → commands. Known to the binary only.

mod adjust;
mod args;
mod baseline;
#[cfg(feature = "git")]
mod cache;
mod catalogue;
mod config;
#[cfg(feature = "git")]
mod date;
mod demo;
mod doctor;
mod exit;
mod explain;
mod fetch;
mod hook;
mod import;
mod inspect;
mod interrupt;
mod issuers;
mod keys;
#[cfg(feature = "lsp")]
mod lsp;
mod man;
mod named;
mod options;
mod output;
mod policy;
#[cfg(feature = "probe")]
mod probe;
#[cfg(not(feature = "probe"))]
#[path = "probe_nobody.rs"]
mod probe;
#[cfg(feature = "probe")]
mod probe_list;
mod progress;
mod recheck;
mod rewrite;
mod rules;
mod scan;
mod session;
mod show;
mod sight;
mod size;
mod stats;
mod timing;

use std::io::Write;

use anyhow::Result;
use clap::{CommandFactory, Parser};

use self::args::{Cli, Command, ConfigCommand};
pub(crate) use self::exit::Exit;
use self::options::Surroundings;

/// Parses, runs, and turns an error into a message and a code.
pub(crate) fn main() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(message) => {
            // Help and version go to standard output and are a success; everything else is wrong use.
            let is_answer = !message.use_stderr();
            let _ = message.print();
            return if is_answer { Exit::Clean } else { Exit::Usage };
        }
    };
    match run(&cli) {
        Ok(exit) => exit,
        Err(error) => {
            let text = format!("{error:#}");
            for line in text.lines() {
                tell(format_args!("error: {}", skelkey::escape::visible(line)));
            }
            Exit::Usage
        }
    }
}

fn run(cli: &Cli) -> Result<Exit> {
    let around = Surroundings::read()?;
    match &cli.command {
        Command::Scan(args) => scan::run(&cli.global, args, &around),
        Command::Inspect(args) => inspect::run(&cli.global, args, &around),
        Command::Explain { what } => explain::run(&cli.global, what, &around),
        Command::Rules(command) => rules::run(&cli.global, command, &around),
        Command::Baseline(command) => baseline::run(&cli.global, command, &around),
        Command::Hook(command) => hook::run(&cli.global, command, &around),
        Command::Report(command) => rewrite::run(&cli.global, command, &around),
        Command::Keys(command) => keys::run(&cli.global, command, &around),
        Command::Recheck(args) => recheck::run(&cli.global, args, &around),
        Command::Demo(args) => demo::run(&cli.global, args, &around),
        #[cfg(feature = "probe")]
        Command::Probe(args::ProbeCommand::List { format }) => probe_list::write(*format),
        Command::Config(ConfigCommand::Show { origin }) => show::config(&cli.global, &around, *origin),
        Command::Config(ConfigCommand::Fetch) => fetch::run(&cli.global, &around),
        #[cfg(feature = "lsp")]
        Command::Lsp { .. } => lsp::run(&cli.global),
        Command::Doctor => doctor::run(&cli.global, &around),
        Command::Man { folder } => man::run(folder),
        Command::Completions { shell } => completions(*shell),
    }
}

fn completions(shell: clap_complete::Shell) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "skelkey", &mut script);
    output::to_stdout(|out| out.write_all(&script))?;
    Ok(Exit::Clean)
}

/// One line on standard error. A closed standard error is nobody's problem.
pub(crate) fn tell(line: std::fmt::Arguments<'_>) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
