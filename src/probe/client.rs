//! The one HTTP client. It GETs, from hosts that were declared beforehand alone, and follows nothing.
//!
//! - There is no way to name another method, a body, or a URL: a request is a [`Base`] and path segments. The few pages
//!   that read although they want a POST are values of [`Post`], which nobody else can make, and go to the public host
//!   of an issuer that the user named, or to what the user set in its place.
//! - A redirect is an answer that says nothing; the key would go wherever a redirect points.
//! - Addresses are checked as they are connected to ([`super::address`]).
//! - Errors name the host and the kind of failure, never the URL, the header or the server's text.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use url::Url;
use zeroize::Zeroizing;

use super::address::Guard;
use super::base::Base;
use super::carrier::{Carrier, Credential};
use super::clock::{Clock, later, until};
use super::failure::Failure;
use super::post::{Body, Post};
use super::settings::{Limits, ProxySettings, Settings, SettingsError};

/// An answer: any status but a redirect, 429 or a server error.
pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: HeaderMap,
    /// Wiped: some issuers repeat keys in their answers.
    body: Zeroizing<Vec<u8>>,
}

/// One request.
pub(crate) struct Call<'a> {
    pub(crate) base: &'a Base,
    /// Path segments; [`Carrier::PLACE`] where the key stands.
    pub(crate) segments: &'a [String],
    /// Parameters, none of them secret.
    pub(crate) query: &'a [(&'static str, String)],
    /// What is sent in place of a GET; the path is then its own.
    pub(crate) post: Option<Post>,
    pub(crate) credential: &'a Credential,
    pub(crate) extra: &'a [(&'static str, String)],
    /// Headers that depend on the key, none of them secret.
    pub(crate) further: &'a [(&'static str, String)],
}

impl Call<'_> {
    /// The address. The key is in it for the few issuers that take it nowhere else; nothing prints it.
    fn url(&self) -> Url {
        if let Some(post) = self.post {
            return self.base.page(post.path());
        }
        let mut url = match self.credential {
            Credential::Path(key, _) => {
                let filled = self.segments.iter().map(|segment| segment.replace(Carrier::PLACE, key));
                self.base.join(&filled.collect::<Vec<_>>())
            }
            _ => self.base.join(self.segments),
        };
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(self.query);
        }
        if let Credential::Query(name, key) | Credential::HeaderAndQuery(_, name, key) = self.credential {
            url.query_pairs_mut().append_pair(name, key);
        }
        url
    }
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

    /// The same, with texts that stay in the body, which is wiped.
    pub(crate) fn borrow_json<'b, T: serde::Deserialize<'b>>(&'b self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The body as text.
    pub(crate) fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.body).ok()
    }

    /// The body as any JSON.
    pub(crate) fn value(&self) -> Option<serde_json::Value> {
        self.json()
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
    /// Hosts to which a [`Post`] may go, with their pages.
    posts: BTreeSet<(String, &'static str)>,
    clock: Arc<dyn Clock>,
    limits: Limits,
    lanes: Mutex<BTreeMap<String, Lane>>,
}

impl Client {
    /// A client that may ask `bases` and customers' servers under the endings that the tables declare, and nobody else. It
    /// may post to what `posts` names.
    pub(crate) fn new(
        settings: &Settings,
        bases: &[&Base],
        posts: impl IntoIterator<Item = (Base, Post)>,
    ) -> Result<Self, SettingsError> {
        Ok(Self {
            http: http_client(settings, bases)?,
            allowed: bases.iter().map(|base| base.host()).collect(),
            posts: posts.into_iter().map(|(base, post)| (base.host(), post.path())).collect(),
            clock: Arc::clone(&settings.clock),
            limits: settings.limits,
            lanes: Mutex::default(),
        })
    }

    /// Whether `base` can be asked at all now; the reason when not.
    pub(crate) fn open(&self, base: &Base) -> Result<(), Failure> {
        self.declared(base)?;
        self.lane(base, |lane| self.admits(lane))
    }

    /// Sends a request, repeated as the limits say; `sent` counts every time.
    pub(crate) fn send(&self, call: &Call<'_>, sent: &Cell<usize>) -> Result<Reply, Failure> {
        if call.post.is_some_and(|post| !self.posts.contains(&(call.base.host(), post.path()))) {
            return Err(Failure::NotAllowed);
        }
        let base = call.base;
        let url = call.url();
        let mut attempt = 1;
        loop {
            self.take_turn(base)?;
            let reply = self.once(&url, call);
            // An address that is not public is refused before anything is sent.
            sent.set(sent.get() + usize::from(!matches!(reply, Err(Failure::NotPublic))));
            let reply = reply?;
            match reply.status {
                300..=399 => return Err(Failure::Redirected(reply.status)),
                429 | 500 | 502 | 503 | 504 => self.pause(base, &reply, attempt)?,
                _ => return Ok(reply),
            }
            attempt += 1;
        }
    }

    /// Whether the host is one that was configured, or a customer's server that its issuer's table declares.
    fn declared(&self, base: &Base) -> Result<(), Failure> {
        let known = self.allowed.contains(&base.host()) || super::tenant::of(&base.host()).is_some();
        if known { Ok(()) } else { Err(Failure::NotAllowed) }
    }

    /// Waits for this host's next slot and takes it.
    fn take_turn(&self, base: &Base) -> Result<(), Failure> {
        self.declared(base)?;
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

    fn once(&self, url: &Url, call: &Call<'_>) -> Result<Reply, Failure> {
        let request = match call.post.map(Post::body) {
            None => self.http.get(url.clone()),
            Some(Body::Nothing) => self.http.post(url.clone()).body(""),
            Some(Body::Json(text)) => self.http.post(url.clone()).header(CONTENT_TYPE, "application/json").body(text),
            Some(Body::Key) => {
                let Credential::Form(name, key) = call.credential else { return Err(Failure::NotAllowed) };
                let form = url::form_urlencoded::Serializer::new(String::new()).append_pair(name, key).finish();
                self.http.post(url.clone()).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form)
            }
        };
        let mut request = request.timeout(self.limits.total);
        if call.extra.iter().all(|(name, _)| *name != ACCEPT.as_str()) {
            request = request.header(ACCEPT, "application/json");
        }
        for (name, value) in call.extra.iter().chain(call.further) {
            request = request.header(*name, value);
        }
        let one = match call.credential {
            Credential::Header(name, value)
            | Credential::Path(_, Some((name, value)))
            | Credential::HeaderAndQuery((name, value), ..) => Some((name, value)),
            _ => None,
        };
        let several = call.credential.headers().iter().map(|(name, value)| (name, value));
        for (name, value) in one.into_iter().chain(several) {
            request = request.header(name.clone(), value.clone());
        }
        let response = request.send().map_err(|error| Failure::of(&error))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Reply { status, headers, body: read(response, self.limits.body)? })
    }
}

/// Reads at most `limit` bytes; more, or less than announced, is a failure.
pub(super) fn read(response: reqwest::blocking::Response, limit: usize) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut body = Zeroizing::new(Vec::new());
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

    /// A clock that nobody may read: nothing is sent here.
    struct Still;

    impl Clock for Still {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }

        fn sleep(&self, _: Duration) {}
    }

    #[test]
    fn a_post_goes_nowhere_but_to_a_host_that_was_declared_for_it() {
        let allow = crate::probe::Allow { plain_http: true, private_addresses: true };
        let base = |text: &str| Base::parse(text, allow).unwrap();
        let (own, other) = (base("http://127.0.0.1:1"), base("http://127.0.0.1:2"));
        let settings = Settings::new(Arc::new(Still));
        let send = |client: &Client, base: &Base, post: Option<Post>| {
            let sent = Cell::new(0);
            let credential = Credential::Nothing;
            let call =
                Call { base, segments: &[], query: &[], post, credential: &credential, extra: &[], further: &[] };
            let failure = client.send(&call, &sent).err();
            (failure, sent.get())
        };
        let not_named = Client::new(&settings, &[&own, &other], []).unwrap();
        assert_eq!(send(&not_named, &own, Some(Post::SLACK_AUTH_TEST)), (Some(Failure::NotAllowed), 0));
        let named = Client::new(&settings, &[&own, &other], [(own.clone(), Post::SLACK_AUTH_TEST)]).unwrap();
        for (base, post) in [(&other, Post::SLACK_AUTH_TEST), (&own, Post::SQUARE_TOKEN_STATUS)] {
            assert_eq!(send(&named, base, Some(post)), (Some(Failure::NotAllowed), 0));
        }
        let stranger = base("http://127.0.0.1:3");
        for post in [None, Some(Post::SLACK_AUTH_TEST)] {
            assert_eq!(send(&named, &stranger, post), (Some(Failure::NotAllowed), 0));
        }
    }
}
