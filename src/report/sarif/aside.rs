//! What a comment or the baseline set aside, as results that say so.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde_json::json;
use serde_sarif::sarif::{Message, Result as SarifResult, ResultBaselineState, ResultKind, Suppression};

use super::super::escape;
use super::result::{level_of, line_hash};
use super::rule::Descriptors;
use super::{bag, guid, place};
use crate::finding::{Report, SetAside};
use crate::suppression::By;

pub(super) fn all(report: &Report, descriptors: &Descriptors<'_>) -> Vec<SarifResult> {
    report.suppressed.iter().map(|aside| result(aside, report, descriptors)).collect()
}

fn result(aside: &SetAside, report: &Report, descriptors: &Descriptors<'_>) -> SarifResult {
    let (rule_id, rule_index) = descriptors.reference_aside(aside);
    // Places know their root, what was set aside only its path.
    let root = (report.roots.len() == 1).then_some(0);
    let by = match aside.suppression.by {
        By::Comment => "a comment",
        By::Baseline => "the baseline",
        By::Configuration => "the configuration",
    };
    let mut result = SarifResult::builder()
        .rule_id(rule_id)
        .rule_index(rule_index)
        .kind(ResultKind::Fail)
        .level(level_of(aside.severity))
        .message(Message::builder().text(format!("Set aside by {by}.")).build())
        .locations(vec![place::line(&aside.path, aside.line, root)])
        .guid(guid(aside.place.bytes()))
        .correlation_guid(guid(aside.key.bytes()))
        .suppressions(vec![suppression(aside, report)])
        .build();
    result.partial_fingerprints =
        Some(BTreeMap::from([("primaryLocationLineHash".to_owned(), line_hash(&aside.place))]));
    result.fingerprints = Some(BTreeMap::from([("skelkeyOccurrence/v1".to_owned(), aside.place.to_string())]));
    result.baseline_state = report.compared.then(|| match (aside.suppression.by, &aside.suppression.moved_from) {
        (By::Baseline, None) => json!(ResultBaselineState::Unchanged),
        (By::Baseline, Some(_)) => json!(ResultBaselineState::Updated),
        (By::Comment | By::Configuration, _) => json!(ResultBaselineState::New),
    });
    result
}

fn suppression(aside: &SetAside, report: &Report) -> Suppression {
    let kind = match aside.suppression.by {
        By::Comment => "inSource",
        By::Baseline | By::Configuration => "external",
    };
    let today = report.now.to_zoned(TimeZone::UTC).date();
    let holds = aside.suppression.until.is_none_or(|until| until >= today);
    let mut suppression = Suppression::builder()
        .kind(kind)
        .status(if holds { "accepted" } else { "underReview" })
        .properties(bag(json!({
            "owner": aside.suppression.owner.as_deref().map(escape::terminal),
            "until": aside.suppression.until,
            "movedFrom": aside.suppression.moved_from.as_deref().map(escape::terminal),
        })))
        .build();
    suppression.justification = aside.suppression.reason.as_deref().map(escape::message);
    suppression
}
