//! `skelkey rules list`: every rule, a line each, under its provider.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde_json::json;
use skelkey::format::OnMismatch;
use skelkey::issuer::Issuer;
use skelkey::rules::{IssuerProof, Kind, Provider, Rule, RuleSet};

use super::args::ListFormat;
use super::options::count;

pub(crate) fn write(set: &RuleSet, format: ListFormat, out: &mut dyn Write) -> io::Result<()> {
    match format {
        ListFormat::Human => human(set, out),
        ListFormat::Markdown => markdown(set, out),
        ListFormat::Json => {
            let asked = asked();
            let rows: Vec<_> = in_force(set).map(|rule| facts(set, rule, &asked)).collect();
            serde_json::to_writer_pretty(&mut *out, &rows)?;
            writeln!(out)
        }
    }
}

fn human(set: &RuleSet, out: &mut dyn Write) -> io::Result<()> {
    for (provider, rules) in by_provider(set) {
        writeln!(out, "{} ({})", provider.name, provider.id)?;
        for rule in rules {
            writeln!(out, "  {:<36} {:<9} {:<11} {}", rule.id, rule.severity, kind(rule.kind), rule.title)?;
        }
    }
    writeln!(out, "{}", summary(set))
}

fn markdown(set: &RuleSet, out: &mut dyn Write) -> io::Result<()> {
    let asked = asked();
    writeln!(out, "# Rules\n\n{INTRODUCTION}\n\n{}.", summary(set))?;
    for (provider, rules) in by_provider(set) {
        writeln!(out, "\n## {} (`{}`)\n\n{HEADING}", cell(&provider.name), provider.id)?;
        rules.iter().try_for_each(|rule| writeln!(out, "{}", row(rule, &asked)))?;
    }
    Ok(())
}

const INTRODUCTION: &str = "Made by `skelkey rules list --format markdown`; do not edit. *checked*: what of a key's own \
text is proved (**drops** what fails, *leaves out* what fails without disproving it, or only *lowers* or *raises* the confidence). *decoded*: what it tells offline. *asked*: \
whether `--probe` can ask the issuer about it.";

const HEADING: &str =
    "| rule | finds | severity, confidence | checked | decoded | asked | closed at |\n|---|---|---|---|---|---|---|";

fn row(rule: &Rule, asked: &BTreeSet<&Issuer>) -> String {
    let checked = rule.check.map(|check| match check.on_mismatch {
        OnMismatch::Drop => format!("{}, **drops**", check.name),
        OnMismatch::Lower => format!("{}, *lowers*", check.name),
        OnMismatch::Exclude => format!("{}, *leaves out*", check.name),
        OnMismatch::Keep => format!("{}, *raises*", check.name),
    });
    let decoded = decoder(rule).map(|decoder| decoder.reads);
    let asked = asked.contains(&rule.issuer).then(|| rule.issuer.as_str());
    let page = rule.remedy.page.as_ref().map(|page| format!("<{}>", cell(page)));
    format!(
        "| `{}` | {} | {}, {} | {} | {} | {} | {} |",
        rule.id,
        cell(&rule.title),
        rule.severity,
        rule.confidence,
        checked.unwrap_or_default(),
        cell(decoded.unwrap_or_default()),
        asked.unwrap_or_default(),
        page.unwrap_or_default(),
    )
}

/// Text that ends no cell and begins no markup of its own.
pub(crate) fn cell(text: &str) -> String {
    skelkey::escape::visible(text).replace('|', "\\|").replace('<', "&lt;")
}

/// What is known of a rule, for programs.
fn facts(set: &RuleSet, rule: &Rule, asked: &BTreeSet<&Issuer>) -> serde_json::Value {
    json!({
        "id": rule.id, "aliases": rule.aliases, "provider": set.provider(rule).id, "title": rule.title,
        "description": rule.description, "kind": kind(rule.kind), "issuer": rule.issuer.as_str(),
        "issuer_proved_by": if rule.issuer_proof == IssuerProof::Format { "format" } else { "context" },
        "severity": rule.severity.as_str(), "confidence": rule.confidence.as_str(),
        "checksum": rule.check.map(|check| json!({ "name": check.name, "source": check.source })),
        "decodes": decoder(rule).map(|decoder| decoder.reads), "asked": asked.contains(&rule.issuer),
        "revoke_at": rule.remedy.page, "references": rule.references,
    })
}

fn decoder(rule: &Rule) -> Option<&'static skelkey::key::Decoder> {
    rule.decoder.as_deref().and_then(skelkey::key::decoder)
}

/// The rules that are not switched off.
fn in_force(set: &RuleSet) -> impl Iterator<Item = &Rule> {
    (0..).zip(&set.rules).filter(|(at, _)| !set.off.contains(at)).map(|(_, rule)| &**rule)
}

/// Providers with their rules, both in the order of files and lines.
fn by_provider(set: &RuleSet) -> Vec<(&Provider, Vec<&Rule>)> {
    let of = |at: usize| in_force(set).filter(|rule| rule.provider == at).collect::<Vec<_>>();
    let all = set.providers.iter().enumerate().map(|(at, provider)| (provider, of(at)));
    all.filter(|(_, rules)| !rules.is_empty()).collect()
}

fn summary(set: &RuleSet) -> String {
    format!("{} of {}", count(set.in_force(), "rule"), count(by_provider(set).len(), "provider"))
}

pub(crate) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Structured => "structured",
        Kind::Contextual => "contextual",
        Kind::Generic => "generic",
    }
}

/// The issuers that can be asked.
#[cfg(feature = "probe")]
fn asked() -> BTreeSet<&'static Issuer> {
    skelkey::probe::list().flat_map(|about| std::iter::once(about.issuer).chain(about.also)).collect()
}

/// Built without the means to ask.
#[cfg(not(feature = "probe"))]
fn asked() -> BTreeSet<&'static Issuer> {
    BTreeSet::new()
}
