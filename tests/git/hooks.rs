//! What git tells its hooks: the index of the commit to be, the objects that a push brings, the ids of refs that are new.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::repo::{NOW, Repo, git_in, leak};

/// A hook that scans each range that git tells it, and refuses what is not clean.
fn write_hook(repo: &Path, name: &str) {
    let (old, new) = if name == "pre-push" { ("$4", "$2") } else { ("$1", "$2") };
    let script = format!(
        "#!/bin/sh\nwhile read -r line; do set -- $line\n\
         {} scan --range \"{old}..{new}\" --now {NOW} -f json >> {}/seen || exit 1\ndone\n",
        env!("CARGO_BIN_EXE_skelkey"),
        repo.display(),
    );
    let hook = repo.join("hooks").join(name);
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, script).unwrap();
    assert!(Command::new("chmod").arg("+x").arg(&hook).status().unwrap().success());
}

/// Pushes, and gives whether it was accepted and what git said.
fn push(repo: &Repo, args: &[&str]) -> (bool, String) {
    let output = Command::new("git")
        .arg("push")
        .args(args)
        .current_dir(repo.at())
        .env("HOME", repo.at())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn seen(repo: &Path) -> String {
    let seen = fs::read_to_string(repo.join("seen")).unwrap_or_default();
    let _ = fs::remove_file(repo.join("seen"));
    seen
}

#[test]
fn what_a_push_brings_is_read_before_it_is_accepted() {
    for format in ["sha1", "sha256"] {
        let format = format!("--object-format={format}");
        let server = Repo::with(&["init", "-q", "--bare", "-b", "main", &format]);
        write_hook(server.at(), "pre-receive");
        let repo = Repo::with(&["init", "-q", "-b", "main", &format]);
        repo.git(&["remote", "add", "origin", &server.at().display().to_string()]);
        repo.commit(1, "a.txt", "clean\n");
        let (accepted, said) = push(&repo, &["origin", "main"]);
        assert!(accepted, "a new branch without a key: {said}");
        repo.commit(2, "b.env", leak(1));
        repo.commit(3, "b.env", "removed again\n");
        assert!(!push(&repo, &["origin", "main"]).0, "a key in the middle of a push");
        assert!(seen(server.at()).contains("b.env"));
        assert!(!push(&repo, &["origin", "main:other"]).0, "a key on a new branch");
        assert!(seen(server.at()).contains("b.env"));
        let left = git_in(server.at(), &["cat-file", "--batch-all-objects", "--batch-check"], &[]);
        assert_eq!(left.lines().count(), 3, "what was refused is not kept: {left}");
        let (accepted, said) = push(&repo, &["origin", "main~2:refs/heads/other"]);
        assert!(accepted, "a new branch of known commits: {said}");
        assert!(push(&repo, &["origin", ":other"]).0, "deleting a branch brings nothing");
    }
}

#[test]
fn a_new_branch_is_compared_with_what_the_remote_has_before_it_is_sent() {
    let server = Repo::with(&["init", "-q", "--bare", "-b", "main"]);
    let repo = Repo::new();
    repo.git(&["remote", "add", "origin", &server.at().display().to_string()]);
    repo.commit(1, "old.env", leak(1));
    assert!(push(&repo, &["origin", "main"]).0);
    write_hook(&repo.at().join(".git"), "pre-push");
    repo.commit(2, "a.txt", "clean\n");
    let (accepted, said) = push(&repo, &["origin", "main:topic"]);
    assert!(accepted, "the remote has the old key already: {said}");
    repo.commit(3, "new.env", leak(2));
    assert!(!push(&repo, &["origin", "main:another"]).0);
    assert!(seen(&repo.at().join(".git")).contains("new.env"));
}

#[test]
fn folders_of_objects_that_are_not_there_are_never_a_pass() {
    let repo = Repo::new();
    repo.commit(1, "a.txt", "a\n");
    let gone = repo.at().join("gone").display().to_string();
    for variable in ["GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"] {
        let run = crate::support::skelkey_with(repo.at(), &["scan", "--history"], b"", &[(variable, &gone)]);
        assert_eq!(run.code, 3, "{}", run.err);
        assert!(run.err.contains(variable), "{}", run.err);
    }
}
