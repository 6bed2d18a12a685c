//! Which jobs use which secret: read from the files that pipelines are made of, and from the scripts that they call.
//!
//! A pipeline names a secret, never holds it: `${{ secrets.NPM_TOKEN }}`, `$(NuGetApiKey)`, `credentials('nuget')`. Each
//! [`Mention`] is one such name with its line and its job. What a variable is filled from is followed through the file
//! that fills it, and from there into scripts.

mod alias;
mod call;
mod command;
mod gather;
mod reference;
mod structure;
mod usual;
mod yaml;

use std::collections::BTreeSet;

use serde::Serialize;

pub use self::gather::{Found, Gatherer, Pipelines};
use self::structure::Structure;
pub use self::usual::{names_a_key, speaks_of};
use crate::issuer::Issuer;

/// The system that runs a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum System {
    /// `.github/workflows/*.yml`, and the `action.yml` of an action.
    GithubActions,
    /// `.gitlab-ci.yml`.
    GitlabCi,
    /// `azure-pipelines.yml`.
    AzurePipelines,
    /// `.circleci/config.yml`.
    Circleci,
    /// `Jenkinsfile`.
    Jenkins,
    /// `.travis.yml`.
    TravisCi,
    /// `.buildkite/*.yml`.
    Buildkite,
    /// `bitbucket-pipelines.yml`.
    BitbucketPipelines,
    /// `.drone.yml`.
    Drone,
    /// `.woodpecker.yml`, `.woodpecker/*.yml`.
    Woodpecker,
    /// `appveyor.yml`.
    Appveyor,
    /// `.teamcity/**/*.kts`.
    Teamcity,
    /// `Dockerfile`, `Containerfile`.
    Dockerfile,
    /// A shell, PowerShell or batch script, a makefile, the scripts of a `package.json`.
    Script,
    /// A package manager's settings, which name variables: `.npmrc`, `NuGet.Config`.
    Settings,
}

impl System {
    /// As people call it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::GithubActions => "GitHub Actions",
            Self::GitlabCi => "GitLab CI",
            Self::AzurePipelines => "Azure Pipelines",
            Self::Circleci => "CircleCI",
            Self::Jenkins => "Jenkins",
            Self::TravisCi => "Travis CI",
            Self::Buildkite => "Buildkite",
            Self::BitbucketPipelines => "Bitbucket Pipelines",
            Self::Drone => "Drone",
            Self::Woodpecker => "Woodpecker",
            Self::Appveyor => "AppVeyor",
            Self::Teamcity => "TeamCity",
            Self::Dockerfile => "Dockerfile",
            Self::Script => "script",
            Self::Settings => "settings",
        }
    }

    /// The system of the file at `path` (relative to its root, `/` between names), by its name alone.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        let lower = path.to_ascii_lowercase();
        let (folder, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        let yaml = matches!(ending, "yml" | "yaml");
        let is_in = |part: &str| folder == part || folder.ends_with(&format!("/{part}"));
        Some(match name {
            "jenkinsfile" => Self::Jenkins,
            "dockerfile" | "containerfile" => Self::Dockerfile,
            "makefile" | "gnumakefile" | "justfile" | "rakefile" | PACKAGE => Self::Script,
            ".npmrc" | ".yarnrc" | ".yarnrc.yml" | "nuget.config" | "pip.conf" | ".pypirc" => Self::Settings,
            "bitbucket-pipelines.yml" => Self::BitbucketPipelines,
            "action.yml" | "action.yaml" => Self::GithubActions,
            _ if yaml && is_in(".github/workflows") => Self::GithubActions,
            _ if yaml && (stem.ends_with(".gitlab-ci") || is_in(".gitlab/ci")) => Self::GitlabCi,
            _ if yaml
                && (stem.starts_with("azure-pipelines") || is_in(".azure-pipelines") || is_in(".azuredevops")) =>
            {
                Self::AzurePipelines
            }
            _ if yaml && is_in(".circleci") => Self::Circleci,
            _ if yaml && stem == ".travis" => Self::TravisCi,
            _ if yaml && stem == ".drone" => Self::Drone,
            _ if yaml && (stem == ".woodpecker" || is_in(".woodpecker")) => Self::Woodpecker,
            _ if yaml && matches!(stem, "appveyor" | ".appveyor") => Self::Appveyor,
            _ if ending == "kts" && folder.split('/').any(|part| part == ".teamcity") => Self::Teamcity,
            _ if yaml && (is_in(".buildkite") || stem == "buildkite") => Self::Buildkite,
            _ if stem == "jenkinsfile" || ending == "jenkinsfile" => Self::Jenkins,
            _ if stem == "dockerfile" || ending == "dockerfile" => Self::Dockerfile,
            _ if matches!(ending, "sh" | "bash" | "zsh" | "ps1" | "psm1" | "cmd" | "bat" | "mk") => Self::Script,
            _ => return None,
        })
    }

    fn is_yaml(self) -> bool {
        matches!(
            self,
            Self::GithubActions
                | Self::GitlabCi
                | Self::AzurePipelines
                | Self::Circleci
                | Self::TravisCi
                | Self::Buildkite
                | Self::BitbucketPipelines
                | Self::Drone
                | Self::Woodpecker
                | Self::Appveyor
        )
    }
}

/// The file of which only the scripts are read.
const PACKAGE: &str = "package.json";

/// One place at which a secret is named.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Mention {
    /// Line, from 1.
    pub line: usize,
    /// The secret's name, as the system keeps it.
    pub name: String,
    /// The variable through which it is read here, where that is another name.
    pub through: Option<String>,
    /// The job, stage or step in which it stands; `None` for what holds for all of the file.
    pub job: Option<String>,
    /// To whom the command beside it publishes.
    pub beside: Option<Issuer>,
    /// Whether the name is that of a set of secrets (a context, a variable group): no file tells which are in it.
    pub is_set: bool,
}

/// One file, read.
#[derive(Debug)]
struct Pipeline {
    system: System,
    /// By line and name.
    mentions: Vec<Mention>,
    /// Variables and the secrets they are filled from.
    aliases: Vec<(String, String)>,
    /// Its jobs and steps. Without it no mention names a job.
    structure: Option<Structure>,
    /// To whom its steps publish.
    publishes: BTreeSet<Issuer>,
}

/// The longest file that is read, in bytes.
const LONGEST: usize = 1 << 20;

/// Reads one file; `None` for a path that is none of these.
fn read(path: &str, text: &str) -> Option<Pipeline> {
    let system = System::of(path)?;
    let lines: Vec<&str> = text.lines().collect();
    let is_package = path.rsplit('/').next().is_some_and(|name| name.eq_ignore_ascii_case(PACKAGE));
    let structure = if is_package { structure::of_package(text, &lines) } else { structure::of(system, text, &lines) };
    let mut aliases = alias::all(system, &lines);
    aliases.extend(structure.iter().flat_map(|structure| &structure.filled).cloned());
    let mut mentions = reference::all(system, &lines, structure.as_ref());
    // Of a project file only what a script names is a use.
    mentions.retain(|mention| !is_package || mention.job.is_some());
    mentions.sort();
    mentions.dedup();
    let publishes = command::all(&lines, structure.as_ref());
    Some(Pipeline { system, mentions, aliases, structure, publishes })
}

#[cfg(test)]
mod tests;
