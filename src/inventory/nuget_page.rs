//! NuGet's page of API keys, saved from a browser, or the JSON in it.
//!
//! There is no API for it. The page holds its list inline, as `var initialData = {"ApiKeys":[…]}`
//! (NuGet/NuGetGallery, `Views/Users/ApiKeys.cshtml`, `ApiKeyViewModel.cs`). The page tells neither when a key was
//! created nor when it was last used, and no part of the key's text; so a leaked key can only be joined to it by
//! name or by elimination.

use memchr::memmem;
use serde_json::Deserializer;
use serde_json::value::RawValue;

use super::actions::{NUGET, action};
use super::document::{Document, Members, Shape, json_message};
use super::importer::Join;
use super::listing::each;
use super::mistake::Mistakes;
use super::moment::Edge;
use super::row::{Entry, Row};
use super::{Format, List, Reader, Record};
use crate::issuer::Issuer;
use crate::key::{Action, Bound, Expiry, Grant, Inactive, KeyFacts, Power, Reported, State, Subjects};

pub(super) const FORMAT: Format = Format {
    name: "nuget-page",
    issuers: &["nuget", "powershell-gallery"],
    joined_by: &[Join::Name, Join::Elimination],
    export: "NuGet's page of API keys: signed in, open /account/apikeys?forceApiKeys=true and save it as \"HTML only\", \
             or save the JSON behind `var initialData =` alone",
    source: "NuGet/NuGetGallery: Views/Users/ApiKeys.cshtml, ApiKeyViewModel.cs",
    reader: Reader::File { recognise, import },
};

const NAME: &str = "initialData";

fn recognise(document: &Document<'_>) -> bool {
    match &document.shape {
        Shape::Object(members) => members.get("ApiKeys").is_some(),
        Shape::Array(_) => document.has_rows(&[""], &["HasExpired", "Scopes", "IsNonScopedApiKey"]),
        Shape::Stream(_) => false,
        Shape::Markup | Shape::Plain => assignments(document.text).next().is_some(),
    }
}

fn import(document: &Document<'_>, mistakes: &mut Mistakes) -> List {
    let (issuer, told) = site(document);
    let elements = rows(document, mistakes);
    let rows = Row::all_from_json(document, &elements, mistakes);
    let records = each(rows, mistakes, |row, mistakes| record(row, &issuer, mistakes));
    let mut notes = vec![
        "NuGet's page tells neither when a key was created nor when it was last used, and no part of its text; \
         short-lived keys of Trusted Publishing are not on it"
            .to_owned(),
    ];
    if !told {
        notes.push("the file does not tell which gallery it is from; NuGet.org is assumed".to_owned());
    }
    List { issuers: vec![issuer], complete: true, records, notes }
}

/// Which gallery a saved page is from, and whether the page tells: other galleries run the same software.
fn site(document: &Document<'_>) -> (Issuer, bool) {
    let count = |host: &str| memmem::find_iter(document.text.as_bytes(), host.as_bytes()).count();
    let (gallery, nuget) = (count("powershellgallery.com"), count("nuget.org"));
    let issuer = if gallery > nuget { Issuer::POWERSHELL_GALLERY } else { Issuer::NUGET };
    (issuer, gallery + nuget > 0)
}

/// Offsets of every `initialData = {`: of the brace.
fn assignments(text: &str) -> impl Iterator<Item = usize> {
    memmem::find_iter(text.as_bytes(), NAME).filter_map(|at| {
        let value = text[at + NAME.len()..].trim_start().strip_prefix('=')?.trim_start();
        value.starts_with('{').then(|| text.len() - value.len())
    })
}

fn rows<'t>(document: &Document<'t>, mistakes: &mut Mistakes) -> Vec<&'t RawValue> {
    match &document.shape {
        Shape::Array(_) | Shape::Object(_) | Shape::Stream(_) => document.elements("ApiKeys", mistakes),
        Shape::Markup | Shape::Plain => rows_of_page(document, mistakes),
    }
}

/// The list in the first assignment that has one; what is wrong with them if none has.
fn rows_of_page<'t>(document: &Document<'t>, mistakes: &mut Mistakes) -> Vec<&'t RawValue> {
    let mut wrong = Vec::new();
    for at in assignments(document.text) {
        let rest = &document.text[at..];
        match Deserializer::from_str(rest).into_iter::<Members<'t>>().next() {
            Some(Ok(members)) => match members.get("ApiKeys") {
                Some(raw) => return document.array("ApiKeys", raw, mistakes),
                None => wrong.push((document.line_of(rest), format!("`{NAME}` has no `ApiKeys`"))),
            },
            Some(Err(error)) => {
                let line = document.line_of(rest) + error.line().saturating_sub(1);
                wrong.push((line, format!("`{NAME}` {}", json_message(&error))));
            }
            None => {}
        }
    }
    for (line, message) in wrong {
        mistakes.add(line, message);
    }
    Vec::new()
}

fn record(row: &Row, issuer: &Issuer, mistakes: &mut Mistakes) -> Record {
    let mut entry = Entry { row, mistakes };
    entry.refuse_key("Value");
    for name in ["Description", "Expires", "HasExpired", "IsNonScopedApiKey", "Scopes"] {
        entry.require(name);
    }
    let mut facts = KeyFacts {
        issuer: Some(issuer.clone()),
        key_id: entry.id("Key").into(),
        name: entry.words("Description").into(),
        owner: entry.words("Owner").into(),
        expires: entry.moment("Expires", Edge::Start, "").or_null(Expiry::Never, Expiry::At).into(),
        ..KeyFacts::default()
    };
    (facts.state, facts.state_reason) = state(&mut entry);
    let full = entry.flag("IsNonScopedApiKey").value() == Some(true);
    if let Some(sort) = entry.words("Type") {
        facts.kind = Reported::Said(kind(&sort, full));
        facts.details.insert("type".to_owned(), sort);
    }
    facts.grants = Reported::Said(vec![if full { full_access() } else { grant(&mut entry, &mut facts.notes) }]);
    row.record(facts, Vec::new())
}

fn kind(sort: &str, full: bool) -> String {
    let version = sort.rsplit('.').next().unwrap_or(sort);
    if full { format!("API key {version}, full access (legacy)") } else { format!("API key {version}") }
}

/// `RevocationSource` is `null`, `GitHub` or `User`; `HasExpired` is as of the moment when the page was saved.
fn state(entry: &mut Entry<'_>) -> (State, Option<String>) {
    let expired = entry.flag("HasExpired").value();
    match (entry.words("RevocationSource"), expired) {
        (Some(source), _) => {
            (State::Inactive(Inactive::Revoked), Some(format!("the page says that it was revoked by {source}")))
        }
        (None, Some(true)) => {
            (State::Inactive(Inactive::Expired), Some("the page says that it has expired".to_owned()))
        }
        (None, _) => (State::Active, Some("the page lists it as neither expired nor revoked".to_owned())),
    }
}

/// A key without scope rows: unlimited, without an end (`IsNonScopedApiKey`).
fn full_access() -> Grant {
    Grant {
        actions: vec![Action::new("full access", Power::Everything)],
        subjects: Subjects::Everything,
        bound: Bound::Exact,
    }
}

fn grant(entry: &mut Entry<'_>, notes: &mut Vec<String>) -> Grant {
    let scopes = entry.texts("Scopes").value().unwrap_or_default();
    let actions = scopes.iter().map(|scope| action(NUGET, word(scope), notes)).collect();
    let glob = entry.words("GlobPattern");
    let packages = entry.texts("Packages").value().unwrap_or_default();
    let named: Vec<String> = glob.into_iter().chain(packages).filter(|subject| !subject.is_empty()).collect();
    // `ScopeExtensions.cs`: only `*` is special; a subject of nothing else is every package.
    let subjects = Subjects::of_names(named, |name| name.bytes().all(|b| b == b'*'));
    Grant { actions, subjects, bound: Bound::Exact }
}

/// The page shows descriptions, not scopes: `NuGetScopes.cs`, `NuGetScopes.Describe`.
fn word(description: &str) -> &str {
    match description {
        "All" => "all",
        "Push new packages and package versions" => "package:push",
        "Push only new package versions" => "package:pushversion",
        "Unlist or relist package versions" | "Unlist, relist, or deprecate package versions" => "package:unlist",
        "Verify package ownership" => "package:verify",
        other => other,
    }
}
