//! The lists of keys that issuers keep for their owners, and how a key is found in each.

use data_encoding::BASE64;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::carrier::{Carrier, CredentialHeader};
use super::fact::{self, Fact, Is, Time, Without};
use super::issuer::{About, Subject, Template};
use super::roll::{Next, Parts, Roll};
use crate::issuer::Issuer;
use crate::key::{Inactive, Power};

static ANTHROPIC: Issuer = Issuer::known("anthropic");
static ATLAS: Issuer = Issuer::known("mongodb-atlas");
pub(super) static AZURE: Issuer = Issuer::known("azure");
static DATADOG: Issuer = Issuer::known("datadog");
static ELASTIC: Issuer = Issuer::known("elastic");
static OPENAI: Issuer = Issuer::known("openai");
static TAILSCALE: Issuer = Issuer::known("tailscale");
static VERCEL: Issuer = Issuer::known("vercel");

pub(super) const ALL: &[&Roll] = &[
    &GITHUB_AUTHORIZATIONS,
    &GITHUB_AUDIT_LOG,
    &GITHUB_FINE_GRAINED,
    &GITLAB_TOKENS,
    &GITLAB_PROJECT_DEPLOY_TOKENS,
    &GITLAB_GROUP_DEPLOY_TOKENS,
    &ENTRA_SECRETS,
    &ANTHROPIC_KEYS,
    &OPENAI_ADMIN_KEYS,
    &OPENAI_PROJECT_KEYS,
    &VERCEL_TOKENS,
    &DATADOG_APPLICATION_KEYS,
    &DATADOG_API_KEYS,
    &ELASTICSEARCH_KEYS,
    &ATLAS_SECRETS,
    &TAILSCALE_KEYS,
    &JFROG_TOKENS,
];

/// The organisation of GitHub whose lists are asked for.
pub(super) const GITHUB_ORGANISATION: &str = "SKELKEY_ADMIN_GITHUB_ORG";
/// The organisation of MongoDB Atlas whose service accounts are asked for.
pub(super) const ATLAS_ORGANISATION: &str = "SKELKEY_ADMIN_ATLAS_ORG";

/// Only tokens that were authorised for single sign-on are in it.
static GITHUB_AUTHORIZATIONS: Roll = Roll {
    takes: |key| ["ghp_", "github_pat_", "gho_", "ghu_"].iter().any(|prefix| key.starts_with(prefix)),
    items: "",
    next: Next::Page("page", 1, 100),
    is: |item, subject| {
        let last = text(item, "/token_last_eight");
        last.len() == 8 && subject.key.ends_with(last)
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

/// A log tells that a token was used, not that it works; a token that did nothing is not in it.
static GITHUB_AUDIT_LOG: Roll = Roll {
    takes: |key| ["ghp_", "github_pat_", "gho_", "ghu_", "ghs_"].iter().any(|prefix| key.starts_with(prefix)),
    is: |item, subject| text(item, "/hashed_token") == BASE64.encode(&Sha256::digest(subject.key.as_bytes())),
    by: "by its hash",
    log: true,
    doubt: Some("logs what the token did, which does not say that it still works"),
    facts: &[
        Fact::at("/actor", Is::Owner),
        Fact::at("/token_id", Is::KeyId),
        Fact::at("/programmatic_access_type", Is::Kind),
        Fact::at("/token_scopes", Is::Scopes),
        Fact::at("/@timestamp", Is::LastUsed(Time::Millis)),
        Fact::at("/action", Is::Detail("last-action")),
    ],
    power: super::github::power,
    ..Roll::of(About {
        carrier: Carrier::owner("SKELKEY_ADMIN_GITHUB"),
        extra: &[("x-github-api-version", "2022-11-28")],
        accepts: "tokens (ghp_…, github_pat_…, gho_…, ghu_…, ghs_…)",
        asks: "for what the token did in the organisation, by its hash",
        requests: &[Template::get(
            "/orgs/{SKELKEY_ADMIN_GITHUB_ORG}/audit-log?phrase=hashed_token:\"{sha256}\"&include=all&per_page=100",
        )],
        side_effects: "none known; the token's hash is sent, not the token",
        source: "docs.github.com, \"identifying audit log events performed by an access token\", and REST API, \"get the audit log for an organization\"",
        ..About::of(&Issuer::GITHUB, "https://api.github.com")
    })
};

/// The list names owners, not tokens; that the text of a token hints at its owner's number is documented nowhere.
static GITHUB_FINE_GRAINED: Roll = Roll {
    takes: |key| key.starts_with("github_pat_"),
    next: Next::Page("page", 1, 100),
    is: |item, subject| {
        let hint = subject.detail("user-id-hint").and_then(|hint| hint.split(' ').next());
        let living = item.pointer("/token_expired") == Some(&Value::Bool(false));
        living && hint.is_some_and(|hint| item.pointer("/owner/id").is_some_and(|id| fact::text(id) == hint))
    },
    by: "by the number of its owner, at which its text hints",
    doubt: Some("lists one living token of the user at whom the key's text hints, which may be this one"),
    facts: &[
        Fact::at("/token_id", Is::KeyId),
        Fact::at("/token_name", Is::Name),
        Fact::at("/owner/login", Is::Owner),
        Fact::at("/permissions", Is::Levels),
        Fact::at("/repository_selection", Is::Detail("repository-selection")),
        Fact::at("/token_last_used_at", Is::LastUsed(Time::Text)),
        Fact::at("/token_expires_at", Is::Expires(Time::Text, Without::NotSaid)),
    ],
    ..Roll::of(About {
        carrier: Carrier::owner("SKELKEY_ADMIN_GITHUB_APP"),
        extra: &[("x-github-api-version", "2022-11-28")],
        accepts: "fine-grained tokens (github_pat_…)",
        asks: "for the organisation's fine-grained tokens, which GitHub shows to apps alone",
        requests: &[Template::get("/orgs/{SKELKEY_ADMIN_GITHUB_ORG}/personal-access-tokens?per_page=100")],
        side_effects: "none known; the token is not sent",
        source: "docs.github.com, REST API, \"list fine-grained personal access tokens with access to organization resources\"; google/go-github, orgs_personal_access_tokens.go",
        ..About::of(&Issuer::GITHUB, "https://api.github.com")
    })
};

const ONE_OF_THE_USERS: &str = "lists one living token of the user whom the key's text names, which may be this one";

/// A routable token names its user; the list shows nothing of a token's text.
static GITLAB_TOKENS: Roll = Roll {
    takes: |key| key.starts_with("glpat-"),
    next: Next::Page("page", 1, 100),
    is: |item, subject| {
        let of_user = item.pointer("/user_id").map(fact::text);
        of_user.as_deref() == subject.detail("user-id") && item.pointer("/active") == Some(&Value::Bool(true))
    },
    by: "by the user whom its text names",
    doubt: Some(ONE_OF_THE_USERS),
    facts: &[
        Fact::at("/id", Is::KeyId),
        Fact::at("/name", Is::Name),
        Fact::at("/scopes", Is::Scopes),
        Fact::at("/created_at", Is::Created(Time::Text)),
        Fact::at("/last_used_at", Is::LastUsed(Time::Text)),
        Fact::at("/expires_at", Is::Expires(Time::Text, Without::NullIsNever)),
        Fact::at("/user_id", Is::Detail("user-id")),
    ],
    power: super::gitlab::power,
    ..Roll::of(About {
        public_by_default: false,
        hosts: super::gitlab::HOSTS,
        carrier: Carrier::Owner("SKELKEY_ADMIN_GITLAB", PRIVATE_TOKEN),
        accepts: "access tokens (glpat-…) of the routable form, which names their user",
        asks: "for the user's tokens, which GitLab shows to administrators",
        requests: &[Template::get("/api/v4/personal_access_tokens?user_id={user-id}&state=active&per_page=100")],
        side_effects: "sets the last use of the owner's credential; the token is not sent",
        source: "GitLab documentation, api/personal_access_tokens, \"list all personal access tokens\"",
        ..About::of(&Issuer::GITLAB, "https://gitlab.com")
    })
};

const PRIVATE_TOKEN: CredentialHeader = CredentialHeader { name: "private-token", scheme: "" };

const DEPLOY_TOKEN: &[Fact] = &[
    Fact::at("/id", Is::KeyId),
    Fact::at("/name", Is::Name),
    Fact::at("/username", Is::Owner),
    Fact::at("/scopes", Is::Scopes),
    Fact::at("/expires_at", Is::Expires(Time::Text, Without::NullIsNever)),
];

/// Deploy tokens work on no page of the API: the owner's list is all that tells anything of one.
const fn deploy_tokens(requests: &'static [Template], by: &'static str) -> Roll {
    Roll {
        takes: |key| key.starts_with("gldt-"),
        next: Next::Page("page", 1, 100),
        is: |item, _| {
            [("/revoked", false), ("/expired", false)]
                .iter()
                .all(|(pointer, value)| item.pointer(pointer) == Some(&Value::Bool(*value)))
        },
        by,
        doubt: Some("lists one living deploy token of the place that the key's text names, which may be this one"),
        facts: DEPLOY_TOKEN,
        power: super::gitlab::power,
        ..Roll::of(About {
            public_by_default: false,
            hosts: super::gitlab::HOSTS,
            carrier: Carrier::Owner("SKELKEY_ADMIN_GITLAB", PRIVATE_TOKEN),
            accepts: "deploy tokens (gldt-…) of the routable form, which names their project or group",
            asks: "for the deploy tokens of that project or group",
            requests,
            side_effects: "sets the last use of the owner's credential; the token is not sent",
            source: "GitLab documentation, api/deploy_tokens",
            ..About::of(&Issuer::GITLAB, "https://gitlab.com")
        })
    }
}

static GITLAB_PROJECT_DEPLOY_TOKENS: Roll = deploy_tokens(
    &[Template::get("/api/v4/projects/{project-id}/deploy_tokens?active=true&per_page=100")],
    "by the project that its text names",
);

static GITLAB_GROUP_DEPLOY_TOKENS: Roll = deploy_tokens(
    &[Template::get("/api/v4/groups/{group-id}/deploy_tokens?active=true&per_page=100")],
    "by the group that its text names",
);

/// Three characters are little: of several secrets of one application that begin alike none is chosen.
static ENTRA_SECRETS: Roll = Roll {
    // `7Q~` or `8Q~` after three characters (Microsoft's own scanner).
    takes: |key| key.get(4..6) == Some("Q~") && matches!(key.get(3..4), Some("7" | "8")),
    items: "/passwordCredentials",
    is: |item, subject| {
        let hint = text(item, "/hint");
        hint.len() == 3 && subject.key.starts_with(hint)
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
    is: |item, subject| fits_hint(subject.key, text(item, "/partial_key_hint")),
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
    is: |item, subject| fits_hint(subject.key, text(item, "/redacted_value")),
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

/// The keys of people and of service accounts, project by project.
static OPENAI_PROJECT_KEYS: Roll = Roll {
    takes: |key| {
        let other = ["sk-admin-", "sk-ant-", "sk-or-"].iter().any(|prefix| key.starts_with(prefix));
        key.starts_with("sk-") && !other
    },
    parts: Some(Parts { items: "/data", id: "/id", next: Next::After("after", "/has_more", "/last_id") }),
    items: "/data",
    next: Next::After("after", "/has_more", "/last_id"),
    is: |item, subject| fits_hint(subject.key, text(item, "/redacted_value")),
    by: "by its redacted value",
    facts: &[
        Fact::at("/id", Is::KeyId),
        Fact::at("/name", Is::Name),
        Fact::at("/owner/type", Is::Kind),
        Fact::at("/owner/user/email", Is::Owner),
        Fact::at("/owner/service_account/name", Is::Detail("service-account")),
        Fact::at("/created_at", Is::Created(Time::Seconds)),
        Fact::at("/last_used_at", Is::LastUsed(Time::Seconds)),
    ],
    ..Roll::of(About {
        carrier: Carrier::owner("SKELKEY_ADMIN_OPENAI"),
        accepts: "project, service account and user keys (sk-…)",
        asks: "for the organisation's projects, and for the keys of each, of which a few characters are shown",
        requests: &[
            Template::get("/v1/organization/projects?limit=100"),
            Template::get_if(
                "/v1/organization/projects/{part}/api_keys?limit=100&owner_project_access=any",
                "for each project",
            ),
        ],
        side_effects: "none known; the key is not sent",
        source: "openai/openai-openapi, list-projects and list-project-api-keys",
        ..About::of(&OPENAI, "https://api.openai.com")
    })
};

static VERCEL_TOKENS: Roll = Roll {
    takes: |key| key.starts_with("vcp_"),
    items: "/tokens",
    is: |item, Subject { key, .. }| {
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

const DATADOG_OWNER: Carrier = Carrier::OwnerPair([
    ("SKELKEY_ADMIN_DATADOG", CredentialHeader { name: "dd-api-key", scheme: "" }),
    ("SKELKEY_ADMIN_DATADOG_APP", CredentialHeader { name: "dd-application-key", scheme: "" }),
]);

/// Four characters are little: of several keys that end alike none is chosen.
fn ends_alike(item: &Value, key: &str) -> bool {
    let last = text(item, "/attributes/last4");
    last.len() == 4 && key.ends_with(last)
}

fn is_hexadecimal(key: &str, length: usize) -> bool {
    key.len() == length && key.bytes().all(|byte| byte.is_ascii_hexdigit())
}

static DATADOG_APPLICATION_KEYS: Roll = Roll {
    takes: |key| key.starts_with("ddapp_") || is_hexadecimal(key, 40),
    items: "/data",
    next: Next::Page("page[number]", 0, 100),
    is: |item, subject| ends_alike(item, subject.key),
    by: "by its last four characters",
    facts: &[
        Fact::at("/id", Is::KeyId),
        Fact::at("/attributes/name", Is::Name),
        Fact::at("/relationships/owned_by/data/id", Is::Owner),
        Fact::at("/attributes/scopes", Is::ScopesOrAll),
        Fact::at("/attributes/created_at", Is::Created(Time::Text)),
        Fact::at("/attributes/last_used_at", Is::LastUsed(Time::Text)),
    ],
    power: |scope| if scope.ends_with("_read") { Power::Read } else { Power::Manage },
    ..Roll::of(About {
        carrier: DATADOG_OWNER,
        accepts: "application keys (40 hexadecimal digits, ddapp_…)",
        asks: "for the organisation's application keys, of which the last four characters are shown",
        requests: &[Template::get("/api/v2/application_keys?page[size]=100")],
        side_effects: "sets the last use of the owner's credential; the key is not sent",
        source: "docs.datadoghq.com/api, key management; DataDog/datadog-api-client-python, PartialApplicationKeyAttributes",
        ..About::of(&DATADOG, "https://api.datadoghq.com")
    })
};

static DATADOG_API_KEYS: Roll = Roll {
    takes: |key| is_hexadecimal(key, 32),
    items: "/data",
    next: Next::Page("page[number]", 0, 100),
    is: |item, subject| ends_alike(item, subject.key),
    by: "by its last four characters",
    facts: &[
        Fact::at("/id", Is::KeyId),
        Fact::at("/attributes/name", Is::Name),
        Fact::at("/relationships/created_by/data/id", Is::Owner),
        Fact::at("/attributes/created_at", Is::Created(Time::Text)),
        Fact::at("/attributes/date_last_used", Is::LastUsed(Time::Text)),
    ],
    ..Roll::of(About {
        carrier: DATADOG_OWNER,
        accepts: "API keys (32 hexadecimal digits)",
        asks: "for the organisation's API keys, of which the last four characters are shown",
        requests: &[Template::get("/api/v2/api_keys?page[size]=100")],
        side_effects: "sets the last use of the owner's credential; the key is not sent",
        source: "docs.datadoghq.com/api, key management; DataDog/datadog-api-client-python, PartialAPIKeyAttributes",
        ..About::of(&DATADOG, "https://api.datadoghq.com")
    })
};

static ELASTICSEARCH_KEYS: Roll = Roll {
    takes: |key| !key.starts_with("essu_"),
    items: "/api_keys",
    none: Some(404),
    is: |item, subject| subject.key_id() == Some(text(item, "/id")),
    by: "by its id",
    states: &[("/invalidated", "true", Some(Inactive::Revoked)), ("/invalidated", "false", None)],
    facts: &[
        Fact::at("/id", Is::KeyId),
        Fact::at("/name", Is::Name),
        Fact::at("/username", Is::Owner),
        Fact::at("/role_descriptors", Is::Roles),
        Fact::at("/creation", Is::Created(Time::Millis)),
        Fact::at("/expiration", Is::Expires(Time::Millis, Without::AbsentIsNever)),
    ],
    ..Roll::of(About {
        carrier: Carrier::Owner("SKELKEY_ADMIN_ELASTIC", CredentialHeader { name: "authorization", scheme: "ApiKey " }),
        accepts: "Elasticsearch API keys, encoded, which hold their id",
        asks: "for the key's own record, by its id",
        requests: &[Template::get("/_security/api_key?id={key_id}")],
        side_effects: "none known; the key is not sent",
        source: "elastic/elasticsearch-specification, security.get_api_key; elastic.co, \"create API key\", for keys without role descriptors or end",
        ..About::own_servers(&ELASTIC)
    })
};

/// A secret of a service account, whose id stands beside it.
static ATLAS_SECRETS: Roll = Roll {
    takes: |key| key.starts_with("mdb_sa_sk_"),
    items: "/secrets",
    none: Some(404),
    is: |item, subject| fits_hint(subject.key, text(item, "/maskedSecretValue")),
    by: "by its service account and its masked value",
    facts: &[
        Fact::at("/id", Is::Detail("secret-id")),
        Fact::at("/createdAt", Is::Created(Time::Text)),
        Fact::at("/lastUsedAt", Is::LastUsed(Time::Text)),
        Fact::at("/expiresAt", Is::Expires(Time::Text, Without::NotSaid)),
    ],
    around: &[Fact::at("/name", Is::Name), Fact::at("/clientId", Is::KeyId), Fact::at("/roles", Is::Scopes)],
    power: |role| match role {
        "ORG_OWNER" | "GROUP_OWNER" => Power::Everything,
        role if role.ends_with("READ_ONLY") || role.ends_with("MEMBER") => Power::Read,
        _ => Power::Manage,
    },
    ..Roll::of(About {
        carrier: Carrier::owner("SKELKEY_ADMIN_ATLAS"),
        extra: &[("accept", "application/vnd.atlas.2024-08-05+json")],
        accepts: "secrets of service accounts (mdb_sa_sk_…) with the id of their account beside them",
        asks: "for the service account and its secrets, of which the prefix and the last four characters are shown",
        requests: &[Template::get("/api/atlas/v2/orgs/{SKELKEY_ADMIN_ATLAS_ORG}/serviceAccounts/{key_id}")],
        side_effects: "none known; the secret is not sent",
        source: "mongodb/atlas-sdk-go, OrgServiceAccount and ServiceAccountSecret; mongodb.com/docs, \"get one organization service account\"",
        ..About::of(&ATLAS, "https://cloud.mongodb.com")
    })
};

static TAILSCALE_KEYS: Roll = Roll {
    takes: |key| key.starts_with("tskey-"),
    none: Some(404),
    is: |item, subject| subject.key_id() == Some(text(item, "/id")),
    by: "by the id in its text",
    states: &[("/revoked", "*", Some(Inactive::Revoked)), ("/invalid", "true", Some(Inactive::Rejected))],
    else_active: true,
    facts: &[
        Fact::at("/id", Is::KeyId),
        Fact::at("/description", Is::Name),
        Fact::at("/keyType", Is::Kind),
        Fact::at("/userId", Is::Owner),
        Fact::at("/scopes", Is::Scopes),
        Fact::at("/tags", Is::Restriction("tags")),
        Fact::at("/created", Is::Created(Time::Text)),
        Fact::at("/expires", Is::Expires(Time::Text, Without::NotSaid)),
        Fact::at("/capabilities/devices/create/reusable", Is::Detail("reusable")),
        Fact::at("/capabilities/devices/create/ephemeral", Is::Detail("ephemeral")),
        Fact::at("/capabilities/devices/create/preauthorized", Is::Detail("preauthorized")),
        Fact::at("/capabilities/devices/create/tags", Is::Restriction("device-tags")),
    ],
    ..Roll::of(About {
        carrier: Carrier::owner("SKELKEY_ADMIN_TAILSCALE"),
        accepts: "keys (tskey-…), which hold their id",
        asks: "for the key's own record in the tailnet of the owner's credential, by its id",
        requests: &[Template::get("/api/v2/tailnet/-/keys/{key_id}")],
        side_effects: "none known; the key is not sent",
        source: "tailscale/tailscale, api.md, \"fetch information for a specific key\"; tailscale-client-go-v2, keys.go",
        ..About::of(&TAILSCALE, "https://api.tailscale.com")
    })
};

static JFROG_TOKENS: Roll = Roll {
    takes: |key| key.starts_with("eyJ"),
    items: "/tokens",
    is: |item, subject| subject.key_id() == Some(text(item, "/token_id")),
    by: "by the id in its text",
    facts: &[
        Fact::at("/token_id", Is::KeyId),
        Fact::at("/description", Is::Name),
        Fact::at("/subject", Is::Owner),
        Fact::at("/issued_at", Is::Created(Time::Seconds)),
        Fact::at("/expiry", Is::Expires(Time::Seconds, Without::NotSaid)),
        Fact::at("/last_used", Is::LastUsed(Time::Seconds)),
        Fact::at("/refreshable", Is::Detail("refreshable")),
    ],
    ..Roll::of(About {
        carrier: Carrier::owner("SKELKEY_ADMIN_JFROG"),
        accepts: "access tokens (JSON Web Tokens), which hold their id",
        asks: "for the token among those that the platform knows, by its id",
        requests: &[Template::get("/access/api/v1/tokens?token_id={key_id}")],
        side_effects: "none known; the token is not sent",
        source: "JFrog REST API documentation, Get Tokens",
        ..About::own_servers(&Issuer::JFROG)
    })
};

fn text<'v>(item: &'v Value, pointer: &str) -> &'v str {
    item.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// Whether the key begins and ends as a hint with something left out between does: seven characters at least, of which
/// some are at the end.
fn fits_hint(key: &str, hint: &str) -> bool {
    let Some(at) = hint.find("...").or_else(|| hint.find('*')) else { return false };
    let front = &hint[..at];
    let back = hint[at..].trim_start_matches(['.', '*']);
    front.len() + back.len() >= 7 && !back.is_empty() && key.starts_with(front) && key.ends_with(back)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_fits_the_key_that_it_was_made_of_and_no_other() {
        assert!(fits_hint("sk-ant-api03-R2Dxxxxxxxxxxxxxxxxxxxxigh4", "sk-ant-api03-R2D...igh4"));
        assert!(!fits_hint("sk-ant-api03-R2Dxxxxxxxxxxxxxxxxxxxxigh5", "sk-ant-api03-R2D...igh4"));
        assert!(fits_hint("sk-admin-abc1234def", "sk-admin-**********def"));
        for odd in ["", "...", "sk-ant-api03-R2D...", "no gap"] {
            assert!(!fits_hint("sk-ant-api03-R2Dxxigh4", odd), "{odd}");
        }
    }
}
