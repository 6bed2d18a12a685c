//! Applying one delta, as git's pack format documents it ("Deltified representation" in `gitformat-pack`).

use crate::location::Span;

/// A delta that does not fit its base, or makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BadDelta;

/// Writes what `delta` makes of `base` into `into`, and the ranges of it that are not copied into `fresh`. A result over
/// `most` bytes is refused.
pub(super) fn apply(
    base: &[u8],
    delta: &[u8],
    most: usize,
    into: &mut Vec<u8>,
    fresh: &mut Vec<Span>,
) -> Result<(), BadDelta> {
    into.clear();
    fresh.clear();
    let mut rest = delta;
    let (base_size, result_size) = (size(&mut rest)?, size(&mut rest)?);
    if base_size != base.len() || result_size > most {
        return Err(BadDelta);
    }
    // A hostile size must not take memory that the delta cannot fill: it grows as bytes arrive.
    into.reserve(result_size.min(base.len() + delta.len()));
    while let Some((&op, after)) = rest.split_first() {
        rest = after;
        if op & 0x80 != 0 {
            let (from, length) = copied(op, &mut rest)?;
            let piece = from.checked_add(length).and_then(|end| base.get(from..end)).ok_or(BadDelta)?;
            if into.len() + length > result_size {
                return Err(BadDelta);
            }
            into.extend_from_slice(piece);
        } else {
            let (piece, after) = rest.split_at_checked(usize::from(op)).ok_or(BadDelta)?;
            if op == 0 || into.len() + piece.len() > result_size {
                return Err(BadDelta);
            }
            fresh.push(Span::new(into.len(), into.len() + piece.len()));
            into.extend_from_slice(piece);
            rest = after;
        }
    }
    if into.len() == result_size { Ok(()) } else { Err(BadDelta) }
}

/// Seven bits to a byte, the lowest first.
fn size(rest: &mut &[u8]) -> Result<usize, BadDelta> {
    let (mut size, mut shift) = (0_u64, 0);
    loop {
        let (&byte, after) = rest.split_first().ok_or(BadDelta)?;
        *rest = after;
        if shift > 56 {
            return Err(BadDelta);
        }
        size |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return usize::try_from(size).map_err(|_| BadDelta);
        }
    }
}

/// Where a copy begins in the base and how long it is: only the bytes that the operation names are there.
fn copied(op: u8, rest: &mut &[u8]) -> Result<(usize, usize), BadDelta> {
    let (mut from, mut length) = (0_usize, 0_usize);
    for bit in 0..7 {
        if op & (1 << bit) != 0 {
            let (&next, after) = rest.split_first().ok_or(BadDelta)?;
            *rest = after;
            let next = usize::from(next);
            if bit < 4 { from |= next << (8 * bit) } else { length |= next << (8 * (bit - 4)) }
        }
    }
    Ok((from, if length == 0 { 0x1_0000 } else { length }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn applied(base: &[u8], delta: &[u8]) -> Result<(Vec<u8>, Vec<Span>), BadDelta> {
        let (mut into, mut fresh) = (Vec::new(), Vec::new());
        apply(base, delta, 1 << 20, &mut into, &mut fresh)?;
        Ok((into, fresh))
    }

    #[test]
    fn copies_and_inserts_follow_each_other() {
        // Sizes 5 and 7; copy 3 bytes from 1; insert "XY"; copy 2 from 0.
        let delta = [5, 7, 0x91, 1, 3, 2, b'X', b'Y', 0x90, 2];
        assert_eq!(applied(b"abcde", &delta), Ok((b"bcdXYab".to_vec(), vec![Span::new(3, 5)])));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for bad in [
            &[4, 2, 0x90, 2][..],
            &[5, 3, 0x90, 2],
            &[5, 1, 0x90, 2],
            &[5, 9, 0x91, 4, 9],
            &[5, 1, 0],
            &[5, 3, 3, b'X'],
            &[5],
            &[],
            &[0x80; 12],
        ] {
            assert_eq!(applied(b"abcde", bad), Err(BadDelta), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn no_input_panics(base in prop::collection::vec(any::<u8>(), 0..64), delta in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = applied(&base, &delta);
        }
    }
}
