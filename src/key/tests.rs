use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::format::{check, envelope, macaroon};
use crate::issuer::Issuer;

fn decode(name: &str, key: &str) -> KeyFacts {
    (decoder(name).unwrap_or_else(|| panic!("{name} is a decoder")).decode)(key.as_bytes())
        .unwrap_or_else(|| panic!("{name} reads its key"))
}

fn refuses(name: &str, key: &str) -> bool {
    (decoder(name).unwrap().decode)(key.as_bytes()).is_none()
}

fn mint(name: &str, arg: &str) -> String {
    let mut random = fastrand::Rng::with_seed(7);
    let key = (envelope(name).unwrap().mint)(&mut |count| (0..count).map(|_| random.u8(..)).collect(), arg);
    key.unwrap_or_else(|| panic!("{name}:{arg} is minted"))
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn until(text: &str) -> Reported<Expiry> {
    Reported::Said(Expiry::At(at(text)))
}

fn said(text: &str) -> Reported<String> {
    Reported::Said(text.to_owned())
}

fn named(names: &[&str]) -> Subjects {
    Subjects::Named(names.iter().map(|&name| name.to_owned()).collect())
}

/// Power, subjects and bound of each grant.
fn opens(facts: &KeyFacts) -> Vec<(Vec<Power>, Subjects, Bound)> {
    let grants = facts.grants.said().expect("grants are said");
    let powers = |grant: &Grant| grant.actions.iter().map(|action| action.power).collect();
    grants.iter().map(|grant| (powers(grant), grant.subjects.clone(), grant.bound)).collect()
}

#[test]
fn nuget_v4_has_a_public_id_in_lower_case() {
    let key = concat!("oy2acaqdaqcqmbyibefa", "aaisem2ekvtepcezvk54zxpo74");
    for key in [key.to_owned(), key.to_uppercase()] {
        let facts = decode("nuget-v4", &key);
        assert_eq!((facts.key_id, facts.issuer), (said("oy2acaqdaqcqmbyibefa"), None));
        assert_eq!((facts.expires, facts.grants), (Reported::NotSaid, Reported::NotSaid));
    }
    assert!(refuses("nuget-v4", "oy2"));
}

#[test]
fn nuget_v5_tells_its_dates_and_its_owner() {
    let key = format!("{}{}", "b".repeat(52), concat!("JQQJ99CHN5P00000gTJPS", "00CNUGT4VQd"));
    let facts = decode("nuget-v5", &key);
    assert_eq!(facts.kind, said("API key v5, short-lived"));
    assert_eq!(facts.created, Reported::Said(at("2026-08-20T09:15:00Z")));
    assert_eq!(facts.expires, until("2026-08-20T10:15:00Z"));
    assert_eq!(
        (&facts.details["owner-id"], &facts.details["environment"]),
        (&"42".to_owned(), &"production".to_owned())
    );
    assert_eq!((facts.state, facts.details["lifetime"].as_str()), (State::Unknown, "60 minutes"));

    let long = format!("{}{}", "0".repeat(52), concat!("JQQJ99CAN5P2LKcb1eX7L", "RLUNUGTitxj"));
    let facts = decode("nuget-v5", &long);
    assert_eq!((facts.kind, facts.expires), (said("API key v5, long-lived"), until("2027-01-31T23:59:00Z")));
    assert_eq!(facts.details["owner-id"], "2147483647");

    let test = decode("nuget-v5", &mint("nuget-v5", "env=I"));
    assert!(test.notes.iter().any(|note| note.contains("does not open NuGet.org")));
}

const ID: &str = "00000000-0000-4000-8000-000000000001";
const UUID: &str = "11111111-1111-4111-8111-111111111111";

/// A token of the issuer's own vectors: its location, id and caveats, with a signature of nothing.
fn pypi(host: &str, caveats: &[&str]) -> String {
    let caveats =
        caveats.iter().map(|id| macaroon::Caveat { id: id.as_bytes().to_vec(), third_party: false }).collect();
    let token = macaroon::Macaroon { location: Some(host.to_owned()), identifier: ID.into(), caveats };
    macaroon::compose(macaroon::PYPI_PREFIX, &token, &[0; 32])
}

/// What all vectors for the public host begin with, after `pypi-`.
const HEAD: &str = concat!("AgEIcHlwaS5vcmcCJDAwMDAwMDAwLTAwMDAtNDAwMC04MDAw", "LTAwMDAwMDAwMDAwMQAC");

#[test]
fn pypi_vectors_decode() {
    let bound = Bound::AtMost;
    let upload = |power, subjects| vec![(vec![power], subjects, bound)];
    for (tail, opens_what, kind, expires) in [
        (
            concat!(
                "KlszLCIxMTExMTExMS0xMTExLTQxMTEtODExMS0xMTExMTExMTExMTEiXQAABiAX",
                "ZSNUc797ultVgzQxoqvGFTd9i6Z7s4XoApjtks9rzw"
            ),
            upload(Power::PublishNew, Subjects::Everything),
            "API token for a whole account",
            Reported::Said(Expiry::Never),
        ),
        (
            concat!(
                "O3sidmVyc2lvbiI6IDEsICJwZXJtaXNzaW9ucyI6IHsicHJvamVjdHMiOiBbImZvbyIsICJiYXIiXX19AAAGIM4s",
                "AVblfBWHkzNNuBWG4jzw8uBg6l7iT_7P-Vh0ini4"
            ),
            upload(Power::PublishUpdate, named(&["bar", "foo"])),
            "API token for projects",
            Reported::Said(Expiry::Never),
        ),
        (
            concat!(
                "C1sxLFsiZm9vIl1dAAIsWzIsWyIxMTExMTExMS0xMTExLTQxMTEtODExMS0xMTExMTExMTExMTEiXV0AAAYg",
                "KGuTA8T9pvvpghC-9Bhrwca_lKE-FkkTVXBI_htAZOo"
            ),
            upload(Power::PublishUpdate, named(&["foo"])),
            "API token for projects",
            Reported::Said(Expiry::Never),
        ),
        (
            concat!(
                "Kls0LCIxMTExMTExMS0xMTExLTQxMTEtODExMS0xMTExMTExMTExMTEiXQACGVswLDE3MDAwMDA5MDAsMTcwMDAwMDAwMF0AAAYg",
                "TUF6l19UCGqx3X9kCJ71jK28iF90cci-GLpTQ8Q0s_s"
            ),
            upload(Power::PublishNew, Subjects::NotSaid),
            "Trusted Publishing token",
            until("2023-11-14T22:28:20Z"),
        ),
    ] {
        let facts = decode("pypi", &format!("pypi-{HEAD}{tail}"));
        assert_eq!((&facts.issuer, &facts.key_id), (&Some(Issuer::PYPI), &said(ID)));
        assert_eq!((opens(&facts), facts.kind, facts.expires), (opens_what, said(kind), expires));
    }
}

#[test]
fn pypi_without_caveats_and_on_other_hosts() {
    let tail = concat!("ABiCrGJ3728EIKiWepEc26eY6OqPCwIDS", "7gkdD2W3XWWShg");
    let facts = decode("pypi", &format!("pypi-{}{tail}", &HEAD[..HEAD.len() - 1]));
    assert_eq!(opens(&facts), [(vec![Power::PublishNew], Subjects::Everything, Bound::AtMost)]);
    assert_eq!(facts.expires, Reported::NotSaid);
    let test = concat!(
        "AgENdGVzdC5weXBpLm9yZwIkMDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAx",
        "AAILWzEsWyJmb28iXV0AAAYgHH5mDYZKNP3ko8uiYd0fyz7LPpyEsKDb5nWb6OIxgOw"
    );
    let facts = decode("pypi", &format!("pypi-{test}"));
    assert_eq!((opens(&facts)[0].1.clone(), facts.issuer), (named(&["foo"]), Some(Issuer::TESTPYPI)));
    let facts = decode("pypi", &pypi("pypi.example.org", &[]));
    assert_eq!((facts.issuer, facts.details["host"].as_str()), (Some(Issuer::new("warehouse")), "pypi.example.org"));
}

#[test]
fn pypi_caveats_hold_together() {
    let facts = decode(
        "pypi",
        &pypi(
            "pypi.org",
            &[
                r#"[1,["Foo_Bar","b"]]"#,
                r#"{"version": 1, "permissions": {"projects": ["foo-bar", "c"]}}"#,
                r#"{"exp": 2000000000, "nbf": 1500000000}"#,
                "[0,1900000000,1600000000]",
            ],
        ),
    );
    assert_eq!(opens(&facts)[0].1, named(&["foo-bar"]));
    assert_eq!(facts.expires, until("2030-03-17T17:46:40Z"));
    let from = Restriction { name: "not-before".to_owned(), value: "2020-09-13T12:26:40Z".to_owned() };
    assert_eq!(facts.restrictions, Reported::Said(vec![from]));
}

#[test]
fn pypi_caveats_that_contradict_each_other_open_nothing() {
    let facts = decode("pypi", &pypi("pypi.org", &[r#"[1,["a"]]"#, r#"[1,["b"]]"#]));
    assert_eq!(facts.grants, Reported::Said(Vec::new()));
}

#[test]
fn pypi_ids_are_marked_as_ids() {
    for caveat in [format!(r#"[2,["{UUID}"]]"#), format!(r#"{{"project_ids": ["{UUID}"]}}"#)] {
        let facts = decode("pypi", &pypi("pypi.org", &[&caveat]));
        assert_eq!(opens(&facts)[0].1, named(&[&format!("id:{UUID}")]));
    }
}

#[test]
fn pypi_unknown_caveats_are_named() {
    for (caveat, words) in [
        ("[9,1]", "tag 9"),
        ("[1,\"a\"]", "tag 1"),
        ("[1,[5]]", "tag 1"),
        (r#"{"version": 2, "permissions": "user"}"#, "a dictionary of 2 fields"),
        ("cidr = 10.0.0.0/8", "no JSON list"),
    ] {
        let facts = decode("pypi", &pypi("pypi.org", &[caveat]));
        assert!(facts.notes.iter().any(|note| note.contains(words)), "{caveat}");
        assert_eq!(facts.expires, Reported::NotSaid, "{caveat}");
    }
}

#[test]
fn pypi_absurd_dates_are_not_said() {
    let facts = decode("pypi", &pypi("pypi.org", &["[0,9223372036854775807,-9223372036854775808]"]));
    assert_eq!((facts.expires, facts.restrictions), (Reported::NotSaid, Reported::NotSaid));
}

#[test]
fn a_trusted_publishing_token_of_pypi_knows_when_it_was_made() {
    let facts = decode("pypi", &mint("pypi", &format!("publisher={UUID};ids={UUID};exp=1700000900;nbf=1700000000")));
    assert_eq!(facts.created, Reported::Said(at("2023-11-14T22:13:20Z")));
    assert_eq!((facts.kind, facts.details["publisher-id"].as_str()), (said("Trusted Publishing token"), UUID));
    let older = decode("pypi", &pypi("pypi.org", &[r#"{"version": 1, "permissions": "user"}"#]));
    assert_eq!((older.created, older.expires), (Reported::NotSaid, Reported::Said(Expiry::Never)));
}

#[test]
fn devpi_decodes_its_issuers_sample() {
    let sample = concat!(
        "AgEAAg1yb290LWR5TXNjUDRuAAIOYWxsb3dlZD11cGxvYWQAAhJleHBpcmVzPTE4OTM0NTYwMDAAAhBpbmRleGVzPXJvb3Qv",
        "ZGV2AAIMcHJvamVjdHM9Zm9vAAAGIPr-X5_F0eg-Bq9P0XLCMj5M_n4yMnly2SnsFukNeNZ_"
    );
    let read = (decoder("devpi").unwrap().decode)(format!("devpi-{sample}").as_bytes()).expect("a devpi token");
    let minted = mint("devpi", "user=root;id=dyMscP4n;allowed=upload;expires=1893456000;indexes=root/dev;projects=foo");
    assert!(minted.starts_with(&format!("devpi-{}", &sample[..120])));
    for facts in [read, decode("devpi", &minted)] {
        assert_eq!((&facts.owner, &facts.key_id), (&said("root"), &said("dyMscP4n")));
        assert_eq!(facts.expires, until("2030-01-01T00:00:00Z"));
        assert_eq!(opens(&facts), [(vec![Power::PublishUpdate], named(&["foo"]), Bound::Exact)]);
    }
}

#[test]
fn devpi_without_limits_is_the_user() {
    let facts = decode("devpi", &mint("devpi", "expires=never"));
    assert_eq!(opens(&facts), [(vec![Power::Everything], Subjects::Everything, Bound::AtMost)]);
    assert_eq!(facts.expires, Reported::Said(Expiry::Never));
    let index = decode("devpi", &mint("devpi", "allowed=upload,del_entry;indexes=root/dev"));
    let powers = vec![Power::PublishNew, Power::Withdraw];
    assert_eq!(opens(&index), [(powers, named(&["root/dev"]), Bound::Exact)]);
}

#[test]
fn gitlab_tells_class_and_ids() {
    let facts = decode("gitlab", &mint("gitlab-routable", "prefix=gldt-;o=1;p=42"));
    assert_eq!(facts.kind, said("deploy token"));
    assert_eq!((facts.details["organization-id"].as_str(), facts.details["project-id"].as_str()), ("1", "42"));
    let vector = format!("glpat-{}.01.14{}", concat!("AAECAwQFBgcICQoLDA0O", "D2M6MQpvOjEKdToxMTUN"), "16k5n1q");
    assert_eq!(decode("gitlab", &vector).details["user-id"], "1337");
    assert_eq!(decode("gitlab", &format!("glft-{}", "x".repeat(20))).expires, Reported::Said(Expiry::Never));
    let job = format!("glcbt-{}", mint("jwt", "iat=1790000000,exp=1790003600"));
    assert_eq!(decode("gitlab", &job).expires, until("2026-09-21T15:13:20Z"));
    let own = decode("gitlab", &mint("gitlab-routable", "prefix=acme-;u=5"));
    assert_eq!(own.kind, said("token with a prefix of the instance's own"));
    assert!(refuses("gitlab", "acme-12345678901234567890"));
}

#[test]
fn github_tells_the_class() {
    for (prefix, kind) in
        [("ghp_", "classic"), ("gho_", "OAuth"), ("ghu_", "user"), ("ghs_", "installation"), ("ghr_", "refresh")]
    {
        let facts = decode("github", &format!("{prefix}{}", "x".repeat(36)));
        assert!(facts.kind.said().unwrap().contains(kind));
    }
    let facts = decode("github-jwt", &mint("github-jwt", "iat=1790000000,exp=1790003600"));
    assert_eq!(facts.expires, until("2026-09-21T15:13:20Z"));
    assert_eq!(decode("github-jwt", &mint("github-jwt", "iat=1790000000")).expires, Reported::NotSaid);
    // 0x00bc614e = 12345678, in base32 with the padding's `=` written as `0`.
    let facts = decode(
        "github-fine-grained",
        &format!("github_pat_11{}{}{}_{}", "AC6GCTQ", "0", "x".repeat(12), "y".repeat(59)),
    );
    assert_eq!(facts.details["user-id-hint"], "12345678 (undocumented: a hint, no proof)");
    assert_eq!(facts.owner, Reported::NotSaid);
}

#[test]
fn jfrog_tells_rights_and_end() {
    let never = concat!("cmVmdGtuOjAxOjAwMDAwMDAwMDA6", "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB");
    assert_eq!(decode("jfrog-reference", never).expires, Reported::NotSaid);
    assert_eq!(
        decode("jfrog-reference", &mint("jfrog-reference", "expires=1893456000")).expires,
        until("2030-01-01T00:00:00Z")
    );
    let admin =
        mint("jwt", "sub=jfac@01/users/ann,scp=applied-permissions/admin,aud=*@*,iss=jfac@01,jti=abc,iat=1790000000");
    let facts = decode("jfrog-jwt", &admin);
    assert_eq!((&facts.owner, &facts.key_id), (&said("ann"), &said("abc")));
    assert_eq!(facts.expires, Reported::Said(Expiry::Never));
    assert_eq!(opens(&facts), [(vec![Power::Everything], Subjects::Everything, Bound::Exact)]);
    let role =
        decode("jfrog-jwt", &mint("jwt", "scp=applied-permissions/roles:web:Developer applied-permissions/groups:x"));
    let subjects: Vec<_> = opens(&role).into_iter().map(|(_, subjects, bound)| (subjects, bound)).collect();
    assert_eq!(subjects, [(named(&["web"]), Bound::AtMost), (Subjects::NotSaid, Bound::AtMost)]);
    let api = decode("jfrog-api-key", &format!("AKCp{}", "x".repeat(69)));
    assert_eq!((opens(&api)[0].0.clone(), api.expires), (vec![Power::Everything], Reported::Said(Expiry::Never)));
}

#[test]
fn hex_tells_scopes() {
    let key = mint(
        "jwt",
        "iss=hexpm,aud=hexpm:api,sub=user:ann,scope=api:read package:hexpm/jason api:write x:y,exp=1893456000",
    );
    let facts = decode("hex-jwt", &key);
    assert_eq!((&facts.owner, &facts.issuer), (&said("ann"), &Some(Issuer::HEX)));
    let expected = [
        (vec![Power::Read], Subjects::Everything, Bound::Exact),
        (vec![Power::PublishUpdate], named(&["jason"]), Bound::Exact),
        (vec![Power::Manage], Subjects::Everything, Bound::Exact),
    ];
    assert_eq!(opens(&facts), expected);
    assert!(facts.notes.iter().any(|note| note.contains("not known here")));
    assert!(refuses("hex-jwt", &mint("jwt", "iss=other")));
}

#[test]
fn harbor_tells_rights() {
    let policies = r#"[{"Resource":"/project/1/repository","Action":"push","Effect":"allow"},{"Resource":"*","Action":"*"},{"Resource":"a","Action":"pull","Effect":"deny"}]"#;
    let facts = decode("harbor-jwt", &mint("jwt", &format!("id=7,pid=1,access={policies},exp=1893456000")));
    let expected = [
        (vec![Power::PublishNew], named(&["/project/1/repository"]), Bound::Exact),
        (vec![Power::Everything], Subjects::Everything, Bound::Exact),
    ];
    assert_eq!((opens(&facts), facts.details["pid"].as_str()), (expected.to_vec(), "1"));
    assert_eq!(facts.restrictions.said().unwrap()[0].name, "deny");
}

#[test]
fn verdaccio_tells_user_and_end() {
    let key = mint("jwt", r#"name=ann,groups=["x","y"],token={"key":"abc"},iat=1790000000,exp=1893456000"#);
    let facts = decode("verdaccio-jwt", &key);
    assert_eq!((facts.owner, facts.key_id, facts.expires), (said("ann"), said("abc"), until("2030-01-01T00:00:00Z")));
    assert_eq!(decode("verdaccio-legacy", &mint("verdaccio-legacy", "")).expires, Reported::Said(Expiry::Never));
}

#[test]
fn any_token_tells_its_registered_claims() {
    let facts = decode(
        "jwt",
        &mint("jwt", r#"iss=me,sub=you,aud=["a","b"],roles=["r"],exp=1893456000.5,nbf=1,iat=1790000000"#),
    );
    assert_eq!((&facts.owner, facts.details["aud"].as_str()), (&said("you"), "a b"));
    assert_eq!((facts.details["roles"].as_str(), facts.issuer), ("r", None));
    assert_eq!(facts.created, Reported::Said(at("2026-09-21T14:13:20Z")));
    let endless = decode("jwt", &mint("jwt", "sub=you"));
    assert_eq!(endless.expires, Reported::Said(Expiry::Never));
    assert!(endless.notes.iter().any(|note| note.contains("no `exp`")));
    for absurd in ["exp=9223372036854775807", "exp=soon", "exp=[]", "exp=-9223372036854775808", "exp=true"] {
        assert_eq!(decode("jwt", &mint("jwt", absurd)).expires, Reported::NotSaid, "{absurd}");
    }
}

#[test]
fn a_detail_is_cut() {
    let facts = decode("jwt", &mint("jwt", &format!("iss={}", "é".repeat(5000))));
    assert_eq!(facts.details["iss"].chars().count(), 201);
}

#[test]
fn azure_devops_tells_the_month() {
    let facts = decode("azure-devops-pat", &mint("azure-devops-pat", "created=2026-08"));
    assert_eq!((facts.details["created-month"].as_str(), facts.created), ("2026-08", Reported::NotSaid));
    assert!(decoder("azure-devops-pat").is_some_and(|d| (d.decode)("a2".repeat(26).as_bytes()).is_some()));
    assert!(refuses("azure-devops-pat", &mint("nuget-v5", "")));
}

#[test]
fn the_rest_tells_its_class() {
    let sealed = |name: &str, unsealed: String| (check(name).unwrap().seal.unwrap())(&unsealed);
    for (name, key, kind) in [
        ("npm", format!("npm_{}", "x".repeat(36)), "access token"),
        ("npm", UUID.to_owned(), "classic token (UUID)"),
        ("nuget-guid", UUID.to_owned(), "API key v1 to v3, or a verification key"),
        ("crates-io", format!("cio{}", "x".repeat(32)), "API token"),
        ("crates-io-tp", mint("crates-io-tp", ""), "Trusted Publishing token"),
        ("rubygems", format!("rubygems_{}", "a".repeat(48)), "API key"),
        ("rubygems", "a".repeat(32), "legacy API key"),
        ("jsr", sealed("jsr", format!("jsrd_{}", "x".repeat(29))), "device token"),
        ("hex", "a".repeat(32), "API key"),
        ("docker-hub", format!("dckr_pat_{}", "x".repeat(27)), "personal access token"),
        ("docker-hub", format!("dckr_oat_{}", "x".repeat(32)), "organization access token"),
        ("hugging-face", format!("hf_{}", "x".repeat(34)), "user access token"),
        ("hugging-face", format!("hf_oauth_{}", "x".repeat(34)), "OAuth access token"),
        ("hugging-face", format!("hf_jwt_{}", mint("jwt", "")), "OIDC exchange token"),
        ("hugging-face", format!("api_org_{}", "x".repeat(34)), "organization token (deprecated)"),
        ("terraform", format!("{}.atlasv1.{}", "x".repeat(14), "y".repeat(67)), "API token"),
        ("open-vsx", UUID.to_owned(), "access token"),
    ] {
        let facts = decode(name, &key);
        assert_eq!((facts.kind, facts.state), (said(kind), State::Unknown), "{name}");
        assert!(refuses(name, ""), "{name}");
    }
}

#[test]
fn an_aws_key_id_tells_its_account_and_a_canary_is_named() {
    let facts = decode("aws-access-key-id", concat!("ASIA", "Q3ZAIZYFPVRC6ZTB"));
    assert_eq!((facts.kind, facts.key_id.said().map(String::len)), (said("temporary access key (STS)"), Some(20)));
    assert_eq!(facts.details["account-id"].len(), 12);
    // Account 171436882533 in bits 1 to 40 of the first six bytes, the generation bit set.
    let number: u64 = 171_436_882_533;
    let bytes = (1_u64 << 47 | number << 7).to_be_bytes();
    let id = format!("AKIA{}", data_encoding::BASE32_NOPAD.encode(&[&bytes[2..], &[9; 4]].concat()));
    let facts = decode("aws-access-key-id", &id);
    assert_eq!((facts.owner, facts.details["canary"].as_str()), (said("171436882533"), "Thinkst"));
    assert_eq!(facts.expires, Reported::Said(Expiry::Never));
    // The older generation, whose first digit is in its lower half, holds no account.
    let old = decode("aws-access-key-id", &format!("AKIAI{}", "Q".repeat(15)));
    assert_eq!((old.owner, old.details.contains_key("account-id")), (Reported::NotSaid, false));
    assert!(refuses("aws-access-key-id", "AKIA") && refuses("aws-access-key-id", &format!("AROA{}", "Q".repeat(16))));
}

#[test]
fn a_presigned_url_tells_account_and_window() {
    let url = |id: &str| {
        format!(
            "https://b.s3.eu-west-1.amazonaws.com/a.zip?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={id}%2F20260820%2F\
             eu-west-1%2Fs3%2Faws4_request&X-Amz-Date=20260820T091500Z&X-Amz-Expires=3600&X-Amz-Signature=00"
        )
    };
    let facts = decode("aws-presigned-url", &url(&format!("AKIA{}", "Q".repeat(16))));
    assert_eq!(
        (facts.created, facts.expires),
        (Reported::Said(at("2026-08-20T09:15:00Z")), until("2026-08-20T10:15:00Z"))
    );
    assert_eq!((facts.details["region"].as_str(), facts.details["service"].as_str()), ("eu-west-1", "s3"));
    assert_eq!(facts.key_id, Reported::Said(format!("AKIA{}", "Q".repeat(16))));
    let text = url("ASIA2").replacen("https://b.s3.eu-west-1.amazonaws.com/a.zip", "bedrock.amazonaws.com/", 1);
    let bedrock = format!("bedrock-api-key-{}", data_encoding::BASE64.encode(text.as_bytes()));
    assert_eq!(decode("aws-bedrock", &bedrock).expires, until("2026-08-20T10:15:00Z"));
    assert!(refuses("aws-presigned-url", "https://a.example/?x=1") && refuses("aws-bedrock", "ABSKAAAA"));
}

#[test]
fn an_azure_key_tells_its_right_and_a_sas_its_reach_and_end() {
    let manage = crate::format::azure::seal_for("manage", &format!("{}+ASb", "A".repeat(33))).unwrap();
    let facts = decode("azure-identifiable", &manage);
    assert_eq!((facts.details["service"].as_str(), facts.details["right"].as_str()), ("Azure Service Bus", "manage"));
    assert_eq!(opens(&facts), [(vec![Power::Everything], Subjects::Everything, Bound::AtMost)]);
    let sas = decode(
        "azure-sas",
        "https://a.blob.core.windows.net/exports?sp=rl&se=2027-08-20T17:15Z&spr=https,http&sr=c&sig=x",
    );
    assert_eq!((sas.kind.clone(), sas.expires.clone()), (said("service SAS"), until("2027-08-20T17:15:00Z")));
    assert_eq!(opens(&sas), [(vec![Power::Read, Power::Read], named(&["exports"]), Bound::Exact)]);
    assert!(sas.notes.iter().any(|note| note.contains("without TLS")));
    let account = decode("azure-sas", "sv=2024-11-04&ss=b&srt=sco&sp=rwdx&se=2027-08-20&sig=x");
    assert_eq!((account.kind.clone(), account.expires.clone()), (said("account SAS"), until("2027-08-20T00:00:00Z")));
    assert_eq!(account.grants.said().unwrap()[0].subjects, Subjects::Everything);
    let cask = decode("cask", &format!("{}A{}ABAKTEST{}", "x".repeat(43), "QJJQ", "AABIUJPa"));
    assert_eq!(cask.created, Reported::Said(at("2026-09-21T09:15:26Z")));
    assert!(refuses("azure-sas", "sv=2024-11-04&ss=b") && refuses("azure-identifiable", "A"));
}

#[test]
fn a_service_account_key_names_its_account() {
    for members in [
        r#""project_id": "p", "private_key_id": "k", "private_key": "x\n", "client_email": "a@p.iam.gserviceaccount.com""#,
        r#"\"project_id\": \"p\", \"private_key_id\": \"k\", \"private_key\": \"x\\n\", \"client_email\": \"a@p.iam.gserviceaccount.com\""#,
    ] {
        let facts = decode("gcp-service-account", members);
        assert_eq!((facts.owner, facts.key_id), (said("a@p.iam.gserviceaccount.com"), said("k")));
        assert_eq!(facts.details["project_id"], "p");
    }
    let default = decode("gcp-service-account", r#""client_email": "1-compute@developer.gserviceaccount.com""#);
    assert!(default.notes.iter().any(|note| note.contains("default service account")));
    assert!(refuses("gcp-service-account", "{}"));
}

#[test]
fn a_fly_macaroon_tells_all_its_caveats() {
    let facts = decode("fly", &mint("fly", "org=7;mask=31;app=9;nbf=1700000000;exp=1893456000"));
    assert_eq!((facts.owner.clone(), facts.expires.clone()), (said("organisation 7"), until("2030-01-01T00:00:00Z")));
    assert_eq!(opens(&facts), [(vec![Power::Everything], named(&["app 9"]), Bound::Exact)]);
    let read = decode("fly", &format!("FlyV1 {},fm2_AAAA", mint("fly", "mask=1")));
    assert_eq!(opens(&read), [(vec![Power::Read], Subjects::Everything, Bound::Exact)]);
    assert_eq!(read.expires, Reported::Said(Expiry::Never));
}

#[test]
fn tokens_of_platforms_tell_whom_they_are_of() {
    let owner = |name: &str, key: &str| decode(name, key).owner.said().cloned().unwrap_or_default();
    assert_eq!(owner("sentry", &mint("sentry", "org=acme;iat=1700000000")), "acme");
    assert_eq!(decode("sentry", &mint("sentry", "iat=1700000000")).created, Reported::Said(at("2023-11-14T22:13:20Z")));
    assert_eq!(owner("grafana", &mint("grafana-cloud", "org=77")), "organisation 77");
    assert_eq!(decode("grafana", &mint("grafana-legacy", "org=3;name=ci")).name, said("ci"));
    assert_eq!(owner("mapbox", &mint("mapbox", "user=ann")), "ann");
    assert_eq!(owner("onepassword", &mint("1password", "email=sa@example.org")), "sa@example.org");
    assert_eq!(owner("telegram", &format!("{}:{}", 123_456_789, "A".repeat(35))), "123456789");
    // The worked example of Discord's own documentation.
    let discord = decode("discord", &mint("discord", "user=175928847299117063"));
    assert_eq!(discord.details["account-created"], "2016-04-30T11:18:25.796Z");
    assert_eq!(decode("elastic", &mint("elastic", "")).key_id.said().map(String::len), Some(20));
    assert_eq!(decode("elastic", &mint("elastic-encoded", "")).kind, said("Elasticsearch API key"));
    assert_eq!(decode("slack", "xapp-1-A0123456789-1234567890123-ab").details["app-id"], "A0123456789");
    assert_eq!(decode("slack-webhook", "https://hooks.slack.com/services/T1/B2/x").details["bot-id"], "B2");
    assert_eq!(decode("doppler", "dp.st.prd.x").details["config"], "prd");
    let root = decode("vault", &format!("hvs.{}", "a".repeat(24)));
    assert_eq!(root.kind, said("service token, unsigned"));
    assert_eq!(root.grants.said().map(|grants| grants[0].bound), Some(Bound::AtMost), "root, or no more than that");
    let auth = decode("tailscale", &format!("tskey-auth-{}-{}", "k123456CNTRL", "s".repeat(32)));
    assert_eq!((auth.kind, auth.key_id), (said("auth key"), said("k123456CNTRL")));
    assert_eq!(decode("tailscale", "tskey-api-odd id-x").key_id, Reported::NotSaid);
    assert_eq!(decode("vault", &mint("vault", "")).kind, said("service token"));
    assert_eq!(decode("nats", &mint("nkey", "of=account")).kind, said("account seed"));
}

#[test]
fn stripe_and_class_tell_what_a_prefix_says() {
    let key = |class: &str, mode: &str| format!("{class}_{mode}_{}", "a".repeat(24));
    let live = decode("stripe", &key("sk", "live"));
    assert_eq!(opens(&live), [(vec![Power::Everything], Subjects::Everything, Bound::Exact)]);
    assert_eq!(decode("stripe", &key("sk", "test")).grants, Reported::NotSaid);
    assert_eq!(decode("stripe", &key("rk", "live")).kind, said("restricted key"));
    assert!(refuses("stripe", "pk_live_x"));
    let global = decode("class", "cfk_x");
    assert_eq!((global.issuer, global.kind), (Some(Issuer::new("cloudflare")), said("global API key")));
    assert!(refuses("class", "nothing"));
}

#[test]
fn a_web_token_is_known_by_its_issuer() {
    let token = |claims: &str| decode("token", &mint("jwt", claims));
    let kinds = [
        (
            "iss=kubernetes/serviceaccount,kubernetes.io/serviceaccount/namespace=prod",
            "service account token (legacy secret)",
        ),
        (
            r#"kubernetes.io={"namespace":"prod","pod":{"name":"web-1"}},exp=1893456000"#,
            "service account token (bound)",
        ),
        (
            "iss=supabase,ref=abcdefghijklmnopqrst,role=service_role,exp=2000000000",
            "service_role API key (JSON Web Token)",
        ),
        ("iss=https://token.actions.githubusercontent.com,repository=a/b", "GitHub Actions identity token"),
        ("iss=https://sts.windows.net/1/,tid=1", "Microsoft Entra token"),
        ("iss=https://acme.auth0.com/", "Auth0 token"),
        ("iss=https://example.org", "JSON Web Token"),
    ];
    for (claims, kind) in kinds {
        assert_eq!(token(claims).kind, said(kind), "{claims}");
    }
    assert_eq!(token(kinds[0].0).details["namespace"], "prod");
    assert_eq!(
        (&token(kinds[0].0).expires, token(kinds[1].0).details["pod"].as_str()),
        (&Reported::Said(Expiry::Never), "web-1")
    );
    let role = token(kinds[2].0);
    assert_eq!((role.details["ref"].as_str(), opens(&role)[0].0[0]), ("abcdefghijklmnopqrst", Power::Everything));
    let auth0 =
        token("iss=https://acme.eu.auth0.com/,aud=https://acme.eu.auth0.com/api/v2/,scope=read:users update:users");
    assert_eq!(opens(&auth0), [(vec![Power::Read, Power::Manage], Subjects::Everything, Bound::Exact)]);
}

#[test]
fn a_connection_string_tells_server_user_and_tls() {
    let url = decode("connection-url", "postgresql+psycopg2://postgres:x7Kd@10.0.0.5:5432/prod?sslmode=disable");
    assert_eq!((url.kind, url.owner), (said("password in a postgresql address"), said("postgres")));
    assert_eq!((url.details["host"].as_str(), url.details["database"].as_str()), ("10.0.0.5", "prod"));
    assert!(
        url.notes.iter().any(|note| note.contains("administrator"))
            && url.notes.iter().any(|note| note.contains("TLS"))
    );
    let bus = decode(
        "connection-pairs",
        "Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=x",
    );
    assert_eq!(opens(&bus), [(vec![Power::Everything], Subjects::Everything, Bound::Exact)]);
    let ado = decode("connection-pairs", "Server=tcp:a.database.windows.net,1433;User ID=sa;Password=x;Encrypt=false");
    assert_eq!((ado.owner, ado.details["host"].as_str()), (said("sa"), "a.database.windows.net"));
    assert!(ado.notes.iter().any(|note| note.contains("TLS")));
    assert!(refuses("connection-url", "postgres://db/prod") && refuses("connection-pairs", "Server=a"));
}

#[test]
fn a_private_key_tells_form_and_protection() {
    let clear = decode("private-key", &mint("private-key", ""));
    let sealed = decode("private-key", &mint("private-key", "form=openssh-encrypted"));
    assert_eq!((clear.kind, clear.details["encrypted"].as_str()), (said("private key, Ed25519, 256 bits"), "no"));
    assert_eq!(sealed.details["encrypted"], "aes256-ctr, bcrypt, 16 rounds");
    assert!(clear.details["public-key"].starts_with("SHA256:"));
    let known = decode("private-key", &mint("private-key", "form=known"));
    assert_eq!(known.name, said("skelkey's sample key"));
}

#[test]
fn parts_complete_each_other() {
    let secret = KeyFacts::of_kind("secret").detail("a", "1").note("x");
    let id = decode("aws-access-key-id", &format!("AKIA{}", "Q".repeat(16))).detail("a", "2").note("y");
    let both = secret.completed_by(id);
    assert_eq!((both.kind, both.key_id.said().is_some()), (said("secret"), true));
    assert_eq!((both.details["a"].as_str(), both.notes), ("1", vec!["x".to_owned(), "y".to_owned()]));
}

#[test]
fn names_are_unique_and_found() {
    for (at, known) in DECODERS.iter().enumerate() {
        assert!(DECODERS[at + 1..].iter().all(|other| other.name != known.name));
        assert!(decoder(known.name).is_some() && !known.reads.is_empty());
    }
}

/// Every envelope and the decoder that must read it.
const ROUND_TRIPS: &[(&str, &str)] = &[
    ("nuget-v4", "nuget-v4"),
    ("nuget-v5", "nuget-v5"),
    ("azure-devops-pat", "azure-devops-pat"),
    ("pypi", "pypi"),
    ("testpypi", "pypi"),
    ("devpi", "devpi"),
    ("gitlab-routable", "gitlab"),
    ("jfrog-reference", "jfrog-reference"),
    ("jwt", "jwt"),
    ("github-jwt", "github-jwt"),
    ("crates-io-tp", "crates-io-tp"),
    ("verdaccio-legacy", "verdaccio-legacy"),
    ("1password", "onepassword"),
    ("discord", "discord"),
    ("elastic", "elastic"),
    ("elastic-encoded", "elastic"),
    ("fly", "fly"),
    ("grafana-cloud", "grafana"),
    ("grafana-legacy", "grafana"),
    ("jwt", "token"),
    ("mapbox", "mapbox"),
    ("nkey", "nats"),
    ("private-key", "private-key"),
    ("sentry", "sentry"),
    ("vault", "vault"),
];

proptest! {
    #[test]
    fn what_is_minted_is_read(pair in 0..ROUND_TRIPS.len(), seed: u64) {
        let (name, by) = ROUND_TRIPS[pair];
        let mut random = fastrand::Rng::with_seed(seed);
        let key = (envelope(name).unwrap().mint)(&mut |count| (0..count).map(|_| random.u8(..)).collect(), "").unwrap();
        let facts = (decoder(by).unwrap().decode)(key.as_bytes());
        prop_assert!(facts.is_some_and(|facts| facts.kind.said().is_some() && facts.state == State::Unknown));
    }

    #[test]
    fn no_decoder_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        for decoder in DECODERS {
            let _ = (decoder.decode)(&bytes);
        }
    }

    #[test]
    fn no_decoder_panics_on_almost_keys(pair in 0..ROUND_TRIPS.len(), seed: u64, at: proptest::sample::Index, byte: u8) {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut key = (envelope(ROUND_TRIPS[pair].0).unwrap().mint)(&mut |n| (0..n).map(|_| random.u8(..)).collect(), "")
            .unwrap()
            .into_bytes();
        let at = at.index(key.len());
        key[at] = byte;
        for decoder in DECODERS {
            let _ = (decoder.decode)(&key);
        }
    }

    #[test]
    fn no_caveat_panics(caveats in proptest::collection::vec(r#"[\[\]{}",:a-z0-9 =.-]{0,40}"#, 0..5)) {
        let caveats: Vec<&str> = caveats.iter().map(String::as_str).collect();
        let facts = (decoder("pypi").unwrap().decode)(pypi("pypi.org", &caveats).as_bytes());
        prop_assert!(facts.is_some());
        let ids = caveats.iter().map(|id| macaroon::Caveat { id: id.as_bytes().to_vec(), third_party: false }).collect();
        let token = macaroon::Macaroon { location: None, identifier: b"root-1".to_vec(), caveats: ids };
        let key = macaroon::compose(macaroon::DEVPI_PREFIX, &token, &[0; 32]);
        prop_assert!((decoder("devpi").unwrap().decode)(key.as_bytes()).is_some());
    }
}
