//! PyPI's page of API tokens, saved from a browser (pypi/warehouse, `manage/account/tokens.html`,
//! `includes/datetime-macros.html`). There is no API for it.
//!
//! The page shows the unique identifier of each token, which stands in the token's text.

use memchr::memmem;

use super::document::{Document, Shape};
use super::importer::Join;
use super::mistake::Mistakes;
use super::moment::{Edge, moment};
use super::page::{Cell, Page, PageRow};
use super::plaintext::text_holds_key;
use super::row::USE_A_HASH;
use super::state::active;
use super::{Format, List, Mark, Reader, Record};
use crate::issuer::Issuer;
use crate::key::{Action, Expiry, Grant, KeyFacts, LastUse, Power, Reported, Subjects};

pub(super) const FORMAT: Format = Format {
    name: "pypi-page",
    issuers: &["pypi", "testpypi"],
    joined_by: &[Join::Id, Join::Name, Join::Elimination],
    export: "PyPI's page of API tokens: signed in, open /manage/account/ (API tokens) and save it as \"HTML only\"",
    source: "pypi/warehouse: warehouse/templates/manage/account/tokens.html",
    reader: Reader::File { recognise, import },
};

fn recognise(document: &Document<'_>) -> bool {
    matches!(document.shape, Shape::Markup)
        && memmem::find(document.text.as_bytes(), b"id=\"api-tokens\"").is_some()
        && (count(document, "pypi.org") > 0 || memmem::find(document.text.as_bytes(), b"table--api-tokens").is_some())
}

fn count(document: &Document<'_>, text: &str) -> usize {
    memmem::find_iter(document.text.as_bytes(), text.as_bytes()).count()
}

fn import(document: &Document<'_>, mistakes: &mut Mistakes) -> List {
    let page = Page::read(document.text);
    refuse_keys(document, &page, mistakes);
    let test = count(document, "//test.pypi.org") > count(document, "//pypi.org");
    let issuer = if test { Issuer::TESTPYPI } else { Issuer::PYPI };
    let is_token = |row: &&PageRow| row.table.contains("api-tokens") || identifier(row).is_some();
    let rows = page.rows.iter().filter(is_token).filter(|row| row.cells.iter().all(|cell| !cell.heads));
    let records =
        rows.enumerate().filter_map(|(index, row)| record(document, &issuer, index + 1, row, mistakes)).collect();
    let notes = vec![
        "PyPI's page lists neither the tokens of Trusted Publishing nor when a token ends (those made on it do not)"
            .to_owned(),
    ];
    List { issuers: vec![issuer], complete: true, records, notes }
}

/// A page may show a key that was just made.
pub(super) fn refuse_keys(document: &Document<'_>, page: &Page, mistakes: &mut Mistakes) {
    for (at, _) in page.texts.iter().filter(|(_, text)| text_holds_key(text)) {
        let line = document.place(*at, *at).line;
        mistakes.add(line, format!("holds what looks like a key itself; {USE_A_HASH}"));
    }
}

/// The page has it in the links that open "Remove token" and "View unique identifier".
fn identifier(row: &PageRow) -> Option<&str> {
    let links = row.cells.iter().flat_map(|cell| &cell.links);
    let ids = links
        .filter_map(|link| link.rsplit_once("#view-identifier--").or_else(|| link.rsplit_once("#remove-API-token--")));
    ids.map(|(_, id)| id).next()
}

fn record(
    document: &Document<'_>,
    issuer: &Issuer,
    number: usize,
    row: &PageRow,
    mistakes: &mut Mistakes,
) -> Option<Record> {
    let place = document.place(row.start, row.end);
    let ([name, scope, created, used, ..], Some(id)) = (row.cells.as_slice(), identifier(row)) else {
        let message = "has fewer columns than PyPI's page of API tokens, or no unique identifier; is the page whole?";
        mistakes.add(place.line, format!("record {number}: {message}"));
        return None;
    };
    let mut at = |cell: &Cell, what: &str| {
        let time = cell.times.first()?;
        let read = moment(time, Edge::Start);
        if read.is_none() {
            mistakes.add(place.line, format!("record {number}: {what} is not a date"));
        }
        read
    };
    let created = at(created, "when it was created");
    let last_used =
        if used.times.is_empty() { Some(LastUse::Never) } else { at(used, "when it was last used").map(LastUse::At) };
    let mut facts = KeyFacts {
        issuer: Some(issuer.clone()),
        kind: Reported::Said("API token".to_owned()),
        key_id: Reported::Said(id.to_owned()),
        name: Reported::Said(name.text()),
        created: created.into(),
        // pypi/warehouse: the form for tokens has no end; only a caveat in the token's text can set one.
        expires: Reported::Said(Expiry::Never),
        last_used: last_used.into(),
        grants: Reported::Said(vec![grant(scope)]),
        ..KeyFacts::default()
    };
    (facts.state, facts.state_reason) = active("the page lists it");
    let marks = vec![Mark::KeyId(id.to_owned())];
    Some(Record { line: place.line, column: place.column, end_column: place.end_column, facts, marks })
}

/// A token of some projects links to each, `/project/NAME/`; one of the account links to none and may make new projects.
fn grant(scope: &Cell) -> Grant {
    let projects = scope.links.iter().filter_map(|link| link.split_once("/project/")?.1.split('/').next());
    let projects: Vec<String> = projects.filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let power = if projects.is_empty() { Power::PublishNew } else { Power::PublishUpdate };
    let subjects = if projects.is_empty() { Subjects::Everything } else { Subjects::Named(projects) };
    Grant::exact(vec![Action::new("upload", power)], subjects)
}
