//! Lists of keys: every importer on its fixture, every way a list can be wrong, every row of the join's table.

#![expect(clippy::unwrap_used, reason = "tests may be blunt, and so may what they share")]

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use proptest::prelude::*;
use sha2::{Digest, Sha256, Sha512};
use skelkey::inventory::{
    Inventory, JoinOutcome, Lists, Mark, NearbyNames, ReadError, Record, join, read, settle, twins,
};
use skelkey::issuer::Issuer;
use skelkey::key::{Bound, Expiry, Grant, Inactive, JoinStrength, KeyFacts, LastUse, Power, Reported, State, Subjects};
use skelkey::location::Span;
use skelkey::secret::Secret;

fn fixture(name: &str) -> Inventory {
    let path = Path::new("fixtures/inventory").join(name);
    read(&path, &std::fs::read(&path).unwrap()).unwrap()
}

fn list(text: &str) -> Inventory {
    read(Path::new("keys.json"), text.as_bytes()).unwrap()
}

fn error(text: &str) -> ReadError {
    read(Path::new("keys.json"), text.as_bytes()).unwrap_err()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-11-22T12:00:00Z")
}

fn grant(record: &Record) -> &Grant {
    &record.facts.grants.said().unwrap()[0]
}

fn actions(grant: &Grant) -> Vec<(&str, Power)> {
    grant.actions.iter().map(|action| (action.name.as_str(), action.power)).collect()
}

fn named(names: &[&str]) -> Subjects {
    Subjects::Named(names.iter().map(|&name| name.to_owned()).collect())
}

fn name(record: &Record) -> Option<&str> {
    record.facts.name.said().map(String::as_str)
}

mod importers {
    use super::*;

    #[test]
    fn nuget_page_is_read_from_its_inline_script() {
        let list = fixture("nuget-api-keys.html");
        assert_eq!((list.format, list.issuers.as_slice()), ("nuget-page", &[Issuer::NUGET][..]));
        assert!(list.complete);
        let [release, nightly, old, leaked, full] = list.records.as_slice() else { panic!("five rows") };

        assert_eq!((release.line, release.column), (16, 9));
        assert_eq!(name(release), Some("Contoso release 2026"));
        assert_eq!(release.facts.owner.said().unwrap(), "contoso");
        assert_eq!(release.facts.expires, Reported::Said(Expiry::At(at("2026-12-01T09:30:00Z"))));
        assert_eq!(release.facts.created, Reported::NotSaid);
        assert_eq!(release.facts.last_used, Reported::NotSaid);
        assert_eq!(release.facts.state, State::Active);
        assert_eq!(actions(grant(release)), [("package:push", Power::PublishNew), ("package:unlist", Power::Withdraw)]);
        assert_eq!(grant(release).subjects, Subjects::Everything);
        assert!(release.marks.is_empty(), "the page tells no part of a key");

        assert_eq!(grant(nightly).subjects, named(&["Fabrikam.Tools.*", "Fabrikam.Core", "Fabrikam.Net"]));
        assert_eq!(actions(grant(nightly)), [("package:pushversion", Power::PublishUpdate)]);
        assert_eq!(old.facts.state, State::Inactive(Inactive::Expired));
        assert_eq!(actions(grant(old)), [("all", Power::Everything)]);
        assert_eq!(leaked.facts.state, State::Inactive(Inactive::Revoked));
        assert_eq!(actions(grant(leaked)), [("package:unlist", Power::Withdraw)]);

        assert_eq!(full.line, 20);
        assert_eq!(full.facts.expires, Reported::Said(Expiry::Never));
        assert_eq!(actions(grant(full)), [("full access", Power::Everything)]);
        assert_eq!(grant(full).subjects, Subjects::Everything);
    }

    #[test]
    fn the_columns_of_a_row_are_those_of_its_text() {
        let path = Path::new("fixtures/inventory/nuget-api-keys.html");
        let text = std::fs::read_to_string(path).unwrap();
        for record in read(path, text.as_bytes()).unwrap().records {
            let line = text.lines().nth(record.line - 1).unwrap();
            let row = &line[record.column - 1..record.end_column - 1];
            assert!(row.starts_with('{') && row.ends_with('}'), "{row}");
            assert!(row.contains(name(&record).unwrap()));
        }
    }

    #[test]
    fn nuget_json_alone_is_read_and_its_gallery_is_told_where_the_page_tells_it() {
        let row = r#"{"Key":1,"Type":"apikey.v4","Value":null,"Description":"d","Expires":"2026-12-01T00:00:00","HasExpired":false,
            "IsNonScopedApiKey":false,"RevocationSource":null,"Owner":"o","Scopes":["Push only new package versions"],"Packages":["A"],"GlobPattern":""}"#;
        for text in [
            format!("{{\"ApiKeys\":[{row}]}}"),
            format!("[{row}]"),
            format!("x = 1; initialData={{\"ApiKeys\":[{row}]}}"),
        ] {
            let list = list(&text);
            assert_eq!(list.format, "nuget-page");
            assert_eq!(list.records[0].facts.expires, Reported::Said(Expiry::At(at("2026-12-01T00:00:00Z"))));
            assert_eq!(grant(&list.records[0]).subjects, named(&["A"]));
            assert!(list.notes.iter().any(|note| note.contains("assumed")), "{:?}", list.notes);
        }
        let page =
            format!("<html><a href='//www.powershellgallery.com'><script>var initialData = {{\"ApiKeys\":[{row}]}};");
        assert_eq!(list(&page).issuers, [Issuer::POWERSHELL_GALLERY]);
    }

    #[test]
    fn a_nuget_scope_that_is_new_is_ranked_as_the_strongest_and_said() {
        let text = std::fs::read_to_string("fixtures/inventory/nuget-api-keys.html").unwrap();
        let list = list(&text.replace("Push only new package versions", "Sign packages"));
        assert_eq!(actions(grant(&list.records[1])), [("Sign packages", Power::Everything)]);
        assert!(list.records[1].facts.notes[0].contains("Sign packages"));
    }

    #[test]
    fn npm_token_list_is_read() {
        let list = fixture("npm-token-list.json");
        assert_eq!((list.format, list.issuers.as_slice()), ("npm-token-list", &[Issuer::NPM][..]));
        let [release, mirror, classic] = list.records.as_slice() else { panic!("three rows") };
        assert_eq!((release.line, release.column, release.end_column), (2, 3, 4));
        let ends = Mark::Ends { prefix: "npm_aBcD".to_owned(), suffix: "7890".to_owned() };
        assert!(release.marks.contains(&ends));
        assert_eq!(release.facts.expires, Reported::Said(Expiry::At(at("2026-12-20T00:00:00Z"))));
        assert_eq!(release.facts.last_used, Reported::Said(LastUse::At(at("2026-11-20T17:45:10Z"))));
        let grants = release.facts.grants.said().unwrap();
        assert_eq!(actions(&grants[0]), [("write", Power::PublishNew)]);
        assert_eq!(grants[0].subjects, named(&["widgets", "@acme/*"]));
        assert_eq!(
            (actions(&grants[1]), &grants[1].subjects),
            (vec![("orgs:read", Power::Read)], &named(&["org:acme"]))
        );
        let restrictions: Vec<String> =
            release.facts.restrictions.said().unwrap().iter().map(|r| format!("{}={}", r.name, r.value)).collect();
        assert_eq!(restrictions, ["cidr=192.0.2.0/24", "bypass-2fa=true"]);

        assert_eq!(mirror.facts.expires, Reported::Said(Expiry::Never));
        assert_eq!(mirror.facts.last_used, Reported::NotSaid);
        assert_eq!(mirror.facts.state, State::Inactive(Inactive::Revoked));
        assert_eq!((mirror.facts.grants.said().unwrap().len(), &grant(mirror).subjects), (1, &Subjects::Everything));

        assert_eq!(classic.facts.expires, Reported::NotSaid);
        assert_eq!((grant(classic).bound, &grant(classic).subjects), (Bound::AtMost, &Subjects::NotSaid));
    }

    #[test]
    fn a_page_of_a_longer_npm_list_is_not_complete() {
        let row = r#"{"key":"k","token":"npm_aBcD...7890","readonly":true,"created":"2026-01-01T00:00:00Z"}"#;
        let whole = list(&format!("{{\"objects\":[{row}],\"total\":1,\"urls\":{{}}}}"));
        let page = list(&format!("{{\"objects\":[{row}],\"total\":2,\"urls\":{{\"next\":\"x\"}}}}"));
        assert_eq!((whole.complete, page.complete), (true, false));
    }

    #[test]
    fn verdaccio_is_told_from_npm() {
        let row =
            r#"{"user":"anna","token":"abcde...vwxyz","key":"k","cidr":[],"readonly":false,"created":1790000000000}"#;
        let list = list(&format!("[{row}]"));
        assert_eq!(list.issuers, [Issuer::VERDACCIO]);
        assert_eq!(list.records[0].facts.created, Reported::Said(at("2026-09-21T14:13:20Z")));
    }

    #[test]
    fn crates_io_tokens_are_read() {
        let list = fixture("crates-io-tokens.json");
        assert_eq!((list.format, list.issuers.as_slice()), ("crates-io-tokens", &[Issuer::CRATES_IO][..]));
        let [scoped, legacy, star] = list.records.as_slice() else { panic!("three rows") };
        assert_eq!(scoped.line, 3);
        assert_eq!(actions(grant(scoped)), [("publish-update", Power::PublishUpdate), ("yank", Power::Withdraw)]);
        assert_eq!(grant(scoped).subjects, named(&["gearbox", "gearbox-*"]));
        assert_eq!(legacy.facts.expires, Reported::Said(Expiry::Never));
        assert_eq!(legacy.facts.last_used, Reported::Said(LastUse::Never));
        assert_eq!(actions(grant(legacy)), [("legacy full access", Power::Everything)]);
        assert_eq!(grant(legacy).subjects, Subjects::Everything);
        assert_eq!(grant(star).subjects, Subjects::Everything);
    }

    #[test]
    fn gitlab_tokens_are_read() {
        let list = fixture("gitlab-access-tokens.json");
        assert_eq!((list.format, list.issuers.as_slice()), ("gitlab-tokens", &[Issuer::GITLAB][..]));
        let [project, personal] = list.records.as_slice() else { panic!("two rows") };
        assert_eq!(project.facts.kind.said().unwrap(), "project or group access token");
        assert_eq!(project.facts.expires, Reported::Said(Expiry::At(at("2027-05-31T23:59:59Z"))));
        assert_eq!(project.facts.state, State::Active);
        assert_eq!(grant(project).subjects, Subjects::NotSaid);
        assert_eq!(project.facts.details["user-id"], "1337");
        assert_eq!(personal.facts.kind.said().unwrap(), "personal access token");
        assert_eq!(personal.facts.state, State::Inactive(Inactive::Revoked));
        assert_eq!(personal.facts.last_used, Reported::Said(LastUse::Never));

        let deploy = fixture("gitlab-deploy-tokens.json");
        let [pull, push] = deploy.records.as_slice() else { panic!("two rows") };
        assert_eq!(pull.facts.expires, Reported::Said(Expiry::Never));
        assert_eq!(pull.facts.owner.said().unwrap(), "gitlab+deploy-token-7");
        assert_eq!(push.facts.state, State::Inactive(Inactive::Expired));
        assert_eq!(actions(grant(push))[1], ("write_future_registry", Power::Everything));
    }

    #[test]
    fn twenty_gitlab_rows_may_be_one_page() {
        let row =
            |id| format!(r#"{{"id":{id},"name":"n","revoked":false,"scopes":[],"expires_at":null,"active":true}}"#);
        let rows = |count: usize| format!("[{}]", (0..count).map(row).collect::<Vec<_>>().join(","));
        assert!(list(&rows(19)).complete);
        assert!(!list(&rows(20)).complete);
    }

    #[test]
    fn our_own_json_is_read() {
        let list = fixture("skelkey.json");
        assert_eq!(list.format, "skelkey-json");
        assert_eq!(list.issuers, [Issuer::new("acme-registry"), Issuer::NUGET]);
        let [release, deployer] = list.records.as_slice() else { panic!("two rows") };
        assert_eq!((release.line, release.column), (5, 5));
        assert_eq!(release.facts.created, Reported::Said(at("2026-11-01T00:00:00Z")));
        assert_eq!(release.facts.state, State::Active);
        let hash: [u8; 32] = Sha256::digest(b"test").into();
        assert_eq!(release.marks, [Mark::Sha256(hash), Mark::KeyId(format!("oy2{}", "a".repeat(17)))]);
        assert_eq!(deployer.facts.expires, Reported::Said(Expiry::Never));
        assert_eq!(deployer.facts.last_used, Reported::Said(LastUse::Never));
        assert_eq!(deployer.facts.state, State::Unknown);
        assert_eq!(actions(grant(deployer)), [("read", Power::Read), ("ship", Power::PublishNew)]);
        assert_eq!(grant(deployer).subjects, Subjects::Everything);
    }

    #[test]
    fn our_own_csv_is_read() {
        let list = fixture("skelkey.csv");
        assert_eq!(list.format, "skelkey-csv");
        let [release, acme, crane] = list.records.as_slice() else { panic!("three rows") };
        assert_eq!((release.line, acme.line, crane.line), (2, 3, 4));
        assert_eq!((acme.column, acme.end_column), (1, 109));
        assert_eq!(release.facts.expires, Reported::Said(Expiry::At(at("2026-12-01T23:59:59Z"))), "the end of the day");
        assert_eq!(actions(grant(release)).len(), 2);
        assert_eq!(grant(release).subjects, named(&["Contoso.*", "Contoso"]));
        assert_eq!(name(acme), Some("Acme, widgets"));
        assert_eq!(acme.facts.last_used, Reported::Said(LastUse::Never));
        assert_eq!(crane.facts.state, State::Inactive(Inactive::Revoked));
        assert_eq!(crane.facts.expires, Reported::Said(Expiry::At(at("2026-11-30T23:59:59Z"))));
    }

    #[test]
    fn hashes_are_read_in_hexadecimal_and_in_base64() {
        let key = b"some key";
        let rows = format!(
            r#"{{"name":"a","issuer":"nuget","sha512":"{}"}},{{"name":"b","issuer":"nuget","sha256":"{}"}},{{"name":"c","issuer":"nuget","sha512":"{}"}}"#,
            data_encoding::BASE64.encode(&Sha512::digest(key)),
            data_encoding::BASE64.encode(&Sha256::digest(b"another")),
            data_encoding::HEXUPPER.encode(&Sha512::digest(b"third")),
        );
        let list = list(&format!("{{\"skelkey-inventory\":1,\"keys\":[{rows}]}}"));
        assert_eq!(list.records[0].marks, [Mark::Sha512(Sha512::digest(key).into())]);
        assert_eq!(list.records[1].marks, [Mark::Sha256(Sha256::digest(b"another").into())]);
    }

    #[test]
    fn byte_order_marks_line_ends_and_utf16_change_nothing() {
        for file in ["npm-token-list.json", "skelkey.json", "skelkey.csv", "nuget-api-keys.html"] {
            let text =
                std::fs::read_to_string(Path::new("fixtures/inventory").join(file)).unwrap().replace("\r\n", "\n");
            let plain = read(Path::new(file), text.as_bytes()).unwrap();
            let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
            let utf16: Vec<u8> = windows.encode_utf16().flat_map(u16::to_le_bytes).collect();
            for bytes in [windows.as_bytes(), &utf16] {
                let other = read(Path::new(file), bytes).unwrap();
                let lines = |list: &Inventory| list.records.iter().map(|r| (r.line, r.end_column)).collect::<Vec<_>>();
                assert_eq!(lines(&other), lines(&plain), "{file}");
                assert!(other.records.iter().zip(&plain.records).all(|(a, b)| a.facts == b.facts), "{file}");
            }
        }
    }
}

mod mistakes {
    use super::*;

    #[test]
    fn every_mistake_is_named_with_line_record_and_field() {
        let text = r#"{"skelkey-inventory": 1,
  "keys": [
    {"name": "a", "issuer": "nuget", "expires": "31/12/2026"},
    {"name": "b", "issuer": "NuGet.org",
     "expirs": "never"},
    {"issuer": "npm"},
    {"name": "d", "issuer": "npm", "state": "dead", "actions": ["push"],
     "subjects": "widgets", "created": 5.5, "owner": null},
    "text",
    {"name": "e", "name": "f"}
  ],
  "kesy": []
}"#;
        let message = error(text).to_string();
        for expected in [
            "keys.json:3: record 1: field `expires`: \"31/12/2026\" is not a date (write RFC 3339 or a date, or `never`)",
            "keys.json:4: record 2: field `issuer`: is not an issuer's id: lower case, digits and hyphens, such as `nuget` (was `nuget` meant?)",
            "keys.json:5: record 2: field `expirs` is not known; was `expires` meant?",
            "keys.json:6: record 3: has neither a `name` nor a mark",
            "keys.json:7: record 4: field `state`: \"dead\" is none of active, revoked, expired, unknown",
            "keys.json:7: record 4: field `actions`: holds an action that is not known",
            "keys.json:8: record 4: field `subjects`: is not a list of texts",
            "keys.json:8: record 4: field `created`: it is not a date",
            "keys.json:8: record 4: field `owner`: is null; leave the field out",
            "keys.json:9: record 5 is not an object with named fields",
            "keys.json:10: record 6: field `name`: is given twice",
            "keys.json:10: record 6: field `issuer` is missing",
            "keys.json:12: field `kesy` beside `keys` is not known; was `keys` meant?",
        ] {
            assert!(message.contains(expected), "missing: {expected}\nin:\n{message}");
        }
    }

    #[test]
    fn broken_json_is_named_with_its_line() {
        for (text, line, words) in [
            ("{\"skelkey-inventory\": 1,\n \"keys\": [}\n", 2, "is not valid JSON"),
            ("[{\"id\": 1},\n", 2, "ends too early"),
            ("\n\n<script>\nvar initialData = {\"ApiKeys\": [\n}", 5, "`initialData` is not valid JSON"),
            ("<script>var initialData = {\"x\": 1}", 1, "has no `ApiKeys`"),
            ("", 1, "is empty"),
            (" \r\n ", 1, "is empty"),
            ("{\"skelkey-inventory\": 1}", 1, "`keys` is missing"),
            ("{\"skelkey-inventory\": 1, \"keys\": {}}", 1, "`keys` is not a list"),
            ("{\"skelkey-inventory\": 2, \"keys\": []}", 1, "must be 1"),
        ] {
            let error = error(text);
            assert_eq!(error.mistakes[0].line, line, "{text}");
            assert!(error.to_string().contains(words), "{error}");
        }
    }

    #[test]
    fn an_unknown_format_says_what_is_known_and_how_to_get_it() {
        for text in ["{}", "[]", "[1,2]", "name\nx\n", "<html>sign in</html>", "hello", "{\"keys\":[]}"] {
            let message = error(text).to_string();
            for format in ["nuget-page", "npm token list --json", "crates-io-tokens", "gitlab-tokens", "skelkey-csv"] {
                assert!(message.contains(format), "{text}: {message}");
            }
        }
        assert!(error("[]").to_string().contains("does not tell whose it is"));
        assert!(error("<html>sign in</html>").to_string().contains("forceApiKeys"));
        assert!(error("MIME-Version: 1.0\nContent-Type: multipart/related").to_string().contains("HTML only"));
    }

    #[test]
    fn a_list_without_measure_is_refused_before_its_rows_are_read() {
        let rows = 500_001;
        let table = format!("name,issuer\n{}", "a,npm\n".repeat(rows));
        let json = format!("{{\"skelkey-inventory\": 1, \"keys\": [{}{{}}]}}", "{},".repeat(rows - 1));
        for text in [table, json] {
            let told = error(&text).to_string();
            assert_eq!(
                told,
                "keys.json:1: holds 500001 rows; 500000 are read at most: export it in parts and give each"
            );
        }
    }

    #[test]
    fn tables_with_mistakes_are_refused() {
        for (text, words) in [
            ("issuer;name\nnuget;x\n", "separated by commas"),
            ("name,issuer\na,nuget,c\n", "keys.json:2: record 1: has 3 values for 2 columns"),
            ("name,issuer\na,nuget,c\n\nb,npm\nd,\n", "keys.json:5: record 3: field `issuer` is missing"),
            ("name,issuer,expiry\na,nuget,never\n", "column 3: field `expiry` is not known"),
            ("name,owner\na,b\n", "the column `issuer` is missing"),
            ("name,issuer,name\na,nuget,b\n", "`name` is given twice"),
            ("name,issuer,owner\na,nuget,\"b\nc,npm,d\n", "is a quote not closed?"),
            ("name,issuer,prefix\na,nuget,abcdef\n", "needs `suffix` beside it"),
            ("name,issuer,prefix,suffix\na,nuget,a,bcde\n", "must have 4 to 16 characters"),
            ("name,issuer,nuget_v4_id\na,nuget,oy1\n", "is not the first 20 characters"),
            ("name,issuer,sha256\na,nuget,abc\n", "64 hexadecimal digits"),
        ] {
            let message = error(text).to_string();
            assert!(message.contains(words), "{text}: {message}");
        }
    }

    #[test]
    fn a_hash_of_nothing_and_a_hash_given_twice_are_mistakes() {
        let empty = data_encoding::HEXLOWER.encode(&Sha256::digest(b""));
        assert!(error(&format!("issuer,name,sha256\nnuget,a,{empty}\n")).to_string().contains("the hash of nothing"));
        let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(b"k"));
        let message = error(&format!("issuer,name,sha256\nnuget,a,{hash}\nnpm,b,{hash}\n")).to_string();
        assert!(message.contains("keys.json:3: record 2: has the same hash as record 1"), "{message}");
    }

    #[test]
    fn a_missing_or_mistyped_field_of_an_issuers_list_is_a_mistake() {
        let page = std::fs::read_to_string("fixtures/inventory/nuget-api-keys.html").unwrap();
        for (from, to, words) in [
            (
                "\"HasExpired\":false,\"IsNonScopedApiKey\":true",
                "\"IsNonScopedApiKey\":true",
                "20: record 5: field `HasExpired` is missing",
            ),
            ("\"Owner\":\"fabrikam\"", "\"Owner\":5", "17: record 2: field `Owner`: is not text"),
            ("2025-03-01T00:00:00.0000000Z", "yesterday", "18: record 3: field `Expires`: \"yesterday\" is not a date"),
            ("\"Scopes\":[\"All\"]", "\"Scopes\":\"All\"", "18: record 3: field `Scopes`: is not a list of texts"),
        ] {
            let message = error(&page.replacen(from, to, 1)).to_string();
            assert!(message.contains(words), "{message}");
        }
    }

    #[test]
    fn a_list_that_carries_a_key_is_refused_without_repeating_it() {
        let v4 = format!("{}{}", "oy2", "abcdefgh".repeat(6)).chars().take(46).collect::<String>();
        let npm = format!("{}{}", "npm_", "Ab1".repeat(12));
        let odd = format!("{}{}", "zq81-", "x9".repeat(12));
        let page = std::fs::read_to_string("fixtures/inventory/nuget-api-keys.html").unwrap();
        let tokens = std::fs::read_to_string("fixtures/inventory/npm-token-list.json").unwrap();
        let crates = std::fs::read_to_string("fixtures/inventory/crates-io-tokens.json").unwrap();
        let own = |field: &str, value: &str| {
            format!(
                "{{\"skelkey-inventory\":1,\"keys\":[{{\"name\":\"a\",\"issuer\":\"nuget\",\"{field}\":\"{value}\"}}]}}"
            )
        };
        for (text, key) in [
            (page.replacen("\"Value\":null", &format!("\"Value\":\"{v4}\""), 1), &v4),
            (page.replacen("Contoso release 2026", &format!("old {v4}"), 1), &v4),
            (tokens.replacen("npm_aBcD...7890", &npm, 1), &npm),
            (tokens.replacen("npm_aBcD...7890", &odd, 1), &odd),
            (crates.replacen("\"id\": 4711", &format!("\"token\": \"{odd}\", \"id\": 4711"), 1), &odd),
            (own("key", &odd), &odd),
            (own("Token", &odd), &odd),
            (own("key_id", &npm), &npm),
            (own("nuget_v4_id", &v4), &v4),
            (format!("name,issuer,api_key\na,nuget,{odd}\n"), &odd),
            (format!("name,issuer\n{v4},nuget\n"), &v4),
        ] {
            let error = error(&text);
            assert!(error.to_string().contains("`sha256`"), "{error}");
            assert!(!format!("{error} {error:?}").contains(&key[6..]), "{error}");
        }
    }

    #[test]
    fn no_message_repeats_a_value_that_could_be_a_key() {
        let key = "Zk3x9PqLm2Vt7Rw1";
        for field in ["expires", "state", "actions", "sha256", "nuget_v4_id", "prefix", "issuer", "created", key] {
            let text = format!(
                "{{\"skelkey-inventory\":1,\"keys\":[{{\"name\":\"a\",\"issuer\":\"nuget\",\"{field}\":\"{key}{key}\"}}]}}"
            );
            let error = error(&text);
            assert!(!format!("{error} {error:?}").contains(key), "{field}: {error}");
            let table = format!("name,{field}\nissuer,{key}{key}\n");
            let error = read(Path::new("keys.csv"), table.as_bytes()).unwrap_err();
            assert!(!format!("{error} {error:?}").contains(key), "{field}: {error}");
        }
    }

    #[test]
    fn huge_nesting_is_refused_and_no_danger() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(read(Path::new("deep"), deep.as_bytes()).is_err());
        let own = format!("{{\"skelkey-inventory\":1,\"keys\":[{{\"name\":{deep},\"issuer\":\"nuget\"}}]}}");
        assert!(error(&own).to_string().contains("nested too deeply"));
    }

    #[test]
    fn what_is_not_text_is_named_with_its_line() {
        let error = read(Path::new("keys.bin"), b"name,issuer\na,\xff\n").unwrap_err();
        assert_eq!(error.to_string(), "keys.bin:2: is not UTF-8 text; save the list as UTF-8");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = read(Path::new("x"), &bytes);
        }

        #[test]
        fn no_cut_or_changed_list_makes_it_panic(file in 0..7_usize, cut in 0..2500_usize, byte in any::<u8>()) {
            let files = ["nuget-api-keys.html", "npm-token-list.json", "crates-io-tokens.json", "gitlab-access-tokens.json",
                "gitlab-deploy-tokens.json", "skelkey.json", "skelkey.csv"];
            let mut bytes = std::fs::read(Path::new("fixtures/inventory").join(files[file])).unwrap();
            let cut = cut % bytes.len();
            let _ = read(Path::new("x"), &bytes[..cut]);
            bytes[cut] = byte;
            let _ = read(Path::new("x"), &bytes);
        }

        #[test]
        fn no_table_makes_it_panic(text in "(name|issuer|expires|sha256|,|;|\"|\n|\r|never|nuget|é|2026-01-01){0,40}") {
            let _ = read(Path::new("x"), text.as_bytes());
        }

        #[test]
        fn no_text_makes_the_search_for_names_panic(
            text in proptest::collection::vec(any::<u8>(), 0..300), start in 0..400_usize, length in 0..50_usize,
            variable in proptest::option::of(".{0,20}"),
        ) {
            let list = fixture("nuget-api-keys.html");
            let span = Span { start, end: start + length };
            let _ = NearbyNames::find(&text, span, variable.as_deref(), std::slice::from_ref(&list));
        }
    }
}

/// The join's table, row by row. Keys are put together here and never written out.
mod joins {
    use super::*;

    fn v4(fill: &str) -> String {
        format!("{}{}", "oy2a", fill.repeat(42)).chars().take(46).collect()
    }

    fn v5() -> String {
        format!("{}JQQJ99{}NUGT{}", "k".repeat(52), "A".repeat(18), "0000")
    }

    fn row(issuer: &Issuer, name: &str, marks: Vec<Mark>) -> Record {
        let name = (!name.is_empty()).then(|| name.to_owned());
        let facts =
            KeyFacts { issuer: Some(issuer.clone()), name: name.into(), state: State::Active, ..KeyFacts::default() };
        Record { line: 7, column: 1, end_column: 2, facts, marks }
    }

    fn nuget(name: &str, marks: Vec<Mark>) -> Record {
        row(&Issuer::NUGET, name, marks)
    }

    fn dead(mut record: Record) -> Record {
        record.facts.expires = Reported::Said(Expiry::At(at("2026-11-01T00:00:00Z")));
        record
    }

    fn listed(records: Vec<Record>) -> Inventory {
        listed_as("skelkey-json", records)
    }

    fn listed_as(format: &'static str, records: Vec<Record>) -> Inventory {
        let mut issuers: Vec<Issuer> = records.iter().filter_map(|record| record.facts.issuer.clone()).collect();
        issuers.sort();
        issuers.dedup();
        Inventory {
            path: PathBuf::from("keys.json"),
            bytes: 0,
            format,
            issuers,
            complete: true,
            records,
            notes: Vec::new(),
        }
    }

    fn sha256(key: &str) -> Mark {
        Mark::Sha256(Sha256::digest(key).into())
    }

    fn id(key: &str) -> Mark {
        Mark::KeyId(key[..20].to_owned())
    }

    fn ends(key: &str) -> Mark {
        Mark::Ends { prefix: key[..8].to_owned(), suffix: key[key.len() - 4..].to_owned() }
    }

    fn find(key: &str, issuer: &Issuer, lists: &[Inventory]) -> JoinOutcome {
        find_beside("", key, issuer, lists)
    }

    fn find_beside(text: &str, key: &str, issuer: &Issuer, lists: &[Inventory]) -> JoinOutcome {
        let nearby = NearbyNames::find(text.as_bytes(), Span::new(0, 0), None, lists);
        join(&Secret::new(key.as_bytes()), issuer, None, &nearby, lists, now())
    }

    fn found(inventory: usize, record: usize, strength: JoinStrength) -> JoinOutcome {
        JoinOutcome::Found { inventory, record, strength }
    }

    fn ambiguous(candidates: &[(usize, usize)], strength: JoinStrength) -> JoinOutcome {
        JoinOutcome::Ambiguous { candidates: candidates.to_vec(), more: 0, strength }
    }

    #[test]
    fn row_1_a_hash_decides_whatever_the_issuer() {
        let key = v4("b");
        let lists = [
            listed(vec![nuget("other", vec![sha256(&v4("c"))])]),
            listed(vec![row(&Issuer::JFROG, "x", vec![sha256(&key)])]),
        ];
        assert_eq!(find(&key, &Issuer::NUGET, &lists), found(1, 0, JoinStrength::Hash));
        let sha512 = listed(vec![nuget("v5", vec![Mark::Sha512(Sha512::digest(v5()).into())])]);
        assert_eq!(find(&v5(), &Issuer::NUGET, &[sha512]), found(0, 0, JoinStrength::Hash));
    }

    #[test]
    fn row_1_a_hash_of_the_key_as_its_issuer_folds_it_or_with_a_line_break_is_proof_too() {
        let key = v4("b");
        for written in [format!("{key}\n"), format!("{key}\r\n"), key.to_uppercase()] {
            let lists = [listed(vec![nuget("a", vec![sha256(&written)]), nuget("b", vec![])])];
            assert_eq!(find(&key, &Issuer::NUGET, &lists), found(0, 0, JoinStrength::Hash));
        }
        let npm = "Ab".repeat(20);
        let lists = [listed(vec![row(&Issuer::NPM, "a", vec![sha256(&npm.to_uppercase())])])];
        assert_eq!(find(&npm, &Issuer::NPM, &lists), JoinOutcome::Shadow, "npm does not ignore case");
    }

    #[test]
    fn row_1_of_several_rows_the_first_that_is_alive_is_taken() {
        let key = v4("b");
        let lists = [listed(vec![dead(nuget("a", vec![sha256(&key)]))]), listed(vec![nuget("b", vec![sha256(&key)])])];
        assert_eq!(find(&key, &Issuer::NUGET, &lists), found(1, 0, JoinStrength::Hash));
    }

    #[test]
    fn row_2_the_id_of_a_nuget_key_is_its_first_twenty_characters_case_ignored() {
        let key = v4("b");
        let lists = [listed(vec![nuget("other", vec![id(&v4("c"))]), nuget("it", vec![id(&key.to_uppercase())])])];
        assert_eq!(find(&key, &Issuer::NUGET, &lists), found(0, 1, JoinStrength::Id));
    }

    #[test]
    fn row_2_a_decoded_id_is_compared_and_an_id_of_another_length_tells_nothing() {
        let decoded = KeyFacts { key_id: Reported::Said("AKIA1".to_owned()), ..KeyFacts::default() };
        let lists = [listed(vec![row(&Issuer::JFROG, "it", vec![Mark::KeyId("AKIA1".to_owned())])])];
        let joined = |decoded: &KeyFacts, lists: &[Inventory]| {
            let nearby = NearbyNames::default();
            join(&Secret::new(b"some secret or other"), &Issuer::JFROG, Some(decoded), &nearby, lists, now())
        };
        assert_eq!(joined(&decoded, &lists), found(0, 0, JoinStrength::Id));
        let number = [listed(vec![row(&Issuer::JFROG, "it", vec![Mark::KeyId("17".to_owned())])])];
        assert_eq!(joined(&decoded, &number), found(0, 0, JoinStrength::Elimination));
        let other = [listed(vec![row(&Issuer::JFROG, "it", vec![Mark::KeyId("AKIA2".to_owned())])])];
        assert_eq!(joined(&decoded, &other), JoinOutcome::Shadow);
    }

    #[test]
    fn row_2_an_npm_token_of_old_is_its_own_uuid() {
        let uuid = format!("{}-{}", "0f8fad5b-d9cb", "469f-a165-70867728950e");
        let lists = [fixture("npm-token-list.json")];
        assert_eq!(find(&uuid.to_uppercase(), &Issuer::NPM, &lists), found(0, 0, JoinStrength::Id));
    }

    #[test]
    fn row_3_both_ends_must_agree() {
        let lists = [fixture("npm-token-list.json")];
        let key = |head: &str, tail: &str| format!("{}{head}{}{tail}", "npm_", "q1".repeat(14));
        assert_eq!(find(&key("aBcD", "7890"), &Issuer::NPM, &lists), found(0, 0, JoinStrength::Ends));
        assert_eq!(find(&key("aBcD", "7891"), &Issuer::NPM, &lists), JoinOutcome::Shadow);
        assert_eq!(find(&key("abcd", "7890"), &Issuer::NPM, &lists), JoinOutcome::Shadow);
    }

    #[test]
    fn row_3_an_end_of_three_characters_or_ends_longer_than_the_key_are_no_mark() {
        let key = v4("b");
        let short = Mark::Ends { prefix: key[..3].to_owned(), suffix: key[42..].to_owned() };
        let lists = [listed(vec![nuget("a", vec![short.clone()]), nuget("b", vec![short])])];
        assert_eq!(find(&key, &Issuer::NUGET, &lists), ambiguous(&[(0, 0), (0, 1)], JoinStrength::Elimination));
        let long = [listed(vec![row(
            &Issuer::NPM,
            "a",
            vec![Mark::Ends { prefix: "abcdefgh".into(), suffix: "efgh".into() }],
        )])];
        assert_eq!(find("abcdefgh", &Issuer::NPM, &long), found(0, 0, JoinStrength::Elimination));
    }

    #[test]
    fn rows_3_and_4_rows_of_two_lists_are_one_key_and_rows_of_one_list_are_not() {
        let key = v4("b");
        let one = || listed(vec![nuget("a", vec![ends(&key)])]);
        assert_eq!(find(&key, &Issuer::NUGET, &[one(), one()]), found(0, 0, JoinStrength::Ends));
        let two = [listed(vec![nuget("a", vec![ends(&key)]), nuget("b", vec![ends(&key)])])];
        assert_eq!(find(&key, &Issuer::NUGET, &two), ambiguous(&[(0, 0), (0, 1)], JoinStrength::Ends));
    }

    #[test]
    fn a_stronger_mark_that_differs_is_not_overruled_by_a_weaker_one_or_by_the_name() {
        let (key, other) = (v4("b"), v4("c"));
        let marks = vec![sha256(&other), id(&key), ends(&key)];
        let lists = [listed(vec![nuget("Contoso release", marks)])];
        let outcome = find_beside("push with Contoso release", &key, &Issuer::NUGET, &lists);
        assert_eq!(outcome, JoinOutcome::Shadow);
        let marks = vec![id(&other), ends(&key)];
        assert_eq!(find(&key, &Issuer::NUGET, &[listed(vec![nuget("a", marks)])]), JoinOutcome::Shadow);
    }

    #[test]
    fn row_5_a_name_that_stands_beside_the_leak_is_found() {
        let lists = [fixture("nuget-api-keys.html")];
        let outcome = find_beside("# the Fabrikam-Nightly key\n", &v4("b"), &Issuer::NUGET, &lists);
        assert_eq!(outcome, found(0, 1, JoinStrength::Name));
        let both = [fixture("nuget-api-keys.html"), listed(vec![nuget("fabrikam NIGHTLY", vec![])])];
        let outcome = find_beside("# the Fabrikam-Nightly key\n", &v4("b"), &Issuer::NUGET, &both);
        assert_eq!(outcome, found(0, 1, JoinStrength::Name));
    }

    #[test]
    fn row_6_two_names_beside_the_leak_are_ambiguous() {
        let lists = [fixture("nuget-api-keys.html")];
        let outcome = find_beside("fabrikam nightly, contoso release 2026", &v4("b"), &Issuer::NUGET, &lists);
        assert_eq!(outcome, ambiguous(&[(0, 0), (0, 1)], JoinStrength::Name));
        let same = [listed(vec![nuget("Fabrikam nightly", vec![]), nuget("Fabrikam nightly", vec![])])];
        let outcome = find_beside("fabrikam nightly", &v4("b"), &Issuer::NUGET, &same);
        assert_eq!(outcome, ambiguous(&[(0, 0), (0, 1)], JoinStrength::Name));
    }

    #[test]
    fn row_7_the_one_live_row_is_found_by_elimination() {
        let key = v4("b");
        let lists = [listed(vec![nuget("a", vec![sha256(&v4("c"))]), dead(nuget("b", vec![])), nuget("d", vec![])])];
        assert_eq!(find(&key, &Issuer::NUGET, &lists), found(0, 2, JoinStrength::Elimination));
    }

    #[test]
    fn row_7_a_row_of_another_sort_or_time_is_no_candidate() {
        let mut guid = nuget("old", vec![]);
        guid.facts.details.insert("type".to_owned(), "apikey.v1".to_owned());
        let mut later = nuget("later", vec![]);
        later.facts.created = Reported::Said(at("2026-11-23T00:00:00Z"));
        let lists = [listed(vec![guid, later, nuget("it", vec![])])];
        assert_eq!(find(&v4("b"), &Issuer::NUGET, &lists), found(0, 2, JoinStrength::Elimination));
    }

    #[test]
    fn row_7_a_row_created_at_another_time_than_the_key_says_is_no_candidate() {
        let created = |text: &str| {
            let mut record = nuget(text, vec![]);
            record.facts.created = Reported::Said(at(text));
            record
        };
        let lists = [listed(vec![created("2026-05-20T00:00:00Z"), created("2026-08-20T00:00:00Z")])];
        let decoded = KeyFacts { created: Reported::Said(at("2026-08-01T00:00:00Z")), ..KeyFacts::default() };
        let key = Secret::new(v5().as_bytes());
        let outcome = join(&key, &Issuer::NUGET, Some(&decoded), &NearbyNames::default(), &lists, now());
        assert_eq!(outcome, found(0, 1, JoinStrength::Elimination));
    }

    #[test]
    fn row_8_is_ambiguous() {
        let key = v4("b");
        let strength = JoinStrength::Elimination;
        let several = [listed(vec![nuget("a", vec![]), nuget("b", vec![])])];
        assert_eq!(find(&key, &Issuer::NUGET, &several), ambiguous(&[(0, 0), (0, 1)], strength));
        let only_dead = [listed(vec![dead(nuget("a", vec![])), nuget("b", vec![sha256("x")])])];
        assert_eq!(find(&key, &Issuer::NUGET, &only_dead), ambiguous(&[(0, 0)], strength));
        let mut part = listed(vec![nuget("a", vec![])]);
        part.complete = false;
        assert_eq!(find(&key, &Issuer::NUGET, &[part]), ambiguous(&[(0, 0)], strength));
        let mut part = listed(vec![nuget("a", vec![sha256("x")])]);
        part.complete = false;
        assert_eq!(find(&key, &Issuer::NUGET, &[part]), ambiguous(&[], strength));
    }

    #[test]
    fn rows_7_and_8_the_other_gallery_is_joined_by_marks_and_names_but_never_by_elimination() {
        let key = v4("b");
        let gallery = |marks| listed(vec![row(&Issuer::POWERSHELL_GALLERY, "Fabrikam modules", marks)]);
        assert_eq!(find(&key, &Issuer::NUGET, &[gallery(vec![id(&key)])]), found(0, 0, JoinStrength::Id));
        let outcome = find_beside("fabrikam_modules", &key, &Issuer::NUGET, &[gallery(vec![])]);
        assert_eq!(outcome, found(0, 0, JoinStrength::Name));
        assert_eq!(find(&key, &Issuer::NUGET, &[gallery(vec![])]), ambiguous(&[(0, 0)], JoinStrength::Elimination));
        let nuget_list = || listed(vec![nuget("a", vec![sha256("x")])]);
        let both = [nuget_list(), gallery(vec![])];
        assert_eq!(find(&key, &Issuer::NUGET, &both), ambiguous(&[(1, 0)], JoinStrength::Elimination));
        let told = find(&key, &Issuer::POWERSHELL_GALLERY, &[listed(vec![nuget("a", vec![])])]);
        assert_eq!(told, JoinOutcome::NoList, "a key that is known to be the gallery's is not NuGet.org's");
    }

    #[test]
    fn row_9_a_list_whose_rows_are_all_other_keys_or_that_is_empty_makes_a_shadow() {
        let key = v4("b");
        let other = v4("c");
        let lists = [listed(vec![
            nuget("a", vec![sha256(&other)]),
            nuget("b", vec![id(&other)]),
            nuget("d", vec![ends(&v4("d"))]),
        ])];
        assert_eq!(find(&key, &Issuer::NUGET, &lists), JoinOutcome::Shadow);
        let empty = read(Path::new("page.json"), b"{\"ApiKeys\":[]}").unwrap();
        assert_eq!(find(&key, &Issuer::NUGET, &[empty]), JoinOutcome::Shadow);
    }

    #[test]
    fn row_10_a_list_that_cannot_hold_the_key_excludes_nothing() {
        assert_eq!(find(&v4("b"), &Issuer::NUGET, &[]), JoinOutcome::NoList);
        assert_eq!(find(&v4("b"), &Issuer::NUGET, &[fixture("crates-io-tokens.json")]), JoinOutcome::NoList);
        // Short-lived keys are never on NuGet's page, trusted publishing's never in crates.io's list.
        assert_eq!(find(&v5(), &Issuer::NUGET, &[fixture("nuget-api-keys.html")]), JoinOutcome::NoList);
        let trusted = format!("{}{}", "cio_tp_", "a".repeat(32));
        assert_eq!(find(&trusted, &Issuer::CRATES_IO, &[fixture("crates-io-tokens.json")]), JoinOutcome::NoList);
        let deploy = format!("{}{}", "gldt-", "a".repeat(20));
        assert_eq!(find(&deploy, &Issuer::GITLAB, &[fixture("gitlab-access-tokens.json")]), JoinOutcome::NoList);
        assert_eq!(
            find(&deploy, &Issuer::GITLAB, &[fixture("gitlab-deploy-tokens.json")]),
            found(0, 0, JoinStrength::Elimination)
        );
    }

    #[test]
    fn a_list_with_hashes_excludes_the_row_of_the_same_name_in_a_list_without() {
        let page = || fixture("nuget-api-keys.html");
        let own = listed(vec![nuget("contoso release 2026", vec![sha256(&v4("c"))])]);
        let lists = [page(), own];
        assert_eq!(twins(&lists, 1, 0), [(0, 0)]);
        assert_eq!(twins(&lists, 0, 1), []);
        assert_eq!(find(&v4("b"), &Issuer::NUGET, &[page()]), ambiguous(&[(0, 0), (0, 1)], JoinStrength::Elimination));
        assert_eq!(find(&v4("b"), &Issuer::NUGET, &lists), found(0, 1, JoinStrength::Elimination));
        assert_eq!(find(&v4("c"), &Issuer::NUGET, &lists), found(1, 0, JoinStrength::Hash));
    }

    #[test]
    fn a_key_that_two_lists_have_by_one_name_is_one_candidate() {
        let lists = [listed(vec![nuget("Fabrikam", vec![])]), listed(vec![nuget("fabrikam", vec![])])];
        assert_eq!(find(&v4("b"), &Issuer::NUGET, &lists), found(0, 0, JoinStrength::Elimination));
        let lists = [listed(vec![nuget("Fabrikam", vec![])]), listed(vec![nuget("Contoso", vec![])])];
        assert_eq!(find(&v4("b"), &Issuer::NUGET, &lists), ambiguous(&[(0, 0), (1, 0)], JoinStrength::Elimination));
    }

    #[test]
    fn two_keys_cannot_be_one_row() {
        use JoinStrength::{Elimination, Ends, Hash, Name};
        let mut outcomes = [
            found(0, 0, Elimination),
            found(0, 0, Elimination),
            found(0, 1, Name),
            found(0, 1, Hash),
            found(0, 2, Ends),
            JoinOutcome::Shadow,
        ];
        settle(&mut outcomes);
        assert_eq!(
            outcomes,
            [
                ambiguous(&[(0, 0)], Elimination),
                ambiguous(&[(0, 0)], Elimination),
                ambiguous(&[(0, 1)], Name),
                found(0, 1, Hash),
                found(0, 2, Ends),
                JoinOutcome::Shadow,
            ]
        );
    }

    proptest! {
        /// Whatever the key, no mark agrees by chance, and nothing panics.
        #[test]
        fn a_key_that_no_list_knows_is_never_joined_by_a_mark(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let lists = [fixture("skelkey.json"), fixture("npm-token-list.json"), fixture("nuget-api-keys.html")];
            for issuer in [Issuer::NUGET, Issuer::NPM, Issuer::GITLAB, Issuer::new("acme-registry")] {
                let nearby = NearbyNames::default();
                let outcome = join(&Secret::new(&bytes), &issuer, None, &nearby, &lists, now());
                let weak = !matches!(outcome, JoinOutcome::Found { strength, .. } if strength != JoinStrength::Elimination);
                prop_assert!(weak, "{outcome:?}");
                prop_assert!(!outcome.words(&issuer, &Lists::of(&lists)).is_empty());
            }
        }
    }

    #[test]
    fn every_outcome_is_told_in_words() {
        let lists = [fixture("nuget-api-keys.html")];
        let words = |outcome: JoinOutcome| outcome.words(&Issuer::NUGET, &Lists::of(&lists));
        let file = "fixtures/inventory/nuget-api-keys.html";
        let name = words(found(0, 0, JoinStrength::Name));
        assert!(name.starts_with(&format!("it is `Contoso release 2026` ({file}:16), joined by name")), "{name}");
        assert!(words(found(0, 0, JoinStrength::Elimination)).contains("weak"));
        let many = words(ambiguous(&[(0, 0), (0, 1), (0, 2), (0, 3), (0, 4)], JoinStrength::Elimination));
        assert!(many.contains("and 2 more") && many.contains("sha256"), "{many}");
        let shadow = words(JoinOutcome::Shadow);
        assert_eq!(shadow, format!("it is none of the 5 keys of nuget in {file}: a key that the list does not know"));
        assert!(words(JoinOutcome::NoList).contains("no list"));
        assert!(words(ambiguous(&[], JoinStrength::Elimination)).contains("not complete"));
        assert!(words(found(9, 9, JoinStrength::Hash)).contains("unknown row"));
    }
}

mod nearby_names {
    use super::*;

    fn lists(names: &[&str]) -> Vec<Inventory> {
        let rows: Vec<String> =
            names.iter().map(|name| format!("{{\"name\":\"{name}\",\"issuer\":\"nuget\"}}")).collect();
        vec![list(&format!("{{\"skelkey-inventory\":1,\"keys\":[{}]}}", rows.join(",")))]
    }

    fn holds(text: &str, name: &str) -> bool {
        let start = text.find("KEY").unwrap();
        NearbyNames::find(text.as_bytes(), Span::new(start, start + 3), None, &lists(&[name])).holds(0, 0)
    }

    #[test]
    fn a_name_is_compared_as_words_whatever_joins_them() {
        for text in
            ["acme-Release: KEY", "KEY # ACME_RELEASE", "AcmeRelease=KEY", "x.acme.release KEY", "(acme  release) KEY"]
        {
            assert!(holds(text, "Acme release"), "{text}");
        }
        for text in [
            "acme KEY release",
            "acmereleases KEY",
            "acme\nrelease KEY",
            "acme of the release KEY",
            "acme ---- release KEY",
            "release acme KEY",
        ] {
            assert!(!holds(text, "Acme release"), "{text}");
        }
    }

    #[test]
    fn a_name_that_every_key_could_have_is_not_looked_for() {
        for name in ["CI", "NuGet API key", "nuget push 2026", "default", "acme", "deploy-token", "production release"]
        {
            assert!(!holds(&format!("{name} KEY"), name), "{name}");
        }
        assert!(holds("fabrikam KEY", "Fabrikam"));
        assert!(holds("größe KEY größer", "größer"));
    }

    #[test]
    fn only_eight_lines_and_two_kibibytes_are_read() {
        let far = |lines: usize| format!("fabrikam{}KEY{}", "\n".repeat(lines), "\n".repeat(30));
        assert!(holds(&far(8), "fabrikam"));
        assert!(!holds(&far(9), "fabrikam"));
        let behind = |lines: usize| format!("KEY{}fabrikam", "\n".repeat(lines));
        assert!(holds(&behind(8), "fabrikam"));
        assert!(!holds(&behind(9), "fabrikam"));
        let long = |bytes: usize| format!("fabrikam{}KEY", " ".repeat(bytes));
        assert!(holds(&long(2000), "fabrikam"));
        assert!(!holds(&long(2045), "fabrikam"), "a word that the reach cuts is no word");
        assert!(!holds(&format!("xfabrikam{}KEY", " ".repeat(2040)), "fabrikam"));
    }

    #[test]
    fn the_key_itself_is_not_searched_and_the_variable_must_be_the_whole_name() {
        let lists = lists(&["fabrikam tools"]);
        let text = b"push fabrikam-tools now";
        let find = |span, variable| NearbyNames::find(text, span, variable, &lists).holds(0, 0);
        assert!(!find(Span::new(5, 19), None));
        assert!(find(Span::new(0, 4), None));
        assert!(find(Span::new(5, 19), Some("FABRIKAM_TOOLS")));
        assert!(find(Span::new(5, 19), Some("fabrikamTools")));
        assert!(!find(Span::new(5, 19), Some("FABRIKAM_TOOLS_KEY")));
    }

    #[test]
    fn a_name_inside_a_longer_listed_name_is_not_meant() {
        let lists = lists(&["fabrikam tools", "fabrikam tools preview"]);
        let find = |text: &str| {
            let names = NearbyNames::find(text.as_bytes(), Span::new(0, 0), None, &lists);
            (names.holds(0, 0), names.holds(0, 1))
        };
        assert_eq!(find("fabrikam tools preview"), (false, true));
        assert_eq!(find("fabrikam tools"), (true, false));
        assert_eq!(find("fabrikam tools preview, fabrikam tools"), (true, true));
    }

    #[test]
    fn places_of_one_key_are_put_together() {
        let lists = lists(&["fabrikam tools", "contoso logging"]);
        let find = |text: &str| NearbyNames::find(text.as_bytes(), Span::new(0, 0), None, &lists);
        let mut names = find("contoso logging");
        names.merge(&find("fabrikam tools"));
        assert!(names.holds(0, 0) && names.holds(0, 1));
    }
}

mod documentation {
    use super::*;

    const SCHEMA: &str = include_str!("../docs/schema/skelkey-inventory-v1.schema.json");
    const PAGE: &str = include_str!("../docs/inventory.md");

    fn example(language: &str) -> &'static str {
        let start = PAGE.find(&format!("```{language}\n")).unwrap() + language.len() + 4;
        &PAGE[start..start + PAGE[start..].find("```").unwrap()]
    }

    fn accepts(text: &str) -> bool {
        let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
        jsonschema::validator_for(&schema).unwrap().is_valid(&serde_json::from_str(text).unwrap())
    }

    #[test]
    fn the_examples_are_read_and_fit_the_schema() {
        assert!(accepts(example("json")));
        assert_eq!(list(example("json")).records.len(), 2);
        assert_eq!(list(example("csv")).format, "skelkey-csv");
        assert!(accepts(&std::fs::read_to_string("fixtures/inventory/skelkey.json").unwrap()));
    }

    #[test]
    fn schema_and_reader_refuse_the_same() {
        let wrap = |row: &str| format!("{{\"skelkey-inventory\":1,\"keys\":[{row}]}}");
        for row in [
            r#"{"name":"a"}"#,
            r#"{"issuer":"nuget"}"#,
            r#"{"name":"a","issuer":"NuGet"}"#,
            r#"{"name":"a","issuer":"nuget","key":"x"}"#,
            r#"{"name":"a","issuer":"nuget","owner":null}"#,
            r#"{"name":"a","issuer":"nuget","state":"dead"}"#,
            r#"{"name":"a","issuer":"nuget","prefix":"abcd"}"#,
            r#"{"name":"a","issuer":"nuget","sha256":"abc"}"#,
            r#"{"name":"a","issuer":"nuget","expires":"soon"}"#,
            r#"{"name":"a","issuer":"nuget","nuget_v4_id":"oy1"}"#,
        ] {
            assert!(!accepts(&wrap(row)), "{row}");
            assert!(read(Path::new("x"), wrap(row).as_bytes()).is_err(), "{row}");
        }
    }

    #[test]
    fn every_format_and_every_field_is_documented() {
        for (name, _) in skelkey::inventory::formats() {
            assert!(PAGE.contains(&format!("`{name}`")), "{name}");
        }
        let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
        for field in schema["$defs"]["key"]["properties"].as_object().unwrap().keys() {
            assert!(PAGE.contains(&format!("| `{field}` |")), "{field}");
            let row = format!("name,issuer,{field}\n");
            assert!(field == "name" || field == "issuer" || read(Path::new("x"), row.as_bytes()).is_ok(), "{field}");
        }
    }
}
