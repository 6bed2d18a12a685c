//! The seam to the issuers: who is asked about a key, if anybody.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::IssuerBasis;
use crate::issuer::Issuer;
use crate::key::{Dossier, Evidence, KeyFacts};
use crate::probe::{NotAsked, Outcome, PlannedRequest, Prober, Question};
use crate::secret::{Fingerprint, Secret};

/// Asks issuers. It is handed in, so that a run without it cannot reach the network.
pub struct Asking<'p> {
    /// The one that asks.
    pub prober: &'p Prober,
    /// Only these issuers; `None` for all that can be asked.
    pub only: Option<BTreeSet<Issuer>>,
    /// Say what would be sent instead of sending it.
    pub dry_run: bool,
}

/// Everything known of a key when its turn comes.
pub(super) struct Turn<'a> {
    pub(super) issuer: &'a Issuer,
    pub(super) basis: &'a IssuerBasis,
    pub(super) secret: &'a Secret,
    pub(super) fingerprint: &'a Fingerprint,
    pub(super) decoded: Option<&'a KeyFacts>,
    pub(super) host: Option<&'a str>,
    pub(super) packages: &'a [String],
    /// How people know the key, for a note.
    pub(super) label: String,
}

/// What making the findings left behind for the report.
#[derive(Default)]
pub(super) struct Log {
    pub(super) asked: BTreeMap<(Issuer, String), usize>,
    pub(super) notes: Vec<String>,
    pub(super) used: super::covers::Used,
}

impl Asking<'_> {
    /// Asks about one key, unless it is not this issuer's turn, and adds the answer to the dossier.
    pub(super) fn ask(&self, turn: &Turn<'_>, dossier: &mut Dossier, log: &mut Log) {
        if self.only.as_ref().is_some_and(|only| !only.contains(turn.issuer)) {
            return;
        }
        if let IssuerBasis::Unproved(why) = turn.basis {
            log.notes.push(format!("{}: not asked: {why}", turn.label));
            return;
        }
        let question = Question {
            issuer: turn.issuer,
            issuer_proved: true,
            secret: turn.secret,
            fingerprint: turn.fingerprint,
            decoded: turn.decoded,
            host: turn.host,
            packages: turn.packages,
        };
        if self.dry_run {
            self.plan(turn, &question, log);
            return;
        }
        let looked_up = self.prober.look_up(&question);
        let known = looked_up.iter().any(|outcome| matches!(outcome, Outcome::Answered(_)));
        for outcome in looked_up {
            take(turn, outcome, dossier, log);
        }
        match self.prober.ask(&question) {
            // The owner's own list has told what there is to tell.
            Outcome::NotAsked(NotAsked::NoProbe(_) | NotAsked::OtherClass(_)) if known => {}
            outcome => take(turn, outcome, dossier, log),
        }
    }

    fn plan(&self, turn: &Turn<'_>, question: &Question<'_>, log: &mut Log) {
        let look_ups = self.prober.plan_look_up(question);
        for plan in look_ups.into_iter().chain([self.prober.plan(question)]) {
            match plan {
                Ok(requests) => log.notes.extend(requests.iter().map(|request| {
                    let PlannedRequest { method, url, carries, headers, when } = request;
                    let headers = headers.join(", ");
                    format!(
                        "{}: would send {method} {url} ({when}; headers: {headers}; the key: {carries})",
                        turn.label
                    )
                })),
                Err(why) => log.notes.push(format!("{}: would not be asked: {why}", turn.label)),
            }
        }
    }
}

/// Adds an answer to what is known of the key, or says why there is none.
fn take(turn: &Turn<'_>, outcome: Outcome, dossier: &mut Dossier, log: &mut Log) {
    match outcome {
        Outcome::Answered(answer) => {
            *log.asked.entry((turn.issuer.clone(), answer.host.clone())).or_default() += answer.requests;
            dossier.add(Evidence::Probed { at: answer.at, host: answer.host }, answer.facts);
        }
        Outcome::NotAsked(why) => log.notes.push(format!("{}: not asked: {why}", turn.label)),
    }
}
