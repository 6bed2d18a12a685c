//! `--cache`: blobs that hold nothing are not read again, and nothing is found or missed because of it.

use std::fmt::Write;
use std::fs;

use serde_json::Value;

use super::repo::{Repo, leak, places, token};
use crate::support::{Run, json, write};

fn scan(repo: &Repo, cache: &std::path::Path, more: &[&str]) -> Run {
    let cache = format!("--cache={}", cache.display());
    repo.scan(&[&["--history", &cache], more].concat())
}

/// How many blobs the cache spared.
fn spared(run: &Run) -> u64 {
    let report = json(run);
    let notes = report["notes"].as_array().unwrap();
    let note = notes.iter().filter_map(Value::as_str).find(|note| note.contains("were not read again"));
    note.map_or(0, |note| note.split(' ').next().unwrap().parse().unwrap())
}

/// A file that grows from commit to commit, so that a pack builds its versions from each other; one of them with a key.
fn history() -> Repo {
    let repo = Repo::new();
    let mut text = String::new();
    for day in 1..=12_u32 {
        writeln!(text, "line {day} of a text that goes on for a while, {}", "and on ".repeat(20)).unwrap();
        let key = if day == 5 { leak(5) } else { String::new() };
        repo.commit(day, "notes.txt", format!("{text}{key}"));
    }
    repo
}

#[test]
fn what_holds_nothing_is_read_once_whether_packed_or_loose() {
    for packed in [false, true] {
        let (repo, cache) = (history(), tempfile::tempdir().unwrap());
        if packed {
            repo.git(&["gc", "-q", "--aggressive"]);
        }
        let plain = repo.scan(&["--history"]);
        let first = scan(&repo, cache.path(), &[]);
        assert_eq!((first.code, spared(&first)), (1, 0), "{}", first.err);
        let second = scan(&repo, cache.path(), &[]);
        assert!(spared(&second) >= 8, "packed {packed}: {}", spared(&second));
        for run in [&first, &second] {
            assert_eq!(json(run)["findings"], json(&plain)["findings"]);
            assert_eq!(json(run)["complete"], true);
        }
        // A new commit is read, also where its blob is built from one that is known.
        let text = fs::read_to_string(repo.at().join("notes.txt")).unwrap();
        repo.commit(20, "notes.txt", format!("{text}{}", leak(6)));
        if packed {
            repo.git(&["gc", "-q", "--aggressive"]);
        }
        let third = scan(&repo, cache.path(), &[]);
        assert_eq!(json(&third)["findings"], json(&repo.scan(&["--history"]))["findings"]);
        assert_eq!(json(&third)["findings"].as_array().unwrap().len(), 2);
        assert!(spared(&third) > 0);
    }
}

#[test]
fn another_judgement_is_another_cache() {
    let (repo, cache) = (Repo::new(), tempfile::tempdir().unwrap());
    // A token whose checksum does not fit is of low confidence: at the usual one it is nothing.
    let minted = token(1);
    let other = if minted.ends_with('A') { "B" } else { "A" };
    repo.commit(1, "a.txt", format!("see {}{other}\n", &minted[..minted.len() - 1]));
    assert!(places(&scan(&repo, cache.path(), &[])).is_empty());
    let low = scan(&repo, cache.path(), &["--confidence", "low"]);
    assert_eq!((spared(&low), places(&low)), (0, vec!["a.txt:1".to_owned()]), "{}", low.err);

    repo.commit(2, "b.txt", format!("see {}\n", token(2)));
    write(repo.at(), "off.toml", "[rules]\ndisable = [\"npm-access-token\"]\n");
    let off = scan(&repo, cache.path(), &["--config", "off.toml"]);
    assert!(places(&off).is_empty(), "{:?}", places(&off));
    assert_eq!(places(&scan(&repo, cache.path(), &[])), ["b.txt:1"]);
}

#[test]
fn a_text_that_is_not_what_its_name_says_hides_nothing_elsewhere() {
    let cache = tempfile::tempdir().unwrap();
    let (liar, honest) = (Repo::new(), Repo::new());
    honest.commit(1, "a.txt", leak(1));
    let id = honest.id("HEAD:a.txt");
    liar.commit(1, "b.txt", "nothing\n");
    let nothing = liar.id("HEAD:b.txt");
    let object = |id: &str| liar.at().join(".git/objects").join(&id[..2]).join(&id[2..]);
    fs::create_dir_all(object(&id).parent().unwrap()).unwrap();
    fs::copy(object(&nothing), object(&id)).unwrap();
    let lied = scan(&liar, cache.path(), &[]);
    assert_eq!(lied.code, 3, "a text under another's name is corrupt: {}", lied.err);
    assert!(lied.err.contains(&id), "{}", lied.err);
    assert_eq!(places(&scan(&honest, cache.path(), &[])), ["a.txt:1"]);
}

#[test]
fn a_cache_that_cannot_be_used_is_told_and_nothing_is_lost() {
    let (repo, cache) = (history(), tempfile::tempdir().unwrap());
    scan(&repo, cache.path(), &[]);
    let known = cache.path().join("known");
    let file = fs::read_dir(&known).unwrap().next().unwrap().unwrap().path();
    fs::write(&file, "not a cache").unwrap();
    let run = scan(&repo, cache.path(), &[]);
    assert_eq!((run.code, spared(&run)), (1, 0));
    assert!(run.err.contains("is not used") && run.err.contains("known"), "{}", run.err);
    assert!(spared(&scan(&repo, cache.path(), &[])) > 0, "it was written anew");

    fs::remove_dir_all(&known).unwrap();
    fs::write(&known, "a file where a folder should be").unwrap();
    let run = scan(&repo, cache.path(), &[]);
    assert!(run.code == 1 && run.err.contains("cannot be written"), "{}", run.err);
    let refused = repo.scan(&["--cache"]);
    assert_eq!(refused.code, 2, "only a history is remembered");
}

#[cfg(unix)]
#[test]
fn the_cache_holds_names_alone_and_is_its_owners() {
    use std::os::unix::fs::PermissionsExt;
    let (repo, cache) = (history(), tempfile::tempdir().unwrap());
    scan(&repo, cache.path(), &[]);
    let file = fs::read_dir(cache.path().join("known")).unwrap().next().unwrap().unwrap().path();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let bytes = fs::read(&file).unwrap();
    assert_eq!((bytes.len() - 16) % 20, 0);
    assert!(!bytes.windows(12).any(|window| window == &token(5).as_bytes()[4..16]));
}
