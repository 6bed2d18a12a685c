//! The words that all formats share, so that a terminal, an alert and a file say the same of one key.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::escape::step_plain;
use crate::coverage::{Coverage, Reason};
use crate::finding::{Finding, Part, Place, Published, Remedy, Report, Subject};
use crate::issuer::Issuer;
use crate::key::{Conflict, Dossier, Evidence, Inactive, JoinStrength, State};
use crate::provenance::{CommitRef, Holder, Provenance, Reach};
use crate::rules::{Keyless, RemedyTemplate};
use crate::severity::Severity;
use crate::suppression::By;

/// What stands where a report leaves a word out; SARIF names it in `redactionTokens`.
pub const REDACTED: &str = "[REDACTED]";

pub use crate::hygiene::{opens, until};

/// What it is, what it opens, until when, and where to close it, in a few sentences. Escape before showing.
#[must_use]
pub fn headline(finding: &Finding, report: &Report) -> String {
    let until = match until(&finding.dossier, report.now) {
        until if until == "not known" => "end not known".to_owned(),
        until => until,
    };
    let opens = match opens(&finding.dossier, &finding.judgement) {
        opens if opens == "not known" => "nobody says what it opens".to_owned(),
        opens => format!("opens: {opens}"),
    };
    let state = match &finding.judgement.state {
        State::Unknown => "state not known",
        known => state(known),
    };
    let leaked = if finding.subject == Subject::LeakedKey { " leaked" } else { "" };
    let now = finding.remedy.page.as_ref().map(|page| format!(" Revoke it now ({page}).")).unwrap_or_default();
    format!("{}{leaked}: '{}'; {}; {until}; {state}.{now}", finding.title, finding.masked, step_plain(&opens))
}

/// Two witnesses that contradict each other: "expires: never (the list), but 2027-01-01 (the key itself)".
#[must_use]
pub fn conflict(conflict: &Conflict) -> String {
    let said: Vec<_> = conflict.said.iter().map(|(witness, value)| format!("{value} ({witness})")).collect();
    format!("{}: {}", conflict.field, said.join(", but "))
}

/// The other parts of a key and where they stand: "access key id AKIA… at a.env:3".
#[must_use]
pub fn parts(finding: &Finding) -> String {
    let part = |part: &Part| format!("{} {} at {}:{}", part.role, part.text, part.shown, part.region.start_line);
    finding.parts.iter().map(part).collect::<Vec<_>>().join(", ")
}

/// Who is to see to a key: the code owners of its places, or else who brought it. Escape before showing.
#[must_use]
pub fn answers(finding: &Finding) -> Vec<&str> {
    let mut all: Vec<&str> = Vec::new();
    let owners = finding.places.iter().flat_map(|place| &place.owners).map(String::as_str);
    let brought =
        finding.places.iter().filter_map(|place| place.provenance.as_ref()?.commit.as_ref()?.author.as_deref());
    let has_owner = finding.places.iter().any(|place| !place.owners.is_empty());
    let named: Vec<&str> = if has_owner { owners.collect() } else { brought.collect() };
    for name in named {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

/// How many keys each of them is to see to, who has most first; `None` counts those of nobody. Empty if nobody is named.
#[must_use]
pub fn by_answer(report: &Report) -> Vec<(Option<&str>, u64)> {
    let mut counts: BTreeMap<Option<&str>, u64> = BTreeMap::new();
    for finding in &report.findings {
        let named = answers(finding);
        if named.is_empty() {
            *counts.entry(None).or_default() += 1;
        }
        for name in named {
            *counts.entry(Some(name)).or_default() += 1;
        }
    }
    if counts.keys().all(Option::is_none) {
        return Vec::new();
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(name, count)| (name.is_none(), std::cmp::Reverse(*count)));
    counts
}

/// Who is to see to how many, in a sentence: `@ops 3, @web 1, nobody 2`; empty if nobody is named. Escape before showing.
#[must_use]
pub fn answer_summary(report: &Report) -> String {
    let said =
        by_answer(report).into_iter().map(|(name, count)| format!("{} {}", name.unwrap_or("nobody"), grouped(count)));
    first_few(&said.collect::<Vec<_>>(), ANSWERS_SHOWN)
}

/// How many people are spelled out.
const ANSWERS_SHOWN: usize = 10;

/// How many package ids are spelled out.
const SUBJECTS_SHOWN: usize = 5;

/// The first `shown` of a list, and how many more there are.
#[must_use]
pub fn first_few(names: &[String], shown: usize) -> String {
    let head = names.iter().take(shown).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(shown) {
        0 => head,
        more => format!("{head} and {more} more"),
    }
}

/// The day in UTC, as `2026-11-22`.
#[must_use]
pub fn date(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).date().to_string()
}

/// The minute in UTC, as `2026-11-22 17:04 UTC`.
#[must_use]
pub fn minute(at: Timestamp) -> String {
    let at = at.to_zoned(TimeZone::UTC);
    format!("{} {:02}:{:02} UTC", at.date(), at.hour(), at.minute())
}

/// Whether the key works, as a word.
#[must_use]
pub fn state(state: &State) -> &'static str {
    match state {
        State::Active => "active",
        State::Inactive(Inactive::Expired) => "expired",
        State::Inactive(Inactive::Revoked) => "revoked",
        State::Inactive(Inactive::Rejected) => "rejected by its issuer",
        State::Unknown => "not known",
    }
}

/// Who says so: "decoded from the key", "from the list keys.json:14, joined by name", "asked nuget.org on …".
#[must_use]
pub fn evidence(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Decoded => "decoded from the key".to_owned(),
        Evidence::Inventory { file, join: JoinStrength::Row, .. } if file == REDACTED => {
            "from the owner's list".to_owned()
        }
        Evidence::Inventory { file, line, join: JoinStrength::Row } => format!("from the list {file}:{line}"),
        Evidence::Inventory { file, join, .. } if file == REDACTED => {
            format!("from the owner's list, joined {}", join.words())
        }
        Evidence::Inventory { file, line, join } => format!("from the list {file}:{line}, joined {}", join.words()),
        Evidence::Probed { at, host } => format!("asked {host} on {}", minute(*at)),
    }
}

/// Whether the key works, who says so and why, for a sentence.
#[must_use]
pub fn state_with_evidence(finding: &Finding, now: Timestamp) -> String {
    let (_, witness, reason) = finding.dossier.state(now);
    let mut said = state(&finding.judgement.state).to_owned();
    for part in [witness.map(evidence), reason].into_iter().flatten() {
        said = format!("{said}; {part}");
    }
    said
}

/// `1 key`, `2 keys`, `1,204 files`.
#[must_use]
pub fn count(n: u64, thing: &str) -> String {
    format!("{} {thing}{}", grouped(n), if n == 1 { "" } else { "s" })
}

/// What is added to the number of scanned files where the cache knows of more; empty where it does not.
#[must_use]
pub fn known(coverage: &Coverage) -> String {
    match coverage.blobs_known() {
        0 => String::new(),
        known => format!("; {} {}", count(known, "more file"), Reason::Known.words()),
    }
}

/// `1204` → `1,204`.
#[must_use]
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Bytes as people read them: `512 bytes`, `18.2 MB` (powers of ten).
#[must_use]
pub fn size(bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..1_000 => return count(bytes, "byte"),
        1_000..1_000_000 => (1_000, "kB"),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    };
    let tenths = bytes / (unit / 10);
    format!("{}.{} {name}", grouped(tenths / 10), tenths % 10)
}

/// How many places and keys a report has, and the keys by severity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Places: one key in three files counts three.
    pub findings: u64,
    /// Keys.
    pub keys: u64,
    /// Keys by severity, worst first; severities that do not occur are left out.
    pub by_severity: Vec<(Severity, u64)>,
}

impl Tally {
    /// Counts the findings of `report`.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        let keys_of = |severity| report.findings.iter().filter(|f| f.judgement.severity == severity).count() as u64;
        let by_severity = Severity::ALL.into_iter().rev().map(|severity| (severity, keys_of(severity)));
        Self {
            findings: report.findings.iter().map(|f| f.places.len() as u64).sum(),
            keys: report.findings.len() as u64,
            by_severity: by_severity.filter(|(_, n)| *n > 0).collect(),
        }
    }

    /// `1 critical, 2 low`; empty when there is nothing.
    #[must_use]
    pub fn severities(&self) -> String {
        let words: Vec<_> =
            self.by_severity.iter().map(|(severity, n)| format!("{} {severity}", grouped(*n))).collect();
        words.join(", ")
    }
}

/// What was set aside: `12 in the baseline, 1 by a comment`; empty when nothing was.
#[must_use]
pub fn set_aside(report: &Report) -> String {
    let by = |wanted: By| report.suppressed.iter().filter(|aside| aside.suppression.by == wanted).count() as u64;
    let parts = [
        (by(By::Baseline), "in the baseline"),
        (by(By::Comment), "by a comment"),
        (by(By::Configuration), "by the configuration"),
    ];
    let said = parts.iter().filter(|(n, _)| *n > 0).map(|(n, how)| format!("{} {how}", grouped(*n)));
    said.collect::<Vec<_>>().join(", ")
}

/// Where a place is, for a sentence: `src/a.yml:14:27`. The path is as it was found; escape before showing.
#[must_use]
pub fn place(place: &Place) -> String {
    if place.shown == REDACTED {
        return "the owner's list".to_owned();
    }
    format!("{}:{}:{}", place.shown, place.region.start_line, place.region.start_column)
}

/// A place's history in a sentence: since when, until when, from where. The names are as found; escape before showing.
#[must_use]
pub fn history(provenance: &Provenance) -> String {
    let mut said = vec![holder(provenance)];
    said.extend(provenance.commit.as_ref().map(|commit| format!("since {}", moment_of(commit))));
    if provenance.versions > 1 {
        said.push(format!("in {} versions", grouped(provenance.versions)));
    }
    match (provenance.reach, provenance.in_head) {
        (Reach::Index, _) => said.push("staged, not committed yet".to_owned()),
        (Reach::Refs, Some(true)) => said.push(format!("in HEAD now, and in {}", refs(provenance))),
        (Reach::Refs, Some(false)) => {
            said.extend(provenance.removed.as_ref().map(|commit| format!("removed {}", moment_of(commit))));
            said.push(match provenance.refs {
                Some(0) => "in no tree that a ref names, but in their histories; every clone has it".to_owned(),
                _ => format!("not in HEAD, in the trees of {}; every clone has it", refs(provenance)),
            });
        }
        (Reach::Reflog, _) => said.push(format!("in no ref, kept by a reflog of this clone; {PURGE}")),
        (Reach::Unreachable, _) => said.push(format!("reachable from no ref or reflog; {PURGE}")),
        (Reach::Local, _) => said.push("in this clone alone".to_owned()),
        (Reach::Refs, None) => {}
    }
    said.retain(|part| !part.is_empty());
    said.join("; ")
}

/// How an object that nothing needs is removed. The server has its own copy.
const PURGE: &str = "to purge it here, run `git reflog expire --expire-unreachable=now --all` and \
    `git gc --prune=now`; a server that has it must be asked to do the same";

fn refs(provenance: &Provenance) -> String {
    match provenance.refs {
        Some(1) => "1 ref".to_owned(),
        refs => format!("{} refs", grouped(refs.unwrap_or(0))),
    }
}

fn holder(provenance: &Provenance) -> String {
    let object = provenance.object.as_deref().map(short).unwrap_or_default();
    match provenance.holder {
        Holder::File => String::new(),
        Holder::Commit => format!("in the text of commit {object}"),
        Holder::Tag => format!("in the text of tag {object}"),
        Holder::RefNames => "in the name of a ref".to_owned(),
        Holder::Reflog => "in a reflog".to_owned(),
        Holder::Config => "in the repository's configuration".to_owned(),
    }
}

/// `2026-11-02 (commit 1a2b3c4d5e6f by Ada)`.
pub(super) fn moment_of(commit: &CommitRef) -> String {
    let day = commit.authored.map_or_else(|| "an unknown day".to_owned(), |at| at.strftime("%F").to_string());
    let author = commit.author.as_deref().map(|author| format!(" by {author}")).unwrap_or_default();
    format!("{day} (commit {}{author})", short(&commit.id))
}

fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

/// What else the key's own text says: `project id 77, user id 4`.
pub fn details(dossier: &Dossier) -> String {
    let decoded = dossier.statements().iter().filter(|statement| statement.evidence == Evidence::Decoded);
    let details = decoded.flat_map(|statement| &statement.facts.details);
    details.map(|(name, value)| format!("{} {value}", name.replace(['-', '_'], " "))).collect::<Vec<_>>().join(", ")
}

/// What narrows the key's use: `cidr 10.0.0.0/8, not before 2026-12-01T00:00:00Z`.
pub fn limits(dossier: &Dossier) -> String {
    let limits = dossier.restrictions().iter();
    limits
        .map(|limit| format!("{} {}", limit.name.replace(['-', '_'], " "), limit.value))
        .collect::<Vec<_>>()
        .join(", ")
}

/// What the repository publishes at one issuer: `nuget: Contoso.Core, Contoso.Logging`.
#[must_use]
pub fn published(published: &Published) -> String {
    format!("{}: {}", published.issuer, first_few(&published.ids, SUBJECTS_SHOWN))
}

/// The issuer and, where it is another word, its host: `nuget (www.example.test)`.
#[must_use]
pub fn issuer(issuer: &Issuer, host: Option<&str>) -> String {
    host.filter(|host| *host != issuer.as_str()).map_or_else(|| issuer.to_string(), |host| format!("{issuer} ({host})"))
}

/// A remedy for no key in particular: `{field|words}` becomes the words, a bare `{field}` what it stands for.
#[must_use]
pub fn any_key(template: &RemedyTemplate) -> Remedy {
    let all = |steps: &[String]| steps.iter().map(|step| generic(step)).collect();
    Remedy {
        page: template.page.as_deref().map(generic),
        revoke: all(&template.revoke),
        command: template.command.as_deref().map(generic),
        recreate: all(&template.recreate),
        keyless: template.keyless.as_ref().map(|keyless| Keyless {
            steps: all(&keyless.steps),
            snippet: generic(&keyless.snippet),
            ..keyless.clone()
        }),
    }
}

/// The fields of a remedy (see `rules/README.md`) and what stands for each where no key is at hand.
const FIELDS: [(&str, &str); 8] = [
    ("key", "the key"),
    ("key_id", "KEY-ID"),
    ("owner", "OWNER"),
    ("host", "HOST"),
    ("packages", "the packages it is for"),
    ("scope", "the packages it is for"),
    ("repository", "OWNER/REPOSITORY"),
    ("workflow", "WORKFLOW.yml"),
];

fn generic(step: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(step.len()), step);
    while let Some(open) = rest.find('{') {
        let Some(close) = rest[open..].find('}').map(|len| open + len) else { break };
        let (name, words) = rest[open + 1..close].split_once('|').unwrap_or((&rest[open + 1..close], ""));
        if let Some((_, stand_in)) = FIELDS.iter().find(|(field, _)| *field == name) {
            out.push_str(&rest[..open]);
            out.push_str(if words.is_empty() { stand_in } else { words });
            rest = &rest[close + 1..];
        } else {
            // Any other brace belongs to the text, as in `${{ … }}`.
            out.push_str(&rest[..=open]);
            rest = &rest[open + 1..];
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_sizes_are_readable() {
        assert_eq!(
            (grouped(999), grouped(1_204), grouped(1_234_567)),
            ("999".into(), "1,204".into(), "1,234,567".into())
        );
        assert_eq!((size(1), size(18_249_000), size(999_999)), ("1 byte".into(), "18.2 MB".into(), "999.9 kB".into()));
        assert_eq!((count(1, "key"), count(0, "key")), ("1 key".into(), "0 keys".into()));
    }

    #[test]
    fn a_template_without_a_key_keeps_foreign_braces() {
        assert_eq!(generic("{key_id|the id} of {owner}: ${{ x }} {"), "the id of OWNER: ${{ x }} {");
    }
}
