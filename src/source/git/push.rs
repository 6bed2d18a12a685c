//! What a push brings to the other side: everything that its refs reach and that is not known to be there already.

use gix::ObjectId;
use gix::objs::{Kind, TagRef};

use super::before::Nothing;
use super::local::{self, object_path};
use super::range::{Walk, peel};
use super::{Git, GitOptions, GitOutcome, GitSink};
use crate::coverage::Reason;
use crate::provenance::{Holder, Provenance, Reach};
use crate::source::Progress;

/// One push, as git tells it to its hooks.
#[derive(Clone, Debug)]
pub struct Push {
    /// The refs that it changes.
    pub updates: Vec<RefUpdate>,
    /// Where to.
    pub to: PushedTo,
}

/// A ref that is made, moved or deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefUpdate {
    /// Its full name on the side that receives it.
    pub name: String,
    /// What it named before, as an id in hex or another name of an object; `None` for a ref that is new.
    pub old: Option<String>,
    /// What it is to name, as an id in hex or another name of an object; `None` for a ref that is deleted.
    pub new: Option<String>,
}

/// Who receives a push, which tells what is there already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PushedTo {
    /// This repository, which has what its refs reach.
    Here,
    /// A remote, by its name or its address. What its remote-tracking refs reach is there already; of an address that is
    /// no configured remote's nothing is known.
    Remote(String),
}

/// What a push has besides commits.
#[derive(Default)]
struct Tips {
    commits: Vec<ObjectId>,
    /// Tag objects, outermost first, with their texts.
    tags: Vec<(ObjectId, Vec<u8>)>,
    trees: Vec<ObjectId>,
    blobs: Vec<(ObjectId, Vec<u8>)>,
    /// Objects that should be here and cannot be read.
    lost: Vec<String>,
}

impl Git {
    /// Scans what a push brings: commits, the texts of tags, files and folders that refs name directly, and the names of
    /// the refs. What cannot be read is a gap.
    #[must_use]
    pub fn push(&self, push: &Push, options: &GitOptions, sink: &dyn GitSink, progress: &Progress) -> GitOutcome {
        let repo = self.repo();
        let mut done = GitOutcome::default();
        let mut tips = Tips::default();
        let arriving = || push.updates.iter().filter_map(|update| Some((update, update.new.as_deref()?)));
        arriving().for_each(|(_, new)| tips.add(&repo, new));
        for name in &tips.lost {
            let why = "the push names an object that is not here or is corrupt; `git fsck` says more".to_owned();
            done.outcome.skipped(Reason::Unreadable, name, None, Some(why));
        }
        let known = known(&repo, push);
        let known_commits = known.iter().filter_map(|&id| peel(&repo, id)).collect();
        let commits = commits(&repo, &tips.commits, known_commits).unwrap_or_else(|| {
            let why =
                "a commit of the push is missing or corrupt (a shallow clone? `git fetch --unshallow`)".to_owned();
            done.outcome.skipped(Reason::Missing, "(commits)", None, Some(why));
            Vec::new()
        });
        let walk = Walk::new(self, &repo, options, sink, progress, done);
        let take = |path: &str, holder: Holder, id: Option<ObjectId>, bytes: &[u8]| {
            let mut provenance = Provenance::new(holder, Reach::Refs);
            provenance.object = id.map(|id| id.to_string());
            walk.scan(path, bytes, &provenance, &Nothing);
        };
        let names: Vec<&str> = arriving().map(|(update, _)| update.name.as_str()).collect();
        if !names.is_empty() {
            take(".git/refs", Holder::RefNames, None, names.join("\n").as_bytes());
        }
        for (id, text) in tips.tags.iter().filter(|(id, _)| !known.contains(id)) {
            take(&object_path(*id), Holder::Tag, Some(*id), text);
        }
        for (id, text) in &tips.blobs {
            if text.len() as u64 > options.max_file_size {
                let why = super::staged::too_large(options);
                walk.skip(Reason::TooLarge, &object_path(*id), Some(text.len() as u64), Some(why));
            } else {
                take(&object_path(*id), Holder::File, Some(*id), text);
            }
        }
        for &tree in &tips.trees {
            walk.tree(&repo, tree, &[], None);
        }
        walk.all(&commits)
    }
}

impl Tips {
    /// Follows what a ref is to name, through tags.
    fn add(&mut self, repo: &gix::Repository, name: &str) {
        let Some(mut id) = repo.rev_parse_single(name).ok().map(gix::Id::detach) else {
            return self.lost.push(name.to_owned());
        };
        loop {
            let Ok(object) = repo.find_object(id) else { return self.lost.push(id.to_string()) };
            match object.kind {
                Kind::Commit => return self.commits.push(id),
                Kind::Tree => return self.trees.push(id),
                Kind::Blob => return self.blobs.push((id, object.data.clone())),
                Kind::Tag => {
                    let target = TagRef::from_bytes(&object.data, repo.object_hash()).map(|tag| tag.target());
                    self.tags.push((id, object.data.clone()));
                    match target {
                        Ok(target) => id = target,
                        Err(_) => return self.lost.push(id.to_string()),
                    }
                }
            }
        }
    }
}

/// What the receiving side has, as far as it is known here.
fn known(repo: &gix::Repository, push: &Push) -> Vec<ObjectId> {
    let old = push.updates.iter().filter_map(|update| repo.rev_parse_single(update.old.as_deref()?).ok());
    let old: Vec<ObjectId> = old.map(gix::Id::detach).collect();
    let refs = local::refs(repo).into_iter();
    let there: Vec<ObjectId> = match &push.to {
        PushedTo::Here => refs.map(|(_, id)| id).collect(),
        PushedTo::Remote(remote) => {
            let prefix = format!("refs/remotes/{}/", remote_name(repo, remote));
            refs.filter(|(name, _)| name.starts_with(prefix.as_bytes())).map(|(_, id)| id).collect()
        }
    };
    [old, there].concat()
}

/// The name of the remote that has this address; an address that none has, and a name, stay as they are.
fn remote_name(repo: &gix::Repository, remote: &str) -> String {
    let config = repo.config_snapshot();
    let named = config.plumbing().sections_by_name("remote").into_iter().flatten().find(|section| {
        let addresses = section.values("url").into_iter().chain(section.values("pushurl"));
        addresses.into_iter().any(|address| address.as_slice() == remote.as_bytes())
    });
    let name = named.and_then(|section| section.header().subsection_name().map(ToString::to_string));
    name.unwrap_or_else(|| remote.to_owned())
}

/// The commits behind the tips that are not known there, each once. `None` when one is missing.
fn commits(repo: &gix::Repository, tips: &[ObjectId], known: Vec<ObjectId>) -> Option<Vec<ObjectId>> {
    let walk = repo.rev_walk(tips.iter().copied()).with_hidden(known).all().ok()?;
    walk.map(|commit| commit.ok().map(|commit| commit.id)).collect()
}
