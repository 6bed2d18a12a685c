//! The `[provider]` part of a rule file.

use super::reader::{Fields, Text};
use super::remedy::{FIELDS, unknown_fields};
use super::{Keyless, Provider, RemedyTemplate};
use crate::escape::word;
use crate::suggest::did_you_mean;

pub(super) const KEYS: [&str; 6] = ["id", "name", "home", "references", "remedy", "keyless"];
const REMEDY_KEYS: [&str; 4] = ["page", "revoke", "command", "recreate"];
const PROVIDER_REMEDY_KEYS: [&str; 5] = ["page", "where", "revoke", "command", "recreate"];
const KEYLESS_KEYS: [&str; 5] = ["title", "steps", "snippet", "language", "reference"];

/// Reads the provider of a file whose stem is `stem`.
pub(super) fn read(fields: &Fields, stem: &str) -> Provider {
    let id = fields.required("id");
    if !id.value.is_empty() && id.value != stem {
        fields.source.mistake(&id.at, format!("the provider's id is the file's stem: write `id = \"{stem}\"`"));
    }
    check_id(fields, &id, "id");
    let (name, home) = (fields.required("name"), fields.required("home"));
    check_address(fields, &home, "home");
    let mut remedy = provider_remedy(fields, name.value, home.value).unwrap_or_default();
    remedy.keyless = keyless(fields);
    Provider {
        id: id.value.to_owned(),
        name: name.value.to_owned(),
        home: home.value.to_owned(),
        references: addresses(fields, "references"),
        remedy,
    }
}

/// Reads a rule's own `remedy`, without the way to need no key.
pub(super) fn rule_remedy(owner: &Fields) -> Option<RemedyTemplate> {
    let fields = owner.table("remedy", "rule.remedy", &REMEDY_KEYS)?;
    fields.require("revoke", "[\"…\"]");
    fields.require("recreate", "[\"…\"]");
    Some(remedy(&fields))
}

/// Reads a provider's `remedy`. Steps that it does not give follow from the page, or from the words for `where` to look.
fn provider_remedy(owner: &Fields, name: &str, home: &str) -> Option<RemedyTemplate> {
    let fields = owner.table("remedy", "provider.remedy", &PROVIDER_REMEDY_KEYS)?;
    let (page, place) = (fields.text("page"), fields.text("where"));
    if page.is_none() && place.is_none() {
        fields.require("revoke", "[\"…\"]");
    }
    let mut remedy = remedy(&fields);
    if remedy.revoke.is_empty() {
        let open = match (&page, &place) {
            (Some(page), Some(place)) => format!("Sign in to {name} and open {}: {}.", page.value, place.value),
            (Some(page), None) => format!("Sign in to {name} and open {}.", page.value),
            (None, Some(place)) => format!("Sign in at {home} and look for {}.", place.value),
            (None, None) => return Some(remedy),
        };
        remedy.revoke = vec![open, REVOKE.to_owned()];
    }
    if remedy.recreate.is_empty() {
        remedy.recreate = RECREATE.map(str::to_owned).to_vec();
    }
    Some(remedy)
}

/// The step that follows when the page is open.
const REVOKE: &str =
    "Find {key|the key} there, revoke or delete it, and look through what was done with it since it leaked.";

/// How to make a successor where nothing more is known of the issuer.
const RECREATE: [&str; 2] = [
    "Create its successor with no more rights than its use needs, and with an end if the issuer offers one.",
    "Hand it to the program through a secret store or the environment, never through a file of the repository.",
];

fn remedy(fields: &Fields) -> RemedyTemplate {
    let page = fields.text("page");
    if let Some(page) = &page {
        check_address(fields, page, "page");
    }
    RemedyTemplate {
        page: page.map(|page| filled(fields, &page)),
        revoke: steps(fields, "revoke"),
        command: fields.text("command").map(|command| filled(fields, &command)),
        recreate: steps(fields, "recreate"),
        keyless: None,
    }
}

fn keyless(owner: &Fields) -> Option<Keyless> {
    let fields = owner.table("keyless", "provider.keyless", &KEYLESS_KEYS)?;
    fields.require("steps", "[\"…\"]");
    let reference = fields.required("reference");
    check_address(&fields, &reference, "reference");
    let snippet = fields.text("snippet");
    if snippet.is_some() {
        fields.require("language", "\"yaml\"");
    }
    Some(Keyless {
        title: fields.required("title").value.to_owned(),
        steps: steps(&fields, "steps"),
        snippet: snippet.map(|snippet| filled(&fields, &snippet)).unwrap_or_default(),
        language: fields.text("language").map(|language| language.value.to_owned()).unwrap_or_default(),
        reference: reference.value.to_owned(),
    })
}

fn steps(fields: &Fields, key: &str) -> Vec<String> {
    fields.texts(key).iter().map(|step| filled(fields, step)).collect()
}

/// The text, after looking at its fields.
fn filled(fields: &Fields, text: &Text) -> String {
    for name in unknown_fields(text.value) {
        let help = did_you_mean(name, &FIELDS);
        fields.source.mistake(&text.at, format!("no key can ever fill in the field `{{{}}}`{help}", word(name)));
    }
    text.value.to_owned()
}

/// Ids are kebab-case: lower-case letters and digits in words joined by single hyphens, a letter first.
pub(super) fn is_kebab(id: &str) -> bool {
    let word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    id.starts_with(|c: char| c.is_ascii_lowercase()) && id.split('-').all(word)
}

pub(super) fn check_id(fields: &Fields, id: &Text, key: &str) {
    if !id.value.is_empty() && !is_kebab(id.value) {
        let message = format!("`{key}` must be kebab-case (lower-case words joined by `-`), not `{}`", word(id.value));
        fields.source.mistake(&id.at, message);
    }
}

/// The elements of `key`, which are addresses.
pub(super) fn addresses(fields: &Fields, key: &str) -> Vec<String> {
    let addresses = fields.texts(key);
    for address in &addresses {
        check_address(fields, address, key);
    }
    addresses.into_iter().map(|address| address.value.to_owned()).collect()
}

/// People follow these links from a report about a leaked key: only to an authenticated host.
fn check_address(fields: &Fields, address: &Text, key: &str) {
    if !address.value.is_empty() && !address.value.starts_with("https://") {
        fields.source.mistake(&address.at, format!("`{key}` must begin with `https://`"));
    }
}
