//! Words of the policy that were meant as others: a limit with a slip in it would never be breached.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use skelkey::hygiene::PolicyPart;
use skelkey::inventory::{Inventory, known_actions, known_restrictions};
use skelkey::suggest::nearest;

use super::config::{Loaded, PolicyPath};

/// Refuses actions and restrictions that nobody knows if they look like some that are known. Others are the words of
/// issuers that are not known here, and stay. All mistakes at once.
///
/// # Errors
/// Each with the line of its field.
pub(super) fn check<'l>(loaded: &'l Loaded, lists: &[Inventory]) -> Result<()> {
    let policy = &loaded.config.policy;
    let own = PolicyPart {
        forbidden_actions: policy.forbidden_actions.clone(),
        required_restrictions: policy.required_restrictions.clone(),
        ..PolicyPart::default()
    };
    // A list of tables is known by the lines of its elements.
    let of_issuer = |(id, part)| (format!("policy.issuer.{id}"), part);
    let of_path = |(at, path): (usize, &'l PolicyPath)| (format!("policy.path[{at}]"), &path.limits);
    let parts: Vec<(String, &PolicyPart)> = std::iter::once(("policy".to_owned(), &own))
        .chain(policy.issuer.iter().map(of_issuer))
        .chain(policy.path.iter().enumerate().map(of_path))
        .collect();
    let (actions, restrictions) = (actions(lists), restrictions(lists));
    let mut mistakes = Vec::new();
    for (table, part) in parts {
        let fields = [
            ("forbidden-actions", "action", &part.forbidden_actions, &actions),
            ("required-restrictions", "restriction", &part.required_restrictions, &restrictions),
        ];
        for (field, what, words, known) in fields {
            let slips = words.iter().flatten().filter_map(|word| Some((word, slip(word, known)?)));
            mistakes.extend(slips.map(|(word, near)| {
                let of_field = format!("{table}.{field}");
                let place = loaded.place(if table.ends_with(']') { &table } else { &of_field });
                let word = skelkey::escape::word(word);
                format!("{place}: [{table}] {field}: there is no {what} `{word}`; did you mean `{near}`?")
            }));
        }
    }
    if mistakes.is_empty() { Ok(()) } else { bail!("{}", mistakes.join("\n")) }
}

/// What an unknown word was probably meant to be.
fn slip<'k>(word: &str, known: &BTreeSet<&'k str>) -> Option<&'k str> {
    let word = word.to_lowercase();
    if known.contains(word.as_str()) { None } else { nearest(&word, known.iter().copied()) }
}

fn actions(lists: &[Inventory]) -> BTreeSet<&str> {
    let records = lists.iter().flat_map(|list| &list.records);
    let grants = records.filter_map(|record| record.facts.grants.said()).flatten();
    let listed = grants.flat_map(|grant| &grant.actions).map(|action| action.name.as_str());
    listed.chain(known_actions().map(|word| word as &str)).collect()
}

fn restrictions(lists: &[Inventory]) -> BTreeSet<&str> {
    let records = lists.iter().flat_map(|list| &list.records);
    let listed = records.filter_map(|record| record.facts.restrictions.said()).flatten();
    let listed = listed.map(|restriction| restriction.name.as_str());
    listed.chain(known_restrictions().map(|word| word as &str)).collect()
}
