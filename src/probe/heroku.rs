//! Heroku: the account's list of authorisations, in which the token that asks is found by its own text.
//!
//! The list holds the texts of the account's other tokens as well. They are read past and never kept; the answer's bytes
//! are wiped.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::fact::by_verb;
use super::failure::Failure;
use super::issuer::{About, Line, Probe, Reading, Step, Subject, Template};
use crate::issuer::Issuer;
use crate::key::{Action, Expiry, Grant, Inactive, KeyFacts, Power, Reported, Subjects};

pub(crate) struct Heroku;

static HEROKU: Issuer = Issuer::known("heroku");

static ABOUT: About = About {
    hosts: &["api.heroku.com", "heroku.com", "git.heroku.com"],
    extra: &[("accept", "application/vnd.heroku+json; version=3")],
    accepts: "API keys and OAuth tokens (HRKU-… and UUIDs)",
    asks: "for the account's authorisations, in which the token is found by its text",
    requests: &[Template::get("/oauth/authorizations")],
    readings: &[
        Reading::new(
            "200 with the token in the list",
            "active; scopes, expiry (`expires_in`, null is never), id, name, creation",
        ),
        Reading::new("200 without it", "active; nothing more is told"),
        Reading::new("403 with `id` = `forbidden`", "active; it lacks the right to see the list"),
        Reading::new("401", "inactive: rejected"),
        Reading::new("another 403, other", "unknown"),
    ],
    side_effects: "none known. The answer holds the account's other tokens, which are read past and wiped",
    source: "devcenter.heroku.com, platform API reference, OAuth authorization; heroku/cli, commands/auth and authorizations",
    ..About::of(&HEROKU, "https://api.heroku.com")
};

impl Probe for Heroku {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn admits(&self, subject: Subject<'_>) -> Result<(), &'static str> {
        let key = subject.key.strip_prefix("HRKU-").unwrap_or(subject.key);
        let digits = key.bytes().filter(|&byte| byte != b'-');
        let uuid = key.len() == 36 && digits.clone().count() == 32 && digits.clone().all(|b| b.is_ascii_hexdigit());
        if uuid || subject.key.starts_with("HRKU-AA") {
            Ok(())
        } else {
            Err("it is neither an API key of Heroku (HRKU-…) nor a UUID")
        }
    }

    fn steps(&self, _: Subject<'_>) -> Vec<Step> {
        vec![authorizations()]
    }

    fn ask(&self, subject: Subject<'_>, line: &mut Line<'_>) -> Result<KeyFacts, Failure> {
        let reply = line.get(&authorizations())?;
        Ok(match reply.status {
            200 => match reply.borrow_json::<Vec<Authorization<'_>>>() {
                Some(list) => read(line, subject.key, &list),
                None => line.unreadable(),
            },
            401 if !reply.is_page() => line.inactive(Inactive::Rejected, "does not know the token (401)"),
            403 if reply.json::<Refusal>().is_some_and(|refusal| refusal.id == "forbidden") => {
                line.active("knows the token, which may not see the account's list")
            }
            403 => line.unknown("answered 403, which can mean a suspended account or a network rule"),
            _ => line.unexpected(&reply),
        })
    }
}

fn authorizations() -> Step {
    Step::always(&["oauth", "authorizations"])
}

#[derive(Deserialize)]
struct Refusal {
    id: String,
}

#[derive(Deserialize)]
struct Authorization<'b> {
    id: String,
    created_at: Option<Timestamp>,
    description: Option<String>,
    #[serde(default)]
    scope: Vec<String>,
    #[serde(borrow)]
    access_token: Option<AccessToken<'b>>,
}

/// The text is borrowed from the answer, so that no copy of another key is made. One with an escape in it is none of
/// Heroku's.
#[derive(Deserialize)]
struct AccessToken<'b> {
    token: Option<&'b str>,
    expires_in: Option<i64>,
}

fn read(line: &Line<'_>, key: &str, list: &[Authorization<'_>]) -> KeyFacts {
    let mut facts = line.active("shows the account's list to the token");
    if list.iter().filter_map(|one| one.access_token.as_ref()?.token).any(|token| token != key) {
        facts.notes.push("Whoever has this token can read the account's other tokens in that list.".into());
    }
    let own = |one: &&Authorization<'_>| one.access_token.as_ref().is_some_and(|access| access.token == Some(key));
    let Some(own) = list.iter().find(own) else {
        facts.notes.push("The list does not hold the token that asked, so its scope and end are not known.".into());
        return facts;
    };
    facts.key_id = Reported::Said(own.id.clone());
    facts.name = own.description.clone().into();
    facts.created = own.created_at.into();
    let seconds = own.access_token.as_ref().and_then(|access| access.expires_in);
    let end = |seconds| line.now.checked_add(SignedDuration::from_secs(seconds)).ok().map(Expiry::At);
    facts.expires = seconds.map_or(Some(Expiry::Never), end).into();
    let actions = own.scope.iter().map(|scope| Action::new(scope.as_str(), power(scope))).collect();
    facts.grants = Reported::Said(vec![Grant::exact(actions, Subjects::Everything)]);
    facts
}

/// devcenter.heroku.com, "OAuth scopes".
fn power(scope: &str) -> Power {
    match scope {
        "identity" | "read" | "read-protected" => Power::Read,
        "write" | "write-protected" => Power::Manage,
        word => by_verb(word),
    }
}
