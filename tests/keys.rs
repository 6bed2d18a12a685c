//! Key hygiene without a leak, through the command line: audit, forecast, reconcile, suggest, recheck, issuers.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may be blunt")]

mod support;

use std::fs;
use std::path::Path;

use serde_json::{Value, json as value};
use skelkey::rules::Minter;
use support::{Run, json, skelkey, skelkey_with, write};

const NOW: &str = "2026-11-22T12:00:00Z";
const LISTS: [&str; 4] = ["--inventory", "demo/keys/nuget-api-keys.html", "--inventory", "demo/keys/npm-tokens.json"];

fn demo() -> tempfile::TempDir {
    let at = folder();
    assert_eq!(skelkey(at.path(), &["demo", "demo", "--seed", "5", "--now", NOW]).code, 0);
    at
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// Runs with `--now`.
fn run(at: &Path, args: &[&str], more: &[&str]) -> Run {
    let all: Vec<&str> = args.iter().chain(more).copied().chain(["--now", NOW]).collect();
    skelkey(at, &all)
}

/// A fresh npm token, proved by its checksum.
fn npm_token(seed: u64) -> String {
    let body = Minter::new(seed).fill("npm_{base62:30}").unwrap();
    (skelkey::format::check("npm").unwrap().seal.unwrap())(&body)
}

fn row(name: &str, issuer: &str, expires: &str) -> Value {
    value!({ "name": name, "issuer": issuer, "expires": expires })
}

fn list(at: &Path, file: &str, rows: &[Value]) {
    write(at, file, value!({ "skelkey-inventory": 1, "keys": rows }).to_string());
}

fn texts<'v>(list: &'v Value, field: &str) -> Vec<&'v str> {
    list.as_array().unwrap().iter().map(|one| one[field].as_str().unwrap_or("-")).collect()
}

mod audit {
    use super::*;

    fn verdicts(report: &Value, name: &str) -> Vec<String> {
        let findings = report["findings"].as_array().unwrap();
        let found = findings.iter().find(|f| f["dossier"][0]["facts"]["name"] == name);
        let found = found.unwrap_or_else(|| panic!("{name} is not judged: {report}"));
        found["judgement"]["verdicts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|v| v["id"].as_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn every_check_speaks_of_its_row() {
        let at = folder();
        list(
            at.path(),
            "keys.json",
            &[
                value!({ "name": "everything", "issuer": "nuget", "actions": ["all"], "subjects": ["*"], "expires": "never" }),
                value!({ "name": "pattern", "issuer": "nuget", "actions": ["package:push"], "subjects": ["Contoso*"],
                         "created": "2026-09-01", "expires": "2027-08-31" }),
                value!({ "name": "idle one", "issuer": "npm", "last_used": "2026-01-01", "expires": "2026-11-30",
                         "restrictions": ["cidr=none", "bypass-2fa=true"] }),
                value!({ "name": "somebody", "issuer": "npm", "owner": "alice", "restrictions": ["cidr=192.0.2.0/24"] }),
                value!({ "name": "unsaid", "issuer": "npm", "owner": "Contoso" , "expires": "never" }),
            ],
        );
        write(
            at.path(),
            "policy.toml",
            "[policy]\nmax-lifetime-days = 90\nmax-idle-days = 60\nowners = [\"contoso\"]\nrequired-restrictions = [\"cidr\"]\n",
        );
        let told = run(
            at.path(),
            &["keys", "audit", "--inventory", "keys.json", "--config", "policy.toml", "-f", "json"],
            &[],
        );
        assert_eq!(told.code, 1, "{}", told.err);
        let report = json(&told);
        for (name, ids) in [
            ("everything", &["SK2001", "SK2002", "SK2006"][..]),
            ("pattern", &["SK2003", "SK2004", "SK2007", "SK2008"]),
            ("idle one", &["SK2009", "SK2011", "SK2014", "SK2019", "SK2022"]),
            ("somebody", &["SK2020"]),
            ("unsaid", &["SK2006"]),
        ] {
            let found = verdicts(&report, name);
            assert!(ids.iter().all(|id| found.iter().any(|one| one == id)), "{name}: {found:?}");
        }
        assert!(!verdicts(&report, "unsaid").contains(&"SK2020".to_owned()), "names are compared without case");
        assert!(!verdicts(&report, "unsaid").contains(&"SK2022".to_owned()), "silence is not missing");
        let sarif = run(at.path(), &["keys", "audit", "--inventory", "keys.json", "-f", "sarif"], &[]);
        let line = &json(&sarif)["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(line["artifactLocation"]["uri"], "keys.json");
        assert!(line["region"]["startLine"].as_u64().unwrap() >= 1);
    }

    /// What people and shells make of lists: a clear sentence with file and line, exit code 2, and no value repeated.
    #[test]
    fn a_list_that_cannot_be_read_is_refused_with_its_place_and_without_its_text() {
        const VALUE: &str = "Zk3x9PqLm2Vt7Rw1Zk3x9PqLm2Vt7Rw1";
        let own =
            |fields: &str| format!("{{\"skelkey-inventory\": 1, \"keys\": [\n{{\"issuer\": \"npm\", {fields}}}]}}");
        let named = |fields: &str| own(&format!("\"name\": \"crane line\", {fields}"));
        let at = folder();
        for (text, said) in [
            (
                "[{\"token_id\": \"a\", \"creation_time\": 99999999999999999999999999}]".to_owned(),
                ":1: record 1: field `creation_time`",
            ),
            ("[{\"token_id\": \"a\", \"creation_time\": -99999}]".to_owned(), ":1: record 1: field `creation_time`"),
            (named("\"expires\": \"99999-12-31\""), ":2: record 1: field `expires`"),
            (named(&format!("\"expires\": {{\"a\": \"{VALUE}\"}}")), ":2: record 1: field `expires`"),
            (named(&format!("\"actions\": \"{VALUE}\"")), ":2: record 1: field `actions`"),
            (own(&format!("\"name\": \"a\", \"name\": \"{VALUE}\"")), ":2: record 1: field `name`: is given twice"),
            (own(&format!("\"name\": \"{VALUE}\",")), ":2: is not valid JSON"),
            (format!("{{\"skelkey-inventory\": \"{VALUE}\", \"keys\": []}}"), ":1: `skelkey-inventory` must be 1"),
            (format!("name,issuer\n\"crane {VALUE},npm\nb,npm\n"), ":2: record 1"),
            (format!("name,issuer\ncrane,npm,{VALUE}\n"), ":2: record 1: has 3 values for 2 columns"),
            ("[".repeat(100_000) + &"]".repeat(100_000), "is no list of keys that is known here"),
            (String::new(), ":1: is empty"),
        ] {
            write(at.path(), "list.x", &text);
            let told = run(at.path(), &["keys", "audit", "--inventory", "list.x"], &[]);
            assert_eq!(told.code, 2, "{said}: {}", told.err);
            assert!(told.err.contains("list.x") && told.err.contains(said), "{said}: {}", told.err);
            assert!(!told.err.contains(&VALUE[..12]) && told.out.is_empty(), "{}", told.err);
        }
        let good = named("\"expires\": \"2026-12-31\"");
        for bytes in [format!("\u{feff}{good}").into_bytes(), good.replace('\n', "\r\n").into_bytes()] {
            fs::write(at.path().join("list.x"), bytes).unwrap();
            assert_eq!(run(at.path(), &["keys", "audit", "--inventory", "list.x", "--isolated"], &[]).code, 0);
        }
    }

    /// One row for each verdict of hygiene that the list alone can bring, and the verdict.
    fn rows_of_every_verdict() -> Vec<(&'static str, Value)> {
        let key = |name: &str, issuer: &str, more: Value| {
            let mut row = value!({ "name": name, "issuer": issuer });
            row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            row
        };
        let nuget = |name: &str, more: Value| key(name, "nuget", more);
        vec![
            ("SK2001", nuget("wide", value!({ "actions": ["package:push"], "subjects": ["*"] }))),
            ("SK2002", nuget("all", value!({ "actions": ["all"], "subjects": ["Contoso.Core"] }))),
            ("SK2003", nuget("new names", value!({ "actions": ["package:push"], "subjects": ["Contoso.*"] }))),
            ("SK2004", nuget("loose", value!({ "actions": ["package:pushversion"], "subjects": ["Contoso*"] }))),
            (
                "SK2005",
                nuget("both", value!({ "actions": ["package:pushversion", "package:unlist"], "subjects": ["A.B"] })),
            ),
            ("SK2006", nuget("endless", value!({ "expires": "never" }))),
            ("SK2007", nuget("long", value!({ "created": "2026-08-01", "expires": "2027-02-01" }))),
            ("SK2008", nuget("over the ceiling", value!({ "created": "2026-11-01", "expires": "2027-02-01" }))),
            ("SK2009", nuget("soon", value!({ "expires": "2026-11-24" }))),
            ("SK2010", nuget("ended", value!({ "expires": "2026-11-01" }))),
            ("SK2011", nuget("idle", value!({ "last_used": "2026-01-01" }))),
            ("SK2012", nuget("unused", value!({ "created": "2026-01-01", "last_used": "never" }))),
            ("SK2013", nuget("forbidden", value!({ "actions": ["package:unlist"], "subjects": ["A.B"] }))),
            ("SK2014", key("bypass", "npm", value!({ "restrictions": ["bypass-2fa=true"] }))),
            ("SK2015", key("classic", "github", value!({ "kind": "personal access token (classic)" }))),
            (
                "SK2016",
                key(
                    "group",
                    "hex",
                    value!({ "owner": "organization:contoso", "actions": ["manage"], "subjects": ["*"] }),
                ),
            ),
            (
                "SK2017",
                nuget("kept", value!({ "kind": "v5, short-lived", "created": "2026-11-01", "expires": "2026-11-23" })),
            ),
            ("SK2018", key("manager", "crates-io", value!({ "actions": ["change-owners"], "subjects": ["a"] }))),
            ("SK2019", key("anywhere", "npm", value!({ "restrictions": ["cidr=0.0.0.0/0"] }))),
            ("SK2020", key("left", "npm", value!({ "owner": "anna-former" }))),
            ("SK2022", key("unlimited", "npm", value!({ "restrictions": ["mfa=true"] }))),
        ]
    }

    #[test]
    fn every_verdict_of_hygiene_is_told_through_the_commands() {
        let at = folder();
        let rows = rows_of_every_verdict();
        list(at.path(), "keys.json", &rows.iter().map(|(_, row)| row.clone()).collect::<Vec<_>>());
        write(
            at.path(),
            "policy.toml",
            "[policy]\nmax-lifetime-days = 90\nmax-idle-days = 60\nwarn-before-expiry-days = 14\nowners = [\"contoso\", \"organization:contoso\"]\n\
             forbidden-actions = [\"package:unlist\"]\nrequired-restrictions = [\"cidr\"]\n",
        );
        let args = ["keys", "audit", "--inventory", "keys.json", "--config", "policy.toml", "-f", "json"];
        let report = json(&run(at.path(), &args, &[]));
        for (id, row) in &rows {
            let name = row["name"].as_str().unwrap();
            let told = verdicts(&report, name);
            assert!(told.iter().any(|one| one == id), "{name} has {told:?} and not {id}");
        }
        // Those of several jobs and of what scans saw come from `keys audit PATH` and `keys reconcile`, and have tests of
        // their own below.
        let elsewhere = ["SK2021", "SK2023", "SK2024", "SK2025"];
        for info in skelkey::hygiene::verdict::VERDICTS.iter().filter(|info| info.id.0.starts_with("SK2")) {
            let here = rows.iter().any(|(id, _)| *id == info.id.0);
            assert!(here != elsewhere.contains(&info.id.0), "{} is told by no test", info.id.0);
        }
    }

    #[test]
    fn a_key_of_two_jobs_is_told_where_the_jobs_are_given() {
        let at = folder();
        list(at.path(), "keys.json", &[row("deploy-web", "npm", "2027-01-31"), row("deploy-api", "npm", "2027-01-31")]);
        let job = |name: &str, secret: &str| {
            format!("  {name}:\n    steps:\n      - run: echo ${{{{ secrets.{secret} }}}}\n")
        };
        let workflow =
            format!("on: push\njobs:\n{}{}{}", job("a", "DEPLOY_WEB"), job("b", "DEPLOY_WEB"), job("c", "DEPLOY_API"));
        write(at.path(), "repo/.github/workflows/a.yml", workflow);
        let audit = ["keys", "audit", "--inventory", "keys.json", "-f", "json"];
        let with = json(&run(at.path(), &audit, &["repo"]));
        assert_eq!(with["findings"].as_array().unwrap().len(), 1, "{with}");
        let told = with["findings"][0]["judgement"]["verdicts"].to_string();
        assert!(told.contains("SK2021") && told.contains("a.yml (a)") && told.contains("a.yml (b)"), "{told}");
        assert_eq!(json(&run(at.path(), &audit, &[]))["findings"].as_array().unwrap().len(), 0);
        assert_eq!(run(at.path(), &audit, &["repo", "no-such-folder"]).code, 3, "what was asked for was not seen");
    }
}

mod forecast {
    use super::*;

    fn forecast(at: &Path, more: &[&str]) -> Run {
        let args: Vec<&str> = ["keys", "forecast", "demo/repo"].into_iter().chain(LISTS).collect();
        run(at, &args, more)
    }

    #[test]
    fn names_the_job_that_breaks_with_file_and_line() {
        let at = demo();
        let told = forecast(at.path(), &["-f", "json"]);
        assert_eq!(told.code, 1, "a key whose end breaks a job is medium: {}", told.err);
        let report = json(&told);
        assert_eq!(report["document"], "skelkey-forecast");
        assert_eq!(texts(&report["keys"], "name"), ["contoso-logging-hotfix", "contoso-web-publish"]);
        let first = &report["keys"][0];
        assert_eq!((&first["expires"], &first["days_left"]), (&"2026-12-04T12:00:00Z".into(), &12.into()));
        let job = &first["breaks"][0];
        assert_eq!(job["file"], "demo/repo/.github/workflows/hotfix.yml");
        assert_eq!((&job["job"], &job["secret"]), (&"push-logging".into(), &"CONTOSO_LOGGING_HOTFIX".into()));
        let line = job["line"].as_u64().unwrap();
        let text = fs::read_to_string(at.path().join(job["file"].as_str().unwrap())).unwrap();
        assert!(text.lines().nth(usize::try_from(line).unwrap() - 1).unwrap().contains("KEY"), "{line}");
        let npm = &report["keys"][1]["breaks"];
        assert_eq!(texts(npm, "job"), ["PublishWeb", "-"], "{npm}");
        assert_eq!(npm[1]["because"]["by"], "key", "the key itself stands in the settings");

        let soon = forecast(at.path(), &["-f", "json", "--days", "5"]);
        assert_eq!((soon.code, json(&soon)["keys"].as_array().unwrap().len()), (0, 0), "{}", soon.out);
        assert_eq!(forecast(at.path(), &["--fail-on", "high"]).code, 0);
        assert_eq!(forecast(at.path(), &["no-such-folder"]).code, 1);
        assert_eq!(forecast(at.path(), &["no-such-folder", "--exit-zero"]).code, 3);
        assert_eq!(forecast(at.path(), &["--days", "0"]).code, 2);
    }

    #[test]
    fn every_format_names_key_and_job() {
        let at = demo();
        for format in ["human", "markdown", "ics", "sarif"] {
            let told = forecast(at.path(), &["-f", format]);
            let text = told.out.replace("\r\n ", "");
            for part in ["contoso-logging-hotfix", "push-logging", "hotfix.yml"] {
                assert!(text.contains(part), "{format}: {part} is missing in {text}");
            }
        }
        let sarif = json(&forecast(at.path(), &["-f", "sarif"]));
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        assert!(results.iter().all(|result| result["ruleId"].as_str().unwrap().starts_with("SK2009")), "{sarif}");
        let uri = |result: &Value| result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].to_string();
        let mut places: Vec<String> = results.iter().map(uri).collect();
        places.sort();
        assert_eq!(places, ["\"demo/keys/npm-tokens.json\"", "\"demo/keys/nuget-api-keys.html\""]);
        let file = forecast(at.path(), &["-f", "ics", "-o", "keys.ics"]);
        assert!(
            file.out.is_empty()
                && fs::read_to_string(at.path().join("keys.ics")).unwrap().ends_with("END:VCALENDAR\r\n")
        );
    }

    fn property<'t>(calendar: &'t str, name: &str) -> Vec<&'t str> {
        calendar.split("\r\n").filter_map(|line| line.strip_prefix(name)?.strip_prefix(':')).collect()
    }

    #[test]
    fn a_calendar_is_exact_and_stable() {
        let at = folder();
        let hostile = "x\r\nBEGIN:VEVENT;a,b\\ \u{202e}".to_owned() + &"ü".repeat(60);
        list(at.path(), "keys.json", &[row(&hostile, "npm", "2026-12-01"), row("twin", "npm", "2026-12-02")]);
        write(at.path(), "repo/a.txt", "nothing\n");
        let args = ["keys", "forecast", "repo", "--inventory", "keys.json", "-f", "ics"];
        let told = run(at.path(), &args, &[]).out;
        assert!(told.ends_with("\r\n") && !told.replace("\r\n", "").contains(['\r', '\n']), "CRLF and nothing else");
        assert!(told.split("\r\n").all(|line| line.len() <= 75), "no line is longer than 75 octets");
        assert_eq!(property(&told, "BEGIN").iter().filter(|what| **what == "VEVENT").count(), 2, "{told}");
        assert_eq!(property(&told, "DTSTAMP"), ["20261122T120000Z"; 2]);
        assert_eq!(property(&told, "DTSTART"), ["20261201T235959Z", "20261202T235959Z"]);
        let unfolded = told.replace("\r\n ", "");
        assert!(unfolded.contains("BEGIN:VEVENT\\;a\\,b\\\\ \\\\u{202e}ü"), "{unfolded}");
        // The same key with another end is the same event.
        list(at.path(), "keys.json", &[row(&hostile, "npm", "2026-12-05"), row("twin", "npm", "2026-12-02")]);
        let moved = skelkey(at.path(), &[&args[..], &["--now", "2026-11-23T00:00:00Z"]].concat()).out;
        let sorted = |calendar: &str| {
            let mut ids: Vec<String> = property(calendar, "UID").into_iter().map(str::to_owned).collect();
            ids.sort();
            ids
        };
        assert_eq!(sorted(&moved), sorted(&told));
        assert_eq!(property(&moved, "DTSTAMP"), ["20261123T000000Z"; 2]);
    }

    #[test]
    fn the_configuration_ties_a_secret_to_its_key_and_a_script_to_its_pipeline() {
        let at = folder();
        let soon = "2026-12-01";
        list(
            at.path(),
            "keys.json",
            &[row("first", "nuget", soon), row("second", "nuget", soon), row("third", "npm", soon)],
        );
        write(
            at.path(),
            "repo/.gitlab-ci.yml",
            "ship:\n  variables:\n    PUSH_KEY: $FEED\n  script:\n    - ./push.sh\n    - dotnet nuget push a.nupkg -k $OTHER_KEY\n",
        );
        write(at.path(), "repo/push.sh", "curl -H \"X-NuGet-ApiKey: $PUSH_KEY\" https://feed.test\n");
        let args = ["keys", "forecast", "repo", "--inventory", "keys.json", "-f", "json", "--isolated"];
        let breaks = |report: &Value, name: &str| -> Vec<String> {
            let key = report["keys"].as_array().unwrap().iter().find(|key| key["name"] == name).unwrap();
            let told =
                |used: &Value| format!("{}:{} {}", used["file"].as_str().unwrap(), used["line"], used["because"]["by"]);
            key["breaks"].as_array().unwrap().iter().map(told).collect()
        };
        let guessed = json(&run(at.path(), &args, &[]));
        assert_eq!(breaks(&guessed, "first"), ["repo/.gitlab-ci.yml:6 \"one-of\""], "{guessed}");
        assert_eq!(breaks(&guessed, "first"), breaks(&guessed, "second"));
        assert!(breaks(&guessed, "third").is_empty());
        write(at.path(), "skelkey.toml", "[secrets]\nFEED = \"second\"\nOTHER_KEY = \"first\"\n");
        let told = json(&run(at.path(), &[&args[..7], &["--config", "skelkey.toml"]].concat(), &[]));
        assert_eq!(breaks(&told, "first"), ["repo/.gitlab-ci.yml:6 \"configuration\""]);
        assert_eq!(
            breaks(&told, "second"),
            ["repo/.gitlab-ci.yml:3 \"configuration\"", "repo/push.sh:1 \"configuration\""],
            "the script reads what the pipeline fills"
        );
    }

    /// File and job of every use of a key.
    fn jobs(report: &Value, name: &str) -> Vec<(String, String)> {
        let key = report["keys"].as_array().unwrap().iter().find(|key| key["name"] == name).unwrap();
        let text =
            |used: &Value, field: &str| used[field].as_str().unwrap_or("-").rsplit('/').next().unwrap().to_owned();
        key["breaks"].as_array().unwrap().iter().map(|used| (text(used, "file"), text(used, "job"))).collect()
    }

    #[test]
    fn a_job_that_calls_a_workflow_breaks_with_it() {
        let at = folder();
        list(at.path(), "keys.json", &[row("NPM_TOKEN", "npm", "2026-12-01"), row("FEED_KEY", "nuget", "2026-12-01")]);
        let workflows = "repo/.github/workflows";
        let call =
            |secrets: &str| format!("jobs:\n  call:\n    uses: ./.github/workflows/mid.yml\n    secrets: {secrets}\n");
        write(at.path(), &format!("{workflows}/top.yml"), call("inherit"));
        write(at.path(), &format!("{workflows}/none.yml"), call("{}"));
        write(
            at.path(),
            &format!("{workflows}/mid.yml"),
            "jobs:\n  next:\n    uses: ./.github/workflows/ship.yml\n    secrets: inherit\n  feed:\n    uses: ./.github/workflows/feed.yml\n    secrets:\n      key: ${{ secrets.FEED_KEY }}\n",
        );
        write(
            at.path(),
            &format!("{workflows}/ship.yml"),
            "jobs:\n  ship:\n    steps:\n      - run: npm publish\n        env:\n          NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}\n",
        );
        write(
            at.path(),
            &format!("{workflows}/feed.yml"),
            "jobs:\n  push:\n    steps:\n      - run: dotnet nuget push a -k ${{ secrets.key }}\n",
        );
        let args = ["keys", "forecast", "repo", "--inventory", "keys.json", "-f", "json", "--isolated"];
        let report = json(&run(at.path(), &args, &[]));
        let is = |file: &str, job: &str| (file.to_owned(), job.to_owned());
        assert_eq!(
            jobs(&report, "NPM_TOKEN"),
            [is("mid.yml", "next"), is("ship.yml", "ship"), is("top.yml", "call")],
            "who hands nothing on breaks nowhere: {report}"
        );
        assert_eq!(jobs(&report, "FEED_KEY"), [is("feed.yml", "push"), is("mid.yml", "feed"), is("top.yml", "call")]);
    }

    #[test]
    fn a_secret_that_may_be_any_of_many_keys_is_told_once() {
        let at = folder();
        let rows: Vec<Value> = (0..30).map(|n| row(&format!("team {n} line"), "npm", "2026-12-01")).collect();
        list(at.path(), "keys.json", &rows);
        write(at.path(), "repo/publish.sh", "npm publish --token $NPM_TOKEN\n");
        let args = ["keys", "forecast", "repo", "--inventory", "keys.json", "-f", "json", "--isolated"];
        let report = json(&run(at.path(), &args, &[]));
        assert!(report["keys"].as_array().unwrap().iter().all(|key| key["breaks"] == value!([])), "{report}");
        let notes = report["notes"].to_string();
        assert!(notes.contains("1 use of a secret") && notes.contains("npm") && notes.contains("[secrets]"), "{notes}");
    }

    #[test]
    fn keys_of_which_many_rows_stand_on_one_line_are_told_apart() {
        let at = folder();
        let (one, two) = (npm_token(1), npm_token(2));
        let of = |name: &str, key: &str| {
            let (prefix, suffix) = (&key[..8], &key[key.len() - 4..]);
            value!({ "name": name, "issuer": "npm", "prefix": prefix, "suffix": suffix, "expires": "2026-12-01" })
        };
        list(at.path(), "keys.json", &[of("first of all", &one), of("second of all", &two)]);
        write(at.path(), "repo/a/.npmrc", format!("//registry.npmjs.org/:_authToken={one}\n"));
        write(at.path(), "repo/b/.npmrc", format!("//registry.npmjs.org/:_authToken={two}\n"));
        let args = ["keys", "forecast", "repo", "--inventory", "keys.json", "-f", "json", "--isolated"];
        let report = json(&run(at.path(), &args, &[]));
        let places = |name: &str| {
            let key = report["keys"].as_array().unwrap().iter().find(|key| key["name"] == name).unwrap();
            texts(&key["breaks"], "file").into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(places("first of all"), ["repo/a/.npmrc"]);
        assert_eq!(places("second of all"), ["repo/b/.npmrc"]);
    }

    #[test]
    fn a_key_in_code_that_tells_its_own_end_needs_no_list() {
        let at = folder();
        let token =
            Minter::new(3).fill("{@nuget-v5:created=2026-11-22T11:30Z;lifetime=60m;env=P;owner=42;class=S}").unwrap();
        write(
            at.path(),
            "repo/.github/workflows/a.yml",
            format!("jobs:\n  p:\n    steps:\n      - run: push -k {token}\n"),
        );
        let told = run(at.path(), &["keys", "forecast", "repo", "-f", "json"], &[]);
        let report = json(&told);
        assert_eq!(report["keys"][0]["expires"], "2026-11-22T12:30:00Z", "{report}");
        assert_eq!(report["keys"][0]["breaks"][0]["job"], "p");
        assert!(!told.out.contains(&token), "a key is never shown");
        let sarif = json(&run(at.path(), &["keys", "forecast", "repo", "-f", "sarif"], &[]));
        let result = &sarif["runs"][0]["results"][0];
        assert!(result["ruleId"].as_str().unwrap().starts_with("SK2009"), "{sarif}");
        assert!(
            result["locations"].to_string().contains("a.yml"),
            "it has no row, so it sits where it stands: {result}"
        );
    }
}

mod reconcile {
    use super::*;

    fn scan(at: &Path, folder: &str, file: &str, more: &[&str]) {
        let told = run(at, &["scan", folder, "-f", "json", "-o", file], more);
        assert!(matches!(told.code, 0 | 1), "{}", told.err);
    }

    fn reconcile(at: &Path, more: &[&str]) -> Run {
        let args: Vec<&str> = ["keys", "reconcile"].into_iter().chain(LISTS).collect();
        run(at, &args, more)
    }

    #[test]
    fn every_key_falls_into_its_own_list() {
        let at = demo();
        scan(at.path(), "demo/repo", "scan.json", &LISTS);
        let told = reconcile(at.path(), &["scan.json", "-f", "json"]);
        assert_eq!(told.code, 1, "{}", told.err);
        let report = json(&told);
        let keys = |list: &str, at: &str| -> Vec<String> {
            let of = |one: &Value| one.pointer(at).and_then(Value::as_str).unwrap_or("-").to_owned();
            report[list].as_array().unwrap().iter().map(of).collect()
        };
        assert_eq!(keys("used", "/key/name"), ["contoso-release", "contoso-web-publish"], "{report}");
        assert_eq!(keys("unseen", "/name"), ["contoso-logging-hotfix"]);
        assert_eq!(keys("shadow", "/places/0"), ["github.com/contoso/libraries: web/.env:2"]);
        assert_eq!(keys("without_list", "/issuer"), ["pypi", "crates-io"]);
        let revoked = fs::read_to_string(at.path().join("demo/keys/npm-tokens.json")).unwrap();
        let revoked = revoked.replace("\"revoked\": null", "\"revoked\": \"2026-11-20T00:00:00.000Z\"");
        write(at.path(), "demo/keys/npm-tokens.json", revoked);
        let after = json(&reconcile(at.path(), &["scan.json", "-f", "json"]));
        assert_eq!(after["closed_in_code"][0]["key"]["name"], "contoso-web-publish");
        let sarif = json(&reconcile(at.path(), &["scan.json", "-f", "sarif"]));
        let closed = |result: &&Value| result["ruleId"].as_str().unwrap().starts_with("SK2024");
        let closed = sarif["runs"][0]["results"].as_array().unwrap().iter().find(closed).unwrap();
        let place = &closed["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        assert!(place == "demo/keys/npm-tokens.json", "{closed}");
        assert!(after["closed_in_code"][0]["closed"].as_str().unwrap().contains("revoked"));
    }

    #[test]
    fn rows_stand_on_their_lines_and_shadow_keys_in_code() {
        let at = demo();
        scan(at.path(), "demo/repo", "scan.json", &LISTS);
        let sarif = json(&reconcile(at.path(), &["scan.json", "-f", "sarif"]));
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        let place = |id: &str| {
            let of = |result: &&Value| result["ruleId"].as_str().unwrap().starts_with(id);
            let found = results.iter().find(of).unwrap_or_else(|| panic!("{id} is missing"));
            found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap().to_owned()
        };
        assert_eq!(place("SK2023"), "demo/keys/nuget-api-keys.html");
        assert_eq!(place("SK2025"), "demo/keys/nuget-api-keys.html");
        assert!(place("SK1004").ends_with("web/.env"));
        for format in ["human", "markdown", "csv", "junit"] {
            let told = reconcile(at.path(), &["scan.json", "-f", format]);
            assert!(told.out.contains("contoso"), "{format}: {}", told.out);
        }
    }

    #[test]
    fn without_the_scans_own_join_only_what_both_show_is_compared() {
        let at = demo();
        scan(at.path(), "demo/repo", "bare.json", &[]);
        let report = json(&reconcile(at.path(), &["bare.json", "-f", "json"]));
        let joined: Vec<_> =
            report["used"].as_array().unwrap().iter().map(|one| one["joined"].as_str().unwrap()).collect();
        assert_eq!(joined, ["by its last four characters"], "{report}");
        assert!(report["unclear"].to_string().contains("any of"), "NuGet's page shows no part of a key: {report}");
        assert_eq!(report["shadow"].as_array().unwrap().len(), 1, "the other npm token ends otherwise");
    }

    #[test]
    fn a_key_that_may_be_several_rows_is_said_to_be_ambiguous_and_so_are_the_rows() {
        let at = folder();
        write(at.path(), "repo/.npmrc", format!("//registry.npmjs.org/:_authToken={}\n", npm_token(1)));
        let rows: Vec<Value> =
            ["red", "blue", "green", "grey"].map(|name| row(name, "npm", "2027-02-01")).into_iter().collect();
        list(at.path(), "two.json", &rows[..2]);
        list(at.path(), "one.json", &rows[..1]);
        list(at.path(), "four.json", &rows);
        scan(at.path(), "repo", "bare.json", &[]);
        scan(at.path(), "repo", "compared.json", &["--inventory", "two.json"]);
        let told = |list: &str, report: &str, format: &str| {
            run(at.path(), &["keys", "reconcile", "--inventory", list, report, "-f", format], &[])
        };
        let reason = |list: &str, report: &str| json(&told(list, report, "json"))["unclear"][0]["reason"].clone();
        assert_eq!(
            reason("two.json", "bare.json"),
            "it may be any of `red` (two.json:1), `blue` (two.json:1); scan with --inventory, or note each key's \
             sha256 in a list of your own"
        );
        assert_eq!(
            reason("two.json", "compared.json"),
            "it may be any of `red` (two.json:1), `blue` (two.json:1); note each key's sha256 in a list of your own"
        );
        assert!(
            reason("one.json", "bare.json").as_str().unwrap().starts_with("it may be `red` (one.json:1), and nothing")
        );
        assert!(reason("four.json", "bare.json").as_str().unwrap().contains("`green` (four.json:1) and 1 more;"));
        let report = json(&told("four.json", "bare.json", "json"));
        let unseen = report["unseen"].as_array().unwrap();
        assert!(unseen.len() == 4 && unseen.iter().all(|row| row["perhaps_seen"] == true), "{report}");
        let human = told("four.json", "bare.json", "human").out;
        assert!(human.contains("listed, and perhaps one of those that the lists do not tell: 4"), "{human}");
        assert!(human.contains("listed and never seen: 0"), "{human}");
        let sarif = told("four.json", "bare.json", "sarif").out;
        assert!(sarif.contains("No report has surely seen it") && !sarif.contains("None of 1 report"), "{sarif}");
        // A row that shows other last characters is another key for sure.
        let other = value!({ "name": "other", "issuer": "npm", "prefix": "npm_zzzz", "suffix": "zzzz" });
        list(at.path(), "three.json", &[rows[0].clone(), rows[1].clone(), other]);
        let report = json(&told("three.json", "bare.json", "json"));
        let perhaps = |name: &str| {
            let rows = report["unseen"].as_array().unwrap();
            rows.iter().find(|row| row["name"] == name).map(|row| row["perhaps_seen"].clone())
        };
        assert_eq!((perhaps("red"), perhaps("other")), (Some(true.into()), Some(false.into())), "{report}");
    }

    #[test]
    fn reports_of_different_fingerprint_keys_are_refused_by_name() {
        let at = demo();
        scan(at.path(), "demo/repo", "one.json", &[]);
        let other = ["scan", "demo/repo", "-f", "json", "-o", "two.json", "--now", NOW];
        let key = [("SKELKEY_FINGERPRINT_KEY", "0123456789abcdef0123456789abcdef")];
        assert_eq!(skelkey_with(at.path(), &other, b"", &key).code, 1);
        let told = reconcile(at.path(), &["one.json", "two.json"]);
        assert_eq!(told.code, 2);
        assert!(told.err.contains("one.json") && told.err.contains("two.json"), "{}", told.err);
        let kid = json_file(at.path(), "two.json")["fingerprint_key"].as_str().unwrap().to_owned();
        assert!(told.err.contains(&kid) && told.out.is_empty(), "{}", told.err);
        assert_eq!(reconcile(at.path(), &["one.json", "one.json"]).code, 1);
    }

    #[test]
    fn what_is_no_report_is_said_without_its_text() {
        let at = demo();
        write(at.path(), "other.json", "{\"version\": \"2.1.0\", \"secret\": \"hunter2hunter2\"}");
        write(at.path(), "old.json", "{\"schema_version\": 7, \"tool\": {\"name\": \"skelkey\"}}");
        scan(at.path(), "demo/repo", "scan.json", &[]);
        let scanned = fs::read_to_string(at.path().join("scan.json")).unwrap();
        let mut forged: Value = serde_json::from_str(&scanned).unwrap();
        forged["fingerprint_key"] = "hunter2hunter2hunter2".into();
        write(at.path(), "forged.json", forged.to_string());
        write(at.path(), "cut.json", &scanned[..scanned.len() / 2]);
        write(at.path(), "marked.json", format!("\u{feff}{scanned}"));
        assert_eq!(reconcile(at.path(), &["marked.json"]).code, 1, "a byte order mark harms nothing");
        for (file, words) in [
            ("other.json", "not a JSON report"),
            ("forged.json", "forged.json: not a JSON report"),
            ("cut.json", "cut.json: not a JSON report of skelkey (line "),
            ("old.json", "version 7"),
            ("none.json", "none.json"),
        ] {
            let told = reconcile(at.path(), &[file]);
            assert_eq!(told.code, 2, "{file}");
            assert!(told.err.contains(words) && !told.err.contains("hunter2"), "{}", told.err);
        }
        assert_eq!(run(at.path(), &["keys", "reconcile", "old.json"], &[]).code, 2, "a list is needed");
    }

    #[test]
    fn a_page_that_names_keys_is_not_made_for_publication() {
        let at = demo();
        scan(at.path(), "demo/repo", "scan.json", &LISTS);
        for format in ["human", "json", "markdown"] {
            let told = reconcile(at.path(), &["scan.json", "--privacy", "-f", format]);
            assert_eq!((told.code, told.out.as_str()), (2, ""), "{format}");
        }
        let told = reconcile(at.path(), &["scan.json", "--privacy", "-f", "sarif"]);
        assert!(!told.out.is_empty() && !told.out.contains("contoso-web-publish"), "{}", told.out);
    }
}

fn json_file(at: &Path, file: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(at.join(file)).unwrap()).unwrap()
}

mod suggest {
    use super::*;

    #[test]
    fn the_scope_covers_what_is_published_and_nothing_else_that_is_known() {
        let at = folder();
        for id in ["Contoso.Core", "Contoso.Logging"] {
            let project = "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>";
            write(at.path(), &format!("repo/{id}/{id}.csproj"), project);
        }
        write(at.path(), "repo/a/Cargo.toml", "[package]\nname = \"contoso-a\"\n");
        write(at.path(), "repo/b/Cargo.toml", "[package]\nname = \"contoso-b\"\n");
        write(at.path(), "repo/python/pyproject.toml", "[project]\nname = \"contoso\"\n");
        write(at.path(), "repo/.git/HEAD", "ref: refs/heads/main\n");
        write(at.path(), "repo/.git/config", "[remote \"origin\"]\n\turl = https://github.com/contoso/libs.git\n");
        write(at.path(), "repo/.git/objects/x", "");
        write(at.path(), "repo/.git/refs/x", "");
        write(
            at.path(),
            "repo/.github/workflows/ship.yml",
            "jobs:\n  s:\n    steps:\n      - run: dotnet nuget push a\n",
        );
        let args = ["keys", "suggest", "repo", "-f", "json"];
        let report = json(&run(at.path(), &args, &["--isolated"]));
        assert_eq!(report["repository"], "contoso/libs");
        let of = |report: &Value, issuer: &str| -> Value {
            let all = report["registries"].as_array().unwrap();
            all.iter().find(|one| one["issuer"] == issuer).unwrap_or_else(|| panic!("{issuer}: {report}")).clone()
        };
        assert_eq!(of(&report, "nuget")["scope"]["pattern"], "Contoso.*");
        assert_eq!(of(&report, "crates-io")["scope"]["pattern"], "contoso-*");
        assert_eq!(of(&report, "pypi")["scope"]["listed"][0], "contoso");
        assert_eq!(of(&report, "pypi")["life_days"], Value::Null);
        assert!(of(&report, "nuget")["remedy"]["keyless"].to_string().contains("ship.yml"), "{report}");
        // A package that the pattern would open as well, and a policy.
        write(at.path(), "c.toml", "[packages]\nnuget = [\"contoso.secret\"]\n[policy]\nmax-lifetime-days = 3\n");
        let narrow = json(&run(at.path(), &args, &["--config", "c.toml"]));
        let nuget = of(&narrow, "nuget");
        assert_eq!(nuget["scope"]["listed"], value!(["Contoso.Core", "Contoso.Logging"]));
        assert_eq!((&nuget["leaves_out"][0], &nuget["life_days"]), (&"contoso.secret".into(), &3.into()));
        for format in ["human", "markdown"] {
            let told = run(at.path(), &["keys", "suggest", "repo", "-f", format], &[]);
            assert_eq!(told.code, 0);
            assert!(told.out.contains("Contoso.") && told.out.contains("id-token: write"), "{}", told.out);
        }
        assert_eq!(run(at.path(), &["keys", "suggest", "nowhere"], &[]).code, 3);
    }
}

mod recheck {
    use super::*;

    fn short_lived(seed: u64, created: &str) -> String {
        let mint = format!("{{@nuget-v5:created={created};lifetime=60m;env=P;owner=42;class=S}}");
        Minter::new(seed).fill(&mint).unwrap()
    }

    fn recheck(at: &Path, more: &[&str]) -> Run {
        let args: Vec<&str> = ["recheck", "report.json"].into_iter().chain(more.iter().copied()).collect();
        skelkey(at, &args)
    }

    /// A tree with three keys, and the report of its scan.
    fn scanned() -> tempfile::TempDir {
        let at = folder();
        write(at.path(), "repo/a.txt", format!("key {}\n", short_lived(1, "2026-11-22T11:30Z")));
        write(at.path(), "repo/b/.npmrc", format!("//registry.npmjs.org/:_authToken={}\n", npm_token(1)));
        write(at.path(), "repo/c/.npmrc", format!("//registry.npmjs.org/:_authToken={}\n", npm_token(2)));
        assert_eq!(run(at.path(), &["scan", "repo", "-f", "json", "-o", "report.json"], &[]).code, 1);
        at
    }

    fn statuses(report: &Value) -> Vec<(String, String)> {
        let of = |key: &Value| (key["masked"].as_str().unwrap().to_owned(), key["status"].as_str().unwrap().to_owned());
        report["keys"].as_array().unwrap().iter().map(of).collect()
    }

    #[test]
    fn offline_it_says_what_is_still_there_and_what_has_ended_since() {
        let at = scanned();
        fs::remove_dir_all(at.path().join("repo/c")).unwrap();
        // A new key is none of the report's.
        write(at.path(), "repo/d/.npmrc", format!("//registry.npmjs.org/:_authToken={}\n", npm_token(3)));
        let later = ["repo", "-f", "json", "--now", "2026-11-30T00:00:00Z"];
        let told = recheck(at.path(), &later);
        assert_eq!(told.code, 1, "{}", told.err);
        let report = json(&told);
        let keys = report["keys"].as_array().unwrap();
        assert_eq!(keys.len(), 3, "{report}");
        let with = |words: &str| keys.iter().find(|key| key["because"].as_str().unwrap().contains(words));
        let ended = with("2026-11-22T12:30:00Z").unwrap_or_else(|| panic!("{report}"));
        assert_eq!((&ended["status"], &ended["severity"]), (&"dead".into(), &"low".into()));
        assert!(ended["places"][0].as_str().unwrap().ends_with("a.txt:1"));
        let gone = with("gone from what was scanned").unwrap();
        assert_eq!((&gone["status"], gone["places"].as_array().unwrap().len()), (&"unknown".into(), 0));
        assert!(statuses(&report).iter().filter(|(_, status)| status == "unknown").count() == 2);
        assert!(!told.out.contains(&npm_token(1)));
        for format in ["human", "markdown", "sarif"] {
            let told = recheck(at.path(), &["repo", "-f", format, "--now", "2026-11-30T00:00:00Z"]);
            assert!(told.out.contains("a.txt"), "{format}: {}", told.out);
        }
    }

    #[test]
    fn what_the_lists_tell_and_told_of_a_key_stands_in_the_answer() {
        let at = scanned();
        list(at.path(), "two.json", &[row("red", "npm", "2027-02-01"), row("blue", "npm", "2027-02-01")]);
        let because = |more: &[&str]| -> Vec<String> {
            let args: Vec<&str> = ["repo", "-f", "json"].into_iter().chain(more.iter().copied()).collect();
            let report = json(&recheck(at.path(), &args));
            report["keys"].as_array().unwrap().iter().map(|key| key["because"].as_str().unwrap().to_owned()).collect()
        };
        let told = because(&["--now", NOW, "--inventory", "two.json"]);
        assert!(told.iter().any(|why| why.contains("it may be any of `red` (two.json:1), `blue`")), "{told:?}");
        let wants_a_list = told.iter().filter(|why| why.contains("--inventory")).count();
        assert_eq!(wants_a_list, 1, "the one of NuGet, whose list was not given: {told:?}");
        let ends = |day: &str| {
            let token = npm_token(1);
            let ends = value!({ "prefix": &token[..8], "suffix": &token[token.len() - 4..], "name": "red" });
            let mut row = row("red", "npm", day);
            row.as_object_mut().unwrap().extend(ends.as_object().unwrap().clone());
            row
        };
        list(at.path(), "joined.json", &[ends("2026-11-25")]);
        let scan = ["scan", "repo", "-f", "json", "-o", "report.json", "--inventory", "joined.json"];
        assert_eq!(run(at.path(), &scan, &[]).code, 1);
        let then = "joined.json:1 said then that it ends 2026-11-25: give the list anew with --inventory";
        let late = because(&["--now", "2026-11-30T00:00:00Z"]);
        assert_eq!(late.iter().filter(|why| why.contains(then)).count(), 1, "{late:?}");
        assert!(!because(&["--now", "2026-11-24T00:00:00Z"]).concat().contains("said then"), "it has not passed");
        list(at.path(), "joined.json", &[ends("2027-11-25")]);
        let anew = because(&["--now", "2026-11-30T00:00:00Z", "--inventory", "joined.json"]);
        assert!(!anew.concat().contains("said then"), "its owner moved the end: {anew:?}");
        fs::remove_dir_all(at.path().join("repo/b")).unwrap();
        let gone = because(&["--now", "2026-11-30T00:00:00Z"]);
        assert!(gone.iter().any(|why| why.contains("gone from what was scanned") && why.contains(then)), "{gone:?}");
    }

    #[test]
    fn overdue_is_what_the_policy_wanted_closed_by_now() {
        let at = scanned();
        write(at.path(), "p.toml", "[policy]\nrotate-within-days = 7\n");
        let told = |now: &str| json(&recheck(at.path(), &["repo", "-f", "json", "--config", "p.toml", "--now", now]));
        let overdue = |report: &Value| {
            let keys = report["keys"].as_array().unwrap().iter();
            keys.filter_map(|key| key["overdue_days"].as_i64()).collect::<Vec<_>>()
        };
        assert!(overdue(&told("2026-11-29T11:59:00Z")).is_empty());
        assert_eq!(overdue(&told("2026-12-02T12:00:00Z")), [3, 3], "the dead one is not overdue");
    }

    #[test]
    fn keys_come_on_standard_input_and_are_found_by_fingerprint() {
        let at = scanned();
        fs::remove_dir_all(at.path().join("repo")).unwrap();
        let input = format!("{}\n{}\n", npm_token(2), npm_token(9));
        let args = ["recheck", "report.json", "--stdin", "-f", "json", "--now", NOW];
        let report = json(&skelkey_with(at.path(), &args, input.as_bytes(), &[]));
        let here: Vec<_> =
            report["keys"].as_array().unwrap().iter().filter(|k| k["places"][0] == "<stdin>:1").collect();
        assert_eq!(here.len(), 1, "{report}");
        assert_eq!(report["keys"].as_array().unwrap().len(), 3);
    }

    #[cfg(feature = "probe")]
    #[test]
    fn only_the_reports_keys_are_asked_about() {
        let at = scanned();
        write(at.path(), "repo/d/.npmrc", format!("//registry.npmjs.org/:_authToken={}\n", npm_token(3)));
        let told = recheck(at.path(), &["repo", "--probe", "--dry-run", "--now", NOW, "-f", "sarif"]);
        let requests = format!("{}{}", told.out, told.err).matches("GET ").count();
        let all = run(at.path(), &["scan", "repo", "--probe", "--dry-run", "-f", "sarif"], &[]);
        let every = format!("{}{}", all.out, all.err).matches("GET ").count();
        assert!(requests > 0 && requests < every, "{requests} of {every}: {}", told.err);
    }

    #[test]
    fn another_fingerprint_key_is_refused_by_name() {
        let at = scanned();
        let key = [("SKELKEY_FINGERPRINT_KEY", "0123456789abcdef0123456789abcdef")];
        let scan = ["scan", "repo", "-f", "json", "-o", "report.json", "--now", NOW];
        assert_eq!(skelkey_with(at.path(), &scan, b"", &key).code, 1);
        let kid = json_file(at.path(), "report.json")["fingerprint_key"].as_str().unwrap().to_owned();
        let told = recheck(at.path(), &["repo", "--now", NOW]);
        assert_eq!(told.code, 2);
        assert!(told.err.contains(&kid) && told.err.contains("report.json"), "{}", told.err);
        assert_eq!(skelkey_with(at.path(), &["recheck", "report.json", "repo", "--now", NOW], b"", &key).code, 1);
    }
}

/// Every document that a command writes holds to its schema in `docs/schema`.
mod schemas {
    use super::*;

    fn errors(schema: &str, document: &Value) -> Vec<String> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/schema/skelkey-{schema}-v1.schema.json"));
        let schema = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    #[test]
    fn every_document_holds_to_its_schema_and_nothing_else_does() {
        let at = demo();
        write(at.path(), "policy.toml", "[policy]\nrotate-within-days = 1\n");
        assert_eq!(run(at.path(), &["scan", "demo/repo", "-f", "json", "-o", "scan.json"], &LISTS).code, 1);
        let with = |args: &[&'static str]| -> Vec<&'static str> { [args, &LISTS, &["-f", "json"]].concat() };
        let config = ["--config", "policy.toml"];
        let (lists, later) =
            (&["rules", "list", "-f", "json"][..], &["-f", "json", "--now", "2026-12-24T00:00:00Z"][..]);
        let commands = [
            ("forecast", with(&["keys", "forecast", "demo/repo"])),
            ("report", with(&["keys", "audit", "demo/repo"])),
            ("reconciliation", with(&["keys", "reconcile", "scan.json"])),
            ("suggestions", with(&["keys", "suggest", "demo/repo"])),
            ("recheck", [&["recheck", "scan.json", "demo/repo"], &config[..], later].concat()),
            ("rules", lists.to_vec()),
            ("issuers", vec!["rules", "issuers", "-f", "json"]),
        ];
        for (schema, args) in commands {
            let told = if args.contains(&"--now") { skelkey(at.path(), &args) } else { run(at.path(), &args, &[]) };
            let mut document = json(&told);
            assert_eq!(errors(schema, &document), Vec::<String>::new(), "{args:?}");
            match document.get_mut(0) {
                Some(first) => first["surprise"] = 1.into(),
                None => document["surprise"] = 1.into(),
            }
            assert!(!errors(schema, &document).is_empty(), "{schema}: a field that it does not name is refused");
        }
    }

    #[test]
    fn every_sort_of_use_and_of_place_holds_to_the_schema() {
        let at = folder();
        let soon = "2026-12-01";
        list(
            at.path(),
            "keys.json",
            &[row("first", "nuget", soon), row("second", "nuget", soon), row("third", "npm", soon)],
        );
        write(at.path(), "repo/push.sh", "dotnet nuget push a -k $NUGET_API_KEY\nnpm publish --token $NPM_TOKEN\n");
        write(at.path(), "repo/.npmrc", format!("//registry.npmjs.org/:_authToken={}\n", npm_token(1)));
        let key =
            Minter::new(4).fill("{@nuget-v5:created=2026-11-22T11:30Z;lifetime=60m;env=P;owner=42;class=S}").unwrap();
        write(at.path(), "repo/a.txt", format!("nuget key {key}\n"));
        let lists = ["--inventory", "keys.json", "-f", "json", "--isolated"];
        let forecast = json(&run(at.path(), &["keys", "forecast", "repo"], &lists));
        let links: std::collections::BTreeSet<String> = forecast["keys"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|key| key["breaks"].as_array().unwrap())
            .map(|used| used["because"]["by"].as_str().unwrap().to_owned())
            .collect();
        assert!(["one-of", "only-key", "key"].iter().all(|link| links.contains(*link)), "{forecast}");
        assert_eq!(errors("forecast", &forecast), Vec::<String>::new());
        run(at.path(), &["scan", "repo", "-f", "json", "-o", "scan.json", "--isolated"], &[]);
        let told = json(&run(at.path(), &["keys", "reconcile", "scan.json"], &lists));
        assert!(
            !told["unclear"].as_array().unwrap().is_empty() && !told["unseen"].as_array().unwrap().is_empty(),
            "{told}"
        );
        assert_eq!(errors("reconciliation", &told), Vec::<String>::new());
    }

    #[test]
    fn one_key_alone_is_a_report() {
        let at = folder();
        let told = skelkey_with(at.path(), &["inspect", "-f", "json", "--now", NOW], npm_token(2).as_bytes(), &[]);
        assert_eq!(errors("report", &json(&told)), Vec::<String>::new());
    }

    #[cfg(feature = "probe")]
    #[test]
    fn the_list_of_probes_holds_to_its_schema() {
        let at = folder();
        let told = json(&run(at.path(), &["probe", "list", "-f", "json"], &[]));
        assert!(told.as_array().unwrap().len() > 50);
        assert_eq!(errors("probes", &told), Vec::<String>::new());
    }
}

/// The questions that a short answer must answer.
const ASKED: [&str; 7] = ["  what ", "  opens ", "  until ", "  works ", "  key ", "  risk ", "  do now "];

#[test]
fn inspect_answers_in_short_what_a_key_is_opens_until_when_and_what_to_do() {
    let at = folder();
    let inspect = |key: &str, format: &str| {
        skelkey_with(at.path(), &["inspect", "--now", NOW, "-f", format], key.as_bytes(), &[])
    };
    let part = |claims: &str| data_encoding::BASE64URL_NOPAD.encode(claims.as_bytes());
    let entra = format!(
        "{}.{}.{}",
        part("{\"alg\":\"RS256\",\"kid\":\"k\"}"),
        part(
            "{\"iss\":\"https://sts.windows.net/t/\",\"aud\":\"https://graph.microsoft.com\",\"exp\":1800000000,\
              \"roles\":[\"Directory.ReadWrite.All\",\"User.Read.All\"]}"
        ),
        Minter::new(2).fill("{base62:342}").unwrap()
    );
    let later = format!(
        "{}.{}.{}",
        part("{\"alg\":\"RS256\",\"kid\":\"k\"}"),
        part("{\"iss\":\"https://id.acme.test/\",\"sub\":\"ci\",\"nbf\":1800000000,\"exp\":1800003600}"),
        Minter::new(3).fill("{base62:342}").unwrap()
    );
    let mut minter = Minter::new(1);
    for (key, words) in [
        (later, "  limits    not before 2027-01-15"),
        (minter.fill("{@nuget-v5:created=2026-11-22T11:30Z;lifetime=60m}").unwrap(), "2026-11-22"),
        (minter.fill("{@pypi:projects=contoso-client}").unwrap(), "contoso-client"),
        (npm_token(3), "npm"),
        (entra, "do whatever its owner may"),
        (minter.fill("{@private-key:form=openssh}").unwrap(), "Ed25519"),
    ] {
        let told = inspect(&key, "human");
        assert_eq!(told.code, 0, "{}", told.err);
        let missing: Vec<&str> = ASKED.into_iter().filter(|label| !told.out.contains(label)).collect();
        assert!(missing.is_empty(), "{missing:?} in {}", told.out);
        assert!(told.out.contains(words), "{words} in {}", told.out);
        assert!(told.out.lines().count() < 60, "short: {}", told.out);
        let longest = told.out.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(longest <= 130, "{longest} columns: {}", told.out);
        assert!(!told.out.contains(&key) && !json(&inspect(&key, "json"))["findings"].as_array().unwrap().is_empty());
    }
}

#[test]
fn inspect_gives_no_reason_and_no_step_that_is_not_so() {
    let at = folder();
    let told = |text: &str| {
        let told = skelkey_with(at.path(), &["inspect", "--isolated", "--now", NOW], text.as_bytes(), &[]);
        assert_eq!(told.code, 0, "{}", told.err);
        told.out.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let mut minter = Minter::new(7);
    let mut fill = |template: &str| minter.fill(template).unwrap();
    let (hex, token) = (fill("{hex:32}"), fill("{base62:36}"));
    let named = told(&format!("HEX_API_KEY={hex}"));
    assert!(named.contains("nothing near it but its own name tells of hex, and a name tells no server"), "{named}");
    let bare = told(&format!("{{{{api_key, <<\"{hex}\">>}}}}"));
    assert!(!bare.contains("its own name"), "{bare}");
    let password = told("password=hunter2secret");
    assert!(password.contains("a value without a form of its own does not tell who issued it"), "{password}");
    assert!(!password.contains("issuers.generic"), "nobody can say that it is generic's: {password}");
    // An id of an account that is known for canary tokens (trufflesecurity/trufflehog, access_keys/canary.go).
    let canary = told(&format!("{}{}", "AKIA", "QYLPMN5HHHFPZAM2"));
    assert!(canary.contains("that is the alarm for which it was planted"), "{canary}");
    assert!(!canary.contains("aws iam") && !canary.contains("Switch the key off"), "{canary}");
    let body = data_encoding::BASE64.encode(format!("{}:{}", &token[..20], &token[..22]).as_bytes());
    let elastic = told(&format!("ELASTIC_API_KEY={body}"));
    assert!(
        elastic.contains("`DELETE /_security/api_key`") || elastic.contains("DELETE /_security/api_key"),
        "{elastic}"
    );
    assert!(!elastic.contains("{{"), "{elastic}");
}

#[test]
fn no_step_of_a_remedy_has_braces_as_a_template_of_a_key_has_them() {
    let rules = skelkey::rules::load(&[]).unwrap();
    let providers = rules.providers.iter().map(|provider| (&provider.id, &provider.remedy));
    for (id, remedy) in providers.chain(rules.rules.iter().map(|rule| (&rule.id, &rule.remedy))) {
        for step in remedy.revoke.iter().chain(&remedy.recreate).chain(&remedy.command) {
            assert!(!step.replace("${{", "").contains("{{"), "{id}: {step}");
        }
    }
}

#[cfg(feature = "probe")]
#[test]
fn the_page_of_issuers_is_the_codes_own() {
    let at = folder();
    let page = run(at.path(), &["rules", "issuers", "--format", "markdown"], &["--isolated"]).out;
    let kept = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/issuers.md")).unwrap();
    assert!(page == kept, "docs/issuers.md is not current: skelkey rules issuers --format markdown > docs/issuers.md");
    let report = json(&run(at.path(), &["rules", "issuers", "--format", "json"], &[]));
    let nuget = &report["issuers"]["nuget"];
    for told in ["decoded", "imported", "asked", "revoked", "ceilings"] {
        assert!(!nuget[told].as_array().unwrap().is_empty(), "{told}: {nuget}");
    }
    assert!(run(at.path(), &["rules", "issuers"], &[]).out.contains("nuget"));
}
