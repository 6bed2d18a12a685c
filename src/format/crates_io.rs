//! The one checksum character of a crates.io Trusted Publishing token.
//!
//! rust-lang/crates.io `crates_io_trustpub/src/access_token.rs`: `cio_tp_`, 31 alphanumerics, and their XOR modulo
//! 62 in the alphabet `A-Za-z0-9`.

use super::base62;

/// What every such token begins with.
pub const PREFIX: &str = "cio_tp_";
const RANDOM: usize = 31;

pub(super) fn verify(key: &[u8]) -> bool {
    key.split_last().is_some_and(|(&last, unsealed)| checksum(unsealed) == Some(char::from(last)))
}

/// A sample that is not exactly a token without its last character is left as it is.
pub(super) fn seal(unsealed: &str) -> String {
    let tail = checksum(unsealed.as_bytes()).map(String::from).unwrap_or_default();
    format!("{unsealed}{tail}")
}

fn checksum(unsealed: &[u8]) -> Option<char> {
    let random = unsealed.strip_prefix(PREFIX.as_bytes())?;
    let fits = random.len() == RANDOM && random.iter().all(u8::is_ascii_alphanumeric);
    fits.then(|| base62::symbol(base62::LETTERS_FIRST, random.iter().fold(0, |all, byte| all ^ byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_issuers_own_vectors_pass() {
        for random in
            ["0".repeat(31) + "w", "A".repeat(31) + "D", concat!("gGK6jurSwKyl9V3A", "z19z7YEFQI9aoOOd").into()]
        {
            assert!(verify(format!("{PREFIX}{random}").as_bytes()), "{random}");
        }
        assert!(!verify(format!("{PREFIX}{}x", "0".repeat(31)).as_bytes()));
    }
}
