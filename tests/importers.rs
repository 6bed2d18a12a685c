//! Every importer: what it makes of its fixture, what it refuses, and that a leaked key is joined to its row.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may be blunt")]

mod support;

use std::fmt::Write as _;
use std::path::Path;

use skelkey::inventory::{Inventory, Mark, Record, read};
use skelkey::key::{Expiry, LastUse, Reported, State, Subjects};

const FIXTURES: &str = "fixtures/inventory";

fn fixture(name: &str) -> (String, Inventory) {
    let path = Path::new(FIXTURES).join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    let list = read(&path, text.as_bytes()).unwrap();
    (text, list)
}

fn fixtures() -> Vec<String> {
    let names = std::fs::read_dir(FIXTURES).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

fn summary(record: &Record) -> String {
    let facts = &record.facts;
    let text = |said: &Reported<String>| said.said().cloned().unwrap_or_else(|| "?".to_owned());
    let mut out = format!(
        "{}: {} {} `{}` of {}",
        record.line,
        text(&facts.kind),
        text(&facts.key_id),
        text(&facts.name),
        text(&facts.owner)
    );
    let created = facts.created.said().map_or_else(|| "?".to_owned(), ToString::to_string);
    let expires = match facts.expires.said() {
        None => "?".to_owned(),
        Some(Expiry::Never) => "never".to_owned(),
        Some(Expiry::At(at)) => at.to_string(),
    };
    let used = match facts.last_used.said() {
        None => "?".to_owned(),
        Some(LastUse::Never) => "never".to_owned(),
        Some(LastUse::At(at)) => at.to_string(),
    };
    let state = match facts.state {
        State::Active => "active",
        State::Inactive(_) => "dead",
        State::Unknown => "unknown",
    };
    write!(out, "\n    from {created} until {expires}, used {used}, {state}").unwrap();
    for grant in facts.grants.said().into_iter().flatten() {
        let actions: Vec<String> =
            grant.actions.iter().map(|action| format!("{} ({:?})", action.name, action.power)).collect();
        let subjects = match &grant.subjects {
            Subjects::Everything => "everything".to_owned(),
            Subjects::NotSaid => "?".to_owned(),
            Subjects::Named(names) => names.join(", "),
        };
        write!(out, "\n    {:?}: {} on {subjects}", grant.bound, actions.join(", ")).unwrap();
    }
    for one in facts.restrictions.said().into_iter().flatten() {
        write!(out, "\n    only {}={}", one.name, one.value).unwrap();
    }
    for (name, value) in &facts.details {
        write!(out, "\n    {name}: {value}").unwrap();
    }
    for mark in &record.marks {
        let mark = match mark {
            Mark::Sha256(hash) => format!("sha256 {:02x}{:02x}…", hash[0], hash[1]),
            Mark::Sha512(hash) => format!("sha512 {:02x}{:02x}…", hash[0], hash[1]),
            Mark::KeyId(id) => format!("id {id}"),
            Mark::Ends { prefix, suffix } => format!("ends {prefix}…{suffix}"),
            Mark::Hint { prefix, suffix } => format!("hint {prefix}…{suffix}"),
        };
        write!(out, "\n    {mark}").unwrap();
    }
    out
}

#[test]
fn every_fixture_says_what_its_issuer_means() {
    let mut all = String::new();
    for name in fixtures() {
        let (_, list) = fixture(&name);
        let issuers: Vec<&str> = list.issuers.iter().map(skelkey::issuer::Issuer::as_str).collect();
        let complete = if list.complete { "" } else { ", not complete" };
        writeln!(all, "== {name}: {} of {}{complete}", list.format, issuers.join(", ")).unwrap();
        list.records.iter().for_each(|record| writeln!(all, "{}", summary(record)).unwrap());
    }
    insta::assert_snapshot!("importers", all);
}

/// Leaked keys and the rows that they are joined to, through the public command. Every key is minted here.
mod leaks {
    use super::*;

    use data_encoding::{BASE64, HEXLOWER};
    use serde_json::Value;
    use sha2::{Digest, Sha256};
    use skelkey::inventory::{JoinOutcome, NearbyNames, join};
    use skelkey::issuer::Issuer;
    use skelkey::key::JoinStrength;
    use skelkey::rules::{self, Minter, RuleSet};
    use skelkey::secret::Secret;

    const NOW: &str = "2026-11-22T12:00:00Z";

    /// A fixture, a rule whose key leaks, what of the fixture is put in the key's terms, and how it is joined.
    #[derive(Clone, Copy)]
    struct Case {
        fixture: &'static str,
        rule: &'static str,
        /// What the key is minted by, where the rule's own template does not say what the list tells.
        mint: Option<&'static str>,
        /// A text of the fixture, and what the list of the key's owner has in its place.
        edit: (&'static str, fn(&str) -> String),
        /// A line beside the leak.
        beside: &'static str,
        /// The line of the row, and the words for how it was found.
        row: (usize, &'static str),
    }

    const fn by_mark(
        fixture: &'static str,
        rule: &'static str,
        edit: (&'static str, fn(&str) -> String),
        row: (usize, &'static str),
    ) -> Case {
        Case { fixture, rule, mint: None, edit, beside: "", row }
    }

    const fn by_name(fixture: &'static str, rule: &'static str, beside: &'static str, line: usize) -> Case {
        Case { fixture, rule, mint: None, edit: ("\u{0}", |_| String::new()), beside, row: (line, "joined by name") }
    }

    fn last(key: &str, count: usize) -> String {
        key[key.len() - count..].to_owned()
    }

    fn part(key: &str, separator: char, index: usize) -> String {
        key.split(separator).nth(index).unwrap().to_owned()
    }

    fn decoded(decoder: &str, key: &str) -> skelkey::key::KeyFacts {
        (skelkey::key::decoder(decoder).unwrap().decode)(key.as_bytes()).unwrap()
    }

    /// A key of another template than its rule's, for what only such a key tells.
    const fn minted(mint: &'static str, case: Case) -> Case {
        Case { mint: Some(mint), ..case }
    }

    const CASES: &[Case] = &[
        by_mark(
            "github-audit-log.jsonl",
            "github-personal-access-token",
            ("n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=", |key| BASE64.encode(&Sha256::digest(key))),
            (2, "joined by sha256"),
        ),
        by_mark(
            "github-credential-authorizations.json",
            "github-personal-access-token",
            ("71c3fc11", |key| last(key, 8)),
            (2, "joined by first and last characters"),
        ),
        by_mark(
            "algolia-keys.json",
            "algolia-admin-key",
            ("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", |key| {
                HEXLOWER.encode(&Sha256::digest(key))
            }),
            (3, "joined by sha256"),
        ),
        by_mark(
            "pypi-api-tokens.html",
            "pypi-api-token",
            ("3f8a2c11-1111-4222-8333-444455556666", |key| decoded("pypi", key).key_id.said().unwrap().clone()),
            (22, "joined by id"),
        ),
        by_mark(
            "aws-access-keys.json",
            "aws-access-key-id",
            ("AKIA0000EXAMPLE00001", str::to_owned),
            (3, "joined by id"),
        ),
        by_mark(
            "gcp-service-account-keys.json",
            "gcp-service-account-key",
            ("0000000000000000000000000000000000000001", |key| {
                decoded("gcp-service-account", key).key_id.said().unwrap().clone()
            }),
            (2, "joined by id"),
        ),
        by_mark(
            "sendgrid-keys.json",
            "sendgrid-api-key",
            ("Invented0000000000000A", |key| part(key, '.', 1)),
            (1, "joined by id"),
        ),
        by_mark(
            "tailscale-keys.json",
            "tailscale-key",
            ("kInventedCNTRL", |key| part(key, '-', 2)),
            (3, "joined by id"),
        ),
        by_mark(
            "slack-approved-apps.json",
            "slack-app-token",
            ("A0INVENTED1", |key| part(key, '-', 2)),
            (4, "joined by id"),
        ),
        by_mark(
            "vercel-tokens.json",
            "vercel-token",
            ("\"prefix\": \"vcp_Ab1\",\n      \"suffix\": \"9zYx\"", |key| {
                format!("\"prefix\": \"{}\", \"suffix\": \"{}\"", &key[..7], last(key, 4))
            }),
            (3, "joined by first and last characters"),
        ),
        by_mark(
            "openai-keys.json",
            "openai-api-key",
            ("Zq7x", |key| last(key, 4)),
            (4, "joined by a hint of a few characters"),
        ),
        by_mark(
            "anthropic-api-keys.json",
            "anthropic-api-key",
            ("sk-ant-api03-R2D...igAA", |key| format!("{}...{}", &key[..16], last(key, 4))),
            (3, "joined by a hint of a few characters"),
        ),
        by_mark("datadog-keys.json", "datadog-application-key", ("a1b2", |key| last(key, 4)), (3, "joined by a hint")),
        by_mark(
            "entra-credentials.json",
            "azure-client-secret",
            ("Zq4", |key| key[..3].to_owned()),
            (19, "joined by a hint"),
        ),
        minted(
            "{@jfrog-reference:expires=1893459723}",
            by_mark(
                "jfrog-tokens.json",
                "jfrog-reference-token",
                ("1893456000", |_| "1893459723".to_owned()),
                (3, "joined by the moment"),
            ),
        ),
        minted(
            "{@jwt:sub=jfac@01/users/ci,scp=applied-permissions/user,iss=jfac@01,jti=0aae2b6f-085d-493e-b7c3-670d7700c034}",
            by_mark(
                "jfrog-tokens.json",
                "jfrog-access-token",
                ("58ae2b6f-085d-493e-b7c3-670d7700c034", |_| "0aae2b6f-085d-493e-b7c3-670d7700c034".to_owned()),
                (3, "joined by id"),
            ),
        ),
        by_mark(
            "gitlab-access-tokens.json",
            "gitlab-access-token-routable",
            ("\u{0}", |_| String::new()),
            (2, "joined by owner"),
        ),
        by_name("github-fine-grained-tokens.json", "github-fine-grained-token", "contoso-nightly-mirror", 2),
        by_name("azure-devops-tokens.json", "azure-devops-personal-access-token", "gallery publisher of the theme", 4),
        by_name("gcp-api-keys.json", "gcp-api-key", "maps of the branch finder", 2),
        by_name("cloudflare-tokens.json", "cloudflare-api-token", "certificate renewals of the shop", 6),
        by_name("docker-hub-tokens.json", "docker-hub-personal-access-token", "image builder of the shop", 7),
        by_name(
            "docker-hub-organization-tokens.json",
            "docker-hub-organization-access-token",
            "pipeline of the warehouse",
            1,
        ),
        by_name("hugging-face-tokens.json", "hugging-face-user-token", "weights uploader", 1),
        by_name("okta-tokens.json", "okta-api-token", "directory export of payroll", 2),
        by_name("databricks-tokens.json", "databricks-access-token", "ingestion of till receipts", 2),
        by_name("snowflake-tokens.json", "snowflake-access-token", "LOADER_OF_ORDERS", 2),
        by_name("rubygems-api-keys.html", "rubygems-api-key", "gearbox release", 21),
        by_mark("datadog-api-keys.json", "datadog-api-key", ("e5f6", |key| last(key, 4)), (3, "joined by a hint")),
    ];

    /// Finds the row of a key, with nothing beside it.
    fn find(key: &str, issuer: &str, decoder: Option<&str>, lists: &[Inventory]) -> JoinOutcome {
        let facts = decoder.map(|decoder| decoded(decoder, key));
        let nearby = NearbyNames::default();
        join(&Secret::new(key.as_bytes()), &Issuer::new(issuer), facts.as_ref(), &nearby, lists, NOW.parse().unwrap())
    }

    fn listed(name: &str, from: &str, to: &str) -> Vec<Inventory> {
        vec![read(Path::new(name), fixture(name).0.replace(from, to).as_bytes()).unwrap()]
    }

    #[test]
    fn a_hint_that_two_rows_share_is_ambiguous_and_one_that_differs_excludes() {
        let key = format!("{}{}", "0".repeat(36), "c3d4");
        let two = listed("datadog-keys.json", "a1b2", "c3d4");
        let strength = JoinStrength::Hint;
        assert_eq!(
            find(&key, "datadog", None, &two),
            JoinOutcome::Ambiguous { candidates: vec![(0, 0), (0, 1)], more: 0, strength }
        );
        let one = listed("datadog-keys.json", "", "");
        assert_eq!(find(&key, "datadog", None, &one), JoinOutcome::Found { inventory: 0, record: 1, strength });
        let other = format!("{}{}", "0".repeat(36), "ffff");
        assert_eq!(find(&other, "datadog", None, &one), JoinOutcome::Shadow);
        // An API key is of another sort than the rows, so this list says nothing of it.
        assert_eq!(find(&"0".repeat(32), "datadog", None, &one), JoinOutcome::NoList);
    }

    #[test]
    fn a_hint_joins_but_never_says_that_a_key_is_dead() {
        let at = tempfile::tempdir().unwrap();
        let key = Minter::new(3).fill("{base62:3}8Q~{base62:31}").unwrap();
        let list = fixture("entra-credentials.json").0.replace("b.X", &key[..3]);
        support::write(at.path(), "list.json", list);
        support::write(at.path(), "repo/a.env", format!("AZURE_CLIENT_SECRET={key}\n"));
        let args =
            ["scan", "repo", "--isolated", "--now", NOW, "-f", "json", "--exit-zero", "--inventory", "list.json"];
        let report = support::json(&support::skelkey(at.path(), &args));
        let finding = &report["findings"][0];
        assert!(finding["join"].as_str().unwrap().contains("agree now and then by chance"), "{}", finding["join"]);
        assert_eq!(finding["judgement"]["state"]["is"], "unknown", "the row ended in January, but may be another's");
    }

    #[test]
    fn a_token_of_another_owner_is_none_of_the_rows() {
        let mut minter = Minter::new(5);
        let lists = listed("gitlab-access-tokens.json", "", "");
        let own = minter.fill("{@gitlab-routable:prefix=glpat-;o=1;u=1337}").unwrap();
        let strength = JoinStrength::Owner;
        let found = JoinOutcome::Found { inventory: 0, record: 0, strength };
        assert_eq!(find(&own, "gitlab", Some("gitlab"), &lists), found);
        let foreign = minter.fill("{@gitlab-routable:prefix=glpat-;o=1;u=4}").unwrap();
        assert_eq!(find(&foreign, "gitlab", Some("gitlab"), &lists), JoinOutcome::Shadow);
        let two = listed("gitlab-access-tokens.json", "\"revoked\": true", "\"revoked\": false");
        let two = vec![Inventory {
            records: two[0].records.iter().cloned().map(of_1337).collect(),
            ..listed("gitlab-access-tokens.json", "", "").remove(0)
        }];
        assert_eq!(
            find(&own, "gitlab", Some("gitlab"), &two),
            JoinOutcome::Ambiguous { candidates: vec![(0, 0), (0, 1)], more: 0, strength }
        );
    }

    fn of_1337(mut record: Record) -> Record {
        record.facts.details.insert("user-id".to_owned(), "1337".to_owned());
        record.facts.expires = Reported::Said(Expiry::Never);
        record.facts.state = State::Active;
        record
    }

    #[test]
    fn what_a_list_never_holds_is_not_missing_from_it() {
        let mut minter = Minter::new(9);
        for (fixture, issuer, template, decoder) in [
            ("aws-access-keys.json", "aws", "ASIA{base32:16}", Some("aws-access-key-id")),
            ("vercel-tokens.json", "vercel", "vck_{base62:56}", None),
            ("anthropic-api-keys.json", "anthropic", "sk-ant-admin01-{base62:93}AA", None),
            ("entra-credentials.json", "azure", "{base64:76}+ASt{base64:6}==", None),
            ("docker-hub-tokens.json", "docker-hub", "dckr_oat_{base64url:32}", Some("docker-hub")),
            ("openai-keys.json", "openai", "sk-admin-{base62:58}T3BlbkFJ{base62:58}", None),
            ("gcp-api-keys.json", "gcp", "ya29.{base62:160}", None),
        ] {
            let key = minter.fill(template).unwrap();
            assert_eq!(find(&key, issuer, decoder, &listed(fixture, "", "")), JoinOutcome::NoList, "{fixture}");
        }
        // An audit log and a list of apps exclude nothing.
        let key = minter.fill("ghp_{base62:36}").unwrap();
        let strength = JoinStrength::Elimination;
        let none = JoinOutcome::Ambiguous { candidates: Vec::new(), more: 0, strength };
        assert_eq!(find(&key, "github", None, &listed("github-audit-log.jsonl", "", "")), none);
    }

    #[test]
    fn a_credential_report_beside_the_list_of_keys_is_taken_as_the_same_key() {
        let at = tempfile::tempdir().unwrap();
        let key = Minter::new(11).fill("AKIA{base32:16}").unwrap();
        let report = fixture("aws-credential-report.csv")
            .0
            .replace("warehouse-sync", "backup")
            .replace(",false,2022-02-01T09:00:00+00:00", ",false,N/A");
        support::write(at.path(), "report.csv", report);
        support::write(at.path(), "keys.json", fixture("aws-access-keys.json").0.replace("AKIA0000EXAMPLE00003", &key));
        support::write(at.path(), "repo/a.txt", format!("aws_access_key_id = {key}\n"));
        let lists = ["--inventory", "report.csv", "--inventory", "keys.json"];
        let args = [&["scan", "repo", "--isolated", "--now", NOW, "-f", "json", "--exit-zero"][..], &lists].concat();
        let report = support::json(&support::skelkey(at.path(), &args));
        let dossier = report["findings"][0]["dossier"].as_array().unwrap();
        let joins: Vec<(&str, &str)> = dossier
            .iter()
            .filter_map(|one| Some((one["evidence"]["file"].as_str()?, one["evidence"]["join"].as_str()?)))
            .collect();
        assert_eq!(joins, [("keys.json", "id"), ("report.csv", "name")]);
    }

    #[test]
    fn every_sort_of_join_is_made_by_a_scan() {
        let at = tempfile::tempdir().unwrap();
        let rules: RuleSet = rules::load(&[]).unwrap();
        let mut minter = Minter::new(7);
        let mut args: Vec<String> =
            ["scan", "repo", "--isolated", "--now", NOW, "-f", "json", "--exit-zero"].map(str::to_owned).to_vec();
        for (index, case) in CASES.iter().enumerate() {
            let rule = rules.rules.iter().find(|rule| rule.id == case.rule).unwrap_or_else(|| panic!("{}", case.rule));
            let sample = minter.example(&rules, rule, &rule.examples[0]).unwrap();
            let span = sample.spans.first().unwrap();
            let own = case.mint.map(|template| minter.fill(template).unwrap());
            let key = own.as_deref().unwrap_or(&sample.text[span.start..span.end]);
            let text = own.as_ref().map_or(sample.text.clone(), |key| format!("ARTIFACTORY_TOKEN={key}"));
            let list = fixture(case.fixture).0.replace(case.edit.0, &(case.edit.1)(key));
            let name = format!("{index}-{}", case.fixture);
            support::write(at.path(), &name, list);
            support::write(at.path(), &format!("repo/{index}/notes.txt"), format!("{}\n{text}\n", case.beside));
            args.extend(["--inventory".to_owned(), name]);
        }
        let run = support::skelkey(at.path(), &args.iter().map(String::as_str).collect::<Vec<_>>());
        let report = support::json(&run);
        let findings = report["findings"].as_array().unwrap();
        let mut wrong = String::new();
        for (index, case) in CASES.iter().enumerate() {
            let path = format!("{index}/notes.txt");
            let here = |finding: &&Value| finding["places"][0]["path"] == path && finding["rule"] == case.rule;
            let joins: Vec<&str> =
                findings.iter().filter(here).map(|finding| finding["join"].as_str().unwrap_or("no join")).collect();
            let file = format!("{index}-{}:{}", case.fixture, case.row.0);
            let fits = |join: &&str| join.contains(case.row.1) && join.contains(&file);
            if !matches!(joins.as_slice(), [join] if fits(join)) {
                writeln!(wrong, "{} with {}: {joins:?}", case.rule, case.fixture).unwrap();
            }
        }
        assert!(wrong.is_empty(), "{wrong}{}", run.err);
        // No list contradicts a key that it is joined to. Two are said to, by this test alone: the JFrog list is here
        // twice, a row changed in each, so one row of one name ends at two moments.
        let contradicted: Vec<&Value> =
            findings.iter().filter(|one| one["conflicts"].as_array().is_some_and(|all| !all.is_empty())).collect();
        let rules: Vec<&str> = contradicted.iter().map(|one| one["rule"].as_str().unwrap()).collect();
        assert_eq!(rules, ["jfrog-access-token", "jfrog-reference-token"], "{contradicted:#?}");
    }

    #[test]
    fn the_secret_of_an_aws_key_is_joined_by_the_id_beside_it() {
        let at = tempfile::tempdir().unwrap();
        let mut minter = Minter::new(13);
        let (id, secret) = (minter.fill("AKIA{base32:16}").unwrap(), minter.fill("{base62:40}").unwrap());
        support::write(at.path(), "keys.json", fixture("aws-access-keys.json").0.replace("AKIA0000EXAMPLE00001", &id));
        let text = format!("AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\n");
        support::write(at.path(), "repo/x.env", text);
        let args =
            ["scan", "repo", "--isolated", "--now", NOW, "-f", "json", "--exit-zero", "--inventory", "keys.json"];
        let report = support::json(&support::skelkey(at.path(), &args));
        let secrets =
            report["findings"].as_array().unwrap().iter().filter(|one| one["rule"] == "aws-secret-access-key");
        let joins: Vec<&str> = secrets.map(|one| one["join"].as_str().unwrap()).collect();
        assert_eq!(joins, ["it is `warehouse-sync` (keys.json:3), joined by id"]);
    }

    #[test]
    fn an_identifier_is_proof_even_of_a_token_that_its_owner_narrowed() {
        let key = Minter::new(17).fill("{@pypi:projects=a;exp=1893456000}").unwrap();
        let id = decoded("pypi", &key).key_id.said().unwrap().clone();
        let page = |to: &str| listed("pypi-api-tokens.html", "3f8a2c11-1111-4222-8333-444455556666", to);
        let found = JoinOutcome::Found { inventory: 0, record: 0, strength: JoinStrength::Id };
        assert_eq!(find(&key, "pypi", Some("pypi"), &page(&id)), found);
        // With an end and on no row it is trusted publishing's, of which the page lists none.
        let other = page("3f8a2c11-1111-4222-8333-444455556666");
        assert_eq!(find(&key, "pypi", Some("pypi"), &other), JoinOutcome::NoList);
        let plain = Minter::new(17).fill("{@pypi}").unwrap();
        assert_eq!(find(&plain, "pypi", Some("pypi"), &other), JoinOutcome::Shadow);
    }
}

/// One export, in every form in which people really keep it.
mod forms {
    use super::*;

    fn records(text: &str) -> (usize, bool) {
        let list = read(Path::new("list.json"), text.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{text}"));
        (list.records.len(), list.complete)
    }

    #[test]
    fn pages_streams_lines_and_nests_are_one_list() {
        let row = |id: usize| format!(r#"{{"token_id":"{id}","creation_time":1780000000000,"comment":"c{id}"}}"#);
        let (a, b, c) = (row(1), row(2), row(3));
        for text in [
            format!("[{a},{b},{c}]"),
            format!("[{a},{b}][{c}]"),
            format!("[{a},{b}]\n\n[{c}]\n[]\n"),
            format!("[[{a},{b}],[{c}]]"),
            format!("{a}\n{b}\n{c}\n"),
            format!("{a} {b} {c}"),
            format!("{{\"token_infos\":[{a},{b},{c}]}}"),
            format!("{{\"token_infos\":[{a},{b}],\"next_page_token\":\"x\"}}{{\"token_infos\":[{c}]}}"),
            format!("[{{\"token_infos\":[{a},{b}]}},{{\"token_infos\":[{c}]}}]"),
            format!("\u{feff}[\r\n{a},\r\n{b},\r\n{c}]\r\n"),
        ] {
            assert_eq!(records(&text), (3, true), "{text}");
        }
        assert_eq!(records(&a), (1, true), "one row alone");
    }

    /// List with accounts behind its keys, the account that is gone, and what it is.
    const GONE: &[(&str, &str, &str)] = &[
        ("gitlab-access-tokens-and-users.json", "anna.former", "blocked"),
        ("okta-tokens-and-users.json", "anna.former@contoso.example", "suspended"),
        ("databricks-tokens-and-users.json", "anna.former@contoso.example", "deactivated"),
        ("snowflake-tokens-and-users.json", "ANNA_FORMER", "disabled"),
        ("datadog-keys-and-users.json", "anna.former@contoso.example", "disabled"),
        ("tailscale-keys-and-users.json", "anna.former@contoso.example", "suspended"),
        ("jfrog-tokens-and-users.json", "anna.former", "disabled"),
        ("gcp-service-account-keys-and-accounts.json", "old-batch@contoso-prod.iam.gserviceaccount.com", "disabled"),
        ("entra-service-principals.json", "Contoso archive reader", "disabled"),
    ];

    #[test]
    fn a_key_whose_owner_is_gone_is_told_wherever_the_issuer_says_so() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        for (name, owner, state) in GONE {
            let path = format!("{FIXTURES}/{name}");
            let args =
                ["keys", "audit", "--isolated", "--now", "2026-11-22T12:00:00Z", "-f", "json", "--inventory", &path];
            let report = support::json(&support::skelkey(root, &args));
            let gone = format!("It acts for `{owner}`, which is {state}.");
            let verdicts = report["findings"].to_string();
            assert_eq!(
                verdicts.matches("\"id\":\"SK2020\"").count(),
                1,
                "{name}: one key, and none of who is there: {verdicts}"
            );
            assert!(verdicts.contains(&gone), "{name}: {gone}");
        }
        let there = fixture("gitlab-access-tokens-and-users.json").1;
        assert_eq!(there.records[1].facts.owner, Reported::Said("ben".to_owned()), "an account gives a key its name");
    }

    #[test]
    fn accounts_behind_a_page_do_not_make_it_the_last() {
        let row = |id: usize| format!(r#"{{"id":{id},"name":"n{id}","revoked":false,"scopes":[],"expires_at":null}}"#);
        let rows = |count: usize| format!("[{}]", (0..count).map(row).collect::<Vec<_>>().join(","));
        let users = r#"[{"id":1,"username":"a","state":"active"}]"#;
        assert_eq!(records(&format!("{}{users}", rows(100))), (100, false));
        assert_eq!(records(&format!("{}{users}", rows(99))), (99, true));
        let keys = fixture("tailscale-keys-and-users.json").0;
        assert!(records(&keys.replace("\"users\": [", "\"next\": null, \"users\": [")).1);
    }

    #[test]
    fn a_page_that_is_not_the_last_excludes_nothing() {
        let anthropic = fixture("anthropic-api-keys.json").0;
        let okta = fixture("okta-tokens.json").0;
        let docker = fixture("docker-hub-tokens.json").0;
        let datadog = fixture("datadog-keys.json").0;
        let cloudflare = fixture("cloudflare-tokens.json").0;
        for (text, complete) in [
            (anthropic.clone(), true),
            (anthropic.replace("\"has_more\": false", "\"has_more\": true"), false),
            (okta, true),
            (docker.replace("\"next\": null", "\"next\": \"https://hub.docker.com/v2/access-tokens?page=2\""), false),
            (docker.replace("\"count\": 2,", "\"count\": 5,"), false),
            (datadog.replace("\"total_filtered_count\": 2", "\"total_filtered_count\": 3"), false),
            (cloudflare.replace("\"total_pages\": 1", "\"total_pages\": 2"), false),
        ] {
            assert_eq!(records(&text).1, complete, "{text}");
        }
        let row = |id: usize| format!(r#"{{"id":{id},"name":"n{id}","revoked":false,"scopes":[],"expires_at":null}}"#);
        let rows = |count: usize| format!("[{}]", (0..count).map(row).collect::<Vec<_>>().join(","));
        assert_eq!(records(&rows(100)), (100, false));
        assert_eq!(records(&format!("{}[]", rows(100))), (100, true), "a second page that is empty");
    }

    #[test]
    fn a_list_of_many_keys_of_one_name_is_read_and_joined() {
        use skelkey::inventory::{JoinOutcome, Lists, Names, NearbyNames};
        let row =
            |id: usize| format!(r#"{{"token_id":"{id}","creation_time":1780000000000,"comment":"till receipts"}}"#);
        let rows: Vec<String> = (0..10_000).map(row).collect();
        let lists = [
            read(Path::new("a.json"), format!("[{}]", rows.join(",")).as_bytes()).unwrap(),
            read(Path::new("b.json"), rows.join("\n").as_bytes()).unwrap(),
        ];
        let names = Names::of(&lists);
        let ready = Lists::of(&lists);
        let issuer = skelkey::issuer::Issuer::new("databricks");
        let key = skelkey::secret::Secret::new(b"dapi");
        for text in [&b"till receipts: KEY"[..], b"KEY"] {
            let nearby = names.near(text, skelkey::location::Span::new(0, 0), None);
            let outcome = ready.join(&key, &issuer, None, &nearby, "2026-11-22T12:00:00Z".parse().unwrap());
            let JoinOutcome::Ambiguous { candidates, more, .. } = outcome else { panic!("one of twenty thousand") };
            assert_eq!(candidates.len() + more, 20_000);
        }
        assert_eq!(NearbyNames::default(), names.near(b"receipts", skelkey::location::Span::new(0, 0), None));
    }
}

/// What is wrong with a list is said with its file and line, and no value that could be a key is repeated.
mod mistakes {
    use super::*;

    fn error(name: &str, text: &str) -> String {
        read(Path::new(name), text.as_bytes()).unwrap_err().to_string()
    }

    /// Fixture, a text in it, what stands there instead, and what is said.
    const MISTAKES: &[(&str, &str, &str, &str)] = &[
        (
            "nuget-api-keys.html",
            "\"HasExpired\":false,\"IsNonScopedApiKey\":true",
            "\"IsNonScopedApiKey\":true",
            "record 5: field `HasExpired` is missing",
        ),
        (
            "npm-token-list.json",
            "\"readonly\": false",
            "\"readonly\": \"no\"",
            ":37: record 3: field `readonly`: is neither",
        ),
        ("npm-token-list.json", "\"cidr\": [\"192.0.2.0/24\"]", "\"cidr\": 5", ":10: record 1: field `cidr"),
        (
            "crates-io-tokens.json",
            "2026-09-01T10:00:00.123456Z",
            "soon",
            ":6: record 1: field `created_at`: \"soon\" is not a date",
        ),
        ("crates-io-tokens.json", "\"name\": \"laptop of old\",", "", "record 2: field `name` is missing"),
        (
            "gitlab-deploy-tokens.json",
            "\"scopes\": [\"write_registry\"",
            "\"scopes\": [5",
            ":3: record 2: field `scopes`",
        ),
        ("skelkey.json", "\"issuer\": \"nuget\",", "", ":5: record 1: field `issuer` is missing"),
        ("skelkey.csv", "Crane,jfrog", "Crane,", ":4: record 3: field `issuer` is missing"),
        ("algolia-keys.json", "1780000000,", "\"soon\",", ":5: record 1: field `createdAt`: \"soon\" is not a date"),
        ("algolia-keys.json", "9f86d081", "9f86", ":4: record 1: field number 1: is not a hash: 64 hexadecimal digits"),
        ("anthropic-api-keys.json", "\"status\": \"active\"", "\"status\": 5", "field `status`: is not text"),
        ("anthropic-api-keys.json", "000000000001\",", "000000000000\",", ":14: record 2: has the same id as record 1"),
        ("aws-access-keys.json", "\"Status\": \"Active\",", "", ":3: record 1: field `Status` is missing"),
        ("aws-access-keys.json", "EXAMPLE00002", "EXAMPLE00001", ":9: record 2: has the same id as record 1"),
        ("aws-credential-report.csv", "mfa_active", "mfa", ":1: column 8: `mfa` is not a column that is known here"),
        ("aws-credential-report.csv", ",mfa_active", "", ":2: record 1: has 22 values for 21 columns"),
        (
            "aws-credential-report.csv",
            "true,2024-02-01",
            "yes,2024-02-01",
            ":3: record 2: field number 9: \"yes\" is none of true, false",
        ),
        (
            "azure-devops-tokens.json",
            "\"2027-03-23T04:04:38.5233333Z\"",
            "[]",
            ":6: record 1: field `validTo`: it is not a date",
        ),
        (
            "cloudflare-tokens.json",
            "\"policies\": [",
            "\"policies\": 5, \"x\": [",
            "field `policies`: is not a list of objects",
        ),
        (
            "databricks-tokens.json",
            "\"token_id\": \"00",
            "\"token_id\": {}, \"x\": \"00",
            ":10: record 1: field `token_id`: is neither text nor a whole number",
        ),
        (
            "datadog-keys.json",
            "\"application_keys\",\n      \"attributes\": { \"name\": \"reader\"",
            "\"users\",\n      \"attributes\": { \"name\": \"reader\"",
            ":11: record 2: field `type`: \"users\" is none of api_keys, application_keys",
        ),
        (
            "docker-hub-tokens.json",
            "\"is_active\": true,",
            "\"is_active\": \"yes\",",
            "field `is_active`: is neither true nor false",
        ),
        ("entra-credentials.json", "\"keyId\": \"3d0a11d0", "\"x\": \"3d0a11d0", "record 1: field `keyId` is missing"),
        ("entra-credentials.json", "3d0a11d0-cccc-4ddd-8eee", "2c0a11d0-bbbb-4ccc-8ddd", "has the same id as record 1"),
        (
            "gcp-api-keys.json",
            "2019-05-29T22:07:22.036Z",
            "never",
            ":3: record 1: field `createTime`: \"never\" is not a date",
        ),
        (
            "gcp-service-account-keys.json",
            "/keys/0000000000000000000000000000000000000001",
            "",
            ":6: record 1: field `name`: is not the name of a service account's key",
        ),
        (
            "github-audit-log.jsonl",
            "n4bQgYhMfWWaL",
            "n4bQ",
            ":2: record 2: field `hashed_token`: is not a SHA-256 in base64",
        ),
        ("github-credential-authorizations.json", "\"repo\", ", "7, ", "field `scopes`: is not a list of texts"),
        (
            "github-fine-grained-tokens.json",
            "\"all\"",
            "\"some\"",
            ":5: record 1: field `repository_selection`: \"some\" is none of none, all, subset",
        ),
        (
            "hugging-face-tokens.json",
            "\"accessToken\": {\n",
            "\"other\": {\n",
            "record 1: field `auth`: has no `accessToken`",
        ),
        ("jfrog-tokens.json", "1893456000", "\"x\"", ":7: record 1: field `expiry`: \"x\" is not a date"),
        ("okta-tokens.json", "\"name\": \"siem\",", "", ":14: record 2: field `name` is missing"),
        ("openai-keys.json", "sk-abc...def", "sk-abcdef", ":16: record 2: field `redacted_value`: is not redacted"),
        (
            "pypi-api-tokens.html",
            "2026-03-02T10:11:12+0000",
            "yesterday",
            ":22: record 1: when it was created is not a date",
        ),
        ("pypi-api-tokens.html", "--3f8a2c11-1111-4222-8333-444455556667", "", ":51: record 2: has fewer columns"),
        (
            "rubygems-api-keys.html",
            "2027-01-31 00:00 UTC",
            "soon",
            ":21: record 1: the column \"expiration\" is not a date",
        ),
        (
            "rubygems-api-keys.html",
            "data-title=\"Scopes\"",
            "data-title=\"Bereiche\"",
            ":21: record 1: has no column \"scopes\"",
        ),
        ("sendgrid-keys.json", "0B\"", "0A\"", ":1: record 2: has the same id as record 1"),
        ("slack-approved-apps.json", "\"id\": \"A0INVENTED1\",", "", "record 1: field `app.id` is missing"),
        ("snowflake-tokens.csv", "comment", "komment", ":1: column 6: `komment` is not a column that is known here"),
        (
            "snowflake-tokens.json",
            "2027-05-01T10:00:00.123000-07:00",
            "later",
            "field `expires_at`: \"later\" is not a date",
        ),
        ("tailscale-keys.json", "\"reusable\": true", "\"reusable\": 1", "is neither true nor false"),
        (
            "vercel-tokens.json",
            "\"createdAt\": 1790000000000,\n      \"activeAt\"",
            "\"createdAt\": -5,\n      \"activeAt\"",
            "field `createdAt`: it is not a date",
        ),
    ];

    #[test]
    fn every_importer_says_what_is_wrong_and_where() {
        let mut wrong = String::new();
        for (name, from, to, said) in MISTAKES {
            let text = fixture(name).0;
            assert!(text.contains(from), "{name} has no {from}");
            match read(Path::new(name), text.replace(from, to).as_bytes()) {
                Ok(list) => writeln!(wrong, "{name}: {} records, wanted: {said}", list.records.len()).unwrap(),
                Err(error) if error.to_string().contains(said) && error.to_string().starts_with(name) => {}
                Err(error) => writeln!(wrong, "wanted: {said}\n   got: {error}").unwrap(),
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
        let covered: Vec<&str> = MISTAKES.iter().map(|(name, ..)| fixture(name).1.format).collect();
        for (format, _) in skelkey::inventory::formats() {
            assert!(covered.contains(&format), "no mistake in a list of {format} is looked for");
        }
    }

    #[test]
    fn every_list_that_is_cut_off_is_refused_or_said_to_be_shorter() {
        for name in fixtures() {
            let (text, whole) = fixture(&name);
            let cut = text.trim_end().len() - 2;
            let Ok(list) = read(Path::new(&name), &text.as_bytes()[..cut]) else { continue };
            let ending = name.rsplit('.').next();
            assert!(matches!(ending, Some("csv" | "html")), "{name}");
            assert!(list.records.len() <= whole.records.len(), "{name}");
        }
    }

    #[test]
    fn what_is_no_list_is_told_for_what_it_is() {
        for (text, said) in [
            ("[]", "an empty JSON list does not tell whose it is"),
            ("[]\n[]", "an empty JSON list does not tell whose it is"),
            ("{\"keys\": []}", "an empty JSON list does not tell whose it is"),
            ("{\"data\": [], \"has_more\": false}", "an empty JSON list does not tell whose it is"),
            ("{\"message\": \"Bad credentials\", \"status\": \"401\"}", "says what went wrong"),
            ("{\"Content\": \"dXNlcg==\", \"ReportFormat\": \"text/csv\"}", "base64 -d"),
            ("[{\"id\": 1}]\n[{\"id\": ", "2: is not valid JSON: it ends too early"),
        ] {
            let message = error("list.json", text);
            assert!(message.contains(said), "{text}: {message}");
        }
        let wide: Vec<String> = (0..1001).map(|n| format!("\"f{n}\": 1")).collect();
        let row = format!("[{{\"token_id\": \"a\", \"creation_time\": 1, {}}}]", wide.join(", "));
        assert!(error("list.json", &row).contains("has 1003 fields"));
    }

    fn is_of(name: &str, ending: &str) -> bool {
        Path::new(name).extension().is_some_and(|own| own == ending)
    }

    /// The JSON values of a text, one after the other.
    fn values(text: &str) -> Vec<serde_json::Value> {
        serde_json::Deserializer::from_str(text).into_iter().map(Result::unwrap).collect()
    }

    /// The paths of everything that is no collection.
    fn leaves(value: &serde_json::Value, at: &str, found: &mut Vec<String>) {
        match value {
            serde_json::Value::Array(list) => {
                list.iter().enumerate().for_each(|(index, item)| leaves(item, &format!("{at}/{index}"), found));
            }
            serde_json::Value::Object(fields) => fields.iter().for_each(|(name, item)| {
                leaves(item, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found);
            }),
            _ => found.push(at.to_owned()),
        }
    }

    fn take_out(whole: &mut serde_json::Value, place: &str) {
        let (parent, name) = place.rsplit_once('/').unwrap();
        match whole.pointer_mut(parent).unwrap() {
            serde_json::Value::Array(list) => drop(list.remove(name.parse().unwrap())),
            serde_json::Value::Object(fields) => drop(fields.remove(&name.replace("~1", "/").replace("~0", "~"))),
            other => panic!("{place} is in {other}"),
        }
    }

    /// A list with another value, or with none, at each of its places in turn: the place, and the text.
    fn changed(name: &str, text: &str, instead: Option<&serde_json::Value>) -> Vec<(String, String)> {
        if is_of(name, "csv") {
            let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
            let cell = instead.map_or_else(String::new, |value| {
                value.as_str().map_or_else(|| "[1]".to_owned(), |text| text.replace(['\n', '\r', '"', ','], " "))
            });
            let places =
                lines.iter().enumerate().skip(1).flat_map(|(line, cells)| (0..cells.len()).map(move |at| (line, at)));
            let with = |(line, at): (usize, usize)| {
                let mut lines = lines.clone();
                lines[line][at] = &cell;
                let text: Vec<String> = lines.iter().map(|cells| cells.join(",")).collect();
                (format!("{line}:{at}"), text.join("\n"))
            };
            return places.map(with).collect();
        }
        let whole = values(text);
        let mut places = Vec::new();
        whole.iter().enumerate().for_each(|(document, value)| {
            let mut found = Vec::new();
            leaves(value, "", &mut found);
            places.extend(found.into_iter().map(|place| (document, place)));
        });
        let with = |(document, place): (usize, String)| {
            let mut whole = whole.clone();
            match instead {
                Some(value) => *whole[document].pointer_mut(&place).unwrap() = value.clone(),
                None => take_out(&mut whole[document], &place),
            }
            let text: Vec<String> = whole.iter().map(ToString::to_string).collect();
            (place, text.join("\n"))
        };
        places.into_iter().map(with).collect()
    }

    fn tables() -> impl Iterator<Item = String> {
        fixtures().into_iter().filter(|name| !is_of(name, "html"))
    }

    /// Each field of each list in turn left out, or with a value that no issuer sends: the list is refused by its name and
    /// line, or it is read with all its other rows.
    #[test]
    fn a_field_of_another_sort_or_none_is_refused_by_its_place_or_loses_no_other_row() {
        let mut refused = std::collections::BTreeSet::new();
        let values = ["{\"a\": [1]}", "\"\\u001b[31m\u{202e}<script>\\u0000\"", "\"\"", "null", "-1"];
        let values = values.map(|text| serde_json::from_str::<serde_json::Value>(text).unwrap());
        for name in tables() {
            let (text, whole) = fixture(&name);
            for instead in values.iter().map(Some).chain([None]) {
                for (place, text) in changed(&name, &text, instead) {
                    match read(Path::new(&name), text.as_bytes()) {
                        // A slot of a report without a key, and an event that is about no token, are no rows.
                        Ok(list) if place == "2:14" || place == "/hashed_token" => {
                            assert!(list.records.len() + 1 >= whole.records.len(), "{name} {place}");
                        }
                        // Keys of the issuer's own are no rows; one of a kind that is not known may be its owner's.
                        Ok(list) if place == "/2/keyType" => {
                            assert!(list.records.len() >= whole.records.len(), "{name} {place}");
                        }
                        Ok(list) => assert_eq!(list.records.len(), whole.records.len(), "{name} {place}"),
                        Err(error) => {
                            let message = error.to_string();
                            let at = message.strip_prefix(&format!("{name}:")).unwrap_or_default();
                            let is_placed = at.split_once(':').is_some_and(|(line, _)| line.parse::<usize>().is_ok());
                            assert!(is_placed, "{name} {place}: {message}");
                            let hostile = ['\u{1b}', '\u{202e}', '\u{0}'];
                            assert!(!message.contains(hostile), "{name} {place}: {message:?}");
                            refused.insert(name.clone());
                        }
                    }
                }
            }
        }
        let all: Vec<String> = tables().collect();
        assert_eq!(refused.into_iter().collect::<Vec<_>>(), all, "of every list some field is looked at");
    }

    /// A key in any field of any list: it is refused without repeating it, or nothing of it is kept.
    #[test]
    fn a_key_in_any_field_of_a_list_is_kept_nowhere() {
        let secret = "R9k2Vx7Qm4Zt1Lw8Pn3Bc6Hd5Jf0Gs9Y";
        let key = format!("{}{}{}", "gl", "pat-", &secret[..20]);
        let mut kept = String::new();
        for name in tables() {
            let (text, _) = fixture(&name);
            for (place, text) in changed(&name, &text, Some(&serde_json::json!(key))) {
                let told = match read(Path::new(&name), text.as_bytes()) {
                    Ok(list) => format!("{:?} {:?}", list.records, list.notes),
                    Err(error) => format!("{error} {error:?}"),
                };
                if told.contains(&secret[..12]) {
                    writeln!(kept, "{name} {place}").unwrap();
                }
            }
        }
        assert!(kept.is_empty(), "kept or told:\n{kept}");
    }

    /// The same for saved pages: a key in any text between two tags, or in any text of the script's.
    #[test]
    fn a_key_in_any_text_of_a_page_is_kept_nowhere() {
        let body = "R9k2Vx7Qm4Zt1Lw8Pn3Bc6Hd5Jf0Gs9Y";
        let key = format!("{}{}{}", "gl", "pat-", &body[..20]);
        let mut looked = 0;
        for name in fixtures().into_iter().filter(|name| is_of(name, "html")) {
            let (text, _) = fixture(&name);
            let ends = |marks: &'static str| text.match_indices(marks).map(|(at, _)| at);
            let quoted = text.match_indices("\":\"").map(|(at, _)| at + 3);
            for at in ends("</td>").chain(ends("</th>")).chain(ends("</span>")).chain(ends("</h1>")).chain(quoted) {
                looked += 1;
                let text = format!("{} {key} {}", &text[..at], &text[at..]);
                let told = match read(Path::new(&name), text.as_bytes()) {
                    Ok(list) => format!("{:?} {:?}", list.records, list.notes),
                    Err(error) => format!("{error} {error:?}"),
                };
                assert!(!told.contains(&body[..12]), "{name} at {at}");
            }
        }
        assert!(looked > 60, "{looked}");
    }

    /// Through the commands: a list with a key in it is refused, and no output of any command shows the key.
    #[test]
    fn no_command_shows_a_key_of_a_list() {
        let at = tempfile::tempdir().unwrap();
        support::write(at.path(), "repo/a.txt", "nothing\n");
        let body = "R9k2Vx7Qm4Zt1Lw8Pn3Bc6Hd5Jf0Gs9Y";
        let key = format!("{}{}{}", "gl", "pat-", &body[..20]);
        let scan = ["scan", "repo", "--isolated", "-f", "json", "-o", "scan.json"];
        assert_eq!(support::skelkey(at.path(), &scan).code, 0);
        for name in tables() {
            let (text, _) = fixture(&name);
            // The first place where a key is refused.
            let refused = changed(&name, &text, Some(&serde_json::json!(key)))
                .into_iter()
                .find(|(_, text)| read(Path::new(&name), text.as_bytes()).is_err());
            let (place, text) = refused.unwrap_or_else(|| panic!("{name} takes a key anywhere"));
            support::write(at.path(), &name, &text);
            for command in [
                &["scan", "repo"][..],
                &["keys", "audit"],
                &["keys", "forecast", "repo"],
                &["keys", "reconcile", "scan.json"],
                &["recheck", "scan.json", "repo"],
            ] {
                let args = [command, &["--isolated", "--inventory", &name]].concat();
                let run = support::skelkey(at.path(), &args);
                assert_eq!(run.code, 2, "{name} {place} {command:?}: {}", run.err);
                assert!(run.err.contains(&name), "{name} {place} {command:?}: {}", run.err);
                assert!(!format!("{}{}", run.out, run.err).contains(&body[..12]), "{name} {place} {command:?}");
            }
        }
    }

    /// Where an answer to another call of the same issuer has the key.
    const SECRETS: &[(&str, &str, &str)] = &[
        ("algolia-keys.json", "\"acl\"", "value"),
        ("anthropic-api-keys.json", "\"partial_key_hint\"", "key"),
        ("aws-access-keys.json", "\"Status\"", "SecretAccessKey"),
        ("azure-devops-tokens.json", "\"validFrom\"", "accessToken"),
        ("cloudflare-tokens.json", "\"status\"", "value"),
        ("databricks-tokens.json", "\"token_id\"", "token_value"),
        ("docker-hub-organization-tokens.json", "\"label\"", "token"),
        ("entra-credentials.json", "\"hint\"", "password"),
        ("gcp-api-keys.json", "\"etag\"", "keyString"),
        ("gcp-service-account-keys.json", "\"keyOrigin\"", "privateKeyData"),
        ("gitlab-access-tokens.json", "\"user_id\"", "token"),
        ("jfrog-tokens.json", "\"refreshable\"", "reference_token"),
        ("okta-tokens.json", "\"clientName\"", "token"),
        ("openai-keys.json", "\"redacted_value\"", "value"),
        ("sendgrid-keys.json", "\"api_key_id\"", "api_key"),
        ("snowflake-tokens.json", "\"role_restriction\"", "token_secret"),
        ("tailscale-keys.json", "\"description\"", "key"),
        ("vercel-tokens.json", "\"origin\"", "bearerToken"),
    ];

    #[test]
    fn a_list_with_a_key_in_it_is_refused_without_repeating_it() {
        let key = "Zk3x9PqLm2Vt7Rw1Zk3x9PqLm2Vt7Rw1";
        for (name, before, field) in SECRETS {
            let (text, whole) = fixture(name);
            let text = text.replacen(before, &format!("\"{field}\": \"{key}\", {before}"), 1);
            assert!(text.contains(key), "{name}");
            match read(Path::new(name), text.as_bytes()) {
                Err(error) => {
                    assert!(error.to_string().contains("holds the key itself"), "{error}");
                    assert!(!format!("{error} {error:?}").contains(&key[..8]), "{error}");
                }
                // Not a field of that issuer's: it is not read, so nothing of it is shown.
                Ok(list) => assert!(
                    ["accessToken", "password"].contains(field)
                        && !format!("{:?}", list.records).contains(&key[..8])
                        && list.records.len() == whole.records.len(),
                    "{name} {field}"
                ),
            }
        }
        let text = fixture("pypi-api-tokens.html").0;
        let minted = format!("<code>{}{}</code>", "pypi-", "AgEIcHlwaS5vcmc".repeat(6));
        let message = error("page.html", &text.replace("<h1", &format!("{minted}<h1")));
        assert!(message.contains("page.html:9: holds what looks like a key itself"), "{message}");
        assert!(!message.contains("AgEIcHlwaS5vcmcAgEI"), "{message}");
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(150))]
        #[test]
        fn no_cut_or_changed_export_makes_it_panic(file in 0..64_usize, cut in 0..4000_usize, byte in proptest::prelude::any::<u8>()) {
            let names = fixtures();
            let mut bytes = std::fs::read(Path::new(FIXTURES).join(&names[file % names.len()])).unwrap();
            let cut = cut % bytes.len();
            let _ = read(Path::new("x"), &bytes[..cut]);
            bytes[cut] = byte;
            let _ = read(Path::new("x"), &bytes);
        }

        #[test]
        fn no_page_makes_it_panic(text in "(<table class=\"table--api-tokens\">|<tr>|<td>|</td>|<th scope=col>|<a href=\"#view-identifier--x\">|id=\"api-tokens\"|/profile/api_keys|rubygems|<time datetime=\"|\">|a|é|<span class=\"table__mobile-label\">|</span>|</table>){0,40}") {
            let _ = read(Path::new("x"), format!("<{text}").as_bytes());
        }
    }
}

/// What is told of the importers, for the documentation.
mod told {
    use super::*;

    use skelkey::inventory::{formats, importers};

    const PAGE: &str = include_str!("../docs/inventory.md");

    #[test]
    fn every_importer_is_told_whole_and_documented() {
        for one in importers() {
            assert!(!one.joined_by.is_empty() && one.export.len() > 20 && one.source.len() > 10, "{one:?}");
            assert!(one.joined_by.is_sorted(), "{}: the surest first", one.name);
            assert!(PAGE.contains(&format!("| `{}` |", one.name)), "{} is not in docs/inventory.md", one.name);
        }
        assert!(formats().all(|(name, _)| importers().any(|one| one.name == name)));
    }

    #[test]
    fn every_format_has_a_fixture() {
        let read: Vec<&str> = fixtures().iter().map(|name| fixture(name).1.format).collect();
        for (name, _) in formats() {
            assert!(read.contains(&name), "{name}");
        }
    }

    #[test]
    fn all_fixtures_are_audited_in_one_run() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut args: Vec<String> =
            ["keys", "audit", "--isolated", "--now", "2026-11-22T12:00:00Z", "-f", "json"].map(str::to_owned).to_vec();
        for name in fixtures() {
            args.extend(["--inventory".to_owned(), format!("{FIXTURES}/{name}")]);
        }
        let run = support::skelkey(root, &args.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(run.code, 1, "{}", run.err);
        let report = support::json(&run);
        for name in fixtures().iter().filter(|name| !name.contains("organization")) {
            let path = format!("{FIXTURES}/{name}");
            let found = report["findings"].as_array().unwrap().iter().any(|one| one["places"][0]["path"] == path);
            assert!(found, "nothing is said against any key in {name}");
        }
        let verdicts = report.to_string();
        for said in [
            "It may do whatever its owner may (`app_token`).",
            "No range of addresses limits it.",
            "It is not held by two-factor authentication.",
            "It never expires.",
        ] {
            assert!(verdicts.contains(said), "{said}");
        }
    }
}
