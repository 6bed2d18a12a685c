//! Where hooks are installed, beside whom, and how they leave.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::repo::{Repo, leak};
use crate::{git_at, hook_at, script};

/// Whether a commit of a key goes through in `folder`.
fn commits(folder: &std::path::Path, home: &std::path::Path) -> bool {
    crate::support::write(folder, "a.env", leak(1));
    assert_eq!(git_at(folder, home, &["add", "a.env"]).code, 0);
    git_at(folder, home, &["commit", "-m", "x"]).code == 0
}

#[test]
fn installing_twice_is_installing_once_and_uninstalling_leaves_nothing() {
    let repo = Repo::new();
    let hooks = repo.at().join(".git/hooks");
    let before: usize = fs::read_dir(&hooks).unwrap().count();
    for words in ["installed (", "is installed ("] {
        let run = hook_at(repo.at(), repo.at(), &["install"]);
        assert_eq!((run.code, run.out.matches(words).count()), (0, 2), "{}{}", run.out, run.err);
    }
    assert!(hooks.join("pre-commit").exists() && hooks.join("pre-push").exists());
    let run = hook_at(repo.at(), repo.at(), &["uninstall"]);
    assert_eq!((run.code, run.out.matches("removed (").count()), (0, 2), "{}", run.out);
    assert_eq!(fs::read_dir(&hooks).unwrap().count(), before);
    assert_eq!(hook_at(repo.at(), repo.at(), &["uninstall"]).code, 0, "nothing to do is no failure");
}

#[test]
fn a_hook_that_is_there_runs_first_and_comes_back_as_it_was() {
    let repo = Repo::new();
    let hook = repo.at().join(".git/hooks/pre-commit");
    let text = "#!/bin/sh\necho \"ran $(basename \"$PWD\")\" >&2\n[ ! -e stop ]\n";
    script(&hook, text);
    let run = hook_at(repo.at(), repo.at(), &["install", "pre-commit"]);
    assert!(run.code == 0 && run.out.contains("runs first"), "{}", run.out);
    let run = git_at(repo.at(), repo.at(), &["commit", "--allow-empty", "-m", "x"]);
    assert!(run.code == 0 && run.err.contains("ran "), "{}", run.err);
    repo.write("stop", "");
    assert_ne!(git_at(repo.at(), repo.at(), &["commit", "--allow-empty", "-m", "x"]).code, 0, "theirs says no");
    fs::remove_file(repo.at().join("stop")).unwrap();
    assert!(!commits(repo.at(), repo.at()), "ours says no");
    assert_eq!(hook_at(repo.at(), repo.at(), &["install", "pre-commit"]).code, 0, "and again changes nothing");
    let run = hook_at(repo.at(), repo.at(), &["uninstall"]);
    assert!(run.out.contains("is back"), "{}", run.out);
    assert_eq!(fs::read_to_string(&hook).unwrap(), text);
    assert_eq!(hook.metadata().unwrap().permissions().mode() & 0o777, 0o755);

    // Somebody wrote over the hook that ran both: nothing of theirs is lost.
    hook_at(repo.at(), repo.at(), &["install", "pre-commit"]);
    script(&hook, "#!/bin/sh\nexit 0\n");
    let run = hook_at(repo.at(), repo.at(), &["install", "pre-commit"]);
    assert!(run.code == 2 && run.err.contains("by hand"), "{}", run.err);
    assert_eq!(fs::read_to_string(&hook).unwrap(), "#!/bin/sh\nexit 0\n");
}

#[test]
fn the_folder_that_git_uses_is_used() {
    let repo = Repo::new();
    repo.git(&["config", "core.hooksPath", "tools/hooks"]);
    fs::create_dir(repo.at().join("below")).unwrap();
    let run = hook_at(&repo.at().join("below"), repo.at(), &["install"]);
    assert!(run.code == 0 && run.out.contains("in the work tree"), "{}{}", run.out, run.err);
    assert!(repo.at().join("tools/hooks/pre-commit").exists());
    assert!(!commits(repo.at(), repo.at()));

    let linked = Repo::new();
    linked.commit(1, "a.txt", "a\n");
    linked.git(&["worktree", "add", "-q", "tree"]);
    let tree = linked.at().join("tree");
    assert_eq!(hook_at(&tree, linked.at(), &["install"]).code, 0);
    assert!(linked.at().join(".git/hooks/pre-commit").exists(), "work trees share their hooks");
    assert!(!commits(&tree, linked.at()));

    let bare = Repo::with(&["init", "-q", "--bare"]);
    assert_eq!(hook_at(bare.at(), bare.at(), &["install"]).code, 0);
    assert!(bare.at().join("hooks/pre-receive").exists());
    let nowhere = tempfile::tempdir().unwrap();
    assert_eq!(hook_at(nowhere.path(), nowhere.path(), &["install"]).code, 2);
    repo.git(&["config", "core.hooksPath", "/dev/null"]);
    let run = hook_at(repo.at(), repo.at(), &["install"]);
    assert!(run.code == 2 && run.err.contains("switched off"), "{}", run.err);
}

#[test]
fn all_repositories_have_a_folder_of_their_own() {
    let (home, repo) = (tempfile::tempdir().unwrap(), Repo::new());
    let home = home.path();
    let run = hook_at(repo.at(), home, &["install", "--global"]);
    assert!(run.code == 0 && run.out.contains("init.templateDir is "), "{}{}", run.out, run.err);
    let fresh = home.join("fresh");
    assert_eq!(git_at(home, home, &["init", "-q", "fresh"]).code, 0);
    assert!(!commits(&fresh, home));
    assert_eq!(hook_at(repo.at(), home, &["uninstall", "--global"]).code, 0);
    assert_ne!(git_at(home, home, &["config", "--global", "init.templateDir"]).code, 0, "the setting is gone");

    git_at(home, home, &["config", "--global", "core.hooksPath", "~/hooks"]);
    let run = hook_at(repo.at(), home, &["install"]);
    assert!(run.code == 2 && run.err.contains("--global"), "{}", run.err);
    assert_eq!(hook_at(repo.at(), home, &["install", "--global"]).code, 0);
    assert!(home.join("hooks/pre-commit").exists());
    assert!(!commits(repo.at(), home));
}

#[test]
fn managers_of_hooks_are_told_how_and_their_files_are_left() {
    let repo = Repo::new();
    let hook = repo.at().join(".git/hooks/pre-commit");
    let cases = [
        ("# File generated by pre-commit: https://pre-commit.com\n", ".pre-commit-config.yaml", "repo: local"),
        ("lefthook run pre-commit\n", "lefthook.yml", "jobs:"),
        ("# Overcommit\novercommit\n", ".overcommit.yml", "PreCommit:"),
    ];
    for (text, file, advice) in cases {
        script(&hook, text);
        let run = hook_at(repo.at(), repo.at(), &["install", "pre-commit"]);
        assert!(run.code == 2 && run.err.contains(file) && run.err.contains(advice), "{}", run.err);
        assert_eq!(fs::read_to_string(&hook).unwrap(), text);
        repo.write(file, "run: skelkey hook run pre-commit\n");
        let run = hook_at(repo.at(), repo.at(), &["install", "pre-commit"]);
        assert!(run.code == 0 && run.out.contains("already"), "{}{}", run.out, run.err);
    }
    let husky = Repo::new();
    husky.git(&["config", "core.hooksPath", ".husky/_"]);
    husky.write(".husky/_/pre-commit", "#!/usr/bin/env sh\n. \"$(dirname \"$0\")/h\"\n");
    let run = hook_at(husky.at(), husky.at(), &["install", "pre-commit"]);
    assert!(run.code == 2 && run.err.contains("add to .husky/pre-commit"), "{}", run.err);
}

/// The framework tells the hooks of its configuration of the first ref alone, and a hook that it found of all of them.
#[test]
fn under_pre_commit_every_ref_of_a_push_is_scanned() {
    let (server, repo) = (Repo::with(&["init", "-q", "--bare"]), Repo::new());
    repo.git(&["remote", "add", "origin", &server.at().display().to_string()]);
    let framework = "#!/bin/sh\n# File generated by pre-commit: https://pre-commit.com\n[ ! -x \"$0.legacy\" ] || exec \"$0.legacy\" \"$@\"\n";
    let hook = repo.at().join(".git/hooks/pre-push");
    script(&hook, framework);
    for words in ["installed (", "is installed ("] {
        let run = hook_at(repo.at(), repo.at(), &["install", "pre-push"]);
        assert!(run.code == 0 && run.out.contains(words) && run.out.contains("every ref"), "{}{}", run.out, run.err);
    }
    assert_eq!(fs::read_to_string(&hook).unwrap(), framework);
    repo.commit(1, "a.txt", "fine\n");
    repo.git(&["branch", "fine"]);
    repo.commit(2, "a.env", leak(1));
    let push = |refs: &[&str]| git_at(repo.at(), repo.at(), &[&["push", "origin"], refs].concat());
    assert_eq!(push(&["fine", "fine:other"]).code, 0);
    let run = push(&["fine:third", "main"]);
    assert!(run.code == 1 && run.err.contains("a.env:1"), "{}", run.err);
    assert_eq!(hook_at(repo.at(), repo.at(), &["uninstall"]).code, 0);
    assert!(!repo.at().join(".git/hooks/pre-push.legacy").exists() && hook.exists());

    // A hook of somebody else's that the framework runs first stays.
    script(&repo.at().join(".git/hooks/pre-push.legacy"), "#!/bin/sh\nexit 0\n");
    let run = hook_at(repo.at(), repo.at(), &["install", "pre-push"]);
    assert!(run.code == 2 && run.err.contains("repo: local"), "{}", run.err);
}

#[test]
fn a_submodule_has_hooks_of_its_own() {
    let (inner, repo) = (Repo::new(), Repo::new());
    inner.commit(1, "a.txt", "a\n");
    repo.git(&["submodule", "add", "-q", &inner.at().display().to_string(), "sub"]);
    let sub = repo.at().join("sub");
    assert_eq!(hook_at(&sub, repo.at(), &["install"]).code, 0);
    assert!(repo.at().join(".git/modules/sub/hooks/pre-commit").exists());
    assert!(!repo.at().join(".git/hooks/pre-commit").exists());
    assert!(!commits(&sub, repo.at()));
    assert!(commits(repo.at(), repo.at()), "the repository around it has none");
}

/// A checkout for Windows may end the lines of a shared hook otherwise.
#[test]
fn line_endings_of_windows_change_nothing() {
    let repo = Repo::new();
    let hook = repo.at().join(".git/hooks/pre-commit");
    assert_eq!(hook_at(repo.at(), repo.at(), &["install", "pre-commit"]).code, 0);
    let ours = fs::read_to_string(&hook).unwrap();
    script(&hook, &ours.replace('\n', "\r\n"));
    let run = hook_at(repo.at(), repo.at(), &["install", "pre-commit"]);
    assert!(run.code == 0 && run.out.contains("is installed"), "{}{}", run.out, run.err);
    assert_eq!(fs::read_to_string(&hook).unwrap(), ours, "written anew, so that it runs");
    let theirs = "@echo off\r\nrem of theirs\r\n";
    fs::write(&hook, theirs).unwrap();
    assert_eq!(hook_at(repo.at(), repo.at(), &["install", "pre-commit"]).code, 0);
    assert_eq!(hook_at(repo.at(), repo.at(), &["uninstall", "pre-commit"]).code, 0);
    assert_eq!(fs::read_to_string(&hook).unwrap(), theirs);
    fs::remove_file(&hook).unwrap();
    // What git for Windows writes to its hooks.
    let id = repo.commit(1, "k.env", leak(2));
    let line = format!("refs/heads/main {id} refs/heads/main {}\r\n", "0".repeat(40));
    let run = crate::support::skelkey_with(repo.at(), &["hook", "run", "pre-push", "origin"], line.as_bytes(), &[]);
    assert!(run.code == 1 && run.err.contains("k.env:1"), "{}", run.err);
}

#[test]
fn a_hook_that_another_manager_has_put_aside_is_found() {
    let repo = Repo::new();
    assert_eq!(hook_at(repo.at(), repo.at(), &["install", "pre-commit"]).code, 0);
    let hooks = repo.at().join(".git/hooks");
    fs::rename(hooks.join("pre-commit"), hooks.join("pre-commit.legacy")).unwrap();
    let run = hook_at(repo.at(), repo.at(), &["uninstall", "pre-commit"]);
    assert!(run.code == 0 && run.out.contains("removed"), "{}", run.out);
    assert!(!hooks.join("pre-commit.legacy").exists());
}

#[test]
fn a_hook_without_its_program_lets_nothing_through() {
    let repo = Repo::new();
    assert_eq!(hook_at(repo.at(), repo.at(), &["install", "pre-commit"]).code, 0);
    let hook = repo.at().join(".git/hooks/pre-commit");
    let text = fs::read_to_string(&hook).unwrap().replace(env!("CARGO_BIN_EXE_skelkey"), "/nowhere/skelkey");
    script(&hook, &text);
    let run = git_at(repo.at(), repo.at(), &["commit", "--allow-empty", "-m", "x"]);
    assert!(run.code == 1 && run.err.contains("not found"), "{}", run.err);
}
