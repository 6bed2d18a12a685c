//! What `skelkey doctor` says of git, the repository and its hooks.

use skelkey::source::Git;

use super::super::doctor::Check;
use super::super::options::Surroundings;
use super::args::GitHook;
use super::install::{self, Standing};

pub(crate) fn doctor(around: &Surroundings) -> Vec<Check> {
    let version = install::git(&around.here, &["--version"]).ok().flatten();
    let Some(version) = version else {
        return vec![Check::note(
            "git",
            "not found: repositories are read all the same, hooks cannot be installed",
            "install git",
        )];
    };
    let mut checks = vec![Check::good("git", version)];
    match Git::open(std::path::Path::new("."), around.git.clone()) {
        Ok(git) => {
            checks.push(repository(around, &git));
            checks.extend([GitHook::Commit, GitHook::Push].map(|hook| standing(around, hook)));
        }
        Err(error) => {
            checks.push(Check::note("repository", error.to_string(), "run this in a repository to see its hooks"));
        }
    }
    checks
}

fn repository(around: &Surroundings, git: &Git) -> Check {
    let root = git.root().display().to_string();
    let shallow = install::git(&around.here, &["rev-parse", "--is-shallow-repository"]).ok().flatten();
    if shallow.as_deref() == Some("true") {
        let says = format!("{root}; shallow: --range and --history see only the commits that are here");
        return Check::note("repository", says, "git fetch --unshallow");
    }
    match git.remote() {
        Some(remote) => Check::good("repository", format!("{root} ({remote})")),
        None => Check::good("repository", format!("{root}, without a remote")),
    }
}

fn standing(around: &Surroundings, hook: GitHook) -> Check {
    let name = match hook {
        GitHook::Commit => "pre-commit",
        GitHook::Push => "pre-push",
        GitHook::Receive => "pre-receive",
    };
    let fix = format!("skelkey hook install {name}");
    match install::standing(&around.here, hook) {
        Ok(Standing::Ours(file)) if install::is_executable(&file) => Check::good(name, file.display().to_string()),
        Ok(Standing::Ours(file)) => Check::bad(
            name,
            format!("{} cannot be executed, so git does not run it", file.display()),
            format!("chmod +x {}", file.display()),
        ),
        Ok(Standing::Managed(manager, Some(file))) => {
            Check::good(name, format!("by {manager}, from {}", file.display()))
        }
        Ok(Standing::Managed(manager, None)) => {
            Check::note(name, format!("{manager} runs the hook, without skelkey"), format!("{fix} says what to add"))
        }
        Ok(Standing::Others(file)) => Check::note(name, format!("{} is not skelkey's", file.display()), fix),
        Ok(Standing::Absent) => Check::note(name, "not installed", fix),
        Err(error) => Check::note(name, format!("{error:#}"), "skelkey hook install --global"),
    }
}
