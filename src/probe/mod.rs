//! Asking the issuer: one HTTP client; a table for each issuer of which one page tells everything (`pages/`), a file for
//! each other one. GET only, but for the few pages of `post.rs`, which read and are asked only of an issuer that is named.
//!
//! A [`Prober`] takes a [`Question`] about one key and gives an [`Outcome`]. Three rules hold for every issuer:
//!
//! - A key goes to its own issuer only: to the public host when the match proves that it is that host's key, to a
//!   server of the user's own when the configuration names it, and nowhere else.
//! - *Inactive* comes only from an endpoint that accepts that class of key, and only where the answer can mean nothing
//!   else. A time-out, a redirect, a 403 that can mean five things: unknown, with the reason.
//! - Nothing is asked that uses a key up, changes it, or writes.
//!
//! Adding an issuer is one table in `pages/`, or one file here and one line in `OWN_FILES`.

mod address;
mod aws;
mod aws_owner;
mod azure_storage;
mod base;
mod carrier;
mod client;
mod clock;
mod crates_io;
mod devpi;
mod download;
mod fact;
mod failure;
mod gcp;
mod github;
mod gitlab;
mod google_key;
mod heroku;
mod hex;
mod hugging_face;
mod issuer;
mod jfrog;
mod npm;
mod nuget;
mod page;
mod pages;
mod post;
mod prober;
mod question;
mod roll;
mod rolls;
mod rubygems;
mod settings;
mod sigv4;
mod tenant;

pub use self::address::{Names, SystemNames};
pub use self::base::{Allow, Base, BaseError};
pub use self::carrier::{Carrier, CredentialHeader, Half, OwnerKey};
pub use self::clock::Clock;
pub use self::download::{DownloadError, download};
pub use self::issuer::{About, Reading, Template};
pub use self::prober::Prober;
pub use self::question::{Answer, NotAsked, Outcome, PlannedRequest, Question};
pub use self::settings::{Limits, ProxySettings, Server, Settings, SettingsError};
use crate::issuer::Issuer;

/// The issuers whose answers take more than a table to read, and that are asked before the tables.
const OWN_FILES: &[&dyn issuer::Probe] = &[
    &nuget::NuGet,
    &npm::Npm,
    &crates_io::CratesIo,
    &rubygems::RubyGems,
    &hex::Hex,
    &devpi::Devpi,
    &jfrog::JFrog,
    &github::GitHub,
    &gitlab::GitLab,
    &hugging_face::HuggingFace,
    &aws::Aws,
    &aws_owner::AccountOfKey,
    &aws_owner::UserOfKey,
    &aws_owner::BedrockKey,
    &azure_storage::AzureStorage,
    &gcp::ServiceAccount,
    &google_key::OwnersKey,
    &heroku::Heroku,
];

/// Every way to ask. Of several for one issuer the first that takes the key's class is the one.
static PROBES: std::sync::LazyLock<Vec<&'static dyn issuer::Probe>> = std::sync::LazyLock::new(|| {
    let pages = pages::ALL.iter().copied().flatten().map(|&page| page as &dyn issuer::Probe);
    let rolls = rolls::ALL.iter().map(|&roll| roll as &dyn issuer::Probe);
    OWN_FILES.iter().copied().chain(pages).chain(rolls).collect()
});

/// Names of the variables in [`Settings::variables`] whose text is no secret.
const PUBLIC_VARIABLES: &[&str] = &[rolls::GITHUB_ORGANISATION, rolls::ATLAS_ORGANISATION, aws::OWNER.id];

/// One way to ask an issuer, with everything that people are told about it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Whom it asks, what, with what, and what that leaves behind.
    pub about: &'static About,
    /// Each answer, and what it means.
    pub readings: Vec<(String, String)>,
}

/// Every way to ask, in the order of the tables: issuer by issuer, look-ups with the owner's own credential among them.
pub fn issuers() -> impl Iterator<Item = Entry> {
    PROBES.iter().map(|probe| Entry { about: probe.about(), readings: probe.readings() })
}

/// What is asked of each issuer, whom, and what that changes there.
pub fn list() -> impl Iterator<Item = &'static About> {
    PROBES.iter().map(|probe| probe.about())
}

/// The variables that may hold the owner's own credentials, and what belongs to them.
pub fn variables() -> impl Iterator<Item = &'static str> {
    list().flat_map(|about| about.carrier.variables()).chain(PUBLIC_VARIABLES.iter().copied())
}

/// The ways to ask this issuer.
fn probes(issuer: &Issuer) -> impl Iterator<Item = &'static dyn issuer::Probe> {
    PROBES.iter().copied().filter(move |probe| {
        let about = probe.about();
        about.issuer == issuer || about.also.contains(issuer)
    })
}
