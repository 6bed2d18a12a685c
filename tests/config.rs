//! What configurations extend: files beside them, and pinned ones from elsewhere.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may be blunt")]

#[cfg(feature = "probe")]
#[allow(dead_code, reason = "the stub of the probes' tests")]
#[path = "probe/stub.rs"]
mod stub;
mod support;

use std::path::Path;
use std::process::Command;

use sha2::{Digest, Sha256};
use support::{Run, skelkey, skelkey_with, write};

fn sha256(text: &str) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(text))
}

fn show(at: &Path, args: &[&str]) -> Run {
    run(at, &[&["config", "show"], args].concat())
}

/// With a cache folder of its own.
fn run(at: &Path, args: &[&str]) -> Run {
    let path = std::env::var_os("PATH").unwrap().into_string().unwrap();
    skelkey_with(at, args, b"", &[("XDG_CACHE_HOME", at.join("cache").to_str().unwrap()), ("PATH", &path)])
}

#[test]
fn a_file_wins_over_what_it_extends_and_later_over_earlier() {
    let at = tempfile::tempdir().unwrap();
    write(at.path(), "org/base.toml", "[scan]\nfail-on = \"low\"\nmax-file-size = \"1MB\"\nno-ignore = true\n");
    write(at.path(), "org/team.toml", "extends = [\"base.toml\"]\n\n[scan]\nmax-file-size = \"2MB\"\n");
    write(at.path(), "org/other.toml", "[scan]\nno-ignore = false\n");
    write(
        at.path(),
        "mine.toml",
        "extends = [\"org/team.toml\", \"org/other.toml\"]\n[scan]\nfail-on = \"high\"\n[rules]\npaths = [\"r\"]\n",
    );
    let shown = show(at.path(), &["--config", "mine.toml", "--origin"]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    let lines: Vec<Vec<&str>> = shown
        .out
        .lines()
        .map(|line| line.split("# ").map(str::trim).collect())
        .filter(|parts: &Vec<&str>| !parts[0].is_empty())
        .collect();
    assert_eq!(
        lines,
        [
            ["rules.paths = [\"r\"]", "mine.toml:5"],
            ["scan.fail-on = \"high\"", "mine.toml:3"],
            ["scan.max-file-size = \"2MB\"", "org/team.toml:4"],
            ["scan.no-ignore = false", "org/other.toml:2"],
        ],
        "{}",
        shown.out
    );
    for file in ["org/base.toml", "org/team.toml", "org/other.toml", "mine.toml"] {
        assert!(shown.out.contains(&format!("# from {file}")), "{}", shown.out);
    }
}

#[test]
fn mistakes_in_extends_name_file_and_line() {
    let at = tempfile::tempdir().unwrap();
    write(at.path(), "a.toml", "extends = [\"b.toml\"]\n");
    write(at.path(), "b.toml", "extends = [\n  \"a.toml\",\n]\n");
    let hash = "0".repeat(64);
    for (text, told) in [
        ("extends = [\"none.toml\"]", "c.toml:1: extends: read the configuration none.toml"),
        ("extends = [\n  \"a.toml\",\n]", "a.toml: it extends itself"),
        ("extends = [{ url = \"https://h.test/x\" }]", "c.toml:1: a path, { url"),
        ("extends = \"a.toml\"", "c.toml:1: "),
        (
            &format!("extends = [{{ url = \"http://h.test/x\", sha256 = \"{hash}\" }}]"),
            "c.toml:1: extends: `url` must be",
        ),
        (
            &format!("extends = [{{ url = \"https://u:p@h.test/x\", sha256 = \"{hash}\" }}]"),
            "leave user name, password and what follows",
        ),
        (
            &format!("extends = [{{ url = \"https://h.test/x?token=abc\", sha256 = \"{hash}\" }}]"),
            "leave user name, password and what follows",
        ),
        ("extends = [{ url = \"https://h.test/x\", sha256 = \"abc\" }]", "`sha256` must be"),
        (
            &format!(
                "extends = [{{ git = \"https://h.test/x\", commit = \"main\", path = \"a\", sha256 = \"{hash}\" }}]"
            ),
            "`commit` must be",
        ),
        (
            &format!(
                "extends = [{{ git = \"ext::sh\", commit = \"{}\", path = \"a\", sha256 = \"{hash}\" }}]",
                &hash[..40]
            ),
            "`git` must be",
        ),
        (
            &format!(
                "extends = [{{ git = \"https://h.test/x\", commit = \"{}\", path = \"../a\", sha256 = \"{hash}\" }}]",
                &hash[..40]
            ),
            "`path` must name",
        ),
    ] {
        write(at.path(), "c.toml", text);
        let run = show(at.path(), &["--config", "c.toml"]);
        assert_eq!(run.code, 2, "{text}");
        assert!(run.err.contains(told), "{text}\n{}", run.err);
        assert!(!run.err.contains("u:p@") && !run.err.contains("token=abc"), "{}", run.err);
    }
    for deep in 0..12 {
        write(at.path(), &format!("{deep}.toml"), format!("extends = [\"{}.toml\"]\n", deep + 1));
    }
    let run = show(at.path(), &["--config", "0.toml"]);
    assert!(run.code == 2 && run.err.contains("more than 8 configurations"), "{}", run.err);
}

#[test]
fn a_found_configuration_extends_files_of_its_repository_alone() {
    let at = tempfile::tempdir().unwrap();
    write(at.path(), "outside.toml", "[scan]\nfail-on = \"critical\"\n");
    write(at.path(), "repo/.git/HEAD", "ref: refs/heads/main\n");
    write(at.path(), "repo/skelkey.toml", "extends = [\"../outside.toml\"]\n");
    let repo = at.path().join("repo");
    let refused = show(&repo, &[]);
    assert!(refused.code == 2 && refused.err.contains("files of that repository only"), "{}", refused.err);
    assert_eq!(show(&repo, &["--config", "skelkey.toml"]).code, 0, "a named configuration may");
    write(at.path(), "repo/inside.toml", "[scan]\nfail-on = \"high\"\n[network]\nca-file = \"x\"\n");
    write(at.path(), "repo/skelkey.toml", "extends = [\"inside.toml\"]\n");
    let shown = show(&repo, &[]);
    assert!(shown.out.contains("fail-on = \"high\"") && !shown.out.contains("ca-file"), "{}", shown.out);
    assert!(shown.err.contains("inside.toml: [issuers] and [network] are left out"), "{}", shown.err);
}

#[cfg(feature = "probe")]
#[test]
fn a_configuration_from_a_server_is_fetched_on_request_and_held_to_its_hash() {
    let at = tempfile::tempdir().unwrap();
    let policy = "[policy]\nno-wildcard = true\n";
    let stub = stub::Stub::new(vec![stub::answer(200, policy), stub::answer(200, policy), stub::answer(404, "")]);
    let extends =
        |hash: &str| format!("extends = [{{ url = \"{}/skelkey.toml\", sha256 = \"{hash}\" }}]\n", stub.url());
    write(at.path(), "mine.toml", extends(&sha256(policy)));
    write(at.path(), "text.txt", "nothing\n");
    let scan = ["scan", "text.txt", "--config", "mine.toml"];
    let before = run(at.path(), &scan);
    assert!(before.code == 2 && before.err.contains("skelkey config fetch"), "{}", before.err);
    assert!(stub.seen().is_empty(), "a scan fetches nothing");

    write(at.path(), "wrong.toml", extends(&"0".repeat(64)));
    let wrong = run(at.path(), &["config", "fetch", "--config", "wrong.toml"]);
    assert!(wrong.code == 2 && wrong.err.contains(&sha256(policy)), "{}", wrong.err);
    assert!(!at.path().join("cache/skelkey/configurations").exists(), "nothing of it is kept");

    let fetched = run(at.path(), &["config", "fetch", "--config", "mine.toml"]);
    assert_eq!(fetched.code, 0, "{}", fetched.err);
    assert_eq!(run(at.path(), &scan).code, 0);
    assert!(show(at.path(), &["--config", "mine.toml"]).out.contains("no-wildcard = true"));
    let again = run(at.path(), &["config", "fetch", "--config", "mine.toml"]);
    assert!(again.code == 0 && again.err.contains("1 here already"), "{}", again.err);
    assert_eq!(stub.paths(), ["/skelkey.toml", "/skelkey.toml"]);
    assert!(stub.seen().iter().all(|seen| seen.method == "GET" && seen.header("authorization").is_none()));

    let kept = at.path().join(format!("cache/skelkey/configurations/{}.toml", sha256(policy)));
    std::fs::write(&kept, "[policy]\nno-wildcard = false\n").unwrap();
    assert_eq!(run(at.path(), &scan).code, 2, "what was changed is not used");
    let gone = run(at.path(), &["config", "fetch", "--config", "mine.toml"]);
    assert!(gone.code == 2 && gone.err.contains("status 404"), "{}", gone.err);
}

/// A server on loopback whose certificate an authority of its own signs: its address, and the authority's certificate as PEM.
#[cfg(feature = "probe")]
fn private_server(text: &'static str, answers: usize) -> (String, String) {
    use std::io::{Read as _, Write as _};
    let authority = rcgen::KeyPair::generate().unwrap();
    let mut about = rcgen::CertificateParams::new(Vec::new()).unwrap();
    about.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let root = about.self_signed(&authority).unwrap();
    let issuer = rcgen::Issuer::new(about, authority);
    let key = rcgen::KeyPair::generate().unwrap();
    let names = vec!["127.0.0.1".to_owned()];
    let certificate = rcgen::CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
    let chain = vec![certificate.der().clone()];
    let key = rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = std::sync::Arc::new(config.with_no_client_auth().with_single_cert(chain, key).unwrap());
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("https://127.0.0.1:{}", listener.local_addr().unwrap().port());
    std::thread::spawn(move || {
        for stream in listener.incoming().take(answers) {
            let Ok(stream) = stream else { continue };
            let Ok(connection) = rustls::ServerConnection::new(config.clone()) else { continue };
            let mut tls = rustls::StreamOwned::new(connection, stream);
            // Whoever does not trust it leaves.
            if tls.read(&mut [0; 4096]).is_ok() {
                let answer =
                    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}", text.len());
                let _ = tls.write_all(answer.as_bytes());
                tls.conn.send_close_notify();
                let _ = tls.flush();
            }
        }
    });
    (address, root.pem())
}

#[cfg(feature = "probe")]
#[test]
fn a_server_is_trusted_as_the_configuration_says() {
    let at = tempfile::tempdir().unwrap();
    let policy = "[policy]\nno-wildcard = true\n";
    let (address, authority) = private_server(policy, 2);
    let pinned = format!("extends = [{{ url = \"{address}/p\", sha256 = \"{}\" }}]\n", sha256(policy));
    write(at.path(), "mine.toml", &pinned);
    write(at.path(), "company.pem", authority);
    let fetch = || run(at.path(), &["config", "fetch", "--config", "mine.toml"]);
    let refused = fetch();
    assert!(refused.code == 2 && !refused.err.contains("fetched https"), "{}", refused.err);
    write(at.path(), "mine.toml", format!("{pinned}[network]\nca-file = \"company.pem\"\n"));
    let fetched = fetch();
    assert_eq!(fetched.code, 0, "{}", fetched.err);
    assert!(show(at.path(), &["--config", "mine.toml"]).out.contains("no-wildcard = true"));
    std::fs::remove_dir_all(at.path().join("cache")).unwrap();
    write(at.path(), "mine.toml", format!("{pinned}[network]\nca-file = \"missing.pem\"\n"));
    let missing = fetch();
    assert!(
        missing.code == 2 && missing.err.contains("mine.toml:3: [network] ca-file: missing.pem: no such file"),
        "{}",
        missing.err
    );
}

#[test]
fn every_mistake_is_told_with_its_line_and_a_way_out() {
    let at = tempfile::tempdir().unwrap();
    write(at.path(), "a.txt", "x\n");
    let mut all = vec![
        ("[scan]\nconfidense = 1\n", "c.toml:2: there is no field `confidense` here; did you mean `confidence`?"),
        ("[scna]\nfail-on = \"low\"\n", "c.toml:1: there is no field `scna` here; did you mean `scan`?"),
        (
            "[scan]\nfail-on = \"hihg\"\n",
            "c.toml:2: [scan] fail-on: that is not one of note, low, medium, high, critical",
        ),
        (
            "[scan]\nmax-file-size = \"big\"\n",
            "c.toml:2: [scan] max-file-size: that is not a size; write for instance 50MB",
        ),
        ("[scan]\nexclude = \"x\"\n", "c.toml:2: invalid type: string \"…\"; write a list, such as"),
        (
            "[policy]\nmax-lifetime-days = \"90\"\n",
            "c.toml:2: invalid type: string \"…\"; write a whole number, such as 90",
        ),
        ("[policy]\nno-wildcard = 1\n", "c.toml:2: invalid type: integer `1`; write true or false"),
        (
            "[rules]\ndisable = [\"npm-acces-token\"]\n",
            "c.toml:2: [rules] disable: there is no rule `npm-acces-token`; did you mean",
        ),
        (
            "[policy.issuer.npmm]\nmax-lifetime-days = 3\n",
            "c.toml:1: [policy.issuer]: there is no issuer `npmm`; did you mean `npm`?",
        ),
        (
            "[policy]\nno-wildcard = true\nforbidden-actions = [\"package:unlst\"]\n",
            "c.toml:3: [policy] forbidden-actions: there is no action `…`; did you mean `package:unlist`?",
        ),
        (
            "[policy.issuer.npm]\nrequired-restrictions = [\"cdir\"]\n",
            "c.toml:2: [policy.issuer.npm] required-restrictions: there is no restriction `cdir`; did you mean `cidr`?",
        ),
        (
            "[[policy.path]]\nglobs = [\"a\"]\n[policy.path.limits]\nforbidden-actions = [\"yonk\"]\n",
            "c.toml:1: [policy.path[0]] forbidden-actions: there is no action `yonk`; did you mean `yank`?",
        ),
        ("[[policy.path]]\nglobs = [\"[\"]\nlimits = {}\n", "c.toml:1: [[policy.path]] globs: `[` is not a glob"),
        ("[scan]\nbaseline = \"none\"\n", "c.toml:2: scan.baseline names it, relative to that file"),
        ("[inventory]\nfiles = [\"none.json\"]\n", "c.toml:2: inventory.files[0] names it"),
        ("[rules]\npaths = [\"none\"]\n", "c.toml:2: rules.paths[0] names it"),
        ("[fingerprint]\nkey-file = \"none\"\n", "c.toml:2: fingerprint.key-file names it"),
        ("\n\nextends = [\"none.toml\"]\n", "c.toml:3: extends"),
        ("[scan\n", "c.toml:1: unclosed table, expected `]`"),
    ];
    if cfg!(feature = "probe") {
        all.push(("[issuers.npm]\nurl = \"ftp://x\"\n", "c.toml:2: [issuers.npm] url: "));
    }
    // A word that looks like none that is known is that of an issuer that is not known here.
    write(at.path(), "c.toml", "[policy]\nforbidden-actions = [\"WIDGETS.DESTROY\", \"Package:Unlist\"]\n");
    assert_eq!(run(at.path(), &["scan", "a.txt", "--config", "c.toml"]).code, 0);
    for (text, told) in all {
        write(at.path(), "c.toml", text);
        let run = run(at.path(), &["scan", "a.txt", "--config", "c.toml"]);
        assert!(run.code == 2 && run.err.contains(told), "{told}: {}", run.err);
    }
}

#[cfg(feature = "probe")]
#[test]
fn a_found_configuration_reaches_no_network_and_names_nothing_elsewhere() {
    let at = tempfile::tempdir().unwrap();
    let policy = "[scan]\nfail-on = \"high\"\n[issuers.npm]\nassume = true\n";
    let stub = stub::Stub::new(vec![stub::answer(200, policy)]);
    write(at.path(), ".git/HEAD", "ref: refs/heads/main\n");
    write(
        at.path(),
        "skelkey.toml",
        format!("extends = [{{ url = \"{}/p\", sha256 = \"{}\" }}]\n", stub.url(), sha256(policy)),
    );
    let refused = run(at.path(), &["config", "fetch"]);
    assert!(refused.code == 2 && refused.err.contains("name it with --config"), "{}", refused.err);
    assert!(stub.seen().is_empty());
    assert_eq!(run(at.path(), &["config", "fetch", "--config", "skelkey.toml"]).code, 0);
    let shown = show(at.path(), &[]);
    assert!(shown.out.contains("fail-on = \"high\"") && !shown.out.contains("npm"), "{}", shown.out);
    assert!(show(at.path(), &["--config", "skelkey.toml"]).out.contains("[issuers.npm]"));
}

#[cfg(feature = "probe")]
#[test]
fn a_configuration_from_elsewhere_names_no_files() {
    for policy in ["[rules]\npaths = [\"rules\"]\n", "extends = [\"beside.toml\"]\n"] {
        let at = tempfile::tempdir().unwrap();
        let stub = stub::Stub::new(vec![stub::answer(200, policy)]);
        let pinned = format!("extends = [{{ url = \"{}/p\", sha256 = \"{}\" }}]\n", stub.url(), sha256(policy));
        write(at.path(), "mine.toml", pinned);
        let refused = run(at.path(), &["config", "fetch", "--config", "mine.toml"]);
        assert!(refused.code == 2 && refused.err.contains("has no files beside it"), "{}", refused.err);
    }
}

#[test]
fn a_configuration_is_fetched_from_a_commit() {
    let at = tempfile::tempdir().unwrap();
    let policy = "[scan]\nconfidence = \"high\"\n";
    write(at.path(), "policy/conf/skelkey.toml", policy);
    let git = |args: &[&str]| {
        let output = Command::new("git")
            .arg("-C")
            .arg(at.path().join("policy"))
            .args(["-c", "user.name=t", "-c", "user.email=t@example.test", "-c", "commit.gpgsign=false"])
            .args(args)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "policy"]);
    let commit = git(&["rev-parse", "HEAD"]);
    let repository = at.path().join("policy").display().to_string();
    let extends = |path: &str| {
        format!(
            "extends = [{{ git = \"file://{repository}\", commit = \"{commit}\", path = \"{path}\", sha256 = \"{}\" }}]\n",
            sha256(policy)
        )
    };
    write(at.path(), "mine.toml", extends("conf/none.toml"));
    let missing = run(at.path(), &["config", "fetch", "--config", "mine.toml"]);
    assert!(missing.code == 2 && missing.err.contains("conf/none.toml"), "{}", missing.err);
    write(at.path(), "mine.toml", extends("conf/skelkey.toml"));
    let fetched = run(at.path(), &["config", "fetch", "--config", "mine.toml"]);
    assert_eq!(fetched.code, 0, "{}", fetched.err);
    let shown = show(at.path(), &["--config", "mine.toml", "--origin"]);
    assert!(shown.out.contains(&format!("@{}:conf/skelkey.toml:2", &commit[..12])), "{}", shown.out);
    assert_eq!(skelkey(at.path(), &["config", "show", "--config", "mine.toml"]).code, 2, "another cache has it not");
}
