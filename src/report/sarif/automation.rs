//! What tells runs apart whose results must not replace each other: GitHub's category, Azure's pipeline.

use serde_json::json;
use serde_sarif::sarif::RunAutomationDetails;

use super::super::escape::terminal;
use super::super::{AzurePipeline, Options, SarifProfile};
use super::bag;
use crate::finding::{Mode, Report};

/// With which every id begins that Azure takes (rule GHAzDO1020 of its validator).
const AZURE: &str = "azuredevops/pipeline/build";

pub(super) fn details(report: &Report, options: &Options) -> RunAutomationDetails {
    match options.sarif_profile {
        SarifProfile::Github | SarifProfile::Full => {
            RunAutomationDetails::builder().id(format!("skelkey/{}/", category(report.mode))).build()
        }
        SarifProfile::Azure => azure(report, options),
    }
}

/// A new upload closes the alerts of its category that it does not hold, so each way of looking has its own.
fn category(mode: Mode) -> &'static str {
    match mode {
        Mode::Files => "head",
        Mode::Text => "text",
        Mode::Staged => "staged",
        Mode::Range => "pr",
        Mode::History => "history",
        Mode::Keys => "keys",
        Mode::Forecast => "forecast",
        Mode::Reconcile => "reconcile",
        Mode::Recheck => "recheck",
        Mode::Mixed => "mixed",
    }
}

/// `azuredevops/pipeline/build/ORGANISATION/PROJECT/DEFINITION/PHASE/BRANCH/BUILD`, and the four properties by which Azure
/// attaches the run to its pipeline (rule GHAzDO1019). The category takes the place of a name that nobody gave.
fn azure(report: &Report, options: &Options) -> RunAutomationDetails {
    let AzurePipeline { organisation, project, definition_id, definition_name, phase_id, phase_name, build_id } =
        &options.azure;
    let number = |n: &Option<u64>| n.map(|n| n.to_string());
    let parts = [
        organisation.clone(),
        project.clone(),
        number(definition_id),
        phase_id.clone(),
        // A slash would begin the next part.
        options.branch_shown().map(|branch| branch.replace('/', "-")),
        number(build_id),
    ];
    let parts = parts.map(|part| part.map_or_else(|| "-".to_owned(), |part| terminal(&part).replace('/', "-")));
    let id = match parts.iter().all(|part| part == "-") {
        true => format!("{AZURE}/skelkey/{}", category(report.mode)),
        false => format!("{AZURE}/{}", parts.join("/")),
    };
    let properties = json!({
        // A number, but its validator reads a text.
        (format!("{AZURE}/buildDefinitionId")): number(definition_id),
        (format!("{AZURE}/buildDefinitionName")): definition_name,
        (format!("{AZURE}/phaseId")): phase_id,
        (format!("{AZURE}/phaseName")): phase_name,
    });
    RunAutomationDetails::builder().id(id).properties(bag(properties)).build()
}

/// What Azure needs and nobody said.
pub(super) fn lacks(options: &Options) -> Option<String> {
    if options.sarif_profile != SarifProfile::Azure {
        return None;
    }
    let AzurePipeline { definition_id, definition_name, phase_id, phase_name, .. } = &options.azure;
    let known = [
        ("SYSTEM_DEFINITIONID", definition_id.is_some()),
        ("BUILD_DEFINITIONNAME", definition_name.is_some()),
        ("SYSTEM_PHASEID", phase_id.is_some()),
        ("SYSTEM_PHASENAME", phase_name.is_some()),
    ];
    let missing: Vec<&str> = known.into_iter().filter(|(_, is_known)| !is_known).map(|(name, _)| name).collect();
    (!missing.is_empty()).then(|| {
        format!(
            "The log names no pipeline ({} not set), so Azure DevOps attaches it to none: write it in an Azure pipeline.",
            missing.join(", ")
        )
    })
}
