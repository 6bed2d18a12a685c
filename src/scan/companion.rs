//! Keys that are made of several parts: the nearest companions of a match become part of it.

use crate::detect::Match;
use crate::key::{self, KeyFacts, Reported};
use crate::location::{Region, Span};
use crate::rules::{Companion, PartFact, Rule, RuleSet};

/// A companion as it stands in the text, without its secret.
pub(super) struct Part {
    pub(super) role: String,
    /// The rule that found it.
    pub(super) rule: usize,
    /// What may be shown of it.
    pub(super) text: String,
    pub(super) region: Region,
    /// What its own text says of the key.
    pub(super) facts: KeyFacts,
    /// The server that it names.
    pub(super) host: Option<String>,
}

/// Which matches of one text belong to which.
pub(super) struct Joined {
    /// For each match its companions: the place in its rule's list, and the match.
    parts: Vec<Vec<(usize, usize)>>,
    /// Matches that are part of another one, or that only count as such.
    absorbed: Vec<bool>,
}

impl Joined {
    /// Joins each match with the nearest match of each rule that it names, within the reach that it names.
    pub(super) fn of(rules: &RuleSet, matches: &[Match]) -> Self {
        let rule = |found: &Match| &*rules.rules[found.rule];
        let parts: Vec<Vec<(usize, usize)>> = matches
            .iter()
            .enumerate()
            .map(|(at, found)| {
                let companions = rule(found).companions.iter().enumerate();
                companions.filter_map(|(n, companion)| nearest(rules, matches, at, companion).map(|m| (n, m))).collect()
            })
            .collect();
        let mut absorbed: Vec<bool> = matches.iter().map(|found| rule(found).part_only).collect();
        parts.iter().flatten().for_each(|&(_, part)| absorbed[part] = true);
        Self { parts, absorbed }
    }

    /// Whether the match is a finding of its own.
    pub(super) fn stands_alone(&self, at: usize) -> bool {
        !self.absorbed[at]
    }

    /// The companions of a match, by their place in its rule's list.
    pub(super) fn parts(&self, at: usize) -> &[(usize, usize)] {
        &self.parts[at]
    }
}

/// Of two that are as near, the earlier. The matches are sorted and do not overlap, so only those within reach are asked:
/// a text may hold very many.
fn nearest(rules: &RuleSet, matches: &[Match], at: usize, companion: &Companion) -> Option<usize> {
    let here = matches[at].span;
    let near = |other: &usize| gap(here, matches[*other].span) <= companion.reach;
    let named = |other: &usize| rules.rules[matches[*other].rule].id == companion.rule;
    let before = (0..at).rev().take_while(near).find(named);
    let after = (at + 1..matches.len()).take_while(near).find(named);
    before.into_iter().chain(after).min_by_key(|&other| (gap(here, matches[other].span), other))
}

/// The bytes between two spans.
fn gap(a: Span, b: Span) -> usize {
    if a.start < b.start { b.start.saturating_sub(a.end) } else { a.start.saturating_sub(b.end) }
}

/// Rules whose key stands in a connection string, which says where the key works and as whom.
const IN_CONNECTION_STRINGS: [&str; 5] = [
    "azure-app-configuration-secret",
    "azure-messaging-key",
    "azure-shared-access-key-setting",
    "azure-storage-account-key-setting",
    "database-url-ado-net",
];
/// A longer string is read no further.
const CONNECTION_STRING: usize = 600;

/// What the connection string says in which a key stands: the text between the quotes, or the line, around it.
pub(super) fn around(rule: &Rule, text: &[u8], key: Span) -> Option<KeyFacts> {
    IN_CONNECTION_STRINGS.contains(&rule.id.as_str()).then_some(())?;
    let is_end = |byte: &u8| matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>' | b'\n' | b'\r');
    let least = key.start.saturating_sub(CONNECTION_STRING);
    let start = text.get(least..key.start)?.iter().rposition(is_end).map_or(least, |at| least + at + 1);
    let most = key.end.saturating_add(CONNECTION_STRING).min(text.len());
    let end = text.get(key.end..most)?.iter().position(is_end).map_or(most, |at| key.end + at);
    let facts = (key::decoder("connection-pairs")?.decode)(text.get(start..end)?)?;
    // The rule says what sort of key it is.
    Some(KeyFacts { kind: Reported::NotSaid, ..facts })
}

/// What a companion's text says of the key: as its decoder reads it, or as the fact that it is named to be.
pub(super) fn facts(companion: &Companion, rule: &Rule, found: &Match) -> KeyFacts {
    let decoder = rule.decoder.as_deref().and_then(key::decoder);
    let facts = decoder.and_then(|decoder| (decoder.decode)(found.secret.expose_for_decode())).unwrap_or_default();
    let Some(text) = public_text(rule, found) else { return facts };
    match companion.fact {
        Some(PartFact::KeyId) => KeyFacts { key_id: Reported::Said(text), ..facts },
        Some(PartFact::Owner) => KeyFacts { owner: Reported::Said(text), ..facts },
        Some(PartFact::Host) => facts,
        None => facts.detail(companion.role.replace(' ', "-"), text),
    }
}

/// The server that a companion names.
pub(super) fn host(companion: &Companion, rule: &Rule, found: &Match) -> Option<String> {
    let named = (companion.fact == Some(PartFact::Host)).then(|| public_text(rule, found)).flatten();
    named.map(|host| host.to_ascii_lowercase())
}

/// The whole text of a companion that is no secret.
pub(super) fn public_text(rule: &Rule, found: &Match) -> Option<String> {
    rule.part_only.then(|| String::from_utf8_lossy(found.secret.expose_for_decode()).into_owned())
}
