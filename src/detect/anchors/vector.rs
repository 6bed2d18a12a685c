//! The kernel for processors with AVX2: 32 places at once.
//!
//! A byte set of up to eight buckets becomes two tables of 16 bytes, one for the low half of a byte and one for the
//! high half (the shuffle of SSSE3 and AVX2 reads one such table for 32 bytes at once). The technique is that of
//! Hyperscan's Teddy, with more buckets and without its comparison: what passes is looked up in a hash table.
//!
//! This is the one file of matching with `unsafe`: a load through a pointer, and the call of code that needs AVX2.

use std::arch::x86_64::{
    __m256i, _mm_loadu_si128, _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8, _mm256_loadu_si256,
    _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8,
    _mm256_srli_epi16,
};

use super::tables::Tables;
use super::tables::buckets::{Buckets, GROUPS, Halves};
use super::tables::gram::{LENGTH, SHORTEST, is_word};
use super::values;
use crate::location::Span;
use crate::rules::kinds;

/// Places that one step looks at.
const STEP: usize = 32;

/// Bytes that one step reads: the one before its first place too.
const READ: usize = 1 + STEP + LENGTH - 1;

/// Which bytes belong to words, and which to runs.
static WORD: Halves = halves_of(true);
static RUN: Halves = halves_of(false);

/// A sign that the processor has AVX2.
#[derive(Clone, Copy)]
pub(super) struct Avx2(());

impl Avx2 {
    /// `None` on a processor without it.
    pub(super) fn detect() -> Option<Self> {
        std::arch::is_x86_feature_detected!("avx2").then_some(Self(()))
    }

    /// Calls `look` with every place where a gram may stand, in order.
    #[expect(unsafe_code, reason = "the only way to call code for a processor that was asked for its features")]
    #[expect(clippy::unused_self, reason = "its being there is the proof")]
    pub(super) fn run(self, buckets: &Buckets, text: &[u8], look: &mut impl FnMut(usize)) {
        // SAFETY: an `Avx2` exists only where `detect` saw that the processor has AVX2.
        unsafe {
            match (buckets.groups, buckets.word_groups) {
                (1, _) => steps::<1, 0>(buckets, text, look),
                (_, 0) => steps::<GROUPS, 0>(buckets, text, look),
                (_, 1) => steps::<GROUPS, 1>(buckets, text, look),
                (_, 2) => steps::<GROUPS, 2>(buckets, text, look),
                (_, 3) => steps::<GROUPS, 3>(buckets, text, look),
                _ => steps::<GROUPS, GROUPS>(buckets, text, look),
            }
        }
    }

    /// As [`values::find`].
    #[expect(unsafe_code, reason = "the only way to call code for a processor that was asked for its features")]
    #[expect(clippy::unused_self, reason = "its being there is the proof")]
    pub(super) fn values(self, tables: &Tables, text: &[u8], found: &mut impl FnMut(usize, Span)) {
        // SAFETY: an `Avx2` exists only where `detect` saw that the processor has AVX2.
        unsafe { values(tables, text, found) }
    }
}

/// Bit h of `low[l]` and of `high[h]` for each byte of the halves h and l that is in the set; all are below 0x80.
const fn halves_of(words: bool) -> Halves {
    let mut halves = Halves { low: [0; 16], high: [0; 16] };
    let mut byte = 0;
    while byte < 0x80 {
        let (low, high) = (byte as usize & 15, byte as usize >> 4);
        if words && is_word(byte) || !words && kinds(byte) != 0 {
            halves.low[low] |= 1 << high;
            halves.high[high] |= 1 << high;
        }
        byte += 1;
    }
    halves
}

#[target_feature(enable = "avx2")]
fn values(tables: &Tables, text: &[u8], found: &mut impl FnMut(usize, Span)) {
    let run = loaded(&RUN);
    let half = |bytes: &[u8; STEP]| {
        let no_run = _mm256_cmpeq_epi8(find(run, halves(bytes)), _mm256_setzero_si256());
        u64::from(!_mm256_movemask_epi8(no_run).cast_unsigned())
    };
    let mask = |block: &[u8; values::BLOCK]| match (block.first_chunk(), block.last_chunk()) {
        (Some(low), Some(high)) => half(low) | half(high) << STEP,
        _ => u64::MAX,
    };
    values::find(tables, text, mask, found);
}

/// Two tables in both lanes of a vector each.
#[derive(Clone, Copy)]
struct Loaded {
    low: __m256i,
    high: __m256i,
}

#[target_feature(enable = "avx2")]
#[expect(
    clippy::needless_range_loop,
    reason = "loops with constant ends are unrolled, and the vectors stay in registers"
)]
fn steps<const ALL: usize, const WORDS: usize>(buckets: &Buckets, text: &[u8], look: &mut impl FnMut(usize)) {
    let mut groups = [[loaded(&WORD); LENGTH]; ALL];
    for group in 0..ALL {
        for place in 0..LENGTH {
            groups[group][place] = loaded(&buckets.halves[group][place]);
        }
    }
    let word = loaded(&WORD);
    // The first places: before the text stands no word.
    let mut first = [0; READ];
    let ahead = text.len().min(READ - 1);
    first[1..=ahead].copy_from_slice(&text[..ahead]);
    let places = (text.len() + 1).saturating_sub(SHORTEST);
    visit(step::<ALL, WORDS>(&groups, word, &first) & until(places), 0, look);
    let mut at = STEP;
    while let Some(block) = text.get(at - 1..).and_then(<[u8]>::first_chunk::<READ>) {
        visit(step::<ALL, WORDS>(&groups, word, block), at, look);
        at += STEP;
    }
    // The rest, with zeros behind it; a gram that these would complete is refused by the comparison.
    while at < places {
        let mut padded = [0; READ];
        let rest = &text[at - 1..text.len().min(at - 1 + READ)];
        padded[..rest.len()].copy_from_slice(rest);
        visit(step::<ALL, WORDS>(&groups, word, &padded) & until(places - at), at, look);
        at += STEP;
    }
}

/// The first so many of 32 places.
fn until(places: usize) -> u32 {
    u32::MAX.checked_shr(32 - u32::try_from(places.min(STEP)).unwrap_or(32)).unwrap_or(0)
}

/// One bit for each of 32 places: whether a gram of some bucket may begin there.
#[target_feature(enable = "avx2")]
#[inline]
#[expect(clippy::needless_range_loop, reason = "as above")]
fn step<const ALL: usize, const WORDS: usize>(
    groups: &[[Loaded; LENGTH]; ALL],
    word: Loaded,
    block: &[u8; READ],
) -> u32 {
    let mut buckets = [_mm256_set1_epi8(-1); ALL];
    if WORDS > 0 {
        let Some(before) = block.first_chunk::<STEP>() else { return u32::MAX };
        let inside = find(word, halves(before));
        let begins = _mm256_cmpeq_epi8(inside, _mm256_setzero_si256());
        for group in 0..WORDS {
            buckets[group] = begins;
        }
    }
    for place in 0..LENGTH {
        let Some(bytes) = block[1 + place..].first_chunk::<STEP>() else { return u32::MAX };
        let halves = halves(bytes);
        for group in 0..ALL {
            buckets[group] = _mm256_and_si256(buckets[group], find(groups[group][place], halves));
        }
    }
    let any = buckets.into_iter().fold(_mm256_setzero_si256(), |any, group| _mm256_or_si256(any, group));
    let none = _mm256_movemask_epi8(_mm256_cmpeq_epi8(any, _mm256_setzero_si256()));
    !none.cast_unsigned()
}

/// The low and the high halves of 32 bytes.
#[target_feature(enable = "avx2")]
#[inline]
fn halves(bytes: &[u8; STEP]) -> (__m256i, __m256i) {
    let (bytes, half) = (load(bytes), _mm256_set1_epi8(15));
    (_mm256_and_si256(bytes, half), _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), half))
}

/// For each byte, the buckets whose set holds it.
#[target_feature(enable = "avx2")]
#[inline]
fn find(tables: Loaded, (low, high): (__m256i, __m256i)) -> __m256i {
    _mm256_and_si256(_mm256_shuffle_epi8(tables.low, low), _mm256_shuffle_epi8(tables.high, high))
}

#[inline]
fn visit(mut places: u32, from: usize, look: &mut impl FnMut(usize)) {
    while places != 0 {
        look(from + places.trailing_zeros() as usize);
        places &= places - 1;
    }
}

#[target_feature(enable = "avx2")]
#[inline]
#[expect(unsafe_code, reason = "vectors are loaded through pointers only")]
fn load(bytes: &[u8; STEP]) -> __m256i {
    // SAFETY: the reference is to 32 readable bytes, and this load needs no alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

#[target_feature(enable = "avx2")]
#[inline]
#[expect(unsafe_code, reason = "vectors are loaded through pointers only")]
fn loaded(halves: &Halves) -> Loaded {
    // SAFETY: the references are to 16 readable bytes each, and this load needs no alignment.
    let load = |half: &[u8; 16]| unsafe { _mm256_broadcastsi128_si256(_mm_loadu_si128(half.as_ptr().cast())) };
    Loaded { low: load(&halves.low), high: load(&halves.high) }
}
