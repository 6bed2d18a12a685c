//! `doctor`, `man`, `completions` and `--timing`: what they say is so.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may be blunt")]

mod support;

use std::fs;

use support::{skelkey, skelkey_with, write};

/// The line about one thing, and the line after it.
fn about<'o>(out: &'o str, name: &str) -> (&'o str, &'o str) {
    let mut lines = out.lines().skip_while(|line| line.get(6..).is_none_or(|rest| !rest.starts_with(name)));
    (lines.next().unwrap_or_else(|| panic!("nothing of {name}: {out}")), lines.next().unwrap_or_default())
}

#[test]
fn the_doctor_finds_what_is_wrong_and_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let run = skelkey(at, &["doctor"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(about(&run.out, "version").0.contains(env!("CARGO_PKG_VERSION")));
    for (name, says) in
        [("configuration", "the defaults"), ("rules", " rules"), ("terminal", "none"), ("fingerprints", "published")]
    {
        let (line, _) = about(&run.out, name);
        assert!(line.starts_with("ok ") && line.contains(says), "{line}");
    }
    assert!(about(&run.out, "network").0.contains(if cfg!(feature = "probe") { "off" } else { "never" }));

    write(at, "skelkey.toml", "[scan]\nbaseline = \"none\"\n[rules]\ndisable = [\"npm-access-token\"]\n");
    let run = skelkey(at, &["doctor"]);
    assert_eq!(run.code, 2, "a baseline that is not there: {}", run.out);
    assert!(run.out.contains("BAD") && run.out.contains("→"), "{}", run.out);
    write(at, "skelkey.toml", "[rules]\ndisable = [\"npm-access-token\"]\n");
    let run = skelkey(at, &["doctor"]);
    assert!(run.code == 0 && about(&run.out, "rules").0.contains("1 switched off"), "{}", run.out);
    write(at, "skelkey.toml", "nonsense = 1\n");
    let run = skelkey(at, &["doctor"]);
    let (line, _) = about(&run.out, "configuration");
    assert!(run.code == 2 && line.starts_with("BAD") && line.contains("skelkey.toml:1"), "{}", run.out);
    let run = skelkey_with(at, &["doctor", "--isolated"], b"", &[("SKELKEY_FINGERPRINT_KEY", "short")]);
    assert!(run.code == 2 && about(&run.out, "fingerprints").0.contains("16 bytes"), "{}", run.out);
    #[cfg(feature = "probe")]
    {
        let proxy = [("https_proxy", "http://u:hunter2@proxy.test:8080")];
        let run = skelkey_with(at, &["doctor", "--isolated"], b"", &proxy);
        assert!(about(&run.out, "network").0.contains("proxy") && !run.out.contains("hunter2"), "{}", run.out);
    }
}

#[cfg(all(unix, feature = "git"))]
#[test]
fn the_doctor_knows_the_hooks() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let path = [("PATH", "/usr/local/bin:/usr/bin:/bin")];
    let doctor = || skelkey_with(at, &["doctor"], b"", &path).out;
    assert!(about(&doctor(), "repository").0.contains("not in a git repository"));
    let git = |args: &[&str]| {
        let ran = std::process::Command::new("git").args(args).current_dir(at).output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    };
    git(&["init", "-q"]);
    let (line, fix) = (doctor(), "→ skelkey hook install pre-commit");
    assert!(about(&line, "pre-commit").0.contains("not installed") && about(&line, "pre-commit").1.contains(fix));
    let hook = at.join(".git/hooks/pre-commit");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, "#!/bin/sh\n").unwrap();
    assert!(about(&doctor(), "pre-commit").0.contains("is not skelkey's"));
    assert_eq!(skelkey_with(at, &["hook", "install"], b"", &path).code, 0);
    assert!(about(&doctor(), "pre-commit").0.starts_with("ok "), "{}", doctor());
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(about(&doctor(), "pre-commit").0.starts_with("BAD"), "{}", doctor());
    git(&["config", "core.hooksPath", ".husky/_"]);
    assert!(about(&doctor(), "pre-push").0.contains("husky"), "{}", doctor());
    assert!(skelkey_with(at, &["doctor"], b"", &[]).out.contains("git"), "without git on the PATH it works as well");
}

#[cfg(unix)]
#[test]
fn the_doctor_looks_at_who_may_write_where() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let home = [("XDG_CACHE_HOME", at.to_str().unwrap())];
    let doctor = || skelkey_with(at, &["doctor"], b"", &home);
    assert!(about(&doctor().out, "cache").0.ends_with("empty"));
    write(at, "skelkey/blobs", "");
    assert!(about(&doctor().out, "cache").0.starts_with("ok "));
    fs::set_permissions(at.join("skelkey"), fs::Permissions::from_mode(0o777)).unwrap();
    let run = doctor();
    assert!(run.code == 2 && about(&run.out, "cache").0.starts_with("BAD"), "{}", run.out);
    fs::set_permissions(at.join("skelkey"), fs::Permissions::from_mode(0o700)).unwrap();
    write(at, "skelkey.toml", "");
    fs::set_permissions(at.join("skelkey.toml"), fs::Permissions::from_mode(0o666)).unwrap();
    let out = doctor().out;
    let (line, fix) = about(&out, "configuration");
    assert!(line.starts_with("note") && fix.contains("chmod go-w"), "{line}{fix}");
}

#[test]
fn every_command_has_a_manual_page_and_every_shell_completions() {
    let folder = tempfile::tempdir().unwrap();
    let run = skelkey(folder.path(), &["man", "man/pages"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let page = |name: &str| fs::read_to_string(folder.path().join("man/pages").join(name)).unwrap();
    assert!(page("skelkey.1").contains("Exit codes") && page("skelkey-scan.1").contains("fail\\-on"));
    assert!(page("skelkey-hook-run.1").contains("time\\-limit"));
    write(folder.path(), "file", "");
    assert_eq!(skelkey(folder.path(), &["man", "file"]).code, 2);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = skelkey(folder.path(), &["completions", shell]);
        assert!(run.code == 0 && run.out.contains("time-limit"), "{shell}");
    }
}

#[test]
fn the_phases_of_a_run_are_told_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.txt", "abc\n");
    let run = skelkey(folder.path(), &["scan", "a.txt", "--timing", "--jobs", "1", "-f", "json"]);
    assert_eq!(run.code, 0, "{}", run.err);
    for words in ["configuration", "rules and lists", "scan and judgement", "reports", "1 text (4 bytes)", "1 thread"] {
        assert!(run.err.contains(words), "{words}: {}", run.err);
    }
    support::json(&run);
    assert!(!skelkey(folder.path(), &["scan", "a.txt"]).err.contains("timing"));
}
