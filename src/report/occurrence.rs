//! One place of one key, for the formats that have a row, a remark or a test case for each.

use crate::finding::{Finding, Place, Report};

/// A place and the key that stands there.
#[derive(Clone, Copy)]
pub(super) struct Occurrence<'a> {
    pub(super) finding: &'a Finding,
    pub(super) place: &'a Place,
}

/// Every place of every key, the worst key first.
pub(super) fn all(report: &Report) -> impl Iterator<Item = Occurrence<'_>> {
    report.findings.iter().flat_map(|finding| finding.places.iter().map(move |place| Occurrence { finding, place }))
}

impl Occurrence<'_> {
    /// The file, relative to its root; standard input has a name too.
    pub(super) fn path(&self) -> &str {
        if self.place.path.is_empty() { "stdin" } else { &self.place.path }
    }

    /// First and last line, from 1, in order.
    pub(super) fn lines(&self) -> (usize, usize) {
        let first = self.place.region.start_line.max(1);
        (first, self.place.region.end_line.max(first))
    }

    /// The commit that brought the text, where a history was scanned.
    pub(super) fn commit(&self) -> Option<&str> {
        self.place.provenance.as_ref()?.commit.as_ref().map(|commit| commit.id.as_str())
    }
}
