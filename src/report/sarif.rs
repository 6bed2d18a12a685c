//! SARIF 2.1.0 for code scanning: the fields that GitHub reads, and those that other consumers do.
//!
//! One result is one place of a key, because GitHub shows only a result's first location. The results of one key
//! share `correlationGuid` and point at each other by `relatedLocations`. Where that were more results than code scanning
//! shows, one result stands for each key ([`limits`]).

mod aside;
mod automation;
mod fixes;
mod flow;
mod gone;
mod invocation;
mod limits;
mod place;
mod result;
mod rule;
mod taxonomy;

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};
use serde_sarif::sarif::{
    ArtifactLocation, MultiformatMessageString, PropertyBag, Run, Sarif, Tool, ToolComponent, VersionControlDetails,
};

use self::limits::Shape;
use self::rule::Descriptors;
use super::escape::SafeJson;
use super::uuid::of_fingerprint as guid;
use super::words::REDACTED;
use super::{Options, SarifProfile};
use crate::finding::{Report, Root};
use crate::rules::RuleSet;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The project's page as the package names it; no field is written for an address that nobody has.
fn home() -> Option<String> {
    [env!("CARGO_PKG_HOMEPAGE"), env!("CARGO_PKG_REPOSITORY")]
        .into_iter()
        .find(|page| !page.is_empty())
        .map(str::to_owned)
}

/// What the mask puts for the hidden part of a key, and what `--privacy` puts for a name.
const REDACTION_TOKENS: [&str; 2] = ["…", REDACTED];

pub(super) fn write(report: &Report, rules: &RuleSet, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let sarif = Sarif::builder().schema(SCHEMA).version("2.1.0").runs(vec![run(report, rules, options)]).build();
    sarif.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, SafeJson::new()))?;
    writeln!(out)
}

/// What a log of this report leaves out or lacks, in sentences.
pub(super) fn left_out(report: &Report, options: &Options) -> Vec<String> {
    let limits = Shape::of(report, options.sarif_profile).sentences().into_iter().map(|(_, sentence)| sentence);
    limits.chain(automation::lacks(options)).collect()
}

fn run(report: &Report, rules: &RuleSet, options: &Options) -> Run {
    let descriptors = Descriptors::of(report, rules, options.sarif_profile);
    let shape = Shape::of(report, options.sarif_profile);
    let mut results = result::all(report, &descriptors, &shape, options.sarif_profile);
    if options.sarif_profile == SarifProfile::Full {
        results.extend(aside::all(report, &descriptors));
        results.extend(gone::all(report, &descriptors));
    }
    let mut run = Run::builder()
        .tool(Tool::builder().driver(driver(&descriptors)).build())
        .taxonomies(taxonomy::all())
        .automation_details(automation::details(report, options))
        .invocations(vec![invocation::of(report, options, &shape)])
        .column_kind("utf16CodeUnits")
        .default_encoding("utf-8")
        .language("en-US")
        .redaction_tokens(REDACTION_TOKENS.map(str::to_owned).to_vec())
        .results(results)
        .properties(bag(run_properties(report, options)))
        .build();
    if !report.roots.is_empty() {
        run.original_uri_base_ids = Some(report.roots.iter().enumerate().map(base_of).collect());
    }
    let provenance = report.roots.iter().enumerate();
    let provenance: Vec<_> = provenance.filter_map(|root| provenance_of(root, options)).collect();
    run.version_control_provenance = (!provenance.is_empty()).then_some(provenance);
    run
}

fn driver(descriptors: &Descriptors<'_>) -> ToolComponent {
    let version = env!("CARGO_PKG_VERSION");
    let mut driver = ToolComponent::builder()
        .name(env!("CARGO_PKG_NAME"))
        .full_name(format!("{} {version}", env!("CARGO_PKG_NAME")))
        .organization(env!("CARGO_PKG_NAME"))
        .short_description(text("Finds leaked keys and says how to close them."))
        .full_description(text(concat!(env!("CARGO_PKG_DESCRIPTION"), ".")))
        .semantic_version(version)
        .version(version)
        .language("en-US")
        .rules(descriptors.write())
        .notifications(invocation::descriptors())
        .supported_taxonomies(taxonomy::references())
        .build();
    driver.information_uri = home();
    driver
}

/// The symbol that stands for a root in `uriBaseId`. `%SRCROOT%` is the one that GitHub's own tools use.
fn base_id(root: usize) -> String {
    match root {
        0 => "%SRCROOT%".to_owned(),
        n => format!("%SRCROOT{}%", n + 1),
    }
}

fn base_of((at, root): (usize, &Root)) -> (String, ArtifactLocation) {
    let mut location = ArtifactLocation::builder().description("A folder that was scanned.").build();
    location.uri = root_uri(root);
    (base_id(at), location)
}

/// The root's folder as an absolute URI with a slash at its end; `None` if it was left out.
fn root_uri(root: &Root) -> Option<String> {
    let uri = super::escape::path_uri(&root.path);
    uri.starts_with("file:").then(|| format!("{}/", uri.trim_end_matches('/')))
}

/// What is known of a root's repository; `None` for a folder that is in none.
fn provenance_of((at, root): (usize, &Root), options: &Options) -> Option<VersionControlDetails> {
    let here = || root_uri(root).filter(|_| root.revision.is_some());
    root.repository.as_deref().and_then(remote_uri).or_else(here).map(|repository| {
        let mapped = ArtifactLocation::builder().uri_base_id(base_id(at)).build();
        let mut details = VersionControlDetails::builder().repository_uri(repository).mapped_to(mapped).build();
        // What the pipeline has checked out is the first root; the others are beside or within it.
        let (commit, named) = if at == 0 { (options.commit.as_ref(), options.branch_shown()) } else { (None, None) };
        details.revision_id = root.revision.as_ref().or(commit).cloned();
        // A pipeline's checkout stands at a commit and on no branch.
        let branch = root.branch.as_deref().or(named);
        details.branch = branch.map(|branch| super::escape::terminal(branch).into_owned());
        details
    })
}

/// Only a remote of which host and path are known; one with a user in it could hold a password.
fn remote_uri(remote: &str) -> Option<String> {
    let remote = url::Url::parse(&format!("https://{remote}")).ok()?;
    let is_bare = remote.username().is_empty() && remote.password().is_none() && remote.query().is_none();
    is_bare.then(|| remote.to_string())
}

fn run_properties(report: &Report, options: &Options) -> Value {
    let mut coverage = json!(report.coverage);
    if let Some(coverage) = coverage.as_object_mut() {
        // The single skips are notifications.
        coverage.remove("skips");
        coverage.insert("complete".to_owned(), json!(report.coverage.is_complete()));
    }
    json!({
        "coverage": coverage,
        "judgedAt": report.now,
        "fingerprintKey": report.fingerprint_key,
        "belowConfidence": report.below_confidence,
        "suppressed": report.suppressed,
        "published": report.published,
        "asked": report.asked,
        "privacy": options.privacy,
    })
}

/// A property bag of an object's members; those that are `null` are left out at every depth.
fn bag(properties: Value) -> PropertyBag {
    let members = match without_nulls(properties) {
        Value::Object(members) => members.into_iter().collect(),
        _ => BTreeMap::new(),
    };
    PropertyBag::builder().additional_properties(members).build()
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(name, value)| (name, without_nulls(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

fn text(text: impl Into<String>) -> MultiformatMessageString {
    MultiformatMessageString::builder().text(text).build()
}
