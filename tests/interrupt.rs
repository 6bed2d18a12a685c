//! Ctrl-C: what was found is reported, the report says that it is not complete, and nothing passes.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may be blunt")]

mod support;

use std::fs::OpenOptions;
use std::process::{Command, Stdio};
use std::time::Duration;

use skelkey::rules::Minter;
use support::{Run, json, write};

fn leak(seed: u64) -> String {
    let body = Minter::new(seed).fill("npm_{base62:30}").unwrap();
    format!("token: {}\n", (skelkey::format::check("npm").unwrap().seal.unwrap())(&body))
}

/// Interrupts a scan of three PATHs at the second, a pipe that gives nothing; only then does the pipe end.
fn interrupted(signal: &str, more: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "before/a.env", leak(1));
    write(folder.path(), "after/b.env", leak(2));
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let child = Command::new(env!("CARGO_BIN_EXE_skelkey"))
        .args(["scan", "before", "pipe", "after", "-f", "json", "--now", "2026-11-22T12:00:00Z"])
        .args(more)
        .current_dir(folder.path())
        .env_clear()
        .env("HOME", folder.path().join("no-home"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Opening waits for the reader, so the scan is at the pipe.
    let writer = OpenOptions::new().write(true).open(&pipe).unwrap();
    let status = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(status.success());
    std::thread::sleep(Duration::from_millis(300));
    drop(writer);
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code().expect("an exit code, not a signal"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn what_was_found_before_is_reported_and_the_rest_is_a_gap() {
    for signal in ["-INT", "-TERM"] {
        let run = interrupted(signal, &[]);
        let report = json(&run);
        assert_eq!(run.code, 1, "a finding fails the run: {}", run.err);
        assert_eq!(report["complete"], false);
        let findings = report["findings"].as_array().unwrap();
        assert_eq!(findings.len(), 1, "{}", run.out);
        assert_eq!(findings[0]["places"][0]["path"], "before/a.env");
        assert!(run.err.contains("after: interrupted: ended before all of it was scanned"), "{}", run.err);
    }
}

#[test]
fn without_a_finding_that_counts_it_is_incomplete() {
    let run = interrupted("-INT", &["--exit-zero"]);
    assert_eq!(run.code, 3, "{}", run.err);
}
