//! Asking issuers: who asks, whom, through what. And `skelkey probe list`.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use jiff::Timestamp;
use skelkey::issuer::Issuer;
use skelkey::probe::{self, Allow, Base, Clock, Prober, ProxySettings, Server, Settings};
use skelkey::scan;

use super::args::{Global, ProbeArgs};
use super::config::{Config, Loaded};
use super::options::{Proxies, Surroundings};
use super::tell;

/// Calls `run` with whoever asks in this run; with nobody by default, for the default run reaches no network.
pub(crate) fn asking<T>(
    args: &ProbeArgs,
    around: &Surroundings,
    global: &Global,
    config: &Config,
    run: impl FnOnce(scan::Asker<'_>) -> Result<T>,
) -> Result<T> {
    let asker = asker(args, around, global, config)?;
    run(asker.as_ref().map(Asker::asking).as_ref())
}

/// What asks, and what was asked for.
struct Asker {
    prober: Prober,
    only: Option<BTreeSet<Issuer>>,
    dry_run: bool,
}

impl Asker {
    fn asking(&self) -> scan::Asking<'_> {
        scan::Asking { prober: &self.prober, only: self.only.clone(), dry_run: self.dry_run }
    }
}

fn asker(args: &ProbeArgs, around: &Surroundings, global: &Global, config: &Config) -> Result<Option<Asker>> {
    let Some(named) = &args.probe else { return Ok(None) };
    let known: BTreeSet<&Issuer> =
        probe::list().flat_map(|about| std::iter::once(about.issuer).chain(about.also)).collect();
    if let Some(stranger) = named.iter().find(|issuer| !known.contains(issuer)) {
        let all: Vec<&str> = known.iter().map(|issuer| issuer.as_str()).collect();
        let stranger = skelkey::escape::word(stranger.as_str());
        bail!("--probe={stranger}: no issuer of this name can be asked; there are {}", all.join(", "));
    }
    let only = (!named.is_empty()).then(|| named.iter().cloned().collect());
    let mut settings = settings(around, config)?;
    settings.named = named.iter().cloned().collect();
    let prober = Prober::new(settings).context("prepare to ask issuers")?;
    if !global.quiet && !args.dry_run {
        let whom =
            only.as_ref().map_or_else(|| "each key's own issuer".to_owned(), |only: &BTreeSet<Issuer>| join(only));
        tell(format_args!("note: --probe asks {whom} about every key found whose issuer is proved, and only reads"));
    }
    Ok(Some(Asker { prober, only, dry_run: args.dry_run }))
}

fn join(issuers: &BTreeSet<Issuer>) -> String {
    issuers.iter().map(Issuer::as_str).collect::<Vec<_>>().join(", ")
}

fn settings(around: &Surroundings, config: &Config) -> Result<Settings> {
    let mut settings = Settings::new(Arc::new(RealClock));
    (settings.instead, settings.own) = servers(config, |_| String::new())?;
    settings.ca_pem = authorities(config)?;
    settings.variables = Arc::clone(&around.credentials);
    settings.proxies = proxies(around);
    Ok(settings)
}

/// Every mistake in the addresses of issuers, whether anybody is asked or not.
pub(crate) fn check(loaded: &Loaded) -> Result<()> {
    servers(&loaded.config, |field| format!("{}: ", loaded.place(field))).map(drop)
}

/// The servers that are asked instead of public ones, and those of the user's own. `at`: where a field is written.
fn servers(config: &Config, at: impl Fn(&str) -> String) -> Result<(Vec<Server>, Vec<Server>)> {
    let allow = Allow { plain_http: true, private_addresses: true };
    let server = |id: &str, field: &str, address: &str| -> Result<Server> {
        let base = Base::parse(address, allow)
            .map_err(|why| anyhow!("{}[issuers.{id}] {field}: {why}", at(&format!("issuers.{id}.{field}"))))?;
        Ok(Server { issuer: Issuer::new(id), base })
    };
    let (mut instead, mut own) = (Vec::new(), Vec::new());
    for (id, issuer) in &config.issuers {
        if let Some(url) = &issuer.url {
            instead.push(server(id, "url", url)?);
        }
        for host in issuer.hosts.iter().flatten() {
            let address = if host.contains("://") { host.clone() } else { format!("https://{host}") };
            own.push(server(id, "hosts", &address)?);
        }
    }
    Ok((instead, own))
}

/// The text of the file with further certificate authorities.
fn authorities(config: &Config) -> Result<Option<Vec<u8>>> {
    let read = |file: &PathBuf| std::fs::read(file).with_context(|| format!("read the CA file {}", file.display()));
    config.network.ca_file.as_ref().map(read).transpose()
}

fn proxies(around: &Surroundings) -> ProxySettings {
    let Proxies { https, http, no } = &around.proxies;
    ProxySettings { http: http.clone(), https: https.clone(), none_for: no.clone().unwrap_or_default() }
}

/// A public text of at most `most` bytes, for `skelkey config fetch`. The user named the address in a file of their own,
/// so it may be a private one. Of `config` the network's settings count.
pub(crate) fn download(address: &str, around: &Surroundings, config: &Config, most: u64) -> Result<Vec<u8>> {
    let plain_http = address.starts_with("http:");
    let base = Base::parse(address, Allow { plain_http, private_addresses: true })?;
    let mut settings = Settings::new(Arc::new(RealClock));
    settings.limits.body = usize::try_from(most)?;
    settings.ca_pem = authorities(config)?;
    settings.proxies = proxies(around);
    Ok(probe::download(&settings, &base)?)
}

struct RealClock;

impl Clock for RealClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that the binary hands in")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep(&self, duration: Duration) {
        std::thread::sleep(duration);
    }
}
