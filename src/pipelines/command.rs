//! To whom the commands of a step publish.

use std::collections::BTreeSet;

use super::structure::Structure;
use crate::issuer::Issuer;

/// Words of a command or an action, lower case, to whom it publishes unless an address beside it says otherwise, and
/// hosts that are its own. From the tools' own documentation.
const COMMANDS: &[(&str, &str, &[&str])] = &[
    ("nuget push", "nuget", &["nuget.org"]),
    ("nuget.exe push", "nuget", &["nuget.org"]),
    ("npm publish", "npm", &["npmjs.org", "npmjs.com"]),
    ("pnpm publish", "npm", &["npmjs.org", "npmjs.com"]),
    ("yarn publish", "npm", &["npmjs.org", "npmjs.com"]),
    ("changeset publish", "npm", &["npmjs.org", "npmjs.com"]),
    ("semantic-release", "npm", &["npmjs.org", "npmjs.com"]),
    ("twine upload", "pypi", &["pypi.org"]),
    ("poetry publish", "pypi", &["pypi.org"]),
    ("flit publish", "pypi", &["pypi.org"]),
    ("hatch publish", "pypi", &["pypi.org"]),
    ("uv publish", "pypi", &["pypi.org"]),
    ("pdm publish", "pypi", &["pypi.org"]),
    ("maturin publish", "pypi", &["pypi.org"]),
    ("gh-action-pypi-publish", "pypi", &["pypi.org"]),
    ("cargo publish", "crates-io", &["crates.io"]),
    ("cargo release", "crates-io", &["crates.io"]),
    ("gem push", "rubygems", &["rubygems.org"]),
    ("hex.publish", "hex", &["hex.pm"]),
    ("jsr publish", "jsr", &["jsr.io"]),
    ("publish-module", "powershell-gallery", &["powershellgallery.com"]),
    ("publish-psresource", "powershell-gallery", &["powershellgallery.com"]),
    ("choco push", "chocolatey", &["chocolatey.org"]),
    ("vsce publish", "azure-devops", &["visualstudio.com", "dev.azure.com"]),
    ("ovsx publish", "open-vsx", &["open-vsx.org"]),
    // docs.travis-ci.com and appveyor.com, "deployment"
    ("provider: npm", "npm", &["npmjs.org", "npmjs.com"]),
    ("provider: nuget", "nuget", &["nuget.org"]),
    ("provider: pypi", "pypi", &["pypi.org"]),
    ("provider: rubygems", "rubygems", &["rubygems.org"]),
    ("provider: cargo", "crates-io", &["crates.io"]),
    // plugins.drone.io, woodpecker-ci.org/plugins: both by the name of their image
    ("plugins/npm", "npm", &["npmjs.org", "npmjs.com"]),
    ("plugins/pypi", "pypi", &["pypi.org"]),
    ("plugins/docker", "docker-hub", &["docker.io", "docker.com"]),
    // jetbrains.com, TeamCity, "NuGet publish"
    ("nugetpublish", "nuget", &["nuget.org"]),
    ("docker login", "docker-hub", &["docker.io", "docker.com"]),
    ("docker/login-action", "docker-hub", &["docker.io", "docker.com"]),
];

/// To whom one step publishes; `None` where it does not, or where an address in it is another server's.
pub(super) fn publishes_to(step: &str) -> Option<Issuer> {
    let step = step.to_ascii_lowercase();
    // Several commands may go to several registries: then nothing is told.
    let mut found = COMMANDS.iter().filter(|(words, ..)| step.contains(words));
    let (_, issuer, hosts) = found.next()?;
    if found.any(|(_, other, _)| other != issuer) {
        return None;
    }
    let (issuer, hosts) = if *issuer == "pypi" && step.contains("test.pypi.org") {
        ("testpypi", &["test.pypi.org"][..])
    } else {
        (*issuer, *hosts)
    };
    let addresses: Vec<&str> = step.split("://").skip(1).filter_map(host).collect();
    let own = |host: &&str| hosts.iter().any(|own| *host == *own || host.ends_with(&format!(".{own}")));
    // `docker login ghcr.io` names its server without a scheme.
    let elsewhere = issuer == "docker-hub" && (step.contains("registry:") || named_registry(&step));
    (!elsewhere && (addresses.is_empty() || addresses.iter().any(own))).then(|| Issuer::new(issuer))
}

/// To whom the steps of a file publish.
pub(super) fn all(lines: &[&str], structure: Option<&Structure>) -> BTreeSet<Issuer> {
    let names_a_command = |line: &str| COMMANDS.iter().any(|(words, ..)| line.to_ascii_lowercase().contains(words));
    let places = (1..).zip(lines).filter(|(_, line)| names_a_command(line)).map(|(line, _)| line);
    let steps: BTreeSet<(usize, usize)> =
        places.map(|line| structure.map_or((line, line), |structure| structure.step(line))).collect();
    let texts = steps.into_iter().filter_map(|(from, to)| lines.get(from - 1..to.min(lines.len())));
    texts.filter_map(|step| publishes_to(&uncommented(step))).collect()
}

/// A step without its comments.
pub(super) fn uncommented(lines: &[&str]) -> String {
    lines.iter().copied().filter(|line| !is_comment(line)).collect::<Vec<_>>().join("\n")
}

pub(super) fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with('#') || line.starts_with("//") && !line.contains('=') || line.starts_with("::")
}

fn host(after_scheme: &str) -> Option<&str> {
    let end = after_scheme.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-')));
    after_scheme.get(..end.unwrap_or(after_scheme.len())).filter(|host| !host.is_empty())
}

/// Whether `docker login` is given a server that is not Docker Hub's.
fn named_registry(step: &str) -> bool {
    let Some((_, arguments)) = step.split_once("docker login") else { return false };
    let arguments = arguments.lines().next().unwrap_or_default();
    arguments
        .split_whitespace()
        .any(|word| !word.starts_with(['-', '$', '"', '\'']) && word.contains('.') && !word.contains("docker.io"))
}
