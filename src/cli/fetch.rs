//! `skelkey config fetch`: the one command that gets configurations from elsewhere, for those that extend them.

use std::cell::Cell;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use super::args::Global;
use super::config::{Config, Extends, GitFile, Trust};
use super::named::MOST_FOUND;
use super::options::{Surroundings, count};
use super::{Exit, tell};

pub(crate) fn run(global: &Global, around: &Surroundings) -> Result<Exit> {
    let store = around.store().context("there is no cache folder; set XDG_CACHE_HOME or HOME")?;
    let (fetched, kept) = (Cell::new(0), Cell::new(0));
    // What stands in files of this machine says how the others are reached.
    let local = around.config_with(global, &|_, _| Ok(Vec::new()))?;
    around.config_with(global, &|base, trust| {
        let sha256 = base.sha256().context("it is not pinned")?;
        if let Some(text) = store.get(sha256) {
            kept.set(kept.get() + 1);
            return Ok(text);
        }
        if let Trust::Found(_) = trust {
            bail!(
                "a configuration that was found in a repository does not reach the network; name it with --config to \
                 fetch what it extends"
            );
        }
        let text = get(base, around, &local.config)?;
        store.put(sha256, &text)?;
        fetched.set(fetched.get() + 1);
        if !global.quiet {
            tell(format_args!("fetched {}", skelkey::escape::visible(&base.to_string())));
        }
        Ok(text)
    })?;
    if !global.quiet {
        tell(format_args!("{} fetched, {} here already", count(fetched.get(), "configuration"), kept.get()));
    }
    Ok(Exit::Clean)
}

fn get(base: &Extends, around: &Surroundings, local: &Config) -> Result<Vec<u8>> {
    let text = match base {
        Extends::File(_) => bail!("a file is not fetched"),
        Extends::Web(web) => super::probe::download(&web.url, around, local, MOST_FOUND)?,
        Extends::Git(file) => from_git(file)?,
    };
    ensure!(text.len() as u64 <= MOST_FOUND, "it is longer than {MOST_FOUND} bytes; a configuration is short");
    Ok(text)
}

/// A file of a commit, by the git program, which knows the user's proxies and credentials. It fetches that commit alone
/// into an empty repository of its own, and only over protocols that run nothing.
fn from_git(file: &GitFile) -> Result<Vec<u8>> {
    let GitFile { git, commit, path, .. } = file;
    let folder = tempfile::tempdir().context("make a folder for the commit")?;
    let format = if commit.len() == 64 { "sha256" } else { "sha1" };
    let run = |args: &[&str]| -> Result<Vec<u8>> {
        let output = Command::new("git")
            .arg("-C")
            .arg(folder.path())
            .args(args)
            .env("GIT_ALLOW_PROTOCOL", "https:ssh:file")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env_remove("GIT_DIR")
            .env_remove("GIT_INDEX_FILE")
            .env_remove("GIT_OBJECT_DIRECTORY")
            .env_remove("GIT_ALTERNATE_OBJECT_DIRECTORIES")
            .stdin(Stdio::null())
            .output()
            .context("run git, which fetches it; install git")?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let said = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it says nothing");
            bail!("git {}: {}", args[0], skelkey::escape::visible(said));
        }
        Ok(output.stdout)
    };
    run(&["init", "--quiet", "--bare", &format!("--object-format={format}")])?;
    run(&["fetch", "--quiet", "--depth=1", "--no-tags", "--", git, commit])?;
    let object = format!("{commit}:{}", path.display());
    let size = String::from_utf8(run(&["cat-file", "-s", &object])?).unwrap_or_default();
    ensure!(size.trim().parse().is_ok_and(|size: u64| size <= MOST_FOUND), "it is longer than {MOST_FOUND} bytes");
    run(&["cat-file", "blob", &object])
}
