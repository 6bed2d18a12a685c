//! Discord's bot tokens: base64 of the bot's number, a time or random characters, and a signature.

use super::base64;

/// The bot's (or user's) number.
#[must_use]
pub fn parse(key: &[u8]) -> Option<u64> {
    let mut parts = key.split(|&byte| byte == b'.');
    let (id, time, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let proper = parts.next().is_none() && [time, signature].iter().all(|part| is_url_safe(part));
    let id = base64::decode_url(id).filter(|_| proper)?;
    let digits = str::from_utf8(&id).ok().filter(|id| id.bytes().all(|b| b.is_ascii_digit()))?;
    // Numbers of 2015 had 17 digits.
    (17..=20).contains(&digits.len()).then(|| digits.parse().ok())?
}

fn is_url_safe(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(byte))
}

pub(super) fn verify(key: &[u8]) -> bool {
    parse(key).is_some()
}
