//! NuGet's v4 key, the sort that users make on the issuer's page (NuGet/NuGetGallery `ApiKeyV4.cs`).

use super::facts::{KeyFacts, Reported};
use crate::format::nuget_v4::{ID_LENGTH, Shape, shape};

/// No issuer: NuGet.org and the PowerShell Gallery run the same software.
pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    let shape = shape(key).filter(|shape| *shape >= Shape::Parsed)?;
    let id = str::from_utf8(key).ok()?.get(..ID_LENGTH)?.to_ascii_lowercase();
    let mut facts = KeyFacts::of_kind("API key v4")
        .detail("secret-shape", if shape == Shape::Guid { "random GUID" } else { "other" })
        .note("Its scopes and its expiry stand with the issuer; its text says nothing of them.");
    facts.key_id = Reported::Said(id);
    Some(facts)
}
