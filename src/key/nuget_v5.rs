//! NuGet's v5 key, minted for Trusted Publishing (NuGet/NuGetGallery `ApiKeyV5.cs`).

use super::facts::{Expiry, KeyFacts};
use crate::format::nuget_v5::{Fields, parse};
use crate::issuer::Issuer;

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    let fields = parse(key)?;
    let mut facts = KeyFacts::of_kind(kind(fields.class))
        .issued_by(Issuer::NUGET)
        .detail("environment", environment(fields.environment))
        .detail("owner-id", fields.owner.to_string());
    facts.created = fields.created.into();
    facts.expires = end(&fields).map(Expiry::At).into();
    facts = match fields.lifetime {
        Some(lifetime) => facts.detail("lifetime", format!("{} minutes", lifetime.as_mins())),
        None => facts.note("Its lifetime is longer than the issuer mints."),
    };
    if fields.environment != 'P' {
        facts = facts.note("It was made for a test environment of NuGet and does not open NuGet.org.");
    }
    Some(facts.note(
        "Its scopes are those of the Trusted Publishing policy that it was minted under; a policy without scopes \
         gives everything that its owner has.",
    ))
}

fn end(fields: &Fields) -> Option<jiff::Timestamp> {
    fields.created?.checked_add(fields.lifetime?).ok()
}

fn kind(class: char) -> &'static str {
    match class {
        'S' => "API key v5, short-lived",
        'L' => "API key v5, long-lived",
        _ => "API key v5",
    }
}

fn environment(letter: char) -> String {
    match letter {
        'P' => "production".to_owned(),
        'I' => "integration".to_owned(),
        'D' => "development".to_owned(),
        'L' => "local".to_owned(),
        other => other.to_string(),
    }
}
