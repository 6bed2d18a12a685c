//! `skelkey hook`: what stands in git's hooks and in those of coding agents.

mod agent;
pub(crate) mod args;
#[cfg(feature = "git")]
mod doctor;
#[cfg(feature = "git")]
mod gate;
#[cfg(feature = "git")]
mod install;
#[cfg(feature = "git")]
mod limit;
#[cfg(feature = "git")]
mod lines;
#[cfg(feature = "git")]
mod manager;
#[cfg(feature = "git")]
mod script;

use anyhow::Result;

use self::args::HookCommand;
#[cfg(feature = "git")]
pub(crate) use self::doctor::doctor;
use super::Exit;
use super::args::Global;
use super::options::Surroundings;

pub(crate) fn run(global: &Global, command: &HookCommand, around: &Surroundings) -> Result<Exit> {
    match command {
        #[cfg(feature = "git")]
        HookCommand::Install(args) => install::install(args, around),
        #[cfg(feature = "git")]
        HookCommand::Uninstall(args) => install::uninstall(args, around),
        HookCommand::Run(args) => {
            #[cfg(feature = "git")]
            if let Some(hook) = args.hook.git() {
                return gate::run(global, hook, args, around);
            }
            agent::run(global, args, around)
        }
    }
}
