//! The two taxonomies that results are sorted into: weaknesses (CWE) and our own hygiene verdicts (`SK2xxx`).

use serde_sarif::sarif::{
    ReportingDescriptor, ReportingDescriptorReference, ReportingDescriptorRelationship, ToolComponent,
    ToolComponentReference,
};

use super::super::verdicts::{VERDICTS, VerdictInfo};
use super::text;

const CWE: &str = "CWE";
const HYGIENE: &str = "skelkey-hygiene";

/// The weaknesses that rules and verdicts name, with the titles that cwe.mitre.org gives them.
const WEAKNESSES: [(u16, &str); 12] = [
    (250, "Execution with Unnecessary Privileges"),
    (284, "Improper Access Control"),
    (308, "Use of Single-factor Authentication"),
    (312, "Cleartext Storage of Sensitive Information"),
    (324, "Use of a Key Past its Expiration Date"),
    (477, "Use of Obsolete Function"),
    (522, "Insufficiently Protected Credentials"),
    (540, "Inclusion of Sensitive Information in Source Code"),
    (613, "Insufficient Session Expiration"),
    (732, "Incorrect Permission Assignment for Critical Resource"),
    (798, "Use of Hard-coded Credentials"),
    (1392, "Use of Default Credentials"),
];

/// What every leaked key is: a credential in a text, and in clear.
pub(super) const LEAK: &[u16] = &[798, 312];

pub(super) fn all() -> Vec<ToolComponent> {
    let cwe = ToolComponent::builder()
        .name(CWE)
        .organization("MITRE")
        .full_name("Common Weakness Enumeration")
        .short_description(text("The MITRE Common Weakness Enumeration."))
        .information_uri("https://cwe.mitre.org/")
        .is_comprehensive(false)
        .taxa(WEAKNESSES.iter().map(weakness).collect::<Vec<_>>());
    let hygiene = ToolComponent::builder()
        .name(HYGIENE)
        .organization(env!("CARGO_PKG_NAME"))
        .full_name("skelkey hygiene verdicts")
        .short_description(text("What can be wrong with a key beside its leak."))
        .is_comprehensive(true)
        .taxa(hygiene_verdicts().map(verdict).collect::<Vec<_>>());
    vec![cwe.build(), hygiene.build()]
}

pub(super) fn references() -> Vec<ToolComponentReference> {
    [CWE, HYGIENE].map(component).to_vec()
}

fn component(name: &str) -> ToolComponentReference {
    ToolComponentReference::builder().name(name).build()
}

fn weakness((number, title): &(u16, &str)) -> ReportingDescriptor {
    ReportingDescriptor::builder()
        .id(format!("CWE-{number}"))
        .name(title.split([' ', '-']).collect::<String>())
        .short_description(text(format!("{title}.")))
        .help_uri(format!("https://cwe.mitre.org/data/definitions/{number}.html"))
        .build()
}

fn hygiene_verdicts() -> impl Iterator<Item = &'static VerdictInfo> {
    VERDICTS.iter().filter(|info| info.id.0.starts_with("SK2"))
}

fn verdict(info: &VerdictInfo) -> ReportingDescriptor {
    ReportingDescriptor::builder()
        .id(info.id.0)
        .short_description(text(format!("{}.", info.title)))
        .full_description(text(info.why))
        .build()
}

/// The reference of a result or a rule to a weakness, if we know it.
pub(super) fn cwe(number: u16) -> Option<ReportingDescriptorReference> {
    let index = WEAKNESSES.iter().position(|(known, _)| *known == number)?;
    Some(reference(CWE, &format!("CWE-{number}"), index))
}

/// The reference of a result to a hygiene verdict; `None` for verdicts about leaks and coverage.
pub(super) fn hygiene(id: &str) -> Option<ReportingDescriptorReference> {
    let index = hygiene_verdicts().position(|info| info.id.0 == id)?;
    Some(reference(HYGIENE, id, index))
}

fn reference(taxonomy: &str, id: &str, index: usize) -> ReportingDescriptorReference {
    let index = i64::try_from(index).unwrap_or(-1);
    ReportingDescriptorReference::builder().id(id).index(index).tool_component(component(taxonomy)).build()
}

/// A rule's relation to what it is an instance of.
pub(super) fn relationship(target: ReportingDescriptorReference) -> ReportingDescriptorRelationship {
    ReportingDescriptorRelationship::builder().target(target).kinds(vec!["superset".to_owned()]).build()
}
