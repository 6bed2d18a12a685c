//! `--staged`: the index against HEAD.

use std::fs;

use super::repo::{Repo, git_in, leak, places};
use crate::support::{skelkey, skelkey_with};

#[test]
fn before_the_first_commit_everything_staged_is_new() {
    let repo = Repo::new();
    let none = repo.scan(&["--staged"]);
    assert_eq!(none.code, 0, "{}", none.err);
    assert!(none.err.contains("0 files staged"), "{}", none.err);
    let page = skelkey(repo.at(), &["scan", "--staged"]).out;
    assert!(page.contains("nothing to scan") && !page.contains("NOTHING WAS SCANNED"), "{page}");
    let sarif = skelkey(repo.at(), &["scan", "--staged", "-f", "sarif"]).out;
    assert!(sarif.contains("nothing to scan") && !sarif.contains("Nothing was scanned"), "{sarif}");
    repo.write("a.env", leak(1));
    assert_eq!(repo.scan(&["--staged"]).code, 0, "what is not staged is not scanned");
    repo.git(&["add", "a.env"]);
    let run = repo.scan(&["--staged"]);
    assert_eq!((run.code, places(&run)), (1, vec!["a.env:1".to_owned()]));
}

#[test]
fn the_index_is_scanned_and_never_the_work_tree() {
    let repo = Repo::new();
    repo.commit(1, "a.env", "fine\n");
    repo.write("a.env", leak(1));
    repo.git(&["add", "a.env"]);
    repo.write("a.env", "cleaned, but not staged\n");
    assert_eq!(places(&repo.scan(&["--staged"])), ["a.env:1"]);
    repo.git(&["add", "a.env"]);
    repo.write("a.env", leak(1));
    assert_eq!(repo.scan(&["--staged"]).code, 0);
}

#[test]
fn keys_that_stood_there_before_are_not_new() {
    let repo = Repo::new();
    repo.commit(1, "a.env", leak(1));
    repo.write("a.env", format!("{}more\n{}", leak(1), leak(2)));
    repo.git(&["add", "-A"]);
    assert_eq!(places(&repo.scan(&["--staged"])), ["a.env:3"]);
}

#[test]
fn a_move_and_a_mode_change_add_nothing_but_a_copy_does() {
    let repo = Repo::new();
    repo.commit(1, "a.env", leak(1));
    repo.git(&["mv", "a.env", "b.env"]);
    assert_eq!(repo.scan(&["--staged"]).code, 0, "a rename");
    repo.git(&["update-index", "--chmod=+x", "b.env"]);
    assert_eq!(repo.scan(&["--staged"]).code, 0, "a mode change");
    repo.write("a.env", leak(1));
    repo.git(&["add", "-A"]);
    repo.write("c.env", leak(1));
    repo.git(&["add", "-A"]);
    assert_eq!(places(&repo.scan(&["--staged"])), ["b.env:1", "c.env:1"], "copies");
}

#[test]
fn an_announced_file_has_no_content_yet() {
    let repo = Repo::new();
    repo.commit(1, "x", "x\n");
    repo.write("a.env", leak(1));
    repo.git(&["add", "-N", "a.env"]);
    let run = repo.scan(&["--staged"]);
    assert_eq!(run.code, 0);
    assert!(run.err.contains("0 files staged"), "{}", run.err);
}

#[test]
fn the_index_that_git_hands_to_its_hooks_is_read() {
    let repo = Repo::new();
    repo.commit(1, "a.env", "fine\n");
    let seen = repo.at().join("seen.json");
    let hook = format!(
        "#!/bin/sh\nexec {} scan --staged --now {} -f json -o {}\n",
        env!("CARGO_BIN_EXE_skelkey"),
        super::repo::NOW,
        seen.display(),
    );
    repo.write(".git/hooks/pre-commit", hook);
    repo.git(&["update-index", "--refresh"]);
    make_executable(&repo.at().join(".git/hooks/pre-commit"));
    for args in [&["commit", "-am", "all"][..], &["commit", "-m", "one", "a.env"][..]] {
        repo.write("a.env", leak(1));
        let refused = std::process::Command::new("git")
            .args(["-c", "user.name=Ada", "-c", "user.email=a@b.test"])
            .args(args)
            .current_dir(repo.at())
            .output()
            .unwrap();
        assert!(!refused.status.success(), "{args:?}");
        let report = fs::read_to_string(&seen).unwrap();
        assert!(report.contains("a.env"), "{args:?}: {report}");
        repo.git(&["checkout", "-q", "a.env"]);
        fs::remove_file(&seen).unwrap();
    }
}

#[cfg(unix)]
fn make_executable(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn linked_work_trees_and_submodules_have_their_own_index() {
    let inner = Repo::new();
    inner.commit(1, "i", "i\n");
    let repo = Repo::new();
    repo.commit(1, "a", "a\n");
    repo.git(&["worktree", "add", "-q", "linked"]);
    let linked = repo.at().join("linked");
    fs::write(linked.join("l.env"), leak(1)).unwrap();
    git_in(&linked, &["add", "l.env"], &[]);
    assert_eq!(repo.scan(&["--staged"]).code, 0);
    let run = skelkey(&linked, &["scan", "--staged", "-f", "json"]);
    assert_eq!(places(&run), ["l.env:1"]);
    repo.git(&["submodule", "add", "-q", &inner.at().display().to_string(), "sub"]);
    let outer = repo.scan(&["--staged"]);
    assert_eq!(outer.code, 0, "{}", outer.err);
    assert!(outer.err.contains("submodule sub"), "{}", outer.err);
    let sub = repo.at().join("sub");
    fs::write(sub.join("s.env"), leak(2)).unwrap();
    git_in(&sub, &["add", "s.env"], &[]);
    assert_eq!(places(&skelkey(&sub, &["scan", "--staged", "-f", "json"])), ["s.env:1"]);
}

#[test]
fn a_folder_of_the_work_tree_narrows_the_scan() {
    let repo = Repo::new();
    repo.write("in/a.env", leak(1));
    repo.write("out/b.env", leak(2));
    repo.git(&["add", "-A"]);
    assert_eq!(places(&repo.scan(&["--staged", "in"])), ["in/a.env:1"]);
}

#[test]
fn sha_256_repositories_are_read() {
    let repo = Repo::with(&["init", "-q", "--object-format=sha256"]);
    repo.commit(1, "x", "x\n");
    repo.write("a.env", leak(1));
    repo.git(&["add", "-A"]);
    let run = repo.scan(&["--staged"]);
    assert_eq!(places(&run), ["a.env:1"], "{}", run.err);
}

#[test]
fn hostile_configuration_runs_nothing() {
    let repo = Repo::new();
    let proof = repo.at().join("ran");
    let touch = format!("touch {}", proof.display());
    repo.write(".gitattributes", "* filter=evil diff=evil\n");
    repo.write("a.env", leak(1));
    repo.git(&["add", "-A"]);
    for key in ["filter.evil.clean", "filter.evil.smudge", "diff.evil.textconv", "core.fsmonitor", "diff.external"] {
        repo.git(&["config", key, &touch]);
    }
    repo.git(&["config", "core.hooksPath", &repo.at().display().to_string()]);
    assert_eq!(places(&repo.scan(&["--staged"])), ["a.env:1"]);
    assert!(!proof.exists());
}

#[test]
fn what_cannot_be_read_is_never_a_pass() {
    let none = tempfile::tempdir().unwrap();
    let run = skelkey(none.path(), &["scan", "--staged"]);
    assert_eq!(run.code, 3, "{}", run.out);
    assert!(run.err.contains("not in a git repository"), "{}", run.err);

    let repo = Repo::new();
    repo.write("a.env", leak(1));
    repo.git(&["add", "-A"]);
    let missing = skelkey_with(repo.at(), &["scan", "--staged"], b"", &[("GIT_INDEX_FILE", "no-index")]);
    assert_eq!(missing.code, 3, "{}", missing.err);

    let index = repo.at().join(".git/index");
    let good = fs::read(&index).unwrap();
    for bad in [&good[..good.len() / 2], &b"DIRC"[..], &b""[..]] {
        fs::write(&index, bad).unwrap();
        let run = repo.scan(&["--staged"]);
        assert_eq!(run.code, 3, "{}", run.err);
        assert!(run.err.contains("index is corrupt"), "{}", run.err);
    }
    fs::write(&index, &good).unwrap();
    let id = repo.git(&["rev-parse", ":a.env"]).trim().to_owned();
    fs::remove_file(repo.at().join(format!(".git/objects/{}/{}", &id[..2], &id[2..]))).unwrap();
    let run = repo.scan(&["--staged"]);
    assert_eq!(run.code, 3, "{}", run.err);
    assert!(run.err.contains(&id), "{}", run.err);

    let bare = Repo::with(&["init", "-q", "--bare"]);
    assert_eq!(bare.scan(&["--staged"]).code, 3);
}

#[test]
fn a_lock_that_git_holds_is_no_obstacle() {
    let repo = Repo::new();
    repo.write("a.env", leak(1));
    repo.git(&["add", "-A"]);
    repo.write(".git/index.lock", "");
    assert_eq!(places(&repo.scan(&["--staged"])), ["a.env:1"]);
}

/// The index keeps the trees of folders that nobody touched; whatever it keeps, and in whatever form git writes it, the
/// files are those that git names.
#[test]
fn whatever_was_touched_since_the_files_are_those_that_git_names() {
    let forms: [&[(&str, &str)]; 6] = [
        &[],
        &[("index.version", "4")],
        &[("core.splitIndex", "true")],
        &[("core.untrackedCache", "true")],
        &[("index.threads", "2"), ("index.recordEndOfIndexEntries", "true"), ("index.recordOffsetTable", "true")],
        &[("feature.manyFiles", "true")],
    ];
    for (seed, form) in (11..).zip(forms) {
        touched_in_turns(seed, form);
    }
}

fn touched_in_turns(seed: u64, form: &[(&str, &str)]) {
    let repo = Repo::new();
    for (name, value) in form {
        repo.git(&["config", name, value]);
    }
    let mut random = fastrand::Rng::with_seed(seed);
    let folders = ["", "a/", "a-b/", "a/b/", "a/b/c/", "a.b/", "b/c/", "z/"];
    let name =
        |random: &mut fastrand::Rng| format!("{}{}.env", folders[random.usize(0..folders.len())], random.u8(0..4));
    for (seed, folder) in (100..).zip(folders) {
        repo.write(&format!("{folder}0.env"), leak(seed));
    }
    repo.git(&["add", "-A"]);
    repo.git_on(1, &["commit", "-qm", "all"]);
    assert!(repo.scan(&["--staged"]).err.contains("0 files staged"));
    for round in 0..8_u64 {
        for step in 0..3 {
            let file = name(&mut random);
            match random.u8(0..4) {
                0 => drop(repo.git(&["rm", "-q", "--cached", "--ignore-unmatch", &file])),
                _ => repo.write(&file, leak(1_000 + 10 * round + step)),
            }
            repo.git(&["add", "-A"]);
        }
        if random.bool() {
            // Brings every kept tree up to date.
            repo.git(&["write-tree"]);
        }
        if random.bool() {
            // Only announced, which the index notes in flags of its third version.
            let file = format!("a/announced-{round}.env");
            repo.write(&file, leak(5_000 + round));
            repo.git(&["add", "-N", &file]);
        }
        let named = repo.git(&["diff", "--cached", "--name-only", "--no-renames", "--diff-filter=AM"]);
        let expected: Vec<String> = named.lines().map(|path| format!("{path}:1")).collect();
        let run = repo.scan(&["--staged"]);
        assert_eq!(places(&run), expected, "{form:?}, round {round}: {}", run.err);
        if round % 4 == 3 {
            repo.git_on(2, &["commit", "-qm", "more"]);
        }
    }
}

/// The index is read in pieces, of which this one has several.
#[test]
fn an_index_of_thousands_of_files_gives_the_one_that_changed() {
    let repo = Repo::new();
    let path = |number: usize| format!("d{}/{}/{number}.env", number % 60, "n".repeat(200));
    (0..6_000).for_each(|number| repo.write(&path(number), "fine\n"));
    repo.git(&["add", "-A"]);
    repo.git_on(1, &["commit", "-qm", "all"]);
    assert!(fs::metadata(repo.at().join(".git/index")).unwrap().len() > 1 << 20);
    assert!(repo.scan(&["--staged"]).err.contains("0 files staged"));
    repo.write(&path(2_970), leak(1));
    repo.git(&["add", "-A"]);
    assert_eq!(places(&repo.scan(&["--staged"])), [format!("{}:1", path(2_970))]);
}
