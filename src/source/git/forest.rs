//! Which trees hold which texts with a match, noted while the trees of a repository are walked.
//!
//! Each tree is decoded once, on the walk. What it holds of the wanted texts and which trees stand below it are noted then, by
//! their numbers; when all were seen, what stands below each follows from the notes alone.

use std::ops::Range;
use std::sync::Arc;

/// Numbers of wanted texts, ascending.
pub(super) type Wanted = Arc<[u32]>;

/// What one thread noted of some of the trees that it came upon.
#[derive(Default)]
pub(super) struct Forest {
    trees: Vec<Noted>,
    /// The trees below each, one list after the other.
    below: Vec<u32>,
    /// The wanted texts in each, one list after the other.
    held: Vec<u32>,
}

/// What one thread noted, in parts: a list that grows by doubling would take twice its room, and leave as much behind.
#[derive(Default)]
pub(super) struct Forests(Vec<Forest>);

/// Trees in one part.
const PART: usize = 1 << 14;

impl Forests {
    /// As [`Forest::note`].
    pub(super) fn note(&mut self, tree: u32, below: impl Iterator<Item = u32>, held: impl Iterator<Item = u32>) {
        if self.0.last().is_none_or(|last| last.trees.len() >= PART) {
            self.0.last_mut().into_iter().for_each(Forest::shrink);
            self.0.push(Forest::default());
        }
        if let Some(last) = self.0.last_mut() {
            last.note(tree, below, held);
        }
    }

    pub(super) fn into_parts(self) -> Vec<Forest> {
        self.0
    }
}

/// One tree, and where its lists end. There may be millions.
struct Noted {
    tree: u32,
    below: u32,
    held: u32,
}

impl Forest {
    /// Notes a tree: the trees and the wanted texts that it names.
    fn note(&mut self, tree: u32, below: impl Iterator<Item = u32>, held: impl Iterator<Item = u32>) {
        self.below.extend(below);
        self.held.extend(held);
        // Lists of four thousand million are beyond any memory that holds them.
        let end = |list: &[u32]| u32::try_from(list.len()).unwrap_or(u32::MAX);
        self.trees.push(Noted { tree, below: end(&self.below), held: end(&self.held) });
    }

    /// Gives back what its lists do not need.
    fn shrink(&mut self) {
        self.trees.shrink_to_fit();
        self.below.shrink_to_fit();
        self.held.shrink_to_fit();
    }

    fn below(&self, note: usize) -> Range<usize> {
        let start = note.checked_sub(1).map_or(0, |before| self.trees[before].below);
        start as usize..self.trees[note].below as usize
    }

    fn held(&self, note: usize) -> &[u32] {
        let start = note.checked_sub(1).map_or(0, |before| self.trees[before].held);
        &self.held[start as usize..self.trees[note].held as usize]
    }
}

/// The wanted texts below each tree.
pub(super) struct Below {
    /// By the tree's number: which note is the tree's, plus one.
    notes: Vec<u32>,
    /// By note: what stands below; `None` where that is nothing, or not known yet.
    held: Vec<Option<Wanted>>,
}

impl Below {
    /// From what all threads noted; `count`: how many numbers of trees there may be.
    pub(super) fn of(forests: &[Forest], count: usize) -> Self {
        let mut notes = vec![0; count];
        let trees = forests.iter().flat_map(|forest| &forest.trees);
        for (note, noted) in (1..).zip(trees) {
            if let Some(place) = notes.get_mut(noted.tree as usize) {
                *place = note;
            }
        }
        let all = forests.iter().map(|forest| forest.trees.len()).sum();
        let mut gathering =
            Gathering { forests, below: Self { notes, held: vec![None; all] }, is_entered: vec![false; all] };
        (0..all).for_each(|note| gathering.gather(note));
        gathering.below
    }

    /// What stands below the tree of this number, if anything.
    pub(super) fn tree(&self, number: u32) -> Option<&Wanted> {
        self.held[self.note(number)?].as_ref()
    }

    fn note(&self, number: u32) -> Option<usize> {
        self.notes.get(number as usize)?.checked_sub(1).map(|note| note as usize)
    }
}

/// Gathers what stands below each tree, each after the trees below it.
struct Gathering<'f> {
    forests: &'f [Forest],
    below: Below,
    /// By note.
    is_entered: Vec<bool>,
}

impl<'f> Gathering<'f> {
    /// Who made a note, and which of its notes it is.
    fn whose(&self, mut note: usize) -> (&'f Forest, usize) {
        let mut forests = self.forests.iter();
        loop {
            match forests.next() {
                Some(forest) if note < forest.trees.len() => return (forest, note),
                Some(forest) => note -= forest.trees.len(),
                None => unreachable!("a note is somebody's"),
            }
        }
    }

    fn gather(&mut self, note: usize) {
        let mut path = Vec::new();
        self.enter(note, &mut path);
        while let Some((note, forest, left)) = path.last_mut() {
            let next = left.next().map(|at| forest.below[at]);
            let note = *note;
            match next.map(|tree| self.below.note(tree)) {
                Some(Some(next)) => self.enter(next, &mut path),
                Some(None) => {}
                None => {
                    path.pop();
                    self.below.held[note] = self.union(note);
                }
            }
        }
    }

    /// Goes into a tree, unless it was gone into before: a tree that claims to stand below itself ends there.
    fn enter(&mut self, note: usize, path: &mut Vec<(usize, &'f Forest, Range<usize>)>) {
        if !std::mem::replace(&mut self.is_entered[note], true) {
            let (forest, own) = self.whose(note);
            path.push((note, forest, forest.below(own)));
        }
    }

    fn union(&self, note: usize) -> Option<Wanted> {
        let (forest, own) = self.whose(note);
        let held = forest.held(own);
        let below = || forest.below[forest.below(own)].iter().filter_map(|&tree| self.below.tree(tree));
        match (held, below().count()) {
            ([], 0) => None,
            ([], 1) => below().next().cloned(),
            _ => {
                let mut all: Vec<u32> = held.to_vec();
                below().for_each(|below| all.extend(below.iter()));
                all.sort_unstable();
                all.dedup();
                Some(all.into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(forest: &mut Forest, tree: u32, below: &[u32], held: &[u32]) {
        forest.note(tree, below.iter().copied(), held.iter().copied());
    }

    fn below(forests: &[Forest], trees: &[u32]) -> Vec<Vec<u32>> {
        let below = Below::of(forests, 10);
        trees.iter().map(|&tree| below.tree(tree).map(|held| held.to_vec()).unwrap_or_default()).collect()
    }

    #[test]
    fn what_stands_below_a_tree_is_known_whatever_thread_saw_which() {
        let (mut one, mut other) = (Forest::default(), Forest::default());
        note(&mut one, 1, &[2, 3, 9], &[7]);
        note(&mut other, 3, &[4], &[5, 7]);
        note(&mut one, 4, &[], &[2]);
        note(&mut other, 2, &[4], &[]);
        note(&mut other, 5, &[], &[]);
        let all = below(&[one, other], &[1, 2, 3, 4, 5, 9]);
        assert_eq!(all, [vec![2, 5, 7], vec![2], vec![2, 5, 7], vec![2], vec![], vec![]]);
    }

    #[test]
    fn a_tree_that_claims_to_stand_below_itself_ends_there() {
        let mut forest = Forest::default();
        note(&mut forest, 1, &[2], &[1]);
        note(&mut forest, 2, &[1, 2], &[2]);
        assert_eq!(below(&[forest], &[1]), [[1, 2]]);
    }

    #[test]
    fn a_hundred_thousand_folders_deep_is_no_trouble() {
        let mut forest = Forest::default();
        (0..100_000).for_each(|at| note(&mut forest, at, &[at + 1], &[]));
        note(&mut forest, 100_000, &[], &[3]);
        assert_eq!(Below::of(&[forest], 100_001).tree(0).unwrap().to_vec(), [3]);
    }
}
