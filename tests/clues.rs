//! What stands elsewhere in the same repository and tells more about a key.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may be blunt")]

mod support;

use std::path::Path;

use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde_json::Value;
use sha2::{Digest, Sha256};
use skelkey::format::private_key::{certificate, parse};
use skelkey::rules::Minter;
use support::{json, skelkey, write};

const NOW: &str = "2026-11-22T12:00:00Z";

fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let length = match body.len() {
        short @ 0..=127 => vec![u8::try_from(short).unwrap()],
        middle @ 128..=255 => vec![0x81, u8::try_from(middle).unwrap()],
        long => [&[0x82][..], &u16::try_from(long).unwrap().to_be_bytes()].concat(),
    };
    [&[tag][..], &length, &body].concat()
}

/// 1.3.101.112 and 2.5.4.3, 2.5.4.10, 2.5.29.17.
const ED25519: &[u8] = &[0x06, 3, 0x2b, 0x65, 0x70];
const COMMON_NAME: &[u8] = &[0x06, 3, 0x55, 0x04, 0x03];
const ORGANISATION: &[u8] = &[0x06, 3, 0x55, 0x04, 0x0a];
const ALTERNATIVE_NAME: &[u8] = &[0x06, 3, 0x55, 0x1d, 0x11];

fn name(attribute: &[u8], text: &str) -> Vec<u8> {
    tlv(0x30, &[&tlv(0x31, &[&tlv(0x30, &[attribute, &tlv(0x0c, &[text.as_bytes()])])])])
}

/// A certificate for an Ed25519 key as SSH writes it; nobody checks its signature.
fn certificate_of(ssh_public: &[u8], subject: (&[u8], &str), names: &[&str], until: &str) -> String {
    let point = &ssh_public[ssh_public.len() - 32..];
    let algorithm = tlv(0x30, &[ED25519]);
    let spki = tlv(0x30, &[&algorithm, &tlv(0x03, &[&[0], point])]);
    let validity = tlv(0x30, &[&tlv(0x17, &[b"250101000000Z"]), &tlv(0x17, &[until.as_bytes()])]);
    let dns: Vec<Vec<u8>> = names.iter().map(|name| tlv(0x82, &[name.as_bytes()])).collect();
    let dns: Vec<&[u8]> = dns.iter().map(Vec::as_slice).collect();
    let san = tlv(0x30, &[ALTERNATIVE_NAME, &tlv(0x04, &[&tlv(0x30, &dns)])]);
    let extensions = tlv(0xa3, &[&tlv(0x30, &[&san])]);
    let version = tlv(0xa0, &[&tlv(0x02, &[&[2]])]);
    let (issuer, subject) = (name(COMMON_NAME, "Contoso CA"), name(subject.0, subject.1));
    let mut tbs: Vec<&[u8]> = vec![&version, &[0x02, 1, 1], &algorithm, &issuer, &validity, &subject, &spki];
    if !names.is_empty() {
        tbs.push(&extensions);
    }
    let der = tlv(0x30, &[&tlv(0x30, &tbs), &algorithm, &tlv(0x03, &[&[0; 65]])]);
    let text = BASE64.encode(&der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

/// A fresh key, and its public half.
fn key(seed: u64) -> (String, Vec<u8>) {
    let text = Minter::new(seed).fill("{@private-key:form=openssh}").unwrap();
    let public = parse(text.as_bytes()).unwrap().ssh_public.unwrap();
    assert_eq!(&public[4..15], b"ssh-ed25519");
    (text, public)
}

fn scan(at: &Path) -> Value {
    json(&skelkey(at, &["scan", "repo", "-f", "json", "--now", NOW]))
}

fn facts<'r>(report: &'r Value, path: &str) -> &'r Value {
    let findings = report["findings"].as_array().unwrap();
    let found = findings.iter().find(|f| f["places"][0]["path"] == path).unwrap_or_else(|| panic!("{path}: {report}"));
    &found["dossier"][0]["facts"]
}

#[test]
fn a_certificate_is_read_whole() {
    let (text, public) = key(1);
    let read =
        certificate(certificate_of(&public, (COMMON_NAME, "x"), &["a.test", "b.test"], "270101000000Z").as_bytes());
    let read = read.unwrap();
    assert_eq!(read.names, ["a.test", "b.test"]);
    assert_eq!((read.until.to_string().as_str(), read.issuer.as_str()), ("2027-01-01T00:00:00Z", "CN=Contoso CA"));
    assert_eq!(read.public_key, parse(text.as_bytes()).unwrap().fingerprint());
    let plain = certificate(certificate_of(&public, (COMMON_NAME, "only"), &[], "270101000000Z").as_bytes()).unwrap();
    assert_eq!(plain.names, ["only"]);
    for cut in [0, 40, 200] {
        let whole = certificate_of(&public, (COMMON_NAME, "x"), &[], "270101000000Z");
        assert!(certificate(&whole.as_bytes()[..cut]).is_none());
    }
}

#[test]
fn a_certificate_of_the_same_key_tells_names_and_end() {
    let at = tempfile::tempdir().unwrap();
    let ((tls, public), (other, _)) = (key(1), key(2));
    write(at.path(), "repo/tls.key", tls);
    write(at.path(), "repo/other.key", other);
    write(at.path(), "repo/old.crt", certificate_of(&public, (COMMON_NAME, "x"), &["old.test"], "260101000000Z"));
    write(at.path(), "repo/certs/tls.crt", certificate_of(&public, (COMMON_NAME, "x"), &["api.test"], "270101000000Z"));
    let report = scan(at.path());
    let told = facts(&report, "tls.key");
    assert_eq!(told["details"]["certificate"], "api.test", "the one that ends last counts: {told}");
    assert_eq!(told["details"]["certificate-ends"], "2027-01-01T00:00:00Z");
    assert!(told["notes"].to_string().contains("repo/certs/tls.crt:1"), "{told}");
    assert!(facts(&report, "other.key")["details"]["certificate"].is_null());
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 2, "a certificate is no finding");
    assert!(findings.iter().all(|finding| finding["judgement"]["state"]["is"] == "unknown"));
}

/// The form in which most programs write an Ed25519 key: the private half alone.
#[test]
fn a_certificate_is_joined_to_a_key_whose_file_holds_the_private_half_alone() {
    let at = tempfile::tempdir().unwrap();
    let seed = Sha256::digest(b"a seed of no key that is used");
    let head = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    let body = BASE64.encode(&[&head[..], &seed].concat());
    let pem = ["-----BEGIN PRIVATE", " KEY-----\n", &body, "\n-----END PRIVATE", " KEY-----\n"].concat();
    let public = parse(pem.as_bytes()).unwrap().ssh_public.unwrap();
    write(at.path(), "repo/server.key", &pem);
    write(at.path(), "repo/tls.crt", certificate_of(&public, (COMMON_NAME, "x"), &["api.test"], "270101000000Z"));
    let report = scan(at.path());
    let told = facts(&report, "server.key");
    assert_eq!(told["details"]["certificate"], "api.test", "{told}");
    assert_eq!(told["details"]["certificate-ends"], "2027-01-01T00:00:00Z");
}

#[test]
fn a_kubeconfig_tells_whose_its_key_is_and_an_ended_token_is_ended() {
    let at = tempfile::tempdir().unwrap();
    let (text, public) = key(3);
    let certificate = certificate_of(&public, (ORGANISATION, "system:masters"), &[], "260101000000Z");
    let user = format!(
        "users:\n- name: admin\n  user:\n    client-certificate-data: {}\n    client-key-data: {}\n",
        BASE64.encode(certificate.as_bytes()),
        BASE64.encode(text.as_bytes())
    );
    write(at.path(), "repo/admin.kubeconfig", user);
    let part = |text: &str| BASE64URL_NOPAD.encode(text.as_bytes());
    let claims = "{\"aud\":[\"https://kubernetes.default.svc\"],\"exp\":1790000000,\"iss\":\"https://kubernetes.default.svc\",\
                  \"kubernetes.io\":{\"namespace\":\"prod\",\"serviceaccount\":{\"name\":\"web\"}}}";
    let signature = Minter::new(4).fill("{base62:342}").unwrap();
    let token = format!("{}.{}.{signature}", part("{\"alg\":\"RS256\",\"kid\":\"k\"}"), part(claims));
    write(at.path(), "repo/web/.kube/config", format!("users:\n- name: web\n  user:\n    token: {token}\n"));
    let report = scan(at.path());
    let told = facts(&report, "admin.kubeconfig");
    assert!(told["notes"].to_string().contains("system:masters"), "{told}");
    assert!(told["notes"].to_string().contains("ended on 2026-01-01"), "{told}");
    let web = facts(&report, "web/.kube/config");
    assert_eq!((&web["details"]["namespace"], &web["details"]["service-account"]), (&"prod".into(), &"web".into()));
    let findings = report["findings"].as_array().unwrap();
    let ended = findings.iter().find(|f| f["places"][0]["path"] == "web/.kube/config").unwrap();
    assert_eq!(ended["judgement"]["state"]["because"], "expired", "{ended}");
}

#[test]
fn a_supabase_key_is_bound_to_the_project_whose_address_stands_in_the_repository() {
    let at = tempfile::tempdir().unwrap();
    let mut minter = Minter::new(5);
    let (project, other) = (minter.fill("{lower:20}").unwrap(), minter.fill("{lower:20}").unwrap());
    let unsealed = minter.fill("sb_secret_{base62:22}").unwrap();
    let hash = BASE64URL_NOPAD.encode(&Sha256::digest(format!("{project}|{unsealed}")));
    write(at.path(), "repo/server/.env", format!("SUPABASE_SECRET_KEY={unsealed}_{}\n", &hash[..8]));
    write(at.path(), "repo/web/other.ts", format!("const url = 'https://{other}.supabase.co'\n"));
    assert!(facts(&scan(at.path()), "server/.env")["details"]["project"].is_null());
    write(at.path(), "repo/web/client.ts", format!("const url = 'https://{project}.supabase.co'\n"));
    assert_eq!(facts(&scan(at.path()), "server/.env")["details"]["project"], project.as_str());
}

#[test]
fn a_token_of_supabase_is_bound_to_the_project_that_it_names_where_the_repository_has_its_address() {
    let at = tempfile::tempdir().unwrap();
    let mut minter = Minter::new(6);
    let (project, other) = (minter.fill("{lower:20}").unwrap(), minter.fill("{lower:20}").unwrap());
    let part = |json: String| BASE64URL_NOPAD.encode(json.as_bytes());
    let claims =
        format!(r#"{{"iss":"supabase","ref":"{project}","role":"service_role","iat":1790000000,"exp":2100000000}}"#);
    let signature = BASE64URL_NOPAD.encode(&Sha256::digest(project.as_bytes()));
    let token = format!("{}.{}.{signature}", part(r#"{"alg":"HS256","typ":"JWT"}"#.to_owned()), part(claims));
    write(at.path(), "repo/server/key.env", format!("SERVICE={token}\n"));
    write(at.path(), "repo/web/other.ts", format!("const url = 'https://{other}.supabase.co'\n"));
    let scanned = scan(at.path());
    let alone = facts(&scanned, "server/key.env");
    assert_eq!((&alone["details"]["ref"], &alone["details"]["project"]), (&project.as_str().into(), &Value::Null));
    write(at.path(), "repo/web/client.ts", format!("\nconst url = 'https://{project}.supabase.co'\n"));
    let scanned = scan(at.path());
    let bound = facts(&scanned, "server/key.env");
    assert_eq!(bound["details"]["project"], project.as_str());
    assert!(bound["notes"].to_string().contains("web/client.ts:2"), "{}", bound["notes"]);
}

/// Everybody's local stack has the same keys: their signing secret is printed in the documentation.
#[test]
fn the_published_keys_of_local_stacks_are_no_leak() {
    use hmac::{Hmac, KeyInit, Mac};
    let secret = ["super-secret-jwt-token-with", "-at-least-32-characters-long"].concat();
    let at = tempfile::tempdir().unwrap();
    for role in ["anon", "service_role"] {
        let part = |json: String| BASE64URL_NOPAD.encode(json.as_bytes());
        let claims = format!(r#"{{"iss":"supabase-demo","role":"{role}","exp":1983812996}}"#);
        let signed = format!("{}.{}", part(r#"{"alg":"HS256","typ":"JWT"}"#.to_owned()), part(claims));
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(signed.as_bytes());
        let token = format!("{signed}.{}", BASE64URL_NOPAD.encode(&mac.finalize().into_bytes()));
        write(at.path(), &format!("repo/{role}.env"), format!("KEY={token}\n"));
    }
    let secret = ["sb_sec", "ret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz"].concat();
    write(at.path(), "repo/new.env", format!("KEY={secret}\n"));
    assert_eq!(scan(at.path())["findings"], serde_json::json!([]));
}
