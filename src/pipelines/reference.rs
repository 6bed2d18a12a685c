//! The ways in which a secret or a variable is named.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::command::{is_comment, publishes_to, uncommented};
use super::structure::Structure;
use super::{Mention, System};
use crate::issuer::Issuer;

/// One way to name something; the name is the first group.
struct Way {
    pattern: &'static str,
    holds_in: fn(System) -> bool,
}

/// `(?-u)`: names are ASCII, and no table of Unicode is linked in for them.
const WAYS: &[Way] = &[
    // docs.github.com, "contexts": `secrets`, `env`
    Way { pattern: r"(?-u)\bsecrets\.([A-Za-z_][A-Za-z0-9_]*)", holds_in: |system| system == System::GithubActions },
    Way {
        pattern: r#"(?-u)\bsecrets\[\s*['"]([A-Za-z_][A-Za-z0-9_]*)['"]\s*\]"#,
        holds_in: |system| system == System::GithubActions,
    },
    Way {
        pattern: r"(?-u)\benv\.([A-Za-z_][A-Za-z0-9_]*)",
        holds_in: |system| matches!(system, System::GithubActions | System::Jenkins),
    },
    // learn.microsoft.com, Azure Pipelines, "define variables"; MSBuild writes them alike
    // appveyor.com, "build environment", substitutes in the same way
    Way {
        pattern: r"(?-u)\$\(([A-Za-z_][A-Za-z0-9_.\-]*)\)",
        holds_in: |system| matches!(system, System::AzurePipelines | System::Appveyor),
    },
    Way {
        pattern: r#"(?-u)\bvariables(?:\.|\[\s*['"])([A-Za-z_][A-Za-z0-9_.\-]*)"#,
        holds_in: |system| system == System::AzurePipelines,
    },
    // jetbrains.com, TeamCity, "use parameters in build configurations", "Kotlin DSL"
    Way { pattern: r"(?-u)%(?:env\.)?([A-Za-z_][A-Za-z0-9_.\-]*)%", holds_in: |system| system == System::Teamcity },
    Way {
        pattern: r#"(?-u)\bpassword\(\s*"(?:env\.)?([A-Za-z_][A-Za-z0-9_.\-]*)""#,
        holds_in: |system| system == System::Teamcity,
    },
    // jenkins.io, "using credentials"
    Way {
        pattern: r#"(?-u)\bcredentialsId\s*[:=]\s*['"]([A-Za-z0-9_.\-/]+)['"]"#,
        holds_in: |system| system == System::Jenkins,
    },
    Way {
        pattern: r#"(?-u)\bcredentials\(\s*['"]([A-Za-z0-9_.\-/]+)['"]"#,
        holds_in: |system| system == System::Jenkins,
    },
    // docs.docker.com, "build secrets", "ARG"
    Way {
        pattern: r"(?-u)--mount=type=secret[!-~]*?,id=([A-Za-z0-9_.\-]+)",
        holds_in: |system| system == System::Dockerfile,
    },
    Way { pattern: r"(?-u)^\s*ARG\s+([A-Za-z_][A-Za-z0-9_]*)", holds_in: |system| system == System::Dockerfile },
    // Shells: `$NAME`, `${NAME:-}`; also `.npmrc`, and variables of GitLab and others
    Way { pattern: r"(?-u)\$\{?([A-Za-z_][A-Za-z0-9_]*)", holds_in: |_| true },
    // PowerShell
    Way { pattern: r"(?-u)(?i:\$\{?env):([A-Za-z_][A-Za-z0-9_]*)", holds_in: |_| true },
    // cmd.exe, `NuGet.Config`
    Way { pattern: r"(?-u)%([A-Za-z_][A-Za-z0-9_]*)%", holds_in: |_| true },
    // Programs that stand in a step: Python, Node, Ruby, .NET
    Way {
        pattern: r#"(?-u)\b(?:environ|getenv|environ\.get|GetEnvironmentVariable|EnvironmentVariable|ENV|ENV\.fetch)\s*[\[(]\s*['"]([A-Za-z_][A-Za-z0-9_]*)"#,
        holds_in: |_| true,
    },
    Way { pattern: r"(?-u)\bprocess\.env\.([A-Za-z_][A-Za-z0-9_]*)", holds_in: |_| true },
];

/// docs.github.com, "contexts": a secret whose name stands in the matrix of its job.
static BY_MATRIX: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u)\bsecrets\[\s*matrix\.([A-Za-z_][A-Za-z0-9_\-]*)\s*\]").expect("a test reads the pattern")
});

static COMPILED: LazyLock<Vec<(Regex, &Way)>> = LazyLock::new(|| {
    let compile = |way: &Way| Regex::new(way.pattern).expect("a test reads the patterns");
    WAYS.iter().map(|way| (compile(way), way)).collect()
});

/// The names on one line.
pub(super) fn names(system: System, line: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (pattern, _) in COMPILED.iter().filter(|(_, way)| (way.holds_in)(system)) {
        names.extend(pattern.captures_iter(line).filter_map(|found| Some(found.get(1)?.as_str().to_owned())));
    }
    names
}

/// Every name of a file, line by line. A comment names nothing.
pub(super) fn all(system: System, lines: &[&str], structure: Option<&Structure>) -> Vec<Mention> {
    let mut mentions = Vec::new();
    // A step is read once, however many names are in it.
    let mut steps: BTreeMap<(usize, usize), Option<Issuer>> = BTreeMap::new();
    let mut see = |line: usize, name: String| {
        let (from, to) = structure.map_or((line, line), |structure| structure.step(line));
        let beside = steps.entry((from, to)).or_insert_with(|| {
            let step = lines.get(from.saturating_sub(1)..to.min(lines.len())).unwrap_or_default();
            publishes_to(&uncommented(step))
        });
        mentions.push(Mention {
            line,
            name,
            through: None,
            job: structure.and_then(|structure| structure.job(line)).map(str::to_owned),
            beside: beside.clone(),
            is_set: false,
        });
    };
    for (line, text) in (1..).zip(lines).filter(|(_, text)| !is_comment(text)) {
        for name in names(system, text) {
            see(line, name);
        }
        for by in BY_MATRIX.captures_iter(text).filter(|_| system == System::GithubActions) {
            let texts = structure
                .into_iter()
                .flat_map(|structure| structure.matrix(line, by.get(1).map_or("", |m| m.as_str())));
            texts.for_each(|name| see(line, name.to_owned()));
        }
    }
    for (line, name) in structure.iter().flat_map(|structure| &structure.listed) {
        see(*line, name.clone());
    }
    mentions.extend(structure.into_iter().flat_map(|structure| sets(structure, lines)));
    mentions
}

/// Sets of secrets, each beside the commands of the job that is handed it.
fn sets(structure: &Structure, lines: &[&str]) -> Vec<Mention> {
    let mentions = structure.sets.iter().map(|set| {
        let (job, span) = structure.user(set);
        let commands = span.and_then(|(from, to)| lines.get(from.saturating_sub(1)..to.min(lines.len())));
        Mention {
            line: set.line,
            name: set.name.clone(),
            through: None,
            job: job.map(str::to_owned),
            beside: commands.and_then(|commands| publishes_to(&uncommented(commands))),
            is_set: true,
        }
    });
    mentions.collect()
}
