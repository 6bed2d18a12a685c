//! The kernel that every processor has: four table look-ups for each byte.

use super::tables::buckets::Buckets;
use super::tables::gram::{LENGTH, SHORTEST};

/// Calls `look` with every place where a gram may stand, in order.
pub(super) fn run(buckets: &Buckets, text: &[u8], look: &mut impl FnMut(usize)) {
    let [first, second, third, fourth] = &buckets.sets;
    for (at, gram) in text.windows(LENGTH).enumerate() {
        let byte = |place: usize| usize::from(gram[place]);
        if first[byte(0)] & second[byte(1)] & third[byte(2)] & fourth[byte(3)] != 0 {
            look(at);
        }
    }
    if text.len() >= SHORTEST {
        look(text.len() - SHORTEST);
    }
}
