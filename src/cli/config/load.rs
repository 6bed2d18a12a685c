//! From files to the one configuration in force.
//!
//! Later wins: the user's own file, then the file found upward from here (or the one that `--config` names), then the
//! command line; and each file wins over what it extends. A file that was merely *found* may come from a hostile
//! repository, so what it says about the network (`issuers`, `network`) is left out, and so is what it extends; only the
//! user's own file and `--config` count there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::super::named::{MOST_FOUND, MOST_LISTED, Named};
use super::extends::Extends;
use super::fields::{Config, Network};

/// The configuration in force, and where it comes from.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) config: Config,
    /// The files, weakest first.
    pub(crate) files: Vec<PathBuf>,
    /// Sentences about what was left out.
    pub(crate) notes: Vec<String>,
    /// The files that configurations name, as far as they were read already.
    pub(crate) named: Named,
    /// Where each field was last written: `scan.fail-on` → `skelkey.toml:3`.
    lines: BTreeMap<String, String>,
}

impl Loaded {
    /// SHA-256 of the configuration in force, in lower-case hex.
    pub(crate) fn hash(&self) -> Result<String> {
        let text = toml::to_string(&self.config).context("write the configuration as TOML")?;
        Ok(data_encoding::HEXLOWER.encode(&Sha256::digest(text)))
    }

    /// Where `field` is written, for the beginning of a message.
    pub(crate) fn place(&self, field: &str) -> &str {
        place(&self.lines, field)
    }
}

/// What decides which files are read.
pub(crate) struct Where<'a> {
    pub(crate) named: Option<&'a Path>,
    pub(crate) isolated: bool,
    pub(crate) here: &'a Path,
    /// The user's configuration folder (`XDG_CONFIG_HOME` or `~/.config`).
    pub(crate) user: Option<&'a Path>,
    /// Gives the text of a configuration from elsewhere.
    pub(crate) elsewhere: &'a Elsewhere<'a>,
}

/// Gives the text of a configuration from elsewhere, on behalf of a trusted file or of one that was merely found.
pub(crate) type Elsewhere<'a> = dyn Fn(&Extends, Trust<'_>) -> Result<Vec<u8>> + 'a;

/// How far a file's word goes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Trust<'a> {
    /// The user's own, or named on the command line.
    Named,
    /// Found in the repository whose top this is.
    Found(&'a Path),
}

/// Files that extend each other beyond this are a mistake; so is one that comes to itself.
const DEEPEST: usize = 8;

/// Reads every file that counts and joins them.
pub(crate) fn load(from: &Where<'_>) -> Result<Loaded> {
    let mut loaded = Loaded::default();
    let mut joining = Joining { loaded: &mut loaded, table: toml::Table::new(), elsewhere: from.elsewhere };
    if let (Some(user), false) = (from.user, from.isolated) {
        let file = user.join("skelkey").join("skelkey.toml");
        if file.is_file() {
            joining.file(&file, Trust::Named, &mut Vec::new())?;
        }
    }
    if let Some(named) = from.named {
        joining.file(named, Trust::Named, &mut Vec::new())?;
    } else if !from.isolated
        && let Some((found, top)) = find(from.here)
    {
        joining.file(&found, Trust::Found(top), &mut Vec::new())?;
    }
    let table = joining.table;
    loaded.config = Config::deserialize(table).context("join the configuration files")?;
    loaded.remember_names();
    if let Some(file) = loaded.config.network.ca_file.as_ref().filter(|file| !file.is_file()) {
        bail!("{}: [network] ca-file: {}: no such file", loaded.place("network.ca-file"), file.display());
    }
    Ok(loaded)
}

/// Files on their way into one configuration.
struct Joining<'a> {
    loaded: &'a mut Loaded,
    table: toml::Table,
    elsewhere: &'a Elsewhere<'a>,
}

impl Joining<'_> {
    /// A file of this machine. `chain`: the files that extend it, outermost first.
    fn file(&mut self, file: &Path, trust: Trust<'_>, chain: &mut Vec<String>) -> Result<()> {
        let bytes = match trust {
            Trust::Found(top) => {
                self.loaded.named.keep(top, file, MOST_FOUND).with_context(|| file.display().to_string())?.to_vec()
            }
            Trust::Named => {
                std::fs::read(file).with_context(|| format!("read the configuration {}", file.display()))?
            }
        };
        let name = file.display().to_string();
        // One file has many names; what extends itself is told by its real one.
        let id = file.canonicalize().map_or_else(|_| name.clone(), |real| real.display().to_string());
        let folder = file.parent().unwrap_or(Path::new("."));
        self.text(&Text { name: &name, id, bytes, folder: Some(folder) }, trust, chain)
    }

    fn text(&mut self, text: &Text<'_>, trust: Trust<'_>, chain: &mut Vec<String>) -> Result<()> {
        let name = text.name;
        ensure!(!chain.contains(&text.id), "{name}: it extends itself: {}", chain.join(", which extends "));
        ensure!(chain.len() < DEEPEST, "{name}: more than {DEEPEST} configurations extend each other");
        let (mut config, lines) = read(text)?;
        chain.push(text.id.clone());
        for (at, base) in std::mem::take(&mut config.extends).iter().enumerate() {
            let of = || format!("{}: extends", place(&lines, &format!("extends[{at}]")));
            if let Some(mistake) = base.mistake() {
                bail!("{}: {mistake}", of());
            }
            self.base(base, text.folder, trust, chain).with_context(of)?;
        }
        chain.pop();
        self.loaded.lines.extend(lines);
        if let Trust::Found(top) = trust {
            self.loaded.keep_files(&config, top)?;
            self.loaded.leave_network_out(name, &mut config);
        }
        merge(&mut self.table, toml::Table::try_from(config).context("read the configuration back")?);
        self.loaded.files.push(PathBuf::from(name));
        Ok(())
    }

    fn base(&mut self, base: &Extends, folder: Option<&Path>, trust: Trust<'_>, chain: &mut Vec<String>) -> Result<()> {
        match (base, folder) {
            (Extends::File(path), Some(folder)) => self.file(&folder.join(path), trust, chain),
            (Extends::File(path), None) => {
                bail!("{}: a configuration from elsewhere has no files beside it; pin it like itself", path.display())
            }
            (base, _) => {
                let bytes = (self.elsewhere)(base, trust).with_context(|| base.to_string())?;
                let name = base.to_string();
                self.text(&Text { id: name.clone(), name: &name, bytes, folder: None }, trust, chain)
            }
        }
    }
}

/// The text of one configuration.
struct Text<'a> {
    /// As people know it.
    name: &'a str,
    /// As nothing else is called.
    id: String,
    bytes: Vec<u8>,
    /// What paths in it are relative to; `None` for one from elsewhere, which can name no file.
    folder: Option<&'a Path>,
}

impl Loaded {
    fn leave_network_out(&mut self, name: &str, config: &mut Config) {
        if config.issuers.is_empty() && config.network.ca_file.is_none() {
            return;
        }
        self.notes.push(format!(
            "{name}: [issuers] and [network] are left out: a configuration that was found in a repository says nothing \
             about the network; name it with --config to use them"
        ));
        config.issuers.clear();
        config.network = Network::default();
    }

    /// Remembers where each file is named, for the message about one that cannot be read.
    fn remember_names(&mut self) {
        let Self { config, lines, named, .. } = self;
        let lists = [("rules.paths", &config.rules.paths), ("inventory.files", &config.inventory.files)];
        let listed = lists.into_iter().flat_map(|(field, paths)| {
            paths.iter().flatten().enumerate().map(move |(at, path)| (format!("{field}[{at}]"), path))
        });
        let single = [("scan.baseline", &config.scan.baseline), ("fingerprint.key-file", &config.fingerprint.key_file)];
        let single = single.into_iter().filter_map(|(field, path)| Some((field.to_owned(), path.as_ref()?)));
        for (field, path) in listed.chain(single) {
            named.written(path, format!("{}: {field}", place(lines, &field)));
        }
    }

    /// Every field in force with its value, and where it was written last, in order.
    pub(crate) fn origins(&self) -> Result<Vec<(String, toml::Value, &str)>> {
        let mut into = Vec::new();
        let table = toml::Table::try_from(&self.config).context("write the configuration as TOML")?;
        flatten(table, "", &mut into);
        Ok(into
            .into_iter()
            .map(|(field, value)| {
                let at = self.nearest(&field);
                (field, value, at)
            })
            .collect())
    }

    /// Where a field is written, or else the table around it.
    fn nearest(&self, field: &str) -> &str {
        let mut field = field;
        loop {
            match (self.lines.get(field), field.rsplit_once('.')) {
                (Some(line), _) => return line,
                (None, Some((above, _))) => field = above,
                (None, None) => return "the configuration",
            }
        }
    }

    /// The files that a found configuration names are the repository's own: nobody else's are read for it.
    fn keep_files(&mut self, config: &Config, top: &Path) -> Result<()> {
        let Self { named, lines, .. } = self;
        let at = |field: &str, path: &Path| format!("{}: {field}: {}", place(lines, field), path.display());
        for path in config.rules.paths.iter().flatten() {
            named.keep_rules(top, path).with_context(|| at("rules.paths", path))?;
        }
        for path in config.inventory.files.iter().flatten() {
            named.keep(top, path, MOST_LISTED).with_context(|| at("inventory.files", path))?;
        }
        if let Some(path) = &config.scan.baseline {
            named.keep(top, path, MOST_LISTED).with_context(|| at("scan.baseline", path))?;
        }
        if let Some(path) = &config.fingerprint.key_file {
            named.keep(top, path, MOST_FOUND).with_context(|| at("fingerprint.key-file", path))?;
        }
        Ok(())
    }
}

fn place<'l>(lines: &'l BTreeMap<String, String>, field: &str) -> &'l str {
    lines.get(field).map_or("the configuration", String::as_str)
}

/// Where each field stands: `scan.fail-on` → `skelkey.toml:3`.
fn lines(name: &str, text: &str) -> BTreeMap<String, String> {
    fn walk(
        table: &toml::de::DeTable<'_>,
        before: &str,
        line: &dyn Fn(usize) -> String,
        into: &mut BTreeMap<String, String>,
    ) {
        for (key, value) in table {
            let field = format!("{before}{}", key.get_ref());
            into.insert(field.clone(), line(key.span().start));
            match value.get_ref() {
                toml::de::DeValue::Table(below) => walk(below, &format!("{field}."), line, into),
                toml::de::DeValue::Array(elements) => into.extend(
                    elements.iter().enumerate().map(|(at, one)| (format!("{field}[{at}]"), line(one.span().start))),
                ),
                _ => {}
            }
        }
    }
    let mut into = BTreeMap::new();
    let line = |at: usize| format!("{name}:{}", text[..at.min(text.len())].matches('\n').count() + 1);
    if let Ok(table) = toml::de::DeTable::parse(text) {
        walk(table.get_ref(), "", &line, &mut into);
    }
    into
}

/// One file, and where each of its fields stands.
fn read(text: &Text<'_>) -> Result<(Config, BTreeMap<String, String>)> {
    let Text { name, bytes, folder, .. } = text;
    let written = std::str::from_utf8(bytes).with_context(|| format!("read the configuration {name}"))?;
    let mut config: Config = match toml::from_str(written) {
        Ok(config) => config,
        Err(error) => {
            let line =
                error.span().map_or(1, |span| written[..span.start.min(written.len())].matches('\n').count() + 1);
            bail!("{name}:{line}: {}", super::mistake::explained(error.message()));
        }
    };
    for (id, issuer) in &config.issuers {
        let addresses = issuer.url.iter().chain(issuer.hosts.iter().flatten());
        if addresses.into_iter().any(|address| address.contains('@')) {
            bail!("{name}: [issuers.{id}]: leave user name and password out of an address");
        }
    }
    let listed = config.rules.paths.iter_mut().chain(config.inventory.files.iter_mut()).flatten();
    let single = [&mut config.fingerprint.key_file, &mut config.network.ca_file, &mut config.scan.baseline];
    for path in listed.chain(single.into_iter().flatten()) {
        let Some(folder) = folder else {
            bail!("{name}: {}: a configuration from elsewhere has no files beside it", path.display());
        };
        *path = folder.join(&path);
    }
    Ok((config, lines(name, written)))
}

/// The nearest `skelkey.toml` or `.skelkey.toml` from `here` up to the top of the repository; outside a repository only
/// `here` itself is looked at. With it, the top.
fn find(here: &Path) -> Option<(PathBuf, &Path)> {
    let top = here.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(here);
    here.ancestors()
        .take_while(|folder| folder.starts_with(top))
        .flat_map(|folder| ["skelkey.toml", ".skelkey.toml"].map(|name| folder.join(name)))
        .find(|file| file.is_file())
        .map(|file| (file, top))
}

/// Tables are joined key by key; anything else in `over` replaces what was there.
fn merge(under: &mut toml::Table, over: toml::Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(toml::Value::Table(below)), toml::Value::Table(above)) => merge(below, above),
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}

/// The values of a table and of those in it, each under its dotted name.
fn flatten(table: toml::Table, before: &str, into: &mut Vec<(String, toml::Value)>) {
    for (key, value) in table {
        let field = format!("{before}{key}");
        match value {
            toml::Value::Table(below) => flatten(below, &format!("{field}."), into),
            value => into.push((field, value)),
        }
    }
}
