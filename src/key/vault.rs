//! HashiCorp Vault's tokens: the sort by prefix and form (hashicorp/vault `vault/token_store.go`).

use super::facts::{Action, Grant, KeyFacts, Power, Subjects};
use crate::format::vault::{self, Form};
use crate::issuer::Issuer;

const CLASSES: &[(&str, &str)] = &[
    ("hvb.", "batch token"),
    ("hvr.", "recovery token"),
    ("b.", "batch token (before 1.10)"),
    ("r.", "recovery token (before 1.10)"),
    ("s.", "service token (before 1.10)"),
];

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    let of_kind = |kind: &str| KeyFacts::of_kind(kind).issued_by(Issuer::new("vault"));
    if let Some((form, namespace)) = vault::parse(key) {
        let facts = match form {
            Form::Unsigned => of_kind("service token, unsigned")
                .grant(Grant::at_most(vec![Action::new("root", Power::Everything)], Subjects::Everything))
                .note(
                    "Vault signs no root token: one of this length is a root token, or its server does not sign at all.",
                ),
            Form::Signed => of_kind("service token"),
        };
        return Some(match namespace {
            Some(id) => facts.detail("namespace-id", id),
            None => facts,
        });
    }
    let (_, kind) = CLASSES.iter().find(|(prefix, _)| key.starts_with(prefix.as_bytes()))?;
    let facts = of_kind(kind);
    Some(if kind.starts_with("batch") {
        facts.note("Batch tokens cannot be revoked; they end with their parent or their time.")
    } else {
        facts
    })
}
