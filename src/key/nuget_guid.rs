//! NuGet's keys before v4: a GUID (NuGet/NuGetGallery `CredentialValidator.cs`).

use super::facts::KeyFacts;
use crate::format::uuid::is_uuid;

/// States no grants: the form does not tell NuGet.org's keys from those of other feeds, which issue GUIDs too.
pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    is_uuid(key).then(|| {
        KeyFacts::of_kind("API key v1 to v3, or a verification key").note(
            "If NuGet.org issued it, it has no scopes and opens the whole account, unless it is a verification key, \
             which only verifies one package and lives a day. Other feeds issue GUIDs with other rights.",
        )
    })
}
