//! How the run went: complete or not, and a notification for each thing that was not scanned.

use serde_sarif::sarif::{
    ArtifactLocation, Invocation, Location, Message, Notification, PhysicalLocation, ReportingDescriptor,
    ReportingDescriptorReference,
};

use super::super::words::{self, REDACTED};
use super::super::{Options, escape};
use super::limits::Shape;
use super::text;
use crate::coverage::{Reason, Skip};
use crate::finding::Report;

/// Every reason, in the order of the descriptors.
const REASONS: [Reason; 11] = [
    Reason::Ignored,
    Reason::Excluded,
    Reason::TooLarge,
    Reason::NotAFile,
    Reason::Elsewhere,
    Reason::Known,
    Reason::Unreadable,
    Reason::Vanished,
    Reason::Missing,
    Reason::Empty,
    Reason::Interrupted,
];

/// How many skipped files are notified one by one. The counts by reason are always whole.
const SKIPS_SHOWN: usize = 1_000;

/// `shape`: how the results were fitted into the limits of code scanning.
pub(super) fn of(report: &Report, options: &Options, shape: &Shape) -> Invocation {
    let mut invocation = Invocation::builder()
        .execution_successful(report.coverage.is_complete())
        .tool_execution_notifications(notifications(report, shape))
        .build();
    invocation.exit_code = options.exit_code.map(i64::from);
    if let Some((start, end)) = options.run_times(report) {
        invocation.start_time_utc = Some(start.to_string());
        invocation.end_time_utc = Some(end.to_string());
    }
    if let [root] = &report.roots[..] {
        // GitHub takes this as the folder that relative paths start from.
        invocation.working_directory = super::root_uri(root).map(|uri| ArtifactLocation::builder().uri(uri).build());
    }
    invocation
}

fn notifications(report: &Report, shape: &Shape) -> Vec<Notification> {
    let skips = &report.coverage.skips;
    let mut all: Vec<_> = skips.iter().take(SKIPS_SHOWN).map(of_skip).collect();
    if let Some(more) = skips.len().checked_sub(SKIPS_SHOWN).filter(|more| *more > 0) {
        all.push(said(
            "warning",
            format!("{} more files were skipped and are not listed here.", words::grouped(more as u64)),
        ));
    }
    all.extend(shape.sentences().into_iter().map(|(level, sentence)| said(level, sentence)));
    if report.coverage.had_nothing_to_scan() {
        all.push(said("note", "There was nothing to scan: what was asked for adds nothing.".to_owned()));
    } else if report.coverage.nothing_scanned() {
        all.push(said("warning", "Nothing was scanned: this run is no proof that nothing leaks.".to_owned()));
    }
    if let Some(words) = report.coverage.configuration.words() {
        all.push(said("note", format!("Configuration in force: {}.", escape::message(&words))));
    }
    all.extend(report.notes.iter().map(|note| said("note", sentence(&escape::message(note)))));
    all
}

fn said(level: &str, message: String) -> Notification {
    Notification::builder().level(level).message(Message::builder().text(message).build()).build()
}

fn sentence(text: &str) -> String {
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

fn of_skip(skip: &Skip) -> Notification {
    let detail = skip.detail.as_deref().map(|detail| format!(" ({})", escape::message(detail))).unwrap_or_default();
    let message = format!("'{}' was not scanned: {}{detail}.", escape::message(&skip.path), skip.reason.words());
    let mut notification = said(if skip.reason.is_gap() { "error" } else { "note" }, message);
    let index = REASONS.iter().position(|reason| *reason == skip.reason).and_then(|at| i64::try_from(at).ok());
    let descriptor = ReportingDescriptorReference::builder().id(skip.reason.id()).index(index.unwrap_or(-1));
    notification.descriptor = Some(descriptor.build());
    if !skip.path.is_empty() && !skip.path.contains(REDACTED) {
        let file = ArtifactLocation::builder().uri(escape::path_uri(&skip.path)).build();
        let place = PhysicalLocation::builder().artifact_location(file).build();
        notification.locations = Some(vec![Location::builder().physical_location(place).build()]);
    }
    notification
}

/// What each kind of notification means and what to do about it.
pub(super) fn descriptors() -> Vec<ReportingDescriptor> {
    REASONS.into_iter().map(descriptor).collect()
}

fn descriptor(reason: Reason) -> ReportingDescriptor {
    let (name, why, help) = explanation(reason);
    let words = reason.words();
    ReportingDescriptor::builder()
        .id(reason.id())
        .name(name)
        .short_description(text(format!("Not scanned: {words}.")))
        .full_description(text(why))
        .help(text(help))
        .build()
}

/// Name, meaning and help.
fn explanation(reason: Reason) -> (&'static str, &'static str, &'static str) {
    match reason {
        Reason::Ignored => (
            "Ignored",
            "An ignore rule of the repository names the file. The run stays complete.",
            "Take the file out of the ignore rules, or name it on the command line, to have it scanned.",
        ),
        Reason::Excluded => (
            "Excluded",
            "An exclude of the configuration names the file. The run stays complete.",
            "Take the exclude out of the configuration to have the file scanned.",
        ),
        Reason::TooLarge => (
            "TooLarge",
            "The file is larger than the size limit. The run stays complete.",
            "Raise the size limit in the configuration to have the file scanned.",
        ),
        Reason::NotAFile => (
            "NotRegularFile",
            "It is a link that leads out of the root, or not a regular file. The run stays complete.",
            "Name the link's target on the command line to have it scanned.",
        ),
        Reason::Elsewhere => (
            "KeptElsewhere",
            "The file is a pointer of Git LFS: its content is not in the repository. The run stays complete.",
            "Fetch the content (git lfs fetch --all), check it out and scan the files.",
        ),
        Reason::Known => (
            "Known",
            "An earlier run read the file under the same rules and found nothing in it. The run stays complete.",
            "Scan without a cache to have it read again.",
        ),
        Reason::Unreadable => (
            "Unreadable",
            "The file could not be read, so nobody knows whether it holds a key. The run is incomplete.",
            "Give the scanning user the right to read the file, or exclude it in the configuration.",
        ),
        Reason::Vanished => (
            "Vanished",
            "The file was gone before it could be read. The run is incomplete.",
            "Scan again while nothing else writes to the folder.",
        ),
        Reason::Missing => (
            "Missing",
            "What was named cannot be opened. The run is incomplete.",
            "Check the spelling and the rights of the path that was given.",
        ),
        Reason::Empty => (
            "Empty",
            "What was named holds no file at all, so nothing of it was scanned. The run is incomplete.",
            "Check that the path is the one that was meant, and that a checkout has filled it.",
        ),
        Reason::Interrupted => (
            "Interrupted",
            "The run was stopped before it had read everything. The run is incomplete.",
            "Scan again and let the run come to its end.",
        ),
    }
}
