//! Baselines of other scanners: what each of their entries says of a place, and which of our places that is.
//!
//! They name files and lines; their hashes and secrets are not read. So an entry is carried over where a scan finds a key on
//! that very line, and what is left is told.

use std::collections::{BTreeMap, BTreeSet};

use saphyr_parser::{Event, Parser};
use serde::Deserialize;

use super::{Entry, entry};
use crate::finding::Report;

/// Whose baseline it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// A report of gitleaks in JSON, as its `--baseline-path` takes it.
    GitleaksReport,
    /// `.gitleaksignore`.
    GitleaksIgnore,
    /// `.secrets.baseline` of detect-secrets.
    DetectSecrets,
    /// The YAML of kingfisher's `--manage-baseline`.
    Kingfisher,
}

impl Tool {
    /// For a sentence.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::GitleaksReport | Self::GitleaksIgnore => "gitleaks",
            Self::DetectSecrets => "detect-secrets",
            Self::Kingfisher => "kingfisher",
        }
    }

    /// What of its entries says nothing to us.
    #[must_use]
    pub fn lost(self) -> &'static str {
        match self {
            Self::GitleaksReport => "secrets, tags and entropies are not read: entries are matched by file and line",
            Self::GitleaksIgnore => "entries are matched by file and line",
            Self::DetectSecrets => {
                "hashes are plain SHA-1 and are not taken over, nor are plugins and filters: entries are matched by file and line"
            }
            Self::Kingfisher => "fingerprints cannot be computed by others: entries are matched by file and line",
        }
    }
}

/// One entry of another scanner.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Foreign {
    /// The file, `/` between names.
    pub path: String,
    /// From 1.
    pub line: usize,
    /// The other scanner's rule.
    pub rule: Option<String>,
    /// The commit for which alone it holds.
    pub commit: Option<String>,
    /// What somebody decided about it.
    pub audited: Option<&'static str>,
}

/// A file of another scanner, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Whose it is.
    pub tool: Tool,
    /// Sorted, unique.
    pub entries: Vec<Foreign>,
}

/// What became of the entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// Ours, sorted, unique.
    pub entries: Vec<Entry>,
    /// Those for which the scan found no key.
    pub left: Vec<Foreign>,
}

/// Reads the file of another scanner; the format is recognised.
///
/// # Errors
/// Why it is none of them, with a line where there is one. Shows no value.
pub fn read(text: &str) -> Result<Imported, String> {
    let begins = text.trim_start();
    let (tool, mut entries) = if begins.starts_with('[') {
        (Tool::GitleaksReport, gitleaks_report(text)?)
    } else if begins.starts_with('{') {
        (Tool::DetectSecrets, detect_secrets(text)?)
    } else if begins.lines().any(|line| line.starts_with("ExactFindings:")) {
        (Tool::Kingfisher, kingfisher(text)?)
    } else {
        (Tool::GitleaksIgnore, gitleaks_ignore(text)?)
    };
    entries.sort();
    entries.dedup();
    Ok(Imported { tool, entries })
}

impl Imported {
    /// Finds the places of a report that the entries mean. `reason`: why they may stay, unless the file says more.
    #[must_use]
    pub fn carry(&self, report: &Report, reason: Option<&str>) -> Carried {
        let mut on_line: BTreeMap<(&str, usize), Vec<(usize, usize)>> = BTreeMap::new();
        for (f, finding) in report.findings.iter().enumerate() {
            for (p, place) in finding.places.iter().enumerate() {
                for line in place.region.start_line..=place.region.end_line.min(place.region.start_line + 200) {
                    on_line.entry((&place.path, line)).or_default().push((f, p));
                }
            }
        }
        let (mut entries, mut left) = (BTreeSet::new(), Vec::new());
        for foreign in &self.entries {
            let places = self.spellings(&foreign.path).find_map(|path| on_line.get(&(path, foreign.line)));
            let mut found = false;
            for &(f, p) in places.into_iter().flatten() {
                let (finding, place) = (&report.findings[f], &report.findings[f].places[p]);
                let commit = place.provenance.as_ref().and_then(|provenance| provenance.commit.as_ref());
                // An entry for one commit says nothing of the same line in another; of the work tree it may.
                if let (Some(theirs), Some(ours)) = (&foreign.commit, commit)
                    && *theirs != ours.id
                {
                    continue;
                }
                found = true;
                let reason = reason.map_or_else(|| self.reason(foreign), str::to_owned);
                entries.insert(Entry { reason: Some(reason), ..entry(finding, place) });
            }
            if !found {
                left.push(foreign.clone());
            }
        }
        Carried { entries: entries.into_iter().collect(), left }
    }

    /// How a path may be written: as it is, and for kingfisher without the folder that was scanned.
    fn spellings<'p>(&self, path: &'p str) -> impl Iterator<Item = &'p str> {
        let path = path.strip_prefix("./").unwrap_or(path);
        let inside = path.split_once('/').map(|(_, inside)| inside).filter(|_| self.tool == Tool::Kingfisher);
        [Some(path), inside].into_iter().flatten()
    }

    fn reason(&self, foreign: &Foreign) -> String {
        let rule = foreign.rule.as_ref().map(|rule| format!(", {rule}")).unwrap_or_default();
        let audited = foreign.audited.map(|audited| format!(": {audited}")).unwrap_or_default();
        format!("from {}{rule}{audited}", self.tool.words())
    }
}

fn gitleaks_report(text: &str) -> Result<Vec<Foreign>, String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Finding {
        #[serde(rename = "RuleID")]
        rule: String,
        file: String,
        start_line: usize,
        #[serde(default)]
        commit: String,
    }
    let findings: Vec<Finding> = serde_json::from_str(text).map_err(|error| of_json(&error))?;
    Ok(findings
        .into_iter()
        .map(|finding| Foreign {
            path: finding.file,
            line: finding.start_line,
            rule: Some(finding.rule),
            commit: Some(finding.commit).filter(|commit| !commit.is_empty()),
            audited: None,
        })
        .collect())
}

/// Lines `file:rule:line` or `commit:file:rule:line`; `#` begins a comment.
fn gitleaks_ignore(text: &str) -> Result<Vec<Foreign>, String> {
    let lines = text.lines().zip(1..).map(|(line, number)| (line.trim(), number));
    let lines = lines.filter(|(line, _)| !line.is_empty() && !line.starts_with('#'));
    lines.map(|(line, number)| fingerprint(line).ok_or_else(|| unknown(number))).collect()
}

fn fingerprint(text: &str) -> Option<Foreign> {
    let (rest, line) = text.rsplit_once(':')?;
    let (file, rule) = rest.rsplit_once(':')?;
    let is_id = |id: &str| matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let (commit, path) = match file.split_once(':').filter(|(id, _)| is_id(id)) {
        Some((id, path)) => (Some(id.to_owned()), path),
        None => (None, file),
    };
    let line = line.parse().ok().filter(|_| !path.is_empty() && !rule.is_empty())?;
    Some(Foreign { path: path.to_owned(), line, rule: Some(rule.to_owned()), commit, audited: None })
}

fn unknown(line: usize) -> String {
    format!(
        "{line}: no baseline of gitleaks (.gitleaksignore or a JSON report), detect-secrets (.secrets.baseline) or kingfisher"
    )
}

fn detect_secrets(text: &str) -> Result<Vec<Foreign>, String> {
    #[derive(Deserialize)]
    struct Baseline {
        results: BTreeMap<String, Vec<Secret>>,
    }
    #[derive(Deserialize)]
    struct Secret {
        #[serde(rename = "type")]
        kind: String,
        line_number: usize,
        #[serde(rename = "is_secret")]
        audit: Option<bool>,
    }
    let baseline: Baseline = serde_json::from_str(text).map_err(|error| of_json(&error))?;
    let files = baseline.results.into_iter();
    let entry = |path: &str, secret: Secret| Foreign {
        path: path.replace('\\', "/"),
        line: secret.line_number,
        rule: Some(secret.kind),
        commit: None,
        audited: secret.audit.map(|is| if is { "audited as a secret" } else { "audited as no secret" }),
    };
    Ok(files.flat_map(|(path, secrets)| secrets.into_iter().map(move |secret| entry(&path, secret))).collect())
}

fn of_json(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
    format!("{}:{}: {}", error.line(), error.column(), crate::escape::message(message))
}

/// `ExactFindings: { matches: [{ filepath, fingerprint, linenum, lastupdated }] }`: every mapping with a path and a line.
fn kingfisher(text: &str) -> Result<Vec<Foreign>, String> {
    let (mut entries, mut open) = (Vec::new(), Vec::<Mapping>::new());
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| format!("{}: not YAML", error.marker().line()))?;
        match event {
            Event::MappingStart(..) => open.push(Mapping::default()),
            Event::Scalar(value, ..) => open.iter_mut().last().map_or((), |mapping| mapping.take(&value)),
            // What nests is no value of ours.
            Event::SequenceStart(..) => open.iter_mut().last().map_or((), |mapping| mapping.name = None),
            Event::MappingEnd => {
                let done = open.pop().unwrap_or_default();
                if let Some(outer) = open.last_mut() {
                    outer.name = None;
                }
                entries.extend(done.entry(span.start.line())?);
            }
            _ => {}
        }
    }
    Ok(entries)
}

#[derive(Default)]
struct Mapping {
    /// The name whose value comes next.
    name: Option<String>,
    path: Option<String>,
    line: Option<String>,
}

impl Mapping {
    fn take(&mut self, scalar: &str) {
        match self.name.take().as_deref() {
            None => self.name = Some(scalar.to_owned()),
            Some("filepath") => self.path = Some(scalar.to_owned()),
            Some("linenum") => self.line = Some(scalar.to_owned()),
            Some(_) => {}
        }
    }

    /// `at`: the line on which it ends.
    fn entry(self, at: usize) -> Result<Option<Foreign>, String> {
        let (Some(path), Some(line)) = (self.path, self.line) else { return Ok(None) };
        let line = line.parse().map_err(|_| format!("{at}: `linenum` is no number"))?;
        Ok(Some(Foreign { path, line, rule: None, commit: None, audited: None }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn foreign(path: &str, line: usize, rule: Option<&str>) -> Foreign {
        Foreign { path: path.to_owned(), line, rule: rule.map(str::to_owned), commit: None, audited: None }
    }

    #[test]
    fn each_format_is_recognised() {
        let commit = "0123456789abcdef0123456789abcdef01234567";
        let ignore = read(&format!("# old\n{commit}:a/b.py:generic:3\nc:d.py:aws:14\n")).unwrap();
        assert_eq!(ignore.tool, Tool::GitleaksIgnore);
        let of_commit = Foreign { commit: Some(commit.to_owned()), ..foreign("a/b.py", 3, Some("generic")) };
        assert_eq!(ignore.entries, [of_commit, foreign("c:d.py", 14, Some("aws"))]);
        let report =
            read(r#"[{"RuleID": "aws", "File": "a.py", "StartLine": 2, "Secret": "x", "Commit": ""}]"#).unwrap();
        assert_eq!((report.tool, report.entries), (Tool::GitleaksReport, vec![foreign("a.py", 2, Some("aws"))]));
        let baseline = r#"{"version": "1.5.0", "results": {"a.py": [
            {"type": "AWS Access Key", "filename": "a.py", "hashed_secret": "x", "line_number": 4, "is_secret": false}]}}"#;
        let baseline = read(baseline).unwrap();
        assert_eq!((baseline.tool, baseline.entries[0].audited), (Tool::DetectSecrets, Some("audited as no secret")));
        let yaml = "ExactFindings:\n  matches:\n  - filepath: 'repo/a: b.py'\n    fingerprint: '12'\n    linenum: 7\n    lastupdated: x\n";
        let yaml = read(yaml).unwrap();
        assert_eq!((yaml.tool, yaml.entries), (Tool::Kingfisher, vec![foreign("repo/a: b.py", 7, None)]));
    }

    #[test]
    fn what_is_none_of_them_is_told_without_its_text() {
        for text in [
            "hello",
            "[{\"RuleID\": 1}]",
            "{\"results\": {\"a\": [{\"type\": \"s3cretS3cret\"}]}}",
            "ExactFindings: [",
            "ExactFindings:\n  - {filepath: a, linenum: s3cretS3cret}",
        ] {
            let error = read(text).unwrap_err();
            assert!(!error.contains("s3cretS3cret") && error.starts_with(|c: char| c.is_ascii_digit()), "{error}");
        }
        assert_eq!(read("").map(|read| read.entries.len()), Ok(0));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".*", yaml in "[-a-z:'\" \\n\\[\\]{},&*!|>0-9]*") {
            _ = read(&text);
            _ = read(&format!("ExactFindings:\n{yaml}"));
        }
    }
}
