//! Supabase's keys: what a key may do by its prefix, or by the `role` of the older JSON Web Tokens (supabase.com/docs,
//! "understanding API keys").

use super::claims;
use super::facts::{Action, Grant, KeyFacts, Power, Subjects};
use super::jwt as any_jwt;
use crate::format::jwt::Jwt;
use crate::format::supabase;
use crate::issuer::Issuer;

fn everything() -> Grant {
    Grant::exact(vec![Action::new("bypass row level security", Power::Everything)], Subjects::Everything)
}

fn public() -> Grant {
    Grant::exact(vec![Action::new("what the policies allow", Power::Read)], Subjects::NotSaid)
}

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    let of_kind = |kind: &str| KeyFacts::of_kind(kind).issued_by(Issuer::new("supabase"));
    let facts = [
        (&b"sb_secret_"[..], "secret API key", Some(everything())),
        (b"sb_publishable_", "publishable API key", Some(public())),
        (b"sbp_oauth_", "OAuth access token", None),
        (b"sbp_", "personal access token", None),
    ]
    .into_iter()
    .find(|(prefix, _, _)| key.starts_with(prefix))
    .map(|(_, kind, grant)| grant.into_iter().fold(of_kind(kind), KeyFacts::grant))?;
    Some(if supabase::is_self_hosted(key) { facts.detail("project", "self-hosted") } else { facts })
}

/// A token with Supabase's `ref` and `role`.
pub(super) fn of_jwt(jwt: &Jwt) -> Option<KeyFacts> {
    let role = claims::text(&jwt.claims, "role")?;
    let kind = match role {
        "service_role" => "service_role API key (JSON Web Token)",
        "anon" => "anon API key (JSON Web Token)",
        _ => "API key (JSON Web Token)",
    };
    let facts = any_jwt::facts(kind, jwt).issued_by(Issuer::new("supabase"));
    let facts = claims::details(facts, &jwt.claims, &["ref", "role"]);
    Some(match role {
        "service_role" => facts.grant(everything()),
        "anon" => facts.grant(public()),
        _ => facts,
    })
}
