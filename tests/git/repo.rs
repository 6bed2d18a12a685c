//! A repository in a temporary folder, driven by git with nothing of this machine's configuration.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use skelkey::rules::Minter;

use crate::support::{self, Run, json, skelkey_with};

pub(crate) const NOW: &str = "2026-11-22T12:00:00Z";

/// A fresh npm token, proved by its checksum.
pub(crate) fn token(seed: u64) -> String {
    let body = Minter::new(seed).fill("npm_{base62:30}").unwrap();
    (skelkey::format::check("npm").unwrap().seal.unwrap())(&body)
}

/// A line that holds it.
pub(crate) fn leak(seed: u64) -> String {
    format!("token: {}\n", token(seed))
}

pub(crate) struct Repo {
    pub(crate) folder: tempfile::TempDir,
}

impl Repo {
    pub(crate) fn new() -> Self {
        Self::with(&["init", "-q", "-b", "main"])
    }

    pub(crate) fn with(init: &[&str]) -> Self {
        let repo = Self { folder: tempfile::tempdir().unwrap() };
        repo.git(init);
        repo
    }

    pub(crate) fn at(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn git(&self, args: &[&str]) -> String {
        git_in(self.at(), args, &[])
    }

    /// Runs git with a day of November 2026 on its clocks.
    pub(crate) fn git_on(&self, day: u32, args: &[&str]) -> String {
        let date = format!("2026-11-{day:02}T10:00:00Z");
        git_in(self.at(), args, &[("GIT_AUTHOR_DATE", &date), ("GIT_COMMITTER_DATE", &date)])
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        support::write(self.at(), path, text);
    }

    /// Writes a text into the store of objects alone; gives its id.
    pub(crate) fn write_blob(&self, text: &str) -> String {
        let file = self.at().join(".git/blob");
        std::fs::write(&file, text).unwrap();
        self.git(&["hash-object", "-w", "--no-filters", &file.display().to_string()]).trim().to_owned()
    }

    /// Writes, stages and commits one file; gives the commit's id.
    pub(crate) fn commit(&self, day: u32, path: &str, text: impl AsRef<[u8]>) -> String {
        self.write(path, text);
        self.git(&["add", "-A"]);
        self.git_on(day, &["commit", "-qm", &format!("day {day}")]);
        self.id("HEAD")
    }

    pub(crate) fn id(&self, name: &str) -> String {
        self.git(&["rev-parse", name]).trim().to_owned()
    }

    pub(crate) fn scan(&self, args: &[&str]) -> Run {
        self.scan_with(args, &[])
    }

    pub(crate) fn scan_with(&self, args: &[&str], variables: &[(&str, &str)]) -> Run {
        let mut all = vec!["scan", "--now", NOW, "-f", "json"];
        all.extend(args);
        skelkey_with(self.at(), &all, b"", variables)
    }
}

pub(crate) fn git_in(folder: &Path, args: &[&str], variables: &[(&str, &str)]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.test", "-c", "protocol.file.allow=always"])
        .args(["-c", "commit.gpgsign=false", "-c", "gc.auto=0"])
        .args(args)
        .current_dir(folder)
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("HOME", folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_DATE", "2026-11-01T10:00:00Z")
        .env("GIT_COMMITTER_DATE", "2026-11-01T10:00:00Z")
        .envs(variables.iter().copied())
        .output()
        .expect("git runs");
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// `path:line` of every place, sorted.
pub(crate) fn places(run: &Run) -> Vec<String> {
    let mut places: Vec<String> = all_places(run)
        .iter()
        .map(|place| format!("{}:{}", place["path"].as_str().unwrap(), place["region"]["start_line"]))
        .collect();
    places.sort();
    places
}

pub(crate) fn all_places(run: &Run) -> Vec<Value> {
    let report = json(run);
    let findings = report["findings"].as_array().unwrap().iter();
    findings.flat_map(|finding| finding["places"].as_array().unwrap().clone()).collect()
}
