//! One place of a key as a SARIF location, every snippet masked.

use serde_sarif::sarif::{
    ArtifactContent, ArtifactLocation, Location, LogicalLocation, Message, PhysicalLocation, Region,
};

use super::super::escape;
use super::super::words::{self, REDACTED};
use super::base_id;
use crate::finding::{FrameLine, Part, Place};
use crate::location;

/// The place itself, with what may be shown of the text.
/// `with_context`: with the lines around it.
pub(super) fn primary(place: &Place, masked: &str, with_context: bool) -> Location {
    let region = region(place, masked);
    let mut physical = PhysicalLocation::builder().artifact_location(file(place)).region(region).build();
    physical.context_region = context(&place.frame, place.region).filter(|_| with_context);
    let mut location = Location::builder().physical_location(physical).build();
    if let Some(variable) = &place.variable {
        let name = escape::terminal(variable).into_owned();
        location.logical_locations = Some(vec![LogicalLocation::builder().name(name).kind("variable").build()]);
    }
    location
}

/// Another place of the same key, numbered for links in the message.
pub(super) fn related(place: &Place, id: usize, masked: &str) -> Location {
    let physical = PhysicalLocation::builder().artifact_location(file(place)).region(region(place, masked)).build();
    Location::builder()
        .id(i64::try_from(id).unwrap_or(i64::MAX))
        .physical_location(physical)
        .message(Message::builder().text("The same key stands here as well.").build())
        .build()
}

/// Another part of the key.
pub(super) fn part(part: &Part, id: usize) -> Location {
    let file = artifact(&part.path, part.root);
    let physical = PhysicalLocation::builder().artifact_location(file).region(lines(part.region)).build();
    let message = escape::message(&format!("The key's {}: '{}'.", part.role, part.text));
    Location::builder()
        .id(i64::try_from(id).unwrap_or(i64::MAX))
        .physical_location(physical)
        .message(Message::builder().text(message).build())
        .build()
}

/// The place without any text of it, and what is said of it there.
pub(super) fn bare(place: &Place, message: &str) -> Location {
    let physical = PhysicalLocation::builder().artifact_location(file(place)).region(lines(place.region)).build();
    Location::builder().physical_location(physical).message(Message::builder().text(message).build()).build()
}

/// A line of a file of which nothing else is known.
pub(super) fn line(path: &str, line: usize, root: Option<usize>) -> Location {
    let region = Region::builder().start_line(number(line)).build();
    let physical = PhysicalLocation::builder().artifact_location(artifact(path, root)).region(region).build();
    Location::builder().physical_location(physical).build()
}

/// A file of which no line is known. Its first stands for it: code scanning takes no place without a line.
pub(super) fn whole(path: &str, root: Option<usize>) -> Location {
    line(path, 1, root)
}

/// `src/a.yml:14`, for the words of a link.
pub(super) fn link_words(place: &Place) -> String {
    if place.shown == REDACTED {
        return words::place(place);
    }
    // Brackets would end the link's words.
    let path = escape::terminal(&place.path).replace(['[', ']', '\\'], "?");
    format!("{path}:{}", place.region.start_line)
}

pub(super) fn file(place: &Place) -> ArtifactLocation {
    if place.path == REDACTED {
        let why = "The owner's list; its name is left out.";
        return ArtifactLocation::builder().uri("owners-list").description(why).build();
    }
    artifact(&place.path, place.root)
}

fn artifact(path: &str, root: Option<usize>) -> ArtifactLocation {
    let name = if path.is_empty() { "stdin" } else { path };
    let mut file = ArtifactLocation::builder().uri(escape::path_uri(name)).build();
    file.uri_base_id = root.map(base_id);
    file
}

fn region(place: &Place, masked: &str) -> Region {
    let snippet = content(marked(&place.frame).unwrap_or(masked).to_owned());
    Region { snippet: Some(snippet), ..lines(place.region) }
}

pub(super) fn lines(region: location::Region) -> Region {
    let location::Region { start_line, end_line, start_column_utf16, end_column_utf16, .. } = region;
    let start_column = start_column_utf16.max(1);
    // GitHub refuses a whole file for one column that is 0 or runs backwards.
    let least = if end_line <= start_line { start_column } else { 1 };
    Region::builder()
        .start_line(number(start_line))
        .start_column(number(start_column))
        .end_line(number(end_line.max(start_line)))
        .end_column(number(end_column_utf16.max(least)))
        .build()
}

/// What stands for the secret in the masked lines.
fn marked(frame: &[FrameLine]) -> Option<&str> {
    frame.iter().find_map(|line| line.mark.and_then(|(start, end)| line.text.get(start..end)))
}

/// The lines around the place, if they hold all of it: a context must contain its region (SARIF 2.1.0, 3.29.5).
fn context(frame: &[FrameLine], region: location::Region) -> Option<Region> {
    let has_gap = frame.windows(2).any(|pair| pair[0].number + 1 != pair[1].number);
    let (first, last) = (frame.first()?.number, frame.last()?.number);
    let holds_region = first <= region.start_line && region.end_line <= last;
    (holds_region && !has_gap).then(|| {
        let lines: Vec<_> = frame.iter().map(|line| escape::source_line(&line.text)).collect();
        let context = Region::builder().start_line(number(first)).end_line(number(last));
        context.snippet(content(lines.join("\n"))).build()
    })
}

fn content(text: String) -> ArtifactContent {
    ArtifactContent::builder().text(text).build()
}

/// Lines and columns count from 1.
fn number(n: usize) -> i64 {
    i64::try_from(n.max(1)).unwrap_or(i64::MAX)
}
