//! One key as the page shows it. Every text is one line of harmless characters; the template escapes it.

use super::super::escape::{lines, source_line, step_pieces, step_plain, terminal};
use super::super::words;
use super::window::{Span, Window};
use super::{Fact, chart};
use crate::finding::{Finding, FrameLine, Place, Report};
use crate::rules::Keyless;

/// Places that are shown of one key.
const PLACES_SHOWN: usize = 20;

pub(super) struct Key {
    /// For links into the page.
    pub(super) id: String,
    pub(super) severity: &'static str,
    pub(super) state: &'static str,
    pub(super) issuer: String,
    /// Who is to see to it.
    pub(super) answers: Vec<String>,
    pub(super) until_bucket: &'static str,
    pub(super) reach: &'static str,
    pub(super) title: String,
    pub(super) masked: String,
    pub(super) opens: Rich,
    /// Whether anybody says that.
    pub(super) opens_is_known: bool,
    pub(super) until: String,
    pub(super) until_is_known: bool,
    /// Its first place, in pieces after which a line may end.
    pub(super) place: Vec<String>,
    pub(super) more_places: usize,
    pub(super) facts: Vec<Fact>,
    pub(super) verdicts: Vec<Verdict>,
    pub(super) notes: Vec<Rich>,
    pub(super) places: Vec<Shown>,
    pub(super) places_left_out: usize,
    pub(super) steps: Vec<Rich>,
    pub(super) page: Option<String>,
    pub(super) command: Option<String>,
    pub(super) keyless: Option<WithoutKey>,
    pub(super) rule: String,
    pub(super) fingerprint: String,
}

pub(super) struct Verdict {
    pub(super) id: &'static str,
    pub(super) severity: &'static str,
    pub(super) message: Rich,
}

/// A sentence in pieces: whether each is code, and its text.
pub(super) type Rich = Vec<(bool, String)>;

/// One place of it.
pub(super) struct Shown {
    pub(super) at: String,
    pub(super) history: String,
    pub(super) window: Option<Window>,
    pub(super) lines: Vec<Line>,
}

/// A line of source; `mark` is what stands for the secret.
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) before: String,
    pub(super) mark: String,
    pub(super) after: String,
}

pub(super) struct WithoutKey {
    pub(super) title: String,
    pub(super) steps: Vec<Rich>,
    pub(super) snippet: String,
    pub(super) reference: Option<String>,
}

impl Key {
    /// `span`: the time over which exposures are drawn.
    pub(super) fn of(finding: &Finding, report: &Report, span: &Span) -> Self {
        let judgement = &finding.judgement;
        let state = words::state(&judgement.state);
        let until = words::until(&finding.dossier, report.now);
        let verdicts = judgement.verdicts.iter().map(|verdict| Verdict {
            id: verdict.id.0,
            severity: verdict.severity.as_str(),
            message: step_pieces(&verdict.message),
        });
        let remedy = &finding.remedy;
        let noted = finding.dossier.statements().iter().flat_map(|statement| &statement.facts.notes);
        Self {
            id: format!("key-{}", finding.fingerprint.hex()),
            severity: judgement.severity.as_str(),
            state,
            issuer: safe(finding.issuer.as_str()),
            answers: words::answers(finding).into_iter().map(safe).collect(),
            until_bucket: chart::ends_in(finding, report.now),
            reach: chart::reach_of(finding),
            title: safe(&finding.title),
            masked: safe(finding.masked.as_str()),
            opens_is_known: words::opens(&finding.dossier, judgement) != NOT_KNOWN,
            opens: opens(finding),
            until_is_known: until != NOT_KNOWN,
            // The column says "until" already.
            until: safe(until.strip_prefix("until ").unwrap_or(&until)),
            place: finding.places.first().map(|place| pieces(&safe(&words::place(place)))).unwrap_or_default(),
            more_places: finding.places.len().saturating_sub(1),
            facts: facts(finding, report),
            verdicts: verdicts.collect(),
            notes: judgement.notes.iter().chain(noted).map(|note| step_pieces(note)).collect(),
            places: finding.places.iter().take(PLACES_SHOWN).map(|place| shown(place, span)).collect(),
            places_left_out: finding.places.len().saturating_sub(PLACES_SHOWN),
            steps: remedy.revoke.iter().chain(&remedy.recreate).map(|step| step_pieces(step)).collect(),
            page: remedy.page.as_deref().and_then(address),
            command: remedy.command.as_deref().map(safe),
            keyless: remedy.keyless.as_ref().map(without_key),
            rule: safe(&finding.rule),
            fingerprint: finding.fingerprint.to_string(),
        }
    }
}

fn safe(text: &str) -> String {
    terminal(text).into_owned()
}

/// A path ends its lines behind a slash, where it can.
fn pieces(path: &str) -> Vec<String> {
    path.split_inclusive('/').map(str::to_owned).collect()
}

/// What sentences say where nobody said anything.
const NOT_KNOWN: &str = "not known";

fn opens(finding: &Finding) -> Rich {
    match words::opens(&finding.dossier, &finding.judgement) {
        opens if opens == NOT_KNOWN => vec![(false, "nobody says".to_owned())],
        opens => step_pieces(&opens),
    }
}

/// Only what a click may follow: a name that a repository made up is no address.
fn address(page: &str) -> Option<String> {
    url::Url::parse(page).ok().filter(|page| page.scheme() == "https").map(|page| page.to_string())
}

fn facts(finding: &Finding, report: &Report) -> Vec<Fact> {
    let dossier = &finding.dossier;
    let mut facts = vec![
        Fact { name: "State", value: safe(&words::state_with_evidence(finding, report.now)) },
        Fact { name: "Issuer", value: safe(&words::issuer(&finding.issuer, finding.host.as_deref())) },
        Fact { name: "Confidence", value: finding.confidence.to_string() },
    ];
    let more = [
        ("Kind", dossier.kind()),
        ("Name", dossier.name()),
        ("Owner", dossier.owner()),
        ("Key id", dossier.key_id()),
        ("List", finding.join.as_deref()),
    ];
    facts.extend(more.into_iter().filter_map(|(name, value)| Some(Fact { name, value: safe(value?) })));
    let answers = words::answers(finding);
    facts.extend((!answers.is_empty()).then(|| Fact { name: "Answers for it", value: safe(&answers.join(", ")) }));
    facts.extend(dossier.created().map(|at| Fact { name: "Created", value: words::date(at) }));
    let conflicts = finding.conflicts.iter().map(|conflict| safe(&words::conflict(conflict)));
    facts.extend(conflicts.map(|value| Fact { name: "Conflict", value }));
    facts
}

fn shown(place: &Place, span: &Span) -> Shown {
    Shown {
        window: place.provenance.as_deref().and_then(|provenance| span.window(provenance)),
        at: safe(&words::place(place)),
        history: place.provenance.as_deref().map(|history| safe(&words::history(history))).unwrap_or_default(),
        lines: place.frame.iter().map(line).collect(),
    }
}

fn line(line: &FrameLine) -> Line {
    let cut = line
        .mark
        .and_then(|(start, end)| Some((line.text.get(..start)?, line.text.get(start..end)?, line.text.get(end..)?)));
    let (before, mark, after) = cut.unwrap_or((&line.text, "", ""));
    let [before, mark, after] = [before, mark, after].map(|piece| source_line(piece).into_owned());
    Line { number: line.number, before, mark, after }
}

fn without_key(keyless: &Keyless) -> WithoutKey {
    WithoutKey {
        title: step_plain(&keyless.title),
        steps: keyless.steps.iter().map(|step| step_pieces(step)).collect(),
        snippet: lines(&keyless.snippet).into_owned(),
        reference: address(&keyless.reference),
    }
}
