//! Telegram's bot tokens: `BOT:SECRET`, without an end and with all that the bot can do (core.telegram.org/bots/api).

use super::facts::{Action, Expiry, Grant, KeyFacts, Power, Reported, Subjects};
use crate::issuer::Issuer;

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    let (bot, _) = str::from_utf8(key).ok()?.split_once(':')?;
    bot.bytes().all(|byte| byte.is_ascii_digit()).then_some(())?;
    let facts = KeyFacts::of_kind("bot token").issued_by(Issuer::new("telegram"));
    let facts = facts
        .grant(Grant::exact(vec![Action::new("the bot", Power::Everything)], Subjects::Everything))
        .note("It is the whole bot: it reads and writes all that the bot may.");
    Some(KeyFacts { owner: Reported::Said(bot.to_owned()), expires: Reported::Said(Expiry::Never), ..facts })
}
