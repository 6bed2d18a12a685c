//! Names that stand in a report beside the keys: paths, package ids, remotes. A key can stand in one of them as well, so
//! each is looked through with the same rules and every match in it is masked.

use std::collections::HashSet;

use crate::coverage::{Coverage, Skip};
use crate::detect::{Detector, Scratch};
use crate::finding::{Part, Place, Root};

use super::sighting::mask;

/// Masks keys in names.
pub(super) struct Scrub<'d> {
    detector: &'d Detector,
    scratch: Scratch,
    /// Names in which nothing was found: the same paths stand at very many places.
    clean: HashSet<String>,
}

/// So many of them are remembered at most.
const REMEMBERED: usize = 4096;

impl<'d> Scrub<'d> {
    pub(super) fn new(detector: &'d Detector) -> Self {
        Self { detector, scratch: Scratch::default(), clean: HashSet::new() }
    }

    /// `name` with every match masked.
    pub(super) fn name(&mut self, name: &mut String) {
        if self.clean.contains(name) {
            return;
        }
        if let Some(shown) = self.masked(name) {
            *name = shown;
            return;
        }
        if self.clean.len() == REMEMBERED {
            self.clean.clear();
        }
        self.clean.insert(name.clone());
    }

    /// What is shown instead of a name that holds a match.
    fn masked(&mut self, name: &str) -> Option<String> {
        let matches = self.detector.scan(name.as_bytes(), "", &mut self.scratch);
        let rules = &self.detector.rules().rules;
        let mut shown = None;
        for found in matches.iter().rev().filter(|found| !rules[found.rule].part_only) {
            let mask = mask(&rules[found.rule], &found.secret);
            if !name.is_char_boundary(found.span.start) || !name.is_char_boundary(found.span.end) {
                return Some("…".to_owned());
            }
            let shown = shown.get_or_insert_with(|| name.to_owned());
            shown.replace_range(found.span.start..found.span.end, mask.as_str());
        }
        shown
    }

    pub(super) fn names(&mut self, names: &mut [String]) {
        for name in names {
            self.name(name);
        }
    }

    pub(super) fn place(&mut self, place: &mut Place) {
        self.name(&mut place.path);
        self.name(&mut place.shown);
        self.names(&mut place.owners);
        place.suppressed.iter_mut().filter_map(|aside| aside.reason.as_mut()).for_each(|reason| self.name(reason));
        place.variable.as_mut().into_iter().for_each(|variable| self.name(variable));
        let commits = place.provenance.iter_mut().flat_map(|p| [&mut p.commit, &mut p.removed]).flatten();
        commits.filter_map(|commit| commit.author.as_mut()).for_each(|author| self.name(author));
    }

    pub(super) fn part(&mut self, part: &mut Part) {
        self.name(&mut part.path);
        self.name(&mut part.shown);
    }

    pub(super) fn root(&mut self, root: &mut Root) {
        self.name(&mut root.path);
        root.repository.iter_mut().chain(&mut root.branch).for_each(|name| self.name(name));
    }

    pub(super) fn coverage(&mut self, coverage: &mut Coverage) {
        self.names(&mut coverage.inputs);
        for Skip { path, detail, .. } in &mut coverage.skips {
            self.name(path);
            detail.as_mut().into_iter().for_each(|detail| self.name(detail));
        }
    }
}
