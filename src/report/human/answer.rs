//! The short answer about one key: what it is, what it opens, until when, and what to do.

use std::io;

use anstyle::Style;

use super::super::Options;
use super::super::words;
use super::block::{identity, issuer, numbered, until};
use super::page::{Page, style_of};
use crate::finding::{Finding, IssuerBasis, Report};
use crate::rules::RuleSet;

/// How many verdicts are told; the JSON has all.
const VERDICTS: usize = 4;
/// The verdict that holds the next ones: it reaches everything, it may do everything.
const EVERY_DOOR: &str = "SK1005";
const IN_EVERY_DOOR: [&str; 2] = ["SK2001", "SK2002"];

pub(super) fn write(
    finding: &Finding,
    report: &Report,
    rules: &RuleSet,
    options: &Options,
    page: &mut Page<'_>,
) -> io::Result<()> {
    let rule = rules.get(&finding.rule);
    let severity = finding.judgement.severity;
    // A token of a common form is told by whom it names.
    let named = rules.providers.iter().find(|provider| provider.id == finding.issuer.as_str());
    let provider = named.or_else(|| rule.map(|rule| rules.provider(rule)));
    let told = |name: &&str| !finding.title.contains(name.trim_end_matches('s'));
    let provider = provider.map(|provider| provider.name.as_str()).filter(told);
    let provider = provider.map(|name| format!(", {name}")).unwrap_or_default();
    page.line(style_of(severity), &finding.title, &format!("{provider}  {}", finding.masked))?;
    page.blank()?;
    page.field("what", rule.map_or("", |rule| rule.description.as_str()))?;
    page.field("opens", &words::opens(&finding.dossier, &finding.judgement))?;
    page.field("until", &until(finding, report))?;
    page.field("limits", &words::limits(&finding.dossier))?;
    page.field("works", &words::state_with_evidence(finding, report.now))?;
    page.field("key", &identity(finding))?;
    page.field("says", &words::details(&finding.dossier))?;
    page.field("with", &words::parts(finding))?;
    page.field("list", finding.join.as_deref().unwrap_or_default())?;
    // A form that no one server issues has no page, and nobody to prove.
    if matches!(finding.issuer_basis, IssuerBasis::Unproved(_)) && finding.remedy.page.is_some() {
        page.field("issuer", &issuer(finding))?;
    }
    for conflict in &finding.conflicts {
        page.field("conflict", &words::conflict(conflict))?;
    }
    let told = finding.dossier.statements().iter().flat_map(|statement| &statement.facts.notes);
    told.chain(&finding.judgement.notes).try_for_each(|note| page.field("note", note))?;
    page.blank()?;
    write_risk(finding, page)?;
    write_steps(finding, options, page)
}

fn write_risk(finding: &Finding, page: &mut Page<'_>) -> io::Result<()> {
    let judgement = &finding.judgement;
    let head = format!("{}, {} of 10", judgement.severity, judgement.score);
    let mut lines = vec![(String::new(), head)];
    // A key that opens every door may do all there is, to all there is: that is said once.
    let every_door = judgement.verdicts.iter().any(|verdict| verdict.id.0 == EVERY_DOOR);
    let said = |id: &str| every_door && IN_EVERY_DOOR.contains(&id);
    let verdicts = judgement.verdicts.iter().filter(|verdict| !said(verdict.id.0)).take(VERDICTS);
    lines.extend(verdicts.map(|verdict| ("- ".to_owned(), format!("{} ({})", verdict.message, verdict.id.0))));
    page.list("risk", &lines)
}

fn write_steps(finding: &Finding, options: &Options, page: &mut Page<'_>) -> io::Result<()> {
    let remedy = &finding.remedy;
    let mut now = numbered(&remedy.revoke);
    now.extend(remedy.page.iter().map(|address| ("   ".to_owned(), address.clone())));
    now.extend(remedy.command.iter().map(|command| (" $ ".to_owned(), command.clone())));
    page.list("do now", &now)?;
    page.list("then", &numbered(&remedy.recreate))?;
    let Some(keyless) = &remedy.keyless else { return Ok(()) };
    page.field("or no key", &format!("{}: {}", keyless.title, keyless.reference))?;
    if options.verbose { page.snippet(&keyless.snippet) } else { Ok(()) }
}

/// Whom was asked, and what the run itself has to say.
pub(super) fn write_end(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    page.line(Style::new(), "", &super::summary::asked(report))?;
    let open = |finding: &Finding| finding.dossier.grants().is_none() || finding.dossier.expires().is_none();
    if report.asked.is_empty() && report.findings.iter().any(open) {
        let more = "what the key's text does not tell its owner's list may (--inventory FILE), or its issuer (--probe)";
        page.line(Style::new().bold(), "next: ", more)?;
    }
    report.notes.iter().try_for_each(|note| page.line(Style::new().bold(), "note: ", note))
}
