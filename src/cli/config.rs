//! `skelkey.toml`: what is written, where it comes from, and one configuration out of several files.
//!
//! Later wins: the user's own file, then the file found upward from here (or the one that `--config` names), then the
//! command line. A file that was merely *found* may come from a hostile repository, so what it says about the
//! network (`issuers`, `network`) is left out; only the user's own file and `--config` count there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use skelkey::hygiene::PolicyPart;

use super::named::{MOST_FOUND, MOST_LISTED, Named};

/// Everything that a configuration file may say. Every field is optional.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Config {
    pub(crate) scan: Scan,
    pub(crate) rules: Rules,
    pub(crate) inventory: Inventory,
    /// Package ids that the owner has, by issuer.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) packages: BTreeMap<String, Vec<String>>,
    pub(crate) policy: Policy,
    pub(crate) fingerprint: Fingerprint,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) issuers: BTreeMap<String, Issuer>,
    pub(crate) network: Network,
    /// Findings that count nowhere.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) allow: Vec<Allow>,
}

/// `[[allow]]`: findings that are set aside wherever they stand. At least one of `paths` and `rules` is there.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Allow {
    /// Globs of paths, relative to the root.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) paths: Vec<String>,
    /// Ids of rules.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) rules: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// The last day on which it holds: `"2027-01-31"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<String>,
}

/// `[scan]`: what is scanned and shown.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Scan {
    /// Globs of paths to leave out, relative to the root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) exclude: Option<Vec<String>>,
    /// `"50MB"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_file_size: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) no_ignore: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) confidence: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fail_on: Option<String>,
    /// Findings that were there before the gate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) baseline: Option<PathBuf>,
    /// Whether comments may set findings aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) inline_ignore: Option<bool>,
    /// Whether nothing is set aside without a reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) strict: Option<bool>,
}

/// `[rules]`: rules of one's own, and built-in ones that do not apply.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Rules {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) paths: Option<Vec<PathBuf>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) disable: Option<Vec<String>>,
    /// Rule id → severity when nothing is known of the key.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) severity: BTreeMap<String, String>,
    /// Rule id → confidence before a checksum is looked at.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) confidence: BTreeMap<String, String>,
}

/// `[inventory]`: the owner's lists.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Inventory {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) files: Option<Vec<PathBuf>>,
}

/// `[policy]`, `[policy.issuer.ID]` and `[[policy.path]]`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Policy {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) no_wildcard: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_lifetime_days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) allow_non_expiring: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_idle_days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) warn_before_expiry_days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) forbidden_actions: Option<Vec<String>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) issuer: BTreeMap<String, PolicyPart>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) path: Vec<PolicyPath>,
}

/// `[[policy.path]]`: limits for some paths.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct PolicyPath {
    pub(crate) globs: Vec<String>,
    pub(crate) limits: PolicyPart,
}

/// `[fingerprint]`: the key under which fingerprints are made.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Fingerprint {
    /// A file with at least 16 bytes; `SKELKEY_FINGERPRINT_KEY` comes first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key_file: Option<PathBuf>,
}

/// `[issuers.ID]`: what the user knows about whose keys these are.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Issuer {
    /// Keys of this issuer's form belong to its public host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assume: Option<bool>,
    /// Self-hosted hosts that may be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hosts: Option<Vec<String>>,
    /// Ask here instead of at the public host, for instance a mirror: `https://host`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
}

/// `[network]`: how issuers are reached.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Network {
    /// A PEM file with further certificate authorities.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ca_file: Option<PathBuf>,
}

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
}

/// Reads every file that counts and joins them.
pub(crate) fn load(from: &Where<'_>) -> Result<Loaded> {
    let mut loaded = Loaded::default();
    let mut table = toml::Table::new();
    if let (Some(user), false) = (from.user, from.isolated) {
        let file = user.join("skelkey").join("skelkey.toml");
        if file.is_file() {
            loaded.add(&mut table, &file, None)?;
        }
    }
    if let Some(named) = from.named {
        loaded.add(&mut table, named, None)?;
    } else if !from.isolated
        && let Some((found, top)) = find(from.here)
    {
        loaded.add(&mut table, &found, Some(top))?;
    }
    loaded.config = Config::deserialize(table).context("join the configuration files")?;
    Ok(loaded)
}

impl Loaded {
    /// `found_in`: the top of the repository in which the file was merely found.
    fn add(&mut self, table: &mut toml::Table, file: &Path, found_in: Option<&Path>) -> Result<()> {
        let bytes = match found_in {
            Some(top) => self.named.keep(top, file, MOST_FOUND).with_context(|| file.display().to_string())?.to_vec(),
            None => std::fs::read(file).with_context(|| format!("read the configuration {}", file.display()))?,
        };
        let text = String::from_utf8(bytes).with_context(|| format!("read the configuration {}", file.display()))?;
        let (mut config, lines) = read(file, &text)?;
        self.lines.extend(lines);
        if let Some(top) = found_in {
            self.keep_files(&config, top)?;
        }
        if found_in.is_some() && (!config.issuers.is_empty() || config.network.ca_file.is_some()) {
            self.notes.push(format!(
                "{}: [issuers] and [network] are left out: a configuration that was found in a repository says nothing \
                 about the network; name it with --config to use them",
                file.display()
            ));
            config.issuers.clear();
            config.network = Network::default();
        }
        merge(table, toml::Table::try_from(config).context("read the configuration back")?);
        self.files.push(file.to_path_buf());
        Ok(())
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
fn lines(file: &Path, text: &str) -> BTreeMap<String, String> {
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
    let line = |at: usize| format!("{}:{}", file.display(), text[..at.min(text.len())].matches('\n').count() + 1);
    if let Ok(table) = toml::de::DeTable::parse(text) {
        walk(table.get_ref(), "", &line, &mut into);
    }
    into
}

/// One file. Paths in it are relative to its folder.
fn read(file: &Path, text: &str) -> Result<(Config, BTreeMap<String, String>)> {
    let mut config: Config = match toml::from_str(text) {
        Ok(config) => config,
        Err(error) => {
            let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            bail!("{}:{line}: {}", file.display(), skelkey::escape::message(error.message()));
        }
    };
    for (id, issuer) in &config.issuers {
        let addresses = issuer.url.iter().chain(issuer.hosts.iter().flatten());
        if addresses.into_iter().any(|address| address.contains('@')) {
            bail!("{}: [issuers.{id}]: leave user name and password out of an address", file.display());
        }
    }
    let folder = file.parent().unwrap_or(Path::new("."));
    let listed = config.rules.paths.iter_mut().chain(config.inventory.files.iter_mut()).flatten();
    let single = [&mut config.fingerprint.key_file, &mut config.network.ca_file, &mut config.scan.baseline];
    for path in listed.chain(single.into_iter().flatten()) {
        *path = folder.join(&path);
    }
    Ok((config, lines(file, text)))
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
