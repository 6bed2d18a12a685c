//! The owner's list of keys: one importer per export format, and the join to leaked keys.

use std::path::PathBuf;

use crate::key::KeyFacts;

/// One owner's list, as one file.
#[derive(Debug)]
pub struct Inventory {
    /// The file as the user named it.
    pub path: PathBuf,
    /// The importer that recognised it (`nuget-page`, `npm-token-list`, …).
    pub format: &'static str,
    /// Its rows, in the file's order.
    pub records: Vec<Record>,
    /// Sentences about what the file could not tell.
    pub notes: Vec<String>,
}

/// One key in the owner's list.
#[derive(Clone, Debug)]
pub struct Record {
    /// Line in the file, from 1, and the columns of the row there (from 1, UTF-8 bytes; end is one past).
    pub line: usize,
    /// First column of the row.
    pub column: usize,
    /// One past the last column of the row on `line`.
    pub end_column: usize,
    /// What the list says of the key.
    pub facts: KeyFacts,
    /// By what it can be recognised.
    pub marks: Vec<Mark>,
}

/// Something by which a row can be recognised as a leaked key, without holding the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// SHA-256 of the whole key.
    Sha256([u8; 32]),
    /// SHA-512 of the whole key (NuGet v5 as stored).
    Sha512([u8; 64]),
    /// The issuer's public id that is embedded in the key (NuGet v4: its first 20 characters).
    KeyId(String),
    /// First and last characters of the key.
    Ends {
        /// What it begins with.
        prefix: String,
        /// What it ends with.
        suffix: String,
    },
}
