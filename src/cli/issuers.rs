//! `skelkey rules issuers`: what is known of each issuer's keys. `docs/issuers.md` is its Markdown; a test compares them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde::Serialize;
use skelkey::escape::visible;
use skelkey::hygiene::{Ceiling, CeilingBasis, ceilings};
use skelkey::inventory::{self, Importer};
use skelkey::issuer::Issuer;
use skelkey::report::words::any_key;
use skelkey::rules::{RemedyTemplate, Rule, RuleSet};

use super::args::ListFormat;
use super::catalogue::cell;
use super::options::count;

/// Everything about one issuer's keys, from the tables of the code and the rules.
#[derive(Debug, Default, Serialize)]
struct About {
    name: String,
    /// How many rules find its keys.
    rules: usize,
    decoded: Vec<Told>,
    imported: Vec<Told>,
    asked: Vec<Told>,
    revoked: Vec<Told>,
    ceilings: Vec<Told>,
}

/// A fact and where it comes from.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Told {
    what: String,
    sources: Vec<String>,
}

impl About {
    /// Whether more is known than how its keys look and where they are closed.
    fn is_known(&self) -> bool {
        !(self.decoded.is_empty() && self.imported.is_empty() && self.asked.is_empty() && self.ceilings.is_empty())
    }
}

/// Every issuer of a rule, a probe, a list or a ceiling.
fn all(set: &RuleSet) -> BTreeMap<Issuer, About> {
    let mut all: BTreeMap<Issuer, About> = BTreeMap::new();
    for rule in &set.rules {
        let about = all.entry(rule.issuer.clone()).or_default();
        about.rules += 1;
        about.decoded.extend(decoded(rule));
        about.revoked.extend(revoked(&rule.remedy));
    }
    // Our own lists hold keys of every issuer.
    for importer in inventory::importers().filter(|importer| importer.issuer != inventory::ANY) {
        all.entry(Issuer::new(importer.issuer)).or_default().imported.push(imported(&importer));
    }
    for (issuer, told) in asked() {
        all.entry(issuer).or_default().asked.push(told);
    }
    for ceiling in ceilings() {
        all.entry(ceiling.issuer.clone()).or_default().ceilings.push(of_ceiling(ceiling));
    }
    for (issuer, about) in &mut all {
        let provider = set.providers.iter().find(|provider| provider.id == issuer.as_str());
        about.name = provider.map_or_else(|| issuer.to_string(), |provider| provider.name.clone());
        if let Some(provider) = provider.filter(|_| about.revoked.is_empty()) {
            about.revoked.extend(revoked(&provider.remedy));
        }
        for told in [&mut about.decoded, &mut about.revoked] {
            told.sort();
            told.dedup();
        }
    }
    all
}

fn decoded(rule: &Rule) -> Option<Told> {
    let decoder = rule.decoder.as_deref().and_then(skelkey::key::decoder)?;
    let sources = rule.references.iter().map(ToString::to_string).collect();
    Some(Told { what: format!("{}: {}", rule.title, decoder.reads), sources })
}

/// The page, the command, or else the first step, in the words for a key of which nothing more is known.
fn revoked(remedy: &RemedyTemplate) -> Vec<Told> {
    let remedy = any_key(remedy);
    let page = remedy.page.iter().map(|page| format!("<{page}>"));
    let command = remedy.command.iter().map(|command| format!("`{}`", command.replace('`', "'")));
    let mut told: Vec<Told> = page.chain(command).map(|what| Told { what, sources: Vec::new() }).collect();
    if let (true, Some(step)) = (told.is_empty(), remedy.revoke.first()) {
        told.push(Told { what: step.clone(), sources: Vec::new() });
    }
    told
}

fn imported(importer: &Importer) -> Told {
    let joined: Vec<&str> = importer.joined_by.iter().map(|join| join.word()).collect();
    let joined = if joined.is_empty() { String::new() } else { format!(" (joined by {})", joined.join(", ")) };
    Told {
        what: format!("`{}`: {}{joined}", importer.name, importer.export),
        sources: vec![importer.source.to_owned()],
    }
}

#[cfg(feature = "probe")]
fn asked() -> Vec<(Issuer, Told)> {
    let each = skelkey::probe::list().flat_map(|about| {
        let how = if about.carrier.variable().is_some() { "with the owner's own credential, " } else { "" };
        let told = move || Told { what: format!("{how}{}", about.asks), sources: vec![about.source.to_owned()] };
        std::iter::once(about.issuer).chain(about.also).map(move |issuer| (issuer.clone(), told()))
    });
    each.collect()
}

/// Built without the means to ask.
#[cfg(not(feature = "probe"))]
fn asked() -> Vec<(Issuer, Told)> {
    Vec::new()
}

fn of_ceiling(ceiling: &Ceiling) -> Told {
    let mut parts = Vec::new();
    if let Some(days) = ceiling.days {
        let basis = if ceiling.basis == CeilingBasis::Maximum { "at most" } else { "by default" };
        parts.push(format!("{basis} {}", count(usize::try_from(days).unwrap_or(usize::MAX), "day")));
    }
    parts.extend(ceiling.from.map(|from| format!("created from {from} on")));
    parts.extend(ceiling.older_end.map(|end| format!("older ones end on {end}")));
    parts.extend(ceiling.doubt.clone());
    Told { what: format!("{}: {}", ceiling.applies_to, parts.join("; ")), sources: vec![ceiling.source.clone()] }
}

/// Writes all issuers in `format`.
pub(crate) fn write(set: &RuleSet, format: ListFormat, out: &mut dyn Write) -> io::Result<()> {
    let all = all(set);
    match format {
        ListFormat::Human => human(&all, out),
        ListFormat::Json => super::keys::json("skelkey-issuers", &Json { issuers: &all }, true, out),
        ListFormat::Markdown => markdown(&all, out),
    }
}

#[derive(Serialize)]
struct Json<'a> {
    issuers: &'a BTreeMap<Issuer, About>,
}

fn marks(about: &About) -> [&'static str; 5] {
    let mark = |told: &[Told]| if told.is_empty() { "no" } else { "yes" };
    [&about.decoded, &about.imported, &about.asked, &about.revoked, &about.ceilings].map(|told| mark(told))
}

fn human(all: &BTreeMap<Issuer, About>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "{:<24} {:>5}  {:<8} {:<9} {:<6} {:<8} ceiling",
        "issuer", "rules", "decoded", "imported", "asked", "revoked"
    )?;
    for (issuer, about) in all {
        let [decoded, imported, asked, revoked, ceiling] = marks(about);
        let line = format!(
            "{:<24} {:>5}  {decoded:<8} {imported:<9} {asked:<6} {revoked:<8} {ceiling}",
            issuer.as_str(),
            about.rules
        );
        writeln!(out, "{}", visible(line.trim_end()))?;
    }
    Ok(())
}

const INTRODUCTION: &str = "# Issuers

This page is made from the code and the rules by `skelkey rules issuers --format markdown`, and a test compares the two.

- **decoded**: what a key's own text says, offline.
- **imported**: the owner's list that is read (`--inventory`). Our own JSON and CSV lists hold keys of every issuer.
- **asked**: what is asked of the issuer, only under `--probe`, by GET, and by the few POSTs that docs/probes.md lists: with the key itself, or
  with a credential of the owner's own, which looks it up in the owner's list.
- **revoked**: where or how its owner closes a key. skelkey never revokes. A page is its own source.
- **ceiling**: how long the issuer says that its keys live; a note, never a proof.

*No* says that skelkey does not do it, not that it cannot be done.
";

fn markdown(all: &BTreeMap<Issuer, About>, out: &mut dyn Write) -> io::Result<()> {
    let (known, others): (Vec<_>, Vec<_>) = all.iter().partition(|(_, about)| about.is_known());
    writeln!(out, "{INTRODUCTION}")?;
    writeln!(
        out,
        "{} of {} are known beyond the form of their keys and the page that closes them.\n",
        known.len(),
        count(all.len(), "issuer")
    )?;
    writeln!(
        out,
        "| issuer | rules | decoded | imported | asked | revoked | ceiling |\n|---|---|---|---|---|---|---|"
    )?;
    for (issuer, about) in &known {
        let [decoded, imported, asked, revoked, ceiling] = marks(about);
        let (name, id) = (cell(&about.name), issuer.as_str());
        writeln!(
            out,
            "| [{name}](#{id}) | {} | {decoded} | {imported} | {asked} | {revoked} | {ceiling} |",
            about.rules
        )?;
    }
    for (issuer, about) in &known {
        writeln!(out, "\n## {issuer}\n\n{}\n", cell(&about.name))?;
        writeln!(out, "| | | source |\n|---|---|---|")?;
        for (label, told, without) in labelled(about) {
            if told.is_empty() {
                writeln!(out, "| {label} | {without} | |")?;
            }
            for one in told {
                let sources: BTreeSet<String> = one.sources.iter().map(|source| link(source)).collect();
                let sources: Vec<String> = sources.into_iter().collect();
                writeln!(out, "| {label} | {} | {} |", marked(&one.what), sources.join(" · "))?;
            }
        }
    }
    writeln!(
        out,
        "\n## The others\n\nTheir keys are found; where they are closed is known.\n\n| issuer | rules | revoked |\n|---|---|---|"
    )?;
    for (issuer, about) in &others {
        let revoked: Vec<String> = about.revoked.iter().map(|told| marked(&told.what)).collect();
        writeln!(out, "| {} (`{issuer}`) | {} | {} |", cell(&about.name), about.rules, revoked.join("; "))?;
    }
    Ok(())
}

/// What is told under each heading, and what is said where nothing is.
fn labelled(about: &About) -> [(&'static str, &[Told], &'static str); 5] {
    [
        ("decoded", &about.decoded, "no: nothing is read from its keys beyond their form"),
        ("imported", &about.imported, "no: no list of its own is read; our own JSON and CSV lists hold its keys"),
        ("asked", &about.asked, "no: nobody is asked"),
        ("revoked", &about.revoked, "no: not known"),
        ("ceiling", &about.ceilings, "no: none is known"),
    ]
}

/// An address as a link, a file of ours as a path, words as they are.
fn link(source: &str) -> String {
    if source.starts_with("https://") { format!("<{source}>") } else { cell(source) }
}

/// A cell in which a link and code of our own stay what they are.
fn marked(text: &str) -> String {
    let is_link = text.starts_with("<https://") && text.ends_with('>') && !text[1..].contains('<');
    if is_link { visible(text).replace('|', "\\|") } else { cell(text) }
}
