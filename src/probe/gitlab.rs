//! GitLab, hosted or self-managed: an access token asked about itself.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer};

use super::carrier::Carrier;
use super::client::Reply;
use super::failure::Failure;
use super::issuer::{About, Line, Probe, Reading, Step, Subject, Template};
use crate::issuer::Issuer;
use crate::key::{Action, Bound, Expiry, Grant, Inactive, KeyFacts, LastUse, Power, Reported, State, Subjects};

pub(crate) struct GitLab;

pub(super) const HOSTS: &[&str] = &["gitlab.com", "www.gitlab.com", "registry.gitlab.com"];

static ABOUT: About = About {
    hosts: HOSTS,
    // Every GitLab server makes tokens of this form.
    public_by_default: false,
    carrier: Carrier::header("private-token", ""),
    accepts: "personal, project and group access tokens (glpat-…), where the server is known",
    asks: "for the token's own record, then for what its user maintains",
    side_effects: "sets the token's last use",
    source: "GitLab documentation, api/personal_access_tokens; GitLab source, lib/api/api_guard.rb",
    requests: &[
        Template::get("/api/v4/personal_access_tokens/self"),
        Template::get_if("/api/v4/personal_access_tokens/self/associations?min_access_level=40", MAINTAINS),
    ],
    readings: &[
        Reading::new(
            "200, `active: true`",
            "active; scopes, expiry (the last second of that day, UTC, although the documentation says midnight as it begins; `null` is never), last use",
        ),
        Reading::new(
            "then 200 from the second page",
            "active; groups and projects that the token's user maintains too",
        ),
        Reading::new("200, `revoked: true`", "inactive: revoked"),
        Reading::new("200, `active: false`", "inactive: expired"),
        Reading::new("401 `Token was revoked…` / `Token is expired…`", "inactive: revoked / expired"),
        Reading::new("401 that speaks of impersonation", "unknown"),
        Reading::new("another 401", "inactive: rejected"),
        Reading::new("403, 404, other", "unknown"),
    ],
    ..About::of(&Issuer::GITLAB, "https://gitlab.com")
};

impl Probe for GitLab {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn admits(&self, subject: Subject<'_>) -> Result<(), &'static str> {
        match OTHER_CLASSES.iter().find(|(prefix, _)| subject.key.starts_with(prefix)) {
            Some((_, why)) => Err(why),
            None if subject.key.starts_with("glpat-") => Ok(()),
            None => Err("only access tokens (glpat-…) can be asked about; this one has another form"),
        }
    }

    fn steps(&self, _: Subject<'_>) -> Vec<Step> {
        vec![own_record(), associations()]
    }

    fn ask(&self, _: Subject<'_>, line: &mut Line<'_>) -> Result<KeyFacts, Failure> {
        let reply = line.get(&own_record())?;
        Ok(match reply.status {
            200 => match reply.json::<Token>() {
                Some(token) => {
                    let facts = read(line, token);
                    if facts.state == State::Active { maintained(facts, line) } else { facts }
                }
                None => line.unreadable(),
            },
            401 => refused(line, &reply),
            403 => line.unknown("answered 403, which can mean scopes, a blocked account or a network rule"),
            404 => line.unknown("has no such page: an old version, or no GitLab"),
            _ => line.unexpected(&reply),
        })
    }
}

/// Tokens that the page about access tokens refuses whether they live or not.
const OTHER_CLASSES: &[(&str, &str)] = &[
    ("gldt-", "a deploy token works on no page of the API, so a refusal would prove nothing"),
    ("glcbt-", "a CI job token lives as long as its job and cannot be asked about itself"),
    ("glptt-", "a trigger token can only start pipelines, which asking must not"),
    ("glrt-", "a runner token is checked by a writing request, which is never sent"),
    ("glrtr-", "a runner token is checked by a writing request, which is never sent"),
    ("gloas-", "an OAuth application secret cannot be asked about itself"),
    ("glft-", "a feed token works on feeds only"),
    ("glimt-", "an incoming mail token works in mail addresses only"),
    ("glagent-", "an agent token works for the Kubernetes agent only"),
    ("glsoat-", "a SCIM token works for SCIM only"),
    ("glffct-", "a feature flag token works for feature flags only"),
    ("glwt-", "a workspace token works for its workspace only"),
];

fn own_record() -> Step {
    Step::always(&["api", "v4", "personal_access_tokens", "self"])
}

const MAINTAINS: &str = "when the token is active";

/// Level 40 is the maintainer's (GitLab documentation, "list all token associations", 17.4).
fn associations() -> Step {
    let query = vec![("min_access_level", "40".to_owned())];
    Step { query, when: MAINTAINS, ..Step::always(&["api", "v4", "personal_access_tokens", "self", "associations"]) }
}

#[derive(Deserialize)]
struct Associations {
    groups: Vec<Group>,
    projects: Vec<Project>,
}

#[derive(Deserialize)]
struct Group {
    name: String,
}

#[derive(Deserialize)]
struct Project {
    path_with_namespace: String,
}

/// An older version has no such page, and not every scope may see it: then nothing is known of it.
fn maintained(mut facts: KeyFacts, line: &Line<'_>) -> KeyFacts {
    let reply = line.get(&associations()).ok().filter(|reply| reply.status == 200);
    let Some(Associations { groups, projects }) = reply.and_then(|reply| reply.json()) else { return facts };
    let groups = groups.into_iter().map(|group| group.name).collect::<Vec<_>>();
    let projects = projects.into_iter().map(|project| project.path_with_namespace).collect::<Vec<_>>();
    for (name, found) in [("maintains-groups", groups), ("maintains-projects", projects)] {
        if !found.is_empty() {
            facts = facts.detail(name, found.join(", "));
        }
    }
    facts
}

#[derive(Deserialize)]
struct Token {
    id: u64,
    name: String,
    revoked: bool,
    active: bool,
    created_at: Option<Timestamp>,
    scopes: Vec<String>,
    user_id: Option<u64>,
    // Absent is not the same as null: null says that it was never used, that it never ends.
    #[serde(default, deserialize_with = "last_use")]
    last_used_at: Reported<LastUse>,
    #[serde(default, deserialize_with = "expiry")]
    expires_at: Reported<Expiry>,
    #[serde(default)]
    granular: bool,
}

fn last_use<'de, D: Deserializer<'de>>(from: D) -> Result<Reported<LastUse>, D::Error> {
    let at = Option::<Timestamp>::deserialize(from)?;
    Ok(Reported::Said(at.map_or(LastUse::Never, LastUse::At)))
}

fn expiry<'de, D: Deserializer<'de>>(from: D) -> Result<Reported<Expiry>, D::Error> {
    let date = Option::<Date>::deserialize(from)?;
    Ok(date.map_or(Some(Expiry::Never), end_of).into())
}

fn read(line: &Line<'_>, token: Token) -> KeyFacts {
    let mut facts = state(line, &token);
    facts.key_id = Reported::Said(token.id.to_string());
    facts.name = Reported::Said(token.name);
    facts.created = token.created_at.into();
    facts.last_used = token.last_used_at;
    facts.expires = token.expires_at;
    if let Some(user) = token.user_id {
        facts.details.insert("user-id".into(), user.to_string());
    }
    facts.grants = Reported::Said(vec![grant(&token.scopes, token.granular)]);
    facts
}

fn state(line: &Line<'_>, token: &Token) -> KeyFacts {
    if token.revoked {
        line.inactive(Inactive::Revoked, "says that the token is revoked")
    } else if token.active {
        line.active("says that the token is active")
    } else {
        line.inactive(Inactive::Expired, "says that the token is not active any more")
    }
}

/// The last second of the expiry date. GitLab's documentation lets a token end at midnight UTC as that day begins; the
/// end of the day is taken, as in the owner's list, so that no token is called dead too early and the two agree.
fn end_of(date: Date) -> Option<Expiry> {
    date.at(23, 59, 59, 0).to_zoned(TimeZone::UTC).ok().map(|end| Expiry::At(end.timestamp()))
}

/// A token acts for its user, who for project and group tokens is a robot of that project or group.
fn grant(scopes: &[String], granular: bool) -> Grant {
    let actions = scopes.iter().map(|scope| Action::new(scope, power(scope))).collect();
    if granular {
        return Grant { actions, subjects: Subjects::NotSaid, bound: Bound::AtMost };
    }
    Grant { actions, subjects: Subjects::Everything, bound: Bound::Exact }
}

/// What a scope amounts to (GitLab documentation, personal access token scopes). A word not known here counts as
/// managing unless it says that it reads.
pub(super) fn power(scope: &str) -> Power {
    match scope {
        "api" | "sudo" | "admin_mode" => Power::Everything,
        "write_repository" | "write_registry" | "write_package_registry" | "write_virtual_registry" => {
            Power::PublishNew
        }
        "ai_features" => Power::Read,
        scope if scope.starts_with("read_") => Power::Read,
        _ => Power::Manage,
    }
}

#[derive(Deserialize)]
struct Refusal {
    error_description: Option<String>,
}

/// The texts of `api_guard.rb` for a token that is known and refused; any other 401 is an unknown token.
fn refused(line: &Line<'_>, reply: &Reply) -> KeyFacts {
    let text = reply.json::<Refusal>().and_then(|refusal| refusal.error_description).unwrap_or_default();
    if text.starts_with("Token was revoked") {
        line.inactive(Inactive::Revoked, "says that the token was revoked")
    } else if text.starts_with("Token is expired") {
        line.inactive(Inactive::Expired, "says that the token has expired")
    } else if text.contains("impersonation") {
        line.unknown("does not take impersonation tokens now; this one may work when that is changed")
    } else {
        line.inactive(Inactive::Rejected, "does not know the token (401)")
    }
}
