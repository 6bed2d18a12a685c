//! Client secrets of Microsoft Entra applications: 40 characters with `8Q~` in the fourth place, whose last three are the
//! first three of a checksum (microsoft/security-utilities `IdentifiableMetadata.cs`). The older `7Q~` has none.

use super::marvin;

const LENGTH: usize = 40;
const SIGNATURE: &[u8] = b"8Q~";
const TAIL: usize = 3;
const WIDTH: usize = 6;
const SEED: u64 = u64::from_be_bytes(*b"AadPwd00");
const ALPHABET: &[u8; 66] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890.-_~";

pub(super) fn verify(key: &[u8]) -> bool {
    let Some((covered, tail)) = key.split_at_checked(LENGTH - TAIL) else { return false };
    is_covered(covered) && tail == checksum(covered)
}

/// A sample that is not exactly a secret without its last three characters is left as it is.
pub(super) fn seal(unsealed: &str) -> String {
    let mut text = unsealed.to_owned();
    if is_covered(unsealed.as_bytes()) {
        text.extend(checksum(unsealed.as_bytes()).map(char::from));
    }
    text
}

fn is_covered(text: &[u8]) -> bool {
    text.len() == LENGTH - TAIL && text[3..].starts_with(SIGNATURE) && text.iter().all(|byte| ALPHABET.contains(byte))
}

/// The first three of six digits in base 66, most significant first.
fn checksum(covered: &[u8]) -> [u8; TAIL] {
    let mut rest = marvin::marvin32(covered, SEED);
    let mut digits = [ALPHABET[0]; WIDTH];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[(rest % 66) as usize];
        rest /= 66;
    }
    [digits[0], digits[1], digits[2]]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Microsoft's own example.
    #[test]
    fn the_issuers_sample_passes() {
        assert_eq!(SEED, 0x4161_6450_7764_3030);
        let unsealed = format!("zzz8Q~{}", "z".repeat(31));
        assert_eq!(seal(&unsealed), format!("{unsealed}blP"));
        assert!(verify(seal(&unsealed).as_bytes()));
        assert!(!verify(unsealed.as_bytes()));
    }
}
