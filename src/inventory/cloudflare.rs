//! Cloudflare's list of a user's or an account's API tokens (Cloudflare API documentation, "List Tokens").
//!
//! The list tells no part of a token's text.

use serde_json::{Map, Value};

use super::actions::reading;
use super::importer::Join;
use super::listing::{Listing, PLAIN};
use super::row::{Blank, Entry};
use super::state::{Word, active, by_word, expired, revoked};
use super::{Format, Reader, Record};
use crate::key::{Action, Grant, KeyFacts, Power, Reported, Restriction, Subjects};

pub(super) const FORMAT: Format = Format {
    name: "cloudflare-tokens",
    issuers: &["cloudflare"],
    joined_by: &[Join::Name, Join::Elimination],
    export: "Cloudflare's list of API tokens, with a token that has \"API Tokens Read\" (\"Account API Tokens Read\" for \
             /accounts/ID/tokens): curl -H \"Authorization: Bearer $TOKEN\" \
             \"https://api.cloudflare.com/client/v4/user/tokens?per_page=50\"",
    source: "Cloudflare API documentation: user/tokens/list, accounts/tokens/list",
    reader: Reader::Rows {
        listing: LISTING,
        told_by: &[&["id", "name", "status", "policies"], &["id", "name", "status", "issued_on"]],
        record,
    },
};

const LISTING: Listing = Listing {
    issuer: "cloudflare",
    under: &["result"],
    required: &["id", "name", "status"],
    secrets: &["value"],
    notes: &["Cloudflare's list tells no part of a token's text, and the global API key is not in it"],
    ..PLAIN
};

fn record(entry: &mut Entry<'_>) -> Option<Record> {
    let mut facts = KeyFacts {
        kind: Reported::Said("API token".to_owned()),
        key_id: entry.id("id").into(),
        name: entry.words("name").into(),
        created: entry.since("issued_on"),
        expires: entry.until_if_any("expires_on"),
        last_used: entry.used("last_used_on", Blank::Never),
        restrictions: Reported::Said(restrictions(entry)),
        ..KeyFacts::default()
    };
    let words: &[Word] = &[("active", active), ("disabled", revoked), ("expired", expired)];
    (facts.state, facts.state_reason) = by_word(entry.words("status").as_deref(), words);
    if let Some(policies) = entry.objects("policies").value() {
        let denies = |policy: &&Map<String, Value>| policy.get("effect").and_then(Value::as_str) == Some("deny");
        if policies.iter().any(|policy| denies(&policy)) {
            facts.notes.push("A policy of it denies something; what it opens may be less than this.".to_owned());
        }
        facts.grants = Reported::Said(policies.iter().filter(|policy| !denies(policy)).map(grant).collect());
    }
    Some(entry.row.record(facts, Vec::new()))
}

/// `permission_groups` name what, `resources` to what: `com.cloudflare.api.account.zone.*` is every zone, and a value
/// that is an object names what is inside of the account.
fn grant(policy: &Map<String, Value>) -> Grant {
    let groups = policy.get("permission_groups").and_then(Value::as_array);
    let granted = groups.into_iter().flatten().filter_map(|group| group.get("name")?.as_str());
    let actions = granted.map(action).collect();
    let resources = policy.get("resources").and_then(Value::as_object);
    let named = resources.into_iter().flatten().flat_map(|(name, inside)| match inside.as_object() {
        Some(inside) => inside.keys().cloned().collect(),
        None => vec![name.clone()],
    });
    Grant::exact(actions, Subjects::of_names(named.collect(), |name| name.ends_with(".*")))
}

fn action(name: &str) -> Action {
    match name {
        // A token that may write tokens can make one with any right.
        "API Tokens Write" | "Account API Tokens Write" => Action::new(name, Power::Everything),
        _ => reading(name, name.ends_with(" Read")),
    }
}

/// `condition` is `{"request.ip": {"in": […], "not_in": […]}}`; some clients write `request_ip`. It is the only limit of
/// addresses that there is: a token without works from everywhere.
fn restrictions(entry: &mut Entry<'_>) -> Vec<Restriction> {
    let condition = entry.object("condition").unwrap_or_default();
    let ip = condition.get("request.ip").or_else(|| condition.get("request_ip")).and_then(Value::as_object);
    let named = [("in", "cidr"), ("not_in", "not-cidr")];
    let mut found: Vec<Restriction> = named
        .iter()
        .flat_map(|(field, name)| {
            let ranges = ip.and_then(|ip| ip.get(*field)?.as_array()).into_iter().flatten().filter_map(Value::as_str);
            ranges.map(|range| Restriction { name: (*name).to_owned(), value: range.to_owned() })
        })
        .collect();
    if found.iter().all(|one| one.name != "cidr") {
        found.push(Restriction { name: "cidr".to_owned(), value: "any".to_owned() });
    }
    found
}
