//! CRC-32 (IEEE) written in base62 as the last six characters: GitHub, npm and JSR.

use super::base62;

/// How many characters the checksum takes.
const WIDTH: usize = 6;

/// The six characters for `bytes`.
#[must_use]
pub fn checksum(bytes: &[u8]) -> String {
    base62::padded(u64::from(crc32fast::hash(bytes)), WIDTH)
}

/// A family of keys: a prefix, so many random characters, six characters of checksum.
struct Family {
    prefix: &'static str,
    random: usize,
    /// Whether the checksum covers the prefix as well.
    with_prefix: bool,
}

/// GitHub's blog post on its token formats (2021) and the checks of osv-scalibr's `veles` for lengths.
const GITHUB: &[Family] = &[
    Family { prefix: "ghp_", random: 30, with_prefix: false },
    Family { prefix: "gho_", random: 30, with_prefix: false },
    Family { prefix: "ghu_", random: 30, with_prefix: false },
    Family { prefix: "ghs_", random: 30, with_prefix: false },
    Family { prefix: "ghr_", random: 30, with_prefix: false },
    Family { prefix: "ghr_", random: 70, with_prefix: false },
];

/// The same blog post: "npm … the same scheme". No genuine sample was at hand, hence a mismatch only lowers.
const NPM: &[Family] = &[Family { prefix: "npm_", random: 30, with_prefix: false }];

/// jsr-io/jsr `api/src/token.rs`: the checksum covers the prefix.
const JSR: &[Family] = &[
    Family { prefix: "jsrw_", random: 29, with_prefix: true },
    Family { prefix: "jsrd_", random: 29, with_prefix: true },
    Family { prefix: "jsrp_", random: 29, with_prefix: true },
];

/// Whether a token of GitHub's classic family has its checksum.
pub(super) fn verify_github(key: &[u8]) -> bool {
    verify(GITHUB, key)
}

/// Completes a GitHub token.
pub(super) fn seal_github(unsealed: &str) -> String {
    seal(GITHUB, unsealed)
}

/// Whether an npm token has its checksum.
pub(super) fn verify_npm(key: &[u8]) -> bool {
    verify(NPM, key)
}

/// Completes an npm token.
pub(super) fn seal_npm(unsealed: &str) -> String {
    seal(NPM, unsealed)
}

/// Whether a JSR token has its checksum.
pub(super) fn verify_jsr(key: &[u8]) -> bool {
    verify(JSR, key)
}

/// Completes a JSR token.
pub(super) fn seal_jsr(unsealed: &str) -> String {
    seal(JSR, unsealed)
}

fn verify(families: &[Family], key: &[u8]) -> bool {
    let Some((unsealed, tail)) = key.len().checked_sub(WIDTH).and_then(|at| key.split_at_checked(at)) else {
        return false;
    };
    covered(families, unsealed).is_some_and(|bytes| checksum(bytes).as_bytes() == tail)
}

/// A sample that is not exactly a key without its checksum is left as it is.
fn seal(families: &[Family], unsealed: &str) -> String {
    let tail = covered(families, unsealed.as_bytes()).map(checksum).unwrap_or_default();
    format!("{unsealed}{tail}")
}

/// The bytes that the checksum covers, if `unsealed` is a key of one of the families without its checksum.
fn covered<'a>(families: &[Family], unsealed: &'a [u8]) -> Option<&'a [u8]> {
    families.iter().find_map(|family| {
        let random = unsealed.strip_prefix(family.prefix.as_bytes())?;
        let fits = random.len() == family.random && random.iter().all(u8::is_ascii_alphanumeric);
        fits.then_some(if family.with_prefix { unsealed } else { random })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn npm_and_github_share_the_scheme() {
        for (random, tail) in [
            ("0".repeat(30), "2C8GjS"),
            ("A".repeat(30), "0uCPlr"),
            (concat!("abcdefghijklmnopqrst", "uvwxyz0123").to_owned(), "2LolCm"),
        ] {
            assert!(verify_npm(format!("npm_{random}{tail}").as_bytes()));
            assert!(verify_github(format!("ghp_{random}{tail}").as_bytes()));
        }
        assert!(verify_github(format!("ghs_{}{}", "X".repeat(30), "1ocgws").as_bytes()));
    }

    #[test]
    fn jsr_covers_its_prefix() {
        for (prefix, random, tail) in [
            ("jsrp_", "0".repeat(29), "2tnSqV"),
            ("jsrd_", "0".repeat(29), "1NzLvH"),
            ("jsrw_", "0".repeat(29), "3LhEbo"),
        ] {
            assert!(verify_jsr(format!("{prefix}{random}{tail}").as_bytes()), "{prefix}");
        }
    }

    #[test]
    fn a_refresh_token_is_longer() {
        let sealed = seal_github(&format!("ghr_{}", "b".repeat(70)));
        assert_eq!(sealed.len(), 80);
        assert!(verify_github(sealed.as_bytes()));
        assert!(!verify_github(sealed.replacen("ghr_", "ghp_", 1).as_bytes()));
    }

    #[test]
    fn what_is_no_unsealed_key_is_not_sealed() {
        let sealed = seal_npm(&format!("npm_{}", "b".repeat(30)));
        assert_eq!(seal_npm(&sealed), sealed);
        assert_eq!(seal_npm("npm_short"), "npm_short");
    }
}
