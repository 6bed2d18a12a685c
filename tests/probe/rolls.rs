//! Look-ups with the owner's own credential: the key stays here, and only a sure find says anything.

use std::collections::BTreeMap;
use std::sync::Arc;

use skelkey::issuer::Issuer;
use skelkey::key::{Inactive, KeyFacts, State};
use skelkey::probe::{self, Answer, Outcome, Prober};
use skelkey::secret::Secret;

use crate::bench::{Ask, FakeClock, answered, server, settings};
use crate::pages::line;
use crate::stub::{Script, Seen, Stub, answer};

/// The owner's own credentials, and what belongs to them.
type Variables = Vec<(&'static str, &'static str)>;

const OWN: &str = "owners-own-credential";

/// The answers of all look-ups, and the requests.
fn looked_up(ask: &Ask, variables: &[(&'static str, &str)], script: Vec<Script>) -> (Vec<Outcome>, Vec<Seen>) {
    let stub = Stub::new(script);
    let mut settings = settings(&FakeClock::new());
    settings.instead.push(server(&ask.issuer, &stub.url()));
    let variables: BTreeMap<&'static str, Secret> =
        variables.iter().map(|(name, text)| (*name, Secret::new(text.as_bytes()))).collect();
    settings.variables = Arc::new(variables);
    let prober = Prober::new(settings).unwrap();
    let outcomes = ask.look_up(&prober);
    let seen = stub.seen();
    for request in &seen {
        assert_eq!(request.method, "GET");
        assert!(request.path.split('?').next().is_some_and(|path| !path.contains(&ask.key)));
        assert!(!format!("{request:?}").contains(&ask.key), "the key is not sent");
    }
    (outcomes, seen)
}

fn one(ask: &Ask, variables: &[(&'static str, &str)], script: Vec<Script>) -> (Answer, Vec<Seen>) {
    let (mut outcomes, seen) = looked_up(ask, variables, script);
    assert_eq!(outcomes.len(), 1);
    (answered(outcomes.remove(0)), seen)
}

fn anthropic() -> Ask {
    Ask::new(Issuer::new("anthropic"), format!("{}{}{}", "sk-ant-api03-", "R2D", "x".repeat(86) + "igAA"))
}

const ANTHROPIC: &[(&str, &str)] = &[("SKELKEY_ADMIN_ANTHROPIC", OWN)];

fn row(id: &str, hint: &str, status: &str) -> String {
    format!(
        r#"{{"id":"{id}","name":"{id} key","status":"{status}","partial_key_hint":"{hint}","workspace_id":"w1",
            "created_at":"2026-01-01T00:00:00Z","expires_at":null,"created_by":{{"id":"user_1","type":"user"}}}}"#
    )
}

fn list(rows: &[String], more: Option<&str>) -> Script {
    let last = more.unwrap_or("none");
    answer(200, &format!(r#"{{"data":[{}],"has_more":{},"last_id":"{last}"}}"#, rows.join(","), more.is_some()))
}

#[test]
fn a_key_is_found_by_its_hint_on_a_later_part_of_the_list() {
    let hint = "sk-ant-api03-R2D...igAA";
    let script = vec![
        list(&[row("a", "sk-ant-api03-Zzz...9gAA", "active")], Some("a")),
        list(&[row("b", hint, "active")], None),
    ];
    let (answer, seen) = one(&anthropic(), ANTHROPIC, script);
    assert_eq!(answer.facts.state, State::Active);
    assert_eq!(
        line(&answer.facts),
        "name b key; id b; owner user_1; created 2026-01-01T00:00:00Z; never ends; workspace-id=w1"
    );
    assert_eq!(seen[0].path, "/v1/organizations/api_keys?limit=1000");
    assert_eq!(seen[1].path, "/v1/organizations/api_keys?limit=1000&after_id=a");
    assert_eq!(seen[0].header("x-api-key"), Some(OWN));
}

#[test]
fn the_lists_own_word_decides_and_doubt_is_unknown() {
    let hint = "sk-ant-api03-R2D...igAA";
    for (status, state) in [
        ("inactive", State::Inactive(Inactive::Revoked)),
        ("archived", State::Inactive(Inactive::Revoked)),
        ("expired", State::Inactive(Inactive::Expired)),
        ("brand new", State::Unknown),
    ] {
        let (answer, _) = one(&anthropic(), ANTHROPIC, vec![list(&[row("b", hint, status)], None)]);
        assert_eq!(answer.facts.state, state, "{status}");
    }
    for script in [
        list(&[row("b", hint, "active"), row("c", hint, "active")], None),
        list(&[], None),
        list(&[row("b", "sk-ant-api03-R2D...", "active")], None),
        answer(401, r#"{"error":{}}"#),
        answer(403, ""),
        answer(200, "<html>"),
        answer(200, "{}"),
    ] {
        let (answer, _) = one(&anthropic(), ANTHROPIC, vec![script]);
        assert_eq!(answer.facts.state, State::Unknown, "{:?}", answer.facts.state_reason);
    }
}

#[test]
fn without_the_owners_credential_nothing_is_looked_up() {
    let (outcomes, seen) = looked_up(&anthropic(), &[("SKELKEY_ADMIN_GITHUB", OWN)], Vec::new());
    assert!(outcomes.is_empty() && seen.is_empty());
}

#[test]
fn a_list_that_repeats_the_owners_credential_is_not_kept() {
    let row = row("b", "sk-ant-api03-R2D...igAA", "active").replace("b key", OWN);
    let (answer, _) = one(&anthropic(), ANTHROPIC, vec![list(&[row], None)]);
    assert!(!format!("{answer:?}").contains(OWN));
}

#[test]
fn every_list_finds_its_key() {
    let uuid = "11111111-2222-3333-4444-555555555555";
    let entra = {
        let mut ask = Ask::new(Issuer::new("azure"), format!("{}{}", "aB3", "8Q~".to_owned() + &"x".repeat(34)));
        ask.decoded = Some(KeyFacts { key_id: Some(uuid.to_owned()).into(), ..KeyFacts::default() });
        ask
    };
    let github = Ask::new(Issuer::GITHUB, format!("{}{}", "ghp_", "R".repeat(28) + "AbCd1234")).host("github.com");
    let cases: [(Ask, Variables, &str, &str, &str); 4] = [
        (
            github,
            vec![("SKELKEY_ADMIN_GITHUB", OWN), ("SKELKEY_ADMIN_GITHUB_ORG", "acme")],
            "/orgs/acme/credential-authorizations?per_page=100",
            r#"[{"login":"ann","credential_id":161195,"credential_type":"personal access token","token_last_eight":"AbCd1234",
                "scopes":["read:org","repo"],"credential_accessed_at":"2026-11-01T00:00:00Z",
                "authorized_credential_note":"ci","authorized_credential_expires_at":"2026-12-01T00:00:00Z"},
               {"login":"bob","token_last_eight":"99999999"}]"#,
            "kind personal access token; name ci; id 161195; owner ann; used 2026-11-01T00:00:00Z; ends 2026-12-01T00:00:00Z; \
             may read:org:Read+repo:Manage on everything",
        ),
        (
            entra,
            vec![("SKELKEY_ADMIN_ENTRA", OWN)],
            "/v1.0/applications(appId='11111111-2222-3333-4444-555555555555')?%24select=appId%2CdisplayName%2CpasswordCredentials",
            r#"{"appId":"x","passwordCredentials":[
                {"keyId":"k1","hint":"aB3","displayName":"ci","startDateTime":"2026-01-01T00:00:00Z","endDateTime":"2026-12-01T00:00:00Z"},
                {"keyId":"k2","hint":"zZ9","displayName":"old","endDateTime":"2025-12-01T00:00:00Z"}]}"#,
            "name ci; id k1; created 2026-01-01T00:00:00Z; ends 2026-12-01T00:00:00Z",
        ),
        (
            Ask::new(Issuer::new("openai"), format!("{}{}", "sk-admin-", "x".repeat(90) + "def")),
            vec![("SKELKEY_ADMIN_OPENAI", OWN)],
            "/v1/organization/admin_api_keys?limit=100",
            r#"{"data":[{"id":"key_1","name":"ops","redacted_value":"sk-admin...def","owner":{"name":"Ann"},
                "created_at":1785000000,"last_used_at":null,"expires_at":1800000000}],"has_more":false}"#,
            "name ops; id key_1; owner Ann; created 2026-07-25T17:20:00Z; ends 2027-01-15T08:00:00Z",
        ),
        (
            Ask::new(Issuer::new("vercel"), format!("{}{}", "vcp_", "x".repeat(52) + "tail")),
            vec![("SKELKEY_ADMIN_VERCEL", OWN)],
            "/v6/user/tokens",
            r#"{"tokens":[{"id":"t1","name":"ci","type":"token","prefix":"vcp_x","suffix":"tail","createdAt":1785000000000}]}"#,
            "kind token; name ci; id t1; created 2026-07-25T17:20:00Z; never ends",
        ),
    ];
    for (ask, variables, path, body, told) in cases {
        let (answer, seen) = one(&ask, &variables, vec![answer(200, body)]);
        assert_eq!(answer.facts.state, State::Active, "{}: {:?}", ask.issuer, answer.facts.state_reason);
        assert_eq!(line(&answer.facts), told, "{}", ask.issuer);
        assert_eq!(seen[0].path, path);
        assert_eq!(seen[0].header("authorization"), Some(format!("Bearer {OWN}").as_str()));
    }
    let lists = probe::list().filter(|about| about.carrier.variable().is_some()).count();
    assert_eq!(lists, 5, "anthropic, and the four above");
}

#[test]
fn a_name_from_a_variable_or_a_file_makes_no_other_path() {
    let github = Ask::new(Issuer::GITHUB, format!("{}{}", "ghp_", "R".repeat(36))).host("github.com");
    for organisation in ["../user", "acme?x=", "a/b", "", "acme#"] {
        let variables = [("SKELKEY_ADMIN_GITHUB", OWN), ("SKELKEY_ADMIN_GITHUB_ORG", organisation)];
        let (outcomes, seen) = looked_up(&github, &variables, Vec::new());
        assert!(outcomes.is_empty() && seen.is_empty(), "{organisation}");
    }
}
