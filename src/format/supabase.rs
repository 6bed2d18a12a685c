//! Supabase's API keys: `sb_secret_` or `sb_publishable_`, 22 characters, `_`, and the first eight characters of base64url
//! of SHA-256 over `PROJECT|` and all before that `_` (the key script of Supabase's own Docker set-up).
//!
//! Self-hosted installations share one constant project name, so their keys prove themselves; for a hosted one the project
//! must be known, which the key does not say.

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

const SELF_HOSTED: &str = "supabase-self-hosted";
const PREFIXES: [&str; 2] = ["sb_secret_", "sb_publishable_"];
const RANDOM: usize = 22;
const TAIL: usize = 8;

/// Whether the key belongs to the project of this reference (the first label of its address).
#[must_use]
pub fn is_of_project(key: &[u8], project: &str) -> bool {
    key.len().checked_sub(TAIL + 1).and_then(|at| key.split_at_checked(at)).is_some_and(|(unsealed, tail)| {
        is_unsealed(unsealed) && tail.split_first() == Some((&b'_', checksum(project, unsealed).as_bytes()))
    })
}

/// Whether it is a key of an installation that somebody runs on their own.
#[must_use]
pub fn is_self_hosted(key: &[u8]) -> bool {
    is_of_project(key, SELF_HOSTED)
}

pub(super) fn verify(key: &[u8]) -> bool {
    is_self_hosted(key)
}

/// Completes a key of a self-hosted installation.
pub(super) fn seal(unsealed: &str) -> String {
    if is_unsealed(unsealed.as_bytes()) {
        format!("{unsealed}_{}", checksum(SELF_HOSTED, unsealed.as_bytes()))
    } else {
        unsealed.to_owned()
    }
}

fn is_unsealed(text: &[u8]) -> bool {
    PREFIXES.iter().find_map(|prefix| text.strip_prefix(prefix.as_bytes())).is_some_and(|random| {
        random.len() == RANDOM && random.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(byte))
    })
}

fn checksum(project: &str, unsealed: &[u8]) -> String {
    let hash = Sha256::new().chain_update(project).chain_update(b"|").chain_update(unsealed).finalize();
    let mut text = BASE64URL_NOPAD.encode(&hash);
    text.truncate(TAIL);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vector_passes() {
        let unsealed = format!("sb_secret_{}", "X".repeat(RANDOM));
        assert_eq!(seal(&unsealed), format!("{unsealed}_ZUw2r3Bf"));
        assert!(verify(seal(&unsealed).as_bytes()));
        assert!(!is_of_project(seal(&unsealed).as_bytes(), "abcdefghijklmnopqrst"));
        assert!(!verify(unsealed.as_bytes()) && !verify(b"_ZUw2r3Bf"));
    }
}
