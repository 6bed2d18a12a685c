//! npm's `package.json`. Each workspace has a file of its own.

use serde_json::Value;

use super::{PackagesError, Project};

/// The public registry, the only one whose ids these are.
const PUBLIC_HOSTS: &[&str] = &["registry.npmjs.org", "registry.npmjs.com"];

/// The name, unless the package is private or is published elsewhere.
pub(super) fn ids(file: &Project<'_>) -> Result<Vec<String>, PackagesError> {
    let package: Value = serde_json::from_str(file.text).map_err(|error| PackagesError::Malformed {
        format: "JSON",
        line: Some(error.line()).filter(|line| *line > 0),
    })?;
    let private = match package.get("private") {
        Some(Value::Bool(private)) => *private,
        Some(Value::String(private)) => private == "true",
        _ => false,
    };
    let name = package.get("name").and_then(Value::as_str);
    Ok(name.filter(|_| !private && is_public(&package)).map(str::to_owned).into_iter().collect())
}

fn is_public(package: &Value) -> bool {
    let Some(registry) = package.pointer("/publishConfig/registry").and_then(Value::as_str) else { return true };
    url::Url::parse(registry).ok().and_then(|url| url.host_str().map(|host| PUBLIC_HOSTS.contains(&host))) == Some(true)
}
