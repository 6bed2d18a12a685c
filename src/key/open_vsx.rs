//! Open VSX's tokens: a prefix that the server chooses, and a UUID (eclipse/openvsx `AccessTokenService`).

use super::facts::{Action, Grant, KeyFacts, Power, Subjects};
use crate::format::uuid::is_uuid;

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    let at = key.len().checked_sub(36)?;
    is_uuid(&key[at..]).then(|| {
        KeyFacts::of_kind("access token")
            .grant(Grant::exact(vec![Action::new("publish", Power::PublishNew)], Subjects::Everything))
            .note("A token has no scopes: it publishes to every namespace of its user. Servers give it 90 days by default.")
    })
}
