//! Findings that are set aside: by comments and by a baseline, through the command line.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may be blunt")]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use skelkey::rules::Minter;
use support::{Run, json, skelkey, write};

fn key(seed: u64) -> String {
    Minter::new(seed).fill("{@nuget-v4}").unwrap()
}

fn scan(folder: &Path, more: &[&str]) -> Run {
    skelkey(folder, &[&["scan", "--isolated", "-f", "json"][..], more].concat())
}

fn baselined(folder: &Path) -> Run {
    scan(folder, &["--baseline", ".skelkey-baseline"])
}

fn lines(folder: &Path) -> Vec<String> {
    fs::read_to_string(folder.join(".skelkey-baseline")).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn a_comment_sets_its_line_aside_and_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let place = |text: &str| write(folder.path(), "a.txt", text);
    place(&format!("KEY={} # skelkey:ignore[nuget-api-key-v4] reason=\"a key of the test server\"\n", key(1)));
    let run = scan(folder.path(), &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    let aside = &json(&run)["suppressed"][0];
    assert_eq!((aside["by"].as_str(), aside["line"].as_u64()), (Some("comment"), Some(1)));
    assert_eq!(aside["reason"], "a key of the test server");
    assert!(skelkey(folder.path(), &["scan", "--isolated"]).out.contains("set aside: 1 by a comment"));
    assert_eq!(scan(folder.path(), &["--no-inline-ignore"]).code, 1);
    place(&format!("# skelkey:ignore\nKEY={}\n", key(1)));
    assert_eq!(scan(folder.path(), &[]).code, 0, "a line that is a comment speaks for the next");
    place(&format!("A=1 # skelkey:ignore\nKEY={}\n", key(1)));
    assert_eq!(scan(folder.path(), &[]).code, 1, "any other line speaks for itself");
    place(&format!("KEY={} # gitleaks:allow\n", key(1)));
    assert_eq!(scan(folder.path(), &[]).code, 0);
}

#[test]
fn a_comment_for_another_rule_or_an_earlier_day_sets_nothing_aside() {
    let folder = tempfile::tempdir().unwrap();
    for (comment, note) in [
        ("skelkey:ignore[npm-access-token]", ""),
        ("skelkey:ignore until=2026-11-24", "ended on 2026-11-24"),
        ("skelkey:ignore until=soon", "`until` is no day"),
    ] {
        write(folder.path(), "a.txt", format!("KEY={} # {comment}\n", key(1)));
        let run = scan(folder.path(), &["--now", "2026-11-25T00:00:00Z"]);
        assert_eq!(run.code, 1, "{comment}");
        assert!(json(&run)["notes"].to_string().contains(note), "{comment}: {}", run.out);
    }
    write(folder.path(), "a.txt", format!("KEY={} # skelkey:ignore until=2026-11-25\n", key(1)));
    assert_eq!(scan(folder.path(), &["--now", "2026-11-25T23:59:59Z"]).code, 0, "the day itself counts");
}

#[test]
fn a_reason_shows_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (old, password) = (key(2), Minter::new(3).fill("{lower:4}{base62:8}7").unwrap());
    write(folder, "a.txt", format!("KEY={} # skelkey:ignore reason=\"{old} before it\"\n", key(1)));
    write(folder, "b.env", format!("DB_PASSWORD={password} # skelkey:ignore reason=\"still {password} there\"\n"));
    for format in ["human", "json", "jsonl", "sarif", "html", "markdown"] {
        let run = skelkey(folder, &["scan", "--isolated", "-f", format]);
        assert_eq!(run.code, 0, "{format}: {}", run.err);
        for secret in [&old, &password] {
            assert!(!run.out.contains(secret.as_str()) && !run.err.contains(secret.as_str()), "{format}");
        }
    }
    assert!(scan(folder, &[]).out.contains("before it"), "the rest of the reason stays");
    // Nor does one that stands in a baseline.
    write(folder, "a.txt", format!("KEY={}\n", key(1)));
    assert_eq!(skelkey(folder, &["baseline", "create", "--isolated", "--reason", &format!("{old} before it")]).code, 0);
    let told = [baselined(folder), skelkey(folder, &["baseline", "explain", "--isolated"])];
    assert!(told.iter().all(|run| run.out.contains("before it") && !run.out.contains(&old)), "{told:?}");
    assert!(!lines(folder).concat().contains(&old), "and none is written down");
}

#[test]
fn a_baseline_covers_what_was_there_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "a.txt", format!("KEY={}\n", key(1)));
    let made = skelkey(folder, &["baseline", "create", "--isolated", "--reason", "before the gate"]);
    assert_eq!(made.code, 0, "{}", made.err);
    assert_eq!(baselined(folder).code, 0);
    let before = lines(folder);
    assert_eq!(before.len(), 2);
    assert!(before[1].contains("before the gate") && !before[1].contains(&key(1)), "{}", before[1]);
    // Lines and indents move; nothing of the baseline does.
    write(folder, "a.txt", format!("one\n\ntwo\n    KEY={}\n", key(1)));
    assert_eq!(baselined(folder).code, 0);
    assert_eq!(skelkey(folder, &["baseline", "update", "--isolated"]).code, 0);
    assert_eq!(lines(folder), before);
    // The same key in another place is a new leak of it, and so is another key.
    write(folder, "b.txt", format!("KEY={}\n", key(1)));
    let run = baselined(folder);
    assert_eq!(run.code, 1);
    assert_eq!(json(&run)["findings"][0]["places"].as_array().unwrap().len(), 1);
    write(folder, "b.txt", format!("KEY={}\n", key(2)));
    assert_eq!(baselined(folder).code, 1);
}

#[test]
fn an_entry_follows_its_file_and_is_pruned_when_its_key_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "old/a.txt", format!("KEY={}\n", key(1)));
    write(folder, "old/.netrc", "machine example.test login me password hunter2-Tr0ub4dor\n");
    assert_eq!(skelkey(folder, &["baseline", "create", "--isolated", "--reason", "known"]).code, 0);
    fs::rename(folder.join("old"), folder.join("new")).unwrap();
    let run = baselined(folder);
    assert_eq!(run.code, 0, "{}", run.out);
    assert!(run.out.contains("has moved to new/a.txt"), "{}", run.out);
    assert_eq!(skelkey(folder, &["baseline", "update", "--isolated"]).code, 0);
    assert!(
        lines(folder).iter().any(|line| line.contains("new/a.txt") && line.contains("known")),
        "{:?}",
        lines(folder)
    );
    fs::remove_dir_all(folder.join("new")).unwrap();
    write(folder, "empty.txt", "nothing\n");
    assert_eq!(skelkey(folder, &["baseline", "prune", "--isolated"]).code, 0);
    assert_eq!(lines(folder).len(), 1);
}

#[test]
fn an_entry_ends_on_its_day() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "a.txt", format!("KEY={}\n", key(1)));
    assert_eq!(skelkey(folder, &["baseline", "create", "--isolated"]).code, 0);
    let text = fs::read_to_string(folder.join(".skelkey-baseline")).unwrap();
    let dated = text.replacen("\"rule\"", "\"until\":\"2026-11-30\",\"owner\":\"@ops\",\"rule\"", 1);
    write(folder, ".skelkey-baseline", dated);
    let at = |day: &str| scan(folder, &["--baseline", ".skelkey-baseline", "--now", day]);
    assert_eq!(at("2026-11-30T12:00:00Z").code, 0);
    let run = at("2026-12-01T00:00:00Z");
    assert_eq!(run.code, 1);
    assert!(run.out.contains("ended on 2026-11-30"));
}

#[test]
fn what_is_no_baseline_is_wrong_use_and_says_where() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "a.txt", format!("KEY={}\n", key(1)));
    for (text, words) in [
        ("", "the file is empty"),
        ("{}\n", "no head of a baseline"),
        ("{\"skelkey-baseline\":9,\"fingerprint_key\":\"x\"}\n", "version 9"),
        ("{\"skelkey-baseline\":1,\"fingerprint_key\":\"x\"}\nnonsense\n", ".skelkey-baseline:2: "),
        ("{\"skelkey-baseline\":1,\"fingerprint_key\":\"k00000000\"}\n", "made under the fingerprint key `k00000000`"),
    ] {
        write(folder, ".skelkey-baseline", text);
        let run = baselined(folder);
        assert_eq!(run.code, 2, "{text}");
        assert!(run.err.contains(words), "{text}: {}", run.err);
    }
    assert_eq!(scan(folder, &["--baseline", "missing"]).code, 2);
    let again = skelkey(folder, &["baseline", "create", "--isolated"]);
    assert_eq!(again.code, 2);
    assert!(again.err.contains("baseline update"), "{}", again.err);
}

#[test]
fn an_incomplete_scan_writes_no_baseline() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.txt", format!("KEY={}\n", key(1)));
    let run = skelkey(folder.path(), &["baseline", "create", "--isolated", "a.txt", "missing"]);
    assert_eq!(run.code, 3, "{}", run.err);
    assert!(!folder.path().join(".skelkey-baseline").exists());
}

fn git(folder: &Path, args: &[&str]) {
    let run = Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@example.test", "-c", "init.defaultBranch=main"])
        .args(args)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(run.status.success(), "{args:?}: {}", String::from_utf8_lossy(&run.stderr));
}

#[test]
fn two_branches_that_each_add_an_entry_merge_without_conflict() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    git(folder, &["init", "-q"]);
    write(folder, ".gitattributes", ".skelkey-baseline merge=union\n");
    write(folder, "a.txt", format!("KEY={}\n", key(1)));
    assert_eq!(skelkey(folder, &["baseline", "create", "--isolated"]).code, 0);
    git(folder, &["add", "."]);
    git(folder, &["commit", "-qm", "one"]);
    for (branch, file, seed) in [("left", "b.txt", 2), ("right", "c.txt", 3)] {
        git(folder, &["checkout", "-q", "-b", branch, "main"]);
        write(folder, file, format!("KEY={}\n", key(seed)));
        assert_eq!(skelkey(folder, &["baseline", "update", "--isolated"]).code, 0);
        git(folder, &["add", "."]);
        git(folder, &["commit", "-qm", branch]);
    }
    git(folder, &["merge", "-q", "--no-edit", "left"]);
    assert_eq!(lines(folder).len(), 4);
    let run = baselined(folder);
    assert_eq!(run.code, 0, "{}", run.out);
}
