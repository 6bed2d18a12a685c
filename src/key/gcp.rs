//! Google Cloud: a service account's key file.

use serde_json::{Map, Value};

use super::claims;
use super::facts::KeyFacts;
use crate::issuer::Issuer;

/// The members of a key file up to `client_email` and beyond, with or without the braces around them
/// (cloud.google.com, "create and delete service account keys").
pub(super) fn decode_service_account(key: &[u8]) -> Option<KeyFacts> {
    let members = members(str::from_utf8(key).ok()?)?;
    let email = claims::text(&members, "client_email")?;
    let mut facts = KeyFacts::of_kind("service account key").issued_by(Issuer::new("gcp"));
    facts.key_id = claims::text(&members, "private_key_id").map(str::to_owned).into();
    facts.owner = Some(email.to_owned()).into();
    let facts = claims::details(facts, &members, &["project_id", "client_id", "universe_domain"]);
    let facts = facts.note("Google publishes the certificate of a live key, with its end, at googleapis.com/robot/v1/metadata/x509/ and the account's address.");
    Some(
        if email.ends_with("-compute@developer.gserviceaccount.com") || email.ends_with("@appspot.gserviceaccount.com")
        {
            facts.note("It is a default service account; unless somebody took it away, such an account is Editor of its project.")
        } else {
            facts
        },
    )
}

fn members(text: &str) -> Option<Map<String, Value>> {
    let text = text.trim().trim_start_matches('{').trim_end_matches([',', '}']).trim();
    // In a string of another file, the quotes are escaped.
    let plain =
        if text.contains("\\\"") { text.replace("\\\"", "\"").replace("\\\\n", "\\n") } else { text.to_owned() };
    serde_json::from_str(&format!("{{{plain}}}")).ok()
}
