//! Where code lives and is built.

use super::super::carrier::{Carrier, Half};
use super::super::fact::{Fact, Is, Time, Without};
use super::super::issuer::{About, Template};
use super::super::page::{Form, Page, Row, Then, When};
use super::ONLY_WHOSE;
use crate::issuer::Issuer;
use crate::key::Power;

static BUILDKITE: Issuer = Issuer::known("buildkite");
static CIRCLECI: Issuer = Issuer::known("circleci");
static TERRAFORM: Issuer = Issuer::known("terraform");
static POSTMAN: Issuer = Issuer::known("postman");
static LAUNCHDARKLY: Issuer = Issuer::known("launchdarkly");
static ANACONDA: Issuer = Issuer::known("anaconda");
static CLOUDSMITH: Issuer = Issuer::known("cloudsmith");

pub(super) const PAGES: &[&Page] = &[
    &GITHUB_INSTALLATION,
    &BUILDKITE_TOKEN,
    &CIRCLECI_TOKEN,
    &AZURE_DEVOPS_PAT,
    &TERRAFORM_TOKEN,
    &POSTMAN_KEY,
    &LAUNCHDARKLY_TOKEN,
    &JSR_TOKEN,
    &ANACONDA_TOKEN,
    &CLOUDSMITH_KEY,
];

/// An app's token has no user; it may list what its installation reaches, and only it may.
static GITHUB_INSTALLATION: Page = Page {
    forms: &[Form::Prefix("ghs_")],
    rows: &[Row::OK, Row::REFUSED, Row::FORBIDDEN],
    proof: &["/total_count"],
    facts: &[
        Fact::at("/total_count", Is::Detail("repositories")),
        Fact::at("/repository_selection", Is::Detail("repository-selection")),
    ],
    notes: &["GitHub does not tell an installation token's permissions or its end; it lives one hour."],
    ..Page::of(About {
        hosts: &["api.github.com", "github.com", "www.github.com", "ghcr.io"],
        extra: &[("x-github-api-version", "2022-11-28")],
        accepts: "installation tokens of apps (ghs_…)",
        asks: "for the repositories that the installation reaches",
        requests: &[Template::get("/installation/repositories?per_page=1")],
        side_effects: "none known",
        source: "docs.github.com, REST API, \"list repositories accessible to the app installation\"",
        ..About::of(&Issuer::GITHUB, "https://api.github.com")
    })
};

static BUILDKITE_TOKEN: Page = Page {
    forms: &[Form::Prefix("bkua_")],
    rows: &[Row::OK, Row::REFUSED, Row::FORBIDDEN],
    proof: &["/uuid", "/scopes"],
    facts: &[
        Fact::at("/uuid", Is::KeyId),
        Fact::at("/description", Is::Name),
        Fact::at("/user/email", Is::Owner),
        Fact::at("/scopes", Is::Scopes),
        Fact::at("/created_at", Is::Created(Time::Text)),
        Fact::at("/expires_at", Is::Expires(Time::Text, Without::NullIsNever)),
    ],
    ..Page::of(About {
        hosts: &["api.buildkite.com", "buildkite.com"],
        accepts: "users' API access tokens (bkua_…)",
        asks: "for the token's own record, which needs no scope",
        requests: &[Template::get("/v2/access-token")],
        side_effects: "none known",
        source: "buildkite.com/docs, REST API, access token",
        ..About::of(&BUILDKITE, "https://api.buildkite.com")
    })
};

static CIRCLECI_TOKEN: Page = Page {
    forms: &[Form::Prefix("CCIPAT_")],
    others: &[("CCIPRJ_", "a project's token has no user: the page about the user refuses it dead or alive")],
    rows: &[Row::OK, Row::REFUSED, Row::FORBIDDEN],
    proof: &["/id", "/login"],
    facts: &[Fact::at("/login", Is::Owner), Fact::at("/name", Is::Detail("user-name"))],
    notes: &["CircleCI does not limit a personal token: it opens what its user does, and has no end that is told."],
    ..Page::of(About {
        hosts: &["circleci.com", "app.circleci.com"],
        carrier: Carrier::header("circle-token", ""),
        accepts: "personal API tokens (CCIPAT_…)",
        asks: "whose token it is",
        requests: &[Template::get("/api/v2/me")],
        source: "circleci.com/docs/api/v2, getCurrentUser; betterleaks, rule circleci",
        ..About::of(&CIRCLECI, "https://circleci.com")
    })
};

/// The page wants the right to read profiles, and a token for all organisations: a refusal proves nothing.
static AZURE_DEVOPS_PAT: Page = Page {
    forms: &[Form::Of(84, |byte| byte.is_ascii_alphanumeric()), Form::Of(52, |byte| byte.is_ascii_alphanumeric())],
    rows: &[
        Row::OK,
        Row::unknown(
            401,
            When::Always,
            "answered 401, which it does to tokens of one organisation and without the right too",
        ),
        Row::unknown(
            203,
            When::Always,
            "answered with its sign-in page (203), which it does to living tokens of one organisation too",
        ),
        Row::FORBIDDEN,
    ],
    proof: &["/id"],
    facts: &[
        Fact::at("/emailAddress", Is::Owner),
        Fact::at("/displayName", Is::Detail("user-name")),
        Fact::at("/id", Is::Detail("user-id")),
    ],
    notes: &[
        "The token works for all organisations of its user; such tokens stop working on 2026-12-01.",
        "Azure DevOps tells a token's scope and end to its owner alone.",
    ],
    ..Page::of(About {
        hosts: &["dev.azure.com", "pkgs.dev.azure.com", "vssps.dev.azure.com", "app.vssps.visualstudio.com"],
        carrier: Carrier::basic(Half::Fixed("")),
        accepts: "personal access tokens",
        asks: "for the profile of the token's user",
        requests: &[Template::get("/_apis/profile/profiles/me?api-version=7.1")],
        source: "learn.microsoft.com, Azure DevOps, profiles - get, and \"use personal access tokens\"",
        ..About::of(&Issuer::AZURE_DEVOPS, "https://app.vssps.visualstudio.com")
    })
};

static TERRAFORM_TOKEN: Page = Page {
    forms: &[Form::Any],
    rows: &[
        Row::OK,
        Row::unknown(401, When::Always, "answered 401, which it may do to tokens of teams and organisations too"),
        Row::unknown(404, When::Always, "has no user for the token: it may be one of a team or an organisation"),
        Row::FORBIDDEN,
    ],
    proof: &["/data/id", "/data/attributes/username"],
    facts: &[
        Fact::at("/data/attributes/username", Is::Owner),
        Fact::at("/data/id", Is::Detail("user-id")),
        Fact::at("/data/attributes/is-service-account", Is::Detail("service-account")),
    ],
    notes: &[
        "A user's token opens all that the user does. Only if it is the user's one token is it known which one asks.",
    ],
    then: Some(Then {
        pick: None,
        of: |_| true,
        facts: &[
            Fact::only("/data", "/id", Is::KeyId),
            Fact::only("/data", "/attributes/description", Is::Name),
            Fact::only("/data", "/attributes/created-at", Is::Created(Time::Text)),
            Fact::only("/data", "/attributes/last-used-at", Is::LastUsed(Time::Text)),
            Fact::only("/data", "/attributes/expired-at", Is::Expires(Time::Text, Without::NotSaid)),
        ],
    }),
    ..Page::of(About {
        hosts: &["app.terraform.io"],
        accepts: "API tokens (….atlasv1.…)",
        asks: "whose token it is, then for the user's tokens",
        requests: &[
            Template::get("/api/v2/account/details"),
            Template::get_if("/api/v2/users/{data.id}/authentication-tokens", "when the first answer names the user"),
        ],
        source: "hashicorp/go-tfe, user.go and user_token.go; developer.hashicorp.com, account and user tokens API",
        ..About::of(&TERRAFORM, "https://app.terraform.io")
    })
};

static POSTMAN_KEY: Page = Page {
    forms: &[Form::Prefix("PMAK-")],
    others: &[("PMAT-", "a collection's key opens one collection, and no page about itself")],
    rows: &[Row::OK, Row::REFUSED, Row::FORBIDDEN],
    proof: &["/user/id"],
    facts: &[
        Fact::at("/user/username", Is::Owner),
        Fact::at("/user/teamName", Is::Detail("team")),
        Fact::at("/user/roles", Is::Detail("roles")),
    ],
    notes: &[ONLY_WHOSE],
    ..Page::of(About {
        hosts: &["api.getpostman.com", "api.postman.com"],
        carrier: Carrier::header("x-api-key", ""),
        accepts: "API keys (PMAK-…)",
        asks: "whose key it is",
        requests: &[Template::get("/me")],
        source: "Postman API, \"get authenticated user\"; trufflesecurity/trufflehog, analyzers/postman",
        ..About::of(&POSTMAN, "https://api.getpostman.com")
    })
};

static LAUNCHDARKLY_TOKEN: Page = Page {
    forms: &[Form::Prefix("api-")],
    others: &[
        ("sdk-", "an SDK key reads flags and opens no page about itself"),
        ("mob-", "a mobile key reads flags and opens no page about itself"),
    ],
    rows: &[Row::OK, Row::REFUSED, Row::FORBIDDEN],
    proof: &["/accountId"],
    facts: &[
        Fact::at("/tokenId", Is::KeyId),
        Fact::at("/tokenName", Is::Name),
        Fact::at("/accountId", Is::Owner),
        Fact::at("/memberId", Is::Detail("member-id")),
        Fact::at("/serviceToken", Is::Detail("service-token")),
    ],
    power: |role| match role {
        "admin" | "owner" => Power::Everything,
        "reader" => Power::Read,
        _ => Power::Manage,
    },
    then: Some(Then {
        pick: None,
        of: |_| true,
        facts: &[
            Fact::at("/role", Is::Scopes),
            Fact::at("/customRoleIds", Is::Detail("custom-roles")),
            Fact::at("/inlineRole/*/actions", Is::Detail("inline-actions")),
            Fact::at("/inlineRole/*/resources", Is::Detail("inline-resources")),
            Fact::at("/creationDate", Is::Created(Time::Millis)),
            Fact::at("/lastUsed", Is::LastUsed(Time::Millis)),
        ],
    }),
    ..Page::of(About {
        hosts: &["app.launchdarkly.com"],
        carrier: Carrier::header("authorization", ""),
        accepts: "API access tokens (api-…)",
        asks: "whose token it is, and which, then for its own record",
        requests: &[
            Template::get("/api/v2/caller-identity"),
            Template::get_if("/api/v2/tokens/{tokenId}", "when the first answer names the token"),
        ],
        source: "launchdarkly.com/docs/api, \"identify the caller\" and \"get access token\"; trufflesecurity/trufflehog, analyzers/launchdarkly",
        ..About::of(&LAUNCHDARKLY, "https://app.launchdarkly.com")
    })
};

/// A token that may do everything sees the list; one for a package or scope is refused it by name.
static JSR_TOKEN: Page = Page {
    forms: &[Form::Prefix("jsrp_"), Form::Prefix("jsrd_"), Form::Prefix("jsrw_")],
    rows: &[
        Row::active(200, When::Always, "shows the account's tokens, which only a token without limits may see"),
        Row::active(403, When::Is("/code", "missingPermission"), "knows the token, which may only publish"),
        Row::rejected(401, When::Is("/code", "invalidBearerToken"), "does not know the token, or it has ended"),
    ],
    proof: &["/0/id"],
    facts: &[],
    notes: &["JSR does not tell the asking token from the others of its account."],
    ..Page::of(About {
        hosts: &["jsr.io", "api.jsr.io", "npm.jsr.io"],
        accepts: "tokens (jsrp_…, jsrd_…, jsrw_…)",
        asks: "for the account's tokens",
        requests: &[Template::get("/api/user/tokens")],
        source: "jsr-io/jsr, api/src/api/self_user.rs, iam.rs and errors.rs",
        ..About::of(&Issuer::JSR, "https://api.jsr.io")
    })
};

static ANACONDA_TOKEN: Page = Page {
    forms: &[Form::Any],
    rows: &[Row::OK, Row::REFUSED, Row::FORBIDDEN],
    proof: &["/application/name"],
    facts: &[
        Fact::at("/application/name", Is::Name),
        Fact::at("/scopes", Is::Scopes),
        Fact::at("/expires", Is::Expires(Time::Text, Without::NotSaid)),
    ],
    power: |scope| match scope {
        "all" | "api" => Power::Everything,
        "api:read" | "conda:download" | "pypi:download" | "repos" => Power::Read,
        "pypi" | "conda" | "pypi:upload" | "conda:upload" => Power::PublishNew,
        word => super::super::fact::by_verb(word),
    },
    ..Page::of(About {
        hosts: &["anaconda.org", "api.anaconda.org", "conda.anaconda.org"],
        carrier: Carrier::header("authorization", "token "),
        accepts: "API tokens",
        asks: "for the token's own record",
        requests: &[Template::get("/authentication")],
        side_effects: "not documented",
        source: "anaconda-client 1.16, binstar_client/__init__.py and commands/authorizations.py",
        ..About::of(&ANACONDA, "https://api.anaconda.org")
    })
};

static CLOUDSMITH_KEY: Page = Page {
    forms: &[Form::Of(40, |byte| byte.is_ascii_hexdigit())],
    rows: &[
        Row::active(200, When::Is("/authenticated", "true"), "knows the key"),
        Row::rejected(200, When::Is("/authenticated", "false"), "takes the key for nobody's"),
        Row::REFUSED,
        Row::FORBIDDEN,
    ],
    proof: &["/slug"],
    facts: &[Fact::at("/slug", Is::Owner), Fact::at("/name", Is::Detail("user-name"))],
    notes: &["A user's key opens all that the user does."],
    ..Page::of(About {
        hosts: &["api.cloudsmith.io", "cloudsmith.io", "dl.cloudsmith.io"],
        carrier: Carrier::header("x-api-key", ""),
        accepts: "API keys (40 hexadecimal digits); not entitlement tokens",
        asks: "whose key it is",
        requests: &[Template::get("/v1/user/self/")],
        source: "cloudsmith-api 2.0.42, UserApi.user_self and its model",
        ..About::of(&CLOUDSMITH, "https://api.cloudsmith.io")
    })
};
