//! Keys whose text tells no more than their sort, by the prefix that their issuer documents.

use super::facts::{Action, Grant, KeyFacts, Power, Subjects};
use crate::issuer::Issuer;

/// Prefix, issuer, sort, and whether such a key can do all that its owner can. Longer prefixes stand before shorter.
const CLASSES: &[(&str, &str, &str, bool)] = &[
    // developers.cloudflare.com, "token formats"
    ("cfk_", "cloudflare", "global API key", true),
    ("cfut_", "cloudflare", "user API token", false),
    ("cfat_", "cloudflare", "account API token", false),
    // docs.digitalocean.com, "personal access tokens"; digitalocean/openapi
    ("dop_v1_", "digitalocean", "personal access token", false),
    ("doo_v1_", "digitalocean", "OAuth access token", false),
    ("dor_v1_", "digitalocean", "OAuth refresh token", false),
    // vercel.com/docs, "sign in with Vercel" and "tokens"
    ("vcp_", "vercel", "personal access token", false),
    ("vci_", "vercel", "integration token", false),
    ("vca_", "vercel", "app access token", false),
    ("vcr_", "vercel", "app refresh token", false),
    ("vck_", "vercel", "AI gateway key", false),
    // buildkite.com/docs, "token security"
    ("bkua_", "buildkite", "user access token", false),
    ("bkpat_", "buildkite", "portal access token", false),
    ("bkaj_", "buildkite", "job token", false),
    ("bkar_", "buildkite", "agent registration token", false),
    ("bkaa_", "buildkite", "agent access token", false),
    ("bkct_", "buildkite", "cluster token", false),
    ("bkpt_", "buildkite", "package registry token", false),
    ("bkps_", "buildkite", "package registry session token", false),
    // platform.openai.com/docs; platform.claude.com/docs
    ("sk-admin-", "openai", "admin key", true),
    ("sk-svcacct-", "openai", "service account key", false),
    ("sk-proj-", "openai", "project key", false),
    ("sk-ant-admin", "anthropic", "admin key", true),
    ("sk-ant-api", "anthropic", "API key", false),
    ("sk-ant-oat", "anthropic", "OAuth access token", false),
    // docs.x.ai
    ("xai-token-", "xai", "management key", true),
    ("xai-", "xai", "API key", false),
    // circleci.com/docs, "managing API tokens"
    ("CCIPAT_", "circleci", "personal API token", true),
    ("CCIPRJ_", "circleci", "project API token", false),
    // shopify.dev, "authentication and authorization"
    ("shpat_", "shopify", "Admin API access token", false),
    ("shpca_", "shopify", "custom app access token", false),
    ("shppa_", "shopify", "private app password", false),
    ("shpss_", "shopify", "app shared secret", false),
    // developer.squareup.com, "access tokens"
    ("sq0csp-", "square", "application secret", false),
    ("sq0atp-", "square", "access token", false),
    ("EAAA", "square", "access token", false),
    // planetscale.com/docs, "service tokens"
    ("pscale_tkn_", "planetscale", "service token", false),
    ("pscale_pw_", "planetscale", "database password", false),
    ("pscale_oauth_", "planetscale", "OAuth token", false),
    // docs.newrelic.com, "New Relic API keys"
    ("NRAK-", "new-relic", "user key", true),
    ("NRII-", "new-relic", "insights insert key", false),
    ("NRJS-", "new-relic", "browser key", false),
    // support.atlassian.com, "manage API tokens"
    ("ATATT3", "atlassian", "API token", false),
    ("ATCTT3", "atlassian", "organisation, service or repository token", false),
    ("ATBB", "bitbucket", "app password", false),
    // learning.postman.com, "authentication"
    ("PMAK-", "postman", "API key", true),
    ("PMAT-", "postman", "collection access key", false),
    // support.airtable.com and developers.figma.com
    ("figd_", "figma", "personal access token", false),
    ("figp_", "figma", "plan access token", false),
    ("figo_", "figma", "OAuth access token", false),
];

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    let (_, issuer, kind, everything) = CLASSES.iter().find(|(prefix, ..)| key.starts_with(prefix.as_bytes()))?;
    let facts = KeyFacts::of_kind(*kind).issued_by(Issuer::new(*issuer));
    Some(if *everything {
        facts.grant(Grant::exact(vec![Action::new("its owner", Power::Everything)], Subjects::Everything))
    } else {
        facts
    })
}
