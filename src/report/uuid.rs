//! Identifiers in the form that other formats want, from our own fingerprints.

/// A UUID of version 5's form. Its bits are those of a keyed hash, so the same key or place has the same one in every run.
pub(super) fn of_fingerprint(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x50;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = data_encoding::HEXLOWER.encode(&bytes);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
