//! Bech32 (BIP-173), as age writes its keys: a prefix, `1`, data in base32 and a checksum of six characters over both.

use zeroize::Zeroizing;

const SYMBOLS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
const CHECKSUM: usize = 6;

/// What age's secret keys begin with, before the `1`, in lower case (FiloSottile/age `x25519.go`, `pq.go`).
const AGE: [&str; 2] = ["age-secret-key-", "age-secret-key-pq-"];

/// Prefix (in lower case) and data bytes; `None` when the checksum is wrong or the case is mixed.
#[must_use]
pub fn parse(text: &[u8]) -> Option<(String, Zeroizing<Vec<u8>>)> {
    let lower = Zeroizing::new(text.to_ascii_lowercase());
    (text == *lower || text == lower.to_ascii_uppercase()).then_some(())?;
    let at = lower.iter().rposition(|&byte| byte == b'1').filter(|&at| at > 0)?;
    let symbols = lower[at + 1..].iter().map(|byte| SYMBOLS.iter().position(|symbol| symbol == byte));
    let digits = Zeroizing::new(symbols.map(|at| u8::try_from(at?).ok()).collect::<Option<Vec<u8>>>()?);
    let prefix = &lower[..at];
    (digits.len() >= CHECKSUM && polymod(prefix, &digits) == 1).then_some(())?;
    let data = bytes(&digits[..digits.len() - CHECKSUM])?;
    Some((String::from_utf8(prefix.to_vec()).ok()?, data))
}

fn polymod(prefix: &[u8], digits: &[u8]) -> u32 {
    let expanded = prefix.iter().map(|byte| byte >> 5).chain([0]).chain(prefix.iter().map(|byte| byte & 31));
    expanded.chain(digits.iter().copied()).fold(1, |state, digit| {
        let top = state >> 25;
        let shifted = (state & 0x01ff_ffff) << 5 ^ u32::from(digit);
        GENERATOR.iter().enumerate().filter(|(bit, _)| top >> bit & 1 == 1).fold(shifted, |all, (_, g)| all ^ g)
    })
}

/// Groups of five bits into bytes; what is left over must be fewer than five zero bits.
fn bytes(digits: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(digits.len() * 5 / 8));
    let (mut held, mut bits) = (0_u32, 0);
    for &digit in digits {
        held = (held << 5 | u32::from(digit)) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).ok()?);
        }
    }
    (bits < 5 && held & ((1 << bits) - 1) == 0).then_some(bytes)
}

/// `prefix`, in upper case as age writes it, and `data`.
#[must_use]
pub fn compose(prefix: &str, data: &[u8]) -> String {
    let mut digits = Vec::new();
    let (mut held, mut bits) = (0_u32, 0);
    for &byte in data {
        held = (held << 8 | u32::from(byte)) & 0xfff;
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            digits.push((held >> bits & 31).to_le_bytes()[0]);
        }
    }
    if bits > 0 {
        digits.push((held << (5 - bits) & 31).to_le_bytes()[0]);
    }
    let sum = polymod(prefix.as_bytes(), &[&digits[..], &[0; CHECKSUM]].concat()) ^ 1;
    digits.extend((0..CHECKSUM).map(|at| (sum >> (5 * (CHECKSUM - 1 - at)) & 31).to_le_bytes()[0]));
    let text: String = digits.iter().map(|&digit| char::from(SYMBOLS[usize::from(digit)])).collect();
    format!("{prefix}1{text}").to_ascii_uppercase()
}

pub(super) fn verify_age(key: &[u8]) -> bool {
    parse(key).is_some_and(|(prefix, data)| AGE.contains(&prefix.as_str()) && data.len() == 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Valid and invalid strings of BIP-173 itself.
    #[test]
    fn the_standards_own_vectors() {
        for valid in [
            "A12UEL5L",
            "a12uel5l",
            "11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc8247j",
        ] {
            assert!(parse(valid.as_bytes()).is_some(), "{valid}");
        }
        for invalid in ["pzry9x0s0muk", "1pzry9x0s0muk", "x1b4n0q5v", "li1dgmt3", "A1G7SGD8", "a12UEL5L", "10a06t8", ""]
        {
            assert!(parse(invalid.as_bytes()).is_none(), "{invalid}");
        }
    }

    #[test]
    fn an_age_key_is_74_characters() {
        let key = compose("age-secret-key-", &[7; 32]);
        assert_eq!(key.len(), 74);
        assert!(verify_age(key.as_bytes()) && !verify_age(compose("age", &[7; 32]).as_bytes()));
        assert!(!verify_age(key.replace('Q', "P").as_bytes()));
        assert!(verify_age(compose("age-secret-key-pq-", &[9; 32]).as_bytes()));
    }
}
