//! RubyGems.org's API keys (rubygems/rubygems.org).

use super::facts::{Action, Grant, KeyFacts, Power, Subjects};
use crate::issuer::Issuer;

/// The scopes of a key from before scopes: all but `show_dashboard`.
const LEGACY: &[(&str, Power)] = &[
    ("index_rubygems", Power::Read),
    ("push_rubygem", Power::PublishNew),
    ("yank_rubygem", Power::Withdraw),
    ("add_owner", Power::Manage),
    ("update_owner", Power::Manage),
    ("remove_owner", Power::Manage),
    ("access_webhooks", Power::Manage),
    ("configure_trusted_publishers", Power::Manage),
];

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    match key.strip_prefix(b"rubygems_") {
        Some(rest) => {
            (rest.len() == 48 && is_hex(rest)).then(|| KeyFacts::of_kind("API key").issued_by(Issuer::RUBYGEMS))
        }
        None => (matches!(key.len(), 32 | 48) && is_hex(key)).then(legacy),
    }
}

fn legacy() -> KeyFacts {
    let actions = LEGACY.iter().map(|(name, power)| Action::new(*name, *power)).collect();
    KeyFacts::of_kind("legacy API key")
        .issued_by(Issuer::RUBYGEMS)
        .grant(Grant::at_most(actions, Subjects::Everything))
        .note("A key from before scopes was given all of them but `show_dashboard`.")
}

fn is_hex(text: &[u8]) -> bool {
    text.iter().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(b))
}
