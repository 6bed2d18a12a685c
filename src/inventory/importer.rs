//! What is told of each importer: for people who ask how to export a list, and for pages made of it.

use serde::Serialize;

use super::FORMATS;

/// The issuer of formats that hold keys of any issuer.
pub const ANY: &str = "any";

/// One format of lists, for one issuer whose keys it lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Importer {
    /// The issuer's id; `any` for our own formats.
    pub issuer: &'static str,
    /// The format's name, stable.
    pub name: &'static str,
    /// By what a leaked key can be joined to a row, the surest first.
    pub joined_by: &'static [Join],
    /// What it is and how the owner gets it: a command, a call or a page.
    pub export: &'static str,
    /// Where the format is described.
    pub source: &'static str,
}

/// By what a leaked key can be joined to a row of a list, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Join {
    /// A hash of the whole key.
    Hash,
    /// A public id that stands in the key's text.
    Id,
    /// First or last characters, six random ones at least.
    Ends,
    /// Three to five characters that the issuer shows.
    Hint,
    /// The second of creation or of the end.
    Moment,
    /// The name in the list, beside the leak.
    Name,
    /// The user, account or project that the key's text names.
    Owner,
    /// The one live key that it can be.
    Elimination,
}

impl Join {
    /// As a word for tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Hash => "hash",
            Self::Id => "id",
            Self::Ends => "ends",
            Self::Hint => "hint",
            Self::Moment => "moment",
            Self::Name => "name",
            Self::Owner => "owner",
            Self::Elimination => "elimination",
        }
    }
}

/// Every importer, one entry for each issuer whose lists it reads, in the order in which formats are tried.
pub fn importers() -> impl Iterator<Item = Importer> {
    FORMATS.iter().flat_map(|format| {
        format.issuers.iter().map(|&issuer| Importer {
            issuer,
            name: format.name,
            joined_by: format.joined_by,
            export: format.export,
            source: format.source,
        })
    })
}
