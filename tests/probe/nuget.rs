//! Every row of NuGet.org's `verifykey`.

use jiff::Timestamp;
use skelkey::issuer::Issuer;
use skelkey::key::{Bound, Expiry, Inactive, KeyFacts, Power, State, Subjects};
use skelkey::probe::{NotAsked, Outcome, Prober};

use crate::bench::{Ask, FakeClock, NOW, nuget_v4, nuget_v5, settings};
use crate::stub::{Script, answer, answer_with};

const HEADER: &str = "x-nuget-apikey";
const MADE_UP: &str = "/api/v2/verifykey/skelkey--no-such-package/1.0.0";

fn ask() -> Ask {
    Ask::new(Issuer::NUGET, nuget_v4())
}

fn first(script: Script) -> KeyFacts {
    ask().facts(HEADER, script)
}

fn reason(facts: &KeyFacts) -> &str {
    facts.state_reason.as_deref().unwrap()
}

#[test]
fn a_404_for_the_made_up_id_is_a_living_pusher() {
    let (answer, seen) = ask().of_script(HEADER, vec![answer(404, "")]);
    assert_eq!(seen.iter().map(|s| s.path.as_str()).collect::<Vec<_>>(), [MADE_UP]);
    assert_eq!(answer.facts.state, State::Active);
    let grants = answer.facts.grants.said().unwrap();
    assert_eq!(grants.len(), 1);
    assert_eq!(grants[0].bound, Bound::AtMost);
    assert_eq!(grants[0].subjects, Subjects::NotSaid);
    assert_eq!(grants[0].actions.iter().map(|a| a.power).max(), Some(Power::PublishNew));
    assert!(answer.facts.notes.iter().any(|note| note.contains("pushversion")));
}

#[test]
fn a_403_is_never_a_proof_of_death() {
    let text =
        "The specified API key is invalid, has expired, or does not have permission to access the specified package.";
    let facts = first(answer(403, text));
    assert_eq!(facts.state, State::Unknown);
    assert!(reason(&facts).contains("may only unlist"));
    assert!(facts.grants.said().is_none());
}

#[test]
fn a_400_is_a_living_key_under_a_policy() {
    let facts = first(answer(400, "verification keys only"));
    assert_eq!(facts.state, State::Active);
    assert_eq!(facts.restrictions.said().unwrap()[0].name, "account-policy");
    let page = first(answer(400, "<h2>Bad Request - Invalid URL</h2>"));
    assert_eq!(page.state, State::Unknown, "something in front of the site speaks");
}

#[test]
fn other_first_answers_leave_it_unknown() {
    for status in [200, 401, 409, 418] {
        assert_eq!(first(answer(status, "")).state, State::Unknown, "{status}");
    }
}

#[test]
fn packages_are_asked_only_after_a_404() {
    for status in [400, 401, 403] {
        let (_, seen) = ask().packages(&["Acme.Core"]).of_script(HEADER, vec![answer(status, ""), answer(200, "")]);
        assert_eq!(seen.len(), 1, "{status}");
    }
}

#[test]
fn each_package_is_covered_excluded_missing_or_undecided() {
    let script = [404, 200, 403, 404, 409].map(|status| answer(status, "")).to_vec();
    let (answer, seen) = ask().packages(&["A.One", "B.Two", "C.Three", "D.Four"]).of_script(HEADER, script);
    let paths: Vec<_> = seen.iter().map(|s| s.path.as_str()).collect();
    let of = |id: &str| format!("/api/v2/verifykey/{id}");
    assert_eq!(paths, [MADE_UP.into(), of("A.One"), of("B.Two"), of("C.Three"), of("D.Four")]);
    let detail = |name: &str| answer.facts.details.get(name).map(String::as_str);
    assert_eq!(detail("packages-covered"), Some("A.One"));
    assert_eq!(detail("packages-not-covered"), Some("B.Two"));
    assert_eq!(detail("packages-not-found"), Some("C.Three"));
    assert_eq!(detail("packages-undecided"), Some("D.Four"));
    let grants = answer.facts.grants.said().unwrap();
    assert_eq!(grants[0].bound, Bound::AtMost, "what it may do elsewhere stays open");
    assert_eq!(grants[1].subjects, Subjects::Named(vec!["A.One".into()]));
    assert_eq!(grants[1].bound, Bound::Exact);
}

#[test]
fn a_site_that_breaks_down_is_not_asked_about_the_other_packages() {
    let script = vec![answer(404, ""), answer(200, ""), Script::Raw(Vec::new()), answer(200, "")];
    let (answer, seen) = ask().packages(&["A", "B", "C"]).of_script(HEADER, script);
    assert_eq!(seen.len(), 3);
    assert_eq!(answer.facts.state, State::Active);
    assert_eq!(answer.facts.details["packages-covered"], "A");
    assert_eq!(answer.facts.details["packages-undecided"], "B, C");
}

#[test]
fn covering_all_packages_is_said_not_to_prove_a_list() {
    let script = [404, 200, 200].map(|status| answer(status, "")).to_vec();
    let (answer, _) = ask().packages(&["A.One", "B.Two"]).of_script(HEADER, script);
    assert!(answer.facts.notes.iter().any(|note| note.contains("glob such as `*`")));
}

#[test]
fn what_is_no_package_id_is_not_asked() {
    let long = "x".repeat(101);
    let (answer, seen) = ask().packages(&["../../admin", "..", "a b", &long]).of_script(HEADER, vec![answer(404, "")]);
    assert_eq!(seen.len(), 1);
    assert!(answer.facts.details["packages-undecided"].starts_with("../../admin, .., a b, "));
}

#[test]
fn at_most_twenty_packages_are_asked() {
    let ids: Vec<String> = (0..30).map(|n| format!("P{n}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let (_, seen) = ask().packages(&ids).of_script(HEADER, vec![answer(404, ""); 40]);
    assert_eq!(seen.len(), 21);
}

#[test]
fn the_warning_tells_the_expiry_to_the_day() {
    let warning = "Your API key expires in 3 days. Visit the site to regenerate your API key.";
    let facts = first(answer_with(404, &[("X-NuGet-Warning", warning)], ""));
    let end: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
    assert_eq!(facts.expires.said(), Some(&Expiry::At(end)));
    assert!(facts.notes.iter().any(|note| note.contains("rounded to whole days")));
    assert_eq!(first(answer(404, "")).expires.said(), None, "no warning says nothing");
}

#[test]
fn a_warning_beside_a_403_shows_that_the_key_is_known() {
    let warning = "Your API key expires in 1 day. Visit the site to regenerate your API key.";
    let facts = first(answer_with(403, &[("X-NuGet-Warning", warning)], ""));
    assert_eq!(facts.state, State::Active);
    assert_eq!(facts.grants.said().unwrap()[0].actions[0].name, "package:unlist");
}

#[test]
fn the_site_may_say_that_the_key_has_expired() {
    let facts = first(answer_with(403, &[("X-NuGet-Warning", "Your API key has expired. Visit the site")], ""));
    assert_eq!(facts.state, State::Inactive(Inactive::Expired));
}

#[test]
fn a_guid_is_never_sent_anywhere() {
    let prober = Prober::new(settings(&FakeClock::new())).unwrap();
    for guid in [format!("{}-1111-4111-8111-{}", "1".repeat(8), "1".repeat(12)), "1".repeat(32)] {
        match Ask::new(Issuer::NUGET, guid).of(&prober) {
            Outcome::NotAsked(NotAsked::OtherClass(why)) => assert!(why.contains("delete")),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn only_production_keys_v5_are_the_sites() {
    let production = Ask::new(Issuer::NUGET, nuget_v5('P')).facts(HEADER, answer(404, ""));
    assert_eq!(production.state, State::Active);
    let prober = Prober::new(settings(&FakeClock::new())).unwrap();
    for environment in ['I', 'D', 'L', 'Z'] {
        let outcome = Ask::new(Issuer::NUGET, nuget_v5(environment)).of(&prober);
        assert!(matches!(outcome, Outcome::NotAsked(NotAsked::OtherClass(_))), "{environment}");
    }
}

#[test]
fn a_key_whose_own_text_says_that_it_ended_is_not_sent() {
    let end: Timestamp = NOW.parse().unwrap();
    let mut ended = Ask::new(Issuer::NUGET, nuget_v5('P'));
    ended.decoded = Some(KeyFacts { expires: skelkey::key::Reported::Said(Expiry::At(end)), ..KeyFacts::default() });
    let prober = Prober::new(settings(&FakeClock::new())).unwrap();
    assert_eq!(ended.of(&prober), Outcome::NotAsked(NotAsked::Ended(end)));
}
