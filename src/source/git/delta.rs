//! Applying one delta, as git's pack format documents it ("Deltified representation" in `gitformat-pack`).

use super::look::Copied;
use crate::location::Span;

/// A delta that does not fit its base, or makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BadDelta;

/// Writes what `delta` makes of `base` into `into`, and what it copies into `copies`. A result over `most` bytes is
/// refused.
pub(super) fn apply(
    base: &[u8],
    delta: &[u8],
    most: usize,
    into: &mut Vec<u8>,
    copies: &mut Vec<Copied>,
) -> Result<(), BadDelta> {
    into.clear();
    copies.clear();
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
            note(copies, from, Span::new(into.len(), into.len() + length));
            into.extend_from_slice(piece);
        } else {
            let (piece, after) = rest.split_at_checked(usize::from(op)).ok_or(BadDelta)?;
            if op == 0 || into.len() + piece.len() > result_size {
                return Err(BadDelta);
            }
            into.extend_from_slice(piece);
            rest = after;
        }
    }
    if into.len() == result_size { Ok(()) } else { Err(BadDelta) }
}

/// Notes a copy. One that goes on where the last one ended is part of it: git cuts copies at 64 KiB.
fn note(copies: &mut Vec<Copied>, from: usize, at: Span) {
    match copies.last_mut() {
        Some(last) if last.at.end == at.start && last.from + last.at.len() == from => last.at.end = at.end,
        _ => copies.push(Copied { from, at }),
    }
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

    fn applied(base: &[u8], delta: &[u8]) -> Result<(Vec<u8>, Vec<Copied>), BadDelta> {
        let (mut into, mut copies) = (Vec::new(), Vec::new());
        apply(base, delta, 1 << 20, &mut into, &mut copies)?;
        Ok((into, copies))
    }

    fn copied(from: usize, start: usize, end: usize) -> Copied {
        Copied { from, at: Span::new(start, end) }
    }

    #[test]
    fn copies_and_inserts_follow_each_other() {
        // Sizes 5 and 7; copy 3 bytes from 1; insert "XY"; copy 2 from 0.
        let delta = [5, 7, 0x91, 1, 3, 2, b'X', b'Y', 0x90, 2];
        assert_eq!(applied(b"abcde", &delta), Ok((b"bcdXYab".to_vec(), vec![copied(1, 0, 3), copied(0, 5, 7)])));
    }

    #[test]
    fn copies_that_go_on_are_one() {
        // Copy 2 from 0, 2 from 2, 2 from 1.
        let delta = [5, 6, 0x90, 2, 0x91, 2, 2, 0x91, 1, 2];
        assert_eq!(applied(b"abcde", &delta), Ok((b"abcdbc".to_vec(), vec![copied(0, 0, 4), copied(1, 4, 6)])));
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
