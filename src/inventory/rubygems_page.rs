//! RubyGems.org's page of API keys, saved from a browser (rubygems/rubygems.org, `app/views/api_keys/index.html.erb`,
//! `config/locales/en.yml`). There is no API for it: `GET /api/v1/api_key` is retired.
//!
//! The page tells no part of a key's text, and its age in words only.

use memchr::memmem;

use super::actions::{RUBYGEMS, action};
use super::document::{Document, Shape};
use super::importer::Join;
use super::mistake::Mistakes;
use super::moment::{Edge, moment};
use super::page::{Cell, Page, PageRow};
use super::pypi_page::refuse_keys;
use super::state::{active, revoked};
use super::{Format, List, Reader, Record};
use crate::issuer::Issuer;
use crate::key::{Expiry, Grant, KeyFacts, LastUse, Reported, Restriction, Subjects};

pub(super) const FORMAT: Format = Format {
    name: "rubygems-page",
    issuers: &["rubygems"],
    joined_by: &[Join::Name, Join::Elimination],
    export: "RubyGems.org's page of API keys: signed in, in English, open /profile/api_keys and save it as \"HTML only\"",
    source: "rubygems/rubygems.org: app/views/api_keys/index.html.erb",
    reader: Reader::File { recognise, import },
};

fn recognise(document: &Document<'_>) -> bool {
    let has = |text: &str| memmem::find(document.text.as_bytes(), text.as_bytes()).is_some();
    matches!(document.shape, Shape::Markup) && has("/profile/api_keys") && (has("rubygems") || has("RubyGems"))
}

fn import(document: &Document<'_>, mistakes: &mut Mistakes) -> List {
    let page = Page::read(document.text);
    refuse_keys(document, &page, mistakes);
    let mut headings: Vec<String> = Vec::new();
    let mut records = Vec::new();
    for row in &page.rows {
        if row.cells.iter().any(|cell| cell.heads) {
            headings = row.cells.iter().map(Cell::text).collect();
            continue;
        }
        let columns = Columns::of(row, &headings);
        if let Some(record) = record(document, records.len() + 1, row, &columns, mistakes) {
            records.push(record);
        }
    }
    let complete = memmem::find(document.text.as_bytes(), b"rel=\"next\"").is_none();
    let mut notes = vec![
        "RubyGems.org's page tells no part of a key's text, and neither the keys of trusted publishing nor, on the page \
         of those that work, the expired ones are on it"
            .to_owned(),
    ];
    if !complete {
        notes.push("this is one page of a longer list; a key that is not in it may be on another".to_owned());
    }
    List { issuers: vec![Issuer::RUBYGEMS], complete, records, notes }
}

/// The cells of a row by the English name of their column.
struct Columns<'p>(Vec<(String, &'p Cell)>);

impl<'p> Columns<'p> {
    fn of(row: &'p PageRow, headings: &[String]) -> Self {
        let named = row.cells.iter().enumerate().filter_map(|(index, cell)| {
            let name = cell.title.as_ref().or_else(|| headings.get(index))?;
            Some((name.to_lowercase(), cell))
        });
        Self(named.collect())
    }

    fn get(&self, name: &str) -> Option<&'p Cell> {
        self.0.iter().find(|(known, _)| known == name).map(|&(_, cell)| cell)
    }
}

fn record(
    document: &Document<'_>,
    number: usize,
    row: &PageRow,
    columns: &Columns<'_>,
    mistakes: &mut Mistakes,
) -> Option<Record> {
    let place = document.place(row.start, row.end);
    let needed = ["name", "scopes", "gem", "last access"];
    if let Some(missing) = needed.iter().find(|name| columns.get(name).is_none()) {
        mistakes.add(
            place.line,
            format!("record {number}: has no column \"{missing}\"; is the page RubyGems.org's, in English?"),
        );
        return None;
    }
    let mut at = |name: &str| {
        let text = columns.get(name)?.text();
        let read = moment(&text, Edge::End);
        if read.is_none() && !text.is_empty() {
            mistakes.add(place.line, format!("record {number}: the column \"{name}\" is not a date"));
        }
        Some(read)
    };
    let last_used = at("last access").map(|used| used.map_or(LastUse::Never, LastUse::At));
    let expires = at("expiration").map(|end| end.map_or(Expiry::Never, Expiry::At));
    let mut facts = KeyFacts {
        issuer: Some(Issuer::RUBYGEMS),
        kind: Reported::Said("API key".to_owned()),
        key_id: id(row).into(),
        name: columns.get("name").map(Cell::text).into(),
        expires: expires.into(),
        last_used: last_used.into(),
        ..KeyFacts::default()
    };
    (facts.state, facts.state_reason) = if row.attributes.iter().any(|one| one == "data-soft-deleted=true") {
        revoked("the page says that its owner may no longer act on the gem")
    } else {
        active("the page lists it")
    };
    // Without multifactor authentication on the account the page has no such column.
    if let Some(mfa) = columns.get("mfa") {
        let on = mfa.pictured || !mfa.text().is_empty();
        facts.restrictions = Reported::Said(vec![Restriction { name: "mfa".to_owned(), value: on.to_string() }]);
    }
    facts.grants = Reported::Said(vec![grant(columns, &mut facts.notes)]);
    if let Some(age) = columns.get("age") {
        facts = facts.detail("age", age.text());
    }
    Some(Record { line: place.line, column: place.column, end_column: place.end_column, facts, marks: Vec::new() })
}

/// The buttons of a row lead to `/profile/api_keys/NUMBER`.
fn id(row: &PageRow) -> Option<String> {
    let links = row.cells.iter().flat_map(|cell| &cell.links);
    let numbers = links.filter_map(|link| link.split_once("/profile/api_keys/")?.1.split(['/', '?']).next());
    numbers.filter(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit())).map(str::to_owned).next()
}

/// `Push rubygem` is the scope `push_rubygem`; `All Gems` is no restriction to one.
fn grant(columns: &Columns<'_>, notes: &mut Vec<String>) -> Grant {
    let scopes = columns.get("scopes").map(|cell| cell.texts.as_slice()).unwrap_or_default();
    let actions = scopes.iter().map(|scope| action(RUBYGEMS, &scope.to_lowercase().replace(' ', "_"), notes)).collect();
    let gem = columns.get("gem").map(Cell::text).unwrap_or_default();
    let gem = gem.trim_end_matches("[?]").trim().to_owned();
    Grant::exact(actions, Subjects::of_names(vec![gem], |name| name.eq_ignore_ascii_case("all gems")))
}
