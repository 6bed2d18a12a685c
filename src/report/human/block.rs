//! One key: the frame, what it opens and until when, what is wrong with it, and what to do now.

use std::io;

use super::super::Options;
use super::super::escape::{self, step_plain};
use super::super::words;
use super::frame;
use super::page::{Page, style_of};
use crate::finding::{Finding, IssuerBasis, Place, Remedy, Report};
use crate::key::{Dossier, LastUse};
use crate::rules::Keyless;

pub(super) fn write(finding: &Finding, report: &Report, options: &Options, page: &mut Page<'_>) -> io::Result<()> {
    page.ready(&frame::render(finding, &label(finding, report), options))?;
    write_facts(finding, report, page)?;
    write_judgement(finding, page)?;
    write_remedy(&finding.remedy, options, page)?;
    write_places(finding, options, page)?;
    page.field("id", &finding.fingerprint.to_string())
}

/// The key in a line: how bad, which, where, and what is known of it.
pub(super) fn write_short(finding: &Finding, report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let severity = finding.judgement.severity;
    let place = finding.places.first().map(words::place).unwrap_or_default();
    let more = match finding.places.len() {
        0 | 1 => String::new(),
        all => format!(" and {} more", words::grouped(all as u64 - 1)),
    };
    let head = format!("{severity}[{}]", escape::terminal(&finding.rule));
    page.line(style_of(severity), &head, &format!(" {place}{more}: {}", words::headline(finding, report)))
}

/// What stands under the mark: the two things to know first.
fn label(finding: &Finding, report: &Report) -> String {
    let state = match words::state(&finding.judgement.state) {
        "not known" => "state not known",
        known => known,
    };
    match words::until(&finding.dossier, report.now).as_str() {
        "not known" => state.to_owned(),
        until if until.starts_with(state) => until.to_owned(),
        until => format!("{state}, {until}"),
    }
}

fn write_facts(finding: &Finding, report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    page.field("opens", &words::opens(&finding.dossier, &finding.judgement))?;
    page.field("until", &until(finding, report))?;
    page.field("state", &words::state_with_evidence(finding, report.now))?;
    page.field("key", &identity(finding))?;
    page.field("with", &words::parts(finding))?;
    page.field("details", &words::details(&finding.dossier))?;
    page.field("issuer", &issuer(finding))?;
    page.field("answers", &words::answers(finding).join(", "))?;
    page.field("list", finding.join.as_deref().unwrap_or_default())?;
    let history = finding.places.first().and_then(|place| place.provenance.as_deref()).map(words::history);
    page.field("history", &history.unwrap_or_default())
}

pub(super) fn until(finding: &Finding, report: &Report) -> String {
    let until = words::until(&finding.dossier, report.now);
    // The label says it already.
    let until = until.strip_prefix("until ").unwrap_or(&until);
    match finding.dossier.expires() {
        Some((_, witness)) => format!("{until}; {}", words::evidence(witness)),
        None => until.to_owned(),
    }
}

/// The mask, and whatever names the key to its owner.
pub(super) fn identity(finding: &Finding) -> String {
    let dossier = &finding.dossier;
    let named = |word: &str, value: Option<&str>| value.map(|value| format!("{word}{value}"));
    let parts = [
        Some(finding.masked.to_string()),
        dossier.name().map(|name| format!("\"{name}\"")),
        named("", dossier.kind()),
        named("id ", dossier.key_id()),
        named("of ", dossier.owner()),
        dossier.created().map(|at| format!("created {}", words::date(at))),
        last_used(dossier),
        Some(format!("{} confidence", finding.confidence)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn last_used(dossier: &Dossier) -> Option<String> {
    Some(match dossier.last_used()? {
        LastUse::Never => "never used".to_owned(),
        LastUse::At(at) => format!("last used {}", words::date(at)),
    })
}

pub(super) fn issuer(finding: &Finding) -> String {
    let issuer = words::issuer(&finding.issuer, finding.host.as_deref());
    match &finding.issuer_basis {
        IssuerBasis::Format => issuer,
        IssuerBasis::Context => format!("{issuer}, told by the words around it"),
        IssuerBasis::Configuration => format!("{issuer}, told by the configuration"),
        IssuerBasis::Inventory => format!("{issuer}, told by its list"),
        IssuerBasis::Unproved(why) => format!("{issuer}, not proved: {why}"),
    }
}

fn write_judgement(finding: &Finding, page: &mut Page<'_>) -> io::Result<()> {
    let verdicts = &finding.judgement.verdicts;
    let verdicts: Vec<_> =
        verdicts.iter().map(|v| (format!("{} {:<9}", v.id.0, v.severity.as_str()), v.message.clone())).collect();
    page.list("verdicts", &verdicts)?;
    for conflict in &finding.conflicts {
        page.field("conflict", &words::conflict(conflict))?;
    }
    let facts_notes = finding.dossier.statements().iter().flat_map(|statement| &statement.facts.notes);
    finding.judgement.notes.iter().chain(facts_notes).try_for_each(|note| page.field("note", note))
}

fn write_remedy(remedy: &Remedy, options: &Options, page: &mut Page<'_>) -> io::Result<()> {
    let mut now = numbered(&remedy.revoke);
    now.extend(remedy.page.iter().map(|address| ("page ".to_owned(), address.clone())));
    now.extend(remedy.command.iter().map(|command| ("run  ".to_owned(), command.clone())));
    page.list("do now", &now)?;
    page.list("then", &numbered(&remedy.recreate))?;
    remedy.keyless.as_ref().map_or(Ok(()), |keyless| write_keyless(keyless, options, page))
}

pub(super) fn numbered(steps: &[String]) -> Vec<(String, String)> {
    steps.iter().zip(1..).map(|(step, n): (_, usize)| (format!("{n}. "), step_plain(step))).collect()
}

fn write_keyless(keyless: &Keyless, options: &Options, page: &mut Page<'_>) -> io::Result<()> {
    if !options.verbose {
        let more = if keyless.reference.is_empty() { String::new() } else { format!(": {}", keyless.reference) };
        return page.field("keyless", &format!("{} needs no key at all{more}", keyless.title));
    }
    page.field("keyless", &keyless.title)?;
    page.list("", &numbered(&keyless.steps))?;
    page.snippet(&keyless.snippet)?;
    page.field("", &keyless.reference)
}

fn with_history(place: &Place) -> String {
    let history = place.provenance.as_deref().map(words::history).filter(|history| !history.is_empty());
    let place = words::place(place);
    history.map_or_else(|| place.clone(), |history| format!("{place} ({history})"))
}

/// How many further places are shown without `verbose`.
const PLACES_SHOWN: usize = 5;

fn write_places(finding: &Finding, options: &Options, page: &mut Page<'_>) -> io::Result<()> {
    let others = finding.places.get(1..).unwrap_or_default();
    let shown = if options.verbose { others.len() } else { PLACES_SHOWN };
    let mut places: Vec<_> = others.iter().take(shown).map(|place| (String::new(), with_history(place))).collect();
    if let Some(more) = others.len().checked_sub(shown + 1) {
        places.push((String::new(), format!("and {} more", words::grouped(more as u64 + 1))));
    }
    page.list("also in", &places)
}
