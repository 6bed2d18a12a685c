//! JSON Web Tokens by their issuer: whose a token is, what sort, and what of it is worth knowing there.

use serde_json::Value;

use super::facts::{Action, Grant, KeyFacts, Power, Subjects};
use super::{claims, jwt as any_jwt, supabase};
use crate::format::jwt::{Jwt, parse};
use crate::issuer::Issuer;

/// How the `iss` of an issuer looks, what it issues, and which claims are worth showing.
struct Known {
    matches: fn(&str) -> bool,
    issuer: &'static str,
    kind: &'static str,
    claims: &'static [&'static str],
}

/// From the issuers' own documentation of their tokens: each line names it.
const KNOWN: &[Known] = &[
    // docs.github.com, "OpenID Connect reference"
    Known {
        matches: |iss| iss.starts_with("https://token.actions.githubusercontent.com"),
        issuer: "github",
        kind: "GitHub Actions identity token",
        claims: &["repository", "ref", "workflow", "actor"],
    },
    // learn.microsoft.com, "access token claims reference"
    Known {
        matches: |iss| {
            iss.starts_with("https://sts.windows.net/") || iss.starts_with("https://login.microsoftonline.com/")
        },
        issuer: "azure",
        kind: "Microsoft Entra token",
        claims: &["tid", "appid", "azp", "upn", "app_displayname"],
    },
    // developers.google.com/identity, "OpenID Connect"
    Known {
        matches: |iss| iss == "https://accounts.google.com" || iss == "accounts.google.com",
        issuer: "gcp",
        kind: "Google identity token",
        claims: &["email", "hd", "azp"],
    },
    // firebase.google.com/docs/auth/admin/verify-id-tokens
    Known {
        matches: |iss| iss.starts_with("https://securetoken.google.com/"),
        issuer: "gcp",
        kind: "Firebase identity token",
        claims: &["email", "user_id"],
    },
    // docs.aws.amazon.com/cognito, "using tokens with user pools"
    Known {
        matches: |iss| iss.starts_with("https://cognito-idp."),
        issuer: "aws",
        kind: "Cognito token",
        claims: &["client_id", "token_use", "username"],
    },
    // docs.gitlab.com, "ID token authentication"; older job tokens name the host alone
    Known {
        matches: |iss| iss == "https://gitlab.com" || iss == "gitlab.com",
        issuer: "gitlab",
        kind: "GitLab CI/CD token",
        claims: &["project_path", "ref", "user_login"],
    },
    // developer.hashicorp.com/hcp, service principals
    Known {
        matches: |iss| iss == "https://auth.idp.hashicorp.com/",
        issuer: "hashicorp",
        kind: "HCP access token",
        claims: &[],
    },
    // auth0.com/docs/secure/tokens
    Known {
        matches: |iss| iss.trim_end_matches('/').ends_with(".auth0.com"),
        issuer: "auth0",
        kind: "Auth0 token",
        claims: &["azp", "gty"],
    },
    // developer.okta.com, "API access management"
    Known {
        matches: |iss| iss.contains(".okta.com") || iss.contains(".oktapreview.com"),
        issuer: "okta",
        kind: "Okta token",
        claims: &["cid", "uid"],
    },
];

const LEGACY_KUBERNETES: &str = "kubernetes/serviceaccount";

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    let jwt = parse(key)?;
    let issuer = claims::text(&jwt.claims, "iss").unwrap_or_default();
    if issuer == LEGACY_KUBERNETES || jwt.claims.contains_key("kubernetes.io") {
        return Some(kubernetes(&jwt));
    }
    if issuer == "supabase" || issuer == "supabase-demo" {
        return supabase::of_jwt(&jwt);
    }
    let Some(known) = KNOWN.iter().find(|known| (known.matches)(issuer)) else {
        return Some(any_jwt::facts("JSON Web Token", &jwt));
    };
    let facts = any_jwt::facts(known.kind, &jwt).issued_by(Issuer::new(known.issuer));
    let facts = claims::details(facts, &jwt.claims, known.claims);
    Some(match known.issuer {
        "auth0" => management(facts, &jwt),
        "azure" => graph(facts, &jwt),
        _ => facts,
    })
}

/// Microsoft Graph by its address and by its application id (learn.microsoft.com, "Microsoft Graph permissions
/// reference", whose permissions are called `resource.operation.constraint`).
const GRAPH: &[&str] = &["https://graph.microsoft.com", "00000003-0000-0000-c000-000000000000"];

/// Permissions with which a program can give itself any other (the same reference warns of each).
const GRAPH_ADMINS: &[&str] = &[
    "RoleManagement.ReadWrite.Directory",
    "AppRoleAssignment.ReadWrite.All",
    "Application.ReadWrite.All",
    "Directory.ReadWrite.All",
];

/// `roles` are what a program may do in all of its tenant; `scp` is what it may do for one user, where it reaches no more
/// than that user.
fn graph(facts: KeyFacts, jwt: &Jwt) -> KeyFacts {
    if !claims::words(&jwt.claims, "aud").iter().any(|audience| GRAPH.contains(&audience.trim_end_matches('/'))) {
        return facts;
    }
    let power = |name: &str| match name {
        name if GRAPH_ADMINS.contains(&name) => Power::Everything,
        name if name.contains(".ReadWrite") || name.contains(".Manage") || name.contains(".FullControl") => {
            Power::Manage
        }
        name if name.contains(".Send") || name.contains(".Write") || name.contains(".Create") => Power::PublishUpdate,
        _ => Power::Read,
    };
    let actions = |claim: &str| -> Vec<Action> {
        claims::words(&jwt.claims, claim).iter().map(|name| Action::new(name, power(name))).collect()
    };
    let facts = match actions("roles") {
        roles if roles.is_empty() => facts,
        roles => facts.grant(Grant::exact(roles, Subjects::Everything)),
    };
    match actions("scp") {
        scopes if scopes.is_empty() => facts,
        scopes => facts.grant(Grant::at_most(scopes, Subjects::NotSaid)),
    }
}

/// Auth0's management API is an audience that ends in `/api/v2/`; its scopes are its rights.
fn management(facts: KeyFacts, jwt: &Jwt) -> KeyFacts {
    let manages = claims::words(&jwt.claims, "aud").iter().any(|audience| audience.ends_with("/api/v2/"));
    let scopes = claims::words(&jwt.claims, "scope");
    if !manages || scopes.is_empty() {
        return facts;
    }
    let power = |scope: &str| if scope.starts_with("read:") { Power::Read } else { Power::Manage };
    let actions = scopes.iter().map(|scope| Action::new(scope, power(scope))).collect();
    facts.grant(Grant::exact(actions, Subjects::Everything)).note("It opens Auth0's management API.")
}

/// kubernetes.io, "managing service accounts": tokens of secrets name their account in flat claims and never end; bound
/// tokens do so in one object and end with their pod.
fn kubernetes(jwt: &Jwt) -> KeyFacts {
    let bound = jwt.claims.get("kubernetes.io");
    let kind = if bound.is_some() { "service account token (bound)" } else { "service account token (legacy secret)" };
    let mut facts = any_jwt::facts(kind, jwt).issued_by(Issuer::new("kubernetes"));
    let flat =
        |name: &str| claims::text(&jwt.claims, &format!("kubernetes.io/serviceaccount/{name}")).map(str::to_owned);
    let inner = |path: &str| bound.and_then(|bound| bound.pointer(path)).and_then(Value::as_str).map(str::to_owned);
    for (name, value) in [
        ("namespace", flat("namespace").or_else(|| inner("/namespace"))),
        ("service-account", flat("service-account.name").or_else(|| inner("/serviceaccount/name"))),
        ("secret", flat("secret.name").or_else(|| inner("/secret/name"))),
        ("pod", inner("/pod/name")),
    ] {
        if let Some(value) = value {
            facts = facts.detail(name, value);
        }
    }
    if bound.is_none() {
        return facts.note("Deleting its Secret is what revokes it.");
    }
    facts
}
