//! Arguments and configuration, resolved: what the library is handed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use globset::{Glob, GlobSet, GlobSetBuilder};
use jiff::Timestamp;
use skelkey::coverage::Configuration;
use skelkey::hygiene::{self, PolicyPart};
use skelkey::inventory::{self, Inventory};
use skelkey::issuer::Issuer;
use skelkey::rules::{self, RuleSet};
use skelkey::scan::{Allow, Settings};
use skelkey::secret::FingerprintKey;
use skelkey::severity::{Confidence, Severity};
use skelkey::source::FileOptions;
use skelkey::suggest::did_you_mean;

use super::adjust;
use super::args::{Global, SourceArgs};
use super::config::{self, Config, Extends, Loaded};
use super::named::Named;
use super::session::Session;

/// What the process finds around it, read once in one place.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    pub(crate) here: PathBuf,
    pub(crate) user_config: Option<PathBuf>,
    /// Where what can be made again is kept.
    pub(crate) user_cache: Option<PathBuf>,
    pub(crate) fingerprint_key: Option<zeroize::Zeroizing<Vec<u8>>>,
    pub(crate) now: Timestamp,
    /// The commit that a pipeline has checked out, if it says so.
    pub(crate) commit: Option<String>,
    /// Its branch, if it says so.
    pub(crate) branch: Option<String>,
    /// What Azure Pipelines says of the running pipeline.
    pub(crate) azure: skelkey::report::AzurePipeline,
    /// The summary of the running step of GitHub Actions.
    pub(crate) step_summary: Option<PathBuf>,
    #[cfg(feature = "git")]
    pub(crate) git: skelkey::source::GitPlaces,
    #[cfg(feature = "git")]
    pub(crate) pre_commit: PreCommit,
    #[cfg(feature = "probe")]
    pub(crate) proxies: Proxies,
    /// The owner's own credentials, for looking keys up, by their variables.
    #[cfg(feature = "probe")]
    pub(crate) credentials: Arc<BTreeMap<&'static str, skelkey::secret::Secret>>,
}

/// What the pre-commit framework says of a push, instead of git's own lines.
#[cfg(feature = "git")]
#[derive(Clone, Debug, Default)]
pub(crate) struct PreCommit {
    /// The ends of the range; absent when the push brings a repository's first commit.
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    pub(crate) branch: Option<String>,
    pub(crate) remote: Option<String>,
    pub(crate) remote_branch: Option<String>,
}

/// The proxy variables, as they are set.
#[cfg(feature = "probe")]
#[derive(Clone, Debug, Default)]
pub(crate) struct Proxies {
    pub(crate) https: Option<String>,
    pub(crate) http: Option<String>,
    pub(crate) no: Option<String>,
}

impl Surroundings {
    #[expect(clippy::disallowed_methods, reason = "the one place where clock and environment are read")]
    pub(crate) fn read() -> Result<Self> {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let folder = |name: &str, usual: &str| {
            let at_home = || variable("HOME").map(|home| Path::new(&home).join(usual));
            variable(name).map(PathBuf::from).or_else(at_home)
        };
        Ok(Self {
            here: std::env::current_dir().context("find the current folder")?,
            user_config: folder("XDG_CONFIG_HOME", ".config"),
            user_cache: folder("XDG_CACHE_HOME", ".cache"),
            fingerprint_key: variable("SKELKEY_FINGERPRINT_KEY").map(|key| zeroize::Zeroizing::new(key.into_bytes())),
            now: Timestamp::now(),
            // GitLab's, GitHub's and Azure's own words for the same.
            commit: ["CI_COMMIT_SHA", "GITHUB_SHA", "BUILD_SOURCEVERSION"]
                .into_iter()
                .find_map(variable)
                .filter(|id| id.bytes().all(|byte| byte.is_ascii_hexdigit())),
            branch: ["CI_COMMIT_REF_NAME", "GITHUB_HEAD_REF", "GITHUB_REF_NAME", "BUILD_SOURCEBRANCH"]
                .into_iter()
                .find_map(variable),
            azure: azure_pipeline(&variable),
            step_summary: variable("GITHUB_STEP_SUMMARY").map(PathBuf::from),
            #[cfg(feature = "git")]
            git: skelkey::source::GitPlaces {
                git_dir: variable("GIT_DIR").map(PathBuf::from),
                index_file: variable("GIT_INDEX_FILE").map(PathBuf::from),
                objects: variable("GIT_OBJECT_DIRECTORY").map(PathBuf::from),
                more_objects: variable("GIT_ALTERNATE_OBJECT_DIRECTORIES")
                    .map(|folders| std::env::split_paths(&folders).collect())
                    .unwrap_or_default(),
            },
            #[cfg(feature = "git")]
            pre_commit: PreCommit {
                from: variable("PRE_COMMIT_FROM_REF"),
                to: variable("PRE_COMMIT_TO_REF"),
                branch: variable("PRE_COMMIT_LOCAL_BRANCH"),
                remote: variable("PRE_COMMIT_REMOTE_NAME"),
                remote_branch: variable("PRE_COMMIT_REMOTE_BRANCH"),
            },
            #[cfg(feature = "probe")]
            proxies: Proxies {
                https: variable("https_proxy").or_else(|| variable("HTTPS_PROXY")).or_else(|| variable("ALL_PROXY")),
                http: variable("http_proxy").or_else(|| variable("ALL_PROXY")),
                no: variable("no_proxy").or_else(|| variable("NO_PROXY")),
            },
            #[cfg(feature = "probe")]
            credentials: Arc::new(
                skelkey::probe::variables()
                    .filter_map(|name| {
                        let text = zeroize::Zeroizing::new(variable(name)?);
                        Some((name, skelkey::secret::Secret::new(text.as_bytes())))
                    })
                    .collect(),
            ),
        })
    }

    /// The configuration in force.
    pub(crate) fn config(&self, global: &Global) -> Result<Loaded> {
        self.config_with(global, &|base, _| self.fetched(base))
    }

    /// The same, with what comes from elsewhere given by `elsewhere`.
    pub(crate) fn config_with(&self, global: &Global, elsewhere: &config::Elsewhere<'_>) -> Result<Loaded> {
        config::load(&config::Where {
            elsewhere,
            named: global.config.as_deref(),
            isolated: global.isolated,
            here: &self.here,
            user: self.user_config.as_deref(),
        })
    }

    /// Where configurations from elsewhere are kept.
    pub(crate) fn store(&self) -> Option<config::Store> {
        self.user_cache.as_deref().map(config::Store::under)
    }

    /// A configuration that was fetched before.
    fn fetched(&self, base: &Extends) -> Result<Vec<u8>> {
        let kept = self.store().zip(base.sha256()).and_then(|(store, sha256)| store.get(sha256));
        kept.context("it was not fetched yet; run `skelkey config fetch` with the same --config")
    }
}

/// Azure's predefined variables (learn.microsoft.com, "Use predefined variables").
fn azure_pipeline(variable: &dyn Fn(&str) -> Option<String>) -> skelkey::report::AzurePipeline {
    let number = |name: &str| variable(name).and_then(|text| text.parse().ok());
    // `https://dev.azure.com/ORGANISATION/`, or `https://ORGANISATION.visualstudio.com/`.
    let organisation = variable("SYSTEM_COLLECTIONURI").and_then(|address| {
        let address = address.split_once("://")?.1.trim_end_matches('/').to_owned();
        let named = address.rsplit('/').next()?;
        Some(named.strip_suffix(".visualstudio.com").unwrap_or(named).to_owned())
    });
    skelkey::report::AzurePipeline {
        organisation,
        project: variable("SYSTEM_TEAMPROJECT"),
        definition_id: number("SYSTEM_DEFINITIONID"),
        definition_name: variable("BUILD_DEFINITIONNAME"),
        phase_id: variable("SYSTEM_PHASEID"),
        phase_name: variable("SYSTEM_PHASENAME"),
        build_id: number("BUILD_BUILDID"),
    }
}

/// The rules in force: the built-in ones, those of the configuration, and those that the user names.
pub(crate) fn rule_set(global: &Global, loaded: &Loaded) -> Result<Arc<RuleSet>> {
    let config = &loaded.config;
    let named = config.rules.paths.iter().flatten().chain(&global.rules);
    let files = rule_files(named, &loaded.named)?;
    let user: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let mut set = load_rules(&user).map_err(|mistakes| {
        let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        anyhow!("{}\n{} in the rule files; nothing was scanned", lines.join("\n"), count(lines.len(), "mistake"))
    })?;
    adjust::apply(&mut set, loaded)?;
    Ok(Arc::new(set))
}

/// The built-in rules and the user's, their decoders checked.
pub(crate) fn load_rules(user: &[(&str, &str)]) -> Result<RuleSet, Vec<rules::Mistake>> {
    let set = rules::load(user)?;
    if user.is_empty() {
        // The tests look for the decoders of the built-in rules; to look here would mean to read every rule.
        return Ok(set);
    }
    let names: Vec<&str> = skelkey::key::DECODERS.iter().map(|decoder| decoder.name).collect();
    let mistakes = set.check_decoders(&names);
    if mistakes.is_empty() { Ok(set) } else { Err(mistakes) }
}

/// Every named rule file, and every `.toml` file of a named folder, in order.
pub(crate) fn rule_files<'a>(paths: impl Iterator<Item = &'a PathBuf>, named: &Named) -> Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for path in paths {
        for file in named.rule_files(path)? {
            let text = named.read(&file).and_then(|bytes| Ok(String::from_utf8(bytes.to_vec())?));
            let text = text.with_context(|| format!("read the rule file {}", file.display()))?;
            files.push((file.display().to_string(), text));
        }
    }
    Ok(files)
}

/// The owner's lists, those of the configuration first. All mistakes of all lists at once.
fn inventories(loaded: &Loaded, named: &[PathBuf]) -> Result<Vec<Inventory>> {
    let (mut lists, mut mistakes, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for path in loaded.config.inventory.files.iter().flatten().chain(named) {
        // The same list twice would find every key in it ambiguous.
        if !seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())) {
            continue;
        }
        match loaded.named.read(path).map(|text| inventory::read(path, &text)) {
            Ok(Ok(list)) => lists.push(list),
            Ok(Err(error)) => mistakes.push(error.to_string()),
            Err(error) => mistakes.push(format!("read the inventory {}: {error:#}", path.display())),
        }
    }
    if mistakes.is_empty() { Ok(lists) } else { bail!("{}", mistakes.join("\n")) }
}

/// What judging needs, whatever is judged.
pub(crate) fn settings(session: &Session<'_>, rules: &RuleSet) -> Result<Settings> {
    let Session { global, around, loaded, lists, confidence, inline_ignore } = *session;
    let config = &loaded.config;
    let allow = allows(loaded, rules)?;
    let inventories = inventories(loaded, lists)?;
    check_issuers(loaded, rules, &inventories)?;
    super::policy::check(loaded, &inventories)?;
    Ok(Settings {
        now: global.now.unwrap_or(around.now),
        now_is_given: global.now.is_some(),
        confidence,
        policy: policy(loaded)?,
        inventories,
        fingerprint_key: fingerprint_key(around, loaded)?,
        assumed_issuers: assumed(config),
        known_packages: known_packages(config),
        config_hash: loaded.hash()?,
        configuration: Configuration {
            files: loaded.files.iter().map(|file| shown(around, file)).collect(),
            disabled_rules: config.rules.disable.clone().unwrap_or_default(),
            rerated_rules: adjust::rerated(&config.rules),
            replaced_rules: rules.replaced.clone(),
            allow: config.allow.iter().map(allowed).collect(),
            ..Configuration::default()
        },
        inline_ignore,
        only: None,
        strict: config.scan.strict.unwrap_or(false),
        allow,
    })
}

/// The `[[allow]]` tables. All mistakes at once.
fn allows(loaded: &Loaded, rules: &RuleSet) -> Result<Vec<Allow>> {
    let (mut allows, mut mistakes) = (Vec::new(), Vec::new());
    for (at, from) in loaded.config.allow.iter().enumerate() {
        let written = loaded.place(&format!("allow[{at}]")).to_owned();
        let before = mistakes.len();
        if from.paths.is_empty() && from.rules.is_empty() {
            mistakes.push(format!("{written}: [[allow]]: name paths or rules; without them everything is set aside"));
        }
        let unknown = from.rules.iter().filter(|id| rules.get(id).is_none());
        mistakes.extend(unknown.map(|id| {
            // Only now, for it reads every rule.
            let help = did_you_mean(id, &rules.rules.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>());
            format!("{written}: [[allow]] rules: there is no rule `{}`{help}", skelkey::escape::word(id))
        }));
        let until = from.until.as_deref().map(str::parse).transpose();
        if until.is_err() {
            mistakes.push(format!("{written}: [[allow]] until: that is no day; write for instance 2027-01-31"));
        }
        let of = format!("{written}: [[allow]] paths");
        match (globs(&from.paths, |_| of.clone()), until) {
            (Ok(paths), Ok(until)) if mistakes.len() == before => {
                let (rules, reason) = (from.rules.clone(), from.reason.clone());
                allows.push(Allow { paths, rules, reason, until, written });
            }
            (Err(error), _) => mistakes.push(format!("{error:#}")),
            _ => {}
        }
    }
    if mistakes.is_empty() { Ok(allows) } else { bail!("{}", mistakes.join("\n")) }
}

/// An `[[allow]]` for the coverage statement: `tests/** (acme-token)`.
fn allowed(allow: &config::Allow) -> String {
    let paths = if allow.paths.is_empty() { "everywhere".to_owned() } else { allow.paths.join(" ") };
    if allow.rules.is_empty() { paths } else { format!("{paths} ({})", allow.rules.join(" ")) }
}

/// A file as seen from here.
fn shown(around: &Surroundings, file: &Path) -> String {
    file.strip_prefix(&around.here).unwrap_or(file).display().to_string()
}

/// What of the options in force decides what a scan sees and when it fails, for the coverage statement.
pub(crate) fn state(
    configuration: &mut Configuration,
    fail_on: Severity,
    confidence: Option<Confidence>,
    files: Option<(&FileOptions, &Config)>,
) {
    configuration.fail_on = (fail_on != Severity::Medium).then(|| fail_on.as_str().to_owned());
    configuration.confidence = confidence.filter(|c| *c != Confidence::Medium).map(|c| c.as_str().to_owned());
    if let Some((files, config)) = files {
        configuration.max_file_size = Some(files.max_file_size).filter(|size| *size != DEFAULT_MAX_FILE_SIZE);
        configuration.exclude = config.scan.exclude.clone().unwrap_or_default();
    }
}

/// Every issuer that the configuration names is one of a rule, a probe or a list. All mistakes at once.
fn check_issuers(loaded: &Loaded, rules: &RuleSet, lists: &[Inventory]) -> Result<()> {
    let config = &loaded.config;
    if config.policy.issuer.is_empty() && config.issuers.is_empty() && config.packages.is_empty() {
        return Ok(());
    }
    let mut known: BTreeSet<&str> = rules.rules.iter().map(|rule| rule.issuer.as_str()).collect();
    known.extend(rules.rules.iter().flat_map(|rule| &rule.contexts).map(|context| context.issuer.as_str()));
    known.extend(rules.providers.iter().map(|provider| provider.id.as_str()));
    known.extend(Issuer::KNOWN.iter().map(Issuer::as_str));
    known.extend(lists.iter().flat_map(|list| &list.issuers).map(Issuer::as_str));
    #[cfg(feature = "probe")]
    known.extend(skelkey::probe::list().map(|about| about.issuer.as_str()));
    super::probe::check(loaded)?;
    let named = (config.policy.issuer.keys().map(|id| ("policy.issuer", id)))
        .chain(config.issuers.keys().map(|id| ("issuers", id)))
        .chain(config.packages.keys().map(|id| ("packages", id)));
    let mistakes: Vec<String> = named
        .filter(|(_, id)| !known.contains(id.as_str()))
        .map(|(table, id)| {
            let place = loaded.place(&format!("{table}.{id}"));
            let help = did_you_mean(id, &known.iter().copied().collect::<Vec<_>>());
            format!("{place}: [{table}]: there is no issuer `{}`{help}", skelkey::escape::word(id))
        })
        .collect();
    if mistakes.is_empty() { Ok(()) } else { bail!("{}", mistakes.join("\n")) }
}

fn assumed(config: &Config) -> BTreeSet<Issuer> {
    config
        .issuers
        .iter()
        .filter(|(_, issuer)| issuer.assume == Some(true))
        .map(|(id, _)| Issuer::new(id.as_str()))
        .collect()
}

fn known_packages(config: &Config) -> BTreeMap<Issuer, Vec<String>> {
    config.packages.iter().map(|(id, names)| (Issuer::new(id.as_str()), names.clone())).collect()
}

pub(crate) fn fingerprint_key(around: &Surroundings, loaded: &Loaded) -> Result<Option<FingerprintKey>> {
    let material = match (&around.fingerprint_key, &loaded.config.fingerprint.key_file) {
        (Some(key), _) => key.clone(),
        (None, Some(file)) => {
            loaded.named.read(file).with_context(|| format!("read the fingerprint key {}", file.display()))?
        }
        (None, None) => return Ok(None),
    };
    FingerprintKey::from_owner(&material)
        .map(Some)
        .context("the fingerprint key is shorter than 16 bytes; make one with `head -c 32 /dev/urandom | base64`")
}

fn policy(loaded: &Loaded) -> Result<hygiene::Policy> {
    let from = &loaded.config.policy;
    let mut policy = hygiene::Policy::default();
    policy.limits.take(&PolicyPart {
        no_wildcard: from.no_wildcard,
        max_lifetime_days: from.max_lifetime_days,
        allow_non_expiring: from.allow_non_expiring,
        max_idle_days: from.max_idle_days,
        warn_before_expiry_days: from.warn_before_expiry_days,
        forbidden_actions: from.forbidden_actions.clone(),
        owners: from.owners.clone(),
        required_restrictions: from.required_restrictions.clone(),
        rotate_within_days: from.rotate_within_days,
    });
    policy.issuers = from.issuer.iter().map(|(id, limits)| (Issuer::new(id.as_str()), limits.clone())).collect();
    for (at, path) in from.path.iter().enumerate() {
        let of = format!("{}: [[policy.path]] globs", loaded.place(&format!("policy.path[{at}]")));
        policy.paths.push((globs(&path.globs, |_| of.clone())?, path.limits.clone()));
    }
    Ok(policy)
}

/// `of` tells where the n-th pattern stands.
fn globs(patterns: &[String], of: impl Fn(usize) -> String) -> Result<GlobSet> {
    let mut set = GlobSetBuilder::new();
    for (at, pattern) in patterns.iter().enumerate() {
        set.add(Glob::new(pattern).map_err(|why| {
            anyhow!("{}: `{}` is not a glob: {}", of(at), skelkey::escape::word(pattern), why.kind())
        })?);
    }
    set.build().with_context(|| format!("{}: too many globs", of(0)))
}

/// Larger than any text that people keep keys in; a limit only so that one file cannot take all memory.
const DEFAULT_MAX_FILE_SIZE: u64 = 512 << 20;

/// How files are chosen and read.
pub(crate) fn file_options(args: &SourceArgs, loaded: &Loaded) -> Result<FileOptions> {
    let config = &loaded.config;
    let configured = match &config.scan.max_file_size {
        Some(size) => Some(super::size::parse(size).map_err(|_| {
            let place = loaded.place("scan.max-file-size");
            anyhow!("{place}: [scan] max-file-size: that is not a size; write for instance 50MB or 1GiB")
        })?),
        None => None,
    };
    Ok(FileOptions {
        no_ignore: args.no_ignore || config.scan.no_ignore.unwrap_or(false),
        max_file_size: args.max_file_size.or(configured).unwrap_or(DEFAULT_MAX_FILE_SIZE),
        exclude: globs(config.scan.exclude.as_deref().unwrap_or_default(), |at| {
            format!("{}: [scan] exclude", loaded.place(&format!("scan.exclude[{at}]")))
        })?,
        jobs: args.jobs.or_else(|| std::thread::available_parallelism().ok()).map_or(1, std::num::NonZeroUsize::get),
        #[cfg(feature = "git")]
        cache: None,
    })
}

/// The severity from which a run fails.
pub(crate) fn fail_on(flag: Option<Severity>, loaded: &Loaded) -> Result<Severity> {
    match (flag, &loaded.config.scan.fail_on) {
        (Some(severity), _) => Ok(severity),
        (None, Some(word)) => word.parse().with_context(|| format!("{}: [scan] fail-on", loaded.place("scan.fail-on"))),
        (None, None) => Ok(Severity::Medium),
    }
}

/// The least confidence that is shown.
pub(crate) fn confidence(flag: Option<Confidence>, loaded: &Loaded) -> Result<Confidence> {
    match (flag, &loaded.config.scan.confidence) {
        (Some(confidence), _) => Ok(confidence),
        (None, Some(word)) => {
            word.parse().with_context(|| format!("{}: [scan] confidence", loaded.place("scan.confidence")))
        }
        (None, None) => Ok(Confidence::Medium),
    }
}

/// `3 mistakes`, `1 mistake`.
pub(crate) fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}
