//! Key hygiene without a leak: the same judgement over every row of the owner's lists, placed on the row itself.

use std::collections::BTreeMap;
use std::path::Path;

use crate::coverage::{Coverage, Reason};
use crate::finding::{Finding, IssuerBasis, Mode, Place, Report, Subject, worst_first};
use crate::hygiene::{self, Case, Exposure, Judgement, Verdict};
use crate::inventory::{Inventory, Record};
use crate::issuer::Issuer;
use crate::key::{Dossier, Evidence, JoinStrength};
use crate::location::Region;
use crate::remedy::{self, Fields};
use crate::rules::{RemedyTemplate, RuleSet};
use crate::secret::{FingerprintKey, Masked};
use crate::severity::{Confidence, Severity};
use crate::source::Outcome;

use super::Scanner;

/// Further verdicts about a row: index of its list, index in the list.
pub(super) type Told<'t> = &'t dyn Fn(usize, usize) -> Vec<Verdict>;

/// Which verdicts make a finding of a row.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// Everything that is wrong with the key, and what is told besides.
    Everything,
    /// What is told alone.
    ToldAlone,
}

pub(super) fn audit(scanner: &Scanner, asked: Asked, told: Told<'_>) -> Report {
    let settings = scanner.settings();
    let published = FingerprintKey::published(None);
    let key = settings.fingerprint_key.as_ref().unwrap_or(&published);
    let mut outcome = Outcome::default();
    let mut findings = Vec::new();
    let mut rows = Rows::default();
    let mut notes = Vec::new();
    for (at, list) in settings.inventories.iter().enumerate() {
        let shown = list.path.to_string_lossy();
        if list.records.is_empty() {
            outcome.skipped(Reason::Empty, &shown, None, Some("the list holds no key".to_owned()));
        }
        outcome.scanned(list.bytes);
        findings.extend(
            list.records
                .iter()
                .enumerate()
                .filter_map(|(row, record)| audit_row(scanner, key, list, record, &mut rows, (asked, told(at, row)))),
        );
        notes.extend(list.notes.iter().map(|note| format!("{shown}: {note}")));
    }
    worst_first(&mut findings);
    Report {
        mode: Mode::Keys,
        compared: false,
        now: settings.now,
        now_is_given: settings.now_is_given,
        roots: Vec::new(),
        fingerprint_key: key.kid().to_owned(),
        findings,
        suppressed: Vec::new(),
        gone: Vec::new(),
        below_confidence: 0,
        unseen: Vec::new(),
        published: Vec::new(),
        asked: Vec::new(),
        notes,
        coverage: coverage(scanner, outcome),
    }
}

/// How many rows of one issuer had this id or name so far: rows that nothing else tells apart are told apart by it.
type Rows = BTreeMap<(Issuer, String), usize>;

/// The finding for one row, or none when there is nothing to say against it.
fn audit_row(
    scanner: &Scanner,
    key: &FingerprintKey,
    list: &Inventory,
    record: &Record,
    rows: &mut Rows,
    (asked, told): (Asked, Vec<Verdict>),
) -> Option<Finding> {
    let issuer = record.facts.issuer.clone()?;
    let identity = record.facts.key_id.said().or(record.facts.name.said()).cloned().unwrap_or_default();
    let nth = rows.entry((issuer.clone(), identity.clone())).and_modify(|n| *n += 1).or_insert(0);
    let mut dossier = Dossier::default();
    let file = list.path.to_string_lossy().into_owned();
    dossier.add(Evidence::Inventory { file, line: record.line, join: JoinStrength::Row }, record.facts.clone());
    let judgement = match asked {
        Asked::Everything => judge(scanner, &issuer, &dossier, &told),
        Asked::ToldAlone => judge(scanner, &issuer, &dossier, &[]).of_these(told),
    };
    let worst = judgement.verdicts.first()?;
    let (rule, title) = (worst.id.0.to_owned(), worst.id.info().map_or("", |info| info.title).to_owned());
    let fingerprint = key.of_secret(&format!("inventory/{issuer}/{nth}"), identity.as_bytes());
    let place = key.of_place("", &file_name(&list.path), &fingerprint, 0);
    Some(Finding {
        by_place: false,
        subject: Subject::InventoryKey,
        fingerprint,
        rule,
        title,
        masked: Masked::of(b"", ""),
        issuer_basis: IssuerBasis::Inventory,
        host: None,
        confidence: Confidence::High,
        conflicts: Vec::new(),
        join: None,
        remedy: fill(scanner, &issuer, &dossier).into(),
        issuer,
        judgement,
        parts: Vec::new(),
        places: vec![Place {
            suppressed: None,
            root: None,
            path: list.path.to_string_lossy().replace('\\', "/"),
            shown: list.path.to_string_lossy().into_owned(),
            region: region(record),
            fingerprint: place,
            variable: None,
            rule: None,
            frame: Vec::new(),
            provenance: None,
            owners: Vec::new(),
        }],
        dossier,
    })
}

fn judge(scanner: &Scanner, issuer: &Issuer, dossier: &Dossier, told: &[Verdict]) -> Judgement {
    let settings = scanner.settings();
    let case = Case {
        dossier,
        issuer,
        exposure: Exposure::None,
        default_severity: Severity::Note,
        known_packages: settings.known_packages.get(issuer).map_or(&[], Vec::as_slice),
        missing_from_inventory: false,
        path: "",
    };
    hygiene::judge_with(&case, &settings.policy, settings.now, told)
}

fn fill(scanner: &Scanner, issuer: &Issuer, dossier: &Dossier) -> crate::finding::Remedy {
    let known = scanner.settings().known_packages.get(issuer).cloned().unwrap_or_default();
    let fields = Fields {
        key: Some(dossier.name().or(dossier.key_id()).unwrap_or("this key").to_owned()),
        key_id: dossier.key_id().map(str::to_owned),
        owner: dossier.owner().map(str::to_owned),
        host: None,
        scope: Some(remedy::suggested_scope(issuer, &known, &known)).filter(|scope| !scope.is_empty()),
        packages: known,
        repository: None,
        workflow: None,
    };
    remedy_of(scanner.rules(), issuer).map(|template| remedy::fill(template, &fields)).unwrap_or_default()
}

/// How this issuer's keys are closed: as the first rule says that is about them.
fn remedy_of<'r>(rules: &'r RuleSet, issuer: &Issuer) -> Option<&'r RemedyTemplate> {
    rules.rules.iter().find(|rule| rule.issuer == *issuer).map(|rule| &rule.remedy)
}

fn region(record: &Record) -> Region {
    Region {
        start_line: record.line,
        start_column: record.column,
        end_line: record.line,
        end_column: record.end_column,
        start_column_utf16: record.column,
        end_column_utf16: record.end_column,
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn coverage(scanner: &Scanner, outcome: Outcome) -> Coverage {
    let inputs = scanner.settings().inventories.iter().map(|list| list.path.to_string_lossy().into_owned()).collect();
    scanner.coverage(inputs, outcome)
}
