//! The `[provider]` part of a rule file.

use super::reader::{Fields, Text};
use super::remedy::{FIELDS, unknown_fields};
use super::suggest::did_you_mean;
use super::{Keyless, Provider, RemedyTemplate};
use crate::escape::word;

pub(super) const KEYS: [&str; 5] = ["id", "name", "home", "remedy", "keyless"];
const REMEDY_KEYS: [&str; 4] = ["page", "revoke", "command", "recreate"];
const KEYLESS_KEYS: [&str; 5] = ["title", "steps", "snippet", "language", "reference"];

/// Reads the provider of a file whose stem is `stem`.
pub(super) fn read(fields: &Fields, stem: &str) -> Provider {
    let id = fields.required("id");
    if !id.value.is_empty() && id.value != stem {
        fields.source.mistake(&id.at, format!("the provider's id is the file's stem: write `id = \"{stem}\"`"));
    }
    check_id(fields, &id, "id");
    let mut remedy = remedy(fields, "provider.remedy").unwrap_or_default();
    remedy.keyless = keyless(fields);
    let home = fields.required("home");
    check_address(fields, &home, "home");
    Provider {
        id: id.value.to_owned(),
        name: fields.required("name").value.to_owned(),
        home: home.value.to_owned(),
        remedy,
    }
}

/// Reads the `remedy` of a provider or a rule, without the way to need no key.
pub(super) fn remedy(owner: &Fields, what: &'static str) -> Option<RemedyTemplate> {
    let fields = owner.table("remedy", what, &REMEDY_KEYS)?;
    fields.require("revoke", "[\"…\"]");
    fields.require("recreate", "[\"…\"]");
    let page = fields.text("page");
    if let Some(page) = &page {
        check_address(&fields, page, "page");
    }
    Some(RemedyTemplate {
        page: page.map(|page| filled(&fields, &page)),
        revoke: steps(&fields, "revoke"),
        command: fields.text("command").map(|command| filled(&fields, &command)),
        recreate: steps(&fields, "recreate"),
        keyless: None,
    })
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

/// People follow these links from a report about a leaked key: only to an authenticated host.
pub(super) fn check_address(fields: &Fields, address: &Text, key: &str) {
    if !address.value.is_empty() && !address.value.starts_with("https://") {
        fields.source.mistake(&address.at, format!("`{key}` must begin with `https://`"));
    }
}
