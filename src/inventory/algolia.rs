//! Algolia's list of an application's API keys (Algolia API documentation, "List API keys").
//!
//! Algolia answers with the keys themselves. A list must not carry keys, so their SHA-256 is put in their place when the
//! list is made; such a hash is the surest join.

use data_encoding::HEXLOWER_PERMISSIVE;

use super::actions::{ALGOLIA, action};
use super::importer::Join;
use super::listing::{Listing, PLAIN};
use super::row::Entry;
use super::state::active;
use super::{Format, Mark, Reader, Record};
use crate::key::{Expiry, Grant, KeyFacts, Reported, Restriction, Subjects};

pub(super) const FORMAT: Format = Format {
    name: "algolia-keys",
    issuers: &["algolia"],
    joined_by: &[Join::Hash, Join::Name],
    export: "Algolia's list of API keys with each key's `value` replaced by its `sha256`, with the admin key: curl -H \
             \"x-algolia-application-id: $APP\" -H \"x-algolia-api-key: $KEY\" \"https://$APP.algolia.net/1/keys\" | \
             python3 -c 'import sys,json,hashlib as h; d=json.load(sys.stdin); \
             [k.update(sha256=h.sha256(k.pop(\"value\").encode()).hexdigest()) for k in d[\"keys\"]]; \
             json.dump(d,sys.stdout,indent=1)'",
    source: "Algolia API documentation: search/list-api-keys",
    reader: Reader::Rows { listing: LISTING, told_by: &[&["acl", "validity"], &["acl", "createdAt"]], record },
};

const LISTING: Listing = Listing {
    issuer: "algolia",
    under: &["keys"],
    required: &["acl"],
    secrets: &["value", "key"],
    notes: &["Algolia's list does not tell when a key was last used; the main admin key is not in it"],
    partial: true,
    ..PLAIN
};

fn record(entry: &mut Entry<'_>) -> Option<Record> {
    let mut facts = KeyFacts {
        kind: Reported::Said("API key".to_owned()),
        name: entry.words("description").into(),
        created: entry.since("createdAt"),
        restrictions: restrictions(entry).into(),
        ..KeyFacts::default()
    };
    // `validity` counts the seconds that were left when the list was made, and the list does not tell when that was.
    match entry.id("validity").as_deref() {
        None | Some("0") => facts.expires = Reported::Said(Expiry::Never),
        Some(left) => facts.notes.push(format!("It had {left} seconds left when the list was made.")),
    }
    (facts.state, facts.state_reason) = active("the list has it");
    let acl = entry.texts("acl").value().unwrap_or_default();
    let actions = acl.iter().map(|word| action(ALGOLIA, word, &mut facts.notes)).collect();
    let indexes = entry.texts("indexes").value().filter(|indexes| !indexes.is_empty());
    // Algolia's documentation: without indexes it is for all of the application.
    let subjects = indexes.map_or(Subjects::Everything, |indexes| Subjects::of_names(indexes, |name| name == "*"));
    facts.grants = Reported::Said(vec![Grant::exact(actions, subjects)]);
    let hash = entry.words("sha256").and_then(|text| {
        let bytes = HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        if bytes.is_none() {
            entry.wrong("sha256", "is not a hash: 64 hexadecimal digits");
        }
        bytes.map(Mark::Sha256)
    });
    Some(entry.row.record(facts, hash.into_iter().collect()))
}

fn restrictions(entry: &mut Entry<'_>) -> Option<Vec<Restriction>> {
    let referers = entry.texts("referers").value().unwrap_or_default();
    let mut found: Vec<Restriction> =
        referers.into_iter().map(|value| Restriction { name: "referrer".to_owned(), value }).collect();
    for (field, name) in [
        ("maxQueriesPerIPPerHour", "queries-per-address-and-hour"),
        ("maxHitsPerQuery", "hits-per-query"),
        ("queryParameters", "query"),
    ] {
        let value = entry.id(field).filter(|value| !value.is_empty() && value != "0");
        // Algolia's documentation of `restrictSources`: the network from which the key works.
        let network = value
            .as_deref()
            .filter(|_| name == "query")
            .and_then(|query| query.split('&').find_map(|parameter| parameter.strip_prefix("restrictSources=")));
        found.extend(network.map(|range| Restriction { name: "cidr".to_owned(), value: range.replace("%2F", "/") }));
        found.extend(value.map(|value| Restriction { name: name.to_owned(), value }));
    }
    (!found.is_empty()).then_some(found)
}
