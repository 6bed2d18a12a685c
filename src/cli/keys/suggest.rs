//! `skelkey keys suggest`: the least key for each registry, and how to need none.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anyhow::Result;
use serde::Serialize;
use skelkey::escape::visible;
use skelkey::inventory::Inventory;
use skelkey::issuer::Issuer;
use skelkey::key::Subjects;
use skelkey::key::glob::{self, Suggestion};
use skelkey::lifecycle::suggest::{Least, Sources, suggest};
use skelkey::report::escape;
use skelkey::severity::Confidence;

use super::super::args::{Global, ListFormat, SuggestArgs};
use super::super::options::Surroundings;
use super::super::session::Session;
use super::super::{Exit, scan, tell};
use super::look::Look;
use super::{emit, json, or_here};

#[derive(Serialize)]
struct Suggestions {
    repository: Option<String>,
    registries: Vec<Least>,
}

pub(super) fn run(global: &Global, args: &SuggestArgs, around: &Surroundings) -> Result<Exit> {
    let loaded = around.config(global)?;
    let (lists, confidence) = (&args.inventory[..], Confidence::Medium);
    let session = Session { global, around, loaded: &loaded, lists, confidence, inline_ignore: false };
    let scanner = session.scanner(|_| {})?;
    let look = Look::at(&or_here(&args.paths), &loaded, &scanner)?;
    let (settings, seen) = (scanner.settings(), &look.seen);
    let known = known(&settings.known_packages, &settings.inventories);
    let repository = repository(seen);
    let mut registries = suggest(&Sources {
        published: &seen.published,
        known: &known,
        repository: repository.as_deref(),
        pipelines: &look.pipelines,
        rules: scanner.rules(),
        policy: &settings.policy,
    });
    let complete = seen.coverage.is_complete();
    for keyless in registries.iter_mut().filter_map(|least| least.remedy.keyless.as_mut()) {
        keyless.steps.iter_mut().chain([&mut keyless.snippet]).for_each(|words| scanner.mask(words));
    }
    let told = Suggestions { repository, registries };
    emit(args.output.as_deref(), |out| match args.format {
        ListFormat::Human => human(&told, out),
        ListFormat::Json => json("skelkey-suggestions", &told, complete, out),
        ListFormat::Markdown => markdown(&told, out),
    })?;
    scan::say_gaps(seen);
    if told.registries.is_empty() && !global.quiet {
        tell(format_args!(
            "note: no project file here publishes to NuGet, the PowerShell Gallery, npm, JSR, PyPI, crates.io or RubyGems under a name that stands in it"
        ));
    }
    Ok(if complete { Exit::Clean } else { Exit::Incomplete })
}

/// `OWNER/NAME` of the one repository that was looked at.
fn repository(seen: &skelkey::finding::Report) -> Option<String> {
    let mut remotes = seen.roots.iter().map(|root| root.repository.as_deref());
    let first = remotes.next()??;
    let same = remotes.all(|remote| remote == Some(first));
    first.split_once('/').filter(|_| same).map(|(_, path)| path.to_owned())
}

/// What the configuration names, and every package that a listed key names by itself.
fn known(configured: &BTreeMap<Issuer, Vec<String>>, lists: &[Inventory]) -> BTreeMap<Issuer, Vec<String>> {
    let mut known = configured.clone();
    for record in lists.iter().flat_map(|list| &list.records) {
        let (Some(issuer), Some(grants)) = (&record.facts.issuer, record.facts.grants.said()) else { continue };
        for grant in grants {
            let Subjects::Named(names) = &grant.subjects else { continue };
            let plain = names.iter().filter(|name| !glob::is_pattern(issuer, name) && !name.contains(':'));
            known.entry(issuer.clone()).or_default().extend(plain.cloned());
        }
    }
    for names in known.values_mut() {
        names.sort();
        names.dedup();
    }
    known
}

fn scope(least: &Least) -> String {
    match &least.scope {
        Suggestion::Pattern(pattern) => pattern.clone(),
        Suggestion::Listed(names) => names.join(", "),
    }
}

/// Label and words of each thing to set.
fn fields(least: &Least) -> Vec<(&'static str, String)> {
    let life = match least.life_days {
        Some(1) => format!("1 day ({})", least.life_because),
        Some(days) => format!("{days} days ({})", least.life_because),
        None => least.life_because.clone(),
    };
    let each = if least.one_key_each {
        " (a key of this registry reaches one of them or everything: one key each)"
    } else {
        ""
    };
    let mut fields = vec![
        ("publishes", least.packages.join(", ")),
        ("scope", format!("{}{each}", scope(least))),
        ("may", least.actions.join("; ")),
        ("life", life),
    ];
    if !least.leaves_out.is_empty() {
        fields.push(("leaves out", format!("{} (known to be the owner's)", least.leaves_out.join(", "))));
    }
    if !least.limits.is_empty() {
        fields.push(("also set", least.limits.join("; ")));
    }
    fields.extend(least.remedy.page.clone().map(|page| ("page", page)));
    fields.push(("source", least.source.clone()));
    fields.retain(|(_, words)| !words.is_empty());
    fields
}

fn human(told: &Suggestions, out: &mut dyn Write) -> io::Result<()> {
    for least in &told.registries {
        writeln!(out, "{}", least.issuer)?;
        for (label, words) in fields(least) {
            writeln!(out, "  {label:<11} {}", visible(&words))?;
        }
        if let Some(keyless) = &least.remedy.keyless {
            writeln!(out, "  or no key   {}", visible(&keyless.title))?;
            for (n, step) in (1..).zip(&keyless.steps) {
                writeln!(out, "              {n}. {}", visible(&escape::step_plain(step)))?;
            }
            for line in escape::lines(&keyless.snippet).trim_end().lines() {
                writeln!(out, "              | {line}")?;
            }
            writeln!(out, "              {}", visible(&keyless.reference))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn markdown(told: &Suggestions, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## The least keys for what this repository publishes\n")?;
    for least in &told.registries {
        writeln!(out, "### {}\n\n| | |\n|---|---|", least.issuer)?;
        for (label, words) in fields(least) {
            writeln!(out, "| {label} | {} |", escape::markdown(&words))?;
        }
        if let Some(keyless) = &least.remedy.keyless {
            writeln!(out, "\n**Or no key at all: {}**\n", escape::step_markdown(&keyless.title))?;
            for (n, step) in (1..).zip(&keyless.steps) {
                writeln!(out, "{n}. {}", escape::step_markdown(step))?;
            }
            if !keyless.snippet.is_empty() {
                write!(out, "\n{}", escape::code_block(&keyless.language, &keyless.snippet))?;
            }
            writeln!(out, "\n<{}>", keyless.reference)?;
        }
        writeln!(out)?;
    }
    Ok(())
}
