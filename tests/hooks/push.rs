//! `pre-push` and `pre-receive`, installed and run by git itself.

use std::fs;

use crate::repo::{Repo, leak, token};
use crate::support::{Run, skelkey_with};
use crate::{git_at, hook_at, script};

/// A bare repository, and one that pushes to it as `origin`.
fn pair(format: &str) -> (Repo, Repo) {
    let format = format!("--object-format={format}");
    let server = Repo::with(&["init", "-q", "--bare", "-b", "main", &format]);
    let repo = Repo::with(&["init", "-q", "-b", "main", &format]);
    repo.git(&["remote", "add", "origin", &server.at().display().to_string()]);
    (server, repo)
}

fn push(repo: &Repo, args: &[&str]) -> Run {
    let mut all = vec!["push"];
    all.extend(args);
    git_at(repo.at(), repo.at(), &all)
}

#[test]
fn a_push_is_refused_for_what_the_remote_does_not_have() {
    let (_server, repo) = pair("sha1");
    repo.commit(1, "old.env", leak(1));
    assert_eq!(push(&repo, &["origin", "main"]).code, 0, "before there is a hook");
    assert_eq!(hook_at(repo.at(), repo.at(), &["install", "pre-push"]).code, 0);
    repo.commit(2, "a.txt", "fine\n");
    let run = push(&repo, &["origin", "main", "main:topic"]);
    assert!(run.code == 0 && run.err.contains("1 commit, no key"), "the remote has the old key: {}", run.err);
    assert_eq!(push(&repo, &["origin", "main"]).code, 0, "a push of nothing");

    repo.commit(3, "new.env", leak(2));
    let id = repo.id("HEAD");
    repo.commit(4, "new.env", "gone again\n");
    let run = push(&repo, &["origin", "main"]);
    assert!(run.code == 1 && run.err.contains("new.env:1") && run.err.contains(&id[..12]), "{}", run.err);
    assert!(!run.err.contains(&token(2)), "{}", run.err);
    assert_ne!(push(&repo, &["origin", "main:another"]).code, 0, "a new branch");
    assert_eq!(push(&repo, &["origin", ":topic"]).code, 0, "a deletion");
    assert_eq!(push(&repo, &["--no-verify", "origin", "main"]).code, 0);

    // Another remote has nothing yet, whatever the first one has.
    let (other, _) = pair("sha1");
    repo.git(&["remote", "add", "other", &other.at().display().to_string()]);
    for remote in ["other", &other.at().display().to_string()] {
        let run = push(&repo, &[remote, "main"]);
        assert!(run.code == 1 && run.err.contains("old.env") && run.err.contains("new.env"), "{}", run.err);
    }
}

#[test]
fn a_forced_push_over_commits_that_are_not_here_is_scanned() {
    let (server, repo) = pair("sha1");
    repo.commit(1, "a.txt", "one\n");
    assert_eq!(push(&repo, &["origin", "main"]).code, 0);
    let other = Repo::new();
    other.git(&["remote", "add", "origin", &server.at().display().to_string()]);
    other.git(&["pull", "-q", "origin", "main"]);
    other.commit(2, "b.txt", "theirs\n");
    assert_eq!(push(&other, &["origin", "main"]).code, 0);
    assert_eq!(hook_at(repo.at(), repo.at(), &["install", "pre-push"]).code, 0);
    repo.commit(3, "c.txt", "ours\n");
    let run = push(&repo, &["--force", "origin", "main"]);
    assert!(run.code == 0 && run.err.contains("1 commit, no key"), "{}", run.err);
}

#[test]
fn tags_and_what_they_say_are_pushed_too() {
    let (_server, repo) = pair("sha1");
    repo.commit(1, "a.txt", "fine\n");
    assert_eq!(hook_at(repo.at(), repo.at(), &["install", "pre-push"]).code, 0);
    repo.git(&["tag", "light"]);
    repo.git(&["tag", "-m", "fine", "good"]);
    repo.git(&["tag", "-m", &leak(1), "bad"]);
    let run = push(&repo, &["origin", "main", "light", "good"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let run = push(&repo, &["origin", "bad"]);
    assert!(run.code == 1 && run.err.contains(".git/objects/"), "{}", run.err);
    let blob = repo.write_blob(&leak(2));
    repo.git(&["tag", "blob", &blob]);
    assert_ne!(push(&repo, &["origin", "blob"]).code, 0, "a tag of a file");
    repo.commit(2, "k.env", leak(3));
    repo.git(&["tag", "tree", "HEAD^{tree}"]);
    let run = push(&repo, &["origin", "tree"]);
    assert!(run.code == 1 && run.err.contains("k.env:1"), "a tag of a folder: {}", run.err);
    let name = format!("HEAD~1:refs/heads/{}", token(4));
    assert_ne!(push(&repo, &["origin", &name]).code, 0, "a branch that is named like a key");
}

#[test]
fn a_hook_that_was_there_gets_the_same_lines() {
    let (_server, repo) = pair("sha1");
    repo.commit(1, "a.txt", "fine\n");
    script(&repo.at().join(".git/hooks/pre-push"), "#!/bin/sh\ncat > seen; echo \"$1\" >> seen\n");
    assert_eq!(hook_at(repo.at(), repo.at(), &["install", "pre-push"]).code, 0);
    assert_eq!(push(&repo, &["origin", "main"]).code, 0);
    let seen = fs::read_to_string(repo.at().join("seen")).unwrap();
    assert!(seen.starts_with("refs/heads/main ") && seen.ends_with("\norigin\n"), "{seen}");
    repo.commit(2, "a.env", leak(1));
    assert_ne!(push(&repo, &["origin", "main"]).code, 0);
}

#[test]
fn a_server_accepts_nothing_with_a_key() {
    for format in ["sha1", "sha256"] {
        let (server, repo) = pair(format);
        assert_eq!(hook_at(server.at(), server.at(), &["install"]).code, 0);
        repo.commit(1, "a.txt", "clean\n");
        let run = push(&repo, &["origin", "main"]);
        assert_eq!(run.code, 0, "{}", run.err);
        repo.commit(2, "b.env", leak(1));
        repo.commit(3, "b.env", "removed again\n");
        repo.git(&["tag", "-m", "fine", "v1", "main~2"]);
        let run = push(&repo, &["origin", "main", "v1"]);
        assert!(run.code != 0 && run.err.contains("b.env:1") && run.err.contains("nothing is accepted"), "{}", run.err);
        assert!(!run.err.contains("--no-verify"), "nobody passes a server: {}", run.err);
        assert_ne!(push(&repo, &["origin", "main:other"]).code, 0, "a new branch");
        let run = push(&repo, &["origin", "v1", "main~2:refs/heads/other"]);
        assert_eq!(run.code, 0, "what it has already: {}", run.err);
        assert_eq!(push(&repo, &["origin", ":other"]).code, 0, "a deletion");
    }
}

#[test]
fn what_takes_too_long_is_refused_with_the_reason() {
    let repo = Repo::new();
    for day in 1..9 {
        repo.commit(day, "a.txt", format!("{day}\n"));
    }
    let line = format!("{} {} refs/heads/main\n", "0".repeat(40), repo.id("HEAD"));
    repo.git(&["update-ref", "-d", "HEAD"]);
    let run = |limit: &str| {
        let args = ["hook", "run", "pre-receive", "--time-limit", limit];
        skelkey_with(repo.at(), &args, line.as_bytes(), &[])
    };
    let late = run("0.000001");
    assert!(late.code == 3 && late.err.contains("within") && late.err.contains("--time-limit"), "{}", late.err);
    for limit in ["60", "0"] {
        let run = run(limit);
        assert!(run.code == 0 && run.err.contains("8 commits, no key"), "{}", run.err);
    }
}

/// However often it is tried, a push that takes twice its time is never accepted, unless each try goes on where the last one
/// ended.
#[test]
fn a_push_that_took_too_long_goes_on_where_it_ended_when_there_is_a_cache() {
    let repo = Repo::new();
    for n in 0..400 {
        let lines = (0..400).map(|line| format!("const NAME_{n}_{line} = \"a token of file {n}, line {line}\";\n"));
        repo.write(&format!("src/{n}.js"), lines.collect::<String>());
    }
    repo.git(&["add", "-A"]);
    repo.commit(1, "a.txt", "all of it\n");
    let line = format!("{} {} refs/heads/main\n", "0".repeat(40), repo.id("HEAD"));
    repo.git(&["update-ref", "-d", "HEAD"]);
    let cache = format!("--cache={}", repo.at().join("cache").display());
    let key = ("SKELKEY_FINGERPRINT_KEY", "a key of a test that is long enough");
    let run = |limit: &str, more: &[&str]| {
        let args = [&["hook", "run", "pre-receive", "--time-limit", limit], more].concat();
        skelkey_with(repo.at(), &args, line.as_bytes(), &[key])
    };
    let start = std::time::Instant::now();
    assert_eq!(run("0", &[]).code, 0);
    let half = format!("{:.3}", start.elapsed().as_secs_f64() / 2.0);
    let accepted = (0..20).any(|_| run(&half, &[&cache]).code == 0);
    assert!(accepted, "twenty times half of the time were not enough");
}

#[test]
fn lines_that_git_does_not_write_let_nothing_through() {
    let repo = Repo::new();
    repo.commit(1, "a.env", leak(1));
    let id = repo.id("HEAD");
    let gone = "1".repeat(40);
    for (hook, line, code) in [
        ("pre-push", "nonsense\n".to_owned(), 2),
        ("pre-receive", format!("{id} {id}\n"), 2),
        ("pre-receive", format!("{} {gone} refs/heads/x\n", "0".repeat(40)), 3),
        ("pre-push", format!("refs/heads/x {gone} refs/heads/x {}\n", "0".repeat(40)), 3),
    ] {
        let run = skelkey_with(repo.at(), &["hook", "run", hook], line.as_bytes(), &[]);
        assert_eq!(run.code, code, "{hook} {line}: {}", run.err);
    }
    // A manager of hooks that keeps git's lines to itself: what the remote does not have is scanned all the same.
    let run = skelkey_with(repo.at(), &["hook", "run", "pre-push", "origin"], b"", &[]);
    assert_eq!(run.code, 1, "{}", run.err);
}
