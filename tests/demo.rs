//! The main job end to end, on the demo: leaked keys, what they open, until when, and how to close them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may be blunt")]

mod support;

use std::path::Path;

use serde_json::Value;
use support::{Run, json, skelkey};

const NOW: &str = "2026-11-22T12:00:00Z";
const LISTS: [&str; 4] = ["--inventory", "demo/keys/nuget-api-keys.html", "--inventory", "demo/keys/npm-tokens.json"];

fn demo() -> tempfile::TempDir {
    let at = tempfile::tempdir().unwrap();
    let run = skelkey(at.path(), &["demo", "demo", "--seed", "5", "--now", NOW]);
    assert_eq!(run.code, 0, "{}", run.err);
    at
}

fn scan(at: &Path, format: &str) -> Run {
    let mut args = vec!["scan", "demo/repo", "--now", NOW, "-f", format];
    args.extend(LISTS);
    let run = skelkey(at, &args);
    assert_eq!(run.code, 1, "{}", run.err);
    run
}

fn finding<'r>(report: &'r Value, path: &str) -> &'r Value {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().find(|f| f["places"][0]["path"] == path).unwrap_or_else(|| panic!("no finding in {path}"))
}

fn verdicts(finding: &Value) -> Vec<&str> {
    finding["judgement"]["verdicts"].as_array().unwrap().iter().map(|v| v["id"].as_str().unwrap()).collect()
}

/// The readme's lines below each of its commands are lines of what that command prints.
#[test]
fn the_readme_shows_what_the_demo_prints() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let at = demo();
    let mut printed = String::new();
    let mut lines = 0;
    for line in readme
        .lines()
        .skip_while(|line| !line.starts_with("$ skelkey scan demo/repo"))
        .take_while(|line| *line != "```")
    {
        if let Some(command) = line.strip_prefix("$ skelkey ").and_then(|line| line.strip_suffix(" …")) {
            let args: Vec<&str> = command.split(' ').chain(LISTS).chain(["--now", NOW]).collect();
            printed = skelkey(at.path(), &args).out;
        } else {
            assert!(printed.lines().any(|one| one == line), "{line} is not in {printed}");
            lines += 1;
        }
    }
    assert!(lines > 4, "the readme has no such part");
}

#[test]
fn a_key_in_a_workflow_is_joined_by_name_to_a_skeleton_key() {
    let at = demo();
    let report = json(&scan(at.path(), "json"));
    let key = finding(&report, ".github/workflows/release.yml");
    assert_eq!(key["rule"], "nuget-api-key-v4");
    assert_eq!(key["judgement"]["severity"], "critical");
    assert_eq!(key["judgement"]["breadth"]["reach"], "everything");
    assert_eq!((&key["judgement"]["covers"], &key["judgement"]["known_packages"]), (&2.into(), &2.into()));
    assert!(key["join"].as_str().unwrap().contains("joined by name"), "{}", key["join"]);
    assert!(verdicts(key).contains(&"SK2001") && verdicts(key).contains(&"SK1005"), "{:?}", verdicts(key));
    let row =
        &key["dossier"].as_array().unwrap().iter().find(|s| s["evidence"]["tier"] == "inventory").unwrap()["facts"];
    assert_eq!(row["expires"]["at"], "2027-06-11T12:00:00Z");
    assert_eq!(row["name"], "contoso-release");
    let steps = key["remedy"].to_string();
    assert!(steps.contains("Contoso.Core") && steps.contains("Contoso.Logging"), "{steps}");
    assert!(steps.contains("https://www.nuget.org/account/apikeys") && steps.contains("id-token: write"), "{steps}");
    let ceiling = key["judgement"]["notes"].to_string();
    assert!(ceiling.contains("30 days"), "an announced ceiling is a note: {ceiling}");
    assert_eq!(key["judgement"]["state"]["is"], "active", "and changes no state");
}

#[test]
fn an_expired_key_is_low_and_tells_its_very_minute() {
    let at = demo();
    let report = json(&scan(at.path(), "json"));
    let key = finding(&report, "scripts/hotfix.ps1");
    assert_eq!(key["judgement"]["severity"], "low");
    assert_eq!(key["dossier"][0]["evidence"]["tier"], "decoded");
    assert_eq!(key["dossier"][0]["facts"]["expires"]["at"], "2026-10-13T13:00:00Z");
    assert_eq!(key["judgement"]["state"]["because"], "expired");
}

#[test]
fn a_python_token_tells_its_projects_without_any_list() {
    let at = demo();
    let report = json(&scan(at.path(), "json"));
    let grant = &finding(&report, "python/.pypirc")["dossier"][0]["facts"]["grants"][0];
    assert_eq!(grant["subjects"]["named"][0], "contoso-client");
    assert_eq!(grant["bound"], "at-most");
}

#[test]
fn a_key_that_no_list_has_is_a_shadow_key() {
    let at = demo();
    let report = json(&scan(at.path(), "json"));
    assert!(verdicts(finding(&report, "web/.env")).contains(&"SK1004"));
    let known = finding(&report, "web/.npmrc");
    assert!(!verdicts(known).contains(&"SK1004"));
    assert!(known["join"].as_str().unwrap().contains("first and last characters"), "{}", known["join"]);
}

#[test]
fn privacy_leaves_the_owners_names_out_of_every_format() {
    let at = demo();
    for format in ["human", "json", "sarif"] {
        let open = scan(at.path(), format);
        assert!(open.out.contains("contoso-web-publish"), "{format}");
        let mut args = vec!["scan", "demo/repo", "--now", NOW, "-f", format, "--privacy"];
        args.extend(LISTS);
        let private = skelkey(at.path(), &args);
        assert!(!private.out.contains("contoso-web-publish") && !private.out.contains("npm-tokens.json"), "{format}");
        assert!(!private.err.contains("contoso-web-publish"), "{format}: {}", private.err);
    }
}

#[test]
fn the_lists_alone_are_judged_on_their_own_lines() {
    let at = demo();
    let mut args = vec!["keys", "audit", "--now", NOW, "-f", "json"];
    args.extend(LISTS);
    let run = skelkey(at.path(), &args);
    assert_eq!(run.code, 1, "{}", run.err);
    let report = json(&run);
    let by_name = |name: &str| {
        let all = report["findings"].as_array().unwrap();
        all.iter()
            .find(|f| f["dossier"][0]["facts"]["name"] == name)
            .unwrap_or_else(|| panic!("{name} is not judged"))
            .clone()
    };
    assert_eq!(by_name("contoso-release")["rule"], "SK2001");
    assert!(verdicts(&by_name("contoso-logging-hotfix")).contains(&"SK2009"), "it ends within 14 days");
    assert!(verdicts(&by_name("old-build-server")).contains(&"SK2010"), "it has expired and is still listed");
    assert!(verdicts(&by_name("contoso-web-publish")).contains(&"SK2014"), "it bypasses the second factor");
    for finding in report["findings"].as_array().unwrap() {
        let place = &finding["places"][0];
        assert!(place["shown"].as_str().unwrap().starts_with("demo/keys/"), "{place}");
        assert!(place["region"]["start_line"].as_u64().unwrap() >= 1);
    }
}

#[test]
fn policy_from_the_configuration_judges_the_same_keys_harder() {
    let at = demo();
    support::write(
        at.path(),
        "strict.toml",
        "[policy]\nallow-non-expiring = false\nmax-lifetime-days = 30\nno-wildcard = true\n",
    );
    let mut args = vec!["keys", "audit", "--now", NOW, "-f", "json", "--config", "strict.toml"];
    args.extend(LISTS);
    let strict = json(&skelkey(at.path(), &args));
    let worst = strict["findings"].as_array().unwrap().iter().filter(|f| f["judgement"]["severity"] == "high").count();
    assert!(strict.to_string().contains("SK2007"), "a life over the policy is a verdict");
    assert!(worst >= 1);
}

#[test]
fn the_demo_writes_over_nothing() {
    let at = demo();
    let again = skelkey(at.path(), &["demo", "demo"]);
    assert_eq!(again.code, 2);
    assert!(again.err.contains("not empty"), "{}", again.err);
}

#[test]
fn the_next_steps_show_a_critical_a_shadow_key_a_job_that_breaks_and_a_scope() {
    let at = tempfile::tempdir().unwrap();
    let demo = skelkey(at.path(), &["demo", "demo", "--seed", "5", "--now", NOW]);
    let steps: Vec<&str> = demo.out.lines().collect();
    assert_eq!(steps.len(), 4, "{}", demo.out);
    let shown: Vec<Run> = steps
        .iter()
        .map(|step| {
            let args: Vec<&str> = step.split(' ').skip(1).chain(["--now", NOW]).collect();
            skelkey(at.path(), &args)
        })
        .collect();
    for (run, (code, words)) in shown.iter().zip([
        (1, &["critical", "SK1004", "web/.env"][..]),
        (1, &["SK2001", "contoso-release"]),
        (1, &["contoso-logging-hotfix", "hotfix.yml:9 (push-logging)", "azure-pipelines.yml:12 (PublishWeb)"]),
        (0, &["Contoso.*", "Push only new package versions", "id-token: write"]),
    ]) {
        assert_eq!(run.code, code, "{}", run.err);
        assert!(words.iter().all(|word| run.out.contains(word)), "{words:?} in {}", run.out);
    }
}
