//! The owner's list of keys: one importer per export format, and the join to leaked keys.
//!
//! [`read`] recognises a list by its content, never by its file's name, and reads it whole or not at all: a list with
//! one mistake is an error that names every mistake with its line. No list may carry a key itself; a list that does
//! is refused without repeating it. [`join()`] then says which row, if any, a leaked key is.

#![allow(clippy::unnecessary_wraps, reason = "what reads a row may leave it out: one form for all lists")]

mod accounts;
mod actions;
mod algolia;
mod anthropic;
mod aws_access_keys;
mod aws_credential_report;
mod azure_devops;
mod cloudflare;
mod crates_io_tokens;
mod databricks;
mod datadog;
mod docker_hub;
mod document;
mod entra;
mod gcp_api_keys;
mod gcp_service_account_keys;
mod github_audit_log;
mod github_credentials;
mod github_fine_grained;
mod gitlab_tokens;
mod hugging_face;
mod importer;
mod index;
mod jfrog;
mod join;
mod listing;
mod marks;
mod mistake;
mod moment;
mod names;
mod npm_token_list;
mod nuget_page;
mod okta;
mod openai;
mod own;
mod own_csv;
mod own_json;
mod page;
mod plaintext;
mod pypi_page;
mod row;
mod rubygems_page;
mod sample;
mod sendgrid;
mod sentence;
mod slack;
mod snowflake;
mod sort;
mod state;
mod table;
mod tailscale;
mod vercel;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use self::document::{Document, Shape};
pub use self::importer::{ANY, Importer, Join, importers};
pub use self::join::{JoinOutcome, Lists, join, settle, twins};
use self::listing::Listing;
use self::mistake::Mistakes;
pub use self::mistake::ReadError;
pub use self::names::{Names, NearbyNames};
use self::row::Entry;
pub(crate) use self::sentence::AMBIGUOUS;
use crate::issuer::Issuer;
use crate::key::KeyFacts;
pub use crate::mistake::Mistake;

/// One owner's list, as one file.
#[derive(Debug)]
pub struct Inventory {
    /// The file as the user named it.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// The importer that recognised it (`nuget-page`, `npm-token-list`, …).
    pub format: &'static str,
    /// Whose keys it lists, also where it lists none of them. Sorted, unique.
    pub issuers: Vec<Issuer>,
    /// Whether it holds all rows, as far as the file itself tells (a page of a longer list does not). Only a complete
    /// list can show that a key is missing from it.
    pub complete: bool,
    /// Its rows, in the file's order.
    pub records: Vec<Record>,
    /// Sentences about what the file could not tell.
    pub notes: Vec<String>,
}

/// The words for actions that lists of known issuers use, and our own for powers.
pub fn known_actions() -> impl Iterator<Item = &'static str> {
    actions::all()
}

/// The words for what narrows a key ([`crate::key::Restriction::name`]) that lists, probes and decoders use.
pub fn known_restrictions() -> impl Iterator<Item = &'static str> {
    RESTRICTIONS.iter().copied()
}

/// Those that no issuer's own document chooses.
const RESTRICTIONS: &[&str] = &[
    "access-level",
    "android-package",
    "bypass-2fa",
    "bypass-network-policy-minutes",
    "caveat",
    "cidr",
    "deny",
    "device-tags",
    "indexes",
    "ios-bundle",
    "limit-reset",
    "limit-usd",
    "mfa",
    "network",
    "not-before",
    "queries-per-hour",
    "query-parameters",
    "referers",
    "referrer",
    "sso",
    "tags",
    "urls",
];

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
    /// First and last characters of the key, six or more of them random.
    Ends {
        /// What it begins with; may be empty.
        prefix: String,
        /// What it ends with; may be empty.
        suffix: String,
    },
    /// Fewer characters than that: what the issuer shows so that people tell their keys apart.
    Hint {
        /// What it begins with; may be empty.
        prefix: String,
        /// What it ends with; may be empty.
        suffix: String,
    },
}

/// What an importer makes of a file.
struct List {
    issuers: Vec<Issuer>,
    complete: bool,
    records: Vec<Record>,
    notes: Vec<String>,
}

/// One format of lists.
struct Format {
    /// Its name, stable.
    name: &'static str,
    /// Whose keys it lists.
    issuers: &'static [&'static str],
    /// By what a leaked key can be joined to its rows, the surest first.
    joined_by: &'static [Join],
    /// What it is and how the owner gets it, for the error about an unknown format.
    export: &'static str,
    /// Where the issuer describes it.
    source: &'static str,
    /// How its files are told and read.
    reader: Reader,
}

/// How the files of a format are told and read.
enum Reader {
    /// A list that an API or a tool answers as JSON, row by row.
    Rows {
        /// How it is built.
        listing: Listing,
        /// Fields that its rows have together and those of no other list: one of these sets is enough.
        told_by: &'static [&'static [&'static str]],
        /// What a row says. Its issuer is the listing's. `None` for a row that is no key that can leak.
        record: fn(&mut Entry<'_>) -> Option<Record>,
    },
    /// Anything else.
    File {
        /// Whether a file is one, by its content.
        recognise: fn(&Document<'_>) -> bool,
        /// Reads it; mistakes go to the second argument.
        import: fn(&Document<'_>, &mut Mistakes) -> List,
    },
}

impl Format {
    fn recognises(&self, document: &Document<'_>) -> bool {
        match &self.reader {
            Reader::Rows { listing, told_by, .. } => told_by.iter().any(|fields| listing.has(document, fields)),
            Reader::File { recognise, .. } => recognise(document),
        }
    }

    fn import(&self, document: &Document<'_>, mistakes: &mut Mistakes) -> List {
        match &self.reader {
            Reader::Rows { listing, record, .. } => listing.import(document, mistakes, record),
            Reader::File { import, .. } => import(document, mistakes),
        }
    }
}

/// Every format that is recognised, in the order of asking. Adding one is one file here and one line in this table.
const FORMATS: &[Format] = &[
    own_json::FORMAT,
    nuget_page::FORMAT,
    npm_token_list::FORMAT,
    crates_io_tokens::FORMAT,
    gitlab_tokens::FORMAT,
    pypi_page::FORMAT,
    rubygems_page::FORMAT,
    github_fine_grained::FORMAT,
    github_credentials::FORMAT,
    github_audit_log::FORMAT,
    azure_devops::FORMAT,
    entra::FORMAT,
    aws_access_keys::FORMAT,
    aws_credential_report::FORMAT,
    gcp_service_account_keys::FORMAT,
    gcp_api_keys::FORMAT,
    cloudflare::FORMAT,
    docker_hub::FORMAT,
    jfrog::FORMAT,
    hugging_face::FORMAT,
    vercel::FORMAT,
    datadog::FORMAT,
    anthropic::FORMAT,
    openai::FORMAT,
    okta::FORMAT,
    databricks::FORMAT,
    snowflake::FORMAT,
    tailscale::FORMAT,
    algolia::FORMAT,
    sendgrid::FORMAT,
    slack::FORMAT,
    own_csv::FORMAT,
];

/// The formats that [`read`] recognises: name, and what the format is and how its owner exports it.
pub fn formats() -> impl Iterator<Item = (&'static str, &'static str)> {
    FORMATS.iter().map(|format| (format.name, format.export))
}

/// Reads a list of keys. `path` is for messages only; `text` is the whole file.
///
/// # Errors
/// Every mistake in the file, each with its line: an unknown format, broken JSON, a missing or mistyped field, a key in
/// plain text. No message repeats a value that could be a key.
pub fn read(path: &Path, text: &[u8]) -> Result<Inventory, ReadError> {
    let file = path.display().to_string();
    let bytes = text.len() as u64;
    let text = document::decode(text).map_err(|(line, message)| Mistakes::only(&file, line, message))?;
    let document = Document::open(&file, &text)?;
    let format = FORMATS.iter().find(|format| format.recognises(&document)).ok_or_else(|| unknown(&document))?;
    let mut mistakes = Mistakes::of(&file);
    let List { mut issuers, complete, records, notes } = format.import(&document, &mut mistakes);
    if let Some(error) = mistakes.into_error() {
        return Err(error);
    }
    issuers.sort();
    issuers.dedup();
    Ok(Inventory { path: path.to_owned(), bytes, format: format.name, issuers, complete, records, notes })
}

fn unknown(document: &Document<'_>) -> ReadError {
    let mut message = format!("is no list of keys that is known here{}; known are:", hint(document));
    for (name, export) in formats() {
        let _ = write!(message, "\n  {name}: {export}");
    }
    Mistakes::only(document.file, 1, message)
}

/// What the file is instead, where that can be told.
fn hint(document: &Document<'_>) -> &'static str {
    match &document.shape {
        Shape::Object(members) if members.has(&["Content", "ReportFormat"]) => {
            " (AWS' credential report in base64: aws iam get-credential-report --query Content --output text | base64 -d)"
        }
        _ if document.is_empty_list() => {
            ": an empty JSON list does not tell whose it is (write {\"skelkey-inventory\": 1, \"keys\": []})"
        }
        Shape::Object(members) if ["error", "errors", "message"].iter().any(|name| members.get(name).is_some()) => {
            " (an answer that says what went wrong, not a list)"
        }
        Shape::Markup => {
            " (a page without `initialData`: open NuGet's page of API keys while signed in, at \
             /account/apikeys?forceApiKeys=true, and save it as \"HTML only\")"
        }
        Shape::Plain if document::is_page_archive(document.text) => {
            " (a page archive; save the page as \"HTML only\" instead)"
        }
        _ => "",
    }
}
