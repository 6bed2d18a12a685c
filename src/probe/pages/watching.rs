//! Observability and alerting.

use super::super::carrier::Carrier;
use super::super::fact::{Fact, Is};
use super::super::issuer::{About, Named, Template};
use super::super::page::{Form, Page, Row, When};
use super::{ONLY_ALIVE, ONLY_WHOSE};
use crate::issuer::Issuer;
use crate::key::Power;

static DATADOG: Issuer = Issuer::known("datadog");
static GRAFANA: Issuer = Issuer::known("grafana");
static SENTRY: Issuer = Issuer::known("sentry");
static HONEYCOMB: Issuer = Issuer::known("honeycomb");
static PAGERDUTY: Issuer = Issuer::known("pagerduty");

pub(super) const PAGES: &[&Page] =
    &[&DATADOG_KEY, &GRAFANA_TOKEN, &SENTRY_ORGANISATION, &SENTRY_USER, &HONEYCOMB_KEY, &PAGERDUTY_KEY];

/// Each site of Datadog knows its own keys alone, and nothing in a key tells its site.
static DATADOG_KEY: Page = Page {
    forms: &[Form::Of(32, |byte| byte.is_ascii_hexdigit())],
    others: &[("ddapp_", "an application key works only with an API key of its account beside it")],
    rows: &[
        Row::active(200, When::Is("/valid", "true"), "says that the key is valid"),
        Row::unknown(403, When::Always, "does not know the key on this site; it may be one of another site"),
    ],
    proof: &["/valid"],
    notes: &[ONLY_ALIVE],
    ..Page::of(About {
        hosts: &["api.datadoghq.com", "app.datadoghq.com"],
        carrier: Carrier::header("dd-api-key", ""),
        accepts: "API keys (32 hexadecimal digits); not application keys",
        asks: "whether the key is valid",
        requests: &[Template::get("/api/v1/validate")],
        source: "docs.datadoghq.com/api, validate API key; trufflesecurity/trufflehog, analyzers/datadog",
        ..About::of(&DATADOG, "https://api.datadoghq.com")
    })
};

static GRAFANA_TOKEN: Page = Page {
    forms: &[Form::Prefix("glsa_"), Form::Prefix("eyJrIjoi")],
    others: &[(
        "glc_",
        "a token of Grafana Cloud opens grafana.com's own API, where no page tells a token about itself",
    )],
    rows: &[
        Row::active(200, When::Always, "lists the token's permissions"),
        Row::rejected(401, When::Says("Invalid API key"), "does not know the token"),
        Row::rejected(401, When::Says("Unauthorized"), "does not know the token"),
        Row::FORBIDDEN,
    ],
    proof: &[],
    facts: &[Fact::at("", Is::Switches)],
    notes: &["The token's end stands with its service account."],
    ..Page::of(About {
        carrier: Carrier::BEARER,
        accepts: "service account tokens (glsa_…) and API keys of the older kind",
        asks: "what the token may do",
        requests: &[Template::get("/api/access-control/user/permissions")],
        side_effects: "sets the token's last use",
        source: "grafana/grafana, pkg/services/accesscontrol/api; kingfisher, rule grafana",
        ..About::tenants(&GRAFANA, &[".grafana.net"])
    })
};

fn sentry_host(subject: super::super::issuer::Subject<'_>) -> Option<Named> {
    // `https://us.sentry.io`, in the text of an organisation's token.
    let host = subject.detail("region_url").or_else(|| subject.detail("url"))?.strip_prefix("https://")?;
    Some(Named { host: host.trim_end_matches('/').to_owned(), by_key: true })
}

static SENTRY_ORGANISATION: Page = Page {
    forms: &[Form::Prefix("sntrys_")],
    rows: &[
        Row::active(200, When::Always, "says that the token is valid"),
        Row::REFUSED,
        Row::unknown(404, When::Always, "has no such page: an old version"),
        Row::FORBIDDEN,
    ],
    proof: &[],
    facts: &[],
    notes: &["An organisation's token is for pipelines: it uploads releases and source maps, and has no end."],
    host: sentry_host,
    ..Page::of(About {
        hosts: &["sentry.io"],
        tenants: &[".sentry.io"],
        // The text of the token names its server; without one it is sentry.io's.
        public_by_default: false,
        accepts: "organisation tokens (sntrys_…), whose text names their server",
        asks: "whether the token is valid",
        requests: &[Template::get("/api/0/auth/validate/")],
        source: "getsentry/sentry, auth_validate; trufflesecurity/trufflehog, pkg/detectors/sentryorgtoken",
        ..About::of(&SENTRY, "https://sentry.io")
    })
};

static SENTRY_USER: Page = Page {
    forms: &[Form::Prefix("sntryu_"), Form::Of(64, |byte| byte.is_ascii_hexdigit())],
    rows: &[
        Row::active(200, When::Has("/auth"), "says what the token may do"),
        Row::rejected(401, When::Says("Invalid token"), "does not know the token"),
        Row::expired(401, When::Says("Token expired")),
        Row::FORBIDDEN,
    ],
    proof: &["/auth/scopes"],
    facts: &[Fact::at("/user/email", Is::Owner), Fact::at("/auth/scopes", Is::Scopes)],
    power: |scope| match scope.rsplit(':').next() {
        Some("read") => Power::Read,
        Some("releases" | "ci") => Power::PublishNew,
        _ => Power::Manage,
    },
    ..Page::of(About {
        hosts: &["sentry.io", "us.sentry.io", "de.sentry.io"],
        accepts: "users' tokens (sntryu_…, and 64 hexadecimal digits)",
        asks: "what the token may do, and for whom",
        requests: &[Template::get("/api/0/")],
        side_effects: "sets the token's last use",
        source: "getsentry/sentry-cli, src/api/data_types, AuthInfo; getsentry/sentry, authentication",
        ..About::of(&SENTRY, "https://sentry.io")
    })
};

/// Keys of the European region are unknown here.
static HONEYCOMB_KEY: Page = Page {
    forms: &[
        Form::Of(22, |byte| byte.is_ascii_alphanumeric()),
        Form::Of(32, |byte| byte.is_ascii_hexdigit()),
        Form::Prefix("hcaik_"),
        Form::Prefix("hcbik_"),
        Form::Prefix("hcxik_"),
    ],
    rows: &[
        Row::OK,
        Row::unknown(401, When::Always, "does not know the key here; it may be one of the European region"),
        Row::FORBIDDEN,
    ],
    proof: &["/api_key_access", "/team/slug"],
    facts: &[
        Fact::at("/id", Is::KeyId),
        Fact::at("/type", Is::Kind),
        Fact::at("/team/slug", Is::Owner),
        Fact::at("/environment/name", Is::Detail("environment")),
        Fact::at("/api_key_access", Is::Switches),
    ],
    power: |right| match right {
        "events" | "markers" => Power::PublishUpdate,
        "queries" => Power::Read,
        _ => Power::Manage,
    },
    notes: &["Honeycomb does not tell whether a key ends."],
    ..Page::of(About {
        hosts: &["api.honeycomb.io", "ui.honeycomb.io"],
        carrier: Carrier::header("x-honeycomb-team", ""),
        accepts: "ingest and configuration keys",
        asks: "what the key may do, and for which team",
        requests: &[Template::get("/1/auth")],
        source: "docs.honeycomb.io/api, auth, list authorizations",
        ..About::of(&HONEYCOMB, "https://api.honeycomb.io")
    })
};

static PAGERDUTY_KEY: Page = Page {
    forms: &[Form::Prefix("u+")],
    rows: &[Row::OK, Row::REFUSED, Row::FORBIDDEN],
    proof: &["/user/id"],
    facts: &[Fact::at("/user/email", Is::Owner), Fact::at("/user/role", Is::Scopes)],
    power: |role| match role {
        "owner" | "admin" => Power::Everything,
        "read_only_user" | "read_only_limited_user" | "observer" => Power::Read,
        _ => Power::Manage,
    },
    notes: &[ONLY_WHOSE],
    ..Page::of(About {
        hosts: &["api.pagerduty.com"],
        carrier: Carrier::header("authorization", "Token token="),
        accepts: "users' keys (u+…); an account's key has no user and is not asked about",
        asks: "whose key it is",
        requests: &[Template::get("/users/me")],
        source: "developer.pagerduty.com, get the current user; betterleaks, rule pagerduty",
        ..About::of(&PAGERDUTY, "https://api.pagerduty.com")
    })
};
