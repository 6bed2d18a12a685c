//! The one HTTP client. It can only GET, only hosts that were configured beforehand, and follows nothing.
//!
//! - There is no way to name another method, a body, or a URL: a request is a [`Base`] and path segments.
//! - A redirect is an answer that says nothing; the key would go wherever a redirect points.
//! - Addresses are checked as they are connected to ([`super::address`]).
//! - Errors name the host and the kind of failure, never the URL, the header or the server's text.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use url::Url;
use zeroize::Zeroizing;

use super::address::Guard;
use super::base::Base;
use super::clock::{Clock, later, until};
use super::failure::Failure;
use super::settings::{Limits, ProxySettings, Settings, SettingsError};
use crate::secret::Secret;

/// How a key is put into a request: the header's name and what stands before the key in its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CredentialHeader {
    /// The header, lower case.
    pub name: &'static str,
    /// What stands before the key, for instance `Bearer `; empty for the bare key.
    pub scheme: &'static str,
}

/// A key in its header. It has no `Debug`, and the value is marked so that the HTTP library does not print it. That
/// library keeps the value in memory of its own, which is freed but not wiped.
pub(crate) struct Credential {
    name: HeaderName,
    value: HeaderValue,
}

impl Credential {
    /// `None` when the key holds bytes that no header can carry.
    pub(crate) fn new(header: CredentialHeader, secret: &Secret) -> Option<Self> {
        let key = secret.expose_for_request();
        if key.is_empty() || !key.iter().all(u8::is_ascii_graphic) {
            return None;
        }
        let text = Zeroizing::new([header.scheme.as_bytes(), key].concat());
        let mut value = HeaderValue::from_bytes(&text).ok()?;
        value.set_sensitive(true);
        Some(Self { name: HeaderName::from_static(header.name), value })
    }
}

/// An answer: any status but a redirect, 429 or a server error.
pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Reply {
    /// A header's value, when it is there and is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as the JSON that the issuer documents. The parser's error is dropped: it may quote the body.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Whether the body is a page for people: something in front of the issuer speaks, not the issuer.
    pub(crate) fn is_page(&self) -> bool {
        self.body.trim_ascii_start().starts_with(b"<")
    }

    /// Whether the body holds `text`.
    pub(crate) fn says(&self, text: &str) -> bool {
        memchr::memmem::find(&self.body, text.as_bytes()).is_some()
    }
}

/// What one host has been asked for in this run.
struct Lane {
    sent: usize,
    /// The earliest moment of the next request.
    next: Timestamp,
    waited: Duration,
    /// It asked to be left alone.
    closed: bool,
}

impl Default for Lane {
    fn default() -> Self {
        Self { sent: 0, next: Timestamp::MIN, waited: Duration::ZERO, closed: false }
    }
}

/// The client of one run.
pub(crate) struct Client {
    http: reqwest::blocking::Client,
    allowed: BTreeSet<String>,
    clock: Arc<dyn Clock>,
    limits: Limits,
    lanes: Mutex<BTreeMap<String, Lane>>,
}

impl Client {
    /// A client that may ask `bases` and nobody else.
    pub(crate) fn new(settings: &Settings, bases: &[&Base]) -> Result<Self, SettingsError> {
        Ok(Self {
            http: http_client(settings, bases)?,
            allowed: bases.iter().map(|base| base.host()).collect(),
            clock: Arc::clone(&settings.clock),
            limits: settings.limits,
            lanes: Mutex::default(),
        })
    }

    /// Whether `base` can be asked at all now; the reason when not.
    pub(crate) fn open(&self, base: &Base) -> Result<(), Failure> {
        if !self.allowed.contains(&base.host()) {
            return Err(Failure::NotAllowed);
        }
        self.lane(base, |lane| self.admits(lane))
    }

    /// Sends `GET base/segments…`, repeated as the limits say; `sent` counts every time.
    pub(crate) fn get(
        &self,
        base: &Base,
        segments: &[String],
        credential: &Credential,
        extra: &[(&'static str, &'static str)],
        sent: &mut usize,
    ) -> Result<Reply, Failure> {
        let url = base.join(segments);
        let mut attempt = 1;
        loop {
            self.take_turn(base)?;
            let reply = self.once(&url, credential, extra);
            // An address that is not public is refused before anything is sent.
            *sent += usize::from(!matches!(reply, Err(Failure::NotPublic)));
            let reply = reply?;
            match reply.status {
                300..=399 => return Err(Failure::Redirected(reply.status)),
                429 | 500 | 502 | 503 | 504 => self.pause(base, &reply, attempt)?,
                _ => return Ok(reply),
            }
            attempt += 1;
        }
    }

    /// Waits for this host's next slot and takes it.
    fn take_turn(&self, base: &Base) -> Result<(), Failure> {
        if !self.allowed.contains(&base.host()) {
            return Err(Failure::NotAllowed);
        }
        let wait = self.lane(base, |lane| {
            self.admits(lane)?;
            let now = self.clock.now();
            let start = lane.next.max(now);
            lane.sent += 1;
            lane.next = later(start, self.limits.interval);
            Ok(until(start, now))
        })?;
        if !wait.is_zero() {
            self.clock.sleep(wait);
        }
        Ok(())
    }

    fn admits(&self, lane: &Lane) -> Result<(), Failure> {
        if lane.closed {
            return Err(Failure::ToldToWait);
        }
        if lane.sent >= self.limits.per_host { Err(Failure::Spent(self.limits.per_host)) } else { Ok(()) }
    }

    /// Waits before a request is repeated, or says why it is not.
    fn pause(&self, base: &Base, reply: &Reply, attempt: u32) -> Result<(), Failure> {
        let asked = reply.header(RETRY_AFTER.as_str()).and_then(|text| retry_after(text, self.clock.now()));
        // A pause that the server asks for is kept or nothing is sent any more; it is never shortened.
        if asked.is_some_and(|pause| pause > self.limits.longest_pause) {
            self.lane(base, |lane| lane.closed = true);
            return Err(Failure::ToldToWait);
        }
        if attempt >= self.limits.attempts {
            return Err(Failure::Busy(reply.status));
        }
        let pause = asked.unwrap_or_else(|| back_off(self.limits, attempt));
        self.lane(base, |lane| {
            lane.waited += pause;
            if lane.waited > self.limits.all_pauses { Err(Failure::Busy(reply.status)) } else { Ok(()) }
        })?;
        self.clock.sleep(pause);
        Ok(())
    }

    fn lane<T>(&self, base: &Base, act: impl FnOnce(&mut Lane) -> T) -> T {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        act(lanes.entry(base.host()).or_default())
    }

    fn once(
        &self,
        url: &Url,
        credential: &Credential,
        extra: &[(&'static str, &'static str)],
    ) -> Result<Reply, Failure> {
        let mut request = self.http.get(url.clone()).header(ACCEPT, "application/json").timeout(self.limits.total);
        for (name, value) in extra {
            request = request.header(*name, *value);
        }
        let response = request
            .header(credential.name.clone(), credential.value.clone())
            .send()
            .map_err(|error| Failure::of(&error))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Reply { status, headers, body: read(response, self.limits.body)? })
    }
}

/// Reads at most `limit` bytes; more, or less than announced, is a failure.
pub(super) fn read(response: reqwest::blocking::Response, limit: usize) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    response.take(most).read_to_end(&mut body).map_err(|error| read_failure(&error))?;
    if body.len() > limit { Err(Failure::TooLarge(limit)) } else { Ok(body) }
}

fn read_failure(error: &std::io::Error) -> Failure {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<reqwest::Error>());
    match inner {
        Some(inner) => Failure::of(inner),
        None if error.kind() == std::io::ErrorKind::TimedOut => Failure::Timeout,
        None => Failure::Broken,
    }
}

/// The pause that `Retry-After` asks for: seconds, or an HTTP date (RFC 9110, 10.2.3).
fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    // The preferred form of an HTTP date is one of RFC 2822's.
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(until(date, now))
}

/// `pause`, doubled for each attempt, never above the longest.
fn back_off(limits: Limits, attempt: u32) -> Duration {
    let factor = 1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
    limits.pause.saturating_mul(factor).min(limits.longest_pause)
}

pub(super) fn http_client(settings: &Settings, bases: &[&Base]) -> Result<reqwest::blocking::Client, SettingsError> {
    // Names the one crypto provider; an error only says that this process has one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let guard = Guard { names: Arc::clone(&settings.names), private: private_hosts(settings, bases)? };
    let mut builder = reqwest::blocking::Client::builder()
        .user_agent(concat!("skelkey/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        // A connection that went stale would be tried again behind our back; each request has its own.
        .pool_max_idle_per_host(0)
        .connect_timeout(settings.limits.connect)
        .dns_resolver(Arc::new(guard))
        // Turns off reading proxies from the environment.
        .no_proxy();
    for proxy in proxies(&settings.proxies)? {
        builder = builder.proxy(proxy);
    }
    if let Some(pem) = &settings.ca_pem {
        builder = builder.tls_certs_merge(authorities(pem)?);
    }
    builder.build().map_err(|_| SettingsError::Tls)
}

fn authorities(pem: &[u8]) -> Result<Vec<reqwest::Certificate>, SettingsError> {
    let found = reqwest::Certificate::from_pem_bundle(pem).map_err(|_| SettingsError::Ca)?;
    if found.is_empty() { Err(SettingsError::Ca) } else { Ok(found) }
}

/// Hosts whose private addresses the user allowed, and the proxies, which are private more often than not.
fn private_hosts(settings: &Settings, bases: &[&Base]) -> Result<BTreeSet<String>, SettingsError> {
    let allowed = bases.iter().filter(|base| base.allow().private_addresses).map(|base| base.name());
    let mut hosts: BTreeSet<String> = allowed.collect();
    for (scheme, proxy) in scheme_proxies(&settings.proxies) {
        let url = Url::parse(proxy).map_err(|_| SettingsError::Proxy(scheme))?;
        hosts.extend(url.host_str().map(str::to_owned));
    }
    Ok(hosts)
}

fn scheme_proxies(settings: &ProxySettings) -> impl Iterator<Item = (&'static str, &str)> {
    [("http", &settings.http), ("https", &settings.https)]
        .into_iter()
        .filter_map(|(scheme, proxy)| Some((scheme, proxy.as_deref()?)))
}

fn proxies(settings: &ProxySettings) -> Result<Vec<reqwest::Proxy>, SettingsError> {
    let mut found = Vec::new();
    for (scheme, url) in scheme_proxies(settings) {
        let make = if scheme == "http" { reqwest::Proxy::http } else { reqwest::Proxy::https };
        let none_for = format!("localhost,127.0.0.0/8,::1,{}", settings.none_for);
        let proxy = make(url).map_err(|_| SettingsError::Proxy(scheme))?;
        found.push(proxy.no_proxy(reqwest::NoProxy::from_string(&none_for)));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = at("1994-11-06T08:49:00Z");
        assert_eq!(retry_after("120", now), Some(Duration::from_secs(120)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), Some(Duration::from_secs(37)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:00:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("soon", now), None);
        assert_eq!(retry_after("-5", now), None);
    }

    proptest::proptest! {
        #[test]
        fn no_retry_after_is_too_odd_to_be_read(text in ".*") {
            let _ = retry_after(&text, at("2026-11-22T12:00:00Z"));
        }
    }

    #[test]
    fn back_off_doubles_up_to_the_longest_pause() {
        let limits = Limits::default();
        assert_eq!(back_off(limits, 1), Duration::from_secs(1));
        assert_eq!(back_off(limits, 3), Duration::from_secs(4));
        assert_eq!(back_off(limits, 99), limits.longest_pause);
    }

    #[test]
    fn a_key_that_no_header_can_carry_makes_no_credential() {
        let header = CredentialHeader { name: "authorization", scheme: "Bearer " };
        assert!(Credential::new(header, &Secret::new(b"abc\r\nX-Evil: 1")).is_none());
        assert!(Credential::new(header, &Secret::new(b"")).is_none());
        let good = Credential::new(header, &Secret::new(b"abc")).unwrap();
        assert!(!format!("{:?}", good.value).contains("abc"));
    }
}
