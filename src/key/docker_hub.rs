//! Docker Hub's access tokens: the class by the prefix.

use super::facts::KeyFacts;

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    if key.starts_with(b"dckr_pat_") {
        let note = "A personal token reaches every repository of its user; its right (admin to public read) stands with \
                    the issuer.";
        return Some(KeyFacts::of_kind("personal access token").note(note));
    }
    let note = "An organisation token reaches the repositories that it was made for, at most fifty.";
    key.starts_with(b"dckr_oat_").then(|| KeyFacts::of_kind("organization access token").note(note))
}
