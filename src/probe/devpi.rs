//! devpi: the server's front page says as whom it takes the one who asks. With devpi-tokens it says why not, too.

use serde::Deserialize;

use super::carrier::{Carrier, CredentialHeader, Half};
use super::client::Reply;
use super::failure::Failure;
use super::issuer::{About, Line, Probe, Reading, Step, Subject, Template};
use crate::issuer::Issuer;
use crate::key::{Inactive, KeyFacts, Reported};

pub(crate) struct Devpi;

static ABOUT: About = About {
    carrier: Carrier::Pair(CredentialHeader { name: "x-devpi-auth", scheme: "" }, Half::Owner),
    accepts: "tokens of devpi-tokens (devpi-…), whose text names their user",
    asks: "as whom the server takes the token",
    requests: &[Template::get("/+api")],
    readings: &[
        Reading::new("200, `authstatus` begins with `ok`", "active; owner. The rest stands in the token's text"),
        Reading::new("200, another `authstatus`", "unknown: perhaps a server without devpi-tokens"),
        Reading::new("403 that says `Token expired at`", "inactive: expired"),
        Reading::new("403 that says `The token id … doesn't exist` or that its user does not", "inactive: revoked"),
        Reading::new("403 that says `Signatures do not match`", "inactive: rejected"),
        Reading::new("403 that says `Token not valid before`", "unknown: it works later"),
        Reading::new("another 403, other", "unknown"),
    ],
    side_effects: "none known",
    source: "devpi-server, `+api`; devpi-tokens, src/devpi_tokens/server.py; devpi-server 6.20 with devpi-tokens 1.1, run",
    ..About::own_servers(&Issuer::DEVPI)
};

impl Probe for Devpi {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn admits(&self, subject: Subject<'_>) -> Result<(), &'static str> {
        if !subject.key.starts_with("devpi-") {
            return Err("a password is not tried: only tokens of devpi-tokens (devpi-…) are asked about");
        }
        if subject.owner().is_none() {
            return Err("the token's text names no user, without whom it is not accepted");
        }
        Ok(())
    }

    fn steps(&self, _: Subject<'_>) -> Vec<Step> {
        vec![front_page()]
    }

    fn ask(&self, subject: Subject<'_>, line: &mut Line<'_>) -> Result<KeyFacts, Failure> {
        let reply = line.get(&front_page())?;
        Ok(match reply.status {
            200 => reply.json::<Page>().map_or_else(|| line.unreadable(), |page| read(line, subject, &page)),
            403 => refused(line, &reply),
            _ => line.unexpected(&reply),
        })
    }
}

fn front_page() -> Step {
    Step::always(&["+api"])
}

#[derive(Deserialize)]
struct Page {
    result: Status,
}

/// `["ok", "root", []]`, `["noauth", "", []]`.
#[derive(Deserialize)]
struct Status {
    authstatus: (String, String, serde::de::IgnoredAny),
}

fn read(line: &Line<'_>, subject: Subject<'_>, page: &Page) -> KeyFacts {
    let (status, user, _) = &page.result.authstatus;
    if status == "ok" && Some(user.as_str()) == subject.owner() {
        let mut facts = line.active("takes the token for its user");
        facts.owner = Reported::Said(user.clone());
        facts.notes.push("devpi does not say what the token opens; the token's text does.".into());
        return facts;
    }
    line.unknown("takes the token for nobody, which a server without devpi-tokens does to every token")
}

/// The sentences of `server.py`, which stand in a page for people.
fn refused(line: &Line<'_>, reply: &Reply) -> KeyFacts {
    if reply.says("Token expired at") {
        line.inactive(Inactive::Expired, "says that the token has expired")
    } else if reply.says("The token id ") && reply.says(" exist") {
        line.inactive(Inactive::Revoked, "says that the token does not exist any more")
    } else if reply.says("User for token doesn") {
        line.inactive(Inactive::Revoked, "says that the token's user does not exist any more")
    } else if reply.says("Signatures do not match") {
        line.inactive(Inactive::Rejected, "says that it never signed the token so")
    } else if reply.says("Token not valid before") {
        line.unknown("says that the token is not valid yet; it works later")
    } else {
        line.unknown("answered 403 without saying why")
    }
}
