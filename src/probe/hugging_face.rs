//! Hugging Face: `whoami-v2` names the token, its role and, if it is fine-grained, all that it opens.

use jiff::Timestamp;
use serde::Deserialize;

use super::carrier::Carrier;
use super::failure::Failure;
use super::issuer::{About, Line, Probe, Reading, Step, Subject, Template};
use crate::issuer::Issuer;
use crate::key::{Action, Bound, Grant, Inactive, KeyFacts, Power, Reported, Subjects};

pub(crate) struct HuggingFace;

static ABOUT: About = About {
    hosts: &["huggingface.co", "www.huggingface.co", "hf.co"],
    carrier: Carrier::header("authorization", "Bearer "),
    accepts: "user access tokens (hf_ and 34 characters)",
    asks: "whose token it is and what it opens",
    side_effects: "none known; the page allows few requests",
    source: "huggingface_hub, HfApi.whoami; trufflehog, analyzers/huggingface",
    requests: &[Template::get("/api/whoami-v2")],
    readings: &[
        Reading::new(
            "200",
            "active; role, and for a fine-grained token every right with its repository, user or organisation",
        ),
        Reading::new("401", "inactive: rejected"),
        Reading::new("403, other", "unknown"),
    ],
    ..About::of(&Issuer::HUGGING_FACE, "https://huggingface.co")
};

impl Probe for HuggingFace {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn admits(&self, subject: Subject<'_>) -> Result<(), &'static str> {
        let rest = subject.key.strip_prefix("hf_").unwrap_or_default();
        if rest.len() == 34 && rest.bytes().all(|b| b.is_ascii_alphanumeric()) {
            Ok(())
        } else {
            Err("it is no user access token of Hugging Face (hf_ and 34 characters)")
        }
    }

    fn steps(&self, _: Subject<'_>) -> Vec<Step> {
        vec![whoami()]
    }

    fn ask(&self, _: Subject<'_>, line: &mut Line<'_>) -> Result<KeyFacts, Failure> {
        let reply = line.get(&whoami())?;
        Ok(match reply.status {
            200 => reply.json::<WhoAmI>().map_or_else(|| line.unreadable(), |who| read(line, who)),
            401 => line.inactive(Inactive::Rejected, "does not know the token (401)"),
            403 => line.unknown("answered 403, which does not tell whether the token works elsewhere"),
            _ => line.unexpected(&reply),
        })
    }
}

fn whoami() -> Step {
    Step::always(&["api", "whoami-v2"])
}

#[derive(Deserialize)]
struct WhoAmI {
    name: String,
    auth: Auth,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Auth {
    access_token: AccessToken,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccessToken {
    display_name: Option<String>,
    role: String,
    created_at: Option<Timestamp>,
    fine_grained: Option<FineGrained>,
}

#[derive(Deserialize)]
struct FineGrained {
    #[serde(default)]
    global: Vec<String>,
    #[serde(default)]
    scoped: Vec<Scoped>,
}

#[derive(Deserialize)]
struct Scoped {
    entity: Entity,
    #[serde(default)]
    permissions: Vec<String>,
}

#[derive(Deserialize)]
struct Entity {
    #[serde(rename = "type")]
    kind: String,
    name: Option<String>,
    #[serde(rename = "_id")]
    id: Option<String>,
}

fn read(line: &Line<'_>, who: WhoAmI) -> KeyFacts {
    let token = who.auth.access_token;
    let mut facts = line.active("says whose token it is");
    facts.owner = Reported::Said(who.name);
    facts.name = token.display_name.into();
    facts.created = token.created_at.into();
    facts.kind = Reported::Said(format!("user access token, {}", token.role));
    facts.grants = grants(&token.role, token.fine_grained).into();
    facts.notes.push("Hugging Face does not say when a token ends; by default none does.".into());
    facts
}

fn grants(role: &str, fine_grained: Option<FineGrained>) -> Option<Vec<Grant>> {
    match (role, fine_grained) {
        ("fineGrained", Some(rights)) => Some(fine_grants(rights)),
        ("read", _) => Some(vec![whole("read", Power::Read)]),
        // All repositories that the user may write to, those of organisations included.
        ("write", _) => Some(vec![whole("write", Power::Manage)]),
        _ => None,
    }
}

fn whole(role: &str, power: Power) -> Grant {
    Grant { actions: vec![Action::new(role, power)], subjects: Subjects::Everything, bound: Bound::Exact }
}

fn fine_grants(rights: FineGrained) -> Vec<Grant> {
    let mut grants = Vec::new();
    if !rights.global.is_empty() {
        let actions = rights.global.iter().map(|word| Action::new(word, power(word, true))).collect();
        grants.push(Grant { actions, subjects: Subjects::Everything, bound: Bound::Exact });
    }
    grants.extend(rights.scoped.into_iter().filter(|scoped| !scoped.permissions.is_empty()).map(scoped_grant));
    grants
}

fn scoped_grant(scoped: Scoped) -> Grant {
    let Entity { kind, name, id } = scoped.entity;
    // On a user or an organisation a right reaches all repositories there, those to come included.
    let wide = matches!(kind.as_str(), "user" | "org");
    let actions = scoped.permissions.iter().map(|word| Action::new(word, power(word, wide))).collect();
    let name = match name.or(id).filter(|name| !name.is_empty()) {
        Some(name) if wide => format!("{name}/*"),
        Some(name) => name,
        None => return Grant { actions, subjects: Subjects::NotSaid, bound: Bound::Exact },
    };
    Grant { actions, subjects: Subjects::Named(vec![name]), bound: Bound::Exact }
}

/// What a right amounts to. A word not known here counts as managing unless it says that it reads.
fn power(word: &str, wide: bool) -> Power {
    match word {
        "repo.write" | "repo.content.write" if wide => Power::PublishNew,
        "repo.write" | "repo.content.write" => Power::PublishUpdate,
        "discussion.write" => Power::Read,
        word if word.rsplit('.').next() == Some("read") || word.starts_with("inference.serverless") => Power::Read,
        _ => Power::Manage,
    }
}
