//! A report as an editor shows it: a diagnostic for each place, with what a hover says.

use skelkey::finding::{Finding, Place, Report};
use skelkey::location::Region;
use skelkey::report::{self, words};
use skelkey::severity::Severity;
use tower_lsp_server::ls_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Location, NumberOrString, Position,
    Range, Uri,
};

use super::document::Columns;

/// One key in a document, as far as the editor is told.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub(super) diagnostic: Diagnostic,
    /// What the key opens, until when, and how to close it, in Markdown.
    pub(super) hover: String,
    pub(super) rule: String,
    /// How the place reads the key from the environment instead.
    pub(super) fix: Option<report::Fix>,
}

/// Everything in a document that counts.
pub(super) fn all(report: &Report, uri: &Uri, fail_on: Severity, columns: Columns) -> Vec<Shown> {
    let mut shown: Vec<Shown> = Vec::new();
    for finding in &report.findings {
        let hover = report::key_in_markdown(finding, report);
        shown.extend(finding.places.iter().map(|place| Shown {
            diagnostic: diagnostic(finding, place, report, uri, fail_on, columns),
            hover: hover.clone(),
            rule: place.rule.clone().unwrap_or_else(|| finding.rule.clone()),
            fix: report::by_environment(finding, place),
        }));
    }
    shown
}

fn diagnostic(
    finding: &Finding,
    place: &Place,
    report: &Report,
    uri: &Uri,
    fail_on: Severity,
    columns: Columns,
) -> Diagnostic {
    let page = finding.remedy.page.as_deref().and_then(|page| page.parse().ok());
    let parts = finding.parts.iter().filter(|part| part.path == place.path);
    let related: Vec<_> = parts
        .map(|part| DiagnosticRelatedInformation {
            location: Location { uri: uri.clone(), range: range(&part.region, columns) },
            message: report::escape::terminal(&format!("its {} {}", part.role, part.text)).into_owned(),
        })
        .collect();
    Diagnostic {
        range: range(&place.region, columns),
        severity: Some(severity(finding.judgement.severity, fail_on)),
        code: Some(NumberOrString::String(finding.rule.clone())),
        code_description: page.map(|href| CodeDescription { href }),
        source: Some("skelkey".to_owned()),
        message: report::escape::terminal(&words::headline(finding, report)).into_owned(),
        related_information: (!related.is_empty()).then_some(related),
        ..Diagnostic::default()
    }
}

/// What would fail the gate is an error.
fn severity(severity: Severity, fail_on: Severity) -> DiagnosticSeverity {
    match severity {
        severity if severity >= fail_on => DiagnosticSeverity::ERROR,
        Severity::Note => DiagnosticSeverity::INFORMATION,
        _ => DiagnosticSeverity::WARNING,
    }
}

/// Lines and columns from 0.
pub(super) fn range(region: &Region, columns: Columns) -> Range {
    let (start, end) = match columns {
        Columns::Utf8 => (region.start_column, region.end_column),
        Columns::Utf16 => (region.start_column_utf16, region.end_column_utf16),
    };
    let position = |line: usize, column: usize| Position { line: from_zero(line), character: from_zero(column) };
    Range { start: position(region.start_line, start), end: position(region.end_line, end) }
}

fn from_zero(count: usize) -> u32 {
    u32::try_from(count.saturating_sub(1)).unwrap_or(u32::MAX)
}
