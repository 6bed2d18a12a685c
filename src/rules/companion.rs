//! `[[rule.part]]`: the other halves of a key that is made of several.

use super::reader::Fields;
use super::{CONTEXT_REACH, Companion, PartFact};
use crate::suggest::did_you_mean;

const KEYS: [&str; 4] = ["rule", "role", "reach", "fact"];
const FACTS: [(&str, PartFact); 3] =
    [("key-id", PartFact::KeyId), ("owner", PartFact::Owner), ("host", PartFact::Host)];

/// Reads a rule's companions, and the line of each.
pub(super) fn read(fields: &Fields) -> Vec<(Companion, usize)> {
    fields.tables("part", "rule.part", &KEYS).iter().map(one).collect()
}

fn one(fields: &Fields) -> (Companion, usize) {
    fields.require("rule", "\"…\"");
    fields.require("role", "\"access key id\"");
    fields.require("reach", "512");
    let reach = fields.size("reach").unwrap_or(0);
    if reach > CONTEXT_REACH {
        let message = format!("`reach` is {reach}; {CONTEXT_REACH} bytes is the most");
        fields.source.mistake(&fields.at("reach"), message);
    }
    let companion = Companion {
        rule: fields.required("rule").value.to_owned(),
        role: fields.required("role").value.to_owned(),
        reach,
        fact: fields.word("fact", &FACTS),
    };
    (companion, fields.source.line(&fields.at))
}

/// What is wrong with a companion that no rule has the id of.
pub(super) fn unknown(id: &str, ids: &[&str]) -> String {
    format!("`[[rule.part]]`: there is no rule `{}`{}", crate::escape::word(id), did_you_mean(id, ids))
}
