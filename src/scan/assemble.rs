//! The reducer: sightings → keys → findings. One thread, one order.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use crate::codeowners::{self, CodeOwners};
use crate::coverage::Coverage;
use crate::finding::{
    Asked, Finding, IssuerBasis, Mode, Part, Place, Published, Remedy, Report, Root, Subject, worst_first,
};
use crate::hygiene::{self, Case, Exposure, Judgement};
use crate::inventory::{self, JoinOutcome, Lists, NearbyNames};
use crate::issuer::Issuer;
use crate::key::{self, Dossier, Evidence, JoinStrength, KeyFacts, State};
use crate::packages::Publishes;
use crate::remedy::{self, Fields};
use crate::rules::{Identity, IssuerProof, RemedyTemplate, Rule};
use crate::secret::{Fingerprint, FingerprintKey, Secret};

use super::ask::Log;
use super::clues::Clues;
use super::covers::{Covers, Used};
use super::scrub::Scrub;
use super::sighting::{Comment, Sighting, mask};
use super::{Asker, Scanner};

/// What all findings of one run share.
pub(super) struct Assembly<'a> {
    scanner: &'a Scanner,
    roots: &'a [Root],
    key: FingerprintKeyRef<'a>,
    published: BTreeMap<Issuer, Vec<String>>,
    known: BTreeMap<Issuer, Vec<String>>,
    lists: Lists<'a>,
    clues: Clues,
    /// Of each root.
    code_owners: Vec<CodeOwners>,
    /// Those of all keys so far, each once.
    remedies: RefCell<HashSet<Arc<Remedy>>>,
}

/// The owner's key, or the published one made for this run.
enum FingerprintKeyRef<'a> {
    Owner(&'a FingerprintKey),
    Published(FingerprintKey),
}

impl FingerprintKeyRef<'_> {
    fn get(&self) -> &FingerprintKey {
        match self {
            Self::Owner(key) => key,
            Self::Published(key) => key,
        }
    }
}

/// How often a rule found something in one variable of one version of one file.
type Slots = BTreeMap<(usize, Option<usize>, String, String, Option<String>), usize>;

/// What is known of a key before its issuer is asked.
#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "probe"), expect(dead_code, reason = "read by the version that asks"))]
struct Known<'k> {
    rule: &'k Rule,
    group: &'k Group,
    issuer: &'k Issuer,
    basis: &'k IssuerBasis,
    host: Option<&'k str>,
}

/// One key with all its sightings, the strongest first. The secret lives here and nowhere else.
struct Group {
    fingerprint: Fingerprint,
    /// What the key's own text says.
    decoded: Option<KeyFacts>,
    sightings: Vec<Sighting>,
}

impl Group {
    fn first(&self) -> &Sighting {
        &self.sightings[0]
    }

    fn secret(&self) -> &Secret {
        &self.first().found.secret
    }
}

impl<'a> Assembly<'a> {
    pub(super) fn new(scanner: &'a Scanner, roots: &'a [Root], project_files: Vec<Publishes>, clues: Clues) -> Self {
        let settings = scanner.settings();
        let key = match &settings.fingerprint_key {
            Some(key) => FingerprintKeyRef::Owner(key),
            None => FingerprintKeyRef::Published(FingerprintKey::published(shared_remote(roots))),
        };
        let published = by_issuer(project_files);
        let known = known_packages(scanner, &published);
        let code_owners = roots.iter().map(|root| owners_of(&root.path)).collect();
        let lists = Lists::of(&settings.inventories);
        Self { scanner, roots, key, published, known, lists, clues, code_owners, remedies: RefCell::default() }
    }

    pub(super) fn report(
        &self,
        sightings: Vec<Sighting>,
        mut notes: Vec<String>,
        comments: &[Comment],
        coverage: Coverage,
        ask: Asker<'_>,
    ) -> Report {
        let settings = self.scanner.settings();
        let mut unseen = Vec::new();
        let mut findings = Vec::new();
        let mut log = Log::default();
        let mut groups = self.group(sightings);
        if let Some(only) = &settings.only {
            groups.retain(|group| only.contains(&group.fingerprint.to_string()));
        }
        let mut joins: Vec<JoinOutcome> = groups.iter().map(|group| self.join(group)).collect();
        inventory::settle(&mut joins);
        for (group, join) in groups.into_iter().zip(joins) {
            if group.first().found.confidence < settings.confidence {
                self.cover_unseen(&group, &mut log.used);
                unseen.push(group.fingerprint);
            } else {
                findings.push(self.finding(group, &join, ask, &mut log));
            }
        }
        for inventory in &settings.inventories {
            notes.extend(inventory.notes.iter().map(|note| format!("{}: {note}", inventory.path.display())));
        }
        notes.extend(log.notes);
        notes.extend(
            self.code_owners
                .iter()
                .flat_map(|owners| &owners.mistakes)
                .map(|line| format!("CODEOWNERS:{line}: no pattern that the code host reads; nobody answers for it")),
        );
        notes.extend(log.used.told(comments, settings));
        worst_first(&mut findings);
        let mut scrub = Scrub::new(self.scanner.detector());
        findings.iter_mut().flat_map(|finding| &mut finding.places).for_each(|place| scrub.place(place));
        findings.iter_mut().flat_map(|finding| &mut finding.parts).for_each(|part| scrub.part(part));
        scrub.names(&mut notes);
        notes.sort();
        notes.dedup();
        let mut roots = self.roots.to_vec();
        for root in &mut roots {
            scrub.root(root);
        }
        let mut report = Report {
            mode: Mode::Files,
            compared: false,
            now: settings.now,
            now_is_given: settings.now_is_given,
            roots,
            fingerprint_key: self.key.get().kid().to_owned(),
            findings,
            suppressed: Vec::new(),
            gone: Vec::new(),
            below_confidence: unseen.len(),
            unseen,
            published: self
                .published
                .iter()
                .map(|(i, ids)| Published { issuer: i.clone(), ids: ids.clone() })
                .collect(),
            asked: log.asked.into_iter().map(|((issuer, host), requests)| Asked { issuer, host, requests }).collect(),
            notes,
            coverage,
        };
        report.set_aside();
        // Words of the configuration are shown, and nobody has looked through them yet.
        for reason in report.suppressed.iter_mut().filter_map(|aside| aside.suppression.reason.as_mut()) {
            scrub.name(reason);
        }
        report
    }

    /// Remembers what would set aside a key that nobody is told of: it covers something.
    fn cover_unseen(&self, group: &Group, used: &mut Used) {
        let covers = Covers::of(self.rule(group.first()), None, self.scanner.settings());
        let mut unseen = Used::default();
        for sighting in &group.sightings {
            covers.by(sighting, &self.rule(sighting).id, &mut unseen);
        }
        used.comments.extend(unseen.comments);
        used.allows.extend(unseen.allows);
    }

    /// Sightings of the same key together, in the order of each key's first sighting.
    fn group(&self, sightings: Vec<Sighting>) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        let mut at: BTreeMap<Fingerprint, usize> = BTreeMap::new();
        let mut slots = Slots::new();
        for sighting in sightings {
            let fingerprint = self.identify(&sighting, &mut slots);
            if let Some(&known) = at.get(&fingerprint) {
                groups[known].sightings.push(sighting);
            } else {
                at.insert(fingerprint.clone(), groups.len());
                groups.push(Group { fingerprint, decoded: None, sightings: vec![sighting] });
            }
        }
        for group in &mut groups {
            group
                .sightings
                .sort_by(|a, b| self.strength(b).cmp(&self.strength(a)).then_with(|| a.order().cmp(&b.order())));
            let decoded = with_parts(decode(self.rule(group.first()), group.secret()), &group.sightings);
            group.decoded = self.with_clues(decoded, group.first());
        }
        groups
    }

    /// The key's facts with what stands about it elsewhere in the same root.
    fn with_clues(&self, decoded: Option<KeyFacts>, first: &Sighting) -> Option<KeyFacts> {
        let key = (self.rule(first), &first.found.secret, first.root);
        self.clues.complete(decoded, key, self.scanner.settings().now, |place| {
            let mut place = crate::escape::visible(place).into_owned();
            self.scanner.mask(&mut place);
            place
        })
    }

    fn strength(&self, sighting: &Sighting) -> (crate::severity::Confidence, crate::rules::Kind, bool) {
        (sighting.found.confidence, self.rule(sighting).kind, sighting.found.issuer_in_context == Some(true))
    }

    fn identify(&self, sighting: &Sighting, slots: &mut Slots) -> Fingerprint {
        let rule = self.rule(sighting);
        match rule.identity {
            Identity::Value => self.key.get().of_secret(&rule.family, &canonical(rule, &sighting.found.secret)),
            Identity::Place => {
                let variable = sighting.found.variable.clone().unwrap_or_default();
                // Each version of a file counts anew, so that one slot is one key through all of history.
                let object = sighting.provenance.as_ref().and_then(|from| from.object.clone());
                let slot = (sighting.found.rule, sighting.root, sighting.path.clone(), variable.clone(), object);
                let ordinal = slots.entry(slot).and_modify(|n| *n += 1).or_insert(0);
                self.key.get().of_slot(&rule.id, &sighting.path, &variable, *ordinal)
            }
        }
    }

    fn rule(&self, sighting: &Sighting) -> &'a Rule {
        &self.scanner.rules().rules[sighting.found.rule]
    }

    /// Lets every witness speak about one key, judges it and fills in its remedy. Wipes the secret on return.
    fn finding(&self, group: Group, join: &JoinOutcome, ask: Asker<'_>, log: &mut Log) -> Finding {
        let settings = self.scanner.settings();
        let rule = self.rule(group.first());
        let mut dossier = Dossier::default();
        let guess = self.issuer(&group);
        if let Some(facts) = &group.decoded {
            dossier.add(Evidence::Decoded, facts.clone());
        }
        self.add_rows(join, &mut dossier);
        let (issuer, basis) = self.whose(rule, &group, guess, join);
        let named = |s: &Sighting| s.found.host.clone().or_else(|| s.parts.iter().find_map(|part| part.host.clone()));
        let host = group.sightings.iter().find_map(named);
        let known = Known { rule, group: &group, issuer: &issuer, basis: &basis, host: host.as_deref() };
        self.ask(ask, &known, &mut dossier, log);
        let judgement = self.judge(&known, &dossier, matches!(join, JoinOutcome::Shadow));
        let masked = mask(rule, group.secret());
        let remedy = self.shared(self.remedy(&known, &dossier, &judgement.state));
        let join = match join {
            JoinOutcome::NoList => None,
            outcome => Some(outcome.words(&issuer, &self.lists)),
        };
        let (fingerprint, confidence) = (group.fingerprint.clone(), group.first().found.confidence);
        let parts = self.parts(&group);
        let places = self.places(rule, group, &Covers::of(rule, Some(&judgement), settings), log);
        Finding {
            subject: Subject::LeakedKey,
            fingerprint,
            rule: rule.id.clone(),
            title: rule.title.clone(),
            masked,
            issuer,
            issuer_basis: basis,
            host,
            confidence,
            conflicts: dossier.conflicts(),
            dossier,
            join,
            judgement,
            remedy,
            by_place: rule.identity == Identity::Place,
            parts,
            places,
        }
    }

    /// The issuer and what proves it. A list that holds this very key proves whose it is.
    fn whose(&self, rule: &Rule, group: &Group, guess: Issuer, join: &JoinOutcome) -> (Issuer, IssuerBasis) {
        let basis = self.basis(rule, group, &guess);
        if let JoinOutcome::Found { inventory, record, strength } = join
            && *strength >= JoinStrength::Ends
            && let Some(listed) = &self.scanner.settings().inventories[*inventory].records[*record].facts.issuer
        {
            let basis = if matches!(basis, IssuerBasis::Unproved(_)) { IssuerBasis::Inventory } else { basis };
            return (listed.clone(), basis);
        }
        (guess, basis)
    }

    /// The issuer that the key itself names, or words near any of its places, or else its rule.
    #[expect(clippy::unused_self, reason = "reads like its neighbours")]
    fn issuer(&self, group: &Group) -> Issuer {
        if let Some(named) = group.decoded.as_ref().and_then(|facts| facts.issuer.clone())
            && group.first().found.issuer_in_context != Some(true)
        {
            return named;
        }
        let proved = group.sightings.iter().find(|s| s.found.issuer_in_context == Some(true));
        proved.unwrap_or_else(|| group.first()).found.issuer.clone()
    }

    /// One place that speaks of another server, or of another issuer, stands against all that prove it: the key may be
    /// that server's.
    fn basis(&self, rule: &Rule, group: &Group, issuer: &Issuer) -> IssuerBasis {
        if rule.issuer_proof == IssuerProof::Format {
            return IssuerBasis::Format;
        }
        let proofs = || group.sightings.iter().filter(|s| s.found.issuer_in_context == Some(true));
        if let Some(other) = proofs().find(|s| s.found.issuer != *issuer) {
            let other = &other.found.issuer;
            return IssuerBasis::Unproved(format!("one of its places speaks of {issuer} and another of {other}"));
        }
        let foreign = group.sightings.iter().any(|s| s.found.foreign_server);
        if !foreign && proofs().next().is_some() {
            IssuerBasis::Context
        } else if self.scanner.settings().assumed_issuers.contains(issuer) {
            IssuerBasis::Configuration
        } else {
            IssuerBasis::Unproved(unproved(rule, group, issuer, foreign))
        }
    }

    /// The row of the owner's list, by everything that stands near any of the key's places.
    fn join(&self, group: &Group) -> JoinOutcome {
        let settings = self.scanner.settings();
        let mut nearby = NearbyNames::default();
        for sighting in &group.sightings {
            nearby.merge(&sighting.nearby);
        }
        let decoded = group.decoded.as_ref();
        self.lists.join(group.secret(), &self.issuer(group), decoded, &nearby, settings.now)
    }

    /// What the joined row says, and the rows of other lists that are the same key.
    fn add_rows(&self, join: &JoinOutcome, dossier: &mut Dossier) {
        let JoinOutcome::Found { inventory, record, strength } = *join else { return };
        let lists = &self.scanner.settings().inventories;
        let twins = self.lists.twins(inventory, record).into_iter().map(|row| (row, JoinStrength::Name));
        for ((list, row), join) in std::iter::once(((inventory, record), strength)).chain(twins) {
            let (list, row) = (&lists[list], &lists[list].records[row]);
            let file = list.path.to_string_lossy().into_owned();
            dossier.add(Evidence::Inventory { file, line: row.line, join }, row.facts.clone());
        }
    }

    /// The issuer's turn to speak, if it may be asked.
    #[cfg(feature = "probe")]
    fn ask(&self, ask: Asker<'_>, known: &Known<'_>, dossier: &mut Dossier, log: &mut Log) {
        let Some(asking) = ask else { return };
        let Known { rule, group, issuer, basis, host } = *known;
        let turn = super::ask::Turn {
            issuer,
            basis,
            secret: group.secret(),
            fingerprint: &group.fingerprint,
            decoded: group.decoded.as_ref(),
            host,
            packages: self.known.get(issuer).map_or(&[], Vec::as_slice),
            label: format!("{} {} ({})", rule.title, mask(rule, group.secret()), group.fingerprint),
        };
        asking.ask(&turn, dossier, log);
    }

    /// Built without the means to ask.
    #[cfg(not(feature = "probe"))]
    #[expect(clippy::unused_self, reason = "the shape of the version that asks")]
    fn ask(&self, _: Asker<'_>, _: &Known<'_>, _: &mut Dossier, _: &mut Log) {}

    fn judge(&self, known: &Known<'_>, dossier: &Dossier, shadow: bool) -> Judgement {
        let settings = self.scanner.settings();
        let Known { rule, group, issuer, .. } = *known;
        let case = Case {
            dossier,
            issuer,
            exposure: Exposure::Leaked,
            default_severity: rule.severity,
            known_packages: self.known.get(issuer).map_or(&[], Vec::as_slice),
            missing_from_inventory: shadow,
            path: &group.first().path,
        };
        hygiene::judge(&case, &settings.policy, settings.now)
    }

    fn remedy(&self, known: &Known<'_>, dossier: &Dossier, state: &State) -> Remedy {
        if dossier.statements().iter().any(|statement| statement.facts.details.contains_key("canary")) {
            return remedy::of_canary();
        }
        let Known { rule, group, issuer, host, .. } = *known;
        let root = group.first().root.map(|root| &self.roots[root]);
        let repository = root.and_then(|root| root.repository.as_deref()).and_then(|remote| remote.split_once('/'));
        let workflow = group.sightings.iter().find_map(|s| s.path.strip_prefix(".github/workflows/"));
        let published = self.published.get(issuer).map_or(&[][..], Vec::as_slice);
        let all = self.known.get(issuer).map_or(&[][..], Vec::as_slice);
        let fields = Fields {
            key: dossier.name().or_else(|| listed_id(dossier)).map(str::to_owned),
            key_id: dossier.key_id().map(str::to_owned),
            owner: dossier.owner().map(str::to_owned),
            host: host.map(str::to_owned),
            packages: published.to_vec(),
            scope: Some(remedy::suggested_scope(issuer, published, all)).filter(|scope| !scope.is_empty()),
            repository: repository.map(|(_, path)| path.to_owned()),
            workflow: workflow.map(str::to_owned),
        };
        let remedy = remedy::fill(self.template(rule, issuer), &fields);
        if matches!(state, State::Inactive(_)) { remedy::of_dead_key(remedy) } else { remedy }
    }

    /// The same as that of an earlier key, if there is one.
    fn shared(&self, remedy: Remedy) -> Arc<Remedy> {
        let mut remedies = self.remedies.borrow_mut();
        if let Some(known) = remedies.get(&remedy) {
            return Arc::clone(known);
        }
        let remedy = Arc::new(remedy);
        remedies.insert(Arc::clone(&remedy));
        remedy
    }

    /// The rule's own remedy, or that of the provider whose key it turned out to be.
    fn template(&self, rule: &'a Rule, issuer: &Issuer) -> &'a RemedyTemplate {
        let providers = &self.scanner.rules().providers;
        let provider = providers.iter().find(|provider| provider.id == issuer.as_str());
        provider.filter(|_| rule.issuer != *issuer).map_or(&rule.remedy, |provider| &provider.remedy)
    }

    /// The other parts of the key: for each role the one at its surest place.
    fn parts(&self, group: &Group) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        for sighting in &group.sightings {
            for part in &sighting.parts {
                if parts.iter().all(|known| known.role != part.role) {
                    parts.push(Part {
                        role: part.role.clone(),
                        rule: self.scanner.rules().rules[part.rule].id.clone(),
                        text: part.text.clone(),
                        root: sighting.root,
                        path: sighting.path.clone(),
                        shown: sighting.shown.clone(),
                        region: part.region,
                    });
                }
            }
        }
        parts
    }

    fn places(&self, rule: &Rule, group: Group, covers: &Covers<'_>, log: &mut Log) -> Vec<Place> {
        let mut ordinals: BTreeMap<(Option<usize>, String), usize> = BTreeMap::new();
        let mut sightings = group.sightings;
        sightings.sort_by(|a, b| a.order().cmp(&b.order()));
        join_versions(&mut sightings);
        sightings
            .into_iter()
            .map(|sighting| {
                let ordinal =
                    ordinals.entry((sighting.root, sighting.path.clone())).and_modify(|n| *n += 1).or_insert(0);
                let repository = sighting.root.and_then(|root| self.roots[root].repository.as_deref()).unwrap_or("");
                let fingerprint = self.key.get().of_place(repository, &sighting.path, &group.fingerprint, *ordinal);
                let found_by = &self.rule(&sighting).id;
                let code_owners = sighting.root.and_then(|root| self.code_owners.get(root));
                let owners = code_owners.map(|owners| owners.of(&sighting.path)).unwrap_or_default();
                Place {
                    root: sighting.root,
                    suppressed: covers.by(&sighting, found_by, &mut log.used),
                    fingerprint,
                    rule: (*found_by != rule.id).then(|| found_by.clone()),
                    path: sighting.path,
                    shown: sighting.shown,
                    region: sighting.region,
                    variable: sighting.found.variable,
                    frame: sighting.frame,
                    provenance: sighting.provenance,
                    owners,
                }
            })
            .collect()
    }
}

/// One file that holds a key in a hundred versions is one place: its first version, with the window of all of them.
/// The sightings are sorted.
fn join_versions(sightings: &mut Vec<Sighting>) {
    let mut at = 0;
    while at < sightings.len() {
        let same = |other: &Sighting| (other.root, &other.path) == (sightings[at].root, &sightings[at].path);
        let end = at + sightings[at..].iter().take_while(|other| same(other)).count();
        let mut objects = BTreeSet::new();
        let Some(mut joined) = sightings[at].provenance.clone() else {
            at = end;
            continue;
        };
        objects.insert(joined.object.clone());
        for other in sightings[at..end].iter().filter_map(|sighting| sighting.provenance.as_ref()) {
            if objects.insert(other.object.clone()) {
                joined.absorb(other);
            }
        }
        let first = joined.object.clone();
        let first_commit = joined.commit.clone();
        let kept = sightings.drain(at..end).filter(|sighting| {
            let from = sighting.provenance.as_ref();
            from.is_some_and(|from| from.object == first && from.commit == first_commit)
        });
        let mut kept: Vec<Sighting> = kept.collect();
        for sighting in &mut kept {
            sighting.provenance = Some(joined.clone());
        }
        let next = at + kept.len();
        sightings.splice(at..at, kept);
        at = next;
    }
}

/// What the key's own text says, where the rule names a decoder.
fn decode(rule: &Rule, secret: &Secret) -> Option<KeyFacts> {
    let decoder = key::decoder(rule.decoder.as_deref()?)?;
    (decoder.decode)(secret.expose_for_decode())
}

/// The key's facts with what its other parts say, the part at the surest place first.
fn with_parts(decoded: Option<KeyFacts>, sightings: &[Sighting]) -> Option<KeyFacts> {
    let parts = sightings.iter().flat_map(|sighting| &sighting.parts).map(|part| part.facts.clone());
    let around = sightings.iter().find_map(|sighting| sighting.around.as_deref().cloned());
    let parts = parts.chain(around).filter(|facts| *facts != KeyFacts::default());
    parts.fold(decoded, |known, facts| {
        Some(known.map_or_else(|| facts.clone(), |known| known.completed_by(facts.clone())))
    })
}

/// Why nothing proves that the key is `issuer`'s, and what would. `foreign`: another server stands near it.
fn unproved(rule: &Rule, group: &Group, issuer: &Issuer, foreign: bool) -> String {
    if rule.reading.is_some() {
        return "a value without a form of its own does not tell who issued it".to_owned();
    }
    let near = if foreign {
        format!("a server near it is not known to be {issuer}'s")
    } else if group.sightings.iter().any(|sighting| sighting.is_called_after(issuer)) {
        format!("nothing near it but its own name tells of {issuer}, and a name tells no server")
    } else {
        format!("nothing near it names {issuer}")
    };
    // Not the rule but the key names its issuer: a claim of a token.
    let made = if group.first().found.issuer == *issuer {
        "keys of this form are made by more than one server"
    } else {
        "the key's own text says so, which anybody may have written,"
    };
    format!("{made} and {near}; say `assume = true` under [issuers.{issuer}] in your configuration if it is theirs")
}

/// The id by which the owner's list or the issuer knows the key; one that is only read from its text is on no page.
fn listed_id(dossier: &Dossier) -> Option<&str> {
    let witnesses = dossier.statements().iter().filter(|statement| statement.evidence != Evidence::Decoded);
    witnesses.filter_map(|statement| statement.facts.key_id.said()).map(String::as_str).next()
}

/// The secret in the one form that its issuer compares.
fn canonical(rule: &Rule, secret: &Secret) -> zeroize::Zeroizing<Vec<u8>> {
    let mut bytes = zeroize::Zeroizing::new(secret.expose_for_checksum().to_vec());
    if rule.folds {
        bytes.make_ascii_lowercase();
    }
    bytes
}

/// The one remote that every root has, so that a run over one repository is keyed by it.
fn shared_remote(roots: &[Root]) -> Option<&str> {
    let first = roots.first()?.repository.as_deref()?;
    roots.iter().all(|root| root.repository.as_deref() == Some(first)).then_some(first)
}

fn by_issuer(publishes: Vec<Publishes>) -> BTreeMap<Issuer, Vec<String>> {
    let mut sets: BTreeMap<Issuer, BTreeSet<String>> = BTreeMap::new();
    for one in publishes {
        sets.entry(one.issuer).or_default().extend(one.ids);
    }
    sets.into_iter().map(|(issuer, ids)| (issuer, ids.into_iter().collect())).collect()
}

/// The `CODEOWNERS` of a root; empty if it has none.
fn owners_of(root: &str) -> CodeOwners {
    let read = crate::source::code_owners(std::path::Path::new(root));
    read.map(|(place, text)| CodeOwners::parse(&text, codeowners::host(place, &text))).unwrap_or_default()
}

/// What the owner is known to have: what the files publish and what the configuration names.
fn known_packages(scanner: &Scanner, published: &BTreeMap<Issuer, Vec<String>>) -> BTreeMap<Issuer, Vec<String>> {
    let mut known = published.clone();
    for (issuer, ids) in &scanner.settings().known_packages {
        let all = known.entry(issuer.clone()).or_default();
        all.extend(ids.iter().cloned());
        all.sort();
        all.dedup();
    }
    known
}
