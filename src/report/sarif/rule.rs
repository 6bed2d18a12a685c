//! The rule descriptors of one log: one for each pair of rule and severity that a result needs.
//!
//! Code scanning reads `security-severity` from the rule alone. So a key whose verdict differs from its rule's default
//! gets a rule of its own: `nuget-api-key` at the default, `nuget-api-key/critical` beside it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::json;
use serde_sarif::sarif::{MultiformatMessageString, ReportingConfiguration, ReportingDescriptor};

use super::super::SarifProfile;
use super::super::escape::{code_block, markdown, step_markdown, step_plain, terminal};
use super::super::verdicts::{self, VerdictInfo};
use super::super::words;
use super::{bag, taxonomy, text};
use crate::finding::{Finding, Gone, Remedy, Report, SetAside};
use crate::rules::{Keyless, Rule, RuleSet};
use crate::severity::{Confidence, Severity};

/// Longest `name`, and longest description, that code scanning takes, in characters.
const NAME_MAX: usize = 255;
const DESCRIPTION_MAX: usize = 1_024;

/// The descriptors that the results of one report need, by id.
pub(super) struct Descriptors<'a> {
    by_id: BTreeMap<String, Described<'a>>,
    rules: &'a RuleSet,
}

/// What one descriptor stands for.
struct Described<'a> {
    about: About<'a>,
    severity: Severity,
    findings: Vec<&'a Finding>,
}

#[derive(Clone, Copy)]
enum About<'a> {
    Rule(&'a Arc<Rule>),
    Verdict(&'static VerdictInfo),
    /// A rule that is not in the set, as in a report of another version.
    Unknown(Unknown<'a>),
}

/// What a finding says itself of its rule.
#[derive(Clone, Copy)]
struct Unknown<'a> {
    id: &'a str,
    title: &'a str,
    confidence: Confidence,
}

impl<'a> Descriptors<'a> {
    /// In full, what was set aside has results too.
    pub(super) fn of(report: &'a Report, rules: &'a RuleSet, profile: SarifProfile) -> Self {
        let mut by_id: BTreeMap<String, Described<'a>> = BTreeMap::new();
        for finding in &report.findings {
            let about = About::of(finding, rules);
            let severity = finding.judgement.stable_severity;
            let described = Described { about, severity, findings: Vec::new() };
            by_id.entry(about.id_at(severity)).or_insert(described).findings.push(finding);
        }
        for aside in report.suppressed.iter().filter(|_| profile == SarifProfile::Full) {
            let about = About::of_aside(aside, rules);
            let described = Described { about, severity: aside.severity, findings: Vec::new() };
            by_id.entry(about.id_at(aside.severity)).or_insert(described);
        }
        for gone in report.gone.iter().filter(|_| profile == SarifProfile::Full) {
            let about = About::of_gone(gone, rules);
            let severity = about.severity();
            by_id.entry(about.id_at(severity)).or_insert(Described { about, severity, findings: Vec::new() });
        }
        Self { by_id, rules }
    }

    /// The id of the descriptor of what was set aside, and its place in the log.
    pub(super) fn reference_aside(&self, aside: &SetAside) -> (String, i64) {
        let id = About::of_aside(aside, self.rules).id_at(aside.severity);
        let index = self.index(&id);
        (id, index)
    }

    /// The same of what the baseline knows and the run did not find again.
    pub(super) fn reference_gone(&self, gone: &Gone) -> (String, i64) {
        let about = About::of_gone(gone, self.rules);
        let id = about.id_at(about.severity());
        let index = self.index(&id);
        (id, index)
    }

    fn index(&self, id: &str) -> i64 {
        self.by_id.keys().position(|known| known == id).and_then(|at| i64::try_from(at).ok()).unwrap_or(-1)
    }

    /// The id of the finding's descriptor, its place in the log, and its weaknesses.
    pub(super) fn reference(&self, finding: &Finding) -> (String, i64, &'static [u16]) {
        let about = About::of(finding, self.rules);
        let id = about.id_at(finding.judgement.stable_severity);
        let index = self.index(&id);
        (id, index, about.cwe())
    }

    pub(super) fn write(&self) -> Vec<ReportingDescriptor> {
        self.by_id.iter().map(|(id, described)| descriptor(id, described, self.rules)).collect()
    }
}

impl<'a> About<'a> {
    fn of(finding: &'a Finding, rules: &'a RuleSet) -> Self {
        let unknown = Unknown { id: &finding.rule, title: &finding.title, confidence: finding.confidence };
        Self::of_rule(rules, unknown)
    }

    fn of_aside(aside: &'a SetAside, rules: &'a RuleSet) -> Self {
        Self::of_rule(rules, Unknown { id: &aside.rule, title: &aside.rule, confidence: Confidence::Medium })
    }

    fn of_gone(gone: &'a Gone, rules: &'a RuleSet) -> Self {
        Self::of_rule(rules, Unknown { id: &gone.rule, title: &gone.rule, confidence: Confidence::Medium })
    }

    /// When nothing is known of the key.
    fn severity(self) -> Severity {
        match self {
            Self::Rule(rule) => rule.severity,
            Self::Verdict(info) => info.severity,
            Self::Unknown(_) => Severity::Medium,
        }
    }

    fn of_rule(rules: &'a RuleSet, rule: Unknown<'a>) -> Self {
        match (rules.get(rule.id), verdicts::info(rule.id)) {
            (Some(rule), _) => Self::Rule(rule),
            (None, Some(info)) => Self::Verdict(info),
            (None, None) => Self::Unknown(rule),
        }
    }

    fn id_at(self, severity: Severity) -> String {
        let (id, default) = match self {
            Self::Rule(rule) => (rule.id.as_str(), Some(rule.severity)),
            Self::Verdict(info) => (info.id.0, Some(info.severity)),
            Self::Unknown(rule) => (rule.id, None),
        };
        let id = terminal(id);
        if default == Some(severity) { id.into_owned() } else { format!("{id}/{severity}") }
    }

    fn title(self) -> String {
        match self {
            Self::Rule(rule) => format!("{} leaked", terminal(&rule.title)),
            Self::Verdict(info) => info.title.to_owned(),
            Self::Unknown(rule) => terminal(rule.title).into_owned(),
        }
    }

    /// A name in one word. It must not repeat the id, so a verdict's is its title.
    fn name_of(self, id: &str) -> String {
        match self {
            Self::Verdict(info) => pascal_case(&id.replace(info.id.0, info.title)),
            Self::Rule(_) | Self::Unknown(_) => pascal_case(id),
        }
    }

    fn description(self) -> String {
        match self {
            Self::Rule(rule) if !rule.description.is_empty() => terminal(&rule.description).into_owned(),
            Self::Verdict(info) => info.why.to_owned(),
            Self::Rule(_) | Self::Unknown(_) => format!("{}.", self.title()),
        }
    }

    fn cwe(self) -> &'static [u16] {
        match self {
            Self::Verdict(info) => info.cwe,
            Self::Rule(_) | Self::Unknown(_) => taxonomy::LEAK,
        }
    }

    /// Code scanning sorts by it: how seldom a result of this rule is wrong.
    fn precision(self) -> &'static str {
        match self {
            // What fails its check is dropped or falls below the confidence that is shown.
            Self::Rule(rule) if rule.check.is_some() && rule.confidence == Confidence::High => "very-high",
            Self::Rule(rule) => precision(rule.confidence),
            Self::Verdict(_) => "very-high",
            Self::Unknown(rule) => precision(rule.confidence),
        }
    }
}

fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    }
}

fn descriptor(id: &str, described: &Described<'_>, rules: &RuleSet) -> ReportingDescriptor {
    let about = described.about;
    let mut descriptor = ReportingDescriptor::builder()
        .id(id)
        .name(cut(&about.name_of(id), NAME_MAX))
        .short_description(text(cut(&about.title(), DESCRIPTION_MAX)))
        .full_description(text(cut(&about.description(), DESCRIPTION_MAX)))
        .help(help(described))
        .default_configuration(ReportingConfiguration::builder().level(level(described.severity)).build())
        .properties(bag(properties(described)))
        .build();
    descriptor.help_uri = help_uri(described, rules);
    let relations: Vec<_> = about.cwe().iter().filter_map(|n| taxonomy::cwe(*n)).map(taxonomy::relationship).collect();
    descriptor.relationships = (!relations.is_empty()).then_some(relations);
    if let About::Rule(rule) = about
        && !rule.aliases.is_empty()
    {
        descriptor.deprecated_ids = Some(rule.aliases.clone());
    }
    descriptor
}

/// The whole text is in the help, so nothing is lost by the cut.
fn cut(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    text.chars().take(max - 1).chain(['…']).collect()
}

/// `nuget-api-key/critical` → `NugetApiKeyCritical`.
fn pascal_case(id: &str) -> String {
    let words = id.split(|c: char| !c.is_alphanumeric());
    words.flat_map(|word| word.chars().take(1).map(|c| c.to_ascii_uppercase()).chain(word.chars().skip(1))).collect()
}

/// The level of a result or a rule.
pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Note => "note",
    }
}

fn properties(described: &Described<'_>) -> serde_json::Value {
    let problem = match level(described.severity) {
        "note" => "recommendation",
        level => level,
    };
    json!({
        "tags": tags(described),
        "precision": described.about.precision(),
        "problem.severity": problem,
        "security-severity": security_severity(described.severity),
    })
}

/// The middle of each of code scanning's bands: the rule stands for all its keys, whose own score is in their results.
fn security_severity(severity: Severity) -> Option<&'static str> {
    match severity {
        Severity::Critical => Some("9.5"),
        Severity::High => Some("8.0"),
        Severity::Medium => Some("5.5"),
        Severity::Low => Some("2.0"),
        Severity::Note => None,
    }
}

/// At most ten are shown and twenty taken; there are never that many.
fn tags(described: &Described<'_>) -> Vec<String> {
    let mut tags = vec!["security".to_owned(), "secret".to_owned()];
    if let About::Rule(rule) = described.about {
        tags.push(terminal(rule.issuer.as_str()).into_owned());
    }
    tags.extend(described.about.cwe().iter().map(|number| format!("external/cwe/cwe-{number}")));
    tags
}

fn help_uri(described: &Described<'_>, rules: &RuleSet) -> Option<String> {
    let remedy = remedy(described);
    let rule = if let About::Rule(rule) = described.about { Some(rule) } else { None };
    let provider = rule.and_then(|rule| rules.providers.get(rule.provider)).map(|provider| provider.home.clone());
    let pages = [remedy.page, provider].into_iter().flatten();
    let references = rule.into_iter().flat_map(|rule| rule.references.clone());
    pages.chain(references).find_map(|page| url::Url::parse(&page).ok()).map(|page| page.to_string())
}

/// The remedy of every key of this rule. A part that was filled in alike for all its keys (the packages that this
/// repository publishes) is taken from them; otherwise the part stands for no key in particular.
fn remedy(described: &Described<'_>) -> Remedy {
    let generic = match described.about {
        About::Rule(rule) => words::any_key(&rule.remedy),
        About::Verdict(_) | About::Unknown(_) => Remedy::default(),
    };
    let Some((first, others)) = described.findings.split_first() else { return generic };
    let same = |part: fn(&Remedy, &Remedy) -> bool| others.iter().all(|f| part(&f.remedy, &first.remedy));
    let filled = Remedy::clone(&first.remedy);
    Remedy {
        page: if same(|a, b| a.page == b.page) { filled.page } else { generic.page },
        revoke: if same(|a, b| a.revoke == b.revoke) { filled.revoke } else { generic.revoke },
        command: if same(|a, b| a.command == b.command) { filled.command } else { generic.command },
        recreate: if same(|a, b| a.recreate == b.recreate) { filled.recreate } else { generic.recreate },
        keyless: if same(|a, b| a.keyless == b.keyless) { filled.keyless } else { generic.keyless },
    }
}

fn help(described: &Described<'_>) -> MultiformatMessageString {
    let remedy = remedy(described);
    MultiformatMessageString::builder()
        .text(help_text(described, &remedy))
        .markdown(help_markdown(described, &remedy))
        .build()
}

fn help_text(described: &Described<'_>, remedy: &Remedy) -> String {
    let mut out = described.about.description();
    let page = remedy.page.iter().map(|page| format!("Page: {page}"));
    let command = remedy.command.iter().map(|command| format!("Command: {command}"));
    let steps = remedy.revoke.iter().chain(&remedy.recreate).map(|step| step_plain(step));
    for line in steps.chain(page).chain(command) {
        _ = write!(out, "\n{}", terminal(&line));
    }
    out
}

fn help_markdown(described: &Described<'_>, remedy: &Remedy) -> String {
    let about = described.about;
    let mut out = format!("{}\n\n", markdown(&about.description()));
    out.push_str(what_it_opens(about));
    out.push_str(&revoke_markdown(remedy));
    out.push_str(&recreate_markdown(remedy));
    out.push_str(&remedy.keyless.as_ref().map(keyless_markdown).unwrap_or_default());
    if let About::Rule(rule) = about
        && !rule.references.is_empty()
    {
        out.push_str("## References\n\n");
        rule.references.iter().for_each(|page| _ = writeln!(out, "- {}", link(page)));
    }
    out.trim_end().to_owned()
}

fn what_it_opens(about: About<'_>) -> &'static str {
    match about {
        About::Rule(_) | About::Unknown(_) => {
            "**What it opens, and until when:** each alert says it for its own key, and who says so. Removing the text \
             does not close the key: whoever copied it can use it until it is revoked.\n\n"
        }
        About::Verdict(_) => "**What it opens, and until when:** each alert says it for its own key.\n\n",
    }
}

/// The steps that close a key, as Markdown; empty if there is none.
pub(super) fn revoke_markdown(remedy: &Remedy) -> String {
    let mut out = String::new();
    if !remedy.revoke.is_empty() || remedy.page.is_some() || remedy.command.is_some() {
        out.push_str("## What to do now\n\n");
        out.push_str(&numbered(&remedy.revoke));
    }
    if let Some(page) = &remedy.page {
        _ = writeln!(out, "Page: {}\n", link(page));
    }
    if let Some(command) = &remedy.command {
        out.push_str(&code_block("sh", command));
        out.push('\n');
    }
    out
}

/// The steps that make its successor, as Markdown; empty if there is none.
pub(super) fn recreate_markdown(remedy: &Remedy) -> String {
    if remedy.recreate.is_empty() {
        return String::new();
    }
    format!("## Create its successor with the least it needs\n\n{}", numbered(&remedy.recreate))
}

fn keyless_markdown(keyless: &Keyless) -> String {
    let mut out = format!("## Need no key: {}\n\n{}", markdown(&keyless.title), numbered(&keyless.steps));
    if !keyless.snippet.is_empty() {
        out.push_str(&code_block(&keyless.language, &keyless.snippet));
        out.push('\n');
    }
    if !keyless.reference.is_empty() {
        _ = writeln!(out, "Documented at {}\n", link(&keyless.reference));
    }
    out
}

fn numbered(steps: &[String]) -> String {
    if steps.is_empty() {
        return String::new();
    }
    let steps: Vec<_> = steps.iter().zip(1..).map(|(step, n)| format!("{n}. {}", step_markdown(step))).collect();
    format!("{}\n\n", steps.join("\n"))
}

/// An address as a link, if it is one of the web's; any other text as it is.
fn link(page: &str) -> String {
    match url::Url::parse(page) {
        Ok(url) if matches!(url.scheme(), "https" | "http") => format!("<{url}>"),
        _ => markdown(page),
    }
}
