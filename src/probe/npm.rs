//! npm: `whoami` with the token. It tells whose token it is and nothing of what it opens.

use serde::Deserialize;

use super::client::{CredentialHeader, Reply};
use super::failure::Failure;
use super::issuer::{About, Line, Probe, Step, Subject};
use crate::issuer::Issuer;
use crate::key::{Inactive, KeyFacts, Reported};

pub(crate) struct Npm;

static ABOUT: About = About {
    issuer: Issuer::NPM,
    also: &[Issuer::VERDACCIO],
    public: Some("https://registry.npmjs.org"),
    hosts: &["registry.npmjs.org", "www.npmjs.com", "npmjs.com"],
    public_by_default: true,
    header: CredentialHeader { name: "authorization", scheme: "Bearer " },
    extra: &[],
    accepts: "granular tokens (npm_…); on a registry of your own, any token",
    asks: "whose token it is",
    side_effects: "sets the token's last use",
    source: "npm registry API, GET /-/whoami; npm/npm-registry-fetch, lib/check-response.js; Verdaccio 6, run",
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

    fn steps(&self, _: Subject<'_>) -> Vec<Step> {
        vec![whoami()]
    }

    fn ask(&self, _: Subject<'_>, line: &mut Line<'_>) -> Result<KeyFacts, Failure> {
        let reply = line.get(&whoami())?;
        Ok(match reply.status {
            200 => read(line, &reply),
            401 => refused(line, &reply),
            403 => line.unknown("answered 403, which does not tell whether the token works elsewhere"),
            _ => line.unexpected(&reply),
        })
    }
}

fn whoami() -> Step {
    Step::always(&["-", "whoami"])
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
