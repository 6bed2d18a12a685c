//! The lists of keys that issuers keep for their owners, and how a key is found in each.

use serde_json::Value;

use super::carrier::{Carrier, CredentialHeader};
use super::fact::{Fact, Is, Time, Without};
use super::issuer::{About, Template};
use super::roll::{Next, Roll};
use crate::issuer::Issuer;
use crate::key::Inactive;

static ANTHROPIC: Issuer = Issuer::known("anthropic");
static AZURE: Issuer = Issuer::known("azure");
static OPENAI: Issuer = Issuer::known("openai");
static VERCEL: Issuer = Issuer::known("vercel");

pub(super) const ALL: &[&Roll] =
    &[&GITHUB_AUTHORIZATIONS, &ENTRA_SECRETS, &ANTHROPIC_KEYS, &OPENAI_ADMIN_KEYS, &VERCEL_TOKENS];

/// The organisation of [`GITHUB_AUTHORIZATIONS`].
pub(super) const GITHUB_ORGANISATION: &str = "SKELKEY_ADMIN_GITHUB_ORG";

/// Only tokens that were authorised for single sign-on are in it.
static GITHUB_AUTHORIZATIONS: Roll = Roll {
    takes: |key| ["ghp_", "github_pat_", "gho_", "ghu_"].iter().any(|prefix| key.starts_with(prefix)),
    items: "",
    next: Next::Page(100),
    is: |item, key| {
        let last = text(item, "/token_last_eight");
        last.len() == 8 && key.ends_with(last)
    },
    by: "by its last eight characters",
    facts: &[
        Fact::at("/login", Is::Owner),
        Fact::at("/credential_id", Is::KeyId),
        Fact::at("/credential_type", Is::Kind),
        Fact::at("/authorized_credential_note", Is::Name),
        Fact::at("/scopes", Is::Scopes),
        Fact::at("/credential_accessed_at", Is::LastUsed(Time::Text)),
        Fact::at("/authorized_credential_expires_at", Is::Expires(Time::Text, Without::NotSaid)),
    ],
    power: super::github::power,
    ..Roll::of(About {
        carrier: Carrier::owner("SKELKEY_ADMIN_GITHUB"),
        extra: &[("x-github-api-version", "2022-11-28")],
        accepts: "tokens of people (ghp_…, github_pat_…, gho_…, ghu_…)",
        asks: "for the organisation's single sign-on authorisations, among which the token may be",
        requests: &[Template::get("/orgs/{SKELKEY_ADMIN_GITHUB_ORG}/credential-authorizations?per_page=100")],
        side_effects: "none known; the token is not sent",
        source: "docs.github.com, REST API, \"list SAML SSO authorizations for an organization\"; google/go-github, orgs_credential_authorizations.go",
        ..About::of(&Issuer::GITHUB, "https://api.github.com")
    })
};

/// Three characters are little: of several secrets of one application that begin alike none is chosen.
static ENTRA_SECRETS: Roll = Roll {
    // `7Q~` or `8Q~` after three characters (Microsoft's own scanner).
    takes: |key| key.get(4..6) == Some("Q~") && matches!(key.get(3..4), Some("7" | "8")),
    items: "/passwordCredentials",
    is: |item, key| {
        let hint = text(item, "/hint");
        hint.len() == 3 && key.starts_with(hint)
    },
    by: "by its first three characters and its application",
    facts: &[
        Fact::at("/keyId", Is::KeyId),
        Fact::at("/displayName", Is::Name),
        Fact::at("/startDateTime", Is::Created(Time::Text)),
        Fact::at("/endDateTime", Is::Expires(Time::Text, Without::NotSaid)),
    ],
    ..Roll::of(About {
        carrier: Carrier::owner("SKELKEY_ADMIN_ENTRA"),
        accepts: "client secrets with the id of their application beside them",
        asks: "for the application's secrets, of which the first three characters are shown",
        requests: &[Template::get(
            "/v1.0/applications(appId='{key_id}')?$select=appId,displayName,passwordCredentials",
        )],
        side_effects: "none known; the secret is not sent",
        source: "learn.microsoft.com, Microsoft Graph, passwordCredential and \"get application\"",
        ..About::of(&AZURE, "https://graph.microsoft.com")
    })
};

static ANTHROPIC_KEYS: Roll = Roll {
    takes: |key| key.starts_with("sk-ant-api"),
    items: "/data",
    next: Next::After("after_id", "/has_more", "/last_id"),
    is: |item, key| fits_hint(key, text(item, "/partial_key_hint"), "..."),
    by: "by its hint",
    states: &[
        ("/status", "active", None),
        ("/status", "inactive", Some(Inactive::Revoked)),
        ("/status", "archived", Some(Inactive::Revoked)),
        ("/status", "expired", Some(Inactive::Expired)),
    ],
    facts: &[
        Fact::at("/id", Is::KeyId),
        Fact::at("/name", Is::Name),
        Fact::at("/created_by/id", Is::Owner),
        Fact::at("/workspace_id", Is::Detail("workspace-id")),
        Fact::at("/created_at", Is::Created(Time::Text)),
        Fact::at("/expires_at", Is::Expires(Time::Text, Without::NullIsNever)),
    ],
    ..Roll::of(About {
        carrier: Carrier::Owner("SKELKEY_ADMIN_ANTHROPIC", CredentialHeader { name: "x-api-key", scheme: "" }),
        extra: &[("anthropic-version", "2023-06-01")],
        accepts: "API keys (sk-ant-api…)",
        asks: "for the organisation's keys, of which a few characters are shown",
        requests: &[Template::get("/v1/organizations/api_keys?limit=1000")],
        side_effects: "none known; the key is not sent",
        source: "platform.claude.com/docs/en/api, admin API, list API keys",
        ..About::of(&ANTHROPIC, "https://api.anthropic.com")
    })
};

static OPENAI_ADMIN_KEYS: Roll = Roll {
    takes: |key| key.starts_with("sk-admin-"),
    items: "/data",
    next: Next::After("after", "/has_more", "/last_id"),
    is: |item, key| {
        let hint = text(item, "/redacted_value");
        fits_hint(key, hint, "...") || fits_hint(key, hint, "*")
    },
    by: "by its redacted value",
    facts: &[
        Fact::at("/id", Is::KeyId),
        Fact::at("/name", Is::Name),
        Fact::at("/owner/name", Is::Owner),
        Fact::at("/created_at", Is::Created(Time::Seconds)),
        Fact::at("/last_used_at", Is::LastUsed(Time::Seconds)),
        Fact::at("/expires_at", Is::Expires(Time::Seconds, Without::NullIsNever)),
    ],
    ..Roll::of(About {
        carrier: Carrier::owner("SKELKEY_ADMIN_OPENAI"),
        accepts: "admin keys (sk-admin-…)",
        asks: "for the organisation's admin keys, of which a few characters are shown",
        requests: &[Template::get("/v1/organization/admin_api_keys?limit=100")],
        side_effects: "none known; the key is not sent",
        source: "openai/openai-openapi, admin-api-keys-list",
        ..About::of(&OPENAI, "https://api.openai.com")
    })
};

static VERCEL_TOKENS: Roll = Roll {
    takes: |key| key.starts_with("vcp_"),
    items: "/tokens",
    is: |item, key| {
        let (prefix, suffix) = (text(item, "/prefix"), text(item, "/suffix"));
        prefix.len() + suffix.len() >= 6 && !suffix.is_empty() && key.starts_with(prefix) && key.ends_with(suffix)
    },
    by: "by its first and last characters",
    facts: &[
        Fact::at("/id", Is::KeyId),
        Fact::at("/name", Is::Name),
        Fact::at("/type", Is::Kind),
        Fact::at("/scopes/*/type", Is::Detail("scope-types")),
        Fact::at("/createdAt", Is::Created(Time::Millis)),
        Fact::at("/activeAt", Is::LastUsed(Time::Millis)),
        Fact::at("/expiresAt", Is::Expires(Time::Millis, Without::AbsentIsNever)),
    ],
    ..Roll::of(About {
        carrier: Carrier::owner("SKELKEY_ADMIN_VERCEL"),
        accepts: "personal access tokens (vcp_…)",
        asks: "for the user's tokens, of which the ends are shown",
        requests: &[Template::get("/v6/user/tokens")],
        side_effects: "sets the last use of the owner's credential; the token is not sent",
        source: "vercel/sdk, listAuthTokens and its model",
        ..About::of(&VERCEL, "https://api.vercel.com")
    })
};

fn text<'v>(item: &'v Value, pointer: &str) -> &'v str {
    item.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// Whether the key begins and ends as a hint with something left out between does: seven characters at least, of which
/// some are at the end.
fn fits_hint(key: &str, hint: &str, gap: &str) -> bool {
    let Some(at) = hint.find(gap) else { return false };
    let front = &hint[..at];
    let back = hint[at..].trim_start_matches(['.', '*']);
    front.len() + back.len() >= 7 && !back.is_empty() && key.starts_with(front) && key.ends_with(back)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_fits_the_key_that_it_was_made_of_and_no_other() {
        assert!(fits_hint("sk-ant-api03-R2Dxxxxxxxxxxxxxxxxxxxxigh4", "sk-ant-api03-R2D...igh4", "..."));
        assert!(!fits_hint("sk-ant-api03-R2Dxxxxxxxxxxxxxxxxxxxxigh5", "sk-ant-api03-R2D...igh4", "..."));
        assert!(fits_hint("sk-admin-abc1234def", "sk-admin-**********def", "*"));
        for odd in ["", "...", "sk-ant-api03-R2D...", "no gap"] {
            assert!(!fits_hint("sk-ant-api03-R2Dxxigh4", odd, "..."), "{odd}");
        }
    }
}
