//! Canary keys through every command, format and verbosity: none of them may appear in any output, in any disguise.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may be blunt")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use skelkey::report::Format;
use skelkey::rules::{self, Minter, Rule, RuleSet};
use support::{Run, skelkey_with, write};

const NOW: &str = "2026-11-22T12:00:00Z";

/// Every example of every rule, with the key that stands in it. The public half of a key is no secret and may be shown.
struct Canary {
    path: String,
    text: String,
    key: String,
}

fn canaries() -> Vec<Canary> {
    let rules: RuleSet = rules::load(&[]).unwrap();
    let mut minter = Minter::new(20_261_122);
    let mut canaries = Vec::new();
    // AWS's key id names a key to its owner; without the other half it opens nothing.
    let is_secret = |rule: &&Arc<Rule>| !rule.part_only && rule.id != "aws-access-key-id";
    for rule in rules.rules.iter().filter(is_secret) {
        for (n, example) in rule.examples.iter().enumerate() {
            let sample = minter.example(&rules, rule, example).unwrap();
            let Some(span) = sample.spans.first() else { continue };
            let key = sample.text[span.start..span.end].to_owned();
            let path = if example.path.is_empty() {
                format!("{}-{n}.txt", rule.id)
            } else {
                format!("{}-{n}/{}", rule.id, example.path)
            };
            canaries.push(Canary { path, text: sample.text, key });
        }
    }
    assert!(canaries.len() > 100, "only {} canaries", canaries.len());
    canaries
}

/// The forms in which a key could slip through. A short tail and the public prefix may be shown; more may not.
fn disguises(key: &str) -> Vec<String> {
    let bytes = key.as_bytes();
    let percent: Vec<String> = bytes.iter().map(|b| format!("%{b:02X}")).collect();
    let base64 = |bytes: &[u8]| BASE64.encode(bytes).trim_end_matches('=').to_owned();
    // Inside a longer text the three alignments of base64 differ at both ends; the middle of each is tested.
    let aligned = (0..3)
        .map(|skip| base64(&bytes[skip.min(bytes.len() - 1)..]))
        .map(|text| text[..text.len() * 3 / 4].to_owned());
    let mut forms = vec![
        key.to_owned(),
        key.chars().rev().collect(),
        percent.concat(),
        BASE64URL_NOPAD.encode(bytes),
        HEXLOWER.encode(bytes),
        serde_json::to_string(key).unwrap().trim_matches('"').to_owned(),
    ];
    forms.extend(aligned);
    // All but the first quarter and the last four characters: what a too generous mask would show.
    forms.push(key[key.len() / 4..key.len().saturating_sub(4).max(key.len() / 4)].to_owned());
    forms.retain(|form| form.len() >= 8);
    forms
}

struct Watch {
    forms: Vec<(String, String)>,
    automaton: AhoCorasick,
}

impl Watch {
    fn over(canaries: &[Canary]) -> Self {
        let forms = canaries.iter().flat_map(|c| disguises(&c.key).into_iter().map(|form| (c.path.clone(), form)));
        let forms: Vec<_> = forms.collect();
        let automaton = AhoCorasick::builder().ascii_case_insensitive(true).build(forms.iter().map(|(_, form)| form));
        Self { forms, automaton: automaton.unwrap() }
    }

    fn text(&self, what: &str, text: &str) {
        if let Some(hit) = self.automaton.find(text) {
            let (path, form) = &self.forms[hit.pattern().as_usize()];
            let line = text[..hit.start()].lines().count();
            panic!("{what} shows the key of {path} as `{form}` on line {line}");
        }
    }

    fn run(&self, what: &str, run: &Run) {
        self.text(&format!("{what}: stdout"), &run.out);
        self.text(&format!("{what}: stderr"), &run.err);
    }
}

fn tree(at: &Path, canaries: &[Canary]) {
    for canary in canaries {
        write(at, &format!("tree/{}", canary.path), &canary.text);
    }
}

#[test]
fn no_command_format_or_verbosity_shows_a_key() {
    let at = tempfile::tempdir().unwrap();
    let canaries = canaries();
    let watch = Watch::over(&canaries);
    tree(at.path(), &canaries);
    for format in ["human", "json", "sarif"] {
        for more in
            [&[][..], &["--verbose"], &["--quiet"], &["--privacy"], &["--color", "always"], &["--confidence", "low"]]
        {
            let mut args = vec!["scan", "tree", "--now", NOW, "-f", format];
            args.extend(more);
            let run = skelkey_with(at.path(), &args, b"", &[]);
            assert_eq!(run.code, 1, "{args:?}: {}", run.err);
            assert!(run.out.len() > 10_000, "{args:?} found too little");
            watch.run(&format!("{args:?}"), &run);
        }
    }
    for format in Format::ALL {
        for more in [&[][..], &["--verbose", "--confidence", "low"]] {
            let run = skelkey_with(
                at.path(),
                &[&["scan", "tree", "--now", NOW, "-f", format.as_str()], more].concat(),
                b"",
                &[],
            );
            watch.run(&format!("{format} {more:?}"), &run);
        }
    }
    let out: PathBuf = at.path().join("out.sarif");
    let args = ["scan", "tree", "-f", "sarif", "-o", out.to_str().unwrap()];
    watch.run("to a file", &skelkey_with(at.path(), &args, b"", &[]));
    watch.text("the file", &fs::read_to_string(out).unwrap());
}

#[test]
fn the_full_log_and_converted_reports_show_no_key() {
    let at = tempfile::tempdir().unwrap();
    // Some of all, and those in a file for which there are fixes.
    let chosen = |(n, canary): &(usize, Canary)| n % 11 == 0 || canary.path.contains(".npmrc");
    let canaries: Vec<Canary> = canaries().into_iter().enumerate().filter(chosen).map(|(_, canary)| canary).collect();
    let watch = Watch::over(&canaries);
    tree(at.path(), &canaries);
    let full = ["scan", "tree", "--now", NOW, "-f", "sarif", "--sarif-profile", "full", "--confidence", "low"];
    let run = skelkey_with(at.path(), &full, b"", &[]);
    assert!(run.out.contains("\"fixes\""), "no fix to look at");
    watch.run("full SARIF", &run);
    assert_eq!(
        skelkey_with(at.path(), &["scan", "tree", "--now", NOW, "-f", "json", "-o", "r.json"], b"", &[]).code,
        1
    );
    let mut args = vec!["report".to_owned(), "convert".to_owned(), "r.json".to_owned()];
    let outs = Format::ALL.iter().flat_map(|f| ["-f".to_owned(), f.to_string(), "-o".to_owned(), format!("out.{f}")]);
    args.extend(outs);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    watch.run("convert", &skelkey_with(at.path(), &args, b"", &[]));
    for format in Format::ALL {
        let name = format!("out.{format}");
        watch.text(&name, &fs::read_to_string(at.path().join(&name)).unwrap());
    }
}

#[test]
fn a_report_with_a_key_in_it_is_refused_without_showing_it() {
    let at = tempfile::tempdir().unwrap();
    let canaries = canaries();
    let watch = Watch::over(&canaries);
    for canary in canaries.iter().step_by(701) {
        let key = canary.key.replace(['"', '\\', '\n', '\''], "x");
        for text in [
            key.clone(),
            format!("\"{key}\""),
            format!("{{\"{key}\": 1}}"),
            format!(
                "{{\"schema_version\": 1, \"tool\": {{\"name\": \"{key}\", \"version\": \"{key}\"}}, \"privacy\": false}}"
            ),
            format!(
                "{{\"schema_version\": 1, \"tool\": {{\"name\": \"skelkey\", \"version\": \"1\"}}, \"privacy\": false, \"mode\": \"{key}\"}}"
            ),
            format!("{{\"line\": \"{key}\"}}"),
            format!("{{\"line\": \"run\", \"{key}\": {key}}}"),
        ] {
            write(at.path(), "r.json", &text);
            for command in [
                &["report", "convert", "r.json"][..],
                &["report", "merge", "r.json"],
                &["baseline", "import", "r.json", "r.json"],
            ] {
                let run = skelkey_with(at.path(), command, b"", &[]);
                assert_eq!(run.code, 2, "{command:?} of {text}");
                watch.run(&format!("{command:?}"), &run);
            }
        }
    }
}

#[test]
fn inspecting_a_key_does_not_show_it() {
    let at = tempfile::tempdir().unwrap();
    let canaries = canaries();
    let watch = Watch::over(&canaries);
    for canary in canaries.iter().step_by(41) {
        for format in ["human", "json", "sarif"] {
            let run = skelkey_with(at.path(), &["inspect", "--now", NOW, "-f", format], canary.text.as_bytes(), &[]);
            watch.run(&format!("inspect -f {format} of {}", canary.path), &run);
        }
    }
}

/// Explanations tell places, rules and what decided, and never what stands there.
#[test]
fn explaining_a_line_does_not_show_its_key() {
    let at = tempfile::tempdir().unwrap();
    let canaries = canaries();
    let watch = Watch::over(&canaries);
    let rules = Arc::new(rules::load(&[]).unwrap());
    let detector = skelkey::detect::Detector::new(rules).unwrap();
    for canary in canaries.iter().step_by(61) {
        let text = canary.text.as_bytes();
        let all = skelkey::location::Span::new(0, text.len());
        let attempts = detector.explain(text, &canary.path, all);
        watch.text(&canary.path, &format!("{attempts:?}"));
    }
    for canary in canaries.iter().step_by(401) {
        write(at.path(), &canary.path, &canary.text);
        let line = canary.text[..canary.text.find(&canary.key).unwrap_or(0)].matches('\n').count() + 1;
        let what = format!("{}:{line}", canary.path);
        let run = skelkey_with(at.path(), &["explain", &what, "--isolated"], b"", &[]);
        assert_eq!(run.code, 0, "{what}: {}", run.err);
        watch.run(&what, &run);
    }
}

#[cfg(feature = "probe")]
#[test]
fn a_dry_run_shows_requests_and_no_key() {
    let at = tempfile::tempdir().unwrap();
    let canaries = canaries();
    let watch = Watch::over(&canaries);
    tree(at.path(), &canaries);
    let run = skelkey_with(at.path(), &["scan", "tree", "--probe", "--dry-run", "--now", NOW], b"", &[]);
    // The page for people wraps its lines.
    let words: Vec<&str> = run.out.split_whitespace().collect();
    assert!(words.join(" ").contains("would send GET https://"), "{}{}", run.out, run.err);
    watch.run("dry run", &run);
}

#[test]
fn broken_files_with_a_key_in_them_are_refused_without_showing_it() {
    let at = tempfile::tempdir().unwrap();
    let canaries = canaries();
    let watch = Watch::over(&canaries);
    write(at.path(), "a.txt", "x\n");
    for (n, canary) in canaries.iter().enumerate().step_by(101) {
        let key = canary.key.replace(['"', '\\', '\n', '\''], "x");
        let files = [
            (
                "inventory",
                format!("{{\"skelkey-inventory\": 1, \"keys\": [{{\"name\": \"a\", \"expires\": \"{key}\"}}]}}"),
            ),
            ("inventory", format!("{{\"skelkey-inventory\": 1, \"{key}\": []}}")),
            ("inventory", format!("[{{\"token\": \"{key}\", ")),
            ("inventory", format!("name,issuer,{key}\na,npm,x\n")),
            ("inventory", format!("name,issuer,created\na,npm,{key}\n")),
            ("inventory", key.clone()),
            ("config", format!("[scan]\nfail-on = \"{key}\"\n")),
            ("config", format!("[policy]\nmax-lifetime-days = \"{key}\"\n")),
            ("config", format!("[scan]\n\"{key}\" = 1\n")),
            ("config", format!("[scan]\nexclude = {key}\n")),
            ("config", format!("[scan]\nexclude = [\"[{key}\"]\n")),
            ("config", format!("[issuers.gitlab]\nurl = \"{key}\"\n")),
            ("config", format!("[rules]\ndisable = [\"{key}\"]\n")),
            ("config", format!("[rules.severity]\n\"{key}\" = \"low\"\n")),
            ("config", format!("[rules.confidence]\nnpm-access-token = \"{key}\"\n")),
            (
                "rules",
                format!(
                    "[provider]\nid = \"{key}\"\nname = 3\n[[rule]]\nid = \"{key}\"\n\"{key}\" = 1\nkind = \"{key}\"\n"
                ),
            ),
            ("rules", format!("[provider]\nid = {key}\n")),
        ];
        for (flag, text) in files {
            let name = format!("broken-{n}");
            write(at.path(), &name, text);
            let run = skelkey_with(at.path(), &["scan", "a.txt", &format!("--{flag}"), &name, "--now", NOW], b"", &[]);
            watch.run(&format!("--{flag} {}", canary.path), &run);
        }
    }
}

#[test]
fn an_import_shows_no_key_that_an_allow_list_allows() {
    let at = tempfile::tempdir().unwrap();
    let canaries = canaries();
    let watch = Watch::over(&canaries);
    let rule = "[[rules]]\nid = \"acme\"\nregex = 'acme_[a-z]{20}'\nkeywords = [\"acme_\"]\n";
    for canary in canaries.iter().step_by(1201) {
        let key = canary.key.replace(['"', '\\', '\n', '\''], "x");
        let allowed = format!(
            "regexes = ['^{key}$', '{key}']\nstopwords = ['{key}']\npaths = ['{key}[0-9]+']\ncommits = ['{key}']\n"
        );
        for text in [
            format!("[allowlist]\n{allowed}{rule}"),
            format!("{rule}[[rules.allowlists]]\n{allowed}"),
            format!("'{key}' = 1\n{rule}'{key}' = 2\n"),
            format!("{rule}[[rules]]\nid = '{key}'\nregex = '('\n"),
            format!("{rule}filter = 'matchesAny(x, [`{key}`])'\nvalidate = '{key}'\n"),
            format!("x = {key}\n"),
        ] {
            write(at.path(), "theirs.toml", text);
            watch.run(&canary.path, &skelkey_with(at.path(), &["rules", "import", "theirs.toml"], b"", &[]));
        }
    }
}

#[test]
fn lists_help_and_scripts_show_no_key() {
    let at = tempfile::tempdir().unwrap();
    let canaries = canaries();
    let watch = Watch::over(&canaries);
    write(
        at.path(),
        "keys.json",
        "{\"skelkey-inventory\": 1, \"keys\": [{\"name\": \"a\", \"issuer\": \"npm\", \"expires\": \"never\"}]}",
    );
    for args in [
        &["--help"][..],
        &["scan", "--help"],
        &["inspect", "--help"],
        &["keys", "audit", "--help"],
        &["rules", "list"],
        &["rules", "list", "-f", "json"],
        &["rules", "list", "-f", "markdown"],
        &["rules", "import", "--help"],
        &["rules", "show", "npm-access-token"],
        &["rules", "check"],
        &["config", "show"],
        &["completions", "bash"],
        &["keys", "audit", "--inventory", "keys.json"],
    ] {
        let key = [("SKELKEY_FINGERPRINT_KEY", canaries[0].key.as_str())];
        watch.run(&format!("{args:?}"), &skelkey_with(at.path(), args, b"", &key));
    }
}

#[test]
fn no_page_about_keys_and_their_jobs_shows_one() {
    let at = tempfile::tempdir().unwrap();
    let canaries = canaries();
    let canaries: Vec<Canary> = canaries.into_iter().step_by(23).collect();
    let watch = Watch::over(&canaries);
    tree(at.path(), &canaries);
    // A key in a job's name, and in a file's.
    let key = Minter::new(77).fill("ghp_{base62:30}").unwrap();
    let key = (skelkey::format::check("github").unwrap().seal.unwrap())(&key);
    let job = format!("stage('{key}') {{ steps {{ sh \"npm publish --token $NPM_TOKEN\" }} }}\n");
    write(at.path(), "tree/Jenkinsfile", &job);
    write(at.path(), &format!("tree/{key}/release.sh"), "npm publish --token $NPM_TOKEN\n");
    let more = Watch::over(&[Canary { path: "Jenkinsfile".to_owned(), text: job, key }]);
    let rows =
        "{\"skelkey-inventory\": 1, \"keys\": [{\"name\": \"a\", \"issuer\": \"npm\", \"expires\": \"2026-12-01\"}]}";
    write(at.path(), "keys.json", rows);
    let scan = ["scan", "tree", "--confidence", "low", "-f", "json", "-o", "scan.json", "--now", NOW];
    assert_eq!(skelkey_with(at.path(), &scan, b"", &[]).code, 1);
    for args in [
        &["keys", "forecast", "tree", "-f", "human"][..],
        &["keys", "forecast", "tree", "-f", "json"],
        &["keys", "forecast", "tree", "-f", "ics"],
        &["keys", "audit", "tree", "-f", "json"],
        &["keys", "suggest", "tree", "-f", "json"],
        &["keys", "reconcile", "scan.json", "-f", "json"],
        &["keys", "reconcile", "scan.json", "-f", "sarif"],
        &["recheck", "scan.json", "tree", "-f", "json"],
        &["recheck", "scan.json", "tree", "-f", "markdown"],
    ] {
        let all = [args, &["--inventory", "keys.json", "--now", NOW]].concat();
        let run = skelkey_with(at.path(), &all, b"", &[]);
        assert!(run.code < 2, "{args:?}: {}", run.err);
        watch.run(&format!("{args:?}"), &run);
        more.run(&format!("{args:?}"), &run);
    }
}

fn git(folder: &Path, args: &[&str]) {
    let run = std::process::Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@example.test", "-c", "commit.gpgsign=false"])
        .args(args)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(run.status.success(), "{args:?}: {}", String::from_utf8_lossy(&run.stderr));
}

/// A repository in which a key stands wherever one can: in files and their names, in messages, names of authors, branches, tags
/// and folders, in the remote's address (also as its password), in what is staged, and in what is set aside.
fn hostile_repository(at: &Path) -> Watch {
    let mut minter = Minter::new(4_711);
    let mut keys = Vec::new();
    let mut mint = || {
        let key = minter.fill("hf_{base62:34}").unwrap();
        keys.push(key.clone());
        key
    };
    git(at, &["init", "-q", "-b", &mint()]);
    git(at, &["remote", "add", "origin", &format!("https://user:{}@example.test/{}/r.git", mint(), mint())]);
    write(at, &format!("src/{}/a.py", mint()), format!("HF_TOKEN = \"{}\"\n", mint()));
    write(at, &format!("{}.env", mint()), format!("HF_TOKEN={}\n", mint()));
    write(at, "b.env", format!("HF_TOKEN={} # skelkey:ignore reason=\"instead of {}\"\n", mint(), mint()));
    write(at, "CODEOWNERS", format!("* @{}\n", mint()));
    git(at, &["add", "."]);
    git(
        at,
        &["commit", "-qm", &format!("with {}", mint()), "--author", &format!("{} <{}@example.test>", mint(), mint())],
    );
    git(at, &["tag", "-am", &format!("tagged {}", mint()), &mint()]);
    write(at, "c.env", format!("HF_TOKEN={}\n", mint()));
    git(at, &["add", "c.env"]);
    git(at, &["commit", "-qm", "two"]);
    git(at, &["rm", "-q", "c.env"]);
    write(at, "staged.env", format!("HF_TOKEN={}\n", mint()));
    git(at, &["add", "staged.env"]);
    Watch::over(&keys.into_iter().map(|key| canary(String::new(), key)).collect::<Vec<_>>())
}

/// Every format of a scan to a file of its own, and what the run says.
fn everything<'a>(scan: &[&'a str], formats: &'a [String]) -> Vec<&'a str> {
    scan.iter().copied().chain(formats.iter().map(String::as_str)).collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "where git is")]
fn a_repository_with_keys_in_every_name_shows_none_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let (at, out) = (&folder.path().join("repo"), folder.path().join("out"));
    fs::create_dir_all(at).unwrap();
    fs::create_dir_all(&out).unwrap();
    let watch = hostile_repository(at);
    let path = std::env::var("PATH").unwrap();
    let run = |args: &[&str], stdin: &[u8]| {
        let run = skelkey_with(at, args, stdin, &[("PATH", &path), ("GIT_CONFIG_GLOBAL", "/dev/null")]);
        watch.run(&format!("{args:?}"), &run);
        run
    };
    let of = |f: &Format| ["-f".to_owned(), f.to_string(), "-o".to_owned(), format!("../out/{f}")];
    let formats: Vec<String> = Format::ALL.iter().flat_map(of).collect();
    for source in [&[][..], &["--history"], &["--staged"], &["--range", "HEAD~1..HEAD"], &["--no-inline-ignore", "-v"]]
    {
        let scan = [&["scan", "--now", NOW, "--confidence", "low"], source].concat();
        let done = run(&everything(&scan, &formats), b"");
        assert_eq!(done.code, 1, "{source:?}: {}", done.err);
        for format in Format::ALL {
            watch.text(&format!("{source:?} {format}"), &fs::read_to_string(out.join(format.to_string())).unwrap());
        }
        let full = [&scan[..], &["-f", "sarif", "--sarif-profile", "full"]].concat();
        assert!(run(&full, b"").out.contains("\"results\""));
    }
    run(&["scan", "--history", "-f", "json", "-o", "h.json", "--now", NOW], b"");
    run(&["scan", "-f", "jsonl", "-o", "f.jsonl", "--now", NOW], b"");
    for format in ["human", "json", "sarif", "html", "markdown", "junit"] {
        assert_eq!(run(&["report", "merge", "h.json", "f.jsonl", "-f", format], b"").code, 1, "{format}");
    }
    for args in [
        &["recheck", "h.json", "-f", "human", "--now", NOW][..],
        &["recheck", "h.json", "-f", "json", "--now", NOW],
        &["keys", "suggest", "-f", "markdown", "--now", NOW],
        &["keys", "reconcile", "h.json", "-f", "human", "--now", NOW],
        &["explain", "b.env:1"],
        &["doctor"],
        &["config", "show", "--origin"],
        &["config", "fetch"],
        &["rules", "stats", "."],
        &["baseline", "create", "--reason", "all of it"],
        &["baseline", "update"],
        &["baseline", "explain"],
        &["baseline", "prune"],
        &["baseline", "install-driver"],
        &["scan", "--baseline", ".skelkey-baseline", "-f", "sarif", "--sarif-profile", "full", "--timing"],
        &["hook", "install"],
        &["hook", "run", "pre-commit"],
        &["hook", "uninstall"],
    ] {
        let done = run(args, b"");
        assert!(done.code < 3, "{args:?}: {}", done.err);
    }
    watch.text("the baseline", &fs::read_to_string(at.join(".skelkey-baseline")).unwrap());
}

#[test]
fn hooks_editors_and_imports_are_told_no_key() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let key = Minter::new(4_712).fill("hf_{base62:34}").unwrap();
    let watch = Watch::over(&[canary(String::new(), key.clone())]);
    let run = |args: &[&str], stdin: &str| {
        let run = skelkey_with(at, args, stdin.as_bytes(), &[]);
        watch.run(&format!("{args:?} {}", stdin.len()), &run);
        run
    };
    for call in [
        serde_json::json!({ "hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": { "command": format!("login {key}") } }),
        serde_json::json!({ "hook_event_name": "PreToolUse", "tool_name": key, "tool_input": { &key: key } }),
        serde_json::json!({ "hook_event_name": "UserPromptSubmit", "prompt": format!("use {key}") }),
        serde_json::json!({ &key: key }),
        serde_json::json!(key),
    ] {
        run(&["hook", "run", "agent"], &call.to_string());
    }
    run(&["hook", "run", "agent"], &format!("{{\"tool_name\": \"{key}"));
    write(at, "a.env", format!("HF_TOKEN={key}\n"));
    for theirs in [
        format!("[{{\"RuleID\": \"{key}\", \"File\": \"{key}.env\", \"StartLine\": 1, \"Secret\": \"{key}\"}}]"),
        format!("a.env:{key}:1\n{key}\n"),
        format!(
            "{{\"version\": \"1.5.0\", \"results\": {{\"{key}\": [{{\"type\": \"{key}\", \"line_number\": 1}}]}}}}"
        ),
        format!("ExactFindings:\n  matches:\n  - filepath: {key}\n    fingerprint: '{key}'\n    linenum: 1\n"),
    ] {
        write(at, "theirs", &theirs);
        run(&["baseline", "import", "theirs", "--file", "ours", "--reason", &format!("was {key}")], "");
        if let Ok(ours) = fs::read_to_string(at.join("ours")) {
            watch.text("the imported baseline", &ours);
        }
    }
    for broken in [
        key.clone(),
        format!("{{\"{key}\":1}}\n"),
        format!("{{\"skelkey-baseline\":1,\"fingerprint_key\":\"{key}\"}}\n"),
        format!("{{\"skelkey-baseline\":1,\"fingerprint_key\":\"p00000000\"}}\n{{\"{key}\":\"{key}\"}}\n"),
        format!("{{\"skelkey-baseline\":1,\"fingerprint_key\":\"p00000000\"}}\n{{\"path\":{key}}}\n"),
    ] {
        write(at, "broken", &broken);
        for args in [
            &["scan", "--baseline", "broken"][..],
            &["baseline", "merge", "broken", "broken", "broken"],
            &["baseline", "explain", "--file", "broken"],
        ] {
            assert_eq!(run(args, "").code, 2, "{args:?} of {broken}");
        }
    }
    for pinned in [
        format!("url = \"https://127.0.0.1:1/p\", sha256 = \"{key}\""),
        format!("url = \"https://user:{key}@127.0.0.1:1/p\", sha256 = \"{}\"", "0".repeat(64)),
        format!(
            "git = \"https://{key}@127.0.0.1:1/p\", commit = \"{key}\", path = \"p\", sha256 = \"{}\"",
            "0".repeat(64)
        ),
    ] {
        write(at, "mine.toml", format!("extends = [{{ {pinned} }}]\n"));
        assert_eq!(run(&["config", "fetch", "--config", "mine.toml"], "").code, 2, "{pinned}");
    }
}

#[test]
fn the_demo_shows_none_of_the_keys_that_it_mints() {
    let at = tempfile::tempdir().unwrap();
    let demo = skelkey_with(at.path(), &["demo", "demo", "--seed", "7", "--now", NOW], b"", &[]);
    assert_eq!(demo.code, 0, "{}", demo.err);
    let workflow = fs::read_to_string(at.path().join("demo/repo/.github/workflows/release.yml")).unwrap();
    let key = workflow.split("--api-key ").nth(1).unwrap().trim().to_owned();
    let watch = Watch::over(&[Canary { path: "release.yml".to_owned(), text: String::new(), key }]);
    watch.run("demo", &demo);
    let args = ["scan", "demo/repo", "--inventory", "demo/keys/nuget-api-keys.html", "--now", NOW, "--verbose"];
    watch.run("scan of the demo", &skelkey_with(at.path(), &args, b"", &[]));
}

/// Every report of a folder, in every format.
fn watch_reports(at: &Path, watch: &Watch) {
    for format in ["human", "json", "sarif"] {
        let run = skelkey_with(at, &["scan", "tree", "--now", NOW, "-f", format, "-v"], b"", &[]);
        assert_eq!(run.code, 1, "{}", run.err);
        watch.run(format, &run);
    }
}

fn canary(text: String, key: String) -> Canary {
    Canary { path: text.chars().take(12).collect(), text, key }
}

#[test]
fn keys_close_to_each_other_on_one_line_are_all_hidden() {
    let mut minter = Minter::new(41);
    let mut mint = |template: &str| minter.fill(template).unwrap();
    for gap in 0..90 {
        let at = tempfile::tempdir().unwrap();
        let keys =
            [mint("{@nuget-v4}"), mint("{@pypi:projects=a}"), mint("glpat-{base64url:20}"), mint("hf_{base62:34}")];
        let line = keys.join(&format!(" {} ", "x ".repeat(gap)));
        write(at.path(), "tree/line.txt", &line);
        let watch = Watch::over(&keys.map(|key| canary(line.clone(), key)));
        let run = skelkey_with(at.path(), &["scan", "tree", "--now", NOW, "-f", "json"], b"", &[]);
        assert_eq!(run.code, 1, "{}", run.err);
        watch.run(&format!("a gap of {gap}"), &run);
    }
}

#[test]
fn keys_in_names_are_hidden_as_well() {
    let at = tempfile::tempdir().unwrap();
    let mut minter = Minter::new(42);
    let mut mint = || minter.fill("hf_{base62:34}").unwrap();
    let (in_file, in_name, in_package, in_remote) = (mint(), mint(), mint(), mint());
    write(at.path(), &format!("tree/{in_name}/a.env"), format!("HF_TOKEN={in_file}\n"));
    write(at.path(), "tree/package.json", format!("{{\"name\": \"{in_package}\", \"version\": \"1.0.0\"}}"));
    write(at.path(), "tree/.git/HEAD", "ref: refs/heads/main\n");
    write(at.path(), "tree/.git/objects/x", "");
    write(at.path(), "tree/.git/refs/x", "");
    write(
        at.path(),
        "tree/.git/config",
        format!("[remote \"origin\"]\n\turl = https://example.test/{in_remote}/r.git\n"),
    );
    let watch = Watch::over(&[in_file, in_name, in_package, in_remote].map(|key| canary(String::new(), key)));
    watch_reports(at.path(), &watch);
}

#[test]
fn the_rest_of_a_secret_around_a_key_is_hidden() {
    let at = tempfile::tempdir().unwrap();
    let key = Minter::new(43).fill("hf_{base62:34}").unwrap();
    let (before, after) = ("Pre7cretPartOfIt", "zz9TheOtherPart");
    write(at.path(), "tree/.npmrc", format!("//registry.example.test/:_authToken={before}.{key}.{after}\n"));
    let parts = [before, after, &key].map(|part| canary(String::new(), part.to_owned()));
    watch_reports(at.path(), &Watch::over(&parts));
}

#[test]
fn the_end_of_a_password_is_not_shown_in_base64_either() {
    let at = tempfile::tempdir().unwrap();
    let password = format!("CorrectHorse{}Z9", "Battery42");
    let encoded = BASE64.encode(password.as_bytes());
    write(at.path(), "tree/.npmrc", format!("//registry.example.test/:_password={encoded}\n"));
    let run = skelkey_with(at.path(), &["scan", "tree", "--now", NOW], b"", &[]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(!run.out.contains(&encoded[encoded.len() - 4..]), "{}", run.out);
}
