//! The kernels for processors with vectors: 32 places at once with AVX2, 64 with AVX-512.
//!
//! With AVX2 a byte set of up to eight buckets becomes two tables of 16 bytes, one for the low half of a byte and one for
//! the high half (the shuffle of SSSE3 and AVX2 reads one such table for 32 bytes at once). The technique is that of
//! Hyperscan's Teddy, with more buckets and without its comparison: what passes is looked up in a hash table.
//!
//! AVX-512 reads tables of 64 bytes (VBMI), enough for what tells letters and digits apart: the sets are all but exact, and
//! fewer places pass. It also lists the places of bits (VBMI2) and asks the sieve about sixteen at once, so it works on batches
//! of blocks ([`batch`]); without it that would cost more than it spares.
//!
//! This is the one file of matching with `unsafe`: loads and stores through pointers, and calls of code that needs a processor's
//! features.

use std::arch::x86_64::{
    __m256i, __m512i, _mm_cvtsi32_si128, _mm_loadu_si128, _mm256_and_si256, _mm256_broadcastsi128_si256,
    _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_min_epu8, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8,
    _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_slli_epi16, _mm256_srli_epi16, _mm256_sub_epi8, _mm512_add_epi16,
    _mm512_and_si512, _mm512_castsi512_si256, _mm512_cmpeq_epi8_mask, _mm512_cmple_epu8_mask, _mm512_cvtepu8_epi16,
    _mm512_cvtepu16_epi32, _mm512_extracti64x4_epi64, _mm512_i32gather_epi32, _mm512_loadu_si512,
    _mm512_maskz_compress_epi8, _mm512_min_epu32, _mm512_mullo_epi32, _mm512_or_si512, _mm512_permutexvar_epi8,
    _mm512_set1_epi8, _mm512_set1_epi16, _mm512_set1_epi32, _mm512_sll_epi32, _mm512_sllv_epi32, _mm512_srli_epi16,
    _mm512_srli_epi32, _mm512_storeu_si512, _mm512_sub_epi8, _mm512_ternarylogic_epi32, _mm512_test_epi8_mask,
    _mm512_test_epi32_mask, _pdep_u64,
};

use super::batch::{self, Admitted, Asked, BATCH, ROOM};
use super::block::{AHEAD, BLOCK, Masks, Seen};
use super::tables::Tables;
use super::tables::buckets::{Buckets, GROUPS, Halves};
use super::tables::gram::{HEAD, LENGTH};
use super::tables::sieve::{Begins, FACTOR, LANE, LANES, SEEN, Sieve};
use super::words;
use crate::location::Span;

/// Places that one step looks at.
const STEP: usize = 32;

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

/// What a block is. Where it is inlined the compiler takes its vectors apart, and it takes twice as long.
#[target_feature(enable = "avx2")]
#[inline(never)]
fn see<const ALL: usize>(groups: &[[Loaded; LENGTH]; ALL], block: &[u8; AHEAD]) -> Seen {
    let (Some(first), Some(second)) = (block.first_chunk(), block[STEP..].first_chunk()) else {
        return Seen::default();
    };
    Seen { masks: masks(first).joined(masks(second)), grams: grams(groups, block) }
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
    Masks {
        run: bits(run),
        going_on: bits(going_on),
        dashes: bits(dashes),
        letters: bits(letters),
        small: bits(small),
        newlines: bits(is(b'\n')),
    }
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
            newlines: self.newlines | high.newlines << STEP,
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

/// One bit for each of 64 places: whether a gram of some bucket may begin there. Each table is read once for both halves of
/// the block.
#[target_feature(enable = "avx2")]
#[inline]
fn grams<const ALL: usize>(groups: &[[Loaded; LENGTH]; ALL], block: &[u8; AHEAD]) -> u64 {
    let mut buckets = [[_mm256_set1_epi8(-1); ALL]; 2];
    for place in 0..LENGTH {
        let (Some(first), Some(second)) = (block[place..].first_chunk(), block[STEP + place..].first_chunk()) else {
            return u64::MAX;
        };
        let (first, second) = (halves(first), halves(second));
        for group in 0..ALL {
            let tables = groups[group][place];
            buckets[0][group] = _mm256_and_si256(buckets[0][group], among(tables, first));
            buckets[1][group] = _mm256_and_si256(buckets[1][group], among(tables, second));
        }
    }
    let [low, high] = buckets.map(|groups| any(groups));
    u64::from(low) | u64::from(high) << STEP
}

/// In which of 32 places there is any bucket.
#[target_feature(enable = "avx2")]
#[inline]
fn any<const ALL: usize>(groups: [__m256i; ALL]) -> u32 {
    let any = groups.into_iter().fold(_mm256_setzero_si256(), |any, group| _mm256_or_si256(any, group));
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

/// The byte sets of all buckets, eight buckets a group: by place of a byte in a gram and by group, for each byte, of which
/// [`folded_wide`] says what counts, the buckets whose set holds it.
struct Exact {
    sets: [[[u8; BLOCK]; GROUPS]; LENGTH],
    groups: usize,
}

impl Avx512 {
    /// `None` on a processor without it.
    pub(super) fn detect(buckets: &Buckets) -> Option<Self> {
        let has_all = std::arch::is_x86_feature_detected!("avx512f")
            && std::arch::is_x86_feature_detected!("avx512bw")
            && std::arch::is_x86_feature_detected!("avx512vbmi")
            && std::arch::is_x86_feature_detected!("avx512vbmi2")
            && std::arch::is_x86_feature_detected!("avx512vl")
            // Not needed, but no processor that gathers slowly has it.
            && std::arch::is_x86_feature_detected!("avx512bf16");
        Avx2::detect().filter(|_| has_all).map(|_| Self(Box::new(Exact::of(buckets))))
    }

    /// As [`batch::find`].
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
        let mut sets = [[[0; BLOCK]; GROUPS]; LENGTH];
        for (of_place, all) in sets.iter_mut().zip(&buckets.sets) {
            for (byte, set) in all.iter().enumerate() {
                let folded = byte & 0x1f | byte >> 1 & 0x20;
                for (group, set) in of_place.iter_mut().zip(set.to_le_bytes()) {
                    group[folded] |= set;
                }
            }
        }
        Self { sets, groups: buckets.groups }
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,avx512vl,avx2,bmi1,bmi2,lzcnt,popcnt")]
fn find_wide<const ALL: usize>(exact: &Exact, tables: &Tables, text: &[u8], found: &mut impl FnMut(usize, Span)) {
    batch::find(
        tables,
        text,
        |block| see_wide::<ALL>(exact, block),
        |blocks, places| flatten(blocks, places),
        |asked, bytes, sieve, places| sift(asked, bytes, sieve, places),
        found,
    );
}

/// Lists the places of all bits of these blocks, in order; how many there are. More may be written.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,popcnt")]
#[inline]
#[expect(unsafe_code, reason = "vectors are stored through pointers only")]
fn flatten(blocks: &[u64], places: &mut [u16; ROOM]) -> usize {
    let all = load_wide(&PLACES);
    let mut count = 0;
    for (first, bits) in (0_i16..).step_by(BLOCK).zip(blocks) {
        let Some(room) = places[count..].first_chunk_mut::<BLOCK>() else { return count };
        let at = _mm512_maskz_compress_epi8(*bits, all);
        let first = _mm512_set1_epi16(first);
        let low = _mm512_add_epi16(_mm512_cvtepu8_epi16(_mm512_castsi512_si256(at)), first);
        // SAFETY: there is room for 64 places, and this store needs no alignment.
        unsafe { _mm512_storeu_si512(room.as_mut_ptr().cast(), low) };
        let ones = bits.count_ones() as usize;
        if ones > BLOCK / 2 {
            let high = _mm512_add_epi16(_mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64::<1>(at)), first);
            // SAFETY: as above, for the second half of them.
            unsafe { _mm512_storeu_si512(room.as_mut_ptr().add(BLOCK / 2).cast(), high) };
        }
        count += ones;
    }
    count
}

/// Where the sieve lets something begin, given the bytes of the batch.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,avx512vl,bmi2,popcnt")]
#[inline]
fn sift(asked: &Asked, bytes: &[u8], sieve: &Sieve, places: &mut [u16; ROOM]) -> Admitted {
    let (mut admitted, mut all) = (Admitted::default(), [0; BATCH]);
    let blocks = asked.blocks.min(BATCH);
    for (all, (grams, beginnings)) in all.iter_mut().zip(asked.grams.iter().zip(&asked.beginnings)).take(blocks) {
        *all = grams | beginnings;
    }
    let count = flatten(&all[..blocks], places);
    let Some(bytes) = bytes.get(..blocks * BLOCK + HEAD) else { return admitted };
    let [of_grams, of_standing, of_before] = ask(sieve, bytes, places, count);
    let mut from = 0;
    for (index, &all) in all[..blocks].iter().enumerate() {
        let (grams, beginnings) = (asked.grams[index], asked.beginnings[index]);
        admitted.grams[index] = grams & _pdep_u64(of_grams.from(from), all);
        admitted.standing[index] = beginnings & _pdep_u64(of_standing.from(from), all);
        admitted.before[index] = beginnings & _pdep_u64(of_before.from(from), all);
        from += all.count_ones() as usize;
    }
    admitted
}

/// Places that the sieve is asked about at once.
const GROUP: usize = 16;

/// Of listed places, in order, a bit each: whether something may begin there.
#[derive(Clone, Copy)]
struct Passed([u64; ROOM / 64 + 1]);

impl Passed {
    const NONE: Self = Self([0; ROOM / 64 + 1]);

    /// The bits of a place and the 63 after it.
    #[inline]
    fn from(&self, place: usize) -> u64 {
        let Some([low, high]) = self.0.get(place / 64..).and_then(<[u64]>::first_chunk) else { return 0 };
        low >> (place % 64) | high << 1 << (63 - place % 64)
    }
}

/// Asks the sieve about so many places within these bytes, sixteen at once: in the order of its lanes.
///
/// Gathering is slow where the processor is guarded against reading what others have left in its buffers (Intel before
/// Sapphire Rapids): [`Avx512::detect`] takes none of those.
#[target_feature(enable = "avx512f,avx512vl")]
#[inline]
#[expect(unsafe_code, reason = "vectors are loaded through pointers only")]
fn ask(sieve: &Sieve, bytes: &[u8], places: &[u16; ROOM], count: usize) -> [Passed; Begins::ALL.len()] {
    let (letters, factor) = (_mm512_set1_epi32(i32::from_ne_bytes([SEEN; 4])), _mm512_set1_epi32(FACTOR.cast_signed()));
    let mut passed = [Passed::NONE; Begins::ALL.len()];
    let Some(last) = bytes.len().checked_sub(4).and_then(|last| i32::try_from(last).ok()) else { return passed };
    for (group, at) in places.chunks_exact(GROUP).enumerate().take(count.div_ceil(GROUP)) {
        // SAFETY: the chunk is of 16 readable places, and this load needs no alignment.
        let at = _mm512_cvtepu16_epi32(unsafe { _mm256_loadu_si256(at.as_ptr().cast()) });
        // Of the last group not all are places of this batch: what is told of the others is not asked for.
        let at = _mm512_min_epu32(at, _mm512_set1_epi32(last));
        // SAFETY: behind `last` and what is less stand four readable bytes.
        let first = unsafe { _mm512_i32gather_epi32::<1>(at, bytes.as_ptr().cast()) };
        let hash =
            _mm512_srli_epi32::<{ u32::BITS - LANES }>(_mm512_mullo_epi32(_mm512_and_si512(first, letters), factor));
        let word = _mm512_srli_epi32::<{ LANE.ilog2() }>(hash);
        // SAFETY: a hash has `LANES` bits, and there are as many marks of each kind, `LANE` in a word.
        let marks = unsafe { _mm512_i32gather_epi32::<4>(word, sieve.lanes.as_ptr().cast()) };
        let bit = _mm512_and_si512(hash, _mm512_set1_epi32((LANE - 1).cast_signed()));
        let mark = _mm512_sllv_epi32(_mm512_set1_epi32(1), bit);
        for (what, passed) in Begins::ALL.into_iter().zip(&mut passed) {
            let mark = _mm512_sll_epi32(mark, _mm_cvtsi32_si128(what.lane().cast_signed()));
            passed.0[group / 4] |= u64::from(_mm512_test_epi32_mask(marks, mark)) << (GROUP * (group % 4));
        }
    }
    passed
}

/// The numbers of the places of a block.
static PLACES: [u8; BLOCK] = {
    let (mut places, mut at) = ([0; BLOCK], 0_u8);
    while (at as usize) < BLOCK {
        places[at as usize] = at;
        at += 1;
    }
    places
};

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
    Masks {
        run,
        going_on: run | is(b'.'),
        dashes,
        letters,
        small: _mm512_test_epi8_mask(bytes, wide(0x20)),
        newlines: is(b'\n'),
    }
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
        let folded = folded_wide(load_wide(bytes));
        let sets = &exact.sets[place];
        for group in 0..ALL {
            buckets[group] = _mm512_and_si512(buckets[group], _mm512_permutexvar_epi8(folded, load_wide(&sets[group])));
        }
    }
    let any = buckets.into_iter().fold(wide(0), |any, group| _mm512_or_si512(any, group));
    _mm512_test_epi8_mask(any, any)
}

/// Of each byte what tells letters apart, whatever their case, and digits: five bits, and whether it is a letter. It makes
/// one of a few other bytes too, and lets a few more places through.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn folded_wide(bytes: __m512i) -> __m512i {
    let halved = _mm512_srli_epi16::<1>(bytes);
    // Where a bit of the last is set that of the first counts, otherwise that of the second.
    _mm512_ternarylogic_epi32::<0xca>(wide(0x20), halved, bytes)
}

#[target_feature(enable = "avx512f")]
#[inline]
#[expect(unsafe_code, reason = "vectors are loaded through pointers only")]
fn load_wide(bytes: &[u8; BLOCK]) -> __m512i {
    // SAFETY: the reference is to 64 readable bytes, and this load needs no alignment.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}
