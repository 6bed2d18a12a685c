//! The command line of skelkey: parse, run, print the error chain, map to an exit code.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main().into()
}
