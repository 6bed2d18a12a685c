//! OpenAI's lists of a project's API keys and of an organisation's admin keys (OpenAI API reference, "Project API keys" and
//! "Admin API keys").
//!
//! They show what each key begins and ends with, as `sk-abc...def`.

use super::importer::Join;
use super::listing::{Listing, PLAIN};
use super::row::{Blank, Entry};
use super::state::active;
use super::{Format, Mark, Reader, Record};
use crate::key::{Action, Grant, KeyFacts, Power, Reported, Subjects};

pub(super) const FORMAT: Format = Format {
    name: "openai-keys",
    issuers: &["openai"],
    joined_by: &[Join::Ends, Join::Hint, Join::Name, Join::Elimination],
    export: "OpenAI's list of a project's API keys or of the admin keys, with an admin key (api.management.read): curl -H \
             \"Authorization: Bearer $ADMIN_KEY\" \
             \"https://api.openai.com/v1/organization/projects/PROJECT/api_keys?limit=100\", or …/v1/organization/admin_api_keys",
    source: "OpenAI API reference: organization/project-api-keys, organization/admin-api-keys",
    reader: Reader::Rows { listing: LISTING, told_by: &[&["object", "redacted_value"]], record },
};

const LISTING: Listing = Listing {
    issuer: "openai",
    under: &["data"],
    required: &["id", "object", "redacted_value", "created_at"],
    secrets: &["value"],
    ..PLAIN
};

const ADMIN: &str = "organization.admin_api_key";
const PROJECT: &str = "organization.project.api_key";

fn record(entry: &mut Entry<'_>) -> Option<Record> {
    let is_admin = entry.one_of("object", &[ADMIN, PROJECT]) == Some(ADMIN);
    let owner = ["owner.user.email", "owner.user.name", "owner.service_account.name", "owner.name", "owner.id"];
    let mut facts = KeyFacts {
        kind: Reported::Said(if is_admin { "admin key" } else { "project key" }.to_owned()),
        key_id: entry.id("id").into(),
        name: entry.words("name").into(),
        owner: owner.iter().find_map(|name| entry.words(name)).into(),
        created: entry.since("created_at"),
        expires: entry.until("expires_at", Blank::Never),
        last_used: entry.used("last_used_at", Blank::Never),
        ..KeyFacts::default()
    };
    (facts.state, facts.state_reason) = active("the list has it");
    if is_admin {
        let everything = vec![Action::new("administer the organization", Power::Everything)];
        facts.grants = Reported::Said(vec![Grant::exact(everything, Subjects::Everything)]);
    }
    let facts = entry.details(facts, &[("owner.type", "owner-type"), ("owner_project_access", "owner-access")]);
    let shown = redacted(entry, is_admin);
    Some(entry.row.record(facts, shown.into_iter().collect()))
}

/// What stands before and behind the dots or stars. What names the sort of key tells nothing. Only the suffix is sure to
/// be the key's: of a project key the reference writes `sk-abc`, though such keys begin with `sk-proj-`, so a prefix
/// that is none of the known ones is not compared.
fn redacted(entry: &mut Entry<'_>, is_admin: bool) -> Option<Mark> {
    let text = entry.words("redacted_value")?;
    let is_hidden = |c: char| ['.', '*', '…'].contains(&c);
    let (start, end) = (text.find(is_hidden), text.rfind(is_hidden));
    let Some((start, end)) = start.zip(end) else {
        entry.wrong("redacted_value", &format!("is not redacted; {}", super::row::USE_A_HASH));
        return None;
    };
    let (prefix, suffix) = (&text[..start], text[end..].trim_start_matches(is_hidden));
    let sorts: &[&str] = if is_admin { &["sk-admin-"] } else { &["sk-proj-", "sk-svcacct-"] };
    match sorts.iter().find(|sort| prefix.starts_with(*sort)) {
        Some(sort) => Mark::shown(prefix, suffix, sort.len()),
        None => Mark::shown("", suffix, 0),
    }
}
