//! `skelkey rules import`: configurations of other scanners → a rule file that `rules check` accepts.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, bail};
use skelkey::detect;
use skelkey::escape::visible;
use skelkey::rules::{self, Imported, Mistake, Note};

use super::args::{Global, ImportArgs};
use super::options::{count, load_rules};
use super::output::{to_named_file, to_stdout};
use super::{Exit, tell};

/// The provider of rules that go to standard output.
const PROVIDER: &str = "imported";

/// One configuration, read.
struct Read<'a> {
    file: &'a Path,
    notes: Vec<Note>,
    excluded: Vec<String>,
    seen: usize,
}

pub(crate) fn run(global: &Global, args: &ImportArgs) -> Result<Exit> {
    let provider = provider(args.output.as_deref())?;
    let (mut read, mut carried) = (Vec::new(), Vec::new());
    let mut mistakes = Vec::new();
    for (index, file) in args.files.iter().enumerate() {
        let text = std::fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
        match rules::import(&file.display().to_string(), &text, &provider) {
            Ok(import) => {
                carried.extend(import.rules.into_iter().map(|rule| (index, rule)));
                read.push(Read { file, notes: import.notes, excluded: import.excluded, seen: import.seen });
            }
            Err(more) => mistakes.extend(more),
        }
    }
    if !mistakes.is_empty() {
        let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        bail!("{}\nnothing was imported", lines.join("\n"));
    }
    keep_what_stands(&provider, &mut carried, &mut read)?;
    let told = told(&read, &carried);
    if !global.quiet {
        for line in &told {
            tell(format_args!("note: {}", visible(line)));
        }
    }
    if carried.is_empty() {
        bail!("no rule could be carried over");
    }
    let kept: Vec<&Imported> = carried.iter().map(|(_, rule)| rule).collect();
    let text = rules::rule_file(&provider, &kept, &header(&provider, &read, &told));
    match &args.output {
        Some(file) => to_named_file(file, |out| out.write_all(text.as_bytes()))?,
        None => to_stdout(|out| out.write_all(text.as_bytes()))?,
    }
    Ok(Exit::Clean)
}

/// A rule file's provider has the name of its file.
fn provider(output: Option<&Path>) -> Result<String> {
    let Some(file) = output else { return Ok(PROVIDER.to_owned()) };
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let is_id = stem.starts_with(|c: char| c.is_ascii_lowercase()) && stem.split('-').all(word);
    if !is_id || file.extension().is_none_or(|ending| ending != "toml") {
        bail!("--output {}: name a rule file, such as our-rules.toml: lower-case words joined by `-`", file.display());
    }
    Ok(stem)
}

/// Leaves out, one after the other, every rule with which the whole set would not pass `rules check`: most often one
/// whose keys another rule finds already.
fn keep_what_stands(provider: &str, carried: &mut Vec<(usize, Imported)>, read: &mut [Read<'_>]) -> Result<()> {
    let name = format!("{provider}.toml");
    while !carried.is_empty() {
        let kept: Vec<&Imported> = carried.iter().map(|(_, rule)| rule).collect();
        let text = rules::rule_file(provider, &kept, &[]);
        let mistakes = match load_rules(&[(&name, &text)]) {
            Ok(set) => detect::check_rules_of(&set, &name),
            Err(mistakes) => mistakes,
        };
        if mistakes.is_empty() {
            break;
        }
        let before = carried.len();
        let starts: Vec<usize> = starts(&text);
        let mut why: Vec<Option<String>> = vec![None; before];
        for mistake in &mistakes {
            let (at, message) = if mistake.file == name {
                let at = starts.partition_point(|start| *start <= mistake.line).checked_sub(1);
                (at, mistake.message.clone())
            } else {
                (blamed(mistake, carried), format!("it disturbs a built-in rule: {}", mistake.message))
            };
            if let Some(slot) = at.and_then(|at| why.get_mut(at)) {
                slot.get_or_insert(message);
            }
        }
        let mut reasons = why.into_iter();
        carried.retain(|(file, rule)| match reasons.next().flatten() {
            None => true,
            Some(why) => {
                let why = why.strip_prefix(&format!("rule `{}`: ", rule.id)).unwrap_or(&why).to_owned();
                let note = Note { line: rule.line, rule: Some(rule.original.clone()), lost: true, message: why };
                read[*file].notes.push(note);
                false
            }
        });
        if carried.len() == before {
            let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
            bail!("{}", lines.join("\n"));
        }
    }
    Ok(())
}

/// The imported rule that a mistake in another file names.
fn blamed(mistake: &Mistake, carried: &[(usize, Imported)]) -> Option<usize> {
    carried.iter().position(|(_, rule)| mistake.message.contains(&format!("`{}`", rule.id)))
}

/// The line of each rule.
fn starts(text: &str) -> Vec<usize> {
    text.lines().zip(1..).filter(|(line, _)| *line == "[[rule]]").map(|(_, number)| number).collect()
}

/// Everything that a reader must know, a line each, with its place.
fn told(read: &[Read<'_>], carried: &[(usize, Imported)]) -> Vec<String> {
    let mut lines = Vec::new();
    let whole: BTreeSet<(usize, &str)> = carried.iter().map(|(file, rule)| (*file, rule.original.as_str())).collect();
    for (index, Read { file, notes, excluded, .. }) in read.iter().enumerate() {
        let mut notes: Vec<&Note> = notes.iter().collect();
        notes.sort_by_key(|note| note.line);
        lines.extend(notes.iter().map(|note| {
            let place = format!("{}:{}", file.display(), note.line);
            match (&note.rule, note.lost) {
                (Some(rule), true) if whole.contains(&(index, rule.as_str())) => {
                    format!("{place}: `{rule}`: one of its alternatives is not carried over: {}", note.message)
                }
                (Some(rule), true) => format!("{place}: `{rule}` is not carried over: {}", note.message),
                (Some(rule), false) => format!("{place}: `{rule}`: {}", note.message),
                (None, _) => format!("{place}: {}", note.message),
            }
        }));
        if !excluded.is_empty() {
            let paths = count(excluded.len(), "glob");
            lines.push(format!(
                "{}: the paths that it allows everywhere belong into skelkey.toml, [scan] exclude ({paths}, at the top of the outcome)",
                file.display()
            ));
        }
    }
    let seen = read.iter().map(|read| read.seen).sum();
    let split = if carried.len() == whole.len() { String::new() } else { format!(", as {}", carried.len()) };
    lines.push(format!("{} of {} carried over{split}", whole.len(), count(seen, "rule")));
    lines
}

fn header(provider: &str, read: &[Read<'_>], told: &[String]) -> Vec<String> {
    let mut header = vec![format!(
        "Made by `skelkey rules import`. Save it as {provider}.toml; `skelkey rules check {provider}.toml` checks it."
    )];
    header.extend(told.iter().cloned());
    for glob in read.iter().flat_map(|read| &read.excluded) {
        header.push(format!("[scan] exclude: \"{glob}\""));
    }
    header
}
