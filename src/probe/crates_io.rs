//! crates.io: an endpoint that only legacy tokens may use, asked about a token id that does not exist. The refusal tells
//! a dead token from a living scoped one.

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
    asks: "for token 0 of the account, which does not exist",
    side_effects: "sets the token's last use",
    source: "rust-lang/crates.io, src/auth.rs and src/controllers/token.rs",
    requests: &[Template::get("/api/v1/me/tokens/0")],
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

    fn steps(&self, _: Subject<'_>) -> Vec<Step> {
        vec![token_zero()]
    }

    fn ask(&self, _: Subject<'_>, line: &mut Line<'_>) -> Result<KeyFacts, Failure> {
        let reply = line.get(&token_zero())?;
        Ok(match (reply.status, detail(&reply).as_deref()) {
            (403, Some("authentication failed")) => {
                line.inactive(Inactive::Rejected, "does not know the token, or it has expired or been revoked")
            }
            (403, Some(text)) if text.starts_with("this token does not have the required permissions") => {
                scoped(line.active("knows the token and refuses it this page for its scopes"))
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
