//! Azure DevOps' personal access tokens of 52 characters: base32 of 32 bytes of which four are a checksum
//! (microsoft/security-utilities `SEC101_102_AdoPat.cs`).

use data_encoding::{BASE32_NOPAD, Specification};
use std::sync::LazyLock;
use zeroize::Zeroizing;

const LENGTH: usize = 52;
const BYTES: usize = 32;
/// Where the checksum's bytes stand, least significant first.
const CHECKSUM: [usize; 4] = [22, 8, 7, 2];
/// What the checksum of a user's and of an application's token is combined with.
const MASKS: [u32; 2] = [0xE0B9_692D, 0x1019_F92E];

static LOWER: LazyLock<data_encoding::Encoding> = LazyLock::new(|| {
    let mut form = Specification::new();
    form.symbols.push_str("abcdefghijklmnopqrstuvwxyz234567");
    form.check_trailing_bits = false;
    form.encoding().expect("thirty-two different symbols make an encoding")
});

pub(super) fn verify(key: &[u8]) -> bool {
    decode(key).is_some_and(|bytes| MASKS.iter().any(|mask| checksum(&bytes) ^ mask == stored(&bytes)))
}

fn decode(key: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    (key.len() == LENGTH).then_some(())?;
    LOWER.decode(key).ok().map(Zeroizing::new).filter(|bytes| bytes.len() == BYTES)
}

fn stored(bytes: &[u8]) -> u32 {
    u32::from_le_bytes(CHECKSUM.map(|at| bytes[at]))
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    for (_, byte) in bytes.iter().enumerate().filter(|(at, _)| !CHECKSUM.contains(at)) {
        hasher.update(&[*byte]);
    }
    hasher.finalize()
}

/// Puts the checksum of a user's token into a text of 52 characters that is none yet.
pub(super) fn seal(unsealed: &str) -> String {
    let Some(mut bytes) = decode(unsealed.as_bytes()).filter(|_| !verify(unsealed.as_bytes())) else {
        return unsealed.to_owned();
    };
    for (at, byte) in CHECKSUM.into_iter().zip((checksum(&bytes) ^ MASKS[0]).to_le_bytes()) {
        bytes[at] = byte;
    }
    BASE32_NOPAD.encode(&bytes).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sorts_of_token_pass() {
        let token = seal(&"k".repeat(LENGTH));
        assert!(verify(token.as_bytes()) && seal(&token) == token);
        let mut bytes = decode(token.as_bytes()).unwrap();
        for (at, byte) in CHECKSUM.into_iter().zip((checksum(&bytes) ^ MASKS[1]).to_le_bytes()) {
            bytes[at] = byte;
        }
        assert!(verify(BASE32_NOPAD.encode(&bytes).to_ascii_lowercase().as_bytes()));
        assert!(!verify(&[b'k'; LENGTH]) && !verify(b"k"));
    }
}
