//! `--history`: every object and every name, each with its provenance; and that no damage passes.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use skelkey::scan::{GitScan, Scanner, Settings};
use skelkey::source::{Git, GitOptions, GitPlaces, Progress};

use super::repo::{NOW, Repo, all_places, git_in, leak, places, token};
use crate::support::{Run, json, skelkey};

/// The repository of `fixtures/git/everywhere.sh`, with its keys in the order of the script.
pub(crate) fn everywhere() -> (tempfile::TempDir, PathBuf, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let keys: Vec<String> = (1..=20).map(token).collect();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/git/everywhere.sh");
    let mut child = Command::new("sh")
        .arg(script)
        .arg(folder.path())
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("HOME", folder.path())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_COUNT", "3")
        .envs([("GIT_CONFIG_KEY_0", "user.name"), ("GIT_CONFIG_VALUE_0", "Ada")])
        .envs([("GIT_CONFIG_KEY_1", "user.email"), ("GIT_CONFIG_VALUE_1", "ada@example.test")])
        .envs([("GIT_CONFIG_KEY_2", "gc.auto"), ("GIT_CONFIG_VALUE_2", "0")])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all((keys.join("\n") + "\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let repo = folder.path().join("repo");
    (folder, repo, keys)
}

fn history(folder: &Path, more: &[&str]) -> Run {
    let mut args = vec!["scan", "--history", "--now", NOW, "-f", "json"];
    args.extend(more);
    skelkey(folder, &args)
}

/// The places of each key, by the last four characters that the mask shows.
fn by_tail(run: &Run) -> BTreeMap<String, Vec<Value>> {
    let report = json(run);
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| {
            let masked = finding["masked"].as_str().unwrap();
            (masked[masked.len() - 4..].to_owned(), finding["places"].as_array().unwrap().clone())
        })
        .collect()
}

/// path (or how it begins), holder, reach, day of the first commit, in HEAD, day of the removal, versions.
type Expected = (&'static str, &'static str, &'static str, Option<u32>, Option<bool>, Option<u32>, u64);

const EXPECTED: [Expected; 20] = [
    (".git/objects/", "file", "unreachable", None, None, None, 1),
    ("head.env", "file", "refs", Some(2), Some(true), None, 1),
    ("removed.env", "file", "refs", Some(3), Some(false), Some(4), 1),
    ("long.txt", "file", "refs", Some(5), Some(true), None, 6),
    ("side.env", "file", "refs", Some(6), Some(true), None, 1),
    ("evil.env", "file", "refs", Some(8), Some(true), None, 1),
    (".git/objects/", "commit", "refs", Some(9), None, None, 1),
    (".git/objects/", "commit", "refs", Some(9), None, None, 1),
    (".git/objects/", "tag", "refs", None, None, None, 1),
    ("", "file", "refs", Some(9), Some(false), None, 1),
    (".git/refs", "ref-names", "refs", None, None, None, 1),
    ("stashed.env", "file", "refs", Some(10), Some(false), None, 1),
    ("pull.env", "file", "refs", Some(11), Some(false), None, 1),
    ("reset.env", "file", "reflog", Some(12), Some(false), None, 1),
    ("linked.env", "file", "refs", Some(13), Some(false), None, 1),
    ("dangling.env", "file", "unreachable", Some(14), Some(false), None, 1),
    (".git/objects/", "file", "unreachable", None, None, None, 1),
    (".git/config", "config", "local", None, None, None, 1),
    (".git/logs/refs/heads/side", "reflog", "local", None, None, None, 1),
    ("staged.env", "file", "index", None, None, None, 1),
];

#[test]
fn a_key_is_found_in_every_place_with_its_provenance() {
    let (_folder, repo, keys) = everywhere();
    let run = history(&repo, &[]);
    assert_eq!(run.code, 1, "{}", run.err);
    let found = by_tail(&run);
    assert_eq!(found.len(), keys.len(), "{:?}\n{}", found.keys(), run.err);
    let day = |commit: &Value| commit["authored"].as_str().map(|at| at[8..10].parse::<u32>().unwrap());
    for (key, (path, holder, reach, first, in_head, removed, versions)) in keys.iter().zip(EXPECTED) {
        let places = &found[&key[key.len() - 4..]];
        // The name of a branch stands in its own reflog and in that of HEAD as well.
        let place = places.iter().find(|place| place["provenance"]["holder"] == holder).expect(path);
        let from = &place["provenance"];
        assert!(place["path"].as_str().unwrap().starts_with(path), "{path}: {place}");
        assert_eq!(from["reach"], reach, "{path}: {from}");
        assert_eq!(day(&from["commit"]), first, "{path}: {from}");
        assert_eq!(from["in_head"].as_bool(), in_head, "{path}: {from}");
        assert_eq!(day(&from["removed"]), removed, "{path}: {from}");
        assert_eq!(from["versions"], versions, "{path}: {from}");
        assert!(!run.out.contains(key) && !run.err.contains(key), "{path}: a key is printed");
    }
}

#[test]
fn every_object_that_git_lists_is_read_once() {
    let (_folder, repo, _) = everywhere();
    let listed = git_in(&repo, &["cat-file", "--batch-all-objects", "--batch-check=%(objecttype)"], &[]);
    let count = |kind: &str| listed.lines().filter(|line| *line == kind).count();
    let words = format!(
        "{} objects read ({} blobs, {} trees, {} commits, {} tags)",
        listed.lines().count(),
        count("blob"),
        count("tree"),
        count("commit"),
        count("tag"),
    );
    let run = history(&repo, &[]);
    assert!(run.err.contains(&words), "expected {words}\n{}", run.err);
    // Objects that are in two packs, or loose as well, count once.
    git_in(&repo, &["repack", "-aq"], &[]);
    let again = history(&repo, &[]);
    assert!(again.err.contains(&words), "expected {words}\n{}", again.err);
}

#[test]
fn the_same_is_found_whatever_the_number_of_threads_and_the_packing() {
    let (_folder, repo, _) = everywhere();
    let one = history(&repo, &["-j", "1"]);
    let many = history(&repo, &["-j", "4"]);
    assert_eq!(one.out, many.out);
    for pack in fs::read_dir(repo.join(".git/objects/pack")).unwrap() {
        let pack = pack.unwrap().path();
        if pack.extension().is_some_and(|ending| ending == "pack") {
            let moved = repo.join("moved.pack");
            fs::rename(&pack, &moved).unwrap();
            let status = Command::new("git")
                .args(["unpack-objects", "-q"])
                .current_dir(&repo)
                .stdin(fs::File::open(&moved).unwrap())
                .status()
                .unwrap();
            assert!(status.success());
        }
    }
    fs::remove_dir_all(repo.join(".git/objects/pack")).unwrap();
    let loose = history(&repo, &[]);
    let findings = |run: &Run| json(run)["findings"].clone();
    assert_eq!(findings(&one), findings(&loose));
}

#[test]
fn a_changed_password_and_a_copy_are_places_of_their_own() {
    let repo = Repo::new();
    repo.commit(1, "a.env", leak(1));
    repo.commit(2, "b.env", leak(1) + "other\n");
    repo.commit(3, "a.env", leak(2));
    let run = repo.scan(&["--history"]);
    assert_eq!(places(&run), ["a.env:1", "a.env:1", "b.env:1"]);
}

#[test]
fn bare_and_sha_256_repositories_are_read() {
    let repo = Repo::with(&["init", "-q", "-b", "main", "--object-format=sha256"]);
    repo.commit(1, "a.env", leak(1));
    repo.git(&["gc", "-q"]);
    assert_eq!(places(&repo.scan(&["--history"])), ["a.env:1"]);
    let bare = tempfile::tempdir().unwrap();
    git_in(bare.path(), &["clone", "-q", "--bare", &repo.at().display().to_string(), "b"], &[]);
    assert_eq!(places(&history(&bare.path().join("b"), &[])), ["a.env:1"]);
}

#[test]
fn authors_that_are_keys_are_not_shown() {
    let repo = Repo::new();
    repo.write("a.env", leak(1));
    repo.git(&["add", "-A"]);
    repo.git(&["-c", &format!("user.name={}", token(2)), "commit", "-qm", "x"]);
    let run = repo.scan(&["--history"]);
    let holders: Vec<String> = all_places(&run).iter().map(|p| p["provenance"]["holder"].to_string()).collect();
    assert!(["file", "commit", "reflog"].iter().all(|one| holders.contains(&format!("{one:?}"))), "{holders:?}");
    assert!(!run.out.contains(&token(2)));
    let human = skelkey(repo.at(), &["scan", "--history"]);
    assert!(!human.out.contains(&token(2)), "{}", human.out);
    let private = skelkey(repo.at(), &["scan", "--history", "--privacy", "-f", "json"]);
    assert!(!private.out.contains("ada@example.test"), "{}", private.out);
}

#[test]
fn an_empty_repository_is_complete() {
    let repo = Repo::new();
    let run = repo.scan(&["--history"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("0 objects read"), "{}", run.err);
    let none = tempfile::tempdir().unwrap();
    assert_eq!(history(none.path(), &[]).code, 3);
}

fn pack_file(repo: &Repo, ending: &str) -> PathBuf {
    let mut files = fs::read_dir(repo.at().join(".git/objects/pack")).unwrap().map(|file| file.unwrap().path());
    let file = files.find(|file| file.extension().is_some_and(|found| found == ending)).unwrap();
    // git writes packs read-only.
    Command::new("chmod").arg("u+w").arg(&file).status().unwrap();
    file
}

/// A packed repository with one key that is found, and something else to break.
fn packed() -> Repo {
    let repo = Repo::new();
    repo.commit(1, "a.env", leak(1));
    for day in 2..9 {
        let lines: Vec<String> = (0..200_u32).map(|n| format!("{:x}", n.wrapping_mul(2_654_435_761) ^ day)).collect();
        let noise = lines.join("\n");
        repo.commit(day, "noise.txt", noise);
    }
    repo.git(&["repack", "-adq"]);
    repo
}

fn is_incomplete(run: &Run, word: &str) {
    assert!(run.err.contains(word), "no {word:?} in:\n{}", run.err);
    assert_eq!(json(run)["complete"], false, "{}", run.err);
    assert!(run.code == 1 || run.code == 3, "{}", run.code);
}

#[test]
fn missing_objects_are_named_and_the_rest_is_scanned() {
    let repo = Repo::new();
    repo.write("lost.txt", "lost\n");
    repo.commit(1, "a.env", leak(1));
    let id = repo.id("HEAD:lost.txt");
    fs::remove_file(repo.at().join(format!(".git/objects/{}/{}", &id[..2], &id[2..]))).unwrap();
    let run = repo.scan(&["--history"]);
    is_incomplete(&run, &id);
    assert_eq!(places(&run), ["a.env:1"]);
    assert_eq!(repo.scan(&["--history", "--exit-zero"]).code, 3);
    repo.git(&["checkout", "-q", "--orphan", "x"]);
}

#[test]
fn a_corrupt_loose_object_is_named() {
    let repo = Repo::new();
    repo.commit(1, "a.env", leak(1));
    repo.commit(2, "b.txt", "b\n");
    let id = repo.id("HEAD:b.txt");
    let file = repo.at().join(format!(".git/objects/{}/{}", &id[..2], &id[2..]));
    fs::remove_file(&file).unwrap();
    fs::write(&file, "no zlib stream").unwrap();
    is_incomplete(&repo.scan(&["--history"]), &id);
}

#[test]
fn damaged_packs_never_pass() {
    let repo = packed();
    let whole = fs::read(pack_file(&repo, "pack")).unwrap();
    let pack = pack_file(&repo, "pack");
    for at in [12, whole.len() / 3, whole.len() / 2, whole.len() - 60] {
        let mut bad = whole.clone();
        bad[at..at + 16].iter_mut().for_each(|byte| *byte ^= 0x5a);
        fs::write(&pack, bad).unwrap();
        is_incomplete(&repo.scan(&["--history"]), "corrupt");
    }
    for length in [0, 10, 40, whole.len() / 2] {
        fs::write(&pack, &whole[..length]).unwrap();
        let run = repo.scan(&["--history"]);
        assert_eq!(json(&run)["complete"], false, "cut to {length}: {}", run.err);
    }
    fs::remove_file(&pack).unwrap();
    assert_eq!(json(&repo.scan(&["--history"]))["complete"], false, "no pack");
}

#[test]
fn damaged_indexes_never_pass() {
    let repo = packed();
    let index = pack_file(&repo, "idx");
    let whole = fs::read(&index).unwrap();
    for length in [0, 8, 1_040, whole.len() / 2, whole.len() - 50] {
        fs::write(&index, &whole[..length]).unwrap();
        let run = repo.scan(&["--history"]);
        assert_eq!(json(&run)["complete"], false, "cut to {length}: {}", run.err);
    }
    let mut wild = whole.clone();
    let end = wild.len() - 60;
    wild[end - 40..end].iter_mut().for_each(|byte| *byte = 0xff);
    fs::write(&index, wild).unwrap();
    assert_eq!(json(&repo.scan(&["--history"]))["complete"], false);
    fs::remove_file(&index).unwrap();
    is_incomplete(&repo.scan(&["--history"]), "has no index");
}

#[test]
fn a_lost_lender_is_named() {
    let (folder, repo, _) = everywhere();
    fs::rename(folder.path().join("lender"), folder.path().join("away")).unwrap();
    let run = history(&repo, &[]);
    assert_eq!(json(&run)["complete"], false, "{}", run.err);
    assert!(run.err.contains("borrows"), "{}", run.err);
}

#[test]
fn shallow_and_partial_clones_are_named() {
    let repo = Repo::new();
    repo.commit(1, "old.env", leak(1));
    repo.commit(2, "old.env", "gone\n");
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    let from = format!("file://{}", repo.at().display());
    let folder = tempfile::tempdir().unwrap();
    git_in(folder.path(), &["clone", "-q", "--depth", "1", &from, "shallow"], &[]);
    let run = history(&folder.path().join("shallow"), &[]);
    assert_eq!(run.code, 3, "{}", run.err);
    assert!(run.err.contains("shallow"), "{}", run.err);
    git_in(folder.path(), &["clone", "-q", "--bare", "--filter=blob:none", &from, "partial"], &[]);
    let run = history(&folder.path().join("partial"), &[]);
    assert_eq!(run.code, 3, "{}", run.err);
    assert!(run.err.contains("partial"), "{}", run.err);
}

#[test]
fn a_history_that_is_interrupted_reports_what_it_found_in_its_place() {
    let repo = Repo::new();
    repo.commit(1, "a.env", leak(1));
    repo.write("b.txt", "b\n");
    repo.git(&["add", "-A"]);
    let message = format!("with {}", token(2));
    repo.git_on(2, &["commit", "-qm", &message]);
    repo.git(&["gc", "-q"]);
    let git = Git::open(repo.at(), GitPlaces::default()).unwrap();
    let rules = std::sync::Arc::new(skelkey::rules::load(&[]).unwrap());
    let scanner = Scanner::new(rules, Settings::at(NOW.parse().unwrap())).unwrap();
    let options = GitOptions {
        max_file_size: 1 << 20,
        exclude: globset::GlobSet::empty(),
        jobs: 2,
        submodules: false,
        cache: None,
    };
    let progress = Progress::default();
    progress.interrupt();
    let report = scanner.git(&git, &GitScan::History, &options, ". (history)", &progress, None);
    assert!(!report.coverage.is_complete());
    assert!(report.coverage.skips.iter().any(|skip| skip.reason == skelkey::coverage::Reason::Interrupted));
    // Commits are always read, for without them no place in history can be told; of blobs none was begun.
    let places: Vec<_> = report.findings.iter().flat_map(|finding| &finding.places).collect();
    let objects: Vec<_> = places.iter().filter(|place| place.path.starts_with(".git/objects/")).collect();
    assert_eq!(objects.len(), 1, "{places:?}");
    assert_eq!(objects[0].provenance.as_ref().unwrap().reach, skelkey::provenance::Reach::Refs);
    assert!(places.iter().all(|place| place.path != "a.env"));
}
