//! Whose key it is: the nearest evidence decides, and a foreign server near a key keeps it from being sent anywhere.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may be blunt, and so may what they share")]

mod support;

use std::sync::{Arc, LazyLock};

use skelkey::detect::{Detector, Scratch};
use skelkey::rules::{Minter, load};
use support::{json, skelkey, write};

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(Arc::new(load(&[]).unwrap())).unwrap());

/// `text` with fresh keys in the place of its fields.
fn filled(text: &str) -> String {
    let mut minter = Minter::new(7);
    let mut filled = text.to_owned();
    for (field, rule) in [("{ghp}", "github-personal-access-token"), ("{oy2}", "nuget-api-key-v4")] {
        while filled.contains(field) {
            let key = minter.mint(DETECTOR.rules().get(rule).unwrap()).unwrap();
            filled = filled.replacen(field, &key, 1);
        }
    }
    for (field, template) in [
        ("{guid}", "{uuid}"),
        ("{hex32}", "{hex:32}"),
        ("{hex48}", "{hex:48}"),
        ("{glpat}", "glpat-{base64url:20}"),
        ("{npm}", "npm_{base62:36}"),
    ] {
        while filled.contains(field) {
            filled = filled.replacen(field, &minter.fill(template).unwrap(), 1);
        }
    }
    filled
}

/// The issuers of the keys in a text, and whether each is proved.
fn told(path: &str, text: &str) -> Vec<(String, bool)> {
    let found = DETECTOR.scan(filled(text).as_bytes(), path, &mut Scratch::default());
    found.into_iter().map(|found| (found.issuer.to_string(), found.issuer_in_context == Some(true))).collect()
}

#[test]
fn a_foreign_server_nearer_than_the_proof_leaves_the_issuer_unproved() {
    let cases = [
        ("a.yml", "- uses: actions/checkout@v4\n- run: git clone https://x:{ghp}@github.corp.example/a/b.git\n"),
        (
            "a.yml",
            "# https://github.com/actions/checkout\n- run: git clone https://x:{ghp}@github.corp.example/a/b.git\n",
        ),
        ("a.yml", "- uses: actions/checkout@v4\n  with:\n    token: {ghp}\n"),
        ("a.sh", "git clone https://github.com/a/b\ngit clone https://x:{ghp}@$SERVER/a/b.git\n"),
        ("auth.json", "// see https://github.com/a/b\n{ \"github.corp.example\": \"{ghp}\" }\n"),
        ("a.sh", "# github.com\nGH_TOKEN={ghp} GH_HOST=github.corp.example gh api /user\n"),
        (
            "a.sh",
            "# https://www.nuget.org/packages/Foo\n\
             dotnet nuget push x.nupkg -k {oy2} -s https://nuget.corp.example/v3/index.json\n",
        ),
        (
            "a.sh",
            "# https://www.nuget.org/packages/Foo\ndotnet nuget push x.nupkg \\\n  -k {oy2} \\\n  -s http://feed:8080/\n",
        ),
        ("a.env", "HEX_API_URL=https://hex.corp.example/api\nHEX_API_KEY={hex32}\n"),
        ("a.env", "# https://hex.pm\nHEX_API_KEY={hex32}\nHEX_API_URL=https://hex.corp.example/api\n"),
        ("a.env", "HEX_API_KEY={hex32}\n"),
        ("a.sh", "GEM_HOST_API_KEY={hex32} gem push --host https://gems.corp.example x.gem\n"),
        ("a.sh", "export GEM_HOST_API_KEY={hex32}\ngem push --host https://gems.corp.example x.gem\n"),
        (".gem/credentials", ":rubygems_api_key: {hex48}\n:rubygems_host: https://gems.corp.example\n"),
        (".gem/credentials", "# rubygems.org\n:rubygems_api_key: {hex48}\n:rubygems_host: https://gems.corp.example\n"),
    ];
    for (path, text) in cases {
        let told = told(path, text);
        assert_eq!(told.iter().map(|(_, proved)| *proved).collect::<Vec<_>>(), [false], "{text}\n{told:?}");
    }
}

#[test]
fn a_host_word_is_a_whole_host_name() {
    for host in [
        "docs.gitlab.com",
        "gitlab.com.evil.example",
        "my-gitlab.com",
        "gitlab.company",
        "evil.example/gitlab.com",
        "evil.example/?to=gitlab.com",
        "gitlab.com@evil.example",
    ] {
        let text = format!("curl -H 'PRIVATE-TOKEN: {{glpat}}' https://{host}/api/v4/user\n");
        assert_eq!(told("", &text), [("gitlab".to_owned(), false)], "{host}");
    }
    for host in ["gitlab.com", "gitlab.com:443", "x@gitlab.com", "GitLab.com"] {
        let text = format!("curl -H 'PRIVATE-TOKEN: {{glpat}}' https://{host}/api/v4/user\n");
        assert_eq!(told("", &text), [("gitlab".to_owned(), true)], "{host}");
    }
}

#[test]
fn what_is_no_server_does_not_stop_a_proof() {
    for text in [
        "git clone https://x:{ghp}@github.com/a/b.git\n",
        "# https://docs.github.com/en/rest\ncurl -H 'Authorization: token {ghp}' https://api.github.com/user\n",
        "# see https://json.schemastore.org/a\nenv:\n  TOKEN: {ghp}\nrun: gh api https://api.github.com/user\n",
        "git clone https://mirror.corp.example/a\nGH_TOKEN={ghp} curl https://api.github.com/user\n",
    ] {
        assert_eq!(told("", text), [("github".to_owned(), true)], "{text}");
    }
}

#[test]
fn each_key_is_the_issuer_s_that_stands_nearest() {
    let text = "Publish-Module -Path M -NuGetApiKey {oy2}\n\
                dotnet nuget push x.nupkg -k {guid} -s https://api.nuget.org/v3/index.json\n";
    assert_eq!(told("a.ps1", text), [("powershell-gallery".to_owned(), true), ("nuget".to_owned(), true)]);
}

#[test]
fn a_wrong_checksum_does_not_hide_a_token_in_its_own_place() {
    let at = tempfile::tempdir().unwrap();
    write(at.path(), "repo/.npmrc", filled("//registry.npmjs.org/:_authToken={npm}\n"));
    let run = skelkey(at.path(), &["scan", "repo", "-f", "json"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert_eq!(json(&run)["findings"].as_array().unwrap().len(), 1);
    write(at.path(), "loose/a.txt", filled("{npm}\n"));
    assert_eq!(skelkey(at.path(), &["scan", "loose"]).code, 0, "no place says that it is a token");
}

#[test]
fn a_lone_guid_is_not_said_to_open_everything() {
    let at = tempfile::tempdir().unwrap();
    write(at.path(), "repo/.env", filled("NUGET_API_KEY={guid}\n"));
    let run = skelkey(at.path(), &["scan", "repo", "-f", "json"]);
    let report = json(&run);
    let finding = &report["findings"][0];
    assert_eq!(finding["issuer_basis"]["by"], "unproved", "{finding}");
    assert!(!finding.to_string().contains("\"critical\""), "{finding}");
}
