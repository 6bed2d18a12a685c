//! `pre-commit`, installed and run by git itself.

use crate::repo::{Repo, leak, token};
use crate::support::Run;
use crate::{git_at, hook_at};

fn installed() -> Repo {
    let repo = Repo::new();
    let run = hook_at(repo.at(), repo.at(), &["install", "pre-commit"]);
    assert_eq!(run.code, 0, "{}", run.err);
    repo
}

fn git(repo: &Repo, args: &[&str]) -> Run {
    git_at(repo.at(), repo.at(), args)
}

#[test]
fn a_commit_with_a_key_is_refused_in_a_few_lines_that_hold_no_key() {
    let repo = installed();
    repo.write("conf/prod.env", leak(1));
    repo.git(&["add", "-A"]);
    let run = git(&repo, &["commit", "-m", "x"]);
    assert_eq!(run.code, 1, "{}", run.err);
    for part in ["conf/prod.env:1:8", "npm", "opens", "do now", "skelkey:ignore[npm-", "--no-verify"] {
        assert!(run.err.contains(part), "{part}: {}", run.err);
    }
    assert!(!run.err.contains(&token(1)) && run.err.lines().count() < 16, "{}", run.err);
    assert_eq!(git(&repo, &["commit", "--no-verify", "-m", "x"]).code, 0, "git's own way past it");

    repo.write("fine.txt", "fine\n");
    repo.git(&["add", "-A"]);
    let run = git(&repo, &["commit", "-m", "y"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("1 file staged, no key"), "{}", run.err);
}

#[test]
fn what_a_comment_or_a_baseline_covers_may_be_committed() {
    let repo = installed();
    repo.write("a.env", format!("{} # skelkey:ignore reason=\"a sample\"\n", leak(1).trim_end()));
    repo.git(&["add", "-A"]);
    let run = git(&repo, &["commit", "-m", "x"]);
    assert_eq!(run.code, 0, "{}", run.err);
    repo.write("b.env", leak(2));
    let run = crate::support::skelkey(repo.at(), &["baseline", "create", "--reason", "dead"]);
    assert_eq!(run.code, 0, "{}", run.err);
    repo.write("skelkey.toml", "[scan]\nbaseline = \".skelkey-baseline\"\n");
    repo.git(&["add", "-A"]);
    let run = git(&repo, &["commit", "-m", "y"]);
    assert_eq!(run.code, 0, "{}", run.err);
}

#[test]
fn every_way_to_commit_is_looked_at_as_it_is_going_to_be() {
    let repo = installed();
    repo.write("a.env", "fine\n");
    repo.write("b.env", "fine\n");
    repo.git(&["add", "-A"]);
    assert_eq!(git(&repo, &["commit", "-m", "first"]).code, 0);

    repo.write("a.env", leak(1));
    assert_eq!(git(&repo, &["commit", "-am", "x"]).code, 1, "commit -a");
    repo.write("b.env", "better\n");
    let run = git(&repo, &["commit", "-m", "x", "b.env"]);
    assert_eq!(run.code, 0, "a part without the key: {}", run.err);
    assert_eq!(git(&repo, &["commit", "-m", "x", "a.env"]).code, 1, "the part with it");
    assert_eq!(git(&repo, &["commit", "--amend", "--no-edit", "-a"]).code, 1, "amend");
    repo.git(&["checkout", "-q", "a.env"]);
    assert_eq!(git(&repo, &["commit", "--amend", "-m", "other words"]).code, 0, "amend of the message alone");
}

#[test]
fn a_merge_is_not_charged_with_what_the_other_side_has() {
    let repo = installed();
    repo.commit(1, "a.txt", "one\n");
    repo.git(&["checkout", "-qb", "other"]);
    repo.write("a.txt", "theirs\n");
    repo.write("old.env", leak(1));
    repo.git(&["add", "-A"]);
    assert_eq!(git(&repo, &["commit", "--no-verify", "-m", "theirs"]).code, 0);
    repo.git(&["checkout", "-q", "main"]);
    repo.commit(2, "a.txt", "ours\n");
    assert_ne!(git(&repo, &["merge", "other"]).code, 0, "a conflict");
    repo.write("a.txt", leak(2));
    repo.git(&["add", "-A"]);
    let run = git(&repo, &["commit", "-m", "merged"]);
    assert_eq!(run.code, 1, "a key that the merge brings in itself: {}", run.err);
    assert!(run.err.contains("a.txt:1") && !run.err.contains("old.env"), "{}", run.err);
    repo.write("a.txt", "both\n");
    repo.git(&["add", "-A"]);
    let run = git(&repo, &["commit", "-m", "merged"]);
    assert_eq!(run.code, 0, "{}", run.err);
}

#[test]
fn what_cannot_be_scanned_is_not_committed() {
    let repo = installed();
    repo.write("skelkey.toml", "[scan]\nfail-on = 3\n");
    repo.write("a.txt", "a\n");
    repo.git(&["add", "a.txt"]);
    let run = git(&repo, &["commit", "-m", "x"]);
    assert_ne!(run.code, 0);
    assert!(run.err.contains("skelkey.toml:2"), "{}", run.err);
}

#[test]
fn files_that_are_named_and_not_staged_are_scanned_whole() {
    let repo = Repo::new();
    repo.commit(1, "old.env", leak(1));
    repo.commit(2, "fine.txt", "fine\n");
    let run = |args: &[&str]| {
        let args = [&["hook", "run", "pre-commit"], args].concat();
        crate::support::skelkey(repo.at(), &args)
    };
    assert_eq!(run(&[]).code, 0, "nothing is staged");
    let all = run(&["fine.txt", "old.env"]);
    assert!(all.code == 1 && all.err.contains("old.env:1"), "pre-commit run --all-files: {}", all.err);
    let fine = run(&["fine.txt"]);
    assert!(fine.code == 0 && fine.err.contains("1 file, no key"), "{}", fine.err);
    assert_eq!(run(&["fine.txt", "gone.txt"]).code, 3);
    repo.write("old.env", format!("{}more\n", leak(1)));
    repo.git(&["add", "-A"]);
    assert_eq!(run(&["old.env"]).code, 0, "of a staged file, what is new");
}
