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
}

/// `[rules]`: rules of one's own, and built-in ones that do not apply.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Rules {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) paths: Option<Vec<PathBuf>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) disable: Option<Vec<String>>,
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
}

impl Loaded {
    /// SHA-256 of the configuration in force, in lower-case hex.
    pub(crate) fn hash(&self) -> Result<String> {
        let text = toml::to_string(&self.config).context("write the configuration as TOML")?;
        Ok(data_encoding::HEXLOWER.encode(&Sha256::digest(text)))
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
            loaded.add(&mut table, &file, true)?;
        }
    }
    if let Some(named) = from.named {
        loaded.add(&mut table, named, true)?;
    } else if !from.isolated
        && let Some(found) = find(from.here)
    {
        loaded.add(&mut table, &found, false)?;
    }
    loaded.config = Config::deserialize(table).context("join the configuration files")?;
    Ok(loaded)
}

impl Loaded {
    fn add(&mut self, table: &mut toml::Table, file: &Path, may_speak_of_the_network: bool) -> Result<()> {
        let mut config = read(file)?;
        if !may_speak_of_the_network && (!config.issuers.is_empty() || config.network.ca_file.is_some()) {
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
}

/// One file. Paths in it are relative to its folder.
fn read(file: &Path) -> Result<Config> {
    let text = std::fs::read_to_string(file).with_context(|| format!("read the configuration {}", file.display()))?;
    let mut config: Config = match toml::from_str(&text) {
        Ok(config) => config,
        Err(error) => {
            let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            bail!("{}:{line}: {}", file.display(), skelkey::escape::message(error.message()));
        }
    };
    let folder = file.parent().unwrap_or(Path::new("."));
    let listed = config.rules.paths.iter_mut().chain(config.inventory.files.iter_mut()).flatten();
    for path in listed.chain(&mut config.fingerprint.key_file).chain(&mut config.network.ca_file) {
        *path = folder.join(&path);
    }
    Ok(config)
}

/// The nearest `skelkey.toml` or `.skelkey.toml` from `here` up to the top of the repository; outside a repository only
/// `here` itself is looked at.
fn find(here: &Path) -> Option<PathBuf> {
    let top = here.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(here);
    here.ancestors()
        .take_while(|folder| folder.starts_with(top))
        .flat_map(|folder| ["skelkey.toml", ".skelkey.toml"].map(|name| folder.join(name)))
        .find(|file| file.is_file())
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
