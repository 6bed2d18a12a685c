//! JSR's `jsr.json`, or a `deno.json` that is published (jsr.io/docs/publishing-packages).

use serde_json::Value;

use super::{PackagesError, Project};

/// The name, which is always a scope's, of a file that has what publishing needs.
pub(super) fn ids(file: &Project<'_>) -> Result<Vec<String>, PackagesError> {
    let package: Value = serde_json::from_str(file.text).map_err(|error| PackagesError::Malformed {
        format: "JSON",
        line: Some(error.line()).filter(|line| *line > 0),
    })?;
    let published = package.get("version").is_some() && package.get("exports").is_some();
    let name = package.get("name").and_then(Value::as_str).filter(|name| published && name.starts_with('@'));
    Ok(name.map(str::to_owned).into_iter().collect())
}
