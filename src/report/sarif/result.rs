//! The results: one for each place of each key, or one for each key.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Value, json};
use serde_sarif::sarif::{Message, Result as SarifResult, ResultBaselineState, ResultKind, ResultLevel};

use super::super::SarifProfile;
use super::super::escape::{code, markdown, message, step_markdown};
use super::super::words::{self, REDACTED};
use super::limits::Shape;
use super::rule::{Descriptors, level, recreate_markdown, revoke_markdown};
use super::{bag, fixes, flow, guid, place, taxonomy};
use crate::finding::{Finding, Fingerprint, Place, Report};
use crate::key::{Evidence, Expiry, Statement};
use crate::severity::Severity;

/// Other places of a key that a result points at. Code scanning takes 1,000 locations and shows 100, but each of `n`
/// places points at the others, so the log would grow with `n²`: keys with more than [`MANY_PLACES`] point at few.
const RELATED_MAX: usize = 100;
const MANY_PLACES: usize = 100;

/// Other places that the message links to.
const LINKS_MAX: usize = 3;

/// The results, worst first.
pub(super) fn all(
    report: &Report,
    descriptors: &Descriptors<'_>,
    shape: &Shape,
    profile: SarifProfile,
) -> Vec<SarifResult> {
    let mut written = Vec::new();
    for finding in report.findings.iter().take(shape.keys_max()) {
        let shared = Shared::of(finding, report, descriptors, shape, profile);
        let results = if shape.is_grouped() { 1 } else { finding.places.len() };
        written.extend((0..results).map(|at| shared.at(at)));
    }
    written
}

/// What the results of one key have in common.
struct Shared<'a> {
    finding: &'a Finding,
    result: SarifResult,
    text: String,
    /// Whether one result stands for all places; it is then short.
    grouped: bool,
    /// Whether everything is said that SARIF can say.
    full: bool,
    /// Whether what was known before is known.
    compared: bool,
}

impl<'a> Shared<'a> {
    fn of(
        finding: &'a Finding,
        report: &Report,
        descriptors: &Descriptors<'_>,
        shape: &Shape,
        profile: SarifProfile,
    ) -> Self {
        let (rule_id, rule_index, cwe) = descriptors.reference(finding);
        let grouped = shape.is_grouped();
        let mut result = SarifResult::builder()
            .rule_id(rule_id)
            .rule_index(rule_index)
            .kind(ResultKind::Fail)
            .level(result_level(finding))
            .rank(score(finding) * 10.0)
            .message(Message::builder().build())
            .correlation_guid(guid(finding.fingerprint.bytes()))
            .taxa(taxa(finding, cwe))
            .build();
        if grouped {
            result.properties = Some(bag(json!({ "masked": finding.masked, "places": finding.places.len() })));
        } else {
            result.message.markdown = Some(message_markdown(finding, report));
            result.properties = Some(bag(properties(finding, report)));
        }
        let text = message(&words::headline(finding, report));
        let full = profile == SarifProfile::Full;
        Self { finding, result, text, grouped, full, compared: report.compared }
    }

    fn at(&self, at: usize) -> SarifResult {
        let finding = self.finding;
        let here = &finding.places[at];
        let related: Vec<&Place> = others(finding, at).take(self.related_max()).collect();
        let mut result = self.result.clone();
        result.message.text = Some(format!("{}{}", self.text, links(finding, &related)));
        result.locations = Some(vec![place::primary(here, finding.masked.as_str(), !self.grouped)]);
        result.guid = Some(guid(here.fingerprint.bytes()));
        result.partial_fingerprints =
            Some(BTreeMap::from([("primaryLocationLineHash".to_owned(), line_hash(&here.fingerprint))]));
        result.fingerprints = Some(BTreeMap::from([("skelkeyOccurrence/v1".to_owned(), here.fingerprint.to_string())]));
        if let (Some(rule), Some(bag)) = (&here.rule, &mut result.properties) {
            bag.additional_properties.insert("foundBy".to_owned(), json!(rule));
        }
        if let (Some(provenance), Some(bag)) = (&here.provenance, &mut result.properties) {
            bag.additional_properties.insert("provenance".to_owned(), json!(provenance));
            bag.additional_properties.insert("history".to_owned(), json!(words::history(provenance)));
        }
        let others = related.iter().zip(1..).map(|(other, id)| place::related(other, id, finding.masked.as_str()));
        // Numbered after the places, to which the message links by their numbers.
        let parts = finding.parts.iter().zip(related.len() + 1..).map(|(part, id)| place::part(part, id));
        let locations: Vec<_> = others.chain(parts).collect();
        if !locations.is_empty() {
            result.related_locations = Some(locations);
        }
        if self.full {
            self.complete(here, &mut result);
        }
        result
    }

    /// What code scanning does not read.
    fn complete(&self, here: &Place, result: &mut SarifResult) {
        result.baseline_state = self.compared.then(|| json!(ResultBaselineState::New));
        result.fixes = fixes::by_environment(self.finding, here).map(|fix| vec![fix]);
        result.code_flows = flow::through_history(here).map(|flow| vec![flow]);
    }

    fn related_max(&self) -> usize {
        if self.finding.places.len() > MANY_PLACES && !self.grouped { LINKS_MAX } else { RELATED_MAX }
    }
}

fn others(finding: &Finding, at: usize) -> impl Iterator<Item = &Place> {
    finding.places.iter().enumerate().filter(move |(n, _)| *n != at).map(|(_, place)| place)
}

/// From the word that chose the rule id, so that a result agrees with its rule; the key's own number is its rank.
fn result_level(finding: &Finding) -> ResultLevel {
    level_of(finding.judgement.stable_severity)
}

/// The same of a severity.
pub(super) fn level_of(severity: Severity) -> ResultLevel {
    match level(severity) {
        "error" => ResultLevel::Error,
        "warning" => ResultLevel::Warning,
        _ => ResultLevel::Note,
    }
}

/// One decimal, exact as a double.
fn score(finding: &Finding) -> f64 {
    (f64::from(finding.judgement.score.value()) * 10.0).round() / 10.0
}

/// Our own value, so that none is computed from the line: that one is neither keyed nor free of the secret.
pub(super) fn line_hash(place: &Fingerprint) -> String {
    format!("{}:1", &place.hex()[..16])
}

fn taxa(finding: &Finding, cwe: &[u16]) -> Vec<serde_sarif::sarif::ReportingDescriptorReference> {
    let verdicts = &finding.judgement.verdicts;
    let more = verdicts.iter().filter_map(|v| super::super::verdicts::info(v.id.0)).flat_map(|info| info.cwe);
    let numbers: BTreeSet<u16> = cwe.iter().chain(more).copied().collect();
    let hygiene: BTreeSet<&str> = verdicts.iter().map(|verdict| verdict.id.0).collect();
    numbers.into_iter().filter_map(taxonomy::cwe).chain(hygiene.into_iter().filter_map(taxonomy::hygiene)).collect()
}

/// SARIF links a message to a related location by its number.
fn links(finding: &Finding, related: &[&Place]) -> String {
    if related.is_empty() {
        return String::new();
    }
    let linked: Vec<_> =
        related.iter().zip(1..).take(LINKS_MAX).map(|(p, id)| format!("[{}]({id})", place::link_words(p))).collect();
    let all = finding.places.len() - 1;
    match all - linked.len() {
        0 => format!(" The same key stands in {}.", linked.join(", ")),
        more => {
            format!(" The same key stands in {} and {} more.", linked.join(", "), words::count(more as u64, "place"))
        }
    }
}

/// Our own sentences are inline Markdown, in which names stand in code spans; what witnesses say is any text.
fn message_markdown(finding: &Finding, report: &Report) -> String {
    let mut out = format!("**{}** {}\n\n", markdown(&finding.title), code(finding.masked.as_str()));
    let opens = words::opens(&finding.dossier, &finding.judgement);
    _ = writeln!(out, "- **Opens:** {}", step_markdown(&opens));
    for (label, value) in told(finding, report) {
        _ = writeln!(out, "- **{label}:** {}", markdown(&value));
    }
    for verdict in &finding.judgement.verdicts {
        _ = writeln!(out, "- **{} {}:** {}", verdict.id.0, verdict.severity, step_markdown(&verdict.message));
    }
    for note in &finding.judgement.notes {
        _ = writeln!(out, "- **Note:** {}", step_markdown(note));
    }
    out.push('\n');
    out.push_str(&revoke_markdown(&finding.remedy));
    out.push_str(&recreate_markdown(&finding.remedy));
    out.trim_end().to_owned()
}

/// Sentences that hold words of witnesses as they are.
fn told(finding: &Finding, report: &Report) -> Vec<(&'static str, String)> {
    let mut told = vec![
        ("Until", words::until(&finding.dossier, report.now)),
        ("State", words::state_with_evidence(finding, report.now)),
    ];
    told.extend(finding.dossier.name().map(|name| ("Name", name.to_owned())));
    told.extend(finding.dossier.owner().map(|owner| ("Owner", owner.to_owned())));
    let answers = words::answers(finding);
    told.extend((!answers.is_empty()).then(|| ("Answers for it", answers.join(", "))));
    told.extend(finding.join.clone().map(|join| ("List", join)));
    told.extend(finding.conflicts.iter().map(|conflict| ("Conflict", words::conflict(conflict))));
    told
}

fn properties(finding: &Finding, report: &Report) -> Value {
    let judgement = &finding.judgement;
    json!({
        "keyFingerprint": finding.fingerprint,
        "masked": finding.masked,
        "subject": finding.subject,
        "issuer": finding.issuer,
        "issuerBasis": finding.issuer_basis,
        "host": finding.host,
        "confidence": finding.confidence,
        "severity": judgement.severity,
        "score": score(finding),
        "state": judgement.state,
        "stateReason": finding.dossier.state(report.now).2,
        "breadth": judgement.breadth,
        "power": judgement.power,
        "covers": judgement.covers,
        "actions": actions(finding),
        "expires": expires(finding),
        "verdicts": judgement.verdicts,
        "conflicts": finding.conflicts,
        "join": finding.join,
        "evidence": evidence(finding),
        "notes": judgement.notes,
        "parts": finding.parts.iter().map(|part| json!({ "role": part.role, "rule": part.rule, "text": part.text })).collect::<Vec<_>>(),
        "places": finding.places.len(),
        "owners": Some(words::answers(finding)).filter(|owners| !owners.is_empty()),
    })
}

/// The issuer's words for what the key may do, of the witness that is preferred; `None` if nobody said.
fn actions(finding: &Finding) -> Option<BTreeSet<&str>> {
    let (grants, _) = finding.dossier.grants()?;
    Some(grants.iter().flat_map(|grant| &grant.actions).map(|action| action.name.as_str()).collect())
}

/// `never`, or the moment; `None` if nobody said.
fn expires(finding: &Finding) -> Option<String> {
    Some(match finding.dossier.expires()?.0 {
        Expiry::Never => "never".to_owned(),
        Expiry::At(at) => at.to_string(),
    })
}

/// The witnesses, tier by tier, each with what it said. What it did not say is left out.
fn evidence(finding: &Finding) -> Value {
    let tier = |of: fn(&Evidence) -> bool| {
        let said: Vec<_> = finding.dossier.statements().iter().filter(|s| of(&s.evidence)).map(statement).collect();
        if said.is_empty() { Value::Null } else { Value::Array(said) }
    };
    json!({
        "decoded": tier(|evidence| matches!(evidence, Evidence::Decoded)),
        "inventory": tier(|evidence| matches!(evidence, Evidence::Inventory { .. })),
        "probed": tier(|evidence| matches!(evidence, Evidence::Probed { .. })),
    })
}

fn statement(statement: &Statement) -> Value {
    let mut facts = json!(statement.facts);
    if let Some(members) = facts.as_object_mut() {
        members.retain(|_, value| value != &json!([]) && value != &json!({}));
    }
    match &statement.evidence {
        Evidence::Decoded => json!({ "facts": facts }),
        Evidence::Inventory { file, join, .. } if file == REDACTED => json!({ "join": join, "facts": facts }),
        Evidence::Inventory { file, line, join } => {
            json!({ "file": file, "line": line, "join": join, "facts": facts })
        }
        Evidence::Probed { at, host } => json!({ "at": at, "host": host, "facts": facts }),
    }
}
