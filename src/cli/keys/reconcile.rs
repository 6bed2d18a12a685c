//! `skelkey keys reconcile`: the owner's lists beside what scans saw.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use skelkey::escape::visible;
use skelkey::finding::{Finding, IssuerBasis, Mode, Place, Report, Subject};
use skelkey::hygiene::verdict::{CLOSED_IN_CODE, LISTED_IN_CODE, NEVER_SEEN, SHADOW_KEY};
use skelkey::hygiene::{Verdict, code};
use skelkey::key::Dossier;
use skelkey::lifecycle::Named;
use skelkey::lifecycle::earlier::{self, Earlier};
use skelkey::lifecycle::reconcile::{Reconciliation, Seen, reconcile};
use skelkey::report::{Format, escape};
use skelkey::scan::Scanner;
use skelkey::secret::{FingerprintKey, Masked};
use skelkey::severity::{Confidence, Severity};

use super::super::args::{Global, OutputArgs, ReconcileArgs};
use super::super::options::{self, Surroundings};
use super::super::output::Outputs;
use super::super::session::Session;
use super::super::{Exit, scan};
use super::{check_privacy, emit, is_own, json};

pub(super) fn run(global: &Global, args: &ReconcileArgs, around: &Surroundings) -> Result<Exit> {
    let loaded = around.config(global)?;
    let outputs = Outputs::pair(&args.output)?;
    check_privacy(&args.output, &outputs)?;
    let fail_on = options::fail_on(args.output.gate.fail_on, &loaded)?;
    let (lists, confidence) = (&args.lists.inventory[..], Confidence::Low);
    let session = Session { global, around, loaded: &loaded, lists, confidence, inline_ignore: false };
    let scanner = session.scanner(|stated| options::state(stated, fail_on, None, None))?;
    let settings = scanner.settings();
    if settings.inventories.is_empty() {
        bail!("no list to reconcile: name one with --inventory FILE (docs/inventory.md says how to export each)");
    }
    let reports = args.reports.iter().map(|file| read(file)).collect::<Result<Vec<Earlier>>>()?;
    earlier::same_key(&reports)?;
    let told = reconcile(&settings.inventories, &reports, settings.now);
    let complete = reports.iter().all(|report| report.complete);
    let exit = match told.worst() {
        Some(worst) if worst >= fail_on && !args.output.gate.exit_zero => Exit::Findings,
        _ if complete => Exit::Clean,
        _ => Exit::Incomplete,
    };
    write(&outputs, &args.output, global, &scanner, &told, (complete, exit, around))
}

/// One report of ours.
pub(crate) fn read(file: &std::path::Path) -> Result<Earlier> {
    let shown = file.display().to_string();
    let text = std::fs::read(file).with_context(|| format!("read the report {shown}"))?;
    Ok(earlier::read(&shown, &text)?)
}

fn write(
    outputs: &Outputs,
    args: &OutputArgs,
    global: &Global,
    scanner: &Scanner,
    told: &Reconciliation,
    (complete, exit, around): (bool, Exit, &Surroundings),
) -> Result<Exit> {
    for (format, file) in outputs.pairs().filter(|(format, _)| is_own(*format)) {
        emit(file, |out| match format {
            Format::Json => json("skelkey-reconciliation", told, complete, out),
            Format::Markdown => markdown(told, complete, out),
            _ => human(told, complete, out),
        })?;
    }
    let report = Report { mode: Mode::Reconcile, ..as_report(scanner, told) };
    let options = scan::report_options(args, exit, &report, around.now);
    Ok(outputs.without(is_own).write(&report, scanner.rules(), &options, global.color, exit))
}

/// The same as findings: a listed key on its line in the list, a shadow key where it stands in code.
fn as_report(scanner: &Scanner, told: &Reconciliation) -> Report {
    let mut rows: BTreeMap<(usize, usize), Vec<Verdict>> = BTreeMap::new();
    for pair in &told.used {
        let message = format!("It stands in code: {} ({}).", places(&pair.seen), pair.joined);
        rows.entry(pair.row).or_default().push(LISTED_IN_CODE.says_at(pair.seen.severity, message));
    }
    for pair in &told.closed_in_code {
        let closed = pair.closed.as_deref().unwrap_or("closed");
        let message = format!("It is {closed}, and stands in code: {}.", places(&pair.seen));
        rows.entry(pair.row).or_default().push(CLOSED_IN_CODE.says(message));
    }
    for unseen in &told.unseen {
        let message = if unseen.perhaps_seen {
            "No report has surely seen it: it may be one of the keys in code that the lists do not tell.".to_owned()
        } else {
            format!("None of {} has seen it.", count(told.reports.len(), "report"))
        };
        rows.entry(unseen.row).or_default().push(NEVER_SEEN.says(message));
    }
    let mut report = scanner.told_of_rows(&|list, row| rows.get(&(list, row)).cloned().unwrap_or_default());
    report.findings.extend(told.shadow.iter().filter_map(shadow));
    report.notes.extend(told.notes.iter().cloned());
    report
}

fn places(seen: &Seen) -> String {
    let named: Vec<String> = seen.places.iter().take(MOST_NAMED).map(|place| code(place)).collect();
    let more = if seen.places.len() > MOST_NAMED { " and elsewhere" } else { "" };
    format!("{}{more}", named.join(", "))
}

/// How many places a sentence names.
const MOST_NAMED: usize = 5;

/// A key that is in no list, where it stands. `None` for one whose place is not known.
fn shadow(seen: &Seen) -> Option<Finding> {
    let key = FingerprintKey::published(None);
    // The report knows the key's fingerprint as text; as an alert it needs one of its own that never varies.
    let fingerprint = key.of_secret("reconcile/shadow", seen.fingerprint.as_bytes());
    let message = format!("No list holds it: {}.", seen.reason);
    let verdict = SHADOW_KEY.says_at(seen.severity.max(Severity::Medium), message);
    let places: Vec<Place> = (0..)
        .zip(&seen.regions)
        .map(|(nth, (shown, region))| Place {
            root: None,
            path: shown.replace('\\', "/"),
            shown: shown.clone(),
            region: *region,
            fingerprint: key.of_place("", shown, &fingerprint, nth),
            variable: None,
            rule: None,
            frame: Vec::new(),
            provenance: None,
            owners: Vec::new(),
            suppressed: None,
        })
        .collect();
    let head = seen.masked.split_once('…').map_or("", |(head, _)| head);
    (!places.is_empty()).then(|| Finding {
        subject: Subject::LeakedKey,
        fingerprint,
        by_place: false,
        rule: SHADOW_KEY.0.to_owned(),
        title: SHADOW_KEY.info().map_or("", |info| info.title).to_owned(),
        masked: Masked::of(seen.masked.as_bytes(), head),
        issuer: seen.issuer.clone(),
        issuer_basis: IssuerBasis::Context,
        host: None,
        confidence: Confidence::High,
        dossier: Dossier::default(),
        conflicts: Vec::new(),
        join: Some(seen.reason.clone()),
        judgement: skelkey::hygiene::Judgement::of_verdicts(vec![verdict]),
        remedy: Arc::default(),
        parts: Vec::new(),
        places,
    })
}

fn count(n: usize, noun: &str) -> String {
    options::count(n, noun)
}

/// Label, entries as words, and what is said where there is none.
type Section<'t> = (&'static str, Vec<(String, Vec<String>)>);

fn sections(told: &Reconciliation) -> Vec<Section<'_>> {
    let pairs = |pairs: &[skelkey::lifecycle::reconcile::Pair]| {
        let entry = |pair: &skelkey::lifecycle::reconcile::Pair| {
            let closed = pair.closed.as_ref().map(|closed| format!("{closed}; ")).unwrap_or_default();
            let head = format!("{}  {}  ({closed}{})", named(&pair.key), pair.seen.masked, pair.joined);
            (head, pair.seen.places.clone())
        };
        pairs.iter().map(entry).collect::<Vec<_>>()
    };
    let seen = |seen: &[Seen]| {
        let entry = |seen: &Seen| {
            let head = format!("{}  {}  {}: {}", seen.issuer, seen.masked, seen.severity, seen.reason);
            (head, seen.places.clone())
        };
        seen.iter().map(entry).collect::<Vec<_>>()
    };
    let unseen = |perhaps: bool| {
        let rows = told.unseen.iter().filter(|unseen| unseen.perhaps_seen == perhaps);
        rows.map(|unseen| (named(&unseen.key), Vec::new())).collect::<Vec<_>>()
    };
    vec![
        ("listed and in code", pairs(&told.used)),
        ("in code and in no list (shadow)", seen(&told.shadow)),
        ("closed and still in code", pairs(&told.closed_in_code)),
        ("in code, not told by the lists", seen(&told.unclear)),
        ("in code, no list of its issuer", seen(&told.without_list)),
        ("listed, and perhaps one of those that the lists do not tell", unseen(true)),
        ("listed and never seen", unseen(false)),
    ]
}

fn named(key: &Named) -> String {
    let owner = key.owner.as_ref().map(|owner| format!(" of {owner}")).unwrap_or_default();
    format!("{} {}{owner} ({}:{})", key.issuer, key.label(), key.file, key.line)
}

fn human(told: &Reconciliation, complete: bool, out: &mut dyn Write) -> io::Result<()> {
    for (title, entries) in sections(told) {
        writeln!(out, "{title}: {}", entries.len())?;
        for (head, places) in entries {
            writeln!(out, "  {}", visible(&head))?;
            places.iter().try_for_each(|place| writeln!(out, "    at {}", visible(place)))?;
        }
    }
    let reports = count(told.reports.len(), "report");
    writeln!(out, "\ncompared with {reports} made under the fingerprint key {}", visible(&told.fingerprint_key))?;
    if !complete {
        writeln!(out, "INCOMPLETE: a scan did not see everything; a key may be where it did not look")?;
    }
    told.notes.iter().try_for_each(|note| writeln!(out, "note: {}", visible(note)))
}

fn markdown(told: &Reconciliation, complete: bool, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Listed keys and keys in code\n")?;
    for (title, entries) in sections(told).into_iter().filter(|(_, entries)| !entries.is_empty()) {
        writeln!(out, "### {title}: {}\n", entries.len())?;
        for (head, places) in entries {
            writeln!(out, "- {}", escape::markdown(&head))?;
            places.iter().try_for_each(|place| writeln!(out, "  - {}", escape::markdown(place)))?;
        }
        writeln!(out)?;
    }
    if !complete {
        writeln!(out, "**Incomplete**: a scan did not see everything; a key may be where it did not look.\n")?;
    }
    told.notes.iter().try_for_each(|note| writeln!(out, "{}\n", escape::markdown(note)))
}
