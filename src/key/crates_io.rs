//! crates.io's API tokens and Trusted Publishing tokens (rust-lang/crates.io `utils/token.rs`, `crates_io_trustpub`).

use super::facts::{Action, Grant, KeyFacts, Power, Subjects};
use crate::format::{check, crates_io};
use crate::issuer::Issuer;

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    let rest = key.strip_prefix(b"cio")?;
    (rest.len() == 32 && rest.iter().all(u8::is_ascii_alphanumeric))
        .then(|| KeyFacts::of_kind("API token").issued_by(Issuer::CRATES_IO))
}

pub(super) fn decode_trusted(key: &[u8]) -> Option<KeyFacts> {
    let proved = key.starts_with(crates_io::PREFIX.as_bytes()) && (check("crates-io-tp")?.verify)(key);
    proved.then(|| {
        KeyFacts::of_kind("Trusted Publishing token")
            .issued_by(Issuer::CRATES_IO)
            .grant(Grant::exact(vec![Action::new("publish-update", Power::PublishUpdate)], Subjects::NotSaid))
            .note("The issuer lets it live for 30 minutes, and it cannot create new crates.")
    })
}
