//! How a rule without a pattern finds credentials: the place of a word and what is read there.

use super::assigned::{GAP, NAME_REACH};

/// Most bytes of a value that is read.
pub(crate) const LONGEST_READ: usize = 1200;

/// A way to read a credential near a word, and to judge what is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A value assigned to a name with `pass…` or `pwd`: words with a digit or a sign count.
    Password,
    /// A value assigned to a name with `secret`: a random text, or a password.
    Secret,
    /// A value assigned to a name with `token` or another word that is never about anything else.
    Token,
    /// A value assigned to a name with `key`, if the name says what it opens.
    Key,
    /// The password in `scheme://user:password@host`.
    Address,
    /// A password among the arguments of a command.
    Command,
    /// A password among the arguments of a call.
    Arguments,
    /// The value after `Bearer`.
    Bearer,
    /// The value after `Basic`.
    Basic,
    /// The seed in an `otpauth:` address.
    Otp,
    /// The values of a Kubernetes Secret.
    Manifest,
    /// A password, or its hash, in a line of a file of accounts: shadow, htpasswd, `.pgpass`, what `chpasswd` reads.
    Record,
}

impl Reading {
    /// Every reading by the word that rule files use.
    pub(crate) const WORDS: [(&'static str, Self); 12] = [
        ("password", Self::Password),
        ("secret", Self::Secret),
        ("token", Self::Token),
        ("key", Self::Key),
        ("address", Self::Address),
        ("command", Self::Command),
        ("arguments", Self::Arguments),
        ("bearer", Self::Bearer),
        ("basic", Self::Basic),
        ("otp", Self::Otp),
        ("manifest", Self::Manifest),
        ("record", Self::Record),
    ];

    /// How far before and after the first byte of a word of so many bytes it looks.
    #[must_use]
    pub fn window(self, word: usize) -> (usize, usize) {
        match self {
            Self::Manifest => (MANIFEST_HEAD, word + MANIFEST_BODY),
            _ => (STATEMENT + NAME_REACH, word + 2 * GAP + STATEMENT + LONGEST_READ),
        }
    }

    /// The word that rule files use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::WORDS.iter().find(|(_, reading)| *reading == self).map_or("", |(word, _)| word)
    }
}

/// How much of a statement before a name, or between it and its value, counts.
const STATEMENT: usize = 120;

/// How much of a manifest before its values, and of these, counts.
const MANIFEST_HEAD: usize = 1024;
const MANIFEST_BODY: usize = 4000;
