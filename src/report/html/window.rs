//! How long a key has been exposed: a bar from the commit that brought it to the one that took it out, or to now.

use jiff::Timestamp;

use super::super::words;
use crate::finding::Report;
use crate::provenance::Provenance;

/// The time that all bars of a page share, so that they can be compared.
pub(super) struct Span {
    from: i64,
    now: Timestamp,
}

/// One bar, in the units of its own `viewBox`.
pub(super) struct Window {
    pub(super) x: i64,
    pub(super) width: i64,
    /// It still lies open.
    pub(super) is_open: bool,
    /// The bar in words.
    pub(super) said: String,
}

/// Units of a bar that has been open all the time.
pub(super) const WIDTH: i64 = 600;

impl Span {
    /// From the first commit that any place of the report names until its moment of judgement.
    pub(super) fn of(report: &Report) -> Self {
        let places = report.findings.iter().flat_map(|finding| &finding.places);
        let began = places.filter_map(|place| began(place.provenance.as_deref()?)).map(Timestamp::as_second).min();
        Self { from: began.unwrap_or_default().min(report.now.as_second()), now: report.now }
    }

    /// The bar of one place; `None` where no day is known.
    pub(super) fn window(&self, provenance: &Provenance) -> Option<Window> {
        let from = began(provenance)?.min(self.now);
        let removed = provenance.removed.as_ref().map(|commit| commit.authored);
        let to = removed.map_or(Some(self.now), |at| at.map(|at| at.clamp(from, self.now)))?;
        let all = (self.now.as_second() - self.from).max(1);
        let at = |moment: Timestamp| (moment.as_second() - self.from) * WIDTH / all;
        let days = u64::try_from((to.as_second() - from.as_second()) / 86_400).unwrap_or(0);
        let (days, since) = (words::count(days, "day"), words::date(from));
        let said = match removed {
            Some(_) => format!("in the files for {days}, from {since} to {}", words::date(to)),
            None => format!("in the files for {days}, since {since}"),
        };
        let (x, end) = (at(from).min(WIDTH - 4), at(to));
        Some(Window { x, width: (end - x).max(4), is_open: removed.is_none(), said })
    }
}

fn began(provenance: &Provenance) -> Option<Timestamp> {
    provenance.commit.as_ref()?.authored
}
