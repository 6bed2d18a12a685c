//! The kernels for processors with vectors: 32 places at once with AVX2, 64 with AVX-512.
//!
//! With AVX2 a byte set of up to eight buckets becomes two tables of 16 bytes, one for the low half of a byte and one for
//! the high half (the shuffle of SSSE3 and AVX2 reads one such table for 32 bytes at once). The technique is that of
//! Hyperscan's Teddy, with more buckets and without its comparison: what passes is looked up in a hash table.
//!
//! AVX-512 reads tables of 128 bytes (VBMI), one for all of ASCII: the sets are exact, and fewer places pass.
//!
//! This is the one file of matching with `unsafe`: loads through a pointer, and calls of code that needs a processor's
//! features.

use std::arch::x86_64::{
    __m256i, __m512i, _mm_loadu_si128, _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8,
    _mm256_loadu_si256, _mm256_min_epu8, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8, _mm256_setzero_si256,
    _mm256_shuffle_epi8, _mm256_slli_epi16, _mm256_srli_epi16, _mm256_sub_epi8, _mm512_and_si512,
    _mm512_cmpeq_epi8_mask, _mm512_cmple_epu8_mask, _mm512_loadu_si512, _mm512_mask_mov_epi8, _mm512_movepi8_mask,
    _mm512_or_si512, _mm512_permutex2var_epi8, _mm512_set1_epi8, _mm512_sub_epi8, _mm512_test_epi8_mask,
};

use super::block::{AHEAD, BLOCK, Masks, Seen};
use super::tables::Tables;
use super::tables::buckets::{Buckets, GROUPS, Halves};
use super::tables::gram::LENGTH;
use super::words;
use crate::location::Span;

/// Places that one step looks at.
const STEP: usize = 32;

/// Bytes that one step reads.
const READ: usize = STEP + LENGTH - 1;

/// A sign that the processor has AVX2.
#[derive(Clone, Copy)]
pub(super) struct Avx2(());

impl Avx2 {
    /// `None` on a processor without it.
    pub(super) fn detect() -> Option<Self> {
        let has_all = std::arch::is_x86_feature_detected!("avx2")
            && std::arch::is_x86_feature_detected!("bmi1")
            && std::arch::is_x86_feature_detected!("bmi2")
            && std::arch::is_x86_feature_detected!("lzcnt")
            && std::arch::is_x86_feature_detected!("popcnt");
        has_all.then_some(Self(()))
    }

    /// As [`words::find`].
    #[expect(unsafe_code, reason = "the only way to call code for a processor that was asked for its features")]
    #[expect(clippy::unused_self, reason = "its being there is the proof")]
    pub(super) fn find(self, tables: &Tables, text: &[u8], found: &mut impl FnMut(usize, Span)) {
        // SAFETY: an `Avx2` exists only where `detect` saw that the processor has what this code is compiled for.
        unsafe {
            match tables.buckets.groups {
                1 => find::<1>(tables, text, found),
                _ => find::<GROUPS>(tables, text, found),
            }
        }
    }
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn find<const ALL: usize>(tables: &Tables, text: &[u8], found: &mut impl FnMut(usize, Span)) {
    let groups = groups::<ALL>(&tables.buckets);
    words::find(tables, text, |block| see(&groups, block), found);
}

/// What a block is.
#[target_feature(enable = "avx2")]
#[inline]
fn see<const ALL: usize>(groups: &[[Loaded; LENGTH]; ALL], block: &[u8; AHEAD]) -> Seen {
    let (Some(low), Some(high)) = (block.first_chunk::<READ>(), block[STEP..].first_chunk::<READ>()) else {
        return Seen::default();
    };
    let (Some(first), Some(second)) = (low.first_chunk(), high.first_chunk()) else { return Seen::default() };
    let grams = u64::from(step(groups, low)) | u64::from(step(groups, high)) << STEP;
    Seen { masks: masks(first).joined(masks(second)), grams }
}

/// What 32 bytes are.
#[target_feature(enable = "avx2")]
#[inline]
fn masks(bytes: &[u8; STEP]) -> Masks {
    let bytes = load(bytes);
    let is = |byte: u8| _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte.cast_signed()));
    let letters = within(_mm256_or_si256(bytes, _mm256_set1_epi8(0x20)), b'a', b'z');
    let digits = within(bytes, b'0', b'9');
    let dashes = is(b'-');
    let run = _mm256_or_si256(_mm256_or_si256(letters, digits), _mm256_or_si256(is(b'_'), dashes));
    let going_on = _mm256_or_si256(run, is(b'.'));
    // The bit of case becomes the highest, of which masks are made.
    let small = _mm256_slli_epi16::<2>(bytes);
    Masks { run: bits(run), going_on: bits(going_on), dashes: bits(dashes), letters: bits(letters), small: bits(small) }
}

/// Which bytes are between two, both included.
#[target_feature(enable = "avx2")]
#[inline]
fn within(bytes: __m256i, first: u8, last: u8) -> __m256i {
    let above = _mm256_sub_epi8(bytes, _mm256_set1_epi8(first.cast_signed()));
    _mm256_cmpeq_epi8(_mm256_min_epu8(above, _mm256_set1_epi8((last - first).cast_signed())), above)
}

/// The highest bit of each byte.
#[target_feature(enable = "avx2")]
#[inline]
fn bits(bytes: __m256i) -> u64 {
    u64::from(_mm256_movemask_epi8(bytes).cast_unsigned())
}

impl Masks {
    /// These 32 places, and after them those of `high`.
    #[inline]
    fn joined(self, high: Self) -> Self {
        Self {
            run: self.run | high.run << STEP,
            going_on: self.going_on | high.going_on << STEP,
            dashes: self.dashes | high.dashes << STEP,
            letters: self.letters | high.letters << STEP,
            small: self.small | high.small << STEP,
        }
    }
}

/// Two tables in both lanes of a vector each.
#[derive(Clone, Copy)]
struct Loaded {
    low: __m256i,
    high: __m256i,
}

#[target_feature(enable = "avx2")]
#[inline]
fn groups<const ALL: usize>(buckets: &Buckets) -> [[Loaded; LENGTH]; ALL] {
    std::array::from_fn(|group| std::array::from_fn(|place| loaded(&buckets.halves[group][place])))
}

/// One bit for each of 32 places: whether a gram of some bucket may begin there.
#[target_feature(enable = "avx2")]
#[inline]
fn step<const ALL: usize>(groups: &[[Loaded; LENGTH]; ALL], block: &[u8; READ]) -> u32 {
    let mut buckets = [_mm256_set1_epi8(-1); ALL];
    for place in 0..LENGTH {
        let Some(bytes) = block[place..].first_chunk::<STEP>() else { return u32::MAX };
        let halves = halves(bytes);
        for group in 0..ALL {
            buckets[group] = _mm256_and_si256(buckets[group], among(groups[group][place], halves));
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
fn among(tables: Loaded, (low, high): (__m256i, __m256i)) -> __m256i {
    _mm256_and_si256(_mm256_shuffle_epi8(tables.low, low), _mm256_shuffle_epi8(tables.high, high))
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

/// What the wide kernel reads of the buckets, and the sign that the processor has what it needs.
pub(super) struct Avx512(Box<Exact>);

/// The byte sets of all buckets, eight buckets a group.
struct Exact {
    /// By place of a byte in a gram and by group: for each byte of ASCII, the buckets whose set holds it.
    ascii: [[[u8; 128]; GROUPS]; LENGTH],
    /// The buckets whose set holds any other byte: they hold all of those, or let a few more places through.
    others: [[u8; GROUPS]; LENGTH],
    groups: usize,
}

impl Avx512 {
    /// `None` on a processor without it.
    pub(super) fn detect(buckets: &Buckets) -> Option<Self> {
        let has_all = std::arch::is_x86_feature_detected!("avx512f")
            && std::arch::is_x86_feature_detected!("avx512bw")
            && std::arch::is_x86_feature_detected!("avx512vbmi");
        Avx2::detect().filter(|_| has_all).map(|_| Self(Box::new(Exact::of(buckets))))
    }

    /// As [`words::find`].
    #[expect(unsafe_code, reason = "the only way to call code for a processor that was asked for its features")]
    pub(super) fn find(&self, tables: &Tables, text: &[u8], found: &mut impl FnMut(usize, Span)) {
        // SAFETY: an `Avx512` exists only where `detect` saw that the processor has what this code is compiled for.
        unsafe {
            match self.0.groups {
                1 => find_wide::<1>(&self.0, tables, text, found),
                _ => find_wide::<GROUPS>(&self.0, tables, text, found),
            }
        }
    }
}

impl Exact {
    fn of(buckets: &Buckets) -> Self {
        let of_group = |set: u32, group: usize| set.to_le_bytes()[group];
        let places = |place: usize| &buckets.sets[place];
        Self {
            ascii: std::array::from_fn(|place| {
                std::array::from_fn(|group| std::array::from_fn(|byte| of_group(places(place)[byte], group)))
            }),
            others: std::array::from_fn(|place| {
                let all = places(place)[128..].iter().fold(0, |all, set| all | set);
                std::array::from_fn(|group| of_group(all, group))
            }),
            groups: buckets.groups,
        }
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx2,bmi1,bmi2,lzcnt,popcnt")]
fn find_wide<const ALL: usize>(exact: &Exact, tables: &Tables, text: &[u8], found: &mut impl FnMut(usize, Span)) {
    words::find(tables, text, |block| see_wide::<ALL>(exact, block), found);
}

/// What a block is.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
#[inline]
fn see_wide<const ALL: usize>(exact: &Exact, block: &[u8; AHEAD]) -> Seen {
    let Some(bytes) = block.first_chunk() else { return Seen::default() };
    Seen { masks: masks_wide(load_wide(bytes)), grams: grams_wide::<ALL>(exact, block) }
}

/// What 64 bytes are.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn masks_wide(bytes: __m512i) -> Masks {
    let is = |byte: u8| _mm512_cmpeq_epi8_mask(bytes, wide(byte));
    let within =
        |bytes, first: u8, last: u8| _mm512_cmple_epu8_mask(_mm512_sub_epi8(bytes, wide(first)), wide(last - first));
    let letters = within(_mm512_or_si512(bytes, wide(0x20)), b'a', b'z');
    let dashes = is(b'-');
    let run = letters | within(bytes, b'0', b'9') | is(b'_') | dashes;
    Masks { run, going_on: run | is(b'.'), dashes, letters, small: _mm512_test_epi8_mask(bytes, wide(0x20)) }
}

#[target_feature(enable = "avx512f")]
#[inline]
fn wide(byte: u8) -> __m512i {
    _mm512_set1_epi8(byte.cast_signed())
}

/// One bit for each of 64 places: whether a gram of some bucket may begin there.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
#[inline]
fn grams_wide<const ALL: usize>(exact: &Exact, block: &[u8; AHEAD]) -> u64 {
    let mut buckets = [wide(u8::MAX); ALL];
    for place in 0..LENGTH {
        let Some(bytes) = block[place..].first_chunk() else { return u64::MAX };
        let bytes = load_wide(bytes);
        let others = _mm512_movepi8_mask(bytes);
        for ((group, table), beyond) in buckets.iter_mut().zip(&exact.ascii[place]).zip(exact.others[place]) {
            let mut among = among_wide(table, bytes);
            if others != 0 {
                among = _mm512_mask_mov_epi8(among, others, wide(beyond));
            }
            *group = _mm512_and_si512(*group, among);
        }
    }
    let any = buckets.into_iter().fold(wide(0), |any, group| _mm512_or_si512(any, group));
    _mm512_test_epi8_mask(any, any)
}

/// For each byte, the buckets whose set holds it, if it is of ASCII.
#[target_feature(enable = "avx512f,avx512vbmi")]
#[inline]
fn among_wide(table: &[u8; 128], bytes: __m512i) -> __m512i {
    let (Some(low), Some(high)) = (table.first_chunk(), table.last_chunk()) else { return wide(u8::MAX) };
    _mm512_permutex2var_epi8(load_wide(low), bytes, load_wide(high))
}

#[target_feature(enable = "avx512f")]
#[inline]
#[expect(unsafe_code, reason = "vectors are loaded through pointers only")]
fn load_wide(bytes: &[u8; BLOCK]) -> __m512i {
    // SAFETY: the reference is to 64 readable bytes, and this load needs no alignment.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}
