//! Asking the issuer: one HTTP client, one file per issuer, GET only.
//!
//! A [`Prober`] takes a [`Question`] about one key and gives an [`Outcome`]. Three rules hold for every issuer:
//!
//! - A key goes to its own issuer only: to the public host when the match proves that it is that host's key, to a
//!   server of the user's own when the configuration names it, and nowhere else.
//! - *Inactive* comes only from an endpoint that accepts that class of key, and only where the answer can mean nothing
//!   else. A time-out, a redirect, a 403 that can mean five things: unknown, with the reason.
//! - Nothing is asked that uses a key up, changes it, or writes.
//!
//! Adding an issuer is one file here and one line in the table `PROBES`.

mod address;
mod base;
mod client;
mod clock;
mod crates_io;
mod download;
mod failure;
mod github;
mod gitlab;
mod hex;
mod hugging_face;
mod issuer;
mod jfrog;
mod npm;
mod nuget;
mod prober;
mod question;
mod rubygems;
mod settings;

pub use self::address::{Names, SystemNames};
pub use self::base::{Allow, Base, BaseError};
pub use self::client::CredentialHeader;
pub use self::clock::Clock;
pub use self::download::{DownloadError, download};
pub use self::issuer::About;
pub use self::prober::Prober;
pub use self::question::{Answer, NotAsked, Outcome, PlannedRequest, Question};
pub use self::settings::{Limits, ProxySettings, Server, Settings, SettingsError};
use crate::issuer::Issuer;

/// Every issuer that can be asked.
const PROBES: &[&dyn issuer::Probe] = &[
    &nuget::NuGet,
    &npm::Npm,
    &crates_io::CratesIo,
    &rubygems::RubyGems,
    &gitlab::GitLab,
    &github::GitHub,
    &hex::Hex,
    &hugging_face::HuggingFace,
    &jfrog::JFrog,
];

/// What is asked of each issuer, whom, and what that changes there.
pub fn list() -> impl Iterator<Item = &'static About> {
    PROBES.iter().map(|probe| probe.about())
}

fn probe(issuer: &Issuer) -> Option<&'static dyn issuer::Probe> {
    PROBES.iter().copied().find(|probe| {
        let about = probe.about();
        about.issuer == *issuer || about.also.contains(issuer)
    })
}
