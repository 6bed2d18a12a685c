//! The client: pauses, limits, and every way in which a server can misbehave.

use std::net::TcpListener;
use std::time::Duration;

use skelkey::issuer::Issuer;
use skelkey::key::State;
use skelkey::probe::{Answer, NotAsked, Prober, Settings, SettingsError};

use crate::bench::{Ask, FakeClock, FakeNames, answered, check_requests, not_asked, npm, nuget_v4, server, settings};
use crate::stub::{Script, Stub, answer, answer_with};

fn ask() -> Ask {
    Ask::new(Issuer::NUGET, nuget_v4())
}

/// Asks NuGet's first question of `stub` under `change`d settings.
fn with(stub: &Stub, clock: &std::sync::Arc<FakeClock>, change: impl FnOnce(&mut Settings)) -> Answer {
    let mut settings = settings(clock);
    settings.instead.push(server(&Issuer::NUGET, &stub.url()));
    change(&mut settings);
    let answer = answered(ask().of(&Prober::new(settings).unwrap()));
    check_requests(&stub.seen(), &nuget_v4(), "x-nuget-apikey", &stub.host());
    answer
}

fn slept(clock: &FakeClock) -> Vec<u64> {
    clock.slept.lock().unwrap().iter().map(Duration::as_secs).collect()
}

/// The reason why nothing came of one misbehaving answer.
fn failed(script: Script) -> String {
    let stub = Stub::new(vec![script]);
    let answer = with(&stub, &FakeClock::new(), |_| {});
    assert_eq!(answer.facts.state, State::Unknown);
    assert_eq!(answer.requests, 1);
    answer.facts.state_reason.unwrap()
}

#[test]
fn a_429_is_waited_out_for_as_long_as_the_server_says() {
    let clock = FakeClock::new();
    let stub = Stub::new(vec![answer_with(429, &[("retry-after", "7")], ""), answer(404, "")]);
    let answer = with(&stub, &clock, |_| {});
    assert_eq!(answer.facts.state, State::Active);
    assert_eq!(answer.requests, 2);
    assert_eq!(slept(&clock), [7]);
}

#[test]
fn retry_after_may_be_a_date() {
    let clock = FakeClock::new();
    let date = "Sun, 22 Nov 2026 12:00:09 GMT";
    let stub = Stub::new(vec![answer_with(503, &[("retry-after", date)], ""), answer(404, "")]);
    assert_eq!(with(&stub, &clock, |_| {}).facts.state, State::Active);
    assert_eq!(slept(&clock), [9]);
}

#[test]
fn server_errors_are_tried_three_times_with_growing_pauses() {
    let clock = FakeClock::new();
    let stub = Stub::new(vec![answer(500, ""), answer(502, ""), answer(503, ""), answer(404, "")]);
    let answer = with(&stub, &clock, |_| {});
    assert_eq!(answer.facts.state, State::Unknown);
    assert!(answer.facts.state_reason.unwrap().contains("503"));
    assert_eq!(stub.seen().len(), 3);
    assert_eq!(slept(&clock), [1, 2]);
}

#[test]
fn a_host_that_wants_a_long_pause_is_left_alone_for_the_run() {
    let clock = FakeClock::new();
    let stub = Stub::new(vec![answer_with(429, &[("retry-after", "3600")], ""), answer(404, "")]);
    let mut settings = settings(&clock);
    settings.instead.push(server(&Issuer::NUGET, &stub.url()));
    let prober = Prober::new(settings).unwrap();
    let first = answered(ask().of(&prober));
    assert_eq!(first.facts.state, State::Unknown);
    let other = Ask::new(Issuer::NUGET, nuget_v4().replace('2', "3").replacen("oy3", "oy2", 1));
    assert!(matches!(not_asked(other.of(&prober)), NotAsked::Closed(_)));
    assert_eq!(stub.seen().len(), 1);
    assert!(slept(&clock).is_empty());
}

#[test]
fn all_pauses_of_a_host_together_are_bounded() {
    let clock = FakeClock::new();
    let stub = Stub::new(vec![answer_with(429, &[("retry-after", "50")], ""); 9]);
    let answer = with(&stub, &clock, |settings| {
        settings.limits.attempts = 9;
        settings.limits.all_pauses = Duration::from_secs(120);
    });
    assert_eq!(answer.facts.state, State::Unknown);
    assert_eq!(slept(&clock), [50, 50]);
}

#[test]
fn requests_to_one_host_keep_their_distance() {
    let clock = FakeClock::new();
    let stub = Stub::new(vec![answer(404, ""); 4]);
    let mut settings = settings(&clock);
    settings.instead.push(server(&Issuer::NUGET, &stub.url()));
    settings.limits.interval = Duration::from_secs(2);
    let prober = Prober::new(settings).unwrap();
    answered(ask().packages(&["A", "B", "C"]).of(&prober));
    assert_eq!(slept(&clock), [2, 2, 2]);
}

#[test]
fn a_run_sends_a_host_no_more_than_its_share() {
    let stub = Stub::new(vec![answer(401, ""); 9]);
    let mut settings = settings(&FakeClock::new());
    settings.instead.push(server(&Issuer::NPM, &stub.url()));
    settings.limits.per_host = 2;
    let prober = Prober::new(settings).unwrap();
    let key = |n: u32| Ask::new(Issuer::NPM, npm().replace("ZZ", &format!("{n:02}")));
    answered(key(1).of(&prober));
    answered(key(2).of(&prober));
    match not_asked(key(3).of(&prober)) {
        NotAsked::Closed(why) => assert!(why.contains("used up"), "{why}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(stub.seen().len(), 2);
}

#[test]
fn a_redirect_is_never_followed() {
    let elsewhere = Stub::new(vec![answer(404, "")]);
    for status in [301, 302, 303, 307, 308] {
        let reason = failed(answer_with(status, &[("location", &elsewhere.url())], ""));
        assert!(reason.contains("redirect"), "{reason}");
    }
    assert!(elsewhere.seen().is_empty());
}

#[test]
fn a_redirect_to_the_same_host_is_not_followed_either() {
    let stub = Stub::new(vec![answer_with(302, &[("location", "/elsewhere")], ""), answer(404, "")]);
    assert_eq!(with(&stub, &FakeClock::new(), |_| {}).facts.state, State::Unknown);
    assert_eq!(stub.paths().len(), 1);
}

#[test]
fn silence_is_a_time_out_before_and_within_an_answer() {
    let begun = b"HTTP/1.1 404 Not Found\r\ncontent-length: 100\r\n\r\nand then".to_vec();
    for script in [Script::Stall(Vec::new()), Script::Stall(begun)] {
        let stub = Stub::new(vec![script]);
        let answer = with(&stub, &FakeClock::new(), |settings| settings.limits.total = Duration::from_millis(200));
        assert_eq!(answer.facts.state, State::Unknown);
        assert!(answer.facts.state_reason.unwrap().contains("did not answer in time"));
    }
}

#[test]
fn an_answer_that_never_ends_is_cut_off() {
    let stub = Stub::new(vec![Script::Answer(404, vec![], vec![b'x'; 4096])]);
    let answer = with(&stub, &FakeClock::new(), |settings| settings.limits.body = 1000);
    assert_eq!(answer.facts.state, State::Unknown);
    assert!(answer.facts.state_reason.unwrap().contains("more than 1000 bytes"));
    let exact = Stub::new(vec![Script::Answer(404, vec![], vec![b'x'; 1000])]);
    let answer = with(&exact, &FakeClock::new(), |settings| settings.limits.body = 1000);
    assert_eq!(answer.facts.state, State::Active, "the limit itself is within it");
}

#[test]
fn a_truncated_answer_says_nothing() {
    let raw = b"HTTP/1.1 404 Not Found\r\ncontent-length: 100\r\n\r\nshort".to_vec();
    assert!(failed(Script::Raw(raw)).contains("broke off"));
}

#[test]
fn what_is_no_http_says_nothing() {
    assert!(failed(Script::Raw(b"SSH-2.0-OpenSSH_9.9\r\n".to_vec())).contains("broke off"));
    assert!(failed(Script::Raw(Vec::new())).contains("broke off"));
}

#[test]
fn a_refused_connection_is_told_as_such() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut settings = settings(&FakeClock::new());
    settings.instead.push(server(&Issuer::NUGET, &format!("http://127.0.0.1:{port}")));
    let answer = answered(ask().of(&Prober::new(settings).unwrap()));
    assert_eq!(answer.facts.state, State::Unknown);
    assert!(answer.facts.state_reason.unwrap().contains("could not be reached"));
}

#[test]
fn a_server_that_repeats_the_key_does_not_bring_it_into_the_answer() {
    let key = npm();
    let facts = Ask::new(Issuer::NPM, key.clone())
        .facts("authorization Bearer", answer(200, &format!(r#"{{"username":"{key}"}}"#)));
    assert!(facts.owner.said().is_none());
    assert!(facts.state_reason.unwrap().contains("repeated the key"));
}

#[test]
fn loopback_never_goes_through_a_proxy() {
    let (stub, proxy) = (Stub::new(vec![answer(404, "")]), Stub::new(vec![]));
    let answer = with(&stub, &FakeClock::new(), |settings| settings.proxies.http = Some(proxy.url()));
    assert_eq!(answer.facts.state, State::Active);
    assert!(proxy.seen().is_empty());
}

#[test]
fn other_hosts_go_through_the_proxy_that_was_handed_in() {
    let proxy = Stub::new(vec![answer(404, "")]);
    let mut settings = settings(&FakeClock::new());
    settings.instead.push(server(&Issuer::NUGET, "http://registry.test"));
    settings.proxies.http = Some(proxy.url());
    let answer = answered(ask().of(&Prober::new(settings).unwrap()));
    assert_eq!(answer.facts.state, State::Active);
    assert!(proxy.paths()[0].starts_with("http://registry.test/api/v2/verifykey/"));
}

#[test]
fn hosts_that_need_no_proxy_do_without() {
    let proxy = Stub::new(vec![]);
    let mut settings = settings(&FakeClock::new());
    settings.instead.push(server(&Issuer::NUGET, "http://registry.test"));
    settings.proxies.http = Some(proxy.url());
    settings.proxies.none_for = "other.test, registry.test".into();
    let answer = answered(ask().of(&Prober::new(settings).unwrap()));
    assert_eq!(answer.facts.state, State::Unknown, "the name leads nowhere");
    assert!(proxy.seen().is_empty());
}

/// The port of the target, for the child process of the test below.
const CHILD: &str = "SKELKEY_TEST_TARGET";

#[test]
fn proxies_in_the_environment_are_not_read() {
    if let Some(target) = std::env::var_os(CHILD) {
        let mut settings = settings(&FakeClock::new());
        settings.names = FakeNames::new(&["127.0.0.1"]);
        let base = format!("http://registry.test:{}", target.to_str().unwrap());
        settings.instead.push(server(&Issuer::NUGET, &base));
        assert_eq!(answered(ask().of(&Prober::new(settings).unwrap())).facts.state, State::Active);
        return;
    }
    let (target, proxy) = (Stub::new(vec![answer(404, "")]), Stub::new(vec![]));
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child
        .args(["--exact", "client::proxies_in_the_environment_are_not_read"])
        .env_remove("no_proxy")
        .env_remove("NO_PROXY");
    for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        child.env(name, proxy.url());
    }
    assert!(child.env(CHILD, target.port.to_string()).output().unwrap().status.success());
    assert_eq!((target.seen().len(), proxy.seen().len()), (1, 0));
}

#[test]
fn an_https_request_reveals_no_key_to_the_proxy() {
    let proxy = Stub::new(vec![answer(502, "")]);
    let mut settings = settings(&FakeClock::new());
    settings.proxies.https = Some(proxy.url());
    let answer = answered(ask().of(&Prober::new(settings).unwrap()));
    assert_eq!(answer.facts.state, State::Unknown);
    let seen = proxy.seen();
    assert_eq!(seen[0].method, "CONNECT");
    assert!(!format!("{seen:?}").contains(&nuget_v4()));
}

#[test]
fn plain_text_where_tls_is_due_gets_no_key() {
    let stub = Stub::new(vec![answer(404, "")]);
    let mut settings = settings(&FakeClock::new());
    settings.instead.push(server(&Issuer::NUGET, &format!("https://127.0.0.1:{}", stub.port)));
    settings.limits.total = Duration::from_millis(500);
    let answer = answered(ask().of(&Prober::new(settings).unwrap()));
    assert_eq!(answer.facts.state, State::Unknown);
    assert!(!format!("{:?}", stub.seen()).contains(&nuget_v4()));
}

#[test]
fn bad_settings_are_named_and_not_quoted() {
    let clock = FakeClock::new();
    let mut ca = settings(&clock);
    ca.ca_pem = Some(b"not a certificate".to_vec());
    assert_eq!(Prober::new(ca).unwrap_err(), SettingsError::Ca);
    let mut proxy = settings(&clock);
    proxy.proxies.https = Some("http://user:hunter2@".into());
    assert!(!format!("{:?}", proxy.proxies).contains("hunter2"));
    let error = Prober::new(proxy).unwrap_err();
    assert_eq!(error, SettingsError::Proxy("https"));
    assert!(!error.to_string().contains("hunter2"));
}

#[test]
fn a_key_with_a_line_break_is_not_sent() {
    let broken = Ask::new(Issuer::NUGET, format!("{}\r\nX-Evil: 1", nuget_v4()));
    let prober = Prober::new(settings(&FakeClock::new())).unwrap();
    assert_eq!(not_asked(broken.of(&prober)), NotAsked::NotText);
}
