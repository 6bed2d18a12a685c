//! Every row of every table of `src/probe/pages`, against recorded-shaped answers; and that no row is without a test.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use skelkey::issuer::Issuer;
use skelkey::key::{Expiry, Grant, Inactive, KeyFacts, LastUse, Reported, State, Subjects};
use skelkey::probe::{self, Carrier, NotAsked, Prober};

use crate::bench::{Ask, FakeClock, answered, not_asked, server, settings};
use crate::cases::{Case, cases};
use crate::stub::{Script, Seen, Stub, answer, answer_with};

/// Everything that is known of a key, in one line.
pub(crate) fn line(facts: &KeyFacts) -> String {
    let mut parts = Vec::new();
    let mut add = |name: &str, value: &Reported<String>| {
        parts.extend(value.said().map(|value| format!("{name} {value}")));
    };
    add("kind", &facts.kind);
    add("name", &facts.name);
    add("id", &facts.key_id);
    add("owner", &facts.owner);
    parts.extend(facts.created.said().map(|at| format!("created {at}")));
    parts.extend(facts.last_used.said().map(|used| match used {
        LastUse::Never => "never used".to_owned(),
        LastUse::At(at) => format!("used {at}"),
    }));
    parts.extend(facts.expires.said().map(|end| match end {
        Expiry::Never => "never ends".to_owned(),
        Expiry::At(at) => format!("ends {at}"),
    }));
    parts.extend(facts.grants.said().into_iter().flatten().map(grant));
    parts.extend(facts.restrictions.said().into_iter().flatten().map(|r| format!("only {}={}", r.name, r.value)));
    parts.extend(facts.details.iter().map(|(name, value)| format!("{name}={value}")));
    parts.join("; ")
}

fn grant(grant: &Grant) -> String {
    let actions: Vec<String> = grant.actions.iter().map(|a| format!("{}:{:?}", a.name, a.power)).collect();
    let reach = match &grant.subjects {
        Subjects::Everything => "everything".to_owned(),
        Subjects::Named(names) => names.join("+"),
        Subjects::NotSaid => "?".to_owned(),
    };
    format!("may {} on {reach}", actions.join("+"))
}

pub(crate) fn ask(case: &Case) -> Ask {
    let mut ask = Ask::new(Issuer::new(case.issuer), case.key.clone());
    ask.host = case.host.map(str::to_owned);
    ask.decoded = Some(KeyFacts {
        owner: case.owner.map(str::to_owned).into(),
        key_id: case.id.map(str::to_owned).into(),
        ..KeyFacts::default()
    });
    ask
}

/// What the issuer answers to one question: the first page, and the second if there is one and the first says that the key
/// works. To all but the first row the second page is a refusal, which takes nothing back.
fn script(case: &Case, round: usize, body: &str) -> Vec<Script> {
    let (status, _, state) = &case.rows[round];
    let headers = if *state == State::Active { case.headers } else { &[] };
    let first = answer_with(*status, headers, body);
    let second = match case.then {
        Some(body) if round == 0 => Some(answer(200, body)),
        Some(_) if *state == State::Active && *status == 200 => Some(answer(403, "{}")),
        _ => None,
    };
    std::iter::once(first).chain(second).collect()
}

fn all_rows(case: &Case) -> Vec<Script> {
    (0..case.rows.len()).flat_map(|round| script(case, round, case.rows[round].1)).collect()
}

/// One scripted server in the place of every issuer, and one prober for all: making one takes time. Customers' servers are
/// the user's own here, so that a refusal proves what it says.
struct Stage {
    stub: Stub,
    prober: Prober,
    clock: Arc<FakeClock>,
}

impl Stage {
    fn of(cases: &[Case], script: Vec<Script>) -> Self {
        let stub = Stub::new(script);
        let clock = FakeClock::new();
        let mut settings = settings(&clock);
        settings.limits.per_host = usize::MAX;
        settings.limits.all_pauses = Duration::MAX;
        for case in cases {
            let issuer = Issuer::new(case.issuer);
            settings.named.insert(issuer.clone());
            let servers = if case.own { &mut settings.own } else { &mut settings.instead };
            if servers.iter().all(|known| known.issuer != issuer) {
                servers.push(server(&issuer, &stub.url()));
            }
        }
        Self { prober: Prober::new(settings).unwrap(), stub, clock }
    }

    fn ask(&self, case: &Case, round: usize) -> Ask {
        let mut ask = ask(case);
        ask.round = round;
        if case.own {
            ask.host = Some(self.stub.host());
        }
        ask
    }

    /// What the next answer of the script says.
    fn facts(&self, case: &Case, round: usize) -> KeyFacts {
        answered(self.ask(case, round).of(&self.prober)).facts
    }
}

#[test]
fn every_row_says_what_the_table_says() {
    let cases = cases();
    let stage = Stage::of(&cases, cases.iter().flat_map(all_rows).collect());
    for case in &cases {
        for (round, (status, body, state)) in case.rows.iter().enumerate() {
            let facts = stage.facts(case, round);
            let reason = facts.state_reason.as_deref().unwrap_or_default();
            assert_eq!(facts.state, *state, "{} {status} {body}: {reason}", case.issuer);
            assert!(!reason.is_empty());
            if round == 0 {
                assert_eq!(line(&facts), case.told, "{}: {body}", case.issuer);
            }
        }
    }
    let requests: usize = cases.iter().map(|case| all_rows(case).len()).sum();
    assert_eq!(stage.stub.seen().len(), requests, "one request for each question, and one for each second page");
}

#[test]
fn every_request_is_the_one_that_was_planned_and_carries_the_key_in_its_one_place() {
    let cases = cases();
    let stage = Stage::of(&cases, cases.iter().flat_map(|case| script(case, 0, case.rows[0].1)).collect());
    for case in &cases {
        let before = stage.stub.seen().len();
        stage.facts(case, 0);
        let plan = stage.ask(case, 0).plan(&stage.prober).unwrap();
        assert!(!format!("{plan:?}").contains(&case.key), "{}: the plan shows the key", case.issuer);
        let seen = stage.stub.seen();
        check_request(case, &seen[before], &plan[0].url.replace(&stage.stub.url(), ""));
        assert_eq!(seen.len() - before, plan.len(), "{}: no request but the planned ones", case.issuer);
        if let (Some(second), Some(planned)) = (seen.get(before + 1), plan.get(1)) {
            let front = planned.url.replace(&stage.stub.url(), "").replace("{key}", &case.key);
            let (front, back) = front
                .split_once('{')
                .map_or((front.as_str(), ""), |(a, rest)| (a, rest.split_once('}').map_or("", |(_, back)| back)));
            assert!(second.path.starts_with(front) && second.path.ends_with(back), "{}: {}", case.issuer, second.path);
            check_place(case, second);
        }
    }
}

/// The second page is asked of few, and never about what the first answer has no id for.
#[test]
fn a_second_page_is_asked_only_where_the_first_answer_leads_to_it() {
    let mut cases = cases();
    cases.retain(|case| ["launchdarkly", "cloudflare", "mapbox", "terraform", "planetscale"].contains(&case.issuer));
    for odd in ["../../admin", "a/b", "x?y=z", "", "a b", "a#b", "{evil}"] {
        let body = |case: &Case| {
            let names = ["\"tok\"", "\"ed17\"", "\"ann\"", "\"user-V3\"", "\"acme\""];
            names.iter().fold(case.rows[0].1.to_owned(), |body, from| body.replace(from, &format!("\"{odd}\"")))
        };
        let stage = Stage::of(&cases, cases.iter().map(|case| answer(200, &body(case))).collect());
        for case in &cases {
            let facts = stage.facts(case, 0);
            assert!(matches!(facts.state, State::Active | State::Unknown), "{}", case.issuer);
        }
        assert_eq!(stage.stub.seen().len(), cases.len(), "{odd}: nothing is asked at an odd address");
    }
    let stub = Stub::new(vec![answer(200, r#"{"object":"list","data":[]}"#)]);
    let mut settings = settings(&FakeClock::new());
    settings.instead.push(server(&Issuer::new("openai"), &stub.url()));
    let project = Ask::new(Issuer::new("openai"), format!("sk-proj-{}", "aB3d".repeat(25)));
    answered(project.of(&Prober::new(settings).unwrap()));
    assert_eq!(stub.paths(), ["/v1/models"], "a project's key has no user");
}

#[test]
fn what_the_second_page_answers_takes_nothing_back() {
    let mut cases = cases();
    cases.retain(|case| case.then.is_some());
    assert!(cases.len() >= 6);
    for odd in [answer(401, "{}"), answer(404, ""), answer(200, "<html>"), answer(200, "{"), answer_with(302, &[], "")]
    {
        let row = |case: &Case| answer_with(200, case.headers, case.rows[0].1);
        let stage = Stage::of(&cases, cases.iter().flat_map(|case| [row(case), odd.clone()]).collect());
        for case in &cases {
            assert_eq!(stage.facts(case, 0).state, State::Active, "{}", case.issuer);
        }
    }
}

fn check_request(case: &Case, request: &Seen, planned: &str) {
    let about = about(case);
    assert_eq!(request.method, about.requests[0].method, "{}", case.issuer);
    assert_eq!(request.path, planned.replace("{key}", &case.key), "{}", case.issuer);
    check_place(case, request);
    if request.method == "POST" || request.path.contains(&case.key) {
        assert!(about.only_by_name.is_some(), "{}: only by name", case.issuer);
    }
}

/// The key stands in its one place, and nowhere else.
fn check_place(case: &Case, request: &Seen) {
    let about = about(case);
    let holds: Vec<&str> =
        request.headers.iter().filter(|(_, value)| value.contains(&case.key)).map(|(name, _)| name.as_str()).collect();
    match about.carrier {
        Carrier::Header(header) => {
            assert_eq!(holds, [header.name], "{}", case.issuer);
            assert_eq!(request.header(header.name).unwrap(), format!("{}{}", header.scheme, case.key));
        }
        Carrier::Pair(header, _) => {
            assert!(holds.is_empty(), "{}", case.issuer);
            let value = request.header(header.name).unwrap().strip_prefix(header.scheme).unwrap();
            let pair = data_encoding::BASE64.decode(value.as_bytes()).unwrap();
            assert!(String::from_utf8(pair).unwrap().ends_with(&format!(":{}", case.key)), "{}", case.issuer);
        }
        Carrier::PlainPair(header, _) => {
            assert_eq!(holds, [header.name], "{}", case.issuer);
            let pair = format!("{}{}:{}", header.scheme, case.id.or(case.owner).unwrap(), case.key);
            assert_eq!(request.header(header.name).unwrap(), pair);
        }
        Carrier::PathAndHeader(header) => assert_eq!(holds, [header.name]),
        _ => assert!(holds.is_empty(), "{}: {holds:?}", case.issuer),
    }
    let in_address = matches!(about.carrier, Carrier::Path | Carrier::PathAndHeader(_) | Carrier::Query(_));
    assert_eq!(request.path.contains(&case.key), in_address, "{}", case.issuer);
    let in_body = matches!(about.carrier, Carrier::Form(_));
    assert_eq!(request.body.contains(&case.key), in_body, "{}", case.issuer);
    if request.method == "GET" {
        assert!(request.body.is_empty(), "{}", case.issuer);
    }
}

#[test]
fn what_no_issuer_documents_proves_nothing() {
    let page = "<!doctype html><title>sign in</title>";
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let nonsense = [
        answer(200, page),
        answer(200, ""),
        answer(200, r#"{"cut": "#),
        answer(200, "null"),
        answer(200, "[[[["),
        answer(200, &deep),
        answer(401, page),
        answer(403, page),
        answer(404, page),
        answer(418, "{}"),
        answer_with(302, &[("location", "https://evil.test/")], ""),
        answer_with(307, &[("location", "/login")], ""),
    ];
    let cases = cases();
    let stage = Stage::of(&cases, cases.iter().flat_map(|_| nonsense.clone()).collect());
    for case in &cases {
        for round in 0..nonsense.len() {
            let facts = stage.facts(case, round);
            assert_eq!(facts.state, State::Unknown, "{} nonsense {round}: {:?}", case.issuer, facts.state_reason);
        }
    }
    assert_eq!(stage.stub.seen().len(), cases.len() * nonsense.len(), "no redirect is followed");
}

/// The way of asking that takes this case's key.
fn about(case: &Case) -> &'static probe::About {
    let path = case.path;
    let mut fitting =
        probe::list().filter(|about| about.issuer.as_str() == case.issuer && about.requests[0].path == path);
    fitting.next().unwrap_or_else(|| panic!("{}: no way to ask by {path}", case.issuer))
}

#[test]
fn no_row_of_a_table_is_without_a_test() {
    let cases = cases();
    let mut missing = Vec::new();
    for entry in
        probe::issuers().filter(|entry| entry.about.readings.is_empty() && entry.about.carrier.variable().is_none())
    {
        let own: Vec<&Case> = cases
            .iter()
            .filter(|case| entry.about.issuer.as_str() == case.issuer && case.path == entry.about.requests[0].path)
            .collect();
        for (answer, means) in &entry.readings {
            let second = answer.starts_with("then ") && own.iter().any(|case| case.then.is_some());
            let covered = second
                || own.iter().flat_map(|case| &case.rows).any(|(status, body, state)| {
                    fits(answer, *status, body) && state_word(state) == means.split([';', ':']).next().unwrap()
                });
            if !covered {
                missing.push(format!("{} {answer}: {means}", entry.about.issuer));
            }
        }
    }
    assert!(missing.is_empty(), "rows without a test:\n{}", missing.join("\n"));
}

fn state_word(state: &State) -> &'static str {
    match state {
        State::Active => "active",
        State::Inactive(Inactive::Expired | Inactive::Revoked | Inactive::Rejected) => "inactive",
        State::Unknown => "unknown",
    }
}

/// Whether an answer is of the sort that a reading names.
fn fits(reading: &str, status: u16, body: &str) -> bool {
    let (number, rest) = reading.split_once(' ').unwrap_or((reading, ""));
    if number != status.to_string() {
        return false;
    }
    let quoted: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
    let at = |pointer: &str| {
        let body: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
        body.pointer(&format!("/{pointer}")).cloned().filter(|found| !found.is_null())
    };
    match (rest.split(' ').next(), quoted.as_slice()) {
        (Some("with"), _) if rest.starts_with("with the header ") => true,
        (Some("that"), [text]) => body.contains(text),
        (Some("with"), [pointer, value]) => {
            at(pointer).is_some_and(|found| found.as_str().map_or(found.to_string(), str::to_owned) == *value)
        }
        (Some("with"), [pointer]) => at(pointer).is_some(),
        _ => rest.is_empty(),
    }
}

#[test]
fn what_is_asked_only_by_name_is_not_asked_by_a_bare_flag() {
    let mut held_back = BTreeSet::new();
    for case in cases().iter().filter(|case| about(case).only_by_name.is_some()) {
        let stub = Stub::new(Vec::new());
        let issuer = Issuer::new(case.issuer);
        let mut settings = settings(&FakeClock::new());
        settings.instead.push(server(&issuer, &stub.url()));
        settings.own.push(server(&issuer, &stub.url()));
        let prober = Prober::new(settings).unwrap();
        match not_asked(ask(case).of(&prober)) {
            NotAsked::OnlyByName(named, why) => assert!(named == issuer && !why.is_empty()),
            other => panic!("{issuer}: {other:?}"),
        }
        assert!(stub.seen().is_empty());
        held_back.insert(case.issuer);
    }
    let expected =
        ["algolia", "cohere", "gcp", "linear", "mapbox", "slack", "square", "tailscale", "telegram", "vault"];
    assert_eq!(held_back.into_iter().collect::<Vec<_>>(), expected);
}

/// A right for the whole organization may have no resource beside those that name theirs.
#[test]
fn a_right_without_a_named_resource_reaches_everything() {
    let cases = cases();
    let case = cases.iter().find(|case| case.issuer == "planetscale").unwrap();
    let record = case.then.unwrap().replace("\"resource_name\":\"acme\"", "\"resource_name\":null");
    let stub = Stub::new(vec![answer(200, case.rows[0].1), answer(200, &record)]);
    let mut settings = settings(&FakeClock::new());
    settings.instead.push(server(&Issuer::new(case.issuer), &stub.url()));
    let facts = answered(ask(case).of(&Prober::new(settings).unwrap())).facts;
    assert_eq!(facts.grants.said().unwrap()[0].subjects, Subjects::Everything);
}

/// Keys of these issuers that a peer sends to a page that refuses them dead or alive, or that using would use up or post.
#[test]
fn the_wrong_class_of_key_is_never_sent() {
    let keys: &[(&str, &[&str])] = &[
        ("gitlab", &["glrt-x", "gldt-x", "glptt-x", "glcbt-x"]),
        ("github", &["ghr_x"]),
        ("digitalocean", &["dor_v1_x"]),
        ("square", &["sq0csp-x"]),
        ("vercel", &["vck_x", "vcr_x"]),
        ("slack", &["xoxe-1-x", "xoxd-x", "https://hooks.slack.com/services/T0/B0/x"]),
        ("openai", &["sk-ant-x", "sk-or-x"]),
        ("anthropic", &["sk-ant-oat01-x", "sk-ant-ort01-x"]),
        ("cloudflare", &["cfk_x", "cfat_x", "v1.0-x"]),
        ("buildkite", &["bkaj_x", "bkar_x"]),
        ("circleci", &["CCIPRJ_x"]),
        ("launchdarkly", &["sdk-x", "mob-x"]),
        ("stripe", &["whsec_x"]),
        ("supabase", &["sb_secret_x", "sb_publishable_x"]),
        ("shopify", &["shpss_x"]),
        // The secret of an API key, of which nothing tells the id, and the ids of keys and accounts.
        ("twilio", &["aB3dEfGhIjKlMnOpQrSt", "SKx", "ACx"]),
        ("planetscale", &["pscale_pw_x", "pscale_oauth_x"]),
        ("azure", &["x"]),
        ("tailscale", &["tskey-webhook-x"]),
        ("xai", &["xai-token-x"]),
        ("figma", &["figp_x"]),
        ("datadog", &["ddapp_x"]),
        ("atlassian", &["ATATT3x"]),
        ("mailgun", &["pubkey-x"]),
        ("vault", &["hvr.x"]),
        ("discord", &["mfa.x"]),
        ("devpi", &["hunter2hunter2"]),
        ("aws", &["x"]),
        ("gcp", &["AIzax", "GOCSPX-x", "1//0x"]),
        ("heroku", &["x"]),
    ];
    let stub = Stub::new(Vec::new());
    let mut settings = settings(&FakeClock::new());
    for issuer in keys.iter().map(|(issuer, _)| Issuer::new(*issuer)) {
        settings.named.insert(issuer.clone());
        settings.instead.push(server(&issuer, &stub.url()));
    }
    let prober = Prober::new(settings).unwrap();
    for (issuer, keys) in keys {
        for key in *keys {
            let ask = Ask::new(Issuer::new(*issuer), format!("{key}{}", "9".repeat(12)));
            match not_asked(ask.of(&prober)) {
                NotAsked::OtherClass(why) => assert!(!why.is_empty()),
                other => panic!("{issuer} {key}: {other:?}"),
            }
        }
    }
    assert!(stub.seen().is_empty());
}

/// A name that only stands near the key leads to the issuer's own machines; a refusal there may be another customer's.
#[test]
fn a_customers_server_that_only_stands_near_the_key_proves_no_key_dead() {
    for case in cases().iter().filter(|case| !about(case).tenants.is_empty() && about(case).public.is_none()) {
        for (status, body, state) in case.rows.iter().filter(|row| matches!(row.2, State::Inactive(_))) {
            let stub = Stub::new(vec![answer(*status, body)]);
            let issuer = Issuer::new(case.issuer);
            let mut settings = settings(&FakeClock::new());
            settings.named.insert(issuer.clone());
            settings.instead.push(server(&issuer, &stub.url()));
            let mut ask = ask(case);
            ask.host = Some(format!("acme{}", about(case).tenants[0]));
            let facts = answered(ask.of(&Prober::new(settings).unwrap())).facts;
            assert_eq!(facts.state, State::Unknown, "{}: {state:?}", case.issuer);
        }
    }
}

#[test]
fn a_hostile_name_is_never_a_customers_server() {
    let issuer = Issuer::new("okta");
    let key = format!("{}{}", "00", "a1".repeat(20));
    let prober = Prober::new(settings(&FakeClock::new())).unwrap();
    for host in [
        "acme.okta.com.evil.test",
        "evil.test",
        "a.b.okta.com",
        "okta.com",
        "169.254.169.254",
        "localhost:8080",
        "acme.okta.com:8443",
        "-.okta.com",
    ] {
        let reason = not_asked(Ask::new(issuer.clone(), key.clone()).host(host).of(&prober));
        assert_eq!(reason, NotAsked::HostNotConfirmed(issuer.clone(), Some(host.into())), "{host}");
    }
    let split = Ask::new(issuer.clone(), key).host("evil.test/acme.okta.com");
    assert_eq!(not_asked(split.of(&prober)), NotAsked::HostNotConfirmed(issuer, None));
}

#[test]
fn what_the_keys_text_names_is_a_server_of_the_issuer_or_nobody() {
    // An organisation token of Sentry names its region in its own text, and anybody can write one.
    for url in ["https://evil.test", "https://sentry.io.evil.test", "http://us.sentry.io", "https://a@us.sentry.io"] {
        let mut ask = Ask::new(Issuer::new("sentry"), format!("{}{}", "sntrys_", "e".repeat(40)));
        let decoded = KeyFacts::default().detail("region_url", url);
        ask.decoded = Some(decoded);
        let prober = Prober::new(settings(&FakeClock::new())).unwrap();
        assert!(matches!(not_asked(ask.of(&prober)), NotAsked::HostNotKnown(_)), "{url}");
    }
    // Algolia's host is made of the application's id beside the key.
    for id in ["evil.test/", "ABCDEFGHI", "evil.test#", "ABCDEFGHI."] {
        let issuer = Issuer::new("algolia");
        let mut settings = settings(&FakeClock::new());
        settings.named.insert(issuer.clone());
        let mut ask = Ask::new(issuer, "a1".repeat(16));
        ask.decoded = Some(KeyFacts { owner: Reported::Said(id.to_owned()), ..KeyFacts::default() });
        assert!(matches!(not_asked(ask.of(&Prober::new(settings).unwrap())), NotAsked::HostNotKnown(_)), "{id}");
    }
}

/// An end that has passed by this machine's clock is no answer: the issuer's own word that the key works is stronger.
#[test]
fn a_clock_that_is_wrong_kills_no_key() {
    let ended = "\"expires_at\":\"2026-10-01T00:00:00Z\"";
    let old = |case: &Case| case.rows[0].1.replace("2026-12", "2026-10").replace("\"expires_at\":null", ended);
    let mut cases = cases();
    cases.retain(|case| ["buildkite", "cloudflare", "fastly"].contains(&case.issuer));
    let stage = Stage::of(&cases, cases.iter().flat_map(|case| script(case, 0, &old(case))).collect());
    for case in &cases {
        let facts = stage.facts(case, 0);
        assert_eq!(facts.state, State::Active, "{}", case.issuer);
        assert!(matches!(facts.expires.said(), Some(Expiry::At(end)) if end.to_string().starts_with("2026-10")));
    }
}

/// A rate limit that ends is waited out, one that does not leaves the key unknown; neither is an answer about the key.
#[test]
fn a_rate_limit_says_nothing_of_a_key() {
    let cases = cases();
    let stage = Stage::of(&cases, vec![answer_with(429, &[("retry-after", "7")], ""); 3 * cases.len()]);
    for case in &cases {
        assert_eq!(stage.facts(case, 0).state, State::Unknown, "{}", case.issuer);
    }
    assert_eq!(stage.stub.seen().len(), 3 * cases.len());
    assert_eq!(stage.clock.slept.lock().unwrap().as_slice(), vec![Duration::from_secs(7); 2 * cases.len()]);
}
