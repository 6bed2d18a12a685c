//! Credentials without a form, line by line: what is found at the default confidence and what is left alone.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may be blunt")]

use std::sync::Arc;

use skelkey::detect::{Detector, Scratch};
use skelkey::rules::{Minter, load};
use skelkey::severity::Confidence;

/// Columns: what is expected, path, line with minting fields in place of its secret, `␤` where it goes on in the next.
const LINES: &str = include_str!("../fixtures/credentials.tsv");

/// Each line is minted so many times: a judgement must not hang on one value.
const SAMPLES: u64 = 4;

#[test]
fn every_line_is_judged_as_it_should_be() {
    let detector = Detector::new(Arc::new(load(&[]).unwrap())).unwrap();
    let mut scratch = Scratch::default();
    let mut wrong = Vec::new();
    for line in LINES.lines().filter(|line| !line.starts_with('#')) {
        let [expected, path, template] = line.splitn(3, '\t').collect::<Vec<_>>()[..] else {
            panic!("a line has three columns: {line}");
        };
        assert!(["found", "quiet"].contains(&expected), "{line}");
        let mut judge = |seed| {
            let text = Minter::new(seed).fill(&template.replace('␤', "\n")).unwrap() + "\n";
            let matches = detector.scan(text.as_bytes(), path, &mut scratch);
            if matches.iter().any(|found| found.confidence >= Confidence::Medium) { "found" } else { "quiet" }
        };
        wrong.extend(
            (0..SAMPLES).map(&mut judge).find(|judged| *judged != expected).map(|judged| format!("{judged}: {line}")),
        );
    }
    assert!(wrong.is_empty(), "{} lines are judged otherwise:\n{}", wrong.len(), wrong.join("\n"));
}

/// Each once took for ever, or might: what divides arguments was not passed over.
#[test]
fn no_space_keeps_a_command_from_ending() {
    let detector = Detector::new(Arc::new(load(&[]).unwrap())).unwrap();
    let password = Minter::new(7).fill("{lower:4}{base62:8}7").unwrap();
    for space in ['\u{b}', '\u{c}', '\t', ' ', '\u{1f}', '\u{85}'] {
        for line in [
            format!("curl{space}-u{space}ci:{password}{space}https://a.corp.internal/{space}"),
            format!("curl -s{space}{space}-u ci:{password}"),
            format!("mysql{space}"),
            format!("openssl\\{space}\n-passin{space}pass:{password}"),
        ] {
            let matches = detector.scan(line.as_bytes(), "run.sh", &mut Scratch::default());
            let is_blank = space.is_ascii_whitespace() && line.starts_with("curl");
            assert!(!is_blank || !matches.is_empty(), "{line:?}");
        }
    }
}
