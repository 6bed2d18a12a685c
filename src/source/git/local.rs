//! What a repository's own folder holds besides objects: the names of refs, reflogs, configuration.

use std::fs;
use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::bstr::{BString, ByteSlice};

use super::before::Nothing;
use super::{Git, GitOptions, GitOutcome, GitSink};
use crate::coverage::Reason;
use crate::provenance::{Holder, Provenance, Reach};
use crate::source::{Blob, Progress};

/// Where an object that no path leads to is shown.
pub(super) fn object_path(id: ObjectId) -> String {
    format!(".git/objects/{id}")
}

/// Scans the names of refs, the reflogs and the configuration.
pub(super) fn scan(
    git: &Git,
    repo: &gix::Repository,
    options: &GitOptions,
    sink: &dyn GitSink,
    progress: &Progress,
    done: &mut GitOutcome,
) {
    let mut take = |path: &str, holder: Holder, bytes: &[u8]| {
        if !git.below.is_empty() || bytes.is_empty() {
            return;
        }
        if bytes.len() as u64 > options.max_file_size {
            let why = Some(super::staged::too_large(options));
            return done.outcome.skipped(Reason::TooLarge, path, Some(bytes.len() as u64), why);
        }
        let reach = if holder == Holder::RefNames { Reach::Refs } else { Reach::Local };
        let worker = rayon::current_thread_index().unwrap_or(0);
        let blob = Blob { root: Some(git.number), path, shown: &git.shown(path), bytes };
        sink.take(worker, &blob, &Provenance::new(holder, reach), &Nothing);
        progress.scanned(bytes.len() as u64);
        done.outcome.scanned(bytes.len() as u64);
    };
    take(".git/refs", Holder::RefNames, ref_names(repo).as_bytes());
    let common = repo.common_dir().to_path_buf();
    let mut files = vec![(common.join("config"), Holder::Config)];
    files.extend(git_dirs(repo).into_iter().map(|folder| (folder.join("config.worktree"), Holder::Config)));
    files.extend(reflogs(repo).into_iter().map(|file| (file, Holder::Reflog)));
    let mut unreadable = Vec::new();
    for (file, holder) in files {
        let inside = file.strip_prefix(&common).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        match fs::read(&file) {
            Ok(bytes) => take(&format!(".git/{inside}"), holder, &bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => unreadable.push((inside, error)),
        }
    }
    for (inside, error) in unreadable {
        done.outcome.failed(&format!(".git/{inside}"), &error);
    }
}

/// The full name of each ref on a line of its own.
fn ref_names(repo: &gix::Repository) -> String {
    let Ok(refs) = repo.references() else { return String::new() };
    let Ok(all) = refs.all() else { return String::new() };
    let mut names: Vec<String> = all.flatten().map(|one| one.name().as_bstr().to_str_lossy().into_owned()).collect();
    names.sort();
    names.dedup();
    names.join("\n")
}

/// What each ref names, before tags are followed.
pub(super) fn ref_targets(repo: &gix::Repository) -> Vec<ObjectId> {
    refs(repo).into_iter().map(|(_, id)| id).collect()
}

/// Each ref by its full name.
pub(super) fn refs(repo: &gix::Repository) -> Vec<(BString, ObjectId)> {
    let Ok(refs) = repo.references() else { return Vec::new() };
    let Ok(all) = refs.all() else { return Vec::new() };
    let named = |one: gix::Reference<'_>| Some((one.name().as_bstr().to_owned(), one.try_id()?.detach()));
    all.flatten().filter_map(named).collect()
}

/// The folder of the repository, and of each linked work tree.
fn git_dirs(repo: &gix::Repository) -> Vec<PathBuf> {
    let mut folders = vec![repo.common_dir().to_path_buf()];
    if let Ok(linked) = fs::read_dir(repo.common_dir().join("worktrees")) {
        folders.extend(linked.filter_map(|entry| entry.ok().map(|entry| entry.path())));
    }
    folders.sort();
    folders
}

/// The commits that linked work trees stand on without a branch.
pub(super) fn work_tree_heads(repo: &gix::Repository) -> Vec<ObjectId> {
    let heads = git_dirs(repo).into_iter().filter_map(|folder| fs::read(folder.join("HEAD")).ok());
    heads.filter_map(|text| ObjectId::from_hex(text.trim()).ok()).collect()
}

fn reflogs(repo: &gix::Repository) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for folder in git_dirs(repo) {
        collect(&folder.join("logs"), &mut files);
    }
    files.sort();
    files
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => collect(&entry.path(), into),
            Ok(kind) if kind.is_file() => into.push(entry.path()),
            _ => {}
        }
    }
}

/// Every commit that a reflog names.
pub(super) fn reflog_ids(repo: &gix::Repository) -> Vec<ObjectId> {
    let mut ids = Vec::new();
    for text in reflogs(repo).into_iter().filter_map(|file| fs::read(file).ok()) {
        for line in text.lines() {
            ids.extend(line.split(|&byte| byte == b' ').take(2).filter_map(|id| ObjectId::from_hex(id).ok()));
        }
    }
    ids.sort_unstable();
    ids.dedup();
    ids
}
