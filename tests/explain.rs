//! `skelkey explain`: why a line is a finding or none, without a word of the line.
#![allow(clippy::unwrap_used, reason = "a test may be blunt")]

mod support;

use std::sync::Arc;

use skelkey::detect::{Detector, End, nearest_miss};
use skelkey::location::Span;
use skelkey::rules::{Minter, load};
use skelkey::severity::Confidence;
use support::{Run, skelkey, write};

/// A folder with a file of lines of every kind, and the secrets in it.
fn folder() -> (tempfile::TempDir, Vec<String>) {
    let at = tempfile::tempdir().unwrap();
    let mut minter = Minter::new(11);
    let mut mint = |template: &str| minter.fill(template).unwrap();
    let secrets = [mint("{lower:4}{base62:8}7"), mint("glpat-{base64url:20}"), mint("{base62:32}"), mint("{lower:9}")];
    let [password, token, key, word] = &secrets;
    let lines = format!(
        "DB_PASSWORD={password}\n\
         GITLAB_TOKEN={token}\n\
         x = 1\n\
         password = \"changeme\"\n\
         password: string;\n\
         API_KEY={key} # skelkey:ignore[generic-api-key] until=2030-01-01\n\
         password = \"{word}\"\n"
    );
    write(at.path(), "app.env", lines);
    (at, secrets.to_vec())
}

fn explain(line: usize) -> (Run, Vec<String>) {
    let (at, secrets) = folder();
    (skelkey(at.path(), &["explain", &format!("app.env:{line}"), "--isolated"]), secrets)
}

#[test]
fn each_line_is_explained_without_its_secret() {
    let expected: [(usize, &[&str]); 7] = [
        (1, &["generic-password: found, medium confidence", "file: settings", "value at line 1, column 13: 13 bytes"]),
        (2, &["gitlab-", "generic-token: found, but `gitlab-", "overlaps it"]),
        (3, &["no word that any rule looks for stands here"]),
        (4, &["generic-password: dropped", "stand in place of a secret", "nearest miss: generic-password"]),
        (5, &["nothing of their form here", "nearest miss"]),
        (6, &["generic-api-key: found", "is random", "a marker that sets aside: generic-api-key, until 2030-01-01"]),
        (7, &["generic-password: found"]),
    ];
    for (line, words) in expected {
        let (run, secrets) = explain(line);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "line {line}");
        for word in words {
            assert!(run.out.contains(word), "line {line}: no `{word}` in\n{}", run.out);
        }
        for secret in &secrets {
            assert!(!run.out.contains(secret.as_str()), "line {line} shows a secret:\n{}", run.out);
        }
    }
}

#[test]
fn rules_and_verdicts_are_explained() {
    let at = tempfile::tempdir().unwrap();
    for (id, words) in [
        ("npm-access-token", &["closed at:", "anchors:"][..]),
        ("SK1001", &["Revoke the key", "cwe.mitre.org"]),
        ("SK2006", &["by default", "Make a new key"]),
        ("SK3101", &["incomplete (exit 3)"]),
        ("SK3002", &["the run is complete"]),
    ] {
        let run = skelkey(at.path(), &["explain", id, "--isolated"]);
        assert_eq!(run.code, 0, "{id}: {}", run.err);
        for word in words {
            assert!(run.out.contains(word), "{id}: no `{word}` in\n{}", run.out);
        }
    }
}

#[test]
fn what_cannot_be_explained_is_wrong_use_or_incomplete() {
    let (at, _) = folder();
    for (what, code, words) in [
        ("no-such-thing", 2, "is no rule, no verdict and no line"),
        ("app.env", 2, "write FILE:LINE"),
        ("app.env:0", 2, "there is no line 0"),
        ("app.env:900", 2, "there is no line 900"),
        ("missing.env:1", 3, "cannot be opened"),
        (".:1", 3, "not a regular file"),
    ] {
        let run = skelkey(at.path(), &["explain", what, "--isolated"]);
        assert_eq!((run.code, run.out.as_str()), (code, ""), "{what}: {}", run.err);
        assert!(run.err.contains(words), "{what}: {}", run.err);
    }
}

/// Every example of every rule: its own line says that it is found, by this rule or a better one, and no step shows the key.
#[test]
fn every_rule_is_told_of_its_own_examples() {
    let rules = Arc::new(load(&[]).unwrap());
    let detector = Detector::new(Arc::clone(&rules)).unwrap();
    for (index, rule) in rules.rules.iter().enumerate().filter(|(index, rule)| index % 7 == 0 && !rule.part_only) {
        let example = &rule.examples[0];
        let sample = Minter::new(3).example(&rules, rule, example).unwrap();
        let Some(&span) = sample.spans.first() else { continue };
        let attempts = detector.explain(sample.text.as_bytes(), &sample.path, span);
        let own = attempts.iter().find(|attempt| attempt.rule == index && attempt.value == Some(span));
        assert!(own.is_some_and(|own| matches!(own.end, End::Found(_) | End::Lost(_))), "{}: {attempts:?}", rule.id);
        let key = &sample.text[span.start..span.end];
        let shown = attempts.iter().flat_map(|attempt| &attempt.steps).find(|step| step.contains(key));
        assert_eq!(shown, None, "{}", rule.id);
    }
}

#[test]
fn the_nearest_miss_is_a_value_that_was_dropped() {
    let detector = Detector::new(Arc::new(load(&[]).unwrap())).unwrap();
    let text = b"password: 'changeme' # token\n";
    let attempts = detector.explain(text, "app.yml", Span::new(0, text.len() - 1));
    let miss = nearest_miss(&attempts).unwrap();
    assert_eq!(miss.end, End::Dropped);
    assert_eq!(&text[miss.value.unwrap().start..miss.value.unwrap().end], b"changeme");
    assert!(attempts.iter().all(|attempt| attempt.end != End::Found(Confidence::High)));
}
