//! Scans of a work tree: what git tracks is scanned even where a pattern ignores it.

use std::fs;

use super::repo::{Repo, leak, places};

#[test]
fn tracked_files_are_scanned_even_where_a_pattern_matches() {
    let repo = Repo::new();
    repo.write("secret.env", leak(1));
    repo.write("build/deep/kept.env", leak(2));
    repo.write("build/other.txt", "fine\n");
    repo.git(&["add", "-A"]);
    repo.git_on(1, &["commit", "-qm", "before it was ignored"]);
    repo.write(".gitignore", "*.env\nbuild/\n");
    repo.write("untracked.env", leak(3));
    repo.write("build/untracked.txt", leak(4));
    repo.write("build/deep/untracked.txt", leak(5));
    repo.write("build/new/untracked.txt", leak(6));
    let run = repo.scan(&["."]);
    assert_eq!(places(&run), ["build/deep/kept.env:1", "secret.env:1"], "{}", run.err);
}

#[test]
fn an_index_that_cannot_be_read_hides_nothing() {
    let repo = Repo::new();
    repo.write(".gitignore", "*.env\n");
    repo.write("a.env", leak(1));
    fs::write(repo.at().join(".git/index"), "broken").unwrap();
    assert_eq!(places(&repo.scan(&["."])), ["a.env:1"]);
}
