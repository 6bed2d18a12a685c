//! A key's life beyond one scan: which keys end and what then breaks, which listed keys stand in code, what an earlier
//! report's keys are now, and how narrow a key could be.

mod calendar;
pub mod earlier;
pub mod forecast;
mod listed;
pub mod recheck;
pub mod reconcile;
pub mod suggest;

use serde::Serialize;

pub use self::calendar::calendar;
use crate::inventory::{Inventory, Record};
use crate::issuer::Issuer;

/// A key as its owner knows it: the row of a list, or a place in code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Named {
    /// Who issued it.
    pub issuer: Issuer,
    /// What its owner calls it.
    pub name: Option<String>,
    /// The issuer's public id of it.
    pub key_id: Option<String>,
    /// For whom it acts.
    pub owner: Option<String>,
    /// The list or the file in which it stands, as the user named it. Escape before showing.
    pub file: String,
    /// Line in it, from 1.
    pub line: usize,
}

impl Named {
    fn of_row(list: &Inventory, record: &Record, issuer: &Issuer) -> Self {
        Self {
            issuer: issuer.clone(),
            name: record.facts.name.said().cloned(),
            key_id: record.facts.key_id.said().cloned(),
            owner: record.facts.owner.said().cloned(),
            file: list.path.to_string_lossy().into_owned(),
            line: record.line,
        }
    }

    /// Name, else id, else where it stands. Escape before showing.
    #[must_use]
    pub fn label(&self) -> String {
        match (&self.name, &self.key_id) {
            (Some(name), _) => name.clone(),
            (None, Some(id)) => format!("id {id}"),
            (None, None) => format!("{}:{}", self.file, self.line),
        }
    }
}

/// Every row of every list whose issuer is told: index of the list, index in the list.
fn rows(lists: &[Inventory]) -> impl Iterator<Item = ((usize, usize), &Inventory, &Record, &Issuer)> {
    lists.iter().enumerate().flat_map(|(at, list)| {
        let records = list.records.iter().enumerate();
        records.filter_map(move |(row, record)| Some(((at, row), list, record, record.facts.issuer.as_ref()?)))
    })
}

/// A name without case and without what stands between its words.
fn folded(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
