//! The prefilter of rules for assigned values: from a value back to the word before it.
//!
//! Words of providers are ordinary (`box`, `monday`), and hundreds of them stand in any text; long runs of letters and
//! digits that begin after a separator and end where a value may end are rare. So runs are found first, by masks of 64
//! bytes, and only before a run are words looked for. What is found is every pair of a word and a rule of whose shape
//! the run is: [`crate::detect::assigned`] decides.

use super::tables::words::Words;
use crate::detect::assigned::{begins_word, ends_at, is_separator, may_go_on};
use crate::location::Span;
use crate::rules::{GAP, LONGEST_VALUE, SHORTEST_RUN, kinds};

/// Places of one mask.
pub(super) const BLOCK: usize = 64;

/// Calls `found` with each rule and the place of the word before a value of its shape. `mask` tells, for 64 bytes, which of
/// them belong to runs.
#[inline(always)]
#[expect(clippy::inline_always, reason = "a caller for a certain processor needs it compiled for that processor too")]
pub(super) fn find(
    words: &Words,
    text: &[u8],
    mask: impl Fn(&[u8; BLOCK]) -> u64,
    found: &mut impl FnMut(usize, Span),
) {
    if words.words.is_empty() {
        return;
    }
    let mut before = 0;
    let (blocks, rest) = text.as_chunks::<BLOCK>();
    for (index, block) in blocks.iter().enumerate() {
        before = visit(before, mask(block), |at| look(words, text, index * BLOCK + at, found));
    }
    // Behind the text stands no run: a zero ends the last one.
    let mut padded = [0; BLOCK];
    padded[..rest.len()].copy_from_slice(rest);
    visit(before, mask(&padded), |at| look(words, text, blocks.len() * BLOCK + at, found));
}

/// Calls `look` with each place right behind a run that is long enough; gives what the next block needs to know.
#[inline(always)]
#[expect(clippy::inline_always, reason = "as above")]
fn visit(before: u64, mask: u64, mut look: impl FnMut(usize)) -> u64 {
    let runs = u128::from(mask) << 64 | u128::from(before);
    let mut long = runs;
    let mut length = 1;
    while length < SHORTEST_RUN {
        long &= long << length;
        length *= 2;
    }
    let mut ends = ((long << 1 & !runs) >> 64) as u64;
    while ends != 0 {
        look(ends.trailing_zeros() as usize);
        ends &= ends - 1;
    }
    mask
}

/// Looks back from the end of a run.
fn look(words: &Words, text: &[u8], end: usize, found: &mut impl FnMut(usize, Span)) {
    if !ends_at(&text[end..]) {
        return;
    }
    let mut all = 0;
    let run = text[..end].iter().rev().take(LONGEST_VALUE + 1);
    let length = run.map(|&byte| kinds(byte)).take_while(|&kinds| kinds != 0).inspect(|kinds| all |= kinds).count();
    let start = end - length;
    if length > LONGEST_VALUE || start == 0 || !is_separator(text[start - 1]) {
        return;
    }
    let reach = start.saturating_sub(GAP + words.longest);
    for at in (reach..start).rev() {
        if text[at] == b'\n' && !may_go_on(&text[reach..at]) {
            return;
        }
        for word in words.at(&text[at..start]) {
            let place = Span::new(at, at + word.text.len());
            if place.end + GAP < start || !begins_word(text, at) {
                continue;
            }
            for seeker in words.seekers(word) {
                let shape = seeker.shape;
                let fits = usize::from(shape.least) <= length && length <= usize::from(shape.most);
                if fits && all & !shape.kinds == 0 {
                    found(seeker.rule as usize, place);
                }
            }
        }
    }
}

/// The mask of 64 bytes, one after the other.
pub(super) fn portable_mask(block: &[u8; BLOCK]) -> u64 {
    block.iter().rev().fold(0, |mask, &byte| mask << 1 | u64::from(kinds(byte) != 0))
}
