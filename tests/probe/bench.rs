//! A prober on a bench: a clock that does not wait, a name service that is a table, and keys made on the spot.

use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use skelkey::issuer::Issuer;
use skelkey::key::KeyFacts;
use skelkey::probe::{
    Allow, Answer, Base, Clock, Names, NotAsked, Outcome, PlannedRequest, Prober, Question, Server, Settings,
};
use skelkey::secret::{FingerprintKey, Secret};

use crate::stub::{Script, Seen, Stub};

pub(crate) const NOW: &str = "2026-11-22T12:00:00Z";
pub(crate) const LOOPBACK: Allow = Allow { plain_http: true, private_addresses: true };

/// Stands still until someone sleeps.
pub(crate) struct FakeClock {
    now: Mutex<Timestamp>,
    pub(crate) slept: Mutex<Vec<Duration>>,
}

impl FakeClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { now: Mutex::new(NOW.parse().unwrap()), slept: Mutex::default() })
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    fn sleep(&self, duration: Duration) {
        self.slept.lock().unwrap().push(duration);
        let mut now = self.now.lock().unwrap();
        *now = now.checked_add(SignedDuration::try_from(duration).unwrap()).unwrap();
    }
}

/// Every name leads to these addresses; the names asked for are recorded.
pub(crate) struct FakeNames {
    pub(crate) addresses: Vec<IpAddr>,
    pub(crate) asked: Mutex<Vec<String>>,
}

impl FakeNames {
    pub(crate) fn new(addresses: &[&str]) -> Arc<Self> {
        Arc::new(Self { addresses: addresses.iter().map(|a| a.parse().unwrap()).collect(), asked: Mutex::default() })
    }
}

impl Names for FakeNames {
    fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        self.asked.lock().unwrap().push(host.to_owned());
        Ok(self.addresses.clone())
    }
}

/// Settings for tests: no pause between requests, short time-outs, and no name leads anywhere.
pub(crate) fn settings(clock: &Arc<FakeClock>) -> Settings {
    let mut settings = Settings::new(Arc::clone(clock) as Arc<dyn Clock>);
    settings.names = FakeNames::new(&[]);
    settings.limits.interval = Duration::ZERO;
    settings.limits.connect = Duration::from_secs(5);
    settings.limits.total = Duration::from_secs(5);
    settings
}

pub(crate) fn server(issuer: &Issuer, url: &str) -> Server {
    Server { issuer: issuer.clone(), base: Base::parse(url, LOOPBACK).unwrap() }
}

/// A question in plain words.
#[derive(Clone)]
pub(crate) struct Ask {
    pub(crate) issuer: Issuer,
    pub(crate) proved: bool,
    pub(crate) key: String,
    pub(crate) host: Option<String>,
    pub(crate) packages: Vec<String>,
    pub(crate) decoded: Option<KeyFacts>,
    /// The same key asked again as if it were another.
    pub(crate) round: usize,
}

impl Ask {
    pub(crate) fn new(issuer: Issuer, key: impl Into<String>) -> Self {
        Self { issuer, proved: true, key: key.into(), host: None, packages: Vec::new(), decoded: None, round: 0 }
    }

    pub(crate) fn host(mut self, host: &str) -> Self {
        self.host = Some(host.to_owned());
        self
    }

    pub(crate) fn packages(mut self, ids: &[&str]) -> Self {
        self.packages = ids.iter().map(|&id| id.to_owned()).collect();
        self
    }

    fn with<T>(&self, act: impl FnOnce(&Question<'_>) -> T) -> T {
        let secret = Secret::new(self.key.as_bytes());
        let fingerprint =
            FingerprintKey::published(None).of_secret(&format!("test {}", self.round), self.key.as_bytes());
        act(&Question {
            issuer: &self.issuer,
            issuer_proved: self.proved,
            secret: &secret,
            fingerprint: &fingerprint,
            decoded: self.decoded.as_ref(),
            host: self.host.as_deref(),
            packages: &self.packages,
        })
    }

    /// Asks, and checks that nothing printable holds the key.
    pub(crate) fn of(&self, prober: &Prober) -> Outcome {
        let outcome = self.with(|question| prober.ask(question));
        assert!(!format!("{outcome:?} {prober:?}").contains(&self.key), "the key is printed");
        if let Outcome::NotAsked(reason) = &outcome {
            assert!(!reason.to_string().contains(&self.key), "the reason holds the key");
        }
        outcome
    }

    /// Looks the key up, and checks that nothing printable holds it.
    pub(crate) fn look_up(&self, prober: &Prober) -> Vec<Outcome> {
        let outcomes = self.with(|question| prober.look_up(question));
        assert!(!format!("{outcomes:?}").contains(&self.key), "the key is printed");
        outcomes
    }

    pub(crate) fn plan(&self, prober: &Prober) -> Result<Vec<PlannedRequest>, NotAsked> {
        self.with(|question| prober.plan(question))
    }

    /// Asks a scripted server in the place of the issuer's own, and checks every request that arrived.
    pub(crate) fn of_script(&self, header: &str, script: Vec<Script>) -> (Answer, Vec<Seen>) {
        let stub = Stub::new(script);
        let mut settings = settings(&FakeClock::new());
        let mut ask = self.clone();
        if ask.host.as_deref() == Some("own") {
            settings.own.push(server(&self.issuer, &stub.url()));
            ask.host = Some(stub.host());
        } else {
            settings.instead.push(server(&self.issuer, &stub.url()));
        }
        let prober = Prober::new(settings).unwrap();
        let planned = ask.plan(&prober).unwrap();
        let answer = answered(ask.of(&prober));
        let seen = stub.seen();
        check_requests(&seen, &self.key, header, &stub.host());
        for (request, plan) in seen.iter().zip(&planned) {
            assert_eq!(format!("{}{}", stub.url(), request.path), plan.url, "what is sent is what was planned");
        }
        assert_eq!(answer.requests, seen.len());
        assert_eq!(answer.facts.issuer.as_ref(), Some(&self.issuer));
        assert!(answer.facts.state_reason.is_some(), "every state has a reason");
        (answer, seen)
    }

    /// The facts alone.
    pub(crate) fn facts(&self, header: &str, script: Script) -> KeyFacts {
        self.of_script(header, vec![script]).0.facts
    }
}

pub(crate) fn answered(outcome: Outcome) -> Answer {
    match outcome {
        Outcome::Answered(answer) => *answer,
        Outcome::NotAsked(reason) => panic!("not asked: {reason}"),
    }
}

pub(crate) fn not_asked(outcome: Outcome) -> NotAsked {
    match outcome {
        Outcome::NotAsked(reason) => reason,
        Outcome::Answered(answer) => panic!("asked: {answer:?}"),
    }
}

/// Only GET, only this host, the key in its one header alone.
pub(crate) fn check_requests(seen: &[Seen], key: &str, header: &str, host: &str) {
    for request in seen {
        assert_eq!(request.method, "GET");
        assert_eq!(request.header("host"), Some(host));
        assert_eq!(request.header("content-length"), None, "no body");
        assert_eq!(request.header("user-agent"), Some(concat!("skelkey/", env!("CARGO_PKG_VERSION"))));
        assert!(!request.path.contains(key), "nothing secret in the address");
        let (name, scheme) = header.split_once(' ').unwrap_or((header, ""));
        let wanted = if scheme.is_empty() { key.to_owned() } else { format!("{scheme} {key}") };
        for (n, value) in &request.headers {
            assert_eq!(value.contains(key), n == name, "{n}");
        }
        assert_eq!(request.header(name), Some(wanted.as_str()));
    }
}

pub(crate) fn nuget_v4() -> String {
    format!("{}{}", "oy2", "a2".repeat(22).get(..43).unwrap())
}

pub(crate) fn nuget_v5(environment: char) -> String {
    ["a".repeat(52).as_str(), "JQQJ99", "CHN5", &environment.to_string(), "00000gTJPS00C", "NUGT", "4VQd"].concat()
}

pub(crate) fn npm() -> String {
    format!("{}{}", "npm_", "Z".repeat(36))
}

pub(crate) fn crates_io() -> String {
    format!("{}{}", "cio", "Q7".repeat(16))
}

pub(crate) fn rubygems() -> String {
    format!("{}{}", "rubygems_", "0a".repeat(24))
}

pub(crate) fn gitlab() -> String {
    format!("{}{}", "glpat-", "x9".repeat(10))
}

pub(crate) fn github() -> String {
    format!("{}{}", "ghp_", "R".repeat(36))
}

pub(crate) fn hex() -> String {
    "0f".repeat(16)
}

pub(crate) fn hugging_face() -> String {
    format!("{}{}", "hf_", "Ab".repeat(17))
}

pub(crate) fn jfrog() -> String {
    format!("{}{}", "cmVmd", "A".repeat(59))
}
