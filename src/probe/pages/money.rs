//! Payments and shops.

use super::super::carrier::Carrier;
use super::super::fact::{Fact, Is, Time, Without};
use super::super::issuer::{About, Template};
use super::super::page::{Form, Page, Row, Then, When};
use super::super::post::Post;
use crate::issuer::Issuer;
use crate::key::Power;

static STRIPE: Issuer = Issuer::known("stripe");
static SQUARE: Issuer = Issuer::known("square");
static SHOPIFY: Issuer = Issuer::known("shopify");

pub(super) const PAGES: &[&Page] = &[&STRIPE_KEY, &SQUARE_TOKEN, &SHOPIFY_TOKEN];

static STRIPE_KEY: Page = Page {
    forms: &[Form::Prefix("sk_live_"), Form::Prefix("rk_live_"), Form::Prefix("sk_test_"), Form::Prefix("rk_test_")],
    others: &[("whsec_", "a web hook's secret only signs, and opens no page")],
    rows: &[
        Row::OK,
        Row::expired(401, When::Is("/error/code", "api_key_expired")),
        Row::rejected(401, When::Says("Invalid API Key provided"), "does not know the key"),
        Row::active(403, When::Says("required permissions"), "knows the key, which is restricted"),
        Row::unknown(403, When::Always, "answered 403, which can mean a network rule of the account's"),
    ],
    proof: &["/id", "/object"],
    facts: &[
        Fact::at("/id", Is::Owner),
        Fact::at("/settings/dashboard/display_name", Is::Detail("account-name")),
        Fact::at("/country", Is::Detail("country")),
        Fact::at("/charges_enabled", Is::Detail("charges-enabled")),
        Fact::at("/payouts_enabled", Is::Detail("payouts-enabled")),
    ],
    notes: &["A secret key (sk_) has no limits; what a restricted one may do is told on its page alone."],
    ..Page::of(About {
        hosts: &["api.stripe.com"],
        accepts: "secret and restricted keys (sk_…, rk_…), live and test",
        asks: "whose key it is",
        requests: &[Template::get("/v1/account")],
        side_effects: "stands in the account's request log",
        source: "docs.stripe.com/api, retrieve account, and error codes; trufflesecurity/trufflehog, pkg/detectors/stripe",
        ..About::of(&STRIPE, "https://api.stripe.com")
    })
};

/// Its neighbour `/oauth2/revoke` would end the token and is never asked.
static SQUARE_TOKEN: Page = Page {
    forms: &[Form::Prefix("EAAA"), Form::Prefix("sq0atp-")],
    others: &[("sq0csp-", "an application's secret is tried only by a page that revokes tokens, which is never asked")],
    post: Some(Post::SQUARE_TOKEN_STATUS),
    rows: &[Row::OK, Row::REFUSED, Row::FORBIDDEN],
    proof: &["/scopes"],
    facts: &[
        Fact::at("/merchant_id", Is::Owner),
        Fact::at("/client_id", Is::Detail("client-id")),
        Fact::at("/scopes", Is::Scopes),
        Fact::at("/expires_at", Is::Expires(Time::Text, Without::NotSaid)),
    ],
    power: |scope| if scope.ends_with("_READ") { Power::Read } else { Power::Manage },
    ..Page::of(About {
        hosts: &["connect.squareup.com"],
        extra: &[("square-version", "2024-06-04")],
        only_by_name: Some("Square answers this question only to a POST"),
        accepts: "access tokens (EAAA…, sq0atp-…)",
        asks: "what the token opens, for whom and until when",
        requests: &[Template { method: "POST", path: "/oauth2/token/status", when: "always" }],
        source: "developer.squareup.com, RetrieveTokenStatus; trufflesecurity/trufflehog, analyzers/square",
        ..About::of(&SQUARE, "https://connect.squareup.com")
    })
};

static SHOPIFY_TOKEN: Page = Page {
    forms: &[Form::Prefix("shpat_"), Form::Prefix("shpca_"), Form::Prefix("shppa_")],
    others: &[("shpss_", "an app's shared secret only signs, and opens no page")],
    rows: &[
        Row::active(200, When::Has("/access_scopes"), "lists the token's scopes"),
        Row::rejected(401, When::Says("Invalid API key or access token"), "does not know the token"),
        Row::FORBIDDEN,
    ],
    proof: &["/access_scopes"],
    facts: &[Fact::at("/access_scopes/*/handle", Is::Scopes)],
    power: |scope| if scope.starts_with("read_") { Power::Read } else { Power::Manage },
    notes: &["Shopify does not tell here whether a token ends."],
    then: Some(Then {
        pick: None,
        of: |_| true,
        facts: &[
            Fact::at("/shop/myshopify_domain", Is::Owner),
            Fact::at("/shop/name", Is::Detail("shop-name")),
            Fact::at("/shop/plan_name", Is::Detail("plan")),
        ],
    }),
    ..Page::of(About {
        carrier: Carrier::header("x-shopify-access-token", ""),
        accepts: "access tokens (shpat_…, shpca_…, shppa_…) with their shop beside them",
        asks: "what the token may do, then which shop it is for",
        // A version that is gone is answered as the oldest that is left (shopify.dev, "about Shopify API versioning").
        requests: &[
            Template::get("/admin/oauth/access_scopes.json"),
            Template::get_if("/admin/api/2026-01/shop.json", "when the first answer lists scopes"),
        ],
        source: "shopify.dev, AccessScope and Shop; trufflesecurity/trufflehog, analyzers/shopify",
        ..About::tenants(&SHOPIFY, &[".myshopify.com"])
    })
};
