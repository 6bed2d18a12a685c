//! Repositories of other shapes: with submodules, pointers of Git LFS, sparse checkouts, other owners, hostile settings.

use std::fs;

use super::repo::{Repo, all_places, git_in, leak, places};
use crate::support::{json, skelkey};

fn pointer(size: u32) -> String {
    let oid = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {size}\n")
}

#[test]
fn pointers_of_lfs_are_named_with_the_size_of_what_is_not_here() {
    let repo = Repo::new();
    repo.commit(1, "a.txt", "a\n");
    repo.write("big.bin", pointer(12_345));
    repo.git(&["add", "-A"]);
    let check = |args: &[&str], path: &str| {
        let run = repo.scan(args);
        assert_eq!(run.code, 0, "{args:?}: {}", run.err);
        let coverage = &json(&run)["coverage"];
        let counts = coverage["skipped"].as_array().unwrap();
        let count = counts.iter().find(|count| count["reason"] == "elsewhere").expect("a count");
        assert_eq!((&count["files"], &count["bytes"]), (&1.into(), &12_345.into()), "{args:?}");
        assert_eq!(coverage["skips"][0]["path"], path, "{args:?}");
    };
    check(&["--staged"], "big.bin");
    repo.git_on(2, &["commit", "-qm", "big"]);
    check(&["--range", "HEAD"], "big.bin");
    let id = repo.id("HEAD:big.bin");
    check(&["--history"], &id);
}

#[test]
fn submodules_are_named_and_scanned_when_asked_for() {
    let inmost = Repo::new();
    inmost.commit(1, "inmost.env", leak(3));
    let inner = Repo::new();
    inner.commit(1, "gone.env", leak(1));
    inner.commit(2, "gone.env", "removed\n");
    add_submodule(&inner, &inmost, "deep");
    let repo = Repo::new();
    repo.commit(1, "own.env", leak(2));
    add_submodule(&repo, &inner, "sub");
    let plain = repo.scan(&["--history"]);
    assert_eq!(places(&plain), ["own.env:1"]);
    assert!(plain.err.contains("the submodule sub is a repository of its own"), "{}", plain.err);

    let without = repo.scan(&["--history", "--submodules"]);
    assert_eq!(json(&without)["complete"], false, "deep is not checked out: {}", without.err);
    assert!(without.err.contains("sub/deep: cannot be opened: the submodule is not checked out"), "{}", without.err);

    repo.git(&["-c", "protocol.file.allow=always", "submodule", "-q", "update", "--init", "--recursive"]);
    let run = repo.scan(&["--history", "--submodules"]);
    assert_eq!(json(&run)["complete"], true, "{}", run.err);
    let shown: Vec<String> = all_places(&run).iter().map(|place| place["shown"].to_string()).collect();
    let mut shown: Vec<&str> = shown.iter().map(|path| path.trim_matches('"')).collect();
    shown.sort_unstable();
    assert_eq!(shown, ["own.env", "sub/deep/inmost.env", "sub/gone.env"], "{}", run.out);
    assert!(run.err.contains("sub/deep: "), "{}", run.err);
}

fn add_submodule(repo: &Repo, inner: &Repo, path: &str) {
    let from = inner.at().display().to_string();
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "-q", "add", &from, path]);
    repo.git_on(3, &["commit", "-qm", "a submodule"]);
}

#[test]
fn submodules_need_a_history() {
    let repo = Repo::new();
    assert_eq!(repo.scan(&["--staged", "--submodules"]).code, 2);
}

#[test]
fn a_sparse_checkout_hides_nothing_that_is_staged_or_committed() {
    let repo = Repo::new();
    repo.write("in/a.txt", "a\n");
    repo.write("out/b.env", leak(1));
    repo.git(&["add", "-A"]);
    repo.git_on(1, &["commit", "-qm", "all"]);
    repo.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
    assert!(!repo.at().join("out").exists());
    assert_eq!(repo.scan(&["--staged"]).code, 0, "what HEAD has is not new");
    assert_eq!(places(&repo.scan(&["--history"])), ["out/b.env:1"]);
    repo.write("in/c.env", leak(2));
    repo.git(&["add", "--sparse", "in/c.env"]);
    let blob = repo.write_blob(&leak(3));
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{blob},out/d.env")]);
    assert_eq!(places(&repo.scan(&["--staged"])), ["in/c.env:1", "out/d.env:1"]);
}

#[cfg(unix)]
#[test]
fn a_repository_of_somebody_else_is_read_like_any_other() {
    let repo = Repo::new();
    repo.commit(1, "a.env", leak(1));
    repo.write("b.env", leak(2));
    repo.git(&["add", "-A"]);
    // Only root can give files away; git then refuses the repository (`safe.directory`), which is the proof of the case.
    let give = |path: &std::path::Path| std::os::unix::fs::chown(path, Some(12_345), Some(12_345)).is_ok();
    if !give(repo.at()) || !give(&repo.at().join(".git")) {
        return;
    }
    let refused = std::process::Command::new("git")
        .args(["-c", "safe.directory=", "log"])
        .current_dir(repo.at())
        .env("HOME", repo.at())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&refused.stderr).contains("dubious ownership"), "{refused:?}");
    assert_eq!(places(&repo.scan(&["--staged"])), ["b.env:1"]);
    assert_eq!(places(&repo.scan(&["--range", "HEAD"])), ["a.env:1"]);
    assert_eq!(places(&repo.scan(&["--history"])), ["a.env:1", "b.env:1"]);
}

#[test]
fn hostile_configuration_runs_nothing_whatever_is_scanned() {
    let repo = Repo::new();
    let proof = repo.at().join("ran");
    let touch = format!("touch {}", proof.display());
    repo.write(".gitattributes", "* filter=evil diff=evil\n");
    repo.write("a.env", leak(1));
    repo.git(&["add", "-A"]);
    repo.git_on(1, &["commit", "-qm", "x"]);
    let programs = ["filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.evil.textconv"];
    let more = ["diff.evil.command", "core.fsmonitor", "diff.external", "core.sshCommand", "core.pager", "core.editor"];
    for key in programs.iter().chain(&more) {
        repo.git(&["config", key, &touch]);
    }
    repo.git(&["config", "core.hooksPath", &repo.at().display().to_string()]);
    repo.git(&["config", "uploadpack.packObjectsHook", &touch]);
    repo.git(&["config", "alias.log", &format!("!{touch}")]);
    // A partial clone would be asked to fetch what is missing.
    repo.git(&["config", "extensions.partialClone", "evil"]);
    repo.git(&["config", "remote.evil.promisor", "true"]);
    repo.git(&["config", "remote.evil.url", &format!("ext::sh -c {touch}")]);
    for args in [&["--history"][..], &["--range", "HEAD"], &["--history", "--submodules"], &["."]] {
        assert_eq!(places(&repo.scan(args))[..1], ["a.env:1"], "{args:?}");
    }
    assert!(!proof.exists());
}

#[test]
fn ranges_are_read_in_bare_repositories_linked_work_trees_and_with_sha_256() {
    let repo = Repo::with(&["init", "-q", "-b", "main", "--object-format=sha256"]);
    repo.commit(1, "x", "x\n");
    repo.commit(2, "a.env", leak(1));
    assert_eq!(places(&repo.scan(&["--range", "HEAD~1..HEAD"])), ["a.env:1"]);
    let folder = tempfile::tempdir().unwrap();
    git_in(folder.path(), &["clone", "-q", "--bare", &repo.at().display().to_string(), "bare"], &[]);
    let bare = folder.path().join("bare");
    let scan = |at: &std::path::Path| skelkey(at, &["scan", "--range", "HEAD~1..HEAD", "-f", "json"]);
    assert_eq!(places(&scan(&bare)), ["a.env:1"]);
    repo.git(&["worktree", "add", "-q", "linked"]);
    let linked = repo.at().join("linked");
    assert_eq!(places(&scan(&linked)), ["a.env:1"]);
    assert_eq!(places(&skelkey(&linked, &["scan", "--history", "-f", "json"])), ["a.env:1"]);
    fs::remove_dir_all(&linked).unwrap();
}
