//! To whom a key may go, and that it goes nowhere else.

use std::sync::Arc;

use skelkey::issuer::Issuer;
use skelkey::key::State;
use skelkey::probe::{self, Allow, Base, NotAsked, Outcome, Prober, Server};

use crate::bench::{
    Ask, FakeClock, FakeNames, answered, check_requests, crates_io, github, gitlab, jfrog, not_asked, npm, nuget_v4,
    server, settings,
};
use crate::stub::{Stub, answer};

fn bare() -> Prober {
    Prober::new(settings(&FakeClock::new())).unwrap()
}

#[test]
fn a_guessed_issuer_is_not_asked() {
    let mut ask = Ask::new(Issuer::NUGET, nuget_v4());
    ask.proved = false;
    assert_eq!(not_asked(ask.of(&bare())), NotAsked::IssuerNotProved(Issuer::NUGET));
}

#[test]
fn an_issuer_without_a_harmless_question_is_not_asked() {
    let ask = Ask::new(Issuer::PYPI, format!("{}{}", "pypi-", "A".repeat(60)));
    assert_eq!(not_asked(ask.of(&bare())), NotAsked::NoProbe(Issuer::PYPI));
    // Peers ask these by a page for another class of token, by a request that costs money, or by one that mints.
    for issuer in ["onepassword", "perplexity", "paypal", "auth0", "docker-hub"].map(Issuer::new) {
        let ask = Ask::new(issuer.clone(), "x".repeat(40));
        assert_eq!(not_asked(ask.of(&bare())), NotAsked::NoProbe(issuer));
    }
}

#[test]
fn a_host_near_the_key_that_nobody_confirmed_is_not_asked() {
    for issuer_key in
        [(Issuer::GITLAB, gitlab()), (Issuer::GITHUB, github()), (Issuer::NPM, npm()), (Issuer::JFROG, jfrog())]
    {
        for host in ["169.254.169.254", "evil.test", "localhost:8080", "[::1]"] {
            let reason = not_asked(Ask::new(issuer_key.0.clone(), issuer_key.1.clone()).host(host).of(&bare()));
            assert_eq!(reason, NotAsked::HostNotConfirmed(issuer_key.0.clone(), Some(host.into())));
        }
    }
}

#[test]
fn what_is_no_host_name_is_not_repeated() {
    let key = gitlab();
    let tricked = Ask::new(Issuer::GITLAB, key.clone()).host(&format!("user:{key}@gitlab.com"));
    assert_eq!(not_asked(tricked.of(&bare())), NotAsked::HostNotConfirmed(Issuer::GITLAB, None));
}

#[test]
fn a_gitlab_token_without_a_host_belongs_to_nobody_known() {
    assert_eq!(not_asked(Ask::new(Issuer::GITLAB, gitlab()).of(&bare())), NotAsked::HostNotKnown(Issuer::GITLAB));
    assert_eq!(not_asked(Ask::new(Issuer::JFROG, jfrog()).of(&bare())), NotAsked::HostNotKnown(Issuer::JFROG));
}

#[test]
fn the_one_own_server_may_be_asked_but_its_refusal_proves_nothing() {
    let stub = Stub::new(vec![answer(401, "{}")]);
    let mut settings = settings(&FakeClock::new());
    settings.own.push(server(&Issuer::GITLAB, &stub.url()));
    let prober = Prober::new(settings).unwrap();
    let facts = answered(Ask::new(Issuer::GITLAB, gitlab()).of(&prober)).facts;
    assert_eq!(facts.state, State::Unknown);
    assert!(facts.state_reason.unwrap().contains("nothing tells that the key is for this server"));
    assert_eq!(stub.seen().len(), 1);
}

#[test]
fn with_two_own_servers_and_no_host_none_is_asked() {
    let (a, b) = (Stub::new(vec![]), Stub::new(vec![]));
    let mut settings = settings(&FakeClock::new());
    settings.own = vec![server(&Issuer::GITLAB, &a.url()), server(&Issuer::GITLAB, &b.url())];
    let prober = Prober::new(settings).unwrap();
    assert_eq!(not_asked(Ask::new(Issuer::GITLAB, gitlab()).of(&prober)), NotAsked::HostNotKnown(Issuer::GITLAB));
    answered(Ask::new(Issuer::GITLAB, gitlab()).host(&b.host()).of(&prober));
    assert_eq!((a.seen().len(), b.seen().len()), (0, 1));
}

#[test]
fn a_name_without_its_port_is_the_one_own_server_of_that_name() {
    let stub = Stub::new(vec![answer(401, "{}")]);
    let mut settings = settings(&FakeClock::new());
    settings.own.push(server(&Issuer::GITLAB, &stub.url()));
    let prober = Prober::new(settings.clone()).unwrap();
    let facts = answered(Ask::new(Issuer::GITLAB, gitlab()).host("127.0.0.1").of(&prober)).facts;
    assert_eq!(facts.state, State::Inactive(skelkey::key::Inactive::Rejected), "the refusal is the key's own server's");
    settings.own.push(server(&Issuer::GITLAB, "http://127.0.0.1:1"));
    let two = Prober::new(settings).unwrap();
    let reason = not_asked(Ask::new(Issuer::GITLAB, gitlab()).host("127.0.0.1").of(&two));
    assert_eq!(reason, NotAsked::HostNotConfirmed(Issuer::GITLAB, Some("127.0.0.1".into())));
}

#[test]
fn a_server_of_one_issuer_never_gets_another_issuers_key() {
    let stub = Stub::new(vec![]);
    let mut settings = settings(&FakeClock::new());
    settings.own.push(server(&Issuer::GITLAB, &stub.url()));
    let prober = Prober::new(settings).unwrap();
    not_asked(Ask::new(Issuer::JFROG, jfrog()).host(&stub.host()).of(&prober));
    assert!(stub.seen().is_empty());
}

#[test]
fn a_name_that_leads_to_a_private_address_is_refused_before_any_connection() {
    let stub = Stub::new(vec![answer(404, "")]);
    for addresses in [&["127.0.0.1"][..], &["169.254.169.254"], &["1.1.1.1", "10.0.0.1"], &["::ffff:127.0.0.1"]] {
        let mut settings = settings(&FakeClock::new());
        let names = FakeNames::new(addresses);
        settings.names = Arc::clone(&names) as Arc<dyn probe::Names>;
        let base = Base::parse(
            &format!("http://registry.test:{}", stub.port),
            Allow { plain_http: true, private_addresses: false },
        );
        settings.instead.push(Server { issuer: Issuer::NUGET, base: base.unwrap() });
        let prober = Prober::new(settings).unwrap();
        match not_asked(Ask::new(Issuer::NUGET, nuget_v4()).of(&prober)) {
            NotAsked::Closed(why) => assert!(why.contains("not public"), "{why}"),
            other => panic!("{other:?}"),
        }
        assert_eq!(names.asked.lock().unwrap().as_slice(), ["registry.test"]);
    }
    assert!(stub.seen().is_empty(), "no connection was made");
}

#[test]
fn the_public_issuers_are_guarded_in_the_same_way() {
    let names = FakeNames::new(&["127.0.0.1"]);
    let mut settings = settings(&FakeClock::new());
    settings.names = Arc::clone(&names) as Arc<dyn probe::Names>;
    let prober = Prober::new(settings).unwrap();
    assert!(matches!(not_asked(Ask::new(Issuer::CRATES_IO, crates_io()).of(&prober)), NotAsked::Closed(_)));
    assert_eq!(names.asked.lock().unwrap().as_slice(), ["crates.io"]);
}

#[test]
fn a_private_name_is_reached_when_the_user_allowed_it() {
    let stub = Stub::new(vec![answer(404, "")]);
    let mut settings = settings(&FakeClock::new());
    settings.names = FakeNames::new(&["127.0.0.1"]);
    settings.instead.push(server(&Issuer::NUGET, &format!("http://registry.test:{}", stub.port)));
    let prober = Prober::new(settings).unwrap();
    assert_eq!(answered(Ask::new(Issuer::NUGET, nuget_v4()).of(&prober)).facts.state, State::Active);
    check_requests(&stub.seen(), &nuget_v4(), "x-nuget-apikey", &format!("registry.test:{}", stub.port));
}

#[test]
fn metadata_addresses_stay_forbidden_even_when_private_ones_are_allowed() {
    let mut settings = settings(&FakeClock::new());
    settings.names = FakeNames::new(&["169.254.169.254"]);
    settings.instead.push(server(&Issuer::NUGET, "http://registry.test"));
    let prober = Prober::new(settings).unwrap();
    assert!(matches!(not_asked(Ask::new(Issuer::NUGET, nuget_v4()).of(&prober)), NotAsked::Closed(_)));
}

#[test]
fn a_key_is_asked_about_once_in_a_run() {
    let stub = Stub::new(vec![answer(404, ""), answer(403, "")]);
    let mut settings = settings(&FakeClock::new());
    settings.instead.push(server(&Issuer::NUGET, &stub.url()));
    let prober = Prober::new(settings).unwrap();
    let ask = Ask::new(Issuer::NUGET, nuget_v4());
    let outcomes: Vec<Outcome> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| ask.of(&prober))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(outcomes.iter().all(|outcome| *outcome == outcomes[0]));
    assert_eq!(stub.seen().len(), 1);
}

#[test]
fn a_plan_names_the_headers_and_sends_nothing() {
    let stub = Stub::new(vec![]);
    let mut settings = settings(&FakeClock::new());
    settings.instead.push(server(&Issuer::NUGET, &stub.url()));
    let prober = Prober::new(settings).unwrap();
    let ask = Ask::new(Issuer::NUGET, nuget_v4()).packages(&["Acme.Core"]);
    let plan = ask.plan(&prober).unwrap();
    assert_eq!(plan.len(), 2);
    assert_eq!(plan[1].url, format!("{}/api/v2/verifykey/Acme.Core", stub.url()));
    assert!(plan.iter().all(|request| request.method == "GET" && request.headers[0] == "x-nuget-apikey"));
    assert!(!format!("{plan:?}").contains(&ask.key));
    assert!(stub.seen().is_empty());
}

#[test]
fn every_issuer_says_what_is_asked_and_where_that_comes_from() {
    let mut count = 0;
    for probe::Entry { about, readings } in probe::issuers() {
        count += 1;
        for text in [about.accepts, about.asks, about.side_effects, about.source] {
            assert!(!text.is_empty(), "{}", about.issuer);
        }
        assert!(!readings.is_empty() && !about.requests.is_empty(), "{}", about.issuer);
        if let Some(public) = about.public {
            assert!(Base::parse(public, Allow::default()).is_ok(), "{} has an https address", about.issuer);
        }
        assert!(about.tenants.iter().all(|ending| ending.starts_with(['.', '-'])), "{}", about.issuer);
    }
    assert!(count >= 70, "{count}");
}

#[test]
fn a_post_is_listed_and_goes_only_by_name() {
    let mut posted = Vec::new();
    for about in probe::list() {
        for request in about.requests.iter().filter(|request| request.method != "GET") {
            assert_eq!(request.method, "POST");
            assert!(about.only_by_name.is_some(), "{}", about.issuer);
            posted.push(format!("{}{}", about.public.unwrap(), request.path));
        }
    }
    posted.sort();
    assert_eq!(
        posted,
        [
            "https://api.cohere.com/v1/check-api-key",
            "https://api.linear.app/graphql",
            "https://api.tailscale.com/api/v2/secret-scanning/verify",
            "https://connect.squareup.com/oauth2/token/status",
            "https://slack.com/api/auth.test",
        ]
    );
}
