//! The sort of a key, as far as its text or its row tells. Some lists hold some sorts only, and a list can
//! exclude only what it could hold.

use super::{Inventory, Record};
use crate::issuer::Issuer;

/// A sort of key that at least one list tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// NuGet: 46 characters of base32.
    NugetV4,
    /// NuGet: 84 characters, short-lived; never on the API-keys page.
    NugetV5,
    /// NuGet: a GUID, from before scoped keys.
    NugetGuid,
    /// crates.io: minted for a trusted publisher, lives half an hour; in no list.
    CratesTrusted,
    /// GitLab: personal, project or group access token.
    GitlabAccess,
    /// GitLab: deploy token.
    GitlabDeploy,
    /// GitLab: runner, job, trigger and such; in no list that is read here.
    GitlabOther,
}

impl Sort {
    /// The sort of a leaked key. `None` where its text does not tell.
    pub(super) fn of_key(issuer: &Issuer, key: &[u8]) -> Option<Self> {
        match issuer.as_str() {
            "nuget" | "powershell-gallery" => nuget(key),
            "crates-io" => key.starts_with(b"cio_tp_").then_some(Self::CratesTrusted),
            "gitlab" => gitlab(key),
            _ => None,
        }
    }

    /// The sort of a row. `None` where the list does not tell.
    pub(super) fn of_record(record: &Record) -> Option<Self> {
        let stated = record.facts.details.get("type").or_else(|| record.facts.kind.said())?.to_ascii_lowercase();
        match record.facts.issuer.as_ref()?.as_str() {
            "nuget" | "powershell-gallery" => nuget_row(&stated),
            "gitlab" if stated.contains("deploy") => Some(Self::GitlabDeploy),
            "gitlab" if stated.contains("access") => Some(Self::GitlabAccess),
            _ => None,
        }
    }

    /// Whether a list of such a format can hold keys of this sort at all.
    pub(super) fn fits_list(self, list: &Inventory) -> bool {
        match list.format {
            // NuGetGallery, `CredentialTypes.ViewSupported…`: v5 is left out of the page.
            "nuget-page" => self != Self::NugetV5,
            "crates-io-tokens" => self != Self::CratesTrusted,
            "gitlab-tokens" => list.records.iter().any(|record| Self::of_record(record) == Some(self)),
            _ => true,
        }
    }
}

/// Whether a key of sort `key` may be the row of sort `row`; what is not told may be anything.
pub(super) fn compatible(key: Option<Sort>, row: Option<Sort>) -> bool {
    key.zip(row).is_none_or(|(key, row)| key == row)
}

/// NuGetGallery, `ApiKeyV4.cs`: `v4` and ten random bytes in base32 (20 characters, beginning with `oy2`), then a
/// GUID in base32 (26). The server ignores case.
pub(super) fn is_nuget_v4(key: &[u8]) -> bool {
    key.len() == 46
        && key[..3].eq_ignore_ascii_case(b"oy2")
        && key.iter().all(|b| b.is_ascii_alphabetic() || (b'2'..=b'7').contains(b))
}

fn nuget(key: &[u8]) -> Option<Sort> {
    if is_nuget_v4(key) {
        return Some(Sort::NugetV4);
    }
    // NuGetGallery, `ApiKeyV5.cs`: the signature stands at 52, the provider's at 76.
    if key.len() == 84 && &key[52..58] == b"JQQJ99" && key[76..80].eq_ignore_ascii_case(b"NUGT") {
        return Some(Sort::NugetV5);
    }
    is_guid(key).then_some(Sort::NugetGuid)
}

/// NuGetGallery, `CredentialTypes.cs`: the words of the page's `Type`; people write `v4` or `v5` for themselves.
fn nuget_row(stated: &str) -> Option<Sort> {
    let has = |version: &str| stated.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == version);
    match () {
        () if has("v4") => Some(Sort::NugetV4),
        () if has("v5") => Some(Sort::NugetV5),
        () if has("v1") || has("v2") || has("v3") || has("guid") => Some(Sort::NugetGuid),
        () => None,
    }
}

/// GitLab, documentation of token prefixes; a prefix may be changed by the instance's administrator, so an unknown
/// one tells nothing.
fn gitlab(key: &[u8]) -> Option<Sort> {
    const OTHERS: &[&[u8]] = &[
        b"gloas-",
        b"glrt-",
        b"glrtr-",
        b"glcbt-",
        b"glptt-",
        b"glft-",
        b"glimt-",
        b"glagent-",
        b"glwt-",
        b"glsoat-",
        b"glffct-",
    ];
    if key.starts_with(b"glpat-") {
        return Some(Sort::GitlabAccess);
    }
    if key.starts_with(b"gldt-") {
        return Some(Sort::GitlabDeploy);
    }
    OTHERS.iter().any(|prefix| key.starts_with(prefix)).then_some(Sort::GitlabOther)
}

fn is_guid(key: &[u8]) -> bool {
    let dashed = key.len() == 36
        && key.iter().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        });
    dashed || (key.len() == 32 && key.iter().all(u8::is_ascii_hexdigit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tell_their_sort() {
        let v4 = format!("{}{}", "OY2", "a".repeat(43));
        let v5 = format!("{}JQQJ99{}NUGT{}", "k".repeat(52), "A".repeat(18), "0".repeat(4));
        let guid = format!("{}-{}", "0a1b2c3d", "0000-4000-8000-0123456789ab");
        for (issuer, key, sort) in [
            (Issuer::NUGET, v4.as_str(), Some(Sort::NugetV4)),
            (Issuer::POWERSHELL_GALLERY, &v5, Some(Sort::NugetV5)),
            (Issuer::NUGET, &guid, Some(Sort::NugetGuid)),
            (Issuer::NUGET, "something else", None),
            (Issuer::NPM, &guid, None),
            (Issuer::CRATES_IO, "cio_tp_x", Some(Sort::CratesTrusted)),
            (Issuer::GITLAB, "gldt-x", Some(Sort::GitlabDeploy)),
            (Issuer::GITLAB, "acme-x", None),
        ] {
            assert_eq!(Sort::of_key(&issuer, key.as_bytes()), sort, "{issuer}");
        }
    }
}
