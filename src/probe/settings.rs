//! What the caller decides about asking: whom besides the public issuers, through what, how often and how long.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::address::{Names, SystemNames};
use super::base::Base;
use super::clock::Clock;
use crate::issuer::Issuer;
use crate::secret::Secret;

/// A server of an issuer's kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Whose software it runs.
    pub issuer: Issuer,
    /// Where it is.
    pub base: Base,
}

/// The proxies to go through; the caller reads them from wherever it likes. Loopback never goes through one.
///
/// Behind a proxy it is the proxy that looks names up, so the check of addresses is the proxy's to make.
#[derive(Clone, Default)]
pub struct ProxySettings {
    /// For `http` addresses: the proxy's URL, which may hold a user name and a password.
    pub http: Option<String>,
    /// For `https` addresses.
    pub https: Option<String>,
    /// Hosts that need none, in the usual notation of `NO_PROXY`: names, domains, addresses and CIDR ranges.
    pub none_for: String,
}

impl fmt::Debug for ProxySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |proxy: &Option<String>| if proxy.is_some() { "set" } else { "none" };
        write!(f, "ProxySettings {{ http: {}, https: {} }}", shown(&self.http), shown(&self.https))
    }
}

/// How often and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest time to connect.
    pub connect: Duration,
    /// Longest time from the first byte sent to the last byte received.
    pub total: Duration,
    /// Largest answer in bytes; a larger one is not read.
    pub body: usize,
    /// How often one request is sent at most, the first time included.
    pub attempts: u32,
    /// First pause before a request is repeated, doubled each time, unless the server names one.
    pub pause: Duration,
    /// Longest pause. A server that asks for a longer one is not asked again in this run.
    pub longest_pause: Duration,
    /// All pauses for one host in one run together.
    pub all_pauses: Duration,
    /// Shortest time between two requests to one host.
    pub interval: Duration,
    /// Requests to one host in one run.
    pub per_host: usize,
    /// Package ids that one key is asked about.
    pub packages: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            total: Duration::from_secs(30),
            body: 1 << 20,
            attempts: 3,
            pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(60),
            all_pauses: Duration::from_secs(180),
            interval: Duration::from_millis(250),
            per_host: 500,
            packages: 20,
        }
    }
}

/// Everything that asking depends on.
#[derive(Clone)]
pub struct Settings {
    /// Tells the time and waits.
    pub clock: Arc<dyn Clock>,
    /// Looks names up.
    pub names: Arc<dyn Names>,
    /// Asked in place of an issuer's own public host: tests and recording proxies.
    pub instead: Vec<Server>,
    /// Servers of the user's own. A key that is for one of them is asked there, and no other self-hosted server is
    /// ever asked.
    pub own: Vec<Server>,
    /// The proxies.
    pub proxies: ProxySettings,
    /// Further certificate authorities to trust: the bytes of a PEM bundle.
    pub ca_pem: Option<Vec<u8>>,
    /// How often and how long.
    pub limits: Limits,
    /// Issuers that the user named: what [`About::only_by_name`](super::About::only_by_name) holds back is asked of them.
    pub named: BTreeSet<Issuer>,
    /// The owner's own credentials, for looking keys up without sending them, and what belongs to them; by the variables
    /// of [`variables`](super::variables). The caller reads them from wherever it likes.
    pub variables: Arc<BTreeMap<&'static str, Secret>>,
}

impl Settings {
    /// The public issuers, the system's name service, no proxy, the default limits.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            names: Arc::new(SystemNames),
            instead: Vec::new(),
            own: Vec::new(),
            proxies: ProxySettings::default(),
            ca_pem: None,
            limits: Limits::default(),
            named: BTreeSet::new(),
            variables: Arc::default(),
        }
    }
}

/// Why nothing can be asked at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The CA bundle.
    #[error("the CA file holds no readable PEM certificate; give a file with `BEGIN CERTIFICATE` blocks")]
    Ca,
    /// A proxy's URL. It may hold a password and is not repeated.
    #[error("the proxy for {0} is not a usable address; write http://host:port")]
    Proxy(&'static str),
    /// The TLS set-up.
    #[error("TLS could not be set up; check that the system's certificate store is readable")]
    Tls,
}
