//! Hex.pm: the list of keys marks the one that asks. A key that may not read it is asked once more, whether it may fetch
//! from all private repositories: that answer names it and its owner.

use jiff::Timestamp;
use serde::Deserialize;

use super::carrier::Carrier;
use super::client::Reply;
use super::failure::Failure;
use super::issuer::{About, Line, Probe, Reading, Step, Subject, Template};
use crate::issuer::Issuer;
use crate::key::{Action, Bound, Expiry, Grant, Inactive, KeyFacts, LastUse, Power, Reported, Subjects};

pub(crate) struct Hex;

static ABOUT: About = About {
    hosts: &["hex.pm", "www.hex.pm", "repo.hex.pm"],
    carrier: Carrier::header("authorization", ""),
    accepts: "API keys (32 hexadecimal digits); not OAuth tokens, whose text tells all",
    asks: "for the account's list of keys, in which the one that asks is marked; a key that may not read it, whether it \
           may fetch from all private repositories",
    side_effects: "sets the key's last use, with address and user agent",
    source: "hexpm/hexpm, controllers/api/key_controller.ex and auth_controller.ex, views/api/key_view.ex and auth_view.ex",
    requests: &[
        Template::get("/api/keys"),
        Template::get_if("/api/auth?domain=repositories", "when the key may not read the list of keys"),
    ],
    readings: &[
        Reading::new("200", "active; name, permissions, expiry and last use of the marked row"),
        Reading::new("401 `invalid API key`", "inactive: rejected"),
        Reading::new("401 `API key revoked`", "inactive: revoked, or its end has passed"),
        Reading::new("401 or 403 `key not authorized for this action`", "active; lacks `api:read`"),
        Reading::new("then 200 with `key`", "active; name, owner, and that it reads all private repositories"),
        Reading::new("then 204", "active; it reads all private repositories"),
        Reading::new("then any other", "active; what it may do instead is not told"),
        Reading::new("other", "unknown"),
    ],
    ..About::of(&Issuer::HEX, "https://hex.pm")
};

impl Probe for Hex {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn admits(&self, subject: Subject<'_>) -> Result<(), &'static str> {
        let key = subject.key;
        if key.len() == 32 && key.bytes().all(|b| b.is_ascii_hexdigit()) {
            Ok(())
        } else {
            Err("it is no API key of Hex.pm (32 hexadecimal digits)")
        }
    }

    fn steps(&self, _: Subject<'_>) -> Vec<Step> {
        vec![keys(), repositories()]
    }

    fn ask(&self, _: Subject<'_>, line: &mut Line<'_>) -> Result<KeyFacts, Failure> {
        let reply = line.get(&keys())?;
        Ok(match reply.status {
            200 => reply.json::<Vec<Row>>().map_or_else(|| line.unreadable(), |rows| read(line, rows)),
            401 | 403 => refused(line, &reply),
            _ => line.unexpected(&reply),
        })
    }
}

fn keys() -> Step {
    Step::always(&["api", "keys"])
}

fn repositories() -> Step {
    Step::of(&ABOUT.requests[1], str::to_owned)
}

#[derive(Deserialize)]
struct Row {
    name: String,
    #[serde(default)]
    authing_key: bool,
    #[serde(default)]
    permissions: Vec<Permission>,
    revoke_at: Option<Timestamp>,
    inserted_at: Option<Timestamp>,
    last_use: Option<Use>,
}

#[derive(Deserialize)]
struct Permission {
    domain: String,
    resource: Option<String>,
}

#[derive(Deserialize)]
struct Use {
    used_at: Option<Timestamp>,
}

fn read(line: &Line<'_>, rows: Vec<Row>) -> KeyFacts {
    let Some(row) = rows.into_iter().find(|row| row.authing_key) else {
        let mut facts = line.active("let the key read the list of keys");
        facts.notes.push("No row of the list is marked as this key.".into());
        return facts;
    };
    let mut facts = line.active("lists the key");
    // A key of Hex.pm has no other id than its name: that is what revoking takes.
    facts.key_id = Reported::Said(row.name.clone());
    facts.name = Reported::Said(row.name);
    facts.created = row.inserted_at.into();
    facts.expires = Reported::Said(row.revoke_at.map_or(Expiry::Never, Expiry::At));
    facts.last_used = row.last_use.and_then(|last| last.used_at).map(LastUse::At).into();
    facts.grants = Reported::Said(row.permissions.into_iter().map(grant).collect());
    facts
}

/// `hexpm`, `KeyPermission`: `api` without a resource is all of the API; a package is named `hexpm/NAME`.
fn grant(permission: Permission) -> Grant {
    let Permission { domain, resource } = permission;
    let (power, subjects) = match (domain.as_str(), resource.as_deref()) {
        ("api", Some("read")) | ("repositories", _) => (Power::Read, Subjects::Everything),
        ("api", _) => (Power::Everything, Subjects::Everything),
        ("package", Some(name)) => (Power::PublishUpdate, Subjects::Named(vec![name.to_owned()])),
        ("repository" | "docs", Some(name)) => (Power::Read, Subjects::Named(vec![name.to_owned()])),
        _ => (Power::Manage, Subjects::NotSaid),
    };
    let name = match (domain.as_str(), resource.as_deref()) {
        ("api", Some(resource)) => format!("api:{resource}"),
        _ => domain,
    };
    Grant { actions: vec![Action::new(name, power)], subjects, bound: Bound::Exact }
}

#[derive(Deserialize)]
struct Refusal {
    message: String,
}

fn refused(line: &Line<'_>, reply: &Reply) -> KeyFacts {
    let message = reply.json::<Refusal>().map(|refusal| refusal.message);
    match (reply.status, message.as_deref()) {
        (401, Some("invalid API key")) => line.inactive(Inactive::Rejected, "does not know the key"),
        (401, Some("API key revoked")) => {
            line.inactive(Inactive::Revoked, "says that the key was revoked or has ended")
        }
        (_, Some("key not authorized for this action")) => without_list(line),
        (status, _) => line.unknown(&format!("answered {status} without a reason that tells about the key")),
    }
}

/// A key that works and may not read the list of keys. What the second page answers takes nothing back.
fn without_list(line: &Line<'_>) -> KeyFacts {
    let mut facts = line.active("knows the key, which may not read the list of keys");
    let second = line.get(&repositories()).ok().filter(|reply| !reply.is_page());
    let named = second.as_ref().filter(|reply| reply.status == 200).and_then(Reply::json::<Named>);
    if named.is_none() && second.is_none_or(|reply| reply.status != 204) {
        facts.notes.push("The key lacks `api:read`; what it has instead, Hex.pm does not say.".into());
        return facts;
    }
    if let Some(Named { key }) = named {
        facts.key_id = Reported::Said(key.name.clone());
        facts.name = Reported::Said(key.name);
        facts.owner = Reported::Said(key.owner.name);
        facts.details.insert("owner-type".into(), key.owner.kind);
    }
    facts.grants = Reported::Said(vec![grant(Permission { domain: "repositories".into(), resource: None })]);
    facts
        .notes
        .push("The key reads all private repositories of its owner; until when, Hex.pm does not tell it.".into());
    facts
}

/// What `/api/auth` tells of a key that has the right that was asked about.
#[derive(Deserialize)]
struct Named {
    key: NamedKey,
}

#[derive(Deserialize)]
struct NamedKey {
    name: String,
    owner: Owner,
}

#[derive(Deserialize)]
struct Owner {
    #[serde(rename = "type")]
    kind: String,
    name: String,
}
