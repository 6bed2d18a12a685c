//! A fix of a place, as SARIF writes it: the region that goes and the text that comes, never what stood there.

use serde_sarif::sarif::{ArtifactChange, ArtifactContent, Fix, Message, Replacement};

use super::super::fix;
use super::place;
use crate::finding::{Finding, Place};

/// The key read from an environment variable, where the language is known.
pub(super) fn by_environment(finding: &Finding, at: &Place) -> Option<Fix> {
    let fix = fix::by_environment(finding, at)?;
    let text = fix.words();
    let content = ArtifactContent::builder().text(fix.text).build();
    let replacement = Replacement::builder().deleted_region(place::lines(fix.region)).inserted_content(content).build();
    let change = ArtifactChange::builder().artifact_location(place::file(at)).replacements(vec![replacement]).build();
    Some(Fix::builder().artifact_changes(vec![change]).description(Message::builder().text(text).build()).build())
}
