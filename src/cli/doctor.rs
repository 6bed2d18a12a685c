//! `skelkey doctor`: what decides whether skelkey does its work here, each with what to do about it.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use skelkey::detect::Detector;
use skelkey::scan::{Scanner, Settings};

use super::Exit;
use super::args::Global;
use super::config::Loaded;
use super::options::{self, Surroundings, count};
use super::output::to_stdout;

/// How one thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Good,
    /// It works, and somebody may want it otherwise.
    Note,
    /// Scans fail or see less than they should.
    Bad,
}

/// One thing that was looked at.
pub(crate) struct Check {
    name: &'static str,
    state: State,
    says: String,
    fix: Option<String>,
}

impl Check {
    pub(crate) fn good(name: &'static str, says: impl Into<String>) -> Self {
        Self { name, state: State::Good, says: says.into(), fix: None }
    }

    pub(crate) fn note(name: &'static str, says: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { name, state: State::Note, says: says.into(), fix: Some(fix.into()) }
    }

    pub(crate) fn bad(name: &'static str, says: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { name, state: State::Bad, says: says.into(), fix: Some(fix.into()) }
    }
}

/// Looks at everything and says how it is. 2 if something has to be mended before a scan can do what it should.
pub(crate) fn run(global: &Global, around: &Surroundings) -> Result<Exit> {
    let mut checks = vec![version()];
    #[cfg(feature = "git")]
    checks.extend(super::hook::doctor(around));
    match around.config(global) {
        Ok(loaded) => {
            checks.push(configuration(around, &loaded));
            checks.push(rules(global, &loaded));
            checks.extend(baseline(&loaded));
            checks.push(fingerprint_key(around, &loaded));
        }
        Err(error) => {
            let fix = "mend the file, or leave it out with --isolated; docs/configuration.md lists every field";
            checks.push(Check::bad("configuration", format!("{error:#}"), fix));
        }
    }
    checks.extend(cache(around));
    checks.extend([temporary_folder(), terminal(global), network(around)]);
    mask(&mut checks, around)?;
    to_stdout(|out| checks.iter().try_for_each(|check| write(check, out)))?;
    let is_bad = checks.iter().any(|check| check.state == State::Bad);
    Ok(if is_bad { Exit::Usage } else { Exit::Clean })
}

/// Names of folders, branches and remotes may hold keys; those that the built-in rules know are masked.
fn mask(checks: &mut [Check], around: &Surroundings) -> Result<()> {
    let rules = options::load_rules(&[]).map_err(|_| anyhow::anyhow!("the built-in rules do not hold"))?;
    let scanner = Scanner::new(Arc::new(rules), Settings::at(around.now)).map_err(anyhow::Error::msg)?;
    let words = checks.iter_mut().flat_map(|check| std::iter::once(&mut check.says).chain(&mut check.fix));
    words.for_each(|words| scanner.mask(words));
    Ok(())
}

fn write(check: &Check, out: &mut dyn Write) -> io::Result<()> {
    let word = match check.state {
        State::Good => "ok",
        State::Note => "note",
        State::Bad => "BAD",
    };
    for (at, line) in check.says.lines().enumerate() {
        let (word, name) = if at == 0 { (word, check.name) } else { ("", "") };
        writeln!(out, "{word:<5} {name:<16} {}", skelkey::escape::visible(line))?;
    }
    match &check.fix {
        Some(fix) => writeln!(out, "{:<22} → {}", "", skelkey::escape::visible(fix)),
        None => Ok(()),
    }
}

fn version() -> Check {
    let parts = [("git", cfg!(feature = "git")), ("probe", cfg!(feature = "probe")), ("html", cfg!(feature = "html"))];
    let word = |has: bool| parts.iter().filter(|part| part.1 == has).map(|part| part.0).collect::<Vec<_>>().join(", ");
    let says = format!(
        "{} for {}-{}, with {}",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        word(true)
    );
    match word(false) {
        lacks if lacks.is_empty() => Check::good("version", says),
        lacks => {
            Check::note("version", format!("{says}; without {lacks}"), "build with the default features to have them")
        }
    }
}

fn configuration(around: &Surroundings, loaded: &Loaded) -> Check {
    let files: Vec<String> =
        loaded.files.iter().map(|file| file.strip_prefix(&around.here).unwrap_or(file).display().to_string()).collect();
    let says = if files.is_empty() { "none: the defaults".to_owned() } else { files.join(", then ") };
    match (loaded.notes.first(), files.last().and_then(|_| loaded.files.iter().find(|file| others_write(file)))) {
        (_, Some(file)) => Check::note(
            "configuration",
            format!("{says}; others may write {}", file.display()),
            format!("chmod go-w {}", file.display()),
        ),
        (Some(note), _) => Check::note("configuration", says, note.clone()),
        _ => Check::good("configuration", says),
    }
}

#[cfg(unix)]
fn others_write(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|about| about.permissions().mode() & 0o002 != 0)
}

#[cfg(not(unix))]
fn others_write(_: &Path) -> bool {
    false
}

fn rules(global: &Global, loaded: &Loaded) -> Check {
    let set = options::rule_set(global, loaded);
    let detector = set.and_then(|set| Detector::new(set).map_err(anyhow::Error::msg));
    match detector {
        Ok(detector) => {
            let rules = detector.rules();
            let off = loaded.config.rules.disable.as_ref().map_or(0, Vec::len);
            let off = if off == 0 { String::new() } else { format!(", {off} switched off") };
            let hash = rules.hash.get(..12).unwrap_or(&rules.hash);
            Check::good("rules", format!("{}{off} (set {hash})", count(rules.rules.len(), "rule")))
        }
        Err(error) => Check::bad("rules", format!("{error:#}"), "`skelkey rules check FILE` says more"),
    }
}

fn baseline(loaded: &Loaded) -> Option<Check> {
    let file = loaded.config.scan.baseline.as_ref()?;
    Some(match super::baseline::read(file, loaded) {
        Ok(_) => Check::good("baseline", file.display().to_string()),
        Err(error) => Check::bad("baseline", format!("{error:#}"), "`skelkey baseline create` makes one"),
    })
}

fn fingerprint_key(around: &Surroundings, loaded: &Loaded) -> Check {
    match options::fingerprint_key(around, loaded) {
        Ok(Some(_)) => Check::good("fingerprints", "made with your own key"),
        Ok(None) => {
            Check::good("fingerprints", "made with the published key: reports of one repository agree everywhere")
        }
        Err(error) => Check::bad("fingerprints", format!("{error:#}"), "set SKELKEY_FINGERPRINT_KEY, or mend key-file"),
    }
}

/// Who may write there decides what is not read again.
fn cache(around: &Surroundings) -> Option<Check> {
    let folder = around.user_cache.as_ref()?.join("skelkey");
    let shown = folder.display().to_string();
    Some(match folder.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Check::good("cache", format!("{shown}, empty")),
        Err(error) => Check::bad("cache", format!("{shown}: {error}"), "set XDG_CACHE_HOME to a folder of yours"),
        Ok(about) if !about.is_dir() => Check::bad("cache", format!("{shown} is no folder"), format!("rm {shown}")),
        Ok(_) if others_write(&folder) => {
            Check::bad("cache", format!("{shown}: others may write to it"), format!("rm -r {shown}, or chmod 700 it"))
        }
        Ok(_) => match tempfile::tempfile_in(&folder) {
            Ok(_) => Check::good("cache", shown),
            Err(error) => {
                Check::bad("cache", format!("{shown}: {error}"), format!("chown it to you, or rm -r {shown}"))
            }
        },
    })
}

/// What a push brings is read through a temporary folder.
fn temporary_folder() -> Check {
    let folder = std::env::temp_dir();
    match tempfile::tempdir() {
        Ok(_) => Check::good("temporary files", folder.display().to_string()),
        Err(error) => {
            Check::bad("temporary files", format!("{}: {error}", folder.display()), "set TMPDIR to a folder of yours")
        }
    }
}

fn terminal(global: &Global) -> Check {
    if !io::stdout().is_terminal() {
        return Check::good("terminal", "none: no progress, and colours only with --color always");
    }
    let columns = terminal_size::terminal_size().map_or(100, |(terminal_size::Width(columns), _)| columns);
    let colours = if super::output::colours(global.color) { "colours" } else { "no colours" };
    Check::good("terminal", format!("{columns} columns, {colours}"))
}

#[cfg(feature = "probe")]
fn network(around: &Surroundings) -> Check {
    let proxies = &around.proxies;
    // A proxy's address may hold a password.
    let is_set = proxies.https.is_some() || proxies.http.is_some();
    let proxy = if is_set { "; then through the proxy that the environment names" } else { "" };
    Check::good("network", format!("off, unless you say --probe{proxy}"))
}

#[cfg(not(feature = "probe"))]
fn network(_: &Surroundings) -> Check {
    Check::good("network", "never: built without it")
}
