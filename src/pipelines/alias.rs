//! Variables that are filled from a secret or from another variable.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::System;
use super::reference::names;

/// `NAME: value` and `NAME=value`, perhaps after `export`, `ENV`, `-` or `$env:`.
static ASSIGNED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?-u)^\s*(?:-\s+)?(?:export\s+|ENV\s+|set\s+|\$env:)?["']?([A-Za-z_][A-Za-z0-9_.\-]*)["']?\s*[:=]\s*["']?([!-~](?u:.)*)$"#,
    )
    .expect("a test reads the pattern")
});

/// Jenkins: `string(credentialsId: 'nuget', variable: 'NUGET_KEY')`.
static BOUND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?-u)\bcredentialsId\s*:\s*['"]([A-Za-z0-9_.\-/]+)['"](?u:.)*?\b(?:variable|passwordVariable|tokenVariable|keyFileVariable)\s*:\s*['"]([A-Za-z_][A-Za-z0-9_]*)"#)
        .expect("a test reads the pattern")
});

/// Every variable that is nothing but another name: itself and what it is filled from.
pub(super) fn all(system: System, lines: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for line in lines {
        if let Some(bound) = BOUND.captures(line).filter(|_| system == System::Jenkins) {
            found.push((bound[2].to_owned(), bound[1].to_owned()));
        }
        let Some(assigned) = ASSIGNED.captures(line) else { continue };
        let value = assigned[2].trim_end().trim_end_matches(['"', '\'', ';']);
        if let ([name], true) = (&names(system, value)[..], is_reference_alone(value))
            && *name != assigned[1]
        {
            found.push((assigned[1].to_owned(), name.clone()));
        }
    }
    found
}

/// Whether a value is one reference and nothing else.
fn is_reference_alone(value: &str) -> bool {
    let inside = |open: &str, close: &str| {
        value.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)).is_some_and(|rest| !rest.contains(close))
    };
    let word = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-:".contains(&byte));
    inside("${{", "}}")
        || inside("$(", ")")
        || inside("${", "}")
        || inside("%", "%")
        || inside("credentials(", ")")
        || value.strip_prefix('$').is_some_and(word)
}

/// What a variable is filled from in the end. A ring of variables is followed no further than its length.
pub(super) fn source<'a>(aliases: &'a BTreeMap<String, String>, name: &'a str) -> &'a str {
    let mut at = name;
    for _ in 0..aliases.len() {
        match aliases.get(at) {
            Some(from) if from != name => at = from,
            _ => break,
        }
    }
    at
}
