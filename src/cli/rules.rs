//! `skelkey rules`.

use std::io::{self, Write};

use anyhow::Result;
use skelkey::detect;
use skelkey::rules::{Rule, RuleSet};

use super::args::{Global, RulesCommand};
use super::catalogue::{self, kind};
use super::named::Named;
use super::options::{self, Surroundings, count};
use super::output::to_stdout;
use super::{Exit, tell};

pub(crate) fn run(global: &Global, command: &RulesCommand, around: &Surroundings) -> Result<Exit> {
    let loaded = around.config(global)?;
    match command {
        RulesCommand::Check { paths } => check(global, &loaded.named, paths),
        RulesCommand::Import(args) => super::import::run(global, args),
        RulesCommand::Stats(args) => super::stats::run(options::rule_set(global, &loaded)?, args),
        RulesCommand::List { format } => {
            let set = options::rule_set(global, &loaded)?;
            to_stdout(|out| catalogue::write(&set, *format, out))?;
            Ok(Exit::Clean)
        }
        RulesCommand::Issuers { format } => {
            let set = options::rule_set(global, &loaded)?;
            to_stdout(|out| super::issuers::write(&set, *format, out))?;
            Ok(Exit::Clean)
        }
        RulesCommand::Show { id } => {
            let set = options::rule_set(global, &loaded)?;
            let Some(rule) = set.get(id) else {
                anyhow::bail!("there is no rule `{}`; see `skelkey rules list`", skelkey::escape::word(id));
            };
            to_stdout(|out| show(&set, rule, out))?;
            Ok(Exit::Clean)
        }
    }
}

/// Every mistake of every file, and of every rule at work. Wrong rules are bad configuration: 2.
fn check(global: &Global, named: &Named, paths: &[std::path::PathBuf]) -> Result<Exit> {
    let files = options::rule_files(paths.iter().chain(&global.rules), named)?;
    let user: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    // The built-in patterns are proved too: a run takes them for proved, and starts at once.
    let proved = skelkey::rules::parse(&skelkey::rules::embedded());
    let mistakes = match proved.and_then(|_| options::load_rules(&user)) {
        Ok(set) => {
            let mistakes = detect::check_rules(&set);
            if mistakes.is_empty() {
                let providers = count(set.providers.len(), "provider");
                to_stdout(|out| writeln!(out, "{} of {providers}: no mistake", count(set.rules.len(), "rule")))?;
                return Ok(Exit::Clean);
            }
            mistakes
        }
        Err(mistakes) => mistakes,
    };
    for mistake in &mistakes {
        tell(format_args!("{}", skelkey::escape::visible(&mistake.to_string())));
    }
    tell(format_args!("error: {} in the rules", count(mistakes.len(), "mistake")));
    Ok(Exit::Usage)
}

/// Everything about one rule.
pub(crate) fn show(set: &RuleSet, rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}  ({}, {} by default, {} confidence)", rule.id, kind(rule.kind), rule.severity, rule.confidence)?;
    writeln!(out, "{} · {}\n\n{}\n", rule.title, set.provider(rule).name, rule.description)?;
    if let Some(check) = rule.check {
        writeln!(out, "checked:  {} ({})", check.name, check.source)?;
    }
    if let Some(decoder) = rule.decoder.as_deref().and_then(skelkey::key::decoder) {
        writeln!(out, "decoded:  {}", decoder.reads)?;
    }
    if let Some(page) = &rule.remedy.page {
        writeln!(out, "closed at: {page}")?;
    }
    for step in &rule.remedy.revoke {
        writeln!(out, "  - {step}")?;
    }
    if let Some(command) = &rule.remedy.command {
        writeln!(out, "  $ {command}")?;
    }
    if let Some(keyless) = &rule.remedy.keyless {
        writeln!(out, "without a key: {} ({})", keyless.title, keyless.reference)?;
    }
    match rule.reading {
        Some(reading) => writeln!(out, "\nreading:  {}", reading.as_str())?,
        None => writeln!(out, "\npattern:  {}", rule.pattern)?,
    }
    writeln!(out, "anchors:  {}", rule.anchors.join("  "))?;
    rule.references.iter().try_for_each(|reference| writeln!(out, "see:      {reference}"))
}
