//! Rulings, and what decided them.

use crate::severity::Confidence;

/// What the judge says of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::detect) struct Ruling {
    /// Nothing if it is no credential.
    pub(in crate::detect) confidence: Option<Confidence>,
    pub(in crate::detect) because: Because,
}

pub(super) const fn none(because: Because) -> Ruling {
    Ruling { confidence: None, because }
}

pub(super) const fn low(because: Because) -> Ruling {
    Ruling { confidence: Some(Confidence::Low), because }
}

pub(super) const fn medium(because: Because) -> Ruling {
    Ruling { confidence: Some(Confidence::Medium), because }
}

/// What decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::detect) enum Because {
    TooShort,
    NoText,
    OtherForm,
    Expression,
    Number,
    Keyword,
    RepeatsName,
    Reference,
    Placeholder,
    Word,
    NotRandom,
    NotBasic,
    NotLiteral,
    OwnWords,
    Typed,
    Sample,
    Nobody,
    UserName,
    Apart,
    NamedMadeUp,
    Unclear,
    Identifier,
    Random,
    Chosen,
    ChosenWord,
    InSecret,
    Seed,
    Hashed,
}

impl Because {
    /// In words that go on from *the value …*.
    pub(in crate::detect) fn words(self) -> &'static str {
        match self {
            Self::TooShort => "is shorter than any password",
            Self::NoText => "holds characters that no value of this kind has",
            Self::OtherForm => {
                "has the form of something else: an address, a path, a version, a pattern, a digest or the like"
            }
            Self::Expression => "reads as code, not as a literal",
            Self::Number => "is a number, or an address that is public",
            Self::Keyword => "is a word of the language or of the format",
            Self::RepeatsName => "repeats the name that it is assigned to",
            Self::Reference => "refers to another place that holds the secret",
            Self::Placeholder => "is made of words that stand in place of a secret, is cut short, or is filler",
            Self::Word => "is made of words, and nothing says that somebody uses it",
            Self::NotRandom => "is not random enough for a secret without a form",
            Self::NotBasic => "is no user and password in base64",
            Self::NotLiteral => "stands where code or a sentence could stand as well, and is not random enough",
            Self::OwnWords => "says of itself that it is made up, by a word such as password, test or example",
            Self::Typed => "holds what people type when they make a value up",
            Self::Sample => "stands in a test, an example or documentation, where made-up values are usual",
            Self::Nobody => "is for a server that only stands in texts about servers",
            Self::UserName => "is the user's name as well",
            Self::Apart => "stands in a file that a machine wrote, or among words in several languages",
            Self::NamedMadeUp => "has a name that says it is made up or encrypted",
            Self::Unclear => "has a name that may be about anything",
            Self::Identifier => "is an identifier, and its name does not say that it opens something",
            Self::Random => "is random",
            Self::Chosen => "is no word, and stands where only a secret can",
            Self::ChosenWord => "is a word that somebody chose, where only a password can stand",
            Self::InSecret => "stands among the values of a Secret",
            Self::Seed => "is the seed in an authenticator's address",
            Self::Hashed => "is the hash of an account's password, from which a guessable one is found",
        }
    }
}
