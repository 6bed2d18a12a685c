//! crates.io: an endpoint that only legacy tokens may use, asked about a token id that does not exist. The refusal tells
//! a dead token from a living scoped one. A scoped token is then asked about the crates of this repository: whether it may
//! see, and so change, who publishes them without a token.

use serde::Deserialize;

use super::carrier::Carrier;
use super::client::Reply;
use super::failure::Failure;
use super::issuer::{About, Line, Probe, Reading, Step, Subject, Template};
use crate::issuer::Issuer;
use crate::key::{Action, Bound, Grant, Inactive, KeyFacts, Power, Reported, Subjects};

pub(crate) struct CratesIo;

static ABOUT: About = About {
    hosts: &["crates.io", "static.crates.io", "index.crates.io"],
    carrier: Carrier::header("authorization", ""),
    accepts: "API tokens (cio and 32 characters); not trusted publishing tokens (cio_tp_…)",
    asks: "for token 0 of the account, which does not exist; a token with scopes, for the trusted publishers of the \
           repository's crates",
    side_effects: "sets the token's last use",
    source: "rust-lang/crates.io, src/auth.rs, src/controllers/token.rs and src/controllers/trustpub/github_configs/list.rs",
    requests: &[
        Template::get("/api/v1/me/tokens/0"),
        Template::get_if(
            "/api/v1/trusted_publishing/github_configs?crate={package}",
            "for each of the repository's crates, when the first answer says that the token has scopes",
        ),
    ],
    readings: &[
        Reading::new("403 `authentication failed`", "inactive: unknown, expired or revoked"),
        Reading::new(
            "403 `this token does not have the required permissions…`",
            "active, with scopes that are not told",
        ),
        Reading::new("403 `this action can only be performed on the crates.io website`", "active"),
        Reading::new("403 that speaks of a locked account", "unknown: it may work again"),
        Reading::new("404", "active; a legacy token that opens everything"),
        Reading::new("401, another 403, anything not in its own JSON", "unknown"),
        Reading::new(
            "then 200, 404 or 400 `You are not an owner of this crate`",
            "active; the scope `trusted-publishing` with a pattern that covers the crate",
        ),
        Reading::new(
            "then 403 `this token does not have the required permissions…`",
            "active; no `trusted-publishing` for that crate",
        ),
        Reading::new("then any other", "active; no more is told"),
    ],
    ..About::of(&Issuer::CRATES_IO, "https://crates.io")
};

impl Probe for CratesIo {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn admits(&self, subject: Subject<'_>) -> Result<(), &'static str> {
        let key = subject.key;
        if key.starts_with("cio_tp_") {
            return Err("a trusted publishing token lives 30 minutes and this endpoint does not accept it");
        }
        let rest = key.strip_prefix("cio").unwrap_or_default();
        if rest.len() == 32 && rest.bytes().all(|b| b.is_ascii_alphanumeric()) {
            Ok(())
        } else {
            Err("it is no API token of crates.io (cio and 32 characters); older forms were revoked in July 2020")
        }
    }

    fn steps(&self, subject: Subject<'_>) -> Vec<Step> {
        std::iter::once(token_zero()).chain(crates(subject).map(publishers_of)).collect()
    }

    fn ask(&self, subject: Subject<'_>, line: &mut Line<'_>) -> Result<KeyFacts, Failure> {
        let reply = line.get(&token_zero())?;
        Ok(match (reply.status, detail(&reply).as_deref()) {
            (403, Some("authentication failed")) => {
                line.inactive(Inactive::Rejected, "does not know the token, or it has expired or been revoked")
            }
            (403, Some(text)) if text.starts_with(LACKS_SCOPE) => {
                let mut facts = scoped(line.active("knows the token and refuses it this page for its scopes"));
                ask_publishers(subject, line, &mut facts);
                facts
            }
            // `AuthCheck::check` finds the token before it refuses tokens as such.
            (403, Some("this action can only be performed on the crates.io website")) => {
                line.active("knows the token and keeps this page for people")
            }
            (404, Some(_)) => legacy(line.active("let the token use a page that only tokens without scopes may use")),
            (403, Some(text)) if text.contains("locked") => {
                line.unknown("says that the account is locked; the token may work again when it is unlocked")
            }
            (403, _) => line.unknown("answered 403 without saying why"),
            (401, _) => line.unknown("answered 401, which it does for texts that are no token of today's form"),
            _ => line.unexpected(&reply),
        })
    }
}

fn token_zero() -> Step {
    Step::always(&["api", "v1", "me", "tokens", "0"])
}

/// How the site refuses a living token for its scopes, whether of endpoints or of crates.
const LACKS_SCOPE: &str = "this token does not have the required permissions";

/// The repository's packages that could be crates (`crates_io_validation`, `validate_crate_name`).
fn crates(subject: Subject<'_>) -> impl Iterator<Item = &str> {
    let is_name = |name: &&str| {
        name.len() <= 64
            && name.starts_with(|first: char| first.is_ascii_alphabetic())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    subject.packages.iter().map(String::as_str).filter(is_name)
}

fn publishers_of(name: &str) -> Step {
    Step::of(&ABOUT.requests[1], |part| part.replace("{package}", name))
}

/// Scopes are looked at before the crate is looked for and its owners are compared (`list_by_crate`): any answer but the
/// refusal for scopes says that the token has the scope for that name.
fn ask_publishers(subject: Subject<'_>, line: &Line<'_>, facts: &mut KeyFacts) {
    let mut covered = Vec::new();
    for name in crates(subject) {
        // A site that breaks down is not asked about the other crates.
        let Ok(reply) = line.get(&publishers_of(name)) else { break };
        match (reply.status, detail(&reply).as_deref()) {
            (200, _) if reply.value().is_some_and(|body| body["github_configs"].is_array()) => {
                covered.push(name.to_owned());
            }
            (404, Some(_)) | (400, Some("You are not an owner of this crate")) => covered.push(name.to_owned()),
            _ => {}
        }
    }
    // The token may have other scopes as well, so this is told beside what it opens, and not as all of it.
    if !covered.is_empty() {
        facts.details.insert("trusted-publishing".into(), covered.join(", "));
        facts
            .notes
            .push("It may say which workflows publish these crates, and so let one of a stranger's do it.".into());
    }
}

#[derive(Deserialize)]
struct Errors {
    errors: Vec<ErrorDetail>,
}

#[derive(Deserialize)]
struct ErrorDetail {
    detail: String,
}

/// The site's own words. A refusal by something in front of it has none and proves nothing.
fn detail(reply: &Reply) -> Option<String> {
    reply.json::<Errors>()?.errors.into_iter().next().map(|error| error.detail)
}

fn scoped(mut facts: KeyFacts) -> KeyFacts {
    facts.kind = Reported::Said("API token with scopes".into());
    facts.notes.push("crates.io does not say which scopes and crates; the owner's token list does.".into());
    facts
}

/// `endpoint_scopes: null`: a token from before scopes, or made without any.
fn legacy(mut facts: KeyFacts) -> KeyFacts {
    facts.kind = Reported::Said("legacy API token without scopes".into());
    facts.grants = Reported::Said(vec![Grant {
        actions: vec![Action::new("legacy full access", Power::Everything)],
        subjects: Subjects::Everything,
        bound: Bound::Exact,
    }]);
    facts
}
