//! Grams spread over buckets, so that four small tables can tell where none of them stands.

use super::gram::{Gram, LENGTH, fold};

/// Most buckets: one bit each in a table's entry.
pub(super) const MOST: usize = 32;

/// Buckets in one group: one bit each of a byte.
pub(super) const GROUP: usize = 8;

/// For each byte of a gram, the byte sets of all buckets: bit b of `sets[i][x]` says that some gram of bucket b may
/// have the byte x (in either case) at place i.
pub(super) struct Buckets {
    pub(super) sets: [[u32; 256]; LENGTH],
    /// How many groups of [`GROUP`] buckets are in use: 1, 2 or 4.
    pub(super) groups: usize,
}

impl Buckets {
    /// Neighbours in alphabetic order share a bucket: they begin with the same byte or two, so that their bucket
    /// lets little else through.
    pub(super) fn of(grams: &[Gram]) -> Self {
        let groups = match grams.len() {
            0..=24 => 1,
            25..=400 => 2,
            _ => MOST / GROUP,
        };
        let (mut whole, mut short): (Vec<Gram>, Vec<Gram>) = grams.iter().partition(|gram| gram.whole);
        let all = groups * GROUP;
        // Three-byte grams stay among themselves: their open fourth byte would open a bucket for all others.
        let for_short = if short.is_empty() { 0 } else { (all * short.len() / grams.len()).clamp(1, all - 1) };
        let mut buckets = Self { sets: [[0; 256]; LENGTH], groups };
        buckets.fill(&mut short, 0, for_short);
        buckets.fill(&mut whole, for_short, all);
        buckets
    }

    fn fill(&mut self, grams: &mut [Gram], from: usize, to: usize) {
        grams.sort_unstable();
        for (index, gram) in grams.iter().enumerate() {
            let bucket = from + index * (to - from) / grams.len();
            for (set, byte) in self.sets.iter_mut().zip(gram.bytes) {
                for unfolded in [byte, byte & !fold(0)] {
                    set[usize::from(unfolded)] |= 1 << bucket;
                }
            }
            if !gram.whole {
                self.sets[LENGTH - 1].iter_mut().for_each(|buckets| *buckets |= 1 << bucket);
            }
        }
    }
}
