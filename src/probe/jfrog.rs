//! JFrog: a token asked about itself, on a server that the configuration names.

use jiff::Timestamp;
use serde::Deserialize;

use super::carrier::Carrier;
use super::failure::Failure;
use super::issuer::{About, Line, Probe, Reading, Step, Subject, Template};
use crate::issuer::Issuer;
use crate::key::{Expiry, Inactive, KeyFacts, LastUse, Reported};

pub(crate) struct JFrog;

static ABOUT: About = About {
    carrier: Carrier::header("authorization", "Bearer "),
    accepts: "access tokens and reference tokens; not API keys (AKC…)",
    asks: "for the token's own record (7.53.1 and later)",
    side_effects: "may set the token's last use",
    source: "JFrog REST API documentation, Get Token Information (me)",
    requests: &[Template::get("/access/api/v1/tokens/me")],
    readings: &[
        Reading::new(
            "200 with a record",
            "active; owner, expiry if one is named, issue and last use. Scopes stand in an access token's text",
        ),
        Reading::new("200 with anything else", "unknown: perhaps no JFrog platform"),
        Reading::new("401", "inactive: rejected"),
        Reading::new("403 in the platform's own JSON", "active; may not ask about itself"),
        Reading::new("403 otherwise, 404, other", "unknown"),
    ],
    ..About::own_servers(&Issuer::JFROG)
};

impl Probe for JFrog {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn admits(&self, subject: Subject<'_>) -> Result<(), &'static str> {
        let key = subject.key;
        if key.starts_with("AKC") {
            return Err(
                "an API key cannot be asked about itself, and a server that lets anyone in answers it dead or alive",
            );
        }
        let reference = key.len() == 64 && key.starts_with("cmVmd");
        let jwt = key.starts_with("eyJ") && key.split('.').count() == 3;
        if reference || jwt { Ok(()) } else { Err("it is neither an access token nor a reference token of JFrog") }
    }

    fn steps(&self, _: Subject<'_>) -> Vec<Step> {
        vec![own_record()]
    }

    fn ask(&self, _: Subject<'_>, line: &mut Line<'_>) -> Result<KeyFacts, Failure> {
        let reply = line.get(&own_record())?;
        Ok(match reply.status {
            200 => reply.json::<Token>().map_or_else(
                || line.unknown("answered 200 with a text that is no token's record: perhaps no JFrog platform"),
                |token| read(line, token),
            ),
            401 => line.inactive(Inactive::Rejected, "does not know the token, or it has expired or been revoked"),
            // A page in front of the server refuses with HTML; only the platform's own refusal knows the token.
            403 if reply.json::<Refusal>().is_some() => line.active("knows the token, which may not ask about itself"),
            403 => line.unknown("answered 403, and not in the platform's own words"),
            404 => line.unknown("has no such page: a version before 7.53.1, or no JFrog platform"),
            _ => line.unexpected(&reply),
        })
    }
}

fn own_record() -> Step {
    Step::always(&["access", "api", "v1", "tokens", "me"])
}

/// Times are seconds since 1970.
#[derive(Deserialize)]
struct Token {
    #[serde(rename = "token_id")]
    id: String,
    subject: String,
    expiry: Option<i64>,
    issued_at: Option<i64>,
    description: Option<String>,
    refreshable: Option<bool>,
    last_used: Option<i64>,
}

/// The platform's refusals are a JSON object with `errors`.
#[derive(Deserialize)]
struct Refusal {
    #[serde(rename = "errors")]
    _errors: Vec<serde::de::IgnoredAny>,
}

fn read(line: &Line<'_>, token: Token) -> KeyFacts {
    let mut facts = line.active("shows the token's record");
    // `jfac@…/users/NAME`
    let owner = token.subject.rsplit_once("/users/").map_or(token.subject.as_str(), |(_, name)| name);
    facts.owner = Reported::Said(owner.to_owned());
    facts.key_id = Reported::Said(token.id);
    facts.name = token.description.filter(|text| !text.is_empty()).into();
    facts.created = token.issued_at.and_then(moment).into();
    facts.expires = token.expiry.and_then(moment).map(Expiry::At).into();
    facts.last_used = token.last_used.and_then(moment).map(LastUse::At).into();
    if token.expiry.is_none() {
        facts.notes.push("The server named no expiry; the text of the token tells whether it has one.".into());
    }
    if let Some(refreshable) = token.refreshable {
        facts.details.insert("refreshable".into(), refreshable.to_string());
    }
    facts.notes.push("The record does not hold what the token opens; the `scp` in an access token's text does.".into());
    facts
}

fn moment(seconds: i64) -> Option<Timestamp> {
    (seconds > 0).then(|| Timestamp::from_second(seconds).ok()).flatten()
}
