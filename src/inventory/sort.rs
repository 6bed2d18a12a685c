//! The sort of a key, as far as its text or its row tells. Some lists hold some sorts only, and a list can
//! exclude only what it could hold.

use super::Record;
use crate::issuer::Issuer;
use crate::key::{Expiry, KeyFacts};

/// A sort of key that at least one list tells apart, or of which at least one list holds none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Sort {
    /// NuGet: 46 characters of base32.
    NugetV4,
    /// NuGet: 84 characters, short-lived; never on the API-keys page.
    NugetV5,
    /// NuGet: a GUID, from before scoped keys.
    NugetGuid,
    /// One that is told by what it begins with: the issuer and its name.
    Prefixed(&'static str, &'static str),
}

/// Sorts that are told by what the key begins with: issuer, beginning, name. A beginning that is not here tells
/// nothing. Sources: the issuers' lists of token prefixes, as the rules and decoders of each name them.
const PREFIXED: &[(&str, &str, &str)] = &[
    ("crates-io", "cio_tp_", "trusted"),
    ("gitlab", "glpat-", "access"),
    ("gitlab", "gldt-", "deploy"),
    ("gitlab", "gloas-", "other"),
    ("gitlab", "glrt-", "other"),
    ("gitlab", "glrtr-", "other"),
    ("gitlab", "glcbt-", "other"),
    ("gitlab", "glptt-", "other"),
    ("gitlab", "glft-", "other"),
    ("gitlab", "glimt-", "other"),
    ("gitlab", "glagent-", "other"),
    ("gitlab", "glwt-", "other"),
    ("gitlab", "glsoat-", "other"),
    ("gitlab", "glffct-", "other"),
    ("github", "ghp_", "classic"),
    ("github", "github_pat_", "fine-grained"),
    ("github", "gho_", "oauth"),
    ("github", "ghu_", "app"),
    ("github", "ghs_", "app"),
    ("github", "ghr_", "app"),
    ("aws", "AKIA", "long-term"),
    ("aws", "ASIA", "temporary"),
    ("aws", "ABSK", "bedrock"),
    ("aws", "bedrock-api-key-", "bedrock"),
    ("gcp", "AIza", "API key"),
    ("gcp", "AQ.", "API key"),
    ("gcp", "ya29.", "other"),
    ("gcp", "1//", "other"),
    ("gcp", "GOCSPX-", "other"),
    ("docker-hub", "dckr_pat_", "personal"),
    ("docker-hub", "dckr_oat_", "organization"),
    ("openai", "sk-admin-", "admin"),
    ("openai", "sk-proj-", "project"),
    ("openai", "sk-svcacct-", "project"),
    ("anthropic", "sk-ant-api", "API key"),
    ("anthropic", "sk-ant-admin", "admin"),
    ("anthropic", "sk-ant-o", "oauth"),
    ("tailscale", "tskey-auth-", "auth"),
    ("tailscale", "tskey-api-", "api"),
    ("tailscale", "tskey-client-", "client"),
    ("tailscale", "tskey-scim-", "other"),
    ("tailscale", "tskey-webhook-", "other"),
    ("cloudflare", "cfut_", "token"),
    ("cloudflare", "cfat_", "token"),
    ("cloudflare", "cfk_", "global"),
    ("cloudflare", "v1.0-", "origin"),
    ("vercel", "vcp_", "token"),
    ("vercel", "vck_", "other"),
    ("vercel", "vci_", "other"),
    ("jfrog", "AKC", "API key"),
    ("hugging-face", "hf_jwt_", "exchanged"),
    ("hugging-face", "hf_oauth_", "exchanged"),
];

/// What a row's kind says, in small letters, of the sorts above: issuer, word, name. The first that fits counts.
const KINDS: &[(&str, &str, &str)] = &[
    ("gitlab", "deploy", "deploy"),
    ("gitlab", "access", "access"),
    ("github", "fine-grained", "fine-grained"),
    ("github", "oauth", "oauth"),
    ("github", "github app", "app"),
    ("github", "personal access token", "classic"),
    ("aws", "access key", "long-term"),
    ("gcp", "service account", "service account key"),
    ("gcp", "api key", "API key"),
    ("docker-hub", "organization", "organization"),
    ("docker-hub", "personal", "personal"),
    ("datadog", "application", "application"),
    ("datadog", "api key", "API key"),
    ("openai", "admin", "admin"),
    ("openai", "project", "project"),
    ("tailscale", "auth", "auth"),
    ("tailscale", "api", "api"),
    ("tailscale", "client", "client"),
    ("azure", "client secret", "client secret"),
    ("azure", "certificate", "certificate"),
];

/// Sorts that a format's lists never hold, and why. For the formats of [`BY_ROWS`] the rows tell.
const NEVER_IN: &[(&str, Sort)] = &[
    // NuGetGallery, `CredentialTypes.ViewSupported…`: v5 is left out of the page.
    ("nuget-page", Sort::NugetV5),
    // rust-lang/crates.io: tokens of trusted publishing are not the user's.
    ("crates-io-tokens", Sort::Prefixed("crates-io", "trusted")),
    // warehouse: the page lists what was made on it, and what is made on it has no end.
    ("pypi-page", Sort::Prefixed("pypi", "with an end")),
    ("aws-access-keys", Sort::Prefixed("aws", "temporary")),
    ("aws-access-keys", Sort::Prefixed("aws", "bedrock")),
    ("aws-credential-report", Sort::Prefixed("aws", "temporary")),
    ("aws-credential-report", Sort::Prefixed("aws", "bedrock")),
    ("anthropic-api-keys", Sort::Prefixed("anthropic", "admin")),
    ("anthropic-api-keys", Sort::Prefixed("anthropic", "oauth")),
    ("cloudflare-tokens", Sort::Prefixed("cloudflare", "global")),
    ("cloudflare-tokens", Sort::Prefixed("cloudflare", "origin")),
    ("vercel-tokens", Sort::Prefixed("vercel", "other")),
    ("jfrog-tokens", Sort::Prefixed("jfrog", "API key")),
    ("hugging-face-tokens", Sort::Prefixed("hugging-face", "exchanged")),
    ("entra-credentials", Sort::Prefixed("azure", "other")),
];

/// Formats of several sorts, of which one file holds those that its rows are of.
const BY_ROWS: &[&str] = &[
    "gitlab-tokens",
    "github-fine-grained-tokens",
    "github-credential-authorizations",
    "github-audit-log",
    "gcp-service-account-keys",
    "gcp-api-keys",
    "docker-hub-tokens",
    "datadog-keys",
    "openai-keys",
    "tailscale-keys",
];

impl Sort {
    /// The sort of a leaked key. `None` where its text does not tell.
    pub(super) fn of_key(issuer: &Issuer, key: &[u8], decoded: Option<&KeyFacts>) -> Option<Self> {
        let named = |issuer| move |name| Self::Prefixed(issuer, name);
        match issuer.as_str() {
            "nuget" | "powershell-gallery" => nuget(key),
            "pypi" | "testpypi" => {
                let ends = matches!(decoded?.expires.said(), Some(Expiry::At(_)));
                ends.then_some("with an end").map(named("pypi"))
            }
            // Datadog's documentation of keys: an API key has 32 hexadecimal digits, an application key 40.
            "datadog" => match key.len() {
                32 => Some("API key"),
                40 => Some("application"),
                _ => None,
            }
            .map(named("datadog")),
            // microsoft/security-utilities: `8Q~` or `7Q~` stands behind the first three characters.
            "azure" if key.get(4..6) == Some(b"Q~") => Some(Self::Prefixed("azure", "client secret")),
            "azure" => Some(Self::Prefixed("azure", "other")),
            "gcp" if memchr::memmem::find(key, b"private_key").is_some() => {
                Some(Self::Prefixed("gcp", "service account key"))
            }
            issuer => PREFIXED
                .iter()
                .find(|(known, prefix, _)| *known == issuer && key.starts_with(prefix.as_bytes()))
                .map(|&(issuer, _, name)| Self::Prefixed(issuer, name)),
        }
    }

    /// The sort of a row. `None` where the list does not tell.
    pub(super) fn of_record(record: &Record) -> Option<Self> {
        let stated = record.facts.details.get("type").or_else(|| record.facts.kind.said())?.to_ascii_lowercase();
        match record.facts.issuer.as_ref()?.as_str() {
            "nuget" | "powershell-gallery" => nuget_row(&stated),
            issuer => KINDS
                .iter()
                .find(|(known, word, _)| *known == issuer && stated.contains(word))
                .map(|&(issuer, _, name)| Self::Prefixed(issuer, name)),
        }
    }

    /// Whether a list of such a format, with rows of these sorts, can hold keys of this sort at all.
    pub(super) fn fits_list(self, format: &'static str, rows: &[Option<Self>]) -> bool {
        if BY_ROWS.contains(&format) { rows.contains(&Some(self)) } else { !NEVER_IN.contains(&(format, self)) }
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
            (Issuer::CRATES_IO, "cio_tp_x", Some(Sort::Prefixed("crates-io", "trusted"))),
            (Issuer::GITLAB, "gldt-x", Some(Sort::Prefixed("gitlab", "deploy"))),
            (Issuer::GITLAB, "acme-x", None),
            (Issuer::new("azure"), "abc8Q~x", Some(Sort::Prefixed("azure", "client secret"))),
            (Issuer::new("datadog"), &"0".repeat(40), Some(Sort::Prefixed("datadog", "application"))),
        ] {
            assert_eq!(Sort::of_key(&issuer, key.as_bytes(), None), sort, "{issuer}");
        }
    }
}
