//! From a question to an answer: whom to ask, whether to ask at all, and each key only once.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::base::{Allow, Base, normal_host};
use super::carrier::Credential;
use super::client::Client;
use super::issuer::{About, Line, Named, Probe, Subject};
use super::question::{Answer, NotAsked, Outcome, PlannedRequest, Question};
use super::settings::{Server, Settings, SettingsError};
use super::{PROBES, probes, tenant};
use crate::issuer::Issuer;
use crate::key::{Expiry, KeyFacts};
use crate::secret::Fingerprint;

/// One question: this key, at this issuer, for this host, in this list of the owner's.
type QuestionId = (Fingerprint, Issuer, Option<String>, &'static str);

/// Asks the issuers, for one run. It may be shared between threads; a key is asked about once all the same.
pub struct Prober {
    settings: Settings,
    client: Client,
    answers: Mutex<BTreeMap<QuestionId, Arc<OnceLock<Outcome>>>>,
}

/// What was settled before anything is sent.
struct Ready<'q> {
    probe: &'static dyn Probe,
    subject: Subject<'q>,
    base: Base,
    host_proved: bool,
}

/// Whom to ask.
struct Whom {
    base: Base,
    own_server: bool,
    /// The key is known to be for it; if not, its refusal proves nothing.
    proved: bool,
}

impl Prober {
    /// A prober for one run.
    ///
    /// # Errors
    /// When the CA bundle, a proxy or the TLS set-up cannot be used.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let set = |probe: &&'static dyn Probe| {
            let about = probe.about();
            std::iter::once(about.issuer)
                .chain(about.also)
                .filter_map(|issuer| set_base(about, issuer, &settings.instead))
                .collect::<Vec<_>>()
        };
        let public: Vec<Base> = PROBES.iter().flat_map(set).collect();
        let own = settings.own.iter().map(|server| &server.base);
        let bases: Vec<&Base> = public.iter().chain(own).collect();
        let named = PROBES.iter().filter(|probe| settings.named.contains(probe.about().issuer));
        let posts = named.filter_map(|probe| Some((set(probe).pop()?, probe.post()?)));
        let client = Client::new(&settings, &bases, posts)?;
        Ok(Self { client, answers: Mutex::default(), settings })
    }

    /// Asks about a key, or says why not. The first answer of a run holds for its later questions.
    pub fn ask(&self, question: &Question<'_>) -> Outcome {
        self.once(question, "", || match self.probe(question) {
            Ok(probe) => self.ask_now(probe, question),
            Err(why) => Outcome::NotAsked(why),
        })
    }

    /// Looks a key up where its owner's own credential is at hand, without sending the key anywhere.
    pub fn look_up(&self, question: &Question<'_>) -> Vec<Outcome> {
        let look_ups = self.look_ups(question);
        let ask = |probe: &&'static dyn Probe| {
            let list = probe.about().requests.first().map_or("", |request| request.path);
            self.once(question, list, || self.ask_now(*probe, question))
        };
        look_ups.iter().map(ask).collect()
    }

    /// The requests that [`Self::ask`] would send at most, in order.
    ///
    /// # Errors
    /// Why it would send none.
    pub fn plan(&self, question: &Question<'_>) -> Result<Vec<PlannedRequest>, NotAsked> {
        self.plan_of(self.probe(question)?, question)
    }

    /// The requests that [`Self::look_up`] would send at most, in order.
    pub fn plan_look_up(&self, question: &Question<'_>) -> Vec<Result<Vec<PlannedRequest>, NotAsked>> {
        self.look_ups(question).into_iter().map(|probe| self.plan_of(probe, question)).collect()
    }

    fn plan_of(&self, probe: &'static dyn Probe, question: &Question<'_>) -> Result<Vec<PlannedRequest>, NotAsked> {
        let ready = self.ready(probe, question)?;
        Credential::new(probe.about().carrier, ready.subject)?;
        let steps = probe.steps(ready.subject);
        Ok(steps.iter().map(|step| PlannedRequest::new(&ready.base, step, probe.about())).collect())
    }

    /// The first answer to a question of this sort.
    fn once(&self, question: &Question<'_>, sort: &'static str, ask: impl FnOnce() -> Outcome) -> Outcome {
        let host = question.host.map(|host| normal_host(host).unwrap_or_else(|| host.to_owned()));
        let id = (question.fingerprint.clone(), question.issuer.clone(), host, sort);
        let cell = {
            let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(answers.entry(id).or_default())
        };
        // The lock is free again here: only questions about this very key wait for each other.
        cell.get_or_init(ask).clone()
    }

    /// The way to ask that takes this class of key; else why the first one does not.
    fn probe(&self, question: &Question<'_>) -> Result<&'static dyn Probe, NotAsked> {
        let mut why = NotAsked::NoProbe(question.issuer.clone());
        let ways = probes(question.issuer).filter(|probe| probe.about().carrier.variable().is_none());
        let whole = question.secret.expose_for_request().iter().all(u8::is_ascii_graphic);
        for (number, probe) in ways.enumerate() {
            if !whole && probe.about().carrier.sends_key() {
                why = if number == 0 { NotAsked::NotText } else { why };
                continue;
            }
            match probe.admits(self.subject(question, false)?) {
                Ok(()) => return Ok(probe),
                // On a server of the user's own the issuer may take more; `ready` asks again with the server known.
                Err(_) if self.owns(question) && probe.admits(self.subject(question, true)?).is_ok() => {
                    return Ok(probe);
                }
                Err(reason) if number == 0 => why = NotAsked::OtherClass(reason),
                Err(_) => {}
            }
        }
        Err(why)
    }

    /// The look-ups whose credential is at hand and that know this class of key.
    fn look_ups(&self, question: &Question<'_>) -> Vec<&'static dyn Probe> {
        let Ok(subject) = self.subject(question, false) else { return Vec::new() };
        let at_hand = |probe: &&'static dyn Probe| {
            let needed = probe.about().carrier.needed();
            !needed.is_empty() && needed.iter().all(|variable| self.settings.variables.contains_key(variable))
        };
        probes(question.issuer).filter(at_hand).filter(|probe| probe.admits(subject).is_ok()).collect()
    }

    fn ask_now(&self, probe: &'static dyn Probe, question: &Question<'_>) -> Outcome {
        match self.ready(probe, question).and_then(|ready| self.send(&ready)) {
            Ok(answer) => Outcome::Answered(Box::new(answer)),
            Err(reason) => Outcome::NotAsked(reason),
        }
    }

    fn subject<'q>(&'q self, question: &Question<'q>, own_server: bool) -> Result<Subject<'q>, NotAsked> {
        let packages = &question.packages[..question.packages.len().min(self.settings.limits.packages)];
        Ok(Subject {
            key: std::str::from_utf8(question.secret.expose_for_request()).map_err(|_| NotAsked::NotText)?,
            issuer: question.issuer,
            packages,
            own_server,
            decoded: question.decoded,
            host: question.host,
            variables: &self.settings.variables,
        })
    }

    /// Everything that can be settled without sending anything.
    fn ready<'q>(&'q self, probe: &'static dyn Probe, question: &Question<'q>) -> Result<Ready<'q>, NotAsked> {
        let about = probe.about();
        if !question.issuer_proved {
            return Err(NotAsked::IssuerNotProved(question.issuer.clone()));
        }
        if let Some(Expiry::At(end)) = question.decoded.and_then(|facts| facts.expires.said())
            && *end <= self.settings.clock.now()
        {
            return Err(NotAsked::Ended(*end));
        }
        if let Some(why) = about.only_by_name
            && !self.settings.named.contains(question.issuer)
        {
            return Err(NotAsked::OnlyByName(question.issuer.clone(), why));
        }
        let whom = self.whom(probe, question)?;
        let subject = self.subject(question, whom.own_server)?;
        probe.admits(subject).map_err(NotAsked::OtherClass)?;
        Ok(Ready { probe, subject, base: whom.base, host_proved: whom.proved })
    }

    fn own<'s>(&'s self, issuer: &'s Issuer) -> impl Iterator<Item = &'s Base> {
        self.settings.own.iter().filter(|server| server.issuer == *issuer).map(|server| &server.base)
    }

    /// The user's server at this host; at this name, if what stands near the key leaves the port out and there is one.
    fn own_at<'s>(&'s self, issuer: &'s Issuer, host: &str) -> Option<&'s Base> {
        if let Some(base) = self.own(issuer).find(|base| base.host() == host) {
            return Some(base);
        }
        let mut named = self.own(issuer).filter(|base| base.name() == host);
        named.next().filter(|_| named.next().is_none())
    }

    /// Whether the user has a server of this issuer's kind.
    fn owns(&self, question: &Question<'_>) -> bool {
        self.own(question.issuer).next().is_some()
    }

    /// Whom to ask: the server that stands near the key if it is one of the issuer's or the user's, and no other.
    fn whom(&self, probe: &dyn Probe, question: &Question<'_>) -> Result<Whom, NotAsked> {
        let issuer = question.issuer;
        let about = probe.about();
        let set = set_base(about, issuer, &self.settings.instead);
        let public = |base, proved| Whom { base, own_server: false, proved };
        if about.carrier.variable().is_some() {
            return self.list(probe, question, set);
        }
        if let Some(written) = question.host {
            let host = normal_host(written).ok_or_else(|| NotAsked::HostNotConfirmed(issuer.clone(), None))?;
            if let Some(base) = self.own_at(issuer, &host) {
                return Ok(Whom { base: base.clone(), own_server: true, proved: true });
            }
            return match (set, tenant::base(&host, about.tenants)) {
                (Some(base), _) if about.hosts.contains(&host.as_str()) => Ok(public(base, true)),
                (set, Some(base)) => Ok(public(set.unwrap_or(base), false)),
                _ => Err(NotAsked::HostNotConfirmed(issuer.clone(), Some(host))),
            };
        }
        if let Some(Named { host, by_key }) = probe.host(self.subject(question, false)?) {
            match (set.clone(), tenant::base(&host, about.tenants)) {
                (Some(base), _) if about.hosts.contains(&host.as_str()) => return Ok(public(base, by_key)),
                (set, Some(base)) => return Ok(public(set.unwrap_or(base), by_key)),
                _ => {}
            }
        }
        if let (true, Some(base)) = (about.public_by_default, set) {
            return Ok(public(base, true));
        }
        let mut own = self.own(issuer);
        match (own.next(), own.next()) {
            (Some(base), None) => Ok(Whom { base: base.clone(), own_server: true, proved: false }),
            _ => Err(NotAsked::HostNotKnown(issuer.clone())),
        }
    }

    /// Whom to ask for the owner's list: the issuer's public server, wherever the key is used. Where there are servers of
    /// the user's own, the owner's credential is for the one that is configured; it goes to no other, and not at all if
    /// there are several or if the key is for another.
    fn list(&self, probe: &dyn Probe, question: &Question<'_>, set: Option<Base>) -> Result<Whom, NotAsked> {
        let (issuer, about) = (question.issuer, probe.about());
        if let (true, Some(base)) = (about.public_by_default, set.clone()) {
            return Ok(Whom { base, own_server: false, proved: true });
        }
        let written = match question.host {
            Some(written) => Some(normal_host(written).ok_or(NotAsked::HostNotConfirmed(issuer.clone(), None))?),
            None => None,
        };
        let elsewhere = |host: &str| NotAsked::HostNotConfirmed(issuer.clone(), Some(host.to_owned()));
        let mut own = self.own(issuer);
        match (own.next(), own.next(), set) {
            (Some(base), None, _) => match &written {
                Some(host) if *host != base.host() && *host != base.name() => Err(elsewhere(host)),
                _ => Ok(Whom { base: base.clone(), own_server: true, proved: written.is_some() }),
            },
            (Some(_), Some(_), _) => Err(NotAsked::Closed(format!(
                "the owner's credential is for one {issuer} server, and the configuration names several"
            ))),
            (None, _, Some(base)) => match &written {
                Some(host) if !about.hosts.contains(&host.as_str()) => Err(elsewhere(host)),
                _ => Ok(Whom { base, own_server: false, proved: written.is_some() }),
            },
            (None, ..) => Err(NotAsked::HostNotKnown(issuer.clone())),
        }
    }

    fn send(&self, ready: &Ready<'_>) -> Result<Answer, NotAsked> {
        let about = ready.probe.about();
        let host = ready.base.host();
        self.client.open(&ready.base).map_err(|failure| NotAsked::Closed(failure.sentence(&host)))?;
        let credential = Credential::new(about.carrier, ready.subject)?;
        let at = self.settings.clock.now();
        let owner = ready.subject.owner().unwrap_or_default();
        let mut line = Line {
            client: &self.client,
            base: &ready.base,
            credential,
            extra: about.extra.iter().map(|(name, value)| (*name, value.replace("{owner}", owner))).collect(),
            host_proved: ready.host_proved,
            sent: Cell::new(0),
            now: at,
        };
        let facts = match ready.probe.ask(ready.subject, &mut line) {
            Ok(facts) => facts,
            Err(failure) if line.sent.get() == 0 => return Err(NotAsked::Closed(failure.sentence(&host))),
            Err(failure) => KeyFacts { state_reason: Some(failure.sentence(&host)), ..KeyFacts::default() },
        };
        let mut facts = without_secrets(facts, ready.subject, &host);
        facts.issuer = Some(ready.subject.issuer.clone());
        Ok(Answer { facts, host, at, requests: line.sent.get() })
    }
}

impl std::fmt::Debug for Prober {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let own: Vec<_> = self.settings.own.iter().map(|server| &server.base).collect();
        f.debug_struct("Prober").field("own", &own).finish_non_exhaustive()
    }
}

/// A server that sends the key back, or the owner's own credential, must not bring it into a report.
fn without_secrets(facts: KeyFacts, subject: Subject<'_>, host: &str) -> KeyFacts {
    let own = subject.variables.iter().filter(|(name, _)| !super::PUBLIC_VARIABLES.contains(name));
    let own = own.filter_map(|(_, secret)| std::str::from_utf8(secret.expose_for_request()).ok());
    let text = serde_json::to_string(&facts);
    let clean = text.is_ok_and(|text| own.chain([subject.key]).all(|secret| !text.contains(secret)));
    if clean {
        return facts;
    }
    let reason = format!("{host} repeated the key in its answer, which is therefore not kept");
    KeyFacts { state: facts.state, state_reason: Some(reason), ..KeyFacts::default() }
}

/// The server that a way of asking goes to for all keys of the issuer: its own public one, or what the user set in its
/// place.
fn set_base(about: &About, issuer: &Issuer, instead: &[Server]) -> Option<Base> {
    if let Some(server) = instead.iter().rev().find(|server| server.issuer == *issuer) {
        return Some(server.base.clone());
    }
    let public = about.public.filter(|_| about.issuer == issuer)?;
    Base::parse(public, Allow::default()).ok()
}
