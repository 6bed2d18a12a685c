//! `skelkey hook install` and `uninstall`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use super::super::options::Surroundings;
use super::super::output::to_stdout;
use super::super::{Exit, tell};
use super::args::{GitHook, PlaceArgs};
use super::manager::Manager;
use super::script::{Done, Place, is_ours};

pub(super) use super::script::is_executable;

/// Where git looks for hooks.
struct Hooks {
    folder: PathBuf,
    /// The work tree, or the folder of a bare repository; `None` for all repositories.
    top: Option<PathBuf>,
    is_bare: bool,
    /// What git does with the folder, if that needs saying.
    note: Option<String>,
}

impl Hooks {
    fn top(&self) -> &Path {
        self.top.as_deref().unwrap_or(Path::new("."))
    }
}

pub(super) fn install(args: &PlaceArgs, around: &Surroundings) -> Result<Exit> {
    let hooks = find(args, around, true)?;
    let program = std::env::current_exe().context("find out where skelkey is installed")?;
    let mut refused = Vec::new();
    for hook in chosen(args, &hooks, false) {
        match install_one(&hooks, hook, &program)? {
            Ok(done) => say(&format!("{}: {done}", hook.name()))?,
            Err(advice) => refused.push(format!("{}: {advice}\n", hook.name())),
        }
    }
    if let Some(note) = &hooks.note {
        say(note)?;
    }
    // As it stands, so that it can be copied.
    for advice in &refused {
        tell(format_args!("{advice}"));
    }
    Ok(if refused.is_empty() { Exit::Clean } else { Exit::Usage })
}

/// Installs one hook and says how that went, or what to do where somebody else manages it.
fn install_one(hooks: &Hooks, hook: GitHook, program: &Path) -> Result<Result<String, String>> {
    let place = Place::new(&hooks.folder, hook);
    let theirs = place.text()?.filter(|text| !is_ours(text));
    let Some(manager) = Manager::of(&hooks.folder, theirs.as_deref()) else {
        return Ok(Ok(words(place.install(program)?, &place)));
    };
    let first = place.run_first();
    if manager == Manager::PreCommit && hook == GitHook::Push && first.text()?.is_none_or(|text| is_ours(&text)) {
        let done = words(first.install(program)?, &first);
        return Ok(Ok(format!("{done}; pre-commit runs it before its own hooks, and tells it alone of every ref")));
    }
    Ok(match manager.runs_skelkey(hooks.top(), hook) {
        Some(file) => Ok(format!("runs from {} already", file.display())),
        None => Err(format!("{} manages this hook and would write over it; {}", manager.name(), manager.advice(hook))),
    })
}

pub(super) fn uninstall(args: &PlaceArgs, around: &Surroundings) -> Result<Exit> {
    let hooks = find(args, around, false)?;
    for hook in chosen(args, &hooks, true) {
        let place = Place::new(&hooks.folder, hook);
        let done = place.uninstall()?;
        say(&format!("{}: {}", hook.name(), words(done, &place)))?;
        let text = place.text()?;
        let manager = Manager::of(&hooks.folder, text.as_deref());
        if let Some(file) = manager.and_then(|manager| manager.runs_skelkey(hooks.top(), hook)) {
            say(&format!("{}: {} has skelkey in it; take it out there by hand", hook.name(), file.display()))?;
        }
    }
    if args.global {
        drop_template(around, &hooks.folder)?;
    }
    Ok(Exit::Clean)
}

/// Takes away the template of repositories that an installation for all of them has made, once it holds no hook.
fn drop_template(around: &Surroundings, folder: &Path) -> Result<()> {
    let Some(own) = template(around).filter(|own| *folder == own.join("hooks")) else { return Ok(()) };
    if std::fs::remove_dir(folder).is_ok() && std::fs::remove_dir(&own).is_ok() {
        git(&around.here, &["config", "--global", "--unset", "init.templateDir"])?;
    }
    Ok(())
}

fn template(around: &Surroundings) -> Option<PathBuf> {
    around.user_config.as_ref().map(|config| config.join("skelkey/git-template"))
}

/// Whose a hook of this repository is.
pub(super) enum Standing {
    Ours(PathBuf),
    /// A manager's, by name, with the file of its configuration that runs skelkey.
    Managed(&'static str, Option<PathBuf>),
    Others(PathBuf),
    Absent,
}

pub(super) fn standing(folder: &Path, hook: GitHook) -> Result<Standing> {
    let hooks = here(folder)?;
    let place = Place::new(&hooks.folder, hook);
    let text = place.text()?;
    if text.as_deref().is_some_and(is_ours) {
        return Ok(Standing::Ours(place.file));
    }
    let first = place.run_first();
    if first.text()?.as_deref().is_some_and(is_ours) {
        return Ok(Standing::Ours(first.file));
    }
    Ok(match (Manager::of(&hooks.folder, text.as_deref()), text) {
        (Some(manager), _) => Standing::Managed(manager.name(), manager.runs_skelkey(hooks.top(), hook)),
        (None, Some(_)) => Standing::Others(place.file),
        (None, None) => Standing::Absent,
    })
}

fn words(done: Done, place: &Place) -> String {
    let file = place.file.display();
    match done {
        Done::Installed => format!("installed ({file})"),
        Done::Chained => format!("installed ({file}); the hook that was there is kept beside it and runs first"),
        Done::Renewed => format!("is installed ({file})"),
        Done::Removed => format!("removed ({file})"),
        Done::Restored => format!("removed ({file}); the hook that was there before is back"),
        Done::Absent => format!("not installed ({file})"),
    }
}

/// The hooks that are named, or those that belong there.
fn chosen(args: &PlaceArgs, hooks: &Hooks, all: bool) -> Vec<GitHook> {
    match (args.hooks.as_slice(), all) {
        ([], true) => vec![GitHook::Commit, GitHook::Push, GitHook::Receive],
        ([], false) if hooks.is_bare => vec![GitHook::Receive],
        ([], false) => vec![GitHook::Commit, GitHook::Push],
        (named, _) => named.to_vec(),
    }
}

/// `makes`: whether a folder may be chosen that is not in use yet.
fn find(args: &PlaceArgs, around: &Surroundings, makes: bool) -> Result<Hooks> {
    if args.global { everywhere(around, makes) } else { here(&around.here) }
}

/// The folder of this repository's hooks. git itself says which: it knows every file and variable that decides.
fn here(here: &Path) -> Result<Hooks> {
    let is_bare = git(here, &["rev-parse", "--is-bare-repository"])?.context("not in a git repository")? == "true";
    let top = if is_bare { "--absolute-git-dir" } else { "--show-toplevel" };
    let top = git(here, &["rev-parse", top])?.context("not in a work tree; run this at the top of the repository")?;
    let top = PathBuf::from(top);
    let set = git(&top, &["config", "--show-scope", "--type=path", "--get", "core.hooksPath"])?;
    let scope = set.as_deref().and_then(|set| set.split('\t').next());
    if matches!(scope, Some("global" | "system")) {
        bail!(
            "core.hooksPath is set for all repositories ({scope} configuration), so git runs no hook of this one alone: use \
             `skelkey hook install --global`, or give this repository a folder of its own (git config core.hooksPath \
             .git/hooks)",
            scope = scope.unwrap_or_default()
        );
    }
    // Relative to the top, for that is where git runs its hooks.
    let folder = git(&top, &["rev-parse", "--git-path", "hooks"])?.context("git does not say where its hooks are")?;
    let folder = top.join(folder);
    ensure!(
        folder.is_dir() || !folder.exists(),
        "core.hooksPath is {}, which is no folder: hooks are switched off here",
        folder.display()
    );
    let is_shared = scope.is_some() && folder.starts_with(&top) && !folder.ends_with(".husky/_");
    let note = is_shared
        .then(|| format!("{} is in the work tree (core.hooksPath): commit it to share the hooks", folder.display()));
    Ok(Hooks { folder, top: Some(top), is_bare, note })
}

/// The folder of hooks for all of the user's repositories: the one that the user's own core.hooksPath names, or else the
/// template that git copies into every new repository and clone.
fn everywhere(around: &Surroundings, makes: bool) -> Result<Hooks> {
    let here = &around.here;
    let get = |name: &str| git(here, &["config", "--global", "--type=path", "--get", name]);
    let hooks = |folder: PathBuf, note: Option<String>| Hooks { folder, top: None, is_bare: false, note };
    if let Some(folder) = get("core.hooksPath")? {
        let folder = absolute(Path::new(&folder), "core.hooksPath")?;
        return Ok(hooks(folder, Some("core.hooksPath is yours for all repositories: all of them run it".to_owned())));
    }
    let note = "git copies it into every repository that is made or cloned from now on; `git init` does so in one that \
                is there";
    if let Some(template) = get("init.templateDir")? {
        let template = absolute(Path::new(&template), "init.templateDir")?;
        return Ok(hooks(template.join("hooks"), Some(note.to_owned())));
    }
    let template = template(around).context("there is no HOME to keep a template of repositories in")?;
    if makes {
        let template = template.to_str().context("the path of the user's configuration is not UTF-8")?;
        git(here, &["config", "--global", "init.templateDir", template])?.context("set init.templateDir")?;
    }
    Ok(hooks(template.join("hooks"), Some(format!("init.templateDir is {} now: {note}", template.display()))))
}

fn absolute(path: &Path, what: &str) -> Result<PathBuf> {
    ensure!(path.is_absolute(), "{what} is a relative path ({}), another folder in each repository", path.display());
    Ok(path.to_path_buf())
}

/// What git answers, without the end of the line; `None` if it says no.
pub(super) fn git(folder: &Path, args: &[&str]) -> Result<Option<String>> {
    let output = Command::new("git").arg("-C").arg(folder).args(args).output().context("run git; is it installed?")?;
    let text = String::from_utf8(output.stdout).context("git names a path that is not UTF-8")?;
    Ok(output.status.success().then(|| text.strip_suffix('\n').unwrap_or(&text).to_owned()))
}

fn say(line: &str) -> Result<()> {
    to_stdout(|out| writeln!(out, "{}", skelkey::escape::visible(line)))
}
