//! Random characters and ids from random bytes.

use crate::format::base62;

/// A source of random bytes: so many as it is asked for.
pub type Random<'a> = dyn FnMut(usize) -> Vec<u8> + 'a;

/// So many random bytes; `None` when the source gives another number.
pub(super) fn bytes<const N: usize>(random: &mut Random<'_>) -> Option<[u8; N]> {
    random(N).try_into().ok()
}

/// So many random characters of base62.
pub(super) fn base62(random: &mut Random<'_>, count: usize) -> Option<String> {
    let bytes = random(count);
    (bytes.len() == count).then(|| bytes.into_iter().map(|b| base62::symbol(base62::DIGITS_FIRST, b)).collect())
}

/// The sixteen bytes of a random GUID in .NET's order, where the version is in the eighth byte.
pub(super) fn dotnet_guid(random: &mut Random<'_>) -> Option<[u8; 16]> {
    let mut guid = bytes::<16>(random)?;
    guid[7] = guid[7] & 0x0f | 0x40;
    guid[8] = guid[8] & 0x3f | 0x80;
    Some(guid)
}

/// A random UUID (version 4) in text.
pub(super) fn uuid(random: &mut Random<'_>) -> Option<String> {
    let mut id = bytes::<16>(random)?;
    id[6] = id[6] & 0x0f | 0x40;
    id[8] = id[8] & 0x3f | 0x80;
    let hex = data_encoding::HEXLOWER.encode(&id);
    Some(format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]))
}
