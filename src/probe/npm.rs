//! npm: `whoami` with the token. It tells whose token it is and nothing of what it opens.

use serde::Deserialize;

use super::carrier::Carrier;
use super::client::Reply;
use super::failure::Failure;
use super::issuer::{About, Line, Probe, Reading, Step, Subject, Template};
use crate::issuer::Issuer;
use crate::key::{Inactive, KeyFacts, Reported, State};

pub(crate) struct Npm;

static ABOUT: About = About {
    also: &[Issuer::VERDACCIO],
    hosts: &["registry.npmjs.org", "www.npmjs.com", "npmjs.com"],
    carrier: Carrier::header("authorization", "Bearer "),
    accepts: "granular tokens (npm_…); on a registry of your own, any token",
    asks: "whose token it is",
    side_effects: "sets the token's last use",
    source: "npm registry API, GET /-/whoami; npm/npm-registry-fetch, lib/check-response.js; Verdaccio 6, run",
    requests: &[
        Template::get("/-/whoami"),
        Template::get_if("/-/npm/v1/tokens", "of a Verdaccio, when it names nobody"),
    ],
    readings: &[
        Reading::new("200 with a name", "active; the owner is known, scope and expiry are not"),
        Reading::new("200 without a name, and 401 from a Verdaccio's second page", "inactive: rejected"),
        Reading::new("200 without a name", "unknown"),
        Reading::new("401", "inactive: rejected"),
        Reading::new("401 that asks for another network or a one-time password", "unknown"),
        Reading::new("403, other", "unknown"),
    ],
    ..About::of(&Issuer::NPM, "https://registry.npmjs.org")
};

impl Probe for Npm {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn admits(&self, subject: Subject<'_>) -> Result<(), &'static str> {
        // All classic tokens of the public registry were revoked on 2025-12-09; on other registries they may live.
        let granular = subject.key.len() == 40 && subject.key.starts_with("npm_");
        if granular || subject.own_server {
            Ok(())
        } else {
            Err("it is no granular token of npm; tokens of other forms were all revoked on 2025-12-09")
        }
    }

    fn steps(&self, subject: Subject<'_>) -> Vec<Step> {
        let second = (*subject.issuer == Issuer::VERDACCIO).then(tokens);
        std::iter::once(whoami()).chain(second).collect()
    }

    fn ask(&self, subject: Subject<'_>, line: &mut Line<'_>) -> Result<KeyFacts, Failure> {
        let reply = line.get(&whoami())?;
        Ok(match reply.status {
            200 => match read(line, &reply) {
                facts if facts.state == State::Unknown && *subject.issuer == Issuer::VERDACCIO && !reply.is_page() => {
                    ask_for_tokens(line, facts)?
                }
                facts => facts,
            },
            401 => refused(line, &reply),
            403 => line.unknown("answered 403, which does not tell whether the token works elsewhere"),
            _ => line.unexpected(&reply),
        })
    }
}

fn whoami() -> Step {
    Step::always(&["-", "whoami"])
}

fn tokens() -> Step {
    Step { when: "when Verdaccio names nobody", ..Step::always(&["-", "npm", "v1", "tokens"]) }
}

/// Verdaccio lets everybody ask who they are, and nobody but a user ask for tokens: a token that it refuses this is none
/// of its own any more.
fn ask_for_tokens(line: &Line<'_>, first: KeyFacts) -> Result<KeyFacts, Failure> {
    let reply = line.get(&tokens())?;
    Ok(match reply.status {
        401 if !reply.is_page() => line.inactive(Inactive::Rejected, "takes the token for nobody's"),
        _ => first,
    })
}

#[derive(Deserialize)]
struct WhoAmI {
    username: Option<String>,
}

/// Verdaccio answers 200 with `{}` to a bad token, so only a name proves anything.
fn read(line: &Line<'_>, reply: &Reply) -> KeyFacts {
    match reply.json::<WhoAmI>() {
        Some(WhoAmI { username: Some(name) }) if !name.is_empty() => {
            let mut facts = line.active("says whose token it is");
            facts.owner = Reported::Said(name);
            facts.notes.push("npm does not say what a token opens or until when; the owner's token list does.".into());
            facts
        }
        Some(_) => line.unknown("answered 200 without a name, which some registries do for a bad token too"),
        None => line.unreadable(),
    }
}

/// npm's own client tells these two refusals of a living token from the others by this header.
fn refused(line: &Line<'_>, reply: &Reply) -> KeyFacts {
    let challenge = reply.header("www-authenticate").unwrap_or_default().to_ascii_lowercase();
    let asks_for = |word: &str| challenge.split(',').any(|part| part.trim() == word);
    if asks_for("ipaddress") {
        line.unknown("refuses the token from this network, which does not tell whether it works from another")
    } else if asks_for("otp") || reply.says("one-time pass") {
        line.unknown("asks for a one-time password, which does not tell whether the token works")
    } else {
        line.inactive(Inactive::Rejected, "does not know the token (401)")
    }
}
