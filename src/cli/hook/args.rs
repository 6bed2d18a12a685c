//! Arguments of `skelkey hook` as typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use skelkey::severity::Severity;

#[derive(Debug, Subcommand)]
pub(crate) enum HookCommand {
    /// Put skelkey into the repository's hooks, beside what is there
    #[cfg(feature = "git")]
    Install(PlaceArgs),
    /// Take skelkey out of the hooks again, and put back what was there
    #[cfg(feature = "git")]
    Uninstall(PlaceArgs),
    /// What a hook runs: reads what git, or a coding agent, tells it
    Run(RunArgs),
}

/// Which hooks, and where.
#[cfg(feature = "git")]
#[derive(Debug, Args)]
pub(crate) struct PlaceArgs {
    /// The hooks [default: pre-commit and pre-push; in a bare repository pre-receive]
    #[arg(value_name = "HOOK", value_enum)]
    pub(crate) hooks: Vec<GitHook>,
    /// For all your repositories: the folder of your own core.hooksPath, or else the template of new repositories
    #[arg(long)]
    pub(crate) global: bool,
}

/// A hook of git's.
#[cfg(feature = "git")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum GitHook {
    #[value(name = "pre-commit")]
    Commit,
    #[value(name = "pre-push")]
    Push,
    #[value(name = "pre-receive")]
    Receive,
}

#[cfg(feature = "git")]
impl GitHook {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Commit => "pre-commit",
            Self::Push => "pre-push",
            Self::Receive => "pre-receive",
        }
    }
}

/// What is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Ran {
    /// What is staged for the commit
    #[cfg(feature = "git")]
    PreCommit,
    /// What a push sends; git's lines are read from standard input
    #[cfg(feature = "git")]
    PrePush,
    /// What a push brings to this server; git's lines are read from standard input
    #[cfg(feature = "git")]
    PreReceive,
    /// One tool call or prompt of a coding agent, as JSON on standard input
    Agent,
}

#[cfg(feature = "git")]
impl Ran {
    /// The hook of git's, if it is one.
    pub(crate) fn git(self) -> Option<GitHook> {
        match self {
            Self::PreCommit => Some(GitHook::Commit),
            Self::PrePush => Some(GitHook::Push),
            Self::PreReceive => Some(GitHook::Receive),
            Self::Agent => None,
        }
    }
}

#[derive(Clone, Debug, Args)]
pub(crate) struct RunArgs {
    /// The hook
    #[arg(value_name = "HOOK", value_enum)]
    pub(crate) hook: Ran,
    /// Refuse keys of this severity and above: note, low, medium, high or critical [default: medium]
    #[arg(long, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<Severity>,
    /// Set aside what this baseline holds
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Let no comment (skelkey:ignore) set a finding aside
    #[arg(long)]
    pub(crate) no_inline_ignore: bool,
    /// Remember which files hold nothing, in your cache folder or in this one, and do not read them again: what took too
    /// long goes on where it ended
    #[cfg(feature = "git")]
    #[arg(long, value_name = "FOLDER", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    #[arg(value_parser = super::super::cache::folder())]
    pub(crate) cache: Option<PathBuf>,
    /// Answer within so many seconds, and refuse what could not be scanned by then; 0 for no limit [default: 4.5 for
    /// pre-receive, else none]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) time_limit: Option<Duration>,
    /// What git passes to its hook: for pre-push the remote and its address. For pre-commit files, as the framework of that
    /// name passes them: those that are not staged are scanned whole
    #[arg(value_name = "ARGUMENT", trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) arguments: Vec<String>,
}

/// A longer limit is none.
const LONGEST: f64 = 86_400.0;

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds: &f64| (0.0..=LONGEST).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or_else(|| "write a number of seconds, such as 4.5".to_owned())
}
