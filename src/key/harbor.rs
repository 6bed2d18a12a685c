//! Harbor's robot tokens of the first generation (goharbor/harbor): a JWT that carries its own rights.

use serde_json::{Map, Value};

use super::facts::{Action, Grant, KeyFacts, Power, Subjects};
use super::{claims, jwt as any_jwt};
use crate::format::jwt;
use crate::issuer::Issuer;

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    let jwt = jwt::parse(key)?;
    let access = jwt.claims.get("access")?.as_array()?;
    let facts = any_jwt::facts("robot account token (first generation)", &jwt).issued_by(Issuer::HARBOR);
    let facts = claims::details(facts, &jwt.claims, &["id", "pid"]);
    Some(access.iter().filter_map(Value::as_object).fold(facts, with_policy))
}

fn with_policy(facts: KeyFacts, policy: &Map<String, Value>) -> KeyFacts {
    let (Some(resource), Some(action)) = (field(policy, "Resource"), field(policy, "Action")) else {
        return facts.note("One of its policies names no resource or no action.");
    };
    if field(policy, "Effect").is_some_and(|effect| effect.eq_ignore_ascii_case("deny")) {
        return facts.restriction("deny", format!("{action} on {resource}"));
    }
    let subjects = match resource {
        "*" => Subjects::Everything,
        named => Subjects::Named(vec![named.to_owned()]),
    };
    facts.grant(Grant::exact(vec![Action::new(action, power(action))], subjects))
}

/// A field of a policy, which Harbor writes with a capital.
fn field<'a>(policy: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims::text(policy, name).or_else(|| claims::text(policy, &name.to_ascii_lowercase()))
}

fn power(action: &str) -> Power {
    match action {
        "*" => Power::Everything,
        "pull" | "read" | "list" => Power::Read,
        "delete" => Power::Withdraw,
        "push" | "create" => Power::PublishNew,
        _ => Power::Manage,
    }
}
