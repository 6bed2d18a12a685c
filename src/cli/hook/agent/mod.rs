//! The hook of a coding agent: one tool call or prompt as JSON, answered in the agent's own way. docs/hooks.md says
//! which agents, and what each sends and expects.

mod answer;
mod call;
mod patch;

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use skelkey::finding::Finding;
use skelkey::report::escape::{step_plain, terminal};
use skelkey::report::words;
use skelkey::scan::{Scanner, Text};
use skelkey::source::Progress;

use super::super::Exit;
use super::super::args::{Global, SourceArgs};
use super::super::options::{self, Surroundings};
use super::super::scan::{Look, read_stdin};
use super::args::RunArgs;
use answer::Answer;
use call::{Call, Said};

/// A call that is larger is refused: no agent writes so much at once.
const MOST: u64 = 64 << 20;
/// How many keys a reason names.
const KEYS_NAMED: usize = 3;

pub(super) fn run(global: &Global, args: &RunArgs, around: &Surroundings) -> Result<Exit> {
    ensure!(args.baseline.is_none(), "a baseline holds places in a repository; a tool call has none");
    #[cfg(feature = "git")]
    ensure!(args.cache.is_none(), "a cache knows files of a repository; a tool call is none");
    let text = read_stdin(MOST, "no tool call is so long; it is refused")?;
    let call = Call::read(&text)?;
    let loaded = around.config(global)?;
    let fail_on = options::fail_on(args.fail_on, &loaded)?;
    // The agent writes the text, comments and all: it may not set its own findings aside.
    let source = SourceArgs { no_inline_ignore: true, ..SourceArgs::default() };
    let look = Look { global, around, loaded: &loaded, source: &source, lists: &[], fail_on };
    let (scanner, files) = look.scanner()?;
    let (new, old) = call.texts(&around.here, files.max_file_size)?;
    let known: BTreeSet<String> = scan(&scanner, &old).iter().map(|f| f.fingerprint.to_string()).collect();
    let mut keys = scan(&scanner, &new);
    keys.retain(|key| key.judgement.severity >= fail_on && !known.contains(&key.fingerprint.to_string()));
    let answer = Answer::to(&call);
    if keys.is_empty() {
        return answer.allow();
    }
    answer.deny(&reason(&keys))
}

fn scan(scanner: &Scanner, said: &[Said]) -> Vec<Finding> {
    let texts: Vec<Text<'_>> =
        said.iter().map(|said| Text { path: &said.path, shown: &said.shown, bytes: &said.bytes }).collect();
    if texts.is_empty() {
        return Vec::new();
    }
    scanner.texts(&texts, "<agent>", &Progress::default()).findings
}

/// Why, for the agent and whoever watches it. Holds no key.
fn reason(keys: &[Finding]) -> String {
    let named = keys.iter().take(KEYS_NAMED).map(|key| {
        let places: BTreeSet<String> =
            key.places.iter().map(|place| format!("{}:{}", place.shown, place.region.start_line)).collect();
        let places = places.into_iter().collect::<Vec<_>>().join(", ");
        let opens = step_plain(&words::opens(&key.dossier, &key.judgement));
        format!("{} {} ({}) at {places}; opens: {opens}", key.title, key.masked, key.judgement.severity)
    });
    let named = named.collect::<Vec<_>>().join(". ");
    let more = keys.len().saturating_sub(KEYS_NAMED);
    let more = if more > 0 { format!(" And {}.", words::count(more as u64, "more key")) } else { String::new() };
    let text = format!(
        "skelkey: this holds {}: {named}.{more} Do not write, run, read or send the key itself: use a reference to an \
         environment variable or a secret store, and tell the user which key is where so that it can be revoked. Do not \
         try another way around this.",
        words::count(keys.len() as u64, "key")
    );
    terminal(&text).into_owned()
}
