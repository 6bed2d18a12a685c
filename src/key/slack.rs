//! Slack's tokens: the sort by the prefix (docs.slack.dev, "token types"), and the numbers and ids in the text.

use super::facts::{Action, Expiry, Grant, KeyFacts, Power, Reported, Subjects};
use crate::issuer::Issuer;

/// Longest first, so that `xoxe.xoxp-` is not taken for `xoxe-`.
const CLASSES: &[(&str, &str)] = &[
    ("xoxe.xoxb-", "bot token (rotating)"),
    ("xoxe.xoxp-", "user or configuration token (rotating)"),
    ("xoxe-", "refresh token"),
    ("xoxb-", "bot token"),
    ("xoxp-", "user token"),
    ("xoxa-", "workspace token (legacy)"),
    ("xoxr-", "refresh token (legacy)"),
    ("xoxo-", "token (legacy)"),
    ("xoxs-", "session token (legacy)"),
    ("xoxc-", "browser session token"),
    ("xoxd-", "session cookie"),
    ("xapp-", "app-level token"),
];

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    let key = str::from_utf8(key).ok()?;
    let (prefix, kind) = CLASSES.iter().find(|(prefix, _)| key.starts_with(prefix))?;
    let facts = KeyFacts::of_kind(*kind).issued_by(Issuer::new("slack"));
    let parts: Vec<&str> = key[prefix.len()..].split('-').collect();
    let number = |at: usize| parts.get(at).filter(|part| part.len() >= 6 && part.bytes().all(|b| b.is_ascii_digit()));
    Some(match *prefix {
        "xapp-" => match parts.get(1).filter(|id| id.starts_with('A')) {
            Some(app) => facts.detail("app-id", *app),
            None => facts,
        },
        "xoxb-" | "xoxp-" | "xoxa-" | "xoxs-" | "xoxc-" => [("team-number", number(0)), ("user-number", number(1))]
            .into_iter()
            .fold(facts, |facts, (name, value)| value.map_or(facts.clone(), |value| facts.detail(name, *value))),
        "xoxe.xoxb-" | "xoxe.xoxp-" => facts.note("With rotation on, a token lives twelve hours."),
        _ => facts,
    })
}

/// `https://hooks.slack.com/services/TEAM/BOT/SECRET`, and the triggers and workflows beside it.
pub(super) fn decode_webhook(key: &[u8]) -> Option<KeyFacts> {
    let (_, rest) = str::from_utf8(key).ok()?.split_once("hooks.slack.com/")?;
    let mut parts = rest.split('/');
    let (sort, team, second) = (parts.next()?, parts.next()?, parts.next()?);
    let kind = match sort {
        "services" => "incoming webhook",
        "workflows" => "workflow webhook",
        "triggers" => "workflow trigger",
        _ => return None,
    };
    let facts = KeyFacts::of_kind(kind).issued_by(Issuer::new("slack")).detail("team-id", team);
    let facts = if second.starts_with('B') { facts.detail("bot-id", second) } else { facts };
    let facts = facts.grant(Grant::exact(
        vec![Action::new("post", Power::PublishUpdate)],
        Subjects::Named(vec!["one channel or workflow".to_owned()]),
    ));
    Some(KeyFacts { expires: Reported::Said(Expiry::Never), ..facts })
}
