//! A copy of a report for readers who may not know the people behind the keys: without owners, names of keys, and
//! the names and rows of the owner's lists.
//!
//! The fields are emptied, and the sentences that others wrote (verdicts, joins, remedies, notes) lose every
//! occurrence of what the fields held. So do source lines, where a name is often written another way: the key
//! `Acme Release` stands in `ACME_RELEASE`.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use super::escape;
use super::words::REDACTED;
use crate::finding::{Finding, FrameLine, Place, Remedy, Report, Subject};
use crate::key::{Dossier, Evidence, KeyFacts, Reported, Statement};
use crate::provenance::Holder;

/// `report` without owners, names of keys and lists.
pub(super) fn without_owners(report: &Report) -> Report {
    let words = PrivateWords::of(report);
    let mut report = report.clone();
    for finding in &mut report.findings {
        hide_in_finding(finding, &words);
    }
    for aside in &mut report.suppressed {
        aside.suppression.owner = None;
        aside.suppression.reason.iter_mut().for_each(|reason| words.scrub(reason));
    }
    // An absolute path often holds its user's name.
    for root in &mut report.roots {
        REDACTED.clone_into(&mut root.path);
        // So does a branch's.
        root.branch = None;
    }
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
    finding.join.iter_mut().for_each(|join| words.scrub_with_ids(join));
    finding.judgement.verdicts.iter_mut().for_each(|verdict| words.scrub(&mut verdict.message));
    words.scrub_all(&mut finding.judgement.notes);
    hide_in_remedy(Arc::make_mut(&mut finding.remedy), words);
    for part in &mut finding.parts {
        words.scrub(&mut part.text);
        words.scrub_root(&mut part.shown);
    }
    match finding.subject {
        Subject::InventoryKey => finding.places.iter_mut().for_each(hide_row),
        Subject::LeakedKey => {
            for place in &mut finding.places {
                words.scrub_root(&mut place.shown);
                place.owners.clear();
                hide_author(place);
                words.scrub_place(place);
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
    let steps = remedy.revoke.iter_mut().chain(&mut remedy.recreate);
    steps.chain(&mut remedy.page).chain(&mut remedy.command).for_each(|text| words.scrub_with_ids(text));
    if let Some(keyless) = &mut remedy.keyless {
        keyless.steps.iter_mut().chain([&mut keyless.snippet]).for_each(|text| words.scrub_with_ids(text));
    }
}

fn hide_in_dossier(dossier: &Dossier, words: &PrivateWords) -> Dossier {
    let mut hidden = Dossier::default();
    for Statement { evidence, facts } in dossier.statements() {
        let is_list = is_row(evidence);
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
    if is_list {
        facts.key_id = Reported::NotSaid;
    }
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
    /// Ids of rows. They may be short numbers, so they are looked for only where ids are written.
    ids: Vec<String>,
    /// Names and owners as [`plain_words`] put together, for source lines.
    plain: BTreeSet<String>,
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
        let statements = || report.findings.iter().flat_map(|finding| finding.dossier.statements());
        let ids: BTreeSet<&String> =
            statements().filter(|s| is_row(&s.evidence)).filter_map(|s| s.facts.key_id.said()).collect();
        let plain = statements().flat_map(|s| [s.facts.name.said(), s.facts.owner.said()]).flatten();
        let plain = plain
            .map(|name| plain_words(name).map(|(_, word)| word).collect())
            .filter(|name: &String| !name.is_empty());
        Self {
            plain: plain.collect(),
            words: all_spellings(words.iter()),
            ids: all_spellings(ids.into_iter()),
            roots: report.roots.iter().map(|root| root.path.clone()).filter(|path| path.len() > 1).collect(),
        }
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
        scrub_each(text, self.words.iter().chain(&self.roots));
    }

    fn scrub_with_ids(&self, text: &mut String) {
        self.scrub(text);
        scrub_each(text, self.ids.iter());
    }

    /// The source lines, and the variable on them.
    fn scrub_place(&self, place: &mut Place) {
        place.frame.iter_mut().for_each(|line| self.scrub_line(line));
        if let Some(variable) = &mut place.variable {
            for span in self.names_in(variable).into_iter().rev() {
                variable.replace_range(span, REDACTED);
            }
        }
    }

    fn scrub_line(&self, line: &mut FrameLine) {
        for span in self.names_in(&line.text).into_iter().rev() {
            match &mut line.mark {
                Some((start, end)) if span.start < *end && *start < span.end => continue,
                Some((start, end)) if span.end <= *start => {
                    *start = *start - span.len() + REDACTED.len();
                    *end = *end - span.len() + REDACTED.len();
                }
                _ => {}
            }
            line.text.replace_range(span, REDACTED);
        }
    }

    /// Where names stand in a text, in any case and with anything between their words.
    fn names_in(&self, text: &str) -> Vec<Range<usize>> {
        let words: Vec<(Range<usize>, String)> = plain_words(text).collect();
        let (mut spans, mut next) = (Vec::new(), 0);
        while next < words.len() {
            let longest = self.plain.iter().filter_map(|name| run(&words[next..], name)).max();
            let Some(length) = longest else {
                next += 1;
                continue;
            };
            spans.push(words[next].0.start..words[next + length - 1].0.end);
            next += length;
        }
        spans
    }
}

/// How many of the words at the front, put together, are `name`.
fn run(words: &[(Range<usize>, String)], name: &str) -> Option<usize> {
    let mut rest = name;
    for (index, (_, word)) in words.iter().enumerate() {
        rest = rest.strip_prefix(word.as_str())?;
        if rest.is_empty() {
            return Some(index + 1);
        }
    }
    None
}

/// The alphanumeric words of a text, in lower case, and where each stands.
fn plain_words(text: &str) -> impl Iterator<Item = (Range<usize>, String)> {
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + text[rest..].find(char::is_alphanumeric)?;
        let end = text[start..].find(|c: char| !c.is_alphanumeric()).map_or(text.len(), |length| start + length);
        rest = end;
        Some((start..end, text[start..end].to_lowercase()))
    })
}

fn is_row(evidence: &Evidence) -> bool {
    matches!(evidence, Evidence::Inventory { .. })
}

fn scrub_each<'w>(text: &mut String, words: impl Iterator<Item = &'w String>) {
    for word in words {
        if let Some(scrubbed) = without_word(text, word) {
            *text = scrubbed;
        }
    }
}

/// Every spelling of every word, the longest first.
fn all_spellings<'w>(words: impl Iterator<Item = &'w String>) -> Vec<String> {
    let mut all: Vec<String> = words.flat_map(|word| spellings(word)).filter(|word| !word.is_empty()).collect();
    all.sort_by_key(|word| std::cmp::Reverse(word.len()));
    all
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
        let words = PrivateWords {
            words: spellings("a`b\u{202e} c"),
            ids: Vec::new(),
            plain: BTreeSet::new(),
            roots: Vec::new(),
        };
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
