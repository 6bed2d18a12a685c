//! What the engine costs: starting, finding anchors on either path, confirming, a tree of files.
//!
//! `cargo bench` runs them. Times depend on the machine and its load; `benches/instructions.sh` counts instructions.
#![allow(clippy::unwrap_used, reason = "a benchmark may be blunt")]

use std::fmt::Write as _;
use std::sync::Arc;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use skelkey::detect::{Detector, Scratch};
use skelkey::rules::{Minter, RuleSet, load};
use skelkey::scan::{Scanner, Settings};
use skelkey::source::{FileOptions, Progress};

fn main() {
    divan::main();
}

/// Making ready to scan: what every run pays.
#[divan::bench]
fn start_up() -> Detector {
    Detector::new(rules()).unwrap()
}

/// Source text with ordinary names, paths, long identifiers and hashes, and no key.
#[divan::bench(args = ["fast", "portable"])]
fn anchors_in_source(bencher: Bencher<'_, '_>, path: &str) {
    scan(bencher, path, &source_text(1 << 20));
}

/// Nothing but words that rules look for.
#[divan::bench(args = ["fast", "portable"])]
fn anchors_everywhere(bencher: Bencher<'_, '_>, path: &str) {
    scan(bencher, path, &keyword_text(1 << 20));
}

/// Keys of every rule, each of which has to be confirmed.
#[divan::bench]
fn confirm(bencher: Bencher<'_, '_>) {
    let rules = rules();
    let mut text = String::new();
    for rule in &rules.rules {
        for example in &rule.examples {
            writeln!(text, "{}", Minter::new(1).example(&rules, rule, example).unwrap().text).unwrap();
        }
    }
    scan(bencher, "fast", &text);
}

/// Two thousand files in a hundred folders, with one worker.
#[divan::bench(sample_count = 20)]
fn tree(bencher: Bencher<'_, '_>) {
    let folder = tempfile::tempdir().unwrap();
    let text = source_text(1 << 20);
    for index in 0..2000 {
        let inner = folder.path().join(format!("{:02}", index % 100));
        std::fs::create_dir_all(&inner).unwrap();
        let (from, length) = (index * 397 % (text.len() / 2), 500 + index * 31 % 20_000);
        std::fs::write(inner.join(format!("{index}.rs")), &text.as_bytes()[from..from + length]).unwrap();
    }
    let scanner = Scanner::new(rules(), Settings::at("2026-01-01T00:00:00Z".parse().unwrap())).unwrap();
    let paths = [folder.path().to_owned()];
    bencher.bench_local(|| {
        let options = FileOptions {
            no_ignore: true,
            max_file_size: 1 << 30,
            exclude: globset::GlobSet::empty(),
            jobs: 1,
            #[cfg(feature = "git")]
            cache: None,
        };
        scanner.files(black_box(&paths), options, &Progress::default(), None)
    });
}

fn rules() -> Arc<RuleSet> {
    Arc::new(load(&[]).unwrap())
}

fn scan(bencher: Bencher<'_, '_>, path: &str, text: &str) {
    let detector = if path == "fast" { Detector::new(rules()).unwrap() } else { Detector::portable(rules()).unwrap() };
    let mut scratch = Scratch::default();
    // Regexes are compiled by the first text.
    detector.scan(text.as_bytes(), "a.txt", &mut scratch);
    bencher
        .counter(BytesCount::of_str(text))
        .bench_local(|| detector.scan(black_box(text.as_bytes()), "a.txt", &mut scratch));
}

fn source_text(bytes: usize) -> String {
    let mut random = fastrand::Rng::with_seed(1);
    let words =
        ["let", "self", "value", "request_timeout", "NodeConfiguration", "data", "box", "monday", "path", "stream"];
    let mut text = String::new();
    while text.len() < bytes {
        let word = |random: &mut fastrand::Rng| words[random.usize(0..words.len())];
        let (a, b, c) = (word(&mut random), word(&mut random), word(&mut random));
        match random.u8(0..12) {
            0 => writeln!(text, "    // The {a} of a {b} is kept until the {c} is closed; see docs/{a}/{b}.md."),
            1 => writeln!(text, "checksum = \"{:016x}{:016x}\"", random.u64(..), random.u64(..)),
            2 => writeln!(text, "import {{ {a}, {b} }} from './{c}/{a}_{b}';"),
            _ => writeln!(text, "    let {a}_{b} = self.{c}.{b}({a}, &mut {c}, {})?;", random.u16(..)),
        }
        .unwrap();
    }
    text
}

fn keyword_text(bytes: usize) -> String {
    let rules = rules();
    let words: Vec<&String> = rules.rules.iter().flat_map(|rule| &rule.anchors).collect();
    let mut random = fastrand::Rng::with_seed(2);
    let mut text = String::new();
    while text.len() < bytes {
        let word = words[random.usize(0..words.len())];
        writeln!(text, "{word} = value {}; {}", random.u8(..), words[random.usize(0..words.len())]).unwrap();
    }
    text
}
