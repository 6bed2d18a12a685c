//! `skelkey probe list`: every way to ask an issuer, with all that is known of it beforehand.

use std::io::{self, Write};

use anyhow::Result;
use serde_json::{Value, json};
use skelkey::probe::{self, About, Entry};

use super::Exit;
use super::args::ListFormat;
use super::output::to_stdout;

pub(crate) fn write(format: ListFormat) -> Result<Exit> {
    to_stdout(|out| match format {
        ListFormat::Human => probe::issuers().try_for_each(|entry| human(&entry, out)),
        ListFormat::Json => writeln!(out, "{:#}", Value::Array(probe::issuers().map(|entry| facts(&entry)).collect())),
        ListFormat::Markdown => markdown(out),
    })?;
    Ok(Exit::Clean)
}

fn human(Entry { about, readings }: &Entry, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}  ({})", about.issuer, whom(about))?;
    writeln!(out, "  accepts       {}", about.accepts)?;
    writeln!(out, "  asks          {}", about.asks)?;
    for request in about.requests {
        writeln!(out, "  sends         {} {}  ({})", request.method, request.path, request.when)?;
    }
    writeln!(out, "  the key       {}", about.carrier.words())?;
    if let Some(why) = about.only_by_name {
        writeln!(out, "  only by name  {why}")?;
    }
    for (answer, means) in readings {
        writeln!(out, "  reads         {answer}: {means}")?;
    }
    writeln!(out, "  leaves behind {}", about.side_effects)?;
    writeln!(out, "  source        {}\n", about.source)
}

/// Who is asked, in a few words.
fn whom(about: &About) -> String {
    match (about.public, about.tenants) {
        (Some(public), []) => public.to_owned(),
        (Some(public), tenants) => format!("{public}, or the customer's server under {}", tenants.join(", ")),
        (None, []) => "a server that your configuration names".to_owned(),
        (None, tenants) => format!("the customer's server under {}", tenants.join(", ")),
    }
}

fn facts(Entry { about, readings }: &Entry) -> Value {
    let request =
        |request: &probe::Template| json!({"method": request.method, "path": request.path, "when": request.when});
    json!({
        "issuer": about.issuer,
        "also": about.also,
        "host": about.public,
        "hosts-under": about.tenants,
        "accepts": about.accepts,
        "asks": about.asks,
        "requests": about.requests.iter().map(request).collect::<Vec<_>>(),
        "key": about.carrier.words(),
        "owner-credential": about.carrier.variable(),
        "only-by-name": about.only_by_name,
        "readings": readings.iter().map(|(answer, means)| json!({"answer": answer, "means": means})).collect::<Vec<_>>(),
        "side-effects": about.side_effects,
        "source": about.source,
    })
}

/// `docs/probes.md`.
fn markdown(out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{}", include_str!("probe_list.md"))?;
    let mut last = None;
    for Entry { about, readings } in &sorted() {
        if last == Some(about.issuer) {
            writeln!(out)?;
        } else {
            writeln!(out, "\n## {}\n", names(about))?;
            last = Some(about.issuer);
        }
        writeln!(out, "- Keys: {}", about.accepts)?;
        writeln!(out, "- Asks: {}", about.asks)?;
        writeln!(out, "- Whom: {}", whom(about))?;
        for request in about.requests {
            let when = if request.when == "always" { String::new() } else { format!(", {}", request.when) };
            writeln!(out, "- Request: `{} {}`{when}", request.method, request.path)?;
        }
        writeln!(out, "- The key: {}", about.carrier.words())?;
        if let Some(why) = about.only_by_name {
            writeln!(out, "- **Only with `--probe={}`**: {why}", about.issuer)?;
        }
        writeln!(out, "- Side effects: {}", about.side_effects)?;
        writeln!(out, "- Source: {}\n", about.source)?;
        writeln!(out, "| answer | reading |\n|---|---|")?;
        for (answer, means) in readings {
            writeln!(out, "| {} | {} |", cell(answer), cell(means))?;
        }
    }
    Ok(())
}

/// By issuer, the key's own question before the owner's list.
fn sorted() -> Vec<Entry> {
    let mut all: Vec<Entry> = probe::issuers().collect();
    all.sort_by_key(|entry| (entry.about.issuer, entry.about.carrier.variable()));
    all
}

fn names(about: &About) -> String {
    let names = std::iter::once(about.issuer).chain(about.also).map(|issuer| format!("`{issuer}`"));
    names.collect::<Vec<_>>().join(", ")
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
