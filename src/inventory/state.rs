//! What a list says of whether a key works, and the sentence for it.

use crate::key::{Inactive, State};

/// A state and why it is that.
pub(super) type Stated = (State, Option<String>);

/// A word of an issuer's and the state that it means.
pub(super) type Word = (&'static str, fn(String) -> Stated);

/// The list says that it works.
pub(super) fn active(why: impl Into<String>) -> Stated {
    (State::Active, Some(why.into()))
}

/// The list says that somebody took it back or switched it off.
pub(super) fn revoked(why: impl Into<String>) -> Stated {
    (State::Inactive(Inactive::Revoked), Some(why.into()))
}

/// The list says that it has ended.
pub(super) fn expired(why: impl Into<String>) -> Stated {
    (State::Inactive(Inactive::Expired), Some(why.into()))
}

/// The list does not tell.
pub(super) fn unknown(why: impl Into<String>) -> Stated {
    (State::Unknown, Some(why.into()))
}

/// What a list says in one word of its own.
pub(super) fn by_word(word: Option<&str>, words: &[Word]) -> Stated {
    let Some(word) = word else { return unknown("the list does not say whether it works") };
    match words.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)) {
        Some((known, state)) => state(format!("the list says `{known}`")),
        // The word is not repeated: nobody knows what it is.
        None => unknown("the list says a state that is not known here"),
    }
}
