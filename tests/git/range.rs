//! `--range` and `--since`: what commits add.

use super::repo::{Repo, all_places, leak, places, token};

#[test]
fn a_range_finds_what_its_commits_add_and_nothing_else() {
    let repo = Repo::new();
    repo.commit(1, "old.env", leak(1));
    let second = repo.commit(2, "new.env", leak(2));
    repo.commit(3, "new.env", "removed again\n");
    repo.commit(4, "late.env", leak(3));
    let run = repo.scan(&["--range", "HEAD~3..HEAD~1"]);
    assert_eq!(places(&run), ["new.env:1"], "{}", run.err);
    let from = &all_places(&run)[0]["provenance"];
    assert_eq!(from["commit"]["id"], second.as_str());
    assert_eq!(from["commit"]["authored"], "2026-11-02T10:00:00Z");
    assert_eq!(from["commit"]["author"], "Ada <ada@example.test>");
    assert!(run.err.contains("2 commits"), "{}", run.err);
    assert_eq!(places(&repo.scan(&["--range", "HEAD"])), ["late.env:1"], "one commit");
    assert_eq!(places(&repo.scan(&["--since", "2026-11-02"])), ["late.env:1", "new.env:1"]);
}

#[test]
fn a_merge_adds_what_no_parent_has() {
    let repo = Repo::new();
    repo.commit(1, "a", "a\n");
    repo.git(&["checkout", "-qb", "side"]);
    repo.commit(2, "side.env", leak(1));
    repo.git(&["checkout", "-q", "main"]);
    repo.commit(3, "b", "b\n");
    repo.git_on(4, &["merge", "-q", "--no-commit", "--no-ff", "side"]);
    repo.write("evil.env", leak(2));
    repo.git(&["add", "-A"]);
    repo.git_on(4, &["commit", "-qm", "merge"]);
    assert_eq!(places(&repo.scan(&["--range", "HEAD"])), ["evil.env:1"], "the merge alone");
    assert_eq!(places(&repo.scan(&["--range", "HEAD~1..HEAD"])), ["evil.env:1", "side.env:1"]);
    assert_eq!(places(&repo.scan(&["--range", "HEAD~1...side"])), ["side.env:1"]);
}

#[test]
fn a_key_that_comes_back_in_the_range_is_found() {
    let repo = Repo::new();
    repo.commit(1, "a.env", leak(1));
    repo.commit(2, "a.env", "gone\n");
    let back = repo.commit(3, "a.env", leak(1));
    let run = repo.scan(&["--range", "HEAD~2..HEAD"]);
    assert_eq!(all_places(&run)[0]["provenance"]["commit"]["id"], back.as_str());
}

#[test]
fn messages_are_scanned_too() {
    let repo = Repo::new();
    repo.commit(1, "a", "a\n");
    repo.git(&["commit", "-q", "--allow-empty", "-m", &format!("use {}", token(1))]);
    let run = repo.scan(&["--range", "HEAD"]);
    let place = &all_places(&run)[0];
    assert_eq!(place["provenance"]["holder"], "commit");
    assert_eq!(place["provenance"]["object"], repo.id("HEAD").as_str());
}

#[test]
fn an_empty_range_says_so_and_a_bad_one_fails() {
    let repo = Repo::new();
    let unborn = repo.scan(&["--since", "2026-01-01"]);
    assert_eq!(unborn.code, 3, "{}", unborn.err);
    assert_eq!(repo.scan(&["--range", "HEAD"]).code, 3);
    repo.commit(1, "a", "a\n");
    let empty = repo.scan(&["--range", "HEAD..HEAD"]);
    assert_eq!(empty.code, 0, "{}", empty.err);
    assert!(empty.err.contains("0 commits"), "{}", empty.err);
    for bad in ["no-such..HEAD", "HEAD..", "..nope", "^HEAD", "HEAD^@", "", "a..b..c", &"1".repeat(40)] {
        let run = repo.scan(&["--range", bad]);
        // An open end is HEAD, as git has it.
        assert_eq!(run.code, if bad == "HEAD.." { 0 } else { 3 }, "{bad:?}: {}", run.err);
    }
    assert_eq!(repo.scan(&["--since", "yesterday"]).code, 2);
    assert_eq!(repo.scan(&["--staged", "--range", "HEAD"]).code, 2);
    let none = tempfile::tempdir().unwrap();
    assert_eq!(crate::support::skelkey(none.path(), &["scan", "--range", "HEAD"]).code, 3);
}

#[test]
fn a_shallow_clone_does_not_pass_for_the_whole() {
    let repo = Repo::new();
    repo.commit(1, "a.env", leak(1));
    repo.commit(2, "b", "b\n");
    let clone = tempfile::tempdir().unwrap();
    let from = format!("file://{}", repo.at().display());
    super::repo::git_in(clone.path(), &["clone", "-q", "--depth", "1", &from, "c"], &[]);
    let run = crate::support::skelkey(&clone.path().join("c"), &["scan", "--range", "HEAD"]);
    assert_eq!(run.code, 3, "{}", run.err);
    assert!(run.err.contains("shallow"), "{}", run.err);
}

#[test]
fn a_missing_object_is_named_and_the_rest_is_scanned() {
    let repo = Repo::new();
    repo.commit(1, "a", "a\n");
    repo.write("lost.env", leak(1));
    repo.commit(2, "kept.env", leak(2));
    let id = repo.id("HEAD:lost.env");
    std::fs::remove_file(repo.at().join(format!(".git/objects/{}/{}", &id[..2], &id[2..]))).unwrap();
    let run = repo.scan(&["--range", "HEAD"]);
    assert_eq!(places(&run), ["kept.env:1"]);
    assert!(run.err.contains(&id), "{}", run.err);
    assert_eq!(repo.scan(&["--range", "HEAD", "--exit-zero"]).code, 3);
}
