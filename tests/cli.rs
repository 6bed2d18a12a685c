//! The command line as people use it: exit codes, coverage, bad input, determinism.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may be blunt")]

mod support;

use std::fs;
use std::path::Path;

use serde_json::Value;
use skelkey::rules::Minter;
use support::{Run, json, skelkey, skelkey_with, write};

const NOW: &str = "2026-11-22T12:00:00Z";

/// A fresh npm token, proved by its checksum.
fn npm_token(seed: u64) -> String {
    let body = Minter::new(seed).fill("npm_{base62:30}").unwrap();
    (skelkey::format::check("npm").unwrap().seal.unwrap())(&body)
}

fn npmrc(seed: u64) -> String {
    format!("//registry.example.test/:_authToken={}\n", npm_token(seed))
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn scan(folder: &Path, more: &[&str]) -> Run {
    let mut args = vec!["scan", "--now", NOW];
    args.extend(more);
    skelkey(folder, &args)
}

fn places(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    let mut places: Vec<String> = findings
        .flat_map(|finding| finding["places"].as_array().unwrap())
        .map(|place| format!("{}:{}", place["path"].as_str().unwrap(), place["region"]["start_line"]))
        .collect();
    places.sort();
    places
}

#[test]
fn a_clean_folder_is_0_and_a_leak_is_1() {
    let at = folder();
    write(at.path(), "a.txt", "nothing here\n");
    assert_eq!(scan(at.path(), &[]).code, 0);
    write(at.path(), "b/.npmrc", npmrc(1));
    let run = scan(at.path(), &["-f", "json"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert_eq!(places(&json(&run)), ["b/.npmrc:1"]);
}

#[test]
fn fail_on_and_exit_zero_decide_the_code_alone() {
    let at = folder();
    write(at.path(), ".npmrc", npmrc(1));
    assert_eq!(scan(at.path(), &["--fail-on", "low"]).code, 1);
    let zero = scan(at.path(), &["--exit-zero", "-f", "json"]);
    assert_eq!(zero.code, 0);
    assert_eq!(places(&json(&zero)).len(), 1);
    let incomplete = scan(at.path(), &["--exit-zero", ".", "missing"]);
    assert_eq!(incomplete.code, 3, "an incomplete run stays incomplete");
}

#[test]
fn nothing_scanned_is_never_a_pass() {
    let at = folder();
    let empty = scan(at.path(), &["-f", "json"]);
    assert_eq!(empty.code, 3);
    assert!(empty.err.contains("nothing to scan"), "{}", empty.err);
    assert_eq!(json(&empty)["coverage"]["blobs_scanned"], 0);
    let missing = scan(at.path(), &["no/such/folder"]);
    assert_eq!(missing.code, 3);
    assert!(missing.err.contains("no/such/folder"), "{}", missing.err);
    assert_eq!(skelkey_with(at.path(), &["scan", "--stdin"], b"", &[]).code, 3);
}

#[test]
fn a_folder_in_which_everything_is_ignored_is_not_a_pass() {
    let at = folder();
    write(at.path(), ".git/HEAD", "ref: refs/heads/main\n");
    write(at.path(), ".git/objects/x", "");
    write(at.path(), ".git/refs/x", "");
    write(at.path(), "sub/.gitignore", "*\n");
    write(at.path(), "sub/secret.env", npmrc(1));
    let run = scan(at.path(), &["sub"]);
    assert_eq!(run.code, 3, "{}{}", run.out, run.err);
    assert_eq!(scan(at.path(), &["sub", "--no-ignore"]).code, 1);
}

#[test]
fn a_missing_path_loses_no_other_finding() {
    let at = folder();
    write(at.path(), "good/.npmrc", npmrc(1));
    let run = scan(at.path(), &["missing", "good", "-f", "json"]);
    assert_eq!(run.code, 1, "a finding fails the run before the gap does");
    let report = json(&run);
    assert_eq!(places(&report), ["good/.npmrc:1"].map(|p| p.replace("good/", "")));
    assert_eq!(report["coverage"]["skips"][0]["path"], "missing");
}

#[test]
fn a_file_that_cannot_be_read_is_a_gap() {
    // The kernel refuses to read this one whoever asks, even root.
    let at = folder();
    write(at.path(), "a.txt", "fine\n");
    let run = scan(at.path(), &["a.txt", "/proc/self/mem", "-f", "sarif"]);
    assert_eq!(run.code, 3, "{}", run.err);
    assert!(run.err.contains("/proc/self/mem"), "{}", run.err);
    let sarif = json(&run);
    let told = &sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    assert!(told.to_string().contains("proc/self/mem"), "{told}");
    assert_eq!(sarif["runs"][0]["invocations"][0]["executionSuccessful"], false);
}

#[test]
fn ignored_files_are_counted_and_no_ignore_scans_them() {
    let at = folder();
    write(at.path(), ".git/HEAD", "ref: refs/heads/main\n");
    write(at.path(), ".git/objects/x", "");
    write(at.path(), ".git/refs/x", "");
    write(at.path(), ".git/info/exclude", "local.txt\n");
    write(at.path(), ".gitignore", "build/\n*.log\n!keep.log\n");
    write(at.path(), "build/deep/.npmrc", npmrc(1));
    write(at.path(), "a.log", npmrc(2));
    write(at.path(), "keep.log", npmrc(3));
    write(at.path(), "local.txt", npmrc(4));
    write(at.path(), "node_modules/x/.npmrc", npmrc(5));
    let report = json(&scan(at.path(), &["-f", "json"]));
    assert_eq!(places(&report), ["keep.log:1", "node_modules/x/.npmrc:1"]);
    let skipped = report["coverage"]["skipped"].as_array().unwrap();
    let ignored = skipped.iter().find(|count| count["reason"] == "ignored").unwrap();
    assert_eq!(ignored["files"], 3);
    assert_eq!(ignored["bytes"], 3 * npmrc(1).len());
    assert_eq!(places(&json(&scan(at.path(), &["-f", "json", "--no-ignore"]))).len(), 5);
}

#[test]
fn ignore_rules_hold_only_inside_a_work_tree() {
    let at = folder();
    write(at.path(), ".gitignore", "*.env\n");
    write(at.path(), "x.env", npmrc(1));
    assert_eq!(scan(at.path(), &[]).code, 1);
}

#[test]
fn links_are_not_followed_unless_named() {
    let at = folder();
    write(at.path(), "outside/.npmrc", npmrc(1));
    write(at.path(), "root/a.txt", "x\n");
    std::os::unix::fs::symlink(at.path().join("outside"), at.path().join("root/link")).unwrap();
    std::os::unix::fs::symlink("/", at.path().join("root/loop")).unwrap();
    assert_eq!(scan(at.path(), &["root"]).code, 0);
    assert_eq!(scan(at.path(), &["root/link/.npmrc"]).code, 1);
}

#[test]
fn too_large_is_policy_and_is_named() {
    let at = folder();
    write(at.path(), "a.txt", "fine\n");
    write(at.path(), "big.txt", "x".repeat(4096));
    let run = scan(at.path(), &["--max-file-size", "1K", "-f", "json"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let skip = &json(&run)["coverage"]["skips"][0];
    assert_eq!((skip["path"].as_str().unwrap(), skip["reason"].as_str().unwrap()), ("big.txt", "too-large"));
}

#[test]
fn the_same_input_gives_the_same_bytes_whatever_the_jobs() {
    let at = folder();
    for n in 0..200 {
        write(at.path(), &format!("d{}/f{n}.npmrc", n % 7), npmrc(n % 50));
    }
    for format in ["json", "sarif", "human"] {
        let one = scan(at.path(), &["-f", format, "--jobs", "1"]);
        for jobs in ["2", "5"] {
            assert_eq!(one.out, scan(at.path(), &["-f", format, "--jobs", jobs]).out, "{format} with {jobs} jobs");
        }
    }
}

#[test]
fn one_key_in_many_places_is_one_finding() {
    let at = folder();
    write(at.path(), "a/.npmrc", npmrc(1));
    write(at.path(), "b/.npmrc", format!("\n\n{}", npmrc(1)));
    let report = json(&scan(at.path(), &["-f", "json"]));
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
    assert_eq!(places(&report), ["a/.npmrc:1", "b/.npmrc:3"]);
}

#[test]
fn fingerprints_do_not_move_with_lines_but_with_the_owners_key() {
    let at = folder();
    write(at.path(), ".npmrc", npmrc(1));
    let print = |run: &Run| {
        let finding = &json(run)["findings"][0];
        (finding["fingerprint"].clone(), finding["places"][0]["fingerprint"].clone())
    };
    let before = print(&scan(at.path(), &["-f", "json"]));
    write(at.path(), ".npmrc", format!("; a line\n; and another\n  {}", npmrc(1)));
    assert_eq!(before, print(&scan(at.path(), &["-f", "json"])));
    let key = [("SKELKEY_FINGERPRINT_KEY", "0123456789abcdef-of-our-own")];
    let keyed = skelkey_with(at.path(), &["scan", "--now", NOW, "-f", "json"], b"", &key);
    assert_ne!(before, print(&keyed));
    let short = skelkey_with(at.path(), &["scan"], b"", &[("SKELKEY_FINGERPRINT_KEY", "short")]);
    assert_eq!(short.code, 2);
    assert!(short.err.contains("16 bytes") && !short.err.contains("short\n"), "{}", short.err);
}

#[test]
fn wrong_use_is_2_and_says_how() {
    let at = folder();
    write(at.path(), "a.txt", "x\n");
    for args in [
        &["scan", "--no-such-flag"][..],
        &["scan", "--fail-on", "terrible"],
        &["scan", "--now", "yesterday"],
        &["scan", "-f", "json", "-f", "sarif"],
        &["scan", "-o", "a", "-o", "b"],
        &["scan", "--max-file-size", "big"],
        &["scan", "--config", "missing.toml"],
        &["scan", "--inventory", "missing.json"],
        &["scan", "--rules", "missing.toml"],
        &["scan", "--dry-run"],
        &["keys", "audit"],
        &["rules", "show", "no-such-rule"],
        &["frobnicate"],
    ] {
        let run = skelkey(at.path(), args);
        assert_eq!(run.code, 2, "{args:?}: {}", run.err);
        assert!(!run.err.is_empty() && run.out.is_empty(), "{args:?}");
    }
}

#[test]
fn a_broken_rule_file_tells_all_its_mistakes_at_once() {
    let at = folder();
    write(at.path(), "a.txt", "x\n");
    write(
        at.path(),
        "mine.toml",
        "[provider]\nid = \"mine\"\nname = \"Mine\"\nhome = \"https://mine.test\"\n\n\
         [[rule]]\nid = \"Mine Token\"\ntitel = \"x\"\nkind = \"structurd\"\nanchors = [\"m\"]\npattern = '''('''\n",
    );
    let run = skelkey(at.path(), &["scan", "--rules", "mine.toml"]);
    assert_eq!(run.code, 2);
    for line in ["mine.toml:7:", "mine.toml:8:", "mine.toml:9:", "mine.toml:10:", "mine.toml:11:"] {
        assert!(run.err.contains(line), "{line} is missing in\n{}", run.err);
    }
    assert!(run.err.contains("nothing was scanned"), "{}", run.err);
}

#[test]
fn a_broken_inventory_names_line_and_field() {
    let at = folder();
    write(at.path(), "a.txt", "x\n");
    write(
        at.path(),
        "keys.json",
        "{\"skelkey-inventory\": 1, \"keys\": [\n  {\"name\": \"one\", \"issuer\": \"npm\",\n   \"expires\": \"soonish\"}\n]}\n",
    );
    let run = skelkey(at.path(), &["scan", "--inventory", "keys.json"]);
    assert_eq!(run.code, 2, "{}", run.err);
    assert!(run.err.contains("keys.json:") && run.err.contains("expires"), "{}", run.err);
}

#[test]
fn a_broken_configuration_names_file_and_line() {
    let at = folder();
    write(at.path(), "a.txt", "x\n");
    write(at.path(), "skelkey.toml", "[policy]\nno-wildcard = true\nmax-lifetime = 90\n");
    let run = skelkey(at.path(), &["scan"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("skelkey.toml:3:") && run.err.contains("max-lifetime-days"), "{}", run.err);
    assert_eq!(skelkey(at.path(), &["scan", "--isolated"]).code, 0);
}

#[test]
fn configuration_is_found_upward_to_the_top_of_the_repository_and_no_further() {
    let at = folder();
    write(at.path(), "skelkey.toml", "this is not toml");
    write(at.path(), "repo/.git/HEAD", "ref: refs/heads/main\n");
    write(at.path(), "repo/skelkey.toml", "[scan]\nexclude = [\"docs/**\"]\n");
    write(at.path(), "repo/sub/docs.txt", "x\n");
    write(at.path(), "repo/docs/.npmrc", npmrc(1));
    let run = skelkey(&at.path().join("repo/sub"), &["scan", "..", "-f", "json"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let shown = skelkey(&at.path().join("repo/sub"), &["config", "show"]);
    assert!(shown.out.contains("docs/**") && shown.out.contains("skelkey.toml"), "{}", shown.out);
}

#[test]
fn a_found_configuration_says_nothing_about_the_network() {
    let at = folder();
    write(at.path(), "a.txt", "x\n");
    write(at.path(), "skelkey.toml", "[issuers.gitlab]\nhosts = [\"evil.test\"]\nassume = true\n");
    let shown = skelkey(at.path(), &["config", "show"]);
    assert!(!shown.out.contains("evil.test"), "{}", shown.out);
    assert!(shown.err.contains("left out"), "{}", shown.err);
    let named = skelkey(at.path(), &["config", "show", "--config", "skelkey.toml"]);
    assert!(named.out.contains("evil.test"), "{}", named.out);
}

#[test]
fn output_files_are_private_whole_and_follow_no_link() {
    use std::os::unix::fs::PermissionsExt;
    let at = folder();
    write(at.path(), "in/.npmrc", npmrc(1));
    write(at.path(), "victim", "untouched");
    std::os::unix::fs::symlink(at.path().join("victim"), at.path().join("out.sarif")).unwrap();
    let run = scan(at.path(), &["in", "-f", "sarif", "-o", "out.sarif", "-f", "json", "-o", "out.json", "-f", "human"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert_eq!(fs::read_to_string(at.path().join("victim")).unwrap(), "untouched");
    for file in ["out.sarif", "out.json"] {
        let meta = fs::symlink_metadata(at.path().join(file)).unwrap();
        assert!(meta.is_file());
        assert_eq!(meta.permissions().mode() & 0o777, 0o600);
    }
    assert!(run.out.contains("npm"), "the last format goes to standard output");
    assert_eq!(scan(at.path(), &["in", "-f", "json", "-o", "/dev/null"]).code, 2, "a device is no report file");
}

#[test]
fn stdin_is_scanned_and_inspect_explains_one_key() {
    let at = folder();
    let run = skelkey_with(at.path(), &["scan", "--stdin", "-f", "json", "--now", NOW], npmrc(1).as_bytes(), &[]);
    assert_eq!(run.code, 1, "{}", run.err);
    let run = skelkey_with(at.path(), &["inspect", "--now", NOW], npm_token(1).as_bytes(), &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("npm"), "{}", run.out);
    let unknown = skelkey_with(at.path(), &["inspect"], b"hello", &[]);
    assert_eq!(unknown.code, 3);
    assert!(unknown.err.contains("no rule knows"), "{}", unknown.err);
}

#[test]
fn the_ids_in_a_routable_token_are_shown_to_people_too() {
    let at = folder();
    let token = Minter::new(5).fill("{@gitlab-routable:prefix=glpat-;o=1;u=1337}").unwrap();
    let run = skelkey_with(at.path(), &["inspect"], token.as_bytes(), &[]);
    assert!(run.out.contains("organization id 1, user id 1337"), "{}", run.out);
}

#[test]
fn completions_and_help_are_answers() {
    let at = folder();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = skelkey(at.path(), &["completions", shell]);
        assert!(run.code == 0 && run.out.contains("skelkey"), "{shell}");
    }
    let help = skelkey(at.path(), &["scan", "--help"]);
    assert_eq!(help.code, 0);
    assert!(help.out.contains("--fail-on"));
}

#[test]
fn a_hostile_file_name_cannot_move_the_cursor() {
    let at = folder();
    write(at.path(), "a\u{1b}[2J\u{202e}b.npmrc", npmrc(1));
    let run = scan(at.path(), &["--color", "never"]);
    assert_eq!(run.code, 1);
    assert!(!run.out.contains('\u{1b}') && !run.out.contains('\u{202e}'), "{:?}", run.out);
}

#[test]
fn paths_that_overlap_are_scanned_once() {
    let at = folder();
    write(at.path(), "dup/.env", npmrc(1));
    write(at.path(), "dup/sub/.env", npmrc(2));
    write(at.path(), "other.txt", "x\n");
    let all = ["dup/.env:1", "dup/sub/.env:1"];
    let absolute = at.path().join("dup");
    let absolute = absolute.to_str().unwrap();
    for paths in [
        &["."][..],
        &["dup", "dup/.env", "."],
        &["dup/.env", ".", ".", "dup/sub"],
        &[".", absolute, "./dup/"],
        &[absolute, ".", "dup/sub/.env"],
    ] {
        let mut args = vec!["-f", "json"];
        args.extend(paths);
        let one = scan(at.path(), &args);
        let report = json(&one);
        assert_eq!(places(&report), all, "{paths:?}");
        assert_eq!(report["coverage"]["blobs_scanned"], 3, "{paths:?}");
        assert_eq!(report["roots"].as_array().unwrap().len(), 1, "{paths:?}");
        args.extend(["--jobs", "4"]);
        assert_eq!(one.out, scan(at.path(), &args).out, "{paths:?}");
    }
    let typed_first = json(&scan(at.path(), &["-f", "json", "dup", absolute, &format!("{absolute}/sub")]));
    assert!(!typed_first["findings"].to_string().contains(absolute), "{typed_first}");
}

#[test]
fn many_named_files_are_scanned_as_their_folder_is() {
    let at = folder();
    let names: Vec<String> = (0..40).map(|number| format!("{number}.npmrc")).collect();
    for (seed, name) in (1..).zip(&names) {
        write(at.path(), name, npmrc(seed));
    }
    let whole = json(&scan(at.path(), &[".", "-f", "json"]));
    for jobs in ["1", "3"] {
        let files: Vec<&str> = names.iter().map(String::as_str).chain(["-f", "json", "-j", jobs]).collect();
        let report = json(&scan(at.path(), &files));
        assert_eq!(places(&report).len(), 40);
        assert_eq!((places(&report), &report["complete"]), (places(&whole), &Value::Bool(true)));
        assert_eq!(report["coverage"]["scanned"], whole["coverage"]["scanned"]);
    }
    let run = scan(at.path(), &["0.npmrc", "gone", "1.npmrc"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("gone"), "{}", run.err);
}

#[test]
fn a_folder_of_which_every_file_is_named_as_well_is_not_empty() {
    let at = folder();
    write(at.path(), "two/sub/a.txt", "x\n");
    assert_eq!(scan(at.path(), &["two", "two/sub"]).code, 0);
    assert_eq!(scan(at.path(), &["two/sub", "two"]).code, 0);
    fs::create_dir(at.path().join("two/empty")).unwrap();
    assert_eq!(scan(at.path(), &["two", "two/empty"]).code, 3);
}

#[test]
fn a_named_ignored_file_is_scanned_beside_the_folder_that_ignores_it() {
    let at = folder();
    for file in [".git/HEAD", ".git/objects/x", ".git/refs/x"] {
        write(at.path(), file, "ref: refs/heads/main\n");
    }
    write(at.path(), ".gitignore", "*.env\n");
    write(at.path(), "x.env", npmrc(1));
    let report = json(&scan(at.path(), &[".", "x.env", "-f", "json"]));
    assert_eq!(places(&report), ["x.env:1"]);
    assert_eq!(report["coverage"]["skipped"].to_string(), "[]");
}

#[test]
fn a_pipe_is_read_and_one_without_a_writer_is_a_gap() {
    let at = folder();
    let made = std::process::Command::new("mkfifo").arg(at.path().join("p")).status().unwrap();
    assert!(made.success());
    let alone = scan(at.path(), &["p"]);
    assert_eq!(alone.code, 3, "{}", alone.err);
    assert!(alone.err.contains("nobody writes"), "{}", alone.err);
    let (pipe, text) = (at.path().join("p"), npmrc(1));
    let writer = std::thread::spawn(move || fs::write(pipe, text));
    assert_eq!(scan(at.path(), &["p"]).code, 1);
    writer.join().unwrap().unwrap();
    let piped = skelkey_with(at.path(), &["scan", "/dev/stdin", "-f", "json"], npmrc(1).as_bytes(), &[]);
    assert_eq!(piped.code, 1, "{}", piped.err);
}

#[test]
fn file_names_that_are_no_utf_8_stay_apart() {
    use std::os::unix::ffi::OsStrExt;
    let at = folder();
    for byte in [0xfe, 0xff] {
        fs::write(at.path().join(std::ffi::OsStr::from_bytes(&[b'a', byte])), npmrc(1)).unwrap();
    }
    assert_eq!(places(&json(&scan(at.path(), &["-f", "json"]))), ["a\\xfe:1", "a\\xff:1"]);
}

#[test]
fn what_a_found_configuration_switches_off_is_said_in_every_format() {
    let at = folder();
    write(at.path(), ".npmrc", npmrc(1));
    let text = "[scan]\nfail-on = \"critical\"\nexclude = [\"docs/**\"]\nconfidence = \"high\"\nmax-file-size = \"7K\"\n\
                [rules]\ndisable = [\"quay-robot-token\"]\n";
    write(at.path(), "skelkey.toml", text);
    let run = scan(at.path(), &["-f", "json"]);
    let said = &json(&run)["coverage"]["configuration"];
    let expected = serde_json::json!({
        "files": ["skelkey.toml"], "disabled_rules": ["quay-robot-token"], "rerated_rules": [], "replaced_rules": [],
        "exclude": ["docs/**"], "allow": [],
        "fail_on": "critical", "confidence": "high", "max_file_size": 7168,
    });
    assert_eq!(*said, expected);
    assert!(run.err.contains("quay-robot-token") && run.err.contains("critical"), "{}", run.err);
    let sarif = json(&scan(at.path(), &["-f", "sarif"]));
    assert_eq!(sarif["runs"][0]["properties"]["coverage"]["configuration"], expected);
    let human = scan(at.path(), &[]).out;
    for word in ["skelkey.toml", "quay-robot-token", "critical", "docs/**"] {
        assert!(human.contains(word), "{word}: {human}");
    }
    assert!(!scan(at.path(), &["--isolated"]).out.contains("configuration:"));
}

#[test]
fn the_configuration_switches_rules_off_and_rates_them() {
    let at = folder();
    let key = Minter::new(9).fill("rubygems_{hex:48}").unwrap();
    // Beside a name that speaks of a secret a weaker rule would take the value too.
    write(at.path(), "repo/notes.txt", format!("seen: {key}\n"));
    write(at.path(), "repo/.env", format!("API_SECRET_TOKEN={key}\n"));
    let scan = |config: &str| {
        write(at.path(), "config.toml", config);
        scan(at.path(), &["repo", "--config", "config.toml", "-f", "json"])
    };
    let usual = json(&scan(""));
    let finding = &usual["findings"][0];
    assert_eq!((&finding["judgement"]["severity"], &finding["confidence"]), (&"high".into(), &"high".into()));

    let rated =
        scan("[rules.severity]\nrubygems-api-key = \"low\"\n[rules.confidence]\nrubygems-api-key = \"medium\"\n");
    assert_eq!(rated.code, 0, "low is below --fail-on: {}", rated.err);
    let report = json(&rated);
    let finding = &report["findings"][0];
    assert_eq!((&finding["judgement"]["severity"], &finding["confidence"]), (&"low".into(), &"medium".into()));
    let told = &report["coverage"]["configuration"]["rerated_rules"];
    assert_eq!(*told, serde_json::json!(["rubygems-api-key (severity low)", "rubygems-api-key (confidence medium)"]));
    assert!(rated.err.contains("rubygems-api-key (severity low)"), "{}", rated.err);

    let off = scan("[rules]\ndisable = [\"rubygems-api-key\"]\n");
    let report = json(&off);
    assert_eq!((off.code, report["findings"].as_array().unwrap().len()), (0, 0), "{}", off.err);
    let (all, fewer) = (&usual["coverage"]["rules"], &report["coverage"]["rules"]);
    assert_eq!(fewer.as_u64().unwrap() + 1, all.as_u64().unwrap());

    let wrong = scan(
        "[rules]\ndisable = [\n  \"rubygems-api-key\",\n  \"rubygem-api-key\",\n]\n[rules.severity]\nnpm-acess-token = \"low\"\n\
         npm-access-token = \"lowish\"\n[rules.confidence]\nno-such = \"high\"\n",
    );
    assert_eq!((wrong.code, wrong.out.as_str()), (2, ""));
    for told in [
        "config.toml:4: [rules] disable: there is no rule `rubygem-api-key`; did you mean `rubygems-api-key`?",
        "config.toml:7: [rules] severity: there is no rule `npm-acess-token`; did you mean `npm-access-token`?",
        "config.toml:8: [rules] severity: `lowish` is none of note, low, medium, high or critical",
        "config.toml:10: [rules] confidence: there is no rule `no-such`; see `skelkey rules list`",
    ] {
        assert!(wrong.err.contains(told), "{told}\n{}", wrong.err);
    }
}

#[test]
fn a_rule_that_replaces_a_built_in_one_is_said() {
    let at = folder();
    write(at.path(), "a.txt", "fine\n");
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/jsr.toml")).unwrap();
    let text = text.replace("id = \"jsr\"", "id = \"own\"").replace("[[rule]]", "[[rule]]\noverride = true");
    write(at.path(), "own.toml", text);
    let run = scan(at.path(), &["--rules", "own.toml", "-f", "json"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let replaced = &json(&run)["coverage"]["configuration"]["replaced_rules"];
    assert!(replaced.as_array().unwrap().iter().all(|id| id.as_str().unwrap().starts_with("jsr-")), "{replaced}");
    assert!(!replaced.as_array().unwrap().is_empty() && run.err.contains("rules replaced: jsr-"), "{}", run.err);
}

#[test]
fn a_found_configuration_names_short_regular_files_of_the_repository_alone() {
    let at = folder();
    write(at.path(), "outside.txt", "0123456789abcdef");
    write(at.path(), "repo/.git/HEAD", "ref: refs/heads/main\n");
    write(at.path(), "repo/a.txt", "x\n");
    write(at.path(), "repo/long.txt", "x".repeat(70_000));
    let repo = at.path().join("repo");
    let made = std::process::Command::new("mkfifo").arg(repo.join("pipe")).status().unwrap();
    assert!(made.success());
    std::os::unix::fs::symlink("/dev/zero", repo.join("zero.toml")).unwrap();
    for text in [
        "[fingerprint]\nkey-file = \"/dev/zero\"\n",
        "[fingerprint]\nkey-file = \"pipe\"\n",
        "[fingerprint]\nkey-file = \"long.txt\"\n",
        "[fingerprint]\nkey-file = \"../outside.txt\"\n",
        "[inventory]\nfiles = [\"pipe\"]\n",
        "[rules]\npaths = [\"zero.toml\"]\n",
        "[rules]\npaths = [\".\"]\n",
    ] {
        write(&repo, "skelkey.toml", text);
        let run = scan(&repo, &[]);
        assert_eq!(run.code, 2, "{text}{}", run.err);
        assert!(run.err.contains("skelkey.toml:2: ") && run.err.contains("--config"), "{text}{}", run.err);
    }
    write(&repo, "skelkey.toml", "[fingerprint]\nkey-file = \"../outside.txt\"\n");
    assert_eq!(scan(&repo, &["--config", "skelkey.toml"]).code, 0, "a named configuration may");
}

#[test]
fn a_wrong_word_in_the_configuration_names_file_and_line() {
    let at = folder();
    write(at.path(), "a.txt", "x\n");
    for (text, help) in [
        ("[policy]\n[policy.issuer.nugett]\nno-wildcard = true\n", "did you mean `nuget`"),
        ("[packages]\nnugett = [\"A\"]\n", "did you mean `nuget`"),
        ("\n[issuers.foo]\nassume = true\n", "known are"),
        ("[scan]\nfail-on = \"blah\"\n", "note, low"),
        ("[scan]\nconfidence = \"blah\"\n", "low, medium"),
        ("[scan]\nmax-file-size = \"blah\"\n", "not a size"),
    ] {
        write(at.path(), "skelkey.toml", text);
        let run = scan(at.path(), &["--config", "skelkey.toml"]);
        assert_eq!(run.code, 2, "{text}{}", run.err);
        assert!(run.err.contains("skelkey.toml:2:") && run.err.contains(help), "{text}{}", run.err);
        assert!(!run.err.contains("blah"), "{}", run.err);
    }
}

#[test]
fn the_configuration_may_speak_of_every_issuer_that_is_known() {
    let at = folder();
    write(at.path(), "a.txt", "fine\n");
    let config = |text: &str| {
        write(at.path(), "skelkey.toml", text);
        scan(at.path(), &[])
    };
    for issuer in ["warehouse", "gem-server", "cloudsmith", "verdaccio", "gitlab"] {
        let run = config(&format!("[policy.issuer.{issuer}]\nmax-lifetime-days = 30\n"));
        assert_eq!(run.code, 0, "{issuer}: {}", run.err);
    }
    let run = config("[policy]\nno-wildcard = true\n\n[policy.issuer.gitlub]\nmax-lifetime-days = 30\n");
    assert_eq!(run.code, 2);
    assert!(run.err.contains("skelkey.toml:4: [policy.issuer]") && run.err.contains("`git"), "{}", run.err);
}

#[test]
fn numbers_out_of_all_measure_are_refused_and_say_what_would_do() {
    let at = folder();
    write(at.path(), "a.txt", "fine\n");
    for (args, told) in [
        (&["--jobs", "100000"][..], "from 1 to 1024"),
        (&["--jobs", "0"], "from 1 to 1024"),
        (&["--max-file-size", "99999999999999999999"], "more than any file"),
        (&["--max-file-size", "99999999999G"], "more than any file"),
    ] {
        let run = scan(at.path(), args);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{args:?}");
        assert!(run.err.contains(told), "{args:?}: {}", run.err);
    }
    assert_eq!(scan(at.path(), &["--jobs", "300", "--max-file-size", "18446744073709551615"]).code, 0);
}

#[test]
fn a_glob_that_is_none_names_file_and_line() {
    let at = folder();
    write(at.path(), "a.txt", "fine\n");
    for (config, told) in [
        ("[scan]\nexclude = [\n  \"docs/**\",\n  \"a[\",\n]\n", "config.toml:4: [scan] exclude: "),
        (
            "[[policy.path]]\nglobs = [\"x\"]\n\n[[policy.path]]\nglobs = [\"a[\"]\n",
            "config.toml:4: [[policy.path]] globs: ",
        ),
    ] {
        write(at.path(), "config.toml", config);
        let run = scan(at.path(), &["--config", "config.toml"]);
        assert_eq!(run.code, 2);
        assert!(run.err.contains(told), "{}", run.err);
    }
}

#[test]
fn every_list_that_cannot_be_read_is_named() {
    let at = folder();
    write(at.path(), "bad.json", "{\"skelkey-inventory\": 1, \"keys\": [5]}");
    let run = scan(at.path(), &["--inventory", "no-1.json", "--inventory", "bad.json", "--inventory", "no-2.json"]);
    assert_eq!(run.code, 2);
    for told in ["no-1.json", "bad.json:1", "no-2.json"] {
        assert!(run.err.contains(told), "{told}: {}", run.err);
    }
}

#[test]
fn inspect_says_what_it_wants() {
    let at = folder();
    let nothing = skelkey_with(at.path(), &["inspect"], b" \n", &[]);
    assert_eq!(nothing.code, 3);
    assert!(nothing.err.contains("no key arrived"), "{}", nothing.err);
    let much = skelkey_with(at.path(), &["inspect"], &vec![b'x'; (1 << 20) + 1], &[]);
    assert_eq!(much.code, 2);
    assert!(!much.err.contains("--max-file-size"), "it has no such flag: {}", much.err);
}

#[test]
fn outputs_that_cannot_be_written_are_found_before_the_scan() {
    let at = folder();
    write(at.path(), "in/.npmrc", npmrc(1));
    for args in [
        &["in", "-f", "sarif", "-o", "same", "-f", "json", "-o", "./same"][..],
        &["in", "-f", "json", "-o", "no/such/folder/out"],
        &["in", "-f", "json", "-o", "in"],
    ] {
        let run = scan(at.path(), args);
        assert_eq!(run.code, 2, "{args:?}: {}", run.err);
        assert!(run.out.is_empty(), "{args:?}");
    }
    assert!(!at.path().join("same").exists());
}

#[test]
fn a_report_that_is_not_whole_is_3_and_a_reader_who_left_is_0() {
    use std::process::{Command, Stdio};
    let at = folder();
    write(at.path(), ".npmrc", npmrc(1));
    let command = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_skelkey"));
        command.args(["scan", "--now", NOW, "-f", "sarif"]).current_dir(at.path()).stderr(Stdio::piped());
        command
    };
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let run = command().stdout(full).output().unwrap();
    assert_eq!(run.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&run.stderr).contains("not whole"), "{run:?}");
    let mut child = command().stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_file_in_utf16_is_read_as_an_editor_shows_it() {
    let at = folder();
    let text: Vec<u8> = format!("\u{feff}first\r\n  {}", npmrc(1)).encode_utf16().flat_map(u16::to_le_bytes).collect();
    write(at.path(), "out.npmrc", text);
    let run = scan(at.path(), &["-f", "json"]);
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    let region = &json(&run)["findings"][0]["places"][0]["region"];
    let column = "  //registry.example.test/:_authToken=".len() + 1;
    assert_eq!((&region["start_line"], &region["start_column_utf16"]), (&2.into(), &column.into()));
}

#[test]
fn a_long_file_in_utf16_is_read_to_its_end() {
    let at = folder();
    let lines = "nothing on this line\n".repeat(450_000);
    let text = format!("\u{feff}{lines}{}", npmrc(1));
    write(at.path(), "out.npmrc", text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
    let run = scan(at.path(), &["-f", "json"]);
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    let report = json(&run);
    assert_eq!(places(&report), ["out.npmrc:450001"]);
    assert_eq!(report["coverage"]["bytes_scanned"], 2 * text.encode_utf16().count(), "the file's own size");
    let run = scan(at.path(), &["--max-file-size", "9MB"]);
    assert_eq!((run.code, run.out.contains("1 over the size limit")), (3, true), "{}{}", run.out, run.err);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_read_is_a_gap() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::os::unix::process::CommandExt;
    const NOBODY: u32 = 65_534;
    let at = folder();
    let allow = |path: &str, mode| fs::set_permissions(at.path().join(path), fs::Permissions::from_mode(mode)).unwrap();
    write(at.path(), "repo/.npmrc", npmrc(1));
    write(at.path(), "repo/closed/.npmrc", npmrc(2));
    fs::copy(env!("CARGO_BIN_EXE_skelkey"), at.path().join("skelkey")).unwrap();
    let mut run = std::process::Command::new(at.path().join("skelkey"));
    run.args(["scan", "repo", "-f", "json", "--exit-zero"]).current_dir(at.path()).env_clear();
    if fs::metadata(at.path()).unwrap().uid() == 0 {
        // Nothing is closed to root.
        allow("", 0o755);
        run.uid(NOBODY).gid(NOBODY);
    }
    allow("repo/closed", 0o000);
    let output = run.output().unwrap();
    allow("repo/closed", 0o755);
    let run = Run {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    };
    assert_eq!(run.code, 3, "{}", run.err);
    assert!(run.err.contains("repo/closed: unreadable"), "{}", run.err);
    let report = json(&run);
    assert_eq!(places(&report), [".npmrc:1"]);
    assert_eq!(report["coverage"]["skips"][0]["reason"], "unreadable", "{report}");
}

#[test]
fn privacy_leaves_a_keys_name_and_id_out_of_its_own_line() {
    let at = folder();
    let token = npm_token(1);
    let row = format!(
        r#"{{"skelkey-inventory": 1, "keys": [{{"issuer": "npm", "name": "Acme Nightly-Runner", "key_id": "kid-784512", "prefix": "{}", "suffix": "{}"}}]}}"#,
        &token[..8],
        &token[token.len() - 4..]
    );
    write(at.path(), "list.json", row);
    let line = format!("ACME_NIGHTLY_RUNNER: npm_token={token} # acmeNightlyRunner, acme/nightly runner\n");
    write(at.path(), "repo/.env", format!("# https://registry.npmjs.org/\n{line}"));
    for format in ["human", "json", "sarif"] {
        let shown = |more: &[&str]| {
            let run = scan(at.path(), &[&["repo", "--inventory", "list.json", "-f", format][..], more].concat());
            (run.out + &run.err).to_lowercase()
        };
        let told = |text: &str| {
            let plain: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
            ["acmenightly", "kid784512"].map(|word| plain.contains(word))
        };
        assert_eq!(told(&shown(&[])), [true, true], "{format}");
        let private = shown(&["--privacy"]);
        assert_eq!(told(&private), [false, false], "{format}: {private}");
        assert!(private.contains("npm_"), "the mask stays: {private}");
    }
}

#[test]
fn an_address_with_a_password_in_it_is_refused_and_not_shown() {
    let at = folder();
    write(at.path(), "config.toml", "[issuers.gitlab]\nurl = \"https://u:hidden-word@git.example.test\"\n");
    let run = skelkey(at.path(), &["config", "show", "--config", "config.toml"]);
    assert_eq!(run.code, 2);
    assert!(!run.err.contains("hidden-word") && !run.out.contains("hidden-word"), "{}", run.err);
}

#[test]
fn counting_anchors_says_why_nothing_was_counted() {
    let at = folder();
    write(at.path(), "small.txt", "nuget_key = 1\n");
    fs::write(at.path().join("large.txt"), vec![b'x'; (8 << 20) + 1]).unwrap();
    let run = skelkey(at.path(), &["rules", "stats", "small.txt"]);
    assert!(run.code == 0 && run.out.contains("nuget") && run.out.contains("in 14 bytes"), "{}", run.out);
    let run = skelkey(at.path(), &["rules", "stats", "large.txt"]);
    assert_eq!(run.code, 3);
    assert!(
        run.err.contains("large.txt: gave nothing to scan: ") && run.err.contains("none over 8 MiB"),
        "{}",
        run.err
    );
}

#[cfg(feature = "probe")]
#[test]
fn the_documented_rules_are_the_rules() {
    let at = folder();
    let run = skelkey(at.path(), &["rules", "list", "--format", "markdown"]);
    let written = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rules.md")).unwrap_or_default();
    assert!(
        run.out == written,
        "docs/rules.md is out of date; run `cargo run -- rules list --isolated --format markdown > docs/rules.md`"
    );
    let rows = written.lines().filter(|line| line.starts_with("| `")).count();
    let rules = skelkey(at.path(), &["rules", "list", "-f", "json"]);
    assert_eq!(rows, json(&rules).as_array().unwrap().len(), "a line for each rule");
}
