//! `--probe` through the command line, against a server on loopback: who is asked, with what, and what a report says.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may be blunt")]
#![cfg(feature = "probe")]

mod support;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use skelkey::rules::Minter;
use support::{json, skelkey, write};

/// A server that gives every request the same answer and keeps what arrived.
struct Server {
    address: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn answering(status: &'static str, headers: &'static str, body: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { break };
                let mut bytes = [0_u8; 8192];
                let read = stream.read(&mut bytes).unwrap_or(0);
                kept.lock().unwrap().push(String::from_utf8_lossy(&bytes[..read]).into_owned());
                let length = body.len();
                let answer = format!(
                    "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
                );
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        Self { address, requests }
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn workflow(key: &str, source: &str) -> String {
    format!("steps:\n  - run: dotnet nuget push out/*.nupkg --source {source} --api-key {key}\n")
}

const NUGET: &str = "https://api.nuget.org/v3/index.json";

fn key() -> String {
    Minter::new(11).fill("{@nuget-v4}").unwrap()
}

#[test]
fn a_key_whose_issuer_is_proved_is_asked_by_get_alone_and_the_answer_stands_beside_the_rest() {
    let server =
        Server::answering("404 Not Found", "x-nuget-warning: Your API key expires in 5 day(s). Visit it.\r\n", "");
    let at = tempfile::tempdir().unwrap();
    write(at.path(), "repo/release.yml", workflow(&key(), NUGET));
    write(at.path(), "repo/again.yml", workflow(&key(), NUGET));
    write(at.path(), "config.toml", format!("[issuers.nuget]\nurl = \"{}\"\n", server.address));
    let run = skelkey(at.path(), &["scan", "repo", "--probe=nuget", "--config", "config.toml", "-f", "json"]);
    assert_eq!(run.code, 1, "{}", run.err);
    let report = json(&run);
    let finding = &report["findings"][0];
    assert_eq!(finding["judgement"]["state"]["is"], "active", "{}", run.err);
    let probed = &finding["dossier"][0];
    assert_eq!(probed["evidence"]["tier"], "probed");
    assert!(probed["facts"]["expires"]["at"].is_string(), "the warning header tells the end: {probed}");
    assert_eq!(report["asked"][0]["issuer"], "nuget");
    let requests = server.requests();
    assert_eq!(requests.len(), 1, "one question for one key in two files");
    assert!(requests.iter().all(|r| r.starts_with("GET /api/v2/verifykey/")), "{requests:?}");
    assert!(requests[0].to_ascii_lowercase().contains(&format!("x-nuget-apikey: {}", key())));
    assert!(!run.out.contains(&key()) && !run.err.contains(&key()));
}

#[test]
fn nothing_is_sent_without_the_flag_nor_in_a_dry_run() {
    let server = Server::answering("404 Not Found", "", "");
    let at = tempfile::tempdir().unwrap();
    write(at.path(), "repo/release.yml", workflow(&key(), NUGET));
    write(at.path(), "config.toml", format!("[issuers.nuget]\nurl = \"{}\"\n", server.address));
    let quiet = skelkey(at.path(), &["scan", "repo", "--config", "config.toml"]);
    assert_eq!(quiet.code, 1);
    let dry = skelkey(at.path(), &["scan", "repo", "--probe", "--dry-run", "--config", "config.toml", "-f", "json"]);
    assert!(dry.err.contains("would send GET ") && dry.err.contains("/api/v2/verifykey/"), "{}", dry.err);
    let other = skelkey(at.path(), &["scan", "repo", "--probe=npm", "--config", "config.toml"]);
    assert_eq!(other.code, 1);
    assert!(server.requests().is_empty(), "{:?}", server.requests());
}

#[test]
fn a_key_of_an_unproved_issuer_is_sent_nowhere_until_the_configuration_says_whose_it_is() {
    let server = Server::answering("404 Not Found", "", "");
    let at = tempfile::tempdir().unwrap();
    write(at.path(), "repo/key.txt", format!("the key: {}\n", key()));
    write(at.path(), "config.toml", format!("[issuers.nuget]\nurl = \"{}\"\n", server.address));
    let run = skelkey(at.path(), &["scan", "repo", "--probe", "--config", "config.toml", "-f", "json"]);
    assert!(run.err.contains("not asked"), "{}", run.err);
    assert_eq!(json(&run)["findings"][0]["issuer_basis"]["by"], "unproved");
    assert!(server.requests().is_empty());
    write(at.path(), "config.toml", format!("[issuers.nuget]\nurl = \"{}\"\nassume = true\n", server.address));
    let run = skelkey(at.path(), &["scan", "repo", "--probe", "--config", "config.toml", "-f", "json"]);
    assert_eq!(json(&run)["findings"][0]["issuer_basis"]["by"], "configuration");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_key_of_another_gallery_is_not_sent_to_nuget() {
    let server = Server::answering("404 Not Found", "", "");
    let at = tempfile::tempdir().unwrap();
    write(at.path(), "repo/publish.ps1", format!("Publish-Module -Path ./M -NuGetApiKey {}\n", key()));
    write(at.path(), "config.toml", format!("[issuers.nuget]\nurl = \"{}\"\nassume = true\n", server.address));
    let run = skelkey(at.path(), &["scan", "repo", "--probe", "--config", "config.toml", "-f", "json"]);
    assert_eq!(json(&run)["findings"][0]["issuer"], "powershell-gallery");
    assert!(server.requests().is_empty(), "{:?}", server.requests());
}

#[test]
fn one_place_that_names_another_server_keeps_a_key_from_being_sent() {
    let server = Server::answering("404 Not Found", "", "");
    let at = tempfile::tempdir().unwrap();
    let config = format!("[issuers.nuget]\nurl = \"{0}\"\n", server.address);
    write(at.path(), "config.toml", config);
    write(at.path(), "repo/release.yml", workflow(&key(), NUGET));
    for other in [
        workflow(&key(), "https://nuget.corp.example/v3/index.json"),
        format!("# mirror: https://feed.corp.example/\nthe key: {}\n", key()),
        format!("Publish-Module -Path ./M -NuGetApiKey {}\n", key()),
    ] {
        write(at.path(), "repo/other.txt", &other);
        let run = skelkey(at.path(), &["scan", "repo", "--probe", "--config", "config.toml", "-f", "json"]);
        let report = json(&run);
        assert_eq!(report["findings"].as_array().unwrap().len(), 1, "{}", run.out);
        assert_eq!(report["findings"][0]["issuer_basis"]["by"], "unproved", "{other}");
        assert!(run.err.contains("not asked"), "{}", run.err);
        assert!(server.requests().is_empty(), "{:?}", server.requests());
    }
    write(at.path(), "repo/other.txt", format!("the key: {}\n", key()));
    skelkey(at.path(), &["scan", "repo", "--probe", "--config", "config.toml"]);
    assert_eq!(server.requests().len(), 1, "a place that names no server says nothing against it");
}

#[test]
fn an_answer_that_can_mean_two_things_leaves_the_state_unknown() {
    let server = Server::answering("403 Forbidden", "", "");
    let at = tempfile::tempdir().unwrap();
    write(at.path(), "repo/release.yml", workflow(&key(), NUGET));
    write(at.path(), "config.toml", format!("[issuers.nuget]\nurl = \"{}\"\n", server.address));
    let run = skelkey(at.path(), &["scan", "repo", "--probe", "--config", "config.toml", "-f", "json"]);
    assert_eq!(json(&run)["findings"][0]["judgement"]["state"]["is"], "unknown");
    assert_eq!(run.code, 1, "unknown is never a pass");
}

#[test]
fn a_server_that_a_scanned_file_names_is_not_asked_unless_the_configuration_confirms_it() {
    let server = Server::answering("401 Unauthorized", "", "{}");
    let at = tempfile::tempdir().unwrap();
    let token = Minter::new(3).fill("glpat-{base64url:20}").unwrap();
    let host = server.address.trim_start_matches("http://").to_owned();
    write(at.path(), "repo/ci.sh", format!("curl --header \"PRIVATE-TOKEN: {token}\" https://{host}/api/v4/user\n"));
    let run = skelkey(at.path(), &["scan", "repo", "--probe", "-f", "json"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(server.requests().is_empty());
    assert!(run.err.contains("not asked"), "{}", run.err);
}

#[test]
fn an_issuer_that_nobody_knows_is_wrong_use() {
    let at = tempfile::tempdir().unwrap();
    write(at.path(), "a.txt", "x");
    let run = skelkey(at.path(), &["scan", "--probe=nugget"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("nuget") && run.err.contains("crates-io"), "{}", run.err);
    assert_eq!(skelkey(at.path(), &["probe", "list"]).code, 0);
}

#[test]
fn the_page_about_asking_is_what_the_program_says() {
    let at = tempfile::tempdir().unwrap();
    let made = skelkey(at.path(), &["probe", "list", "--format", "markdown"]);
    let written = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/probes.md")).unwrap_or_default();
    assert!(
        made.out == written,
        "docs/probes.md is out of date; run `cargo run -- probe list --format markdown > docs/probes.md`"
    );
    let human = skelkey(at.path(), &["probe", "list"]);
    let json: serde_json::Value = json(&skelkey(at.path(), &["probe", "list", "--format", "json"]));
    for entry in json.as_array().unwrap() {
        for field in ["issuer", "accepts", "asks", "key", "side-effects", "source"] {
            let text = entry[field].as_str().unwrap();
            assert!(!text.is_empty() && human.out.contains(text), "{text}");
        }
        assert!(!entry["readings"].as_array().unwrap().is_empty(), "{entry}");
    }
}

#[test]
fn what_needs_a_post_is_asked_only_of_an_issuer_that_is_named() {
    let server = Server::answering("200 OK", "x-oauth-scopes: chat:write\r\n", r#"{"ok":true,"team":"Acme"}"#);
    let at = tempfile::tempdir().unwrap();
    let token = Minter::new(5).fill("xoxb-{digits:12}-{digits:12}-{base62:24}").unwrap();
    write(at.path(), "repo/.env", format!("SLACK_BOT_TOKEN={token}\n"));
    write(at.path(), "config.toml", format!("[issuers.slack]\nurl = \"{}\"\n", server.address));
    let bare = skelkey(at.path(), &["scan", "repo", "--probe", "--config", "config.toml", "-f", "json"]);
    assert!(bare.err.contains("not asked") && bare.err.contains("--probe=slack"), "{}", bare.err);
    let dry = ["scan", "repo", "--probe=slack", "--dry-run", "--config", "config.toml", "-f", "json"];
    let dry = skelkey(at.path(), &dry);
    assert!(dry.err.contains("would send POST ") && dry.err.contains("/api/auth.test"), "{}", dry.err);
    assert!(server.requests().is_empty(), "{:?}", server.requests());
    let named = skelkey(at.path(), &["scan", "repo", "--probe=slack", "--config", "config.toml", "-f", "json"]);
    assert_eq!(json(&named)["findings"][0]["judgement"]["state"]["is"], "active", "{}", named.err);
    assert!(server.requests()[0].starts_with("POST /api/auth.test "), "{:?}", server.requests());
    for run in [bare, dry, named] {
        assert!(!run.out.contains(&token) && !run.err.contains(&token));
    }
}

#[test]
fn the_owners_credential_comes_from_its_variable_and_is_shown_nowhere() {
    let hint = r#"{"data":[{"id":"apikey_1","name":"ci","status":"active","partial_key_hint":"sk-ant-api03-aaa...aaAA",
        "created_at":"2026-01-01T00:00:00Z","expires_at":"2027-01-01T00:00:00Z"}],"has_more":false}"#;
    let server = Server::answering("200 OK", "", hint);
    let at = tempfile::tempdir().unwrap();
    let key = format!("sk-ant-api03-aaa{}aaAA", Minter::new(5).fill("{base62:88}").unwrap());
    write(at.path(), "repo/.env", format!("ANTHROPIC_API_KEY={key}\n"));
    write(at.path(), "config.toml", format!("[issuers.anthropic]\nurl = \"{}\"\n", server.address));
    let own = "an-owners-own-credential";
    let args = ["scan", "repo", "--probe=anthropic", "--config", "config.toml", "-f", "json"];
    let run = support::skelkey_with(at.path(), &args, b"", &[("SKELKEY_ADMIN_ANTHROPIC", own)]);
    let report = json(&run);
    let dossier = report["findings"][0]["dossier"].as_array().unwrap();
    assert!(dossier.iter().any(|said| said["facts"]["key_id"] == "apikey_1"), "{}", run.err);
    assert!(!run.out.contains(own) && !run.err.contains(own));
    let requests = server.requests();
    assert!(requests[0].starts_with("GET /v1/organizations/api_keys?limit=1000 ") && requests[0].contains(own));
    assert!(!requests[0].contains(&key), "the look-up does not send the key");
    assert!(requests[1].starts_with("GET /v1/models?limit=1 ") && !requests[1].contains(own), "{requests:?}");
}

#[test]
fn a_hostile_repository_leads_no_key_to_another_host() {
    let server = Server::answering("200 OK", "", "{}");
    let host = server.address.trim_start_matches("http://").to_owned();
    let at = tempfile::tempdir().unwrap();
    let mint = |template: &str| Minter::new(9).fill(template).unwrap();
    let okta = mint("00{base62:40}");
    let shopify = mint("shpat_{hex:32}");
    let databricks = mint("dapi{hex:32}");
    write(
        at.path(),
        "repo/.env",
        format!(
            "OKTA_API_TOKEN={okta}\nOKTA_DOMAIN=acme.okta.com.{host}\nSHOPIFY_TOKEN={shopify}\nSHOP={host}/x.myshopify.com\n\
             DATABRICKS_TOKEN={databricks}\nDATABRICKS_HOST=http://{host}/?acme.cloud.databricks.com\n"
        ),
    );
    // Were it not for a configuration that a repository brings along, its own file would name the host as well.
    write(at.path(), "repo/skelkey.toml", format!("[issuers.okta]\nhosts = [\"{}\"]\nassume = true\n", server.address));
    let here = at.path().join("repo");
    std::fs::create_dir(here.join(".git")).unwrap();
    let run = skelkey(&here, &["scan", ".", "--probe", "--dry-run", "-f", "json"]);
    assert!(!run.err.contains(&format!("would send GET http://{host}")), "{}", run.err);
    assert!(!run.err.contains(&format!("https://{host}")) && !run.err.contains("127.0.0.1/"), "{}", run.err);
    assert!(server.requests().is_empty(), "{:?}", server.requests());
}

fn github(seed: u64) -> String {
    let body = Minter::new(seed).fill("ghp_{base62:30}").unwrap();
    (skelkey::format::check("github").unwrap().seal.unwrap())(&body)
}

/// An owner's list comes from elsewhere too: what stands in it leads no key anywhere.
#[test]
fn a_hostile_inventory_leads_no_key_to_another_host() {
    let server = Server::answering("200 OK", "", "{}");
    let host = server.address.trim_start_matches("http://").to_owned();
    let at = tempfile::tempdir().unwrap();
    let mint = |template: &str| Minter::new(9).fill(template).unwrap();
    let (okta, github) = (mint("00{base62:40}"), github(9));
    let (algolia, nuget) = (mint("{hex:32}"), key());
    let text = format!(
        "OKTA_API_TOKEN={okta}\nOKTA_DOMAIN=acme.okta.com\nALGOLIA_APPLICATION_ID=ABCDEFGH12\nALGOLIA_ADMIN_KEY={algolia}\nGITHUB_TOKEN={github}\n"
    );
    write(at.path(), "repo/.env", text);
    write(at.path(), "repo/release.yml", workflow(&nuget, NUGET));
    let row = |issuer: &str, key: &str| {
        let hash = data_encoding::HEXLOWER.encode(&<sha2::Sha256 as sha2::Digest>::digest(key.as_bytes()));
        format!(
            r#"{{"issuer":"{issuer}","name":"ci","sha256":"{hash}","owner":"{host}/evil#","kind":"https://{host}",
                "actions":["read"],"subjects":["../../../{host}"]}}"#
        )
    };
    let rows = [row("okta", &okta), row("algolia", &algolia), row("github", &github), row("nuget", &nuget)].join(",");
    write(at.path(), "keys.json", format!(r#"{{"skelkey-inventory":1,"keys":[{rows}]}}"#));
    let planned = |inventory: &[&str]| {
        let args =
            [&["scan", "repo", "--probe=okta,algolia,github,nuget", "--dry-run", "-f", "json"][..], inventory].concat();
        let run = skelkey(at.path(), &args);
        let sent: Vec<String> = run.err.lines().filter(|line| line.contains("would send")).map(str::to_owned).collect();
        (sent, run)
    };
    let ((without, _), (with, run)) = (planned(&[]), planned(&["--inventory", "keys.json"]));
    assert!(with.len() >= 3, "{}", run.err);
    // A list may prove whose a key is; where that one is asked is no list's to say.
    let declared = ["GET https://www.nuget.org/", "GET https://acme.okta.com/", "GET https://api.github.com/"];
    assert!(with.iter().all(|line| declared.iter().any(|host| line.contains(host))), "{with:?}");
    assert!(without.iter().all(|line| with.contains(line)), "{without:?}");
    assert!(with.iter().all(|line| !line.contains(&host) && !line.contains("../")), "{with:?}");
    let joined = json(&run)["findings"].as_array().unwrap().iter().filter(|finding| !finding["join"].is_null()).count();
    assert!(joined >= 3, "the list was read: {}", run.err);
    assert!(server.requests().is_empty());
}

#[test]
fn a_server_that_points_elsewhere_gets_no_key_there() {
    let elsewhere = Server::answering("200 OK", "", r#"{"login":"ann","id":1}"#);
    let location = Box::leak(format!("location: {}/user\r\n", elsewhere.address).into_boxed_str());
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let server = Server::answering(status, location, "");
        let at = tempfile::tempdir().unwrap();
        write(
            at.path(),
            "repo/ci.sh",
            format!("curl -H \"Authorization: Bearer {}\" https://api.github.com/user\n", github(4)),
        );
        write(at.path(), "config.toml", format!("[issuers.github]\nurl = \"{}\"\n", server.address));
        let own = [("SKELKEY_ADMIN_GITHUB", "an-owners-own-credential"), ("SKELKEY_ADMIN_GITHUB_ORG", "acme")];
        let args = ["scan", "repo", "--probe=github", "--config", "config.toml", "-f", "json"];
        let run = support::skelkey_with(at.path(), &args, b"", &own);
        assert_eq!(json(&run)["findings"][0]["judgement"]["state"]["is"], "unknown", "{}", run.err);
        assert_eq!(server.requests().len(), 3, "two lists and the token's own page, each once: {}", run.err);
    }
    assert!(elsewhere.requests().is_empty(), "{:?}", elsewhere.requests());
}

#[test]
fn a_recheck_asks_about_the_reports_keys_alone_and_says_when_one_was_proved_dead() {
    // npm's `whoami` takes any token and refuses one that it does not know.
    let server = Server::answering("401 Unauthorized", "", "{}");
    let at = tempfile::tempdir().unwrap();
    let token = |seed| {
        let body = Minter::new(seed).fill("npm_{base62:30}").unwrap();
        (skelkey::format::check("npm").unwrap().seal.unwrap())(&body)
    };
    let line = |seed| format!("//registry.npmjs.org/:_authToken={}\n", token(seed));
    let host = server.address.strip_prefix("http://").unwrap();
    write(at.path(), "repo/a/.npmrc", line(1));
    write(at.path(), "config.toml", format!("[issuers.npm]\nurl = \"{}\"\n", server.address));
    let with = ["--config", "config.toml", "-f", "json"];
    let first = skelkey(at.path(), &[&["scan", "repo", "-o", "report.json"][..], &with].concat());
    assert_eq!(first.code, 1, "{}", first.err);
    assert!(server.requests().is_empty());

    write(at.path(), "repo/b/.npmrc", line(2));
    let later = skelkey(at.path(), &[&["recheck", "report.json", "repo", "--probe"][..], &with].concat());
    assert_eq!(later.code, 0, "a dead key is low: {}\n{}", later.out, later.err);
    let report = json(&later);
    let keys = report["keys"].as_array().unwrap();
    assert_eq!((keys.len(), &keys[0]["status"]), (1, &"dead".into()), "{report}");
    let because = keys[0]["because"].as_str().unwrap();
    assert!(because.contains(host.split(':').next().unwrap()) && because.contains("answered at 20"), "{because}");
    let sent = server.requests();
    assert!(
        sent.iter().all(|request| request.contains(&token(1)) && !request.contains(&token(2))),
        "only the report's key"
    );
    assert!(!sent.is_empty() && !later.out.contains(&token(1)));
}
