//! From a question to an answer: whom to ask, whether to ask at all, and each key only once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::base::{Allow, Base, normal_host};
use super::client::{Client, Credential};
use super::issuer::{About, Line, Probe, Subject};
use super::question::{Answer, NotAsked, Outcome, PlannedRequest, Question};
use super::settings::{Server, Settings, SettingsError};
use super::{PROBES, probe};
use crate::issuer::Issuer;
use crate::key::{Expiry, KeyFacts};
use crate::secret::{Fingerprint, Secret};

/// One question: this key, at this issuer, for this host.
type QuestionId = (Fingerprint, Issuer, Option<String>);

/// Asks the issuers, for one run. It may be shared between threads; a key is asked about once all the same.
pub struct Prober {
    settings: Settings,
    client: Client,
    public: BTreeMap<Issuer, Base>,
    answers: Mutex<BTreeMap<QuestionId, Arc<OnceLock<Outcome>>>>,
}

/// What was settled before anything is sent.
struct Ready<'q> {
    probe: &'static dyn Probe,
    subject: Subject<'q>,
    host_proved: bool,
}

impl Prober {
    /// A prober for one run.
    ///
    /// # Errors
    /// When the CA bundle, a proxy or the TLS set-up cannot be used.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let public = public_bases(&settings.instead);
        let own = settings.own.iter().map(|server| &server.base);
        let bases: Vec<&Base> = public.values().chain(own).collect();
        let client = Client::new(&settings, &bases)?;
        Ok(Self { client, public, answers: Mutex::default(), settings })
    }

    /// Asks about a key, or says why not. The first answer of a run holds for its later questions.
    pub fn ask(&self, question: &Question<'_>) -> Outcome {
        let host = question.host.map(|host| normal_host(host).unwrap_or_else(|| host.to_owned()));
        let id = (question.fingerprint.clone(), question.issuer.clone(), host);
        let cell = {
            let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(answers.entry(id).or_default())
        };
        // The lock is free again here: only questions about this very key wait for each other.
        cell.get_or_init(|| self.ask_now(question)).clone()
    }

    /// The requests that [`Self::ask`] would send at most, in order.
    ///
    /// # Errors
    /// Why it would send none.
    pub fn plan(&self, question: &Question<'_>) -> Result<Vec<PlannedRequest>, NotAsked> {
        let (ready, base) = self.ready(question)?;
        let about = ready.probe.about();
        let mut headers = vec![about.header.name, "accept", "user-agent"];
        headers.extend(about.extra.iter().map(|(name, _)| *name));
        let steps = ready.probe.steps(ready.subject);
        Ok(steps.iter().map(|s| PlannedRequest::new(base, &s.segments, headers.clone(), s.when)).collect())
    }

    fn ask_now(&self, question: &Question<'_>) -> Outcome {
        match self.ready(question).and_then(|(ready, base)| self.send(&ready, base, question)) {
            Ok(answer) => Outcome::Answered(Box::new(answer)),
            Err(reason) => Outcome::NotAsked(reason),
        }
    }

    /// Everything that can be settled without sending anything.
    fn ready<'q, 's>(&'s self, question: &Question<'q>) -> Result<(Ready<'q>, &'s Base), NotAsked> {
        let probe = probe(question.issuer).ok_or_else(|| NotAsked::NoProbe(question.issuer.clone()))?;
        if !question.issuer_proved {
            return Err(NotAsked::IssuerNotProved(question.issuer.clone()));
        }
        if let Some(Expiry::At(end)) = question.decoded.and_then(|facts| facts.expires.said())
            && *end <= self.settings.clock.now()
        {
            return Err(NotAsked::Ended(*end));
        }
        let (base, own_server, host_proved) = self.whom(probe.about(), question)?;
        let packages = &question.packages[..question.packages.len().min(self.settings.limits.packages)];
        let subject = Subject { key: text(question.secret)?, packages, own_server };
        probe.admits(subject).map_err(NotAsked::OtherClass)?;
        Ok((Ready { probe, subject, host_proved }, base))
    }

    /// Whom to ask: the base, whether it is a server of the user's own, and whether the key is known to be for it.
    fn whom(&self, about: &About, question: &Question<'_>) -> Result<(&Base, bool, bool), NotAsked> {
        let issuer = question.issuer;
        let own = || self.settings.own.iter().filter(|server| server.issuer == *issuer).map(|server| &server.base);
        if let Some(written) = question.host {
            let host = normal_host(written).ok_or_else(|| NotAsked::HostNotConfirmed(issuer.clone(), None))?;
            if let Some(base) = own().find(|base| base.host() == host) {
                return Ok((base, true, true));
            }
            return match self.public.get(issuer) {
                Some(base) if about.hosts.contains(&host.as_str()) => Ok((base, false, true)),
                _ => Err(NotAsked::HostNotConfirmed(issuer.clone(), Some(host))),
            };
        }
        if let (true, Some(base)) = (about.public_by_default, self.public.get(issuer)) {
            return Ok((base, false, true));
        }
        let mut own = own();
        match (own.next(), own.next()) {
            (Some(base), None) => Ok((base, true, false)),
            _ => Err(NotAsked::HostNotKnown(issuer.clone())),
        }
    }

    fn send(&self, ready: &Ready<'_>, base: &Base, question: &Question<'_>) -> Result<Answer, NotAsked> {
        let about = ready.probe.about();
        let host = base.host();
        self.client.open(base).map_err(|failure| NotAsked::Closed(failure.sentence(&host)))?;
        let credential = Credential::new(about.header, question.secret).ok_or(NotAsked::NotText)?;
        let at = self.settings.clock.now();
        let mut line = Line {
            client: &self.client,
            base,
            credential,
            extra: about.extra,
            host_proved: ready.host_proved,
            sent: 0,
            now: at,
        };
        let facts = match ready.probe.ask(ready.subject, &mut line) {
            Ok(facts) => facts,
            Err(failure) if line.sent == 0 => return Err(NotAsked::Closed(failure.sentence(&host))),
            Err(failure) => KeyFacts { state_reason: Some(failure.sentence(&host)), ..KeyFacts::default() },
        };
        let mut facts = without_key(facts, ready.subject.key, &host);
        facts.issuer = Some(question.issuer.clone());
        Ok(Answer { facts, host, at, requests: line.sent })
    }
}

impl std::fmt::Debug for Prober {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let own: Vec<_> = self.settings.own.iter().map(|server| &server.base).collect();
        f.debug_struct("Prober").field("public", &self.public).field("own", &own).finish_non_exhaustive()
    }
}

/// The key as text; every format that can be asked about is printable ASCII.
fn text(secret: &Secret) -> Result<&str, NotAsked> {
    let bytes = secret.expose_for_request();
    std::str::from_utf8(bytes)
        .ok()
        .filter(|text| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic()))
        .ok_or(NotAsked::NotText)
}

/// A server that sends the key back must not bring it into a report.
fn without_key(facts: KeyFacts, key: &str, host: &str) -> KeyFacts {
    let clean = serde_json::to_string(&facts).is_ok_and(|text| !text.contains(key));
    if clean {
        return facts;
    }
    let reason = format!("{host} repeated the key in its answer, which is therefore not kept");
    KeyFacts { state: facts.state, state_reason: Some(reason), ..KeyFacts::default() }
}

/// Each issuer's public base, or what is asked in its place.
fn public_bases(instead: &[Server]) -> BTreeMap<Issuer, Base> {
    let mut bases = BTreeMap::new();
    for probe in PROBES {
        let about = probe.about();
        let own = about.public.and_then(|address| Base::parse(address, Allow::default()).ok());
        bases.extend(own.map(|base| (about.issuer.clone(), base)));
    }
    bases.extend(instead.iter().map(|server| (server.issuer.clone(), server.base.clone())));
    bases
}
