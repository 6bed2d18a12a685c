//! Elastic's API keys: the public id, by which `GET /_security/api_key?id=` tells rights and end.

use super::facts::{KeyFacts, Reported};
use crate::format::elastic;
use crate::issuer::Issuer;

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    let (kind, id) = match elastic::parse(key) {
        Some((id, _)) => ("Elastic Cloud API key", id),
        None => ("Elasticsearch API key", elastic::encoded_id(key)?),
    };
    let facts = KeyFacts::of_kind(kind).issued_by(Issuer::new("elastic"));
    let facts = facts.note("Without role descriptors of its own such a key has all rights of its owner.");
    Some(KeyFacts { key_id: Reported::Said(id), ..facts })
}
