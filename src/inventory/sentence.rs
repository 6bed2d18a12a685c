//! What a join found, in a sentence for people.

use super::index::RowId;
use super::{Inventory, JoinOutcome, Lists};
use crate::issuer::Issuer;
use crate::key::JoinStrength;

/// How the sentence begins of a key that may be one row or several.
pub(crate) const AMBIGUOUS: &str = "it may be ";

impl JoinOutcome {
    /// In a sentence, for people. `lists` are those of the join. Names and paths stand in it as the lists have them:
    /// escape before showing.
    #[must_use]
    pub fn words(&self, issuer: &Issuer, lists: &Lists<'_>) -> String {
        let inventories = lists.inventories();
        match self {
            Self::NoList => format!("no list was given that could hold this key of {issuer}"),
            Self::Found { inventory, record, strength } => found((*inventory, *record), *strength, inventories),
            Self::Ambiguous { candidates, more, strength } => {
                ambiguous(candidates, *more, *strength, issuer, inventories)
            }
            Self::Shadow => shadow(issuer, lists),
        }
    }
}

fn found(id: RowId, strength: JoinStrength, inventories: &[Inventory]) -> String {
    let caution = match strength {
        JoinStrength::Elimination => {
            "; this is weak: it is only the one live key in the list that it can be, and nothing of the key itself was compared"
        }
        JoinStrength::Name => "; its name stands beside the leak, but nothing of the key itself was compared",
        JoinStrength::Owner => {
            "; this is weak: it is the only live key in the list of the owner whom the key's text names, and nothing else was compared"
        }
        JoinStrength::Moment => "; the second in its text is the row's, but nothing else was compared",
        JoinStrength::Hint => "; so few characters agree now and then by chance",
        JoinStrength::Ends | JoinStrength::Id | JoinStrength::Hash | JoinStrength::Row => "",
    };
    format!("it is {}, joined {}{caution}", row(id, inventories), strength.words())
}

fn ambiguous(
    candidates: &[RowId],
    more: usize,
    strength: JoinStrength,
    issuer: &Issuer,
    inventories: &[Inventory],
) -> String {
    const SHOWN: usize = 3;
    let rows: Vec<String> = candidates.iter().take(SHOWN).map(|&id| row(id, inventories)).collect();
    let more = match more + candidates.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let cure = "record the `sha256` of each key to tell";
    match candidates.len() {
        0 => format!("the lists of {issuer} are not complete, and no row in them is this key"),
        1 => format!("{AMBIGUOUS}{}, but that is not certain ({}); {cure}", rows.concat(), strength.words()),
        _ => format!("{AMBIGUOUS}any of {}{more} ({}); {cure}", rows.join(", "), strength.words()),
    }
}

fn shadow(issuer: &Issuer, lists: &Lists<'_>) -> String {
    let of_issuer = |(_, list): &(usize, &Inventory)| list.issuers.contains(issuer);
    let files = lists.inventories().iter().enumerate().filter(of_issuer);
    let (files, counts): (Vec<String>, Vec<usize>) =
        files.map(|(at, list)| (list.path.display().to_string(), lists.keys_of(issuer, at))).unzip();
    let count: usize = counts.iter().sum();
    let files = files.join(", ");
    let which = match count {
        1 => format!("not the one key of {issuer}"),
        _ => format!("none of the {count} keys of {issuer}"),
    };
    format!("it is {which} in {files}: a key that the list does not know")
}

fn row((list, row): RowId, inventories: &[Inventory]) -> String {
    let Some(list) = inventories.get(list) else { return "an unknown row".to_owned() };
    let file = list.path.display();
    match list.records.get(row) {
        None => format!("an unknown row of {file}"),
        Some(record) => match record.facts.name.said() {
            Some(name) => format!("`{name}` ({file}:{})", record.line),
            None => format!("{file}:{}", record.line),
        },
    }
}
