//! What readers get: one sample report through every format.
#![allow(clippy::unwrap_used, reason = "a helper of a test may fail it")]

#[path = "report/sample.rs"]
mod sample;

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::Value;
use skelkey::finding::Report;
use skelkey::report::{Format, Options, write};
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
fn human_places_and_next_command() {
    let short = render(Format::Human, &sample::report(), &Options::default());
    assert!(short.contains("and 2 more"));
    let all = render(Format::Human, &sample::report(), &Options { verbose: true, ..Options::default() });
    assert!(all.contains("old/6 [x](y).txt:7:3") && all.contains("uses: NuGet/login@v1"));
    let worst = &sample::report().findings[0];
    assert!(short.ends_with(&format!("next: skelkey rules show {}\n", worst.rule)));
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
    let mut broken = parsed(Format::Sarif, &sample::report(), &Options::default());
    broken["runs"][0]["results"][0]["guid"] = "not a guid".into();
    assert_eq!(schema_errors(&schema, &broken).len(), 1, "the schema must be able to refuse");
}

#[test]
fn json_holds_to_its_schema() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/schema/skelkey-report-v1.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for report in [sample::report(), sample::clean()] {
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

#[test]
fn sarif_caps_its_results_and_says_so() {
    let mut report = sample::report();
    let mut place = report.findings[4].places[0].clone();
    place.frame.clear();
    report.findings[4].places = vec![place; 25_001];
    let text = render(Format::Sarif, &report, &Options::default());
    assert_eq!(text.matches("\"primaryLocationLineHash\"").count(), 25_000);
    assert!(text.contains("12 results are left out"), "the cap is told");
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
            finding.remedy.revoke = vec![text.clone()];
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
