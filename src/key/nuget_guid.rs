//! NuGet's keys before v4: a GUID (NuGet/NuGetGallery `CredentialValidator.cs`).

use super::facts::{Action, Grant, KeyFacts, Power, Subjects};
use crate::format::uuid::is_uuid;

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    is_uuid(key).then(|| {
        KeyFacts::of_kind("API key v1 to v3, or a verification key")
            .grant(Grant::at_most(vec![Action::new("all", Power::Everything)], Subjects::Everything))
            .note(
                "A key of these versions has no scopes and opens the whole account, unless it is a verification key, \
                 which only verifies one package and lives a day.",
            )
    })
}
