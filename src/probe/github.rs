//! GitHub: the user behind a token, and the headers that tell its scopes and its end.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::carrier::Carrier;
use super::client::Reply;
use super::failure::Failure;
use super::issuer::{About, Line, Probe, Reading, Step, Subject, Template};
use crate::issuer::Issuer;
use crate::key::{Action, Bound, Expiry, Grant, Inactive, KeyFacts, Power, Reported, Restriction, Subjects};

pub(crate) struct GitHub;

static ABOUT: About = About {
    hosts: &["api.github.com", "github.com", "www.github.com", "ghcr.io", "npm.pkg.github.com", "maven.pkg.github.com"],
    carrier: Carrier::header("authorization", "Bearer "),
    extra: &[("x-github-api-version", "2022-11-28")],
    accepts: "personal access tokens (ghp_…, github_pat_…), OAuth tokens (gho_…) and user tokens of apps (ghu_…)",
    asks: "for the user that the token acts for",
    side_effects: "sets the token's last use",
    source: "GitHub REST documentation; trufflehog, analyzers/github/common/github.go, for the two forms of the date",
    requests: &[Template::get("/user")],
    readings: &[
        Reading::new(
            "200",
            "active; `X-OAuth-Scopes` are the scopes, absent for fine-grained tokens, whose permissions are not told",
        ),
        Reading::new(
            "200 with `github-authentication-token-expiration`",
            "the expiry; absent for a `ghp_` token it has none",
        ),
        Reading::new("200 with `X-GitHub-SSO`", "a restriction: the token does not reach all organisations"),
        Reading::new("401", "inactive: rejected"),
        Reading::new("403", "unknown: single sign-on, a network rule, a limit or a suspended account"),
        Reading::new("other", "unknown"),
    ],
    ..About::of(&Issuer::GITHUB, "https://api.github.com")
};

/// Personal access tokens of the old kind.
const CLASSIC: &str = "ghp_";

impl Probe for GitHub {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn admits(&self, subject: Subject<'_>) -> Result<(), &'static str> {
        match subject.key.get(..4) {
            Some("ghs_") => Err("an installation token has no user: the page about the user refuses it dead or alive"),
            Some("ghr_") => Err("a refresh token works on no page, and exchanging it would use it up"),
            Some(CLASSIC | "gho_" | "ghu_") => Ok(()),
            _ if subject.key.starts_with("github_pat_") => Ok(()),
            _ => Err("its form does not tell which page of GitHub accepts it"),
        }
    }

    fn steps(&self, _: Subject<'_>) -> Vec<Step> {
        vec![user()]
    }

    fn ask(&self, subject: Subject<'_>, line: &mut Line<'_>) -> Result<KeyFacts, Failure> {
        let reply = line.get(&user())?;
        Ok(match reply.status {
            200 => reply.json().map_or_else(|| line.unreadable(), |user| read(line, subject.key, &reply, user)),
            401 => line.inactive(Inactive::Rejected, "does not know the token (401)"),
            403 if reply.header("x-ratelimit-remaining") == Some("0") => {
                line.unknown("answered 403 because too much was asked of it")
            }
            403 => line.unknown("answered 403, which can mean single sign-on, a network rule or a suspended account"),
            _ => line.unexpected(&reply),
        })
    }
}

fn user() -> Step {
    Step::always(&["user"])
}

#[derive(Deserialize)]
struct User {
    login: String,
    id: u64,
    #[serde(default)]
    site_admin: bool,
}

fn read(line: &Line<'_>, key: &str, reply: &Reply, user: User) -> KeyFacts {
    let mut facts = line.active("says whose token it is");
    facts.owner = Reported::Said(user.login);
    facts.details.insert("user-id".into(), user.id.to_string());
    if user.site_admin {
        facts.details.insert("site-admin".into(), "true".into());
    }
    read_scopes(&mut facts, reply);
    read_expiry(&mut facts, key, reply);
    read_sso(&mut facts, reply);
    facts
}

/// Only tokens with scopes have the header; for the others each page names the permission that it wants, no page lists
/// what the token has.
fn read_scopes(facts: &mut KeyFacts, reply: &Reply) {
    let Some(scopes) = reply.header("x-oauth-scopes") else {
        facts
            .notes
            .push("GitHub does not tell the permissions of a fine-grained token; its settings page does.".into());
        return;
    };
    let words = scopes.split(',').map(str::trim).filter(|scope| !scope.is_empty());
    let mut actions: Vec<Action> = words.map(|scope| Action::new(scope, power(scope))).collect();
    if actions.is_empty() {
        actions.push(Action::new("(no scope)", Power::Read));
    }
    facts.grants = Reported::Said(vec![Grant { actions, subjects: Subjects::Everything, bound: Bound::Exact }]);
}

/// What a scope amounts to (GitHub documentation, scopes for OAuth apps). A word not known here counts as managing
/// unless it says that it reads.
pub(super) fn power(scope: &str) -> Power {
    match scope {
        "write:packages" => Power::PublishNew,
        "public_repo" | "gist" => Power::PublishUpdate,
        "delete:packages" => Power::Withdraw,
        "notifications" | "user:email" | "repo:status" | "repo_deployment" => Power::Read,
        scope if scope.starts_with("read:") => Power::Read,
        _ => Power::Manage,
    }
}

fn read_expiry(facts: &mut KeyFacts, key: &str, reply: &Reply) {
    match reply.header("github-authentication-token-expiration") {
        Some(text) => match moment(text) {
            Some(end) => facts.expires = Reported::Said(Expiry::At(end)),
            None => facts.notes.push("GitHub names an expiry in a form that is not known here.".into()),
        },
        None if key.starts_with(CLASSIC) => {
            facts.expires = Reported::Said(Expiry::Never);
            facts.notes.push("GitHub named no expiry, from which follows that the token has none.".into());
        }
        None => {}
    }
}

/// `2006-01-02 15:04:05 UTC` for classic tokens, `2006-01-02 15:04:05 -0700` for the others.
fn moment(text: &str) -> Option<Timestamp> {
    if let Some(text) = text.strip_suffix(" UTC") {
        let at = DateTime::strptime("%Y-%m-%d %H:%M:%S", text).ok()?;
        return at.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp());
    }
    strtime::parse("%Y-%m-%d %H:%M:%S %z", text).ok()?.to_timestamp().ok()
}

/// `required; url=…` or `partial-results; organizations=…`: the token does not reach all organisations of its user. The
/// rest of the value is a link for the user and is left out.
fn read_sso(facts: &mut KeyFacts, reply: &Reply) {
    let Some(sso) = reply.header("x-github-sso") else { return };
    let word = sso.split(';').next().unwrap_or_default().trim();
    let value = if ["required", "partial-results"].contains(&word) { word } else { "named" };
    facts.restrictions = Reported::Said(vec![Restriction { name: "sso".into(), value: value.into() }]);
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn no_key_and_no_date_is_too_odd_to_be_read(key in "[!-~]{0,90}", date in ".*") {
            let variables = std::collections::BTreeMap::new();
            let _ = GitHub.admits(Subject {
                key: &key,
                issuer: &Issuer::GITHUB,
                packages: &[],
                own_server: false,
                decoded: None,
                host: None,
                variables: &variables,
            });
            let _ = moment(&date);
        }
    }

    #[test]
    fn both_forms_of_the_date_are_read() {
        let at = |text: &str| moment(text).map(|at| at.to_string());
        assert_eq!(at("2026-12-01 10:20:30 UTC").as_deref(), Some("2026-12-01T10:20:30Z"));
        assert_eq!(at("2026-12-01 10:20:30 -0700").as_deref(), Some("2026-12-01T17:20:30Z"));
        assert_eq!(at("2026-12-01 10:20:30 +0000").as_deref(), Some("2026-12-01T10:20:30Z"));
        for no in ["", "UTC", "2026-13-01 10:20:30 UTC", "tomorrow", "2026-12-01"] {
            assert_eq!(at(no), None, "{no}");
        }
    }
}
