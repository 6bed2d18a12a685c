//! The issuers that take more than a table: AWS, Azure Storage, Google Cloud's service accounts, Heroku, devpi, Verdaccio.

use std::sync::Arc;

use data_encoding::BASE64;
use skelkey::issuer::Issuer;
use skelkey::key::{Inactive, KeyFacts, Reported, State};
use skelkey::probe::{NotAsked, Outcome, Prober};
use skelkey::secret::Secret;

use crate::bench::{Ask, FakeClock, answered, not_asked, server, settings};
use crate::pages::line;
use crate::stub::{Script, Seen, Stub, answer};

const REJECTED: State = State::Inactive(Inactive::Rejected);
const REVOKED: State = State::Inactive(Inactive::Revoked);
const EXPIRED: State = State::Inactive(Inactive::Expired);

fn decoded(owner: Option<&str>, id: Option<&str>) -> KeyFacts {
    let said = |text: Option<&str>| text.map(str::to_owned).into();
    KeyFacts { owner: said(owner), key_id: said(id), ..KeyFacts::default() }
}

/// What one answer says, and the requests.
fn said(ask: &Ask, own: bool, script: Vec<Script>) -> (KeyFacts, Vec<Seen>) {
    let stub = Stub::new(script);
    let mut settings = settings(&FakeClock::new());
    let mut ask = ask.clone();
    if own {
        settings.own.push(server(&ask.issuer, &stub.url()));
        ask.host = Some(stub.host());
    } else {
        settings.instead.push(server(&ask.issuer, &stub.url()));
    }
    let facts = answered(ask.of(&Prober::new(settings).unwrap())).facts;
    (facts, stub.seen())
}

fn rows(ask: &Ask, own: bool, rows: &[(u16, &str, State)]) {
    for (status, body, state) in rows {
        let (facts, _) = said(ask, own, vec![answer(*status, body)]);
        assert_eq!(facts.state, *state, "{status} {body}: {:?}", facts.state_reason);
    }
}

/// A key of every issuer here, and whether its server is one of the user's own.
pub(crate) fn asks() -> Vec<(Ask, bool)> {
    vec![
        (aws::ask(), false),
        (azure_storage::ask(), false),
        (service_account::ask(&service_account::key_and_certificate(0xb5).0), false),
        (heroku::ask(), false),
        (devpi::ask(), true),
        (verdaccio::ask(), true),
    ]
}

/// The same for look-ups with the owner's own credential.
pub(crate) fn look_ups() -> Vec<(Ask, Vec<(&'static str, &'static str)>)> {
    let own = vec![("SKELKEY_ADMIN_AWS_KEY_ID", "AKIAOWNERS"), ("SKELKEY_ADMIN_AWS_SECRET", "an-owners-secret")];
    vec![
        (aws_owner::ask(), own.clone()),
        (bedrock::ask(), own),
        (google_key::ask(), vec![("SKELKEY_ADMIN_GOOGLE", "an-owners-token")]),
    ]
}

mod aws {
    use super::*;

    fn secret() -> String {
        "aB3/".repeat(10)
    }

    pub(super) fn ask() -> Ask {
        let mut ask = Ask::new(Issuer::new("aws"), secret());
        ask.decoded = Some(decoded(Some("609629065308"), Some(&format!("{}{}", "AKIA", "QYLPMN5HHHFPZAM2"))));
        ask
    }

    fn error(code: &str) -> String {
        format!("<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code></Error></ErrorResponse>")
    }

    #[test]
    fn rows() {
        let answer = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
            <Arn>arn:aws:iam::609629065308:user/ci</Arn><UserId>AIDA</UserId><Account>609629065308</Account>\
            </GetCallerIdentityResult></GetCallerIdentityResponse>";
        let json =
            r#"{"GetCallerIdentityResponse":{"GetCallerIdentityResult":{"Account":"1","Arn":"arn:aws:iam::1:root"}}}"#;
        super::rows(
            &ask(),
            false,
            &[
                (200, answer, State::Active),
                (200, json, State::Active),
                (200, "<html>welcome</html>", State::Unknown),
                (200, "{}", State::Unknown),
                (403, &error("InvalidClientTokenId"), REJECTED),
                (403, &error("ExpiredToken"), EXPIRED),
                (403, &error("SignatureDoesNotMatch"), State::Unknown),
                (403, &error("RequestExpired"), State::Unknown),
                (403, &error("AccessDenied"), State::Unknown),
                (403, "<html><p>blocked</html>", State::Unknown),
                (418, "", State::Unknown),
            ],
        );
        let (facts, seen) = said(&ask(), false, vec![crate::stub::answer(200, answer)]);
        assert_eq!(line(&facts), "owner 609629065308; arn=arn:aws:iam::609629065308:user/ci");
        assert_eq!(
            (seen[0].method.as_str(), seen[0].path.as_str()),
            ("GET", "/?Action=GetCallerIdentity&Version=2011-06-15")
        );
        assert!(seen[0].headers.iter().all(|(_, value)| !value.contains(&secret())), "the secret signs and stays here");
        assert_eq!(seen[0].header("x-amz-date"), Some("20261122T120000Z"));
        let (root, _) = said(&ask(), false, vec![crate::stub::answer(200, json)]);
        assert!(line(&root).contains("may root:Everything on everything"), "{}", line(&root));
    }

    #[test]
    fn a_canary_a_temporary_pair_and_half_a_pair_are_never_asked_about() {
        let stub = Stub::new(Vec::new());
        let mut settings = settings(&FakeClock::new());
        settings.instead.push(server(&Issuer::new("aws"), &stub.url()));
        let prober = Prober::new(settings).unwrap();
        // Each id is written for its account, as the decoder reads it; see `src/key/aws.rs` for the lists.
        for account in ["052310077262", "171436882533", "534261010715", "992382622183", "344043088457", "982842642351"]
        {
            let id = id_of(account);
            let facts = (skelkey::key::decoder("aws-access-key-id").unwrap().decode)(id.as_bytes()).unwrap();
            assert_eq!(facts.owner.said().map(String::as_str), Some(account));
            let mut canary = ask();
            canary.decoded = Some(facts);
            match not_asked(canary.of(&prober)) {
                NotAsked::OtherClass(why) => assert!(why.contains("canary"), "{why}"),
                other => panic!("{account}: {other:?}"),
            }
        }
        let mut temporary = ask();
        temporary.decoded = Some(decoded(None, Some(&format!("{}{}", "ASIA", "QYLPMN5HHHFPZAM2"))));
        assert!(matches!(not_asked(temporary.of(&prober)), NotAsked::OtherClass(_)));
        let mut half = ask();
        half.decoded = None;
        assert!(matches!(not_asked(half.of(&prober)), NotAsked::OtherClass(_)));
        assert!(stub.seen().is_empty());
    }

    /// An access key id of this account.
    fn id_of(account: &str) -> String {
        let number: u64 = account.parse().unwrap();
        let bytes = ((number << 7) | 0x8000_0000_0000).to_be_bytes();
        let mut whole = bytes[2..].to_vec();
        whole.extend([0; 4]);
        format!("{}{}", "AKIA", data_encoding::BASE32_NOPAD.encode(&whole))
    }
}

mod aws_owner {
    use super::*;

    const ID: (&str, &str) = ("AKIA", "QYLPMN5HHHFPZAM2");
    const SECRET: &str = "an/owners/own/secret/access/key/of/forty";

    pub(super) fn ask() -> Ask {
        let mut ask = Ask::new(Issuer::new("aws"), "aB3/".repeat(10));
        ask.decoded = Some(decoded(None, Some(&format!("{}{}", ID.0, ID.1))));
        ask
    }

    /// The answers of the two look-ups: the account's, then the user's.
    fn looked_up(ask: &Ask, session: bool, script: Vec<Script>) -> (Vec<KeyFacts>, Vec<Seen>) {
        let stub = Stub::new(script);
        let mut settings = settings(&FakeClock::new());
        settings.instead.push(server(&ask.issuer, &stub.url()));
        let mut variables = vec![("SKELKEY_ADMIN_AWS_KEY_ID", "ASIAOWNERS"), ("SKELKEY_ADMIN_AWS_SECRET", SECRET)];
        if session {
            variables.push(("SKELKEY_ADMIN_AWS_SESSION_TOKEN", "an-owners-session"));
        }
        let variables = variables.into_iter().map(|(name, text)| (name, Secret::new(text.as_bytes())));
        settings.variables = Arc::new(variables.collect());
        let outcomes = ask.look_up(&Prober::new(settings).unwrap());
        let seen = stub.seen();
        for request in &seen {
            let text = format!("{request:?}");
            assert_eq!(request.method, "GET");
            assert!(!text.contains(&ask.key) && !text.contains(SECRET), "no secret is sent: {text}");
            assert!(request.header("authorization").unwrap().contains("Credential=ASIAOWNERS/20261122/us-east-1/"));
            assert_eq!(request.header("x-amz-security-token"), session.then_some("an-owners-session"));
        }
        (outcomes.into_iter().map(|outcome| answered(outcome).facts).collect(), seen)
    }

    fn error(status: u16, code: &str) -> Script {
        answer(status, &format!("<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>"))
    }

    fn account() -> Script {
        answer(
            200,
            "<GetAccessKeyInfoResponse><GetAccessKeyInfoResult><Account>609629065308</Account></GetAccessKeyInfoResult></GetAccessKeyInfoResponse>",
        )
    }

    fn used(user: &str) -> Script {
        answer(
            200,
            &format!(
                "<GetAccessKeyLastUsedResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><GetAccessKeyLastUsedResult>\
                 <AccessKeyLastUsed><Region>us-west-2</Region><LastUsedDate>2026-11-13T10:45:00Z</LastUsedDate><ServiceName>s3</ServiceName>\
                 </AccessKeyLastUsed>{user}</GetAccessKeyLastUsedResult></GetAccessKeyLastUsedResponse>"
            ),
        )
    }

    fn keys(id: &str, status: &str) -> Script {
        answer(
            200,
            &format!(
                "<ListAccessKeysResponse><ListAccessKeysResult><AccessKeyMetadata><member><AccessKeyId>OTHER</AccessKeyId>\
                 <Status>Inactive</Status></member><member><UserName>b+ob</UserName><AccessKeyId>{id}</AccessKeyId><Status>{status}</Status>\
                 <CreateDate>2026-01-01T00:00:00Z</CreateDate></member></AccessKeyMetadata></ListAccessKeysResult></ListAccessKeysResponse>"
            ),
        )
    }

    const BOB: &str = "<UserName>b+ob</UserName>";

    #[test]
    fn account_user_state_and_last_use_are_told_by_the_id_alone() {
        let id = format!("{}{}", ID.0, ID.1);
        for session in [false, true] {
            let (facts, seen) = looked_up(&ask(), session, vec![account(), used(BOB), keys(&id, "Active")]);
            assert_eq!(
                (&facts[0].state, line(&facts[0])),
                (&State::Unknown, "owner 609629065308; account-id=609629065308".to_owned())
            );
            assert_eq!(facts[1].state, State::Active);
            assert_eq!(
                line(&facts[1]),
                "owner b+ob; created 2026-01-01T00:00:00Z; used 2026-11-13T10:45:00Z; last-used-region=us-west-2; last-used-service=s3"
            );
            let paths: Vec<&str> = seen.iter().map(|request| request.path.as_str()).collect();
            assert_eq!(
                paths,
                [
                    format!("/?AccessKeyId={id}&Action=GetAccessKeyInfo&Version=2011-06-15"),
                    format!("/?AccessKeyId={id}&Action=GetAccessKeyLastUsed&Version=2010-05-08"),
                    "/?Action=ListAccessKeys&UserName=b%2Bob&Version=2010-05-08".to_owned(),
                ]
            );
        }
    }

    #[test]
    fn rows_of_the_user() {
        let id = format!("{}{}", ID.0, ID.1);
        for (script, state) in [
            (vec![used(BOB), keys(&id, "Active")], State::Active),
            (vec![used(BOB), keys(&id, "Inactive")], REVOKED),
            (vec![used(BOB), keys(&id, "Brand new")], State::Unknown),
            (vec![used(BOB), keys("ANOTHER", "Active")], State::Unknown),
            (vec![used(BOB), error(403, "AccessDenied")], State::Unknown),
            (vec![used(BOB), answer(200, "<html>")], State::Unknown),
            (vec![used("")], State::Unknown),
            (vec![error(403, "AccessDenied")], State::Unknown),
            (vec![error(403, "RequestExpired")], State::Unknown),
            (vec![error(403, "SignatureDoesNotMatch")], State::Unknown),
            (vec![error(404, "NoSuchEntity")], State::Unknown),
            (vec![error(400, "ValidationError")], State::Unknown),
            (vec![answer(200, "<html>welcome</html>")], State::Unknown),
            (vec![answer(200, "{}")], State::Unknown),
            (vec![answer(418, "")], State::Unknown),
        ] {
            let (facts, _) = looked_up(&ask(), false, [account()].into_iter().chain(script).collect());
            assert_eq!(facts[1].state, state, "{:?}", facts[1].state_reason);
            assert!(facts[1].state_reason.is_some());
        }
    }

    #[test]
    fn rows_of_the_account() {
        for script in [
            error(403, "AccessDenied"),
            error(403, "RequestExpired"),
            answer(200, "<html>"),
            answer(200, ""),
            answer(418, ""),
        ] {
            let (facts, _) = looked_up(&ask(), false, vec![script, error(403, "AccessDenied")]);
            assert_eq!((&facts[0].state, facts[0].owner.said()), (&State::Unknown, None));
        }
    }

    #[test]
    fn a_canary_a_temporary_key_and_no_id_are_never_looked_up() {
        let mut canary = ask();
        canary.decoded = canary.decoded.map(|facts| facts.detail("canary", "Thinkst"));
        let mut temporary = ask();
        temporary.decoded = Some(decoded(None, Some(&format!("{}{}", "ASIA", ID.1))));
        let mut none = ask();
        none.decoded = None;
        let mut odd = ask();
        odd.decoded = Some(decoded(None, Some("AKIA/../?Action=Delete")));
        for ask in [canary, temporary, none, odd] {
            let (facts, seen) = looked_up(&ask, false, Vec::new());
            assert!(facts.is_empty() && seen.is_empty());
        }
    }
}

mod bedrock {
    use super::*;

    const NAME: &str = "BedrockAPIKey-abcd-at-123456789012";
    const SECRET: &str = "an/owners/own/secret/access/key/of/forty";

    pub(super) fn ask() -> Ask {
        let key = format!("{}{}", "ABSK", BASE64.encode(format!("{NAME}:{}", "x9".repeat(30)).as_bytes()));
        let facts = (skelkey::key::decoder("aws-bedrock").unwrap().decode)(key.as_bytes());
        let mut ask = Ask::new(Issuer::new("aws"), key);
        ask.decoded = facts;
        ask
    }

    fn looked_up(script: Vec<Script>) -> (KeyFacts, Vec<Seen>) {
        let stub = Stub::new(script);
        let mut settings = settings(&FakeClock::new());
        settings.instead.push(server(&Issuer::new("aws"), &stub.url()));
        let variables = [("SKELKEY_ADMIN_AWS_KEY_ID", "AKIAOWNERS"), ("SKELKEY_ADMIN_AWS_SECRET", SECRET)];
        settings.variables =
            Arc::new(variables.into_iter().map(|(name, text)| (name, Secret::new(text.as_bytes()))).collect());
        let ask = ask();
        let mut outcomes = ask.look_up(&Prober::new(settings).unwrap());
        assert_eq!(outcomes.len(), 1, "the look-ups of access keys do not take a key of Bedrock");
        let seen = stub.seen();
        for request in &seen {
            let text = format!("{request:?}");
            assert_eq!(request.method, "GET");
            assert!(!text.contains(&ask.key) && !text.contains(SECRET), "no secret is sent: {text}");
        }
        (answered(outcomes.remove(0)).facts, seen)
    }

    fn row(alias: &str, status: &str, end: &str) -> String {
        format!(
            "<member><UserName>BedrockAPIKey-abcd</UserName><Status>{status}</Status><ServiceCredentialAlias>{alias}</ServiceCredentialAlias>\
             <CreateDate>2026-01-01T00:00:00Z</CreateDate>{end}<ServiceName>bedrock.amazonaws.com</ServiceName>\
             <ServiceSpecificCredentialId>ACCA12345678901234567</ServiceSpecificCredentialId></member>"
        )
    }

    fn list(rows: &str, rest: &str) -> Script {
        answer(
            200,
            &format!(
                "<ListServiceSpecificCredentialsResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
                 <ListServiceSpecificCredentialsResult><ServiceSpecificCredentials>{rows}</ServiceSpecificCredentials>{rest}\
                 </ListServiceSpecificCredentialsResult></ListServiceSpecificCredentialsResponse>"
            ),
        )
    }

    const END: &str = "<ExpirationDate>2026-12-24T09:12:42Z</ExpirationDate>";

    #[test]
    fn a_key_is_found_by_its_public_half_on_a_later_part_of_the_list() {
        let more = "<IsTruncated>true</IsTruncated><Marker>a+b/c=</Marker>";
        let (facts, seen) = looked_up(vec![
            list(&row("BedrockAPIKey-other", "Inactive", ""), more),
            list(&row(NAME, "Active", END), "<IsTruncated>false</IsTruncated>"),
        ]);
        assert_eq!(facts.state, State::Active);
        assert_eq!(
            line(&facts),
            "owner BedrockAPIKey-abcd; created 2026-01-01T00:00:00Z; ends 2026-12-24T09:12:42Z; \
             credential-id=ACCA12345678901234567"
        );
        let path = "/?Action=ListServiceSpecificCredentials&AllUsers=true&";
        assert_eq!(seen[0].path, format!("{path}ServiceName=bedrock.amazonaws.com&Version=2010-05-08"));
        assert_eq!(
            seen[1].path,
            format!("{path}Marker=a%2Bb%2Fc%3D&ServiceName=bedrock.amazonaws.com&Version=2010-05-08")
        );
        let (never, _) = looked_up(vec![list(&row(NAME, "Active", ""), "")]);
        assert!(line(&never).contains("never ends"), "{}", line(&never));
    }

    #[test]
    fn rows() {
        let two = format!("{}{}", row(NAME, "Active", ""), row(NAME, "Inactive", ""));
        let error = |status, code: &str| {
            answer(status, &format!("<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>"))
        };
        for (script, state) in [
            (list(&row(NAME, "Active", END), ""), State::Active),
            (list(&row(NAME, "Inactive", END), ""), REVOKED),
            (list(&row(NAME, "Expired", END), ""), EXPIRED),
            (list(&row(NAME, "Brand new", END), ""), State::Unknown),
            (list(&two, ""), State::Unknown),
            (list(&row("BedrockAPIKey-other", "Active", ""), ""), State::Unknown),
            (list("", ""), State::Unknown),
            (error(403, "AccessDenied"), State::Unknown),
            (error(403, "RequestExpired"), State::Unknown),
            (error(403, "SignatureDoesNotMatch"), State::Unknown),
            (error(400, "ValidationError"), State::Unknown),
            (answer(200, "<html>welcome</html>"), State::Unknown),
            (answer(200, "{}"), State::Unknown),
            (answer(418, ""), State::Unknown),
        ] {
            let (facts, _) = looked_up(vec![script]);
            assert_eq!(facts.state, state, "{:?}", facts.state_reason);
            assert!(facts.state_reason.is_some());
        }
    }

    #[test]
    fn a_list_that_never_ends_is_left() {
        let (facts, seen) = looked_up(vec![list("", "<IsTruncated>true</IsTruncated><Marker>m</Marker>"); 60]);
        assert_eq!((facts.state, seen.len()), (State::Unknown, 50));
    }
}

mod azure_storage {
    use super::*;

    pub(super) fn ask() -> Ask {
        let mut ask = Ask::new(Issuer::new("azure"), BASE64.encode(&[7; 64]));
        ask.decoded = Some(decoded(Some("contosodata"), None));
        ask
    }

    const LISTED: &str = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults \
        ServiceEndpoint=\"https://contosodata.blob.core.windows.net/\"><MaxResults>1</MaxResults><Containers><Container>\
        <Name>payroll</Name></Container></Containers><NextMarker /></EnumerationResults>";

    fn error(code: &str, detail: &str) -> String {
        format!(
            "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>Server failed.\nTime:2026</Message>\
             <AuthenticationErrorDetail>{detail}</AuthenticationErrorDetail></Error>"
        )
    }

    #[test]
    fn rows() {
        let (signature, old) = (
            "The MAC signature found in the HTTP request is not the same as any computed signature.",
            "Request date header too old: 'Sun, 22 Nov 2026 12:00:00 GMT'",
        );
        super::rows(
            &ask(),
            true,
            &[
                (200, LISTED, State::Active),
                (200, "<html>welcome</html>", State::Unknown),
                (200, "{}", State::Unknown),
                (200, "", State::Unknown),
                (403, &error("AuthenticationFailed", signature), REJECTED),
                (403, &error("AuthenticationFailed", old), State::Unknown),
                (403, &error("KeyBasedAuthenticationNotPermitted", ""), State::Unknown),
                (403, &error("AuthorizationFailure", ""), State::Unknown),
                (403, &error("AccountIsDisabled", ""), State::Unknown),
                (403, &error("InsufficientAccountPermissions", ""), State::Unknown),
                (403, "<html>MAC signature</html>", State::Unknown),
                (401, &error("NoAuthenticationInformation", ""), State::Unknown),
                (400, &error("InvalidHeaderValue", ""), State::Unknown),
                (418, "", State::Unknown),
            ],
        );
        let (facts, seen) = said(&ask(), true, vec![answer(200, LISTED)]);
        assert_eq!(line(&facts), "owner contosodata; may account key:Everything on everything");
        assert_eq!((seen[0].method.as_str(), seen[0].path.as_str()), ("GET", "/?comp=list&maxresults=1"));
        assert!(seen[0].headers.iter().all(|(_, value)| !value.contains(&ask().key)), "the key signs and stays here");
        assert_eq!(seen[0].header("x-ms-date"), Some("Sun, 22 Nov 2026 12:00:00 GMT"));
        assert!(seen[0].header("authorization").unwrap().starts_with("SharedKey contosodata:"));
    }

    /// The name only stands beside the key, and anybody may have an account of that name.
    #[test]
    fn an_account_that_only_stands_near_the_key_proves_no_key_dead() {
        let (facts, _) = said(&ask(), false, vec![answer(403, &error("AuthenticationFailed", "MAC signature"))]);
        assert_eq!(facts.state, State::Unknown);
    }

    #[test]
    fn the_emulators_key_half_a_pair_and_hostile_names_are_never_asked_about() {
        let prober = Prober::new(settings(&FakeClock::new())).unwrap();
        for name in ["devstoreaccount1", "ab", "evil.test/", "Contoso", "a.b", "x@evil", "con-toso", ""] {
            let mut ask = ask();
            ask.decoded = Some(decoded(Some(name), None));
            assert!(
                matches!(not_asked(ask.of(&prober)), NotAsked::OtherClass(_) | NotAsked::HostNotKnown(_)),
                "{name}"
            );
        }
        let mut short = ask();
        short.key = BASE64.encode(&[7; 32]);
        let reason = not_asked(short.of(&prober));
        assert!(matches!(reason, NotAsked::OtherClass(_)), "{reason:?}");
        for host in ["evil.test", "contosodata.blob.core.windows.net.evil.test", "a.b.blob.core.windows.net"] {
            let reason = not_asked(ask().host(host).of(&prober));
            assert!(matches!(reason, NotAsked::HostNotConfirmed(..)), "{host}");
        }
    }
}

mod google_key {
    use super::*;

    const OWN: &str = "owners-access-token";

    pub(super) fn ask() -> Ask {
        Ask::new(Issuer::new("gcp"), format!("{}{}", "AIza", "aB3_-".repeat(7)))
    }

    fn looked_up(named: bool, script: Vec<Script>) -> (Vec<Outcome>, Vec<Seen>) {
        let stub = Stub::new(script);
        let mut settings = settings(&FakeClock::new());
        settings.instead.push(server(&Issuer::new("gcp"), &stub.url()));
        settings.variables = Arc::new([("SKELKEY_ADMIN_GOOGLE", Secret::new(OWN.as_bytes()))].into_iter().collect());
        if named {
            settings.named.insert(Issuer::new("gcp"));
        }
        let outcomes = ask().look_up(&Prober::new(settings).unwrap());
        let seen = stub.seen();
        for request in &seen {
            assert_eq!(
                (request.method.as_str(), request.header("authorization")),
                ("GET", Some("Bearer owners-access-token"))
            );
        }
        (outcomes, seen)
    }

    fn facts(script: Vec<Script>) -> (KeyFacts, Vec<Seen>) {
        let (mut outcomes, seen) = looked_up(true, script);
        (answered(outcomes.remove(0)).facts, seen)
    }

    const FOUND: &str =
        r#"{"parent":"projects/123/locations/global","name":"projects/123/locations/global/keys/11111111-2222"}"#;
    const RECORD: &str = r#"{"name":"projects/123/locations/global/keys/11111111-2222","uid":"11111111-2222","displayName":"maps",
        "createTime":"2026-01-01T00:00:00Z","restrictions":{"browserKeyRestrictions":{"allowedReferrers":["acme.example/*"]},
        "apiTargets":[{"service":"maps-backend.googleapis.com"}]}}"#;

    #[test]
    fn the_key_goes_to_google_alone_and_only_by_name() {
        let (outcomes, seen) = looked_up(false, Vec::new());
        assert!(matches!(outcomes[..], [Outcome::NotAsked(NotAsked::OnlyByName(..))]) && seen.is_empty());
        let (found, seen) = facts(vec![answer(200, FOUND), answer(200, RECORD)]);
        assert_eq!(found.state, State::Active);
        assert_eq!(
            line(&found),
            "kind API key; name maps; id 11111111-2222; owner 123; created 2026-01-01T00:00:00Z; never ends; \
             may call:Manage on maps-backend.googleapis.com; only referrer=acme.example/*"
        );
        assert_eq!(seen[0].path, format!("/v2/keys:lookupKey?keyString={}", ask().key));
        assert_eq!(seen[1].path, "/v2/projects/123/locations/global/keys/11111111-2222");
    }

    #[test]
    fn rows() {
        let open = RECORD.replace("apiTargets", "nothing").replace("browserKeyRestrictions", "none");
        let (free, _) = facts(vec![answer(200, FOUND), answer(200, &open)]);
        assert!(line(&free).contains("may call:Everything on everything; only cidr=none"), "{}", line(&free));
        let deleted = RECORD.replace("\"uid\"", "\"deleteTime\":\"2026-11-01T00:00:00Z\",\"uid\"");
        let purged = r#"{"parent":"projects/123/locations/global"}"#;
        let odd = FOUND.replace("keys/11111111-2222", "keys/../../../evil");
        for (script, state) in [
            (vec![answer(200, FOUND), answer(200, &deleted)], REVOKED),
            (vec![answer(200, FOUND), answer(403, "{}")], State::Active),
            (vec![answer(200, FOUND), answer(200, "<html>")], State::Active),
            (vec![answer(200, purged)], REVOKED),
            (vec![answer(200, &odd)], State::Unknown),
            (vec![answer(200, "{}")], State::Unknown),
            (vec![answer(200, "<html>")], State::Unknown),
            (vec![answer(400, "{}")], State::Unknown),
            (vec![answer(401, "{}")], State::Unknown),
            (vec![answer(403, "{}")], State::Unknown),
            (vec![answer(404, "{}")], State::Unknown),
            (vec![answer(418, "")], State::Unknown),
        ] {
            let count = script.len();
            let (found, seen) = facts(script);
            assert_eq!(found.state, state, "{:?}", found.state_reason);
            assert!(seen.len() <= count);
        }
    }
}

mod service_account {
    use super::*;

    const EMAIL: &str = "ci@acme.iam.gserviceaccount.com";

    fn number(bytes: &[u8]) -> Vec<u8> {
        tlv(2, bytes)
    }

    fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
        let length = u16::try_from(value.len()).unwrap().to_be_bytes();
        match value.len() {
            0..0x80 => [&[tag, length[1]][..], value].concat(),
            0x80..0x100 => [&[tag, 0x81, length[1]][..], value].concat(),
            _ => [&[tag, 0x82, length[0], length[1]][..], value].concat(),
        }
    }

    /// A key whose primes are two numbers that anybody knows; the certificate holds their product.
    pub(super) fn key_and_certificate(q: u8) -> (String, String) {
        let pem = skelkey::format::private_key::sample_rsa(&[0xc3; 128], &[q; 128], true);
        let parsed = skelkey::format::private_key::parse(pem.as_bytes()).unwrap().ssh_public.unwrap();
        let mut rest = parsed.as_slice();
        let mut parts = Vec::new();
        while !rest.is_empty() {
            let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
            parts.push(rest[4..4 + length].to_vec());
            rest = &rest[4 + length..];
        }
        let key = tlv(0x30, &[number(&parts[2]), number(&parts[1])].concat());
        let time = [tlv(0x17, b"260101000000Z"), tlv(0x17, b"350101000000Z")].concat();
        let info = tlv(0x30, &[tlv(0x30, &[]), tlv(3, &[&[0][..], &key].concat())].concat());
        let signed = [number(&[7]), tlv(0x30, &[]), tlv(0x30, &[]), tlv(0x30, &time), tlv(0x30, &[]), info].concat();
        let whole = tlv(0x30, &[tlv(0x30, &signed), tlv(0x30, &[]), tlv(3, &[0])].concat());
        let certificate =
            format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", BASE64.encode(&whole));
        (pem, certificate)
    }

    pub(super) fn ask(pem: &str) -> Ask {
        let text = serde_json::json!({"private_key_id": "abc", "private_key": pem, "client_email": EMAIL}).to_string();
        let mut ask = Ask::new(Issuer::new("gcp"), text);
        ask.decoded = Some(decoded(Some(EMAIL), Some("abc")));
        ask
    }

    #[test]
    fn rows() {
        let (pem, certificate) = key_and_certificate(0xb5);
        let ask = ask(&pem);
        let with = |id: &str, text: &str| serde_json::json!({ id: text }).to_string();
        let (_, other) = key_and_certificate(0xb7);
        super::rows(
            &ask,
            false,
            &[
                (200, &with("abc", &certificate), State::Active),
                (200, &with("other", &certificate), REVOKED),
                (200, "{}", REVOKED),
                (200, &with("abc", &other), State::Unknown),
                (200, &with("abc", "no certificate"), State::Unknown),
                (200, "<html>", State::Unknown),
                (200, "[]", State::Unknown),
                (404, "", State::Unknown),
                (418, "", State::Unknown),
            ],
        );
        let (facts, seen) = said(&ask, false, vec![answer(200, &with("abc", &certificate))]);
        assert_eq!(line(&facts), "created 2026-01-01T00:00:00Z; ends 2035-01-01T00:00:00Z");
        assert_eq!(seen[0].path, format!("/robot/v1/metadata/x509/{EMAIL}"));
        let text = format!("{seen:?}");
        assert!(!text.contains("PRIVATE") && seen[0].header("authorization").is_none(), "the key is not sent");
    }

    #[test]
    fn an_address_that_is_none_of_googles_is_not_asked_about() {
        let (pem, _) = key_and_certificate(0xb5);
        let prober = Prober::new(settings(&FakeClock::new())).unwrap();
        for address in ["ci@evil.test", "x/../..?@a.gserviceaccount.com", "a b@c.gserviceaccount.com"] {
            let mut ask = ask(&pem);
            ask.decoded = Some(decoded(Some(address), Some("abc")));
            assert!(matches!(not_asked(ask.of(&prober)), NotAsked::OtherClass(_)), "{address}");
        }
    }
}

mod heroku {
    use super::*;

    pub(super) fn ask() -> Ask {
        Ask::new(Issuer::new("heroku"), format!("{}{}", "HRKU-AA", "z9".repeat(29)))
    }

    fn list(expires_in: &str) -> String {
        let (own, other) = (ask().key, "x".repeat(65));
        format!(
            r#"[{{"id":"o1","description":"other","scope":["global"],"access_token":{{"token":"{other}","expires_in":null}}}},
               {{"id":"o2","description":"ci","scope":["read-protected"],"created_at":"2026-01-01T00:00:00Z",
                 "access_token":{{"token":"{own}","expires_in":{expires_in}}}}}]"#
        )
    }

    #[test]
    fn rows() {
        super::rows(
            &ask(),
            false,
            &[
                (200, &list("null"), State::Active),
                (200, "[]", State::Active),
                (200, "{}", State::Unknown),
                (401, r#"{"id":"unauthorized"}"#, REJECTED),
                (401, "<html>", State::Unknown),
                (403, r#"{"id":"forbidden"}"#, State::Active),
                (403, r#"{"id":"suspended"}"#, State::Unknown),
                (418, "", State::Unknown),
            ],
        );
    }

    #[test]
    fn only_the_tokens_own_row_is_read_and_no_other_token_is_kept() {
        let (facts, seen) = said(&ask(), false, vec![answer(200, &list("null"))]);
        assert_eq!(
            line(&facts),
            "name ci; id o2; created 2026-01-01T00:00:00Z; never ends; may read-protected:Read on everything"
        );
        assert!(!format!("{facts:?}").contains("xxxx"));
        assert!(facts.notes.iter().any(|note| note.contains("other tokens")));
        assert_eq!(seen[0].headers.iter().filter(|(name, _)| name == "accept").count(), 1);
        let (hour, _) = said(&ask(), false, vec![answer(200, &list("3600"))]);
        assert!(line(&hour).contains("ends 2026-11-22T13:00:00Z"), "{}", line(&hour));
    }
}

mod devpi {
    use super::*;

    pub(super) fn ask() -> Ask {
        let mut ask = Ask::new(Issuer::DEVPI, format!("{}{}", "devpi-", "Ag".repeat(40)));
        ask.decoded = Some(decoded(Some("ci"), Some("id")));
        ask
    }

    fn status(word: &str, user: &str) -> String {
        format!(r#"{{"result":{{"authstatus":["{word}","{user}",[]],"features":[]}},"type":"apiconfig"}}"#)
    }

    #[test]
    fn rows() {
        super::rows(
            &ask(),
            true,
            &[
                (200, &status("ok", "ci"), State::Active),
                (200, &status("ok", "somebody"), State::Unknown),
                (200, &status("noauth", ""), State::Unknown),
                (200, "<html>", State::Unknown),
                (403, "<html>Token expired at 1795646125</html>", EXPIRED),
                (403, "<html>The token id Hc5 doesn&#x27;t exist</html>", REVOKED),
                (403, "<html>User for token doesn&#x27;t exist</html>", REVOKED),
                (403, "<html>MacaroonInvalidSignatureException: Signatures do not match</html>", REJECTED),
                (403, "<html>Token not valid before 1999999999</html>", State::Unknown),
                (403, "<html>Token doesn&#x27;t match user name</html>", State::Unknown),
                (418, "", State::Unknown),
            ],
        );
        let (facts, seen) = said(&ask(), true, vec![answer(200, &status("ok", "ci"))]);
        assert_eq!(facts.owner, Reported::Said("ci".to_owned()));
        let pair = BASE64.encode(format!("ci:{}", ask().key).as_bytes());
        assert_eq!(seen[0].header("x-devpi-auth"), Some(pair.as_str()));
        assert_eq!(seen[0].path, "/+api");
    }
}

mod verdaccio {
    use super::*;

    pub(super) fn ask() -> Ask {
        Ask::new(Issuer::VERDACCIO, format!("{}{}", "eyJ", "Q".repeat(60)))
    }

    #[test]
    fn a_token_that_the_server_takes_for_nobodys_is_dead() {
        let nobody = || answer(200, "{}");
        let (facts, seen) = said(&ask(), true, vec![nobody(), answer(401, r#"{"error":"no credentials provided"}"#)]);
        assert_eq!(facts.state, REJECTED);
        assert_eq!(seen.iter().map(|seen| seen.path.as_str()).collect::<Vec<_>>(), ["/-/whoami", "/-/npm/v1/tokens"]);
        for second in [answer(200, r#"{"objects":[]}"#), answer(404, ""), answer(401, "<html>"), answer(500, "")] {
            let (facts, _) = said(&ask(), true, vec![nobody(), second]);
            assert_eq!(facts.state, State::Unknown);
        }
        let (alive, seen) = said(&ask(), true, vec![answer(200, r#"{"username":"ci"}"#)]);
        assert_eq!((alive.state, seen.len()), (State::Active, 1));
    }
}
