//! A key's way through history as a code flow: where it came in, where it went out.

use serde_sarif::sarif::{CodeFlow, Location, Message, ThreadFlow, ThreadFlowLocation};

use super::super::escape;
use super::super::words;
use super::place;
use crate::finding::Place;
use crate::provenance::{CommitRef, Provenance};

/// `None` where no commit is known.
pub(super) fn through_history(place: &Place) -> Option<CodeFlow> {
    let provenance = place.provenance.as_deref()?;
    let mut steps: Vec<ThreadFlowLocation> = Vec::new();
    steps.extend(provenance.commit.as_ref().map(|commit| step(place, "introduced", Some(commit), "Introduced")));
    if steps.is_empty() {
        return None;
    }
    let end = match (&provenance.removed, provenance.in_head) {
        (Some(commit), _) => step(place, "removed", Some(commit), "Removed"),
        (None, Some(true)) => step(place, "present", None, "Still in HEAD"),
        _ => step(place, "present", None, "Not in HEAD, but in its repository"),
    };
    steps.push(end);
    let mut flow = CodeFlow::builder().thread_flows(vec![ThreadFlow::builder().locations(steps).build()]).build();
    flow.message = Some(Message::builder().text(sentence(provenance)).build());
    Some(flow)
}

fn sentence(provenance: &Provenance) -> String {
    escape::message(&format!("How long it has been exposed: {}.", words::history(provenance)))
}

fn step(place: &Place, kind: &str, commit: Option<&CommitRef>, what: &str) -> ThreadFlowLocation {
    let said = commit.map_or_else(|| what.to_owned(), |commit| format!("{what} {}", words::moment_of(commit)));
    let location: Location = place::bare(place, &escape::message(&format!("{said}.")));
    let mut step = ThreadFlowLocation::builder().location(location).kinds(vec![kind.to_owned()]).build();
    step.execution_time_utc = commit.and_then(|commit| commit.authored).map(|at| at.to_string());
    step
}
