//! Which names of listed keys stand beside a leak.

use std::borrow::Cow;
use std::collections::HashMap;

use memchr::{memchr_iter, memrchr_iter};

use super::Inventory;
use crate::location::Span;

/// How many lines above and below a leak are read for names.
const LINES: usize = 8;
/// How many bytes to either side at most.
const REACH: usize = 2048;
/// A shorter name is no evidence.
const NAME_AT_LEAST: usize = 6;
/// How many bytes may separate two words of one name.
const GAP_AT_MOST: usize = 3;

/// Words that say nothing about which key it is. A name of such words and numbers alone is no evidence.
const COMMON: &[&str] = &[
    "a",
    "access",
    "account",
    "action",
    "actions",
    "all",
    "api",
    "apikey",
    "auth",
    "automation",
    "azure",
    "bot",
    "build",
    "cargo",
    "cd",
    "ci",
    "cicd",
    "crate",
    "crates",
    "cratesio",
    "credential",
    "credentials",
    "default",
    "demo",
    "deploy",
    "deployment",
    "dev",
    "development",
    "for",
    "full",
    "gallery",
    "general",
    "git",
    "github",
    "gitlab",
    "global",
    "group",
    "io",
    "jenkins",
    "job",
    "key",
    "keys",
    "local",
    "main",
    "master",
    "my",
    "new",
    "npm",
    "npmjs",
    "nuget",
    "nugetorg",
    "of",
    "old",
    "org",
    "package",
    "packages",
    "pat",
    "personal",
    "pipeline",
    "pipelines",
    "powershell",
    "prod",
    "production",
    "project",
    "psgallery",
    "publish",
    "publisher",
    "publishing",
    "push",
    "read",
    "registry",
    "release",
    "releases",
    "repo",
    "repository",
    "scope",
    "scoped",
    "secret",
    "secrets",
    "server",
    "stage",
    "staging",
    "temp",
    "temporary",
    "test",
    "testing",
    "tests",
    "the",
    "to",
    "token",
    "tokens",
    "upload",
    "user",
    "v1",
    "v2",
    "v3",
    "v4",
    "v5",
    "value",
    "workflow",
    "workflows",
    "write",
];

/// The rows, over all lists, whose name stands beside one leaked key or is its variable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NearbyNames {
    rows: Vec<(usize, usize)>,
}

/// The names of all listed keys that tell one key from another, made ready to be looked for.
#[derive(Debug, Default)]
pub struct Names {
    rows: HashMap<String, Vec<(usize, usize)>>,
    longest: usize,
}

impl Names {
    /// Reads the names of all rows of all lists.
    #[must_use]
    pub fn of(inventories: &[Inventory]) -> Self {
        let mut names = Self::default();
        for (row, name) in listed(inventories) {
            if let Some(joined) = telling(name) {
                names.longest = names.longest.max(joined.len());
                names.rows.entry(joined).or_default().push(row);
            }
        }
        names
    }

    /// [`NearbyNames::find`] in one text.
    #[must_use]
    pub fn near(&self, text: &[u8], span: Span, variable: Option<&str>) -> NearbyNames {
        if self.rows.is_empty() {
            return NearbyNames::default();
        }
        let nearby = Nearby::read(text, span, variable);
        let places = nearby.places(self);
        let whole = |place: &Place| !places.iter().any(|(other, _)| other.swallows(place));
        let mut rows: Vec<(usize, usize)> =
            places.iter().filter(|(place, _)| whole(place)).flat_map(|(_, rows)| rows.iter().copied()).collect();
        rows.sort_unstable();
        rows.dedup();
        NearbyNames { rows }
    }
}

impl NearbyNames {
    /// Looks for the names of all listed keys within eight lines (and 2 KiB) of `span`, which is the key in `text`, and
    /// in `variable`, to which the key is assigned. Names are compared as lower-case words, as a whole; the key itself
    /// is not searched. A name that only says what every key is called (`NuGet CI key`) is not looked for, nor one that
    /// stands there only as part of a longer listed name.
    #[must_use]
    pub fn find(text: &[u8], span: Span, variable: Option<&str>, inventories: &[Inventory]) -> Self {
        Names::of(inventories).near(text, span, variable)
    }

    /// Adds what stands beside another place of the same key.
    pub fn merge(&mut self, other: &Self) {
        self.rows.extend(&other.rows);
        self.rows.sort_unstable();
        self.rows.dedup();
    }

    /// These rows, in any order.
    #[cfg(test)]
    pub(super) fn of_rows(mut rows: Vec<(usize, usize)>) -> Self {
        rows.sort_unstable();
        rows.dedup();
        Self { rows }
    }

    /// Whether the name of this row (index of its list, index in the list) stands there.
    #[must_use]
    pub fn holds(&self, inventory: usize, record: usize) -> bool {
        self.rows.binary_search(&(inventory, record)).is_ok()
    }

    /// The rows whose names stand there: index of the list, index in it, in their order.
    pub(super) fn rows(&self) -> impl Iterator<Item = (usize, usize)> {
        self.rows.iter().copied()
    }
}

/// Every named row of every list.
fn listed(inventories: &[Inventory]) -> impl Iterator<Item = ((usize, usize), &str)> {
    inventories.iter().enumerate().flat_map(|(list, inventory)| {
        let rows = inventory.records.iter().enumerate();
        rows.filter_map(move |(row, record)| Some(((list, row), record.facts.name.said()?.as_str())))
    })
}

/// A name as one lower-case text without separators, if it tells one key from another.
fn telling(name: &str) -> Option<String> {
    let words: Vec<String> = words(name).map(|word| word.text).collect();
    let joined = words.concat();
    let common = words.iter().all(|word| is_common(word));
    (joined.chars().count() >= NAME_AT_LEAST && !common).then_some(joined)
}

fn is_common(word: &str) -> bool {
    COMMON.contains(&word) || word.chars().all(char::is_numeric)
}

/// A word and where it stands.
struct Word {
    text: String,
    start: usize,
    end: usize,
}

/// The alphanumeric words of a text, in lower case.
fn words(text: &str) -> impl Iterator<Item = Word> {
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + text[rest..].find(char::is_alphanumeric)?;
        let end = text[start..].find(|c: char| !c.is_alphanumeric()).map_or(text.len(), |length| start + length);
        rest = end;
        Some(Word { text: text[start..end].to_lowercase(), start, end })
    })
}

/// Words in a row: on which stretch of nearby text, from which word to which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    stretch: usize,
    first: usize,
    last: usize,
}

impl Place {
    fn swallows(&self, other: &Self) -> bool {
        self != other && self.stretch == other.stretch && self.first <= other.first && other.last <= self.last
    }
}

/// The words around a leak, line by line; the variable is a stretch of its own.
struct Nearby {
    stretches: Vec<Vec<Word>>,
    variable: Option<String>,
}

impl Nearby {
    fn read(text: &[u8], span: Span, variable: Option<&str>) -> Self {
        let end = span.end.min(text.len());
        let start = span.start.min(end);
        let sides = [before(&text[..start]), after(&text[end..])];
        let stretches = sides
            .iter()
            .flat_map(|side| side.split(|&b| b == b'\n'))
            .map(String::from_utf8_lossy)
            .map(|line: Cow<'_, str>| words(&line).collect())
            .collect();
        Self { stretches, variable: variable.map(|name| words(name).map(|word| word.text).collect()) }
    }

    /// Where the words that make up a name stand in a row, and the rows of that name. `AcmeRelease`, `acme-release` and
    /// `Acme Release` are alike.
    fn places<'n>(&self, names: &'n Names) -> Vec<(Place, &'n [(usize, usize)])> {
        let mut places = Vec::new();
        if let Some(rows) = self.variable.as_ref().and_then(|name| names.rows.get(name)) {
            places.push((Place { stretch: self.stretches.len(), first: 0, last: 0 }, rows.as_slice()));
        }
        for (stretch, words) in self.stretches.iter().enumerate() {
            for first in 0..words.len() {
                let found = runs(&words[first..], names);
                places.extend(found.map(|(last, rows)| (Place { stretch, first, last: first + last }, rows)));
            }
        }
        places
    }
}

/// Every run of words from the front of `words` that, put together, is a name: the index of its last word, and the
/// rows of that name.
fn runs<'n>(words: &[Word], names: &'n Names) -> impl Iterator<Item = (usize, &'n [(usize, usize)])> {
    let mut joined = String::new();
    let mut end = words.first().map_or(0, |word| word.start);
    let near = words.iter().enumerate().map_while(move |(index, word)| {
        let apart = word.start - end > GAP_AT_MOST || joined.len() + word.text.len() > names.longest;
        end = word.end;
        (!apart).then(|| {
            joined.push_str(&word.text);
            names.rows.get(&joined).map(|rows| (index, rows.as_slice()))
        })
    });
    near.flatten()
}

/// The last lines of `text` within reach. A word that the reach cuts is left out.
fn before(text: &[u8]) -> &[u8] {
    let start = memrchr_iter(b'\n', text).nth(LINES).unwrap_or(0);
    let cut = text.len().saturating_sub(REACH);
    if start >= cut {
        return &text[start..];
    }
    let rest = &text[cut..];
    let whole = rest.iter().position(|b| is_separator(*b)).unwrap_or(rest.len());
    &rest[whole..]
}

/// The first lines of `text` within reach.
fn after(text: &[u8]) -> &[u8] {
    let end = memchr_iter(b'\n', text).nth(LINES).map_or(text.len(), |at| at + 1);
    if end <= REACH {
        return &text[..end];
    }
    let rest = &text[..REACH];
    let whole = rest.iter().rposition(|b| is_separator(*b)).unwrap_or(0);
    &rest[..whole]
}

/// Bytes of characters beyond ASCII may belong to a word.
fn is_separator(b: u8) -> bool {
    b.is_ascii() && !b.is_ascii_alphanumeric()
}
