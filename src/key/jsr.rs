//! JSR's tokens (jsr-io/jsr `api/src/token.rs`).

use super::facts::KeyFacts;
use crate::format::check;
use crate::issuer::Issuer;

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    (check("jsr")?.verify)(key).then_some(())?;
    let (kind, note) = match key.get(..5)? {
        b"jsrw_" => ("web session token", "A web session may make and delete other tokens of the account."),
        b"jsrd_" => ("device token", "The issuer lets a device token live for one hour."),
        b"jsrp_" => ("personal access token", "It opens the whole account unless it was made for publishing alone."),
        _ => return None,
    };
    Some(KeyFacts::of_kind(kind).issued_by(Issuer::JSR).note(note))
}
