//! A copy of a report for readers who may not know the people behind the keys: without owners, names of keys, and
//! the names and rows of the owner's lists.
//!
//! The fields are emptied, and the sentences that others wrote (verdicts, joins, remedies, notes) lose every
//! occurrence of what the fields held. Source lines stay as they are: they are the repository's own text, which
//! whoever reads the repository sees anyway.

use std::collections::BTreeSet;

use super::escape;
use super::words::REDACTED;
use crate::finding::{Finding, Place, Remedy, Report, Subject};
use crate::key::{Dossier, Evidence, KeyFacts, Reported, Statement};
use crate::provenance::Holder;

/// `report` without owners, names of keys and lists.
pub(super) fn without_owners(report: &Report) -> Report {
    let words = PrivateWords::of(report);
    let mut report = report.clone();
    for finding in &mut report.findings {
        hide_in_finding(finding, &words);
    }
    // An absolute path often holds its user's name.
    report.roots.iter_mut().for_each(|root| REDACTED.clone_into(&mut root.path));
    words.scrub_all(&mut report.notes);
    words.scrub_all(&mut report.coverage.inputs);
    for file in &mut report.coverage.configuration.files {
        *file = file.rsplit(['/', '\\']).next().unwrap_or(REDACTED).to_owned();
    }
    for skip in &mut report.coverage.skips {
        words.scrub(&mut skip.path);
        skip.detail.iter_mut().for_each(|detail| words.scrub(detail));
    }
    report
}

fn hide_in_finding(finding: &mut Finding, words: &PrivateWords) {
    finding.dossier = hide_in_dossier(&finding.dossier, words);
    finding.conflicts.retain(|conflict| !is_about_people(conflict.field));
    for (witness, value) in finding.conflicts.iter_mut().flat_map(|conflict| &mut conflict.said) {
        words.scrub(witness);
        words.scrub(value);
    }
    finding.join.iter_mut().for_each(|join| words.scrub(join));
    finding.judgement.verdicts.iter_mut().for_each(|verdict| words.scrub(&mut verdict.message));
    words.scrub_all(&mut finding.judgement.notes);
    hide_in_remedy(&mut finding.remedy, words);
    for part in &mut finding.parts {
        words.scrub(&mut part.text);
        words.scrub_root(&mut part.shown);
    }
    match finding.subject {
        Subject::InventoryKey => finding.places.iter_mut().for_each(hide_row),
        Subject::LeakedKey => {
            for place in &mut finding.places {
                words.scrub_root(&mut place.shown);
                hide_author(place);
            }
        }
    }
}

/// Who wrote a commit, and the lines of commits, tags and reflogs, which begin with their writers' names.
fn hide_author(place: &mut Place) {
    let Some(provenance) = &mut place.provenance else { return };
    for commit in [&mut provenance.commit, &mut provenance.removed].into_iter().flatten() {
        commit.author = None;
    }
    if !matches!(provenance.holder, Holder::File | Holder::RefNames) {
        place.frame.clear();
    }
}

/// The place of a list row is a list's name and row, all of it.
fn hide_row(place: &mut Place) {
    place.root = None;
    REDACTED.clone_into(&mut place.path);
    REDACTED.clone_into(&mut place.shown);
    place.frame.clear();
    place.variable = None;
    let region = &mut place.region;
    (region.start_line, region.end_line) = (1, 1);
    (region.start_column, region.start_column_utf16) = (1, 1);
    (region.end_column, region.end_column_utf16) = (1, 1);
}

fn hide_in_remedy(remedy: &mut Remedy, words: &PrivateWords) {
    for text in [&mut remedy.page, &mut remedy.command].into_iter().flatten() {
        words.scrub(text);
    }
    words.scrub_all(&mut remedy.revoke);
    words.scrub_all(&mut remedy.recreate);
    if let Some(keyless) = &mut remedy.keyless {
        words.scrub_all(&mut keyless.steps);
        words.scrub(&mut keyless.snippet);
    }
}

fn hide_in_dossier(dossier: &Dossier, words: &PrivateWords) -> Dossier {
    let mut hidden = Dossier::default();
    for Statement { evidence, facts } in dossier.statements() {
        let is_list = matches!(evidence, Evidence::Inventory { .. });
        hidden.add(hide_in_evidence(evidence), hide_in_facts(facts.clone(), is_list, words));
    }
    hidden
}

fn hide_in_evidence(evidence: &Evidence) -> Evidence {
    match evidence {
        // Rows count from 1, so 0 is no row.
        Evidence::Inventory { join, .. } => Evidence::Inventory { file: REDACTED.to_owned(), line: 0, join: *join },
        other => other.clone(),
    }
}

fn hide_in_facts(mut facts: KeyFacts, is_list: bool, words: &PrivateWords) -> KeyFacts {
    facts.owner = Reported::NotSaid;
    facts.name = Reported::NotSaid;
    // What else a row holds is free text of its owner's.
    facts.details.retain(|name, _| !is_list && !is_about_people(name));
    facts.details.values_mut().for_each(|value| words.scrub(value));
    facts.state_reason.iter_mut().for_each(|reason| words.scrub(reason));
    words.scrub_all(&mut facts.notes);
    facts
}

fn is_about_people(field: &str) -> bool {
    let field = field.to_ascii_lowercase();
    field == "name"
        || ["owner", "user", "account", "member", "mail", "author", "creator"].iter().any(|w| field.contains(w))
}

/// What the report knows of people and lists, longest first so that a name within a longer one goes with it.
struct PrivateWords {
    words: Vec<String>,
    roots: Vec<String>,
}

impl PrivateWords {
    fn of(report: &Report) -> Self {
        let mut words = BTreeSet::new();
        for finding in &report.findings {
            finding.dossier.statements().iter().for_each(|statement| collect(statement, &mut words));
            if finding.subject == Subject::InventoryKey {
                for place in &finding.places {
                    collect_file(&place.path, &mut words);
                    collect_file(&place.shown, &mut words);
                }
            }
        }
        let mut words: Vec<String> = words.iter().flat_map(|word| spellings(word)).filter(|w| !w.is_empty()).collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let roots = report.roots.iter().map(|root| root.path.clone()).filter(|path| path.len() > 1).collect();
        Self { words, roots }
    }

    /// Cuts the root's absolute path off a path below it.
    fn scrub_root(&self, shown: &mut String) {
        for root in &self.roots {
            if let Some(below) = shown.strip_prefix(root.as_str()).and_then(|rest| rest.strip_prefix(['/', '\\'])) {
                *shown = below.to_owned();
            }
        }
    }

    fn scrub_all(&self, texts: &mut [String]) {
        for text in texts {
            self.scrub(text);
        }
    }

    fn scrub(&self, text: &mut String) {
        for word in self.words.iter().chain(&self.roots) {
            if let Some(scrubbed) = without_word(text, word) {
                *text = scrubbed;
            }
        }
    }
}

fn collect(statement: &Statement, words: &mut BTreeSet<String>) {
    let Statement { evidence, facts } = statement;
    words.extend(facts.owner.said().cloned());
    words.extend(facts.name.said().cloned());
    words.extend(facts.details.iter().filter(|(name, _)| is_about_people(name)).map(|(_, value)| value.clone()));
    if let Evidence::Inventory { file, .. } = evidence {
        collect_file(file, words);
    }
}

/// A list is named by its path or by its file name alone.
fn collect_file(path: &str, words: &mut BTreeSet<String>) {
    words.insert(path.to_owned());
    words.extend(path.rsplit(['/', '\\']).next().map(str::to_owned));
}

/// How many characters of a long name a sentence shows.
const LONGEST: usize = 200;

/// A name as sentences may write it: as it is, invisible characters made visible, backticks as apostrophes, quoted,
/// percent-encoded in an address, or cut.
fn spellings(word: &str) -> Vec<String> {
    let cut: String = word.chars().take(LONGEST).collect();
    let mut all = vec![word.to_owned(), escape::path_uri(word)];
    for word in [word, &cut] {
        let visible = escape::terminal(word);
        all.extend([visible.replace('`', "'"), visible.into_owned(), format!("{word:?}").trim_matches('"').to_owned()]);
    }
    all
}

/// `text` with every free-standing occurrence of `word` redacted, and the `:14` after it; `None` when it has none.
fn without_word(text: &str, word: &str) -> Option<String> {
    let (mut out, mut copied, mut at) = (String::new(), 0, 0);
    while let Some(found) = text[at..].find(word) {
        let (start, end) = (at + found, at + found + word.len());
        at = end;
        if stands_free(text, start, end) {
            out.push_str(&text[copied..start]);
            out.push_str(REDACTED);
            copied = end + row_after(&text[end..]);
            at = copied;
        }
    }
    (copied > 0).then(|| out + &text[copied..])
}

fn stands_free(text: &str, start: usize, end: usize) -> bool {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    !is_word(text[..start].chars().next_back()) && !is_word(text[end..].chars().next())
}

/// Length of a row number such as `:14` or ` line 14`.
fn row_after(rest: &str) -> usize {
    let prefix = [":", " line ", ", line "].into_iter().find(|prefix| rest.starts_with(prefix)).unwrap_or("");
    let digits = rest[prefix.len()..].bytes().take_while(u8::is_ascii_digit).count();
    if prefix.is_empty() || digits == 0 { 0 } else { prefix.len() + digits }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_word_goes_only_where_it_stands_free() {
        let scrub = |text: &str| without_word(text, "push");
        assert_eq!(scrub("joined to push by name"), Some("joined to [REDACTED] by name".to_owned()));
        assert_eq!(scrub("pusher and repush"), None);
        let rows = without_word("keys.json:14 and keys.json line 3", "keys.json");
        assert_eq!(rows.as_deref(), Some("[REDACTED] and [REDACTED]"));
    }

    #[test]
    fn a_name_goes_in_whatever_way_a_sentence_writes_it() {
        let words = PrivateWords { words: spellings("a`b\u{202e} c"), roots: Vec::new() };
        for said in ["a`b\u{202e} c", "`a'b\\u{202e} c`", "a`b\\u{202e} c", "x/a%60b%E2%80%AE%20c"] {
            let mut text = said.to_owned();
            words.scrub(&mut text);
            assert!(text.contains(REDACTED) && !text.contains('b'), "{text}");
        }
    }

    proptest! {
        #[test]
        fn scrubbing_never_panics(text in ".*", word in ".+") {
            _ = without_word(&text, &word);
        }
    }
}
