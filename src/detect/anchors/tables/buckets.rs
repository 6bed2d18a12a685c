//! Grams spread over buckets, so that a few small tables can tell where none of them stands.

use super::common::{Common, Passes};
use super::gram::{FREQUENCIES, Gram, LENGTH, fold};

/// Most buckets: one bit each in a table's entry.
pub(crate) const MOST: usize = 32;

/// Buckets in one group: one bit each of a byte.
pub(crate) const GROUP: usize = 8;

/// How many groups of [`GROUP`] buckets there are at most.
pub(crate) const GROUPS: usize = MOST / GROUP;

/// What each bucket lets through, in the form that each kernel reads.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Buckets {
    /// For each byte of a gram, the byte sets of all buckets: bit b of `sets[i][x]` says that some gram of bucket b may
    /// have the byte x (in either case) at place i.
    pub(crate) sets: [[u32; 256]; LENGTH],
    /// The same by group of buckets, the halves of the bytes apart.
    pub(crate) halves: [[Halves; LENGTH]; GROUPS],
    /// How many groups are in use: 1 or [`GROUPS`].
    pub(crate) groups: usize,
}

/// A byte set of each of eight buckets as two tables, one for the low half of a byte and one for the high half. It may
/// hold more than the set: whatever has a low half and a high half in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Halves {
    pub(crate) low: [u8; 16],
    pub(crate) high: [u8; 16],
}

impl Buckets {
    /// Puts each gram, the commonest first, into the bucket that it widens least.
    pub(crate) fn of(grams: &[Gram]) -> Self {
        let groups = if grams.len() <= GROUP { 1 } else { GROUPS };
        Dealt::new(grams, groups).buckets
    }

    fn add(&mut self, gram: &Gram, bucket: usize) {
        for (place, byte) in gram.bytes.into_iter().enumerate() {
            if place + 1 == LENGTH && !gram.whole {
                for any in 0..=u8::MAX {
                    self.admit(place, any, bucket);
                }
            } else {
                for unfolded in [byte, byte & !fold(0)] {
                    self.admit(place, unfolded, bucket);
                }
            }
        }
    }

    fn admit(&mut self, place: usize, byte: u8, bucket: usize) {
        self.sets[place][usize::from(byte)] |= 1 << bucket;
        let halves = &mut self.halves[bucket / GROUP][place];
        halves.low[usize::from(byte & 15)] |= 1 << (bucket % GROUP);
        halves.high[usize::from(byte >> 4)] |= 1 << (bucket % GROUP);
    }
}

/// Grams dealt out to buckets.
struct Dealt {
    buckets: Buckets,
    costs: Vec<Bucket>,
    /// By bucket, what it lets through of the commonest grams.
    passes: Vec<Passes>,
    /// What any lets through.
    passed: Box<[u64]>,
}

impl Dealt {
    fn new(grams: &[Gram], groups: usize) -> Self {
        let halves = [[Halves { low: [0; 16], high: [0; 16] }; LENGTH]; GROUPS];
        let buckets = Buckets { sets: [[0; 256]; LENGTH], halves, groups };
        let (count, common) = (groups * GROUP, Common::get());
        let (costs, passes) = (vec![Bucket::default(); count], vec![common.nothing(); count]);
        let mut dealt = Self { buckets, costs, passes, passed: common.none() };
        let mut order: Vec<(f32, &Gram)> = grams.iter().map(|gram| (Bucket::default().with(gram).rate, gram)).collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        order.dedup_by_key(|(_, gram)| (gram.bytes, gram.whole));
        for (_, gram) in order {
            dealt.add(gram);
        }
        dealt
    }

    /// What the commonest grams do not tell is told by how common bytes are.
    fn add(&mut self, gram: &Gram) {
        let common = Common::get();
        let wider = |(bucket, passes): (&Bucket, &Passes)| {
            (bucket.with(gram).rate - bucket.rate) * 1e6 + common.beyond(passes, gram, &self.passed)
        };
        let widened = self.costs.iter().zip(&self.passes).map(wider).enumerate();
        if let Some((index, _)) = widened.min_by(|a, b| a.1.total_cmp(&b.1)) {
            self.costs[index] = self.costs[index].with(gram);
            common.add(&mut self.passes[index], gram, &mut self.passed);
            self.buckets.add(gram, index);
        }
    }
}

/// What one bucket lets through, as the vector kernel sees it: the halves of the bytes apart.
#[derive(Clone, Copy, Default)]
struct Bucket {
    /// By place: which low halves occur.
    low: [u16; LENGTH],
    high: [u16; LENGTH],
    /// The share of a text's places that it lets through, by the model of [`FREQUENCIES`].
    rate: f32,
}

impl Bucket {
    fn with(self, gram: &Gram) -> Self {
        let mut wider = self;
        wider.rate = 1.0;
        for (place, byte) in gram.bytes.iter().enumerate() {
            if place + 1 == LENGTH && !gram.whole {
                (wider.low[place], wider.high[place]) = (u16::MAX, u16::MAX);
            } else {
                wider.low[place] |= 1 << (byte & 15);
                wider.high[place] |= 1 << (byte >> 4);
            }
            wider.rate *= share(wider.low[place], wider.high[place]);
        }
        wider
    }
}

/// The share of folded bytes whose halves are both in the sets.
fn share(low: u16, high: u16) -> f32 {
    if high == u16::MAX {
        return 1.0;
    }
    bits(high).map(|high| bits(low).map(|low| FREQUENCIES[high << 4 | low]).sum::<f32>()).sum()
}

fn bits(mut set: u16) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lowest = set.trailing_zeros() as usize;
        set &= set.wrapping_sub(1);
        (lowest < 16).then_some(lowest)
    })
}
