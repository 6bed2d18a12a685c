//! The kernel that every processor has: four table look-ups for each byte.

use super::buckets::Buckets;
use super::gram::{LENGTH, SHORTEST};

pub(super) struct Portable {
    sets: [[u32; 256]; LENGTH],
}

impl Portable {
    pub(super) fn new(buckets: &Buckets) -> Self {
        Self { sets: buckets.sets }
    }

    /// Calls `look` with every place where a gram may stand, in order.
    pub(super) fn run(&self, text: &[u8], look: &mut impl FnMut(usize)) {
        let [first, second, third, fourth] = &self.sets;
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
}
