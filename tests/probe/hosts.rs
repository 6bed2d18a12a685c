//! Whom any way of asking can reach, whatever a scanned file, a list of keys or a server says: its declared hosts alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use skelkey::issuer::Issuer;
use skelkey::key::{KeyFacts, Reported};
use skelkey::probe::{self, Names, Outcome, Prober};
use skelkey::secret::Secret;

use crate::bench::{self, Ask, FakeClock, FakeNames, server, settings};
use crate::cases::cases;
use crate::rolls::Variables;
use crate::stub::{Stub, answer_with};
use crate::{own_files, pages, rolls};

/// A key, whether its server is one of the user's own, and the owner's credentials that look it up.
struct Asked {
    ask: Ask,
    own: bool,
    variables: Variables,
}

/// A key for every way of asking.
fn everything() -> Vec<Asked> {
    let of = |(mut ask, own): (Ask, bool)| {
        ask.host = ask.host.filter(|host| host != "own");
        Asked { ask, own, variables: Vec::new() }
    };
    let by = |(ask, variables): (Ask, Variables)| {
        let own = ask.host.as_deref() == Some("own");
        Asked { variables, ..of((ask, own)) }
    };
    let simple = [
        (Issuer::NUGET, bench::nuget_v4()),
        (Issuer::NPM, bench::npm()),
        (Issuer::CRATES_IO, bench::crates_io()),
        (Issuer::RUBYGEMS, bench::rubygems()),
        (Issuer::HEX, bench::hex()),
        (Issuer::HUGGING_FACE, bench::hugging_face()),
        (Issuer::GITHUB, bench::github()),
    ];
    let with_server = [(Issuer::JFROG, bench::jfrog()), (Issuer::GITLAB, bench::gitlab())];
    let pages = cases().into_iter().map(|case| of((pages::ask(&case), case.own)));
    let all = pages.chain(simple.map(|(issuer, key)| of((Ask::new(issuer, key), false))));
    let all = all.chain(with_server.map(|(issuer, key)| of((Ask::new(issuer, key), true))));
    let all = all.chain(own_files::asks().into_iter().map(of)).chain(rolls::asks().map(by));
    let all: Vec<Asked> = all.chain(own_files::look_ups().into_iter().map(by)).collect();
    let covered: BTreeSet<&str> = all.iter().map(|asked| asked.ask.issuer.as_str()).collect();
    for about in probe::list() {
        assert!(covered.contains(about.issuer.as_str()), "no key of {}", about.issuer);
    }
    all
}

/// One prober for all: every issuer is named, every credential of the owner's is at hand, and nothing has an address.
fn open(all: &[Asked], change: impl FnOnce(&mut skelkey::probe::Settings)) -> Prober {
    let mut settings = settings(&FakeClock::new());
    settings.limits.per_host = usize::MAX;
    settings.limits.all_pauses = Duration::MAX;
    settings.named = all.iter().map(|asked| asked.ask.issuer.clone()).collect();
    let variables = all.iter().flat_map(|asked| &asked.variables);
    let secrets: BTreeMap<_, _> = variables.map(|(name, text)| (*name, Secret::new(text.as_bytes()))).collect();
    settings.variables = Arc::new(secrets);
    change(&mut settings);
    Prober::new(settings).unwrap()
}

fn outcomes(asked: &Asked, ask: &Ask, prober: &Prober) -> Vec<Outcome> {
    if asked.variables.is_empty() { vec![ask.of(prober)] } else { ask.look_up(prober) }
}

/// Whether an issuer's tables declare a host of this name.
fn declares(issuer: &Issuer, name: &str) -> bool {
    let label = |front: &str| {
        !front.is_empty() && front.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    probe::list().filter(|about| about.issuer == issuer || about.also.contains(issuer)).any(|about| {
        about.public.is_some_and(|url| url.strip_prefix("https://") == Some(name))
            || about.tenants.iter().any(|ending| name.strip_suffix(ending).is_some_and(label))
    })
}

/// What a hostile file may write where a host, a name or an id is expected.
const HOSTILE: &[&str] = &[
    "evil.test",
    "evil.test/",
    "https://evil.test",
    "https://evil.test/.okta.com",
    "http://acme@evil.test",
    "evil.test#",
    "evil.test?x=",
    "evil.test:443",
    "a.evil.test",
    "..",
    "127.0.0.1",
    "169.254.169.254",
    "[::1]",
    "localhost",
    "metadata.google.internal",
    "ci@evil.test",
    "acme.okta.com.evil.test",
    "evil.test\\.okta.com",
    "evil\u{2024}test",
    "\u{202e}tset.live",
    "evil.test\r\nHost: evil.test",
    "",
];

/// Everything that a scanned file or a list of keys tells of a key.
fn lies(ask: &Ask, hostile: &str, round: usize) -> Vec<Ask> {
    let text = hostile.to_owned();
    let names = ["url", "region_url", "host", "user-id", "user-id-hint", "region", "account-id", "project", "ref"];
    let told =
        KeyFacts { owner: Reported::Said(text.clone()), key_id: Reported::Said(text.clone()), ..KeyFacts::default() };
    let told = names.iter().fold(told, |told, name| told.detail(*name, hostile));
    let known = ask.decoded.clone().unwrap_or_default();
    let lies = [
        Ask { host: Some(text.clone()), ..ask.clone() },
        Ask { decoded: Some(told), ..ask.clone() },
        Ask { decoded: Some(KeyFacts { owner: Reported::Said(text.clone()), ..known.clone() }), ..ask.clone() },
        Ask { decoded: Some(KeyFacts { key_id: Reported::Said(text.clone()), ..known }), ..ask.clone() },
        Ask { packages: vec![text], ..ask.clone() },
    ];
    lies.into_iter().enumerate().map(|(number, ask)| Ask { round: 10 * round + number, ..ask }).collect()
}

#[test]
fn no_text_beside_a_key_leads_to_a_host_that_its_issuer_does_not_declare() {
    let all = everything();
    let names = FakeNames::new(&[]);
    let prober = open(&all, |settings| settings.names = Arc::clone(&names) as Arc<dyn Names>);
    let asked_for = || std::mem::take(&mut *names.asked.lock().unwrap());
    let mut reached = BTreeSet::new();
    for asked in &all {
        outcomes(asked, &asked.ask, &prober);
        reached.extend(asked_for());
        for (round, hostile) in (1..).zip(HOSTILE) {
            for ask in lies(&asked.ask, hostile, round) {
                outcomes(asked, &ask, &prober);
                for name in asked_for() {
                    assert!(declares(&ask.issuer, &name), "{} was led to {name} by {hostile:?}", ask.issuer);
                }
            }
        }
    }
    // The bench sees what is asked for: every issuer with one public host was looked for there, and nowhere else.
    for about in probe::list().filter(|about| about.public_by_default) {
        let host = about.public.and_then(|url| url.strip_prefix("https://")).unwrap();
        assert!(reached.contains(host), "{}: {host} was never looked for", about.issuer);
    }
}

#[test]
fn no_way_of_asking_follows_a_redirect() {
    let all = everything();
    let elsewhere = Stub::new(Vec::new());
    let target = format!("{}/", elsewhere.url());
    let codes = [301, 302, 303, 307, 308];
    for status in codes {
        let script = vec![answer_with(status, &[("location", &target), ("refresh", &target)], "{}"); 4 * all.len()];
        let stub = Stub::new(script);
        let prober = open(&all, |settings| {
            for asked in &all {
                let servers = if asked.own { &mut settings.own } else { &mut settings.instead };
                if servers.iter().all(|known| known.issuer != asked.ask.issuer) {
                    servers.push(server(&asked.ask.issuer, &stub.url()));
                }
            }
        });
        for asked in &all {
            let ask =
                Ask { host: if asked.own { Some(stub.host()) } else { asked.ask.host.clone() }, ..asked.ask.clone() };
            let before = stub.seen().len();
            for outcome in outcomes(asked, &ask, &prober) {
                match outcome {
                    Outcome::Answered(answer) => {
                        assert_eq!(answer.facts.state, skelkey::key::State::Unknown, "{}", ask.issuer);
                    }
                    Outcome::NotAsked(why) => assert!(!asked.variables.is_empty(), "{}: {why}", ask.issuer),
                }
            }
            assert!(stub.seen().len() > before, "{} was not asked", ask.issuer);
        }
        assert!(elsewhere.seen().is_empty(), "a redirect was followed");
    }
}
