//! What readers get: one sample report through every format.
#![allow(clippy::unwrap_used, reason = "a helper of a test may fail it")]

#[path = "report/sample.rs"]
mod sample;

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::Value;
use skelkey::coverage::{Count, Reason};
use skelkey::finding::Report;
use skelkey::report::{Format, Options, SarifProfile, write};
use skelkey::rules::RuleSet;

fn render(format: Format, report: &Report, options: &Options) -> String {
    render_with(format, report, &sample::rules(), options)
}

fn render_with(format: Format, report: &Report, rules: &RuleSet, options: &Options) -> String {
    let mut out = Vec::new();
    write(format, report, rules, options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn parsed(format: Format, report: &Report, options: &Options) -> Value {
    serde_json::from_str(&render(format, report, options)).unwrap()
}

fn private() -> Options {
    Options { privacy: true, verbose: true, ..Options::default() }
}

#[test]
fn human() {
    insta::assert_snapshot!(render(Format::Human, &sample::report(), &Options::default()));
}

#[test]
fn human_narrow_and_verbose() {
    let options = Options { width: 80, verbose: true, ..Options::default() };
    insta::assert_snapshot!(render(Format::Human, &sample::report(), &options));
}

#[test]
fn human_private() {
    insta::assert_snapshot!(render(Format::Human, &sample::report(), &private()));
}

#[test]
fn human_clean() {
    insta::assert_snapshot!(render(Format::Human, &sample::clean(), &Options::default()));
}

#[test]
fn json() {
    insta::assert_snapshot!(render(Format::Json, &sample::report(), &Options::default()));
}

#[test]
fn sarif() {
    let options = Options { exit_code: Some(1), ..Options::default() };
    insta::assert_snapshot!(render(Format::Sarif, &sample::report(), &options));
}

#[test]
fn every_other_format() {
    for &format in Format::ALL {
        if !matches!(format, Format::Human | Format::Json | Format::Sarif) {
            insta::assert_snapshot!(format.as_str(), render(format, &sample::report(), &Options::default()));
        }
    }
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    for &format in Format::ALL {
        let first = render(format, &sample::report(), &Options::default());
        assert_eq!(first, render(format, &sample::report(), &Options::default()), "{format}");
    }
}

/// What shapes a text in this format; a page keeps the tabs of its source lines.
fn is_layout(format: Format, c: char) -> bool {
    c == '\n' || format == Format::Html && c == '\t'
}

#[test]
fn no_format_lets_a_control_or_bidi_character_through() {
    for &format in Format::ALL {
        for options in [Options::default(), private()] {
            let text = render(format, &sample::report(), &options);
            let bad = text.chars().find(|c| !is_layout(format, *c) && skelkey::report::escape::is_unsafe(*c));
            assert_eq!(bad, None, "{format}");
        }
    }
}

#[test]
fn color_is_the_only_thing_that_color_adds() {
    let plain = render(Format::Human, &sample::report(), &Options::default());
    let options = Options { color: true, ..Options::default() };
    let colored = render(Format::Human, &sample::report(), &options);
    assert_ne!(plain, colored);
    let stripped = anstream::adapter::strip_str(&colored).to_string();
    let trimmed = |text: &str| text.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
    assert_eq!(trimmed(&plain), trimmed(&stripped));
}

#[test]
fn a_long_line_of_source_does_not_flood_the_terminal() {
    let mut report = sample::report();
    for line in &mut report.findings[0].places[0].frame {
        line.text.push_str(&"x".repeat(20_000));
    }
    let text = render(Format::Human, &report, &Options::default());
    let widest = text.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(140), "{widest:?}");
}

#[test]
fn privacy_leaves_out_owners_names_and_lists() {
    for &format in Format::ALL {
        let open = render(format, &sample::report(), &Options { verbose: true, ..Options::default() });
        let closed = render(format, &sample::report(), &private());
        for word in [sample::OWNER, sample::NAME, sample::LIST, "nuget-export.json", "old laptop"] {
            let tells_all =
                matches!(format, Format::Human | Format::Json | Format::Jsonl | Format::Sarif | Format::Html);
            assert!(!tells_all || open.contains(word), "{format} should name {word} without --privacy");
            assert!(!closed.contains(word), "{format} names {word}");
        }
        for word in ["bot@contoso", "/home/ann", "line 14", "json:14"] {
            assert!(!closed.contains(word), "{format} names {word}");
        }
    }
}

#[test]
fn an_incomplete_run_says_so_in_every_format() {
    let human = render(Format::Human, &sample::report(), &Options::default());
    assert!(human.contains("INCOMPLETE") && human.contains("private/dump.sql: unreadable (permission denied)"));
    assert_eq!(parsed(Format::Json, &sample::report(), &Options::default())["complete"], false);
    let sarif = parsed(Format::Sarif, &sample::report(), &Options::default());
    let invocation = &sarif["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let ids: Vec<_> =
        invocation["toolExecutionNotifications"].as_array().unwrap().iter().map(|n| &n["descriptor"]["id"]).collect();
    assert_eq!(ids[..3], ["SK3003", "SK3101", "SK3103"]);
}

#[test]
fn a_run_that_scanned_nothing_is_loud() {
    let mut report = sample::clean();
    report.coverage.blobs_scanned = 0;
    assert!(render(Format::Human, &report, &Options::default()).contains("NOTHING WAS SCANNED"));
    assert!(render(Format::Sarif, &report, &Options::default()).contains("Nothing was scanned"));
}

#[test]
fn what_a_cache_spared_is_counted_wherever_coverage_is_told() {
    let mut report = sample::clean();
    report.coverage.blobs_scanned = 0;
    report.coverage.skipped.push(Count { reason: Reason::Known, files: 1_234, bytes: 0 });
    for format in [Format::Human, Format::Html, Format::Markdown, Format::Junit, Format::Gitlab] {
        let text = render(format, &report, &Options::default());
        assert!(text.contains("1,234") && text.contains("known to hold nothing"), "{format:?}: {text}");
        assert!(!text.to_lowercase().contains("nothing was scanned"), "{format:?}");
    }
    let counts = |coverage: &Value| coverage["skipped"].as_array().unwrap().iter().any(|count| count["files"] == 1_234);
    let json = parsed(Format::Json, &report, &Options::default());
    assert!(counts(&json["coverage"]) && json["complete"] == true);
    let lines = render(Format::Jsonl, &report, &Options::default());
    assert!(counts(&serde_json::from_str(lines.lines().last().unwrap()).unwrap()));
    let sarif = parsed(Format::Sarif, &report, &Options::default());
    assert!(counts(&sarif["runs"][0]["properties"]["coverage"]), "{}", sarif["runs"][0]["properties"]);
}

#[test]
fn human_places_and_next_command() {
    let short = render(Format::Human, &sample::report(), &Options::default());
    assert!(short.contains("and 2 more"));
    let all = render(Format::Human, &sample::report(), &Options { verbose: true, ..Options::default() });
    assert!(all.contains("old/6 [x](y).txt:7:3") && all.contains("uses: NuGet/login@v1"));
    let worst = &sample::report().findings[0];
    assert!(short.ends_with(&format!("next: skelkey rules show {}\n", worst.rule)));
}

#[test]
fn a_terminal_gets_the_worst_keys_whole_and_a_line_of_each_other() {
    let mut report = sample::report();
    let one = report.findings[2].clone();
    report.findings.extend(std::iter::repeat_n(one, 60));
    let page = render(Format::Human, &report, &Options::default());
    let blocks = |page: &str| page.matches("\n  id        ").count();
    assert_eq!(blocks(&page), 30);
    assert!(page.contains("35 more keys, in short; --verbose tells all of each"), "{page}");
    let place = &report.findings[2].places[0].path;
    let (head, rule) = (report.findings[64].judgement.severity, &report.findings[64].rule);
    let rest = page.split_once("in short;").unwrap().1;
    assert_eq!(rest.matches(&format!("\n{head}[{rule}] ")).count(), 35, "{rest}");
    assert!(rest.contains(place.as_str()) && rest.contains(report.findings[2].masked.as_str()), "{rest}");
    let all = render(Format::Human, &report, &Options { verbose: true, ..Options::default() });
    assert_eq!(blocks(&all), 65);
    assert!(!all.contains("in short;"));
}

fn schema_errors(schema: &Value, document: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(schema).unwrap();
    validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// The schema in the very version of `serde-sarif` that is built in, so that it cannot grow stale.
fn sarif_schema() -> Value {
    let cargo = |args: &[&str]| std::process::Command::new(env!("CARGO")).args(args).output().unwrap().stdout;
    // Packages of other platforms were never fetched.
    let version = String::from_utf8(cargo(&["-vV"])).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let metadata = cargo(&[
        "metadata",
        "--offline",
        "--format-version",
        "1",
        "--filter-platform",
        host,
        "--manifest-path",
        manifest,
    ]);
    let metadata: Value = serde_json::from_slice(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let sarif = packages.iter().find(|package| package["name"] == "serde-sarif").unwrap();
    let folder = std::path::Path::new(sarif["manifest_path"].as_str().unwrap()).parent().unwrap();
    let text = std::fs::read_to_string(folder.join("src/schema.json")).unwrap();
    let mut schema: Value = serde_json::from_str(&text).unwrap();
    drop_language_pattern(&mut schema);
    schema
}

/// The pattern of `language` in this copy of the schema has a stray backslash that strict engines refuse.
fn drop_language_pattern(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if let Some(language) = members.get_mut("language").and_then(Value::as_object_mut) {
                language.remove("pattern");
            }
            members.values_mut().for_each(drop_language_pattern);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_language_pattern),
        _ => {}
    }
}

#[test]
fn sarif_holds_to_its_schema() {
    let schema = sarif_schema();
    for report in [sample::report(), sample::clean()] {
        for options in [Options::default(), private()] {
            let errors = schema_errors(&schema, &parsed(Format::Sarif, &report, &options));
            assert!(errors.is_empty(), "{errors:#?}");
        }
    }
    for sarif_profile in SarifProfile::ALL {
        let errors = schema_errors(&schema, &parsed(Format::Sarif, &sample::exposed(), &profile(sarif_profile)));
        assert!(errors.is_empty(), "{errors:#?}");
    }
    let mut broken = parsed(Format::Sarif, &sample::report(), &Options::default());
    broken["runs"][0]["results"][0]["guid"] = "not a guid".into();
    assert_eq!(schema_errors(&schema, &broken).len(), 1, "the schema must be able to refuse");
}

#[test]
fn json_holds_to_its_schema() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/schema/skelkey-report-v1.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for report in [sample::report(), sample::clean(), sample::exposed()] {
        for options in [Options::default(), private()] {
            let errors = schema_errors(&schema, &parsed(Format::Json, &report, &options));
            assert!(errors.is_empty(), "{errors:#?}");
        }
    }
    let mut broken = parsed(Format::Json, &sample::report(), &Options::default());
    broken["findings"][0]["secret"] = "anything".into();
    assert!(!schema_errors(&schema, &broken).is_empty(), "a field that the schema does not name is refused");
}

fn results(sarif: &Value) -> &Vec<Value> {
    sarif["runs"][0]["results"].as_array().unwrap()
}

#[test]
fn sarif_has_one_result_for_each_place() {
    let sarif = parsed(Format::Sarif, &sample::report(), &Options::default());
    let results = results(&sarif);
    assert_eq!(results.len(), sample::report().findings.iter().map(|f| f.places.len()).sum::<usize>());
    let distinct = |field: &str| results.iter().map(|r| r[field].to_string()).collect::<BTreeSet<_>>().len();
    assert_eq!((distinct("guid"), distinct("correlationGuid")), (results.len(), 5));
    // The other places, and the other part of the key.
    assert_eq!(results[0]["relatedLocations"].as_array().unwrap().len(), 7 + 1);
    assert!(results.iter().all(|r| r["fingerprints"].as_object().unwrap().len() == 1));
    let hash = results[0]["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap();
    assert!(hash.len() == 18 && hash.ends_with(":1"), "{hash}");
}

#[test]
fn sarif_rule_ids_carry_a_severity_only_where_it_differs() {
    let sarif = parsed(Format::Sarif, &sample::report(), &Options::default());
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let told: Vec<_> = rules
        .iter()
        .map(|r| (r["id"].as_str().unwrap(), r["properties"]["security-severity"].as_str().unwrap()))
        .collect();
    let expected = [
        ("SK2012", "2.0"),
        ("nuget-api-key", "8.0"),
        ("nuget-api-key-v5/low", "2.0"),
        ("nuget-api-key/critical", "9.5"),
        ("pypi-token/medium", "5.5"),
    ];
    assert_eq!(told, expected);
    for result in results(&sarif) {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert_eq!(rules[index]["defaultConfiguration"]["level"], result["level"]);
    }
}

#[test]
fn sarif_keeps_a_hostile_name_from_becoming_markup() {
    let sarif = parsed(Format::Sarif, &sample::report(), &Options::default());
    let second = &results(&sarif)[1];
    let location = &second["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(location["uri"], "docs/a%E2%80%AEb%7Cc%60.md");
    let text = results(&sarif)[2]["message"]["text"].as_str().unwrap();
    assert!(text.contains("[docs/a\\u{202e}b|c`.md:3](2)") || text.contains("u{202e}"), "{text}");
    assert!(!text.contains("](y)"), "{text}");
}

/// Every format of a report that was written as JSON and read back.
fn converted(json: &str, verbose: bool) -> Vec<(Format, String)> {
    let mut read = skelkey::report::read(json).unwrap();
    assert_eq!(read.len(), 1);
    let read = read.remove(0);
    let options = Options { verbose, ..read.options };
    Format::ALL.iter().map(|&format| (format, render(format, &read.report, &options))).collect()
}

#[test]
fn a_report_that_is_read_back_is_written_as_the_scan_wrote_it() {
    let times = Some((sample::now(), sample::now() + jiff::SignedDuration::from_secs(3)));
    for mut report in [sample::report(), sample::clean(), sample::exposed()] {
        for (privacy, verbose, now_is_given) in [(false, false, true), (true, true, true), (false, true, false)] {
            report.now_is_given = now_is_given;
            let commit = Some("0123456789abcdef0123456789abcdef01234567".to_owned());
            let branch = Some("main".to_owned());
            let options = Options { privacy, verbose, exit_code: Some(1), times, commit, branch, ..Options::default() };
            for source in [Format::Json, Format::Jsonl] {
                for (format, text) in converted(&render(source, &report, &options), verbose) {
                    let direct = render(format, &report, &options);
                    assert_eq!(text, direct, "{source} to {format}, privacy {privacy}");
                }
            }
        }
    }
}

#[test]
fn every_format_with_a_place_for_it_names_who_answers() {
    let report = sample::report();
    for format in [
        Format::Human,
        Format::Json,
        Format::Jsonl,
        Format::Sarif,
        Format::Html,
        Format::Gitlab,
        Format::Junit,
        Format::Csv,
        Format::Markdown,
    ] {
        assert!(render(format, &report, &Options::default()).contains("@contoso/release"), "{format}");
        assert!(!render(format, &report, &private()).contains("@contoso/release"), "{format}");
    }
    let owners = parsed(Format::Json, &report, &Options::default())["summary"]["by_owner"].clone();
    assert_eq!(owners["@contoso/release"], 1, "{owners}");
    // Without code owners whoever brought the key answers for it.
    let exposed = sample::exposed();
    let mut brought = exposed.clone();
    brought.findings.iter_mut().flat_map(|finding| &mut finding.places).for_each(|place| place.owners.clear());
    assert!(skelkey::report::words::answer_summary(&exposed).starts_with("@contoso/release 1"));
    let said = skelkey::report::words::answer_summary(&brought);
    assert!(said.starts_with("Ann ") && said.ends_with(" 1, nobody 1"), "{said}");
}

#[test]
fn what_is_no_report_is_refused_with_its_place() {
    let good = render(Format::Json, &sample::report(), &Options::default());
    let with = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replacen(from, to, 1)
    };
    let lines = render(Format::Jsonl, &sample::report(), &Options::default());
    let without_end = lines.lines().rev().skip(1).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n");
    let key = "hunter2hunter2Hunter2";
    for (text, said) in [
        (String::new(), "1: the text is empty"),
        ("{".to_owned(), "1:1: "),
        ("[]".to_owned(), "1:"),
        (with("\"name\": \"skelkey\"", "\"name\": \"other\""), "tool.name: not a report of skelkey"),
        (with("\"schema_version\": 1", "\"schema_version\": 7"), "version 7 of the format"),
        (with("\"root\": 0", "\"root\": 9"), "findings[0].parts[0].root: a root that the report does not have"),
        (with("\"severity\": \"critical\"", &format!("\"severity\": \"{key}\"")), "findings[0].judgement"),
        (with("\"start_line\": 14", &format!("\"start_line\": \"{key}\"")), "findings[0].parts[0].region.start_line"),
        (with("…", key), "findings[0].masked: a key that is not masked"),
        (good[..good.len() / 2].to_owned(), "EOF"),
        (without_end, "no coverage line"),
        (lines.lines().nth(1).unwrap().to_owned(), "a line before the line of its run"),
        (lines.replacen("\"line\":\"finding\"", "\"line\":\"thing\"", 1), "2: `line` is none of"),
    ] {
        let error = skelkey::report::read(&text).unwrap_err().to_string();
        assert!(error.contains(said), "{said}: {error}");
        assert!(!error.contains(key), "{error}");
        assert!(error.starts_with(|c: char| c.is_ascii_digit()), "no line: {error}");
    }
    let foreign = good.replacen("\"fingerprint\": \"p", "\"fingerprint\": \"k", 1);
    assert!(skelkey::report::read(&foreign).unwrap_err().to_string().contains("a fingerprint of another key"));
}

fn shard(report: &Report, findings: &[usize]) -> (String, skelkey::report::Read) {
    let findings = findings.iter().map(|&at| report.findings[at].clone()).collect();
    let shard = Report { findings, ..report.clone() };
    let text = render(Format::Json, &shard, &Options::default());
    ("shard.json".to_owned(), skelkey::report::read(&text).unwrap().remove(0))
}

#[test]
fn shards_merge_to_what_one_scan_would_have_found() {
    let whole = sample::report();
    let merged = skelkey::report::merge(vec![shard(&whole, &[3, 1]), shard(&whole, &[4, 0, 2])]).unwrap().report;
    let findings = |report: &Report| format!("{:#?}", report.findings);
    assert_eq!(findings(&merged), findings(&whole));
    assert_eq!(merged.roots, whole.roots);
    assert_eq!(merged.coverage.blobs_scanned, 2 * whole.coverage.blobs_scanned);
    assert_eq!(merged.coverage.skips.len(), whole.coverage.skips.len(), "each skip once");
    assert_eq!(merged.below_confidence, 2 * whole.below_confidence);
    assert_eq!((merged.suppressed.len(), merged.asked[0].requests), (1, 2));
    // One alone stays as it is.
    let alone = skelkey::report::merge(vec![shard(&whole, &[0, 1, 2, 3, 4])]).unwrap();
    assert_eq!(render(Format::Json, &alone.report, &alone.options), render(Format::Json, &whole, &Options::default()));
}

#[test]
fn a_key_of_two_shards_becomes_one_with_all_its_places() {
    let whole = sample::report();
    let places = whole.findings[0].places.clone();
    let (mut left, mut right) = (whole.clone(), whole.clone());
    left.findings[0].places = places[..5].to_vec();
    right.findings[0].places = places[3..].to_vec();
    right.roots.insert(
        0,
        skelkey::finding::Root { path: "/srv/other".to_owned(), repository: None, revision: None, branch: None },
    );
    for finding in &mut right.findings {
        finding.places.iter_mut().for_each(|place| place.root = place.root.map(|root| root + 1));
        finding.parts.iter_mut().for_each(|part| part.root = part.root.map(|root| root + 1));
    }
    let merged = skelkey::report::merge(vec![shard(&left, &[0]), shard(&right, &[0])]).unwrap().report;
    assert_eq!(merged.findings.len(), 1);
    let mut places = places;
    places.sort_by_key(|place| (place.root, place.path.clone(), place.region));
    assert_eq!(merged.findings[0].places, places);
    assert_eq!(merged.roots.len(), 2);
}

#[test]
fn shards_that_cannot_be_compared_are_refused_and_others_are_told() {
    let whole = sample::report();
    let (name, mut other) = shard(&whole, &[0]);
    other.report.fingerprint_key = "k00000001".to_owned();
    let error = skelkey::report::merge(vec![shard(&whole, &[1]), (name, other)]).unwrap_err().to_string();
    assert!(error.contains("`k00000001`") && error.contains(&whole.fingerprint_key), "{error}");
    let (name, mut other) = shard(&whole, &[0]);
    other.report.coverage.rules_hash = "ee".repeat(32);
    other.version = "9.9.9".to_owned();
    let merged = skelkey::report::merge(vec![shard(&whole, &[1]), (name, other)]).unwrap().report;
    let notes = merged.notes.join("\n");
    assert!(notes.contains("different rule sets") && notes.contains("9.9.9 (shard.json)"), "{notes}");
    assert!(skelkey::report::merge(Vec::new()).is_err());
}

/// As many findings as a scan of a whole organisation may have: keys of one place, and one key of many.
fn crowd(keys: usize, places: usize) -> Report {
    let key = sample::key();
    let mut report = sample::clean();
    let (lone, spread) = (sample::report().findings.swap_remove(4), sample::report().findings.swap_remove(2));
    let at = |finding: &skelkey::finding::Finding, n: usize| {
        let mut place = finding.places[0].clone();
        place.path = format!("services/team-{}/module-{}/src/settings_{n}.py", n % 17, n % 911);
        place.shown.clone_from(&place.path);
        place.region.start_line = n % 4_000 + 1;
        place.region.end_line = place.region.start_line;
        place.fingerprint = key.of_place("r", &place.path, &finding.fingerprint, n);
        place
    };
    report.findings = (0..keys)
        .map(|n| {
            let mut finding = lone.clone();
            finding.fingerprint = key.of_secret("crowd", &n.to_le_bytes());
            finding.places = vec![at(&finding, n)];
            finding
        })
        .collect();
    let mut one = spread;
    one.places = (0..places).map(|n| at(&one, n)).collect();
    report.findings.push(one);
    skelkey::finding::worst_first(&mut report.findings);
    report
}

/// Bytes of a text when it is compressed as an upload is.
fn compressed(text: &str) -> usize {
    use std::io::Write;
    let mut gzip = std::process::Command::new("gzip")
        .args(["-c", "-6"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = gzip.stdin.take().unwrap();
    let text = text.to_owned();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()).unwrap());
    let out = gzip.wait_with_output().unwrap();
    writer.join().unwrap();
    out.stdout.len()
}

fn told(format: Format, report: &Report) -> String {
    skelkey::report::left_out(format, report, &Options::default()).join("\n")
}

#[test]
fn thirty_thousand_findings_stay_within_what_consumers_take() {
    let report = crowd(27_000, 3_000);
    let text = render(Format::Sarif, &report, &Options::default());
    assert!(compressed(&text) < 10_000_000, "code scanning takes 10 MB, not {}", compressed(&text));
    let sarif: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(results(&sarif).len(), 25_000);
    let notified = sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"].to_string();
    for said in ["30,000 places", "27,001 keys", "the worst 5,000 of 25,000 results", "2,001 results are left out"] {
        assert!(notified.contains(said) && told(Format::Sarif, &report).contains(said), "{said}: {notified}");
    }
    let locations = |result: &Value| result["relatedLocations"].as_array().map_or(0, Vec::len);
    assert!(results(&sarif).iter().all(|result| locations(result) <= 100), "a hundred are shown");
    let spread = results(&sarif).iter().find(|result| locations(result) > 0).expect("the key of many places");
    assert!(spread["message"]["text"].as_str().unwrap().contains("and 2,996 places more"), "{}", spread["message"]);

    let gitlab = render(Format::Gitlab, &report, &Options::default());
    assert!(gitlab.len() < 100_000_000, "GitLab takes 100 MB, not {}", gitlab.len());
    let gitlab: Value = serde_json::from_str(&gitlab).unwrap();
    assert_eq!(gitlab["vulnerabilities"].as_array().unwrap().len(), 30_000);
    assert!(gitlab["scan"]["messages"].to_string().contains("steps that close each key are left out"));

    let junit = render(Format::Junit, &report, &Options::default());
    assert!(junit.len() < 30_000_000, "GitLab takes 30 MB, not {}", junit.len());
    assert_eq!(junit.matches("<testcase ").count(), 30_000);
    assert!(junit.contains("left out: GitLab takes 30 MB"));

    let annotations = render(Format::Github, &report, &Options::default());
    for level in ["error", "warning", "notice"] {
        assert!(annotations.matches(&format!("::{level} ")).count() <= 10, "{annotations}");
    }
    assert!(annotations.contains("30,000 findings, of which GitHub shows"), "{annotations}");

    let summary = render(Format::Markdown, &report, &Options::default());
    assert!(summary.len() < 1 << 20, "a summary takes 1 MiB, not {}", summary.len());
    assert!(summary.contains("26,801 further keys** are left out"), "the cut is told");

    let page = render(Format::Html, &report, &Options::default());
    assert!(page.contains("22001 further keys are left out"), "the cut is told");
    for format in [Format::Gitlab, Format::Junit, Format::Github, Format::Markdown, Format::Html] {
        assert!(!told(format, &report).is_empty(), "{format} says what it leaves out");
    }
}

#[test]
fn a_summary_of_long_texts_stays_within_its_room() {
    let mut report = sample::report();
    for finding in &mut report.findings {
        std::sync::Arc::make_mut(&mut finding.remedy).revoke = vec!["x".repeat(300_000)];
    }
    report.notes = (0..10_000).map(|n| format!("{n} {}", "y".repeat(500))).collect();
    let summary = render(Format::Markdown, &report, &Options::default());
    assert!(summary.len() < 1 << 20, "{}", summary.len());
    assert!(summary.contains("2 further keys** are left out") && summary.contains("9,950 further notes"));
    let options = Options { markdown_room: 4_000, ..Options::default() };
    report.notes.clear();
    assert!(render(Format::Markdown, &report, &options).len() < 4_000);
}

#[test]
fn an_incomplete_run_leaves_room_for_its_error() {
    let mut report = crowd(0, 30);
    report.findings[0].judgement.severity = skelkey::severity::Severity::Critical;
    report.coverage = sample::report().coverage;
    let text = render(Format::Github, &report, &Options::default());
    assert_eq!(text.matches("::error ").count(), 10, "{text}");
    assert!(text.starts_with("::error title=skelkey%3A not scanned::private/dump.sql"), "{text}");
}

#[test]
fn sarif_stands_for_each_place_as_long_as_they_are_shown() {
    let count = |report: &Report| results(&parsed(Format::Sarif, report, &Options::default())).len();
    assert_eq!((count(&crowd(0, 5_000)), count(&crowd(0, 5_001))), (5_000, 1));
    assert!(told(Format::Sarif, &crowd(0, 5_000)).is_empty());
    let full = Options { sarif_profile: SarifProfile::Full, ..Options::default() };
    assert_eq!(results(&parsed(Format::Sarif, &crowd(0, 5_001), &full)).len(), 5_001, "whatever the size");
}

fn profile(sarif_profile: SarifProfile) -> Options {
    Options { sarif_profile, exit_code: Some(1), ..Options::default() }
}

#[test]
fn sarif_in_full() {
    insta::assert_snapshot!(render(Format::Sarif, &sample::exposed(), &profile(SarifProfile::Full)));
}

#[test]
fn code_scanning_never_sees_what_was_set_aside() {
    let place = sample::report().suppressed[0].place.hex();
    for sarif_profile in [SarifProfile::Github, SarifProfile::Azure] {
        let sarif = parsed(Format::Sarif, &sample::report(), &profile(sarif_profile));
        for result in results(&sarif) {
            assert!(!result.to_string().contains(&place), "{result}");
            for field in ["suppressions", "baselineState", "fixes", "codeFlows"] {
                assert!(result.get(field).is_none(), "{field}");
            }
        }
    }
    let sarif = parsed(Format::Sarif, &sample::exposed(), &profile(SarifProfile::Full));
    let aside: Vec<_> = results(&sarif).iter().filter(|result| result.get("suppressions").is_some()).collect();
    assert_eq!(aside.len(), 3);
    let states = results(&sarif).iter().map(|result| result["baselineState"].as_str().unwrap_or("none"));
    let states: BTreeSet<&str> = states.collect();
    let gone = results(&sarif).iter().filter(|result| result["baselineState"] == "absent");
    assert!(gone.clone().count() == 2 && gone.clone().all(|one| one["kind"] == "pass" && one["level"] == "none"));
    assert_eq!(states, BTreeSet::from(["absent", "new", "unchanged", "updated"]), "all have one if any has");
}

#[test]
fn each_mode_has_a_category_of_its_own() {
    use skelkey::finding::Mode;
    let mut report = sample::report();
    let mut seen = BTreeSet::new();
    for mode in [Mode::Files, Mode::Text, Mode::Staged, Mode::Range, Mode::History, Mode::Keys, Mode::Mixed] {
        report.mode = mode;
        let id = parsed(Format::Sarif, &report, &Options::default())["runs"][0]["automationDetails"]["id"].clone();
        let id = id.as_str().unwrap().to_owned();
        assert!(id.starts_with("skelkey/") && id.ends_with('/'), "{id}");
        assert!(seen.insert(id));
    }
}

#[test]
fn azure_is_told_the_pipeline_or_that_there_is_none() {
    let options = profile(SarifProfile::Azure);
    let lacks = skelkey::report::left_out(Format::Sarif, &sample::report(), &options).concat();
    assert!(lacks.contains("SYSTEM_DEFINITIONID") && lacks.contains("SYSTEM_PHASENAME"), "{lacks}");
    let text = |text: &str| Some(text.to_owned());
    let azure = skelkey::report::AzurePipeline {
        organisation: text("contoso"),
        project: text("tools"),
        definition_id: Some(7),
        definition_name: text("nightly"),
        phase_id: text("3a3a2a60-14c7-570b-14a4-fa42ad92f52a"),
        phase_name: text("scan"),
        build_id: Some(99),
    };
    let options = Options { azure, branch: text("refs/heads/main"), ..options };
    assert!(skelkey::report::left_out(Format::Sarif, &sample::report(), &options).is_empty());
    let details = &parsed(Format::Sarif, &sample::report(), &options)["runs"][0]["automationDetails"];
    let id = "azuredevops/pipeline/build/contoso/tools/7/3a3a2a60-14c7-570b-14a4-fa42ad92f52a/refs-heads-main/99";
    assert_eq!(details["id"], id);
    assert_eq!(details["properties"]["azuredevops/pipeline/build/buildDefinitionId"], "7");
}

#[test]
fn a_fix_replaces_a_literal_by_its_variable_and_holds_no_secret() {
    let mut report = sample::report();
    let mut placed = |path: &str, before: &str, after: &str, variable: Option<&str>| {
        let mut place = report.findings[0].places[0].clone();
        let masked = report.findings[0].masked.as_str().to_owned();
        place.frame = vec![skelkey::finding::FrameLine {
            number: place.region.start_line,
            text: format!("{before}{masked}{after}"),
            mark: Some((before.len(), before.len() + masked.len())),
        }];
        place.path = path.to_owned();
        place.variable = variable.map(str::to_owned);
        place.region.start_column_utf16 = before.len() + 1;
        place.region.end_column_utf16 = before.len() + 47;
        report.findings[0].places = vec![place];
        let sarif = parsed(Format::Sarif, &report, &profile(SarifProfile::Full));
        let change = results(&sarif)[0]["fixes"][0]["artifactChanges"][0]["replacements"][0].clone();
        assert!(!change["deletedRegion"].to_string().contains("snippet"), "{change}");
        change["insertedContent"]["text"].as_str().map(|text| {
            let region = &change["deletedRegion"];
            (text.to_owned(), region["startColumn"].as_u64().unwrap(), region["endColumn"].as_u64().unwrap())
        })
    };
    let fix = |text: &str, from: u64, to: u64| Some((text.to_owned(), from, to));
    assert_eq!(placed("a.py", "key = \"", "\"", Some("key_id")), fix("os.environ[\"KEY_ID\"]", 7, 55));
    assert_eq!(placed("a.ts", "const k = '", "';", None), fix("process.env.NUGET_API_KEY", 11, 59));
    assert_eq!(placed("a.sh", "export K_E=", "", Some("K_E")), fix("\"${K_E:?}\"", 12, 58));
    assert_eq!(
        placed(".github/workflows/release.yml", "run: dotnet nuget push --api-key ", "", None),
        fix("${{ secrets.NUGET_API_KEY }}", 34, 80)
    );
    assert_eq!(placed("a.py", "url = \"https://x?k=", "\"", None), None, "a part of a literal");
    assert_eq!(placed("a.py", "key = b\"", "\"", None), None, "a literal of another type");
    assert_eq!(placed("notes.txt", "key = \"", "\"", None), None, "no language");
}

#[test]
fn run_times_are_written_only_without_a_given_now() {
    let options = Options { times: Some((sample::now(), sample::now())), ..Options::default() };
    let mut report = sample::report();
    assert!(!render(Format::Sarif, &report, &options).contains("startTimeUtc"));
    report.now_is_given = false;
    assert!(render(Format::Sarif, &report, &options).contains("startTimeUtc"));
}

#[test]
fn a_rule_set_that_knows_no_rule_still_gives_a_whole_log() {
    let text = render_with(Format::Sarif, &sample::report(), &RuleSet::default(), &Options::default());
    let sarif: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(schema_errors(&sarif_schema(), &sarif), Vec::<String>::new());
    for rule in sarif["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap() {
        for field in ["shortDescription", "fullDescription", "help"] {
            assert!(!rule[field]["text"].as_str().unwrap().is_empty(), "{field} of {}", rule["id"]);
        }
    }
}

/// Whether a parser of the format takes it.
fn well_formed(format: Format, out: &str) -> bool {
    match format {
        Format::Json | Format::Sarif | Format::Gitlab | Format::Codeclimate | Format::Rdjson => {
            serde_json::from_str::<Value>(out).is_ok()
        }
        Format::Jsonl => out.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()),
        Format::Junit => roxmltree::Document::parse(out).is_ok(),
        Format::Csv => csv::Reader::from_reader(out.as_bytes()).records().all(|row| row.is_ok()),
        Format::Github => out.lines().all(|line| line.starts_with("::") || line.contains("of which GitHub shows")),
        Format::Html => out.matches("</script>").count() == 1 && out.trim_end().ends_with("</html>"),
        Format::Human | Format::Markdown => true,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_a_repository_holds_no_format_fails_on_it(
        text in any::<String>(),
        mark in any::<Option<(usize, usize)>>(),
        numbers in prop::collection::vec(any::<usize>(), 4),
        width in any::<u8>(),
    ) {
        let mut report = sample::report();
        report.notes = vec![text.clone()];
        report.coverage.skips[0].path.clone_from(&text);
        for finding in &mut report.findings {
            finding.title.clone_from(&text);
            finding.rule.clone_from(&text);
            std::sync::Arc::make_mut(&mut finding.remedy).revoke = vec![text.clone()];
            finding.judgement.verdicts[..].iter_mut().for_each(|verdict| verdict.message.clone_from(&text));
            let place = &mut finding.places[0];
            (place.path, place.shown) = (text.clone(), text.clone());
            place.variable = Some(text.clone());
            (place.region.start_line, place.region.end_line) = (numbers[0], numbers[1]);
            (place.region.start_column_utf16, place.region.end_column_utf16) = (numbers[2], numbers[3]);
            place.frame[1].text.clone_from(&text);
            place.frame[1].mark = mark;
        }
        let options = Options { width: width.into(), color: width % 2 == 0, privacy: width % 3 == 0, ..Options::default() };
        for &format in Format::ALL {
            let out = render(format, &report, &options);
            let is_bad = |c: char| c != '\x1b' && !is_layout(format, c) && skelkey::report::escape::is_unsafe(c);
            prop_assert!(!out.contains(is_bad), "{}", format);
            prop_assert!(well_formed(format, &out), "{}", format);
        }
    }
}
