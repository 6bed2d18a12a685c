//! The issuers of which one page tells everything: each a table of forms, answers and facts.

mod building;
mod cloud;
mod messages;
mod models;
mod money;
mod watching;
mod work;

use super::page::Page;

/// All of them, by the kind of issuer.
pub(super) const ALL: &[&[&Page]] =
    &[building::PAGES, cloud::PAGES, messages::PAGES, models::PAGES, money::PAGES, watching::PAGES, work::PAGES];

/// The account behind the key is told, and nothing of what the key opens.
const ONLY_WHOSE: &str = "The issuer tells whose the key is, not what it opens or until when.";
/// The issuer told nothing but that the key works.
const ONLY_ALIVE: &str = "The issuer tells no more than that the key works; the owner's list tells the rest.";
/// Why an issuer that takes the key in the address is asked only by name.
const IN_ADDRESS: &str = "this issuer takes the key in the address alone, which servers keep in their logs";
