//! What a first look at a text finds, kept for the texts that a pack builds from it.

use crate::location::Span;

/// A stretch of a text that stands in the text which it is built from as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Where it begins in that text.
    pub from: usize,
    /// Where it stands in this one.
    pub at: Span,
}

/// What a text has in common with one that was looked at before.
#[derive(Clone, Copy, Debug)]
pub struct Built<'b> {
    /// What that text's look found.
    pub base: &'b Look,
    /// What is copied from it, in the order of this text, no two overlapping.
    pub copies: &'b [Copied],
}

/// What a first look at a text found.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// Length of the text.
    pub length: usize,
    /// Whether any rule, whatever the path, takes something in it for a key.
    pub leads: bool,
    /// Where a rule had to look, by where they begin. `None` where it is not kept: nothing carries over then.
    pub places: Option<Vec<Place>>,
}

/// One place at which a rule looks for a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    start: u32,
    length: u32,
    /// Index of the rule.
    pub rule: u32,
    /// Whether there is a key; `None` if nobody needed to know.
    pub leads: Option<bool>,
}

impl Place {
    /// A rule's anchor in a text of less than 4 GiB; `None` beyond.
    #[must_use]
    pub fn new(rule: usize, anchor: Span, leads: Option<bool>) -> Option<Self> {
        let (start, length) = (u32::try_from(anchor.start).ok()?, u32::try_from(anchor.len()).ok()?);
        Some(Self { start, length, rule: u32::try_from(rule).ok()?, leads })
    }

    /// Where the anchor stands.
    #[must_use]
    pub fn anchor(&self) -> Span {
        let start = self.start as usize;
        Span::new(start, start + self.length as usize)
    }
}

/// A place in half the room, without what is known of it: for the places that are kept until their text is read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Packed {
    start: u32,
    length: u16,
    rule: u16,
}

impl Packed {
    /// `None` for the few that do not fit.
    pub(super) fn of(place: &Place) -> Option<Self> {
        let (length, rule) = (u16::try_from(place.length).ok()?, u16::try_from(place.rule).ok()?);
        Some(Self { start: place.start, length, rule })
    }
}

impl From<Packed> for Place {
    fn from(Packed { start, length, rule }: Packed) -> Self {
        Self { start, length: length.into(), rule: rule.into(), leads: None }
    }
}
