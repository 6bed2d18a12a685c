//! What buckets let through of the commonest grams of source text: bytes do not follow each other by chance, and a few
//! hundred grams (`tion`, `stri`) are half of what passes.

use std::sync::LazyLock;

use super::gram::{Frequencies, Gram, LENGTH};

/// Some of the commonest grams, one bit each, in the order of [`Common`].
type Set = Box<[u64]>;

/// Grams of one bit each in a word of a set.
const WORD: usize = 64;

/// The commonest grams, by the halves of their bytes.
pub(super) struct Common {
    /// By place in the gram and by half of the byte there: the low ones, and behind them the high ones.
    having: [[Set; 32]; LENGTH],
    /// How often each gram of a word stands in a million bytes.
    rates: Box<[f32]>,
}

/// What the halves of one bucket's grams let through at each place.
#[derive(Clone)]
pub(super) struct Passes {
    low: [Set; LENGTH],
    high: [Set; LENGTH],
}

impl Common {
    pub(super) fn get() -> &'static Self {
        static COMMON: LazyLock<Common> = LazyLock::new(|| Common::of(Frequencies::get()));
        &COMMON
    }

    /// Those of one rate fill words of their own, so that to sum is to count bits.
    fn of(frequencies: &Frequencies) -> Self {
        let classes = frequencies.by_rate();
        let words = |grams: &Vec<_>| grams.len().div_ceil(WORD);
        let rates: Box<[f32]> =
            classes.iter().flat_map(|(rate, grams)| std::iter::repeat_n(*rate, words(grams))).collect();
        let mut having = [(); LENGTH].map(|()| [(); 32].map(|()| vec![0; rates.len()].into_boxed_slice()));
        let mut first = 0;
        for (_, grams) in &classes {
            for (index, gram) in grams.iter().enumerate() {
                let (word, bit) = (first + index / WORD, 1 << (index % WORD));
                for (having, byte) in having.iter_mut().zip(gram) {
                    for half in halves(*byte) {
                        having[half][word] |= bit;
                    }
                }
            }
            first += words(grams);
        }
        Self { having, rates }
    }

    pub(super) fn none(&self) -> Set {
        vec![0; self.rates.len()].into_boxed_slice()
    }

    /// A bucket without a gram.
    pub(super) fn nothing(&self) -> Passes {
        let none = || [(); LENGTH].map(|()| self.none());
        Passes { low: none(), high: none() }
    }

    /// How many places in a million a bucket lets through beyond those of `before`, if it holds this gram too.
    pub(super) fn beyond(&self, passes: &Passes, gram: &Gram, before: &[u64]) -> f32 {
        let more = |word: usize| self.wider(passes, gram, word) & !before[word];
        #[expect(clippy::cast_precision_loss, reason = "64 at most")]
        let rate = |word: usize| more(word).count_ones() as f32 * self.rates[word];
        (0..self.rates.len()).map(rate).sum()
    }

    /// Adds a gram to a bucket, and what the bucket lets through then to `all`.
    pub(super) fn add(&self, passes: &mut Passes, gram: &Gram, all: &mut [u64]) {
        for (word, all) in all.iter_mut().enumerate() {
            *all |= self.wider(passes, gram, word);
            for place in 0..LENGTH {
                let (low, high) = self.at(gram, place, word);
                passes.low[place][word] |= low;
                passes.high[place][word] |= high;
            }
        }
    }

    /// Of one word, what a bucket lets through that holds this gram too.
    #[inline]
    fn wider(&self, passes: &Passes, gram: &Gram, word: usize) -> u64 {
        (0..LENGTH).fold(u64::MAX, |all, place| {
            let (low, high) = self.at(gram, place, word);
            all & (passes.low[place][word] | low) & (passes.high[place][word] | high)
        })
    }

    /// Of one word, what has the halves that the gram has at this place.
    #[inline]
    fn at(&self, gram: &Gram, place: usize, word: usize) -> (u64, u64) {
        if place + 1 == LENGTH && !gram.whole {
            return (u64::MAX, u64::MAX);
        }
        let [low, high] = halves(gram.bytes[place]);
        (self.having[place][low][word], self.having[place][high][word])
    }
}

/// The places of a byte's halves among those of [`Common::having`].
#[inline]
const fn halves(byte: u8) -> [usize; 2] {
    [(byte & 15) as usize, 16 + (byte >> 4) as usize]
}
