//! What is wrong with a list, said without ever repeating a value that could be a key.

use std::fmt;

use strsim::damerau_levenshtein;

use crate::mistake::Mistake;

/// How many mistakes are written out; the rest is counted.
const SHOWN: usize = 50;

/// Why a list cannot be used: every mistake in it, sorted by line. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// The mistakes.
    pub mistakes: Vec<Mistake>,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, mistake) in self.mistakes.iter().take(SHOWN).enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{mistake}")?;
        }
        match self.mistakes.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "\nand {more} more mistakes"),
        }
    }
}

impl std::error::Error for ReadError {}

/// Gathers the mistakes of one file.
pub(super) struct Mistakes {
    file: String,
    found: Vec<Mistake>,
}

impl Mistakes {
    /// None yet.
    pub(super) fn of(file: &str) -> Self {
        Self { file: file.to_owned(), found: Vec::new() }
    }

    /// Adds one.
    pub(super) fn add(&mut self, line: usize, message: impl Into<String>) {
        self.found.push(Mistake { file: self.file.clone(), line, message: message.into() });
    }

    /// The error, if there is any mistake.
    pub(super) fn into_error(mut self) -> Option<ReadError> {
        self.found.sort();
        self.found.dedup();
        (!self.found.is_empty()).then_some(ReadError { mistakes: self.found })
    }

    /// An error of one mistake.
    pub(super) fn only(file: &str, line: usize, message: impl Into<String>) -> ReadError {
        ReadError { mistakes: vec![Mistake { file: file.to_owned(), line, message: message.into() }] }
    }
}

/// A value for a message: quoted where it can only be a date or a plain short word, else `"…"`.
pub(super) fn shown(value: &str) -> String {
    if is_plain_word(value) || is_date_like(value) { format!("\"{value}\"") } else { "\"…\"".to_owned() }
}

/// A field's name for a message. A name can be a key too: the first line of a table without a heading.
pub(super) fn shown_name(name: &str, position: usize) -> String {
    let plain = (1..=24).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphabetic() || b"_- ".contains(&b));
    if plain { format!("`{name}`") } else { format!("number {position}") }
}

/// The one of `known` that was most likely meant.
pub(super) fn suggest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let name = name.to_lowercase().replace(['-', ' '], "_");
    known
        .into_iter()
        .map(|candidate| (damerau_levenshtein(&name, &candidate.replace('-', "_")), candidate))
        .filter(|&(distance, candidate)| distance <= 2 && distance < candidate.len() / 2)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// No issuer makes keys of nine lower-case letters or fewer.
fn is_plain_word(value: &str) -> bool {
    (1..=9).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_lowercase())
}

fn is_date_like(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    value.len() <= 30
        && (4..=14).contains(&digits)
        && value.bytes().any(|b| b"-/.: ".contains(&b))
        && value.bytes().all(|b| b.is_ascii_digit() || b"-/.: ,TZ+".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_dates_and_short_words_are_quoted() {
        assert_eq!(shown("31/12/2026"), "\"31/12/2026\"");
        assert_eq!(shown("soon"), "\"soon\"");
        for risky in [
            "hunter2",
            "4111111111111111",
            "4111-1111-1111-1111",
            "oy2abcdefghij",
            "Passw0rd!",
            "",
            "correct horse battery",
        ] {
            assert_eq!(shown(risky), "\"…\"", "{risky}");
        }
    }

    #[test]
    fn a_name_with_digits_or_of_great_length_is_told_by_its_position() {
        assert_eq!(shown_name("expirs", 3), "`expirs`");
        assert_eq!(shown_name("sk4fj39dk", 3), "number 3");
        assert_eq!(shown_name(&"a".repeat(40), 3), "number 3");
    }

    #[test]
    fn suggestions_are_near_or_absent() {
        let known = ["expires", "issuer", "key_id"];
        assert_eq!(suggest("expirs", known), Some("expires"));
        assert_eq!(suggest("Key-Id", known), Some("key_id"));
        assert_eq!(suggest("colour", known), None);
    }
}
