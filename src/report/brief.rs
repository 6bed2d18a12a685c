//! What a hook says: each key in a few lines, what to do, and how to go on. Everything else is in the other formats.

use std::io::{self, Write};

use super::escape::{step_plain, terminal};
use super::words;
use crate::finding::{Finding, Report};
use crate::rules::RuleSet;
use crate::severity::Severity;

/// What is right at one hook and wrong at another.
#[derive(Clone, Copy, Debug)]
pub struct Advice<'a> {
    /// What was looked at, for a sentence: "what is staged".
    pub looked_at: &'a str,
    /// What to do about a key there, before it is revoked.
    pub first: &'a str,
    /// Whether the key may have left this machine, so that it has to be revoked in any case.
    pub is_out: bool,
    /// How to see everything that is known of the keys.
    pub all: Option<&'a str>,
    /// How git itself goes past the hook.
    pub bypass: Option<&'a str>,
}

/// How many keys are told of.
const KEYS_SHOWN: usize = 10;
/// How many places of each.
const PLACES_SHOWN: usize = 3;

/// Writes the keys at or above `fail_on`, the worst first. Nothing if there is none.
///
/// # Errors
/// Whatever `out` answers.
pub fn brief(
    report: &Report,
    rules: &RuleSet,
    fail_on: Severity,
    advice: &Advice<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let keys: Vec<&Finding> = report.findings.iter().filter(|f| f.judgement.severity >= fail_on).collect();
    if keys.is_empty() {
        return Ok(());
    }
    writeln!(out, "skelkey: {} in {}", words::count(keys.len() as u64, "key"), advice.looked_at)?;
    for finding in keys.iter().take(KEYS_SHOWN) {
        key(finding, report, advice, out)?;
    }
    if let Some(more) = keys.len().checked_sub(KEYS_SHOWN + 1) {
        writeln!(out, "\n  and {} more", words::count(more as u64 + 1, "key"))?;
    }
    let mut ids: Vec<&str> = keys.iter().take(KEYS_SHOWN).map(|finding| finding.rule.as_str()).collect();
    ids.retain(|id| rules.rules.iter().any(|rule| rule.id == *id));
    let id = ids.first().copied().unwrap_or("rule-id");
    writeln!(out)?;
    writeln!(out, "  It may stay?  Write `skelkey:ignore[{id}] reason=…` in a comment on its line,")?;
    writeln!(out, "                or take it into a baseline: skelkey baseline update --reason …")?;
    if let Some(all) = advice.all {
        writeln!(out, "  All of it:    {all}")?;
    }
    advice.bypass.map_or(Ok(()), |bypass| writeln!(out, "  Past it once: {bypass}"))
}

fn key(finding: &Finding, report: &Report, advice: &Advice<'_>, out: &mut dyn Write) -> io::Result<()> {
    let severity = finding.judgement.severity;
    let (title, masked) = (terminal(&finding.title), finding.masked.to_string());
    writeln!(out, "\n  {severity}: {title}  {}  [{}]", terminal(&masked), terminal(&finding.rule))?;
    for place in finding.places.iter().take(PLACES_SHOWN) {
        let commit = place.provenance.as_ref().and_then(|provenance| provenance.commit.as_ref());
        let commit = commit.and_then(|commit| commit.id.get(..12)).map(|id| format!("  (commit {id})"));
        writeln!(out, "    at      {}{}", terminal(&words::place(place)), commit.unwrap_or_default())?;
    }
    if let Some(more) = finding.places.len().checked_sub(PLACES_SHOWN + 1) {
        writeln!(out, "            and {} more", words::count(more as u64 + 1, "place"))?;
    }
    let opens = words::opens(&finding.dossier, &finding.judgement);
    writeln!(out, "    opens   {}", terminal(&step_plain(&opens)))?;
    writeln!(out, "    until   {}", terminal(&until(finding, report)))?;
    writeln!(out, "    do now  {}", advice.first)?;
    let revoke = finding.remedy.page.as_deref().or(finding.remedy.revoke.first().map(String::as_str));
    let Some(revoke) = revoke else { return Ok(()) };
    let when = if advice.is_out { "Revoke it" } else { "Revoke it too, if it was ever anywhere else" };
    writeln!(out, "            {when}: {}", terminal(&step_plain(revoke)))
}

fn until(finding: &Finding, report: &Report) -> String {
    let until = words::until(&finding.dossier, report.now);
    until.strip_prefix("until ").unwrap_or(&until).to_owned()
}
