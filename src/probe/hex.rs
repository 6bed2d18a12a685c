//! Hex.pm: the list of keys marks the one that asks.

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
    asks: "for the account's list of keys, in which the one that asks is marked",
    side_effects: "sets the key's last use, with address and user agent",
    source: "hexpm/hexpm, controllers/api/key_controller.ex and views/api/key_view.ex",
    requests: &[Template::get("/api/keys")],
    readings: &[
        Reading::new("200", "active; name, permissions, expiry and last use of the marked row"),
        Reading::new("401 `invalid API key`", "inactive: rejected"),
        Reading::new("401 `API key revoked`", "inactive: revoked, or its end has passed"),
        Reading::new("401 or 403 `key not authorized for this action`", "active; lacks `api:read`"),
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
        vec![keys()]
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
        (_, Some("key not authorized for this action")) => {
            let mut facts = line.active("knows the key, which may not read the list of keys");
            facts.notes.push("The key lacks `api:read`; what it has instead, Hex.pm does not say.".into());
            facts
        }
        (status, _) => line.unknown(&format!("answered {status} without a reason that tells about the key")),
    }
}
