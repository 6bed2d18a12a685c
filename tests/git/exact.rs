//! The walk through a history finds what a plain scan of every object finds: the same rules at the same bytes of the same
//! objects.
//!
//! The plain scan reads what git itself prints (`git cat-file --batch-all-objects`) and searches each text as a whole.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

use skelkey::decode::readable;
use skelkey::detect::{Detector, FirstLook, Match, Scratch};
use skelkey::provenance::{Holder, Provenance};
use skelkey::rules::{PathCondition, Rule, RuleSet, load};
use skelkey::source::{Before, Blob, Built, Git, GitOptions, GitPlaces, GitSink, Judge, Look, Place, Progress};

use super::repo::{Repo, git_in, leak, token};

/// Object, first and last byte, rule.
type Found = BTreeSet<(String, usize, usize, String)>;

/// All rules, wherever a text stands: the same text may stand at many paths.
fn detector() -> Detector {
    let rules = load(&[]).unwrap();
    let anywhere = |rule: &Arc<Rule>| Arc::new(Rule { paths: PathCondition::default(), ..(**rule).clone() });
    Detector::new(Arc::new(RuleSet { rules: rules.rules.iter().map(anywhere).collect(), ..rules })).unwrap()
}

/// Adds what is found in one object.
fn add(detector: &Detector, id: &str, matches: Vec<Match>, found: &mut Found) {
    for one in matches {
        let rule = &detector.rules().rules[one.rule];
        // A half of a key alone is no leak, and no reason to look at a text again.
        if !rule.part_only {
            found.insert((id.to_owned(), one.span.start, one.span.end, rule.id.clone()));
        }
    }
}

/// Takes what the walk gives.
struct Recorder<'d> {
    detector: &'d Detector,
    first: FirstLook<'d>,
    looked: AtomicU64,
    workers: Vec<Mutex<(Scratch, Found)>>,
}

impl GitSink for Recorder<'_> {
    fn take(&self, worker: usize, blob: &Blob<'_>, provenance: &Provenance, _: &dyn Before) -> usize {
        let is_object = matches!(provenance.holder, Holder::File | Holder::Commit | Holder::Tag);
        if let (true, Some(id)) = (is_object, &provenance.object) {
            let (scratch, found) = &mut *self.workers[worker].lock().unwrap();
            add(self.detector, id, self.detector.scan(blob.bytes, "", scratch), found);
        }
        0
    }

    fn take_looked_at(&self, worker: usize, blob: &Blob<'_>, provenance: &Provenance, places: &[Place]) -> usize {
        let (scratch, found) = &mut *self.workers[worker].lock().unwrap();
        let matches = self.detector.scan_places(blob.bytes, "", places, scratch);
        add(self.detector, provenance.object.as_ref().unwrap(), matches, found);
        0
    }
}

impl Judge for Recorder<'_> {
    fn is_silent(&self, _: &[u8]) -> bool {
        unreachable!("no cache is asked for")
    }

    fn tells(&self, _: &str) -> bool {
        unreachable!("no cache is asked for")
    }

    fn note(&self, _: String) {}

    fn judgement(&self) -> String {
        unreachable!("no cache is asked for")
    }

    fn look(&self, worker: usize, bytes: &[u8], built: Option<Built<'_>>) -> Look {
        self.looked.fetch_add(1, Relaxed);
        self.first.at(bytes, built, &mut self.workers[worker].lock().unwrap().0)
    }
}

/// What the walk finds, and how many texts it looked at.
fn walked(detector: &Detector, repo: &Path) -> (Found, u64) {
    let git = Git::open(repo, GitPlaces::default()).unwrap();
    let options = GitOptions {
        max_file_size: u64::MAX,
        exclude: globset::GlobSet::empty(),
        jobs: 2,
        submodules: false,
        cache: None,
    };
    let workers = (0..=options.jobs).map(|_| Mutex::default()).collect();
    let recorder = Recorder {
        detector,
        first: detector.first_look(skelkey::severity::Confidence::Low),
        looked: AtomicU64::new(0),
        workers,
    };
    let outcome = git.history(&options, &recorder, &Progress::default()).outcome;
    assert!(outcome.scanned >= recorder.looked.load(Relaxed));
    let found = recorder.workers.into_iter().flat_map(|worker| worker.into_inner().unwrap().1).collect();
    (found, recorder.looked.into_inner())
}

/// What a plain scan finds, how many texts there are, and how many objects.
fn plain(detector: &Detector, repo: &Path) -> (Found, u64, u64) {
    let mut git = Command::new("git")
        .args(["cat-file", "--batch-all-objects", "--batch", "--buffer", "--unordered"])
        .current_dir(repo)
        .env("GIT_NO_LAZY_FETCH", "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::with_capacity(1 << 20, git.stdout.take().unwrap());
    let (mut found, mut texts, mut objects, mut scratch) = (Found::new(), 0, 0, Scratch::default());
    let (mut line, mut bytes) = (String::new(), Vec::new());
    while output.read_line(&mut line).unwrap() > 0 {
        let [id, kind, size] = line.split_whitespace().collect::<Vec<_>>()[..] else { panic!("{line}") };
        bytes.resize(size.parse::<usize>().unwrap() + 1, 0);
        output.read_exact(&mut bytes).unwrap();
        objects += 1;
        if kind != "tree" {
            texts += 1;
            let text = readable(&bytes[..bytes.len() - 1]);
            add(detector, id, detector.scan(&text, "", &mut scratch), &mut found);
        }
        line.clear();
    }
    assert!(git.wait().unwrap().success());
    (found, texts, objects)
}

/// For who runs the script: what was compared.
#[expect(clippy::print_stdout, reason = "a test's output is shown when somebody asks for it")]
fn say(line: &str) {
    println!("{line}");
}

/// Compares both; gives the number of matches.
fn compare(repo: &Path) -> usize {
    let detector = detector();
    let (walked, looked) = walked(&detector, repo);
    let (plain, texts, objects) = plain(&detector, repo);
    let ids: BTreeSet<&String> = plain.iter().map(|(id, ..)| id).collect();
    assert_eq!(looked, texts, "each text once");
    let missed: Vec<_> = plain.difference(&walked).take(5).collect();
    let more: Vec<_> = walked.difference(&plain).take(5).collect();
    say(&format!("{}: {objects} objects, {texts} texts, {} matches in {}", repo.display(), plain.len(), ids.len()));
    assert!(missed.is_empty() && more.is_empty(), "missed: {missed:?}\nonly in the walk: {more:?}");
    plain.len()
}

#[test]
fn every_place_of_the_fixture_is_found_as_by_a_plain_scan() {
    let (_folder, repo, _) = super::history::everywhere();
    assert!(compare(&repo) >= 20);
}

/// Versions of a file in which keys come, go, move, break in two and grow together again.
#[test]
fn what_changes_from_version_to_version_is_found_as_by_a_plain_scan() {
    let repo = Repo::new();
    let mut random = fastrand::Rng::with_seed(7);
    let mut lines: Vec<String> =
        (0..300_u32).map(|n| format!("line {:x} of it", n.wrapping_mul(2_654_435_761))).collect();
    for day in 1..28 {
        for _ in 0..4 {
            let at = random.usize(0..lines.len());
            match random.usize(0..6) {
                0 => lines.insert(at, leak(random.u64(0..9)).trim_end().to_owned()),
                1 => drop(lines.remove(at)),
                2 => lines[at].push_str("npm_"),
                3 => lines.insert(at, format!("//registry.npmjs.org/:_authToken={}", token(random.u64(0..9)))),
                4 => {
                    let half = lines[at].len() / 2;
                    let rest = lines[at].split_off(half);
                    lines.insert(at + 1, rest);
                }
                _ if at > 0 => {
                    let line = lines.remove(at);
                    lines[at - 1].push_str(&line);
                }
                _ => {}
            }
        }
        repo.commit(day, "a.txt", lines.join("\n"));
        repo.commit(day, "b.txt", format!("{day}\n{}", lines[lines.len() / 2..].join("\n")));
    }
    for depth in ["1", "50"] {
        git_in(repo.at(), &["repack", "-adfq", "--depth", depth], &[]);
        assert!(compare(repo.at()) > 20);
    }
}

/// For repositories of any size, by `fixtures/git/exact.sh`.
#[test]
#[ignore = "compares the repositories that SKELKEY_EXACT names; a large one takes minutes"]
fn named_repositories_are_found_as_by_a_plain_scan() {
    let named = std::env::var_os("SKELKEY_EXACT").expect("SKELKEY_EXACT names repositories");
    let repos: Vec<PathBuf> = std::env::split_paths(&named).collect();
    assert!(!repos.is_empty());
    for repo in repos {
        compare(&repo);
    }
}
