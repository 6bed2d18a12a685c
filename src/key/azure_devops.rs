//! Azure DevOps' personal access tokens: today's common annotated key, and the 52 characters before it
//! (microsoft/security-utilities).

use super::facts::KeyFacts;
use crate::format::cask;
use crate::issuer::Issuer;

const PROVIDER: &str = "AZDO";

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    let scopes = "Its scopes, its organisations and its end stand with the issuer; its text says nothing of them.";
    if key.len() == 52 && key.iter().all(|b| b.is_ascii_lowercase() || (b'2'..=b'7').contains(b)) {
        let facts = KeyFacts::of_kind("personal access token (52 characters)");
        return Some(facts.issued_by(Issuer::AZURE_DEVOPS).note(scopes));
    }
    let token = cask::parse(key).filter(|token| token.provider == PROVIDER)?;
    let facts = KeyFacts::of_kind("personal access token").issued_by(Issuer::AZURE_DEVOPS);
    // Only the month is written, so it is no creation time that a lifetime could be reckoned from.
    Some(facts.detail("created-month", format!("{}-{:02}", token.year, token.month)).note(scopes))
}
