//! What the baseline knows and the run did not find again, as results that say so.
//!
//! Their kind is `pass` and their level `none`: the rule was applied where the key stood, and nothing came of it. A reader that
//! does not know `baselineState` so takes none of them for a leak.

use std::collections::BTreeMap;

use serde_json::json;
use serde_sarif::sarif::{Message, Result as SarifResult, ResultBaselineState, ResultKind, ResultLevel};

use super::result::line_hash;
use super::rule::Descriptors;
use super::{guid, place};
use crate::finding::{Gone, Report};

pub(super) fn all(report: &Report, descriptors: &Descriptors<'_>) -> Vec<SarifResult> {
    report.gone.iter().map(|gone| result(gone, report, descriptors)).collect()
}

fn result(gone: &Gone, report: &Report, descriptors: &Descriptors<'_>) -> SarifResult {
    let (rule_id, rule_index) = descriptors.reference_gone(gone);
    // Places know their root, what is gone only its path.
    let root = (report.roots.len() == 1).then_some(0);
    let text = "The baseline knows a key here, and it was not found again.";
    let mut result = SarifResult::builder()
        .rule_id(rule_id)
        .rule_index(rule_index)
        .kind(ResultKind::Pass)
        .level(ResultLevel::None)
        .message(Message::builder().text(text).build())
        .locations(vec![place::whole(&gone.path, root)])
        .guid(guid(gone.place.bytes()))
        .correlation_guid(guid(gone.key.bytes()))
        .build();
    result.partial_fingerprints =
        Some(BTreeMap::from([("primaryLocationLineHash".to_owned(), line_hash(&gone.place))]));
    result.fingerprints = Some(BTreeMap::from([("skelkeyOccurrence/v1".to_owned(), gone.place.to_string())]));
    result.baseline_state = Some(json!(ResultBaselineState::Absent));
    result
}
