//! Lists of which the built-in elements are read when they are first asked for: starting must not grow with them.

use std::fmt;
use std::ops::{Index, IndexMut};
use std::sync::OnceLock;

/// Elements in order: those that are part of the binary, each read from its constant when it is first asked for, or
/// any others, which are there from the start.
#[derive(Clone)]
pub struct List<T: 'static>(Elements<T>);

#[derive(Clone)]
enum Elements<T: 'static> {
    BuiltIn(BuiltIn<T>),
    Given(Vec<T>),
}

/// A place for each built-in element, and what reads one.
pub(super) struct BuiltIn<T: 'static> {
    pub(super) cells: &'static [OnceLock<T>],
    pub(super) read: fn(usize) -> T,
}

impl<T> Clone for BuiltIn<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for BuiltIn<T> {}

impl<T> List<T> {
    pub(super) const fn built_in(elements: BuiltIn<T>) -> Self {
        Self(Elements::BuiltIn(elements))
    }

    /// Whether these are exactly the built-in elements.
    pub(crate) fn is_built_in(&self) -> bool {
        matches!(self.0, Elements::BuiltIn(_))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Elements::BuiltIn(BuiltIn { cells, .. }) => cells.len(),
            Elements::Given(list) => list.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One element; `None` behind the last.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&T> {
        match &self.0 {
            Elements::BuiltIn(BuiltIn { cells, read }) => Some(cells.get(index)?.get_or_init(|| read(index))),
            Elements::Given(list) => list.get(index),
        }
    }

    /// All in order. Each that was not asked for before is read.
    pub fn iter(&self) -> Iter<'_, T> {
        self.into_iter()
    }
}

impl<T: Clone> List<T> {
    /// One element to be changed; `None` behind the last. From now on the list is not the built-in one, even if nothing is
    /// changed.
    pub fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        if self.is_built_in() {
            *self = self.iter().cloned().collect();
        }
        match &mut self.0 {
            Elements::BuiltIn(_) => None,
            Elements::Given(list) => list.get_mut(index),
        }
    }

    /// Keeps those for which `keep` says so.
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        *self = self.iter().filter(|element| keep(element)).cloned().collect();
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(list: Vec<T>) -> Self {
        Self(Elements::Given(list))
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        elements.into_iter().collect::<Vec<T>>().into()
    }
}

impl<T> Index<usize> for List<T> {
    type Output = T;

    fn index(&self, index: usize) -> &T {
        self.get(index).expect("an index is one of this list")
    }
}

impl<T: Clone> IndexMut<usize> for List<T> {
    fn index_mut(&mut self, index: usize) -> &mut T {
        self.get_mut(index).expect("an index is one of this list")
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        Iter { list: self, next: 0 }
    }
}

/// Goes through a [`List`] in order.
pub struct Iter<'a, T: 'static> {
    list: &'a List<T>,
    next: usize,
}

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = &'a T;

    fn next(&mut self) -> Option<&'a T> {
        let element = self.list.get(self.next);
        self.next += 1;
        element
    }
}

impl<T: fmt::Debug> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}
