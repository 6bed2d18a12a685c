//! Discord's bot tokens and webhooks: the number of the bot or webhook, and when it was made.

use jiff::Timestamp;

use super::facts::{Action, Expiry, Grant, KeyFacts, Power, Reported, Subjects};
use crate::format::discord;
use crate::issuer::Issuer;

/// The first second of 2015 in milliseconds: snowflakes count from it (discord.com/developers, "snowflakes").
const EPOCH: u64 = 1_420_070_400_000;

fn made(id: u64) -> Option<Timestamp> {
    Timestamp::from_millisecond(i64::try_from((id >> 22) + EPOCH).ok()?).ok()
}

fn of_kind(kind: &str) -> KeyFacts {
    let facts = KeyFacts::of_kind(kind).issued_by(Issuer::new("discord"));
    KeyFacts { expires: Reported::Said(Expiry::Never), ..facts }
}

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    let id = discord::parse(key)?;
    let mut facts = of_kind("bot token");
    facts.owner = Reported::Said(id.to_string());
    Some(match made(id) {
        Some(at) => facts.detail("account-created", at.to_string()),
        None => facts,
    })
}

/// `https://discord.com/api/webhooks/ID/TOKEN`.
pub(super) fn decode_webhook(key: &[u8]) -> Option<KeyFacts> {
    let (_, rest) = str::from_utf8(key).ok()?.split_once("/webhooks/")?;
    let id: u64 = rest.split_once('/')?.0.parse().ok()?;
    let mut facts = of_kind("webhook");
    facts.key_id = Reported::Said(id.to_string());
    facts.created = made(id).into();
    Some(facts.grant(Grant::exact(
        vec![Action::new("post", Power::PublishUpdate)],
        Subjects::Named(vec!["one channel".to_owned()]),
    )))
}
