//! Several reports made into one: shards of one scan, or scans of several repositories.
//!
//! A key that stands in several of them becomes one finding with all its places, and what was seen, scanned and skipped is
//! added up. Fingerprints of different keys cannot be compared, so such reports are refused.

use std::collections::{BTreeMap, BTreeSet};

use super::Options;
use super::read::Read;
use crate::coverage::{Configuration, Count, Coverage};
use crate::finding::{
    Asked, Finding, Fingerprint, Gone, Mode, Place, Published, Report, Root, SetAside, sort_aside, worst_first,
};
use crate::key::{Evidence, State};
use crate::severity::{Confidence, Severity};

/// Why reports cannot be merged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// Two of them were made under different fingerprint keys.
    #[error(
        "{left} was made under the fingerprint key `{left_key}`, but {right} under `{right_key}`: the same key would count \
         as two; scan both with the same SKELKEY_FINGERPRINT_KEY"
    )]
    OtherKey {
        /// The first report's name.
        left: String,
        /// Its key's id.
        left_key: String,
        /// The other one's name.
        right: String,
        /// Its key's id.
        right_key: String,
    },
    /// There is none.
    #[error("no report to merge")]
    Nothing,
}

/// Merges reports, each with the name that messages call it by. One alone stays as it is.
///
/// # Errors
/// Reports of different fingerprint keys, or none.
pub fn merge(shards: Vec<(String, Read)>) -> Result<Read, MergeError> {
    let mut notes = differences(&shards)?;
    let mut shards = shards.into_iter();
    let (_, mut all) = shards.next().ok_or(MergeError::Nothing)?;
    for (_, shard) in shards {
        all.options = joint_options(all.options, &shard.options);
        all.report = joint(all.report, shard.report);
        if all.version != shard.version {
            all.version = format!("{}, {}", all.version, shard.version);
        }
    }
    all.report.notes.append(&mut notes);
    Ok(all)
}

/// A field in which shards may differ, as words.
type Told = fn(&Read) -> String;

/// What a reader must know of how the shards differ.
fn differences(shards: &[(String, Read)]) -> Result<Vec<String>, MergeError> {
    let Some(((first, one), others)) = shards.split_first() else { return Err(MergeError::Nothing) };
    if let Some((name, other)) = others.iter().find(|(_, r)| r.report.fingerprint_key != one.report.fingerprint_key) {
        return Err(MergeError::OtherKey {
            left: first.clone(),
            left_key: one.report.fingerprint_key.clone(),
            right: name.clone(),
            right_key: other.report.fingerprint_key.clone(),
        });
    }
    let told: [(&str, Told); 5] = [
        ("versions of skelkey", |read| read.version.clone()),
        ("rule sets", |read| read.report.coverage.rules_hash.clone()),
        ("configurations", |read| read.report.coverage.config_hash.clone()),
        ("modes", |read| format!("{:?}", read.report.mode).to_lowercase()),
        ("moments of judgement", |read| read.report.now.to_string()),
    ];
    let note = |(what, of): (&str, Told)| {
        let mut by_value: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (name, read) in shards {
            by_value.entry(of(read)).or_default().push(name);
        }
        let said = by_value.iter().map(|(value, names)| format!("{} ({})", short(value), first_few(names)));
        let said: Vec<_> = said.collect();
        (by_value.len() > 1).then(|| format!("the merged reports have different {what}: {}", said.join(", ")))
    };
    Ok(told.into_iter().filter_map(note).collect())
}

fn short(value: &str) -> &str {
    value.get(..24).unwrap_or(value)
}

fn first_few(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    super::words::first_few(&names, 3)
}

/// Private if one is; the rest as far as all agree.
fn joint_options(one: Options, other: &Options) -> Options {
    let times = one.times.zip(other.times).map(|(a, b)| (a.0.min(b.0), a.1.max(b.1)));
    Options {
        privacy: one.privacy || other.privacy,
        exit_code: None,
        times,
        commit: one.commit.clone().filter(|commit| other.commit.as_ref() == Some(commit)),
        ..one
    }
}

fn joint(mut all: Report, mut more: Report) -> Report {
    let roots = adopt(&mut all.roots, &more.roots);
    more.findings.iter_mut().for_each(|finding| renumber(finding, &roots));
    all.mode = if all.mode == more.mode { all.mode } else { Mode::Mixed };
    all.compared |= more.compared;
    all.now = all.now.max(more.now);
    all.now_is_given &= more.now_is_given;
    all.findings = joint_findings(all.findings, more.findings);
    all.suppressed = joint_aside(all.suppressed, more.suppressed, &all.findings);
    all.gone = joint_gone(all.gone, more.gone, &all.findings, &all.suppressed);
    all.below_confidence = all.below_confidence.saturating_add(more.below_confidence);
    all.published = joint_published(all.published, more.published);
    all.asked = joint_asked(all.asked, more.asked);
    all.notes.append(&mut more.notes);
    all.notes = in_order(std::mem::take(&mut all.notes));
    all.coverage = joint_coverage(all.coverage, more.coverage);
    all
}

/// Takes roots in, and says where each of them is now.
fn adopt(all: &mut Vec<Root>, more: &[Root]) -> Vec<usize> {
    let mut at = |root: &Root| {
        let same = |known: &Root| known.path == root.path && known.repository == root.repository;
        let Some(at) = all.iter().position(same) else {
            all.push(root.clone());
            return all.len() - 1;
        };
        // Shards of two commits have none in common.
        all[at].revision.take_if(|revision| root.revision.as_ref() != Some(revision));
        all[at].branch.take_if(|branch| root.branch.as_ref() != Some(branch));
        at
    };
    more.iter().map(&mut at).collect()
}

/// What no shard found again.
fn joint_gone(all: Vec<Gone>, more: Vec<Gone>, findings: &[Finding], aside: &[SetAside]) -> Vec<Gone> {
    let there: BTreeSet<&Fingerprint> = findings
        .iter()
        .flat_map(|finding| finding.places.iter().map(|place| &place.fingerprint))
        .chain(aside.iter().map(|aside| &aside.place))
        .collect();
    let gone: BTreeSet<Gone> = all.into_iter().chain(more).filter(|gone| !there.contains(&gone.place)).collect();
    gone.into_iter().collect()
}

fn renumber(finding: &mut Finding, roots: &[usize]) {
    let places = finding.places.iter_mut().map(|place| &mut place.root);
    for root in places.chain(finding.parts.iter_mut().map(|part| &mut part.root)) {
        *root = root.and_then(|root| roots.get(root).copied());
    }
}

fn joint_findings(all: Vec<Finding>, more: Vec<Finding>) -> Vec<Finding> {
    let mut by_key: BTreeMap<Fingerprint, Finding> =
        all.into_iter().map(|finding| (finding.fingerprint.clone(), finding)).collect();
    for finding in more {
        let joined = match by_key.remove(&finding.fingerprint) {
            Some(known) => joint_finding(known, finding),
            None => finding,
        };
        by_key.insert(joined.fingerprint.clone(), joined);
    }
    let mut all: Vec<Finding> = by_key.into_values().collect();
    worst_first(&mut all);
    all
}

/// One key of two reports: what both know, judged as the one judged that knew more.
fn joint_finding(one: Finding, other: Finding) -> Finding {
    let (mut known, less) = if knows(&other) > knows(&one) { (other, one) } else { (one, other) };
    for statement in less.dossier.statements() {
        if !known.dossier.statements().contains(statement) {
            known.dossier.add(statement.evidence.clone(), statement.facts.clone());
        }
    }
    known.conflicts = known.dossier.conflicts();
    known.join = known.join.or(less.join);
    known.confidence = known.confidence.max(less.confidence);
    for part in less.parts {
        if !known.parts.contains(&part) {
            known.parts.push(part);
        }
    }
    let is_own = |place: &Place| place.rule.is_none();
    let other_rule = (less.rule != known.rule).then_some(less.rule);
    for mut place in less.places {
        if known.places.iter().any(|there| same_place(there, &place)) {
            continue;
        }
        if is_own(&place) {
            place.rule.clone_from(&other_rule);
        }
        known.places.push(place);
    }
    let order = |place: &Place| (place.root, place.path.clone(), place.region);
    known.places.sort_by_key(order);
    known
}

fn same_place(one: &Place, other: &Place) -> bool {
    one.fingerprint == other.fingerprint && one.root == other.root
}

/// Whether the issuer answered and when, whether the state is known, how bad it is.
fn knows(finding: &Finding) -> impl PartialOrd + use<> {
    let probed = finding.dossier.statements().iter().filter_map(|statement| match &statement.evidence {
        Evidence::Probed { at, .. } => Some(*at),
        _ => None,
    });
    (probed.max(), finding.judgement.state != State::Unknown, finding.judgement.score)
}

/// What is open in one of the reports is not set aside.
fn joint_aside(all: Vec<SetAside>, more: Vec<SetAside>, findings: &[Finding]) -> Vec<SetAside> {
    let open: BTreeSet<&Fingerprint> =
        findings.iter().flat_map(|f| &f.places).map(|place| &place.fingerprint).collect();
    let mut joined: Vec<SetAside> = all;
    for aside in more {
        if !joined.contains(&aside) {
            joined.push(aside);
        }
    }
    joined.retain(|aside| !open.contains(&aside.place));
    sort_aside(&mut joined);
    joined
}

fn joint_published(all: Vec<Published>, more: Vec<Published>) -> Vec<Published> {
    let mut by_issuer: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for Published { issuer, ids } in all.into_iter().chain(more) {
        by_issuer.entry(issuer).or_default().extend(ids);
    }
    by_issuer.into_iter().map(|(issuer, ids)| Published { issuer, ids: ids.into_iter().collect() }).collect()
}

fn joint_asked(all: Vec<Asked>, more: Vec<Asked>) -> Vec<Asked> {
    let mut by_host: BTreeMap<_, usize> = BTreeMap::new();
    for Asked { issuer, host, requests } in all.into_iter().chain(more) {
        let sum = by_host.entry((issuer, host)).or_default();
        *sum = sum.saturating_add(requests);
    }
    by_host.into_iter().map(|((issuer, host), requests)| Asked { issuer, host, requests }).collect()
}

fn joint_coverage(all: Coverage, more: Coverage) -> Coverage {
    let mut skipped: BTreeMap<_, (u64, u64)> = BTreeMap::new();
    for Count { reason, files, bytes } in all.skipped.into_iter().chain(more.skipped) {
        let (sum_files, sum_bytes) = skipped.entry(reason).or_default();
        *sum_files = sum_files.saturating_add(files);
        *sum_bytes = sum_bytes.saturating_add(bytes);
    }
    Coverage {
        inputs: in_order([all.inputs, more.inputs].concat()),
        blobs_seen: all.blobs_seen.saturating_add(more.blobs_seen),
        blobs_scanned: all.blobs_scanned.saturating_add(more.blobs_scanned),
        bytes_scanned: all.bytes_scanned.saturating_add(more.bytes_scanned),
        skipped: skipped.into_iter().map(|(reason, (files, bytes))| Count { reason, files, bytes }).collect(),
        skips: all.skips.into_iter().chain(more.skips).collect::<BTreeSet<_>>().into_iter().collect(),
        rules: all.rules.min(more.rules),
        rules_hash: joint_hash(&all.rules_hash, &more.rules_hash),
        config_hash: joint_hash(&all.config_hash, &more.config_hash),
        configuration: joint_configuration(all.configuration, more.configuration),
    }
}

/// The hash of both, unless they are the same: what was in force is then no single set.
fn joint_hash(one: &str, other: &str) -> String {
    use sha2::{Digest, Sha256};
    if one == other {
        return one.to_owned();
    }
    data_encoding::HEXLOWER.encode(&Sha256::new().chain_update(one).chain_update("\n").chain_update(other).finalize())
}

/// Everything that one of them left out or changed.
fn joint_configuration(all: Configuration, more: Configuration) -> Configuration {
    Configuration {
        files: in_order([all.files, more.files].concat()),
        disabled_rules: in_order([all.disabled_rules, more.disabled_rules].concat()),
        rerated_rules: in_order([all.rerated_rules, more.rerated_rules].concat()),
        replaced_rules: in_order([all.replaced_rules, more.replaced_rules].concat()),
        exclude: in_order([all.exclude, more.exclude].concat()),
        allow: in_order([all.allow, more.allow].concat()),
        fail_on: strictest(all.fail_on.as_deref(), more.fail_on.as_deref()),
        confidence: highest(all.confidence.as_deref(), more.confidence.as_deref()),
        max_file_size: match (all.max_file_size, more.max_file_size) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        },
    }
}

/// The lower severity, for then neither report passes that failed by itself; medium is not named.
fn strictest(one: Option<&str>, other: Option<&str>) -> Option<String> {
    let severity = |word: Option<&str>| word.map_or(Ok(Severity::Medium), str::parse).unwrap_or(Severity::Note);
    let least = severity(one).min(severity(other));
    (least != Severity::Medium).then(|| least.to_string())
}

/// The higher confidence: what is below it is not shown of all reports.
fn highest(one: Option<&str>, other: Option<&str>) -> Option<String> {
    let confidence = |word: Option<&str>| word.map_or(Ok(Confidence::Medium), str::parse).unwrap_or(Confidence::High);
    let most = confidence(one).max(confidence(other));
    (most != Confidence::Medium).then(|| most.to_string())
}

/// Each once, where it stood first.
fn in_order(texts: Vec<String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    texts.into_iter().filter(|text| seen.insert(text.clone())).collect()
}
