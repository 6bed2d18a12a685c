//! Which trees hold which texts with a match, noted while the trees of a repository are walked.
//!
//! Each tree is decoded once, on the walk. What it holds of the wanted texts and which trees stand below it are noted then;
//! when all were seen, what stands below each follows from the notes alone.

use std::ops::Range;
use std::sync::Arc;

use gix::ObjectId;
use gix::hashtable::HashMap;

/// Numbers of wanted texts, ascending.
pub(super) type Wanted = Arc<[u32]>;

/// What one thread noted of the trees that it came upon.
#[derive(Default)]
pub(super) struct Forest {
    numbers: HashMap<ObjectId, u32>,
    trees: Vec<Noted>,
    /// The trees below each, one list after the other.
    below: Vec<u32>,
    /// The wanted texts in each, one list after the other.
    held: Vec<u32>,
}

/// One tree, and where its lists stand.
struct Noted {
    tree: u32,
    below: Range<usize>,
    held: Range<usize>,
}

impl Forest {
    /// Notes a tree: the trees and the wanted texts that it names.
    pub(super) fn note(&mut self, tree: ObjectId, below: &[ObjectId], held: impl Iterator<Item = u32>) {
        let tree = self.number(tree);
        let (from, held_from) = (self.below.len(), self.held.len());
        for &id in below {
            let number = self.number(id);
            self.below.push(number);
        }
        self.held.extend(held);
        self.trees.push(Noted { tree, below: from..self.below.len(), held: held_from..self.held.len() });
    }

    fn number(&mut self, tree: ObjectId) -> u32 {
        // A pack holds less than four billion objects.
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        *self.numbers.entry(tree).or_insert(next)
    }

    /// Takes over what another thread noted.
    fn take(&mut self, other: &Self) {
        let mut numbers = vec![0; other.numbers.len()];
        for (&tree, &theirs) in &other.numbers {
            numbers[theirs as usize] = self.number(tree);
        }
        for noted in &other.trees {
            let (from, held_from) = (self.below.len(), self.held.len());
            self.below.extend(other.below[noted.below.clone()].iter().map(|&theirs| numbers[theirs as usize]));
            self.held.extend(&other.held[noted.held.clone()]);
            let (below, held) = (from..self.below.len(), held_from..self.held.len());
            self.trees.push(Noted { tree: numbers[noted.tree as usize], below, held });
        }
    }

    /// The wanted texts below each tree that has any, from what all threads noted.
    pub(super) fn below(forests: Vec<Self>) -> HashMap<ObjectId, Wanted> {
        let mut forests = forests.into_iter();
        let mut all = forests.next().unwrap_or_default();
        forests.for_each(|other| all.take(&other));
        let held = Gathering::of(&all).held;
        let numbers = all.numbers.into_iter();
        numbers.filter_map(|(id, number)| Some((id, held[number as usize].clone()?))).collect()
    }
}

/// Gathers what stands below each tree, each after the trees below it.
struct Gathering<'f> {
    forest: &'f Forest,
    /// By number: which note is the tree's.
    notes: Vec<Option<usize>>,
    /// By number: what stands below; `None` where that is nothing, or not known yet.
    held: Vec<Option<Wanted>>,
    is_entered: Vec<bool>,
}

impl<'f> Gathering<'f> {
    fn of(forest: &'f Forest) -> Self {
        let count = forest.numbers.len();
        let mut notes = vec![None; count];
        for (at, noted) in forest.trees.iter().enumerate() {
            notes[noted.tree as usize] = Some(at);
        }
        let mut new = Self { forest, notes, held: vec![None; count], is_entered: vec![false; count] };
        for noted in &forest.trees {
            new.gather(noted.tree);
        }
        new
    }

    fn gather(&mut self, tree: u32) {
        let mut path = Vec::new();
        self.enter(tree, &mut path);
        while let Some((tree, left)) = path.last_mut() {
            let next = left.next().map(|at| self.forest.below[at]);
            let tree = *tree;
            if let Some(next) = next {
                self.enter(next, &mut path);
            } else {
                path.pop();
                self.held[tree as usize] = self.union(tree);
            }
        }
    }

    /// Goes into a tree, unless it was gone into before: a tree that claims to stand below itself ends there.
    fn enter(&mut self, tree: u32, path: &mut Vec<(u32, Range<usize>)>) {
        if !std::mem::replace(&mut self.is_entered[tree as usize], true)
            && let Some(at) = self.notes[tree as usize]
        {
            path.push((tree, self.forest.trees[at].below.clone()));
        }
    }

    fn union(&self, tree: u32) -> Option<Wanted> {
        let noted = &self.forest.trees[self.notes[tree as usize]?];
        let own = &self.forest.held[noted.held.clone()];
        let below = || self.forest.below[noted.below.clone()].iter().filter_map(|&at| self.held[at as usize].as_ref());
        match (own, below().count()) {
            ([], 0) => None,
            ([], 1) => below().next().cloned(),
            _ => {
                let mut all: Vec<u32> = own.to_vec();
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

    fn id(name: u8) -> ObjectId {
        ObjectId::from_bytes_or_panic(&[name; 20])
    }

    fn below(forests: Vec<Forest>) -> Vec<(u8, Vec<u32>)> {
        let mut all: Vec<_> =
            Forest::below(forests).into_iter().map(|(id, held)| (id.as_bytes()[0], held.to_vec())).collect();
        all.sort();
        all
    }

    #[test]
    fn what_stands_below_a_tree_is_known_whatever_thread_saw_which() {
        let (mut one, mut other) = (Forest::default(), Forest::default());
        one.note(id(1), &[id(2), id(3), id(9)], [7].into_iter());
        other.note(id(3), &[id(4)], [5, 7].into_iter());
        one.note(id(4), &[], [2].into_iter());
        other.note(id(2), &[id(4)], [].into_iter());
        other.note(id(5), &[], [].into_iter());
        let all = below(vec![one, other]);
        assert_eq!(all, [(1, vec![2, 5, 7]), (2, vec![2]), (3, vec![2, 5, 7]), (4, vec![2])]);
    }

    #[test]
    fn a_tree_that_claims_to_stand_below_itself_ends_there() {
        let mut forest = Forest::default();
        forest.note(id(1), &[id(2)], [1].into_iter());
        forest.note(id(2), &[id(1), id(2)], [2].into_iter());
        assert_eq!(below(vec![forest]).into_iter().find(|(name, _)| *name == 1), Some((1, vec![1, 2])));
    }

    #[test]
    fn a_hundred_thousand_folders_deep_is_no_trouble() {
        let deep = |at: u32| {
            let mut bytes = [0; 20];
            bytes[..4].copy_from_slice(&at.to_le_bytes());
            ObjectId::from_bytes_or_panic(&bytes)
        };
        let mut forest = Forest::default();
        (0..100_000).for_each(|at| forest.note(deep(at), &[deep(at + 1)], std::iter::empty()));
        forest.note(deep(100_000), &[], [3].into_iter());
        assert_eq!(Forest::below(vec![forest])[&deep(0)].to_vec(), [3]);
    }
}
