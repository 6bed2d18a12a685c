//! GitHub's tokens: the class by the prefix (GitHub's documentation of its token prefixes), and the two formats whose
//! text says more.

use data_encoding::BASE32;

use super::claims;
use super::facts::{KeyFacts, Reported};
use crate::format::jwt::parse_github;
use crate::issuer::Issuer;

const CLASSES: &[(&str, &str)] = &[
    ("ghp_", "personal access token (classic)"),
    ("gho_", "OAuth access token"),
    ("ghu_", "GitHub App user access token"),
    ("ghs_", "GitHub App installation access token"),
    ("ghr_", "GitHub App refresh token"),
    ("github_pat_", "personal access token (fine-grained)"),
];

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    let (_, kind) = CLASSES.iter().find(|(prefix, _)| key.starts_with(prefix.as_bytes()))?;
    Some(KeyFacts::of_kind(*kind).issued_by(Issuer::GITHUB))
}

/// The claims are GitHub's own business: only its times are read.
pub(super) fn decode_jwt(key: &[u8]) -> Option<KeyFacts> {
    let (app, jwt) = parse_github(key)?;
    let facts = KeyFacts::of_kind("GitHub App installation access token")
        .issued_by(Issuer::GITHUB)
        .detail("app-id", app.to_string())
        .note("GitHub asks to treat the text of this token as opaque; its dates are read as a help.");
    let mut facts = claims::lifetime(facts, &jwt.claims);
    if !jwt.claims.contains_key("exp") {
        facts.expires = Reported::NotSaid;
    }
    Some(facts)
}

pub(super) fn decode_fine_grained(key: &[u8]) -> Option<KeyFacts> {
    let (head, tail) = key.strip_prefix(b"github_pat_")?.split_at_checked(22)?;
    let secret = tail.strip_prefix(b"_")?;
    let plain = |text: &[u8]| text.iter().all(u8::is_ascii_alphanumeric);
    (plain(head) && plain(secret) && secret.len() == 59).then_some(())?;
    let facts = KeyFacts::of_kind("personal access token (fine-grained)").issued_by(Issuer::GITHUB);
    Some(match user_id(head) {
        Some(id) => facts.detail("user-id-hint", format!("{id} (undocumented: a hint, no proof)")),
        None => facts,
    })
}

/// Characters 3 to 9 were base32 of the owner's number in four bytes, and the tenth a `0` for `=`, in all samples that
/// were seen. Nothing documents it.
fn user_id(head: &[u8]) -> Option<u32> {
    (head.get(9)? == &b'0').then_some(())?;
    let padded = [head.get(2..9)?, b"="].concat();
    Some(u32::from_be_bytes(BASE32.decode(&padded).ok()?.try_into().ok()?))
}
