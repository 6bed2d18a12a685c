//! The kernel for processors with AVX2: 32 places at once.
//!
//! A byte set of up to eight buckets becomes two tables of 16 bytes, one for the low half of a byte and one for the
//! high half (the shuffle of SSSE3 and AVX2 reads one such table for 32 bytes at once). The technique is that of
//! Hyperscan's Teddy, with more buckets and without its comparison: what passes is looked up in a hash table.
//!
//! This is the one file of matching with `unsafe`: a load through a pointer, and the call of code that needs AVX2.

use std::arch::x86_64::{
    __m256i, _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_or_si256,
    _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_srli_epi16,
};

use super::buckets::{Buckets, GROUP, MOST};
use super::gram::{LENGTH, SHORTEST};

/// Places that one step looks at.
const STEP: usize = 32;

/// Bytes that one step reads.
const READ: usize = STEP + LENGTH - 1;

/// The halves of one group's byte sets, by place in the gram; each twice, since a shuffle works on halves of 16 bytes.
#[derive(Clone, Copy)]
struct Group {
    low: [[u8; STEP]; LENGTH],
    high: [[u8; STEP]; LENGTH],
}

pub(super) struct Vector {
    groups: [Group; MOST / GROUP],
    used: usize,
}

impl Vector {
    /// `None` on a processor without AVX2.
    pub(super) fn new(buckets: &Buckets) -> Option<Self> {
        let groups = std::array::from_fn(|group| Group::new(buckets, group));
        std::arch::is_x86_feature_detected!("avx2").then_some(Self { groups, used: buckets.groups })
    }

    /// Calls `look` with every place where a gram may stand, in order.
    #[expect(unsafe_code, reason = "the only way to call code for a processor that was asked for its features")]
    pub(super) fn run(&self, text: &[u8], look: &mut impl FnMut(usize)) {
        // SAFETY: a `Vector` exists only where `new` saw that the processor has AVX2.
        unsafe {
            match self.used {
                1 => steps::<1>(&self.groups, text, look),
                _ => steps::<{ MOST / GROUP }>(&self.groups, text, look),
            }
        }
    }
}

impl Group {
    fn new(buckets: &Buckets, group: usize) -> Self {
        let mut halves = Self { low: [[0; STEP]; LENGTH], high: [[0; STEP]; LENGTH] };
        for (place, set) in buckets.sets.iter().enumerate() {
            for (byte, of_all) in set.iter().enumerate() {
                let of_group = of_all.to_le_bytes()[group];
                for lane in [0, 16] {
                    halves.low[place][lane + (byte & 15)] |= of_group;
                    halves.high[place][lane + (byte >> 4)] |= of_group;
                }
            }
        }
        halves
    }
}

#[target_feature(enable = "avx2")]
fn steps<const GROUPS: usize>(groups: &[Group; MOST / GROUP], text: &[u8], look: &mut impl FnMut(usize)) {
    let mut low = [[_mm256_setzero_si256(); LENGTH]; GROUPS];
    let mut high = low;
    for group in 0..GROUPS {
        for place in 0..LENGTH {
            low[group][place] = load(&groups[group].low[place]);
            high[group][place] = load(&groups[group].high[place]);
        }
    }
    let mut at = 0;
    while let Some(block) = text.get(at..).and_then(<[u8]>::first_chunk::<READ>) {
        visit(step(&low, &high, block), at, look);
        at += STEP;
    }
    // The rest, with zeros behind it; a gram that these would complete is refused by the comparison.
    let rest = &text[at..];
    let mut padded = [0; 2 * STEP + LENGTH];
    padded[..rest.len()].copy_from_slice(rest);
    let last = (rest.len() + 1).saturating_sub(SHORTEST);
    for from in (0..last).step_by(STEP) {
        let Some(block) = padded[from..].first_chunk::<READ>() else { break };
        let within = u32::MAX >> (STEP - STEP.min(last - from));
        visit(step(&low, &high, block) & within, at + from, look);
    }
}

/// One bit for each of 32 places: whether a gram of some bucket may begin there.
#[target_feature(enable = "avx2")]
#[inline]
fn step<const GROUPS: usize>(
    low: &[[__m256i; LENGTH]; GROUPS],
    high: &[[__m256i; LENGTH]; GROUPS],
    block: &[u8; READ],
) -> u32 {
    let half = _mm256_set1_epi8(15);
    let mut buckets = [_mm256_set1_epi8(-1); GROUPS];
    for place in 0..LENGTH {
        let Some(bytes) = block[place..].first_chunk::<STEP>() else { return u32::MAX };
        let bytes = load(bytes);
        let lows = _mm256_and_si256(bytes, half);
        let highs = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), half);
        for group in 0..GROUPS {
            let by_low = _mm256_shuffle_epi8(low[group][place], lows);
            let by_high = _mm256_shuffle_epi8(high[group][place], highs);
            buckets[group] = _mm256_and_si256(buckets[group], _mm256_and_si256(by_low, by_high));
        }
    }
    let any = buckets.into_iter().fold(_mm256_setzero_si256(), |any, group| _mm256_or_si256(any, group));
    let none = _mm256_movemask_epi8(_mm256_cmpeq_epi8(any, _mm256_setzero_si256()));
    !none.cast_unsigned()
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
