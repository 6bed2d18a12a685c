//! What Hugging Face answers about a token to whoever holds it, one answer for each token (Hugging Face Hub, `whoami-v2`).
//! There is no list of tokens but the page of settings; the answers put together are one.
//!
//! They tell no part of a token's text.

use serde_json::{Map, Value};

use super::importer::Join;
use super::listing::{Listing, PLAIN};
use super::row::Entry;
use super::state::active;
use super::{Format, Reader, Record};
use crate::key::{Action, Grant, KeyFacts, Power, Reported, Subjects};

pub(super) const FORMAT: Format = Format {
    name: "hugging-face-tokens",
    issuers: &["hugging-face"],
    joined_by: &[Join::Name],
    export: "Hugging Face's answers about your tokens, one after the other (there is no list but the page \
             /settings/tokens): curl -H \"Authorization: Bearer $HF_TOKEN\" https://huggingface.co/api/whoami-v2",
    source: "huggingface/huggingface_hub: HfApi.whoami; trufflehog: analyzers/huggingface",
    reader: Reader::Rows { listing: LISTING, told_by: &[&["name", "auth", "type"]], record },
};

const LISTING: Listing = Listing {
    issuer: "hugging-face",
    required: &["name", "auth"],
    partial: true,
    notes: &["Hugging Face tells of one token at a time, so tokens that nobody asked about are missing, and it tells \
              neither when a token ends nor when it was last used"],
    ..PLAIN
};

fn record(entry: &mut Entry<'_>) -> Option<Record> {
    if entry.row.get("auth.accessToken").is_none() {
        entry.wrong("auth", "has no `accessToken`: it is no answer about a user's access token");
        return None;
    }
    let mut facts = KeyFacts {
        kind: Reported::Said("user access token".to_owned()),
        name: entry.words("auth.accessToken.displayName").into(),
        owner: entry.words("name").into(),
        created: entry.since("auth.accessToken.createdAt"),
        ..KeyFacts::default()
    };
    (facts.state, facts.state_reason) = active("Hugging Face answered to it when the list was made");
    facts.grants = grants(entry).into();
    let facts = entry.details(facts, &[("auth.accessToken.role", "role")]);
    Some(entry.row.record(facts, Vec::new()))
}

fn grants(entry: &mut Entry<'_>) -> Option<Vec<Grant>> {
    let whole = |word: &str, power| vec![Grant::exact(vec![Action::new(word, power)], Subjects::Everything)];
    match entry.one_of("auth.accessToken.role", &["read", "write", "fineGrained"])? {
        "read" => Some(whole("read", Power::Read)),
        "write" => Some(whole("write", Power::Manage)),
        _ => {
            let global = entry.texts("auth.accessToken.fineGrained.global").value().unwrap_or_default();
            let scoped = entry.objects("auth.accessToken.fineGrained.scoped").value().unwrap_or_default();
            let mut grants: Vec<Grant> = scoped.iter().map(scope).collect();
            if !global.is_empty() {
                let actions = global.iter().map(|word| action(word, true)).collect();
                grants.push(Grant::exact(actions, Subjects::Everything));
            }
            Some(grants)
        }
    }
}

/// `{"entity": {"type": "user", "name": "ann"}, "permissions": ["repo.write"]}`; a user or an organisation is all that
/// it has.
fn scope(scoped: &Map<String, Value>) -> Grant {
    let entity = |name: &str| scoped.get("entity").and_then(|entity| entity.get(name)?.as_str());
    let wide = matches!(entity("type"), Some("user" | "org"));
    let words = scoped.get("permissions").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let actions = words.map(|word| action(word, wide)).collect();
    let name = entity("name").map(|name| if wide { format!("{name}/*") } else { name.to_owned() });
    Grant::exact(actions, Subjects::of_names(name.into_iter().collect(), |_| false))
}

fn action(word: &str, wide: bool) -> Action {
    let power = match word {
        "repo.write" | "repo.content.write" if wide => Power::PublishNew,
        "repo.write" | "repo.content.write" => Power::PublishUpdate,
        "discussion.write" => Power::Read,
        _ if word.rsplit('.').next() == Some("read") || word.starts_with("inference.serverless") => Power::Read,
        _ => Power::Manage,
    };
    Action::new(word, power)
}
