//! What a kernel tells of 64 places of a text, one bit each.

use super::tables::gram::HEAD;

/// Places that a kernel looks at in one step.
pub(super) const BLOCK: usize = 64;

/// Bytes of a block, and of the head of its last place.
pub(super) const AHEAD: usize = BLOCK + HEAD;

/// What a kernel sees in a block.
#[derive(Clone, Copy, Default)]
pub(super) struct Seen {
    pub(super) masks: Masks,
    /// Where a gram may begin.
    pub(super) grams: u64,
}

/// What 64 bytes are, one bit each.
#[derive(Clone, Copy, Default)]
pub(super) struct Masks {
    /// Letters, digits, `_` and `-`: what values are made of.
    pub(super) run: u64,
    /// The same and the dot: what goes on a word that is looked for.
    pub(super) going_on: u64,
    pub(super) dashes: u64,
    pub(super) letters: u64,
    /// Bytes whose bit of case is set: of letters, the small ones.
    pub(super) small: u64,
    /// Line feeds.
    pub(super) newlines: u64,
}

impl Masks {
    /// Where a word of three bytes at least begins: a letter that does not go on what stands before it. Of the last two
    /// places of the block it is not known what follows.
    #[inline]
    pub(super) fn beginnings(self, before: Self) -> u64 {
        let shifted = |here: u64, before: u64| here << 1 | before >> 63;
        let after_letter = shifted(self.letters, before.letters);
        let after_small = shifted(self.letters & self.small, before.letters & before.small);
        let continues = after_letter & !(after_small & !self.small);
        let long = (self.going_on >> 1 | 1 << 63) & (self.going_on >> 2 | 3 << 62);
        self.letters & !continues & long
    }

    /// Where a capital stands behind a dash: it may be an option.
    #[inline]
    pub(super) fn options(self, before: Self) -> u64 {
        self.letters & !self.small & (self.dashes << 1 | before.dashes >> 63)
    }
}

/// Calls `look` with the place of each bit, in order.
#[inline(always)]
#[expect(clippy::inline_always, reason = "a caller for a certain processor needs it compiled for that processor too")]
pub(super) fn each(mut bits: u64, mut look: impl FnMut(usize)) {
    while bits != 0 {
        look(bits.trailing_zeros() as usize);
        bits &= bits - 1;
    }
}
