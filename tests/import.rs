//! Configurations of other scanners: what is carried over finds what their patterns find, and what is not is said.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may be blunt")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use regex::bytes::{Regex, RegexBuilder};
use skelkey::detect::{Detector, Scratch};
use skelkey::rules::{Import, Minter, RuleSet, import, parse, rule_file};
use support::{Run, skelkey, write};

const INVENTED: &str = include_str!("../fixtures/import/other-scanner.toml");

fn run(args: &[&str]) -> (tempfile::TempDir, Run) {
    let at = tempfile::tempdir().unwrap();
    write(at.path(), "theirs.toml", INVENTED);
    let run = skelkey(at.path(), args);
    (at, run)
}

#[test]
fn the_outcome_passes_the_check_and_finds_keys() {
    let (at, made) = run(&["rules", "import", "theirs.toml", "-o", "ours.toml"]);
    assert_eq!((made.code, made.out.as_str()), (0, ""), "{}", made.err);
    let checked = skelkey(at.path(), &["rules", "check", "ours.toml"]);
    assert_eq!(checked.code, 0, "{}", checked.err);
    let key = Minter::new(3).fill("zbx_{base62:36}").unwrap();
    write(at.path(), "repo/a.txt", format!("k = \"{key}\"\n"));
    let found = skelkey(at.path(), &["scan", "repo", "--rules", "ours.toml", "-f", "json"]);
    assert_eq!(found.code, 1, "{}", found.err);
    assert!(found.out.contains("\"ours-zorblax-pat\"") && !found.out.contains(&key), "{}", found.out);
}

#[test]
fn everything_that_is_not_carried_over_is_said_with_its_line_here_and_there() {
    let (_at, made) = run(&["rules", "import", "theirs.toml"]);
    assert_eq!(made.code, 0, "{}", made.err);
    for told in [
        "theirs.toml:4: `extend` is not followed",
        "theirs.toml:7: of the allow-list of all rules: 1 entry not carried over: regular expressions over paths",
        "theirs.toml:7: of the allow-list of all rules: 1 entry not carried over: `regexes`",
        "theirs.toml:7: of the allow-list of all rules: 1 entry not carried over: `stopwords`",
        "theirs.toml:12: `zorblax-pat`: its `tags` are not carried over",
        "theirs.toml:20: `quuxnet_api_key`: of its allow-list: 1 entry not carried over: `stopwords`",
        "theirs.toml:20: `quuxnet_api_key`: of its allow-list: 1 entry not carried over: `commits`",
        "theirs.toml:30: `frobnitz-open`: repetitions without an end get one: 256 characters",
        "theirs.toml:35: `two-forms`: its keywords need not stand in what it matches; it looks wherever `alphakey_` stands",
        "`a-path` is not carried over: it names paths alone",
        "`no-literal` is not carried over: no literal of three bytes",
        "`narrow-path` is not carried over: its `path` is a regular expression that globs cannot say",
        "`not-a-pattern` is not carried over: its pattern is not one of this engine's",
        "`rubygems` is not carried over: in this example the key is found by `rubygems-api-key` instead",
        "`expression`: its `filter` says more than an entropy",
        "`expression`: its `validate` is not carried over",
        "`a-part` is not carried over: it is only a part of other rules",
        "8 of 14 rules carried over, as 9",
    ] {
        assert!(made.err.contains(told), "{told}\n{}", made.err);
        assert!(made.out.contains(told), "as a comment: {told}");
    }
    assert!(made.out.contains("[scan] exclude: \"**/node_modules/**\""));
    assert!(made.out.contains("paths = [\"**/flimflam.ini\"]") && made.out.contains("not-paths = [\"**/*.lock\"]"));
    assert!(made.out.contains("min-entropy = 3.5"));
    assert!(!made.out.contains("0123456789abcdef0123456789abcdef") && made.out.contains("samples = ["), "as its hash");
}

#[test]
fn what_is_no_configuration_is_refused() {
    let at = tempfile::tempdir().unwrap();
    let import = |text: &str, more: &[&str]| {
        write(at.path(), "theirs.toml", text);
        skelkey(at.path(), &[&["rules", "import", "theirs.toml"][..], more].concat())
    };
    for (text, told) in [
        ("x = 1\n", "theirs.toml:1: no `[[rules]]`"),
        ("[[rules]]\nid = \n", "theirs.toml:2: not TOML"),
        ("[[rules]]\nid = \"a\"\nregex = '[a-z]+'\n", "no rule could be carried over"),
    ] {
        let run = import(text, &[]);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{}", run.err);
        assert!(run.err.contains(told), "{told}\n{}", run.err);
    }
    assert_eq!(import(INVENTED, &["-o", "Our Rules.toml"]).code, 2, "a provider's name is an id");
    assert_eq!(import(INVENTED, &["-o", "no/folder/ours.toml"]).code, 2);
    assert_eq!(skelkey(at.path(), &["rules", "import", "missing.toml"]).code, 2);
}

#[test]
fn imported_rules_find_what_their_patterns_find() {
    let differences = compare("invented.toml", INVENTED);
    assert_eq!(differences, Vec::<String>::new());
}

/// With a real configuration: `SKELKEY_IMPORT=FILE cargo test --test import -- --ignored --nocapture`.
#[test]
#[ignore = "reads the configuration that SKELKEY_IMPORT names"]
#[allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a measurement asked for by hand")]
fn a_real_configuration_finds_what_its_patterns_find() {
    let file = std::env::var("SKELKEY_IMPORT").expect("SKELKEY_IMPORT names a configuration");
    let differences = compare(&file, &fs::read_to_string(Path::new(&file)).unwrap());
    println!("{} differences", differences.len());
    assert_eq!(differences, Vec::<String>::new());
}

/// Every text in which a rule and the pattern that it was made from find other keys.
fn compare(name: &str, text: &str) -> Vec<String> {
    let theirs: toml::Table = toml::from_str(text).unwrap();
    let imported = import(name, text, "theirs").unwrap();
    let mut differences = Vec::new();
    for rule in theirs["rules"].as_array().unwrap() {
        let id = rule["id"].as_str().unwrap();
        let Some(set) = made_from(&imported, id) else { continue };
        // RE2 takes a brace that begins no repetition for itself.
        let pattern = rule["regex"].as_str().unwrap().replace("{key}", r"\{key\}");
        let regex = RegexBuilder::new(&pattern).unicode(false).build().unwrap();
        let group = rule.get("secretGroup").and_then(toml::Value::as_integer).map(|n| usize::try_from(n).unwrap());
        let least = set.rules[0].min_entropy;
        let detector = Detector::new(Arc::clone(&set)).unwrap();
        for (path, text) in texts(&set) {
            let found = detector.scan(text.as_bytes(), &path, &mut Scratch::default());
            let ours: BTreeSet<&[u8]> = found.iter().map(|m| &text.as_bytes()[m.span.start..m.span.end]).collect();
            let theirs: BTreeSet<&[u8]> = secrets(&regex, group, text.as_bytes());
            let theirs: BTreeSet<&[u8]> = theirs.into_iter().filter(|secret| entropy(secret) >= least).collect();
            if ours != theirs {
                let shown = |all: &BTreeSet<&[u8]>| {
                    all.iter().map(|s| String::from_utf8_lossy(s).into_owned()).collect::<Vec<_>>()
                };
                differences.push(format!("{id} in {text:?}: {:?} and not {:?}", shown(&ours), shown(&theirs)));
            }
        }
    }
    differences
}

/// The rules that were made from one of theirs.
fn made_from(imported: &Import, original: &str) -> Option<Arc<RuleSet>> {
    let rules: Vec<_> = imported.rules.iter().filter(|rule| rule.original == original).collect();
    let text = rule_file("theirs", &rules, &[]);
    (!rules.is_empty()).then(|| Arc::new(parse(&[("theirs.toml", &text)]).unwrap()))
}

/// Texts with keys in their places, cut, doubled, and among other things.
fn texts(set: &RuleSet) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for rule in &set.rules {
        for seed in 0..12 {
            let one = Minter::new(seed).example(set, rule, &rule.examples[0]).unwrap();
            let other = Minter::new(seed + 100).example(set, rule, &rule.examples[0]).unwrap();
            let cut = one.text.get(..one.text.len() - 3).unwrap_or_default().to_owned();
            for text in [
                one.text.clone(),
                format!("# a line before\n{}\n{}\n", one.text, other.text),
                format!("x{}\nfiller {}", one.text, other.text.to_ascii_uppercase()),
                format!("{cut}\n{cut}"),
            ] {
                texts.push((one.path.clone(), text));
            }
        }
    }
    texts
}

/// What their scanner takes for the key: the named group, or else the first that takes part, or else all.
fn secrets<'t>(regex: &Regex, group: Option<usize>, text: &'t [u8]) -> BTreeSet<&'t [u8]> {
    let secret = |captures: regex::bytes::Captures<'t>| {
        let first = || captures.iter().skip(1).flatten().find(|found| !found.is_empty()).or_else(|| captures.get(0));
        let found = if let Some(group) = group { captures.get(group) } else { first() };
        found.map(|found| found.as_bytes())
    };
    regex.captures_iter(text).filter_map(secret).collect()
}

#[allow(clippy::cast_precision_loss, reason = "the counts are small")]
fn entropy(secret: &[u8]) -> f32 {
    let mut counts = [0_u32; 256];
    for byte in secret {
        counts[usize::from(*byte)] += 1;
    }
    let all = secret.len() as f32;
    counts.iter().filter(|n| **n > 0).map(|n| *n as f32 / all).map(|p| -p * p.log2()).sum()
}
