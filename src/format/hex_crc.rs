//! CRC-32 (IEEE) in eight hexadecimal digits at the end: Grafana, Cloudflare, Atlassian.

use data_encoding::{HEXLOWER, HEXUPPER};
use zeroize::Zeroizing;

const DIGITS: usize = 8;

/// grafana/grafana `pkg/components/satokengen/tokengen.go`: `gl`, the service, `_`, 32 characters, `_`, and the checksum
/// of all before that `_`, little-endian.
pub(super) fn verify_grafana(key: &[u8]) -> bool {
    split(key).is_some_and(|(covered, tail)| {
        covered.strip_suffix(b"_").is_some_and(|covered| is_grafana(covered) && grafana(covered).as_bytes() == tail)
    })
}

/// Completes a Grafana token.
pub(super) fn seal_grafana(unsealed: &str) -> String {
    if is_grafana(unsealed.as_bytes()) {
        format!("{unsealed}_{}", grafana(unsealed.as_bytes()))
    } else {
        unsealed.to_owned()
    }
}

fn is_grafana(covered: &[u8]) -> bool {
    let Some(at) = covered.iter().position(|&byte| byte == b'_') else { return false };
    let (prefix, random) = (&covered[..at], &covered[at + 1..]);
    prefix.len() == 4
        && prefix.starts_with(b"gl")
        && prefix.iter().all(u8::is_ascii_lowercase)
        && random.len() == 32
        && random.iter().all(u8::is_ascii_alphanumeric)
}

fn grafana(covered: &[u8]) -> String {
    HEXLOWER.encode(&crc32fast::hash(covered).to_le_bytes())
}

const CLOUDFLARE: [&str; 3] = ["cfk_", "cfut_", "cfat_"];
const CLOUDFLARE_RANDOM: usize = 40;

/// Cloudflare's documentation of its token formats names a checksum; which one was found out on one genuine token: that
/// of the 40 random characters alone, big-endian.
pub(super) fn verify_cloudflare(key: &[u8]) -> bool {
    split(key).is_some_and(|(unsealed, tail)| {
        cloudflare_random(unsealed).is_some_and(|random| cloudflare(random).as_bytes() == tail)
    })
}

/// Completes a Cloudflare token.
pub(super) fn seal_cloudflare(unsealed: &str) -> String {
    let tail = cloudflare_random(unsealed.as_bytes()).map(cloudflare).unwrap_or_default();
    format!("{unsealed}{tail}")
}

fn cloudflare_random(unsealed: &[u8]) -> Option<&[u8]> {
    let random = CLOUDFLARE.iter().find_map(|prefix| unsealed.strip_prefix(prefix.as_bytes()))?;
    let fits = random.len() == CLOUDFLARE_RANDOM && random.iter().all(u8::is_ascii_alphanumeric);
    fits.then_some(random)
}

fn cloudflare(random: &[u8]) -> String {
    HEXLOWER.encode(&crc32fast::hash(random).to_be_bytes())
}

/// Undocumented; found on tokens of two repositories: the checksum of all before it, the `=` included, in upper case. In
/// addresses and in property files the `=` is escaped.
pub(super) fn verify_atlassian(key: &[u8]) -> bool {
    let holds = |covered: &[u8], tail: &[u8]| is_atlassian(covered) && atlassian(covered).as_bytes() == tail;
    split(key).is_some_and(|(covered, tail)| {
        let body = ESCAPED_EQUALS.iter().find_map(|escaped| covered.strip_suffix(*escaped));
        body.map_or_else(|| holds(covered, tail), |body| holds(&Zeroizing::new([body, b"="].concat()), tail))
    })
}

const ESCAPED_EQUALS: [&[u8]; 3] = [b"%3D", b"%3d", b"\\="];

/// Completes an Atlassian token that ends in its `=`.
pub(super) fn seal_atlassian(unsealed: &str) -> String {
    let tail = if is_atlassian(unsealed.as_bytes()) { atlassian(unsealed.as_bytes()) } else { String::new() };
    format!("{unsealed}{tail}")
}

fn is_atlassian(covered: &[u8]) -> bool {
    let body = covered.strip_prefix(b"ATATT3").or_else(|| covered.strip_prefix(b"ATCTT3"));
    body.and_then(|body| body.strip_suffix(b"=")).is_some_and(|body| {
        !body.is_empty() && body.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(byte))
    })
}

fn atlassian(covered: &[u8]) -> String {
    HEXUPPER.encode(&crc32fast::hash(covered).to_be_bytes())
}

fn split(key: &[u8]) -> Option<(&[u8], &[u8])> {
    key.split_at_checked(key.len().checked_sub(DIGITS)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_pass() {
        let grafana = format!("glsa_{}_27f6f539", "X".repeat(32));
        assert_eq!(seal_grafana(&grafana[..37]), grafana);
        assert!(verify_grafana(grafana.as_bytes()));
        let cloudflare = format!("cfut_{}27a877e5", "X".repeat(40));
        assert_eq!(seal_cloudflare(&cloudflare[..45]), cloudflare);
        assert!(verify_cloudflare(cloudflare.as_bytes()));
        let atlassian = format!("ATATT3xFfGF0{}=8F2EB889", "X".repeat(171));
        assert_eq!(seal_atlassian(&atlassian[..184]), atlassian);
        assert!(verify_atlassian(atlassian.as_bytes()));
    }

    #[test]
    fn another_byte_order_or_case_fails() {
        assert!(!verify_grafana(format!("glsa_{}_39f5f627", "X".repeat(32)).as_bytes()));
        assert!(!verify_cloudflare(format!("cfut_{}27A877E5", "X".repeat(40)).as_bytes()));
        assert!(!verify_atlassian(format!("ATATT3xFfGF0{}=8f2eb889", "X".repeat(171)).as_bytes()));
        assert!(!verify_grafana(b"glsa_") && !verify_cloudflare(b"") && !verify_atlassian(b"ATATT3="));
    }
}
