//! Language models and what is built around them. Nothing is asked that costs anything.

use super::super::carrier::Carrier;
use super::super::fact::{Fact, Is, Time, Without};
use super::super::issuer::{About, Template};
use super::super::page::{Form, Page, Row, Then, When};
use super::super::post::Post;
use super::{ONLY_ALIVE, ONLY_WHOSE};
use crate::issuer::Issuer;

static OPENAI: Issuer = Issuer::known("openai");
static ANTHROPIC: Issuer = Issuer::known("anthropic");
static GROQ: Issuer = Issuer::known("groq");
static MISTRAL: Issuer = Issuer::known("mistral");
static REPLICATE: Issuer = Issuer::known("replicate");
static COHERE: Issuer = Issuer::known("cohere");
static XAI: Issuer = Issuer::known("xai");
static OPENROUTER: Issuer = Issuer::known("openrouter");

pub(super) const PAGES: &[&Page] = &[
    &OPENAI_KEY,
    &OPENAI_ADMIN_KEY,
    &ANTHROPIC_KEY,
    &ANTHROPIC_ADMIN_KEY,
    &GROQ_KEY,
    &MISTRAL_KEY,
    &REPLICATE_TOKEN,
    &COHERE_KEY,
    &XAI_KEY,
    &OPENROUTER_KEY,
];

/// A restricted key is refused with 403 and lives.
static OPENAI_KEY: Page = Page {
    forms: &[Form::Prefix("sk-")],
    others: &[
        ("sk-ant-", "it is a key of Anthropic"),
        ("sk-or-", "it is a key of OpenRouter"),
        ("sk-admin-", "an admin key is refused the list of models dead or alive"),
    ],
    rows: &[
        Row::active(200, When::Has("/data"), "lets the key see the models"),
        Row::active(403, When::Says("insufficient permissions"), "knows the key, which is restricted"),
        Row::active(401, When::Says("Missing scopes"), "knows the key, which is restricted"),
        Row::rejected(401, When::Is("/error/code", "invalid_api_key"), "does not know the key"),
        Row::unknown(401, When::Always, "answered 401 without saying that it does not know the key"),
        Row::unknown(
            403,
            When::Always,
            "answered 403, which can mean a country, a network rule or a suspended account",
        ),
    ],
    proof: &["/data"],
    notes: &["OpenAI tells nothing of what a key may do; the organisation's list of keys does."],
    then: Some(Then {
        pick: None,
        of: |key| !key.starts_with("sk-proj-") && !key.starts_with("sk-svcacct-"),
        facts: &[
            Fact::at("/email", Is::Owner),
            Fact::at("/id", Is::Detail("user-id")),
            Fact::at("/orgs/data/*/title", Is::Detail("organisations")),
            Fact::at("/orgs/data/*/role", Is::Detail("organisation-roles")),
        ],
    }),
    ..Page::of(About {
        hosts: &["api.openai.com"],
        accepts: "project, service account and user keys (sk-…); not admin keys",
        asks: "for the list of models, which costs nothing, then of a key of a user whose it is",
        requests: &[Template::get("/v1/models"), Template::get_if("/v1/me", "when the key works and is a user's")],
        side_effects: "sets the key's last use",
        source: "platform.openai.com/docs, models and error codes; openai/openai-openapi; trufflesecurity/trufflehog, analyzers/openai",
        ..About::of(&OPENAI, "https://api.openai.com")
    })
};

static OPENAI_ADMIN_KEY: Page = Page {
    forms: &[Form::Prefix("sk-admin-")],
    rows: &[
        Row::active(200, When::Has("/data"), "lists the organisation's admin keys"),
        Row::active(403, When::Says("insufficient permissions"), "knows the key, which is restricted"),
        Row::rejected(401, When::Is("/error/code", "invalid_api_key"), "does not know the key"),
        Row::unknown(401, When::Always, "answered 401 without saying that it does not know the key"),
        Row::FORBIDDEN,
    ],
    proof: &["/data"],
    facts: &[
        Fact::only("/data", "/id", Is::KeyId),
        Fact::only("/data", "/name", Is::Name),
        Fact::only("/data", "/owner/name", Is::Owner),
        Fact::only("/data", "/created_at", Is::Created(Time::Seconds)),
        Fact::only("/data", "/last_used_at", Is::LastUsed(Time::Seconds)),
        Fact::only("/data", "/expires_at", Is::Expires(Time::Seconds, Without::NullIsNever)),
    ],
    notes: &["OpenAI lists the organisation's admin keys; only if there is one is it known which one asks."],
    ..Page::of(About {
        hosts: &["api.openai.com"],
        accepts: "admin keys (sk-admin-…)",
        asks: "for the organisation's admin keys, among which is the one that asks",
        requests: &[Template::get("/v1/organization/admin_api_keys?limit=100")],
        side_effects: "sets the key's last use; stands in the organisation's audit log",
        source: "openai/openai-openapi, admin-api-keys-list",
        ..About::of(&OPENAI, "https://api.openai.com")
    })
};

static ANTHROPIC_KEY: Page = Page {
    forms: &[Form::Prefix("sk-ant-api")],
    others: &[
        ("sk-ant-oat", "a person's token is not asked about: whether this page takes it is not documented"),
        ("sk-ant-ort", "a refresh token works on no page, and exchanging it would use it up"),
    ],
    rows: &[
        Row::active(200, When::Has("/data"), "lets the key see the models"),
        Row::rejected(401, When::Is("/error/type", "authentication_error"), "does not know the key"),
        Row::FORBIDDEN,
    ],
    proof: &["/data"],
    notes: &[ONLY_ALIVE],
    ..Page::of(About {
        hosts: &["api.anthropic.com"],
        carrier: Carrier::header("x-api-key", ""),
        extra: &[("anthropic-version", "2023-06-01")],
        accepts: "API keys (sk-ant-api…)",
        asks: "for the list of models, which costs nothing",
        requests: &[Template::get("/v1/models?limit=1")],
        source: "platform.claude.com/docs/en/api, list models and errors",
        ..About::of(&ANTHROPIC, "https://api.anthropic.com")
    })
};

static ANTHROPIC_ADMIN_KEY: Page = Page {
    forms: &[Form::Prefix("sk-ant-admin")],
    rows: &[
        Row::OK,
        Row::rejected(401, When::Is("/error/type", "authentication_error"), "does not know the key"),
        Row::FORBIDDEN,
    ],
    proof: &["/id", "/name"],
    facts: &[Fact::at("/name", Is::Owner), Fact::at("/id", Is::Detail("organisation-id"))],
    notes: &["An admin key manages the organisation's members, workspaces and keys."],
    ..Page::of(About {
        hosts: &["api.anthropic.com"],
        carrier: Carrier::header("x-api-key", ""),
        extra: &[("anthropic-version", "2023-06-01")],
        accepts: "admin keys (sk-ant-admin…)",
        asks: "whose key it is",
        requests: &[Template::get("/v1/organizations/me")],
        source: "platform.claude.com/docs/en/api, admin API, get current organization",
        ..About::of(&ANTHROPIC, "https://api.anthropic.com")
    })
};

static GROQ_KEY: Page = Page {
    forms: &[Form::Prefix("gsk_")],
    rows: &[
        Row::active(200, When::Has("/data"), "lets the key see the models"),
        Row::rejected(401, When::Is("/error/code", "invalid_api_key"), "does not know the key"),
        Row::FORBIDDEN,
    ],
    proof: &["/data"],
    notes: &[ONLY_ALIVE],
    ..Page::of(About {
        hosts: &["api.groq.com"],
        accepts: "API keys (gsk_…)",
        asks: "for the list of models, which costs nothing",
        requests: &[Template::get("/openai/v1/models")],
        source: "console.groq.com/docs/api-reference, models and errors; betterleaks, rule groq",
        ..About::of(&GROQ, "https://api.groq.com")
    })
};

static MISTRAL_KEY: Page = Page {
    forms: &[Form::Of(32, |byte| byte.is_ascii_alphanumeric())],
    rows: &[Row::active(200, When::Has("/data"), "lets the key see the models"), Row::REFUSED, Row::FORBIDDEN],
    proof: &["/data"],
    notes: &[ONLY_ALIVE],
    ..Page::of(About {
        hosts: &["api.mistral.ai"],
        accepts: "API keys (32 characters)",
        asks: "for the list of models, which costs nothing",
        requests: &[Template::get("/v1/models")],
        source: "docs.mistral.ai/api, list models; betterleaks, rule mistral",
        ..About::of(&MISTRAL, "https://api.mistral.ai")
    })
};

static REPLICATE_TOKEN: Page = Page {
    forms: &[Form::Prefix("r8_")],
    rows: &[Row::OK, Row::REFUSED, Row::FORBIDDEN],
    proof: &["/username"],
    facts: &[Fact::at("/username", Is::Owner), Fact::at("/type", Is::Detail("account-type"))],
    notes: &[ONLY_WHOSE],
    ..Page::of(About {
        hosts: &["api.replicate.com", "replicate.com"],
        accepts: "API tokens (r8_…)",
        asks: "whose token it is",
        requests: &[Template::get("/v1/account")],
        source: "replicate.com/docs/reference/http, account.get",
        ..About::of(&REPLICATE, "https://api.replicate.com")
    })
};

static COHERE_KEY: Page = Page {
    forms: &[Form::Of(40, |byte| byte.is_ascii_alphanumeric())],
    post: Some(Post::COHERE_CHECK),
    rows: &[
        Row::active(200, When::Is("/valid", "true"), "says that the key is valid"),
        Row::rejected(200, When::Is("/valid", "false"), "says that the key is not valid"),
        Row::REFUSED,
        Row::FORBIDDEN,
    ],
    proof: &["/valid"],
    facts: &[Fact::at("/organization_id", Is::Owner), Fact::at("/owner_id", Is::Detail("owner-id"))],
    notes: &[ONLY_WHOSE],
    ..Page::of(About {
        hosts: &["api.cohere.com", "api.cohere.ai"],
        only_by_name: Some("Cohere answers this question only to a POST"),
        accepts: "API keys (40 characters)",
        asks: "whether the key is valid",
        requests: &[Template { method: "POST", path: "/v1/check-api-key", when: "always" }],
        source: "cohere-ai/cohere-python, check_api_key and CheckApiKeyResponse",
        ..About::of(&COHERE, "https://api.cohere.com")
    })
};

static XAI_KEY: Page = Page {
    forms: &[Form::Prefix("xai-")],
    others: &[("xai-token-", "a management key opens the management API, not this page")],
    rows: &[
        Row::revoked(200, When::Is("/api_key_disabled", "true")),
        Row::unknown(200, When::Is("/api_key_blocked", "true"), "says that the key is blocked; it may work again"),
        Row::unknown(200, When::Is("/team_blocked", "true"), "says that the key's team is blocked; it may work again"),
        Row::OK,
        Row::rejected(400, When::Says("Incorrect API key"), "does not know the key"),
        Row::REFUSED,
        Row::FORBIDDEN,
    ],
    proof: &["/api_key_id", "/acls"],
    facts: &[
        Fact::at("/api_key_id", Is::KeyId),
        Fact::at("/name", Is::Name),
        Fact::at("/user_id", Is::Owner),
        Fact::at("/team_id", Is::Detail("team-id")),
        Fact::at("/acls", Is::Scopes),
        Fact::at("/create_time", Is::Created(Time::Text)),
    ],
    notes: &["xAI does not tell whether a key ends."],
    ..Page::of(About {
        hosts: &["api.x.ai"],
        accepts: "API keys (xai-…); not management keys",
        asks: "for the key's own record",
        requests: &[Template::get("/v1/api-key")],
        source: "docs.x.ai/docs/api-reference, API key info; betterleaks, rule xai",
        ..About::of(&XAI, "https://api.x.ai")
    })
};

static OPENROUTER_KEY: Page = Page {
    forms: &[Form::Prefix("sk-or-")],
    rows: &[Row::OK, Row::REFUSED, Row::FORBIDDEN],
    proof: &["/data/label"],
    facts: &[
        Fact::at("/data/creator_user_id", Is::Owner),
        Fact::at("/data/is_management_key", Is::Detail("management-key")),
        Fact::at("/data/limit", Is::Restriction("limit-usd")),
        Fact::at("/data/limit_reset", Is::Restriction("limit-reset")),
        Fact::at("/data/limit_remaining", Is::Detail("limit-remaining-usd")),
        Fact::at("/data/usage", Is::Detail("used-usd")),
        Fact::at("/data/expires_at", Is::Expires(Time::Text, Without::NotSaid)),
    ],
    ..Page::of(About {
        hosts: &["openrouter.ai"],
        accepts: "API keys (sk-or-…)",
        asks: "for the key's own record",
        requests: &[Template::get("/api/v1/key")],
        source: "openrouter.ai/docs/api, get current API key",
        ..About::of(&OPENROUTER, "https://openrouter.ai")
    })
};
