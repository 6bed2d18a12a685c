//! `--cache`: texts that hold nothing are not read again, wherever they come up, and nothing is found or missed because of it.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use super::repo::{Repo, leak, places, token};
use crate::support::{Run, json, skelkey_with, write};

const KEY: (&str, &str) = ("SKELKEY_FINGERPRINT_KEY", "a key that the owner has");

fn with(repo: &Repo, cache: &Path, args: &[&str]) -> Run {
    let cache = format!("--cache={}", cache.display());
    repo.scan_with(&[args, &[&cache]].concat(), &[KEY])
}

fn scan(repo: &Repo, cache: &Path, more: &[&str]) -> Run {
    with(repo, cache, &[&["--history"], more].concat())
}

fn plain(repo: &Repo) -> Run {
    repo.scan_with(&["--history"], &[KEY])
}

/// How many texts the cache spared.
fn spared(run: &Run) -> u64 {
    let report = json(run);
    let counts = report["coverage"]["skipped"].as_array().unwrap();
    counts.iter().find(|count| count["reason"] == "known").map_or(0, |count| count["files"].as_u64().unwrap())
}

/// The one file of a cache.
fn file(cache: &Path) -> PathBuf {
    let mut files = fs::read_dir(cache.join("known")).unwrap();
    let file = files.next().unwrap().unwrap().path();
    assert!(files.next().is_none());
    file
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
        let plain = plain(&repo);
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
        assert_eq!(json(&third)["findings"], json(&self::plain(&repo))["findings"]);
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
    fs::write(file(cache.path()), "not a cache").unwrap();
    let run = scan(&repo, cache.path(), &[]);
    assert_eq!((run.code, spared(&run)), (1, 0));
    assert!(run.err.contains("is not used") && run.err.contains("known"), "{}", run.err);
    assert!(spared(&scan(&repo, cache.path(), &[])) > 0, "it was written anew");

    fs::remove_dir_all(&known).unwrap();
    fs::write(&known, "a file where a folder should be").unwrap();
    let run = scan(&repo, cache.path(), &[]);
    assert!(run.code == 1 && run.err.contains("cannot be written"), "{}", run.err);
    let input = skelkey_with(repo.at(), &["scan", "--stdin", "--cache"], b"x", &[KEY]);
    assert_eq!(input.code, 2, "nobody knows a text that comes by a pipe: {}", input.err);
}

#[cfg(unix)]
#[test]
fn the_cache_holds_seals_alone_and_is_its_owners() {
    use std::os::unix::fs::PermissionsExt;
    let (repo, cache) = (history(), tempfile::tempdir().unwrap());
    scan(&repo, cache.path(), &[]);
    let file = file(cache.path());
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let bytes = fs::read(&file).unwrap();
    assert_eq!(bytes.len() % 16, 0);
    assert!(!bytes.windows(12).any(|window| window == &token(5).as_bytes()[4..16]));
    for blob in repo.git(&["rev-list", "--objects", "--all"]).lines().filter_map(|line| line.get(..16)) {
        let name = data_encoding::HEXLOWER.decode(blob.as_bytes()).unwrap();
        assert!(!bytes.windows(name.len()).any(|window| window == name), "a name can be looked up by anybody");
    }
}

/// What one way in has read no other reads again.
#[test]
fn hook_pipeline_and_audit_share_it() {
    let (repo, cache) = (Repo::new(), tempfile::tempdir().unwrap());
    repo.commit(1, "old.txt", "old\n");
    for number in 0..5 {
        repo.write(&format!("{number}.txt"), format!("fine {number}\n"));
    }
    repo.write("a.env", leak(1));
    repo.git(&["add", "-A"]);
    let staged = with(&repo, cache.path(), &["--staged"]);
    assert_eq!((spared(&staged), places(&staged)), (0, vec!["a.env:1".to_owned()]), "{}", staged.err);
    let again = with(&repo, cache.path(), &["--staged"]);
    assert_eq!((spared(&again), places(&again), again.code), (5, vec!["a.env:1".to_owned()], 1));
    let plain = json(&repo.scan_with(&["--staged"], &[KEY]));
    assert_eq!(json(&again)["findings"], plain["findings"]);

    repo.git_on(2, &["commit", "-qm", "x"]);
    let range = with(&repo, cache.path(), &["--range", "HEAD"]);
    assert_eq!((spared(&range), places(&range)), (5, vec!["a.env:1".to_owned()]), "{}", range.err);
    let zero = "0".repeat(40);
    let line = format!("refs/heads/main {} refs/heads/main {zero}\n", repo.id("HEAD"));
    let folder = format!("--cache={}", cache.path().display());
    let push = skelkey_with(repo.at(), &["hook", "run", "pre-push", &folder, "origin"], line.as_bytes(), &[KEY]);
    assert!(push.code == 1 && push.err.contains("a.env:1"), "{}", push.err);
    let audit = scan(&repo, cache.path(), &[]);
    assert_eq!((spared(&audit), places(&audit)), (6, vec!["a.env:1".to_owned()]), "the push has read old.txt");
}

/// A repository whose index git has looked through after its files were written.
#[expect(clippy::disallowed_methods, reason = "git compares with the clock of the file system")]
fn settled(files: &[(&str, &str)]) -> Repo {
    let repo = Repo::new();
    for (path, text) in files {
        repo.write(path, text);
        let file = fs::File::options().write(true).open(repo.at().join(path)).unwrap();
        file.set_modified(std::time::SystemTime::now() - std::time::Duration::from_secs(60)).unwrap();
    }
    repo.git(&["add", "-A"]);
    repo.git_on(1, &["commit", "-qm", "x"]);
    repo
}

#[test]
fn files_are_spared_while_they_are_what_the_index_says() {
    let files = [
        ("a.txt", "a\n"),
        ("b/b.txt", "b\n"),
        ("k.env", &*leak(1)),
        ("package.json", "{\"name\": \"p\"}\n"),
        ("note.py", "x = 1  # skelkey:ignore\n"),
    ];
    let (repo, cache) = (settled(&files), tempfile::tempdir().unwrap());
    repo.write("new.txt", "not in the index\n");
    let tree = |args: &[&str]| with(&repo, cache.path(), args);
    let plain = json(&repo.scan_with(&[], &[KEY]));
    assert_eq!(spared(&tree(&[])), 0);
    let second = tree(&[]);
    assert_eq!((spared(&second), second.code), (2, 1), "{}", second.out);
    for part in ["findings", "published", "notes", "complete"] {
        assert_eq!(json(&second)[part], plain[part], "{part}");
    }
    // A file that the user names is read.
    assert_eq!(spared(&tree(&["a.txt"])), 0);
    // Another text of the same length.
    repo.write("a.txt", "z\n");
    assert_eq!(spared(&tree(&[])), 1);
    let secret = leak(2);
    repo.write("b/b.txt", &secret);
    assert_eq!(places(&tree(&[])), ["b/b.txt:1", "k.env:1"]);
    // Whole folders that are known are no gap.
    let fine = settled(&[("a.txt", "a\n")]);
    with(&fine, cache.path(), &[]);
    let known = with(&fine, cache.path(), &[]);
    assert_eq!((spared(&known), known.code), (1, 0), "{}", known.err);
    let page = skelkey_with(fine.at(), &["scan", &format!("--cache={}", cache.path().display())], b"", &[KEY]);
    assert!(page.out.contains("1 known to hold nothing") && !page.out.contains("NOTHING"), "{}", page.out);
}

#[test]
fn a_file_that_a_filter_writes_is_not_known_by_its_blob() {
    let cache = tempfile::tempdir().unwrap();
    let secret = leak(1);
    // As git-crypt and its like do: the blob says nothing, the file all, and both are of one length.
    let blob = secret.replace(|c: char| c.is_ascii_alphanumeric(), "x");
    let plain = settled(&[("a.env", &*blob)]);
    with(&plain, cache.path(), &[]);
    assert_eq!(spared(&with(&plain, cache.path(), &[])), 1);
    let sealed = Repo::new();
    sealed.write("sealed", &secret);
    let home = sealed.at().display().to_string();
    sealed.git(&["config", "filter.seal.smudge", &format!("cat {home}/sealed")]);
    sealed.git(&["config", "filter.seal.clean", "sed s/[A-Za-z0-9]/x/g"]);
    sealed.write(".gitattributes", "*.env filter=seal\n");
    sealed.write("a.env", &secret);
    sealed.git(&["add", "a.env", ".gitattributes"]);
    sealed.git_on(1, &["commit", "-qm", "x"]);
    assert_eq!(sealed.id("HEAD:a.env"), plain.id("HEAD:a.env"), "the filter does not filter");
    fs::remove_file(sealed.at().join("a.env")).unwrap();
    sealed.git(&["checkout", "-q", "a.env"]);
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    sealed.git(&["update-index", "--refresh"]);
    assert!(places(&with(&sealed, cache.path(), &[])).contains(&"a.env:1".to_owned()));
}

#[test]
fn a_cache_of_somebody_else_lets_nothing_pass() {
    let (repo, mine, theirs) = (Repo::new(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    repo.commit(1, "b.txt", "fine\n");
    scan(&repo, mine.path(), &[]);
    let folder = format!("--cache={}", theirs.path().display());
    repo.scan_with(&["--history", &folder], &[("SKELKEY_FINGERPRINT_KEY", "a key that is another's")]);
    // It gets the name under which the owner's cache is looked for.
    fs::copy(file(theirs.path()), file(mine.path())).unwrap();
    assert_eq!(spared(&scan(&repo, mine.path(), &[])), 0);
    assert_eq!(spared(&scan(&repo, mine.path(), &[])), 1, "what it holds besides does no harm");
}

#[cfg(unix)]
#[test]
fn without_a_key_of_the_owners_the_user_has_one() {
    use std::os::unix::fs::PermissionsExt;
    let (repo, home) = (Repo::new(), tempfile::tempdir().unwrap());
    repo.commit(1, "a.txt", "fine\n");
    let home_is = home.path().display().to_string();
    let run = || repo.scan_with(&["--history", "--cache"], &[("HOME", &home_is)]);
    assert_eq!((spared(&run()), spared(&run())), (0, 1));
    let key = home.path().join(".config/skelkey/cache-key");
    assert_eq!((fs::metadata(&key).unwrap().permissions().mode() & 0o777, fs::read(&key).unwrap().len()), (0o600, 32));
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let open = run();
    assert!(open.code == 2 && open.err.contains("cache-key"), "{}", open.err);
    fs::remove_file(&key).unwrap();
    assert_eq!(spared(&run()), 0, "another key, another cache");
}
