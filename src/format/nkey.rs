//! NATS' seeds: base32 of two bytes that say *seed* and of what, 32 bytes, and a CRC-16 (XMODEM), little-endian
//! (nats-io/nkeys `strkey.go`, `crc16.go`; its decoder refuses any other checksum).

use data_encoding::BASE32_NOPAD;
use zeroize::Zeroizing;

const LENGTH: usize = 58;
const SEED: u8 = 18 << 3;
/// The prefix byte of each sort of key and its name.
const SORTS: [(u8, &str); 7] = [
    (13 << 3, "server"),
    (2 << 3, "cluster"),
    (14 << 3, "operator"),
    (0, "account"),
    (20 << 3, "user"),
    (23 << 3, "curve (encryption)"),
    (15 << 3, "private"),
];

/// What the seed is of: a user, an account, an operator …
#[must_use]
pub fn parse(key: &[u8]) -> Option<&'static str> {
    (key.len() == LENGTH).then_some(())?;
    let bytes = Zeroizing::new(BASE32_NOPAD.decode(key).ok()?);
    let (covered, checksum) = bytes.split_at_checked(bytes.len().checked_sub(2)?)?;
    (crc16(covered).to_le_bytes() == checksum && covered[0] & 0xf8 == SEED).then_some(())?;
    let sort = (covered[0] & 7) << 5 | (covered[1] & 0xf8) >> 3;
    SORTS.iter().find(|(prefix, _)| *prefix == sort).map(|(_, name)| *name)
}

fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 })
    })
}

/// A seed of this sort.
#[must_use]
pub fn compose(sort: &str, seed: &[u8; 32]) -> Option<String> {
    let (prefix, _) = SORTS.iter().find(|(_, name)| *name == sort)?;
    let mut bytes = Zeroizing::new(vec![SEED | prefix >> 5, (prefix & 31) << 3]);
    bytes.extend_from_slice(seed);
    let checksum = crc16(&bytes).to_le_bytes();
    bytes.extend_from_slice(&checksum);
    Some(BASE32_NOPAD.encode(&bytes))
}

pub(super) fn verify(key: &[u8]) -> bool {
    parse(key).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value_of_xmodem() {
        assert_eq!(crc16(b"123456789"), 0x31c3);
    }

    #[test]
    fn a_seed_tells_what_it_is_of() {
        for (sort, begins) in
            [("user", "SU"), ("account", "SA"), ("operator", "SO"), ("server", "SN"), ("cluster", "SC")]
        {
            let key = compose(sort, &[7; 32]).unwrap();
            assert!(key.starts_with(begins), "{sort}");
            assert_eq!(parse(key.as_bytes()), Some(sort));
            assert_eq!(parse(key.replacen('7', "6", 1).as_bytes()).is_some(), !key.contains('7'));
        }
        assert_eq!(parse(&[b'S'; 58]), None);
    }
}
