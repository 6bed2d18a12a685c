//! The short form of a rule: a value of some shape that is assigned to a name holding one of its words.

/// Most bytes of a value.
pub(crate) const LONGEST_VALUE: usize = 400;

/// Fewest bytes of a value: a shorter one stands beside every word.
pub(super) const SHORTEST_VALUE: usize = 8;

/// Least Shannon entropy of a value, in bits per byte, where the rule names none.
pub(super) const MIN_ENTROPY: f32 = 2.5;

/// How far after the word its value may begin.
pub(crate) const GAP: usize = 64;

/// How far before the word its name may begin.
pub(crate) const NAME_REACH: usize = 40;

/// What the name of an assignment must hold besides one of the rule's words, which are its anchors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assigned {
    /// Whether a word for a secret (`key`, `token`, …) must stand in the name or between it and the value.
    pub secret_word: bool,
}

/// `left` and `right` of a rule whose longest word has so many bytes.
pub(crate) fn window(longest_word: usize) -> (usize, usize) {
    (NAME_REACH + 1, longest_word + GAP + LONGEST_VALUE + 2)
}

/// What separates the words of a name besides `_`: `acme_cloud` is also written `acme-cloud` and `acme.cloud`.
const SEPARATORS: [&str; 2] = ["-", "."];

/// The names in small letters, each in every way that its words may be separated.
pub(crate) fn words<'n>(names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let mut words = Vec::new();
    for name in names.map(str::to_ascii_lowercase) {
        let others = SEPARATORS.iter().map(|separator| name.replace('_', separator));
        for word in std::iter::once(name.clone()).chain(others) {
            if !words.contains(&word) {
                words.push(word);
            }
        }
    }
    words
}

/// The pattern of a whole value.
pub(crate) fn pattern(value: &str) -> String {
    format!("(?P<secret>{value})")
}
