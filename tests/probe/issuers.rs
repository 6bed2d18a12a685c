//! Every answer of every issuer but NuGet.org, row by row.

use jiff::Timestamp;
use skelkey::issuer::Issuer;
use skelkey::key::{Bound, Expiry, Grant, Inactive, KeyFacts, LastUse, Power, Reported, State, Subjects};
use skelkey::probe::{NotAsked, Outcome, Prober};

use crate::bench::{Ask, FakeClock, crates_io, github, gitlab, hex, hugging_face, jfrog, npm, rubygems, settings};
use crate::stub::{Script, answer, answer_with};

const REJECTED: State = State::Inactive(Inactive::Rejected);
const REVOKED: State = State::Inactive(Inactive::Revoked);
const EXPIRED: State = State::Inactive(Inactive::Expired);
const BEARER: &str = "authorization Bearer";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn ends(facts: &KeyFacts) -> Option<Expiry> {
    facts.expires.said().copied()
}

/// The highest power of all grants.
fn power(facts: &KeyFacts) -> Option<Power> {
    facts.grants.said()?.iter().flat_map(|grant| &grant.actions).map(|action| action.power).max()
}

/// Each script gives its state.
fn rows(ask: &Ask, header: &str, rows: &[(Script, State)]) {
    for (number, (script, state)) in rows.iter().enumerate() {
        let facts = ask.facts(header, script.clone());
        assert_eq!(facts.state, *state, "row {number}: {:?}", facts.state_reason);
    }
}

/// None of these keys is sent, for the reason that its class is another.
fn other_classes(issuer: &Issuer, host: Option<&str>, keys: &[String]) {
    let prober = Prober::new(settings(&FakeClock::new())).unwrap();
    for key in keys {
        let mut ask = Ask::new(issuer.clone(), key.clone());
        ask.host = host.map(str::to_owned);
        match ask.of(&prober) {
            Outcome::NotAsked(NotAsked::OtherClass(why)) => assert!(!why.is_empty()),
            other => panic!("{issuer}: {other:?}"),
        }
    }
}

/// What every issuer's answer may be and never proves anything.
fn nonsense(ask: &Ask, header: &str) {
    for script in [
        answer(200, ""),
        answer(200, "<html>welcome</html>"),
        answer(200, r#"{"cut": "#),
        answer(200, "null"),
        answer(200, "[[[["),
        answer(418, "{}"),
        answer(403, "<html>blocked</html>"),
        answer_with(302, &[("location", "/login")], ""),
    ] {
        assert_eq!(ask.facts(header, script).state, State::Unknown);
    }
}

mod npm_registry {
    use super::*;

    fn ask() -> Ask {
        Ask::new(Issuer::NPM, npm())
    }

    #[test]
    fn rows_of_whoami() {
        rows(
            &ask(),
            BEARER,
            &[
                (answer(200, r#"{"username":"ada"}"#), State::Active),
                (answer(200, "{}"), State::Unknown),
                (answer(200, r#"{"username":""}"#), State::Unknown),
                (answer(401, r#"{"error":"unauthorized"}"#), REJECTED),
                (answer_with(401, &[("www-authenticate", "Basic, ipaddress")], ""), State::Unknown),
                (answer_with(401, &[("www-authenticate", "OTP")], ""), State::Unknown),
                (answer(401, "requires a one-time password"), State::Unknown),
                (answer(403, "{}"), State::Unknown),
                (answer(404, "{}"), State::Unknown),
            ],
        );
        nonsense(&ask(), BEARER);
    }

    #[test]
    fn the_owner_is_named_and_nothing_else_is_claimed() {
        let (got, seen) = ask().of_script(BEARER, vec![answer(200, r#"{"username":"ada","more":1}"#)]);
        assert_eq!(seen[0].path, "/-/whoami");
        assert_eq!(got.facts.owner.said().map(String::as_str), Some("ada"));
        assert_eq!((got.facts.grants, got.facts.expires), (Reported::NotSaid, Reported::NotSaid));
    }

    #[test]
    fn old_forms_are_asked_on_an_own_registry_only() {
        let uuid = format!("{}-0000-4000-8000-{}", "0".repeat(8), "0".repeat(12));
        other_classes(&Issuer::NPM, None, std::slice::from_ref(&uuid));
        let own = Ask::new(Issuer::VERDACCIO, uuid).host("own");
        assert_eq!(own.facts(BEARER, answer(200, r#"{"username":"ada"}"#)).state, State::Active);
        assert_eq!(own.facts(BEARER, answer(200, "{}")).state, State::Unknown, "Verdaccio's answer to a bad token");
    }
}

mod crates_io_tokens {
    use super::*;

    const HEADER: &str = "authorization";

    fn ask() -> Ask {
        Ask::new(Issuer::CRATES_IO, crates_io())
    }

    fn said(status: u16, detail: &str) -> Script {
        answer(status, &format!(r#"{{"errors":[{{"detail":"{detail}"}}]}}"#))
    }

    #[test]
    fn rows_of_token_zero() {
        let required = "this token does not have the required permissions to perform this action";
        rows(
            &ask(),
            HEADER,
            &[
                (said(403, "authentication failed"), REJECTED),
                (said(403, required), State::Active),
                (said(404, "Not Found"), State::Active),
                (said(403, "this action can only be performed on the crates.io website"), State::Active),
                (said(403, "This account is locked until tomorrow."), State::Unknown),
                (said(403, "something new"), State::Unknown),
                (said(401, "The given API token does not match the format used by crates.io."), State::Unknown),
                (answer(404, "<html>no such page</html>"), State::Unknown),
                (answer(403, "authentication failed"), State::Unknown),
            ],
        );
        nonsense(&ask(), HEADER);
    }

    #[test]
    fn a_token_without_scopes_opens_everything_and_a_scoped_one_is_not_guessed_at() {
        let (legacy, seen) = ask().of_script(HEADER, vec![said(404, "Not Found")]);
        assert_eq!(seen[0].path, "/api/v1/me/tokens/0");
        let grants = legacy.facts.grants.said().unwrap();
        assert_eq!((&grants[0].subjects, grants[0].bound), (&Subjects::Everything, Bound::Exact));
        assert_eq!(power(&legacy.facts), Some(Power::Everything));
        let scoped = ask().facts(HEADER, said(403, "this token does not have the required permissions to …"));
        assert_eq!(scoped.grants, Reported::NotSaid);
    }

    #[test]
    fn other_forms_are_not_sent() {
        let short_lived = format!("{}{}", "cio_tp_", "A".repeat(32));
        other_classes(&Issuer::CRATES_IO, None, &[short_lived, "B".repeat(32), format!("{}{}", "cio", "-".repeat(32))]);
    }

    const REQUIRED: &str = "this token does not have the required permissions to perform this action";

    #[test]
    fn a_scoped_token_is_asked_whether_it_governs_who_publishes_the_repositorys_crates() {
        let ask = ask().packages(&["acme-core", "acme-cli", "not/a crate?x=y", "acme-new", "acme-web", "acme-odd"]);
        let (got, seen) = ask.of_script(
            HEADER,
            vec![
                said(403, REQUIRED),
                answer(200, r#"{"github_configs":[],"meta":{"total":0,"next_page":null}}"#),
                said(403, REQUIRED),
                said(404, "crate `acme-new` does not exist"),
                said(400, "You are not an owner of this crate"),
                answer(200, "<html>welcome</html>"),
            ],
        );
        assert_eq!(got.facts.state, State::Active);
        assert_eq!(got.facts.details["trusted-publishing"], "acme-core, acme-new, acme-web");
        assert!(got.facts.grants.said().is_none(), "other scopes may be there as well: {:?}", got.facts.grants);
        let asked: Vec<&str> = seen.iter().skip(1).map(|request| request.path.rsplit_once('=').unwrap().1).collect();
        assert_eq!(asked, ["acme-core", "acme-cli", "acme-new", "acme-web", "acme-odd"]);
    }

    #[test]
    fn nothing_that_is_answered_about_crates_takes_back_that_the_token_works() {
        let ask = ask().packages(&["acme-core"]);
        for second in [
            said(403, "authentication failed"),
            said(401, "no"),
            said(400, "Must specify either `crate` or `user_id` query parameter"),
            answer(404, "<html>no such page</html>"),
            answer(200, "{}"),
            answer_with(302, &[("location", "https://evil.test/")], ""),
        ] {
            let (got, _) = ask.of_script(HEADER, vec![said(403, REQUIRED), second]);
            assert_eq!(got.facts.state, State::Active);
            assert!(!got.facts.details.contains_key("trusted-publishing"));
        }
        for first in [said(403, "authentication failed"), said(404, "Not Found"), said(401, "no")] {
            let (_, seen) = ask.of_script(HEADER, vec![first]);
            assert_eq!(seen.len(), 1, "only a token with scopes is asked about crates");
        }
    }
}

mod rubygems_keys {
    use super::*;

    const HEADER: &str = "authorization";

    fn ask() -> Ask {
        Ask::new(Issuer::RUBYGEMS, rubygems())
    }

    fn names(facts: &KeyFacts, bound: Bound) -> Vec<String> {
        let grants = facts.grants.said().unwrap().iter().filter(|grant| grant.bound == bound);
        grants.flat_map(|grant| &grant.actions).map(|action| action.name.clone()).collect()
    }

    #[test]
    fn rows_of_the_first_list() {
        rows(
            &ask(),
            HEADER,
            &[
                (answer(200, "[]"), State::Active),
                (answer(403, "Access Denied."), State::Active),
                (answer(403, "<html>blocked</html>"), State::Unknown),
                (answer(200, "{}"), State::Unknown),
                (answer(401, "Access Denied. Please sign up for an account"), REJECTED),
                (answer(401, "You have enabled multifactor authentication but no OTP code provided."), State::Unknown),
                (answer(200, "<html>"), State::Unknown),
                (answer(404, ""), State::Unknown),
            ],
        );
    }

    #[test]
    fn each_list_proves_its_own_scope_and_the_rest_stays_open() {
        let (both, seen) = ask().of_script(HEADER, vec![answer(200, "[]"), answer(200, "{}")]);
        let paths: Vec<_> = seen.iter().map(|s| s.path.as_str()).collect();
        assert_eq!(paths, ["/api/v1/gems.json", "/api/v1/web_hooks.json"]);
        assert_eq!(names(&both.facts, Bound::Exact), ["index_rubygems", "access_webhooks"]);
        assert!(names(&both.facts, Bound::AtMost).contains(&"push_rubygem".to_owned()));

        let (neither, _) = ask().of_script(HEADER, vec![answer(403, ""), answer(403, "")]);
        assert!(names(&neither.facts, Bound::Exact).is_empty());
        assert!(!names(&neither.facts, Bound::AtMost).contains(&"access_webhooks".to_owned()));

        let (open, _) = ask().of_script(HEADER, vec![answer(200, "[]"), answer(418, "")]);
        assert_eq!(open.facts.state, State::Active, "a second failure takes nothing back");
        assert!(names(&open.facts, Bound::AtMost).contains(&"access_webhooks".to_owned()));
    }

    #[test]
    fn a_dead_key_is_asked_about_once() {
        let (_, seen) = ask().of_script(HEADER, vec![answer(401, ""), answer(200, "[]")]);
        assert_eq!(seen.len(), 1);
    }

    #[test]
    fn legacy_keys_are_asked_and_other_forms_are_not() {
        for length in [32, 48] {
            let legacy = Ask::new(Issuer::RUBYGEMS, "c".repeat(length));
            assert_eq!(legacy.facts(HEADER, answer(401, "")).state, REJECTED);
        }
        let short = format!("{}{}", "rubygems_", "0".repeat(32));
        other_classes(&Issuer::RUBYGEMS, None, &["c".repeat(40), short, "z".repeat(48)]);
    }
}

mod gitlab_tokens {
    use super::*;

    const HEADER: &str = "private-token";

    fn ask() -> Ask {
        Ask::new(Issuer::GITLAB, gitlab()).host("gitlab.com")
    }

    fn record(change: &[(&str, &str)]) -> Script {
        let mut record: serde_json::Value = serde_json::from_str(
            r#"{"id":7,"name":"ci","revoked":false,"created_at":"2026-01-02T03:04:05.678Z","description":null,
                "scopes":["read_api","write_repository"],"user_id":42,"last_used_at":"2026-11-01T00:00:00.000Z",
                "active":true,"expires_at":"2026-12-24","brand_new":[1]}"#,
        )
        .unwrap();
        for (field, value) in change {
            record[*field] = serde_json::from_str(value).unwrap();
        }
        answer(200, &record.to_string())
    }

    fn refusal(text: &str) -> Script {
        answer(401, &format!(r#"{{"error":"invalid_token","error_description":"{text}"}}"#))
    }

    #[test]
    fn rows_of_the_own_record() {
        rows(
            &ask(),
            HEADER,
            &[
                (record(&[]), State::Active),
                (record(&[("active", "false"), ("revoked", "true")]), REVOKED),
                (record(&[("active", "false")]), EXPIRED),
                (answer(401, r#"{"message":"401 Unauthorized"}"#), REJECTED),
                (refusal("Token was revoked. You have to re-authorize from the user."), REVOKED),
                (refusal("Token is expired. You can either do re-authorization or token refresh."), EXPIRED),
                (refusal("Token is an impersonation token but impersonation was disabled."), State::Unknown),
                (answer(403, r#"{"error":"insufficient_scope"}"#), State::Unknown),
                (answer(404, "{}"), State::Unknown),
                (record(&[("scopes", "\"api\"")]), State::Unknown),
                (record(&[("expires_at", "\"soon\"")]), State::Unknown),
                (record(&[("id", "\"7\"")]), State::Unknown),
            ],
        );
        nonsense(&ask(), HEADER);
    }

    #[test]
    fn the_record_is_read_in_full() {
        let (got, seen) = ask().of_script(HEADER, vec![record(&[])]);
        assert_eq!(seen[0].path, "/api/v4/personal_access_tokens/self");
        let facts = got.facts;
        assert_eq!(facts.key_id.said().map(String::as_str), Some("7"));
        assert_eq!(facts.name.said().map(String::as_str), Some("ci"));
        assert_eq!(facts.created.said(), Some(&at("2026-01-02T03:04:05.678Z")));
        assert_eq!(facts.last_used.said(), Some(&LastUse::At(at("2026-11-01T00:00:00Z"))));
        assert_eq!(ends(&facts), Some(Expiry::At(at("2026-12-24T23:59:59Z"))));
        assert_eq!(facts.details["user-id"], "42");
        assert_eq!(power(&facts), Some(Power::PublishNew));
    }

    #[test]
    fn what_its_user_maintains_is_told_where_the_token_may_see_it() {
        let found = r#"{"groups":[{"id":1,"name":"platform","access_levels":50}],
            "projects":[{"id":2,"path_with_namespace":"platform/shop","access_levels":{"group_access_level":50}}]}"#;
        let (got, seen) = ask().of_script(HEADER, vec![record(&[]), answer(200, found)]);
        assert_eq!(seen[1].path, "/api/v4/personal_access_tokens/self/associations?min_access_level=40");
        let details = got.facts.details;
        assert_eq!(
            (details["maintains-groups"].as_str(), details["maintains-projects"].as_str()),
            ("platform", "platform/shop")
        );
        for refused in [answer(403, "{}"), answer(404, "{}"), answer(200, "[]"), answer(200, "<html>")] {
            let (got, _) = ask().of_script(HEADER, vec![record(&[]), refused]);
            assert_eq!(got.facts.state, State::Active);
        }
        let dead = record(&[("active", "false"), ("revoked", "true")]);
        assert_eq!(ask().of_script(HEADER, vec![dead]).1.len(), 1, "a dead token is asked no more");
    }

    #[test]
    fn null_is_never_and_absence_is_silence() {
        let null = ask().facts(HEADER, record(&[("expires_at", "null"), ("last_used_at", "null")]));
        assert_eq!((ends(&null), null.last_used.said()), (Some(Expiry::Never), Some(&LastUse::Never)));
        let bare = r#"{"id":7,"name":"ci","revoked":false,"scopes":["api"],"active":true}"#;
        let absent = ask().facts(HEADER, answer(200, bare));
        assert_eq!((ends(&absent), absent.last_used.said()), (None, None));
        assert_eq!(power(&absent), Some(Power::Everything));
    }

    #[test]
    fn an_unknown_scope_counts_as_much_unless_it_reads() {
        let power_of = |scope: &str| power(&ask().facts(HEADER, record(&[("scopes", &format!("[\"{scope}\"]"))])));
        assert_eq!(power_of("read_something_new"), Some(Power::Read));
        assert_eq!(power_of("something_new"), Some(Power::Manage));
        assert_eq!(power_of("sudo"), Some(Power::Everything));
    }

    #[test]
    fn a_granular_token_is_bounded_only() {
        let facts = ask().facts(HEADER, record(&[("granular", "true")]));
        assert_eq!(facts.grants.said().unwrap()[0].bound, Bound::AtMost);
    }

    #[test]
    fn classes_that_the_page_never_accepts_are_not_sent() {
        let prefixes = [
            "gldt-", "glcbt-", "glptt-", "glrt-", "glrtr-", "gloas-", "glft-", "glimt-", "glagent-", "glsoat-",
            "custom-",
        ];
        let keys: Vec<String> = prefixes.iter().map(|prefix| format!("{prefix}{}", "x9".repeat(10))).collect();
        other_classes(&Issuer::GITLAB, Some("gitlab.com"), &keys);
    }
}

mod github_tokens {
    use super::*;

    fn ask() -> Ask {
        Ask::new(Issuer::GITHUB, github())
    }

    fn user(headers: &[(&'static str, &str)]) -> Script {
        answer_with(200, headers, r#"{"login":"ada","id":1815,"site_admin":false,"plan":{}}"#)
    }

    const EXPIRY: &str = "github-authentication-token-expiration";

    #[test]
    fn rows_of_the_user() {
        rows(
            &ask(),
            BEARER,
            &[
                (user(&[("x-oauth-scopes", "repo")]), State::Active),
                (answer(401, r#"{"message":"Bad credentials"}"#), REJECTED),
                (answer(403, r#"{"message":"Resource protected by organization SAML enforcement."}"#), State::Unknown),
                (answer_with(403, &[("x-ratelimit-remaining", "0")], "{}"), State::Unknown),
                (answer(404, "{}"), State::Unknown),
                (answer(200, r#"{"login":7}"#), State::Unknown),
            ],
        );
        nonsense(&ask(), BEARER);
    }

    #[test]
    fn a_classic_token_tells_scopes_and_end_in_headers() {
        let headers = [("X-OAuth-Scopes", "read:org, delete:packages, admin:org"), (EXPIRY, "2026-12-01 10:20:30 UTC")];
        let (got, seen) = ask().of_script(BEARER, vec![user(&headers)]);
        assert_eq!(seen[0].path, "/user");
        assert_eq!(seen[0].header("x-github-api-version"), Some("2022-11-28"));
        let grant = &got.facts.grants.said().unwrap()[0];
        let names: Vec<_> = grant.actions.iter().map(|a| (a.name.as_str(), a.power)).collect();
        assert_eq!(
            names,
            [("read:org", Power::Read), ("delete:packages", Power::Withdraw), ("admin:org", Power::Manage)]
        );
        assert_eq!(ends(&got.facts), Some(Expiry::At(at("2026-12-01T10:20:30Z"))));
        assert_eq!(got.facts.owner.said().map(String::as_str), Some("ada"));
    }

    #[test]
    fn a_classic_token_without_an_end_never_ends_and_without_scopes_only_reads() {
        let facts = ask().facts(BEARER, user(&[("x-oauth-scopes", "")]));
        assert_eq!(ends(&facts), Some(Expiry::Never));
        assert_eq!(power(&facts), Some(Power::Read));
    }

    #[test]
    fn a_fine_grained_token_tells_its_end_alone() {
        let key = format!("{}{}_{}", "github_pat_", "1".repeat(22), "b".repeat(59));
        let ask = Ask::new(Issuer::GITHUB, key);
        let facts = ask.facts(BEARER, user(&[(EXPIRY, "2026-12-01 10:20:30 -0700")]));
        assert_eq!(ends(&facts), Some(Expiry::At(at("2026-12-01T17:20:30Z"))));
        assert_eq!(facts.grants, Reported::NotSaid);
        assert_eq!(ends(&ask.facts(BEARER, user(&[]))), None, "silence is not never");
        assert_eq!(ends(&ask.facts(BEARER, user(&[(EXPIRY, "next year")]))), None);
    }

    #[test]
    fn single_sign_on_is_a_restriction_without_its_link() {
        let sso = "required; url=https://github.com/orgs/acme/sso?authorization_request=ABC";
        let facts = ask().facts(BEARER, user(&[("x-github-sso", sso)]));
        let restriction = &facts.restrictions.said().unwrap()[0];
        assert_eq!((restriction.name.as_str(), restriction.value.as_str()), ("sso", "required"));
    }

    #[test]
    fn installation_and_refresh_tokens_are_never_sent() {
        let keys: Vec<String> = ["ghr_", "xxx_"].iter().map(|prefix| format!("{prefix}{}", "R".repeat(36))).collect();
        other_classes(&Issuer::GITHUB, None, &keys);
        for prefix in ["gho_", "ghu_"] {
            let ask = Ask::new(Issuer::GITHUB, format!("{prefix}{}", "R".repeat(36)));
            assert_eq!(ask.facts(BEARER, answer(401, "{}")).state, REJECTED);
        }
    }
}

mod hex_keys {
    use super::*;

    const HEADER: &str = "authorization";

    fn ask() -> Ask {
        Ask::new(Issuer::HEX, hex())
    }

    fn list(permissions: &str, rest: &str) -> Script {
        answer(
            200,
            &format!(
                r#"[{{"name":"other","authing_key":false,"permissions":[{{"domain":"api","resource":null}}]}},
                    {{"name":"ci","authing_key":true,"secret":null,"permissions":{permissions},
                      "inserted_at":"2026-01-02T03:04:05.000000Z","url":"…"{rest}}}]"#
            ),
        )
    }

    fn message(status: u16, text: &str) -> Script {
        answer(status, &format!(r#"{{"status":{status},"message":"{text}"}}"#))
    }

    fn grants_of(permissions: &str) -> Vec<Grant> {
        ask().facts(HEADER, list(permissions, "")).grants.said().unwrap().clone()
    }

    #[test]
    fn rows_of_the_list_of_keys() {
        rows(
            &ask(),
            HEADER,
            &[
                (list("[]", ""), State::Active),
                (answer(200, "[]"), State::Active),
                (message(401, "invalid API key"), REJECTED),
                (message(401, "API key revoked"), REVOKED),
                (message(401, "key not authorized for this action"), State::Active),
                (message(403, "key not authorized for this action"), State::Active),
                (message(401, "something new"), State::Unknown),
                (message(403, "invalid API key"), State::Unknown),
                (answer(401, "no JSON"), State::Unknown),
                (list(r#"[{"domain":7}]"#, ""), State::Unknown),
            ],
        );
        nonsense(&ask(), HEADER);
    }

    #[test]
    fn the_marked_row_is_read_and_no_other() {
        let rest =
            r#","revoke_at":"2027-01-01T00:00:00Z","last_use":{"used_at":"2026-11-01T00:00:00Z","ip":"1.2.3.4"}"#;
        let (got, seen) = ask().of_script(HEADER, vec![list(r#"[{"domain":"api","resource":"read"}]"#, rest)]);
        assert_eq!(seen[0].path, "/api/keys");
        assert_eq!(got.facts.name.said().map(String::as_str), Some("ci"));
        assert_eq!(ends(&got.facts), Some(Expiry::At(at("2027-01-01T00:00:00Z"))));
        assert_eq!(got.facts.last_used.said(), Some(&LastUse::At(at("2026-11-01T00:00:00Z"))));
        assert_eq!(got.facts.created.said(), Some(&at("2026-01-02T03:04:05Z")));
        assert_eq!(power(&got.facts), Some(Power::Read));
        assert_eq!(ends(&ask().facts(HEADER, list("[]", ""))), Some(Expiry::Never));
    }

    #[test]
    fn a_key_that_may_not_read_the_list_is_named_where_it_reads_repositories() {
        let lacks = || message(401, "key not authorized for this action");
        let named = answer(200, r#"{"key":{"name":"ci","owner":{"type":"organization","name":"acme"}}}"#);
        let (got, seen) = ask().of_script(HEADER, vec![lacks(), named]);
        assert_eq!(seen[1].path, "/api/auth?domain=repositories");
        assert_eq!(got.facts.state, State::Active);
        assert_eq!(got.facts.owner.said().map(String::as_str), Some("acme"));
        assert_eq!(got.facts.name.said().map(String::as_str), Some("ci"));
        assert_eq!(got.facts.details["owner-type"], "organization");
        assert_eq!(power(&got.facts), Some(Power::Read));
        assert!(ends(&got.facts).is_none(), "its end is not told");
        let (older, _) = ask().of_script(HEADER, vec![lacks(), answer(204, "")]);
        assert_eq!((power(&older.facts), older.facts.name.said()), (Some(Power::Read), None));
        for second in [
            lacks(),
            message(403, "account not authorized for this action"),
            message(401, "API key revoked"),
            answer(200, "{}"),
            answer(200, "<html>"),
            answer_with(302, &[("location", "https://evil.test/")], ""),
        ] {
            let (got, _) = ask().of_script(HEADER, vec![lacks(), second]);
            assert_eq!((&got.facts.state, got.facts.grants.said()), (&State::Active, None));
        }
        for first in [message(401, "invalid API key"), message(401, "API key revoked"), answer(403, "no JSON")] {
            assert_eq!(ask().of_script(HEADER, vec![first]).1.len(), 1, "a dead key is not asked again");
        }
    }

    #[test]
    fn permissions_amount_to_what_they_open() {
        let all = grants_of(r#"[{"domain":"api","resource":null}]"#);
        assert_eq!((all[0].actions[0].power, &all[0].subjects), (Power::Everything, &Subjects::Everything));
        assert_eq!(grants_of(r#"[{"domain":"api","resource":"write"}]"#)[0].actions[0].power, Power::Everything);
        let one = grants_of(r#"[{"domain":"package","resource":"hexpm/acme"}]"#);
        assert_eq!(one[0].subjects, Subjects::Named(vec!["hexpm/acme".into()]));
        assert_eq!(one[0].actions[0].power, Power::PublishUpdate);
        assert_eq!(grants_of(r#"[{"domain":"repositories","resource":null}]"#)[0].actions[0].power, Power::Read);
        assert_eq!(grants_of(r#"[{"domain":"new","resource":null}]"#)[0].actions[0].power, Power::Manage);
    }

    #[test]
    fn other_forms_are_not_sent() {
        other_classes(
            &Issuer::HEX,
            None,
            &["0f".repeat(20), "zz".repeat(16), format!("{}.a.b", "eyJhbGciOiJFUzI1NiJ9")],
        );
    }
}

mod hugging_face_tokens {
    use super::*;

    fn ask() -> Ask {
        Ask::new(Issuer::HUGGING_FACE, hugging_face())
    }

    fn who(role: &str, rest: &str) -> Script {
        answer(
            200,
            &format!(
                r#"{{"name":"ada","fullname":"Ada","orgs":[],"auth":{{"type":"access_token","accessToken":
                    {{"displayName":"ci","role":"{role}","createdAt":"2026-01-02T03:04:05.678Z"{rest}}}}}}}"#
            ),
        )
    }

    #[test]
    fn rows_of_whoami() {
        rows(
            &ask(),
            BEARER,
            &[
                (who("read", ""), State::Active),
                (who("brand-new", ""), State::Active),
                (answer(401, r#"{"error":"Invalid credentials"}"#), REJECTED),
                (answer(403, "{}"), State::Unknown),
                (answer(404, "{}"), State::Unknown),
                (answer(200, r#"{"name":"ada"}"#), State::Unknown),
            ],
        );
        nonsense(&ask(), BEARER);
    }

    #[test]
    fn roles_reach_everything() {
        let (read, seen) = ask().of_script(BEARER, vec![who("read", "")]);
        assert_eq!(seen[0].path, "/api/whoami-v2");
        assert_eq!(power(&read.facts), Some(Power::Read));
        assert_eq!(read.facts.name.said().map(String::as_str), Some("ci"));
        assert_eq!(read.facts.owner.said().map(String::as_str), Some("ada"));
        assert_eq!(read.facts.created.said(), Some(&at("2026-01-02T03:04:05.678Z")));
        assert_eq!(read.facts.expires, Reported::NotSaid);
        let write = ask().facts(BEARER, who("write", ""));
        assert!(power(&write) >= Some(Power::PublishNew));
        assert_eq!(ask().facts(BEARER, who("brand-new", "")).grants, Reported::NotSaid);
    }

    #[test]
    fn fine_grained_rights_keep_their_entities() {
        let rights = r#","fineGrained":{"canReadGatedRepos":true,"global":["discussion.write"],"scoped":[
            {"entity":{"_id":"1","type":"model","name":"ada/engine"},"permissions":["repo.content.read","repo.write"]},
            {"entity":{"_id":"2","type":"org","name":"acme"},"permissions":["repo.write"]},
            {"entity":{"_id":"3","type":"user","name":"ada"},"permissions":[]}]}"#;
        let facts = ask().facts(BEARER, who("fineGrained", rights));
        let grants = facts.grants.said().unwrap();
        let read: Vec<_> = grants
            .iter()
            .map(|grant| (grant.subjects.clone(), grant.actions.iter().map(|a| a.power).max().unwrap()))
            .collect();
        assert_eq!(
            read,
            [
                (Subjects::Everything, Power::Read),
                (Subjects::Named(vec!["ada/engine".into()]), Power::PublishUpdate),
                (Subjects::Named(vec!["acme/*".into()]), Power::PublishNew),
            ]
        );
    }

    #[test]
    fn other_forms_are_not_sent() {
        let keys = ["hf_jwt_", "hf_oauth_", "api_org_"].map(|prefix| format!("{prefix}{}", "A".repeat(34)));
        other_classes(&Issuer::HUGGING_FACE, None, &keys);
    }
}

mod jfrog_tokens {
    use super::*;

    fn ask() -> Ask {
        Ask::new(Issuer::JFROG, jfrog()).host("own")
    }

    const RECORD: &str = r#"{"token_id":"3f2a","subject":"jfac@01/users/ada","expiry":1798761600,
        "issued_at":1767225600,"issuer":"jfac@01","description":"ci","refreshable":true,"last_used":1795000000}"#;

    #[test]
    fn rows_of_the_own_record() {
        rows(
            &ask(),
            BEARER,
            &[
                (answer(200, RECORD), State::Active),
                (answer(401, r#"{"errors":[{"code":"UNAUTHORIZED"}]}"#), REJECTED),
                (answer(403, r#"{"errors":[{"code":"FORBIDDEN"}]}"#), State::Active),
                (answer(403, r#"{"message":"no"}"#), State::Unknown),
                (answer(404, "{}"), State::Unknown),
                (answer(200, r#"{"token_id":7}"#), State::Unknown),
            ],
        );
        nonsense(&ask(), BEARER);
    }

    #[test]
    fn the_record_is_read_in_full() {
        let (got, seen) = ask().of_script(BEARER, vec![answer(200, RECORD)]);
        assert_eq!(seen[0].path, "/access/api/v1/tokens/me");
        assert_eq!(got.facts.owner.said().map(String::as_str), Some("ada"));
        assert_eq!(got.facts.key_id.said().map(String::as_str), Some("3f2a"));
        assert_eq!(ends(&got.facts), Some(Expiry::At(at("2027-01-01T00:00:00Z"))));
        assert_eq!(got.facts.created.said(), Some(&at("2026-01-01T00:00:00Z")));
        assert_eq!(got.facts.details["refreshable"], "true");
        assert_eq!(got.facts.grants, Reported::NotSaid);
        let silent = ask().facts(BEARER, answer(200, r#"{"token_id":"3f2a","subject":"svc"}"#));
        assert_eq!(silent.expires, Reported::NotSaid, "silence is not never");
        assert_eq!(silent.owner.said().map(String::as_str), Some("svc"));
    }

    #[test]
    fn an_own_server_may_live_under_a_path() {
        let plan = crate::bench::server(&Issuer::JFROG, "http://127.0.0.1:1/platform/");
        let mut settings = settings(&FakeClock::new());
        settings.own.push(plan);
        let ask = Ask::new(Issuer::JFROG, jfrog()).host("127.0.0.1:1");
        let plan = ask.plan(&Prober::new(settings).unwrap()).unwrap();
        assert_eq!(plan[0].url, "http://127.0.0.1:1/platform/access/api/v1/tokens/me");
    }

    #[test]
    fn api_keys_are_not_sent() {
        let mut settings = settings(&FakeClock::new());
        settings.own.push(crate::bench::server(&Issuer::JFROG, "http://127.0.0.1:1"));
        let prober = Prober::new(settings).unwrap();
        for key in [format!("{}{}", "AKCp", "a".repeat(69)), "nothing-known".into()] {
            let outcome = Ask::new(Issuer::JFROG, key).host("127.0.0.1:1").of(&prober);
            assert!(matches!(outcome, Outcome::NotAsked(NotAsked::OtherClass(_))));
        }
    }
}
