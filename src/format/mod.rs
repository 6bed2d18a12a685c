//! How keys are written: alphabets, checksums and envelopes. A leaf: bytes in, facts out.
//!
//! Rules name a [`Check`] to prove a match, minting uses its `seal` to complete a sample or an [`Envelope`] to make a
//! whole one, and the decoders of [`crate::key`] read the same envelopes in full. Adding a checksum is one file here
//! and one line in [`CHECKS`].

pub mod azure;
mod azure_devops;
pub mod base62;
pub mod base64;
pub mod bech32;
pub mod cask;
pub mod cask_v3;
pub mod certificate;
mod connection_url;
pub mod crates_io;
pub mod crc;
pub mod discord;
pub mod elastic;
mod entra;
mod envelope;
pub mod fly;
pub mod gitlab;
pub mod grafana;
mod hex_crc;
pub mod jfrog;
pub mod jwt;
pub mod macaroon;
pub mod mapbox;
pub mod marvin;
pub mod nkey;
pub mod nuget_v4;
pub mod nuget_v5;
pub mod onepassword;
pub mod private_key;
pub mod sentry;
pub mod supabase;
pub mod uuid;
pub mod vault;
pub mod verdaccio;

pub use self::envelope::{ENVELOPES, Envelope, Random, envelope};

/// What a failed check means for a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnMismatch {
    /// The issuer's source or documentation proves that every key has it: the match is dropped.
    Drop,
    /// It is not proved for every key: the match stays, at low confidence.
    Lower,
    /// What fails is no leak; what passes is not proved by it.
    Exclude,
    /// It cannot be told from the key alone for every key: only a match means something.
    Keep,
}

/// A checksum or a structure that a key's own text proves.
#[derive(Debug)]
pub struct Check {
    /// The name by which rule files ask for it.
    pub name: &'static str,
    /// What a mismatch means.
    pub on_mismatch: OnMismatch,
    /// Where the algorithm is proved: the issuer's source or documentation.
    pub source: &'static str,
    /// Whether the whole key passes.
    pub verify: fn(&[u8]) -> bool,
    /// Completes an unsealed sample (all of the key but its checksum) for minting. What is not exactly such a sample,
    /// a whole key for instance, is left as it is.
    pub seal: Option<fn(&str) -> String>,
}

/// Every check that a rule file may name.
pub const CHECKS: &[Check] = &[
    Check {
        name: "npm",
        on_mismatch: OnMismatch::Lower,
        source: "github.blog 2021-09-23 (npm has GitHub's scheme); no genuine token was at hand to confirm it",
        verify: crc::verify_npm,
        seal: Some(crc::seal_npm),
    },
    Check {
        name: "github",
        on_mismatch: OnMismatch::Drop,
        source: "github.blog 2021-04-05 (behind GitHub's new authentication token formats)",
        verify: crc::verify_github,
        seal: Some(crc::seal_github),
    },
    Check {
        name: "github-jwt",
        on_mismatch: OnMismatch::Drop,
        source: "GitHub changelog 2026-04 (ghs_APPID_JWT); RFC 7515",
        verify: jwt::verify_github,
        seal: None,
    },
    Check {
        name: "jsr",
        on_mismatch: OnMismatch::Drop,
        source: "jsr-io/jsr api/src/token.rs",
        verify: crc::verify_jsr,
        seal: Some(crc::seal_jsr),
    },
    Check {
        name: "gitlab-routable",
        on_mismatch: OnMismatch::Drop,
        source: "gitlabhq lib/authn/token_field/generator/routable_token.rb",
        verify: gitlab::verify,
        seal: None,
    },
    Check {
        name: "nuget-v5",
        on_mismatch: OnMismatch::Drop,
        source: "NuGet/NuGetGallery ApiKeyV5.cs; microsoft/security-utilities IdentifiableSecrets.cs",
        verify: nuget_v5::verify,
        seal: Some(cask::seal),
    },
    Check {
        name: "azure-cask",
        on_mismatch: OnMismatch::Drop,
        source: "microsoft/security-utilities IdentifiableSecrets.cs",
        verify: cask::verify,
        seal: Some(cask::seal),
    },
    Check {
        name: "crates-io-tp",
        on_mismatch: OnMismatch::Drop,
        source: "rust-lang/crates.io crates_io_trustpub/src/access_token.rs",
        verify: crates_io::verify,
        seal: Some(crates_io::seal),
    },
    Check {
        name: "nuget-v4",
        on_mismatch: OnMismatch::Drop,
        source: "NuGet/NuGetGallery ApiKeyV4.cs (structure, no checksum)",
        verify: nuget_v4::verify,
        seal: None,
    },
    Check {
        name: "macaroon",
        on_mismatch: OnMismatch::Drop,
        source: "pypi/warehouse warehouse/macaroons/services.py; libmacaroons doc/format.txt (structure)",
        verify: macaroon::verify_pypi,
        seal: None,
    },
    Check {
        name: "devpi-macaroon",
        on_mismatch: OnMismatch::Drop,
        source: "devpi-tokens; libmacaroons doc/format.txt (structure)",
        verify: macaroon::verify_devpi,
        seal: None,
    },
    Check {
        name: "jwt",
        on_mismatch: OnMismatch::Drop,
        source: "RFC 7515, RFC 7518, RFC 7519 (structure)",
        verify: jwt::verify,
        seal: None,
    },
    Check {
        name: "jfrog-reference",
        on_mismatch: OnMismatch::Drop,
        source: "JFrog's documented pattern; trufflehog#4684 and CredSweeper for the text behind it (structure)",
        verify: jfrog::verify,
        seal: None,
    },
    Check {
        name: "verdaccio-legacy",
        on_mismatch: OnMismatch::Lower,
        source: "@verdaccio/signature 8.1 (structure)",
        verify: verdaccio::verify,
        seal: None,
    },
    Check {
        name: "azure-identifiable",
        on_mismatch: OnMismatch::Drop,
        source: "microsoft/security-utilities IdentifiableSecrets.cs, IdentifiableMetadata.cs",
        verify: azure::verify,
        seal: Some(azure::seal),
    },
    Check {
        name: "azure-devops-legacy",
        on_mismatch: OnMismatch::Lower,
        source: "microsoft/security-utilities SEC101_102_AdoPat.cs; no genuine token was at hand to confirm it",
        verify: azure_devops::verify,
        seal: Some(azure_devops::seal),
    },
    Check {
        name: "cask",
        on_mismatch: OnMismatch::Drop,
        source: "microsoft/cask docs/CaskSecret.md (structure, no checksum)",
        verify: cask_v3::verify,
        seal: None,
    },
    Check {
        name: "entra-client-secret",
        on_mismatch: OnMismatch::Lower,
        source: "microsoft/security-utilities IdentifiableMetadata.cs; not every genuine secret has it",
        verify: entra::verify,
        seal: Some(entra::seal),
    },
    Check {
        name: "grafana",
        on_mismatch: OnMismatch::Drop,
        source: "grafana/grafana pkg/components/satokengen/tokengen.go",
        verify: hex_crc::verify_grafana,
        seal: Some(hex_crc::seal_grafana),
    },
    Check {
        name: "cloudflare",
        on_mismatch: OnMismatch::Lower,
        source: "developers.cloudflare.com (token formats) for the checksum, one genuine token for how it is made",
        verify: hex_crc::verify_cloudflare,
        seal: Some(hex_crc::seal_cloudflare),
    },
    Check {
        name: "atlassian",
        on_mismatch: OnMismatch::Lower,
        source: "undocumented; found on tokens of two public repositories",
        verify: hex_crc::verify_atlassian,
        seal: Some(hex_crc::seal_atlassian),
    },
    Check {
        name: "elastic-cloud",
        on_mismatch: OnMismatch::Lower,
        source: "undocumented; found on one pair of samples",
        verify: elastic::verify,
        seal: None,
    },
    Check {
        name: "elastic-encoded",
        on_mismatch: OnMismatch::Drop,
        source: "elastic.co, create API key: `encoded` is base64 of id:api_key (structure)",
        verify: elastic::verify_encoded,
        seal: None,
    },
    Check {
        name: "age",
        on_mismatch: OnMismatch::Drop,
        source: "FiloSottile/age x25519.go; BIP-173",
        verify: bech32::verify_age,
        seal: None,
    },
    Check {
        name: "supabase",
        on_mismatch: OnMismatch::Keep,
        source: "the key script of Supabase's Docker set-up; a hosted project's name is not in the key",
        verify: supabase::verify,
        seal: Some(supabase::seal),
    },
    Check {
        name: "sentry",
        on_mismatch: OnMismatch::Drop,
        source: "getsentry/sentry-cli src/utils/auth_token/org_auth_token.rs (structure)",
        verify: sentry::verify,
        seal: None,
    },
    Check {
        name: "fly",
        on_mismatch: OnMismatch::Drop,
        source: "superfly/macaroon macaroon.go, nonce.go (structure)",
        verify: fly::verify,
        seal: None,
    },
    Check {
        name: "vault",
        on_mismatch: OnMismatch::Lower,
        source: "hashicorp/vault vault/token_store.go, vault/tokens/token.proto (structure)",
        verify: vault::verify,
        seal: None,
    },
    Check {
        name: "1password",
        on_mismatch: OnMismatch::Lower,
        source: "1Password's service account tokens as they decode (structure)",
        verify: onepassword::verify,
        seal: None,
    },
    Check {
        name: "nkey",
        on_mismatch: OnMismatch::Drop,
        source: "nats-io/nkeys strkey.go, crc16.go",
        verify: nkey::verify,
        seal: None,
    },
    Check {
        name: "grafana-cloud",
        on_mismatch: OnMismatch::Lower,
        source: "a token of Grafana Cloud as it decodes (structure)",
        verify: grafana::verify_cloud,
        seal: None,
    },
    Check {
        name: "grafana-legacy",
        on_mismatch: OnMismatch::Lower,
        source: "grafana/grafana pkg/components/apikeygen (structure)",
        verify: grafana::verify_legacy,
        seal: None,
    },
    Check {
        name: "mapbox",
        on_mismatch: OnMismatch::Lower,
        source: "docs.mapbox.com (tokens), and tokens as they decode (structure)",
        verify: mapbox::verify,
        seal: None,
    },
    Check {
        name: "discord",
        on_mismatch: OnMismatch::Lower,
        source: "Rapptz/discord.py and nostrum on tokens as they decode (structure)",
        verify: discord::verify,
        seal: None,
    },
    Check {
        name: "private-key",
        on_mismatch: OnMismatch::Drop,
        source: "RFC 8017, 5915, 5958, 8018, 4880; PROTOCOL.key of OpenSSH; PuTTY's documentation (structure; RSA: n = pq)",
        verify: private_key::verify_clear,
        seal: None,
    },
    Check {
        name: "private-key-encrypted",
        on_mismatch: OnMismatch::Drop,
        source: "the same, for keys behind a password (structure)",
        verify: private_key::verify_encrypted,
        seal: None,
    },
    Check {
        name: "private-key-known",
        on_mismatch: OnMismatch::Drop,
        source: "the same, for keys in src/format/private_key/known.txt (structure)",
        verify: private_key::verify_known,
        seal: None,
    },
    Check {
        name: "connection-url",
        on_mismatch: OnMismatch::Exclude,
        source: "the default passwords of the official images of PostgreSQL, MySQL, RabbitMQ and their kin",
        verify: connection_url::verify,
        seal: None,
    },
];

/// A check by its name.
#[must_use]
pub fn check(name: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.name == name)
}

#[cfg(test)]
mod tests;
