//! "Did you mean" for keys, words and names.

/// The known word that `word` is most likely a slip of, if any is near enough.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A third of the letters wrong is still a slip; more is another word.
    let most = (word.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// For the end of a message: `; did you mean `…`?`, or nothing.
#[must_use]
pub fn near(word: &str, known: &[&str]) -> String {
    nearest(word, known.iter().copied()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

/// As [`near`], but with all known words where none is near.
#[must_use]
pub fn did_you_mean(word: &str, known: &[&str]) -> String {
    match near(word, known) {
        help if help.is_empty() && !known.is_empty() => format!("; known are {}", known.join(", ")),
        help => help,
    }
}
