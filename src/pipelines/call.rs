//! Workflows that call other workflows of the same repository and hand their secrets on (docs.github.com, "reuse
//! workflows").

use std::collections::BTreeSet;

use super::gather::Found;
use super::yaml::Node;

/// One job that is another workflow.
#[derive(Debug)]
pub(super) struct Call {
    /// The job.
    job: String,
    /// The line on which the workflow is named, from 1.
    line: usize,
    /// The workflow, as a path in the repository.
    path: String,
    /// Whether the workflow gets every secret that its caller has.
    inherits: bool,
    /// What the workflow calls a secret, and what the caller calls it.
    passes: Vec<(String, String)>,
}

impl Call {
    /// The call that a job is, if it is one.
    pub(super) fn of(job: &str, node: &Node) -> Option<Self> {
        let (_, line, uses) = node.fields().iter().find(|(name, ..)| name == "uses")?;
        let path = uses.text()?.strip_prefix("./")?.to_owned();
        let secrets = node.get("secrets");
        let outer = |node: &Node| {
            let text = node.text()?;
            let name = text.strip_prefix("${{")?.strip_suffix("}}")?.trim().strip_prefix("secrets.")?;
            Some(name.to_owned())
        };
        let passed = secrets.into_iter().flat_map(Node::fields);
        Some(Self {
            job: job.to_owned(),
            line: *line,
            path,
            inherits: secrets.and_then(Node::text) == Some("inherit"),
            passes: passed.filter_map(|(inner, _, node)| Some((inner.clone(), outer(node)?))).collect(),
        })
    }
}

/// A file, as it was named and as it is shown, and what its jobs call.
pub(super) type Caller = (String, String, Vec<Call>);

/// Workflows call workflows that call workflows: so deep at the most (docs.github.com, "limitations of reusable
/// workflows").
const DEEPEST: usize = 10;

/// More uses than these are nobody's repository.
const MOST: usize = 10_000;

/// Adds what workflows use through those that call them: a called workflow's secrets are its caller's, and when one ends
/// the calling job fails with it. A use under the name that a caller gave is told under the one by which it is kept.
pub(super) fn follow(callers: &[Caller], mentions: &mut Vec<Found>) {
    for _ in 0..DEEPEST {
        let known: BTreeSet<&Found> = mentions.iter().collect();
        let (mut added, mut renamed): (BTreeSet<Found>, BTreeSet<Found>) = Default::default();
        for (path, shown, calls) in callers {
            for call in calls {
                for found in mentions.iter().filter(|found| is_at(&found.path, path, &call.path)) {
                    if let Some(kept) = call.renames(found) {
                        renamed.insert(found.clone());
                        added.insert(kept);
                    } else if call.inherits {
                        added.insert(call.inherited(path, shown, found));
                    }
                }
                if added.len() > MOST {
                    return;
                }
            }
        }
        added.retain(|found| !known.contains(found));
        if added.is_empty() && renamed.is_empty() {
            return;
        }
        mentions.retain(|found| !renamed.contains(found));
        mentions.extend(added);
    }
}

/// Whether a file is the one at `wanted` in the repository of `caller`: both stand below the same folder.
fn is_at(file: &str, caller: &str, wanted: &str) -> bool {
    let root = caller.find(".github/workflows/").map_or("", |at| &caller[..at]);
    file.strip_prefix(root) == Some(wanted)
}

impl Call {
    /// A use in the called workflow under the name by which its caller keeps the secret; `None` where that is the same.
    fn renames(&self, found: &Found) -> Option<Found> {
        let name = &found.mention.name;
        let (inner, outer) = self.passes.iter().find(|(inner, outer)| inner == name && outer != name)?;
        let mut found = found.clone();
        (found.mention.name, found.mention.through) = (outer.clone(), Some(inner.clone()));
        Some(found)
    }

    /// A use in the called workflow as one of the calling job's.
    fn inherited(&self, path: &str, shown: &str, found: &Found) -> Found {
        let mut found = found.clone();
        (found.path, found.shown) = (path.to_owned(), shown.to_owned());
        (found.mention.line, found.mention.job) = (self.line, Some(self.job.clone()));
        found
    }
}
