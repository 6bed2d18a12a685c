//! Documents, tasks, people and networks.

use super::super::carrier::Carrier;
use super::super::fact::{Fact, Is, Time, Without};
use super::super::issuer::{About, Template};
use super::super::page::{Form, Page, Row, Then, When};
use super::super::post::Post;
use super::{ONLY_ALIVE, ONLY_WHOSE};
use crate::issuer::Issuer;

static AIRTABLE: Issuer = Issuer::known("airtable");
static ASANA: Issuer = Issuer::known("asana");
static FIGMA: Issuer = Issuer::known("figma");
static LINEAR: Issuer = Issuer::known("linear");
static NOTION: Issuer = Issuer::known("notion");
static ATLASSIAN: Issuer = Issuer::known("atlassian");
static OKTA: Issuer = Issuer::known("okta");
static TAILSCALE: Issuer = Issuer::known("tailscale");

pub(super) const PAGES: &[&Page] = &[
    &AIRTABLE_TOKEN,
    &ASANA_TOKEN,
    &FIGMA_TOKEN,
    &LINEAR_KEY,
    &NOTION_TOKEN,
    &BITBUCKET_TOKEN,
    &ATLASSIAN_KEY,
    &OKTA_TOKEN,
    &TAILSCALE_KEY,
];

static AIRTABLE_TOKEN: Page = Page {
    forms: &[Form::Prefix("pat")],
    others: &[("key", "API keys of this form have been switched off by Airtable")],
    rows: &[Row::OK, Row::REFUSED, Row::FORBIDDEN],
    proof: &["/id"],
    facts: &[Fact::at("/id", Is::Detail("user-id")), Fact::at("/email", Is::Owner), Fact::at("/scopes", Is::Scopes)],
    notes: &["Which bases the token reaches is not told here; personal tokens have no end."],
    ..Page::of(About {
        hosts: &["api.airtable.com", "airtable.com"],
        accepts: "personal access tokens (pat….…)",
        asks: "whose token it is and what it may do",
        requests: &[Template::get("/v0/meta/whoami")],
        source: "airtable.com/developers/web/api/get-user-id-scopes",
        ..About::of(&AIRTABLE, "https://api.airtable.com")
    })
};

static ASANA_TOKEN: Page = Page {
    forms: &[Form::Any],
    rows: &[Row::OK, Row::REFUSED, Row::FORBIDDEN],
    proof: &["/data/gid"],
    facts: &[
        Fact::at("/data/email", Is::Owner),
        Fact::at("/data/gid", Is::Detail("user-id")),
        Fact::at("/data/workspaces/*/name", Is::Detail("workspaces")),
    ],
    notes: &["A personal token opens all that its user does, and has no end."],
    ..Page::of(About {
        hosts: &["app.asana.com"],
        accepts: "personal access tokens",
        asks: "whose token it is",
        requests: &[Template::get("/api/1.0/users/me")],
        source: "developers.asana.com, get a user; trufflesecurity/trufflehog, analyzers/asana",
        ..About::of(&ASANA, "https://app.asana.com")
    })
};

/// A living token without the right to read its user is refused as well.
static FIGMA_TOKEN: Page = Page {
    forms: &[Form::Prefix("figd_"), Form::Any],
    others: &[
        ("figp_", "a plan's token has no user: the page about the user refuses it dead or alive"),
        ("figo_", "an OAuth token goes in another header; it is not asked about"),
    ],
    rows: &[
        Row::OK,
        Row::active(403, When::Says("Invalid scope"), "knows the token, which may not read its user"),
        Row::rejected(403, When::Says("Invalid token"), "does not know the token"),
        Row::expired(403, When::Says("Token expired")),
        Row::FORBIDDEN,
    ],
    proof: &["/id", "/email"],
    facts: &[Fact::at("/email", Is::Owner), Fact::at("/handle", Is::Detail("user-name"))],
    notes: &["Figma does not tell a token's scopes; a personal token lives 90 days at most."],
    ..Page::of(About {
        hosts: &["api.figma.com", "www.figma.com"],
        carrier: Carrier::header("x-figma-token", ""),
        accepts: "personal access tokens (figd_…)",
        asks: "whose token it is",
        requests: &[Template::get("/v1/me")],
        source: "developers.figma.com/docs/rest-api, users and errors; betterleaks, rule figma",
        ..About::of(&FIGMA, "https://api.figma.com")
    })
};

static LINEAR_KEY: Page = Page {
    forms: &[Form::Prefix("lin_api_")],
    post: Some(Post::LINEAR_VIEWER),
    rows: &[
        Row::active(200, When::Has("/data/viewer/id"), "says whose key it is"),
        Row::rejected(401, When::Says("AUTHENTICATION_ERROR"), "does not know the key"),
        Row::rejected(400, When::Says("AUTHENTICATION_ERROR"), "does not know the key"),
        Row::FORBIDDEN,
    ],
    proof: &["/data/viewer/id"],
    facts: &[
        Fact::at("/data/viewer/email", Is::Owner),
        Fact::at("/data/viewer/name", Is::Detail("user-name")),
        Fact::at("/data/viewer/id", Is::Detail("user-id")),
    ],
    notes: &[ONLY_WHOSE],
    ..Page::of(About {
        hosts: &["api.linear.app", "linear.app"],
        carrier: Carrier::header("authorization", ""),
        only_by_name: Some("Linear speaks GraphQL alone, which takes a POST to ask"),
        accepts: "personal API keys (lin_api_…)",
        asks: "whose key it is",
        requests: &[Template { method: "POST", path: "/graphql", when: "always" }],
        source: "linear.app/developers/graphql; kingfisher, rule linear",
        ..About::of(&LINEAR, "https://api.linear.app")
    })
};

static NOTION_TOKEN: Page = Page {
    forms: &[Form::Prefix("ntn_"), Form::Prefix("secret_")],
    rows: &[
        Row::OK,
        Row::rejected(401, When::Is("/code", "unauthorized"), "does not know the token"),
        Row::active(403, When::Is("/code", "restricted_resource"), "knows the token, which may not ask about its user"),
        Row::FORBIDDEN,
    ],
    proof: &["/id", "/type"],
    facts: &[
        Fact::at("/name", Is::Name),
        Fact::at("/bot/workspace_name", Is::Owner),
        Fact::at("/bot/owner/type", Is::Detail("owner-type")),
        Fact::at("/id", Is::Detail("bot-id")),
    ],
    notes: &[ONLY_WHOSE],
    ..Page::of(About {
        hosts: &["api.notion.com"],
        extra: &[("notion-version", "2022-06-28")],
        accepts: "integration tokens (ntn_…, secret_…)",
        asks: "which integration it is",
        requests: &[Template::get("/v1/users/me")],
        source: "developers.notion.com, retrieve your token's bot user, and status codes",
        ..About::of(&NOTION, "https://api.notion.com")
    })
};

/// An access token of a repository, project or workspace, told from an organisation's key by where it is used alone. The
/// header with the scopes shows that the token was read, for the page is public.
static BITBUCKET_TOKEN: Page = Page {
    forms: &[Form::Prefix("ATCTT3")],
    only: |subject| match subject.host {
        Some(host) if BITBUCKET.contains(&host.to_ascii_lowercase().as_str()) => Ok(()),
        _ => Err("nothing near it says that it is a token of Bitbucket's"),
    },
    rows: &[
        Row::active(200, When::Header("x-oauth-scopes"), "names the token's scopes"),
        Row::unknown(200, When::Always, "answered its public page, which says nothing of the token"),
        Row::REFUSED,
        Row::FORBIDDEN,
    ],
    proof: &["/values"],
    facts: &[
        Fact::header("x-credential-type", Is::Kind),
        Fact::header("x-oauth-scopes", Is::Scopes),
        Fact::at("/values/*/full_name", Is::Detail("repositories")),
    ],
    ..Page::of(About {
        hosts: BITBUCKET,
        accepts: "access tokens of repositories, projects and workspaces (ATCTT3…) near bitbucket.org",
        asks: "for a repository, as whose headers the token's scopes come",
        requests: &[Template::get("/2.0/repositories?pagelen=1")],
        source: "developer.atlassian.com/cloud/bitbucket, repositories; trufflesecurity/trufflehog, analyzers/bitbucket",
        ..About::of(&ATLASSIAN, "https://api.bitbucket.org")
    })
};

const BITBUCKET: &[&str] = &["bitbucket.org", "api.bitbucket.org"];

/// Tokens of repositories and of sites begin in the same way and are unknown here.
static ATLASSIAN_KEY: Page = Page {
    forms: &[Form::Prefix("ATCTT3")],
    others: &[("ATATT3", "a user's token works only with its user's mail address, which nothing tells")],
    rows: &[
        Row::active(200, When::Has("/data"), "lists the organisations that the key manages"),
        Row::unknown(
            401,
            When::Always,
            "does not know it as an organisation's key; it may be one of a site or repository",
        ),
        Row::FORBIDDEN,
    ],
    proof: &["/data"],
    facts: &[Fact::at("/data/0/attributes/name", Is::Owner), Fact::at("/data/*/id", Is::Detail("organisation-ids"))],
    notes: &["An organisation's key manages its users and policies."],
    ..Page::of(About {
        hosts: &["api.atlassian.com", "admin.atlassian.com"],
        accepts: "organisations' API keys (ATCTT3…)",
        asks: "which organisation it manages",
        requests: &[Template::get("/admin/v1/orgs")],
        side_effects: "sets the key's last use",
        source: "developer.atlassian.com/cloud/admin/organization, get organizations; kingfisher, rule atlassian",
        ..About::of(&ATLASSIAN, "https://api.atlassian.com")
    })
};

static OKTA_TOKEN: Page = Page {
    forms: &[Form::Prefix("00")],
    rows: &[
        Row::OK,
        Row::rejected(401, When::Is("/errorCode", "E0000011"), "does not know the token, or it has ended"),
        Row::FORBIDDEN,
    ],
    proof: &["/id", "/profile/login"],
    facts: &[
        Fact::at("/profile/login", Is::Owner),
        Fact::at("/id", Is::Detail("user-id")),
        Fact::at("/status", Is::Detail("user-status")),
    ],
    then: Some(Then {
        pick: None,
        of: |_| true,
        facts: &[
            Fact::only("", "/id", Is::KeyId),
            Fact::only("", "/name", Is::Name),
            Fact::only("", "/created", Is::Created(Time::Text)),
            Fact::only("", "/expiresAt", Is::Expires(Time::Text, Without::NotSaid)),
            Fact::only("", "/tokenWindow", Is::Detail("idle-window")),
            Fact::only("", "/network/connection", Is::Restriction("network")),
        ],
    }),
    notes: &[
        "An API token opens all that its user's role does. It ends when it is not used for 30 days, and being asked \
         about counts as use.",
    ],
    ..Page::of(About {
        carrier: Carrier::header("authorization", "SSWS "),
        accepts: "API tokens (00…) with their domain beside them",
        asks: "whose token it is, then for the organisation's tokens, which an administrator's may see",
        requests: &[Template::get("/api/v1/users/me"), Template::get_if("/api/v1/api-tokens", "when the token works")],
        side_effects: "counts as a use, which puts off the token's idle end; stands in the system log",
        source: "developer.okta.com, get a user, and error codes; okta management OpenAPI 2024.06.1",
        ..About::tenants(&OKTA, &[".okta.com", ".oktapreview.com", ".okta-emea.com"])
    })
};

/// Tailscale's page for finders of its keys: it does not use the key.
static TAILSCALE_KEY: Page = Page {
    forms: &[
        Form::Prefix("tskey-auth-"),
        Form::Prefix("tskey-api-"),
        Form::Prefix("tskey-client-"),
        Form::Prefix("tskey-scim-"),
    ],
    others: &[("tskey-webhook-", "a web hook's secret only signs, and opens no page")],
    post: Some(Post::TAILSCALE_VERIFY),
    rows: &[
        Row::active(204, When::Always, "says that the key is live"),
        Row::rejected(401, When::Always, "says that the key is not live (401)"),
    ],
    proof: &[],
    notes: &[ONLY_ALIVE],
    ..Page::of(About {
        hosts: &["api.tailscale.com", "login.tailscale.com"],
        carrier: Carrier::Form("key"),
        only_by_name: Some("Tailscale answers this question only to a POST"),
        accepts: "keys (tskey-…) but web hooks'",
        asks: "whether the key is live, without using it",
        requests: &[Template { method: "POST", path: "/api/v2/secret-scanning/verify", when: "always" }],
        source: "betterleaks and kingfisher, rules tailscale",
        ..About::of(&TAILSCALE, "https://api.tailscale.com")
    })
};
