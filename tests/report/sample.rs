//! One report that every format is tested with: what is hard to show, each once.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use skelkey::coverage::{Configuration, Count, Coverage, Reason, Skip};
use skelkey::finding::{
    Asked, Finding, FrameLine, Gone, IssuerBasis, Mode, Part, Place, Published, Remedy, Report, Root, SetAside, Subject,
};
use skelkey::hygiene::{Breadth, Judgement, Verdict, VerdictId};
use skelkey::issuer::Issuer;
use skelkey::key::{
    Action, Bound, Conflict, Dossier, Evidence, Expiry, Grant, Inactive, JoinStrength, KeyFacts, LastUse, Power,
    Reported::Said, State, Subjects,
};
use skelkey::location::Region;
use skelkey::provenance::{CommitRef, Holder, Provenance, Reach};
use skelkey::rules::{Identity, IssuerProof, Keyless, Kind, PathCondition, Provider, RemedyTemplate, Rule, RuleSet};
use skelkey::secret::{FingerprintKey, Masked};
use skelkey::severity::{Confidence, Score, Severity};
use skelkey::suppression::{By, Suppression};

/// The owner, the key's name and the list, which `--privacy` leaves out.
pub(crate) const OWNER: &str = "contoso-bot";
pub(crate) const NAME: &str = "ci push";
pub(crate) const LIST: &str = "keys/nuget-export.json";

/// A file name that wants to reorder lines, open a table cell and close a code span.
pub(crate) const HOSTILE: &str = "docs/a\u{202e}b|c`.md";

pub(crate) fn now() -> Timestamp {
    at("2026-11-22T12:00:00Z")
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn key() -> FingerprintKey {
    FingerprintKey::published(Some("example.test/contoso/tools"))
}

/// A secret that is made here and nowhere else; reports never get it.
pub(crate) fn secret(prefix: &str, filler: char, tail: &str) -> String {
    format!("{prefix}{}{tail}", filler.to_string().repeat(39))
}

pub(crate) fn report() -> Report {
    Report {
        mode: Mode::Files,
        compared: false,
        now: now(),
        now_is_given: true,
        roots: vec![Root {
            path: "/home/ann/tools".to_owned(),
            repository: Some("example.test/contoso/tools".to_owned()),
            revision: Some("5e1f".repeat(10)),
            branch: Some("main".to_owned()),
        }],
        fingerprint_key: key().kid().to_owned(),
        findings: vec![skeleton_key(), shadow_key(), pypi_token(), listed_key(), expired_key()],
        suppressed: vec![SetAside {
            rule: "nuget-api-key".to_owned(),
            severity: Severity::High,
            key: key().of_secret("sample", b"aside"),
            place: key().of_secret("sample", b"aside here"),
            path: "tests/fixture.txt".to_owned(),
            line: 4,
            suppression: Suppression {
                by: By::Comment,
                reason: Some("a key of\u{202e} the test server".to_owned()),
                owner: None,
                until: Some(jiff::civil::date(2027, 1, 31)),
                moved_from: None,
            },
        }],
        gone: Vec::new(),
        below_confidence: 3,
        unseen: Vec::new(),
        published: vec![Published {
            issuer: Issuer::NUGET,
            ids: vec!["Contoso.Core".to_owned(), "Contoso.Logging".to_owned()],
        }],
        asked: vec![Asked { issuer: Issuer::PYPI, host: "registry.example.test".to_owned(), requests: 1 }],
        notes: vec![format!("1 key of {LIST} was not found in any file")],
        coverage: coverage(),
    }
}

/// A scan of a history over which a baseline was laid: what the full SARIF says and nothing else does.
pub(crate) fn exposed() -> Report {
    let commit = |id: &str, author: &str, when: &str| CommitRef {
        id: id.repeat(20),
        author: Some(author.to_owned()),
        authored: Some(at(when)),
    };
    let mut report = Report { mode: Mode::History, compared: true, ..report() };
    report.findings.truncate(2);
    report.findings[0].places.truncate(2);
    let removed = Provenance {
        object: Some("0b".repeat(20)),
        commit: Some(commit("1a", "Ann \u{202e}<ann@example.test>", "2025-10-06T09:00:00Z")),
        removed: Some(commit("2b", "Bob <bob@example.test>", "2026-01-02T10:30:00Z")),
        in_head: Some(false),
        refs: Some(3),
        ..Provenance::new(Holder::File, Reach::Refs)
    };
    report.findings[0].places[0].provenance = Some(Box::new(removed.clone()));
    let kept = Provenance { removed: None, in_head: Some(true), ..removed };
    report.findings[0].places[1].provenance = Some(Box::new(kept));
    let suppression = Suppression {
        by: By::Baseline,
        reason: Some("before the gate [x](y)".to_owned()),
        owner: Some("@ops".to_owned()),
        until: Some(jiff::civil::date(2026, 11, 1)),
        moved_from: None,
    };
    let old = SetAside {
        rule: "unknown-rule".to_owned(),
        place: key().of_secret("sample", b"old here"),
        path: "old/deploy.sh".to_owned(),
        suppression,
        ..report.suppressed[0].clone()
    };
    let moved = SetAside {
        rule: "nuget-api-key".to_owned(),
        place: key().of_secret("sample", b"moved here"),
        path: "new/deploy.sh".to_owned(),
        suppression: Suppression {
            reason: None,
            until: None,
            moved_from: Some("old/\u{202e}deploy.sh".to_owned()),
            ..old.suppression.clone()
        },
        ..old.clone()
    };
    report.suppressed.extend([old, moved]);
    let gone = |rule: &str, path: &str| Gone {
        path: path.to_owned(),
        rule: rule.to_owned(),
        key: key().of_secret("sample", path.as_bytes()),
        place: key().of_secret("sample here", path.as_bytes()),
    };
    report.gone = vec![gone("nuget-api-key-v4", "closed/a.sh"), gone("unknown-rule", "closed/b.sh")];
    report
}

/// As [`report`], but nothing was found and everything scanned.
pub(crate) fn clean() -> Report {
    let coverage = Coverage { skipped: Vec::new(), skips: Vec::new(), ..coverage() };
    Report {
        findings: Vec::new(),
        suppressed: Vec::new(),
        below_confidence: 0,
        notes: Vec::new(),
        asked: Vec::new(),
        coverage,
        ..report()
    }
}

fn coverage() -> Coverage {
    Coverage {
        inputs: vec![".".to_owned(), "missing".to_owned()],
        blobs_seen: 1_221,
        blobs_scanned: 1_204,
        bytes_scanned: 18_249_000,
        skipped: vec![
            Count { reason: Reason::Ignored, files: 14, bytes: 90_000 },
            Count { reason: Reason::TooLarge, files: 1, bytes: 70_000_000 },
            Count { reason: Reason::Unreadable, files: 1, bytes: 0 },
            Count { reason: Reason::Missing, files: 1, bytes: 0 },
        ],
        skips: vec![
            Skip {
                path: "big\u{1b}[2J.bin".to_owned(),
                reason: Reason::TooLarge,
                detail: None,
                bytes: Some(70_000_000),
            },
            Skip {
                path: "private/dump.sql".to_owned(),
                reason: Reason::Unreadable,
                detail: Some("permission denied".to_owned()),
                bytes: None,
            },
            Skip { path: "missing".to_owned(), reason: Reason::Missing, detail: None, bytes: None },
        ],
        rules: 96,
        rules_hash: "ab".repeat(32),
        config_hash: "cd".repeat(32),
        configuration: Configuration {
            files: vec!["skelkey.toml".to_owned()],
            disabled_rules: vec!["quay-robot-token".to_owned()],
            exclude: vec!["docs/samples/**".to_owned()],
            fail_on: Some("high".to_owned()),
            ..Configuration::default()
        },
    }
}

fn place(path: &str, line: usize, before: &str, masked: &Masked, after: &str, id: &str) -> Place {
    let secret = key().of_secret("sample", id.as_bytes());
    let mark = (before.len(), before.len() + masked.as_str().len());
    let column = before.len() + 1;
    Place {
        suppressed: None,
        root: Some(0),
        path: path.to_owned(),
        shown: path.to_owned(),
        region: Region {
            start_line: line,
            start_column: column,
            end_line: line,
            end_column: column + 46,
            start_column_utf16: column,
            end_column_utf16: column + 46,
        },
        fingerprint: key().of_place("example.test/contoso/tools", path, &secret, line),
        variable: None,
        rule: None,
        frame: vec![
            FrameLine { number: line - 1, text: "\t# publish".to_owned(), mark: None },
            FrameLine { number: line, text: format!("{before}{masked}{after}"), mark: Some(mark) },
            FrameLine { number: line + 1, text: String::new(), mark: None },
        ],
        provenance: None,
        owners: Vec::new(),
    }
}

fn judgement(score: f32, stable: Severity, state: State, breadth: Breadth, verdicts: Vec<Verdict>) -> Judgement {
    let score = Score::new(score);
    Judgement {
        score,
        severity: score.severity(),
        stable_severity: stable,
        state,
        breadth,
        power: None,
        covers: None,
        known_packages: 2,
        verdicts,
        notes: Vec::new(),
    }
}

fn verdict(id: &'static str, severity: Severity, message: &str) -> Verdict {
    Verdict { id: VerdictId(id), severity, message: message.to_owned() }
}

fn nuget_remedy() -> Remedy {
    Remedy {
        page: Some("https://registry.example.test/account/apikeys".to_owned()),
        revoke: vec![
            "Open the page, find `ci push`, choose *Revoke*.".to_owned(),
            "Look through the package history for versions that you did not publish.".to_owned(),
        ],
        command: None,
        recreate: vec![
            "Create a key that may only push to `Contoso.Core` and `Contoso.Logging`, for 30 days.".to_owned(),
        ],
        keyless: Some(Keyless {
            title: "Trusted Publishing".to_owned(),
            steps: vec!["Add a policy for contoso/tools and `release.yml`.".to_owned()],
            snippet: "permissions:\n  id-token: write\nsteps:\n  - uses: NuGet/login@v1\n".to_owned(),
            language: "yaml".to_owned(),
            reference: "https://docs.example.test/trusted-publishing".to_owned(),
        }),
    }
}

/// Joined to the owner's list, of which the text's own decoding says something else.
fn skeleton_key() -> Finding {
    let masked = Masked::of(secret("oy2", 'q', "x7kd").as_bytes(), "oy2");
    let mut dossier = Dossier::default();
    dossier.add(
        Evidence::Decoded,
        KeyFacts { issuer: Some(Issuer::NUGET), kind: Said("API key v4".to_owned()), ..KeyFacts::default() },
    );
    let push =
        vec![Action::new("push new packages and versions", Power::PublishNew), Action::new("unlist", Power::Withdraw)];
    dossier.add(
        Evidence::Inventory { file: LIST.to_owned(), line: 14, join: JoinStrength::Name },
        KeyFacts {
            name: Said(NAME.to_owned()),
            owner: Said(OWNER.to_owned()),
            created: Said(at("2024-03-01T00:00:00Z")),
            expires: Said(Expiry::Never),
            last_used: Said(LastUse::At(at("2026-11-20T08:00:00Z"))),
            grants: Said(vec![Grant { actions: push, subjects: Subjects::Everything, bound: Bound::Exact }]),
            state: State::Active,
            state_reason: Some(format!("the list of {OWNER} shows it as active")),
            details: BTreeMap::from([("email".to_owned(), "bot@contoso.example".to_owned())]),
            ..KeyFacts::default()
        },
    );
    let verdicts = vec![
        verdict("SK1005", Severity::Critical, "it opens every door of its owner: `*`, also packages to come"),
        verdict("SK2006", Severity::Medium, "it never expires and is 996 days old"),
    ];
    let mut judgement = judgement(9.8, Severity::Critical, State::Active, Breadth::Everything, verdicts);
    judgement.power = Some(Power::PublishNew);
    judgement.covers = Some(2);
    judgement.notes = vec!["Its issuer announced that keys without an end stop working in 2027.".to_owned()];
    let mut places = vec![
        place(".github/workflows/release.yml", 14, "    run: dotnet nuget push -k ", &masked, " -s x", "skeleton"),
        place(HOSTILE, 3, "key = \"", &masked, "\"", "skeleton"),
    ];
    places[0].variable = Some("NUGET_API_KEY".to_owned());
    places[0].owners = vec!["@contoso/release".to_owned(), "a\u{202e}|`nn@contoso.example".to_owned()];
    places.extend((1..=6).map(|n| place(&format!("old/{n} [x](y).txt"), 7, "k=", &masked, "", "skeleton")));
    Finding {
        by_place: false,
        subject: Subject::LeakedKey,
        fingerprint: key().of_secret("nuget-api-key", b"skeleton"),
        rule: "nuget-api-key".to_owned(),
        title: "NuGet API key".to_owned(),
        masked,
        issuer: Issuer::NUGET,
        issuer_basis: IssuerBasis::Context,
        host: Some("registry.example.test".to_owned()),
        confidence: Confidence::High,
        dossier,
        conflicts: vec![
            Conflict {
                field: "expires",
                said: vec![
                    (format!("the list {LIST}:14"), "never".to_owned()),
                    ("the key itself".to_owned(), "2027-01-01".to_owned()),
                ],
            },
            Conflict { field: "owner", said: vec![("the list".to_owned(), OWNER.to_owned())] },
        ],
        join: Some(format!("joined by name to \"{NAME}\" of {OWNER} ({LIST} line 14)")),
        judgement,
        remedy: nuget_remedy().into(),
        parts: vec![Part {
            role: "user name".to_owned(),
            rule: "nuget-user-name".to_owned(),
            text: format!("{OWNER}'s [feed](x)"),
            root: places[0].root,
            path: places[0].path.clone(),
            shown: places[0].shown.clone(),
            region: places[0].region,
        }],
        places,
    }
}

/// The list was read and does not hold it. Its rule's default severity is its own, so the rule id is plain.
fn shadow_key() -> Finding {
    let masked = Masked::of(secret("oy2", 'w', "9abc").as_bytes(), "oy2");
    let verdicts = vec![verdict("SK1004", Severity::Medium, "no list of keys holds it")];
    Finding {
        by_place: false,
        fingerprint: key().of_secret("nuget-api-key", b"shadow"),
        issuer_basis: IssuerBasis::Unproved("name the server in the configuration".to_owned()),
        host: None,
        dossier: Dossier::default(),
        conflicts: Vec::new(),
        join: Some("not in the owner's list of 12 keys".to_owned()),
        judgement: judgement(7.5, Severity::High, State::Unknown, Breadth::Unknown, verdicts),
        remedy: Remedy { revoke: vec!["Ask who owns it; no list holds it.".to_owned()], ..nuget_remedy() }.into(),
        parts: Vec::new(),
        places: vec![place("build.ps1", 2, "$key = '", &masked, "'", "shadow")],
        masked,
        ..skeleton_key()
    }
}

fn pypi_token() -> Finding {
    let masked = Masked::of(secret("pypi-", 'A', "Zz09").as_bytes(), "pypi-");
    let mut dossier = Dossier::default();
    let grant = Grant {
        actions: vec![Action::new("upload", Power::PublishUpdate)],
        subjects: Subjects::Named(vec!["contoso-tools".to_owned()]),
        bound: Bound::AtMost,
    };
    dossier.add(
        Evidence::Decoded,
        KeyFacts {
            issuer: Some(Issuer::PYPI),
            key_id: Said("4f1c0f4e-0000-4000-8000-000000000001".to_owned()),
            grants: Said(vec![grant]),
            expires: Said(Expiry::At(at("2027-03-01T00:00:00Z"))),
            details: BTreeMap::from([("project-id".to_owned(), "77".to_owned())]),
            notes: vec!["The server may hold further limits that the token does not show.".to_owned()],
            ..KeyFacts::default()
        },
    );
    dossier.add(
        Evidence::Probed { at: now(), host: "registry.example.test".to_owned() },
        KeyFacts { state_reason: Some("the answer can mean several things".to_owned()), ..KeyFacts::default() },
    );
    Finding {
        by_place: false,
        subject: Subject::LeakedKey,
        fingerprint: key().of_secret("pypi-token", b"pypi"),
        rule: "pypi-token".to_owned(),
        title: "PyPI token".to_owned(),
        issuer: Issuer::PYPI,
        issuer_basis: IssuerBasis::Format,
        host: Some("registry.example.test".to_owned()),
        confidence: Confidence::Medium,
        dossier,
        conflicts: Vec::new(),
        join: None,
        judgement: judgement(5.6, Severity::Medium, State::Unknown, Breadth::One, Vec::new()),
        remedy: Remedy {
            revoke: vec!["Open the page and remove the token.".to_owned()],
            command: Some("registry token revoke 4f1c0f4e".to_owned()),
            ..Remedy::default()
        }
        .into(),
        parts: Vec::new(),
        places: vec![place(".pypirc", 5, "password = ", &masked, "", "pypi")],
        masked,
    }
}

/// A row of the owner's list that no file leaks.
fn listed_key() -> Finding {
    let masked = Masked::of(b"", "");
    let mut dossier = Dossier::default();
    dossier.add(
        Evidence::Inventory { file: LIST.to_owned(), line: 21, join: JoinStrength::Id },
        KeyFacts {
            issuer: Some(Issuer::NUGET),
            name: Said("old laptop".to_owned()),
            owner: Said(OWNER.to_owned()),
            last_used: Said(LastUse::Never),
            expires: Said(Expiry::At(at("2026-12-01T00:00:00Z"))),
            ..KeyFacts::default()
        },
    );
    let mut row = place(LIST, 21, "  {\"name\": \"", &masked, "\"}", "row");
    row.root = None;
    row.shown = format!("../{LIST}");
    Finding {
        by_place: false,
        subject: Subject::InventoryKey,
        fingerprint: key().of_secret("row", b"old laptop"),
        rule: "SK2012".to_owned(),
        title: "Never used".to_owned(),
        issuer: Issuer::NUGET,
        issuer_basis: IssuerBasis::Configuration,
        host: None,
        confidence: Confidence::High,
        dossier,
        conflicts: Vec::new(),
        join: None,
        judgement: judgement(
            2.0,
            Severity::Low,
            State::Active,
            Breadth::Pattern { covers_future: true },
            vec![verdict("SK2012", Severity::Low, "\"old laptop\" was never used")],
        ),
        remedy: std::sync::Arc::default(),
        parts: Vec::new(),
        places: vec![row],
        masked,
    }
}

fn expired_key() -> Finding {
    let masked = Masked::of(secret("oy3", 'e', "0000").as_bytes(), "oy3");
    let mut dossier = Dossier::default();
    dossier.add(
        Evidence::Decoded,
        KeyFacts {
            issuer: Some(Issuer::NUGET),
            kind: Said("API key v5, short-lived".to_owned()),
            created: Said(at("2026-10-02T08:00:00Z")),
            expires: Said(Expiry::At(at("2026-10-02T09:00:00Z"))),
            ..KeyFacts::default()
        },
    );
    Finding {
        by_place: false,
        subject: Subject::LeakedKey,
        fingerprint: key().of_secret("nuget-api-key-v5", b"expired"),
        rule: "nuget-api-key-v5".to_owned(),
        title: "NuGet API key v5".to_owned(),
        issuer: Issuer::NUGET,
        issuer_basis: IssuerBasis::Format,
        host: None,
        confidence: Confidence::High,
        dossier,
        conflicts: Vec::new(),
        join: None,
        judgement: judgement(
            1.5,
            Severity::Low,
            State::Inactive(Inactive::Expired),
            Breadth::Unknown,
            vec![verdict("SK1003", Severity::Low, "it expired 51 days ago")],
        ),
        remedy: std::sync::Arc::default(),
        parts: Vec::new(),
        places: vec![place("log.txt", 9, "X-Key: ", &masked, "", "expired")],
        masked,
    }
}

/// The rules of the sample but one: a report may name a rule that this version does not know.
pub(crate) fn rules() -> RuleSet {
    RuleSet {
        providers: vec![Provider {
            id: "nuget".to_owned(),
            name: "NuGet".to_owned(),
            home: "https://registry.example.test/".to_owned(),
            references: Vec::new(),
            remedy: RemedyTemplate::default(),
        }]
        .into(),
        rules: vec![
            Arc::new(rule("nuget-api-key", "NuGet API key", Severity::High)),
            Arc::new(rule("nuget-api-key-v5", "NuGet API key v5", Severity::High)),
        ]
        .into(),
        hash: "ab".repeat(32),
        replaced: Vec::new(),
        ..RuleSet::default()
    }
}

fn rule(id: &str, title: &str, severity: Severity) -> Rule {
    Rule {
        assigned: None,
        reading: None,
        id: id.to_owned(),
        aliases: Vec::new(),
        provider: 0,
        title: title.to_owned(),
        description: "It publishes packages. Without limits it opens <all> packages of its owner.".to_owned(),
        kind: Kind::Structured,
        issuer: Issuer::NUGET,
        issuer_proof: IssuerProof::Context,
        contexts: Vec::new(),
        family: id.to_owned(),
        severity,
        confidence: Confidence::High,
        anchors: Vec::new(),
        anchors_fold: false,
        left: 0,
        right: 0,
        pattern: String::new(),
        folds: false,
        public_prefix: String::new(),
        identity: Identity::Value,
        check: None,
        decoder: None,
        mint: None,
        min_entropy: 0.0,
        part_only: false,
        companions: Vec::new(),
        paths: PathCondition::default(),
        remedy: RemedyTemplate {
            page: Some("https://registry.example.test/account/apikeys".to_owned()),
            revoke: vec!["Open the page, find {key|the key}, choose *Revoke*.".to_owned()],
            ..RemedyTemplate::default()
        },
        references: vec!["https://docs.example.test/api-keys".to_owned()],
        examples: Vec::new(),
        counter_examples: Vec::new(),
        samples: Vec::new(),
        origin: ("nuget.toml".to_owned(), 1),
    }
}
