//! Keys that are made of several parts are one finding, and so is a secret whose other parts are missing.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may be blunt")]

mod support;

use serde_json::Value;
use skelkey::rules::{Minter, RuleSet, load};
use support::{json, skelkey, write};

fn mint(rules: &RuleSet, id: &str, seed: u64) -> String {
    let rule = rules.get(id).unwrap();
    Minter::new(seed).fill(rule.mint.as_deref().unwrap()).unwrap()
}

fn findings(text: &str) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "deploy.env", text);
    let run = skelkey(folder.path(), &["scan", ".", "--isolated", "-f", "json", "--exit-zero"]);
    json(&run)["findings"].as_array().unwrap().clone()
}

fn roles(finding: &Value) -> Vec<(&str, &str, u64)> {
    let parts = finding["parts"].as_array().unwrap().iter();
    let role = |part: &Value| part["role"].as_str().unwrap().to_owned().leak() as &str;
    parts
        .map(|part| {
            (
                role(part),
                part["text"].as_str().unwrap().to_owned().leak() as &str,
                part["region"]["start_line"].as_u64().unwrap(),
            )
        })
        .collect()
}

#[test]
fn id_secret_and_session_token_are_one_finding_that_knows_the_account() {
    let rules = load(&[]).unwrap();
    let id =
        format!("ASIA{}", &mint(&rules, "aws-access-key-id", 3)[4..]).replacen("ASIA", "ASIAQ", 1)[..20].to_owned();
    let (secret, session) = (mint(&rules, "aws-secret-access-key", 3), mint(&rules, "aws-session-token", 3));
    let text = format!("AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\nAWS_SESSION_TOKEN={session}\n");
    let findings = findings(&text);
    assert_eq!(findings.len(), 1, "{findings:?}");
    let finding = &findings[0];
    assert_eq!(finding["rule"], "aws-secret-access-key");
    let parts = roles(finding);
    assert_eq!((parts[0].0, parts[0].2), ("access key id", 1));
    assert_eq!((parts[1].0, parts[1].2), ("session token", 3));
    let facts = &finding["dossier"][0]["facts"];
    assert_eq!((facts["key_id"].as_str(), facts["owner"].as_str().map(str::len)), (Some(id.as_str()), Some(12)));
    let shown = serde_json::to_string(finding).unwrap();
    assert!(!shown.contains(&secret) && !shown.contains(&session));
}

#[test]
fn each_secret_takes_the_nearest_id() {
    let rules = load(&[]).unwrap();
    let (ids, secrets): (Vec<_>, Vec<_>) =
        (0..2).map(|n| (mint(&rules, "aws-access-key-id", n), mint(&rules, "aws-secret-access-key", n))).unzip();
    let profile =
        |n: usize| format!("[p{n}]\naws_access_key_id = {}\naws_secret_access_key = {}\n", ids[n], secrets[n]);
    let findings = findings(&format!("{}{}", profile(0), profile(1)));
    assert_eq!(findings.len(), 2);
    for finding in &findings {
        let at = finding["places"][0]["region"]["start_line"].as_u64().unwrap();
        let (role, _, line) = roles(finding)[0];
        assert_eq!((role, line), ("access key id", at - 1));
    }
}

#[test]
fn a_secret_without_its_id_and_an_id_without_its_secret_are_findings() {
    let rules = load(&[]).unwrap();
    let secret = findings(&format!("AWS_SECRET_ACCESS_KEY={}\n", mint(&rules, "aws-secret-access-key", 1)));
    assert_eq!((secret.len(), secret[0]["parts"].as_array().map(Vec::len)), (1, Some(0)));
    let id = findings(&format!("AWS_ACCESS_KEY_ID={}\n", mint(&rules, "aws-access-key-id", 1)));
    assert_eq!((id.len(), id[0]["rule"].as_str()), (1, Some("aws-access-key-id")));
    // Out of reach the two are two.
    let far = format!("{}\n{}{}\n", mint(&rules, "aws-access-key-id", 1), "#\n".repeat(600), "AWS_SECRET_ACCESS_KEY=");
    let far = findings(&format!("{}{}\n", far.trim_end(), mint(&rules, "aws-secret-access-key", 1)));
    assert_eq!(far.len(), 2);
}

#[test]
fn what_is_no_secret_is_only_a_part() {
    let rules = load(&[]).unwrap();
    let tenant = mint(&rules, "azure-tenant-id", 1);
    assert!(findings(&format!("AZURE_TENANT_ID={tenant}\n")).is_empty());
    let secret = mint(&rules, "azure-client-secret", 1);
    let sealed = (skelkey::format::check("entra-client-secret").unwrap().seal.unwrap())(&secret);
    let client = mint(&rules, "azure-client-id", 2);
    let all = findings(&format!("AZURE_TENANT_ID={tenant}\nAZURE_CLIENT_ID={client}\nAZURE_CLIENT_SECRET={sealed}\n"));
    assert_eq!(all.len(), 1);
    assert_eq!(roles(&all[0]), [("client id", client.as_str(), 2), ("tenant id", tenant.as_str(), 1)]);
    let facts = &all[0]["dossier"][0]["facts"];
    assert_eq!((facts["key_id"].as_str(), facts["details"]["tenant-id"].as_str()), (Some(&*client), Some(&*tenant)));
}

#[test]
fn every_format_shows_the_parts() {
    let rules = load(&[]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (sid, token) = (mint(&rules, "twilio-account-sid", 1), mint(&rules, "twilio-auth-token", 1));
    write(folder.path(), "a.env", format!("TWILIO_ACCOUNT_SID={sid}\nTWILIO_AUTH_TOKEN={token}\n"));
    let run = |format: &str| skelkey(folder.path(), &["scan", ".", "--isolated", "-f", format, "--exit-zero"]);
    assert!(run("human").out.contains(&format!("account SID {sid} at a.env:1")), "{}", run("human").out);
    let sarif: Value = serde_json::from_str(&run("sarif").out).unwrap();
    let related = &sarif["runs"][0]["results"][0]["relatedLocations"][0];
    assert_eq!(related["physicalLocation"]["region"]["startLine"], 1);
    assert!(related["message"]["text"].as_str().unwrap().contains("account SID"));
}

#[test]
fn a_part_that_no_rule_finds_is_a_mistake() {
    let file = "[provider]\nid = \"acme\"\nname = \"A\"\nhome = \"https://acme.example\"\n[provider.remedy]\nrevoke = [\"x\"]\nrecreate = \"x\"\n\
                [[rule]]\nid = \"acme-token\"\n[[rule.part]]\nrule = \"acme-idd\"\nrole = \"id\"\nreach = 4096\n";
    let mistakes = skelkey::rules::parse(&[("acme.toml", file)]).unwrap_err();
    let said = |what: &str| mistakes.iter().any(|mistake| mistake.message.contains(what));
    assert!(said("there is no rule `acme-idd`") && said("2048 bytes is the most"), "{mistakes:?}");
}

/// The name of the secret half in a file of settings and its rule, and of each other half with its role. The secret alone
/// is found too.
#[test]
fn keys_of_several_parts_are_joined_and_their_secret_half_is_found_alone() {
    type Part<'h> = (&'h str, &'h str, &'h str);
    let rules = load(&[]).unwrap();
    let keys: [((&str, &str), &[Part<'_>]); 10] = [
        (("TWILIO_AUTH_TOKEN", "twilio-auth-token"), &[("TWILIO_ACCOUNT_SID", "twilio-account-sid", "account SID")]),
        (
            ("AZURE_CLIENT_SECRET", "azure-client-secret-older"),
            &[("AZURE_CLIENT_ID", "azure-client-id", "client id"), ("AZURE_TENANT_ID", "azure-tenant-id", "tenant id")],
        ),
        (
            ("GOOGLE_CLIENT_SECRET", "gcp-oauth-client-secret"),
            &[("GOOGLE_CLIENT_ID", "gcp-oauth-client-id", "client id")],
        ),
        (
            ("GITHUB_CLIENT_SECRET", "github-oauth-client-secret"),
            &[("GITHUB_CLIENT_ID", "github-oauth-client-id", "client id")],
        ),
        (("SLACK_CLIENT_SECRET", "slack-client-secret"), &[("SLACK_CLIENT_ID", "slack-client-id", "client id")]),
        (
            ("SPOTIFY_CLIENT_SECRET", "spotify-client-secret"),
            &[("SPOTIFY_CLIENT_ID", "spotify-client-id", "client id")],
        ),
        (("VAULT_SECRET_ID", "vault-approle-secret-id"), &[("VAULT_ROLE_ID", "vault-approle-role-id", "role id")]),
        (
            ("SUMOLOGIC_ACCESSKEY", "sumo-logic-access-key"),
            &[("SUMOLOGIC_ACCESSID", "sumo-logic-access-id", "access id")],
        ),
        (
            ("SUPABASE_SECRET_KEY", "supabase-secret-key"),
            &[("SUPABASE_URL=https://", "supabase-project-url", "project")],
        ),
        (
            ("PLANETSCALE_SERVICE_TOKEN", "planetscale-service-token"),
            &[("PLANETSCALE_SERVICE_TOKEN_ID", "planetscale-service-token-id", "token id")],
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    let line = |name: &str, rule: &str, seed: u64| {
        let sign = if name.contains('=') { "" } else { "=" };
        let unsealed = mint(&rules, rule, seed);
        let seal = rules.get(rule).unwrap().check.and_then(|check| check.seal);
        format!("{name}{sign}{}\n", seal.map_or(unsealed.clone(), |seal| seal(&unsealed)))
    };
    for (seed, (secret, others)) in (1..).zip(&keys) {
        let others: String = others.iter().map(|(name, rule, _)| line(name, rule, seed)).collect();
        write(folder.path(), &format!("{}-whole.env", secret.1), format!("{others}{}", line(secret.0, secret.1, seed)));
        write(folder.path(), &format!("{}-alone.env", secret.1), line(secret.0, secret.1, seed + 100));
    }
    let run = skelkey(folder.path(), &["scan", ".", "--isolated", "-f", "json", "--exit-zero", "--confidence", "low"]);
    let report = json(&run);
    for ((_, rule), others) in &keys {
        let of_file = |end: &str| {
            let file = format!("{rule}-{end}.env");
            let here = report["findings"].as_array().unwrap().iter();
            here.filter(|finding| finding["places"][0]["path"] == *file).collect::<Vec<_>>()
        };
        let (whole, alone) = (of_file("whole"), of_file("alone"));
        assert_eq!((whole.len(), alone.len()), (1, 1), "{rule}");
        assert_eq!((&whole[0]["rule"], &alone[0]["rule"]), (&(*rule).into(), &(*rule).into()));
        let expected: Vec<&str> = others.iter().map(|(_, _, role)| *role).collect();
        let told: Vec<&str> = roles(whole[0]).iter().map(|(role, ..)| *role).collect();
        assert_eq!((told, roles(alone[0]).len()), (expected, 0), "{rule}");
    }
}

#[test]
fn a_connection_string_tells_server_user_and_protection_of_its_password() {
    let password = Minter::new(7).fill("{base62:20}").unwrap();
    let text = format!(
        "{{\n  \"Default\": \"Server=tcp:acme.database.windows.net,1433;Initial Catalog=shop;User ID=sa;Password={password};Encrypt=false;\",\n  \"Other\": \"Server=elsewhere.test\"\n}}\n"
    );
    let findings = findings(&text);
    let finding = findings.iter().find(|finding| finding["rule"] == "database-url-ado-net").unwrap();
    let facts = &finding["dossier"][0]["facts"];
    assert_eq!((&facts["owner"], &facts["details"]["database"]), (&"sa".into(), &"shop".into()), "{facts}");
    assert_eq!(facts["details"]["host"], "acme.database.windows.net");
    let notes = facts["notes"].to_string();
    assert!(notes.contains("TLS is off") && notes.contains("administrator"), "{notes}");
    assert!(!finding.to_string().contains(&password));
}

#[test]
fn a_shared_access_key_of_a_root_policy_opens_its_whole_namespace() {
    let rules = load(&[]).unwrap();
    let key = mint(&rules, "azure-shared-access-key-setting", 5);
    let of = |rest: &str| {
        let text = format!(
            "AZURE_SERVICEBUS=\"Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey={key}{rest}\"\n"
        );
        findings(&text).remove(0)
    };
    let whole = of("");
    let facts = &whole["dossier"][0]["facts"];
    assert_eq!(facts["grants"][0]["actions"][0]["power"], "everything", "{whole}");
    assert!(facts["notes"].to_string().contains("whole namespace"));
    let one = of(";EntityPath=orders");
    assert_eq!(one["dossier"][0]["facts"]["details"]["entity"], "orders");
    assert!(!one["dossier"][0]["facts"]["notes"].to_string().contains("whole namespace"));
}

#[test]
fn a_half_is_found_where_a_header_names_it_before_the_secret() {
    let rules = load(&[]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let token = mint(&rules, "planetscale-service-token", 1);
    let id = mint(&rules, "planetscale-service-token-id-before", 1);
    write(
        folder.path(),
        "a.sh",
        format!("curl -H 'Authorization: {id}:{token}' https://api.planetscale.com/v1/organizations\n"),
    );
    let report = json(&skelkey(folder.path(), &["scan", ".", "--isolated", "-f", "json", "--exit-zero"]));
    let all = report["findings"].as_array().unwrap();
    assert_eq!((all.len(), roles(&all[0])), (1, vec![("token id", id.as_str(), 1)]));
    assert_eq!(all[0]["dossier"][0]["facts"]["key_id"].as_str(), Some(&*id));
}
