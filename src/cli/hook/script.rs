//! The script that stands in git's folder of hooks, and how it comes and goes without hurting what was there.

use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::args::GitHook;

/// The line by which a script of ours is known.
const MARK: &str = "# skelkey-hook: `skelkey hook uninstall` takes this out again";
/// A hook that was there before, and that ours runs first.
const BEFORE: &str = "before-skelkey";
/// How the pre-commit framework names the hook that it found and runs first.
const LEGACY: &str = "legacy";
/// As much of a hook as is read to tell whose it is.
const MOST: u64 = 64 << 10;

/// What was done at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Done {
    Installed,
    /// Beside a hook that was there, which runs first.
    Chained,
    /// Ours was there already; it is written anew, so that it is as this version writes it.
    Renewed,
    Removed,
    /// What was there before is back.
    Restored,
    /// There was none of ours.
    Absent,
}

/// One hook's file in a folder of hooks.
pub(super) struct Place {
    pub(super) hook: GitHook,
    pub(super) file: PathBuf,
}

impl Place {
    pub(super) fn new(folder: &Path, hook: GitHook) -> Self {
        Self { hook, file: folder.join(hook.name()) }
    }

    /// Where the pre-commit framework keeps a hook that it found, and runs before its own. It hands git's lines to that one
    /// alone: the hooks of its configuration hear of the first ref of a push (pre_commit/commands/hook_impl.py).
    pub(super) fn run_first(&self) -> Self {
        Self { hook: self.hook, file: beside(&self.file, LEGACY) }
    }

    /// The text of the hook that is there, as far as it tells whose it is; `None` if there is none.
    pub(super) fn text(&self) -> Result<Option<String>> {
        text(&self.file)
    }

    /// Writes the script; a hook of somebody else's is kept beside it and runs first.
    pub(super) fn install(&self, program: &Path) -> Result<Done> {
        let before = beside(&self.file, BEFORE);
        let done = match self.text()? {
            None => Done::Installed,
            Some(text) if is_ours(&text) => Done::Renewed,
            Some(_) if exists(&before) => bail!(
                "{} is not skelkey's, and {} is kept already: somebody wrote over the hook that runs both; put them together \
                 by hand, then install again",
                self.file.display(),
                before.display()
            ),
            Some(_) => {
                fs::rename(&self.file, &before).with_context(|| format!("keep {}", self.file.display()))?;
                Done::Chained
            }
        };
        if let Err(error) = self.write(program) {
            if done == Done::Chained {
                fs::rename(&before, &self.file).with_context(|| format!("put back {}", self.file.display()))?;
            }
            return Err(error);
        }
        Ok(done)
    }

    fn write(&self, program: &Path) -> Result<()> {
        let context = || format!("write {}", self.file.display());
        let folder = self.file.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).with_context(context)?;
        let mut file = tempfile::NamedTempFile::new_in(folder).with_context(context)?;
        file.write_all(script(self.hook, program).as_bytes()).with_context(context)?;
        make_executable(file.as_file()).with_context(context)?;
        file.persist(&self.file).map_err(|error| error.error).with_context(context)?;
        Ok(())
    }

    /// Takes the script out, also where the pre-commit framework has put it aside, and puts back what was there before.
    pub(super) fn uninstall(&self) -> Result<Done> {
        let mut done = Done::Absent;
        for file in [self.file.clone(), beside(&self.file, LEGACY)] {
            if text(&file)?.is_none_or(|text| !is_ours(&text)) {
                continue;
            }
            let before = beside(&self.file, BEFORE);
            if exists(&before) {
                fs::rename(&before, &file).with_context(|| format!("put back {}", file.display()))?;
                done = Done::Restored;
            } else {
                fs::remove_file(&file).with_context(|| format!("remove {}", file.display()))?;
                done = Done::Removed;
            }
        }
        Ok(done)
    }
}

pub(super) fn is_ours(text: &str) -> bool {
    text.lines().nth(1) == Some(MARK)
}

fn text(file: &Path) -> Result<Option<String>> {
    let context = || format!("read {}", file.display());
    match fs::File::open(file) {
        Ok(opened) => {
            let mut bytes = Vec::new();
            opened.take(MOST).read_to_end(&mut bytes).with_context(context)?;
            Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
        }
        // A link that leads nowhere is somebody's all the same.
        Err(error) if error.kind() == ErrorKind::NotFound && exists(file) => Ok(Some(String::new())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(context),
    }
}

fn exists(file: &Path) -> bool {
    file.symlink_metadata().is_ok()
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

/// Whether git runs it.
#[cfg(unix)]
pub(super) fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|about| about.permissions().mode() & 0o111 != 0)
}

/// Git for Windows runs what begins as a script does.
#[cfg(not(unix))]
pub(super) fn is_executable(_: &Path) -> bool {
    true
}

#[cfg(unix)]
fn make_executable(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o755))
}

/// Git for Windows asks the script's first line.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the shape of the version for other systems")]
fn make_executable(_: &fs::File) -> io::Result<()> {
    Ok(())
}

/// The script. The skelkey on the PATH comes first, for the one that installed it may be gone after an update.
fn script(hook: GitHook, program: &Path) -> String {
    let (name, program) = (hook.name(), quoted(&program.display().to_string()));
    let head = format!(
        "#!/bin/sh\n{MARK}\n\
         skelkey=$(command -v skelkey) || skelkey={program}\n\
         if [ ! -x \"$skelkey\" ]; then\n  \
           echo 'skelkey: not found, so nothing was scanned and nothing is let through; install it, or delete this hook:' \
           \"$0\" >&2\n  exit 1\nfi\n\
         before=$(dirname \"$0\")/{name}.{BEFORE}\n"
    );
    let tail = if hook == GitHook::Commit {
        format!(
            "if [ -x \"$before\" ]; then \"$before\" \"$@\" || exit $?; fi\nexec \"$skelkey\" hook run {name} \"$@\"\n"
        )
    } else {
        // Both read git's lines. The dot keeps the last line's end.
        format!(
            "if [ ! -x \"$before\" ]; then exec \"$skelkey\" hook run {name} \"$@\"; fi\n\
             lines=$(cat; echo .)\nlines=${{lines%.}}\n\
             printf %s \"$lines\" | \"$before\" \"$@\" || exit $?\n\
             printf %s \"$lines\" | \"$skelkey\" hook run {name} \"$@\"\n"
        )
    };
    head + &tail
}

/// A word for the shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}
