//! What the judge says of a key: every row of the severity table, every verdict, and the laws that hold for all keys.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use skelkey::hygiene::{
    Breadth, Case, Exposure, Judgement, Limits, Policy, PolicyPart, VERDICTS, breadth_words, ceilings, judge,
    judge_with, opens, severity_page, until, verdict,
};
use skelkey::issuer::Issuer;
use skelkey::key::{
    Action, Bound, Dossier, Evidence, Expiry, Grant, Inactive, JoinStrength, KeyFacts, LastUse, Power, Reported,
    Restriction, State, Subjects,
};
use skelkey::severity::{Score, Severity};

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().expect("a moment")
}

fn days(count: i64) -> Timestamp {
    now() + SignedDuration::from_hours(24 * count)
}

fn listed() -> Evidence {
    Evidence::Inventory { file: "keys.json".to_owned(), line: 1, join: JoinStrength::Hash }
}

fn probed() -> Evidence {
    Evidence::Probed { at: now(), host: "issuer.example".to_owned() }
}

fn of(evidence: Evidence, facts: KeyFacts) -> Dossier {
    let mut dossier = Dossier::default();
    dossier.add(evidence, facts);
    dossier
}

fn names(names: &[&str]) -> Subjects {
    Subjects::Named(names.iter().map(|name| (*name).to_owned()).collect())
}

fn grant(powers: &[(&str, Power)], subjects: Subjects) -> Grant {
    let actions = powers.iter().map(|(name, power)| Action::new(*name, *power)).collect();
    Grant { actions, subjects, bound: Bound::Exact }
}

fn facts(grants: Vec<Grant>, expires: Option<Expiry>) -> KeyFacts {
    KeyFacts { grants: Reported::Said(grants), expires: expires.into(), ..KeyFacts::default() }
}

fn may(powers: &[(&str, Power)], subjects: &[&str]) -> KeyFacts {
    facts(vec![grant(powers, names(subjects))], None)
}

struct Asked<'a> {
    issuer: Issuer,
    exposure: Exposure,
    default: Severity,
    known: &'a [String],
    missing: bool,
    path: &'a str,
    policy: Policy,
}

fn asked<'a>() -> Asked<'a> {
    Asked {
        issuer: Issuer::NUGET,
        exposure: Exposure::Leaked,
        default: Severity::High,
        known: &[],
        missing: false,
        path: "",
        policy: Policy::default(),
    }
}

impl Asked<'_> {
    fn judge(&self, dossier: &Dossier) -> Judgement {
        let case = Case {
            dossier,
            issuer: &self.issuer,
            exposure: self.exposure,
            default_severity: self.default,
            known_packages: self.known,
            missing_from_inventory: self.missing,
            path: self.path,
        };
        judge(&case, &self.policy, now())
    }
}

fn ids(judgement: &Judgement) -> Vec<&'static str> {
    judgement.verdicts.iter().map(|verdict| verdict.id.0).collect()
}

fn message(judgement: &Judgement, id: &str) -> String {
    judgement.verdicts.iter().find(|verdict| verdict.id.0 == id).expect("the verdict is there").message.clone()
}

// The page and the list of verdicts.

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/severity.md");

#[test]
fn the_page_is_what_the_code_does() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    assert!(page == severity_page(), "run `cargo test --test hygiene -- --ignored write_the_page` and read the change");
}

#[test]
#[ignore = "writes docs/severity.md"]
fn write_the_page() {
    std::fs::write(PAGE, severity_page()).unwrap();
}

#[test]
fn verdicts_have_stable_distinct_ids_and_say_why() {
    let mut seen = std::collections::BTreeSet::new();
    for info in VERDICTS {
        let digits = info.id.0.strip_prefix("SK").unwrap();
        assert!(digits.len() == 4 && digits.starts_with(['1', '2']) && digits.parse::<u16>().is_ok());
        assert!(seen.insert(info.id), "{} stands twice", info.id.0);
        let sentences = info.why.matches(". ").count() + 1;
        assert!((2..=3).contains(&sentences), "{} says why in {sentences} sentences", info.id.0);
        assert_eq!(info.id.info(), Some(info));
    }
}

// The severity table.

const READ: (&str, Power) = ("read", Power::Read);
const UNLIST: (&str, Power) = ("package:unlist", Power::Withdraw);
const UPDATE: (&str, Power) = ("package:pushversion", Power::PublishUpdate);
const PUSH: (&str, Power) = ("package:push", Power::PublishNew);
const MANAGE: (&str, Power) = ("change-owners", Power::Manage);
const ALL: (&str, Power) = ("all", Power::Everything);

/// Every cell of the table, for a key of unknown state that ends in a year.
#[test]
fn every_cell_of_the_table() {
    let rows = [
        (names(&["Contoso.Core"]), [4.0, 5.0, 7.0, 7.2, 8.0, 8.5]),
        (names(&["Contoso.Core", "Contoso.Logging"]), [4.4, 5.4, 7.4, 7.6, 8.2, 8.6]),
        (Subjects::NotSaid, [5.0, 6.0, 7.8, 8.2, 8.5, 8.8]),
        (names(&["Contoso.*"]), [5.4, 6.4, 8.2, 8.6, 8.8, 9.1]),
        (names(&["*"]), [6.0, 7.2, 8.8, 9.5, 9.6, 9.7]),
    ];
    for (subjects, scores) in rows {
        for (action, score) in [READ, UNLIST, UPDATE, PUSH, MANAGE, ALL].into_iter().zip(scores) {
            let grants = vec![grant(&[action], subjects.clone())];
            let judged = asked().judge(&of(Evidence::Decoded, facts(grants, Some(Expiry::At(days(365))))));
            assert_eq!(judged.score, Score::new(score), "{subjects:?} × {}", action.0);
            assert_eq!(judged.power, Some(action.1));
        }
    }
}

#[test]
fn state_and_end_move_the_score() {
    let rows = [
        (State::Unknown, Some(Expiry::At(days(60))), 7.0),
        (State::Active, Some(Expiry::At(days(60))), 7.3),
        (State::Active, Some(Expiry::Never), 7.8),
        (State::Unknown, Some(Expiry::Never), 7.5),
        (State::Unknown, None, 7.2),
        (State::Unknown, Some(Expiry::At(days(31))), 7.0),
        (State::Unknown, Some(Expiry::At(days(30))), 6.8),
        (State::Unknown, Some(Expiry::At(days(2))), 6.8),
        (State::Unknown, Some(Expiry::At(days(1))), 6.5),
        (State::Unknown, Some(Expiry::At(days(-1))), 2.5),
        (State::Inactive(Inactive::Expired), None, 2.5),
        (State::Inactive(Inactive::Revoked), None, 2.0),
        (State::Inactive(Inactive::Rejected), None, 3.0),
    ];
    for (state, expires, score) in rows {
        let facts = KeyFacts { state: state.clone(), ..facts(vec![grant(&[UPDATE], names(&["A.B"]))], expires) };
        assert_eq!(asked().judge(&of(probed(), facts)).score, Score::new(score), "{state:?} {expires:?}");
    }
}

#[test]
fn nothing_known_is_the_default_severity() {
    for default in Severity::ALL {
        for state in [State::Active, State::Unknown] {
            let silent = of(probed(), KeyFacts { state, ..KeyFacts::default() });
            let judged = Asked { default, ..asked() }.judge(&silent);
            assert_eq!((judged.severity, judged.stable_severity), (default, default));
            assert_eq!((judged.breadth, judged.power, judged.covers), (Breadth::Unknown, None, None));
        }
    }
}

#[test]
fn a_skeleton_key_is_critical_whatever_the_rule_presumes() {
    for default in Severity::ALL {
        for state in [State::Active, State::Unknown] {
            for power in [vec![], vec![UPDATE], vec![PUSH], vec![ALL]] {
                for subjects in [Subjects::Everything, names(&["*"]), names(&["Contoso.Core", "**"])] {
                    let grants = vec![grant(&power, subjects)];
                    let facts = KeyFacts { state: state.clone(), ..facts(grants, Some(Expiry::Never)) };
                    let judged = Asked { default, ..asked() }.judge(&of(probed(), facts));
                    assert_eq!((judged.severity, judged.stable_severity), (Severity::Critical, Severity::Critical));
                    assert!(ids(&judged).contains(&"SK1005"));
                }
            }
        }
    }
}

#[test]
fn push_new_to_everything_is_critical_to_its_last_minute() {
    for left in [SignedDuration::from_mins(1), SignedDuration::from_hours(20), SignedDuration::from_hours(24 * 300)] {
        let facts = facts(vec![grant(&[PUSH], names(&["*"]))], Some(Expiry::At(now() + left)));
        assert_eq!(asked().judge(&of(Evidence::Decoded, facts)).severity, Severity::Critical);
    }
}

/// Close to the border of a band the days left change the word, and the stable word stays.
#[test]
fn the_stable_word_does_not_flap() {
    let at = |left: i64| {
        let facts = facts(vec![grant(&[UPDATE], names(&["Contoso.Core"]))], Some(Expiry::At(days(left))));
        let judged = asked().judge(&of(Evidence::Decoded, facts));
        (judged.severity, judged.stable_severity)
    };
    assert_eq!(at(31), (Severity::High, Severity::High));
    assert_eq!(at(30), (Severity::Medium, Severity::High));
    assert_eq!(at(1), (Severity::Medium, Severity::High));
}

/// The warning that an end is near comes with the days; the stable word of a list row is there before it.
#[test]
fn a_warning_of_the_end_changes_no_stable_word() {
    let at = |left: i64| {
        let judged = Asked { exposure: Exposure::None, ..asked() }.judge(&of(listed(), lives(None, left)));
        (judged.severity, judged.stable_severity)
    };
    assert_eq!(at(20), (Severity::Note, Severity::Low));
    assert_eq!(at(10), (Severity::Low, Severity::Low));
}

/// Reading everything and publishing one thing is not publishing everything.
#[test]
fn what_may_be_done_counts_where_it_may_be_done() {
    let grants = vec![grant(&[READ], names(&["*"])), grant(&[UPDATE], names(&["Contoso.Core"]))];
    let judged = asked().judge(&of(listed(), facts(grants, Some(Expiry::At(days(60))))));
    assert_eq!((&judged.breadth, judged.power), (&Breadth::One, Some(Power::PublishUpdate)));
    assert_eq!(judged.score, Score::new(7.0));
    assert!(ids(&judged).contains(&"SK2001"), "the reading is told all the same: {:?}", judged.verdicts);
    assert!(!ids(&judged).contains(&"SK1005"));
}

/// An export with one row for each action and package is one list.
#[test]
fn rows_of_one_list_are_taken_together() {
    let grants = ["A.One", "A.Two", "A.Three"].map(|id| grant(&[UPDATE], names(&[id]))).to_vec();
    let judged = asked().judge(&of(listed(), facts(grants, None)));
    assert_eq!(judged.breadth, Breadth::Listed { count: 3 });
}

/// A probe may tell what the key may do but not to what; the list knows that.
#[test]
fn two_witnesses_complete_each_other() {
    let mut dossier = of(listed(), facts(vec![grant(&[], names(&["*"]))], Some(Expiry::Never)));
    dossier.add(probed(), KeyFacts { state: State::Active, ..facts(vec![grant(&[PUSH], Subjects::NotSaid)], None) });
    let judged = asked().judge(&dossier);
    assert_eq!((judged.breadth, judged.power), (Breadth::Everything, Some(Power::PublishNew)));
}

/// A probe can prove that a key pushes some packages. The list knows that it is `*`, and that must stay.
#[test]
fn a_probe_that_tells_one_half_does_not_hide_the_list() {
    let half = vec![
        Grant { bound: Bound::AtMost, ..grant(&[PUSH, UPDATE], Subjects::NotSaid) },
        grant(&[UPDATE], names(&["Contoso.Core"])),
    ];
    let both = |subjects: &[&str]| {
        let mut dossier = of(listed(), may(&[UPDATE], subjects));
        dossier.add(probed(), KeyFacts { state: State::Active, ..facts(half.clone(), None) });
        let judged = asked().judge(&dossier);
        (judged.breadth.clone(), judged.power, opens(&dossier, &judged))
    };
    let (breadth, power, words) = both(&["*"]);
    assert_eq!((breadth, power), (Breadth::Everything, Some(Power::PublishUpdate)));
    assert_eq!(words, "publish new versions, to everything its owner has (`*`)");
    // What the issuer proved beyond the list is not lost either.
    let (breadth, _, words) = both(&["Contoso.Other"]);
    assert_eq!(breadth, Breadth::Listed { count: 2 });
    assert_eq!(words, "publish new versions, to `Contoso.Other`; publish new versions, to `Contoso.Core`");
}

/// Also where the probe is exact about the half that it tells.
#[test]
fn what_is_half_told_does_not_settle_the_reach() {
    let half = vec![grant(&[UPDATE], Subjects::NotSaid), grant(&[UPDATE], names(&["Contoso.Core"]))];
    let mut dossier = of(listed(), may(&[UPDATE], &["*"]));
    dossier.add(probed(), facts(half, None));
    assert_eq!(asked().judge(&dossier).breadth, Breadth::Everything);
}

/// The stronger witness wins: a key's own text says "up to everything", the owner's list knows better.
#[test]
fn the_list_narrows_the_bound_in_the_text() {
    let bound = Grant { bound: Bound::AtMost, ..grant(&[PUSH], Subjects::Everything) };
    let mut dossier = of(Evidence::Decoded, facts(vec![bound], None));
    let before = asked().judge(&dossier);
    assert_eq!(before.breadth, Breadth::Everything);
    assert!(opens(&dossier, &before).starts_with("up to: publish new packages"));
    assert!(message(&before, "SK2001").contains("reaches up to everything"), "{:?}", before.verdicts);
    assert!(message(&before, "SK1005").contains("reaches up to everything"), "{:?}", before.verdicts);
    dossier.add(listed(), may(&[UPDATE], &["only-this"]));
    let after = asked().judge(&dossier);
    assert_eq!((&after.breadth, after.power), (&Breadth::One, Some(Power::PublishUpdate)));
    assert_eq!(opens(&dossier, &after), "publish new versions, to `only-this`");
}

// The verdicts.

fn leaked(facts: KeyFacts) -> Judgement {
    asked().judge(&of(listed(), facts))
}

#[test]
fn leak_verdicts_follow_the_state() {
    let with = |state: State| leaked(KeyFacts { state, ..KeyFacts::default() });
    let (live, unknown) = (with(State::Active), with(State::Unknown));
    assert_eq!((ids(&live), ids(&unknown)), (vec!["SK1001"], vec!["SK1002"]));
    assert_eq!(live.verdicts[0].severity, live.severity);
    assert_eq!(unknown.verdicts[0].severity, unknown.severity);
    for why in [Inactive::Expired, Inactive::Revoked, Inactive::Rejected] {
        let dead = with(State::Inactive(why));
        assert!(ids(&dead).contains(&"SK1003") && !ids(&dead).contains(&"SK1001"));
        assert_eq!((dead.severity, dead.stable_severity), (Severity::Low, Severity::Low));
    }
}

#[test]
fn an_unknown_state_says_why() {
    let reason = Some("403 can mean dead or unlist-only.".to_owned());
    let told = message(&leaked(KeyFacts { state_reason: reason, ..KeyFacts::default() }), "SK1002");
    assert!(told.contains("403 can mean dead or unlist-only.") && !told.contains(".."), "{told}");
}

#[test]
fn a_key_missing_from_the_list_is_a_shadow_key_unless_dead() {
    let shadow = |state: State| {
        let facts = KeyFacts { state, ..KeyFacts::default() };
        ids(&Asked { missing: true, ..asked() }.judge(&of(probed(), facts))).contains(&"SK1004")
    };
    assert!(shadow(State::Unknown) && shadow(State::Active));
    assert!(!shadow(State::Inactive(Inactive::Revoked)));
    assert!(!ids(&leaked(KeyFacts::default())).contains(&"SK1004"));
}

fn strict() -> Policy {
    let limits = Limits {
        no_wildcard: true,
        max_lifetime_days: Some(90),
        allow_non_expiring: false,
        max_idle_days: Some(60),
        forbidden_actions: vec!["package:UNLIST".to_owned()],
        owners: Some(vec!["Contoso".to_owned(), "organization:contoso".to_owned()]),
        required_restrictions: vec!["CIDR".to_owned()],
        ..Limits::default()
    };
    Policy { limits, ..Policy::default() }
}

fn restricted(name: &str, value: &str) -> KeyFacts {
    let one = Restriction { name: name.to_owned(), value: value.to_owned() };
    KeyFacts { restrictions: Reported::Said(vec![one]), ..KeyFacts::default() }
}

fn kind(kind: &str) -> KeyFacts {
    KeyFacts { kind: Reported::Said(kind.to_owned()), ..KeyFacts::default() }
}

fn lives(created: Option<i64>, expires: i64) -> KeyFacts {
    let expires = Reported::Said(Expiry::At(days(expires)));
    KeyFacts { created: created.map(days).into(), expires, ..KeyFacts::default() }
}

fn used(last_used: LastUse, created: Option<i64>) -> KeyFacts {
    KeyFacts { last_used: Reported::Said(last_used), created: created.map(days).into(), ..KeyFacts::default() }
}

fn owned(owner: &str, subjects: &[&str]) -> KeyFacts {
    KeyFacts { owner: Reported::Said(owner.to_owned()), ..may(&[UPDATE], subjects) }
}

/// For each hygiene verdict the facts that make it, and near ones that do not.
fn verdict_rows() -> Vec<(&'static str, bool, KeyFacts)> {
    let silent = KeyFacts::default;
    vec![
        ("SK2001", true, may(&[UPDATE], &["*"])),
        ("SK2001", true, may(&[READ], &["*"])),
        ("SK2001", true, facts(vec![grant(&[], Subjects::Everything)], None)),
        ("SK2001", false, may(&[UPDATE], &["Contoso.*"])),
        ("SK2001", false, silent()),
        ("SK2002", true, may(&[ALL], &["Contoso.Core"])),
        ("SK2002", false, may(&[PUSH, UNLIST], &["*"])),
        ("SK2003", true, may(&[PUSH], &["Contoso.*"])),
        ("SK2003", true, may(&[PUSH], &["*"])),
        ("SK2003", false, may(&[PUSH], &["Contoso.Core"])),
        ("SK2003", false, may(&[UPDATE], &["Contoso.*"])),
        ("SK2003", false, facts(vec![grant(&[PUSH], Subjects::NotSaid)], None)),
        ("SK2004", true, may(&[UPDATE], &["Contoso*"])),
        ("SK2004", true, may(&[UPDATE], &["*.Core"])),
        ("SK2004", true, may(&[UPDATE], &["Co.*"])),
        ("SK2004", false, may(&[UPDATE], &["Contoso.*"])),
        ("SK2004", false, may(&[UPDATE], &["Contoso"])),
        ("SK2004", false, may(&[UPDATE], &["*"])),
        ("SK2004", false, may(&[READ], &["Contoso*"])),
        ("SK2005", true, may(&[UPDATE, UNLIST], &["A.B"])),
        ("SK2005", false, may(&[PUSH, UPDATE], &["A.B"])),
        ("SK2006", true, KeyFacts { expires: Reported::Said(Expiry::Never), ..silent() }),
        ("SK2006", false, lives(None, 9000)),
        ("SK2006", false, silent()),
        ("SK2007", true, lives(Some(-10), 81)),
        ("SK2007", false, lives(Some(-10), 80)),
        ("SK2007", true, lives(None, 91)),
        ("SK2007", false, lives(None, 90)),
        ("SK2009", true, lives(None, 13)),
        ("SK2009", false, lives(None, 15)),
        ("SK2009", false, silent()),
        ("SK2010", true, lives(None, -1)),
        ("SK2010", false, lives(None, 1)),
        ("SK2011", true, used(LastUse::At(days(-61)), None)),
        ("SK2011", false, used(LastUse::At(days(-60)), None)),
        ("SK2011", false, used(LastUse::Never, None)),
        ("SK2012", true, used(LastUse::Never, Some(-61))),
        ("SK2012", false, used(LastUse::Never, Some(-60))),
        ("SK2012", true, used(LastUse::Never, None)),
        ("SK2012", false, silent()),
        ("SK2013", true, may(&[UNLIST], &["A.B"])),
        ("SK2013", false, may(&[UPDATE], &["A.B"])),
        ("SK2014", true, restricted("bypass_2fa", "true")),
        ("SK2014", false, restricted("bypass_2fa", "false")),
        ("SK2014", true, restricted("mfa", "false")),
        ("SK2014", false, restricted("mfa", "true")),
        ("SK2014", false, silent()),
        ("SK2015", true, kind("Legacy full access API key")),
        ("SK2015", true, kind("personal access token (classic)")),
        ("SK2015", false, kind("API key v4")),
        ("SK2016", true, owned("organization:contoso", &["*"])),
        ("SK2016", false, owned("organization:contoso", &["Contoso.Core"])),
        ("SK2016", false, owned("user:alice", &["*"])),
        ("SK2016", true, KeyFacts { kind: kind("organization access token").kind, ..may(&[UPDATE], &["*"]) }),
        ("SK2017", true, kind("API key v5, long-lived")),
        ("SK2017", false, kind("API key v5, short-lived")),
        ("SK2017", true, KeyFacts { kind: kind("API key v5, short-lived").kind, ..lives(Some(0), 1) }),
        ("SK2018", true, may(&[MANAGE], &["A.B"])),
        ("SK2018", false, may(&[ALL], &["A.B"])),
        ("SK2019", true, restricted("cidr", "")),
        ("SK2019", true, restricted("cidr", "10.0.0.0/8, 0.0.0.0/0")),
        ("SK2019", false, restricted("cidr", "10.0.0.0/8")),
        ("SK2019", false, KeyFacts { restrictions: Reported::Said(vec![]), ..silent() }),
        ("SK2020", true, owned("alice", &["A.B"])),
        ("SK2020", false, owned("contoso", &["A.B"])),
        ("SK2020", true, owned("contoso", &["A.B"]).detail("owner-state", "Blocked")),
        ("SK2020", false, owned("contoso", &["A.B"]).detail("owner-state", "active")),
        ("SK2020", false, silent()),
        ("SK2022", true, KeyFacts { restrictions: Reported::Said(vec![]), ..silent() }),
        ("SK2022", true, restricted("cidr", "none")),
        ("SK2022", false, restricted("cidr", "10.0.0.0/8")),
        ("SK2022", false, silent()),
    ]
}

/// Verdicts that rest on more than one key's facts: on issuers' ceilings, on pipelines and on scans.
const ELSEWHERE: &[&str] = &["SK2008", "SK2021", "SK2023", "SK2024", "SK2025"];

#[test]
fn what_is_told_of_a_key_counts_as_its_own_verdicts_do() {
    let told = [verdict::SEVERAL_JOBS.says("Two jobs."), verdict::LISTED_IN_CODE.says("In code.")];
    let dossier = of(listed(), may(&[UPDATE], &["A.B"]));
    let case = Case {
        dossier: &dossier,
        issuer: &Issuer::NUGET,
        exposure: Exposure::None,
        default_severity: Severity::Note,
        known_packages: &[],
        missing_from_inventory: false,
        path: "",
    };
    let judged = judge_with(&case, &Policy::default(), now(), &told);
    assert_eq!((ids(&judged), judged.severity), (vec!["SK2023", "SK2021"], Severity::High));
    assert_eq!(ids(&judge(&case, &Policy::default(), now())), Vec::<&str>::new());
    let alone = asked().judge(&of(listed(), may(&[ALL], &["*"]))).of_these(vec![verdict::NEVER_SEEN.says("Never.")]);
    assert_eq!((ids(&alone), alone.severity, alone.score.value()), (vec!["SK2025"], Severity::Note, 0.0));
}

#[test]
fn every_hygiene_verdict_has_facts_that_make_it_and_near_ones_that_do_not() {
    let rows = verdict_rows();
    for exposure in [Exposure::None, Exposure::Leaked] {
        for (id, expected, facts) in &rows {
            let judged = Asked { exposure, policy: strict(), ..asked() }.judge(&of(listed(), facts.clone()));
            assert_eq!(ids(&judged).contains(id), *expected, "{id} for {facts:?}: {:?}", judged.verdicts);
        }
    }
    for info in VERDICTS.iter().filter(|info| info.id.0.starts_with("SK2") && !ELSEWHERE.contains(&info.id.0)) {
        assert!(rows.iter().any(|(id, made, _)| *made && *id == info.id.0), "{} has no row", info.id.0);
    }
}

#[test]
fn a_legacy_name_counts_only_at_its_issuer() {
    let facts = KeyFacts { name: Reported::Said("legacy-key".into()), ..KeyFacts::default() };
    let at = |issuer: Issuer| ids(&Asked { issuer, ..asked() }.judge(&of(listed(), facts.clone()))).contains(&"SK2015");
    assert!(at(Issuer::RUBYGEMS) && !at(Issuer::NUGET));
}

/// What is a boundary differs: npm's scopes are one, the star of crates.io stands only at the end.
#[test]
fn patterns_are_read_as_their_issuer_reads_them() {
    let loose = |issuer: Issuer, name: &str| {
        ids(&Asked { issuer, ..asked() }.judge(&of(listed(), may(&[UPDATE], &[name])))).contains(&"SK2004")
    };
    assert!(!loose(Issuer::NPM, "@ac/*") && !loose(Issuer::NPM, "@acme"));
    assert!(loose(Issuer::CRATES_IO, "contoso*") && !loose(Issuer::CRATES_IO, "contoso-*"));
    assert!(!loose(Issuer::CRATES_IO, "con*toso") && !loose(Issuer::PYPI, "contoso*"));
    let breadth =
        |issuer: Issuer, name: &str| Asked { issuer, ..asked() }.judge(&of(listed(), may(&[UPDATE], &[name]))).breadth;
    assert_eq!(breadth(Issuer::NPM, "@acme"), Breadth::Pattern { covers_future: true });
    assert_eq!(breadth(Issuer::PYPI, "contoso*"), Breadth::One);
}

/// The over-broad ladder of a package registry, in its order.
#[test]
fn the_ladder_is_told_in_order() {
    let told = |facts: KeyFacts| ids(&Asked { exposure: Exposure::None, ..asked() }.judge(&of(listed(), facts)));
    let legacy = kind("legacy full access API key").kind;
    let never = facts(vec![grant(&[ALL], Subjects::Everything)], Some(Expiry::Never));
    assert_eq!(told(KeyFacts { kind: legacy, ..never }), ["SK2002", "SK2001", "SK2006", "SK2015"]);
    assert_eq!(told(may(&[PUSH, UNLIST], &["Contoso*"])), ["SK2003", "SK2004", "SK2005"]);
}

#[test]
fn silence_is_no_verdict() {
    let silent = KeyFacts { state: State::Active, ..KeyFacts::default() };
    let judged = Asked { exposure: Exposure::None, policy: strict(), ..asked() }.judge(&of(listed(), silent));
    assert_eq!(judged.verdicts, []);
    assert_eq!((judged.score, judged.severity), (Score::new(0.0), Severity::Note));
}

#[test]
fn a_listed_key_is_as_bad_as_its_worst_verdict() {
    let judged = |facts: KeyFacts| Asked { exposure: Exposure::None, ..asked() }.judge(&of(listed(), facts));
    let never = judged(KeyFacts { expires: Reported::Said(Expiry::Never), ..KeyFacts::default() });
    assert_eq!((never.severity, never.verdicts[0].severity), (Severity::Medium, Severity::Medium));
    let skeleton = judged(may(&[UPDATE], &["*"]));
    assert_eq!((skeleton.severity, ids(&skeleton)[0]), (Severity::High, "SK2001"));
    assert_eq!(judged(may(&[READ], &["*"])).severity, Severity::Low);
    assert!(ids(&judged(may(&[UPDATE], &["*"]))).iter().all(|id| id.starts_with("SK2")));
}

#[test]
fn a_policy_makes_what_it_forbids_worse() {
    let dossier = of(listed(), facts(vec![grant(&[READ], names(&["*"]))], Some(Expiry::Never)));
    let severity = |policy: Policy, id: &str| {
        let judged = Asked { exposure: Exposure::None, policy, ..asked() }.judge(&dossier);
        judged.verdicts.iter().find(|verdict| verdict.id.0 == id).unwrap().severity
    };
    assert_eq!(severity(Policy::default(), "SK2001"), Severity::Low);
    assert_eq!(severity(strict(), "SK2001"), Severity::High);
    assert_eq!(severity(Policy::default(), "SK2006"), Severity::Medium);
    assert_eq!(severity(strict(), "SK2006"), Severity::High);
}

#[test]
fn a_workflows_own_key_is_not_warned_of() {
    let minutes = |m: i64| now() + SignedDuration::from_mins(m);
    let facts = KeyFacts {
        created: Reported::Said(minutes(-5)),
        expires: Reported::Said(Expiry::At(minutes(10))),
        ..KeyFacts::default()
    };
    assert!(!ids(&leaked(facts)).contains(&"SK2009"));
}

#[test]
fn the_messages_tell_the_case() {
    let judged = leaked(may(&[PUSH], &["Contoso*"]));
    assert_eq!(message(&judged, "SK2004"), "The pattern `Contoso*` also matches `Contosoevil`.");
    assert!(message(&judged, "SK2003").contains("under `Contoso*`"));
    assert!(message(&leaked(may(&[PUSH], &["*"])), "SK1005").starts_with("It opens every door: it reaches everything"));
    let judged = leaked(lives(None, 13));
    assert_eq!(message(&judged, "SK2009"), "It works until 2026-12-05 (13 days); what uses it then fails.");
}

#[test]
fn names_cannot_act_in_a_message() {
    let evil = "Con`toso\u{202e}\u{1b}[31m*";
    let judged = leaked(may(&[(evil, Power::Everything), PUSH], &[evil]));
    for verdict in &judged.verdicts {
        assert!(!verdict.message.contains(['\u{202e}', '\u{1b}']), "{}", verdict.message);
        assert_eq!(verdict.message.matches('`').count() % 2, 0, "{}", verdict.message);
    }
}

// Policy.

fn paths(glob: &str) -> globset::GlobSet {
    globset::GlobSetBuilder::new().add(globset::Glob::new(glob).expect("a glob")).build().expect("a set")
}

#[test]
fn sections_of_a_policy_inherit_and_the_later_wins() {
    let part = |max: u32| PolicyPart { max_lifetime_days: Some(max), ..PolicyPart::default() };
    let policy = Policy {
        limits: Limits { max_lifetime_days: Some(365), no_wildcard: true, ..Limits::default() },
        issuers: vec![
            (Issuer::NUGET, part(30)),
            (Issuer::NPM, PolicyPart { no_wildcard: Some(false), ..PolicyPart::default() }),
        ],
        paths: vec![(paths("samples/**"), part(400)), (paths("samples/ci/**"), part(7))],
        ..Policy::default()
    };
    let limits = |issuer: Issuer, path: &str| {
        let limits = policy.for_case(&issuer, path);
        (limits.max_lifetime_days, limits.no_wildcard)
    };
    assert_eq!(limits(Issuer::NUGET, "src/a"), (Some(30), true));
    assert_eq!(limits(Issuer::NPM, ""), (Some(365), false));
    assert_eq!(limits(Issuer::NUGET, "samples/a"), (Some(400), true));
    assert_eq!(limits(Issuer::NUGET, "samples/ci/a"), (Some(7), true));
    assert_eq!(policy.for_case(&Issuer::PYPI, "").warn_before_expiry_days, 14);
}

#[test]
fn a_path_section_reaches_the_verdicts() {
    let part = PolicyPart { forbidden_actions: Some(vec!["package:push".into()]), ..PolicyPart::default() };
    let policy = || Policy { paths: vec![(paths("ci/**"), part.clone())], ..Policy::default() };
    let dossier = of(listed(), may(&[PUSH], &["A.B"]));
    let found = |path| ids(&Asked { path, policy: policy(), ..asked() }.judge(&dossier)).contains(&"SK2013");
    assert!(found("ci/publish.yml") && !found("src/publish.yml"));
}

// Ceilings.

#[test]
fn ceilings_are_read_and_have_sources() {
    let nuget: Vec<_> = ceilings().iter().filter(|ceiling| ceiling.issuer == Issuer::NUGET).collect();
    assert_eq!(nuget.len(), 1);
    assert_eq!((nuget[0].days, nuget[0].older_end.unwrap().to_string()), (Some(30), "2026-11-01".to_owned()));
    for ceiling in ceilings() {
        assert!(!ceiling.source.is_empty() && !ceiling.applies_to.is_empty());
        assert!(ceiling.days.is_some() || ceiling.older_end.is_some());
    }
    assert!(ceilings().len() >= 8);
}

fn told(issuer: Issuer, facts: KeyFacts) -> (bool, Vec<String>) {
    let judged = Asked { issuer, ..asked() }.judge(&of(listed(), facts));
    (ids(&judged).contains(&"SK2008"), judged.notes)
}

/// A new key under the ceiling, one over it, an old one past the announced end, and one of which nobody knows.
#[test]
fn a_ceiling_speaks_where_the_dates_do() {
    let at = |created: &str, expires: &str| KeyFacts {
        created: Reported::Said(created.parse().unwrap()),
        expires: Reported::Said(Expiry::At(expires.parse().unwrap())),
        ..KeyFacts::default()
    };
    assert_eq!(told(Issuer::NUGET, at("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z")), (false, vec![]));
    let (over, notes) = told(Issuer::NUGET, at("2026-11-01T00:00:00Z", "2027-11-01T00:00:00Z"));
    assert!(over && notes.len() == 1 && notes[0].contains("30 days") && notes[0].contains("not known"), "{notes:?}");
    let (over, notes) = told(Issuer::NUGET, at("2026-06-01T00:00:00Z", "2027-06-01T00:00:00Z"));
    assert!(over && notes[0].contains("keys created before 2026-08-18 on 2026-11-01"), "{notes:?}");
    let (over, notes) = told(Issuer::NUGET, KeyFacts::default());
    assert!(!over && notes.len() == 1);
    assert_eq!(told(Issuer::NUGET, kind("API key v5, short-lived")), (false, vec![]));
    assert_eq!(told(Issuer::PYPI, at("2026-06-01T00:00:00Z", "2027-06-01T00:00:00Z")), (false, vec![]));
}

#[test]
fn a_ceiling_keeps_to_its_keys() {
    let never = |words: &str, powers: &[(&str, Power)]| KeyFacts {
        kind: kind(words).kind,
        ..facts(vec![grant(powers, names(&["a"]))], Some(Expiry::Never))
    };
    assert!(told(Issuer::NPM, never("granular access token", &[UPDATE])).0);
    assert!(!told(Issuer::NPM, never("granular access token", &[READ])).0);
    assert!(told(Issuer::GITLAB, never("personal access token", &[READ])).0);
    assert!(!told(Issuer::GITLAB, never("deploy token", &[READ])).0);
    // A default is no limit: a note and no verdict.
    let (over, notes) = told(Issuer::HARBOR, never("robot", &[READ]));
    assert!(!over && notes.len() == 1 && notes[0].contains("by default"), "{notes:?}");
    let (over, notes) = told(Issuer::AZURE_DEVOPS, never("global personal access token", &[READ]));
    assert!(over && notes.iter().any(|note| note.contains("2026-12-01")), "{notes:?}");
}

// Words.

#[test]
fn what_a_key_opens_in_words() {
    let known = ["Contoso.Core", "Contoso.Logging", "Fabrikam"].map(str::to_owned);
    let words = |facts: KeyFacts, known: &[String]| {
        let dossier = of(listed(), KeyFacts { issuer: Some(Issuer::NUGET), ..facts });
        let judged = Asked { known, ..asked() }.judge(&dossier);
        opens(&dossier, &judged)
    };
    assert_eq!(
        words(may(&[PUSH, UPDATE], &["*"]), &known),
        "publish new packages and versions, to everything its owner has (`*`), 3 of 3 known packages"
    );
    assert_eq!(
        words(may(&[UPDATE, UNLIST], &["contoso.*"]), &known),
        "publish new versions, take versions back, to whatever matches `contoso.*`, 2 of 3 known packages"
    );
    assert_eq!(words(may(&[UPDATE], &["Else"]), &known), "publish new versions, to `Else`, 0 of 3 known packages");
    let many = may(&[ALL], &["a", "b", "c", "d", "e"]);
    assert_eq!(words(many, &[]), "do whatever its owner may, to `a`, `b`, `c` and 2 more");
    assert_eq!(words(may(&[], &["a"]), &[]), "actions not known, to `a`");
    assert_eq!(words(facts(vec![grant(&[READ], Subjects::NotSaid)], None), &known), "read, to what is not known");
    assert_eq!(words(KeyFacts::default(), &known), "not known");
    assert_eq!(breadth_words(&Breadth::Listed { count: 4 }), "4 named things");
}

#[test]
fn until_when_in_words() {
    let words = |at: &str| {
        let expires = Reported::Said(Expiry::At(at.parse().unwrap()));
        until(&of(Evidence::Decoded, KeyFacts { expires, ..KeyFacts::default() }), now())
    };
    assert_eq!(words("2027-03-01T18:00:00Z"), "until 2027-03-01 (99 days)");
    assert_eq!(words("2026-10-02T12:00:00Z"), "expired 2026-10-02, 51 days ago");
    assert_eq!(words("2026-11-24T12:00:00Z"), "until 2026-11-24 (2 days)");
    assert_eq!(words("2026-11-23T18:00:00Z"), "until 2026-11-23 18:00 UTC (30 hours)");
    assert_eq!(words("2026-11-22T12:45:00Z"), "until 2026-11-22 12:45 UTC (45 minutes)");
    assert_eq!(words("2026-11-22T11:59:00Z"), "expired 2026-11-22 11:59 UTC, 1 minute ago");
    assert_eq!(words("2026-11-22T12:00:00Z"), "expired 2026-11-22 12:00 UTC, less than a minute ago");
    let never = KeyFacts { expires: Reported::Said(Expiry::Never), ..KeyFacts::default() };
    assert_eq!(until(&of(Evidence::Decoded, never), now()), "never expires");
    assert_eq!(until(&Dossier::default(), now()), "not known");
}

// Laws.

const POWERS: [Power; 6] =
    [Power::Read, Power::Withdraw, Power::PublishUpdate, Power::PublishNew, Power::Manage, Power::Everything];

fn powers() -> impl Strategy<Value = Power> {
    prop::sample::select(POWERS.to_vec())
}

fn states() -> impl Strategy<Value = State> {
    prop::sample::select(vec![
        State::Active,
        State::Unknown,
        State::Inactive(Inactive::Expired),
        State::Inactive(Inactive::Revoked),
        State::Inactive(Inactive::Rejected),
    ])
}

fn severities() -> impl Strategy<Value = Severity> {
    prop::sample::select(Severity::ALL.to_vec())
}

/// Narrowest first.
fn reaches() -> [Subjects; 5] {
    [
        names(&["Contoso.Core"]),
        names(&["Contoso.Core", "Contoso.Logging"]),
        Subjects::NotSaid,
        names(&["Contoso.*"]),
        Subjects::Everything,
    ]
}

fn ends() -> impl Strategy<Value = Option<Expiry>> {
    prop_oneof![Just(None), Just(Some(Expiry::Never)), (1_i64..4000).prop_map(|left| Some(Expiry::At(days(left)))),]
}

fn any_grant() -> impl Strategy<Value = Grant> {
    let subjects = prop_oneof![
        Just(Subjects::Everything),
        Just(Subjects::NotSaid),
        prop::collection::vec("[A-Za-z*.`é\u{202e}]{0,8}", 0..4).prop_map(Subjects::Named)
    ];
    (prop::collection::vec(powers(), 0..3), subjects, any::<bool>()).prop_map(|(powers, subjects, exact)| Grant {
        actions: powers.into_iter().map(|power| Action::new(format!("{power:?}"), power)).collect(),
        subjects,
        bound: if exact { Bound::Exact } else { Bound::AtMost },
    })
}

fn any_facts() -> impl Strategy<Value = KeyFacts> {
    let timestamps = || (-4_000_000_000_i64..8_000_000_000).prop_map(|s| Timestamp::from_second(s).expect("in range"));
    let text = || prop::option::of(".{0,12}");
    let grants = prop::option::of(prop::collection::vec(any_grant(), 0..4));
    let ends = prop::option::of(prop_oneof![Just(Expiry::Never), timestamps().prop_map(Expiry::At)]);
    let uses = prop::option::of(prop_oneof![Just(LastUse::Never), timestamps().prop_map(LastUse::At)]);
    (states(), text(), text(), grants, ends, uses, prop::option::of(timestamps())).prop_map(
        |(state, kind, owner, grants, expires, last_used, created)| KeyFacts {
            state,
            kind: kind.into(),
            owner: owner.into(),
            grants: grants.into(),
            expires: expires.into(),
            last_used: last_used.into(),
            created: created.into(),
            ..KeyFacts::default()
        },
    )
}

fn exposure(leaked: bool) -> Exposure {
    if leaked { Exposure::Leaked } else { Exposure::None }
}

proptest! {
    #[test]
    fn a_wider_reach_is_never_milder(
        state in states(), power in prop::option::of(powers()), end in ends(), default in severities(),
    ) {
        let scores: Vec<Score> = reaches()
            .into_iter()
            .map(|subjects| {
                let actions = power.iter().map(|power| Action::new("a", *power)).collect();
                let grants = vec![Grant { actions, subjects, bound: Bound::Exact }];
                let facts = KeyFacts { state: state.clone(), ..facts(grants, end) };
                Asked { default, ..asked() }.judge(&of(probed(), facts)).score
            })
            .collect();
        prop_assert!(scores.is_sorted(), "{scores:?}");
    }

    #[test]
    fn a_stronger_power_is_never_milder(
        state in states(), a in powers(), b in powers(), reach in 0_usize..5, end in ends(),
    ) {
        let score = |power: Power| {
            let grants = vec![grant(&[("a", power)], reaches()[reach].clone())];
            asked().judge(&of(probed(), KeyFacts { state: state.clone(), ..facts(grants, end) })).score
        };
        prop_assert!(score(a.min(b)) <= score(a.max(b)));
    }

    #[test]
    fn a_further_grant_is_never_milder(
        state in states(), end in ends(), grants in prop::collection::vec(any_grant(), 1..4), more in any_grant(),
    ) {
        prop_assume!(grants.iter().chain([&more]).all(|grant| !grant.actions.is_empty()));
        let score = |grants: Vec<Grant>| {
            asked().judge(&of(probed(), KeyFacts { state: state.clone(), ..facts(grants, end) })).score
        };
        let wider = [grants.clone(), vec![more]].concat();
        prop_assert!(score(wider) >= score(grants));
    }

    #[test]
    fn a_dead_leak_is_low_and_never_nothing(mut facts in any_facts(), default in severities()) {
        facts.state = State::Unknown;
        facts.expires = Reported::Said(Expiry::At(days(-1)));
        let judged = Asked { default, ..asked() }.judge(&of(Evidence::Decoded, facts));
        prop_assert_eq!((judged.severity, judged.stable_severity), (Severity::Low, Severity::Low));
        prop_assert!(judged.score.value() > 0.0 && judged.score.value() <= 3.9);
    }

    #[test]
    fn the_days_left_never_change_the_stable_word(
        mut facts in any_facts(), one in 1_i64..60, other in 1_i64..4000, leaked in any::<bool>(),
    ) {
        facts.created = Reported::NotSaid;
        let mut stable = |left: i64| {
            facts.expires = Reported::Said(Expiry::At(days(left)));
            // Without a creation date, a life over the policy is itself known by the days left.
            let limits = Limits { max_lifetime_days: None, ..strict().limits };
            let policy = Policy { limits, ..strict() };
            let asked = Asked { exposure: exposure(leaked), policy, ..asked() };
            asked.judge(&of(listed(), facts.clone())).stable_severity
        };
        prop_assert_eq!(stable(one), stable(other));
    }

    #[test]
    fn ceilings_change_neither_state_nor_severity(facts in any_facts(), leaked in any::<bool>()) {
        for issuer in ceilings().iter().map(|ceiling| ceiling.issuer.clone()) {
            let dossier = of(listed(), facts.clone());
            let judged = |policy: Policy| {
                Asked { issuer: issuer.clone(), exposure: exposure(leaked), policy, ..asked() }.judge(&dossier)
            };
            let (with, without) = (judged(Policy::default()), judged(Policy { ceilings: vec![], ..Policy::default() }));
            prop_assert_eq!((with.score, with.stable_severity), (without.score, without.stable_severity));
            prop_assert_eq!(&with.state, &without.state);
            prop_assert!(with.verdicts.iter().filter(|v| v.id.0 != "SK2008").eq(without.verdicts.iter()));
        }
    }

    #[test]
    fn any_facts_are_judged_the_same_twice_and_worst_first(
        facts in any_facts(), more in any_facts(), missing in any::<bool>(),
    ) {
        let mut dossier = of(Evidence::Decoded, facts);
        dossier.add(listed(), more);
        let known = ["Contoso.Core".to_owned()];
        let asked = Asked { known: &known, missing, policy: strict(), ..asked() };
        let judged = asked.judge(&dossier);
        prop_assert_eq!(&judged, &asked.judge(&dossier));
        prop_assert!(judged.verdicts.iter().rev().map(|v| v.severity).is_sorted());
        prop_assert_eq!(judged.severity, judged.score.severity());
        let turned = opens(&dossier, &judged).contains('\u{202e}');
        prop_assert!(!turned);
        prop_assert!(!until(&dossier, now()).is_empty());
    }
}
