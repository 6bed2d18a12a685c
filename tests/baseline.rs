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
fn a_comment_that_covers_nothing_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "used.py", format!("K = '{}'  # skelkey:ignore reason=x\n", key(1)));
    write(folder, "gone.py", "one = 1\nK = 2  # skelkey:ignore\n");
    write(folder, "other.py", format!("K = '{}'  # skelkey:ignore[npm-access-token]\n", key(2)));
    // A comment of its own line that covers two keys, one of them of too low a confidence, and text about comments.
    write(folder, "guide.md", "Write `# skelkey:ignore` at the end of the line.\n");
    write(folder, "words.py", "HELP = 'put skelkey:ignore there'\n");
    let notes = json(&scan(folder, &[]))["notes"].to_string();
    for told in ["gone.py:2: skelkey:ignore covers nothing", "other.py:1: skelkey:ignore covers nothing"] {
        assert!(notes.contains(told), "{told}: {notes}");
    }
    for silent in ["used.py", "guide.md", "words.py"] {
        assert!(!notes.contains(silent), "{silent}: {notes}");
    }
    let untrusted = json(&scan(folder, &["--no-inline-ignore"]))["notes"].to_string();
    assert!(!untrusted.contains("covers nothing"), "{untrusted}");
    // In a file of several windows the lines are the file's own.
    let filler = "      \n".repeat(1_250_000);
    write(folder, "long.py", format!("{filler}K = 2  # skelkey:ignore\n"));
    let notes = json(&scan(folder, &[]))["notes"].to_string();
    assert!(notes.contains("long.py:1250001: skelkey:ignore covers nothing"), "{notes}");
    assert_eq!(notes.matches("long.py").count(), 1);
}

#[test]
fn strict_demands_reasons() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "a.txt", format!("K={} # skelkey:ignore reason=\"a test key\"\n", key(1)));
    assert_eq!((scan(folder, &[]).code, scan(folder, &["--strict"]).code), (0, 0));
    for silent in ["skelkey:ignore", "gitleaks:allow"] {
        write(folder, "a.txt", format!("K={} # {silent}\n", key(1)));
        let run = scan(folder, &["--strict"]);
        assert_eq!((scan(folder, &[]).code, run.code), (0, 1), "{silent}");
        assert!(run.out.contains("a comment without a reason sets nothing aside"), "{silent}: {}", run.out);
    }
    write(folder, "a.txt", format!("K={}\n", key(1)));
    assert_eq!(skelkey(folder, &["baseline", "create", "--isolated"]).code, 0);
    let run = scan(folder, &["--baseline", ".skelkey-baseline", "--strict"]);
    assert_eq!((baselined(folder).code, run.code), (0, 1));
    assert!(run.out.contains("the entry for a.txt has no reason"), "{}", run.out);
    write(folder, "skelkey.toml", "[scan]\nstrict = true\nbaseline = \".skelkey-baseline\"\n");
    assert_eq!(skelkey(folder, &["scan", "a.txt"]).code, 1);
}

#[test]
fn the_configuration_sets_paths_and_rules_aside_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "repo/tests/a.txt", format!("K={}\n", key(1)));
    write(folder, "repo/src/b.txt", format!("K={}\n", key(2)));
    let with = |allow: &str, more: &[&str]| {
        write(folder, "conf.toml", allow);
        skelkey(folder, &[&["scan", "--config", "conf.toml", "-f", "json", "repo"][..], more].concat())
    };
    let secret = key(9);
    let one = format!(
        "[[allow]]\npaths = [\"tests/**\"]\nrules = [\"nuget-api-key-v4\"]\nreason = \"keys of the stub {secret}\"\n"
    );
    let run = with(&one, &[]);
    assert_eq!(run.code, 1, "src still counts");
    let aside = &json(&run)["suppressed"];
    assert_eq!((aside.as_array().unwrap().len(), aside[0]["by"].as_str()), (1, Some("configuration")));
    assert!(aside[0]["reason"].as_str().unwrap().contains("keys of the stub") && !run.out.contains(&secret), "{aside}");
    assert_eq!(json(&run)["coverage"]["configuration"]["allow"][0], "tests/** (nuget-api-key-v4)");
    let both = format!("{one}\n[[allow]]\nrules = [\"nuget-api-key-v4\"]\nuntil = \"2027-01-31\"\n");
    let at = |day: &str, more: &[&str]| with(&both, &[&["--now", day], more].concat());
    assert_eq!(at("2027-01-31T12:00:00Z", &[]).code, 0);
    let run = at("2027-02-01T00:00:00Z", &[]);
    assert!(run.code == 1 && run.out.contains("conf.toml:6: [[allow]] ended on 2027-01-31"), "{}", run.out);
    let run = at("2027-01-31T12:00:00Z", &["--strict"]);
    assert!(run.code == 1 && run.out.contains("[[allow]] without a reason"), "{}", run.out);
    let run = with("[[allow]]\npaths = [\"nowhere/**\"]\n", &[]);
    assert!(run.code == 1 && run.out.contains("conf.toml:1: [[allow]] covers nothing"), "{}", run.out);
    for (wrong, said) in [
        ("[[allow]]\nreason = \"all\"\n", "conf.toml:1: [[allow]]: name paths or rules"),
        ("[[allow]]\nrules = [\"nuget-api-key-v\"]\n", "did you mean `nuget-api-key-v4`?"),
        ("[[allow]]\npaths = [\"[\"]\n", "is not a glob"),
        ("[[allow]]\npaths = [\"a\"]\nuntil = \"soon\"\n", "that is no day"),
        ("[[allow]]\npath = [\"a\"]\n", "conf.toml:2"),
    ] {
        let run = with(wrong, &[]);
        assert!(run.code == 2 && run.err.contains(said), "{said}: {}", run.err);
    }
}

/// The fingerprints of a report: of each key and each place.
fn fingerprints(run: &Run) -> Vec<String> {
    let report = json(run);
    let of = |value: &serde_json::Value| value["fingerprint"].as_str().unwrap().to_owned();
    let findings = report["findings"].as_array().unwrap();
    findings.iter().flat_map(|f| f["places"].as_array().unwrap().iter().map(of).chain([of(f)])).collect()
}

#[test]
fn a_line_above_a_key_changes_no_fingerprint() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let text = format!("KEY={}\npassword = \"mX7-larkspur-Quay42\"\nKEY={}\n", key(1), key(1));
    write(folder, "a.py", &text);
    let before = fingerprints(&scan(folder, &[]));
    assert!(before.len() >= 5, "{before:?}");
    write(folder, "a.py", format!("import os\n{}", text.replace("KEY", "    KEY")));
    assert_eq!(fingerprints(&scan(folder, &[])), before);
}

#[test]
fn after_a_rename_in_git_the_baseline_still_matches() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    git(folder, &["init", "-q"]);
    write(folder, "src/settings.py", format!("KEY = \"{}\"\n", key(1)));
    git(folder, &["add", "."]);
    git(folder, &["commit", "-qm", "one"]);
    assert_eq!(skelkey(folder, &["baseline", "create", "--isolated", "--reason", "known"]).code, 0);
    git(folder, &["mv", "src", "lib"]);
    git(folder, &["mv", "lib/settings.py", "lib/config.py"]);
    for source in [&[][..], &["--staged"]] {
        let run = scan(folder, &[&["--baseline", ".skelkey-baseline"][..], source].concat());
        assert_eq!(run.code, 0, "{source:?}: {}", run.out);
        // A rename adds nothing to the index.
        assert_eq!(run.out.contains("has moved to lib/config.py"), source.is_empty(), "{source:?}: {}", run.out);
    }
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

/// The results of the full SARIF log, as `path state`, sorted.
fn states(folder: &Path, more: &[&str]) -> Vec<String> {
    let full = ["scan", "--isolated", "-f", "sarif", "--sarif-profile", "full", "--baseline", ".skelkey-baseline"];
    let run = skelkey(folder, &[&full[..], more].concat());
    let results = json(&run)["runs"][0]["results"].as_array().unwrap().clone();
    let path = |result: &serde_json::Value| {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap().to_owned()
    };
    let state = |result: &serde_json::Value| result["baselineState"].as_str().unwrap().to_owned();
    let mut all: Vec<String> = results.iter().map(|result| format!("{} {}", path(result), state(result))).collect();
    all.sort();
    all
}

#[test]
fn a_full_log_says_what_became_of_each_place_since_the_baseline() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    git(folder, &["init", "-q"]);
    for (n, file) in ["stays", "moves", "closed", "deleted", "src/sub"].iter().zip(1..).map(|(f, n)| (n, f)) {
        write(folder, &format!("{file}.txt"), format!("KEY={}\n", key(n)));
    }
    assert_eq!(skelkey(folder, &["baseline", "create", "--isolated", "--reason", "known"]).code, 0);
    fs::rename(folder.join("moves.txt"), folder.join("moved.txt")).unwrap();
    write(folder, "closed.txt", "KEY=$KEY\n");
    fs::remove_file(folder.join("deleted.txt")).unwrap();
    fs::remove_file(folder.join("src/sub.txt")).unwrap();
    write(folder, "new.txt", format!("KEY={}\n", key(9)));
    let all = [
        "closed.txt absent",
        "deleted.txt absent",
        "moved.txt updated",
        "new.txt new",
        "src/sub.txt absent",
        "stays.txt unchanged",
    ];
    assert_eq!(states(folder, &[]), all);
    // What a run does not look at it does not call gone: other folders, rules that are off, files that are left out.
    write(folder, "src/other.txt", "nothing\n");
    assert_eq!(states(folder, &["src"]), ["src/sub.txt absent"]);
    let with = |config: &str| {
        write(folder, "conf.toml", config);
        states(folder, &["--config", "conf.toml"])
    };
    assert!(with("[scan]\nexclude = [\"src/**\"]\n").contains(&"closed.txt absent".to_owned()));
    assert!(!with("[scan]\nexclude = [\"closed*\"]\n").contains(&"closed.txt absent".to_owned()));
    assert!(with("[rules]\ndisable = [\"nuget-api-key-v4\"]\n").is_empty());
    assert!(!states(folder, &["missing", "."]).iter().any(|one| one.ends_with("absent")), "an incomplete run");
    // A key that is seen and hidden is not gone.
    write(folder, "closed.txt", format!("KEY={} # skelkey:ignore reason=x\n", key(3)));
    assert!(!states(folder, &[]).contains(&"closed.txt absent".to_owned()));
    // Outside a repository only a baseline that lies in the folder speaks of it.
    fs::remove_dir_all(folder.join(".git")).unwrap();
    assert!(states(folder, &[]).contains(&"deleted.txt absent".to_owned()));
    assert!(states(folder, &["src"]).is_empty());
}

#[test]
fn a_report_names_what_the_repository_has_checked_out() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    git(folder, &["init", "-q", "-b", "topic/x"]);
    write(folder, "a.txt", format!("KEY={}\n", key(1)));
    git(folder, &["add", "."]);
    git(folder, &["commit", "-qm", "one"]);
    let head = |folder: &Path| {
        let out = Command::new("git").arg("-C").arg(folder).args(["rev-parse", "HEAD"]).output().unwrap().stdout;
        String::from_utf8(out).unwrap().trim().to_owned()
    };
    let root = |folder: &Path, more: &[&str]| json(&scan(folder, more))["roots"][0].clone();
    for pack in [&["status"][..], &["pack-refs", "--all"]] {
        git(folder, pack);
        for more in [&[][..], &["--history"], &["--staged"]] {
            let root = root(folder, more);
            assert_eq!((root["revision"].as_str(), root["branch"].as_str()), (Some(&*head(folder)), Some("topic/x")));
        }
    }
    let private = root(folder, &["--privacy"]);
    assert!(private["branch"].is_null() && private["revision"].is_string(), "{private}");
    git(folder, &["worktree", "add", "-q", "--detach", "tree"]);
    let detached = root(&folder.join("tree"), &[]);
    assert_eq!((detached["revision"].as_str(), detached["branch"].is_null()), (Some(&*head(folder)), true));
    let log = skelkey(folder, &["scan", "--isolated", "-f", "sarif"]);
    let details = json(&log)["runs"][0]["versionControlProvenance"][0].clone();
    assert_eq!((details["revisionId"].as_str(), details["branch"].as_str()), (Some(&*head(folder)), Some("topic/x")));
    assert!(details["repositoryUri"].as_str().unwrap().starts_with("file:///"), "{details}");
    let bare = tempfile::tempdir().unwrap();
    write(bare.path(), "a.txt", "x\n");
    assert!(root(bare.path(), &[])["revision"].is_null(), "no repository");
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
        ("{\"skelkey-baseline\":1,\"fingerprint_key\":\"x\"}\n", "is no id of a fingerprint key"),
        ("{\"skelkey-baseline\":9,\"fingerprint_key\":\"x\"}\n", "version 9"),
        ("{\"skelkey-baseline\":1,\"fingerprint_key\":\"p00000000\"}\nnonsense\n", ".skelkey-baseline:2: "),
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

/// A repository on `main` whose baseline holds `a.txt`, `b.txt`, `c.txt` and `d.txt`, and that merges baselines by our driver.
#[expect(clippy::disallowed_methods, reason = "where git is")]
fn with_driver(folder: &Path) {
    git(folder, &["init", "-q"]);
    for (file, seed) in [("a.txt", 1), ("b.txt", 2), ("c.txt", 3), ("d.txt", 4)] {
        write(folder, file, format!("KEY={}\n", key(seed)));
    }
    assert_eq!(skelkey(folder, &["baseline", "create", "--isolated", "--reason", "old"]).code, 0);
    let path = std::env::var("PATH").unwrap();
    for said in ["Added", "There already"] {
        let run = support::skelkey_with(folder, &["baseline", "install-driver"], b"", &[("PATH", &path)]);
        assert!(run.code == 0 && run.err.starts_with(said), "{}", run.err);
    }
    assert_eq!(
        fs::read_to_string(folder.join(".gitattributes")).unwrap(),
        "/.skelkey-baseline merge=skelkey-baseline\n"
    );
    git(folder, &["add", "."]);
    git(folder, &["commit", "-qm", "one"]);
}

fn edit(folder: &Path, file: &str, from: &str, to: &str) {
    let all = lines(folder)
        .into_iter()
        .map(|line| if line.contains(&format!("\"path\":\"{file}\"")) { line.replacen(from, to, 1) } else { line });
    let all: Vec<String> = all.collect();
    assert_ne!(all, lines(folder), "{file}: {from}");
    write(folder, ".skelkey-baseline", all.join("\n") + "\n");
}

fn update(folder: &Path, reason: &str) {
    let run = skelkey(folder, &["baseline", "update", "--isolated", "--reason", reason]);
    assert_eq!(run.code, 0, "{}", run.err);
}

#[test]
fn two_branches_that_add_remove_and_change_entries_merge_entry_by_entry() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    with_driver(folder);
    let commit = |message: &str| {
        git(folder, &["add", "-A"]);
        git(folder, &["commit", "-qm", message]);
    };
    // Left closes a, renames b, gives c a reason, and adds e.
    git(folder, &["checkout", "-q", "-b", "left"]);
    write(folder, "a.txt", "KEY=$KEY\n");
    git(folder, &["mv", "b.txt", "moved.txt"]);
    write(folder, "e.txt", format!("KEY={}\n", key(5)));
    update(folder, "left");
    edit(folder, "c.txt", "\"reason\":\"old\"", "\"reason\":\"why c stays\",\"until\":\"2031-01-01\"");
    commit("left");
    // Right changes a, b and c otherwise, closes d, and adds f.
    git(folder, &["checkout", "-q", "-b", "right", "main"]);
    write(folder, "d.txt", "KEY=$KEY\n");
    write(folder, "f.txt", format!("KEY={}\n", key(6)));
    update(folder, "right");
    edit(folder, "a.txt", "\"old\"", "\"why a stays\"");
    edit(folder, "b.txt", "\"old\"", "\"why b stays\",\"owner\":\"@ops\"");
    edit(folder, "c.txt", "\"reason\":\"old\"", "\"reason\":\"old\",\"owner\":\"@ops\",\"until\":\"2030-01-01\"");
    commit("right");
    git(folder, &["merge", "-q", "--no-edit", "left"]);

    let text = lines(folder).concat();
    assert!(!text.contains("\"a.txt\"") && !text.contains("\"d.txt\""), "what one side drops is dropped: {text}");
    assert!(text.contains("\"e.txt\"") && text.contains("\"f.txt\""), "what one side adds is there: {text}");
    let line = |file: &str| lines(folder).into_iter().find(|line| line.contains(&format!("\"{file}\""))).unwrap();
    let moved = line("moved.txt");
    assert!(moved.contains("why b stays") && moved.contains("@ops"), "a change follows the file: {moved}");
    assert!(!text.contains("\"b.txt\""), "{text}");
    let c = line("c.txt");
    assert!(c.contains("why c stays") && c.contains("@ops") && c.contains("2030-01-01"), "each field by its own: {c}");
    assert_eq!(baselined(folder).code, 0);
}

#[test]
fn what_both_branches_say_otherwise_is_a_conflict_and_covers_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    with_driver(folder);
    for (branch, reason) in [("left", "one reason"), ("right", "another")] {
        git(folder, &["checkout", "-q", "-b", branch, "main"]);
        edit(folder, "c.txt", "\"old\"", &format!("\"{reason}\""));
        git(folder, &["commit", "-qam", branch]);
    }
    let merge = Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@example.test", "merge", "-q", "left"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(!merge.status.success(), "git says so");
    let text = fs::read_to_string(folder.join(".skelkey-baseline")).unwrap();
    for said in ["<<<<<<< ours", "another", "=======", "one reason", ">>>>>>> theirs"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let run = baselined(folder);
    assert!(run.code == 2 && run.err.contains(".skelkey-baseline:"), "{}", run.err);
    // Two that were made under different fingerprint keys are not merged, and the file stays as it is.
    let head = |id: &str| format!("{{\"skelkey-baseline\":1,\"fingerprint_key\":\"{id}\"}}\n");
    for (file, text) in [("base", String::new()), ("ours", head("k00000001")), ("theirs", head("k00000002"))] {
        write(folder, file, text);
    }
    let run = skelkey(folder, &["baseline", "merge", "base", "ours", "theirs"]);
    assert!(run.code == 2 && run.err.contains("made under the fingerprint key"), "{}", run.err);
    assert_eq!(fs::read_to_string(folder.join("ours")).unwrap(), head("k00000001"));
}

#[test]
fn two_lines_of_one_place_are_one_entry_that_ends_at_the_earlier_day() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "a.txt", format!("KEY={}\n", key(1)));
    assert_eq!(skelkey(folder, &["baseline", "create", "--isolated", "--reason", "for ever"]).code, 0);
    // As a union merge leaves them.
    let mut both = lines(folder);
    both.push(both[1].replacen("\"for ever\"", "\"for a while\",\"until\":\"2026-11-30\"", 1));
    write(folder, ".skelkey-baseline", both.join("\n") + "\n");
    let at = |day: &str| scan(folder, &["--baseline", ".skelkey-baseline", "--now", day]).code;
    assert_eq!((at("2026-11-30T12:00:00Z"), at("2026-12-01T00:00:00Z")), (0, 1));
}

#[test]
fn baselines_of_other_scanners_are_taken_over_as_far_as_they_go() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "src/a.py", format!("one = 1\nK = \"{}\"\n", key(1)));
    write(folder, "src/b.py", format!("K = \"{}\"\n", key(2)));
    let old = key(7);
    let import = |text: &str| {
        write(folder, "theirs", text);
        let run = skelkey(folder, &["baseline", "import", "theirs", "--isolated", "--file", "ours", "src"]);
        assert!(!run.err.contains(&old), "{}", run.err);
        fs::remove_file(folder.join("theirs")).unwrap();
        run
    };
    let ours = || fs::read_to_string(folder.join("ours")).unwrap();
    let sha = "0123456789abcdef0123456789abcdef01234567";
    let run = import(&format!("a.py:generic-api-key:2\na.py:generic-api-key:9\n{sha}:{old}.py:aws:1\n"));
    assert_eq!(run.code, 0, "{}", run.err);
    for said in
        ["1 entry of theirs (gitleaks), 1 of them new", "2 of 3 could not be carried over", "a.py:9 (generic-api-key)"]
    {
        assert!(run.err.contains(said), "{said}: {}", run.err);
    }
    assert!(ours().contains("\"reason\":\"from gitleaks, generic-api-key\""), "{}", ours());
    let covered = || scan(folder, &["--baseline", "ours", "src"]);
    assert_eq!(json(&covered())["findings"].as_array().unwrap().len(), 1, "b.py still counts");
    // Another file adds to it; what is known keeps its reason.
    let audited = r#"{"version": "1.5.0", "results": {"b.py": [{"type": "NuGet", "line_number": 1, "is_secret": false}],
        "a.py": [{"type": "NuGet", "line_number": 2}]}}"#;
    let run = import(audited);
    assert!(run.err.contains("2 entries of theirs (detect-secrets), 1 of them new"), "{}", run.err);
    assert!(run.err.contains("plain SHA-1 and are not taken over"), "{}", run.err);
    assert!(ours().contains("from detect-secrets, NuGet: audited as no secret") && ours().contains("from gitleaks"));
    assert_eq!(covered().code, 0);
    let yaml = "ExactFindings:\n  matches:\n  - filepath: src/b.py\n    fingerprint: '1'\n    linenum: 1\n    lastupdated: x\n";
    assert!(import(yaml).err.contains("(kingfisher), 0 of them new"));
    let report = format!("[{{\"RuleID\": \"x\", \"File\": \"b.py\", \"StartLine\": 1, \"Secret\": \"{old}\"}}]");
    assert!(import(&report).err.contains("(gitleaks), 0 of them new"));
    let wrong = import(&format!("[{{\"RuleID\": \"x\", \"{old}\": 1}}]"));
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("theirs:1:"), "{}", wrong.err);
}
