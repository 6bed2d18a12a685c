//! Whether bytes are those of an anchor whatever their case, eight at once: anchors are too short for what the standard
//! library does with sixteen.

/// Whether `here` is `folded`, which has small letters only, in any case. Both are as long.
#[inline]
pub(super) fn is_folded(here: &[u8], folded: &[u8]) -> bool {
    match (here, folded) {
        ([.., _, _, _, _, _, _, _, _], [.., _, _, _, _, _, _, _, _]) => {
            let chunks = here.chunks_exact(8).zip(folded.chunks_exact(8));
            chunks.chain([(&here[here.len() - 8..], &folded[folded.len() - 8..])]).all(|(a, b)| are(eight(a), eight(b)))
        }
        ([.., _, _, _, _], [.., _, _, _, _]) => are(ends(here), ends(folded)),
        _ => here.eq_ignore_ascii_case(folded),
    }
}

/// The first eight bytes.
#[inline]
fn eight(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight))
}

/// The first four bytes and the last four.
#[inline]
fn ends(bytes: &[u8]) -> u64 {
    let four = |four: Option<&[u8; 4]>| four.map_or(0, |four| u64::from(u32::from_le_bytes(*four)));
    four(bytes.first_chunk()) | four(bytes.last_chunk()) << 32
}

/// Whether the bytes are the same but for the case of letters; those of `folded` are small.
#[inline]
const fn are(bytes: u64, folded: u64) -> bool {
    const fn all(byte: u8) -> u64 {
        u64::from_le_bytes([byte; 8])
    }
    // The highest bit of each byte of ASCII tells whether it is at least `a`, or beyond `z`.
    let low = folded & all(0x7f);
    let (at_least_a, beyond_z) = (low + all(0x80 - b'a'), low + all(0x80 - b'z' - 1));
    let letters = at_least_a & !beyond_z & !folded & all(0x80);
    (bytes ^ folded) & !(letters >> 2) == 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn as_the_standard_library_says(
            folded in prop::collection::vec(prop_oneof![Just(b'a'), Just(b'z'), b' '..=b'@', b'`'..=b'~', 0x80_u8..], 3..30),
            changes in prop::collection::vec((any::<prop::sample::Index>(), prop_oneof![Just(0x20_u8), Just(0x80), any::<u8>()]), 0..4),
        ) {
            let mut here = folded.clone();
            for (at, change) in changes {
                *at.get_mut(&mut here[..]) ^= change;
            }
            prop_assert_eq!(is_folded(&here, &folded), here.eq_ignore_ascii_case(&folded));
        }
    }
}
