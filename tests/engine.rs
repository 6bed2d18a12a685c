//! The matching engine: kernels, windows and threads change how fast keys are found, never which.
#![allow(clippy::unwrap_used, reason = "a test may be blunt")]

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD};
use proptest::prelude::*;
use skelkey::detect::{AnchorCounts, Detector, Scratch};
use skelkey::finding::Report;
use skelkey::rules::{Kind, Minter, RuleSet, load};
use skelkey::scan::{Scanner, Settings};
use skelkey::severity::Confidence;
use skelkey::source::{FileOptions, Progress};

fn rules() -> Arc<RuleSet> {
    Arc::new(load(&[]).unwrap())
}

/// Every example of every rule, filled with fresh keys.
fn samples(rules: &RuleSet, seed: u64) -> Vec<String> {
    let mut samples = Vec::new();
    for rule in &rules.rules {
        for example in &rule.examples {
            samples.push(Minter::new(seed).example(rules, rule, example).unwrap().text);
        }
    }
    let encoded = encodable(rules).into_iter().step_by(8);
    samples.extend(encoded.map(|(_, key)| format!("data: {}\n", BASE64.encode(key.as_bytes()))));
    samples
}

fn found(detector: &Detector, text: &[u8]) -> Vec<(usize, usize, usize)> {
    let matches = detector.scan(text, "package.json", &mut Scratch::default());
    matches.iter().map(|found| (found.rule, found.span.start, found.span.end)).collect()
}

#[test]
fn both_kernels_find_the_same_keys() {
    let rules = rules();
    let (fast, portable) =
        (Detector::new(Arc::clone(&rules)).unwrap(), Detector::portable(Arc::clone(&rules)).unwrap());
    let mut keys = 0;
    for (index, sample) in samples(&rules, 5).iter().enumerate() {
        let text = format!("{}{sample}", "/".repeat(index % 67));
        let of_fast = found(&fast, text.as_bytes());
        assert_eq!(of_fast, found(&portable, text.as_bytes()), "sample {index}");
        keys += of_fast.len();
    }
    assert!(keys > 100, "only {keys} keys: the samples do not try much");
}

/// A fresh key of every rule that is looked for in base64, with its rule.
fn encodable(rules: &RuleSet) -> Vec<(usize, String)> {
    let looked_for = rules.rules.iter().enumerate().filter(|(_, rule)| {
        rule.kind == Kind::Structured
            && !rule.part_only
            && !rule.anchors_fold
            && rule.left == 0
            && rule.reading.is_none()
    });
    looked_for
        .filter_map(|(index, rule)| Some((index, Minter::new(11).mint(rule).ok()?)))
        .filter(|(index, key)| rules.rules[*index].anchors.iter().any(|anchor| key.starts_with(anchor.as_str())))
        .collect()
}

#[test]
fn a_key_in_base64_is_the_key_that_it_is_in_clear() {
    let rules = rules();
    let detector = Detector::new(Arc::clone(&rules)).unwrap();
    let mut scratch = Scratch::default();
    let mut keys = 0;
    for (turn, (index, key)) in encodable(&rules).iter().enumerate() {
        let in_clear = detector.scan(key.as_bytes(), "", &mut scratch);
        let Some(in_clear) = in_clear.first().filter(|found| found.rule == *index && found.span.start == 0) else {
            continue;
        };
        let written = [BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD][turn % 4].encode(key.as_bytes());
        let text = format!("apiVersion: v1\ndata:\n  value: {written}\n");
        let found = detector.scan(text.as_bytes(), "", &mut scratch);
        let id = &rules.rules[*index].id;
        let found = found.iter().find(|found| found.rule == *index).unwrap_or_else(|| panic!("{id} is not found"));
        assert!(found.secret.expose_for_join() == in_clear.secret.expose_for_join(), "{id}: another key");
        assert_eq!((found.confidence, found.proved), (in_clear.confidence, in_clear.proved), "{id}");
        let whole = in_clear.span.len() == key.len();
        assert!(!whole || text[found.span.start..found.span.end] == *written, "{id}: another place");
        keys += 1;
    }
    assert!(keys > 300, "only {keys} keys: the samples do not try much");
}

#[test]
fn what_is_disproved_in_clear_is_disproved_in_base64() {
    let rules = rules();
    let detector = Detector::new(Arc::clone(&rules)).unwrap();
    let github = rules.rules.iter().find(|rule| rule.id == "github-personal-access-token").unwrap();
    let key = Minter::new(3).mint(github).unwrap();
    let changed = Minter::new(3).flip(github, &key).unwrap();
    for (key, is_found) in [(key, true), (changed, false)] {
        let text = format!("GITHUB_TOKEN={}", BASE64.encode(key.as_bytes()));
        assert_eq!(!found(&detector, text.as_bytes()).is_empty(), is_found);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Pieces of rules, torn and glued.
    #[test]
    fn both_kernels_agree_on_rubble(picks in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..80, 0_usize..80), 0..40)) {
        let rules = rules();
        let samples = samples(&rules, 7);
        let mut text = Vec::new();
        for (sample, from, length) in picks {
            let sample = sample.get::<String>(&samples).as_bytes();
            let from = from.min(sample.len());
            text.extend(&sample[from..sample.len().min(from + length)]);
        }
        let fast = Detector::new(Arc::clone(&rules)).unwrap();
        prop_assert_eq!(found(&fast, &text), found(&Detector::portable(rules).unwrap(), &text));
    }
}

fn scanner() -> Scanner {
    let settings = Settings { confidence: Confidence::Low, ..Settings::at("2026-01-01T00:00:00Z".parse().unwrap()) };
    Scanner::new(rules(), settings).unwrap()
}

/// Lines, columns and frames of every finding.
fn places(report: &Report) -> Vec<String> {
    let place = |finding: &skelkey::finding::Finding| {
        let places = finding.places.iter();
        places.map(|place| format!("{} {:?} {:?}", finding.rule, place.region, place.frame)).collect::<Vec<_>>()
    };
    let mut all: Vec<String> = report.findings.iter().flat_map(place).collect();
    all.sort();
    all
}

fn scan_file(scanner: &Scanner, path: PathBuf, jobs: usize) -> Report {
    let options = FileOptions {
        no_ignore: true,
        max_file_size: 1 << 40,
        exclude: globset::GlobSet::empty(),
        jobs,
        #[cfg(feature = "git")]
        cache: None,
    };
    scanner.files(&[path], options, &Progress::default(), None)
}

/// A text that is longer than a window, with keys everywhere, on many lines or on one.
fn long_text(between: &str) -> String {
    let rules = rules();
    let mut text = String::new();
    for seed in 0.. {
        for sample in samples(&rules, seed).iter().filter(|sample| !sample.contains(char::is_whitespace)) {
            write!(text, "{between}{sample}{between}").unwrap();
            text.push_str(&"é ".repeat(4000));
            if text.len() > 9 << 20 {
                return text;
            }
        }
    }
    text
}

#[test]
fn a_file_of_several_windows_is_reported_as_one_text() {
    let folder = tempfile::tempdir().unwrap();
    let scanner = scanner();
    for between in ["\n", " "] {
        let text = long_text(between);
        let path = folder.path().join("long.txt");
        std::fs::write(&path, &text).unwrap();
        let whole = scanner.text(text.as_bytes(), "long.txt", &Progress::default(), None);
        let parts = scan_file(&scanner, path, 2);
        assert!(places(&whole).len() > 100, "the text tries too little");
        assert_eq!(places(&whole), places(&parts));
    }
}

#[test]
fn anchors_are_counted_by_rule() {
    let rules = rules();
    let detector = Detector::new(Arc::clone(&rules)).unwrap();
    let mut counts = AnchorCounts::default();
    detector.count_anchors(b"NuGet nuget npm_ ", &mut counts);
    let of = |id: &str, anchor: &str| {
        let rule = rules.rules.iter().position(|rule| rule.id == id).unwrap();
        counts.places.get(&(rule, anchor.to_owned())).copied()
    };
    assert_eq!((counts.bytes, of("nuget-api-key-guid", "nuget")), (17, Some(2)));
    assert_eq!(of("npm-access-token", "npm_"), Some(1));
    assert_eq!(of("github-oauth-token", "gho_"), None);
}
