//! `skelkey report`: earlier reports in other formats, and shards made into one, through the command line.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may be blunt")]

mod support;

use std::fs;
use std::path::Path;

use skelkey::report::Format;
use skelkey::rules::Minter;
use support::{Run, json, skelkey, skelkey_with, write};

const NOW: &str = "2026-11-22T12:00:00Z";

fn key(seed: u64) -> String {
    Minter::new(seed).fill("{@nuget-v4}").unwrap()
}

/// Arguments that write every format to a file of its own, `PREFIX.FORMAT`.
fn everything(prefix: &str) -> Vec<String> {
    let of = |format: &Format| ["-f".to_owned(), format.to_string(), "-o".to_owned(), format!("{prefix}.{format}")];
    Format::ALL.iter().flat_map(of).collect()
}

fn run(at: &Path, args: &[&str], more: &[String]) -> Run {
    let args: Vec<&str> = args.iter().copied().chain(more.iter().map(String::as_str)).collect();
    skelkey(at, &args)
}

fn same(at: &Path, one: &str, other: &str) {
    for format in Format::ALL {
        let read = |prefix: &str| fs::read_to_string(at.join(format!("{prefix}.{format}"))).unwrap();
        assert_eq!(read(one), read(other), "{format}");
    }
}

#[test]
fn converting_gives_the_bytes_of_the_scan() {
    let at = tempfile::tempdir().unwrap();
    let at = at.path();
    assert_eq!(skelkey(at, &["demo", "demo", "--seed", "7", "--now", NOW]).code, 0);
    let scan = |more: &[&str], prefix: &str| {
        let lists = ["--inventory", "demo/keys/nuget-api-keys.html", "--inventory", "demo/keys/npm-tokens.json"];
        let args = [&["scan", "--isolated", "demo/repo"][..], &lists, more].concat();
        run(at, &args, &everything(prefix)).code
    };
    for (more, fields) in [
        (&["--now", NOW][..], &[][..]),
        // The times of the run are kept too.
        (&["--fail-on", "critical", "--confidence", "low"], &[]),
        (&["--now", NOW, "--privacy", "--verbose", "--exit-zero"], &["--verbose"]),
        (&["--now", NOW, "--sarif-profile", "full"], &["--sarif-profile", "full"]),
    ] {
        let code = scan(more, "direct");
        for source in ["direct.json", "direct.jsonl"] {
            let args = [&["report", "convert", "--isolated", source][..], fields].concat();
            let converted = run(at, &args, &everything("converted"));
            assert!(more.contains(&"--exit-zero") || converted.code == code, "{more:?}: {}", converted.err);
            same(at, "direct", "converted");
        }
    }
}

#[test]
fn shards_of_one_scan_merge_to_the_whole() {
    let at = tempfile::tempdir().unwrap();
    let at = at.path();
    fs::create_dir_all(at.join("repo/.git/objects")).unwrap();
    fs::create_dir_all(at.join("repo/.git/refs")).unwrap();
    write(at, "repo/.git/HEAD", "ref: refs/heads/main\n");
    write(at, "repo/one/a.txt", format!("KEY={}\n", key(1)));
    write(at, "repo/one/b.txt", format!("KEY={}\n", key(2)));
    write(at, "repo/two/c.txt", format!("KEY={}\n", key(2)));
    let scan = |paths: &[&str], format: &str, file: &str| {
        let run = skelkey(at, &[&["scan", "--isolated", "--now", NOW, "-f", format, "-o", file], paths].concat());
        assert_eq!(run.code, 1, "{}", run.err);
    };
    scan(&["repo/one", "repo/two"], "json", "whole.json");
    scan(&["repo/one"], "json", "one.json");
    scan(&["repo/two"], "jsonl", "two.jsonl");
    let merged = skelkey(at, &["report", "merge", "--isolated", "one.json", "two.jsonl", "-f", "json"]);
    assert_eq!(merged.code, 1, "{}", merged.err);
    assert_eq!(merged.out, fs::read_to_string(at.join("whole.json")).unwrap());
    assert!(merged.err.contains("merged 2 reports"), "{}", merged.err);
    // Runs in one stream of lines are shards as well.
    scan(&["repo/one"], "jsonl", "one.jsonl");
    let both = ["one.jsonl", "two.jsonl"].map(|file| fs::read_to_string(at.join(file)).unwrap()).concat();
    let again = skelkey_with(at, &["report", "merge", "--isolated", "-", "-f", "json"], both.as_bytes(), &[]);
    assert_eq!(again.out, merged.out);
    let refused = skelkey_with(at, &["report", "convert", "--isolated", "-"], both.as_bytes(), &[]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("skelkey report merge"), "{}", refused.err);
    // A shard that was scanned under a key of its owner's is another matter.
    let owner = [("SKELKEY_FINGERPRINT_KEY", "0123456789abcdef0123456789abcdef")];
    let scan = ["scan", "--isolated", "repo/two", "-f", "json", "-o", "owned.json"];
    assert_eq!(skelkey_with(at, &scan, b"", &owner).code, 1);
    let refused = skelkey(at, &["report", "merge", "--isolated", "one.json", "owned.json"]);
    assert_eq!(refused.code, 2);
    for word in ["one.json was made under the fingerprint key `p", "owned.json under `k"] {
        assert!(refused.err.contains(word), "{}", refused.err);
    }
}

#[test]
fn a_gap_in_one_shard_is_a_gap_of_the_whole() {
    let at = tempfile::tempdir().unwrap();
    let at = at.path();
    write(at, "clean.txt", "nothing\n");
    let scan = |path: &str, file: &str| skelkey(at, &["scan", "--isolated", path, "-f", "json", "-o", file]).code;
    assert_eq!((scan("clean.txt", "a.json"), scan("missing.txt", "b.json")), (0, 3));
    let merge = |files: &[&str]| skelkey(at, &[&["report", "merge", "--isolated", "--exit-zero"], files].concat());
    assert_eq!((merge(&["a.json"]).code, merge(&["a.json", "b.json"]).code), (0, 3));
    assert!(merge(&["a.json", "b.json"]).err.contains("missing.txt"));
}

#[test]
fn what_is_no_report_is_wrong_use_and_says_where() {
    let at = tempfile::tempdir().unwrap();
    let at = at.path();
    let secret = key(5);
    for (text, said) in [
        (String::new(), "r.json:1: the text is empty"),
        ("{\n  \"schema_version\": 1,\n".to_owned(), "r.json:3"),
        (format!("{{\"schema_version\": \"{secret}\"}}"), "r.json:1:"),
        (format!("{{\"{secret}\": 1}}"), "r.json:1:"),
        (format!("{{\"line\": \"{secret}\"}}\n"), "r.json:1: `line` is none of"),
        ("{\"line\": \"run\"}\n".to_owned(), "r.json:1:"),
    ] {
        write(at, "r.json", &text);
        for command in ["convert", "merge"] {
            let run = skelkey(at, &["report", command, "--isolated", "r.json"]);
            assert_eq!((run.code, run.out.as_str()), (2, ""), "{text}");
            assert!(run.err.contains(said) && !run.err.contains(&secret), "{said}: {}", run.err);
        }
    }
    write(at, "r.json", "\u{0}");
    fs::write(at.join("r.json"), b"{\n\xff").unwrap();
    assert!(skelkey(at, &["report", "convert", "r.json"]).err.contains("r.json:2: not UTF-8"));
    assert!(skelkey(at, &["report", "convert", "gone.json"]).err.contains("gone.json"));
    let now = skelkey(at, &["report", "convert", "r.json", "--now", NOW]);
    assert_eq!(now.code, 2);
    assert!(now.err.contains("keeps its own moment"), "{}", now.err);
}

#[test]
fn the_summary_of_a_step_is_added_to() {
    let at = tempfile::tempdir().unwrap();
    let at = at.path();
    write(at, "a.txt", format!("KEY={}\n", key(1)));
    let summary = at.join("summary.md");
    fs::write(&summary, "# what stood there\n").unwrap();
    let summary = summary.to_str().unwrap();
    let args = ["scan", "--isolated", "a.txt", "-f", "markdown", "-o", summary];
    assert_eq!(skelkey_with(at, &args, b"", &[("GITHUB_STEP_SUMMARY", summary)]).code, 1);
    let text = fs::read_to_string(summary).unwrap();
    assert!(text.starts_with("# what stood there\n## skelkey: 1 key"), "{text}");
    // What is there already takes of the room.
    fs::write(summary, "x".repeat((1 << 20) - 2_000)).unwrap();
    let full = skelkey_with(at, &args, b"", &[("GITHUB_STEP_SUMMARY", summary)]);
    assert!(full.err.contains("warning: markdown: The summary leaves 1 further key out."), "{}", full.err);
    assert!(fs::metadata(summary).unwrap().len() <= 1 << 20);
    // Anywhere else a file is written anew.
    assert_eq!(skelkey(at, &args).code, 1);
    assert!(fs::read_to_string(summary).unwrap().starts_with("## skelkey"));
}

#[test]
fn a_report_for_azure_names_its_pipeline() {
    let at = tempfile::tempdir().unwrap();
    let at = at.path();
    write(at, "a.txt", format!("KEY={}\n", key(1)));
    let args = ["scan", "--isolated", "a.txt", "-f", "sarif", "--sarif-profile", "azure"];
    let pipeline = [
        ("SYSTEM_COLLECTIONURI", "https://dev.azure.com/contoso/"),
        ("SYSTEM_TEAMPROJECT", "tools"),
        ("SYSTEM_DEFINITIONID", "7"),
        ("BUILD_DEFINITIONNAME", "nightly"),
        ("SYSTEM_PHASEID", "3a3a2a60-14c7-570b-14a4-fa42ad92f52a"),
        ("SYSTEM_PHASENAME", "scan"),
        ("BUILD_SOURCEBRANCH", "refs/heads/main"),
        ("BUILD_BUILDID", "99"),
    ];
    let run = skelkey_with(at, &args, b"", &pipeline);
    let id = &json(&run)["runs"][0]["automationDetails"]["id"];
    assert!(id.as_str().unwrap().starts_with("azuredevops/pipeline/build/contoso/tools/7/3a3a2a60-"), "{id}");
    assert!(!run.err.contains("warning"), "{}", run.err);
    assert!(skelkey(at, &args).err.contains("warning: sarif: The log names no pipeline"));
    assert_eq!(skelkey(at, &["scan", "--sarif-profile", "nobody"]).code, 2);
}

#[test]
fn findings_are_routed_to_code_owners() {
    let at = tempfile::tempdir().unwrap();
    let at = at.path();
    let secret = Minter::new(3).fill("hf_{base62:34}").unwrap();
    write(at, "repo/.git/HEAD", "ref: refs/heads/main\n");
    fs::create_dir_all(at.join("repo/.git/objects")).unwrap();
    fs::create_dir_all(at.join("repo/.git/refs")).unwrap();
    write(at, "repo/.github/CODEOWNERS", format!("* @all\n/api/ @api-team\n/web/ x@{secret}\n!wrong\n"));
    for (path, seed) in [("api/a.txt", 1), ("api/b.txt", 2), ("web/c.txt", 3), ("d.txt", 4)] {
        write(at, &format!("repo/{path}"), format!("KEY={}\n", key(seed)));
    }
    let run = skelkey(at, &["scan", "--isolated", "repo/api", "repo/web", "repo/d.txt", "-f", "json"]);
    let report = json(&run);
    let by_owner = &report["summary"]["by_owner"];
    assert_eq!((&by_owner["@api-team"], &by_owner["@all"]), (&2.into(), &1.into()), "{by_owner}");
    assert_eq!(by_owner.as_object().unwrap().len(), 3, "{by_owner}");
    assert!(!run.out.contains(&secret) && !run.err.contains(&secret), "an owner may be a key as well");
    assert!(report["notes"].to_string().contains("CODEOWNERS:4: no pattern"), "{}", report["notes"]);
    let shown = skelkey(at, &["scan", "--isolated", "repo/api", "repo/d.txt"]).out;
    assert!(shown.contains("to be seen to by: @api-team 2, @all 1"), "{shown}");
}

/// Applies the fixes of a log to the files of a folder.
fn apply_fixes(at: &Path, log: &serde_json::Value) -> usize {
    let mut applied = 0;
    for result in log["runs"][0]["results"].as_array().unwrap() {
        for change in
            result["fixes"].as_array().into_iter().flatten().flat_map(|fix| fix["artifactChanges"].as_array().unwrap())
        {
            let file = at.join(change["artifactLocation"]["uri"].as_str().unwrap());
            let replacement = &change["replacements"][0];
            let region = &replacement["deletedRegion"];
            let number = |name: &str| usize::try_from(region[name].as_u64().unwrap()).unwrap();
            let text = fs::read_to_string(&file).unwrap();
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            let line = &mut lines[number("startLine") - 1];
            // Columns of SARIF are UTF-16.
            let units: Vec<u16> = line.encode_utf16().collect();
            let (before, after) = (&units[..number("startColumn") - 1], &units[number("endColumn") - 1..]);
            let inserted = replacement["insertedContent"]["text"].as_str().unwrap();
            *line = format!("{}{inserted}{}", String::from_utf16(before).unwrap(), String::from_utf16(after).unwrap());
            fs::write(&file, lines.join("\n") + "\n").unwrap();
            applied += 1;
        }
    }
    applied
}

#[test]
fn a_fix_that_is_applied_leaves_a_look_up_and_no_key() {
    let at = tempfile::tempdir().unwrap();
    let at = at.path();
    let key = key(1);
    let files = [
        (
            "a.py",
            format!("größe = '💥'; api_key = \"{key}\"  # é\n"),
            "größe = '💥'; api_key = os.environ[\"API_KEY\"]  # é\n",
        ),
        ("b.js", format!("const apiKey = '{key}';\n"), "const apiKey = process.env.API_KEY;\n"),
        ("c.go", format!("var apiKey = \"{key}\"\n"), "var apiKey = os.Getenv(\"API_KEY\")\n"),
        (".github/workflows/x.yml", format!("  NUGET_KEY: {key}\n"), "  NUGET_KEY: ${{ secrets.NUGET_KEY }}\n"),
        ("d.sh", format!("export NUGET_KEY={key}\n"), "export NUGET_KEY=\"${NUGET_KEY:?}\"\n"),
        ("e.txt", format!("nuget {key}\n"), ""),
    ];
    for (path, text, _) in &files {
        write(at, &format!("repo/{path}"), text);
    }
    let scan = ["scan", "--isolated", "repo", "-f", "sarif", "--sarif-profile", "full"];
    let run = skelkey(at, &scan);
    assert!(!run.out.contains(&key));
    assert_eq!(apply_fixes(&at.join("repo"), &json(&run)), files.len() - 1);
    for (path, _, fixed) in files.iter().filter(|(_, _, fixed)| !fixed.is_empty()) {
        assert_eq!(fs::read_to_string(at.join("repo").join(path)).unwrap(), *fixed, "{path}");
    }
}
