//! npm's tokens. What one may do stands with the issuer alone.

use super::facts::KeyFacts;
use crate::format::uuid::is_uuid;
use crate::issuer::Issuer;

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    if is_uuid(key) {
        return Some(KeyFacts::of_kind("classic token (UUID)").note(
            "The public registry announced that it revoked all classic tokens on 2025-12-09; a private registry may \
             still take it.",
        ));
    }
    let rest = key.strip_prefix(b"npm_")?;
    (rest.len() == 36 && rest.iter().all(u8::is_ascii_alphanumeric))
        .then(|| KeyFacts::of_kind("access token").issued_by(Issuer::NPM))
}
