//! Lists that APIs and tools answer as JSON: one list, pages that hold one, pages one after the other
//! (`gh api --paginate`), or one row to a line. The pages are put together here; what a row says is its importer's.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;
use serde_json::value::RawValue;

use super::accounts::{Accounts, add_owners};
use super::document::{Document, Members, Shape};
use super::mistake::Mistakes;
use super::row::{Entry, Row};
use super::{List, Record};
use crate::issuer::Issuer;

/// How the JSON of one issuer's list is built.
#[derive(Clone, Copy)]
pub(super) struct Listing {
    /// Whose keys it lists.
    pub(super) issuer: &'static str,
    /// The members of a page under which rows stand.
    pub(super) under: &'static [&'static str],
    /// Fields that every row must have.
    pub(super) required: &'static [&'static str],
    /// Fields in which an answer to another call holds the key itself.
    pub(super) secrets: &'static [&'static str],
    /// Sizes of a full page of an issuer whose pages do not tell whether more follow.
    pub(super) full_pages: &'static [usize],
    /// The issuer's accounts, where they may stand in the same file.
    pub(super) accounts: Option<Accounts>,
    /// Whether such a list never holds all keys of its owner.
    pub(super) partial: bool,
    /// What a reader must know of every such list.
    pub(super) notes: &'static [&'static str],
}

/// A list with nothing of note, for importers to fill in.
pub(super) const PLAIN: Listing = Listing {
    issuer: "",
    under: &[],
    required: &[],
    secrets: &[],
    full_pages: &[],
    accounts: None,
    partial: false,
    notes: &[],
};

/// Nests of lists of pages that are looked into: `--slurp` makes two.
const DEEPEST: usize = 3;

impl Listing {
    /// Whether the document has rows of this list with all of `fields`.
    pub(super) fn has(&self, document: &Document<'_>, fields: &[&str]) -> bool {
        document
            .any_row(|under| under.is_empty() || self.under.contains(&under), |row| fields.iter().all(|f| row.has(f)))
    }

    /// Reads every row with `record`, which gives no record for what is no key that can leak.
    pub(super) fn import(
        &self,
        document: &Document<'_>,
        mistakes: &mut Mistakes,
        record: impl Fn(&mut Entry<'_>) -> Option<Record>,
    ) -> List {
        let found = self.find(document, mistakes);
        let rows = Row::all_from_json(document, &found.rows, mistakes);
        let mut seen = BTreeMap::new();
        let mut accounts = HashMap::new();
        let mut records = Vec::with_capacity(rows.len());
        for row in rows {
            if let Some((id, account)) = self.accounts.and_then(|accounts| accounts.read(&row, mistakes)) {
                accounts.insert(id, account);
                continue;
            }
            if let Some(expected) = self.accounts.filter(|_| found.of_accounts.contains(&row.number)) {
                expected.complain(&row, mistakes);
                continue;
            }
            self.check(&row, mistakes);
            let Some(mut read) = record(&mut Entry { row: &row, mistakes }) else { continue };
            complain_of_same_id(&read, row.number, &mut seen, mistakes);
            read.facts.issuer = Some(Issuer::new(self.issuer));
            records.push(read);
        }
        add_owners(&mut records, &accounts);
        // Behind the accounts nobody sees that a page of keys was full.
        let is_full = found.is_full || (!accounts.is_empty() && self.full_pages.contains(&records.len()));
        self.list(&FoundRows { is_full, ..found }, records)
    }

    /// All rows of all pages, unread.
    pub(super) fn find<'t>(&self, document: &Document<'t>, mistakes: &mut Mistakes) -> FoundRows<'t> {
        let accounts = self.accounts.map_or(&[][..], |accounts| accounts.under);
        let mut pages = Pages {
            under: self.under,
            accounts,
            document,
            rows: Vec::new(),
            of_accounts: BTreeSet::new(),
            more: false,
            total: 0,
        };
        match &document.shape {
            Shape::Object(members) => pages.object(members, None, mistakes),
            Shape::Array(values) => values.iter().for_each(|value| pages.value(value, 1, mistakes)),
            Shape::Stream(values) => values.iter().for_each(|value| pages.value(value, 0, mistakes)),
            Shape::Markup | Shape::Plain => {}
        }
        let count = pages.rows.len();
        let is_full = matches!(document.shape, Shape::Array(_)) && self.full_pages.contains(&count);
        let whole = !pages.more && pages.total <= count;
        FoundRows { whole, is_full, rows: pages.rows, of_accounts: pages.of_accounts }
    }

    /// The list that `records` are, with what its pages tell of its completeness.
    pub(super) fn list(&self, found: &FoundRows<'_>, records: Vec<Record>) -> List {
        let mut notes: Vec<String> = self.notes.iter().map(|&note| note.to_owned()).collect();
        let count = records.len();
        if !found.whole {
            notes.push("this is one page of a longer list; a key that is not in it may be on another".to_owned());
        } else if found.is_full {
            notes.push(format!(
                "exactly {count} rows: this may be one page of a longer list; put all pages in one list"
            ));
        }
        let complete = found.whole && !found.is_full && !self.partial;
        List { issuers: vec![Issuer::new(self.issuer)], complete, records, notes }
    }

    /// Complains of fields that are missing and of keys.
    pub(super) fn check(&self, row: &Row, mistakes: &mut Mistakes) {
        let mut entry = Entry { row, mistakes };
        self.required.iter().for_each(|field| entry.require(field));
        self.secrets.iter().for_each(|field| entry.refuse_key(field));
    }
}

/// The rows of all pages, unread.
pub(super) struct FoundRows<'t> {
    pub(super) rows: Vec<&'t RawValue>,
    /// The numbers of those that stand where accounts do.
    of_accounts: BTreeSet<usize>,
    /// Whether no page says that more follow.
    whole: bool,
    /// Whether there are exactly as many as a full page has.
    is_full: bool,
}

/// The rows of all pages, and what the last page says of further ones.
struct Pages<'d, 't> {
    under: &'static [&'static str],
    accounts: &'static [&'static str],
    document: &'d Document<'t>,
    rows: Vec<&'t RawValue>,
    of_accounts: BTreeSet<usize>,
    more: bool,
    total: usize,
}

impl<'t> Pages<'_, 't> {
    /// A list of rows or of pages, a page, or a row.
    fn value(&mut self, raw: &'t RawValue, depth: usize, mistakes: &mut Mistakes) {
        match raw.get().as_bytes().first() {
            Some(b'[') if depth < DEEPEST => {
                let values = self.document.array("a page", raw, mistakes);
                for value in values {
                    self.value(value, depth + 1, mistakes);
                }
            }
            Some(b'{') => match serde_json::from_str(raw.get()) {
                Ok(members) => self.object(&members, Some(raw), mistakes),
                Err(_) => self.rows.push(raw),
            },
            _ => self.rows.push(raw),
        }
    }

    fn object(&mut self, members: &Members<'t>, raw: Option<&'t RawValue>, mistakes: &mut Mistakes) {
        let below = |names: &'static [&'static str]| -> Vec<(&str, &'t RawValue)> {
            names.iter().filter_map(|&name| Some((name, members.get(name)?))).collect()
        };
        let (lists, accounts) = (below(self.under), below(self.accounts));
        if lists.is_empty() && accounts.is_empty() {
            match raw {
                Some(raw) => self.rows.push(raw),
                None => self.rows.extend(self.document.whole()),
            }
            return;
        }
        if !lists.is_empty() {
            self.more = continues(members);
            self.total = self.total.max(total(members));
        }
        let rows = |(name, raw): (&str, &'t RawValue), mistakes: &mut Mistakes| match raw.get() {
            "null" => Vec::new(),
            _ => self.document.array(name, raw, mistakes),
        };
        for list in lists {
            self.rows.extend(rows(list, mistakes));
        }
        for list in accounts {
            let first = self.rows.len() + 1;
            self.rows.extend(rows(list, mistakes));
            self.of_accounts.extend(first..=self.rows.len());
        }
    }
}

/// Members that are set, or true, on every page but the last: of Microsoft, Google, AWS, Anthropic and OpenAI,
/// Databricks, Slack, Vercel and Docker, in this order.
const FOLLOWED_BY: &[&str] = &[
    "@odata.nextLink",
    "continuationToken",
    "nextPageToken",
    "IsTruncated",
    "has_more",
    "next_page_token",
    "response_metadata.next_cursor",
    "pagination.next",
    "next",
];

fn continues(page: &Members<'_>) -> bool {
    let of_pages = |name: &str| at(page, name).and_then(|value| value.as_u64());
    let counted = of_pages("result_info.page").zip(of_pages("result_info.total_pages"));
    counted.is_some_and(|(page, pages)| page < pages)
        || FOLLOWED_BY.iter().any(|name| match at(page, name) {
            None | Some(Value::Null | Value::Bool(false)) => false,
            Some(Value::String(text)) => !text.is_empty(),
            Some(_) => true,
        })
}

/// How many rows all pages have together: of npm and Docker, Docker's personal tokens, Datadog.
fn total(page: &Members<'_>) -> usize {
    ["total", "count", "meta.page.total_filtered_count"]
        .iter()
        .filter_map(|name| usize::try_from(at(page, name)?.as_u64()?).ok())
        .max()
        .unwrap_or(0)
}

fn at(page: &Members<'_>, name: &str) -> Option<Value> {
    let whole = |name: &str| serde_json::from_str::<Value>(page.get(name)?.get()).ok();
    whole(name).or_else(|| {
        let mut names = name.split('.');
        names.clone().nth(1)?;
        let outer = whole(names.next()?)?;
        names.try_fold(outer, |value, name| value.get(name).cloned())
    })
}

/// Reads each row of a list with `record`; an id that two rows have is a mistake.
pub(super) fn each(
    rows: Vec<Row>,
    mistakes: &mut Mistakes,
    record: impl Fn(&Row, &mut Mistakes) -> Record,
) -> Vec<Record> {
    let mut seen = BTreeMap::new();
    let mut read = Vec::with_capacity(rows.len());
    for row in rows {
        let one = record(&row, mistakes);
        complain_of_same_id(&one, row.number, &mut seen, mistakes);
        read.push(one);
    }
    read
}

/// The same id twice is a page that was fetched twice, or two lists of different owners in one file.
pub(super) fn complain_of_same_id(
    record: &Record,
    number: usize,
    seen: &mut BTreeMap<(String, String), usize>,
    mistakes: &mut Mistakes,
) {
    let Some(id) = record.facts.key_id.said() else { return };
    let kind = record.facts.kind.said().cloned().unwrap_or_default();
    if let Some(first) = seen.insert((kind, id.clone()), number) {
        mistakes
            .add(record.line, format!("record {number}: has the same id as record {first}; is a page in it twice?"));
    }
}
