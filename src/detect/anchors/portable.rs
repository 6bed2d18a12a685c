//! The kernel that every processor has: one byte after the other.

use super::block::{AHEAD, BLOCK, Masks, Seen};
use super::tables::buckets::Buckets;
use super::tables::goes_on;
use crate::rules::kinds;

/// What a block is.
pub(super) fn see(buckets: &Buckets, block: &[u8; AHEAD]) -> Seen {
    let mut seen = Seen::default();
    for at in 0..BLOCK {
        see_byte(&mut seen.masks, block[at], at);
        let may_begin =
            buckets.sets.iter().zip(&block[at..]).fold(u32::MAX, |all, (set, byte)| all & set[usize::from(*byte)]);
        seen.grams |= u64::from(may_begin != 0) << at;
    }
    seen
}

fn see_byte(masks: &mut Masks, byte: u8, at: usize) {
    masks.run |= u64::from(kinds(byte) != 0) << at;
    masks.going_on |= u64::from(goes_on(byte)) << at;
    masks.dashes |= u64::from(byte == b'-') << at;
    masks.letters |= u64::from(byte.is_ascii_alphabetic()) << at;
    masks.small |= u64::from(byte & 0x20 != 0) << at;
    masks.newlines |= u64::from(byte == b'\n') << at;
}
