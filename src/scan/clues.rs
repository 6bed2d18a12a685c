//! What stands elsewhere in the same repository and tells more about a key: a certificate of the same public key, the
//! address of the project whose key it is. Found by rules that are parts of a key alone, which make no finding.

use data_encoding::BASE64;
use jiff::Timestamp;
use memchr::memchr_iter;

use crate::detect::Match;
use crate::format::private_key::{Certificate, certificate};
use crate::format::supabase;
use crate::key::KeyFacts;
use crate::rules::{Rule, RuleSet};
use crate::secret::Secret;
use crate::source::{Blob, Part};

type Read = fn(&[u8]) -> Option<Clue>;

/// A rule whose matches are clues, and how one is read.
const CLUES: &[(&str, Read)] = &[
    ("private-key-certificate", |text| certificate(text).map(Clue::Certificate)),
    ("kubernetes-kubeconfig-certificate", |text| certificate(&BASE64.decode(text).ok()?).map(Clue::Certificate)),
    ("supabase-project-url", |text| {
        str::from_utf8(text).ok()?.split_once('.').map(|(project, _)| Clue::SupabaseProject(project.to_owned()))
    }),
];

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Clue {
    Certificate(Certificate),
    SupabaseProject(String),
}

/// A clue and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    root: Option<usize>,
    shown: String,
    line: usize,
    clue: Clue,
}

/// The clues among the matches of one text, or of one part of a long one.
pub(super) fn among(rules: &RuleSet, matches: &[Match], blob: &Blob<'_>, part: &Part) -> Vec<Placed> {
    let mut found = Vec::new();
    for one in matches.iter().filter(|one| rules.rules[one.rule].part_only && part.own.contains_start(one.span)) {
        let id = &rules.rules[one.rule].id;
        let Some((_, read)) = CLUES.iter().find(|(rule, _)| rule == id) else { continue };
        if let Some(clue) = read(one.secret.expose_for_decode()) {
            let line = part.before.lines + memchr_iter(b'\n', &blob.bytes[..one.span.start]).count() + 1;
            found.push(Placed { root: blob.root, shown: blob.shown.to_owned(), line, clue });
        }
    }
    found
}

/// What every text with a clue contains.
#[cfg(feature = "git")]
pub(super) fn signs(rules: &RuleSet) -> Option<regex::bytes::Regex> {
    let rules = CLUES.iter().filter_map(|(id, _)| rules.get(id));
    let words = rules.flat_map(|rule| rule.anchors.iter().map(|word| regex::escape(word)));
    let words = words.collect::<Vec<_>>();
    regex::bytes::RegexBuilder::new(&words.join("|")).case_insensitive(true).build().ok().filter(|_| !words.is_empty())
}

/// All clues of a run, in an order that does not depend on the threads.
#[derive(Debug, Default)]
pub(super) struct Clues(Vec<Placed>);

impl Clues {
    pub(super) fn new(mut all: Vec<Placed>) -> Self {
        all.sort_by(|a, b| (a.root, &a.shown, a.line).cmp(&(b.root, &b.shown, b.line)));
        Self(all)
    }

    /// Adds to what a key's own text says what the clues of its root tell of it. `shown` makes a place safe to show.
    pub(super) fn complete(
        &self,
        facts: Option<KeyFacts>,
        (rule, secret, root): (&Rule, &Secret, Option<usize>),
        now: Timestamp,
        shown: impl Fn(&str) -> String,
    ) -> Option<KeyFacts> {
        let facts = facts?;
        let near = || self.0.iter().filter(move |placed| placed.root == root);
        if let Some(public) = facts.details.get("public-key") {
            let same = near().filter_map(|placed| match &placed.clue {
                Clue::Certificate(one) if one.public_key.as_ref() == Some(public) => Some((one, placed)),
                Clue::Certificate(_) | Clue::SupabaseProject(_) => None,
            });
            // Of several certificates the one that ends last says how long the key opens anything.
            let last = same.max_by_key(|(one, placed)| (one.until, std::cmp::Reverse((&placed.shown, placed.line))));
            return Some(match last {
                Some((one, placed)) => {
                    with_certificate(facts, one, now, &shown(&format!("{}:{}", placed.shown, placed.line)))
                }
                None => facts,
            });
        }
        if rule.decoder.as_deref() == Some("supabase") {
            let project = near().find_map(|placed| match &placed.clue {
                Clue::SupabaseProject(project) if supabase::is_of_project(secret.expose_for_checksum(), project) => {
                    Some(project)
                }
                Clue::SupabaseProject(_) | Clue::Certificate(_) => None,
            });
            return Some(match project {
                Some(project) => facts.detail("project", project.as_str()).note(
                    "Its checksum is made with the name of that project, whose address stands in the same repository.",
                ),
                None => facts,
            });
        }
        Some(of_project(facts, near(), shown))
    }
}

/// A token of Supabase names its project itself; the project's address says that the repository is for that one.
fn of_project<'p>(facts: KeyFacts, near: impl Iterator<Item = &'p Placed>, shown: impl Fn(&str) -> String) -> KeyFacts {
    if facts.issuer.as_ref().is_none_or(|issuer| issuer.as_str() != "supabase") {
        return facts;
    }
    let own = facts.details.get("ref").cloned();
    let mut same =
        near.filter(|placed| matches!(&placed.clue, Clue::SupabaseProject(project) if Some(project) == own.as_ref()));
    match (same.next(), own) {
        (Some(placed), Some(project)) => {
            let place = shown(&format!("{}:{}", placed.shown, placed.line));
            facts.detail("project", project).note(format!("It is for the project whose address stands in {place}."))
        }
        _ => facts,
    }
}

/// A certificate whose end has passed proves no key dead: a newer one may be elsewhere.
fn with_certificate(facts: KeyFacts, certificate: &Certificate, now: Timestamp, place: &str) -> KeyFacts {
    let Certificate { names, organisations, issuer, until, .. } = certificate;
    let named = if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
    let ends = if *until <= now { "ended" } else { "ends" };
    let day = until.strftime("%Y-%m-%d");
    let facts = facts
        .detail("certificate", named.as_str())
        .detail("certificate-ends", until.to_string())
        .detail("certificate-issuer", issuer.as_str())
        .note(format!("The certificate in {place} has the same public key: it {ends} on {day}. Its CA can revoke it."));
    if organisations.iter().any(|group| group == "system:masters") {
        return facts
            .note("It names the group system:masters: a cluster's administrator, whom no binding can be taken from.");
    }
    facts
}
