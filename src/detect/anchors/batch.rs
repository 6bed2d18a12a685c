//! The same pass for processors that work on many places at once: a batch of blocks is seen before anything of it is looked up.
//!
//! Of how many places of a block something has to be looked up, no processor foresees, and each wrong guess costs as much as
//! a block's masks. Of all blocks of a batch together it hardly matters.

use super::block::{AHEAD, BLOCK, Seen, each};
use super::tables::Tables;
use super::tables::gram::{HEAD, folded};
use super::tables::sieve::Sieve;
use super::words::{Marked, Pass, blocks_of, padded};
use crate::location::Span;

/// Blocks of a batch.
pub(super) const BATCH: usize = 16;

/// Room for the places of a batch, and for as many as a kernel writes at once behind the last.
pub(super) const ROOM: usize = (BATCH + 1) * BLOCK;

/// Where in each block of a batch something has to be asked of the sieve.
#[derive(Default)]
pub(super) struct Asked {
    /// Of how many blocks the batch is.
    pub(super) blocks: usize,
    /// Where grams may begin.
    pub(super) grams: [u64; BATCH],
    /// Where words begin.
    pub(super) beginnings: [u64; BATCH],
}

/// Where in each block of a batch the sieve lets something begin.
#[derive(Default)]
pub(super) struct Admitted {
    pub(super) grams: [u64; BATCH],
    /// Words that count where they stand.
    pub(super) standing: [u64; BATCH],
    /// Words that a value may stand after.
    pub(super) before: [u64; BATCH],
}

/// A batch of blocks.
struct Batch {
    asked: Asked,
    /// Where long runs end.
    ends: [u64; BATCH],
    /// The runs of the block before each block and of itself.
    runs: [u128; BATCH],
    /// Places in the batch that are still of interest.
    places: [u16; ROOM],
}

/// As [`super::words::find`]. Besides seeing a block, the kernel lists the places of all bits of some blocks, in order, and
/// tells how many there are (`flatten`); and it asks the sieve (`sift`), given the bytes of the batch.
#[inline(always)]
#[expect(clippy::inline_always, reason = "a caller for a certain processor needs it compiled for that processor too")]
pub(super) fn find(
    tables: &Tables,
    text: &[u8],
    see: impl Fn(&[u8; AHEAD]) -> Seen,
    flatten: impl Fn(&[u64], &mut [u16; ROOM]) -> usize,
    sift: impl Fn(&Asked, &[u8], &Sieve, &mut [u16; ROOM]) -> Admitted,
    found: &mut impl FnMut(usize, Span),
) {
    let standing = tables.words.standing.known();
    let mut pass = Pass::new(tables, text, found);
    let mut batch = Batch { asked: Asked::default(), ends: [0; BATCH], runs: [0; BATCH], places: [0; ROOM] };
    let mut from = 0;
    let mut rest;
    while from <= text.len() {
        let mut bytes = &text[from..];
        if bytes.len() < AHEAD {
            rest = padded(bytes);
            bytes = &rest[..blocks_of(bytes) * BLOCK + HEAD];
        }
        batch.asked.blocks = 0;
        for index in 0..BATCH {
            let Some(block) = bytes.get(index * BLOCK..).and_then(<[u8]>::first_chunk) else { break };
            batch.take(index, pass.mark(from + index * BLOCK, see(block)));
        }
        let Batch { asked, ends, runs, places } = &mut batch;
        let admitted = sift(asked, bytes, &tables.sieve, places);
        let mut with_grams = 0;
        for index in 0..asked.blocks {
            pass.begin(from + index * BLOCK, admitted.before[index]);
            with_grams |= u64::from(admitted.grams[index] != 0) << index;
        }
        each(with_grams, |index| each(admitted.grams[index % BATCH], |at| pass.gram(from + index * BLOCK + at)));
        let count = flatten(&admitted.standing[..asked.blocks], places);
        let count = keep(&mut places[..count], |at| standing.knows(eight(bytes, at)));
        for place in &places[..count] {
            pass.words(from + usize::from(*place));
        }
        let count = flatten(&ends[..asked.blocks], places);
        for place in &places[..count] {
            let end = usize::from(*place);
            pass.value(from + end, runs[end / BLOCK % BATCH] << (BLOCK - end % BLOCK));
        }
        from += asked.blocks * BLOCK;
    }
}

impl Batch {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as above")]
    fn take(&mut self, index: usize, marked: Marked) {
        self.asked.grams[index] = marked.grams;
        self.asked.beginnings[index] = marked.beginnings;
        self.ends[index] = marked.ends();
        self.runs[index] = marked.runs;
        self.asked.blocks = index + 1;
    }
}

/// Keeps the places that pass, in order; how many there are. Without a branch: which they are cannot be foreseen.
#[inline(always)]
#[expect(clippy::inline_always, reason = "as above")]
fn keep(places: &mut [u16], passes: impl Fn(usize) -> bool) -> usize {
    let mut kept = 0;
    for index in 0..places.len() {
        let place = places[index];
        places[kept] = place;
        kept += usize::from(passes(usize::from(place)));
    }
    kept
}

/// Eight bytes of a batch, folded.
#[inline(always)]
#[expect(clippy::inline_always, reason = "as above")]
fn eight(bytes: &[u8], at: usize) -> u64 {
    bytes[at..].first_chunk().map_or(0, |eight| folded(*eight))
}
