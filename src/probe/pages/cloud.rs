//! Clouds, hosting, secrets and data.

use super::super::carrier::{Carrier, CredentialHeader, Half};
use super::super::fact::{Fact, Is, Time, Without};
use super::super::gcp::GCP;
use super::super::issuer::{About, Named, Template};
use super::super::page::{Form, Page, Row, Then, When};
use super::{IN_ADDRESS, ONLY_WHOSE};
use crate::issuer::Issuer;
use crate::key::Power;

static CLOUDFLARE: Issuer = Issuer::known("cloudflare");
static DIGITALOCEAN: Issuer = Issuer::known("digitalocean");
static VERCEL: Issuer = Issuer::known("vercel");
static NETLIFY: Issuer = Issuer::known("netlify");
static DATABRICKS: Issuer = Issuer::known("databricks");
static VAULT: Issuer = Issuer::known("vault");
static SUPABASE: Issuer = Issuer::known("supabase");
static ELASTIC: Issuer = Issuer::known("elastic");
static FASTLY: Issuer = Issuer::known("fastly");
static DOPPLER: Issuer = Issuer::known("doppler");
static ALGOLIA: Issuer = Issuer::known("algolia");
static MAPBOX: Issuer = Issuer::known("mapbox");
static PLANETSCALE: Issuer = Issuer::known("planetscale");

pub(super) const PAGES: &[&Page] = &[
    &CLOUDFLARE_TOKEN,
    &DIGITALOCEAN_TOKEN,
    &VERCEL_TOKEN,
    &NETLIFY_TOKEN,
    &GOOGLE_ACCESS_TOKEN,
    &GOOGLE_API_KEY,
    &DATABRICKS_TOKEN,
    &VAULT_TOKEN,
    &SUPABASE_TOKEN,
    &ELASTIC_CLOUD_KEY,
    &ELASTICSEARCH_KEY,
    &FASTLY_TOKEN,
    &DOPPLER_TOKEN,
    &ALGOLIA_KEY,
    &MAPBOX_TOKEN,
    &PLANETSCALE_TOKEN,
];

/// Account tokens of the older form look like user tokens, and this page knows users' alone.
static CLOUDFLARE_TOKEN: Page = Page {
    forms: &[Form::Prefix("cfut_"), Form::Of(40, |byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')],
    others: &[
        ("cfat_", "an account's token is known to its account's page alone, and nothing tells which account that is"),
        ("cfk_", "a global key works only with its user's mail address, which nothing tells"),
        ("v1.0-", "an Origin CA key opens no page about itself"),
    ],
    rows: &[
        Row::active(200, When::Is("/result/status", "active"), "says that the token is active"),
        Row::expired(200, When::Is("/result/status", "expired")),
        Row::revoked(200, When::Is("/result/status", "disabled")),
        Row::unknown(401, When::Always, "does not know the token as a user's; it may be an account's"),
        Row::unknown(400, When::Always, "does not take the token for one; it may be an account's"),
        Row::FORBIDDEN,
    ],
    proof: &["/result/id"],
    facts: &[
        Fact::at("/result/id", Is::KeyId),
        Fact::at("/result/expires_on", Is::Expires(Time::Text, Without::NotSaid)),
        Fact::at("/result/not_before", Is::Restriction("not-before")),
    ],
    notes: &["What the token may do is told only to tokens that may read tokens."],
    then: Some(Then {
        pick: None,
        of: |_| true,
        facts: &[
            Fact::at("/result/name", Is::Name),
            Fact::at("/result/policies/*/permission_groups/*/name", Is::Titles),
            Fact::at("/result/issued_on", Is::Created(Time::Text)),
            Fact::at("/result/modified_on", Is::Detail("modified")),
        ],
    }),
    ..Page::of(About {
        hosts: &["api.cloudflare.com", "dash.cloudflare.com"],
        accepts: "users' API tokens (cfut_…, and 40 characters)",
        asks: "whether the token is active, and until when, then for its own record",
        requests: &[
            Template::get("/client/v4/user/tokens/verify"),
            Template::get_if("/client/v4/user/tokens/{result.id}", "when the token is active"),
        ],
        source: "developers.cloudflare.com/api, user tokens, verify and get",
        ..About::of(&CLOUDFLARE, "https://api.cloudflare.com")
    })
};

static DIGITALOCEAN_TOKEN: Page = Page {
    forms: &[Form::Prefix("dop_v1_"), Form::Prefix("doo_v1_")],
    others: &[("dor_v1_", "a refresh token works on no page, and exchanging it would use it up")],
    rows: &[Row::OK, Row::REFUSED, Row::FORBIDDEN],
    proof: &["/account/uuid"],
    facts: &[
        Fact::at("/account/email", Is::Owner),
        Fact::at("/account/status", Is::Detail("account-status")),
        Fact::at("/account/team/name", Is::Detail("team")),
    ],
    notes: &[ONLY_WHOSE],
    ..Page::of(About {
        hosts: &["api.digitalocean.com", "cloud.digitalocean.com"],
        accepts: "personal access tokens (dop_v1_…) and OAuth tokens (doo_v1_…); never refresh tokens",
        asks: "whose token it is",
        requests: &[Template::get("/v2/account")],
        source: "digitalocean/openapi, account_get and shared responses unauthorized and forbidden",
        ..About::of(&DIGITALOCEAN, "https://api.digitalocean.com")
    })
};

static VERCEL_TOKEN: Page = Page {
    forms: &[Form::Prefix("vcp_"), Form::Of(24, |byte| byte.is_ascii_alphanumeric())],
    others: &[
        ("vck_", "an AI gateway key is tried only by a request that costs money, which is never sent"),
        ("vci_", "an integration's token is not asked about: whether this page takes it is not documented"),
        ("vca_", "an app's token is not asked about: whether this page takes it is not documented"),
        ("vcr_", "a refresh token works on no page, and exchanging it would use it up"),
    ],
    rows: &[
        Row::OK,
        Row::REFUSED,
        Row::rejected(403, When::Is("/error/invalidToken", "true"), "says that the token is not valid"),
        Row::FORBIDDEN,
    ],
    proof: &["/token/id"],
    facts: &[
        Fact::at("/token/id", Is::KeyId),
        Fact::at("/token/name", Is::Name),
        Fact::at("/token/type", Is::Kind),
        Fact::at("/token/origin", Is::Detail("origin")),
        Fact::at("/token/scopes/*/type", Is::Detail("scope-types")),
        Fact::at("/token/createdAt", Is::Created(Time::Millis)),
        Fact::at("/token/activeAt", Is::LastUsed(Time::Millis)),
        Fact::at("/token/expiresAt", Is::Expires(Time::Millis, Without::AbsentIsNever)),
        Fact::at("/token/leakedAt", Is::Detail("leaked-at")),
    ],
    ..Page::of(About {
        hosts: &["api.vercel.com", "vercel.com"],
        accepts: "personal access tokens (vcp_…, and 24 characters); never AI gateway keys",
        asks: "for the token's own record",
        requests: &[Template::get("/v5/user/tokens/current")],
        side_effects: "sets the token's last use",
        source: "vercel/sdk, getAuthToken and its model",
        ..About::of(&VERCEL, "https://api.vercel.com")
    })
};

static NETLIFY_TOKEN: Page = Page {
    forms: &[Form::Prefix("nfp_"), Form::Any],
    rows: &[Row::OK, Row::REFUSED, Row::FORBIDDEN],
    proof: &["/id"],
    facts: &[Fact::at("/email", Is::Owner), Fact::at("/full_name", Is::Detail("user-name"))],
    notes: &["A personal token opens all that its user does. Its end is not told."],
    ..Page::of(About {
        hosts: &["api.netlify.com", "app.netlify.com"],
        accepts: "personal access tokens",
        asks: "whose token it is",
        requests: &[Template::get("/api/v1/user")],
        source: "netlify/open-api, getCurrentUser",
        ..About::of(&NETLIFY, "https://api.netlify.com")
    })
};

static GOOGLE_ACCESS_TOKEN: Page = Page {
    forms: &[Form::Prefix("ya29.")],
    rows: &[
        Row::OK,
        Row::rejected(400, When::Says("invalid_token"), "does not know the token, or it has ended"),
        Row::rejected(400, When::Says("Invalid Value"), "does not know the token, or it has ended"),
    ],
    proof: &["/scope"],
    facts: &[
        Fact::at("/email", Is::Owner),
        Fact::at("/aud", Is::Detail("client-id")),
        Fact::at("/scope", Is::Scopes),
        Fact::at("/exp", Is::Expires(Time::Seconds, Without::NotSaid)),
    ],
    power: |scope| {
        let scope = scope.rsplit('/').next().unwrap_or(scope);
        match scope {
            "cloud-platform" => Power::Everything,
            "openid" | "userinfo.email" | "userinfo.profile" | "email" | "profile" => Power::Read,
            word => super::super::fact::by_verb(word),
        }
    },
    ..Page::of(About {
        hosts: &["www.googleapis.com", "oauth2.googleapis.com", "accounts.google.com"],
        carrier: Carrier::Query("access_token"),
        only_by_name: Some(IN_ADDRESS),
        accepts: "OAuth access tokens (ya29.…)",
        asks: "what the token opens, for whom and until when",
        requests: &[Template::get("/oauth2/v3/tokeninfo?access_token={key}")],
        source: "developers.google.com/identity, token information; trufflesecurity/trufflehog, pkg/detectors/googleoauth2",
        ..About::of(&GCP, "https://www.googleapis.com")
    })
};

/// Every refusal that names a limit of the key knows the key. The list of models costs nothing.
static GOOGLE_API_KEY: Page = Page {
    forms: &[
        Form::Of(39, |byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'),
        Form::Prefix("AQ.Ab8RN6"),
    ],
    only: |subject| match subject.key {
        key if key.starts_with("AIza") || key.starts_with("AQ.") => Ok(()),
        _ => Err("it is no API key of Google's"),
    },
    rows: &[
        Row::active(200, When::Has("/models"), "opens Gemini to the key"),
        Row::active(403, When::Says("API_KEY_HTTP_REFERRER_BLOCKED"), "knows the key, which other pages may use alone"),
        Row::active(
            403,
            When::Says("API_KEY_IP_ADDRESS_BLOCKED"),
            "knows the key, which other addresses may use alone",
        ),
        Row::active(403, When::Says("API_KEY_ANDROID_APP_BLOCKED"), "knows the key, which an app may use alone"),
        Row::active(403, When::Says("API_KEY_IOS_APP_BLOCKED"), "knows the key, which an app may use alone"),
        Row::active(403, When::Says("API_KEY_SERVICE_BLOCKED"), "knows the key, which is not for Gemini"),
        Row::active(403, When::Says("SERVICE_DISABLED"), "knows the key, in whose project Gemini is off"),
        Row::rejected(400, When::Says("API_KEY_INVALID"), "does not know the key"),
        Row::FORBIDDEN,
    ],
    proof: &["/models"],
    notes: &["Which other Google APIs the key opens stands in its project; `SKELKEY_ADMIN_GOOGLE` looks it up."],
    ..Page::of(About {
        hosts: &[
            "generativelanguage.googleapis.com",
            "maps.googleapis.com",
            "maps.google.com",
            "www.googleapis.com",
            "firebase.googleapis.com",
            "identitytoolkit.googleapis.com",
        ],
        carrier: Carrier::header("x-goog-api-key", ""),
        accepts: "API keys (AIza…, AQ.…)",
        asks: "for the list of Gemini's models, which costs nothing",
        requests: &[Template::get("/v1beta/models?pageSize=1")],
        side_effects: "counts as a use of the key in its project's statistics",
        source: "ai.google.dev/api/models; googleapis/googleapis, google/api/error_reason.proto; betterleaks, rule gcp",
        ..About::of(&GCP, "https://generativelanguage.googleapis.com")
    })
};

/// The list is of the user's tokens; if it holds one, that is the one that asks.
static DATABRICKS_TOKEN: Page = Page {
    forms: &[Form::Prefix("dapi")],
    rows: &[
        Row::OK,
        Row::REFUSED,
        Row::rejected(403, When::Says("Invalid access token"), "does not know the token (403)"),
        Row::FORBIDDEN,
    ],
    proof: &["/token_infos/0"],
    facts: &[
        Fact::only("/token_infos", "/token_id", Is::KeyId),
        Fact::only("/token_infos", "/comment", Is::Name),
        Fact::only("/token_infos", "/scopes", Is::Scopes),
        Fact::only("/token_infos", "/creation_time", Is::Created(Time::Millis)),
        Fact::only("/token_infos", "/expiry_time", Is::Expires(Time::Millis, Without::NullIsNever)),
    ],
    notes: &["The workspace lists the tokens of the user; only if there is one is it known which one asks."],
    then: Some(Then { pick: None, of: |_| true, facts: &[Fact::at("/userName", Is::Owner)] }),
    ..Page::of(About {
        accepts: "personal access tokens (dapi…)",
        asks: "for the user's tokens, among which is the one that asks, then for the user",
        requests: &[
            Template::get("/api/2.0/token/list"),
            Template::get_if("/api/2.0/preview/scim/v2/Me", "when the token works"),
        ],
        side_effects: "sets the token's last use, on which its idle limit depends",
        source: "databricks/databricks-sdk-go, service/settings, ListTokensResponse and PublicTokenInfo, and service/iam, current user",
        ..About::tenants(&DATABRICKS, DATABRICKS_HOSTS)
    })
};

/// Workspaces of Azure have two labels, of which the second is a number from 0 to 19.
const DATABRICKS_HOSTS: &[&str] = &[
    ".cloud.databricks.com",
    ".gcp.databricks.com",
    ".0.azuredatabricks.net",
    ".1.azuredatabricks.net",
    ".2.azuredatabricks.net",
    ".3.azuredatabricks.net",
    ".4.azuredatabricks.net",
    ".5.azuredatabricks.net",
    ".6.azuredatabricks.net",
    ".7.azuredatabricks.net",
    ".8.azuredatabricks.net",
    ".9.azuredatabricks.net",
    ".10.azuredatabricks.net",
    ".11.azuredatabricks.net",
    ".12.azuredatabricks.net",
    ".13.azuredatabricks.net",
    ".14.azuredatabricks.net",
    ".15.azuredatabricks.net",
    ".16.azuredatabricks.net",
    ".17.azuredatabricks.net",
    ".18.azuredatabricks.net",
    ".19.azuredatabricks.net",
];

/// Vault answers 403 to a token that it does not know and to one that its policies keep from the page. The default
/// policy lets every token look itself up, but a token may be without it.
static VAULT_TOKEN: Page = Page {
    forms: &[Form::Prefix("hvs."), Form::Prefix("hvb."), Form::Prefix("s."), Form::Prefix("b.")],
    others: &[
        ("hvr.", "a recovery token works for recovery alone"),
        ("r.", "a recovery token works for recovery alone"),
    ],
    rows: &[
        Row::OK,
        Row::rejected(403, When::Says("bad token"), "does not know the token"),
        Row::rejected(403, When::Says("invalid token"), "does not know the token"),
        Row::unknown(403, When::Always, "answered 403, which a living token without the default policy gets too"),
    ],
    proof: &["/data/policies"],
    facts: &[
        Fact::at("/data/display_name", Is::Name),
        Fact::at("/data/entity_id", Is::Owner),
        Fact::at("/data/type", Is::Kind),
        Fact::at("/data/policies", Is::Scopes),
        Fact::at("/data/creation_time", Is::Created(Time::Seconds)),
        Fact::at("/data/expire_time", Is::Expires(Time::Text, Without::NullIsNever)),
        Fact::at("/data/num_uses", Is::Detail("uses-left")),
        Fact::at("/data/orphan", Is::Detail("orphan")),
        Fact::at("/data/period", Is::Detail("period")),
        Fact::at("/data/renewable", Is::Detail("renewable")),
        Fact::at("/data/path", Is::Detail("made-by")),
    ],
    power: |policy| match policy {
        "root" => Power::Everything,
        "default" => Power::Read,
        _ => Power::Manage,
    },
    ..Page::of(About {
        carrier: Carrier::header("x-vault-token", ""),
        only_by_name: Some("a token with a limited number of uses loses one by being looked up"),
        accepts: "service and batch tokens (hvs.…, hvb.…, and their older forms)",
        asks: "for the token's own record",
        requests: &[Template::get("/v1/auth/token/lookup-self")],
        side_effects: "a token with a limited number of uses loses one",
        source: "developer.hashicorp.com/vault/api-docs/auth/token; hashicorp/vault, vault/token_store.go",
        ..About::own_servers(&VAULT)
    })
};

static SUPABASE_TOKEN: Page = Page {
    forms: &[Form::Prefix("sbp_")],
    others: &[
        ("sb_secret_", "a project's key opens no page about itself"),
        ("sb_publishable_", "a publishable key is public by design"),
        ("eyJ", "a project's key in this form tells all in its text"),
    ],
    rows: &[Row::active(200, When::Always, "shows the projects that the token reaches"), Row::REFUSED, Row::FORBIDDEN],
    proof: &[],
    facts: &[Fact::at("/*/name", Is::Detail("projects"))],
    notes: &["Supabase does not tell a token's scope or its end here; the account's page does."],
    ..Page::of(About {
        hosts: &["api.supabase.com", "supabase.com"],
        accepts: "personal access tokens (sbp_…)",
        asks: "for the projects that the token reaches",
        requests: &[Template::get("/v1/projects")],
        source: "supabase.com/docs/reference/api, list all projects; trufflesecurity/trufflehog, pkg/detectors/supabasetoken",
        ..About::of(&SUPABASE, "https://api.supabase.com")
    })
};

/// Keys for one serverless project have the same form and are unknown here.
static ELASTIC_CLOUD_KEY: Page = Page {
    forms: &[Form::Prefix("essu_")],
    rows: &[
        Row::OK,
        Row::unknown(401, When::Always, "does not know the key; it may be one of a single project"),
        Row::FORBIDDEN,
    ],
    proof: &["/id"],
    facts: &[Fact::at("/id", Is::Owner)],
    notes: &[ONLY_WHOSE],
    ..Page::of(About {
        hosts: &["api.elastic-cloud.com", "cloud.elastic.co"],
        carrier: Carrier::header("authorization", "ApiKey "),
        accepts: "Elastic Cloud API keys (essu_…)",
        asks: "whose key it is",
        requests: &[Template::get("/api/v1/account")],
        source: "elastic.co/docs/api, Elastic Cloud, fetch current account information; trufflesecurity/trufflehog",
        ..About::of(&ELASTIC, "https://api.elastic-cloud.com")
    })
};

static ELASTICSEARCH_KEY: Page = Page {
    forms: &[Form::Any],
    others: &[("essu_", "a key of Elastic Cloud works there, not on a cluster of its own")],
    rows: &[Row::OK, Row::REFUSED, Row::FORBIDDEN],
    proof: &["/username", "/authentication_type"],
    facts: &[
        Fact::at("/api_key/id", Is::KeyId),
        Fact::at("/api_key/name", Is::Name),
        Fact::at("/username", Is::Owner),
        Fact::at("/authentication_type", Is::Detail("authentication-type")),
        Fact::at("/roles", Is::Detail("roles")),
    ],
    notes: &["The key's own roles and its end are told to whoever may read API keys."],
    ..Page::of(About {
        carrier: Carrier::header("authorization", "ApiKey "),
        accepts: "Elasticsearch API keys, encoded",
        asks: "as whom the cluster takes the key",
        requests: &[Template::get("/_security/_authenticate")],
        source: "elastic/elasticsearch-specification, security.authenticate",
        ..About::own_servers(&ELASTIC)
    })
};

static FASTLY_TOKEN: Page = Page {
    forms: &[Form::Any],
    rows: &[Row::OK, Row::REFUSED, Row::FORBIDDEN],
    proof: &["/id", "/scope"],
    facts: &[
        Fact::at("/id", Is::KeyId),
        Fact::at("/name", Is::Name),
        Fact::at("/user_id", Is::Owner),
        Fact::at("/scope", Is::Scopes),
        Fact::at("/services", Is::Reach),
        Fact::at("/created_at", Is::Created(Time::Text)),
        Fact::at("/last_used_at", Is::LastUsed(Time::Text)),
        Fact::at("/expires_at", Is::Expires(Time::Text, Without::NullIsNever)),
    ],
    power: |scope| match scope {
        "global" => Power::Everything,
        "global:read" => Power::Read,
        // Empties caches: nothing is published and nothing is lost.
        "purge_select" | "purge_all" => Power::Withdraw,
        _ => Power::Manage,
    },
    ..Page::of(About {
        hosts: &["api.fastly.com", "manage.fastly.com"],
        carrier: Carrier::header("fastly-key", ""),
        accepts: "API tokens",
        asks: "for the token's own record",
        requests: &[Template::get("/tokens/self")],
        side_effects: "sets the token's last use, with address and user agent",
        source: "fastly.com/documentation, user tokens; fastly-api, TokenResponse",
        ..About::of(&FASTLY, "https://api.fastly.com")
    })
};

static DOPPLER_TOKEN: Page = Page {
    forms: &[Form::Prefix("dp.")],
    others: &[("dp.scim.", "a SCIM token works for SCIM only"), ("dp.said.", "an identity is no token")],
    rows: &[Row::OK, Row::REFUSED, Row::FORBIDDEN],
    proof: &["/type", "/slug"],
    facts: &[
        Fact::at("/slug", Is::KeyId),
        Fact::at("/name", Is::Name),
        Fact::at("/type", Is::Kind),
        Fact::at("/workplace/name", Is::Owner),
        Fact::at("/created_at", Is::Created(Time::Text)),
        Fact::at("/last_seen_at", Is::LastUsed(Time::Text)),
    ],
    notes: &["Doppler does not tell a token's end here."],
    ..Page::of(About {
        hosts: &["api.doppler.com", "dashboard.doppler.com"],
        accepts: "tokens (dp.…) but SCIM's",
        asks: "for the token's own record",
        requests: &[Template::get("/v3/me")],
        side_effects: "sets the token's last use",
        source: "DopplerHQ/cli, pkg/models/api.go, ActorInfo; docs.doppler.com, me",
        ..About::of(&DOPPLER, "https://api.doppler.com")
    })
};

static ALGOLIA_KEY: Page = Page {
    forms: &[Form::Of(32, |byte| byte.is_ascii_hexdigit())],
    rows: &[
        Row::OK,
        Row::rejected(
            403,
            When::Says("Invalid Application-ID or API key"),
            "does not know the pair of application and key",
        ),
        Row::rejected(404, When::Says("does not exist"), "has no such key"),
        Row::FORBIDDEN,
    ],
    proof: &["/acl"],
    facts: &[
        Fact::at("/description", Is::Name),
        Fact::at("/acl", Is::Scopes),
        Fact::at("/indexes", Is::Reach),
        Fact::at("/createdAt", Is::Created(Time::Seconds)),
        Fact::at("/validity", Is::EndsIn(Without::NullIsNever)),
        Fact::at("/referers", Is::Restriction("referers")),
        Fact::at("/maxQueriesPerIPPerHour", Is::Restriction("queries-per-hour")),
        Fact::at("/queryParameters", Is::Restriction("query-parameters")),
    ],
    power: |acl| match acl {
        "search"
        | "browse"
        | "listIndexes"
        | "settings"
        | "analytics"
        | "recommendation"
        | "usage"
        | "logs"
        | "seeUnretrievableAttributes" => Power::Read,
        "addObject" => Power::PublishNew,
        "deleteObject" | "deleteIndex" => Power::Withdraw,
        _ => Power::Manage,
    },
    host: |subject| {
        let id = subject.owner().filter(|id| id.len() == 10 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()))?;
        Some(Named { host: format!("{}-dsn.algolia.net", id.to_ascii_lowercase()), by_key: false })
    },
    ..Page::of(About {
        carrier: Carrier::PathAndHeader(CredentialHeader { name: "x-algolia-api-key", scheme: "" }),
        extra: &[("x-algolia-application-id", "{owner}")],
        only_by_name: Some(IN_ADDRESS),
        accepts: "API keys with the id of their application beside them",
        asks: "for the key's own record",
        requests: &[Template::get("/1/keys/{key}")],
        source: "algolia.com/doc/rest-api, get API key permissions; algoliasearch-client-go",
        ..About::tenants(&ALGOLIA, &["-dsn.algolia.net"])
    })
};

static MAPBOX_TOKEN: Page = Page {
    forms: &[Form::Prefix("sk."), Form::Prefix("tk."), Form::Prefix("pk.")],
    rows: &[
        Row::active(200, When::Is("/code", "TokenValid"), "says that the token is valid"),
        Row::expired(200, When::Is("/code", "TokenExpired")),
        Row::revoked(200, When::Is("/code", "TokenRevoked")),
        Row::rejected(200, When::Is("/code", "TokenInvalid"), "says that the token is not valid"),
    ],
    proof: &["/token/user"],
    facts: &[
        Fact::at("/token/usage", Is::Kind),
        Fact::at("/token/user", Is::Owner),
        Fact::at("/token/authorization", Is::KeyId),
        Fact::at("/token/expires", Is::Expires(Time::Text, Without::NotSaid)),
    ],
    notes: &["Scopes and allowed addresses are told only to tokens that may read the account's list of tokens."],
    then: Some(Then {
        pick: Some(("", "/id", "/token/authorization")),
        of: |_| true,
        facts: &[
            Fact::at("/note", Is::Name),
            Fact::at("/scopes", Is::Scopes),
            Fact::at("/allowedUrls", Is::Restriction("urls")),
            Fact::at("/created", Is::Created(Time::Text)),
        ],
    }),
    ..Page::of(About {
        hosts: &["api.mapbox.com", "mapbox.com"],
        carrier: Carrier::Query("access_token"),
        only_by_name: Some(IN_ADDRESS),
        accepts: "tokens (sk.…, tk.…, pk.…)",
        asks: "whether the token is valid, then for the account's tokens, among which it is found by its id",
        requests: &[
            Template::get("/tokens/v2?access_token={key}"),
            Template::get_if("/tokens/v2/{token.user}?access_token={key}", "when the first answer names the account"),
        ],
        source: "docs.mapbox.com/api/accounts/tokens, retrieve a token and list tokens; mapbox-sdk-js, services/tokens",
        ..About::of(&MAPBOX, "https://api.mapbox.com")
    })
};

/// Any service token may list the organizations that it has access to. A refusal proves nothing: the token and its id were
/// found beside each other and need not belong together.
static PLANETSCALE_TOKEN: Page = Page {
    forms: &[Form::Prefix("pscale_tkn_")],
    others: &[
        ("pscale_pw_", "a password opens its database, and no page about itself"),
        ("pscale_oauth_", "an OAuth token was given rights of a user, and no page tells which"),
    ],
    rows: &[
        Row::active(200, When::Has("/data"), "lets the token list its organizations"),
        Row::unknown(401, When::Always, "does not know the pair of token and id, which need not belong together"),
        Row::FORBIDDEN,
    ],
    proof: &["/data"],
    facts: &[Fact::only("/data", "/name", Is::Owner)],
    notes: &[
        "Accesses and end are told only to tokens with the access `read_service_tokens`; not each access need be for each resource.",
    ],
    then: Some(Then {
        pick: None,
        of: |_| true,
        facts: &[
            Fact::at("/name", Is::Name),
            Fact::at("/created_at", Is::Created(Time::Text)),
            Fact::at("/last_used_at", Is::LastUsed(Time::Text)),
            Fact::at("/expires_at", Is::Expires(Time::Text, Without::NullIsNever)),
            Fact::at("/service_token_accesses/*/access", Is::Scopes),
            Fact::at("/service_token_accesses/*/resource_name", Is::Reach),
        ],
    }),
    ..Page::of(About {
        hosts: &["api.planetscale.com", "app.planetscale.com"],
        carrier: Carrier::PlainPair(CredentialHeader { name: "authorization", scheme: "" }, Half::KeyId),
        accepts: "service tokens (pscale_tkn_…) with their id beside them",
        asks: "for the token's organizations, then for its own record",
        requests: &[
            Template::get("/v1/organizations"),
            Template::get_if(
                "/v1/organizations/{data.0.name}/service-tokens/{key_id}",
                "when the first answer names an organization",
            ),
        ],
        side_effects: "sets the token's last use",
        source: "planetscale.com/docs/api/reference, list organizations and get a service token; planetscale-go",
        ..About::of(&PLANETSCALE, "https://api.planetscale.com")
    })
};
